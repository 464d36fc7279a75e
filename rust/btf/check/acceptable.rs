// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What the kernel asks of a module's BTF, and of the base that it comes with: all that
//! `btf_parse_module()` and `btf_parse_base()` in `kernel/bpf/btf.c` do, and that nothing embeds
//! itself, which they should ask.

use super::{
    endless::Embedding,
    identifier::Identifiers,
    records,
    sections, //
};
use crate::btf::{
    error::{
        Error,
        Fault,
        Place, //
    },
    limits::MAX_MODIFIERS,
    number::{
        number_of,
        Id,
        Space, //
    },
    pace::Pace,
    wire::{
        Btf,
        Kind,
        Locate, //
    },
    Result, //
};

/// Checks what the kernel checks of `btf`, which was read from `blob`, and that none of its types
/// embeds itself.
///
/// `base` is what it is split from, if anything.
///
/// # Errors
///
/// The first thing for which the kernel refuses it, in the kernel's words ([`Fault::Kernel`]), or
/// a modifier that leads to no type. [`Fault::Endless`] means that the kernel refuses it for
/// nothing, and hangs later on. No memory.
pub fn acceptable<S: Space, L: Locate>(
    blob: &[u8],
    base: Option<&Btf<'_, S::Base, L>>,
    btf: &Btf<'_, S>,
) -> Result {
    if let Some(what) = sections::refusal(blob, btf.header(), base.is_none()) {
        let fault = Fault::Kernel(what);
        return Err(Error::new(btf.section(), Place::Header, fault));
    }
    let mut names = Identifiers::new(base, btf)?;
    let mut embedding = Embedding::new(btf)?;
    let mut chains = Chains::new(base, btf);
    let mut pace = Pace::new();
    for (id, record) in btf.walk() {
        pace.steps(record.vlen().saturating_add(1));
        if let Some(what) = records::refusal(&record, &mut names) {
            return Err(btf.at_type(id, Fault::Kernel(what)));
        }
        embedding.add(id, &record);
        if record.kind().is_modifier() {
            chains.add(id, record.target());
        }
    }
    if let Some((id, fault)) = chains.wrong {
        return Err(btf.at_type(id, fault));
    }
    match embedding.find(btf)? {
        Some(id) => Err(btf.at_type(id, Fault::Endless)),
        None => Ok(()),
    }
}

/// `btf_check_modifier_chain_length()`: a chain of modifiers is no longer than that, up to one that
/// was found good before.
struct Chains<'p, 'b, 'a, S: Space, L> {
    base: Option<&'p Btf<'b, S::Base, L>>,
    btf: &'p Btf<'a, S>,
    /// The last one that was found good; before any was, the last of the base.
    good: u32,
    /// The first that was not, and why.
    wrong: Option<(Id<S>, Fault)>,
}

impl<'p, 'b, 'a, S: Space, L: Locate> Chains<'p, 'b, 'a, S, L> {
    fn new(base: Option<&'p Btf<'b, S::Base, L>>, btf: &'p Btf<'a, S>) -> Self {
        Self {
            base,
            btf,
            good: btf.first().number().saturating_sub(1),
            wrong: None,
        }
    }

    /// Follows the modifier `id`, which is on `target`. They come in order of their ids.
    #[inline]
    fn add(&mut self, id: Id<S>, target: Option<Id<S>>) {
        if self.wrong.is_none() {
            self.wrong = self.follow(target).map(|fault| (id, fault));
            self.good = id.number();
        }
    }

    /// What is wrong with a chain whose first modifier is on `target`.
    fn follow(&self, target: Option<Id<S>>) -> Option<Fault> {
        let mut at = target;
        for links in 1..=MAX_MODIFIERS {
            let id = at?;
            let Some(kind) = self.kind(id) else {
                return Some(Fault::Reference {
                    id: id.number(),
                    end: self.btf.end().number(),
                });
            };
            if !kind.is_modifier() {
                return None;
            }
            // The kernel counts before it asks whether this one is good.
            if links == MAX_MODIFIERS {
                break;
            }
            if id.number() <= self.good {
                return None;
            }
            at = self.btf.record(id).and_then(|record| record.target());
        }
        Some(Fault::Kernel("Max chain length or cycle detected"))
    }

    /// The kind of type `id`.
    fn kind(&self, id: Id<S>) -> Option<Kind> {
        if id < self.btf.first() {
            self.base?.kind(Id::new(number_of(Some(id)))?)
        } else {
            self.btf.kind(id)
        }
    }
}
