// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether our module is there for a kernel, and what loads it.

use super::{
    doctor,
    json,
    link,
    machine,
    put,
    Files,
    NEW, //
};
use std::fs;

const SERVICE: &str = "usr/lib/systemd/system/btf-reconcile.service";
const WANTED: &str = "usr/lib/systemd/system/sysinit.target.wants/btf-reconcile.service";
const HOOK: &str = "usr/share/initramfs-tools/hooks/btf-reconcile";

/// What is said of it for the newer kernel, and whether what it does there is taken into account.
fn said(files: &Files) -> (String, bool) {
    let text = doctor(files, 1, &format!("--kernel {NEW}"));
    let line = text.lines().nth(1).unwrap();
    let line = line.strip_prefix("  btf_reconcile: ").unwrap();
    (line.to_owned(), text.contains("far_away loses 1 kfunc"))
}

/// A machine with our module in it for the newer kernel.
fn with_module() -> Files {
    let files = machine();
    put(
        &files,
        &module("extra/btf-reconcile/btf_reconcile.ko"),
        &of_no_btf(),
    );
    files
}

fn module(name: &str) -> String {
    format!("lib/modules/{NEW}/{name}")
}

/// A module that loses nothing.
fn of_no_btf() -> Vec<u8> {
    let module = super::made::module();
    let mut rewriter = btf_reconcile::rewriter::Rewriter::read(&module).unwrap();
    rewriter.remove(".BTF").unwrap();
    rewriter.remove(".BTF_ids").unwrap();
    rewriter.write().unwrap()
}

/// An initramfs with a file in it.
fn initramfs(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for name in [name, "TRAILER!!!"] {
        let mut header = format!("070701{}", "00000000".repeat(13));
        header.replace_range(94..102, &format!("{:08x}", name.len() + 1));
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(name.as_bytes());
        bytes.push(0);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
    }
    zstd::stream::encode_all(&bytes[..], 3).unwrap()
}

#[test]
fn what_loads_it_is_told() {
    let files = with_module();
    let here = "extra/btf-reconcile/btf_reconcile.ko, ";
    let is = |line: &str, helps: bool| assert_eq!(said(&files), (format!("{here}{line}"), helps));
    is("nothing loads it at boot", false);

    put(
        &files,
        "etc/modules-load.d/x.conf",
        b"# btf_reconcile\nbtf-reconcile\n",
    );
    is("loaded by /etc/modules-load.d/x.conf", true);
    fs::remove_file(files.path("machine/etc/modules-load.d/x.conf")).unwrap();

    link(&files, "../btf-reconcile.service", WANTED);
    is("nothing loads it at boot", false);
    put(&files, SERVICE, b"");
    is(&format!("loaded by /{WANTED}"), true);
    link(
        &files,
        "/dev/null",
        "etc/systemd/system/btf-reconcile.service",
    );
    is("nothing loads it at boot", false);
    fs::remove_file(files.path("machine/etc/systemd/system/btf-reconcile.service")).unwrap();

    let image = format!("boot/initrd.img-{NEW}");
    put(&files, &image, &initramfs("init"));
    is(
        &format!(
            "loaded by /{WANTED}, and not early: it is not in the initramfs /{image}, nothing \
             puts it there"
        ),
        true,
    );
    // What is in there comes before it.
    put(&files, &image, &initramfs("lib/modules/x/far-away.ko.zst"));
    assert!(!said(&files).1);
    let text = doctor(&files, 1, &format!("--kernel {NEW} --brief"));
    assert!(text.contains(", and not early: it is not in"), "{text}");
    put(&files, &image, &initramfs("init"));
    put(&files, HOOK, b"");
    fs::remove_file(files.path("machine").join(WANTED)).unwrap();
    is(
        &format!("not loaded at boot: it is not in the initramfs /{image}, make that again"),
        false,
    );
    put(
        &files,
        &image,
        &initramfs("usr/lib/modules/x/btf_reconcile.ko.xz"),
    );
    is(&format!("loaded in the initramfs, /{image}"), true);

    put(
        &files,
        "usr/lib/modprobe.d/x.conf",
        b"blacklist btf_reconcile\n",
    );
    is("not loaded: /usr/lib/modprobe.d/x.conf forbids it", false);
    // A file of the administrator's takes the place of that.
    put(&files, "etc/modprobe.d/x.conf", b"");
    is(&format!("loaded in the initramfs, /{image}"), true);
    put(
        &files,
        "etc/modprobe.d/y.conf",
        b"install btf-reconcile /bin/false\n",
    );
    is("not loaded: /etc/modprobe.d/y.conf forbids it", false);
    put(&files, "etc/modprobe.d/y.conf", b"");
    put(
        &files,
        "proc/cmdline",
        b"quiet module_blacklist=x,btf_reconcile\n",
    );
    is("not loaded: /proc/cmdline forbids it", false);
    put(&files, "proc/cmdline", b"quiet\n");

    put(&files, &image, b"070701");
    let (line, helps) = said(&files);
    assert!(
        line.contains("loaded in the initramfs, as far as can be told ("),
        "{line}"
    );
    assert!(helps);
}

#[test]
fn it_may_be_built_in() {
    let files = machine();
    assert_eq!(
        said(&files),
        ("not there for this kernel".to_owned(), false)
    );
    let list = b"kernel/kernel/bpf/btf_reconcile/btf_reconcile.ko\n";
    put(&files, &module("modules.builtin"), list);
    assert_eq!(said(&files), ("built into the kernel".to_owned(), true));
    let document = json(&files, 1, &format!("--kernel {NEW}"));
    assert_eq!(document["kernels"][0]["reconciler"]["built_in"], true);
}

#[test]
fn the_one_that_is_taken_is_told() {
    let files = with_module();
    put(
        &files,
        &module("updates/dkms/btf-reconcile.ko"),
        &of_no_btf(),
    );
    put(&files, SERVICE, b"");
    link(&files, "../btf-reconcile.service", WANTED);
    let (line, _) = said(&files);
    assert!(
        line.starts_with("updates/dkms/btf-reconcile.ko, loaded by"),
        "{line}"
    );
    // modprobe takes what depmod has listed.
    put(
        &files,
        &module("modules.dep"),
        b"extra/btf-reconcile/btf_reconcile.ko:\n",
    );
    let (line, helps) = said(&files);
    assert!(
        line.starts_with("extra/btf-reconcile/btf_reconcile.ko, loaded by"),
        "{line}"
    );
    assert!(helps);
    // It does not know either.
    put(&files, &module("modules.dep"), b"");
    let (line, helps) = said(&files);
    assert!(
        line.contains("not known to modprobe: run depmod 7.2.12-demo"),
        "{line}"
    );
    assert!(!helps);
    put(
        &files,
        &module("modules.dep"),
        b"updates/dkms/btf-reconcile.ko:\n",
    );
    assert!(said(&files).1);
    let document = json(&files, 1, &format!("--kernel {NEW}"));
    let reconciler = &document["kernels"][0]["reconciler"];
    assert_eq!(reconciler["files"].as_array().unwrap().len(), 2);
    assert_eq!(reconciler["will_load"], true);
    assert_eq!(reconciler["listed"], true);
    assert_eq!(reconciler["later"], format!("/{WANTED}"));
}
