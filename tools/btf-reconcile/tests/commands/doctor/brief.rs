// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What is said when a kernel was installed.

use super::{
    doctor,
    machine,
    made,
    put,
    Files,
    NEW,
    OLD, //
};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command, //
};

/// What the hook says of a kernel of the machine, which succeeds whatever comes.
fn hook(files: &Files, release: &str) -> String {
    let bin = files.path("bin");
    fs::create_dir_all(&bin).unwrap();
    let program = bin.join("btf-reconcile");
    let real = env!("CARGO_BIN_EXE_btf-reconcile");
    fs::write(
        &program,
        format!("#!/bin/sh\nexec '{real}' \"$@\" --root machine\n"),
    )
    .unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let path = std::env::var("PATH").unwrap();
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dist");
    let output = Command::new(dist.join("kernel/zz-btf-reconcile"))
        .arg(release)
        .env("PATH", format!("{}:{path}", bin.display()))
        .current_dir(files.path(""))
        .output()
        .unwrap();
    assert!(output.status.success());
    assert_eq!(output.stderr, b"");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn it_is_said_in_few_lines() {
    let files = machine();
    put(
        &files,
        &format!("lib/modules/{NEW}/kernel/own.ko"),
        &made::module(),
    );
    let both = "btf-reconcile: on 7.2.12-demo demo won't load (-22): made for another kernel, \
                rebuild it\n\
                btf-reconcile: on 7.2.12-demo far_away won't load (-22): made for another kernel, \
                rebuild it, or install btf_reconcile\n";
    assert_eq!(doctor(&files, 1, "--brief --out-of-tree"), both);
    assert_eq!(hook(&files, NEW), both);
    for n in 0..9 {
        put(
            &files,
            &format!("lib/modules/{NEW}/extra/x{n}.ko"),
            &made::module(),
        );
    }
    let text = hook(&files, NEW);
    assert_eq!(text.lines().count(), 5, "{text}");
    let last = "btf-reconcile: 7 more modules lose something, see: btf-reconcile doctor --root \
                machine --out-of-tree --kernel 7.2.12-demo\n";
    assert!(text.ends_with(last), "{text}");

    // Our module is there, and would help.
    put(
        &files,
        &format!("lib/modules/{NEW}/extra/btf_reconcile.ko"),
        &made::whole(false),
    );
    let text = hook(&files, NEW);
    assert_eq!(text.lines().count(), 5, "{text}");
    let first = "btf-reconcile: on 7.2.12-demo btf_reconcile is extra/btf_reconcile.ko, nothing \
                 loads it at boot\n";
    assert!(text.starts_with(first), "{text}");
    let text = doctor(&files, 1, "--brief=1");
    assert_eq!(text.lines().count(), 1, "{text}");
}

#[test]
fn nothing_is_said_of_what_is_well() {
    let files = machine();
    assert_eq!(hook(&files, OLD), "");
    // Nor where nothing can be said.
    put(
        &files,
        "lib/modules/6.1.2-lost/updates/x.ko",
        &made::module(),
    );
    put(&files, "boot/vmlinuz-6.1.2-lost", b"nothing");
    for release in ["6.1.2-lost", "6.1.3-none", "", "--help"] {
        assert_eq!(hook(&files, release), "", "{release}");
    }
}
