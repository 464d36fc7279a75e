// SPDX-License-Identifier: GPL-2.0

//! The name of a module, kept.

use kernel::str::{
    BStr,
    CStr, //
};

/// The name of a module, which takes no memory of its own: a report must not hang on that.
pub(crate) struct ModuleName([u8; ModuleName::ROOM]);

impl ModuleName {
    /// Bytes that no name fills: `MODULE_NAME_LEN` is a pointer's size less.
    const ROOM: usize = 64;

    /// Keeps `name`.
    pub(crate) fn new(name: &BStr) -> Self {
        let mut bytes = [0; Self::ROOM];
        // The last byte stays a NUL.
        for (place, &byte) in bytes.iter_mut().take(Self::ROOM - 1).zip(name.iter()) {
            *place = byte;
        }
        Self(bytes)
    }

    /// It, as a C string.
    pub(crate) fn as_c_str(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.0).unwrap_or(c"")
    }

    /// It, as bytes that can be shown.
    pub(crate) fn as_bytes(&self) -> &BStr {
        BStr::from_bytes(self.as_c_str().to_bytes())
    }
}
