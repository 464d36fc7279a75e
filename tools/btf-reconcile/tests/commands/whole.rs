// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Modules whose BTF stands on its own.

use super::{
    line,
    made,
    Files, //
};
use btf_reconcile::elf::Module;

/// The words in `.BTF_ids` of a module file.
fn words(file: &[u8]) -> Vec<u32> {
    let module = Module::parse(file).unwrap();
    let bytes = module.ids.unwrap().bytes;
    let words = bytes.chunks_exact(4);
    words
        .map(|word| u32::from_ne_bytes(word.try_into().unwrap()))
        .collect()
}

/// The files, with the module whose BTF stands on its own.
fn files(is_resolved: bool) -> Files {
    let files = Files::new();
    files.write("whole.ko", &made::whole(is_resolved));
    files
}

#[test]
fn what_is_the_kernels_is_taken_for_it() {
    let files = files(true);
    let report = files.json(0, "whole.ko --base running");
    assert_eq!(report["form"], "whole");
    assert_eq!(report["verdict"], "reconciled");
    assert_eq!(report["stock"]["outcome"], "refuses");
    // int, task_struct and pid_t; of cred and gone only the size is known.
    assert_eq!(report["counts"]["unified"], 3);
    let colour = line(&report["differing"], "name", "colour");
    assert_eq!(colour["kernel_id"], 2);
    assert_eq!(report["slots"][2]["new_id"], 7);
    assert_eq!(report["counts"]["resolved"], 0);
    let text = files.run(0, "check whole.ko --base running");
    assert!(text.contains("reconciled, stands on its own"), "{text}");
}

#[test]
fn it_fits_any_kernel_once_reconciled() {
    for is_resolved in [true, false] {
        let files = files(is_resolved);
        for kernel in ["built", "running"] {
            let made = files.run(
                0,
                &format!("reconcile whole.ko --base {kernel} -o {kernel}.ko"),
            );
            assert!(made.contains("unified 3 "), "{made}");
            // That has a gone, of which nobody knows whether it is the module's.
            let is_fine = kernel != "built";
            let arguments = format!("{kernel}.ko --base {kernel}");
            let report = files.json(i32::from(!is_fine), &arguments);
            assert_eq!(report["verdict"], "fits", "{report:#}");
            assert_eq!(report["stock"]["outcome"], "accepts", "{report:#}");
            let usable = |name| line(&report["kfuncs"], "name", name)["usable"].clone();
            assert_eq!(usable("demo_pid"), true);
            assert_eq!(usable("demo_gone"), is_fine);
            let task = line(&report["slots"], "name", "task_struct");
            let wanted = if kernel == "built" { 3 } else { 7 };
            assert_eq!(task["new_id"], wanted);
        }
    }
}

#[test]
fn ids_that_nobody_resolved_are_found_by_their_names() {
    let files = files(false);
    let report = files.json(1, "whole.ko --base built");
    assert_eq!(report["counts"]["resolved"], 3);
    assert_eq!(report["counts"]["unresolved"], 0);
    for slot in report["slots"].as_array().unwrap() {
        assert_eq!(slot["resolved"], true);
        assert_eq!(slot["several"], false);
        assert_eq!(slot["old_id"], 0);
    }
    files.run(0, "reconcile whole.ko --base built -o out.ko");
    let [count, flags, pid, pid_flags, gone, gone_flags, task] = words(&files.read("out.ko"))[..]
    else {
        panic!("not as many words as there were");
    };
    assert!(pid < gone && task == 3);
    assert_eq!((count, flags, pid_flags, gone_flags), (2, 1, 32, 64));
}

#[test]
fn stale_ids_cost_it_its_btf() {
    let files = files(true);
    let file = made::whole(true);
    let mut at = file.windows(4).enumerate();
    // That of a pointer is no kfunc's.
    let at = at.find(|(_, w)| *w == 11u32.to_ne_bytes()).unwrap().0;
    let mut stale = file.clone();
    stale[at] = 10;
    files.write("stale.ko", &stale);
    let report = files.json(1, "stale.ko --base running");
    assert_eq!(
        (&report["form"], &report["verdict"]),
        (&"whole".into(), &"stale".into())
    );
    let why = files.run(1, "reconcile stale.ko --base running -o out.ko");
    assert!(why.contains("slot at byte 16"), "{why}");
}

#[test]
fn strict_mode_leaves_it_alone() {
    let why = files(true).run(1, "reconcile --strict whole.ko --base built -o out.ko");
    assert!(
        why.contains("refused (strict): it stands on its own"),
        "{why}"
    );
}

#[test]
fn a_base_is_made_of_it_where_its_vmlinux_is_known() {
    for is_resolved in [true, false] {
        let files = files(is_resolved);
        for format in ["base", "base_ref"] {
            let out = format!("{format}.ko");
            files.run(
                0,
                &format!("distill whole.ko --base built --format {format} -o {out}"),
            );
            let report = files.json(0, &format!("{out} --base running"));
            assert_eq!(
                (&report["form"], &report["verdict"]),
                (&format.into(), &"reconciled".into())
            );
            let types = report["types"].as_array().unwrap().iter();
            let mut names: Vec<_> = types.map(|line| line["name"].to_string()).collect();
            names.sort();
            let all = ["\"int\"", "\"pid_t\"", "\"task_struct\""];
            let wanted: &[_] = if format == "base" {
                &[all[0], all[2]]
            } else {
                &all
            };
            names.retain(|name| name != "\"\"");
            assert_eq!(names, wanted);
            assert_eq!(line(&report["slots"], "name", "task_struct")["new_id"], 7);
            let usable = &line(&report["kfuncs"], "name", "demo_pid")["usable"];
            assert_eq!(usable, true);
        }
    }
}

#[test]
fn a_base_of_another_vmlinux_is_warned_of() {
    let files = files(true);
    let warned = files.run(0, "distill whole.ko --base running -o out.ko");
    assert!(
        warned.contains("1 types differ from those of their name"),
        "{warned}"
    );
}
