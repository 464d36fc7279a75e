// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which types lead to some others, however far away these are.

use crate::{
    btf::{
        number::{
            Id,
            Space, //
        },
        pace::Pace,
        wire::words::index,
        Result, //
    },
    facade::Buf,
};
use core::num::NonZero;

/// Which link, counted from 1.
type Nth = NonZero<u32>;

/// A type that refers to another one.
#[derive(Clone, Copy)]
struct Link<S> {
    user: Id<S>,
    /// The link before that leads to the same type.
    before: Option<Nth>,
}

/// Types, each with those that refer to it in ways that matter.
pub struct Links<S> {
    links: Buf<Link<S>>,
    /// For each id the last of the links that lead to it.
    last: Buf<Option<Nth>>,
}

/// For each type which of some others it is or leads to, if it does.
pub struct Leading<S> {
    ends: Buf<Option<Id<S>>>,
}

impl<S: Space> Links<S> {
    /// No links yet between the types below `end`.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new(end: Id<S>) -> Result<Self> {
        Ok(Self {
            links: Buf::new(),
            last: Buf::filled(index(end.number()), None)?,
        })
    }

    /// Adds that `user` refers to `to`. What refers to a type that there is not leads nowhere.
    ///
    /// # Errors
    ///
    /// No memory.
    #[inline]
    pub fn add(&mut self, user: Id<S>, to: Id<S>) -> Result {
        let Some(last) = self.last.get_mut(index(to.number())) else {
            return Ok(());
        };
        let before = *last;
        self.links.push(Link { user, before })?;
        // There are no more of them than words in two BTFs.
        *last = u32::try_from(self.links.len()).ok().and_then(Nth::new);
        Ok(())
    }

    /// Finds out what leads to `ends`: each link is followed once.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn lead_to(self, ends: impl Iterator<Item = Id<S>>) -> Result<Leading<S>> {
        let mut leading = Leading {
            ends: Buf::filled(self.last.len(), None)?,
        };
        let mut waiting = Buf::new();
        for end in ends {
            if leading.set(end, end) {
                waiting.push((end, end))?;
            }
        }
        let mut pace = Pace::new();
        while let Some((id, end)) = waiting.pop() {
            let mut link = self.last.get(index(id.number())).copied().flatten();
            while let Some(nth) = link {
                pace.step();
                let Some(&Link { user, before }) = self.links.get(index(nth.get()).wrapping_sub(1))
                else {
                    break;
                };
                if leading.set(user, end) {
                    waiting.push((user, end))?;
                }
                link = before;
            }
        }
        Ok(leading)
    }
}

impl<S: Space> Leading<S> {
    /// Sets what a type leads to, if it is not set; tells whether it has.
    fn set(&mut self, id: Id<S>, end: Id<S>) -> bool {
        match self.ends.get_mut(index(id.number())) {
            Some(place) if place.is_none() => {
                *place = Some(end);
                true
            }
            _ => false,
        }
    }

    /// The type that `id` is or leads to.
    #[inline]
    pub fn end(&self, id: Id<S>) -> Option<Id<S>> {
        self.ends.get(index(id.number())).copied().flatten()
    }
}
