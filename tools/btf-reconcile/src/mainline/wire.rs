// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The header of BTF and what it says the sections are.
//!
//! `btf_parse_hdr()`, `btf_check_sec_info()` and `btf_parse_str_sec()` in `kernel/bpf/btf.c`.
//! `btf_parse_layout_sec()` and the alignment of types belong to BTF that programs bring: of a
//! module's they are not asked.

use super::stop::{
    Stop,
    E2BIG,
    EINVAL,
    ENOTSUPP, //
};

/// `sizeof(struct btf_header)`.
const HEADER: usize = 32;
const MAGIC: u16 = 0xeb9f;
/// The largest offset of a string, `BTF_MAX_NAME_OFFSET`.
pub const MAX_NAME_OFFSET: u32 = 0x00ff_ffff;

/// The sections of BTF that a module needs.
#[derive(Clone, Copy)]
pub struct Sections<'a> {
    /// Records of types.
    pub types: &'a [u8],
    /// Strings. They end with a NUL if there are any.
    pub strings: &'a [u8],
}

/// A header as the kernel copies it: what a short one lacks is 0.
struct Header([u8; HEADER]);

impl Header {
    fn u16(&self, at: usize) -> u16 {
        u16::from_ne_bytes([self.0[at], self.0[at + 1]])
    }

    fn u32(&self, at: usize) -> u32 {
        word(&self.0, at).unwrap_or(0)
    }

    fn len(&self) -> u32 {
        self.u32(4)
    }

    /// Offset and length of a section, whose fields start at `at`.
    fn section(&self, at: usize) -> (u32, u32) {
        (self.u32(at), self.u32(at + 4))
    }

    fn types(&self) -> (u32, u32) {
        self.section(8)
    }

    fn strings(&self) -> (u32, u32) {
        self.section(16)
    }

    fn layout(&self) -> (u32, u32) {
        self.section(24)
    }

    /// Whether it is long enough to tell of a layout section.
    fn is_long(&self) -> bool {
        size(self.len()) >= HEADER
    }
}

/// Finds the sections of `blob`, which is split from something or stands on its own.
///
/// # Errors
///
/// What the kernel refuses it for.
pub fn sections(blob: &[u8], is_split: bool) -> Result<Sections<'_>, Stop> {
    let header = header(blob, is_split)?;
    // The length as copied: of a header of less than 8 bytes it is not all there.
    let after = blob.get(size(header.len())..).unwrap_or_default();
    partition(&header, after)?;
    let cut = |(off, len): (u32, u32)| {
        let rest = after.get(size(off)..).unwrap_or_default();
        rest.get(..size(len)).unwrap_or_default()
    };
    let strings = cut(header.strings());
    let ends_behind = header.strings().0.wrapping_add(header.strings().1);
    if !header.is_long() && size(ends_behind) != after.len() {
        return Err(invalid("String section is not at the end"));
    }
    let may_be_empty = is_split && strings.is_empty();
    let is_good = strings.last() == Some(&0)
        && size(MAX_NAME_OFFSET) >= strings.len() - 1
        && (is_split || strings[0] == 0);
    if !may_be_empty && !is_good {
        return Err(invalid("Invalid string section"));
    }
    Ok(Sections {
        types: cut(header.types()),
        strings,
    })
}

/// Reads the header and checks all in it but the sections.
fn header(blob: &[u8], is_split: bool) -> Result<Header, Stop> {
    let len = word(blob, 4).ok_or_else(|| invalid("hdr_len not found"))?;
    let all = blob
        .get(..size(len))
        .ok_or_else(|| invalid("btf_header not found"))?;
    if all.iter().skip(HEADER).any(|&b| b != 0) {
        return Err(Stop::refuses(E2BIG, "header: Unsupported btf_header"));
    }
    let mut header = Header([0; HEADER]);
    for (to, from) in header.0.iter_mut().zip(all) {
        *to = *from;
    }
    if header.u16(0) != MAGIC {
        return Err(invalid("Invalid magic"));
    }
    let (version, flags) = (header.0[2], header.0[3]);
    if version != 1 {
        return Err(Stop::refuses(ENOTSUPP, "header: Unsupported version"));
    }
    if flags != 0 {
        return Err(Stop::refuses(ENOTSUPP, "header: Unsupported flags"));
    }
    if !is_split && blob.len() == size(header.len()) {
        return Err(invalid("No data"));
    }
    Ok(header)
}

/// Checks that the sections lie one behind the other and that nothing else is there.
fn partition(header: &Header, after: &[u8]) -> Result<(), Stop> {
    let mut sections = vec![header.types(), header.strings()];
    if header.is_long() && header.layout().1 != 0 {
        sections.push(header.layout());
    }
    // The kernel's order is another for offsets that are 2 GiB apart, but it refuses those as well.
    sections.sort_unstable();
    let mut total = 0;
    for (off, len) in sections {
        let (off, len) = (size(off), size(len));
        if off > after.len() {
            return Err(invalid("Invalid section offset"));
        }
        if total < off {
            return Err(invalid("Unsupported section found"));
        }
        if total > off {
            return Err(invalid("Section overlap found"));
        }
        if after.len() - total < len {
            return Err(invalid("Total section length too long"));
        }
        total += len;
    }
    if total != after.len() {
        return Err(invalid("Unsupported section found"));
    }
    Ok(())
}

fn invalid(why: &str) -> Stop {
    Stop::refuses(EINVAL, format!("header: {why}"))
}

/// The `u32` at byte offset `at`.
pub fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_ne_bytes(*bytes))
}

/// A number of 32 bits as a size in memory.
pub fn size(n: u32) -> usize {
    // CAST: The program is for machines of 32 bits or more.
    n as usize
}
