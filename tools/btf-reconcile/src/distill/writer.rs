// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Putting BTF together, record by record.

use super::select::Share;
use crate::{
    btf::{
        fields::translate,
        Error,
        Fault,
        Id,
        Kind,
        New,
        Off,
        Place,
        Record,
        Section,
        Split,
        MAX_NAME_OFFSET, //
    },
    elf::BTF_MAGIC,
};
use std::collections::HashMap;

/// Bytes of a header without a layout section.
const HEADER_LEN: u32 = 24;
/// Bytes of a header with one.
const HEADER_LEN_LAYOUT: u32 = 32;

/// Strings, each of them once.
pub struct Strings {
    bytes: Vec<u8>,
    start: u32,
    known: HashMap<Vec<u8>, u32>,
}

impl Strings {
    /// The strings of a base: the empty one.
    pub fn of_base() -> Self {
        Self {
            bytes: vec![0],
            start: 0,
            known: HashMap::new(),
        }
    }

    /// Strings that go on from those of `base`, to start with `own`.
    pub fn of_split(base: &Strings, own: &[u8]) -> Self {
        Self {
            bytes: own.to_vec(),
            start: base.end(),
            known: base.known.clone(),
        }
    }

    /// One more than the offset of the last byte.
    pub fn end(&self) -> u32 {
        let len = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        self.start.saturating_add(len)
    }

    /// The offset of the string at byte `at` of those that it started with.
    pub fn at(&self, at: usize) -> Option<Off<Split>> {
        let at = u32::try_from(at).ok()?;
        Off::new(self.start.saturating_add(at))
    }

    /// The offset of `string`, which is added if it is not there yet.
    ///
    /// # Errors
    ///
    /// Too many strings.
    pub fn add(&mut self, string: &[u8]) -> Result<Option<Off<Split>>, Fault> {
        if string.is_empty() {
            return Ok(None);
        }
        if let Some(&known) = self.known.get(string) {
            return Ok(Off::new(known));
        }
        let at = self.end();
        if at > MAX_NAME_OFFSET {
            return Err(Fault::TooLarge);
        }
        self.bytes.extend_from_slice(string);
        self.bytes.push(0);
        self.known.insert(string.to_vec(), at);
        Ok(Off::new(at))
    }
}

/// BTF in the making.
pub struct Writer<'a> {
    section: Section,
    types: Vec<u8>,
    layout: &'a [u8],
}

impl<'a> Writer<'a> {
    /// Starts `section` without types; `layout` tells how to size kinds that are not known.
    pub fn new(section: Section, layout: &'a [u8]) -> Self {
        Self {
            section,
            types: Vec::new(),
            layout,
        }
    }

    /// Adds a record, as much as `share` says of it, which had the id `id`. `string` and `type_id`
    /// translate what it refers to.
    ///
    /// # Errors
    ///
    /// What one of the two has.
    pub fn add(
        &mut self,
        (id, record): (Id<New>, Record<'_, New>),
        share: Share,
        mut string: impl FnMut(Off<New>) -> Result<Option<Off<Split>>, Fault>,
        type_id: impl FnMut(Id<New>) -> Result<Option<Id<Split>>, Fault>,
    ) -> crate::btf::Result {
        let section = self.section;
        let fail = |fault| Error::new(section, Place::Type(id.number()), fault);
        if share != Share::Whole {
            let name = match record.name() {
                Some(off) => string(off).map_err(fail)?,
                None => None,
            };
            let info = kind_and_flag(&record, share);
            let size = match share {
                Share::Declared => 0,
                _ => record.size(),
            };
            for word in [name.map_or(0, Off::number), info, size] {
                self.types.extend_from_slice(&word.to_ne_bytes());
            }
            return Ok(());
        }
        let from = self.types.len();
        self.types.extend_from_slice(record.bytes());
        let added = self.types.get_mut(from..).unwrap_or_default();
        translate(added, string, type_id).map_err(fail)
    }

    /// Puts the sections together.
    ///
    /// # Errors
    ///
    /// They are too large.
    pub fn finish(self, strings: &Strings) -> crate::btf::Result<Vec<u8>> {
        let fault = Error::new(self.section, Place::Header, Fault::TooLarge);
        let word = |n: usize| u32::try_from(n).map_err(|_| fault);
        let header_len = if self.layout.is_empty() {
            HEADER_LEN
        } else {
            HEADER_LEN_LAYOUT
        };
        let (types, layout) = (word(self.types.len())?, word(self.layout.len())?);
        let strs_at = types.checked_add(layout).ok_or(fault)?;
        let strs = word(strings.bytes.len())?;
        let mut out = Vec::new();
        out.extend_from_slice(&BTF_MAGIC.to_ne_bytes());
        out.extend_from_slice(&[1, 0]);
        for field in [header_len, 0, types, strs_at, strs] {
            out.extend_from_slice(&field.to_ne_bytes());
        }
        if header_len == HEADER_LEN_LAYOUT {
            out.extend_from_slice(&types.to_ne_bytes());
            out.extend_from_slice(&layout.to_ne_bytes());
        }
        out.extend_from_slice(&self.types);
        out.extend_from_slice(self.layout);
        out.extend_from_slice(&strings.bytes);
        Ok(out)
    }
}

/// The second word of a record that does not say all of its type.
fn kind_and_flag(record: &Record<'_, New>, share: Share) -> u32 {
    let (kind, flag) = match (share, record.kind()) {
        (Share::Declared, kind) => (Kind::Fwd, kind == Kind::Union),
        // Without values, the width of values is that of the whole.
        (_, Kind::Enum64) => (Kind::Enum, false),
        (_, kind) => (kind, false),
    };
    (u32::from(flag) << 31) | (u32::from(kind as u8) << 24)
}
