// SPDX-License-Identifier: GPL-2.0

//! Where the kernel looks for the BTF of a module.
//!
//! C header: [`include/linux/module.h`](srctree/include/linux/module.h)

use crate::{
    btf::{
        self,
        Fault,
        Form,
        Place,
        Section, //
    },
    memory::is_readable, //
};
use core::{
    ffi::c_void,
    ptr,
    slice, //
};
use kernel::{
    bindings,
    prelude::*, //
};

/// `btf_data` and its kin in `struct module`.
#[derive(Clone, Copy)]
pub(crate) struct BtfPointers {
    data: *mut c_void,
    data_size: c_uint,
    base: *mut c_void,
    base_size: c_uint,
}

// SAFETY: Only pointers, which are handed back to where they came from; what is read through them
// is read by the contracts of those functions.
unsafe impl Send for BtfPointers {}

impl BtfPointers {
    /// Those of a module without BTF.
    pub(crate) const NONE: Self = Self {
        data: ptr::null_mut(),
        data_size: 0,
        base: ptr::null_mut(),
        base_size: 0,
    };

    /// Those to `btf`, without a base.
    pub(crate) fn to(btf: &[u8]) -> Self {
        Self {
            data: btf.as_ptr().cast_mut().cast(),
            // CAST: No larger than the limits of BTF, which are 32 bits.
            data_size: btf.len() as c_uint,
            ..Self::NONE
        }
    }

    /// Those that `module` has.
    ///
    /// # Safety
    ///
    /// It must be valid, and nobody else may change it.
    pub(crate) unsafe fn of(module: *const bindings::module) -> Self {
        // SAFETY: By this function's contract.
        unsafe {
            Self {
                data: (*module).btf_data,
                data_size: (*module).btf_data_size,
                base: (*module).btf_base_data,
                base_size: (*module).btf_base_data_size,
            }
        }
    }

    /// The `.BTF` that they point to, if there is one.
    ///
    /// # Errors
    ///
    /// The file is shorter than its section table says.
    ///
    /// # Safety
    ///
    /// They must be the loader's, into its copy of the file, which stays for `'a`.
    pub(crate) unsafe fn btf<'a>(&self) -> btf::Result<Option<&'a [u8]>> {
        // SAFETY: By this function's contract.
        let btf = unsafe { section(self.data, self.data_size) };
        btf.map_err(|fault| btf::Error::new(Section::Split, Place::Whole, fault))
    }

    /// The `.BTF.base` that they point to, if there is one.
    ///
    /// # Errors
    ///
    /// As for [`Self::btf`].
    ///
    /// # Safety
    ///
    /// As for [`Self::btf`].
    pub(crate) unsafe fn base<'a>(&self) -> btf::Result<Option<&'a [u8]>> {
        // SAFETY: By this function's contract.
        let base = unsafe { section(self.base, self.base_size) };
        base.map_err(|fault| btf::Error::new(Section::Base, Place::Whole, fault))
    }

    /// How a module that has them says which types it means, as far as that is known; none if it
    /// has no BTF.
    pub(crate) fn form(&self) -> Option<Form> {
        if self.data.is_null() || self.data_size == 0 {
            None
        } else if self.base.is_null() || self.base_size == 0 {
            Some(Form::Plain)
        } else {
            Some(Form::Base)
        }
    }

    /// Gives them to a module.
    ///
    /// # Safety
    ///
    /// `module` must be valid, with its load in progress in this thread. What they point to must
    /// stay where it is until it is given others, or has been loaded.
    pub(crate) unsafe fn give_to(self, module: *mut bindings::module) {
        // SAFETY: By this function's contract nobody else reads or writes these fields.
        unsafe {
            (*module).btf_data = self.data;
            (*module).btf_data_size = self.data_size;
            (*module).btf_base_data = self.base;
            (*module).btf_base_data_size = self.base_size;
        }
    }
}

/// A section that the loader has in memory.
///
/// # Errors
///
/// It does not. The loader looks at the bounds of sections, but not of those whose type says that
/// they take no room in the file, while it asks nobody's type.
///
/// # Safety
///
/// If not null, `data` must point into memory that stays for `'a`, and does not change; how much
/// of it there is need not be known.
unsafe fn section<'a>(data: *const c_void, size: c_uint) -> Result<Option<&'a [u8]>, Fault> {
    if data.is_null() || size == 0 {
        return Ok(None);
    }
    // CAST: 32 bits fit.
    let size = size as usize;
    if !is_readable(data.addr(), size) {
        return Err(Fault::Truncated);
    }
    // SAFETY: All of it can be read, and by this function's contract it stays.
    Ok(Some(unsafe { slice::from_raw_parts(data.cast(), size) }))
}
