// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What is said to whoever updates a machine.

use super::{
    made,
    Files, //
};
use btf_reconcile::rewriter::Rewriter;
use std::{
    fs,
    os::unix::fs::symlink, //
};

/// The kernel that modules lie under here.
const FOLDER: &str = "lib/modules/1.2.3";

/// A folder of a kernel's modules: one without a base, one with, one of the kernel's own.
fn lay_out() -> Files {
    let files = Files::new();
    let demo = files.read("demo.ko");
    let distilled = files.read(&files.distill("base"));
    for (name, module) in [
        ("kernel/own.ko", &demo),
        ("updates/dkms/far-away.ko", &distilled),
        ("extra/demo.ko", &demo),
    ] {
        put(&files, name, module);
    }
    files
}

fn put(files: &Files, name: &str, module: &[u8]) {
    let path = files.path(FOLDER).join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, module).unwrap();
}

/// What `check --brief` says of the folder.
fn brief(files: &Files, status: i32, arguments: &str) -> String {
    files.run(
        status,
        &format!("check --base running {arguments} {FOLDER}"),
    )
}

#[test]
fn what_a_build_without_vmlinux_loses_is_told_as_that() {
    let files = Files::new();
    put(&files, "extra/whole.ko", &made::whole(false));
    put(&files, "extra/zeros.ko", &made::module_unresolved());
    let text = brief(&files, 1, "--brief --loaded no");
    assert_eq!(
        text,
        "btf-reconcile: on running whole won't load (-22): its BTF was made without a vmlinux, \
         rebuild it, or install btf_reconcile\n\
         btf-reconcile: on running zeros loses 2 ids: not resolved in the build, rebuild it, or \
         install btf_reconcile\n"
    );
    let text = brief(&files, 1, "--brief --loaded yes");
    assert_eq!(
        text,
        "btf-reconcile: on running zeros loses 1 kfunc: neither it nor the kernel has what some \
         of its ids are for\n"
    );
}

#[test]
fn losses_are_told_worst_first() {
    let files = lay_out();
    let text = brief(&files, 1, "--brief --out-of-tree --loaded yes");
    assert_eq!(
        text,
        "btf-reconcile: on running demo loses its BTF, 2 kfuncs and 1 id: made for another \
         kernel, rebuild it\n\
         btf-reconcile: on running far_away loses 1 kfunc and 2 types: made for another kernel, \
         rebuild it\n"
    );
    let text = brief(&files, 1, "--brief --out-of-tree --loaded no");
    assert_eq!(
        text,
        "btf-reconcile: on running demo won't load (-22): made for another kernel, rebuild it\n\
         btf-reconcile: on running far_away won't load (-22): made for another kernel, rebuild \
         it, or install btf_reconcile\n"
    );
    // One that all is well with but for the kernel.
    let arguments = format!("--base built --brief {FOLDER}/updates");
    assert_eq!(files.run(0, &format!("check {arguments} --loaded yes")), "");
    let text = files.run(1, &format!("check {arguments} --loaded no"));
    assert_eq!(
        text,
        "btf-reconcile: on built far_away gets wrong types for 2 kfuncs and 1 id: a stock kernel \
         can't use its base, rebuild it, or install btf_reconcile\n"
    );
}

#[test]
fn there_are_no_more_lines_than_asked_for() {
    let files = lay_out();
    let again = format!("btf-reconcile check --base running {FOLDER}\n");
    let text = brief(&files, 1, "--brief=2 --loaded yes");
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    let last = format!("btf-reconcile: 2 more modules lose something, see: {again}");
    assert!(text.ends_with(&last), "{text}");
    let text = brief(&files, 1, "--brief=1 --out-of-tree");
    let last = "btf-reconcile: 2 modules lose something, see: btf-reconcile check --out-of-tree ";
    assert!(text.starts_with(last), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    for n in 0..9 {
        put(&files, &format!("extra/demo{n}.ko"), &made::module());
    }
    let text = brief(&files, 1, "--brief");
    assert_eq!(text.lines().count(), 5, "{text}");
    let text = brief(&files, 1, "--brief=99");
    assert_eq!(text.lines().count(), 12, "{text}");
}

#[test]
fn nothing_is_said_if_nothing_is_lost() {
    let files = lay_out();
    fs::remove_dir_all(files.path(FOLDER).join("updates")).unwrap();
    let text = files.run(0, &format!("check --brief --base built {FOLDER}"));
    assert_eq!(text, "");
    // No kernel is needed for no modules.
    fs::remove_dir_all(files.path(FOLDER).join("extra")).unwrap();
    let none = format!("check --brief --out-of-tree --base none {FOLDER}");
    assert_eq!(files.run(0, &none), "");
    fs::remove_dir_all(files.path(FOLDER).join("kernel")).unwrap();
    let text = files.run(2, &none);
    assert!(text.contains("no modules in it"), "{text}");
}

#[test]
fn our_module_is_looked_for() {
    for name in [
        "updates/btf_reconcile.ko",
        "extra/btf-reconcile.ko.xz",
        "kernel/btf_reconcile.ko",
    ] {
        let files = lay_out();
        // One that the kernel was built beside is not the kernel's.
        fs::create_dir(files.path("headers")).unwrap();
        files.write("headers/btf_reconcile.ko", b"");
        symlink(files.path("headers"), files.path(FOLDER).join("build")).unwrap();
        let said = |files: &Files| {
            let updates = format!("{FOLDER}/updates/dkms");
            files.run(1, &format!("check --brief --base running {updates}"))
        };
        assert!(said(&files).contains("far_away won't load"), "{name}");
        put(&files, name, b"");
        assert!(said(&files).contains("far_away loses 1 kfunc"), "{name}");
    }
}

#[test]
fn our_module_may_be_built_in() {
    let files = lay_out();
    put(
        &files,
        "modules.builtin",
        b"kernel/bpf/btf_reconcile/btf_reconcile.ko\n",
    );
    let text = files.run(
        1,
        &format!("check --brief --base running {FOLDER}/updates/dkms"),
    );
    assert!(text.contains("far_away loses 1 kfunc"), "{text}");
}

#[test]
fn odd_modules_are_told_of() {
    let files = lay_out();
    let demo = made::module();
    let mut rewriter = Rewriter::read(&demo).unwrap();
    rewriter.remove(".BTF").unwrap();
    put(&files, "extra/none.ko", &rewriter.write().unwrap());
    put(&files, "extra/empty.ko", b"");
    // The same name twice.
    put(&files, "updates/demo.ko", &files.read("demo.ko"));
    for loaded in ["yes", "no"] {
        let arguments = format!("--brief=9 --out-of-tree --loaded {loaded}");
        let text = brief(&files, 2, &arguments);
        for expected in [
            "on running none loses 2 kfuncs: it was built without BTF\n".to_owned(),
            "on running empty can't be checked: ".to_owned(),
            format!("on running {FOLDER}/extra/demo.ko "),
            format!("on running {FOLDER}/updates/demo.ko "),
        ] {
            assert!(text.contains(&expected), "{expected} in {text}");
        }
    }
}

#[test]
fn short_and_long_exclude_each_other() {
    let files = lay_out();
    for arguments in [
        "--brief -v",
        "--brief --json",
        "--brief=0",
        "--brief=many",
        "--loaded yes",
    ] {
        brief(&files, 2, arguments);
    }
}
