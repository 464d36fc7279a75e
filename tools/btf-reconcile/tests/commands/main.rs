// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The program's commands, on files made by hand.

mod brief;
mod broken;
mod bundle;
#[path = "../common/mod.rs"]
mod common;
mod diff;
mod doctor;
mod elf;
mod encode;
mod fingerprints;
mod flat_images;
mod functions;
mod help;
mod images;
mod kernels;
mod limits;
mod made;
mod matrix;
mod names;
mod packed;
mod pages;
mod pipes;
mod quiet;
mod sections;
mod terminal;
mod trees;
mod unresolved;
mod whole;

use btf_reconcile::elf::Module;
use serde_json::Value;
use std::{
    fs,
    path::PathBuf,
    process::{
        Command,
        Output, //
    },
};
use tempfile::TempDir;

/// A folder with both kernels and the module in it.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        let files = Self(tempfile::tempdir().unwrap());
        files.write("built", &made::built().bytes());
        files.write("running", &made::running().bytes());
        files.write("demo.ko", &made::module());
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// The program, to be run here.
    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_btf-reconcile"));
        command
            .args(arguments.split_whitespace())
            .current_dir(self.0.path());
        command
    }

    /// Runs the program here; gives what it printed and what it said beside that, and checks its
    /// status.
    fn run_apart(&self, status: i32, arguments: &str) -> (String, String) {
        let Output {
            status: got,
            stdout,
            stderr,
        } = self.command(arguments).output().unwrap();
        let [stdout, stderr] = [stdout, stderr].map(|text| String::from_utf8(text).unwrap());
        assert_eq!(got.code(), Some(status), "{arguments}: {stdout}{stderr}");
        (stdout, stderr)
    }

    /// The same, with both in one.
    fn run(&self, status: i32, arguments: &str) -> String {
        let (stdout, stderr) = self.run_apart(status, arguments);
        stdout + &stderr
    }

    /// What `check --json` says of one module.
    fn json(&self, status: i32, arguments: &str) -> Value {
        let text = self.run(status, &format!("check --json {arguments}"));
        let document: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(document["format"], 1);
        document["reports"][0].clone()
    }

    /// Gives the module a base section, in a file of its own.
    fn distill(&self, format: &str) -> String {
        let out = format!("demo.{format}.ko");
        self.run(
            0,
            &format!("distill demo.ko --base built --format {format} -o {out}"),
        );
        out
    }

    /// Names of what is here.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<_> = entries
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

/// The line of `lines` in which `key` is `value`.
fn line<'v>(lines: &'v Value, key: &str, value: &str) -> &'v Value {
    let mut found = lines.as_array().unwrap().iter().filter(|l| l[key] == value);
    let line = found
        .next()
        .unwrap_or_else(|| panic!("no {value} in {lines:#}"));
    assert!(found.next().is_none(), "several {value} in {lines:#}");
    line
}

#[test]
fn copies_of_kernel_types_are_unified() {
    let files = Files::new();
    files.write("copies.ko", &made::module_with_copies());
    let report = files.json(1, "copies.ko --base running");
    assert_eq!(report["verdict"], "fits");
    assert_eq!(report["counts"]["unified"], 0);
    assert_eq!(line(&report["kfuncs"], "name", "demo_pid")["usable"], false);

    let report = files.json(1, "copies.ko --base running --unify all");
    assert_eq!(report["verdict"], "fits");
    assert_eq!(report["counts"]["unified"], 1);
    assert_eq!(report["counts"]["differing"], 1);
    let slot = line(&report["slots"], "name", "task_struct");
    assert_eq!(slot["new_id"], 7, "the kernel's");
    assert_eq!(line(&report["kfuncs"], "name", "demo_pid")["usable"], true);
    let gone = line(&report["kfuncs"], "name", "demo_gone");
    assert_eq!(gone["usable"], false);
    let differs = line(&report["differing"], "name", "cred");
    assert_eq!(differs["why"], "it has 0 bytes, the kernel's has 24");
    let bytes = |name: &str| report[name].as_u64().unwrap();
    assert!(bytes("bytes_unified") > 0);
    assert_eq!(
        bytes("bytes_before"),
        bytes("bytes_after") + bytes("bytes_unified")
    );

    // The file is as the check says.
    files.run(0, "distill copies.ko --base running -o base.ko");
    files.run(0, "reconcile base.ko --base running -o out.ko");
    let report = files.json(1, "out.ko --base running");
    assert_eq!(line(&report["kfuncs"], "name", "demo_pid")["usable"], true);
    let slot = line(&report["slots"], "name", "task_struct");
    assert_eq!(slot["old_id"], 7);
    files.run(0, "reconcile base.ko --base running -o out.ko --unify off");
    let report = files.json(1, "out.ko --base running");
    assert_eq!(line(&report["kfuncs"], "name", "demo_pid")["usable"], false);
}

#[test]
fn ids_without_symbols_are_not_left_behind() {
    let files = Files::new();
    let module = made::module();
    let mut elf = object::build::elf::Builder::read(&module[..]).unwrap();
    for symbol in &mut elf.symbols {
        symbol.delete |= symbol.name.starts_with(b"__BTF_ID__");
    }
    let mut stripped = vec![];
    elf.write(&mut stripped).unwrap();
    files.write("stripped.ko", &stripped);
    // It fits all the same, but can't be changed.
    files.run(0, "check stripped.ko --base built --unify all");
    let text = files.run(1, "distill stripped.ko --base built -o out.ko");
    assert!(
        text.contains(".BTF_ids: the module was stripped of its symbols"),
        "{text}"
    );
    assert!(!files.path("out.ko").exists());
}

#[test]
fn plain_btf_fits_its_own_kernel_only() {
    let files = Files::new();
    let text = files.run(0, "check demo.ko --base built");
    assert_eq!(
        text,
        "demo.ko: fits, 3 slots, 2 of 2 kfuncs usable; a stock kernel accepts it\n\
         1 module: 1 fit; a stock kernel accepts 1\n"
    );
    let report = files.json(1, "demo.ko --base running");
    assert_eq!(report["verdict"], "stale");
    assert_eq!(report["form"], "plain");
    let why = report["why"].as_str().unwrap();
    assert!(why.starts_with(".BTF: type ["), "{why}");
    assert_eq!(line(&report["kfuncs"], "name", "demo_pid")["usable"], false);
}

#[test]
fn each_type_slot_and_kfunc_is_told() {
    let files = Files::new();
    let module = files.distill("base");
    let own = files.json(0, &format!("{module} --base built"));
    assert_eq!(own["verdict"], "reconciled");
    assert_eq!(own["stock"]["outcome"], "wrong_ids");

    let report = files.json(1, &format!("{module} --base running"));
    assert_eq!(report["verdict"], "carries");
    assert_eq!(report["form"], "base");
    assert_eq!(report["counts"]["mapped"], 2);
    assert_eq!(report["counts"]["carried"], 2);
    let types = &report["types"];
    let int = line(types, "name", "int");
    assert_eq!(int["fate"], "mapped");
    assert_eq!(int["how"], "exact");
    assert_eq!(int["new_id"], 4);
    assert_eq!(int["stock"], "maps");
    let cred = line(types, "name", "cred");
    assert_eq!(cred["fate"], "carried");
    assert_eq!(cred["how"], "size");
    assert_eq!(cred["size"], 16);
    assert_eq!(cred["kernel_size"], 24);
    assert_eq!(line(types, "name", "gone")["how"], "missing");
    assert_eq!(line(types, "name", "gone")["stock"], "nowhere");

    let slot = line(
        &report["slots"],
        "symbol",
        "__BTF_ID__struct__task_struct__3",
    );
    assert_eq!(slot["name"], "task_struct");
    assert_eq!(slot["new_id"], 7);
    let kfuncs = &report["kfuncs"];
    assert_eq!(line(kfuncs, "name", "demo_pid")["usable"], true);
    let gone = line(kfuncs, "name", "demo_gone");
    assert_eq!(gone["usable"], false);
    let why = gone["why"].as_str().unwrap();
    assert!(
        why.contains("argument 1 is a pointer to STRUCT 'gone'"),
        "{why}"
    );
    assert_eq!(report["stock"]["outcome"], "refuses");

    let text = files.run(1, &format!("check -v {module} --base running --base built"));
    for expected in [
        // `pid_t` is the copy.
        "demo.base.ko on running: carries 2 of 4 types, 1 unified (18 bytes less), 3 slots, \
         1 of 2 kfuncs usable; a stock kernel refuses it (-22)\n",
        "  type [3] STRUCT 'cred' carried to [11]: the kernel's has 24 bytes",
        "  kfunc demo_pid of demo_set: usable\n",
        "demo.base.ko on built: reconciled, 4 types",
        "2 modules: 1 reconciled, 1 carry types",
    ] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
}

#[test]
fn a_reconciled_file_fits() {
    for format in ["base", "base_ref"] {
        let files = Files::new();
        let module = files.distill(format);
        for kernel in ["built", "running"] {
            files.run(0, &format!("reconcile {module} --base {kernel} -o out.ko"));
            // One kernel lacks a type of which a base reference knows no more than the name, so that
            // a kfunc takes what no program has.
            let lost = i32::from(kernel == "running" && format == "base_ref");
            let report = files.json(lost, &format!("out.ko --base {kernel}"));
            assert_eq!(report["counts"]["unusable"], lost);
            assert_eq!(report["verdict"], "fits", "{format} {kernel}");
            assert_eq!(report["counts"]["slots"], 3);
            let slot = line(
                &report["slots"],
                "symbol",
                "__BTF_ID__struct__task_struct__3",
            );
            assert_eq!(slot["name"], "task_struct");

            files.run(
                0,
                &format!("reconcile {module} --base {kernel} --btf-only -o out.btf"),
            );
            let out = files.read("out.ko");
            let raw = files.read("out.btf");
            assert_eq!(Module::parse(&out).unwrap().btf, Some(&raw[..]));
        }
    }
}

#[test]
fn what_cannot_be_done_is_not_written() {
    let files = Files::new();
    let module = files.distill("base");
    files.write("out.ko", b"before");
    let names = files.names();

    let text = files.run(
        1,
        &format!("reconcile {module} --base running --strict -o out.ko"),
    );
    assert!(
        text.contains(".BTF.base: type [3]: refused (strict)"),
        "{text}"
    );
    let text = files.run(1, "reconcile demo.ko --base built -o out.ko");
    assert!(
        text.contains("neither .BTF.base nor .BTF.base_ref"),
        "{text}"
    );
    let text = files.run(1, &format!("distill {module} --base built -o out.ko"));
    assert!(text.contains("has a .BTF.base"), "{text}");
    let text = files.run(1, "distill demo.ko --base running -o out.ko");
    assert!(text.contains("not made against running"), "{text}");
    let mut broken = files.read(&module);
    let at = broken
        .windows(2)
        .position(|w| w == 0xeb9f_u16.to_ne_bytes())
        .unwrap();
    broken[at] = 0;
    files.write("broken.ko", &broken);
    let text = files.run(1, "reconcile broken.ko --base running -o out.ko");
    assert!(text.contains(".BTF: header: not BTF"), "{text}");
    fs::remove_file(files.path("broken.ko")).unwrap();

    assert_eq!(files.read("out.ko"), b"before");
    assert_eq!(files.names(), names);
}

#[test]
fn wrong_use_is_told_from_wrong_btf() {
    let files = Files::new();
    files.run(2, "");
    files.run(2, "check");
    files.run(2, "check demo.ko --base none");
    files.run(2, "check none.ko --base built");
    files.run(2, "check demo.ko --base demo.ko");
    files.run(2, "check built --base built");
    files.run(2, "check -v --json demo.ko --base built");
    files.run(2, "reconcile demo.ko --base built");
    files.run(2, "reconcile none.ko --base built -o out.ko");
    files.run(2, "distill demo.ko --base built -o out.ko.xz");
    files.run(2, "distill demo.ko --base built -o none/out.ko");
    files.run(2, "distill demo.ko --base built --format other -o out.ko");
    files.write("empty.ko", b"");
    let text = files.run(2, "check demo.ko empty.ko --base built");
    assert!(text.contains("demo.ko: fits"), "{text}");
    assert!(text.contains("empty.ko: unreadable"), "{text}");
    files.run(0, "--help");
    files.run(0, "check --help");
}

#[test]
fn a_module_without_btf_loses_its_kfuncs() {
    let files = Files::new();
    let module = made::module();
    let mut rewriter = btf_reconcile::rewriter::Rewriter::read(&module).unwrap();
    rewriter.remove(".BTF").unwrap();
    files.write("none.ko", &rewriter.write().unwrap());
    let report = files.json(1, "none.ko --base built");
    assert_eq!(report["verdict"], "no_btf");
    assert_eq!(report["counts"]["unusable"], 2);
    let mut rewriter = btf_reconcile::rewriter::Rewriter::read(&module).unwrap();
    rewriter.remove(".BTF").unwrap();
    rewriter.remove(".BTF_ids").unwrap();
    files.write("none.ko", &rewriter.write().unwrap());
    files.json(0, "none.ko --base built");
}
