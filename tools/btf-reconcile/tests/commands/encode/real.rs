// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! `encode` with the real pahole, on what gcc and the linker make.

use crate::{
    line,
    Files, //
};
use btf_reconcile::elf::Module;
use std::{
    env,
    process::Command, //
};

/// Source of a module and its kernel.
const SOURCE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/commands/encode/module.c"
);

/// What it takes.
const TOOLS: [&str; 4] = ["pahole", "gcc", "ld", "objcopy"];

/// Whether all of it is there; where tests have to be whole it has to be.
fn has_tools() -> bool {
    for tool in TOOLS {
        if Command::new(tool).arg("--version").output().is_err() {
            assert_ne!(env::var("CI").as_deref(), Ok("true"), "no {tool}");
            eprintln!("left out: no {tool}");
            return false;
        }
    }
    true
}

impl Files {
    /// A module with DWARF, and its kernel.
    fn compiled() -> Self {
        let files = Self::new();
        files.compile("module.ko", "-DOTHER=0");
        files.compile("vmlinux", "-DKERNEL");
        files.tool("pahole -J vmlinux");
        files.tool("objcopy -g module.ko stripped.ko");
        files
    }

    fn compile(&self, name: &str, option: &str) {
        self.tool(&format!("gcc -g -O2 {option} -c {SOURCE} -o module.o"));
        self.tool(&format!("ld -r --build-id=sha1 module.o -o {name}"));
    }

    fn tool(&self, command: &str) {
        let mut words = command.split(' ');
        let mut tool = Command::new(words.next().unwrap());
        let output = tool
            .args(words)
            .current_dir(self.0.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command}: {said}");
    }
}

#[test]
fn btf_stands_on_its_own() {
    if !has_tools() {
        return;
    }
    let files = Files::compiled();
    let text = files.run(0, "encode module.ko -o out.ko");
    assert!(text.contains("whole, slots 4, resolved 2"), "{text}");
    let report = files.json(0, "out.ko --base vmlinux");
    assert_eq!(report["form"], "whole");
    assert_eq!(report["verdict"], "reconciled");
    assert_eq!(report["counts"]["resolved"], 1);
    assert_eq!(report["counts"]["unresolved"], 1);
    for (kfunc, flags) in [("alpha", 32), ("zeta", 4)] {
        assert_eq!(line(&report["kfuncs"], "name", kfunc)["usable"], true);
        assert_eq!(line(&report["slots"], "name", kfunc)["flags"], flags);
    }
    assert!(report["counts"]["unified"].as_u64().unwrap() > 0);
}

#[test]
fn btf_is_split_from_a_kernel() {
    if !has_tools() {
        return;
    }
    let files = Files::compiled();
    let text = files.run(0, "encode module.ko --base vmlinux -o out.ko");
    assert!(text.contains("resolved 3"), "{text}");
    let missing = "neither the module nor the kernel has a STRUCT 'nowhere': its slot stays 0";
    assert!(text.contains(missing), "{text}");
    let report = files.json(0, "out.ko --base vmlinux");
    assert_eq!(report["verdict"], "fits");
    assert_eq!(report["stock"]["outcome"], "accepts");
    let slots = &report["slots"];
    let id = |name| line(slots, "name", name)["old_id"].as_u64().unwrap();
    assert!(0 < id("task_struct") && id("task_struct") < id("alpha") && id("alpha") < id("zeta"));
    for (kfunc, at, flags) in [("alpha", 8, 32), ("zeta", 16, 4)] {
        let slot = line(slots, "name", kfunc);
        assert_eq!((&slot["at"], &slot["flags"]), (&at.into(), &flags.into()));
    }
    assert_eq!(line(slots, "name", "nowhere")["old_id"], 0);
}

#[test]
fn a_debug_file_is_as_good_as_the_module() {
    if !has_tools() {
        return;
    }
    let files = Files::compiled();
    let text = files.run(1, "encode stripped.ko -o out.ko");
    assert!(text.contains("stripped.ko: no DWARF in it"), "{text}");
    files.compile("other.ko", "-DOTHER=1");
    let text = files.run(1, "encode stripped.ko --debug other.ko -o out.ko");
    assert!(text.contains("other.ko: build id "), "{text}");

    files.tool("objcopy --only-keep-debug --compress-debug-sections module.ko stripped.ko.debug");
    for base in ["", "--base vmlinux"] {
        files.run(0, &format!("encode module.ko {base} -o module.out"));
        files.run(0, &format!("encode stripped.ko {base} -o found.out"));
        files.run(
            0,
            &format!("encode stripped.ko --debug stripped.ko.debug {base} -o asked.out"),
        );
        let [module, found, asked] = ["module", "found", "asked"].map(|name| {
            let file = files.read(&format!("{name}.out"));
            let module = Module::parse(&file).unwrap();
            let ids = module.ids.unwrap().bytes.to_vec();
            (module.btf.unwrap().to_vec(), ids)
        });
        assert_eq!(module, found);
        assert_eq!(module, asked);
        // The variables of each processor are found by the section that they are in.
        let section = b".data..percpu\0";
        assert!(module.0.windows(section.len()).any(|name| name == section));
    }
}
