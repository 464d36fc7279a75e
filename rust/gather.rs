// SPDX-License-Identifier: GPL-2.0

//! From a module that is being loaded to what the core wants to know of it.

use crate::{
    btf::{
        self,
        Carried,
        Functions,
        Module,
        Registers, //
    },
    facade::Buf,
    loading::Loading, //
};

/// Bytes of a pointer, as BTF counts them.
const POINTER: u32 = size_of::<*const u8>() as u32;

/// The sections of a module that are copied, since nothing points to them or they are to change.
pub(crate) struct Copied {
    /// `.BTF.base_ref`.
    base_ref: Option<Buf<u8>>,
    /// `.BTF_ids`.
    ids: Option<Buf<u8>>,
}

impl Copied {
    /// Copies them.
    ///
    /// # Errors
    ///
    /// A section that lies outside of the module; no memory.
    pub(crate) fn of(loading: &Loading<'_>) -> btf::Result<Self> {
        Ok(Self {
            // It counts only where there is no distilled base.
            base_ref: match loading.base()? {
                Some(_) => None,
                None => loading.base_ref()?,
            },
            ids: loading.ids()?,
        })
    }
}

/// Gathers what there is to know of the module that `loading` is, `copied` being its copies.
///
/// # Errors
///
/// As for [`Copied::of`].
pub(crate) fn gather<'m>(loading: &Loading<'m>, copied: &'m Copied) -> btf::Result<Module<'m>> {
    let btf = loading.btf()?;
    let base = match (loading.base()?, &copied.base_ref) {
        (Some(base), _) => Carried::Base(base),
        (None, Some(base_ref)) => Carried::BaseRef(base_ref),
        (None, None) => Carried::Nothing,
    };
    let ids = match &copied.ids {
        Some(bytes) => Some(btf::IdsSection {
            bytes,
            symbols: loading.id_symbols()?,
        }),
        None => None,
    };
    let registers = match &ids {
        Some(_) => Registers::of(|name| loading.imports(name)),
        None => Registers::default(),
    };
    // Only BTF without a base is compared with them.
    let functions = if btf.is_some() && base.is_nothing() {
        loading.functions()?
    } else {
        Functions::unknown()
    };
    Ok(Module {
        btf,
        base,
        ids,
        registers,
        functions,
        pointer: POINTER,
    })
}
