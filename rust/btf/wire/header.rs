// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The header of BTF, and the sections that it names.
//!
//! All integers are in the byte order of the machine that the BTF describes; this code reads its
//! own byte order only, and [`Header::parse`] tells the other by the magic.
//!
//! C header: [`include/uapi/linux/btf.h`](srctree/include/uapi/linux/btf.h)

use super::{
    layout::Layout,
    words::{
        part,
        set_word,
        word, //
    },
};
use crate::{
    btf::error::{
        Error,
        Fault,
        Place,
        Section, //
    },
    facade::Buf,
};

/// First two bytes of any BTF.
const MAGIC: u16 = 0xeb9f;
/// The one version there is.
const VERSION: u8 = 1;
/// The shortest header: one that says how long it is.
const LEN_LEAST: usize = 8;
/// Header that ends with the string section.
const LEN: usize = 24;
/// Header that names a layout section too: all of `struct btf_header`.
pub const LEN_WITH_LAYOUT: usize = 32;

/// BTF without types and strings.
pub const EMPTY: [u8; LEN] = {
    let mut empty = [0; LEN];
    [empty[0], empty[1]] = MAGIC.to_ne_bytes();
    empty[2] = VERSION;
    // CAST: A small number.
    [empty[4], empty[5], empty[6], empty[7]] = (LEN as u32).to_ne_bytes();
    empty
};

/// A part of BTF that its header names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Extent {
    /// Where it starts, in bytes from the end of the header.
    pub off: u32,
    /// How long it is, in bytes.
    pub len: u32,
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
    /// The layout section, empty where the header names none.
    pub layout: Layout<'a>,
    /// Where the types lie.
    pub types_at: Extent,
    /// Where the strings lie.
    pub strs_at: Extent,
    /// Where the layout lies.
    pub layout_at: Extent,
}

impl<'a> Header<'a> {
    /// Reads the header of `blob` and finds the sections that it names.
    ///
    /// # Errors
    ///
    /// [`Fault`]s of the header, placed in `section`: no BTF, another byte order or version,
    /// a section outside the blob or over another one.
    pub fn parse(blob: &'a [u8], section: Section) -> crate::btf::Result<Self> {
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
        if bytes.len() < LEN_LEAST {
            return Err(fail(Fault::HeaderLen(header_len)));
        }
        // A longer header than this code knows may only hold zeros there.
        if bytes.iter().skip(LEN_WITH_LAYOUT).any(|&b| b != 0) {
            return Err(fail(Fault::HeaderLen(header_len)));
        }
        // What the header is too short to say is 0, as `btf_parse_hdr()` has it.
        let extent = |at: usize| {
            let mut fields = [0; 8];
            let there = bytes.get(at..).unwrap_or(&[]);
            for (place, &byte) in fields.iter_mut().zip(there) {
                *place = byte;
            }
            Extent {
                off: word(&fields, 0).unwrap_or(0),
                len: word(&fields, 4).unwrap_or(0),
            }
        };
        let (types_at, strs_at) = (extent(8), extent(16));
        // A header that has not all of it names no layout, and one of no bytes lies nowhere.
        let layout_at = Some(extent(24))
            .filter(|layout| bytes.len() >= LEN_WITH_LAYOUT && layout.len != 0)
            .unwrap_or(Extent { off: 0, len: 0 });
        for (a, b) in [
            (types_at, strs_at),
            (types_at, layout_at),
            (strs_at, layout_at),
        ] {
            if a.overlaps(b) {
                return Err(fail(Fault::SectionOverlap));
            }
        }
        let rest = blob.get(bytes.len()..).unwrap_or(&[]);
        let sect = |extent: Extent| {
            let Extent { off, len } = extent;
            part(rest, off, len).ok_or(fail(Fault::SectionBounds { off, len }))
        };
        Ok(Self {
            bytes,
            types: sect(types_at)?,
            strs: sect(strs_at)?,
            layout: Layout::new(sect(layout_at)?),
            types_at,
            strs_at,
            layout_at,
        })
    }

    /// Whether libbpf takes the order of the sections: types, on a grid of four bytes, then the
    /// layout, on one as well and of whole entries, then the strings.
    ///
    /// The kernel takes more than that from a module. What it takes and libbpf does not, no program
    /// can read in `/sys/kernel/btf`.
    pub fn is_orderly(&self) -> bool {
        let (types, layout, strs) = (self.types_at, self.layout_at, self.strs_at);
        let is_before = |a: Extent, b: Extent| a.end() <= u64::from(b.off);
        self.bytes.len() >= LEN
            && types.off % 4 == 0
            && is_before(types, strs)
            && (layout.len == 0
                || layout.off % 4 == 0
                    && self.layout.is_whole()
                    && is_before(types, layout)
                    && is_before(layout, strs))
    }
}

impl Extent {
    /// Where it ends.
    pub fn end(self) -> u64 {
        u64::from(self.off).saturating_add(u64::from(self.len))
    }

    /// Whether the two have a byte in common.
    fn overlaps(self, other: Self) -> bool {
        self.len != 0
            && other.len != 0
            && u64::from(self.off) < other.end()
            && u64::from(other.off) < self.end()
    }
}

/// BTF in the making: a header of which the lengths are still to come, then the types.
pub struct Writer<'a> {
    bytes: Buf<u8>,
    header_len: usize,
    layout: Layout<'a>,
}

impl<'a> Writer<'a> {
    /// Starts with a header as `like` has it, and room for `len` bytes behind it.
    ///
    /// It gets the length that the kernel and libbpf know: odd ones would put the types off their
    /// grid. A layout that libbpf does not take is left out, see [`Layout::is_whole`].
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new(like: &Header<'a>, len: usize) -> crate::btf::Result<Self> {
        let layout = if like.layout.is_whole() {
            like.layout
        } else {
            Layout::default()
        };
        let with_layout = like.bytes.len() >= LEN_WITH_LAYOUT || !layout.bytes().is_empty();
        let header_len = if with_layout { LEN_WITH_LAYOUT } else { LEN };
        let room = len
            .saturating_add(header_len)
            .saturating_add(layout.bytes().len());
        let mut bytes = Buf::with_capacity(room)?;
        bytes.extend_from_slice(&MAGIC.to_ne_bytes())?;
        bytes.extend_from_slice(&[VERSION, 0])?;
        let header = [0; LEN_WITH_LAYOUT];
        bytes.extend_from_slice(header.get(4..header_len).unwrap_or(&[]))?;
        // CAST: A small number.
        let _ = set_word(&mut bytes, 4, header_len as u32);
        Ok(Self {
            bytes,
            header_len,
            layout,
        })
    }

    /// Adds records.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn add(&mut self, records: &[u8]) -> crate::btf::Result {
        Ok(self.bytes.extend_from_slice(records)?)
    }

    /// The records that were added.
    pub fn records(&mut self) -> &mut [u8] {
        self.bytes.get_mut(self.header_len..).unwrap_or(&mut [])
    }

    /// Adds what follows the types, with `strings` as the strings, and sets the header to what
    /// there is: no gap, and the strings last, as the kernel wants it.
    ///
    /// # Errors
    ///
    /// It is too large; no memory.
    pub fn finish<'s>(
        mut self,
        strings: impl Iterator<Item = &'s [u8]>,
    ) -> crate::btf::Result<Buf<u8>> {
        let too_large = Error::new(Section::Split, Place::Header, Fault::TooLarge);
        let since = |bytes: &Buf<u8>, at: usize| {
            let len = bytes.len().checked_sub(at);
            len.and_then(|len| u32::try_from(len).ok()).ok_or(too_large)
        };
        let types_len = since(&self.bytes, self.header_len)?;
        let layout = self.layout.bytes();
        self.bytes.extend_from_slice(layout)?;
        let strs_off = since(&self.bytes, self.header_len)?;
        let strs_at = self.bytes.len();
        for piece in strings {
            self.bytes.extend_from_slice(piece)?;
        }
        let strs_len = since(&self.bytes, strs_at)?;
        let layout_len = u32::try_from(layout.len()).map_err(|_| too_large)?;
        let layout_off = if layout.is_empty() { 0 } else { types_len };
        let fields = [0, types_len, strs_off, strs_len, layout_off, layout_len];
        for (at, value) in (8..self.header_len).step_by(4).zip(fields) {
            let _ = set_word(&mut self.bytes, at, value);
        }
        Ok(self.bytes)
    }
}
