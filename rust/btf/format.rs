// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The BTF wire format: header, type records and their kinds.
//!
//! All integers are in the byte order of the machine that the BTF describes; this code reads its
//! own byte order only, and [`Header::parse`] tells the other by the magic.
//!
//! C header: [`include/uapi/linux/btf.h`](srctree/include/uapi/linux/btf.h)

use super::error::{
    Error,
    Fault,
    Place,
    Section, //
};

/// First two bytes of any BTF.
const MAGIC: u16 = 0xeb9f;
/// The one version there is.
const VERSION: u8 = 1;
/// Header that ends with the string section.
const HEADER_LEN: usize = 24;
/// Header that names a layout section too, since 7.3.
const HEADER_LEN_LAYOUT: usize = 32;

/// Number of types that ids may count, `BTF_MAX_TYPE`.
pub const MAX_TYPE: u32 = 0x000f_ffff;
/// Largest offset of a name, `BTF_MAX_NAME_OFFSET`.
pub const MAX_NAME_OFFSET: u32 = 0x00ff_ffff;
/// Size of `struct btf_type`.
pub const RECORD_LEN: usize = 12;
/// Size of `struct btf_layout`.
const LAYOUT_LEN: usize = 4;

/// Reads the `u32` at byte offset `at`.
#[inline]
pub fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..)?
        .first_chunk()
        .map(|c| u32::from_ne_bytes(*c))
}

/// Writes `value` at byte offset `at`; [`None`] where there is no room for it.
#[inline]
pub fn set_word(bytes: &mut [u8], at: usize, value: u32) -> Option<()> {
    *bytes.get_mut(at..)?.first_chunk_mut()? = value.to_ne_bytes();
    Some(())
}

/// `n` as an index. The core runs where `usize` has 32 bits or more.
#[inline]
pub const fn index(n: u32) -> usize {
    // CAST: `usize` has at least the bits of `u32` on every architecture with BTF.
    n as usize
}

/// Gives the part of `bytes` that is `len` long and starts at `off`.
pub fn part(bytes: &[u8], off: u32, len: u32) -> Option<&[u8]> {
    bytes.get(index(off)..)?.get(..index(len))
}

/// Kind of a type record, `BTF_KIND_*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// A kind that this code does not know.
    Unknown = 0,
    /// Integer.
    Int = 1,
    /// Pointer.
    Ptr = 2,
    /// Array.
    Array = 3,
    /// Struct.
    Struct = 4,
    /// Union.
    Union = 5,
    /// Enumeration with values of up to 32 bits.
    Enum = 6,
    /// Forward declaration of a struct or (kind flag set) of a union.
    Fwd = 7,
    /// Typedef.
    Typedef = 8,
    /// `volatile`.
    Volatile = 9,
    /// `const`.
    Const = 10,
    /// `restrict`.
    Restrict = 11,
    /// Function.
    Func = 12,
    /// Function prototype.
    FuncProto = 13,
    /// Variable.
    Var = 14,
    /// Section of variables.
    Datasec = 15,
    /// Floating point number.
    Float = 16,
    /// Tag on a declaration.
    DeclTag = 17,
    /// Tag on a type.
    TypeTag = 18,
    /// Enumeration with values of up to 64 bits.
    Enum64 = 19,
}

impl Kind {
    /// Every kind, at the place of its number.
    const ALL: [Kind; 20] = [
        Kind::Unknown,
        Kind::Int,
        Kind::Ptr,
        Kind::Array,
        Kind::Struct,
        Kind::Union,
        Kind::Enum,
        Kind::Fwd,
        Kind::Typedef,
        Kind::Volatile,
        Kind::Const,
        Kind::Restrict,
        Kind::Func,
        Kind::FuncProto,
        Kind::Var,
        Kind::Datasec,
        Kind::Float,
        Kind::DeclTag,
        Kind::TypeTag,
        Kind::Enum64,
    ];

    /// The kind that bits 24 to 30 of `info` give.
    #[inline]
    pub fn of_info(info: u32) -> Kind {
        let number = index((info >> 24) & 0x7f);
        Kind::ALL.get(number).copied().unwrap_or(Kind::Unknown)
    }

    /// The name that BTF dumps give the kind.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Unknown => "UNKNOWN",
            Kind::Int => "INT",
            Kind::Ptr => "PTR",
            Kind::Array => "ARRAY",
            Kind::Struct => "STRUCT",
            Kind::Union => "UNION",
            Kind::Enum => "ENUM",
            Kind::Fwd => "FWD",
            Kind::Typedef => "TYPEDEF",
            Kind::Volatile => "VOLATILE",
            Kind::Const => "CONST",
            Kind::Restrict => "RESTRICT",
            Kind::Func => "FUNC",
            Kind::FuncProto => "FUNC_PROTO",
            Kind::Var => "VAR",
            Kind::Datasec => "DATASEC",
            Kind::Float => "FLOAT",
            Kind::DeclTag => "DECL_TAG",
            Kind::TypeTag => "TYPE_TAG",
            Kind::Enum64 => "ENUM64",
        }
    }

    /// Whether this is a struct or a union.
    #[inline]
    pub fn is_composite(self) -> bool {
        matches!(self, Kind::Struct | Kind::Union)
    }

    /// Whether this is an enumeration of either width.
    #[inline]
    pub fn is_enum(self) -> bool {
        matches!(self, Kind::Enum | Kind::Enum64)
    }

    /// Whether this names the same object as the type it refers to, under another name or with
    /// qualifiers.
    #[inline]
    pub fn is_modifier(self) -> bool {
        matches!(
            self,
            Kind::Typedef | Kind::Volatile | Kind::Const | Kind::Restrict | Kind::TypeTag
        )
    }
}

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

/// The sections of a BTF blob, found by its header.
#[derive(Clone, Copy)]
pub struct Header<'a> {
    /// The header itself, whatever its length.
    pub bytes: &'a [u8],
    /// The type section.
    pub types: &'a [u8],
    /// The string section.
    pub strs: &'a [u8],
    /// The layout section, empty in BTF from before 7.3.
    pub layout: Layout<'a>,
}

impl<'a> Header<'a> {
    /// Reads the header of `blob` and finds the sections that it names.
    ///
    /// # Errors
    ///
    /// [`Fault`]s of the header, placed in `section`: no BTF, another byte order or version,
    /// a section outside the blob or over another one.
    pub fn parse(blob: &'a [u8], section: Section) -> super::Result<Self> {
        let fail = |fault| Error::new(section, Place::Header, fault);
        let magic = blob
            .first_chunk()
            .ok_or(fail(Fault::Truncated))
            .map(|m| u16::from_ne_bytes(*m))?;
        if magic == MAGIC.swap_bytes() {
            return Err(fail(Fault::ForeignByteOrder));
        }
        if magic != MAGIC {
            return Err(fail(Fault::BadMagic(magic)));
        }
        let &[_, _, version, flags] = blob.first_chunk().ok_or(fail(Fault::Truncated))?;
        if version != VERSION || flags != 0 {
            return Err(fail(Fault::BadVersion { version, flags }));
        }
        let field = |at| word(blob, at).ok_or(fail(Fault::Truncated));
        let header_len = field(4)?;
        let bytes = part(blob, 0, header_len).ok_or(fail(Fault::Truncated))?;
        if bytes.len() < HEADER_LEN {
            return Err(fail(Fault::HeaderLen(header_len)));
        }
        // A longer header than this code knows may only hold zeros there.
        if bytes.iter().skip(HEADER_LEN_LAYOUT).any(|&b| b != 0) {
            return Err(fail(Fault::HeaderLen(header_len)));
        }
        let types = (field(8)?, field(12)?);
        let strs = (field(16)?, field(20)?);
        let layout = match bytes.len() >= HEADER_LEN_LAYOUT {
            true => (field(24)?, field(28)?),
            false => (0, 0),
        };
        for (a, b) in [(types, strs), (types, layout), (strs, layout)] {
            if overlap(a, b) {
                return Err(fail(Fault::SectionOverlap));
            }
        }
        // The kernel wants records on a four-byte grid.
        if types.0 % 4 != 0 || types.1 % 4 != 0 {
            return Err(fail(Fault::Unaligned(types.0)));
        }
        let rest = blob.get(bytes.len()..).unwrap_or(&[]);
        let sect = |(off, len)| part(rest, off, len).ok_or(fail(Fault::SectionBounds { off, len }));
        Ok(Self {
            bytes,
            types: sect(types)?,
            strs: sect(strs)?,
            layout: Layout(sect(layout)?),
        })
    }
}

/// Whether two parts of a blob, given by offset and length, have a byte in common.
fn overlap(a: (u32, u32), b: (u32, u32)) -> bool {
    let end = |(off, len)| u64::from(off) + u64::from(len);
    a.1 != 0 && b.1 != 0 && u64::from(a.0) < end(b) && u64::from(b.0) < end(a)
}
