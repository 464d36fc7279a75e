// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What modules say of the kernel that they were built against, and what is said of that.

use super::{
    kernels::{
        linked,
        note, //
    },
    made,
    Files, //
};
use btf_reconcile::{
    btf::{
        BTF_SHA256,
        BUILD_ID,
        FINGERPRINT,
        OWNER,
        RELEASE, //
    },
    elf::Module,
    rewriter::Rewriter, //
};
use object::{
    elf::{
        SHF_ALLOC,
        SHT_NOTE, //
    },
    Object,
    ObjectSection,
    SectionFlags, //
};
use serde_json::json;
use std::process::Command;

/// Build ids, as they are printed.
const ONE: &str = "0101010101010101010101010101010101010101";
const TWO: &str = "0202020202020202020202020202020202020202";

impl Files {
    /// The kernels as linkers leave them: `one` that the module was built for, and `two`.
    fn linked() -> Self {
        let files = Self::new();
        files.write("one", &linked(made::built().bytes(), "7.2.1-one", 1));
        files.write("two", &linked(made::running().bytes(), "7.3.0-two", 2));
        files
    }

    /// Contents of the sections of notes about a kernel that a module has.
    fn notes(&self, name: &str) -> Vec<Vec<u8>> {
        let file = self.read(name);
        let elf = object::File::parse(&file[..]).unwrap();
        let notes = elf.sections().filter(|s| s.name() == Ok(FINGERPRINT));
        notes.map(|notes| notes.data().unwrap().to_vec()).collect()
    }

    /// Gives a module other notes of that, and says what becomes of it.
    fn with_notes(&self, from: &str, notes: &[u8]) -> String {
        let file = self.read(from);
        let mut rewriter = Rewriter::read(&file).unwrap();
        rewriter.put_notes(FINGERPRINT, notes).unwrap();
        let out = "noted.ko".to_owned();
        self.write(&out, &rewriter.write().unwrap());
        out
    }
}

#[test]
fn a_distilled_module_says_what_it_was_built_against() {
    let files = Files::linked();
    for format in ["base", "base_ref"] {
        files.run(
            0,
            &format!("distill demo.ko --base one --format {format} -o out.ko"),
        );
        let file = files.read("out.ko");
        let elf = object::File::parse(&file[..]).unwrap();
        let section = elf.section_by_name(FINGERPRINT).unwrap();
        assert_eq!(
            section.flags(),
            SectionFlags::Elf {
                sh_flags: SHF_ALLOC.into()
            }
        );
        assert_eq!(section.kind(), object::SectionKind::Note);
        assert_eq!(section.align(), 4);
        let hash = btf_reconcile::fingerprint::sha256(&made::built().bytes());
        let expected = [
            note(OWNER, BUILD_ID, &[1; 20]),
            note(OWNER, BTF_SHA256, &hash),
            note(OWNER, RELEASE, b"7.2.1-one"),
        ];
        assert_eq!(files.notes("out.ko"), [expected.concat()]);

        // Raw BTF of the same kernel tells that it is the same.
        for (kernel, status, same) in [("one", 0, true), ("built", 0, true), ("two", 1, false)] {
            let report = files.json(status, &format!("out.ko --base {kernel}"));
            let built = &report["built_against"];
            assert_eq!(built["release"], "7.2.1-one");
            assert_eq!(built["build_id"], ONE);
            assert_eq!(built["btf_sha256"].as_str().unwrap().len(), 64);
            assert_eq!(built["this_kernel"], same, "{kernel}");
            assert_eq!(built["contradicts"], false);
            assert_eq!(report["note_ignored"], json!(null));
        }
    }
    files.run(0, "distill demo.ko --base one -o out.ko");
    // Its BTF alone may be that of another build.
    let text = files.run(0, "check -v out.ko --base built");
    let expected =
        format!("\n  built against 7.2.1-one (build id {ONE}), whose BTF is this kernel's\n");
    assert!(text.contains(&expected), "{text}");
    files.write("again", &linked(made::built().bytes(), "7.2.1-one", 2));
    let report = files.json(0, "out.ko --base again");
    assert_eq!(report["built_against"]["this_kernel"], json!(null));
    let text = files.run(0, "check -v out.ko --base again");
    assert!(text.contains(&expected), "{text}");
    let text = files.run(1, "check -v out.ko --base one --base two");
    for expected in [
        "out.ko on one: reconciled, 4 types, ",
        &format!("\n  built against 7.2.1-one (build id {ONE}), which is this kernel\n"),
        &format!("out.ko on two: carries 2 of 4 types, built against 7.2.1-one (build id {ONE}), "),
        &format!("\n  built against 7.2.1-one (build id {ONE}), another kernel\n"),
    ] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
    let text = files.run(1, "check --brief --loaded yes out.ko --base two");
    let expected = format!("built against 7.2.1-one (build id {ONE}), rebuild it\n");
    assert!(text.ends_with(&expected), "{text}");
}

#[test]
fn the_note_is_that_of_the_base() {
    let files = Files::linked();
    assert!(files.notes("demo.ko").is_empty());
    files.run(0, "distill demo.ko --base one -o out.ko");
    let of_one = files.notes("out.ko");
    // What is reconciled was built against the one all the same.
    files.run(0, "reconcile out.ko --base two -o two.ko");
    assert_eq!(files.notes("two.ko"), of_one);
    let report = files.json(0, "two.ko --base two");
    assert_eq!(report["built_against"]["build_id"], ONE);
    assert_eq!(report["built_against"]["this_kernel"], false);
    // What is distilled again has a base of the other.
    files.run(0, "distill two.ko --base two -o three.ko");
    let report = files.json(0, "three.ko --base two");
    assert_eq!(report["built_against"]["build_id"], TWO);
    assert_eq!(report["built_against"]["this_kernel"], true);
    let of_two = files.notes("three.ko");
    assert_eq!(of_two.len(), 1);
    assert_ne!(of_one, of_two);
    // So can a module that has the note of another one.
    let noted = files.with_notes("demo.ko", &of_two[0]);
    files.run(0, &format!("distill {noted} --base one -o out.ko"));
    assert_eq!(files.notes("out.ko"), of_one);
    // Of a kernel of which nothing but its BTF is known, that is said.
    files.run(0, "distill demo.ko --base built -o out.ko");
    let report = files.json(1, "out.ko --base two");
    assert_eq!(report["built_against"]["release"], json!(null));
    assert_eq!(report["built_against"]["build_id"], json!(null));
    assert_eq!(report["built_against"]["this_kernel"], false);
}

#[test]
fn a_stale_module_is_told_by_its_kernel() {
    let files = Files::linked();
    files.run(0, "distill demo.ko --base one -o out.ko");
    let noted = files.with_notes("demo.ko", &files.notes("out.ko")[0]);
    let text = files.run(1, &format!("check {noted} --base two"));
    let expected = format!("), built against 7.2.1-one (build id {ONE}), 3 slots, ");
    assert!(text.contains(&expected), "{text}");
    let text = files.run(1, &format!("check --brief --loaded no {noted} --base two"));
    let expected =
        format!("won't load (-22): built against 7.2.1-one (build id {ONE}), rebuild it\n");
    assert!(text.ends_with(&expected), "{text}");
    let json = files.run(1, &format!("matrix --json {noted} --base two"));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let cell = &json["modules"][0]["kernels"][0];
    assert_eq!(cell["built_against"]["build_id"], ONE);

    // One that says that it is of this kernel, and is not.
    let lie = note(OWNER, BUILD_ID, &[2; 20]);
    let noted = files.with_notes("demo.ko", &lie);
    let report = files.json(1, &format!("{noted} --base two"));
    assert_eq!(report["built_against"]["this_kernel"], true);
    assert_eq!(report["built_against"]["contradicts"], true);
    let text = files.run(1, &format!("check -v {noted} --base two"));
    assert!(
        text.contains("which is this kernel; but its types are not"),
        "{text}"
    );
    let noted = files.with_notes("out.ko", &lie);
    let report = files.json(1, &format!("{noted} --base two"));
    assert_eq!(report["verdict"], "carries");
    assert_eq!(report["built_against"]["contradicts"], true);
}

#[test]
fn ids_that_are_wrong_by_themselves_contradict_nothing() {
    let files = Files::linked();
    files.write("mixed.ko", &made::module_mixed_up());
    let noted = files.with_notes("mixed.ko", &note(OWNER, BUILD_ID, &[1; 20]));
    let report = files.json(1, &format!("{noted} --base one"));
    assert_eq!(report["verdict"], "stale");
    assert_eq!(report["built_against"]["this_kernel"], true);
    assert_eq!(report["built_against"]["contradicts"], false);
    let why = report["why"].as_str().unwrap();
    for loaded in ["yes", "no"] {
        let command = format!("check --brief --loaded {loaded} {noted} --base one");
        let text = files.run(1, &command);
        assert!(!text.contains("built against"), "{text}");
        assert!(text.contains(&format!(": {why}, rebuild it")), "{text}");
    }
}

#[test]
fn no_other_kernel_is_blamed_for_what_is_ambiguous() {
    let files = Files::linked();
    let kernel = linked(made::with_twins().bytes(), "7.2.1-twins", 3);
    files.write("twins", &kernel);
    files.write("demo.ko", &made::module_of_twins());
    files.run(0, "distill demo.ko --base twins -o out.ko");
    let report = files.json(1, "out.ko --base twins");
    assert_eq!(report["verdict"], "carries");
    assert_eq!(report["counts"]["carried"], 1);
    assert_eq!(report["counts"]["ambiguous"], 1);
    assert_eq!(report["built_against"]["this_kernel"], true);
    assert_eq!(report["built_against"]["contradicts"], false);
    let text = files.run(1, "check --brief --loaded yes out.ko --base twins");
    let expected = " loses 1 type: this kernel has several of the same name\n";
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn notes_that_make_no_sense_are_ignored() {
    let files = Files::linked();
    files.run(0, "distill demo.ko --base one -o out.ko");
    let id = note(OWNER, BUILD_ID, &[1; 20]);
    for (notes, why) in [
        (id[..id.len() - 1].to_vec(), "cut short"),
        ([&id[..], &id[..]].concat(), "note 16 is there twice"),
        (note(OWNER, BUILD_ID, &[]), "note 16 says what can't be"),
        (
            note(OWNER, BTF_SHA256, &[0; 31]),
            "note 17 says what can't be",
        ),
        (note(OWNER, RELEASE, b"a\nb"), "note 18 says what can't be"),
        (vec![0; 4097], "4097 bytes are more than are read"),
    ] {
        let noted = files.with_notes("out.ko", &notes);
        let report = files.json(0, &format!("{noted} --base one"));
        assert_eq!(report["verdict"], "reconciled");
        assert_eq!(report["built_against"], json!(null), "{why}");
        assert_eq!(report["note_ignored"], format!("{FINGERPRINT}: {why}"));
        let text = files.run(0, &format!("check -v {noted} --base one"));
        let expected = format!("\n  {FINGERPRINT}: {why}; it is ignored\n");
        assert!(text.contains(&expected), "{text}");
    }
    // Those of others, and what is not known yet.
    let others = [note(b"GNU", BUILD_ID, &[]), note(OWNER, 99, &[])].concat();
    let noted = files.with_notes("out.ko", &others);
    let report = files.json(0, &format!("{noted} --base one"));
    assert_eq!(report["built_against"], json!(null));
    assert_eq!(report["note_ignored"], json!(null));
    // A section that no module would have in memory: that it is empty or too long is seen first.
    let long = vec![0; 4097];
    for (notes, why) in [
        (&id[..], Some("it is not in the module's data")),
        (&long, Some("4097 bytes are more than are read")),
        (&[], None),
    ] {
        let noted = files.with_notes("out.ko", notes);
        let file = files.read(&noted);
        let mut elf = object::build::elf::Builder::read(&file[..]).unwrap();
        for section in &mut elf.sections {
            if section.sh_type == SHT_NOTE {
                section.sh_flags = 0;
            }
        }
        let mut bytes = vec![];
        elf.write(&mut bytes).unwrap();
        files.write("noted.ko", &bytes);
        let report = files.json(0, "noted.ko --base one");
        let why = why.map(|why| format!("{FINGERPRINT}: {why}"));
        assert_eq!(report["note_ignored"], json!(why));
    }
}

#[test]
fn other_programs_keep_the_note() {
    let files = Files::linked();
    files.run(0, "distill demo.ko --base one -o out.ko");
    let notes = files.notes("out.ko");
    for (program, arguments) in [
        ("strip", "--strip-debug"),
        ("objcopy", "--strip-unneeded"),
        (
            "objcopy",
            "--remove-section=.note --remove-section=.comment",
        ),
    ] {
        let mut command = Command::new(program);
        command.args(arguments.split(' ')).arg(files.path("out.ko"));
        // Where there are no binutils they can't do any harm.
        let Ok(output) = command.output() else {
            continue;
        };
        assert!(output.status.success(), "{output:?}");
        assert_eq!(files.notes("out.ko"), notes, "{program} {arguments}");
        let file = files.read("out.ko");
        assert!(Module::parse(&file)
            .unwrap()
            .fingerprint()
            .unwrap()
            .is_some());
    }
}
