// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Type records: `struct btf_type` and what follows it.
//!
//! C header: [`include/uapi/linux/btf.h`](srctree/include/uapi/linux/btf.h)

use super::{
    fields::Fields,
    kind::Kind,
    layout::Layout,
    words::{
        index,
        word, //
    },
};
use crate::btf::number::{
    Id,
    Off,
    Space, //
};
use core::marker::PhantomData;

/// Size of `struct btf_type`.
pub const RECORD_LEN: usize = 12;
/// Number of elements, in `info`.
const VLEN: u32 = 0x00ff_ffff;

/// One type record of BTF whose numbers are of space `S`.
#[derive(Clone, Copy)]
pub struct Record<'a, S> {
    name: u32,
    info: u32,
    third: u32,
    bytes: &'a [u8],
    space: PhantomData<S>,
}

/// One member of a struct or union, `struct btf_member`.
#[derive(Clone, Copy)]
pub struct Member<S> {
    /// Its name.
    pub name: Option<Off<S>>,
    /// Its type.
    pub type_id: Option<Id<S>>,
    /// Where it lies.
    pub place: MemberPlace,
}

/// Where a member lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberPlace {
    /// Bits from the start of what it is in.
    pub bit: u32,
    /// Size of a bitfield in bits; 0 for any other member.
    pub bits: u32,
}

/// One parameter of a prototype, `struct btf_param`.
#[derive(Clone, Copy)]
pub struct Param<S> {
    /// Its name.
    pub name: Option<Off<S>>,
    /// Its type; none for the one that stands for `...`.
    pub type_id: Option<Id<S>>,
}

/// One value of an enumeration, `struct btf_enum` or `struct btf_enum64`.
#[derive(Clone, Copy)]
pub struct Value<S> {
    /// Its name.
    pub name: Option<Off<S>>,
    /// What it is, widened as the kind flag, signed or not, says.
    pub value: u64,
}

/// An array, `struct btf_array`.
#[derive(Clone, Copy)]
pub struct Array<S> {
    /// The type of its elements.
    pub of: Option<Id<S>>,
    /// The type of what it is indexed by.
    pub index: Option<Id<S>>,
    /// Number of elements.
    pub count: u32,
}

/// One variable of a section, `struct btf_var_secinfo`.
#[derive(Clone, Copy)]
pub struct Variable<S> {
    /// The variable.
    pub type_id: Option<Id<S>>,
    /// Where it lies in the section, in bytes.
    pub at: u32,
    /// Its size in bytes.
    pub size: u32,
}

/// Elements of one length. The iterator of the core library divides by the length, to know how many
/// there are.
#[derive(Clone)]
struct Elements<'a> {
    rest: &'a [u8],
    len: usize,
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        let (element, rest) = self.rest.split_at_checked(self.len)?;
        self.rest = rest;
        Some(element)
    }

    #[inline]
    fn nth(&mut self, nth: usize) -> Option<&'a [u8]> {
        let skipped = nth.checked_mul(self.len);
        self.rest = skipped.and_then(|at| self.rest.get(at..)).unwrap_or(&[]);
        self.next()
    }
}

/// Bytes of a record with this `info`; [`None`] for a kind that neither we nor `layout` know.
#[inline]
pub fn record_len(info: u32, layout: Layout<'_>) -> Option<usize> {
    let (fixed, each) = match Fields::lens(info) {
        Some(lens) => lens,
        None => layout.lens(Kind::number_of_info(info))?,
    };
    // Below 2^32, which `usize` holds.
    let elements = usize::from(each).wrapping_mul(index(info & VLEN));
    let fixed = RECORD_LEN.wrapping_add(usize::from(fixed));
    Some(fixed.wrapping_add(elements))
}

impl<'a, S: Space> Record<'a, S> {
    /// Reads the record that `bytes` starts with, sizing a kind that is not known by `layout`.
    ///
    /// [`None`] if it is cut short, or of a kind that `layout` does not know either.
    #[inline]
    pub fn read(bytes: &'a [u8], layout: Layout<'_>) -> Option<Self> {
        let head = bytes.first_chunk::<RECORD_LEN>()?;
        let info = word(head, 4)?;
        let len = record_len(info, layout)?;
        Some(Self {
            name: word(head, 0)?,
            info,
            third: word(head, 8)?,
            bytes: bytes.get(..len)?,
            space: PhantomData,
        })
    }

    /// The same record, its numbers as what is split from this BTF has them.
    #[inline]
    pub fn in_split<T: Space<Base = S>>(self) -> Record<'a, T> {
        Record {
            name: self.name,
            info: self.info,
            third: self.third,
            bytes: self.bytes,
            space: PhantomData,
        }
    }

    /// The whole record, in its wire form.
    #[inline]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Its name, if it has one.
    #[inline]
    pub fn name(&self) -> Option<Off<S>> {
        Off::new(self.name)
    }

    /// The kind.
    #[inline]
    pub fn kind(&self) -> Kind {
        Kind::of_info(self.info)
    }

    /// Kind, kind flag and number of elements, as they stand in it.
    #[inline]
    pub fn info(&self) -> u32 {
        self.info
    }

    /// Number of members, values, parameters or variables.
    #[inline]
    pub fn vlen(&self) -> u32 {
        self.info & VLEN
    }

    /// The kind flag: union for [`Kind::Fwd`], bitfields for structs and unions, signed values for
    /// enumerations.
    #[inline]
    pub fn kind_flag(&self) -> bool {
        self.info >> 31 != 0
    }

    /// The third word as a size in bytes, for kinds that have one ([`Kind::has_size`]) and
    /// sections.
    #[inline]
    pub fn size(&self) -> u32 {
        self.third
    }

    /// The third word as the type referred to, for kinds that refer to one.
    #[inline]
    pub fn target(&self) -> Option<Id<S>> {
        Id::new(self.third)
    }

    /// What follows `struct btf_type`.
    #[inline]
    pub fn tail(&self) -> &'a [u8] {
        self.bytes.get(RECORD_LEN..).unwrap_or(&[])
    }

    /// The fixed part that follows `struct btf_type`, and the elements behind it, for known kinds.
    #[inline]
    pub fn parts(&self) -> (&'a [u8], &'a [u8]) {
        let fixed = usize::from(Fields::of(self.kind()).fixed);
        self.tail().split_at_checked(fixed).unwrap_or((&[], &[]))
    }

    /// The elements if it is of one of these kinds, each `len` bytes long.
    #[inline]
    fn elements(&self, is_of: bool, len: usize) -> Elements<'a> {
        let rest = if is_of { self.parts().1 } else { &[] };
        Elements { rest, len }
    }

    /// Members of a struct or union, none for other kinds.
    #[inline]
    pub fn members(&self) -> impl Iterator<Item = Member<S>> + Clone + 'a {
        let record = *self;
        let members = self.elements(self.kind().is_composite(), 12);
        members.map(move |m| Member {
            name: Off::new(field(m, 0)),
            type_id: Id::new(field(m, 4)),
            place: record.place(field(m, 8)),
        })
    }

    /// Member number `nth` of a struct or union, if it has so many.
    #[inline]
    pub fn member(&self, nth: usize) -> Option<Member<S>> {
        let m = self.elements(self.kind().is_composite(), 12).nth(nth)?;
        Some(Member {
            name: Off::new(word(m, 0)?),
            type_id: Id::new(word(m, 4)?),
            place: self.place(word(m, 8)?),
        })
    }

    /// What the offset of a member of this record means.
    #[inline]
    fn place(&self, offset: u32) -> MemberPlace {
        if self.kind_flag() {
            MemberPlace {
                bit: offset & 0x00ff_ffff,
                bits: offset >> 24,
            }
        } else {
            MemberPlace {
                bit: offset,
                bits: 0,
            }
        }
    }

    /// Parameters of a prototype, none for other kinds.
    #[inline]
    pub fn params(&self) -> impl Iterator<Item = Param<S>> + Clone + 'a {
        let params = self.elements(self.kind() == Kind::FuncProto, 8);
        params.map(|p| Param {
            name: Off::new(field(p, 0)),
            type_id: Id::new(field(p, 4)),
        })
    }

    /// Values of an enumeration, none for other kinds.
    #[inline]
    pub fn values(&self) -> impl Iterator<Item = Value<S>> + Clone + 'a {
        let signed = self.kind_flag();
        let len = match self.kind() {
            Kind::Enum64 => 12,
            _ => 8,
        };
        let values = self.elements(self.kind().is_enum(), len);
        values.map(move |v| {
            let low = field(v, 4);
            let high = match word(v, 8) {
                Some(high) => high,
                // The sign, in all bits.
                None if signed && low >> 31 != 0 => u32::MAX,
                None => 0,
            };
            Value {
                name: Off::new(field(v, 0)),
                value: (u64::from(high) << 32) | u64::from(low),
            }
        })
    }

    /// Variables of a section, none for other kinds.
    #[inline]
    pub fn variables(&self) -> impl Iterator<Item = Variable<S>> + Clone + 'a {
        let variables = self.elements(self.kind() == Kind::Datasec, 12);
        variables.map(|v| Variable {
            type_id: Id::new(field(v, 0)),
            at: field(v, 4),
            size: field(v, 8),
        })
    }

    /// What an array is made of.
    #[inline]
    pub fn array(&self) -> Option<Array<S>> {
        if self.kind() != Kind::Array {
            return None;
        }
        let tail = self.tail();
        Some(Array {
            of: Id::new(word(tail, 0)?),
            index: Id::new(word(tail, 4)?),
            count: word(tail, 8)?,
        })
    }

    /// The type that this one is another name for, a qualified form or an array of.
    #[inline]
    pub fn wraps(&self) -> Option<Option<Id<S>>> {
        match self.kind() {
            Kind::Array => self.array().map(|array| array.of),
            kind if kind.is_modifier() => Some(self.target()),
            _ => None,
        }
    }
}

/// The word at `at` of an element, which has one there.
#[inline]
fn field(element: &[u8], at: usize) -> u32 {
    word(element, at).unwrap_or(0)
}
