// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The BTF of a kernel, and where it comes from.

mod source;

pub use self::source::Source;

use crate::{
    btf::{
        Btf,
        Fault,
        Fingerprint,
        Kind,
        Offsets,
        Vmlinux, //
    },
    elf::{
        Module,
        Target, //
    },
    error::{
        Error,
        Result, //
    },
    fingerprint,
    mainline, //
};
use std::sync::OnceLock;

/// How C calls the integers that are as long as a pointer, in a kernel.
const POINTER_LONG: [&[u8]; 4] = [b"long unsigned int", b"unsigned long", b"long int", b"long"];

/// Bits of a pointer, which has the size of a C `long` in kernels.
fn pointer_bits(vmlinux: &Vmlinux<'_, Offsets>) -> Option<u32> {
    let mut bits = None;
    for name in POINTER_LONG {
        // Which of them all is first does not matter, if there are too many.
        let _ = vmlinux.named(name, |_, record| {
            if record.kind() == Kind::Int && matches!(record.size(), 4 | 8) {
                bits = bits.or(Some(record.size() * 8));
            }
        });
    }
    bits
}

/// The BTF of a kernel, ready for use.
pub struct Kernel<'a> {
    /// As it was asked for.
    pub name: &'a str,
    /// Its BTF.
    pub blob: &'a [u8],
    /// The types, and how to find them by name.
    pub vmlinux: Vmlinux<'a, Offsets>,
    /// The machine that it is for.
    pub target: Target,
    /// What it is without our module, if it can be one.
    pub stock: Option<mainline::Kernel<'a>>,
    /// What tells it from others, but for the hash of its BTF.
    known: Fingerprint<'a>,
    /// That hash, once somebody has asked for it.
    hash: OnceLock<[u8; 32]>,
}

impl<'a> Kernel<'a> {
    /// Reads the BTF of the kernel that was asked for as `name`.
    ///
    /// # Errors
    ///
    /// It is broken or not that of a kernel, or there is no memory.
    pub fn new(name: &'a str, blob: &'a [u8]) -> Result<Self> {
        let btf = Btf::parse_kernel(blob).map_err(|error| match error.fault {
            // Names of a module's own go on where the kernel's end.
            Fault::StringsStart => Error::Unfit(
                "its BTF is split from that of a kernel, as a module's is; expected a kernel"
                    .into(),
            ),
            _ => Error::Unfit(error.to_string()),
        })?;
        if btf.count() == 0 {
            let error = "its BTF has no types in it; expected that of a kernel";
            return Err(Error::Unfit(error.into()));
        }
        let vmlinux = Vmlinux::new(btf).map_err(|error| Error::Unfit(error.to_string()))?;
        Ok(Self {
            name,
            blob,
            target: Target::Bits(pointer_bits(&vmlinux)),
            vmlinux,
            stock: mainline::Kernel::new(blob).ok(),
            known: Fingerprint::default(),
            hash: OnceLock::new(),
        })
    }
}

impl Kernel<'_> {
    /// All that tells it from others.
    pub fn fingerprint(&self) -> Fingerprint<'_> {
        let hash = || fingerprint::sha256(self.blob);
        Fingerprint {
            btf_sha256: Some(self.hash.get_or_init(hash)),
            ..self.known
        }
    }

    /// Whether it is the one that `fingerprint` is of; [`None`] if that can't be told.
    pub fn is_of(&self, fingerprint: &Fingerprint<'_>) -> Option<bool> {
        // Where their build ids are the same nothing has to be hashed.
        if self.has_id_of(fingerprint) {
            return Some(true);
        }
        fingerprint.is_same(&self.fingerprint())
    }

    /// Whether it has the build id that `fingerprint` has.
    pub fn has_id_of(&self, fingerprint: &Fingerprint<'_>) -> bool {
        fingerprint.has_same_id(&self.known) == Some(true)
    }

    /// Whether it has the BTF whose hash `fingerprint` has.
    pub fn has_btf_of(&self, fingerprint: &Fingerprint<'_>) -> bool {
        fingerprint.has_same_btf(&self.fingerprint()) == Some(true)
    }

    /// Reads a module for this kernel.
    ///
    /// # Errors
    ///
    /// See [`Module::parse`] and [`Self::expect`].
    pub fn module<'m>(&self, file: &'m [u8]) -> Result<Module<'m>> {
        let mut module = Module::parse(file)?;
        self.expect(&mut module)?;
        Ok(module)
    }

    /// Checks that a module is for this kernel's machine; one that does not say is taken to be.
    ///
    /// # Errors
    ///
    /// It is for another one.
    pub fn expect(&self, module: &mut Module<'_>) -> Result {
        match module.machine {
            Some(machine) => self.target.takes(&machine)?,
            None => module.pointer = self.target.pointer(),
        }
        Ok(())
    }
}
