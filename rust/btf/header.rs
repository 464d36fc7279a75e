// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The header of BTF, and the sections that it names.
//!
//! All integers are in the byte order of the machine that the BTF describes; this code reads its
//! own byte order only, and [`Header::parse`] tells the other by the magic.
//!
//! C header: [`include/uapi/linux/btf.h`](srctree/include/uapi/linux/btf.h)

use super::{
    error::{
        Error,
        Fault,
        Place,
        Section, //
    },
    record::Layout,
    words::{
        part,
        word, //
    },
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
            layout: Layout::new(sect(layout)?),
        })
    }
}

/// Whether two parts of a blob, given by offset and length, have a byte in common.
fn overlap(a: (u32, u32), b: (u32, u32)) -> bool {
    let end = |(off, len)| u64::from(off) + u64::from(len);
    a.1 != 0 && b.1 != 0 && u64::from(a.0) < end(b) && u64::from(b.0) < end(a)
}
