// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Bundles: that they say the same elsewhere, and what is in them.

mod archives;
mod hostile;

use super::{
    elf::{
        write,
        Kind,
        Section,
        MODULE, //
    },
    kernels::{
        self,
        linked,
        note, //
    },
    made,
    Files, //
};
use archives::unpacked;
use btf_reconcile::{
    btf::{
        BUILD_ID,
        FINGERPRINT,
        OWNER,
        RELEASE, //
    },
    rewriter::Rewriter, //
};
use object::elf::{
    EM_AARCH64,
    EM_X86_64,
    ET_EXEC,
    NT_GNU_BUILD_ID,
    SHT_NOTE, //
};
use serde_json::Value;
use std::{
    fs,
    process::Stdio, //
};

/// What there is to check, of all sorts.
const MODULES: &str = "plain.ko based.ko referring.ko whole.ko unresolved.ko copies.ko none.ko \
                       stripped.ko packed.ko.gz raw.btf noted.ko by_id.ko cut.ko twice.ko \
                       elsewhere.ko";

/// A folder with modules of all sorts, and kernels as files of all sorts.
fn lay_out() -> Files {
    let files = Files::new();
    fs::rename(files.path(&files.distill("base")), files.path("based.ko")).unwrap();
    fs::rename(
        files.path(&files.distill("base_ref")),
        files.path("referring.ko"),
    )
    .unwrap();
    fs::rename(files.path("demo.ko"), files.path("plain.ko")).unwrap();
    files.write("whole.ko", &made::whole(true));
    files.write("unresolved.ko", &made::module_unresolved());
    files.write("copies.ko", &made::module_with_copies());
    files.write("raw.btf", &made::module_btf().bytes());
    files.write("packed.ko.gz", &super::packed::gzip(&made::module()));
    let demo = made::module();
    let mut rewriter = Rewriter::read(&demo).unwrap();
    rewriter.remove(".BTF").unwrap();
    files.write("none.ko", &rewriter.write().unwrap());
    let mut elf = object::build::elf::Builder::read(&demo[..]).unwrap();
    for symbol in &mut elf.symbols {
        symbol.delete |= symbol.name.starts_with(b"__BTF_ID__");
    }
    let mut stripped = vec![];
    elf.write(&mut stripped).unwrap();
    files.write("stripped.ko", &stripped);
    for (name, notes, is_loaded) in [
        (
            "noted.ko",
            [
                note(OWNER, BUILD_ID, &[1; 20]),
                note(OWNER, RELEASE, b"7.2.1"),
            ]
            .concat(),
            true,
        ),
        ("by_id.ko", note(OWNER, BUILD_ID, &[1; 20]), true),
        ("cut.ko", note(OWNER, BUILD_ID, &[1; 20])[..20].into(), true),
        ("twice.ko", note(OWNER, RELEASE, b"7").repeat(2), true),
        ("elsewhere.ko", note(OWNER, RELEASE, b"7.2.1"), false),
    ] {
        files.write(name, &noted(&files.read("based.ko"), &notes, is_loaded));
    }
    files.write("built.elf", &kernels::kernel(EM_X86_64));
    files.write("linked", &linked(made::built().bytes(), "7.2.1", 1));
    files.write("other.elf", &kernels::kernel(EM_AARCH64));
    files
}

/// A module with other notes of the kernel that it was built against, in its memory or not.
fn noted(module: &[u8], notes: &[u8], is_loaded: bool) -> Vec<u8> {
    let mut rewriter = Rewriter::read(module).unwrap();
    rewriter.put_notes(FINGERPRINT, notes).unwrap();
    let with = rewriter.write().unwrap();
    let mut elf = object::build::elf::Builder::read(&with[..]).unwrap();
    for section in &mut elf.sections {
        if section.name == FINGERPRINT.as_bytes().into() && !is_loaded {
            section.sh_flags = 0;
        }
    }
    let mut out = vec![];
    elf.write(&mut out).unwrap();
    out
}

/// What the program prints, and its status.
fn said(files: &Files, arguments: &str) -> (String, Option<i32>) {
    let output = files.command(arguments).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{arguments}");
    (text, output.status.code())
}

#[test]
fn a_bundle_says_the_same_elsewhere() {
    let files = lay_out();
    let far = Files::new();
    for base in ["built", "running", "built.elf", "linked", "other.elf"] {
        files.run(
            0,
            &format!("bundle {MODULES} --base {base} --with-base -o with.tar.zst"),
        );
        files.run(
            0,
            &format!("bundle {MODULES} --base {base} -o without.tar.zst"),
        );
        for name in ["with.tar.zst", "without.tar.zst"] {
            far.write(name, &files.read(name));
        }
        far.write(base, &files.read(base));
        for options in ["", "-v", "--json", "--unify all", "--brief=99 --loaded no"] {
            let expected = said(&files, &format!("check {MODULES} --base {base} {options}"));
            for bundle in [
                "with.tar.zst".to_owned(),
                format!("without.tar.zst --base {base}"),
            ] {
                let got = said(&far, &format!("check {bundle} {options}"));
                assert_eq!(got, expected, "{base} {options}");
            }
        }
        let expected = said(&files, &format!("check {MODULES} --base {base} --json"));
        let inside = unpacked(&files.read("with.tar.zst"));
        assert_eq!(inside[1].0, "check.json");
        assert_eq!(String::from_utf8_lossy(&inside[1].1), expected.0);
    }
    let text = far.run(1, "check -v with.tar.zst --base linked");
    for expected in [
        "built against 7.2.1 (build id 0101010101010101010101010101010101010101), which is this kernel",
        ".note.btf_base: cut short; it is ignored",
        ".note.btf_base: note 18 is there twice; it is ignored",
        ".note.btf_base: it is not in the module's data; it is ignored",
    ] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
    // One kernel or another.
    let options = "--base built --base running";
    assert_eq!(
        said(&files, &format!("check {MODULES} {options}")).0,
        far.run_apart(1, &format!("check with.tar.zst {options}")).0
    );
}

#[test]
fn it_has_nothing_of_the_machine_in_it() {
    let files = lay_out();
    files.run(0, "bundle plain.ko --base built --with-base -o one.tar.zst");
    let plain = files.path("plain.ko").display().to_string();
    let built = files.path("built").display().to_string();
    let far = Files::new();
    far.run(
        0,
        &format!("bundle {plain} --base {built} --with-base -o two.tar.zst"),
    );
    assert!(files.read("one.tar.zst") == far.read("two.tar.zst"));
    let mut all = vec![];
    for (name, bytes) in unpacked(&files.read("one.tar.zst")) {
        all.extend_from_slice(name.as_bytes());
        all.extend(bytes);
    }
    let has = |what: &[u8]| all.windows(what.len()).any(|window| window == what);
    let folder = files.0.path().display().to_string();
    assert!(!has(folder.as_bytes()));
    // No code either, but the names of functions.
    assert!(!has(&[0xc3; 37]) && !has(b".text"));
    assert!(has(b"demo_gone.isra.0"));
}

#[test]
fn it_says_what_it_is() {
    let files = lay_out();
    let text = files.run(
        0,
        "bundle based.ko plain.ko --base built --with-base -o out.tar.zst",
    );
    let bytes = files.read("out.tar.zst").len();
    assert_eq!(
        text,
        format!("out.tar.zst: 2 modules, kernel built with its BTF, {bytes} bytes\n")
    );
    let inside = unpacked(&files.read("out.tar.zst"));
    let names: Vec<_> = inside.iter().map(|(name, _)| &name[..]).collect();
    assert_eq!(
        names,
        [
            "btf-reconcile.json",
            "check.json",
            "vmlinux",
            "modules/1-based.ko",
            "modules/2-plain.ko"
        ]
    );
    let manifest: Value = serde_json::from_slice(&inside[0].1).unwrap();
    assert_eq!(manifest["format"], 1);
    let kernel = &manifest["kernel"];
    assert_eq!(kernel["name"], "built");
    assert_eq!(kernel["btf_bytes"], made::built().bytes().len());
    assert_eq!(kernel["btf_sha256"].as_str().unwrap().len(), 64);
    assert!(kernel["options"].is_null());
    assert_eq!(manifest["modules"][1]["name"], "plain.ko");
    // `-` is where others take it from.
    let output = files
        .command("bundle based.ko plain.ko --base built --with-base -o -")
        .output()
        .unwrap();
    assert!(output.stdout == files.read("out.tar.zst"));
    assert!(output.stderr.is_empty());
}

#[test]
fn the_options_of_a_kernel_that_was_built_here_are_known() {
    let files = lay_out();
    fs::create_dir_all(files.path("tree/include/config")).unwrap();
    files.write("tree/vmlinux", &kernels::kernel(EM_X86_64));
    files.write("tree/include/config/kernel.release", b"7.3.4-made\n");
    files.write(
        "tree/.config",
        b"CONFIG_RUST=y\nCONFIG_LOCALVERSION=\"-made\"\n# CONFIG_CFI is not set\n",
    );
    files.run(0, "bundle plain.ko --base tree/vmlinux -o out.tar.zst");
    let inside = unpacked(&files.read("out.tar.zst"));
    let manifest: Value = serde_json::from_slice(&inside[0].1).unwrap();
    let kernel = &manifest["kernel"];
    assert_eq!(kernel["name"], "vmlinux");
    assert_eq!(kernel["release"], "7.3.4-made");
    let options = serde_json::json!({"CONFIG_CFI": "n", "CONFIG_RUST": "y"});
    assert_eq!(kernel["options"], options);
}

#[test]
fn the_build_id_of_a_kernel_is_kept() {
    let files = lay_out();
    let note = [
        &[4_u32, 6, NT_GNU_BUILD_ID].map(u32::to_ne_bytes).concat()[..],
        b"GNU\0\x01\x02\x03\xfd\xfe\xff\0\0",
    ];
    let sections = [
        Section::new(".BTF", made::built().bytes()),
        Section::new(".notes", note.concat()).of_kind(SHT_NOTE),
    ];
    let kind = Kind {
        kind: ET_EXEC,
        ..MODULE
    };
    files.write("vmlinux", &write(kind, &sections));
    files.run(
        0,
        "bundle plain.ko --base vmlinux --with-base -o out.tar.zst",
    );
    let inside = unpacked(&files.read("out.tar.zst"));
    let manifest: Value = serde_json::from_slice(&inside[0].1).unwrap();
    assert_eq!(manifest["kernel"]["build_id"], "010203fdfeff");
    let id = btf_reconcile::elf::build_id(&inside[2].1);
    assert_eq!(id, Some(&[1, 2, 3, 0xfd, 0xfe, 0xff][..]));
    files.run(0, "check out.tar.zst");
    // What else tells that kernel is known elsewhere, too.
    files.run(
        0,
        "bundle by_id.ko --base linked --with-base -o out.tar.zst",
    );
    let inside = unpacked(&files.read("out.tar.zst"));
    let manifest: Value = serde_json::from_slice(&inside[0].1).unwrap();
    assert_eq!(manifest["kernel"]["release"], "7.2.1");
    let report = files.json(0, "out.tar.zst");
    assert_eq!(report["built_against"]["this_kernel"], true);
}

#[test]
fn another_kernel_is_told() {
    let files = lay_out();
    files.run(0, "bundle plain.ko --base built -o out.tar.zst");
    let (_, said) = files.run_apart(1, "check out.tar.zst --base running");
    let expected = "btf-reconcile: running: not the BTF that out.tar.zst was made with, which is \
                    that of built (SHA-256 ";
    assert!(said.starts_with(expected), "{said}");
    assert_eq!(said.lines().count(), 1);
    let (text, said) = files.run_apart(2, "check out.tar.zst");
    assert_eq!(text, "");
    let expected = "btf-reconcile: out.tar.zst: the BTF of built (SHA-256 ";
    assert!(said.starts_with(expected), "{said}");
    assert!(
        said.ends_with(") is not in it, expected --base\n"),
        "{said}"
    );
}

#[test]
fn a_bundle_is_known_by_what_is_in_it() {
    let files = lay_out();
    files.run(0, "bundle plain.ko --base built --with-base -o out.tar.zst");
    let packed = files.read("out.tar.zst");
    files.write("report", &packed);
    files.run(0, "check report");
    files.write(
        "report.tar",
        &zstd::stream::decode_all(&packed[..]).unwrap(),
    );
    files.run(0, "check report.tar");
    let text = files.run(2, "check report.tar plain.ko --base built");
    assert!(text.contains("report.tar: a bundle, expected no"), "{text}");
    files.run(2, "check report --out-of-tree");
}

#[test]
fn wrong_use_is_told() {
    let files = lay_out();
    files.write("empty.ko", b"");
    fs::create_dir(files.path("folder")).unwrap();
    fs::create_dir_all(files.path("lib/modules/1")).unwrap();
    files.write("lib/modules/1/x.ko", &made::module());
    for (arguments, expected) in [
        ("bundle -o out.tar.zst", "error: "),
        ("bundle plain.ko --base built", "error: "),
        (
            "bundle plain.ko --base none -o out.tar.zst",
            "none: neither",
        ),
        ("bundle none --base built -o out.tar.zst", "none: No such"),
        (
            "bundle plain.ko empty.ko --base built -o out.tar.zst",
            "empty.ko: neither an ELF file nor raw BTF",
        ),
        (
            "bundle plain.ko folder --base built -o out.tar.zst",
            "folder: no modules in it",
        ),
        (
            "bundle plain.ko lib -o out.tar.zst",
            "lib/modules/1/x.ko: it lies under another kernel",
        ),
        (
            "bundle plain.ko --base built -o none/out.tar.zst",
            "none/out.tar.zst: No such",
        ),
    ] {
        let text = files.run(2, arguments);
        assert!(text.contains(expected), "{arguments}: {text}");
        assert!(!files.path("out.tar.zst").exists(), "{arguments}");
    }
    // Who has seen enough is no error that needs words.
    let mut child = files
        .command("bundle plain.ko --base built -o -")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
