// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! BTF that is not what it should be: an error at worst.

mod common;

use btf_reconcile::btf::{
    fits,
    rewrite,
    Btf,
    Fault,
    Functions,
    Kind,
    Mode,
    Plan,
    Section,
    Vmlinux, //
};
use common::builder::Builder;

fn parse(bytes: &[u8]) -> Fault {
    Btf::parse(bytes, Section::Base)
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
    assert_eq!(parse(&good[..23]), Fault::Truncated);
    let foreign: Vec<u8> = [0xeb9fu16.swap_bytes().to_ne_bytes().as_slice(), &good[2..]].concat();
    assert_eq!(parse(&foreign), Fault::ForeignByteOrder);
    assert_eq!(parse(b"ELF, not BTF, and long enough for a header"), {
        Fault::BadMagic(u16::from_ne_bytes(*b"EL"))
    });
    let mut version = good.clone();
    version[2] = 2;
    let bad = Fault::BadVersion {
        version: 2,
        flags: 0,
    };
    assert_eq!(parse(&version), bad);
    assert_eq!(parse(&with(good.clone(), 4, 16)), Fault::HeaderLen(16));
    assert_eq!(parse(&with(good.clone(), 4, 40)), Fault::HeaderLen(40));
    assert_eq!(parse(&with(good.clone(), 4, u32::MAX)), Fault::Truncated);
    assert_eq!(parse(&with(good.clone(), 8, 2)), Fault::SectionOverlap);
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

#[test]
fn types() {
    let good = sample();
    assert!(Btf::parse(&good, Section::Base).is_ok());
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
    assert!(Btf::parse(&b.bytes(), Section::Base).is_ok());
    b.ptr(0);
    assert_eq!(parse(&b.bytes()), Fault::TooLarge);
}

/// Ids and string offsets must fit in together with the kernel's.
#[test]
fn more_types_than_ids_together() {
    let mut kernel = Builder::new();
    for _ in 0..0x8_0000 {
        kernel.ptr(0);
    }
    let base = Builder::new();
    let mut split = Builder::split(&base);
    for _ in 0..0x8_0000 {
        split.ptr(0);
    }
    let (kernel, base, split) = (kernel.bytes(), base.bytes(), split.bytes());
    let vmlinux = Vmlinux::new(Btf::parse(&kernel, Section::Vmlinux).unwrap()).unwrap();
    let base = Btf::parse(&base, Section::Base).unwrap();
    let split = Btf::parse_split(&split, &base).unwrap();
    let plan = Plan::new(&vmlinux, &base, &split, Mode::Lenient).unwrap();
    let error = rewrite(&vmlinux.btf, &base, &split, &plan).map(|_| ());
    assert_eq!(error.unwrap_err().fault, Fault::TooLarge);
}

/// Chains, loops and names by the thousand take bounded time.
#[test]
fn made_to_cost_time() {
    let mut kernel = Builder::new();
    let mut base = Builder::new();
    for size in 0..4000 {
        kernel.strct("same", size % 7);
        base.strct("same", size % 11);
    }
    let mut split = Builder::split(&base);
    let first = split.next();
    for nth in 0..20_000 {
        // A loop of typedefs, and structs that hold it.
        split.typedef("t", first + (nth + 2) % 40_000);
        split.composite(
            Kind::Struct,
            "s",
            4,
            &[("m", first + nth, 0), ("n", nth % 4000, 0)],
        );
    }
    let (kernel, base, split) = (kernel.bytes(), base.bytes(), split.bytes());
    let vmlinux = Vmlinux::new(Btf::parse(&kernel, Section::Vmlinux).unwrap()).unwrap();
    let base = Btf::parse(&base, Section::Base).unwrap();
    let split = Btf::parse_split(&split, &base).unwrap();
    let plan = Plan::new(&vmlinux, &base, &split, Mode::Lenient).unwrap();
    assert_eq!(plan.counts().carried, 4000);
    assert!(rewrite(&vmlinux.btf, &base, &split, &plan).is_ok());
}

/// One string of megabytes that every type shares is not walked for each of them.
#[test]
fn long_names() {
    let mut base = Builder::new();
    let long = base.string(&"x".repeat(8 << 20));
    for _ in 0..100_000 {
        base.raw(long, Kind::Struct as u32, false, 0, 4, &[]);
    }
    let mut split = Builder::split(&base);
    for _ in 0..100_000 {
        split.raw(long, Kind::Struct as u32, false, 0, 4, &[]);
    }
    let (base, split) = (base.bytes(), split.bytes());
    let base = Btf::parse(&base, Section::Base).unwrap();
    let split = Btf::parse_split(&split, &base).unwrap();
    let kernel = Builder::new().bytes();
    let vmlinux = Vmlinux::new(Btf::parse(&kernel, Section::Vmlinux).unwrap()).unwrap();
    let plan = Plan::new(&vmlinux, &base, &split, Mode::Lenient).unwrap();
    let result = rewrite(&vmlinux.btf, &base, &split, &plan).unwrap();
    assert!(result.bytes.len() <= base.size() + split.size());
}

/// Single bytes and words changed at every place, cuts at every length.
#[test]
fn changes_everywhere() {
    let mut kernel = Builder::new();
    kernel.int("int", 4, 1);
    kernel.strct("task", 64);
    let mut base = Builder::new();
    base.int("int", 4, 1);
    base.strct("task", 64);
    base.fwd("gone", true);
    let mut split = Builder::split(&base);
    let ptr = split.ptr(2);
    let array = split.array(1, 1, 4);
    split.composite(
        Kind::Union,
        "u",
        16,
        &[("p", ptr, 0), ("a", array, 0), ("g", 3, 0)],
    );
    let proto = split.proto(1, &[("p", ptr)]);
    split.func("f", proto);
    split.enumeration("e", 4, &[("A", 1)]);
    let (kernel, base, split) = (kernel.bytes(), base.bytes(), split.bytes());
    let vmlinux = Vmlinux::new(Btf::parse(&kernel, Section::Vmlinux).unwrap()).unwrap();
    let run = |base: &[u8], split: &[u8]| {
        let base = Btf::parse(base, Section::Base)?;
        let split = Btf::parse_split(split, &base)?;
        let plan = Plan::new(&vmlinux, &base, &split, Mode::Lenient)?;
        let result = rewrite(&vmlinux.btf, &base, &split, &plan)?;
        // What comes out can be read again.
        Btf::parse_split(&result.bytes, &vmlinux.btf).map(|_| ())
    };
    assert_eq!(run(&base, &split), Ok(()));
    for (changed, fixed, first) in [(&base, &split, true), (&split, &base, false)] {
        let go = |bytes: &[u8]| {
            let _ = match first {
                true => run(bytes, fixed),
                false => run(fixed, bytes),
            };
        };
        for at in 0..changed.len() {
            go(&changed[..at]);
            for value in [0, 1, 0x7f, 0x80, 0xff] {
                let mut bytes = changed.clone();
                bytes[at] = value;
                go(&bytes);
            }
        }
        for at in 0..changed.len() - 4 {
            for word in [u32::MAX, 0x7fff_ffff, 0x0100_0000, 0x00ff_ffff, 5] {
                go(&with(changed.clone(), at, word));
            }
        }
    }
}

/// Arrays of arrays can have more bytes than there are numbers for.
#[test]
fn members_without_measure_do_not_fit() {
    let mut kernel = Builder::new();
    kernel.int("int", 4, 1);
    let mut split = Builder::split(&kernel);
    let mut of = 1;
    for _ in 0..3 {
        of = split.array(of, 1, u32::MAX);
    }
    split.composite(Kind::Struct, "s", 4, &[("m", of, 0)]);
    let (kernel, split) = (kernel.bytes(), split.bytes());
    let vmlinux = Btf::parse(&kernel, Section::Vmlinux).unwrap();
    let split = Btf::parse_split(&split, &vmlinux).unwrap();
    let functions = Functions::new(core::iter::empty()).unwrap();
    let error = fits(&vmlinux, &split, &functions, 8).unwrap_err();
    assert_eq!(error.fault, Fault::MemberSize(0));
}
