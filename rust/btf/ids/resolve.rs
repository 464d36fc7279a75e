// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Finding the types of slots that nobody has resolved, by the names that their symbols tell.
//!
//! A module gets its ids from `resolve_btfids` when it is built; where that was not there, or had no
//! BTF, they are 0. Which type is meant is decided as that tool does: the first type of the kind and
//! name, the kernel's before the module's, but the module's before the kernel's for functions.
//!
//! Reference: `tools/bpf/resolve_btfids/main.c`.

use super::{
    callable::Node,
    slots::{
        Set,
        Slot,
        Slots, //
    },
    symbol::Wanted, //
};
use crate::{
    btf::{
        kernel::Vmlinux,
        number::{
            Id,
            Kernel,
            Space, //
        },
        pace::Pace,
        sort::heapsort,
        wire::{
            words::index,
            Kind,
            Locate,
            Pair, //
        },
        Result, //
    },
    facade::Buf,
};

/// The types of a name.
#[derive(Clone, Copy)]
struct Named<'s, S> {
    wanted: Wanted<'s>,
    /// The first of the module's own.
    own: Option<Id<S>>,
    /// Whether that has more of them.
    more: bool,
}

impl<'s, S: Space> Slots<'s, S> {
    /// Finds the types of slots that hold 0 among the kernel's and those that `types` has beyond its
    /// base. What is not found stays 0. A slot that holds an id is not touched.
    ///
    /// Some slots of a set that was resolved may hold 0, in front of the others. They are dealt with
    /// where it does not matter which is for which of the names that are left: the flags may belong
    /// to another one.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn resolve<L: Locate, B: Locate>(
        &mut self,
        vmlinux: &Vmlinux<'_, L>,
        types: &Pair<'_, '_, S, B>,
    ) -> Result {
        if self.iter().all(|slot| slot.id.is_some()) {
            return Ok(());
        }
        self.name_sets(types)?;
        let mut names = self.names_to_find()?;
        if names.is_empty() {
            return Ok(());
        }
        find_own(&mut names, types);
        let mut pace = Pace::new();
        for nth in 0..self.slots.len() {
            pace.step();
            let Some(slot) = self.slots.get(nth) else {
                break;
            };
            let Some(wanted) = self.to_find(slot) else {
                continue;
            };
            let named = names.binary_search_by_key(&wanted, |named| named.wanted);
            let Some(named) = named.ok().and_then(|nth| names.get(nth)) else {
                continue;
            };
            let (found, has_rivals) = named.choose(vmlinux);
            if let Some(slot) = self.slots.get_mut(nth) {
                slot.found = found;
                slot.has_rivals = has_rivals;
            }
        }
        Ok(())
    }

    /// The types that are to be found, each once, in their order.
    fn names_to_find(&self) -> Result<Buf<Named<'s, S>>> {
        let mut wanted = Buf::new();
        let mut pace = Pace::new();
        for slot in self.iter() {
            pace.step();
            if let Some(it) = self.to_find(slot) {
                wanted.push(it)?;
            }
        }
        heapsort(&mut wanted, |a, b| a < b);
        let mut names: Buf<Named<'s, S>> = Buf::with_capacity(wanted.len())?;
        for &wanted in wanted.iter() {
            if names.last().is_none_or(|last| last.wanted != wanted) {
                let (own, more) = (None, false);
                names.push(Named { wanted, own, more })?;
            }
        }
        Ok(names)
    }

    /// The type to find for `slot`, if it holds none and it is clear which it is for.
    fn to_find(&self, slot: &Slot<S>) -> Option<Wanted<'s>> {
        let wanted = self.wanted(slot).filter(|_| slot.id.is_none())?;
        let is_clear = self.set_of(slot).is_none_or(|set| self.is_clear(set));
        is_clear.then_some(wanted)
    }

    /// Whether it is clear which of the names that were not resolved in `set` is where, and with which
    /// flags.
    fn is_clear(&self, set: &Set) -> bool {
        // Each is where its symbol is.
        if set.count == 0 {
            return true;
        }
        let mut zeros = self.slots_of(set).iter().filter(|slot| slot.id.is_none());
        let first = zeros.next().map(|slot| slot.flags);
        // Of those that it does not count it has forgotten the flags.
        set.count == set.len && zeros.all(|slot| Some(slot.flags) == first)
    }
}

/// Finds the types that a module has itself.
fn find_own<S: Space, B: Locate>(names: &mut [Named<'_, S>], types: &Pair<'_, '_, S, B>) {
    let mut pace = Pace::new();
    for id in types.split.ids() {
        pace.step();
        let Some((kind, Some(off))) = types.split.kind_and_name(id) else {
            continue;
        };
        if !is_resolved(kind) {
            continue;
        }
        let name = types.name(Some(off)).unwrap_or(&[]);
        let wanted = Wanted { kind, name };
        let nth = names.binary_search_by(|named| named.wanted.cmp(&wanted));
        if let Some(named) = nth.ok().and_then(|nth| names.get_mut(nth)) {
            named.more |= named.own.is_some();
            named.own = named.own.or(Some(id));
        }
    }
}

/// Kinds that there are symbols for.
fn is_resolved(kind: Kind) -> bool {
    kind == Kind::Func || kind == Kind::Typedef || kind.is_composite()
}

impl<S: Space> Named<'_, S> {
    /// The type that is meant, and whether it is the first of several.
    fn choose<L: Locate>(&self, vmlinux: &Vmlinux<'_, L>) -> (Option<Node<S>>, bool) {
        let own = (self.own.map(Node::Own), self.more);
        if self.wanted.kind == Kind::Func && own.0.is_some() {
            return own;
        }
        match first_of(vmlinux, self.wanted) {
            Some((id, more)) => (Some(Node::Kernel(id)), more),
            None => own,
        }
    }
}

/// The first type of the kernel of this kind and name, and whether it has more of them.
fn first_of<L: Locate>(vmlinux: &Vmlinux<'_, L>, wanted: Wanted<'_>) -> Option<(Id<Kernel>, bool)> {
    let mut first: Option<Id<Kernel>> = None;
    let mut more = false;
    let all = vmlinux.named_any(wanted.name, |id, record| {
        if record.kind() == wanted.kind {
            more |= first.is_some();
            first = Some(first.map_or(id, |first| first.min(id)));
        }
    });
    // Which is the first of more than are looked at can't be told.
    first.filter(|_| all.is_ok()).map(|first| (first, more))
}
