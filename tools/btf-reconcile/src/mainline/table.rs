// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The types of BTF by their ids, as the kernel's `struct btf` has them.

use super::{
    kind,
    metas::{
        self,
        MAX_TYPE, //
    },
    names::Strings,
    stop::{
        Stop,
        EINVAL,
        ELOOP, //
    },
    wire::{
        sections,
        size,
        word,
        Sections, //
    },
};
use std::borrow::Cow;

/// One record. Of what is not there all is 0, as of void.
#[derive(Clone, Copy)]
pub struct Type<'a>(&'a [u8]);

impl<'a> Type<'a> {
    /// The record at the start of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The word at byte offset `at`.
    pub fn at(&self, at: usize) -> u32 {
        word(self.0, at).unwrap_or(0)
    }

    /// Offset of the name.
    pub fn name_off(&self) -> u32 {
        self.at(0)
    }

    /// Kind, flag and number of elements.
    pub fn info(&self) -> u32 {
        self.at(4)
    }

    /// Its kind.
    pub fn kind(&self) -> u32 {
        (self.info() >> 24) & 0x7f
    }

    /// Its kind flag.
    pub fn flag(&self) -> bool {
        self.info() >> 31 != 0
    }

    /// How many elements it has, or what else some kinds keep in that place.
    pub fn vlen(&self) -> u32 {
        self.info() & 0x00ff_ffff
    }

    /// The same, as a number of things in memory.
    pub fn elements(&self) -> usize {
        size(self.vlen())
    }

    /// Bytes of the whole record.
    pub fn record_len(&self) -> usize {
        let (once, each) = kind::tail(self.kind());
        12 + once + each * self.elements()
    }

    /// Its size, or the id that it refers to.
    pub fn third(&self) -> u32 {
        self.at(8)
    }

    /// Word `n` of what follows the first three.
    pub fn tail(&self, n: usize) -> u32 {
        self.at(12 + 4 * n)
    }

    /// The encoding of an INT.
    pub fn encoding(&self) -> u32 {
        (self.tail(0) >> 24) & 0xf
    }

    /// What follows the first three words, three by three.
    pub fn triples(self) -> impl Iterator<Item = [u32; 3]> + 'a {
        let elements = 0..self.elements();
        elements.map(move |n| [0, 1, 2].map(|nth| self.tail(n * 3 + nth)))
    }

    /// Where ids stand in it, in bytes.
    pub fn ids(&self) -> impl Iterator<Item = usize> {
        kind::ids(self.kind()).of(self.kind(), self.elements())
    }

    /// Where offsets of strings stand in it, in bytes.
    pub fn strings(&self) -> impl Iterator<Item = usize> {
        kind::strings(self.kind()).of(self.kind(), self.elements())
    }
}

/// BTF whose records have been checked one by one.
pub struct Table<'a> {
    /// The section, for messages.
    pub section: &'static str,
    base: Option<&'a Table<'a>>,
    /// Records.
    pub types: Cow<'a, [u8]>,
    /// Where each record starts.
    starts: Vec<u32>,
    /// Strings.
    pub strings: Strings<'a>,
    /// The id of the first record, or of void.
    first: u32,
    /// Ids that there are, that of void included where it counts.
    count: u32,
}

impl<'a> Table<'a> {
    /// Reads and checks what is in the section of this name.
    ///
    /// # Errors
    ///
    /// What the kernel refuses it for.
    pub fn parse(
        section: &'static str,
        found: Sections<'a>,
        base: Option<&'a Table<'a>>,
    ) -> Result<Self, Stop> {
        let at = |stop: Stop| stop.at(section);
        let strings = Strings {
            base: base.map_or(&[], |base| base.strings.own),
            own: found.strings,
        };
        let mut table = Self {
            section,
            base,
            types: found.types.into(),
            starts: Vec::new(),
            strings,
            first: base.map_or(0, |base| base.count),
            count: 0,
        };
        table.read(found.types).map_err(at)?;
        table.check_chains().map_err(at)?;
        Ok(table)
    }

    /// What a kernel has: it was checked when that was built.
    ///
    /// # Errors
    ///
    /// It has no such sections.
    pub fn vmlinux(blob: &'a [u8]) -> Result<Self, Stop> {
        let found = sections(blob, false)?;
        let mut table = Self {
            section: "vmlinux",
            base: None,
            types: found.types.into(),
            starts: Vec::new(),
            strings: Strings {
                base: &[],
                own: found.strings,
            },
            first: 0,
            count: 1,
        };
        let mut at = 0;
        while let Some(rest) = found.types.get(at..).filter(|rest| !rest.is_empty()) {
            table.starts.push(as_id(at)?);
            table.count += 1;
            at += Type::new(rest).record_len();
        }
        Ok(table)
    }

    /// What becomes of `old` with these records, of the same sizes, its own strings, and another
    /// base.
    pub fn rebased(old: &Table<'_>, types: Vec<u8>, own: &'a [u8], base: &'a Table<'a>) -> Self {
        Self {
            section: old.section,
            base: Some(base),
            types: types.into(),
            starts: old.starts.clone(),
            strings: Strings {
                base: base.strings.own,
                own,
            },
            first: base.count,
            count: old.count,
        }
    }

    /// The id behind the last.
    pub fn end(&self) -> u32 {
        self.first + self.count
    }

    /// 1 where void counts as the first of its types, or else 0.
    fn void(&self) -> u32 {
        u32::from(self.base.is_none())
    }

    /// The id of its first record.
    fn first_own(&self) -> u32 {
        self.first + self.void()
    }

    /// The type with this id, if there is one.
    pub fn get(&self, id: u32) -> Option<Type<'_>> {
        let Some(nth) = id.checked_sub(self.first) else {
            return self.base?.get(id);
        };
        if nth >= self.count {
            return None;
        }
        Some(match nth.checked_sub(self.void()) {
            None => Type::new(&[]),
            Some(nth) => Type::new(self.record(size(nth))),
        })
    }

    /// Its own types with their ids.
    pub fn own(&self) -> impl Iterator<Item = (u32, Type<'_>)> {
        (self.first_own()..self.end())
            .zip(0..)
            .map(|(id, nth)| (id, Type::new(self.record(nth))))
    }

    /// Where the records of its own types start.
    pub fn starts(&self) -> &[u32] {
        &self.starts
    }

    fn record(&self, nth: usize) -> &[u8] {
        let start = self.starts.get(nth).map_or(0, |&start| size(start));
        let end = self.starts.get(nth + 1).map(|&end| size(end));
        let end = end.unwrap_or(self.types.len());
        self.types.get(start..end).unwrap_or_default()
    }

    /// `btf_check_all_metas()`.
    fn read(&mut self, types: &[u8]) -> Result<(), Stop> {
        let mut room = Room::default();
        let mut at = 0;
        let mut id = self.first_own();
        while let Some(rest) = types.get(at..).filter(|rest| !rest.is_empty()) {
            let len = metas::check(rest, &self.strings);
            let len = len.map_err(|stop| stop.at(format!("type [{id}]")))?;
            if room.add(self.first, self.base.is_none())? {
                self.starts.push(as_id(at)?);
            }
            at += len;
            id = id.saturating_add(1);
        }
        self.count = room.used;
        Ok(())
    }

    /// `btf_check_modifier_chain_length()`.
    fn check_chains(&self) -> Result<(), Stop> {
        let first = self.first_own();
        // One before the first id: of the first one after no types at all, every id is good.
        let mut good = first.wrapping_sub(1);
        for id in first..self.end() {
            let at = |stop: Stop| stop.at(format!("type [{id}]"));
            let mut links = 0;
            let mut to = id;
            let mut kind = self.get(id).map_or(kind::VOID, |t| t.kind());
            let is_chain = kind::is_modifier(kind);
            while kind::is_modifier(kind) {
                if links == 32 {
                    let why = "Max chain length or cycle detected";
                    return Err(at(Stop::refuses(ELOOP, why)));
                }
                links += 1;
                if to <= good {
                    break;
                }
                to = self.get(to).map_or(0, |t| t.third());
                let next = self.get(to).ok_or_else(|| {
                    let why = format!("leads to type [{to}], which is none");
                    at(Stop::refuses(EINVAL, why))
                })?;
                kind = next.kind();
            }
            if is_chain {
                good = id;
            }
        }
        Ok(())
    }
}

/// A number of bytes that a section can have.
fn as_id(at: usize) -> Result<u32, Stop> {
    u32::try_from(at).map_err(|_| Stop::refuses(EINVAL, "a section of 4 GiB or more"))
}

/// The table of types that the kernel lets grow, in `btf_add_type()`.
#[derive(Default)]
struct Room {
    size: u32,
    used: u32,
}

impl Room {
    /// Makes room for one more type; gives whether there is any. Nobody looks at the error where
    /// there is not, so that the kernel goes on without the type.
    fn add(&mut self, first: u32, with_void: bool) -> Result<bool, Stop> {
        if self.size == self.used {
            if first.wrapping_add(self.size) == MAX_TYPE {
                return Ok(false);
            }
            let more = (self.size >> 2).max(16);
            self.size = self.size.saturating_add(more).min(MAX_TYPE);
            if self.used == 0 && with_void {
                self.used = 1;
            }
            if self.used >= self.size {
                let why = format!("writes type {} behind a table of {}", self.used, self.size);
                return Err(Stop::outside(why));
            }
        }
        self.used += 1;
        Ok(true)
    }
}
