// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which type of the kernel a type of a base stands for.
//!
//! The rules, with their reasons, are in `Documentation/rules.rst`.

use super::{
    candidates::{
        decide,
        worse,
        Candidates, //
    },
    decision::{
        Decision,
        Mapping,
        Reason, //
    },
    declared::declared,
    elements::Elements,
};
use crate::btf::{
    equal::{
        Twins,
        Underneath, //
    },
    error::Section,
    kernel::{
        Prepared,
        Vmlinux, //
    },
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
    Result, //
};

/// Names that C has for one type, as compilers write them into debug information.
const ALIASES: [&[&[u8]]; 10] = [
    &[b"char", b"signed char"],
    &[b"short int", b"short"],
    &[b"short unsigned int", b"unsigned short"],
    &[b"unsigned int", b"unsigned"],
    &[b"long int", b"long"],
    &[b"long unsigned int", b"unsigned long"],
    &[b"long long int", b"long long"],
    &[b"long long unsigned int", b"unsigned long long"],
    &[b"__int128 unsigned", b"unsigned __int128"],
    &[b"_Bool", b"bool"],
];

/// A type of a base that is looked for.
#[derive(Clone, Copy)]
pub struct Wanted<'b> {
    /// Its id.
    pub id: Id<Base>,
    /// Its record.
    pub record: Record<'b, Base>,
    /// Its name, which is not empty.
    pub name: &'b [u8],
    /// The name, on its way to be looked up.
    pub prepared: Prepared,
}

/// Looks for the kernel's counterparts of the types of a base.
pub struct Matcher<'p, 'v, 'a, 'b, L> {
    base: &'p Btf<'b, Base>,
    vmlinux: &'v Vmlinux<'a, L>,
    twins: &'p mut Twins<'v, 'a, L>,
    underneath: Underneath<'p, 'b, L>,
    elements: Elements<'p, 'a, 'b, L>,
}

impl<'p, 'v: 'p, 'a: 'b, 'b, L: Locate> Matcher<'p, 'v, 'a, 'b, L> {
    /// Has looked for nothing yet.
    pub fn new(
        vmlinux: &'v Vmlinux<'a, L>,
        base: &'p Btf<'b, Base>,
        twins: &'p mut Twins<'v, 'a, L>,
    ) -> Self {
        Self {
            base,
            vmlinux,
            twins,
            underneath: Underneath::new(vmlinux, base),
            elements: Elements::new(base, &vmlinux.btf),
        }
    }

    /// Decides what becomes of a type.
    ///
    /// A struct or union that only its size tells from the kernel's comes back as
    /// [`Mapping::Resized`]: whether the module embeds it is for the caller to find out.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn decide(&mut self, wanted: Wanted<'b>) -> Result<Decision> {
        match wanted.record.kind() {
            Kind::Int => self.int(wanted),
            Kind::Float => self.sized(wanted),
            Kind::Enum | Kind::Enum64 => self.enumeration(wanted),
            Kind::Struct | Kind::Union => self.composite(wanted),
            Kind::Fwd => {
                // A base reference declares enumerations this way, too.
                let may_be_enum = self.base.section() == Section::BaseRef;
                let is_union = wanted.record.kind_flag();
                declared(self.vmlinux, self.twins, wanted.name, is_union, may_be_enum)
            }
            Kind::Typedef | Kind::Func => self.underneath(wanted),
            _ => Ok(Decision::Moved),
        }
    }

    /// An integer: size, encoding and bits agree.
    fn int(&mut self, wanted: Wanted<'b>) -> Result<Decision> {
        let decision = self.sized(wanted)?;
        if !matches!(decision, Decision::Carried(_)) {
            return Ok(decision);
        }
        for names in ALIASES.iter().filter(|names| names.contains(&wanted.name)) {
            for &alias in names.iter().filter(|&&alias| alias != wanted.name) {
                let mut prepared = [Prepared::default()];
                self.vmlinux.prepare(&[alias], &mut prepared);
                let [prepared] = prepared;
                let alias = Wanted {
                    name: alias,
                    prepared,
                    ..wanted
                };
                if let Decision::Mapped(id, _) = self.sized(alias)? {
                    return Ok(Decision::Mapped(id, Mapping::Alias));
                }
            }
        }
        Ok(decision)
    }

    /// An integer or a floating point number: it agrees with the kernel's in kind and size, and in
    /// what the record says of the encoding, which is nothing of floating point numbers.
    fn sized(&mut self, wanted: Wanted<'_>) -> Result<Decision> {
        let ours = wanted.record;
        let mut fit = Candidates::default();
        let mut reason = Reason::Missing;
        let all = self
            .vmlinux
            .named_prepared(wanted.prepared, wanted.name, |id, theirs| {
                if theirs.kind() != ours.kind() {
                    reason = worse(reason, Reason::OtherKind(theirs.kind()));
                } else if theirs.size() != ours.size() {
                    reason = worse(reason, Reason::Size(theirs.size()));
                } else if theirs.tail() != ours.tail() {
                    reason = worse(reason, Reason::Differs);
                } else {
                    fit.add(id);
                }
            });
        decide(all, &[(&fit, Mapping::Exact)], reason, self.twins)
    }

    /// An enumeration: a distilled one has no values and stands for either width.
    fn enumeration(&mut self, wanted: Wanted<'_>) -> Result<Decision> {
        let ours = wanted.record;
        let mut defined = Candidates::default();
        let mut empty = Candidates::default();
        let mut reason = Reason::Missing;
        let mut failed = Ok(());
        let elements = &mut self.elements;
        let all = self
            .vmlinux
            .named_prepared(wanted.prepared, wanted.name, |id, theirs| {
                if !theirs.kind().is_enum() {
                    reason = worse(reason, Reason::OtherKind(theirs.kind()));
                } else if theirs.size() != ours.size() {
                    reason = worse(reason, Reason::Size(theirs.size()));
                } else {
                    match elements.has_values(&ours, &theirs) {
                        Ok(true) if theirs.vlen() == 0 => empty.add(id),
                        Ok(true) => defined.add(id),
                        Ok(false) => reason = worse(reason, Reason::Differs),
                        Err(error) => failed = Err(error),
                    }
                }
            });
        failed?;
        let fits = [(&defined, Mapping::Exact), (&empty, Mapping::Exact)];
        decide(all, &fits, reason, self.twins)
    }

    /// A struct or union: the kind agrees, and so do members as far as they are known.
    fn composite(&mut self, wanted: Wanted<'_>) -> Result<Decision> {
        let ours = wanted.record;
        let mut same_size = Candidates::default();
        let mut other_size = Candidates::default();
        let mut kernels_size = 0;
        let mut reason = Reason::Missing;
        let mut failed = Ok(());
        let elements = &mut self.elements;
        let all = self
            .vmlinux
            .named_prepared(wanted.prepared, wanted.name, |id, theirs| {
                if theirs.kind() != ours.kind() {
                    reason = worse(reason, Reason::OtherKind(theirs.kind()));
                    return;
                }
                match elements.has_members(&ours, &theirs) {
                    Ok(true) if theirs.size() == ours.size() => same_size.add(id),
                    Ok(true) => {
                        kernels_size = theirs.size();
                        other_size.add(id);
                    }
                    Ok(false) => reason = worse(reason, Reason::Differs),
                    Err(error) => failed = Err(error),
                }
            });
        failed?;
        let fits = [
            (&same_size, Mapping::Exact),
            // If these are one type, they have one size.
            (&other_size, Mapping::Resized(kernels_size)),
        ];
        decide(all, &fits, reason, self.twins)
    }

    /// A type whose name alone says nothing of it: what is underneath is the kernel's.
    ///
    /// Otherwise it moves, and loses nothing by that: what it is made of is mapped in any case.
    fn underneath(&mut self, wanted: Wanted<'_>) -> Result<Decision> {
        let mut first = None;
        // Functions are things of their own; whether they are one is up to what they take and give.
        let mut targets = Candidates::default();
        let mut failed = Ok(());
        let (underneath, kind) = (&mut self.underneath, wanted.record.kind());
        let each = |id, theirs: Record<'_, Kernel>| {
            if theirs.kind() != kind {
                return;
            }
            match underneath.is_kernels(wanted.id, id) {
                Ok(true) => {
                    first = first.or(Some(id));
                    if let Some(target) = theirs.target() {
                        targets.add(target);
                    }
                }
                Ok(false) => {}
                Err(error) => failed = Err(error),
            }
        };
        let all = if kind == Kind::Func {
            self.vmlinux.named_any(wanted.name, each)
        } else {
            self.vmlinux
                .named_prepared(wanted.prepared, wanted.name, each)
        };
        failed?;
        let Some(first) = first.filter(|_| all.is_ok()) else {
            return Ok(Decision::Moved);
        };
        // There are no targets where all are of `void`.
        Ok(match targets.decide(self.twins, Mapping::Exact)? {
            Some(Decision::Carried(_)) => Decision::Moved,
            _ => Decision::Mapped(first, Mapping::Exact),
        })
    }
}
