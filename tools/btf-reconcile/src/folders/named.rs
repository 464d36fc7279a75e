// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What files of modules are called, and what they are called for it.

use std::{
    collections::HashMap,
    fs,
    path::Path, //
};

/// How modules in a folder are named.
pub const ENDINGS: [&str; 4] = [".ko", ".ko.gz", ".ko.xz", ".ko.zst"];

/// Our module, as the kernel calls it.
pub const OURS: &str = "btf_reconcile";

/// Whether our module is a part of the kernel that has its modules in `folder`.
pub fn is_built_in(folder: &Path) -> bool {
    let list = fs::read_to_string(folder.join("modules.builtin")).unwrap_or_default();
    list.lines()
        .any(|file| module_name(Path::new(file)) == OURS)
}

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

/// What to call each of the modules in files of these names: what the kernel does, or as the file if
/// several would be called the same.
pub fn distinct_names(files: &[&str]) -> Vec<String> {
    let names: Vec<_> = files
        .iter()
        .map(|file| module_name(Path::new(file)))
        .collect();
    let mut times: HashMap<&str, usize> = HashMap::new();
    for name in &names {
        *times.entry(name).or_default() += 1;
    }
    let both = names.iter().zip(files);
    let called = both.map(|(name, &file)| {
        if times.get(&name[..]) == Some(&1) {
            name.clone()
        } else {
            file.to_owned()
        }
    });
    called.collect()
}

/// Whether a file is named like a compressed one.
pub fn is_named_compressed(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default();
    ["gz", "xz", "zst"].iter().any(|&known| ending == known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_of_one_name_are_told_apart() {
        let files = ["a/x-y.ko", "b/x_y.ko.xz", "b/z.ko"];
        assert_eq!(distinct_names(&files), ["a/x-y.ko", "b/x_y.ko.xz", "z"]);
    }
}
