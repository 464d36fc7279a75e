// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether the members or values that a base knows are all among those of a type of the kernel.

use crate::{
    btf::{
        equal::{
            are_same,
            Names, //
        },
        kernel::hash,
        limits::MAX_ELEMENTS_COMPARED,
        number::{
            Base,
            Kernel,
            Off,
            Space, //
        },
        pace::Pace,
        sort::heapsort,
        wire::{
            record::{
                Member,
                Value, //
            },
            Btf,
            Record, //
        },
        Result, //
    },
    facade::Buf,
};

/// A member or a value.
#[derive(Clone, Copy)]
struct Element<S> {
    name: Option<Off<S>>,
    /// Where it lies, or what it is.
    at: u64,
}

impl<S: Space> Element<S> {
    fn of_member(member: Member<S>) -> Self {
        let place = member.place;
        Self {
            name: member.name,
            at: (u64::from(place.bit) << 32) | u64::from(place.bits),
        }
    }

    fn of_value(value: Value<S>) -> Self {
        Self {
            name: value.name,
            at: value.value,
        }
    }
}

/// An element of the kernel's, to be found by what sorts them.
#[derive(Clone, Copy)]
struct Entry {
    at: u64,
    hash: u32,
    name: Option<Off<Kernel>>,
}

/// Finds the elements of a base among the kernel's.
pub struct Elements<'p, 'a, 'b, L> {
    base: &'p Btf<'b, Base>,
    kernel: &'p Btf<'a, Kernel, L>,
    our_names: Names<'b, Base>,
    their_names: Names<'a, Kernel>,
    /// Elements of the kernel's in order, for one type after the other.
    table: Buf<Entry>,
    /// Elements that may still be compared.
    left: u32,
    pace: Pace,
}

impl<'p, 'a, 'b, L> Elements<'p, 'a, 'b, L> {
    /// Has compared nothing yet.
    pub fn new(base: &'p Btf<'b, Base>, kernel: &'p Btf<'a, Kernel, L>) -> Self {
        Self {
            base,
            kernel,
            our_names: Names::of_other(base),
            their_names: Names::of_kernel(kernel),
            table: Buf::new(),
            left: MAX_ELEMENTS_COMPARED,
            pace: Pace::new(),
        }
    }

    /// Whether each member of `ours` is one of `theirs`, under the same name at the same place.
    ///
    /// # Errors
    ///
    /// No memory.
    #[inline]
    pub fn has_members(
        &mut self,
        ours: &Record<'_, Base>,
        theirs: &Record<'_, Kernel>,
    ) -> Result<bool> {
        self.all_among(
            ours.members().map(Element::of_member),
            theirs.members().map(Element::of_member),
            theirs.vlen(),
        )
    }

    /// Whether each value of `ours` is one of `theirs`, under the same name.
    ///
    /// # Errors
    ///
    /// No memory.
    #[inline]
    pub fn has_values(
        &mut self,
        ours: &Record<'_, Base>,
        theirs: &Record<'_, Kernel>,
    ) -> Result<bool> {
        self.all_among(
            ours.values().map(Element::of_value),
            theirs.values().map(Element::of_value),
            theirs.vlen(),
        )
    }

    /// Whether each of `ours` is one of `theirs`, which are `count`. Mostly they stand in the same
    /// order, and one walk finds them all; otherwise the kernel's are sorted.
    fn all_among<T, U>(&mut self, ours: T, theirs: U, count: u32) -> Result<bool>
    where
        T: Iterator<Item = Element<Base>> + Clone,
        U: Iterator<Item = Element<Kernel>> + Clone,
    {
        if self.are_in_order(ours.clone(), theirs.clone()) {
            return Ok(true);
        }
        // As many steps as sorting takes, about.
        let rounds = u32::BITS.saturating_sub(count.leading_zeros());
        if !self.may_compare(count.saturating_mul(rounds)) {
            return Ok(false);
        }
        self.sort(theirs)?;
        for our in ours {
            if !self.is_in_table(our) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether each of `ours` is one of `theirs` behind the one before.
    fn are_in_order<T, U>(&mut self, ours: T, mut theirs: U) -> bool
    where
        T: Iterator<Item = Element<Base>>,
        U: Iterator<Item = Element<Kernel>>,
    {
        for our in ours {
            loop {
                let Some(their) = theirs.next().filter(|_| self.may_compare(1)) else {
                    return false;
                };
                let is_there =
                    || are_same(&self.our_names, our.name, &self.their_names, their.name);
                if our.at == their.at && is_there() {
                    break;
                }
            }
        }
        true
    }

    /// Puts `theirs` into the table.
    fn sort(&mut self, theirs: impl Iterator<Item = Element<Kernel>>) -> Result {
        self.table.clear();
        for Element { at, name } in theirs {
            let spelling = self.kernel.name(name).unwrap_or(&[]);
            let hash = hash(spelling);
            self.table.push(Entry { at, hash, name })?;
        }
        heapsort(&mut self.table, |a, b| (a.at, a.hash) < (b.at, b.hash));
        Ok(())
    }

    /// Whether `our` is one of those in the table.
    fn is_in_table(&mut self, our: Element<Base>) -> bool {
        let Some(name) = self.name(our) else {
            return false;
        };
        let key = (our.at, hash(name));
        let from = self.table.partition_point(|e| (e.at, e.hash) < key);
        // More than one only if the kernel has it twice, or has two names with one hash.
        let equal = self.table.get(from..).unwrap_or(&[]).iter();
        equal
            .take_while(|e| (e.at, e.hash) == key)
            .any(|e| are_same(&self.our_names, our.name, &self.their_names, e.name))
    }

    /// The name of `our`, if it can be read and there may be more comparing.
    fn name(&mut self, our: Element<Base>) -> Option<&'b [u8]> {
        let name = self.base.name(our.name)?;
        // Going through a long one takes as long as comparing some others.
        let cost = u32::try_from(name.len() / 16).unwrap_or(u32::MAX);
        self.may_compare(cost.saturating_add(1)).then_some(name)
    }

    /// Whether so many elements may be compared, which counts them. Where they may not, no others
    /// may.
    fn may_compare(&mut self, n: u32) -> bool {
        let left = self.left.checked_sub(n);
        self.left = left.unwrap_or(0);
        if left.is_some() {
            self.pace.steps(n);
        }
        left.is_some()
    }
}
