// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What keeps programs from using a kfunc or a destructor.
//!
//! A kfunc has to be registered ([`register`]), and a program must be able to call it: pass what it
//! takes ([`argument`]) and use what it gives ([`call`]). All of it is as in Linux 7.3, for kfuncs
//! that are a module's: some may be taken by none but the kernel's own.

mod argument;
mod barrier;
mod call;
mod dtor;
mod names;
mod register;
mod scalar;
mod view;

pub use self::{
    barrier::{
        Barrier,
        Obstacle,
        Told, //
    },
    view::{
        Node,
        View, //
    },
};

use self::{
    names::Contexts,
    view::{
        Found,
        Steps, //
    },
};
use super::slots::{
    Set,
    Slot,
    Slots,
    Use, //
};
use crate::{
    btf::{
        limits::MAX_KFUNCS_IN_SET,
        number::{
            Id,
            Space, //
        },
        reconcile::{
            Gone,
            Reason, //
        },
        sort::heapsort,
        wire::{
            words::index,
            Kind,
            Locate, //
        },
        Result,
    },
    facade::Buf,
};

/// What a check comes to: nothing is in the way, or this is.
type Passed<T, S> = core::result::Result<T, Barrier<S>>;

/// The kfuncs and destructors of a module, by the slots that name them.
pub struct Callables<'c, 'a, S: Space, L, B> {
    view: View<'c, 'a, S, L, B>,
    slots: &'c Slots<'c, S>,
    /// Why a type of a base was carried.
    reason: &'c dyn Fn(Id<S::Base>) -> Option<Reason>,
    /// Whether the kernel has `CONFIG_CFI`.
    cfi: bool,
    steps: Steps,
    contexts: Contexts<'a>,
    /// Types that kfuncs of the module give programs pointers to, and iterators that they make:
    /// programs can pass these on to others, whosever types they are.
    given: Buf<Node<S>>,
    /// Of each set, for which slot it is not registered.
    refused: Buf<Option<u32>>,
    /// The module's functions whose name ends in `_impl`, by what stands before that.
    implementations: Buf<(&'a [u8], Id<S>)>,
}

impl<'c, 'a, S: Space, L: Locate, B: Locate> Callables<'c, 'a, S, L, B> {
    /// Looks at the kfuncs in `slots`, whose ids are those of the types in `view`. `reason` tells
    /// why a type of the base was carried; `cfi`, whether the kernel has `CONFIG_CFI`.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new(
        view: View<'c, 'a, S, L, B>,
        slots: &'c Slots<'c, S>,
        reason: &'c dyn Fn(Id<S::Base>) -> Option<Reason>,
        cfi: bool,
    ) -> Result<Self> {
        let mut callables = Self {
            view,
            slots,
            reason,
            cfi,
            steps: Steps::new(),
            contexts: Contexts::of(view.vmlinux),
            given: Buf::new(),
            refused: Buf::filled(slots.sets.len(), None)?,
            implementations: Buf::new(),
        };
        let mut implicit = false;
        for slot in slots.iter().filter(|slot| slot.used == Use::Kfunc) {
            implicit |= call::is_implicit(slot.flags.unwrap_or(0));
            callables.note_given(slot)?;
            callables.note_refused(slot);
        }
        heapsort(&mut callables.given, |a, b| a < b);
        if implicit {
            callables.find_implementations()?;
        }
        Ok(callables)
    }

    /// What keeps programs from using the kfunc or destructor that `slot` makes, if it makes one
    /// and something does.
    pub fn barrier(&mut self, slot: &Slot<S>) -> Option<Barrier<S>> {
        match slot.used {
            Use::Kfunc => self.check_kfunc(slot).err(),
            Use::Dtor => self.check_dtor(slot).err(),
            Use::DtorOf | Use::TraceEvent | Use::Own => None,
        }
    }

    /// A barrier in words.
    pub fn tell(&self, barrier: Barrier<S>) -> Told<'c, 'a, S, L, B> {
        let view = self.view;
        Told { view, barrier }
    }

    /// What is named by a slot.
    fn node_in(&self, slot: &Slot<S>) -> Passed<Node<S>, S> {
        let id = match slot.node().ok_or(Barrier::NoId)? {
            Node::Own(id) => id,
            kernels => return Ok(kernels),
        };
        match self.view.map.find(id) {
            Some(Gone::To(_)) => Ok(self.view.node(id)),
            Some(Gone::LeftOut) => Err(Barrier::LeftOut),
            None => Err(Barrier::NoType),
        }
    }

    /// Notes what a kfunc gives to programs.
    fn note_given(&mut self, slot: &Slot<S>) -> Result {
        let flags = slot.flags.unwrap_or(0);
        let node = self.node_in(slot);
        let Ok(proto) = node.and_then(|node| register::prototype(&self.view, node)) else {
            return Ok(());
        };
        let result = self.view.target(&proto);
        if let Ok(Some((node, _))) = self.steps.pointed_to(&self.view, result) {
            self.given.push(node)?;
        }
        if register::makes_iterator(flags) {
            let first = self.view.param(&proto, 0).and_then(|param| param.node);
            if let Ok(Some((node, _))) = self.steps.pointed_to(&self.view, first) {
                self.given.push(node)?;
            }
        }
        Ok(())
    }

    /// Notes if the set of a kfunc is not registered for it. A set that was never resolved counts
    /// those that were found.
    fn note_refused(&mut self, slot: &Slot<S>) {
        let set = self.slots.set_of(slot);
        let is_counted = slot.is_counted || slot.found.is_some();
        let Some(set) = set.filter(|_| is_counted) else {
            return;
        };
        let nth = slot.set.map_or(usize::MAX, index);
        if self.refused.get(nth) != Some(&None) {
            return;
        }
        let fault = self.check_registering(slot, set);
        // What was left out is not in it any more.
        if matches!(fault, Err(barrier) if barrier != Barrier::LeftOut) {
            if let Some(refused) = self.refused.get_mut(nth) {
                *refused = Some(slot.at);
            }
        }
    }

    /// Checks what the kernel asks of a kfunc before it registers it.
    fn check_registering(&mut self, slot: &Slot<S>, set: &Set) -> Passed<Node<S>, S> {
        let node = self.node_in(slot)?;
        if !set.is_of_kfuncs() {
            return Err(Barrier::SetFlags);
        }
        if set.len > MAX_KFUNCS_IN_SET {
            return Err(Barrier::TooManyInSet(set.len));
        }
        let flags = slot.flags.unwrap_or(0);
        register::check(&self.view, &mut self.steps, node, flags)?;
        Ok(node)
    }
}
