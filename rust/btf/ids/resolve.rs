// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Finding the types of slots that nobody has resolved, by the names that their symbols tell.
//!
//! A module gets its ids from `resolve_btfids` when it is built; where that was not there, or had
//! no BTF, they are 0. Which type is meant is decided as that tool does: the first type of the kind
//! and name, the kernel's before the module's, but the module's before the kernel's for functions.
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
    /// The first of the module's own, and in the end the one that is meant.
    found: Option<Node<S>>,
    /// Whether that has more of them.
    has_rivals: bool,
}

impl<'s, S: Space> Slots<'s, S> {
    /// Finds the types of slots that hold 0 among the kernel's and those that `types` has beyond
    /// its base. What is not found stays 0. A slot that holds an id is not touched.
    ///
    /// Without `vmlinux` this finds what is the module's on any kernel: its functions, in a set if
    /// all that is in it is found. The rest is for whoever knows the kernel.
    ///
    /// Some slots of a set that was resolved may hold 0, in front of the others. They are dealt
    /// with where it does not matter which is for which of the names that are left: the flags may
    /// belong to another one.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn resolve<L: Locate, B: Locate>(
        &mut self,
        vmlinux: Option<&Vmlinux<'_, L>>,
        types: &Pair<'_, '_, S, B>,
    ) -> Result {
        if self.iter().all(|slot| slot.id.is_some()) {
            return Ok(());
        }
        self.name_sets(types)?;
        let clear = self.clear_sets()?;
        let mut names = self.names_to_find(&clear)?;
        if names.is_empty() {
            return Ok(());
        }
        find_own(&mut names, types);
        let mut pace = Pace::new();
        for named in names.iter_mut() {
            pace.step();
            named.choose(vmlinux);
        }
        for nth in 0..self.slots.len() {
            pace.step();
            let Some(slot) = self.slots.get(nth) else {
                break;
            };
            let Some(wanted) = self.to_find(slot, &clear) else {
                continue;
            };
            // What is the kernel's is no kfunc of the module, and would cost it the whole set.
            let own_only = self.set_of(slot).is_some_and(Set::is_of_kfuncs);
            let named = names.binary_search_by_key(&wanted, |named| named.wanted);
            let named = named.ok().and_then(|nth| names.get(nth));
            if let (Some(named), Some(slot)) = (named, self.slots.get_mut(nth)) {
                let fits = !own_only || matches!(named.found, Some(Node::Own(_)));
                slot.found = named.found.filter(|_| fits);
                slot.has_rivals = named.has_rivals && fits;
            }
        }
        if vmlinux.is_none() {
            self.forget_parts();
        }
        Ok(())
    }

    /// Forgets what was found in sets in which not all was.
    fn forget_parts(&mut self) {
        for nth in 0..self.sets.len() {
            let Some(&set) = self.sets.get(nth) else {
                break;
            };
            if self.slots_of(&set).iter().all(|slot| slot.node().is_some()) {
                continue;
            }
            let first = index(set.first);
            let of_set = first..first.saturating_add(index(set.len));
            for slot in self.slots.get_mut(of_set).unwrap_or(&mut []) {
                slot.found = None;
                slot.has_rivals = false;
            }
        }
    }

    /// The types that are to be found, each once, in their order; `clear` is as
    /// [`Self::clear_sets`] has it.
    fn names_to_find(&self, clear: &[bool]) -> Result<Buf<Named<'s, S>>> {
        let mut wanted = Buf::new();
        let mut pace = Pace::new();
        for slot in self.iter() {
            pace.step();
            if let Some(it) = self.to_find(slot, clear) {
                wanted.push(it)?;
            }
        }
        heapsort(&mut wanted, |a, b| a < b);
        let mut names: Buf<Named<'s, S>> = Buf::with_capacity(wanted.len())?;
        for &wanted in wanted.iter() {
            pace.step();
            if names.last().is_none_or(|last| last.wanted != wanted) {
                let (found, has_rivals) = (None, false);
                names.push(Named {
                    wanted,
                    found,
                    has_rivals,
                })?;
            }
        }
        Ok(names)
    }

    /// The type to find for `slot`, if it holds none and it is clear which it is for.
    fn to_find(&self, slot: &Slot<S>, clear: &[bool]) -> Option<Wanted<'s>> {
        let wanted = self.wanted(slot).filter(|_| slot.id.is_none())?;
        match slot.set {
            Some(set) => clear.get(index(set))?.then_some(wanted),
            None => Some(wanted),
        }
    }

    /// For each set whether it is clear which of the names that were not resolved in it is where,
    /// and with which flags.
    fn clear_sets(&self) -> Result<Buf<bool>> {
        let mut clear = Buf::with_capacity(self.sets.len())?;
        let mut pace = Pace::new();
        for set in self.sets.iter() {
            pace.steps(set.len.saturating_add(1));
            let mut zeros = self.slots_of(set).iter().filter(|slot| slot.id.is_none());
            let first = zeros.next().map(|slot| slot.flags);
            let alike = zeros.all(|slot| Some(slot.flags) == first);
            // Where none is counted each is where its symbol is. Of those that it does not count
            // beside others a set has forgotten the flags.
            clear.push(set.count == 0 || set.count == set.len && alike)?;
        }
        Ok(clear)
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
            named.has_rivals |= named.found.is_some();
            named.found = named.found.or(Some(Node::Own(id)));
        }
    }
}

/// Kinds that there are symbols for.
fn is_resolved(kind: Kind) -> bool {
    kind == Kind::Func || kind == Kind::Typedef || kind.is_composite()
}

impl<S: Space> Named<'_, S> {
    /// Settles for the type that is meant.
    fn choose<L: Locate>(&mut self, vmlinux: Option<&Vmlinux<'_, L>>) {
        if self.wanted.kind == Kind::Func && self.found.is_some() {
            return;
        }
        let Some(vmlinux) = vmlinux else {
            self.found = None;
            return;
        };
        if let Some((id, more)) = first_of(vmlinux, self.wanted) {
            self.found = Some(Node::Kernel(id));
            self.has_rivals = more;
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
