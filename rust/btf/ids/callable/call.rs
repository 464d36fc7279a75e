// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether programs can call a kfunc that is registered: the `bpf_add_kfunc_call()` and
//! `check_kfunc_call()` of Linux 7.3.

use super::{
    argument::{
        Argument,
        Call, //
    },
    barrier::Barrier,
    names::is_result_size,
    register,
    scalar,
    view::{
        Found,
        Node,
        Param,
        Type, //
    },
    Callables,
    Passed, //
};
use crate::btf::{
    ids::slots::Slot,
    limits::{
        MAX_ARGUMENTS,
        MAX_NAME, //
    },
    number::Space,
    pace::Pace,
    sort::heapsort,
    wire::{
        words::index,
        Kind,
        Locate, //
    },
    Result, //
};

/// `KF_ACQUIRE`.
const ACQUIRE: u32 = 1 << 0;
/// `KF_IMPLICIT_ARGS`: its prototype is that of the function of its name and [`IMPL`]; its own one
/// lacks the arguments that the verifier supplies.
const IMPLICIT_ARGS: u32 = 1 << 16;
/// See [`IMPLICIT_ARGS`].
const IMPL: &[u8] = b"_impl";

/// Whether a kfunc with these flags has arguments that programs do not pass.
pub(super) fn is_implicit(flags: u32) -> bool {
    flags & IMPLICIT_ARGS != 0
}

impl<'a, S: Space, L: Locate, B: Locate> Callables<'_, 'a, S, L, B> {
    /// Checks that a program can call the kfunc in `slot`.
    pub(super) fn check_kfunc(&mut self, slot: &Slot<S>) -> Passed<(), S> {
        let slots = self.slots;
        let set = slots.set_of(slot).ok_or(Barrier::SetFlags)?;
        let node = self.check_registering(slot, set)?;
        let nth = slot.set.map_or(usize::MAX, index);
        if let Some(&Some(at)) = self.refused.get(nth) {
            return Err(Barrier::Set(at));
        }
        let flags = slot.flags.unwrap_or(0);
        let api = register::prototype(&self.view, node)?;
        let mut call = Call {
            proto: api,
            flags,
            passed: u32::MAX,
            has_prog: false,
        };
        if is_implicit(flags) {
            call.proto = self.implementation(node)?;
            call.passed = api.vlen();
        }
        let count = call.proto.vlen();
        if count > MAX_ARGUMENTS {
            return Err(Barrier::TooMany(count));
        }
        let pointer = self.check_result(&call)?;
        let mut params = [None; index(MAX_ARGUMENTS)];
        for (nth, param) in params.iter_mut().enumerate() {
            *param = self.view.param(&call.proto, nth);
        }
        let arguments = || {
            let nexts = params.iter().skip(1).copied().chain([None]);
            let both = (0..).zip(params.iter().zip(nexts));
            both.map_while(|(nth, (&param, next))| {
                let param = param?;
                Some(Argument { nth, param, next })
            })
        };
        for argument in arguments() {
            self.check_size(&argument)?;
        }
        for argument in arguments() {
            self.check_argument(&mut call, &argument)?;
        }
        match pointer {
            Some(to) => self.check_result_pointer(to, &params),
            None => Ok(()),
        }
    }

    /// Checks the result of a kfunc; gives what it points to, if that is to be looked at.
    fn check_result(&mut self, call: &Call<'a, S>) -> Passed<Found<'a, S>, S> {
        let result = self.view.target(&call.proto);
        let acquires = call.flags & ACQUIRE != 0;
        let Some((node, record)) = self.steps.plain(&self.view, result)? else {
            // Typedefs of void are no void to it.
            return match result {
                Some(_) => Err(Barrier::GivesValue(result)),
                None if acquires => Err(Barrier::Acquires),
                None => Ok(None),
            };
        };
        match record.kind() {
            Kind::Ptr => {
                let to = self.view.target(&record);
                let to = self.steps.plain(&self.view, to)?;
                if acquires && to.is_none_or(|(_, to)| !to.kind().is_composite()) {
                    return Err(Barrier::Acquires);
                }
                Ok(to.filter(|(_, to)| to.kind() != Kind::Struct))
            }
            Kind::Int | Kind::Enum | Kind::Enum64 if acquires => Err(Barrier::Acquires),
            Kind::Int | Kind::Enum | Kind::Enum64 => Ok(None),
            _ => Err(Barrier::GivesValue(Some(node))),
        }
    }

    /// Checks that a result may point to this, which is no struct: how many bytes a program may
    /// look at has to be known.
    fn check_result_pointer(
        &mut self,
        (node, _): (Node<S>, Type<'a, S>),
        params: &[Option<Param<'a, S>>],
    ) -> Passed<(), S> {
        for param in params.iter().flatten() {
            let plain = self.steps.plain(&self.view, param.node)?;
            let is_number = plain.is_some_and(|(_, r)| scalar::is_number(&r));
            if is_number && is_result_size(param.name) {
                return Ok(());
            }
        }
        if scalar::has_size(&self.view, &mut self.steps, Some(node))? {
            return Ok(());
        }
        Err(Barrier::GivesPointer(Some(node)))
    }

    /// The prototype of the function that has the name of `node` and [`IMPL`], which the kernel
    /// looks for among its own first.
    fn implementation(&mut self, node: Node<S>) -> Passed<Type<'a, S>, S> {
        self.steps.step()?;
        let name = self
            .view
            .record(node)
            .map_or(&[][..], |r| self.view.name(&r));
        let mut full = [0; MAX_NAME];
        let len = name.len().saturating_add(IMPL.len());
        let Some(full) = full.get_mut(..len).filter(|_| len < MAX_NAME) else {
            return Err(Barrier::NoImplementation);
        };
        for (to, from) in full.iter_mut().zip(name.iter().chain(IMPL)) {
            *to = *from;
        }
        let mut found = None;
        let _ = self.view.vmlinux.named_any(full, |id, record| {
            if record.kind() == Kind::Func {
                found = found.or(Some(Node::Kernel(id)));
            }
        });
        if found.is_none() {
            let at = self.implementations.partition_point(|&(n, _)| n < name);
            let own = self.implementations.get(at).filter(|&&(n, _)| n == name);
            found = own.map(|&(_, id)| self.view.node(id));
        }
        register::prototype(&self.view, found.ok_or(Barrier::NoImplementation)?)
    }

    /// Finds the module's functions whose name ends in [`IMPL`].
    pub(super) fn find_implementations(&mut self) -> Result {
        let mut pace = Pace::new();
        let types = self.view.types;
        for (id, record) in types.split.records() {
            pace.step();
            if record.kind() != Kind::Func || self.view.map.get(id).is_none() {
                continue;
            }
            let name = types.name(record.name()).unwrap_or(&[]);
            if let Some(name) = name.strip_suffix(IMPL) {
                self.implementations.push((name, id))?;
            }
        }
        heapsort(&mut self.implementations, |a, b| a < b);
        Ok(())
    }
}
