// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! A view of the types and strings in BTF.

use super::{
    header::{
        Header,
        EMPTY, //
    },
    kind::Kind,
    locate::{
        Locate,
        Offsets, //
    },
    record::{
        Record,
        RECORD_LEN, //
    },
    words::{
        index,
        string_len,
        word, //
    },
};
use crate::btf::{
    error::{
        Error,
        Fault,
        Place,
        Section, //
    },
    limits::{
        MAX_NAME,
        MAX_NAME_OFFSET,
        MAX_TYPE, //
    },
    number::{
        Base,
        Id,
        Kernel,
        Off,
        Space, //
    },
    Result,
};
use core::ffi::CStr;

/// A view of BTF whose numbers are of space `S`: of the kernel's, of a base or of what is split
/// from one.
///
/// # Invariants
///
/// - Ids from `first` up to `end`, that one excluded, are of this BTF, and `end` is at most
///   `MAX_TYPE + 1`.
/// - The strings are empty or end in a NUL.
///
/// With [`Offsets`], furthermore, every record lies in the type section and has a known size.
/// What a record refers to, types and strings, has *not* been looked at: everything asks with
/// `get`.
pub struct Btf<'a, S, L = Offsets> {
    section: Section,
    header: Header<'a>,
    first: Id<S>,
    end: Id<S>,
    str_start: u32,
    locate: L,
}

impl<'a> Btf<'a, Kernel> {
    /// Reads BTF of a kernel.
    ///
    /// # Errors
    ///
    /// See [`Header::parse`] and [`Btf::parse_split`].
    pub fn parse_kernel(blob: &'a [u8]) -> Result<Self> {
        Self::parse_from(blob, Section::Vmlinux, Id::FIRST, 0)
    }
}

impl<'a> Btf<'a, Base> {
    /// Reads a base that a module carries; `section` says which of the two forms it is.
    ///
    /// # Errors
    ///
    /// See [`Header::parse`] and [`Btf::parse_split`].
    pub fn parse_base(blob: &'a [u8], section: Section) -> Result<Self> {
        Self::parse_from(blob, section, Id::FIRST, 0)
    }

    /// The base of BTF that stands on its own: there is nothing in it, so that what is split from
    /// it has ids from 1 and strings from 0 on.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn nothing() -> Result<Self> {
        let (section, first) = (Section::Base, Id::FIRST);
        let header = Header::parse(&EMPTY, section)?;
        let locate = Offsets::walk(&header, section, first)?;
        // INVARIANT: There are no types and no strings.
        Ok(Self {
            section,
            header,
            first,
            end: first,
            str_start: 0,
            locate,
        })
    }
}

impl<'a, S: Space> Btf<'a, S> {
    /// Reads split BTF, whose ids and string offsets go on where those of `base` end.
    ///
    /// # Errors
    ///
    /// A section that the header places outside, types that are not whole or not known, strings
    /// without an end, more of either than ids can name.
    pub fn parse_split<L>(blob: &'a [u8], base: &Btf<'_, S::Base, L>) -> Result<Self> {
        let first = Id::of_base(base.end);
        Self::parse_from(blob, Section::Split, first, base.strs_end())
    }

    /// The same, read as what is split from `base`; the records stand where they did.
    ///
    /// # Errors
    ///
    /// More types or strings than ids can name; no memory.
    pub fn onto<T: Space, L>(&self, base: &Btf<'_, T::Base, L>) -> Result<Btf<'a, T>> {
        Btf::new(
            self.section,
            self.header,
            Id::of_base(base.end),
            self.count(),
            base.strs_end(),
            self.locate.copy()?,
        )
    }

    fn parse_from(blob: &'a [u8], section: Section, first: Id<S>, str_start: u32) -> Result<Self> {
        let header = Header::parse(blob, section)?;
        let locate = Offsets::walk(&header, section, first)?;
        let count = locate.count();
        Self::new(section, header, first, count, str_start, locate)
    }
}

impl<'a, L> Btf<'a, Kernel, L> {
    /// Makes a view of a kernel's BTF whose `count` records `locate` finds.
    ///
    /// # Errors
    ///
    /// As [`Btf::parse_kernel`], but the records are not looked at.
    pub fn with_locate(blob: &'a [u8], count: u32, locate: L) -> Result<Self> {
        let header = Header::parse(blob, Section::Vmlinux)?;
        Self::new(Section::Vmlinux, header, Id::FIRST, count, 0, locate)
    }
}

impl<'a, S: Space, L> Btf<'a, S, L> {
    fn new(
        section: Section,
        header: Header<'a>,
        first: Id<S>,
        count: u32,
        str_start: u32,
        locate: L,
    ) -> Result<Self> {
        let fail = |fault| Error::new(section, Place::Header, fault);
        if header.strs.last().is_some_and(|&b| b != 0) {
            return Err(fail(Fault::StringsEnd));
        }
        // What stands on its own has at least the empty string, and that first.
        if str_start == 0 {
            match header.strs.first() {
                None => return Err(fail(Fault::NoStrings)),
                Some(0) => {}
                Some(_) => return Err(fail(Fault::StringsStart)),
            }
        }
        if header.strs.len().saturating_sub(1) > index(MAX_NAME_OFFSET) {
            return Err(fail(Fault::TooLarge));
        }
        let end = first
            .forward(count)
            .filter(|end| end.number().saturating_sub(1) <= MAX_TYPE)
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

    /// What is wrong at type `id`, as an error.
    #[cold]
    pub fn at_type(&self, id: Id<S>, fault: Fault) -> Error {
        Error::new(self.section, Place::Type(id.number()), fault)
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
    pub fn first(&self) -> Id<S> {
        self.first
    }

    /// The id behind that of the last type.
    #[inline]
    pub fn end(&self) -> Id<S> {
        self.end
    }

    /// The ids of all types.
    #[inline]
    pub fn ids(&self) -> impl DoubleEndedIterator<Item = Id<S>> + Clone {
        self.first.up_to(self.end)
    }

    /// Number of types.
    pub fn count(&self) -> u32 {
        self.end.behind(self.first).unwrap_or(0)
    }

    /// Which type `id` is, counted from 0; [`None`] for one of the base.
    #[inline]
    pub fn nth(&self, id: Id<S>) -> Option<usize> {
        id.behind(self.first).map(index)
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

    /// Where among the strings of this BTF offset `off` lies; [`None`] for one of the base.
    #[inline]
    pub fn str_place(&self, off: Off<S>) -> Option<usize> {
        off.number().checked_sub(self.str_start).map(index)
    }

    /// The strings from offset `off` on: the one wanted, its NUL and all that follow.
    #[inline]
    pub fn strs_from(&self, off: Off<S>) -> Option<&'a [u8]> {
        let at = self.str_place(off)?;
        self.header.strs.get(at..).filter(|s| !s.is_empty())
    }

    /// The string at `off`, however long, without its NUL.
    pub fn string(&self, off: Off<S>) -> Option<&'a [u8]> {
        let strs = self.strs_from(off)?;
        CStr::from_bytes_until_nul(strs).ok().map(CStr::to_bytes)
    }

    /// The name at `off`, empty where there is none; [`None`] where there is no string, or one that
    /// is too long for a name: a long one that all types share would cost time without bound.
    #[inline]
    pub fn name(&self, off: Option<Off<S>>) -> Option<&'a [u8]> {
        let Some(off) = off else {
            return Some(&[]);
        };
        let strs = self.strs_from(off)?;
        let here = strs.get(..=MAX_NAME).unwrap_or(strs);
        let len = string_len(here);
        here.get(len).and_then(|_| here.get(..len))
    }

    /// Whether a string starts at `off`, rather than goes on there.
    #[inline]
    pub fn starts_string(&self, off: Off<S>) -> bool {
        match self.str_place(off) {
            Some(at) => match at.checked_sub(1) {
                None => true,
                Some(before) => self.header.strs.get(before) == Some(&0),
            },
            None => false,
        }
    }
}

impl<'a, S: Space, L: Locate> Btf<'a, S, L> {
    /// The record of type `id`; [`None`] for an id of another BTF.
    #[inline]
    pub fn record(&self, id: Id<S>) -> Option<Record<'a, S>> {
        self.read_at(self.place(id)?)
    }

    /// Where in the type section the record of type `id` starts; [`None`] as for [`Self::record`].
    #[inline]
    fn place(&self, id: Id<S>) -> Option<usize> {
        if id >= self.end {
            return None;
        }
        self.locate.locate(id.behind(self.first)?)
    }

    /// The words of `struct btf_type` that start the record of type `id`; [`None`] as for
    /// [`Self::record`].
    #[inline]
    fn head(&self, id: Id<S>) -> Option<&'a [u8; RECORD_LEN]> {
        self.header.types.get(self.place(id)?..)?.first_chunk()
    }

    /// The name of type `id`, if it has one, without reading the rest of it.
    #[inline]
    pub fn name_of(&self, id: Id<S>) -> Option<Off<S>> {
        Off::new(word(self.head(id)?, 0)?)
    }

    /// The kind and the name of type `id`, without reading the rest of it.
    #[inline]
    pub fn kind_and_name(&self, id: Id<S>) -> Option<(Kind, Option<Off<S>>)> {
        let head = self.head(id)?;
        Some((Kind::of_info(word(head, 4)?), Off::new(word(head, 0)?)))
    }

    /// The name of the type whose record stands at offset `at` of the type section, if it has one.
    #[inline]
    pub fn name_at(&self, at: usize) -> Option<Off<S>> {
        Off::new(word(self.header.types.get(at..)?, 0)?)
    }

    /// The kind of type `id`, without reading the rest of it.
    #[inline]
    pub fn kind(&self, id: Id<S>) -> Option<Kind> {
        Some(Kind::of_info(word(self.head(id)?, 4)?))
    }

    /// The record at offset `at` of the type section.
    #[inline]
    pub fn read_at(&self, at: usize) -> Option<Record<'a, S>> {
        Record::read(self.header.types.get(at..)?, self.header.layout)
    }

    /// All types with their ids, read one after the other: to look each up by its id would take
    /// longer.
    #[inline]
    pub fn walk(&self) -> impl Iterator<Item = (Id<S>, Record<'a, S>)> + '_ {
        let (mut next, mut at) = (self.first, 0usize);
        core::iter::from_fn(move || {
            let record = self.read_at(at)?;
            let id = next;
            next = id.next();
            // No more than there are bytes.
            at = at.wrapping_add(record.bytes().len());
            Some((id, record))
        })
    }

    /// Where in the type section the record of type `id` starts; the end of the section for an id
    /// past the last.
    #[inline]
    pub fn record_at(&self, id: Id<S>) -> usize {
        let nth = id.behind(self.first);
        nth.and_then(|nth| self.locate.locate(nth))
            .unwrap_or(self.header.types.len())
    }

    /// Bytes of the record of type `id`; 0 for an id past the last.
    #[inline]
    pub fn record_len(&self, id: Id<S>) -> usize {
        let end = self.record_at(id.next());
        end.saturating_sub(self.record_at(id))
    }

    /// The records of the types from `from` up to `to`, as they stand one after the other.
    pub fn records_bytes(&self, from: Id<S>, to: Id<S>) -> &'a [u8] {
        let bounds = self.record_at(from)..self.record_at(to);
        self.header.types.get(bounds).unwrap_or(&[])
    }

    /// All types with their ids.
    pub fn records(&self) -> impl Iterator<Item = (Id<S>, Record<'a, S>)> + '_ {
        self.ids().filter_map(|id| Some((id, self.record(id)?)))
    }
}

impl<S: Space> Btf<'_, S> {
    /// Bytes of the records of the types from `from` up to `to`, one after the other.
    ///
    /// They are looked up, rather than read in the records: that would make each wait for the
    /// memory of the last.
    #[inline]
    pub fn record_lens(&self, from: Id<S>, to: Id<S>) -> impl Iterator<Item = usize> + '_ {
        let nths = self.nth(from).unwrap_or(0)..self.nth(to).unwrap_or(0);
        let starts = self.locate.all().get(nths).unwrap_or(&[]);
        let end = self.record_at(to);
        let mut rest = starts.iter();
        let mut next = rest.next().map(|&at| index(at));
        core::iter::from_fn(move || {
            let at = next?;
            next = rest.next().map(|&at| index(at));
            // They ascend.
            Some(next.unwrap_or(end).wrapping_sub(at))
        })
    }
}
