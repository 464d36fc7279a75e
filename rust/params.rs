// SPDX-License-Identifier: GPL-2.0

//! The module's parameters, see `params.c`.

use crate::{
    btf::Unify,
    host::c, //
};

/// What to do with a module whose BTF was made for another kernel and has no base.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stale {
    /// Load it without BTF.
    Withhold,
    /// Do not let it load.
    Refuse,
    /// Leave it to the kernel.
    Leave,
}

/// `strict=`: whether to refuse what can't be mapped in full.
pub(crate) fn strict() -> bool {
    // SAFETY: Only reads a variable.
    unsafe { c::btf_reconcile_strict() }
}

/// `verbose=`: whether to log what becomes of each type.
pub(crate) fn verbose() -> bool {
    // SAFETY: Only reads a variable.
    unsafe { c::btf_reconcile_verbose() }
}

/// `stale=`.
pub(crate) fn stale() -> Stale {
    // SAFETY: Only reads a variable.
    match unsafe { c::btf_reconcile_stale() } {
        c::btf_reconcile_stale_BTF_RECONCILE_STALE_REFUSE => Stale::Refuse,
        c::btf_reconcile_stale_BTF_RECONCILE_STALE_LEAVE => Stale::Leave,
        _ => Stale::Withhold,
    }
}

/// `unify=`, which `strict=` outdoes.
pub(crate) fn unify() -> Unify {
    // SAFETY: Only reads a variable.
    match unsafe { c::btf_reconcile_unify() } {
        c::btf_reconcile_unify_BTF_RECONCILE_UNIFY_BASE => Unify::Base,
        c::btf_reconcile_unify_BTF_RECONCILE_UNIFY_ALL => Unify::All,
        _ => Unify::Off,
    }
}
