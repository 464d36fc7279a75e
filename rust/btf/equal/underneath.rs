// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What a typedef or a function of a base reference is made of.

use super::{
    names::{
        are_same,
        Names, //
    },
    pairs::Pairs,
    sides::{
        Answer,
        Side, //
    }, //
};
use crate::btf::{
    kernel::Vmlinux,
    number::{
        Base,
        Id,
        Kernel, //
    },
    wire::{
        Btf,
        Kind,
        Locate,
        Record, //
    },
    NoMemory, //
};

/// Types of a base reference.
struct References<'p, 'a, L> {
    /// They.
    base: &'p Btf<'a, Base>,
    /// The kernel's.
    kernel: &'p Btf<'a, Kernel, L>,
}

impl<'p, 'a: 'p, L: Locate> Side<'p, 'a> for References<'p, 'a, L> {
    type Space = Base;
    type Locate = L;

    fn names(&self) -> Names<'a, Base> {
        Names::of_other(self.base)
    }

    fn kernel(&self) -> &'p Btf<'a, Kernel, L> {
        self.kernel
    }

    fn record(&self, id: Id<Base>) -> Option<Record<'a, Base>> {
        self.base.record(id)
    }

    fn kind(&self, id: Id<Base>) -> Option<Kind> {
        self.base.kind(id)
    }

    fn may_say_less(&self, ours: Kind, kernels: Kind) -> bool {
        match ours {
            Kind::Fwd => kernels.is_composite() || kernels.is_enum(),
            ours if ours.is_enum() => kernels.is_enum(),
            ours => ours.is_composite() && ours == kernels,
        }
    }

    /// A base reference declares structs, unions and enumerations by FWD, or gives no more of them
    /// than their size. It is not the other way round: what it defines no declaration satisfies.
    #[inline(always)]
    fn says_less(
        &self,
        names: &(Names<'a, Base>, Names<'a, Kernel>),
        ours: &Record<'a, Base>,
        theirs: &Record<'a, Kernel>,
    ) -> Option<bool> {
        let (kind, other) = (ours.kind(), theirs.kind());
        let same_name = || are_same(&names.0, ours.name(), &names.1, theirs.name());
        if kind == Kind::Fwd && other != Kind::Fwd {
            let is_of = match other {
                Kind::Union => ours.kind_flag(),
                _ => !ours.kind_flag(),
            };
            return Some(is_of && same_name());
        }
        let only_size = ours.vlen() == 0 && ours.size() != 0 && ours.name().is_some();
        if only_size && theirs.vlen() != 0 && self.may_say_less(kind, other) {
            return Some(ours.size() == theirs.size() && same_name());
        }
        None
    }

    fn at_once(&mut self, _: Id<Base>, _: Id<Kernel>, _: bool) -> Result<Option<Answer>, NoMemory> {
        Ok(None)
    }
}

/// Tells typedefs and functions of the kernel from others that only share their name.
pub struct Underneath<'v, 'a, L> {
    side: References<'v, 'a, L>,
    pairs: Pairs<Base>,
}

impl<'v, 'a, L: Locate> Underneath<'v, 'a, L> {
    /// Nothing has been compared yet.
    pub fn new(vmlinux: &'v Vmlinux<'a, L>, base: &'v Btf<'a, Base>) -> Self {
        let kernel = &vmlinux.btf;
        Self {
            side: References { base, kernel },
            pairs: Pairs::new(),
        }
    }

    /// Whether typedef or function `ours` of the base is that of the kernel: of the same kind and
    /// name, and equal underneath, to the last leaf.
    ///
    /// What the base only declares, or knows but the size of, is the kernel's below a pointer.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn is_kernels(&mut self, ours: Id<Base>, kernels: Id<Kernel>) -> Result<bool, NoMemory> {
        let References { base, kernel } = self.side;
        let (Some(a), Some(b)) = (base.record(ours), kernel.record(kernels)) else {
            return Ok(false);
        };
        let names = (Names::of_other(base), Names::of_kernel(kernel));
        if a.kind() != b.kind() || !are_same(&names.0, a.name(), &names.1, b.name()) {
            return Ok(false);
        }
        // Functions are things of their module, but their prototypes are types.
        let (ours, kernels) = match (a.target(), b.target()) {
            (Some(ours), Some(kernels)) => (ours, kernels),
            (ours, kernels) => return Ok(ours.is_none() && kernels.is_none()),
        };
        self.pairs.ask(&mut self.side, ours, kernels, false)
    }
}
