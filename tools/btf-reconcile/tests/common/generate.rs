// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Kernels and modules drawn from bytes: every kind of type, few names, so that they meet.

use super::builder::Builder;
use arbitrary::{
    Result,
    Unstructured, //
};
use btf_reconcile::btf::{
    translate,
    Btf,
    Kind,
    Section, //
};

const NAMES: [&str; 10] = [
    "alpha",
    "beta",
    "gamma",
    "int",
    "long long unsigned int",
    "mu",
    "nu",
    "unsigned long long",
    "xi",
    "zeta",
];

/// A kernel, a base that resembles it, and a module split from that.
pub struct Case {
    pub kernel: Vec<u8>,
    pub base: Vec<u8>,
    pub split: Vec<u8>,
}

/// A kernel, and a module split from it that has copies of its types.
pub struct Copied {
    pub kernel: Vec<u8>,
    pub split: Vec<u8>,
}

/// Draws a module that has a copy of each of the kernel's types. Some refer to the kernel's own
/// and not to the copy, some have been changed.
pub fn copied(u: &mut Unstructured<'_>) -> Result<Copied> {
    let mut builder = Builder::new();
    let shape = Shape {
        distilled: false,
        sorted: u.arbitrary()?,
        wild: false,
    };
    types(u, &mut builder, 30, &shape)?;
    let kernel = builder.bytes();
    let btf = Btf::parse(&kernel, Section::Vmlinux).expect("it is sound");
    let mut split = Builder::split(&builder);
    let (first, end) = (btf.end(), btf.end() + btf.count());
    for (_, record) in btf.records() {
        let mut copy = record.bytes.to_vec();
        if u.ratio(1, 12)? {
            let at = 4 * u.choose_index(copy.len() / 4)?;
            change(u, &mut copy, at, end)?;
        }
        let mut failed = Ok(());
        let mut lot = |u: &mut Unstructured<'_>, of| {
            u.ratio(1, of).unwrap_or_else(|error| {
                failed = Err(error);
                false
            })
        };
        let text = |off| String::from_utf8_lossy(btf.name(off).unwrap_or_default()).into_owned();
        let (mut strings, mut ids) = (vec![], vec![]);
        translate::<()>(
            &mut copy.clone(),
            |off| {
                strings.push(lot(u, 2));
                Ok(off)
            },
            Ok,
        )
        .expect("it can't fail");
        translate::<()>(&mut copy.clone(), Ok, |id| {
            ids.push(lot(u, 4));
            Ok(id)
        })
        .expect("it can't fail");
        failed?;
        let (mut strings, mut ids) = (strings.into_iter(), ids.into_iter());
        translate::<()>(
            &mut copy,
            |off| match strings.next() {
                Some(true) => Ok(off),
                _ => Ok(split.string(&text(off))),
            },
            |id| match ids.next() {
                Some(true) => Ok(id),
                _ if id == 0 || id >= first => Ok(id),
                _ => Ok(id - 1 + first),
            },
        )
        .expect("it can't fail");
        split.record(&copy);
    }
    let split = split.bytes();
    Ok(Copied { kernel, split })
}

/// Changes one word of a record, but no name, into something that may stand there.
fn change(u: &mut Unstructured<'_>, record: &mut [u8], at: usize, end: u32) -> Result<()> {
    let (mut ids, mut names) = (vec![], vec![]);
    let mut copy: Vec<u8> = (0..record.len() as u32 / 4)
        .flat_map(u32::to_ne_bytes)
        .collect();
    copy[4..8].copy_from_slice(&record[4..8]);
    let note = |nth: u32, places: &mut Vec<usize>| {
        places.push(nth as usize * 4);
        Ok(nth)
    };
    translate::<()>(&mut copy.clone(), |nth| note(nth, &mut names), Ok).expect("it can't fail");
    translate::<()>(&mut copy, Ok, |nth| note(nth, &mut ids)).expect("it can't fail");
    let word = &mut record[at..at + 4];
    if ids.contains(&at) {
        word.copy_from_slice(&u.int_in_range(1..=end - 1)?.to_ne_bytes());
    } else if at >= 8 && !names.contains(&at) {
        word[0] ^= 1 << u.int_in_range(2..=4)?;
    }
    Ok(())
}

/// How the types of one BTF are drawn.
struct Shape {
    /// Only kinds that a distilled base has.
    distilled: bool,
    /// Types without a name first, the others in order.
    sorted: bool,
    /// Some references lead nowhere.
    wild: bool,
}

/// Draws a case. With `wild`, some of its references lead to no type and no string.
pub fn case(u: &mut Unstructured<'_>, wild: bool) -> Result<Case> {
    let mut kernel = Builder::new();
    let shape = Shape {
        distilled: false,
        sorted: u.arbitrary()?,
        wild: false,
    };
    types(u, &mut kernel, 40, &shape)?;
    let mut base = Builder::new();
    let shape = Shape {
        distilled: u.arbitrary()?,
        sorted: u.arbitrary()?,
        wild,
    };
    types(u, &mut base, 20, &shape)?;
    let mut split = Builder::split(&base);
    let shape = Shape {
        distilled: false,
        sorted: u.arbitrary()?,
        wild,
    };
    types(u, &mut split, 30, &shape)?;
    Ok(Case {
        kernel: kernel.bytes(),
        base: base.bytes(),
        split: split.bytes(),
    })
}

/// Adds up to `most` types.
fn types(u: &mut Unstructured<'_>, b: &mut Builder, most: u32, shape: &Shape) -> Result<()> {
    let count = u.int_in_range(0..=most)?;
    let end = b.next() + count;
    // An index into `NAMES`, one less than the first of them for "none".
    let mut names: Vec<usize> = (0..count)
        .map(|_| u.int_in_range(0..=NAMES.len()))
        .collect::<Result<_>>()?;
    if shape.sorted {
        names.sort();
    }
    for name in names {
        let name = match name.checked_sub(1) {
            Some(nth) => NAMES[nth],
            None => "",
        };
        one(u, b, name, end, shape)?;
    }
    Ok(())
}

/// An id below `end`, or a wild one.
fn id(u: &mut Unstructured<'_>, end: u32, shape: &Shape) -> Result<u32> {
    match shape.wild && u.ratio(1, 50)? {
        true => u.arbitrary(),
        false => u.int_in_range(0..=end - 1),
    }
}

fn members<'n>(
    u: &mut Unstructured<'_>,
    end: u32,
    shape: &Shape,
) -> Result<Vec<(&'n str, u32, u32)>> {
    let count = match shape.distilled {
        true => 0,
        false => u.int_in_range(0..=4)?,
    };
    (0..count)
        .map(|_| {
            let name = *u.choose(&NAMES)?;
            Ok((name, id(u, end, shape)?, u.int_in_range(0..=3)? * 32))
        })
        .collect()
}

/// Adds one type of that name, of a kind that may bear it.
fn one(
    u: &mut Unstructured<'_>,
    b: &mut Builder,
    name: &str,
    end: u32,
    shape: &Shape,
) -> Result<()> {
    let size = *u.choose(&[4, 8, 16])?;
    if name.is_empty() && !shape.distilled {
        let to = id(u, end, shape)?;
        match u.int_in_range(0..=7)? {
            0 => b.ptr(to),
            1 => b.reference(Kind::Const, "", to),
            2 => b.array(to, id(u, end, shape)?, size),
            3 => b.proto(
                to,
                &[("beta", id(u, end, shape)?), ("xi", id(u, end, shape)?)],
            ),
            4 => b.composite(Kind::Struct, "", size, &members(u, end, shape)?),
            5 => b.composite(Kind::Union, "", size, &members(u, end, shape)?),
            6 => b.enumeration("", 4, &[("mu", size)]),
            _ => b.reference(Kind::Volatile, "", to),
        };
        return Ok(());
    }
    let most = match shape.distilled {
        true => 6,
        false => 10,
    };
    match u.int_in_range(0..=most)? {
        0 => b.int(name, size, u.int_in_range(0..=1)?),
        1 => b.float(name, size),
        2 => b.composite(Kind::Struct, name, size, &members(u, end, shape)?),
        3 => b.composite(Kind::Union, name, size, &members(u, end, shape)?),
        4 => b.fwd(name, u.arbitrary()?),
        5 if shape.distilled => b.enumeration(name, size, &[]),
        5 => b.enumeration(name, 4, &[("gamma", size), ("nu", 1)]),
        6 => b.composite_flagged(Kind::Struct, true, name, size, &members(u, end, shape)?),
        7 => b.enum64(name, &[("beta", 1 << 40)]),
        8 => b.typedef(name, id(u, end, shape)?),
        9 => b.func(name, id(u, end, shape)?),
        _ => b.var(name, id(u, end, shape)?),
    };
    Ok(())
}
