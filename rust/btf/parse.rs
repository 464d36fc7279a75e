// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! From bytes to a view of the types in them.

use super::{
    error::{
        Error,
        Fault,
        NoMemory,
        Place,
        Section, //
    },
    header::{
        Header,
        MAX_NAME_OFFSET,
        MAX_TYPE, //
    },
    kind::Kind,
    record::{
        Layout,
        Record,
        RECORD_LEN, //
    },
    words::{
        index,
        word, //
    },
    Result,
};
use crate::facade::Buf;
use core::ffi::CStr;

/// Bytes of a name that are looked at, its NUL included, as many as the kernel takes for one
/// (`KSYM_NAME_LEN`). A long string that all types share would cost time without bound.
pub const MAX_NAME: usize = 512;

/// Finds type records by their place in the order of types.
///
/// What comes back is looked up in the type section with a check, so that a wrong answer gives
/// a wrong type at worst.
pub trait Locate {
    /// Byte offset, in the type section, of record number `nth` (from 0); [`None`] past the last.
    fn locate(&self, nth: u32) -> Option<usize>;
}

/// Offsets of all records, found by walking them.
pub struct Offsets(Buf<u32>);

impl Offsets {
    /// Walks the records of a type section.
    ///
    /// # Errors
    ///
    /// The section must be made of whole records of known kinds, `first` being the id of the first
    /// one; anything else is a fault of the type that it is seen at.
    fn walk(types: &[u8], layout: Layout<'_>, section: Section, first: u32) -> Result<Self> {
        // Records have about 24 bytes in the mean; growing from there is rare.
        let mut offsets = Buf::with_capacity(types.len() / 20)?;
        let mut rest = types;
        let mut id = first;
        while !rest.is_empty() {
            let fail = |fault| Error::new(section, Place::Type(id), fault);
            if id > MAX_TYPE {
                return Err(fail(Fault::TooLarge));
            }
            let record = Record::read(rest, layout).ok_or_else(|| fail(unreadable(rest)))?;
            // NO-OVERFLOW: `rest` is the end of `types`.
            let at = types.len() - rest.len();
            offsets.push(u32::try_from(at).map_err(|_| fail(Fault::TooLarge))?)?;
            rest = rest.get(record.bytes.len()..).unwrap_or(&[]);
            id += 1;
        }
        Ok(Self(offsets))
    }
}

/// Why no record can be read at the start of `bytes`.
fn unreadable(bytes: &[u8]) -> Fault {
    match word(bytes, 4) {
        Some(info) if Kind::of_info(info) == Kind::Unknown => {
            Fault::UnknownKind((info >> 24) & 0x7f)
        }
        _ => Fault::Truncated,
    }
}

impl Locate for Offsets {
    #[inline]
    fn locate(&self, nth: u32) -> Option<usize> {
        self.0.get(index(nth)).map(|&at| index(at))
    }
}

/// A view of BTF: of the kernel's, of a base or of what is split from one.
///
/// # Invariants
///
/// - Ids from `first` up to `end`, that one excluded, are of this BTF, and `end` is at most
///   `MAX_TYPE + 1`.
/// - The strings are empty or end in a NUL.
///
/// With [`Offsets`], furthermore, every record lies in the type section and has a known size.
/// What a record refers to, types and strings, has *not* been looked at: [`super::rewrite()`] checks
/// every reference as it translates it, and everything else has to ask with `get`.
pub struct Btf<'a, L = Offsets> {
    section: Section,
    header: Header<'a>,
    first: u32,
    end: u32,
    str_start: u32,
    locate: L,
}

impl<'a> Btf<'a> {
    /// Reads BTF that stands on its own: ids start at 1.
    ///
    /// # Errors
    ///
    /// See [`Header::parse`] and [`Btf::parse_split`].
    pub fn parse(blob: &'a [u8], section: Section) -> Result<Self> {
        Self::parse_from(blob, section, 1, 0)
    }

    /// Reads split BTF, whose ids and string offsets go on where those of `base` end.
    ///
    /// # Errors
    ///
    /// A section that the header places outside, types that are not whole or not known, strings
    /// without an end, more of either than ids can name.
    pub fn parse_split<L>(blob: &'a [u8], base: &Btf<'_, L>) -> Result<Self> {
        Self::parse_from(blob, Section::Split, base.end, base.strs_end())
    }

    fn parse_from(blob: &'a [u8], section: Section, first: u32, str_start: u32) -> Result<Self> {
        let header = Header::parse(blob, section)?;
        let locate = Offsets::walk(header.types, header.layout, section, first)?;
        let count = u32::try_from(locate.0.len()).unwrap_or(u32::MAX);
        Self::new(section, header, first, count, str_start, locate)
    }
}

impl<'a, L> Btf<'a, L> {
    /// Makes a view of BTF that stands on its own and whose `count` records `locate` finds.
    ///
    /// # Errors
    ///
    /// As [`Btf::parse`], but the records are not looked at.
    pub fn with_locate(blob: &'a [u8], section: Section, count: u32, locate: L) -> Result<Self> {
        Self::new(section, Header::parse(blob, section)?, 1, count, 0, locate)
    }

    fn new(
        section: Section,
        header: Header<'a>,
        first: u32,
        count: u32,
        str_start: u32,
        locate: L,
    ) -> Result<Self> {
        let fail = |fault| Error::new(section, Place::Header, fault);
        if header.strs.last().is_some_and(|&b| b != 0) {
            return Err(fail(Fault::StringsEnd));
        }
        if str_start == 0 && header.strs.first().is_some_and(|&b| b != 0) {
            return Err(fail(Fault::StringsStart));
        }
        if header.strs.len() > index(MAX_NAME_OFFSET) + 1 {
            return Err(fail(Fault::TooLarge));
        }
        let end = first
            .checked_add(count)
            .filter(|&end| end <= MAX_TYPE + 1)
            .ok_or(fail(Fault::TooLarge))?;
        // INVARIANT: Both checked above.
        Ok(Self {
            section,
            header,
            first,
            end,
            str_start,
            locate,
        })
    }

    /// Which input this is, for errors.
    pub fn section(&self) -> Section {
        self.section
    }

    /// The header and the sections that it names.
    pub fn header(&self) -> &Header<'a> {
        &self.header
    }

    /// Bytes of all of its parts.
    pub fn size(&self) -> usize {
        let h = &self.header;
        let lens = [h.bytes, h.types, h.strs, h.layout.bytes()].map(<[u8]>::len);
        lens.into_iter().fold(0, usize::saturating_add)
    }

    /// Id of the first type.
    #[inline]
    pub fn first(&self) -> u32 {
        self.first
    }

    /// One more than the id of the last type.
    #[inline]
    pub fn end(&self) -> u32 {
        self.end
    }

    /// Number of types.
    pub fn count(&self) -> u32 {
        // NO-OVERFLOW: `end` was made by adding to `first`.
        self.end - self.first
    }

    /// Offset of the first string that is of this BTF and not of its base.
    #[inline]
    pub fn str_start(&self) -> u32 {
        self.str_start
    }

    /// One more than the offset of the last byte of the strings.
    pub fn strs_end(&self) -> u32 {
        let len = u32::try_from(self.header.strs.len()).unwrap_or(u32::MAX);
        self.str_start.saturating_add(len)
    }

    /// The strings from offset `off` on: the one wanted, its NUL and all that follow.
    #[inline]
    pub fn strs_from(&self, off: u32) -> Option<&'a [u8]> {
        let at = off.checked_sub(self.str_start)?;
        self.header.strs.get(index(at)..).filter(|s| !s.is_empty())
    }

    /// The string at offset `off`, however long, without its NUL. Offset 0 stands for no string,
    /// whatever there is.
    pub fn string(&self, off: u32) -> Option<&'a [u8]> {
        if off == 0 {
            return Some(&[]);
        }
        let strs = self.strs_from(off)?;
        CStr::from_bytes_until_nul(strs).ok().map(CStr::to_bytes)
    }

    /// The string at offset `off`, without its NUL; [`None`] if it is too long for a name.
    pub fn name(&self, off: u32) -> Option<&'a [u8]> {
        if off == 0 {
            return Some(&[]);
        }
        let strs = self.strs_from(off)?;
        let here = strs.get(..MAX_NAME).unwrap_or(strs);
        CStr::from_bytes_until_nul(here).ok().map(CStr::to_bytes)
    }

    /// Whether a string starts at offset `off`, rather than goes on there.
    pub fn starts_string(&self, off: u32) -> bool {
        match off.checked_sub(self.str_start) {
            Some(0) => true,
            Some(at) => self.header.strs.get(index(at) - 1) == Some(&0),
            None => false,
        }
    }
}

impl<'a, L: Locate> Btf<'a, L> {
    /// The record of type `id`; [`None`] for an id of another BTF, and for `void`.
    #[inline]
    pub fn record(&self, id: u32) -> Option<Record<'a>> {
        self.read_at(self.place(id)?)
    }

    /// Where in the type section the record of type `id` starts; [`None`] as for [`Self::record`].
    #[inline]
    fn place(&self, id: u32) -> Option<usize> {
        if id >= self.end {
            return None;
        }
        self.locate.locate(id.checked_sub(self.first)?)
    }

    /// The words of `struct btf_type` that start the record of type `id`; [`None`] as for
    /// [`Self::record`].
    #[inline]
    fn head(&self, id: u32) -> Option<&'a [u8; RECORD_LEN]> {
        self.header.types.get(self.place(id)?..)?.first_chunk()
    }

    /// Offset of the name of type `id`, without reading the rest of it.
    #[inline]
    pub fn name_off(&self, id: u32) -> Option<u32> {
        word(self.head(id)?, 0)
    }

    /// The kind of type `id`, without reading the rest of it.
    #[inline]
    pub fn kind(&self, id: u32) -> Option<Kind> {
        Some(Kind::of_info(word(self.head(id)?, 4)?))
    }

    /// The record at offset `at` of the type section.
    #[inline]
    pub fn read_at(&self, at: usize) -> Option<Record<'a>> {
        Record::read(self.header.types.get(at..)?, self.header.layout)
    }

    /// Where in the type section the record of type `id` starts; the end of the section for an id
    /// past the last.
    #[inline]
    pub fn record_at(&self, id: u32) -> usize {
        let nth = id.checked_sub(self.first);
        nth.and_then(|nth| self.locate.locate(nth))
            .unwrap_or(self.header.types.len())
    }

    /// Bytes of the record of type `id`; 0 for an id past the last.
    #[inline]
    pub fn record_len(&self, id: u32) -> usize {
        let end = self.record_at(id.saturating_add(1));
        end.saturating_sub(self.record_at(id))
    }

    /// The records of the types with these ids, as they stand one after the other.
    pub fn records_bytes(&self, ids: core::ops::Range<u32>) -> &'a [u8] {
        let bounds = self.record_at(ids.start)..self.record_at(ids.end);
        self.header.types.get(bounds).unwrap_or(&[])
    }

    /// All types with their ids.
    pub fn records(&self) -> impl Iterator<Item = (u32, Record<'a>)> + '_ {
        (self.first..self.end).filter_map(|id| Some((id, self.record(id)?)))
    }
}

/// A split BTF together with its base, so that any id and any string offset can be looked up.
pub struct Pair<'p, 'a, L> {
    /// The base.
    pub base: &'p Btf<'a, L>,
    /// What is split from it.
    pub split: &'p Btf<'a>,
}

// Whatever `L` is: it is only referred to.
impl<L> Clone for Pair<'_, '_, L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L> Copy for Pair<'_, '_, L> {}

impl<'a, L: Locate> Pair<'_, 'a, L> {
    /// The record of type `id`.
    #[inline]
    pub fn record(&self, id: u32) -> Option<Record<'a>> {
        match id < self.split.first() {
            true => self.base.record(id),
            false => self.split.record(id),
        }
    }

    /// The string at offset `off`.
    pub fn name(&self, off: u32) -> Option<&'a [u8]> {
        match off < self.split.str_start() {
            true => self.base.name(off),
            false => self.split.name(off),
        }
    }
}

impl From<NoMemory> for Fault {
    fn from(_: NoMemory) -> Self {
        Fault::NoMemory
    }
}
