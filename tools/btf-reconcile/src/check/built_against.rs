// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What a report has of the kernel that a module says it was built against, be it `check`'s or that of
//! our module in the kernel.

use crate::{
    base::Kernel,
    btf::{
        Fingerprint,
        Hex, //
    },
    names::harmless, //
};
use data_encoding::HEXLOWER;
use serde::{
    Deserialize,
    Serialize, //
};

/// The kernel that a module says it was built against.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct BuiltAgainst {
    /// Its release.
    pub release: Option<String>,
    /// Its build id, in hexadecimal.
    pub build_id: Option<String>,
    /// The SHA-256 of its BTF, likewise.
    pub btf_sha256: Option<String>,
    /// Whether it is this kernel, or has its BTF, if that can be told.
    pub this_kernel: Option<bool>,
    /// Whether it is known to have this kernel's BTF, and no more than that: so may another build.
    #[serde(skip)]
    pub same_btf_only: bool,
    /// Whether it is, and the module means other types than this kernel has all the same.
    pub contradicts: bool,
}

impl BuiltAgainst {
    /// What `fingerprint` says on `kernel`.
    pub fn new(fingerprint: &Fingerprint<'_>, kernel: &Kernel<'_>) -> Self {
        let hex = |bytes| Hex(bytes).to_string();
        let release = fingerprint.release.map(String::from_utf8_lossy);
        Self {
            release: release.map(Into::into),
            build_id: fingerprint.build_id.map(hex),
            btf_sha256: fingerprint.btf_sha256.map(|hash| hex(hash)),
            this_kernel: kernel.is_of(fingerprint),
            same_btf_only: !kernel.has_id_of(fingerprint) && kernel.has_btf_of(fingerprint),
            contradicts: false,
        }
    }

    /// The kernel in words.
    pub fn words(&self) -> String {
        self.tell(|fingerprint| harmless(&fingerprint.to_string()).into_owned())
    }

    /// Whether these words tell people which one it is.
    pub fn is_telling(&self) -> bool {
        self.tell(|fingerprint| fingerprint.is_telling())
    }

    fn tell<T>(&self, of: impl FnOnce(&Fingerprint<'_>) -> T) -> T {
        let decode = |digits: &String| HEXLOWER.decode(digits.as_bytes()).ok();
        let build_id = self.build_id.as_ref().and_then(decode);
        let hash = self.btf_sha256.as_ref().and_then(decode);
        of(&Fingerprint {
            release: self.release.as_deref().map(str::as_bytes),
            build_id: build_id.as_deref(),
            btf_sha256: hash.as_deref().and_then(|hash| hash.try_into().ok()),
        })
    }
}
