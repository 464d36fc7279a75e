// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Type records: `struct btf_type` and what follows it.
//!
//! C header: [`include/uapi/linux/btf.h`](srctree/include/uapi/linux/btf.h)

use super::{
    kind::Kind,
    words::{
        index,
        word, //
    },
};

/// Size of `struct btf_type`.
pub const RECORD_LEN: usize = 12;
/// Size of `struct btf_layout`.
const LAYOUT_LEN: usize = 4;

/// Bytes that follow `struct btf_type`, by number of kind: a fixed part, and a part for each
/// element. Kinds that are not known are not in it.
const TAILS: [(u8, u8); 20] = {
    let mut tails = [(0, 0); 20];
    tails[Kind::Int as usize] = (4, 0);
    tails[Kind::Array as usize] = (12, 0);
    tails[Kind::Struct as usize] = (0, 12);
    tails[Kind::Union as usize] = (0, 12);
    tails[Kind::Enum as usize] = (0, 8);
    tails[Kind::FuncProto as usize] = (0, 8);
    tails[Kind::Var as usize] = (4, 0);
    tails[Kind::Datasec as usize] = (0, 12);
    tails[Kind::DeclTag as usize] = (4, 0);
    tails[Kind::Enum64 as usize] = (0, 12);
    tails
};

/// One type record: `struct btf_type` and what follows it.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    /// Offset of the name, 0 if there is none.
    pub name_off: u32,
    /// Kind, kind flag and number of elements.
    pub info: u32,
    /// Size in bytes, or the id of the type referred to, as the kind has it.
    pub size_or_type: u32,
    /// The whole record, in its wire form.
    pub bytes: &'a [u8],
}

impl<'a> Record<'a> {
    /// Reads the record that `bytes` starts with, sizing a kind that is not known by `layout`.
    ///
    /// [`None`] if it is cut short, or of a kind that `layout` does not know either.
    #[inline]
    pub fn read(bytes: &'a [u8], layout: Layout<'_>) -> Option<Self> {
        let head = bytes.first_chunk::<RECORD_LEN>()?;
        let info = word(head, 4)?;
        let number = (info >> 24) & 0x7f;
        let (fixed, each) = match TAILS.get(index(number)) {
            Some(&tail) if number != 0 => tail,
            _ => layout.tail(number)?,
        };
        let vlen = index(info & 0x00ff_ffff);
        // NO-OVERFLOW: Below 2^32, which `usize` holds.
        let len = RECORD_LEN + usize::from(fixed) + usize::from(each) * vlen;
        Some(Self {
            name_off: word(head, 0)?,
            info,
            size_or_type: word(head, 8)?,
            bytes: bytes.get(..len)?,
        })
    }

    /// The kind.
    #[inline]
    pub fn kind(&self) -> Kind {
        Kind::of_info(self.info)
    }

    /// Number of members, values, parameters or variables.
    #[inline]
    pub fn vlen(&self) -> u32 {
        self.info & 0x00ff_ffff
    }

    /// The kind flag: union for [`Kind::Fwd`], bitfields for structs and unions, signed values for
    /// enumerations.
    #[inline]
    pub fn kind_flag(&self) -> bool {
        self.info >> 31 != 0
    }

    /// What follows `struct btf_type`.
    #[inline]
    pub fn tail(&self) -> &'a [u8] {
        self.bytes.get(RECORD_LEN..).unwrap_or(&[])
    }

    /// Members of a struct or union, none for other kinds.
    pub fn members(&self) -> impl Iterator<Item = Member> + Clone + 'a {
        let tail = match self.kind().is_composite() {
            true => self.tail(),
            false => &[],
        };
        tail.chunks_exact(12).filter_map(|m| {
            Some(Member {
                name_off: word(m, 0)?,
                type_id: word(m, 4)?,
                offset: word(m, 8)?,
            })
        })
    }

    /// Where the member of this record with this [`Member::offset`] lies, in bits from the start, and
    /// its size in bits if it is a bitfield.
    pub fn place(&self, offset: u32) -> (u32, u32) {
        match self.kind_flag() {
            true => (offset & 0x00ff_ffff, offset >> 24),
            false => (offset, 0),
        }
    }

    /// Parameters of a function prototype (name offset, type), none for other kinds.
    pub fn params(&self) -> impl Iterator<Item = (u32, u32)> + Clone + 'a {
        let tail = match self.kind() {
            Kind::FuncProto => self.tail(),
            _ => &[],
        };
        tail.chunks_exact(8)
            .filter_map(|p| Some((word(p, 0)?, word(p, 4)?)))
    }

    /// Values of an enumeration (name offset, value), none for other kinds.
    ///
    /// Values of 32 bits are widened as the kind flag, signed or not, says.
    pub fn values(&self) -> impl Iterator<Item = (u32, u64)> + Clone + 'a {
        let signed = self.kind_flag();
        let (tail, each) = match self.kind() {
            Kind::Enum => (self.tail(), 8),
            Kind::Enum64 => (self.tail(), 12),
            _ => (&[][..], 8),
        };
        tail.chunks_exact(each).filter_map(move |v| {
            let low = word(v, 4)?;
            let high = match word(v, 8) {
                Some(high) => high,
                // The sign, in all bits.
                None if signed && low >> 31 != 0 => u32::MAX,
                None => 0,
            };
            Some((word(v, 0)?, (u64::from(high) << 32) | u64::from(low)))
        })
    }

    /// Type of the elements, type of the index and number of elements of an array.
    pub fn array(&self) -> Option<(u32, u32, u32)> {
        let tail = match self.kind() {
            Kind::Array => self.tail(),
            _ => return None,
        };
        Some((word(tail, 0)?, word(tail, 4)?, word(tail, 8)?))
    }
}

/// One member of a struct or union, `struct btf_member`.
#[derive(Clone, Copy)]
pub struct Member {
    /// Offset of the name, 0 if there is none.
    pub name_off: u32,
    /// Its type.
    pub type_id: u32,
    /// Where it lies: bits from the start, and with the kind flag the bitfield's size in the upper
    /// 8 bits.
    pub offset: u32,
}

/// The layout section: from which kinds that are not known can be sized.
///
/// One `struct btf_layout` for each kind, in order of their numbers.
#[derive(Clone, Copy, Default)]
pub struct Layout<'a>(&'a [u8]);

impl<'a> Layout<'a> {
    /// Takes the section.
    pub fn new(section: &'a [u8]) -> Self {
        Self(section)
    }

    /// The section itself.
    pub fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// Bytes that follow `struct btf_type` for kind number `kind`: fixed, and for each of `vlen`.
    fn tail(self, kind: u32) -> Option<(u8, u8)> {
        let at = index(kind).checked_mul(LAYOUT_LEN)?;
        let &[fixed, each, ..] = self.0.get(at..)?.first_chunk::<LAYOUT_LEN>()?;
        // Number 0 is `void`, which has no record.
        (kind != 0).then_some((fixed, each))
    }
}
