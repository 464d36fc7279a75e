// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Folders of modules, as distributions lay them out.

use super::{
    made,
    packed::gzip,
    Files, //
};
use serde_json::Value;
use std::{
    fs,
    io::Write,
    os::unix::fs::symlink,
    path::Path, //
};

/// As in /lib/modules: a module of one kernel, and a link to it for another.
fn lay_out(files: &Files, top: &str) {
    for folder in ["1.2.3-1/extra", "1.2.3-2/weak-updates", "1.2.3-2/kernel"] {
        fs::create_dir_all(files.path(top).join(folder)).unwrap();
    }
    files.write(&format!("{top}/1.2.3-1/extra/demo.ko"), &made::module());
    let link = files.path(top).join("1.2.3-2/weak-updates/demo.ko");
    symlink("../../1.2.3-1/extra/demo.ko", link).unwrap();
}

#[test]
fn links_are_followed() {
    let files = Files::new();
    lay_out(&files, "lib/modules");
    let one = |folder: &str, path: &str| {
        let text = files.run(0, &format!("check {folder} --base built"));
        assert!(text.starts_with(&format!("{path}: fits")), "{text}");
        assert!(text.contains("\n1 module: 1 fit"), "{text}");
    };
    let link = "lib/modules/1.2.3-2/weak-updates/demo.ko";
    one("lib/modules/1.2.3-2", link);
    one(link, link);
    one("lib/modules", "lib/modules/1.2.3-1/extra/demo.ko");
    symlink("1.2.3-2", files.path("lib/modules/now")).unwrap();
    one("lib/modules/now", "lib/modules/now/weak-updates/demo.ko");
    symlink("..", files.path("lib/modules/1.2.3-2/round")).unwrap();
    one("lib/modules", "lib/modules/1.2.3-1/extra/demo.ko");
}

#[test]
fn nothing_found_is_told() {
    let files = Files::new();
    fs::create_dir_all(files.path("empty/inner")).unwrap();
    files.write("empty/inner/DEMO.KO", &made::module());
    files.write("empty/demo.o", &made::module());
    let none = "btf-reconcile: empty: no modules in it (.ko, .ko.gz, .ko.xz, .ko.zst)\n";
    assert_eq!(files.run(2, "check empty --base built"), none);
    // The others are checked all the same.
    let text = files.run(2, "check empty demo.ko --base built");
    assert!(text.contains(none), "{text}");
    assert!(text.contains("demo.ko: fits"), "{text}");
    let (document, said) = files.run_apart(2, "check --json empty --base built");
    assert_eq!(said, none);
    let document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["total"]["reports"], 0);
}

#[test]
fn links_that_lead_nowhere_are_told() {
    let files = Files::new();
    lay_out(&files, "modules");
    symlink("nowhere.ko", files.path("modules/gone.ko")).unwrap();
    symlink("round.ko", files.path("modules/round.ko")).unwrap();
    // This one is named like nothing that is looked for.
    symlink("nowhere", files.path("modules/build")).unwrap();
    let text = files.run(2, "check modules --base built");
    assert!(text.contains("demo.ko: fits"), "{text}");
    assert!(
        text.contains("modules/gone.ko: unreadable (modules/gone.ko: No such file"),
        "{text}"
    );
    assert!(text.contains("modules/round.ko: unreadable"), "{text}");
    assert!(text.contains("\n3 modules: 1 fit, 2 unreadable"), "{text}");
    let text = files.run(2, "check modules/gone.ko --base built");
    assert!(text.contains("modules/gone.ko: No such file"), "{text}");
}

/// Without `--base` it is the kernel that a module lies under, if its BTF is there.
#[test]
fn modules_are_checked_on_the_kernel_above() {
    if !Path::new("/sys/kernel/btf/vmlinux").exists() {
        eprintln!("left out: this kernel has no BTF");
        return;
    }
    let files = Files::new();
    lay_out(&files, "lib/modules");
    let text = files.run(1, "check lib/modules/1.2.3-2");
    assert!(text.contains("btf-reconcile: 1.2.3-2: neither"), "{text}");
    assert!(
        text.contains("its modules are checked on the running kernel"),
        "{text}"
    );
    assert!(
        text.contains("lib/modules/1.2.3-2/weak-updates/demo.ko: stale"),
        "{text}"
    );
    // Both of them, on the same one.
    assert!(files
        .run(1, "check lib/modules")
        .contains("\n2 modules: 2 stale"));

    // Headers as Debian has them, if there are any.
    let headers = fs::read_dir("/usr/src").into_iter().flatten().flatten();
    let other = headers.map(|entry| entry.path()).find_map(|path| {
        let name = path.file_name()?.to_str()?;
        let release = name.strip_prefix("linux-headers-")?.to_owned();
        path.join("vmlinux").exists().then_some(release)
    });
    let Some(release) = other else {
        eprintln!("left out: no headers of another kernel");
        return;
    };
    let folder = format!("lib/modules/{release}/updates");
    fs::create_dir_all(files.path(&folder)).unwrap();
    files.write(&format!("{folder}/demo.ko"), &made::module());
    let text = files.run(1, &format!("check demo.ko {folder}"));
    assert!(
        text.contains("demo.ko on /sys/kernel/btf/vmlinux: stale"),
        "{text}"
    );
    assert!(
        text.contains(&format!("{folder}/demo.ko on {release}: stale")),
        "{text}"
    );
    let report = files.json(1, &format!("{folder}/demo.ko"));
    assert_eq!(report["base"], release);
}

#[test]
fn folders_and_packed_modules_are_read() {
    let files = Files::new();
    fs::create_dir(files.path("modules")).unwrap();
    files.write("modules/a.ko.gz", &gzip(&made::module()));
    let mut xz = liblzma::write::XzEncoder::new(vec![], 6);
    xz.write_all(&made::module()).unwrap();
    files.write("modules/b.ko.xz", &xz.finish().unwrap());
    files.write("modules/notes.txt", b"not a module");
    let text = files.run(0, "check modules --base built");
    let starts: Vec<_> = text.lines().map(|l| l.split(':').next().unwrap()).collect();
    assert_eq!(starts, ["modules/a.ko.gz", "modules/b.ko.xz", "2 modules"]);
    files.run(0, "distill modules/b.ko.xz --base built -o c.ko");
    files.run(0, "check c.ko --base built");
}
