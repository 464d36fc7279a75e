// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Sections as the kernel takes them, and what stands alone.

mod common;

use btf_reconcile::btf::{
    acceptable,
    Base,
    Btf,
    Fault,
    Kind,
    Offsets,
    Place,
    Section, //
};
use common::{
    builder::Builder,
    refusals::{
        base,
        join,
        wrong,
        Parts, //
    }, //
};

/// What is wrong with a blob of such a header and body, in the kernel's words where they are its.
fn header(len: usize, fields: &[u32], body: &[&[u8]]) -> Option<Fault> {
    let found = wrong(&base(), &join(len, fields, body))?;
    assert_eq!(found.0, Place::Header);
    Some(found.1)
}

#[test]
fn sections() {
    let base = base();
    let mut split = Builder::split(&base);
    split.int("int", 4, 1);
    let Parts { types, strs } = Parts::of(&split.bytes());
    let (types, strs) = (&types[..], &strs[..]);
    let (t, s) = (types.len() as u32, strs.len() as u32);
    let kernel = |what| Some(Fault::Kernel(what));
    let gap = kernel("Unsupported section found");

    assert_eq!(header(24, &[0, t, t, s], &[types, strs]), None);
    // Something in front, between and behind.
    assert_eq!(header(24, &[4, t, t + 4, s], &[&[0; 4], types, strs]), gap);
    assert_eq!(header(24, &[0, t, t + 4, s], &[types, &[0; 4], strs]), gap);
    assert_eq!(header(24, &[0, t, t, s], &[types, strs, &[0; 4]]), gap);
    // Over each other and outside.
    let overlap = Some(Fault::SectionOverlap);
    assert_eq!(header(24, &[0, t, t - 4, s], &[types, strs]), overlap);
    let outside = Some(Fault::SectionBounds { off: t, len: s + 1 });
    assert_eq!(header(24, &[0, t, t, s + 1], &[types, strs]), outside);
    // Strings first: only a header that could name a layout may have that, and then the types may
    // lie anywhere.
    let not_last = kernel("String section is not at the end");
    assert_eq!(header(24, &[s, t, 0, s], &[strs, types]), not_last);
    assert_eq!(header(31, &[s, t, 0, s], &[strs, types]), not_last);
    assert_eq!(header(32, &[s, t, 0, s], &[strs, types]), None);
}

/// Sections of no bytes have their place among the others, but for a layout.
#[test]
fn empty_sections() {
    let base = base();
    let mut split = Builder::split(&base);
    split.ptr(1);
    let types = Parts::of(&split.bytes()).types;
    let (types, t) = (&types[..], types.len() as u32);
    let kernel = |what| Some(Fault::Kernel(what));
    let gap = kernel("Unsupported section found");
    let overlap = kernel("Section overlap found");
    // No strings.
    assert_eq!(header(24, &[0, t, t, 0], &[types]), None);
    let not_last = kernel("String section is not at the end");
    assert_eq!(header(24, &[0, t, 0, 0], &[types]), not_last);
    assert_eq!(header(32, &[0, t, 0, 0], &[types]), None);
    assert_eq!(header(32, &[0, t, 4, 0], &[types]), overlap);
    let outside = Some(Fault::SectionBounds { off: t + 1, len: 0 });
    assert_eq!(header(24, &[0, t, t + 1, 0], &[types]), outside);
    // No types.
    let strs = b"abc\0";
    assert_eq!(header(24, &[0, 0, 0, 4], &[strs]), None);
    assert_eq!(header(24, &[4, 0, 0, 4], &[strs]), None);
    assert_eq!(header(24, &[2, 0, 0, 4], &[strs]), overlap);
    // Neither, in any header that is long enough to say how long it is: what it does not say is 0.
    for len in 8..48 {
        assert_eq!(header(len, &[], &[]), None, "{len}");
    }
    assert_eq!(header(24, &[0, 0, 4, 0], &[&[0; 4]]), gap);
    // Types without strings, in a header that ends before it says how many strings there are.
    assert_eq!(header(20, &[0, t, t], &[types]), None);
    assert_eq!(header(16, &[0, t], &[types]), not_last);
    assert_eq!(header(8, &[], &[types]), gap);
    // A layout.
    for off in [0, 4, 1000, u32::MAX] {
        assert_eq!(header(32, &[0, t, t, 0, off, 0], &[types]), None);
    }
}

/// A layout has its place and is not read any further; one that a header is too short for is none.
#[test]
fn layouts() {
    let base = base();
    let mut split = Builder::split(&base);
    split.int("int", 4, 1);
    let Parts { types, strs } = Parts::of(&split.bytes());
    let (types, strs) = (&types[..], &strs[..]);
    let (t, s) = (types.len() as u32, strs.len() as u32);
    let gap = Some(Fault::Kernel("Unsupported section found"));
    for layout in [&[0u8; 4][..], &[0; 80], &[0; 5], &[0; 2]] {
        let l = layout.len() as u32;
        let tls = [types, layout, strs];
        assert_eq!(header(32, &[0, t, t + l, s, t, l], &tls), None);
        assert_eq!(header(40, &[0, t, t + l, s, t, l], &tls), None);
        let tsl = [types, strs, layout];
        assert_eq!(header(32, &[0, t, t, s, t + s, l], &tsl), None);
        let lts = [layout, types, strs];
        assert_eq!(header(32, &[l, t, t + l, s, 0, l], &lts), None);
        assert_eq!(header(32, &[0, t, t + l, s, t, l - 1], &tls), gap);
        let overlap = Some(Fault::SectionOverlap);
        assert_eq!(header(32, &[0, t, t + l, s, t, l + 1], &tls), overlap);
    }
    let mut short = join(31, &[0, t, t, s, 77], &[types, strs]);
    short[28] = 1;
    assert_eq!(wrong(&base, &short), None);
}

#[test]
fn what_stands_alone() {
    let judge = |blob: &[u8]| {
        let btf = Btf::<Base>::parse_base(blob, Section::Base)?;
        acceptable(blob, None::<&Btf<'_, Base, Offsets>>, &btf)
    };
    let fault = |blob: &[u8]| judge(blob).map_err(|error| (error.section, error.fault));
    let mut b = Builder::new();
    assert_eq!(fault(&b.bytes()), Ok(()));
    b.int("int", 4, 1);
    b.reference(Kind::Const, "", 1);
    assert_eq!(fault(&b.bytes()), Ok(()));
    // "No data" and "Invalid string section"
    let wrong = |fault| Err((Section::Base, fault));
    let empty = join(24, &[], &[]);
    assert_eq!(fault(&empty), wrong(Fault::NoStrings));
    let Parts { types, .. } = Parts::of(&b.bytes());
    let t = types.len() as u32;
    let no_strings = join(24, &[0, t, t, 0], &[&types]);
    assert_eq!(fault(&no_strings), wrong(Fault::NoStrings));
    let split = join(24, &[0, t, t, 2], &[&types, b"x\0"]);
    assert_eq!(fault(&split), wrong(Fault::StringsStart));
    // A chain from the first type on.
    let mut b = Builder::new();
    for nth in 1..34 {
        b.reference(Kind::Const, "", nth + 1);
    }
    b.int("int", 4, 1);
    let too_long = Fault::Kernel("Max chain length or cycle detected");
    assert_eq!(fault(&b.bytes()), wrong(too_long));
}
