// SPDX-License-Identifier: GPL-2.0

//! The kernel that a module says it was built against.
//!
//! By nothing here is decided what becomes of the module. It is what the log and the report can say
//! instead of that it is "another" kernel.

use crate::{
    btf::{
        self,
        Fault,
        Fingerprint, //
    },
    facade::Buf,
    host,
    loading::Loading,
    shown::Shown, //
};
use kernel::{
    fmt,
    prelude::*, //
};

/// What a module says of the kernel that it was built against.
#[derive(Default)]
pub(crate) struct Origin {
    /// A copy of its notes on that, which can be read.
    notes: Buf<u8>,
    /// Whether it is the running kernel, if that can be told.
    pub(crate) is_this_kernel: Option<bool>,
    /// Why it is ignored, if it is.
    pub(crate) ignored: Option<btf::Error>,
}

impl Origin {
    /// Reads it; notes that can't be read are ignored. Without memory for a copy there are none.
    pub(crate) fn of(loading: &Loading<'_>) -> Self {
        let copied = loading.fingerprint().and_then(|notes| {
            let notes = notes.unwrap_or_default();
            let is_this_kernel = Fingerprint::parse(&notes)?.and_then(|f| is_running(&f));
            Ok(Self {
                notes,
                is_this_kernel,
                ignored: None,
            })
        });
        copied.unwrap_or_else(|error| {
            if error.fault == Fault::NoMemory {
                return Self::default();
            }
            let module = loading.name();
            pr_notice!("{module}: {}; it is ignored\n", Shown(error));
            Self {
                ignored: Some(error),
                ..Self::default()
            }
        })
    }

    /// The kernel.
    pub(crate) fn fingerprint(&self) -> Option<Fingerprint<'_>> {
        Fingerprint::parse(&self.notes).ok().flatten()
    }
}

/// Which kernel it is, if the module says so, in a line of the log.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fingerprint() {
            Some(kernel) if kernel.is_telling() => {
                write!(f, "{}", fmt!(", built against {}", Shown(kernel)))
            }
            _ => Ok(()),
        }
    }
}

/// Whether `fingerprint` is that of the running kernel. Its build id tells; hashing its BTF, of
/// some megabytes, would take longer than all the rest.
fn is_running(fingerprint: &Fingerprint<'_>) -> Option<bool> {
    host::has_build_id(fingerprint.build_id?)
}
