// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Ids that nobody has resolved, in BTF that fits.

use super::{
    line,
    made,
    Files, //
};
use btf_reconcile::elf::Module;

fn files() -> Files {
    let files = Files::new();
    files.write("demo.ko", &made::module_unresolved());
    files
}

#[test]
fn they_are_resolved_where_the_btf_stays() {
    let files = files();
    let report = files.json(1, "demo.ko --base running");
    assert_eq!(
        (&report["form"], &report["verdict"]),
        (&"plain".into(), &"fits".into())
    );
    assert_eq!(report["counts"]["resolved"], 2);
    assert_eq!(report["counts"]["unresolved"], 1);
    assert_eq!(line(&report["slots"], "name", "task_struct")["new_id"], 7);
    let usable = |name| line(&report["kfuncs"], "name", name)["usable"].clone();
    // One that nobody has costs the others nothing.
    assert_eq!(
        (usable("demo_pid"), usable("demo_gone")),
        (true.into(), false.into())
    );
    let text = files.run(1, "check -v demo.ko --base running");
    assert!(text.contains("2 resolved, 1 not resolved"), "{text}");
    assert!(
        text.contains("'task_struct', resolved by its name"),
        "{text}"
    );
}

#[test]
fn they_are_written_and_stay_so() {
    let files = files();
    files.run(0, "reconcile demo.ko --base running -o out.ko");
    let (before, after) = (files.read("demo.ko"), files.read("out.ko"));
    let [before, after] = [&before, &after].map(|file| Module::parse(file).unwrap());
    assert_eq!(before.btf, after.btf);
    let pid = made::running().next() + 1;
    let words = [1u32, 1, pid, 32, 0, 0, 7].map(u32::to_ne_bytes).concat();
    assert_eq!(after.ids.unwrap().bytes, words);
    // What it counts fewer of than it has room for is not resolved again.
    let report = files.json(1, "out.ko --base running");
    assert_eq!(report["verdict"], "fits", "{report:#}");
    assert_eq!(report["counts"]["resolved"], 0);
    assert_eq!(line(&report["kfuncs"], "name", "demo_pid")["usable"], true);
    let why = files.run(1, "reconcile out.ko --base running -o again.ko");
    assert!(why.contains("can't be told by number alone"), "{why}");
}
