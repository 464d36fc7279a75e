// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Comparing a module's types with the kernel's.

use super::{
    names::Names,
    sides::{
        Answer,
        Side, //
    },
    twins::Twins, //
};
use crate::{
    btf::{
        number::{
            Id,
            Kernel,
            New, //
        },
        wire::{
            Btf,
            Kind,
            Locate,
            Pair,
            Record, //
        },
        NoMemory, //
    },
    facade::Buf,
};

/// Types of a module that are split from the kernel's.
pub struct Modules<'p, 'a, 't, 'v, 'w, L> {
    /// They, and the kernel's.
    pub types: Pair<'p, 'a, New, L>,
    /// What the kernel's are to each other.
    pub twins: &'t mut Twins<'v, 'w, L>,
    /// Declarations that stand for types of the kernel, in order of their ids.
    pub declared: Buf<(Id<New>, Id<Kernel>)>,
}

impl<L: Locate> Modules<'_, '_, '_, '_, '_, L> {
    /// What a type of the kernel, which one of the module is or stands for, is to another one.
    fn of_kernels(
        &mut self,
        id: Id<Kernel>,
        kernels: Id<Kernel>,
        below: bool,
    ) -> Result<Answer, NoMemory> {
        if id == kernels {
            return Ok(Answer::Same);
        }
        Ok(if self.twins.are_equal(id, kernels, below)? {
            Answer::Equal
        } else {
            Answer::Different
        })
    }
}

impl<'p, 'a: 'p, L: Locate> Side<'p, 'a> for Modules<'p, 'a, '_, '_, '_, L> {
    type Space = New;
    type Locate = L;

    #[inline]
    fn names(&self) -> Names<'a, New> {
        Names::of_split(&self.types)
    }

    #[inline]
    fn kernel(&self) -> &'p Btf<'a, Kernel, L> {
        self.types.base
    }

    #[inline]
    fn record(&self, id: Id<New>) -> Option<Record<'a, New>> {
        self.types.split.record(id)
    }

    #[inline]
    fn kind(&self, id: Id<New>) -> Option<Kind> {
        self.types.split.kind(id)
    }

    #[inline]
    fn at_once(
        &mut self,
        ours: Id<New>,
        kernels: Id<Kernel>,
        below: bool,
    ) -> Result<Option<Answer>, NoMemory> {
        match self.types.in_base(ours) {
            Some(id) if id == kernels => Ok(Some(Answer::Same)),
            Some(id) => self.of_kernels(id, kernels, below).map(Some),
            None => Ok(None),
        }
    }

    #[inline(always)]
    fn declared(
        &mut self,
        ours: Id<New>,
        kernels: Id<Kernel>,
        below: bool,
    ) -> Result<Option<Answer>, NoMemory> {
        let place = self.declared.binary_search_by_key(&ours, |&(id, _)| id);
        let declared = place.ok().and_then(|at| self.declared.get(at));
        match declared {
            Some(&(_, id)) => self.of_kernels(id, kernels, below).map(Some),
            None => Ok(None),
        }
    }
}
