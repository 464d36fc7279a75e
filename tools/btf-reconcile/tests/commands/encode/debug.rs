// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Debug files.

use super::{
    bare,
    words,
    ID,
    RAW, //
};
use crate::{
    packed::zstd,
    Files, //
};
use btf_reconcile::rewriter::Rewriter;
use object::{
    build::elf::Builder as Elf,
    elf::EM_AARCH64, //
};
use std::fs;

#[test]
fn dwarf_may_be_in_a_file_of_its_own() {
    let files = Files::to_encode();
    files.write("away.ko", &bare(&RAW, false, Some(ID)));
    files.write("fits", &bare(&RAW, true, Some(ID)));
    files.write("other", &bare(&RAW, true, Some(b"\x12\x34\x57")));
    files.write("no-id", &bare(&RAW, true, None));
    files.write("no-dwarf", &bare(&RAW, false, Some(ID)));
    let elf = bare(&RAW, true, Some(ID));
    let mut elf = Elf::read(&elf[..]).unwrap();
    elf.header.e_machine = EM_AARCH64;
    let mut machine = vec![];
    elf.write(&mut machine).unwrap();
    files.write("machine", &machine);

    let text = files.encoded(1, "whole", "away.ko -o out.ko");
    let places = "away.ko: no DWARF in it, and none of its build in away.ko.debug, \
                  /usr/lib/debug/.build-id/12/3456.debug, /usr/lib/debug/";
    assert!(text.contains(places), "{text}");
    for (debug, status, expected) in [
        (
            "other",
            1,
            "other: build id 123457, the module has 123456\n",
        ),
        ("no-id", 1, "no-id: build id none, the module has 123456\n"),
        ("no-dwarf", 1, "no-dwarf: no DWARF in it\n"),
        (
            "machine",
            1,
            "machine: for arm64 (64 bits, little-endian), the module is for x86-64",
        ),
        ("whole", 2, "whole: raw BTF, expected the file of a module"),
        ("none", 2, "none: No such file"),
    ] {
        let text = files.encoded(
            status,
            "whole",
            &format!("away.ko --debug {debug} -o out.ko"),
        );
        assert!(text.contains(expected), "{debug}: {text}");
        // Beside the module it would be another's.
        if files.path(debug).exists() {
            fs::copy(files.path(debug), files.path("away.ko.debug")).unwrap();
            let text = files.encoded(1, "whole", "away.ko -o out.ko");
            assert!(text.contains("; away.ko.debug: "), "{debug}: {text}");
            fs::remove_file(files.path("away.ko.debug")).unwrap();
        }
    }
    let text = files.encoded(1, "whole", "bare.ko --debug fits -o out.ko");
    assert!(text.contains("fits: the module has no build id"), "{text}");
    assert!(!files.path("out.ko").exists());

    files.encoded(0, "whole", "away.ko --debug fits -o asked.ko");
    fs::rename(files.path("fits"), files.path("away.ko.debug")).unwrap();
    let text = files.encoded(0, "whole", "away.ko -o found.ko");
    assert!(
        text.contains("away.ko: DWARF from away.ko.debug\n"),
        "{text}"
    );
    files.write("away.ko.zst", &zstd(&files.read("away.ko")));
    files.encoded(0, "whole", "away.ko.zst -o packed.ko");
    for name in ["found.ko", "packed.ko"] {
        assert_eq!(files.read(name), files.read("asked.ko"), "{name}");
    }
    // All that is new in the module is BTF, and its ids.
    let [encoded, before] = ["asked.ko", "away.ko"].map(|name| {
        let file = files.read(name);
        let mut rewriter = Rewriter::read(&file).unwrap();
        rewriter.put(".BTF", b"").unwrap();
        rewriter.set(".BTF_ids", &words(&RAW)).unwrap();
        rewriter.write().unwrap()
    });
    assert!(encoded == before);
}
