// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Names that the kernel takes.

mod common;

use btf_reconcile::btf::Kind;
use common::{
    builder::Builder,
    refusals::{
        base,
        record,
        refusal, //
    }, //
};

const NAME: Option<&str> = Some("Invalid name");

/// What an integer is called is not asked, nor a floating point number, but there has to be a string.
#[test]
fn names_that_are_not_read() {
    for name in ["", "unsigned int", "\u{fc}", "1", &"x".repeat(5000)] {
        assert_eq!(record(name, Kind::Int, false, 0, 4, &[32]), None);
        assert_eq!(record(name, Kind::Float, false, 0, 4, &[]), None);
    }
}

/// What the kernel says of a struct with this name, with a member of that one, after a type whose
/// name is `other`.
fn named(other: &[u8], name: &[u8], member: &[u8]) -> Option<(u32, &'static str)> {
    let base = base();
    let mut split = Builder::split(&base);
    let [other, name, member] = [other, name, member].map(|s| split.string_of_bytes(s));
    split.raw(other, Kind::Int as u32, false, 0, 4, &[32]);
    split.raw(name, Kind::Struct as u32, false, 1, 8, &[member, 1, 0]);
    refusal(&base, &split)
}

#[test]
fn identifiers() {
    let wrong = Some((3, "Invalid name"));
    // Whatever other names there are: where all are regular, each is not read again.
    let irregular = "x".repeat(513);
    for other in ["int", "unsigned int", "\u{fc}-", &irregular] {
        let other = other.as_bytes();
        assert_eq!(named(other, b"s", b"m"), None);
        assert_eq!(named(other, b"", b""), None);
        assert_eq!(named(other, b".s_1", b"_"), None);
        assert_eq!(named(other, &[b's'; 512], &[b's'; 512]), None);
        assert_eq!(named(other, &[b's'; 513], b"m"), wrong);
        assert_eq!(named(other, b"s", &[b's'; 513]), wrong);
        for bad in ["1s", "s s", "s-", "s\u{7f}"] {
            assert_eq!(named(other, bad.as_bytes(), b"m"), wrong, "{bad}");
            assert_eq!(named(other, b"s", bad.as_bytes()), wrong, "{bad}");
        }
    }
}

/// Each byte where a name starts and where it goes on: letters of Latin-1 are letters.
#[test]
fn bytes_of_identifiers() {
    for byte in 1..=255u8 {
        let is_letter = byte.is_ascii_alphabetic() || byte >= 0xc0 && byte != 0xd7 && byte != 0xf7;
        let may_start = is_letter || byte == b'_' || byte == b'.';
        let may_go_on = may_start || byte.is_ascii_digit();
        let wrong = |fits: bool| (!fits).then_some((3, "Invalid name"));
        assert_eq!(named(b"i", &[byte], b"m"), wrong(may_start), "{byte}");
        assert_eq!(named(b"i", &[b's', byte], b"m"), wrong(may_go_on), "{byte}");
        assert_eq!(named(b" ", b"s", &[b's', byte, b's']), wrong(may_go_on));
        assert_eq!(named(b"", b"s", &[byte, b's']), wrong(may_start), "{byte}");
    }
}

#[test]
fn name_offsets() {
    let base = base();
    let of = |name: fn(&mut Builder) -> u32| {
        let mut split = Builder::split(&base);
        let off = name(&mut split);
        split.raw(off, Kind::Struct as u32, false, 0, 0, &[]);
        let own = refusal(&base, &split).map(|(_, what)| what);
        let mut split = Builder::split(&base);
        let off = name(&mut split);
        split.raw(0, Kind::Struct as u32, false, 1, 8, &[off, 1, 0]);
        (own, refusal(&base, &split).map(|(_, what)| what))
    };
    // Inside of a string another one starts, its NUL is a name that is empty, which is not the same as
    // none, and behind that there is nothing.
    assert_eq!(of(|s| s.string("s1")), (None, None));
    assert_eq!(of(|s| s.string("s1") + 1), (NAME, NAME));
    assert_eq!(of(|s| s.string("s1") + 2), (NAME, NAME));
    let outside = (
        Some("Invalid name_offset"),
        Some("Invalid member name_offset"),
    );
    assert_eq!(of(|s| s.string("s1") + 3), outside);
    assert_eq!(of(|_| u32::MAX), outside);
    // A name of the base, and its last word.
    assert_eq!(of(|_| 1), (NAME, NAME));
    assert_eq!(of(|_| 15), (None, None));
}

/// The largest offset, counted through the base's strings and the split ones.
#[test]
fn the_largest_name_offset() {
    let mut base = base();
    let rest = 0xff_ffff - base.string("") - 40;
    base.string(&"x".repeat(rest as usize));
    let mut split = Builder::split(&base);
    let start = split.string("s");
    let more = 0xff_fffe - start;
    let last = split.string(&"y".repeat(more as usize));
    let last = last + more;
    for (off, wanted) in [(0xff_ffff, None), (0x100_0000, Some("Invalid name_offset"))] {
        assert!(off <= last);
        let mut split = split.clone();
        split.raw(off, Kind::Int as u32, false, 0, 4, &[32]);
        assert_eq!(refusal(&base, &split).map(|(_, what)| what), wanted);
    }
}
