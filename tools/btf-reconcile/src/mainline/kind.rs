// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Kinds of types, and where each has ids and strings.
//!
//! The numbers are those of `include/uapi/linux/btf.h`, the places those of
//! `tools/lib/bpf/btf_iter.c`, which the kernel builds as well.

/// What void is; no record has it.
pub const VOID: u32 = 0;
/// `BTF_KIND_INT`.
pub const INT: u32 = 1;
/// `BTF_KIND_PTR`.
pub const PTR: u32 = 2;
/// `BTF_KIND_ARRAY`.
pub const ARRAY: u32 = 3;
/// `BTF_KIND_STRUCT`.
pub const STRUCT: u32 = 4;
/// `BTF_KIND_UNION`.
pub const UNION: u32 = 5;
/// `BTF_KIND_ENUM`.
pub const ENUM: u32 = 6;
/// `BTF_KIND_FWD`.
pub const FWD: u32 = 7;
/// `BTF_KIND_TYPEDEF`.
pub const TYPEDEF: u32 = 8;
/// `BTF_KIND_VOLATILE`.
pub const VOLATILE: u32 = 9;
/// `BTF_KIND_CONST`.
pub const CONST: u32 = 10;
/// `BTF_KIND_RESTRICT`.
pub const RESTRICT: u32 = 11;
/// `BTF_KIND_FUNC`.
pub const FUNC: u32 = 12;
/// `BTF_KIND_FUNC_PROTO`.
pub const FUNC_PROTO: u32 = 13;
/// `BTF_KIND_VAR`.
pub const VAR: u32 = 14;
/// `BTF_KIND_DATASEC`.
pub const DATASEC: u32 = 15;
/// `BTF_KIND_FLOAT`.
pub const FLOAT: u32 = 16;
/// `BTF_KIND_DECL_TAG`.
pub const DECL_TAG: u32 = 17;
/// `BTF_KIND_TYPE_TAG`.
pub const TYPE_TAG: u32 = 18;
/// `BTF_KIND_ENUM64`.
pub const ENUM64: u32 = 19;

/// Whether the type is what it refers to, with a name or a qualifier.
pub fn is_modifier(kind: u32) -> bool {
    matches!(kind, TYPEDEF | VOLATILE | CONST | RESTRICT | TYPE_TAG)
}

/// Whether the type has members.
pub fn is_composite(kind: u32) -> bool {
    matches!(kind, STRUCT | UNION)
}

/// Its name for people.
pub fn name(kind: u32) -> &'static str {
    const NAMES: [&str; 20] = [
        "VOID",
        "INT",
        "PTR",
        "ARRAY",
        "STRUCT",
        "UNION",
        "ENUM",
        "FWD",
        "TYPEDEF",
        "VOLATILE",
        "CONST",
        "RESTRICT",
        "FUNC",
        "FUNC_PROTO",
        "VAR",
        "DATASEC",
        "FLOAT",
        "DECL_TAG",
        "TYPE_TAG",
        "ENUM64",
    ];
    let name = usize::try_from(kind).ok().and_then(|n| NAMES.get(n));
    name.copied().unwrap_or("unknown kind")
}

/// Bytes of a record behind the first twelve: once, and for each element.
pub fn tail(kind: u32) -> (usize, usize) {
    match kind {
        INT | VAR | DECL_TAG => (4, 0),
        ARRAY => (12, 0),
        STRUCT | UNION | DATASEC | ENUM64 => (0, 12),
        ENUM | FUNC_PROTO => (0, 8),
        _ => (0, 0),
    }
}

/// Places in a record, in bytes.
pub struct Places {
    /// Those that every record of the kind has.
    once: &'static [usize],
    /// The one in each element.
    each: Option<usize>,
}

impl Places {
    /// All places in a record with this many elements, whose size is that of the kind.
    pub fn of(self, kind: u32, elements: usize) -> impl Iterator<Item = usize> {
        let (_, stride) = tail(kind);
        let each = self.each.into_iter();
        let each = each.flat_map(move |at| (0..elements).map(move |n| 12 + n * stride + at));
        self.once.iter().copied().chain(each)
    }
}

/// Where ids of types stand. That of a FWD is always 0, and counts as well.
pub fn ids(kind: u32) -> Places {
    let (once, each): (&[usize], _) = match kind {
        FWD | CONST | VOLATILE | RESTRICT | PTR | TYPEDEF | FUNC | VAR | DECL_TAG | TYPE_TAG => {
            (&[8], None)
        }
        ARRAY => (&[12, 16], None),
        STRUCT | UNION => (&[], Some(4)),
        FUNC_PROTO => (&[8], Some(4)),
        DATASEC => (&[], Some(0)),
        _ => (&[], None),
    };
    Places { once, each }
}

/// Where offsets of strings stand.
pub fn strings(kind: u32) -> Places {
    let each = match kind {
        STRUCT | UNION | ENUM | ENUM64 | FUNC_PROTO => Some(0),
        _ => None,
    };
    Places { once: &[0], each }
}
