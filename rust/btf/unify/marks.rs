// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which types stay when copies go.

use super::{
    is_named,
    is_own,
    Copies, //
};
use crate::{
    btf::{
        fields::Ids,
        kind::Kind,
        parse::{
            Btf,
            Locate, //
        },
        words::index,
        Result, //
    },
    facade::Buf,
};

/// It stays for its own sake.
const ROOT: u8 = 1;
/// It stays because something that stays refers to it.
const REACHED: u8 = 2;
/// Something that does not stay refers to it.
const LEFT: u8 = 4;
/// It is a copy, and does not stay.
const COPY: u8 = 8;

/// Which types stay.
pub struct Marks<'p, 'a> {
    split: &'p Btf<'a>,
    /// One for each type.
    marks: Buf<u8>,
    /// Types that stay whose references are still to be followed.
    waiting: Buf<u32>,
}

impl<'p, 'a> Marks<'p, 'a> {
    /// Marks what has a name or is the module's own, and all that it refers to; and what nothing
    /// referred to in the first place. Copies do not stay.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new<L: Locate>(copies: &Copies<'p, 'a, L>) -> Result<Self> {
        let split = copies.types().split;
        let mut this = Self {
            split,
            marks: Buf::filled(index(split.count()), 0)?,
            waiting: Buf::new(),
        };
        let ids = || split.first()..split.end();
        for id in ids() {
            if copies.kernels(id).is_some() {
                this.mark(id, COPY);
            } else if is_root(split, id) {
                this.mark(id, ROOT);
            }
        }
        for id in ids() {
            if this.get(id) & ROOT != 0 {
                this.follow(id)?;
            }
        }
        let mut any = false;
        for id in ids() {
            if this.stays(id) {
                continue;
            }
            any |= this.get(id) & COPY == 0;
            if let Some(record) = split.record(id) {
                for below in Ids::of(&record).values(&record) {
                    this.mark(below, LEFT);
                }
            }
        }
        if any {
            for id in ids() {
                if this.get(id) == 0 {
                    this.mark(id, ROOT);
                    this.follow(id)?;
                }
            }
        }
        Ok(this)
    }

    /// Marks all that type `id`, which stays, leads to.
    fn follow(&mut self, id: u32) -> Result {
        let mut at = self.split.record(id);
        while let Some(record) = at {
            for id in Ids::of(&record).values(&record) {
                let nth = index(id.wrapping_sub(self.split.first()));
                if let Some(mark) = self.marks.get_mut(nth) {
                    if *mark & (ROOT | REACHED | COPY) == 0 {
                        *mark |= REACHED;
                        self.waiting.push(id)?;
                    }
                }
            }
            at = self.waiting.pop().and_then(|id| self.split.record(id));
        }
        Ok(())
    }

    /// Whether type `id` stays.
    #[inline]
    pub fn stays(&self, id: u32) -> bool {
        self.get(id) & (ROOT | REACHED) != 0
    }

    fn get(&self, id: u32) -> u8 {
        let nth = index(id.wrapping_sub(self.split.first()));
        self.marks.get(nth).copied().unwrap_or(0)
    }

    fn mark(&mut self, id: u32, mark: u8) {
        let nth = index(id.wrapping_sub(self.split.first()));
        if let Some(place) = self.marks.get_mut(nth) {
            *place |= mark;
        }
    }
}

/// Whether type `id` stays for its own sake: it has a name, or is a thing of the module.
fn is_root(split: &Btf<'_>, id: u32) -> bool {
    is_named(split, id) || is_own(split.kind(id).unwrap_or(Kind::Unknown))
}
