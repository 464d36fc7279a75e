// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Headers and records as they should not be: an error that says so, and the right bytes where the
//! kernel takes them.

mod common;

use btf_reconcile::btf::{
    acceptable,
    mend,
    Base,
    Btf,
    Fault,
    Kind,
    New,
    Section, //
};
use common::{
    builder::Builder,
    refusals::join, //
};

fn parse(bytes: &[u8]) -> Fault {
    Btf::<Base>::parse_base(bytes, Section::Base)
        .map(|_| ())
        .unwrap_err()
        .fault
}

fn with(mut bytes: Vec<u8>, at: usize, word: u32) -> Vec<u8> {
    bytes[at..at + 4].copy_from_slice(&word.to_ne_bytes());
    bytes
}

fn sample() -> Vec<u8> {
    let mut b = Builder::new();
    b.int("int", 4, 1);
    b.composite(Kind::Struct, "s", 4, &[("m", 1, 0)]);
    b.bytes()
}

#[test]
fn headers() {
    let good = sample();
    assert_eq!(parse(&[]), Fault::Truncated);
    assert_eq!(parse(&good[..7]), Fault::Truncated);
    assert_eq!(parse(&good[..23]), Fault::Truncated);
    let foreign: Vec<u8> = [0xeb9fu16.swap_bytes().to_ne_bytes().as_slice(), &good[2..]].concat();
    assert_eq!(parse(&foreign), Fault::ForeignByteOrder);
    assert_eq!(parse(b"ELF, not BTF, and long enough for a header"), {
        Fault::BadMagic(u16::from_ne_bytes(*b"EL"))
    });
    for (at, version, flags) in [(2, 2, 0), (3, 1, 2)] {
        let mut bytes = good.clone();
        bytes[at] = 2;
        assert_eq!(parse(&bytes), Fault::BadVersion { version, flags });
    }
    for len in 0..8 {
        assert_eq!(parse(&with(good.clone(), 4, len)), Fault::HeaderLen(len));
    }
    assert_eq!(parse(&with(good.clone(), 4, 40)), Fault::HeaderLen(40));
    assert_eq!(parse(&with(good.clone(), 4, u32::MAX)), Fault::Truncated);
    assert_eq!(parse(&with(good.clone(), 8, 4)), Fault::SectionOverlap);
    let outside = Fault::SectionBounds {
        off: 40,
        len: u32::MAX,
    };
    assert_eq!(parse(&with(good.clone(), 20, u32::MAX)), outside);
    let mut end = good.clone();
    *end.last_mut().unwrap() = b'x';
    assert_eq!(parse(&end), Fault::StringsEnd);
    let mut start = good;
    start[24 + 40] = b'x';
    assert_eq!(parse(&start), Fault::StringsStart);
}

/// What is wrong with BTF that stands alone is said of it, and not of what would be split from it.
#[test]
fn a_base_without_strings_is_none() {
    let header: Vec<u8> = with(with(with(sample()[..24].to_vec(), 12, 0), 16, 0), 20, 0);
    let error = Btf::<Base>::parse_base(&header, Section::Base)
        .err()
        .unwrap();
    assert_eq!(
        (error.section, error.fault),
        (Section::Base, Fault::NoStrings)
    );
    let error = Btf::parse_kernel(&header).err().unwrap();
    assert_eq!(error.section, Section::Vmlinux);
    assert_eq!(
        error.to_string(),
        "vmlinux BTF: header: has no strings: there is nothing in it"
    );
}

/// A module's BTF in place of a kernel's.
#[test]
fn split_btf_is_no_base() {
    let mut base = Builder::new();
    base.int("int", 4, 1);
    let mut split = Builder::split(&base);
    split.strct("s", 4);
    let error = Btf::parse_kernel(&split.bytes()).err().unwrap();
    let words = error.to_string();
    assert!(words.contains("split from other BTF"), "{words}");
}

#[test]
fn records_that_are_not_whole() {
    let good = sample();
    assert!(Btf::<Base>::parse_base(&good, Section::Base).is_ok());
    // The struct's number of members, then its kind.
    let info = 24 + 16 + 4;
    assert_eq!(
        parse(&with(good.clone(), info, (4 << 24) | 2)),
        Fault::Truncated
    );
    let most = (4 << 24) | 0x00ff_ffff;
    assert_eq!(parse(&with(good.clone(), info, most)), Fault::Truncated);
    assert_eq!(
        parse(&with(good.clone(), info, 20 << 24)),
        Fault::UnknownKind(20)
    );
    assert_eq!(parse(&with(good, info, 0)), Fault::UnknownKind(0));
}

#[test]
fn more_types_than_ids() {
    let mut b = Builder::new();
    for _ in 0..0xf_ffff {
        b.ptr(0);
    }
    assert!(Btf::<Base>::parse_base(&b.bytes(), Section::Base).is_ok());
    b.ptr(0);
    assert_eq!(parse(&b.bytes()), Fault::TooLarge);
}

/// Whatever length the header has, and whatever order its parts, what is written is the same: a header
/// that everybody knows, types on a grid of four bytes, strings last.
#[test]
fn what_is_written_does_not_depend_on_the_header() {
    let mut base = Builder::new();
    base.int("int", 4, 1);
    let mut split = Builder::split(&base);
    split.composite(Kind::Struct, "drv_first", 4, &[("a", 1, 0)]);
    let bad = split.string("name of nothing");
    split.raw(bad, Kind::Struct as u32, false, 0, 4, &[]);
    let (base, blob) = (base.bytes(), split.bytes());
    let vmlinux = Btf::parse_kernel(&base).unwrap();
    let fields = |blob: &[u8]| {
        let field = |at: usize| u32::from_ne_bytes(blob[at..at + 4].try_into().unwrap());
        [4, 8, 12, 16, 20].map(field)
    };
    let [_, _, t, _, s] = fields(&blob);
    let (types, strs) = (&blob[24..24 + t as usize], &blob[24 + t as usize..]);
    let layout = [0u8, 0, 0, 0, 4, 0, 0, 0];
    let mut tried = 0;
    for len in (24..=33).chain([36, 40, 63, 64]) {
        for order in ["ts", "tls", "tsl", "lts", "slt", "st"] {
            if len < 32 && order != "ts" {
                continue;
            }
            // One that is not made of whole entries, too.
            for layout in [&layout[..], &layout[..5]] {
                let mut header = [0u32; 6];
                let mut body = vec![];
                for part in order.chars() {
                    let (at, bytes) = match part {
                        't' => (0, types),
                        's' => (2, strs),
                        _ => (4, layout),
                    };
                    header[at] = body.len() as u32;
                    header[at + 1] = bytes.len() as u32;
                    body.extend_from_slice(bytes);
                }
                let odd = join(len, &header, &[&body]);
                let mended = mend(&vmlinux, &odd).unwrap().rewritten.bytes;
                let whole = order.contains('l') && layout.len() == 8;
                let l = if whole { 8 } else { 0 };
                let head = if len < 32 { 24 } else { 32 };
                assert_eq!(fields(&mended), [head, 0, t, t + l, s], "{len} {order}");
                let h = head as usize;
                let after = Btf::<New>::parse_split(&mended, &vmlinux).unwrap();
                assert!(after.header().is_orderly());
                assert_eq!(acceptable(&mended, Some(&vmlinux), &after), Ok(()));
                let (new_types, rest) = mended[h..].split_at(t as usize);
                let first = types.len() - 12;
                assert_eq!(new_types[12..], types[..first], "{len} {order}");
                assert_eq!(new_types[4..12], types[first + 4..]);
                assert_eq!(new_types[..4], [0; 4]);
                assert_eq!(rest[l as usize..], *strs);
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 2 * (8 + 6 * 6));
}

/// What the kernel takes of a module's BTF and libbpf does not.
#[test]
fn orderly_headers() {
    let mut base = Builder::new();
    base.int("int", 4, 1);
    let base = base.bytes();
    let vmlinux = Btf::parse_kernel(&base).unwrap();
    let is_orderly = |header: &[u32], body: usize| {
        let blob = join(32, header, &[&vec![0; body]]);
        let split = Btf::<New>::parse_split(&blob, &vmlinux).unwrap();
        assert_eq!(acceptable(&blob, Some(&vmlinux), &split), Ok(()));
        split.header().is_orderly()
    };
    assert!(is_orderly(&[0, 0, 0, 4, 0, 0], 4));
    assert!(is_orderly(&[0, 0, 8, 4, 0, 8], 12));
    assert!(is_orderly(&[0, 0, 8, 4, 0, 8], 12));
    // Of no whole entries, behind the strings, off the grid.
    assert!(!is_orderly(&[0, 0, 5, 4, 0, 5], 9));
    assert!(!is_orderly(&[0, 0, 0, 4, 4, 8], 12));
    assert!(!is_orderly(&[4, 0, 0, 4, 4, 0], 4));
    assert!(!is_orderly(&[0, 0, 0, 5, 5, 8], 13));
}
