// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which arguments of kfuncs the verifier takes: the `btf_distill_func_proto()`,
//! `get_kfunc_arg_type()` and `check_kfunc_args()` of Linux 7.3, for a kfunc that is a module's.
//!
//! What it takes depends on the program, too. An argument is in the way here if no program can pass
//! one.

use super::{
    barrier::{
        Barrier,
        Obstacle, //
    },
    names::{
        ends_in,
        is_size,
        Special,
        PROG_AUX, //
    },
    register,
    scalar::{
        is_number,
        is_of_numbers, //
    },
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
    limits::{
        MAX_ARGUMENT_SIZE,
        MAX_REGISTERS, //
    },
    number::Space,
    wire::{
        Kind,
        Locate, //
    },
};

/// `KF_RELEASE`.
const RELEASE: u32 = 1 << 1;

/// What is known of a call when its arguments are looked at.
pub(super) struct Call<'a, S> {
    /// The prototype.
    pub(super) proto: Type<'a, S>,
    /// The flags of the kfunc.
    pub(super) flags: u32,
    /// How many arguments a program passes; what follows the verifier supplies.
    pub(super) passed: u32,
    /// Whether an argument has been a pointer to `bpf_prog_aux`.
    pub(super) has_prog: bool,
}

/// One argument of a call.
#[derive(Clone, Copy)]
pub(super) struct Argument<'a, S> {
    /// Which one it is, counted from 0.
    pub(super) nth: u32,
    /// What the prototype says of it.
    pub(super) param: Param<'a, S>,
    /// What it says of the next one.
    pub(super) next: Option<Param<'a, S>>,
}

impl<S: Space> Argument<'_, S> {
    /// Says that it is in the way.
    fn blocks<T>(&self, obstacle: Obstacle<S>) -> Passed<T, S> {
        Err(Barrier::Argument(self.nth.saturating_add(1), obstacle))
    }
}

impl<'a, S: Space, L: Locate, B: Locate> Callables<'_, 'a, S, L, B> {
    /// Checks that an argument is of a size that can be passed, whatever it is.
    ///
    /// # Errors
    ///
    /// What is in the way.
    pub(super) fn check_size(&mut self, argument: &Argument<'a, S>) -> Passed<(), S> {
        let node = argument.param.node;
        if node.is_none() && argument.next.is_none() {
            return Err(Barrier::Variadic);
        }
        let Some((node, record)) = self.steps.plain(&self.view, node)? else {
            return argument.blocks(Obstacle::Value(None));
        };
        match (record.kind(), record.size()) {
            (Kind::Ptr, _) => Ok(()),
            (Kind::Int | Kind::Enum | Kind::Enum64 | Kind::Struct | Kind::Union, 1..) => {
                if record.size() > MAX_ARGUMENT_SIZE {
                    argument.blocks(Obstacle::Large(record.size()))
                } else {
                    Ok(())
                }
            }
            _ => argument.blocks(Obstacle::Value(Some(node))),
        }
    }

    /// Checks an argument of a call.
    ///
    /// # Errors
    ///
    /// What is in the way.
    pub(super) fn check_argument(
        &mut self,
        call: &mut Call<'a, S>,
        argument: &Argument<'a, S>,
    ) -> Passed<(), S> {
        let param = &argument.param;
        let plain = self.steps.plain(&self.view, param.node)?;
        let pointer = plain.filter(|(_, record)| record.kind() == Kind::Ptr);
        let to = match &pointer {
            Some((_, pointer)) => {
                let to = self.view.target(pointer);
                self.steps.plain(&self.view, to)?
            }
            None => None,
        };
        if let Some((node, _)) = to.filter(|to| self.is_named(to, PROG_AUX)) {
            return self.check_prog_aux(call, argument, node);
        }
        if ends_in(param.name, b"__ign") || argument.nth >= call.passed {
            return Ok(());
        }
        match plain {
            Some((_, record)) if is_number(&record) => Ok(()),
            Some(_) if pointer.is_some() => self.check_pointer(call, argument, to),
            other => argument.blocks(Obstacle::Value(other.map(|(node, _)| node))),
        }
    }

    /// Checks a pointer to `bpf_prog_aux`, which the verifier supplies.
    fn check_prog_aux(
        &mut self,
        call: &mut Call<'a, S>,
        argument: &Argument<'a, S>,
        node: Node<S>,
    ) -> Passed<(), S> {
        if matches!(node, Node::Own(_)) {
            // It does not supply one of these, and where it is not asked for what is in the
            // register, that would be taken for it.
            return self.check_identity(argument, node);
        }
        if call.has_prog {
            return argument.blocks(Obstacle::Twice);
        }
        if argument.nth >= MAX_REGISTERS {
            return argument.blocks(Obstacle::NotInRegister);
        }
        call.has_prog = true;
        Ok(())
    }

    /// Checks a pointer to `to`, in the verifier's order.
    fn check_pointer(
        &mut self,
        call: &Call<'a, S>,
        argument: &Argument<'a, S>,
        to: Found<'a, S>,
    ) -> Passed<(), S> {
        let name = argument.param.name;
        let node = to.map(|(node, _)| node);
        let nullable = ends_in(name, b"__nullable") || ends_in(name, b"__arena");
        let kernels = to.filter(|(node, _)| matches!(node, Node::Kernel(_)));
        let special = kernels.and_then(|(_, to)| Special::of(&to, self.view.name(&to)));

        if to.is_some_and(|(_, to)| self.contexts.has(&to, self.view.name(&to))) {
            return Ok(());
        }
        if ends_in(name, b"__alloc") {
            return argument.blocks(Obstacle::Suffix("__alloc"));
        }
        if ends_in(name, b"__refcounted_kptr") || special == Some(Special::Dynptr) {
            return Ok(());
        }
        if register::is_of_iterator(call.flags) {
            if argument.nth == 0 {
                // Registering has looked at that.
                return Ok(());
            }
        } else if ends_in(name, b"__iter") {
            return match register::state(&self.view, to) {
                Some((node, _)) => self.check_identity(argument, node),
                None => argument.blocks(Obstacle::NoIterator(node)),
            };
        }
        if let (Some(Special::Graph), Some(node), false) = (special, node, nullable) {
            return argument.blocks(Obstacle::Reserved(node));
        }
        if [&b"__str"[..], b"__const_map", b"__map"]
            .iter()
            .any(|end| ends_in(name, end))
        {
            return Ok(());
        }
        if special == Some(Special::InMap) {
            return Ok(());
        }
        if ends_in(name, b"__irq_flag") {
            return argument.blocks(Obstacle::Suffix("__irq_flag"));
        }
        if let (Some(Special::Lock), Some(node), false) = (special, node, nullable) {
            return argument.blocks(Obstacle::Reserved(node));
        }
        if to.is_some_and(|(_, to)| to.kind() == Kind::FuncProto) {
            return Ok(());
        }
        if ends_in(name, b"__arena") || ends_in(name, b"__arena__nullable") {
            if argument.nth >= MAX_REGISTERS {
                return argument.blocks(Obstacle::NotInRegister);
            }
            return Ok(());
        }
        if self.is_size(argument.next)? {
            return self.check_memory(argument, to);
        }
        match to {
            Some((_, to)) if is_number(&to) => Ok(()),
            Some((node, to)) if to.kind().is_composite() => {
                if nullable || self.is_memory(call, argument, &to)? {
                    return Ok(());
                }
                self.check_identity(argument, node)
            }
            _ => argument.blocks(Obstacle::Pointer(node)),
        }
    }

    /// Checks a pointer to `to` behind which is the size of what it points to.
    fn check_memory(&mut self, argument: &Argument<'a, S>, to: Found<'a, S>) -> Passed<(), S> {
        let Some((node, to)) = to else {
            return Ok(());
        };
        if is_number(&to) || is_of_numbers(&self.view, &mut self.steps, to)? {
            return Ok(());
        }
        argument.blocks(Obstacle::Memory(Some(node)))
    }

    /// Whether a program can give any bytes for the struct or union `to`, whosever type it is.
    ///
    /// One without members is no such, though the verifier takes it for one: it is one of which no
    /// more than the size is known.
    fn is_memory(
        &mut self,
        call: &Call<'a, S>,
        argument: &Argument<'a, S>,
        to: &Type<'a, S>,
    ) -> Passed<bool, S> {
        let releases = call.flags & RELEASE != 0 && argument.nth == 0;
        if releases || to.vlen() == 0 || Special::of(to, self.view.name(to)).is_some() {
            return Ok(false);
        }
        is_of_numbers(&self.view, &mut self.steps, *to)
    }

    /// Checks that programs can have a pointer to this struct or union: that it is the kernel's, or
    /// one that the kernel has not got.
    fn check_identity(&mut self, argument: &Argument<'a, S>, node: Node<S>) -> Passed<(), S> {
        let Node::Own(id) = node else {
            return Ok(());
        };
        self.steps.step()?;
        let Some(record) = self.view.record(node) else {
            return Err(Barrier::NoType);
        };
        let name = self.view.name(&record);
        if name.is_empty() || self.given.binary_search(&node).is_ok() {
            return Ok(());
        }
        if let Some(of_base) = self.view.types.in_base(id) {
            return argument.blocks(Obstacle::Carried(id, (self.reason)(of_base)));
        }
        let mut kernels = None;
        // More of them than are looked at: one of those that were will do.
        let _ = self.view.vmlinux.named(name, |id, kernels_record| {
            if kernels_record.kind() == record.kind() {
                kernels = kernels.or(Some(id));
            }
        });
        match kernels {
            Some(kernels) => argument.blocks(Obstacle::Copy(id, kernels)),
            None => Ok(()),
        }
    }

    /// Whether `to` is a struct of this name.
    fn is_named(&self, (_, to): &(Node<S>, Type<'a, S>), name: &[u8]) -> bool {
        to.kind() == Kind::Struct && self.view.name(to) == name
    }

    /// Whether a parameter is the size of what the one before points to.
    fn is_size(&mut self, param: Option<Param<'a, S>>) -> Passed<bool, S> {
        let Some(param) = param.filter(|param| is_size(param.name)) else {
            return Ok(false);
        };
        let plain = self.steps.plain(&self.view, param.node)?;
        Ok(plain.is_some_and(|(_, record)| is_number(&record)))
    }
}
