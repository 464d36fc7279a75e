// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What a bundle says of itself.

use super::{
    KERNEL,
    MANIFEST,
    REPORT, //
};
use serde::{
    Deserialize,
    Serialize, //
};
use std::collections::BTreeMap;

/// Version of what is in a bundle. It changes when something is renamed or taken away.
pub(super) const FORMAT: u32 = 1;

/// Letters of a module's name that the name of its file in the archive has, so that it has less than
/// 100 with all around it.
const MAX_NAME: usize = 64;

/// All that is in a bundle.
#[derive(Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// Which version this is of.
    pub format: u32,
    /// The version of the program that wrote it.
    pub program: String,
    /// The kernel that the modules were checked on.
    pub kernel: KernelEntry,
    /// The modules, in the order in which they come.
    pub modules: Vec<ModuleEntry>,
}

/// What is said of the kernel.
#[derive(Debug, Serialize, Deserialize)]
pub struct KernelEntry {
    /// What reports call it.
    pub name: String,
    /// Its release, if that is known.
    pub release: Option<String>,
    /// Its build id, if that is known: a file with nothing but BTF has none.
    pub build_id: Option<String>,
    /// Bytes of its BTF.
    pub btf_bytes: usize,
    /// The SHA-256 of its BTF.
    pub btf_sha256: String,
    /// Whether its BTF is in the bundle.
    pub is_included: bool,
    /// Options that it was built with, if they are known: those that matter here.
    pub options: Option<BTreeMap<String, String>>,
}

/// What is said of a module.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ModuleEntry {
    /// The name of its file.
    pub name: String,
    /// Its build id, if it has one.
    pub build_id: Option<String>,
}

impl Manifest {
    /// What the bundle says of these.
    pub fn new(kernel: KernelEntry, modules: Vec<ModuleEntry>) -> Self {
        Self {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            kernel,
            modules,
        }
    }

    /// The names of the files in the archive, in their order.
    pub(super) fn members(&self) -> impl Iterator<Item = String> + '_ {
        let fixed = [MANIFEST, REPORT].into_iter();
        let kernel = self.kernel.is_included.then_some(KERNEL);
        let fixed = fixed.chain(kernel).map(str::to_owned);
        let modules = self.modules.iter().enumerate();
        fixed.chain(modules.map(|(at, module)| member(at, &module.name)))
    }
}

/// The name in the archive of the module `at` a place among all, in letters that mean nothing to
/// anybody who unpacks it.
fn member(at: usize, name: &str) -> String {
    let is_plain = |letter: &char| letter.is_ascii_alphanumeric() || "._-".contains(*letter);
    let plain = name
        .chars()
        .map(|letter| if is_plain(&letter) { letter } else { '_' });
    let name: String = plain.take(MAX_NAME).collect();
    format!("modules/{}-{name}", at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_the_archive_are_plain() {
        for (name, expected) in [
            ("x.ko", "modules/1-x.ko"),
            ("..", "modules/1-.."),
            ("a b\n\u{1b}ü", "modules/1-a_b___"),
            ("/../etc", "modules/1-_.._etc"),
        ] {
            assert_eq!(member(0, name), expected);
        }
        let long = member(usize::MAX - 1, &"x".repeat(255));
        assert!(long.len() < 100, "{long}");
    }
}
