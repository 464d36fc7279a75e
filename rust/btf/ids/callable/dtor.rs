// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which destructors the kernel takes: the `btf_check_dtor_kfuncs()` of `kernel/bpf/btf.c`.

use super::{
    barrier::Barrier,
    register,
    Callables,
    Passed, //
};
use crate::btf::{
    ids::slots::Slot,
    number::Space,
    wire::{
        Kind,
        Locate, //
    },
};

impl<S: Space, L: Locate, B: Locate> Callables<'_, '_, S, L, B> {
    /// Checks the destructor in `slot`: what the kernel refuses, and types that
    /// programs can't keep.
    ///
    /// # Errors
    ///
    /// What is in the way.
    pub(super) fn check_dtor(&mut self, slot: &Slot<S>) -> Passed<(), S> {
        let node = self.node_in(slot)?;
        self.steps.step()?;
        let proto = register::prototype(&self.view, node)?;
        if self.view.target(&proto).is_some() {
            return Err(Barrier::DtorResult);
        }
        if proto.vlen() != 1 {
            return Err(Barrier::DtorArguments(proto.vlen()));
        }
        let param = self.view.param(&proto, 0).and_then(|param| param.node);
        let pointer = param.and_then(|node| self.view.record(node));
        let Some(pointer) = pointer.filter(|pointer| pointer.kind() == Kind::Ptr) else {
            return Err(Barrier::DtorNoPointer);
        };
        if self.cfi && self.view.target(&pointer).is_some() {
            return Err(Barrier::DtorNotVoid);
        }
        let of = self.slots.dtor_of(slot);
        let of = of.and_then(|of| self.node_in(of).ok());
        let kind = of.and_then(|of| self.view.record(of)).map(|r| r.kind());
        if kind.is_some_and(Kind::is_composite) {
            Ok(())
        } else {
            Err(Barrier::DtorOf(of))
        }
    }
}
