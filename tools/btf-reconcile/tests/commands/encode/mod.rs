// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! `encode`, with something that plays pahole: what the program does before and after.

mod debug;
mod real;

use super::{
    common::builder::Builder,
    kernels::{
        linked,
        note, //
    },
    line,
    made,
    Files, //
};
use btf_reconcile::{
    btf::{
        BUILD_ID,
        FINGERPRINT,
        OWNER, //
    },
    elf::Module,
    rewriter::Rewriter, //
};
use object::{
    build::elf::{
        Builder as Elf,
        SectionData, //
    },
    elf::*, //
};
use std::{
    env,
    fs,
    process::Command, //
};

/// Where the one lies that plays pahole.
const FAKE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/commands/fake");

const ID: &[u8] = b"\x12\x34\x56";

/// The module before it had BTF: with DWARF, unless there is a debug file for that, and a build id.
fn bare(ids: &[u32], dwarf: bool, id: Option<&[u8]>) -> Vec<u8> {
    let module = made::module();
    let mut elf = Elf::read(&module[..]).unwrap();
    for section in &mut elf.sections {
        match &section.name[..] {
            b".BTF" => section.delete = true,
            b".BTF_ids" => section.data = SectionData::Data(words(ids).into()),
            _ => {}
        }
    }
    let mut add = |name: &'static str, kind, bytes: Vec<u8>| {
        let section = elf.sections.add();
        section.name = name.as_bytes().into();
        section.sh_type = kind;
        section.sh_addralign = 4;
        section.data = SectionData::Data(bytes.into());
    };
    if dwarf {
        add(".debug_info", SHT_PROGBITS, b"DWARF".to_vec());
    }
    if let Some(id) = id {
        let mut note = words(&[4, id.len() as u32, NT_GNU_BUILD_ID]);
        note.extend(b"GNU\0");
        note.extend(id);
        note.resize(note.len().next_multiple_of(4), 0);
        add(".note.gnu.build-id", SHT_NOTE, note);
    }
    elf.set_section_sizes();
    let mut bytes = vec![];
    elf.write(&mut bytes).unwrap();
    bytes
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_ne_bytes()).collect()
}

/// `.BTF_ids` before it is resolved.
const RAW: [u32; 7] = [0, 1, 0, 0, 0, 0, 0];

impl Files {
    /// Both kernels, the module without BTF, and what is made of it: `whole` and `split`.
    fn to_encode() -> Self {
        let files = Self::new();
        files.write("bare.ko", &bare(&RAW, true, None));
        files.write("whole", &made::whole_btf().bytes());
        files.write("split", &made::module_btf().bytes());
        files
    }

    /// The program, where pahole is played, and makes `btf`.
    fn encode(&self, btf: &str, arguments: &str) -> Command {
        let mut command = self.command(&format!("encode {arguments}"));
        let path = env::var("PATH").unwrap();
        command.env("PATH", format!("{FAKE}:{path}"));
        if !btf.is_empty() {
            command.env("FAKE_BTF", self.path(btf));
        }
        command
    }

    /// Runs it, and gives all that it said.
    fn encoded(&self, status: i32, btf: &str, arguments: &str) -> String {
        said(&mut self.encode(btf, arguments), status)
    }

    /// What is in `.BTF_ids` of a module.
    fn ids(&self, name: &str) -> Vec<u32> {
        let file = self.read(name);
        let bytes = Module::parse(&file).unwrap().ids.unwrap().bytes;
        let words = bytes
            .chunks(4)
            .map(|w| u32::from_ne_bytes(w.try_into().unwrap()));
        words.collect()
    }

    fn btf(&self, name: &str) -> Vec<u8> {
        Module::parse(&self.read(name))
            .unwrap()
            .btf
            .unwrap()
            .to_vec()
    }
}

fn said(command: &mut Command, status: i32) -> String {
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    let text = text.concat();
    assert_eq!(output.status.code(), Some(status), "{command:?}: {text}");
    text
}

#[test]
fn without_a_kernel_it_stands_on_its_own() {
    let files = Files::to_encode();
    let text = files.encoded(0, "whole", "bare.ko -o out.ko");
    let bytes = files.read("whole").len();
    assert_eq!(
        text,
        format!("out.ko: types 12 ({bytes} bytes), whole, slots 3, resolved 2\n")
    );
    assert_eq!(files.btf("out.ko"), files.read("whole"));
    // Its functions are its own on any kernel; whose struct is meant is not known.
    assert_eq!(files.ids("out.ko"), [2, 1, 9, 0, 11, 0, 0]);
    // A struct without members is not told to be the one of the kernel that it was built for.
    for (kernel, lost) in [("built", 1), ("running", 0)] {
        let report = files.json(lost, &format!("out.ko --base {kernel}"));
        assert_eq!(report["form"], "whole");
        assert_eq!(report["verdict"], "reconciled");
        assert_eq!(report["counts"]["resolved"], 1);
        assert_eq!(line(&report["kfuncs"], "name", "demo_pid")["usable"], true);
    }
}

#[test]
fn what_it_is_for_is_in_it() {
    let files = Files::to_encode();
    files.write("one", &linked(made::built().bytes(), "7.2.1-one", 1));
    files.encoded(0, "split", "bare.ko --base one -o out.ko");
    let report = files.json(0, "out.ko --base one");
    assert_eq!(report["built_against"]["release"], "7.2.1-one");
    assert_eq!(report["built_against"]["this_kernel"], true);
    // The BTF that it was for is replaced.
    let bare = files.read("bare.ko");
    let mut rewriter = Rewriter::read(&bare).unwrap();
    rewriter
        .put_notes(FINGERPRINT, &note(OWNER, BUILD_ID, &[1; 20]))
        .unwrap();
    files.write("noted.ko", &rewriter.write().unwrap());
    files.encoded(0, "whole", "noted.ko -o out.ko");
    let report = files.json(1, "out.ko --base built");
    assert_eq!(report["form"], "whole");
    assert!(report["built_against"].is_null());
}

#[test]
fn against_a_kernel_it_is_as_the_build_makes_it() {
    let files = Files::to_encode();
    let log = files.path("log");
    let mut command = files.encode("split", "bare.ko --base built -o out.ko");
    let text = said(command.env("FAKE_LOG", &log), 0);
    assert!(text.ends_with("unified 0, slots 3, resolved 3\n"), "{text}");
    assert_eq!(files.btf("out.ko"), files.btf("demo.ko"));
    assert_eq!(files.ids("out.ko"), files.ids("demo.ko"));
    files.run(0, "check out.ko --base built");
    let arguments = String::from_utf8(files.read("log")).unwrap();
    assert_eq!(
        arguments.trim(),
        "-J --btf_features=encode_force,var,float,enum64,decl_tag,type_tag,optimized_func,\
         consistent_func --lang_exclude=rust --btf_base vmlinux.btf \
         --btf_encode_detached=module.btf module.ko"
    );
    assert_eq!(files.read("log.base"), files.read("built"));

    // What pahole has not found to be the kernel's is found.
    let mut copies = Builder::split(&made::built());
    let first = copies.next();
    copies.typedef("pid_t", 1);
    copies.proto(0, &[("pid", first)]);
    copies.func("demo_pid", first + 1);
    files.write("copies", &copies.bytes());
    let text = files.encoded(0, "copies", "bare.ko --base built -o out.ko");
    assert!(text.contains("types 2 "), "{text}");
    assert!(text.contains("unified 1, slots 3, resolved 2"), "{text}");
    let missing =
        ".BTF_ids: neither the module nor the kernel has a FUNC 'demo_gone': its slot stays 0";
    assert!(text.contains(missing), "{text}");
    assert_eq!(files.ids("out.ko"), [1, 1, first + 1, 0, 0, 0, 3]);
    files.run(2, "encode bare.ko --base none -o out.ko");
}

#[test]
fn flags_go_with_their_names() {
    // The other way round than the names are in `.BTF_ids`.
    let mut types = Builder::split(&made::built());
    let first = types.next();
    types.proto(0, &[("gone", 7)]);
    types.func("demo_gone", first);
    types.proto(1, &[("task", 2), ("pid", 6)]);
    types.func("demo_pid", first + 2);
    let raw = [0, 1, 0, 4, 0, 32, 0];
    let sorted = [2, 1, first + 1, 32, first + 3, 4, 3];

    let files = Files::to_encode();
    files.write("turned", &types.bytes());
    files.write("bare.ko", &bare(&raw, true, None));
    files.encoded(0, "turned", "bare.ko --base built -o sorted.ko");
    assert_eq!(files.ids("sorted.ko"), sorted);

    // And back, if something tells what the ids are.
    files.encoded(0, "split", "sorted.ko --base built -o again.ko");
    assert_eq!(
        files.ids("again.ko"),
        [2, 1, first + 1, 4, first + 3, 32, 3]
    );
    let refusal = ".BTF_ids: __BTF_ID__set8__demo_set: sorted by the ids of other BTF";
    for arguments in ["sorted.ko -o out.ko", "sorted.ko --base running -o out.ko"] {
        let text = files.encoded(1, "whole", arguments);
        assert!(text.contains(refusal), "{text}");
    }
    for format in ["base", "base_ref"] {
        files.run(
            0,
            &format!("distill sorted.ko --base built --format {format} -o based.ko"),
        );
        files.encoded(0, "whole", "based.ko -o out.ko");
        assert_eq!(files.ids("out.ko"), [2, 1, 9, 4, 11, 32, 0]);
        let file = files.read("out.ko");
        let module = Module::parse(&file).unwrap();
        assert!(module.base.is_none() && module.base_ref.is_none());
        assert_eq!(module.btf, Some(&files.read("whole")[..]));
    }
    // A second time is no other than the first.
    files.encoded(0, "whole", "out.ko -o twice.ko");
    assert_eq!(files.read("twice.ko"), files.read("out.ko"));

    // What was dropped from a set has lost its flags; what was stripped of BTF has lost the names.
    files.write(
        "dropped.ko",
        &bare(&[1, 1, first + 1, 32, 0, 0, 3], true, None),
    );
    files.write("stripped.ko", &bare(&sorted, true, None));
    for name in ["dropped.ko", "stripped.ko"] {
        let text = files.encoded(1, "split", &format!("{name} --base built -o out.ko"));
        assert!(text.contains(refusal), "{text}");
    }
    files.write("same.ko", &bare(&[2, 1, 90, 4, 91, 4, 3], true, None));
    files.encoded(0, "split", "same.ko --base built -o out.ko");
    assert_eq!(files.ids("out.ko"), [2, 1, first + 1, 4, first + 3, 4, 3]);
}

#[test]
fn kfuncs_with_implicit_arguments_are_named() {
    let files = Files::to_encode();
    files.write("bare.ko", &bare(&[0, 1, 0, 1 << 16, 0, 0, 0], true, None));
    let text = files.encoded(0, "whole", "bare.ko -o out.ko");
    assert!(
        text.contains("FUNC 'demo_pid' has KF_IMPLICIT_ARGS"),
        "{text}"
    );
    assert!(!text.contains("demo_gone"), "{text}");
}

#[test]
fn a_pahole_that_does_not_serve_is_named() {
    let files = Files::to_encode();
    let names = files.names();
    let arguments = "bare.ko -o out.ko";
    let mut none = files.encode("whole", arguments);
    let text = said(none.env("PATH", files.path("")), 2);
    assert_eq!(
        text,
        "btf-reconcile: pahole: not found, and nothing else makes BTF of DWARF: install the package \
         pahole (Debian, Arch) or dwarves (Fedora, SUSE), 1.22 or later\n"
    );
    for (version, expected) in [
        (
            "v1.21",
            "pahole: version 1.21, expected 1.22 or later: install the package pahole",
        ),
        (
            "what",
            "pahole: asked for its version it says what, expected 1.22 or later",
        ),
    ] {
        let mut command = files.encode("whole", arguments);
        let text = said(command.env("FAKE_VERSION", version), 2);
        assert!(text.contains(expected), "{text}");
    }
    for (says, status, expected) in [
        (
            "pahole: no\n good",
            "3",
            "bare.ko: pahole 1.30 fails with status 3: pahole: no; good\n",
        ),
        ("", "1", "bare.ko: pahole 1.30 fails with status 1\n"),
        (
            "",
            "killed",
            "bare.ko: pahole 1.30 was killed by signal 9\n",
        ),
        (
            "",
            "0",
            "bare.ko: pahole 1.30 finds no types of C in its DWARF\n",
        ),
    ] {
        let mut command = files.encode("", arguments);
        let text = said(command.env("FAKE_SAYS", says).env("FAKE_STATUS", status), 1);
        assert!(text.ends_with(expected), "{text}");
    }
    // What it makes is looked at: BTF of a function that is not there, and what is no BTF.
    let mut strange = made::whole_btf();
    strange.func("not_there", 8);
    files.write("strange", &strange.bytes());
    for (btf, base) in [
        ("strange", ""),
        ("bare.ko", ""),
        ("bare.ko", "--base built"),
    ] {
        let text = files.encoded(1, btf, &format!("{arguments} {base}"));
        let expected = "bare.ko: what pahole makes of its DWARF is of no use: .BTF: ";
        assert!(text.contains(expected), "{btf}: {text}");
    }
    fs::remove_file(files.path("strange")).unwrap();
    assert_eq!(files.names(), names);

    // What it says when it succeeds is passed on.
    let mut command = files.encode("whole", arguments);
    let text = said(command.env("FAKE_SAYS", "a warning"), 0);
    assert!(text.contains("bare.ko: pahole: a warning\n"), "{text}");
}

#[test]
fn nothing_is_left_behind() {
    let files = Files::to_encode();
    fs::create_dir(files.path("tmp")).unwrap();
    for (btf, status) in [("whole", 0), ("", 1), ("bare.ko", 1)] {
        let mut command = files.encode(btf, "bare.ko -o out.ko");
        said(command.env("TMPDIR", files.path("tmp")), status);
        assert_eq!(fs::read_dir(files.path("tmp")).unwrap().count(), 0);
    }
    let mut command = files.encode("whole", "bare.ko -o out.ko");
    let text = said(command.env("TMPDIR", files.path("none")), 2);
    assert!(text.contains("none"), "{text}");
}

#[test]
fn it_writes_as_the_other_commands_do() {
    let files = Files::to_encode();
    let mut signed = files.read("bare.ko");
    signed.extend(b"~Module signature appended~\n");
    files.write("signed.ko", &signed);
    let text = files.encoded(0, "whole", "signed.ko -o signed.ko");
    assert!(
        text.contains("signed.ko: its signature is dropped, OUT has to be signed again"),
        "{text}"
    );
    files.encoded(0, "whole", "bare.ko -o out.ko");
    assert_eq!(files.read("signed.ko"), files.read("out.ko"));

    files.encoded(2, "whole", "bare.ko -o out.ko.xz");
    files.encoded(2, "whole", "bare.ko -o none/out.ko");
    files.encoded(2, "whole", "none.ko -o out.ko");
    files.encoded(2, "whole", "built -o out.ko");
    files.encoded(2, "whole", "bare.ko");
    files.write("text.ko", b"text");
    files.encoded(2, "whole", "text.ko -o out.ko");

    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let mut command = files.encode("whole", "bare.ko -o written.ko");
    let text = said(command.stdout(full), 2);
    assert!(
        text.contains("standard output: No space left on device"),
        "{text}"
    );
    assert_eq!(files.read("written.ko"), files.read("out.ko"));
}
