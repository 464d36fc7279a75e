// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The last steps, which all forms take: doing without copies, mending, and what the kernel asks.

use super::{
    outcome::{
        Done,
        Types, //
    },
    steps::Run, //
};
use crate::{
    btf::{
        check::acceptable,
        equal::Twins,
        error::{
            Error,
            Fault, //
        },
        ids::Slots,
        kernel::Vmlinux,
        mend::{
            mend,
            Mended,
            Mending, //
        },
        number::{
            New,
            Space, //
        },
        reconcile::IdMap,
        unify::{
            unify,
            Copies, //
        },
        wire::{
            Btf,
            Locate,
            Pair, //
        },
        Result, //
    },
    facade::Buf,
};

/// A module's BTF on its way, split from the kernel's.
pub struct Draft<'d, S: Space> {
    /// What there is if it is not what the module came with.
    pub made: Option<Buf<u8>>,
    /// What the module came with.
    pub came: &'d [u8],
    /// From the ids of the module's types as they came to those of now.
    pub ids: IdMap<S, New>,
    /// What the kernel would have refused, and was helped.
    pub mending: Mending,
}

/// What [`Run::finish`] has made of a draft.
pub struct Finished<'f, S: Space, L> {
    btf: Option<Buf<u8>>,
    pub ids: &'f IdMap<S, New>,
    pub slots: Option<&'f Slots<'f, S>>,
    new_slots: Option<Buf<u8>>,
    copies: Option<(&'f Copies<'f, 'f, L>, &'f IdMap<New, New>)>,
    mending: Mending,
    bytes_unified: usize,
    not_unified: Option<Error>,
}

/// What takes what [`Run::finish`] has made.
pub type Give<'g, S, L> = &'g mut dyn FnMut(Finished<'_, S, L>);

impl<S: Space> Draft<'_, S> {
    fn bytes(&self) -> &[u8] {
        self.made.as_deref().unwrap_or(self.came)
    }

    /// Takes what was mended in its place.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn become_mended(&mut self, mended: Mended) -> Result {
        self.ids = self.ids.followed_by(&mended.rewritten.ids)?;
        self.made = Some(mended.rewritten.bytes);
        self.mending = mended.mending;
        Ok(())
    }
}

impl<'v, L: Locate> Run<'_, 'v, L> {
    /// Leaves copies out if that is wanted, sees to it that the kernel takes the result, and gives
    /// it to `give`.
    ///
    /// It is checked once, at the end. Only where the kernel would refuse it is looked for what can
    /// be mended; and where doing without copies fails, they stay: the module is as well off with
    /// them as it was built.
    ///
    /// # Errors
    ///
    /// The kernel would refuse it, ids are stale, or no memory; `give` has not been called.
    pub fn finish<S: Space, B: Locate>(
        &self,
        types: Pair<'_, '_, S, B>,
        mut slots: Option<&mut Slots<'_, S>>,
        draft: &mut Draft<'_, S>,
        unify: bool,
        twins: &mut Twins<'_, 'v, L>,
        give: Give<'_, S, L>,
    ) -> Result {
        let first = self.attempt(types, slots.as_deref_mut(), draft, unify, twins, give);
        let Err(mut error) = first else {
            return Ok(());
        };
        if matches!(error.fault, Fault::Kernel(_)) {
            draft.become_mended(mend(&self.vmlinux.btf, draft.bytes())?)?;
            match self.attempt(types, slots.as_deref_mut(), draft, unify, twins, give) {
                Ok(()) => return Ok(()),
                Err(again) => error = again,
            }
        }
        if unify {
            self.as_it_is(types, slots, draft, Some(error), give)
        } else {
            Err(error)
        }
    }

    /// Leaves copies out of `draft` if that is wanted, else leaves it as it is.
    ///
    /// # Errors
    ///
    /// As for [`Self::finish`].
    fn attempt<S: Space, B: Locate>(
        &self,
        types: Pair<'_, '_, S, B>,
        slots: Option<&mut Slots<'_, S>>,
        draft: &mut Draft<'_, S>,
        unify: bool,
        twins: &mut Twins<'_, 'v, L>,
        give: Give<'_, S, L>,
    ) -> Result {
        if unify {
            self.without_copies(types, slots, draft, twins, give)
        } else {
            self.as_it_is(types, slots, draft, None, give)
        }
    }

    /// Leaves copies out of `draft`.
    ///
    /// # Errors
    ///
    /// As for [`Self::finish`].
    fn without_copies<S: Space, B: Locate>(
        &self,
        types: Pair<'_, '_, S, B>,
        mut slots: Option<&mut Slots<'_, S>>,
        draft: &Draft<'_, S>,
        twins: &mut Twins<'_, 'v, L>,
        give: Give<'_, S, L>,
    ) -> Result {
        let bytes = draft.bytes();
        let split = Btf::parse_split(bytes, &self.vmlinux.btf)?;
        let copies = Copies::find(self.vmlinux, &split, twins)?;
        if copies.count() == 0 {
            acceptable(bytes, Some(&self.vmlinux.btf), &split)?;
            let mut btf = None;
            // What fits and has no copies is not touched.
            if draft.made.is_some() {
                // The copies that there are not have it borrowed.
                let mut copy = Buf::with_capacity(bytes.len())?;
                copy.extend_from_slice(bytes)?;
                btf = Some(copy);
            }
            let new_slots = new_slots(types, slots.as_deref_mut(), draft)?;
            let same = IdMap::identity(split.end());
            give(Finished {
                btf,
                ids: &draft.ids,
                slots: slots.as_deref(),
                new_slots,
                copies: Some((&copies, &same)),
                mending: draft.mending,
                bytes_unified: 0,
                not_unified: None,
            });
            return Ok(());
        }
        let after = unify(&copies)?;
        accept(self.vmlinux, &after.bytes)?;
        let ids = draft.ids.followed_by(&after.ids)?;
        let new_slots = translate(types, slots.as_deref_mut(), &ids)?;
        give(Finished {
            bytes_unified: bytes.len().saturating_sub(after.bytes.len()),
            btf: Some(after.bytes),
            ids: &ids,
            slots: slots.as_deref(),
            new_slots,
            copies: Some((&copies, &after.ids)),
            mending: draft.mending,
            not_unified: None,
        });
        Ok(())
    }

    /// Leaves `draft` as it is. `not_unified` says why copies stay in it, if that was not wanted.
    ///
    /// # Errors
    ///
    /// As for [`Self::finish`].
    fn as_it_is<S: Space, B: Locate>(
        &self,
        types: Pair<'_, '_, S, B>,
        mut slots: Option<&mut Slots<'_, S>>,
        draft: &mut Draft<'_, S>,
        not_unified: Option<Error>,
        give: Give<'_, S, L>,
    ) -> Result {
        accept(self.vmlinux, draft.bytes())?;
        let new_slots = new_slots(types, slots.as_deref_mut(), draft)?;
        give(Finished {
            btf: draft.made.take(),
            ids: &draft.ids,
            slots: slots.as_deref(),
            new_slots,
            copies: None,
            mending: draft.mending,
            bytes_unified: 0,
            not_unified,
        });
        Ok(())
    }
}

/// Checks that the kernel takes `bytes` for what is split from its own BTF.
///
/// # Errors
///
/// What it would refuse it for.
fn accept<L: Locate>(vmlinux: &Vmlinux<'_, L>, bytes: &[u8]) -> Result {
    let split = Btf::<New>::parse_split(bytes, &vmlinux.btf)?;
    acceptable(bytes, Some(&vmlinux.btf), &split)
}

/// The new contents of `.BTF_ids` of a module of which `draft` has come, if they change.
///
/// # Errors
///
/// Stale ids, no memory.
fn new_slots<S: Space, B: Locate>(
    types: Pair<'_, '_, S, B>,
    slots: Option<&mut Slots<'_, S>>,
    draft: &Draft<'_, S>,
) -> Result<Option<Buf<u8>>> {
    match slots {
        // The ids that it has stay as they are.
        Some(slots) if draft.made.is_none() => slots.filled(&draft.ids),
        slots => translate(types, slots, &draft.ids),
    }
}

/// The new contents of `.BTF_ids`, if there is such a section.
///
/// # Errors
///
/// Stale ids, no memory.
fn translate<S: Space, B: Locate>(
    types: Pair<'_, '_, S, B>,
    slots: Option<&mut Slots<'_, S>>,
    ids: &IdMap<S, New>,
) -> Result<Option<Buf<u8>>> {
    match slots {
        Some(slots) => slots.translate(&types, ids).map(Some),
        None => Ok(None),
    }
}

impl<'f, S: Space, L> Finished<'f, S, L> {
    /// The same, with the types that it is about.
    pub fn done(self, types: Types<'f, L>) -> Done<'f, L> {
        Done {
            types,
            btf: self.btf,
            new_slots: self.new_slots,
            copies: self.copies,
            mending: self.mending,
            bytes_unified: self.bytes_unified,
            not_unified: self.not_unified,
        }
    }
}
