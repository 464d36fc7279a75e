// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Comparing two records, but for the types that they refer to.

use super::{
    idmap::IdMap,
    kind::Kind,
    record::Record, //
};
use core::fmt;

/// The names of two BTFs.
pub trait Names<'n> {
    /// The string at this offset of the first.
    fn ours(&self, off: u32) -> Option<&'n [u8]>;

    /// The string at this offset of the second.
    fn theirs(&self, off: u32) -> Option<&'n [u8]>;

    /// Whether the two strings are the same.
    fn same(&self, ours: u32, theirs: u32) -> bool {
        self.ours(ours) == self.theirs(theirs)
    }
}

/// The first thing in which a type differs from the kernel's; what is named are members, values or
/// parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference<'n> {
    /// The kernel's is of this kind, or has another name.
    Kind(Kind),
    /// Its size in bytes, and the kernel's.
    Size(u32, u32),
    /// Number of elements, and the kernel's.
    Count(u32, u32),
    /// Encoding of an integer, signedness of an enumeration.
    Encoding,
    /// An element where the kernel has another one.
    Element(&'n [u8], &'n [u8]),
    /// An element, the bit where it lies and the kernel's.
    Place(&'n [u8], u32, u32),
    /// A bitfield, its number of bits and the kernel's.
    Bits(&'n [u8], u32, u32),
    /// An element, its value and the kernel's; whether these are signed.
    Value(&'n [u8], u64, u64, bool),
    /// The type of an element, or where there is no name that of the type itself.
    Type(&'n [u8]),
    /// The same, that being this type, which differs from the kernel's of its name.
    Through(&'n [u8], u32),
    /// None, but the kernel has several of its name that differ from each other.
    Several,
}

impl Difference<'_> {
    /// The same, with the ids that `ids` gives to the module's types.
    pub fn renumbered(self, ids: &IdMap) -> Self {
        match self {
            Difference::Through(name, id) => match ids.get(id) {
                Some(id) => Difference::Through(name, id),
                None => Difference::Type(name),
            },
            difference => difference,
        }
    }
}

/// Compares two records. `below` is asked about each pair of types that they refer to.
///
/// Declarations and definitions differ here. What an array is indexed by means nothing.
pub fn compare<'n>(
    a: &Record<'_>,
    b: &Record<'_>,
    names: &impl Names<'n>,
    mut below: impl FnMut(u32, u32) -> bool,
) -> Option<Difference<'n>> {
    let kind = a.kind();
    if kind != b.kind() || !names.same(a.name_off, b.name_off) {
        return Some(Difference::Kind(b.kind()));
    }
    if kind.has_size() && a.size_or_type != b.size_or_type {
        return Some(Difference::Size(a.size_or_type, b.size_or_type));
    }
    if a.vlen() != b.vlen() {
        return Some(Difference::Count(a.vlen(), b.vlen()));
    }
    // Structs and unions say with it how they tell places; elsewhere it is part of what they say: of
    // tags, for one, only those without it mean something to the verifier.
    if a.kind_flag() != b.kind_flag() && !kind.is_composite() {
        return Some(match kind.is_enum() {
            true => Difference::Encoding,
            false => Difference::Kind(kind),
        });
    }
    let name = |off| names.ours(off).unwrap_or(&[]);
    let their_name = |off| names.theirs(off).unwrap_or(&[]);
    let mut target = |a, b, off| (!below(a, b)).then(|| Difference::Type(name(off)));
    match kind {
        Kind::Struct | Kind::Union => a.members().zip(b.members()).find_map(|(m, n)| {
            if !names.same(m.name_off, n.name_off) {
                return Some(Difference::Element(
                    name(m.name_off),
                    their_name(n.name_off),
                ));
            }
            let (ours, theirs) = (a.place(m.offset), b.place(n.offset));
            if ours.0 != theirs.0 {
                return Some(Difference::Place(name(m.name_off), ours.0, theirs.0));
            }
            if ours.1 != theirs.1 {
                return Some(Difference::Bits(name(m.name_off), ours.1, theirs.1));
            }
            target(m.type_id, n.type_id, m.name_off)
        }),
        Kind::Enum | Kind::Enum64 => a.values().zip(b.values()).find_map(|((m, x), (n, y))| {
            if !names.same(m, n) {
                return Some(Difference::Element(name(m), their_name(n)));
            }
            (x != y).then(|| Difference::Value(name(m), x, y, a.kind_flag()))
        }),
        Kind::FuncProto => target(a.size_or_type, b.size_or_type, 0).or_else(|| {
            a.params().zip(b.params()).find_map(|((m, t), (n, u))| {
                if !names.same(m, n) {
                    return Some(Difference::Element(name(m), their_name(n)));
                }
                target(t, u, m)
            })
        }),
        Kind::Array => match (a.array(), b.array()) {
            (Some((of, _, n)), Some((other, _, m))) if n == m => target(of, other, 0),
            (Some((_, _, n)), Some((_, _, m))) => Some(Difference::Count(n, m)),
            _ => Some(Difference::Kind(kind)),
        },
        Kind::Int => (a.tail() != b.tail()).then_some(Difference::Encoding),
        Kind::Float => None,
        Kind::Fwd => None,
        Kind::Ptr
        | Kind::Typedef
        | Kind::Volatile
        | Kind::Const
        | Kind::Restrict
        | Kind::TypeTag => target(a.size_or_type, b.size_or_type, 0),
        // Things of one module, which are like no other.
        Kind::Func | Kind::Var | Kind::Datasec | Kind::DeclTag | Kind::Unknown => {
            Some(Difference::Kind(kind))
        }
    }
}

impl fmt::Display for Difference<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Difference::Kind(kind) => write!(f, "the kernel's is another {}", kind.name()),
            Difference::Size(ours, theirs) => write!(f, "size {ours}, kernel {theirs}"),
            Difference::Count(ours, theirs) => write!(f, "{ours} elements, kernel {theirs}"),
            Difference::Encoding => f.write_str("signed or encoded differently"),
            Difference::Element(ours, theirs) => {
                write!(
                    f,
                    "'{}', kernel '{}'",
                    ours.escape_ascii(),
                    theirs.escape_ascii()
                )
            }
            Difference::Place(name, ours, theirs) => {
                write!(
                    f,
                    "'{}' at bit {ours}, kernel {theirs}",
                    name.escape_ascii()
                )
            }
            Difference::Bits(name, ours, theirs) => {
                write!(
                    f,
                    "'{}' of {ours} bits, kernel {theirs}",
                    name.escape_ascii()
                )
            }
            Difference::Value(name, ours, theirs, signed) => {
                let name = name.escape_ascii();
                match signed {
                    true => {
                        // CAST: The bits of a signed value.
                        let (ours, theirs) = (ours as i64, theirs as i64);
                        write!(f, "'{name}' is {ours}, kernel {theirs}")
                    }
                    false => write!(f, "'{name}' is {ours}, kernel {theirs}"),
                }
            }
            Difference::Type([]) => f.write_str("made of another type"),
            Difference::Type(name) => write!(f, "'{}' is of another type", name.escape_ascii()),
            Difference::Through([], id) => write!(f, "leads to [{id}], which differs"),
            Difference::Through(name, id) => {
                write!(
                    f,
                    "'{}' leads to [{id}], which differs",
                    name.escape_ascii()
                )
            }
            Difference::Several => f.write_str("the kernel has several that differ"),
        }
    }
}
