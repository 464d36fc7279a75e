// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What [`acceptable`] says of BTF that is made for it.

use super::builder::Builder;
use btf_reconcile::btf::{
    acceptable,
    Btf,
    Fault,
    Kind,
    New,
    Place,
    Section, //
};

/// A base with an INT, type 1, whose name is "long unsigned int".
pub fn base() -> Builder {
    let mut base = Builder::new();
    base.int("long unsigned int", 8, 0);
    base
}

/// What is wrong with `blob`, which is split from `base`.
pub fn wrong(base: &Builder, blob: &[u8]) -> Option<(Place, Fault)> {
    let base = base.bytes();
    let base = Btf::parse_kernel(&base).unwrap();
    let judge = |blob: &[u8]| {
        let btf = Btf::<New>::parse_split(blob, &base)?;
        acceptable(blob, Some(&base), &btf)
    };
    let error = judge(blob).err()?;
    assert_eq!(error.section, Section::Split);
    Some((error.place, error.fault))
}

/// What is wrong with the types of `split`, which are from id 2 on, in the kernel's words.
pub fn refusal(base: &Builder, split: &Builder) -> Option<(u32, &'static str)> {
    match wrong(base, &split.bytes())? {
        (Place::Type(id), Fault::Kernel(what)) => Some((id, what)),
        other => panic!("{other:?}"),
    }
}

/// What is wrong with one record of this kind with a name, in the kernel's words.
pub fn record(
    name: &str,
    kind: Kind,
    flag: bool,
    vlen: u32,
    third: u32,
    tail: &[u32],
) -> Option<&'static str> {
    let base = base();
    let mut split = Builder::split(&base);
    let name = split.string(name);
    split.raw(name, kind as u32, flag, vlen, third, tail);
    refusal(&base, &split).map(|(_, what)| what)
}

/// The parts of a blob that the builder made.
pub struct Parts {
    pub types: Vec<u8>,
    pub strs: Vec<u8>,
}

impl Parts {
    pub fn of(blob: &[u8]) -> Self {
        let field = |at: usize| u32::from_ne_bytes(blob[at..at + 4].try_into().unwrap()) as usize;
        let (types, strs) = (field(12), field(16));
        Self {
            types: blob[24..24 + types].to_vec(),
            strs: blob[24 + strs..].to_vec(),
        }
    }
}

/// A header of `len` bytes with these fields from the offset of the types on, and what follows it.
pub fn join(len: usize, fields: &[u32], parts: &[&[u8]]) -> Vec<u8> {
    let mut blob = 0xeb9fu16.to_ne_bytes().to_vec();
    blob.extend([1, 0]);
    for word in [len as u32].iter().chain(fields) {
        blob.extend(word.to_ne_bytes());
    }
    blob.resize(len, 0);
    blob.extend(parts.concat());
    blob
}

/// The blob with a header of `len` bytes that names `layout`, between types and strings.
pub fn with_layout(blob: &[u8], layout: &[u8]) -> Vec<u8> {
    let parts = Parts::of(blob);
    let (types, strs) = (parts.types.len() as u32, parts.strs.len() as u32);
    let len = layout.len() as u32;
    let header = [0, types, types + len, strs, types, len];
    join(32, &header, &[&parts.types, layout, &parts.strs])
}
