// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What is said of a machine, whose root folder is made by hand.

mod brief;
mod now;
mod reconciler;

use super::{
    made,
    Files, //
};
use serde_json::Value;
use std::{
    ffi::OsStr,
    fs,
    os::unix::{
        ffi::OsStrExt,
        fs::symlink, //
    },
};

/// The kernels of the machine: one that modules were built for, and a newer one.
const OLD: &str = "7.2.9-demo";
const NEW: &str = "7.2.12-demo";

/// A machine with both kernels, and modules of the first in both.
fn machine() -> Files {
    let files = Files::new();
    let demo = files.read("demo.ko");
    let distilled = files.read(&files.distill("base"));
    put(
        &files,
        &format!("boot/vmlinux-{OLD}"),
        &made::built().bytes(),
    );
    put(&files, &format!("lib/modules/{OLD}/kernel/own.ko"), &demo);
    put(&files, &format!("lib/modules/{OLD}/extra/demo.ko"), &demo);
    // As the headers of a distribution have it, where a link leads that is to be followed there.
    put(&files, "usr/src/headers/vmlinux", &made::running().bytes());
    put(&files, &format!("lib/modules/{NEW}/modules.builtin"), b"");
    link(
        &files,
        "/usr/src/headers",
        &format!("lib/modules/{NEW}/build"),
    );
    put(
        &files,
        &format!("lib/modules/{NEW}/updates/dkms/far-away.ko"),
        &distilled,
    );
    link(
        &files,
        &format!("/lib/modules/{OLD}/extra/demo.ko"),
        &format!("lib/modules/{NEW}/weak-updates/demo.ko"),
    );
    files
}

/// Puts a file into the machine.
fn put(files: &Files, name: &str, bytes: &[u8]) {
    let path = files.path("machine").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// Puts a link into the machine.
fn link(files: &Files, target: &str, name: &str) {
    let path = files.path("machine").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    symlink(target, path).unwrap();
}

/// What `doctor` says of the machine, with its folder left out.
fn doctor(files: &Files, status: i32, arguments: &str) -> String {
    let text = files.run(status, &format!("doctor --root machine {arguments}"));
    let top = fs::canonicalize(files.path("machine")).unwrap();
    text.replace(&top.display().to_string(), "")
}

/// What it says as JSON.
fn json(files: &Files, status: i32, arguments: &str) -> Value {
    let text = doctor(files, status, &format!("--json {arguments}"));
    let document: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(document["format"], 1);
    document
}

#[test]
fn kernels_and_their_modules_are_told() {
    let files = machine();
    assert_eq!(
        doctor(&files, 1, ""),
        "kernel 7.2.9-demo, BTF in /boot/vmlinux-7.2.9-demo\n\
         \x20 btf_reconcile: not there for this kernel\n\
         \x20 2 modules: 2 fit; a stock kernel accepts 2\n\
         kernel 7.2.12-demo, BTF in /usr/src/headers/vmlinux\n\
         \x20 btf_reconcile: not there for this kernel\n\
         \x20 2 modules: 1 carry types, 1 stale; 3 kfuncs unusable; unified 1 (18 bytes less); \
         a stock kernel accepts 0, refuses 2\n\
         \x20 demo won't load (-22): made for another kernel, rebuild it\n\
         \x20 far_away won't load (-22): made for another kernel, rebuild it, or install \
         btf_reconcile\n"
    );
    let text = doctor(&files, 0, &format!("--kernel {OLD} --out-of-tree"));
    assert!(text.contains("\n  1 module: 1 fit;"), "{text}");
    assert_eq!(text.lines().count(), 3, "{text}");
}

#[test]
fn what_cannot_be_checked_is_told() {
    let files = machine();
    // Neither its kernel nor anything else of it is there any more.
    put(&files, "lib/modules/6.1.0-gone/updates/dkms/x.ko", b"");
    put(&files, "boot/vmlinuz-6.1.1-bare", b"");
    put(&files, "boot/vmlinuz-6.1.1-bare.old", b"");
    let text = doctor(&files, 1, "");
    assert!(
        text.starts_with(
            "kernel 6.1.0-gone: not there any more, 1 module left over\n\
             kernel 6.1.1-bare: it has no folder of modules\n\
             kernel 7.2.9-demo, BTF in "
        ),
        "{text}"
    );
    // Its BTF is not found, or not fit.
    put(
        &files,
        "lib/modules/6.1.2-lost/kernel/x.ko",
        &made::module(),
    );
    let text = doctor(&files, 2, "--kernel 6.1.2-lost");
    assert_eq!(
        text,
        "kernel 6.1.2-lost: modules not checked, its BTF is not found: install \
         linux-headers-6.1.2-lost, its debug information, or its image in /boot\n\
         \x20 btf_reconcile: not there for this kernel\n"
    );
    put(&files, "boot/vmlinuz-6.1.2-lost", b"nothing");
    let text = doctor(&files, 2, "--kernel 6.1.2-lost");
    assert!(
        text.starts_with("kernel 6.1.2-lost: modules not checked, /boot/vmlinuz-6.1.2-lost: "),
        "{text}"
    );
    // The others are told of all the same.
    let text = doctor(&files, 2, "");
    assert!(text.contains("far_away won't load"), "{text}");
    put(&files, &format!("lib/modules/{OLD}/extra/broken.ko"), b"");
    let text = doctor(&files, 2, &format!("--kernel {OLD}"));
    assert!(text.contains("\n  broken can't be checked: "), "{text}");
}

/// As by somebody who may not.
#[test]
fn what_cannot_be_read_is_told() {
    let files = machine();
    fs::remove_dir_all(files.path("machine/boot")).unwrap();
    put(&files, "boot", b"");
    put(
        &files,
        &format!("lib/modules/{NEW}/extra/btf_reconcile.ko"),
        &made::module(),
    );
    let text = doctor(&files, 1, &format!("--kernel {NEW}"));
    let line =
        "\n  btf_reconcile: extra/btf_reconcile.ko, not loaded at boot, as far as can be told \
                (/boot: Not a directory (os error 20))\n";
    assert!(text.contains(line), "{text}");
    let last = "\nnot read: /boot: Not a directory (os error 20)\n";
    assert!(text.ends_with(last), "{text}");
    let document = json(&files, 1, &format!("--kernel {NEW}"));
    assert_eq!(document["unread"].as_array().unwrap().len(), 1);
}

/// Of several modules of a name modprobe takes one.
#[test]
fn what_is_not_taken_is_not_told() {
    let files = machine();
    let modules = format!("lib/modules/{NEW}");
    put(
        &files,
        &format!("{modules}/updates/demo.ko"),
        &files.read("demo.ko"),
    );
    let only = format!("--kernel {NEW}");
    let text = doctor(&files, 1, &only);
    assert!(text.contains("\n  3 modules: "), "{text}");
    for listed in [
        "updates/demo.ko",
        &format!("/lib/modules/{NEW}/updates/demo.ko"),
    ] {
        put(
            &files,
            &format!("{modules}/modules.dep"),
            format!("{listed}:\nkernel/x.ko: kernel/y.ko\n").as_bytes(),
        );
        let text = doctor(&files, 1, &only);
        assert!(text.contains("\n  2 modules: "), "{text}");
        assert!(text.contains("\n  demo won't load"), "{text}");
    }
}

/// A package may bring another build of the kernel that runs.
#[test]
fn what_is_installed_is_not_what_runs() {
    let files = machine();
    fs::remove_dir_all(files.path("machine/lib/modules").join(NEW).join("updates")).unwrap();
    put(&files, "proc/sys/kernel/osrelease", NEW.as_bytes());
    put(&files, "sys/kernel/btf/vmlinux", &made::built().bytes());
    let text = doctor(&files, 0, &format!("--kernel {NEW}"));
    assert!(text.contains("BTF in /sys/kernel/btf/vmlinux\n"), "{text}");
    let text = doctor(&files, 1, &format!("--kernel {NEW} --brief"));
    assert!(text.contains("demo won't load"), "{text}");
    fs::remove_file(files.path("machine/usr/src/headers/vmlinux")).unwrap();
    let text = doctor(&files, 0, &format!("--kernel {NEW} --brief"));
    assert_eq!(text, "");
}

#[test]
fn many_are_not_all_named() {
    let files = machine();
    for n in 0..21 {
        let name = format!("lib/modules/{NEW}/extra/x{n}.ko");
        put(&files, &name, &made::module());
    }
    let text = doctor(&files, 1, &format!("--kernel {NEW}"));
    let last = "\n  4 more modules lose something, see: btf-reconcile doctor --root machine \
                --kernel 7.2.12-demo --all\n";
    assert!(text.ends_with(last), "{text}");
    assert_eq!(text.lines().count(), 3 + 20, "{text}");
    let text = doctor(&files, 1, &format!("--kernel {NEW} --all"));
    assert_eq!(text.lines().count(), 3 + 23, "{text}");
}

#[test]
fn names_may_be_odd() {
    let files = machine();
    let folder = files.path("machine/lib/modules").join(OLD).join("extra");
    for name in [&b"a blank.ko"[..], b"odd\xff.ko"] {
        fs::write(folder.join(OsStr::from_bytes(name)), made::module()).unwrap();
    }
    for name in [&b"odd\xff release"[..], b"odd\x1bc"] {
        let folder = files
            .path("machine/lib/modules")
            .join(OsStr::from_bytes(name));
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("x.ko"), b"").unwrap();
    }
    // Headers have a folder of this name, too.
    put(&files, "lib/modules/6.1.0-headers/build/vmlinux", b"");
    let text = doctor(&files, 1, "");
    assert!(text.contains("\n  4 modules: 4 fit;"), "{text}");
    for name in ["odd\\xff release", "odd\\x1bc"] {
        let kernel = format!("\nkernel {name}: not there any more, 1 module left over\n");
        assert!(
            text.contains(&kernel) || text.starts_with(&kernel[1..]),
            "{text}"
        );
    }
    assert!(!text.contains("6.1.0-headers"), "{text}");
    json(&files, 1, "");
}

#[test]
fn json_has_all_of_it() {
    let files = machine();
    let document = json(&files, 1, "");
    let kernels = document["kernels"].as_array().unwrap();
    assert_eq!(kernels[0]["release"], OLD);
    assert_eq!(kernels[0]["base"], "/boot/vmlinux-7.2.9-demo");
    assert_eq!(kernels[0]["total"]["fits"], 2);
    assert_eq!(kernels[0]["losses"], Value::Array(vec![]));
    let new = &kernels[1];
    assert_eq!(new["modules"], 2);
    assert_eq!(new["running"], false);
    assert_eq!(new["left_over"], false);
    assert_eq!(new["reconciler"]["files"], Value::Array(vec![]));
    assert_eq!(new["reconciler"]["will_load"], false);
    let lost = &new["losses"][0];
    assert_eq!(lost["name"], "demo");
    assert_eq!(
        lost["module"],
        "/lib/modules/7.2.12-demo/weak-updates/demo.ko"
    );
    assert_eq!(lost["rank"], "module");
    for name in ["loaded", "log"] {
        assert!(document[name].is_null(), "{name}");
    }
    assert_eq!(document["unread"], Value::Array(vec![]));
}

#[test]
fn wrong_use_is_told() {
    let files = machine();
    let text = doctor(&files, 2, "--kernel 1.2.3");
    assert!(
        text.contains("1.2.3: no kernel of this release is installed"),
        "{text}"
    );
    files.run(2, "doctor --root none");
    files.run(2, "doctor --root demo.ko");
    for arguments in ["--json --all", "--json --brief", "--brief=0", "more"] {
        doctor(&files, 2, arguments);
    }
    fs::create_dir(files.path("empty")).unwrap();
    assert_eq!(
        files.run(0, "doctor --root empty"),
        "no kernel is installed\n"
    );
}
