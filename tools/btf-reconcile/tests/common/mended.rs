// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What becomes of BTF that is mended.

use super::builder::Builder;
use btf_reconcile::btf::{
    acceptable,
    fields,
    mend,
    number_of,
    Btf,
    Fault,
    Gone,
    Id,
    Kind,
    Mending,
    New,
    Pair,
    Place, //
};

/// A kernel with an integer, type 1, and a struct, type 2.
pub fn kernel() -> Builder {
    let mut base = Builder::new();
    base.int("int", 4, 1);
    base.composite(Kind::Struct, "task", 8, &[("pid", 1, 0)]);
    base
}

/// The type that is first in what is split from [`kernel`].
pub const FIRST: u32 = 3;

/// What has become of a BTF.
pub struct After {
    /// Its types: "KIND name size or type: ids and, after a dot, names of elements".
    pub types: Vec<String>,
    /// For each old type the new id, 0 if it is left out.
    pub ids: Vec<u32>,
    pub mending: Mending,
}

impl After {
    /// Its types.
    pub fn types(&self) -> Vec<&str> {
        self.types.iter().map(String::as_str).collect()
    }
}

/// Mends `blob`; the result is acceptable.
pub fn mend_blob(base: &Builder, blob: &[u8]) -> Result<After, (Place, Fault)> {
    let base = base.bytes();
    let vmlinux = Btf::parse_kernel(&base).unwrap();
    let before = Btf::<New>::parse_split(blob, &vmlinux).unwrap();
    let mended = mend(&vmlinux, blob).map_err(|error| (error.place, error.fault))?;
    let bytes = &mended.rewritten.bytes;
    let after = Btf::<New>::parse_split(bytes, &vmlinux).unwrap();
    assert_eq!(acceptable(bytes, Some(&vmlinux), &after), Ok(()));
    assert!(after.header().is_orderly());
    let types = Pair {
        base: &vmlinux,
        split: &after,
    };
    let name = |off| String::from_utf8_lossy(types.name(off).unwrap_or(b"?")).into_owned();
    let words = after.records().map(|(_, record)| {
        let kind = record.kind().name();
        let ids: Vec<u32> = fields::ids(&record).map(number_of).collect();
        let names: Vec<String> = fields::names(&record).map(name).collect();
        let size = match record.kind() {
            kind if kind.has_size() => format!(" {}", record.size()),
            _ => String::new(),
        };
        format!("{kind} {}{size} {ids:?}", names.join("."))
    });
    let ids = before
        .ids()
        .map(|id| match mended.rewritten.ids.find(id).unwrap() {
            Gone::To(id) => id.number(),
            Gone::LeftOut => 0,
        });
    // The kernel's types stay where they are.
    for number in 1..FIRST {
        let id = Id::<New>::new(number).unwrap();
        assert_eq!(mended.rewritten.ids.get(id), Some(id));
    }
    Ok(After {
        types: words.collect(),
        ids: ids.collect(),
        mending: mended.mending,
    })
}

pub fn mend_types(make: impl FnOnce(&mut Builder)) -> Result<After, (Place, Fault)> {
    let base = kernel();
    let mut split = Builder::split(&base);
    make(&mut split);
    mend_blob(&base, &split.bytes())
}

#[track_caller]
pub fn mended(make: impl FnOnce(&mut Builder)) -> After {
    mend_types(make).unwrap_or_else(|error| panic!("{error:?}"))
}

#[track_caller]
pub fn refused(make: impl FnOnce(&mut Builder)) -> (u32, Fault) {
    match mend_types(make).map(|_| ()).unwrap_err() {
        (Place::Type(id), fault) => (id, fault),
        other => panic!("{other:?}"),
    }
}
