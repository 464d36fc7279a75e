// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Types that embed themselves.
//!
//! The kernel does not ask for this when it reads a module's BTF, and then follows such arrays
//! without end, as libbpf does.

use crate::{
    btf::{
        number::{
            Id,
            Space, //
        },
        pace::Pace,
        wire::{
            words::{
                index,
                word, //
            },
            Btf,
            Kind,
            Record, //
        },
        Result, //
    },
    facade::Buf,
};

/// Bytes of `struct btf_member`.
const MEMBER_LEN: usize = 12;

/// What is known of a type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// Nothing yet.
    Unknown,
    /// What it embeds is being followed.
    Open,
    /// It does not embed itself, and leads to nothing that does.
    Finite,
}

/// Finds types that embed themselves, each type and each member followed once.
pub struct Embedding<S> {
    /// One for each type.
    marks: Buf<Mark>,
    first: Id<S>,
    /// Whether all that were added are finite so far.
    are_finite: bool,
}

impl<S: Space> Embedding<S> {
    /// Knows nothing of the types of `btf` yet.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new(btf: &Btf<'_, S>) -> Result<Self> {
        Ok(Self {
            marks: Buf::filled(index(btf.count()), Mark::Unknown)?,
            first: btf.first(),
            are_finite: true,
        })
    }

    /// Takes in type `id`, which is `record`, and settles it if what it embeds was taken in before:
    /// that leaves few to [`Self::find`].
    #[inline]
    pub fn add(&mut self, id: Id<S>, record: &Record<'_, S>) {
        let is_finite = match record.kind() {
            Kind::Struct | Kind::Union => record
                .members()
                .all(|member| self.is_finite(member.type_id)),
            Kind::Array => self.is_finite(record.array().and_then(|array| array.of)),
            kind if kind.is_modifier() => self.is_finite(record.target()),
            _ => true,
        };
        if is_finite {
            self.set(id, Mark::Finite);
        } else {
            self.are_finite = false;
        }
    }

    /// Whether type `id` is known to be finite; what there is not is, and what is of a base.
    #[inline]
    fn is_finite(&self, id: Option<Id<S>>) -> bool {
        let mark = id.and_then(|id| self.marks.get(self.place(id)));
        mark.is_none_or(|&mark| mark == Mark::Finite)
    }

    /// Where the mark of type `id` is; nowhere if it is of the base, which wraps to a large number.
    #[inline]
    fn place(&self, id: Id<S>) -> usize {
        index(id.number().wrapping_sub(self.first.number()))
    }

    #[inline]
    fn set(&mut self, id: Id<S>, mark: Mark) {
        let at = self.place(id);
        if let Some(place) = self.marks.get_mut(at) {
            *place = mark;
        }
    }

    /// Finds a type of `btf`, all of which were added, that embeds itself.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn find(mut self, btf: &Btf<'_, S>) -> Result<Option<Id<S>>> {
        if self.are_finite {
            return Ok(None);
        }
        let mut pace = Pace::new();
        // Those that are open, each with the number of the member that is next.
        let mut path: Buf<(Id<S>, usize)> = Buf::new();
        let mut from = 0;
        while let Some(nth) = self.unknown(from) {
            let id = u32::try_from(nth)
                .ok()
                .and_then(|nth| self.first.forward(nth));
            pace.step();
            from = nth.saturating_add(1);
            let mut next = id.map(|id| (id, 0));
            while let Some((id, nth)) = next {
                let record = btf.record(id);
                let of = record.and_then(|record| self.unsettled(&record, nth, &mut pace));
                let Some((nth, of)) = of else {
                    self.set(id, Mark::Finite);
                    next = path.pop();
                    continue;
                };
                self.set(id, Mark::Open);
                if self.marks.get(self.place(of)) == Some(&Mark::Open) {
                    return Ok(Some(of));
                }
                path.push((id, nth.saturating_add(1)))?;
                next = Some((of, 0));
            }
        }
        Ok(None)
    }

    /// The place of the first type, from place `from` on, of which nothing is known.
    fn unknown(&self, from: usize) -> Option<usize> {
        let marks = self.marks.get(from..)?;
        let found = marks.iter().position(|&mark| mark == Mark::Unknown)?;
        found.checked_add(from)
    }

    /// The first type that `record` embeds, from its member number `nth` on, which is not known to
    /// be finite, and the number of that member.
    fn unsettled(
        &self,
        record: &Record<'_, S>,
        nth: usize,
        pace: &mut Pace,
    ) -> Option<(usize, Id<S>)> {
        if !record.kind().is_composite() {
            let of = record.wraps()?.filter(|_| nth == 0)?;
            return Some((0, of)).filter(|_| !self.is_finite(Some(of)));
        }
        let (_, members) = record.parts();
        let rest = members.get(nth.checked_mul(MEMBER_LEN)?..)?;
        let found = rest
            .chunks_exact(MEMBER_LEN)
            .position(|member| !self.is_finite(word(member, 4).and_then(Id::new)));
        let passed = found.unwrap_or(rest.len() / MEMBER_LEN);
        pace.steps(u32::try_from(passed).unwrap_or(u32::MAX).saturating_add(1));
        let nth = found?.saturating_add(nth);
        let of = word(members, nth.checked_mul(MEMBER_LEN)?.checked_add(4)?)?;
        Some((nth, Id::new(of)?))
    }
}
