// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which files of a kernel's folder modprobe takes: those that depmod has listed.

use crate::{
    folders::module_name,
    root::Root, //
};
use std::{
    collections::HashSet,
    fs,
    path::{
        Component,
        Path,
        PathBuf, //
    },
};

/// The list that depmod makes.
const LIST: &str = "modules.dep";

/// What is listed of a kernel.
pub struct Listed {
    folder: PathBuf,
    /// Paths in the folder; none if there is no list.
    files: Option<HashSet<PathBuf>>,
}

impl Listed {
    /// Reads the list in `folder` of `root`.
    pub fn of(root: &Root, folder: &Path) -> Self {
        let text = fs::read(root.follow(&folder.join(LIST))).ok();
        let files = text.map(|text| {
            let text = String::from_utf8_lossy(&text).into_owned();
            let files = text.lines().filter_map(|line| line.split(':').next());
            files.filter_map(|file| inside(folder, file)).collect()
        });
        Self {
            folder: folder.to_owned(),
            files,
        }
    }

    /// Whether the module at `path` is listed, if there is a list.
    pub fn has(&self, path: &Path) -> Option<bool> {
        let files = self.files.as_ref()?;
        let inside = path.strip_prefix(&self.folder).ok();
        Some(inside.is_some_and(|inside| files.contains(inside)))
    }

    /// Whether the module at `path` is known to be listed.
    pub fn is_taken(&self, path: &Path) -> bool {
        self.has(path) == Some(true)
    }

    /// Leaves out of several modules of one name those that are not listed, if one is.
    pub fn keep_taken(&self, modules: &mut Vec<PathBuf>) {
        let taken = modules.iter().filter(|module| self.is_taken(module));
        let names: HashSet<_> = taken.map(|module| module_name(module)).collect();
        modules.retain(|module| self.is_taken(module) || !names.contains(&module_name(module)));
    }
}

/// Where a file in the list is in the folder, be it listed from the root on.
fn inside(folder: &Path, file: &str) -> Option<PathBuf> {
    let file = Path::new(file);
    if file.is_relative() {
        return Some(file.to_owned());
    }
    let release = Component::Normal(folder.file_name()?);
    let mut parts = file.components();
    parts.find(|part| *part == release)?;
    Some(parts.as_path().to_owned())
}
