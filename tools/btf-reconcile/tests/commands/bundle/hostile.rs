// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Bundles that are broken, or that somebody has made with other things in mind.

use super::{
    super::{
        made,
        packed::zstd,
        Files, //
    },
    archives::{
        unpacked,
        Made, //
    },
};
use serde_json::Value;
use tar::EntryType;

/// A folder with a bundle of one module and its kernel; what is in it.
fn bundled() -> (Files, Vec<(String, Vec<u8>)>) {
    let files = Files::new();
    files.run(0, "bundle demo.ko --base built --with-base -o good.tar.zst");
    let inside = unpacked(&files.read("good.tar.zst"));
    (files, inside)
}

/// Checks that a bundle is refused, in one line that says this of it.
fn refused(files: &Files, bundle: &[u8], expected: &str) {
    files.write("bad.tar.zst", bundle);
    let (text, said) = files.run_apart(2, "check bad.tar.zst");
    assert_eq!(text, "", "{expected}");
    let start = "btf-reconcile: bad.tar.zst: ";
    assert!(said.starts_with(start), "{said}");
    assert!(said.contains(expected), "{expected} in {said}");
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    assert!(!said.trim_end().contains(char::is_control), "{said:?}");
}

/// The same with another manifest.
fn with_manifest(inside: &[(String, Vec<u8>)], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut manifest: Value = serde_json::from_slice(&inside[0].1).unwrap();
    change(&mut manifest);
    let mut files = inside.to_vec();
    files[0].1 = serde_json::to_vec(&manifest).unwrap();
    Made::new().with(&files).finish()
}

#[test]
fn what_is_missing_or_too_much_is_told() {
    let (files, inside) = bundled();
    files.write("again.tar.zst", &Made::new().with(&inside).finish());
    files.run(0, "check again.tar.zst");
    for at in 0..inside.len() {
        let mut fewer = inside.clone();
        let (name, _) = fewer.remove(at);
        let expected = match at {
            0 => "btf-reconcile.json does not come first in it".to_owned(),
            3 => format!("it lacks '{name}'"),
            _ => format!("expected '{name}'"),
        };
        refused(&files, &Made::new().with(&fewer).finish(), &expected);
    }
    let extra = |name: &str, kind| {
        let made = Made::new().with(&inside);
        made.entry(name, kind, 5, b"extra").finish()
    };
    let file = EntryType::Regular;
    refused(
        &files,
        &extra("extra", file),
        "'extra' in it, expected no more",
    );
    refused(&files, &extra("../../etc/x", file), "'../../etc/x' in it");
    refused(&files, &extra("/etc/x", file), "'/etc/x' in it");
    refused(&files, &extra("\x1b[31mx\n", file), "'\\x1b[31mx\\n' in it");
    for kind in [
        EntryType::Symlink,
        EntryType::Link,
        EntryType::Directory,
        EntryType::Char,
        EntryType::GNULongName,
        EntryType::GNUSparse,
        EntryType::XHeader,
    ] {
        refused(&files, &extra("x", kind), "'x' in it, which is no file");
    }
    let mut twice = inside.clone();
    twice.insert(3, inside[3].clone());
    refused(
        &files,
        &Made::new().with(&twice).finish(),
        "expected no more",
    );
}

#[test]
fn what_is_cut_off_is_told() {
    let (files, inside) = bundled();
    let good = files.read("good.tar.zst");
    for len in [0, 3, 4, 10, good.len() / 2, good.len() - 1] {
        refused(&files, &good[..len], "");
    }
    let mut flipped = good.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x40;
    refused(&files, &flipped, "");
    let plain = zstd::stream::decode_all(&good[..]).unwrap();
    // Behind the last file there is no more than what ends an archive.
    let contents = plain.len() - 3 * 512;
    for len in (0..contents).step_by(contents / 40) {
        refused(&files, &zstd(&plain[..len]), "");
    }
    // Sizes that lead far beyond the end, up to where numbers end.
    for size in [5 << 20, 1 << 32, u64::MAX - 511, u64::MAX] {
        let huge = Made::new().entry("btf-reconcile.json", EntryType::Regular, size, b"{}");
        refused(&files, &huge.finish(), "");
    }
    let huge = Made::new().with(&inside);
    let huge = huge.entry("x", EntryType::Regular, u64::MAX / 2, b"x");
    refused(&files, &huge.finish(), "");
    refused(&files, b"not packed at all", "not a tar archive");
    refused(&files, &zstd(&made::module()), "not a tar archive");
}

#[test]
fn a_manifest_has_to_make_sense() {
    let (files, inside) = bundled();
    let changed = |change: fn(&mut Value)| with_manifest(&inside, change);
    refused(
        &files,
        &changed(|manifest| manifest["format"] = 2.into()),
        "of format 2, expected 1",
    );
    refused(
        &files,
        &changed(|manifest| manifest["modules"] = Value::Null),
        "btf-reconcile.json: invalid type",
    );
    refused(
        &files,
        &changed(|manifest| manifest["kernel"]["is_included"] = false.into()),
        "it has 'vmlinux' in it",
    );
    refused(
        &files,
        &changed(|manifest| manifest["kernel"]["btf_sha256"] = "00".into()),
        "vmlinux: not the BTF that btf-reconcile.json names",
    );
    refused(
        &files,
        &changed(|manifest| manifest["modules"][0]["name"] = "other.ko".into()),
        "expected 'modules/1-other.ko'",
    );
    for text in ["", "{", "[]", "null", "{\"format\": \"\u{1b}[31m\n\"}"] {
        let mut other = inside.clone();
        other[0].1 = text.into();
        refused(
            &files,
            &Made::new().with(&other).finish(),
            "btf-reconcile.json: ",
        );
    }
    let mut deep = inside.clone();
    deep[0].1 = "[".repeat(1 << 20).into();
    refused(
        &files,
        &Made::new().with(&deep).finish(),
        "btf-reconcile.json: ",
    );
    deep[0].1 = " ".repeat(9 << 20).into();
    refused(&files, &Made::new().with(&deep).finish(), "more than 8 MiB");
}

/// A module in it may be broken as any other may, and is then one line among all.
#[test]
fn a_broken_module_is_one_of_several() {
    let (files, inside) = bundled();
    let mut broken = inside.clone();
    broken[3].1.truncate(70);
    files.write("bad.tar.zst", &Made::new().with(&broken).finish());
    let text = files.run(2, "check bad.tar.zst");
    assert!(text.contains("demo.ko: unreadable"), "{text}");
    let mut broken = inside;
    broken[2].1.truncate(70);
    files.write("bad.tar.zst", &Made::new().with(&broken).finish());
    let (text, said) = files.run_apart(2, "check bad.tar.zst");
    assert_eq!(text, "");
    assert!(said.starts_with("btf-reconcile: bad.tar.zst: "), "{said}");
}
