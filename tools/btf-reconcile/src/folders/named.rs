// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What files of modules are called, and what they are called for it.

use std::path::Path;

/// How modules in a folder are named.
pub const ENDINGS: [&str; 4] = [".ko", ".ko.gz", ".ko.xz", ".ko.zst"];

/// Whether a file is named like a module.
pub(super) fn is_module(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// What the kernel calls the module in a file of this name.
pub fn module_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending));
    stem.unwrap_or(&name).replace('-', "_")
}

/// Whether a file is named like a compressed one.
pub fn is_named_compressed(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default();
    ["gz", "xz", "zst"].iter().any(|&known| ending == known)
}
