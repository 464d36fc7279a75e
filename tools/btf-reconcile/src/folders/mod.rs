// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Finding modules in folders.

mod above;
mod named;

pub use self::{
    above::{
        above,
        Above,
        OWN, //
    },
    named::{
        distinct_names,
        is_built_in,
        is_named_compressed,
        module_name,
        ENDINGS,
        OURS, //
    },
};

use self::{
    above::{
        own_place,
        release_of, //
    },
    named::is_module, //
};
use crate::{
    error::{
        Error,
        Result, //
    },
    root::Root,
};
use std::{
    collections::HashSet,
    fs::{
        self,
        Metadata, //
    },
    os::unix::fs::MetadataExt,
    path::{
        Path,
        PathBuf, //
    },
};

/// Links to what a kernel was built from, which has modules of its own. depmod does not follow them
/// either.
const NOT_FOLLOWED: [&str; 2] = ["build", "source"];

/// A module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Where it was found; this may be a link.
    pub path: PathBuf,
    /// The release of the kernel that it lies under.
    pub release: Option<String>,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Modules {
    /// The modules.
    pub found: Vec<Found>,
    /// Folders that were given and have none.
    pub without: Vec<PathBuf>,
}

/// Finds the modules in `paths`: files as they are, and what is named like a module in folders.
///
/// Folders come in order of their names. Links in them are followed, and each file is found once,
/// by its own name rather than by a link; with `per_kernel` once for each kernel that it lies under.
/// A link that leads nowhere is found if it is named like a module.
///
/// # Errors
///
/// A path that there is not, or a folder that can't be read.
pub fn modules(paths: &[PathBuf], per_kernel: bool) -> Result<Modules> {
    let mut modules = Modules::default();
    let mut known = HashSet::new();
    for path in paths {
        let at = |error| Error::Io(error).at(path);
        if fs::metadata(path).map_err(at)?.is_dir() {
            let found = walk(&Root::default(), path, per_kernel)?;
            if found.is_empty() {
                modules.without.push(path.clone());
            }
            modules.found.extend(once(found, &mut known));
        } else {
            let place = own_place(path).map_err(at)?;
            let release = per_kernel.then(|| release_of(&place)).flatten();
            let path = path.clone();
            modules.found.push(Found { path, release });
        }
    }
    Ok(modules)
}

/// Finds the modules in `folder` of `root`, each file once. What a link stands for is where
/// [`Root::follow`] leads.
///
/// # Errors
///
/// A folder that can't be read.
pub fn modules_in(root: &Root, folder: &Path) -> Result<Vec<PathBuf>> {
    let found = walk(root, folder, false)?;
    let found = once(found, &mut HashSet::new());
    Ok(found.into_iter().map(|module| module.path).collect())
}

/// Those of `found` that were not known before, in order.
fn once(mut found: Vec<Candidate>, known: &mut HashSet<(Identity, Option<String>)>) -> Vec<Found> {
    found.retain(|candidate| {
        candidate.identity.is_none_or(|identity| {
            let release = candidate.module.release.clone();
            known.insert((identity, release))
        })
    });
    found.sort_by(|a, b| a.module.cmp(&b.module));
    found.into_iter().map(|f| f.module).collect()
}

/// Which file or folder it is, by whatever name.
type Identity = (u64, u64);

fn identity(metadata: &Metadata) -> Identity {
    (metadata.dev(), metadata.ino())
}

/// What may turn out to be known by another name.
struct Candidate {
    module: Found,
    /// [`None`] for a link that leads nowhere.
    identity: Option<Identity>,
    /// Whether there is a link on the way to it.
    linked: bool,
}

/// A folder to be looked at.
struct Folder {
    /// As it is shown.
    path: PathBuf,
    /// Where it lies.
    place: PathBuf,
    linked: bool,
}

/// What is in the folder `top` of `root`, what has its own name there first.
fn walk(root: &Root, top: &Path, per_kernel: bool) -> Result<Vec<Candidate>> {
    let place = fs::canonicalize(root.follow(top)).map_err(|error| Error::Io(error).at(top))?;
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut folders = vec![Folder {
        path: top.to_owned(),
        place,
        linked: false,
    }];
    let mut links = Vec::new();
    while let Some(folder) = folders.pop().or_else(|| links.pop()) {
        let at = |error| Error::Io(error).at(&folder.path);
        // All that is in the folder lies under the same kernel.
        let release = per_kernel.then(|| release_of(&folder.place.join("x")));
        let release = release.flatten();
        // Links may lead in circles.
        let real = root.follow(&folder.path);
        let metadata = fs::metadata(&real).map_err(at)?;
        if !seen.insert((identity(&metadata), release.clone())) {
            continue;
        }
        let from = links.len();
        for entry in fs::read_dir(&real).map_err(at)? {
            let entry = entry.map_err(at)?;
            let is_link = entry.file_type().map_err(at)?.is_symlink();
            let name = entry.file_name();
            let path = folder.path.join(&name);
            let linked = folder.linked || is_link;
            let metadata = fs::metadata(root.follow(&path)).ok();
            if metadata.as_ref().is_some_and(Metadata::is_dir) {
                let place = folder.place.join(&name);
                let inner = Folder {
                    path,
                    place,
                    linked,
                };
                if !is_link {
                    folders.push(inner);
                } else if !NOT_FOLLOWED.iter().any(|&known| name == known) {
                    links.push(inner);
                }
            } else if is_module(&path) && metadata.as_ref().is_none_or(Metadata::is_file) {
                let release = release.clone();
                found.push(Candidate {
                    module: Found { path, release },
                    identity: metadata.as_ref().map(identity),
                    linked,
                });
            }
        }
        // The last is taken first.
        if let Some(new) = links.get_mut(from..) {
            new.sort_by(|a, b| b.path.cmp(&a.path));
        }
    }
    found.sort_by(|a, b| (a.linked, &a.module).cmp(&(b.linked, &b.module)));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    /// A folder with files in it that hold nothing, and links (`name -> target`).
    pub(in crate::folders) fn lay_out(entries: &[&str]) -> tempfile::TempDir {
        let top = tempfile::tempdir().unwrap();
        for entry in entries {
            let (name, target) = match entry.split_once(" -> ") {
                Some((name, target)) => (name, Some(target)),
                None => (*entry, None),
            };
            let path = top.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            match target {
                Some(target) => symlink(target, path).unwrap(),
                None => fs::write(path, b"").unwrap(),
            }
        }
        top
    }

    /// Paths that are found in folders of `top`, and the kernels that they lie under.
    fn found(top: &tempfile::TempDir, folders: &[&str], per_kernel: bool) -> Vec<String> {
        let folders: Vec<_> = folders.iter().map(|f| top.path().join(f)).collect();
        let modules = modules(&folders, per_kernel).unwrap();
        let one = |found: Found| {
            let path = found.path.strip_prefix(top.path()).unwrap();
            let release = found.release.map(|release| format!(" on {release}"));
            format!("{}{}", path.display(), release.unwrap_or_default())
        };
        modules.found.into_iter().map(one).collect()
    }

    #[test]
    fn folders_are_walked_in_order() {
        let top = lay_out(&[
            "b/x.ko.xz",
            "a/y.ko",
            "a/z.o",
            "a/Z.KO",
            "a/c/w.ko.zst",
            "v.ko.gz",
            "a/notes.ko.txt",
        ]);
        let all = ["a/c/w.ko.zst", "a/y.ko", "b/x.ko.xz", "v.ko.gz"];
        assert_eq!(found(&top, &[""], false), all);
        assert!(modules(&[top.path().join("none")], false).is_err());
    }

    #[test]
    fn links_are_followed_once_each() {
        let top = lay_out(&[
            "one/extra/x.ko",
            "two/weak-updates/x.ko -> ../../one/extra/x.ko",
            "two/linked -> ../one/extra",
            "two/again.ko -> weak-updates/x.ko",
            "two/kernel/y.ko",
            "two/y.ko -> kernel/y.ko",
            "two/round -> ../two",
            "two/kernel/round -> ..",
            "two/self -> self",
            "two/self.ko -> self.ko",
            "two/gone.ko -> nowhere",
            "two/gone -> nowhere",
            "two/build -> ../headers",
            "two/source -> ../headers",
            "headers/z.ko",
            "link -> two",
        ]);
        // What leads nowhere is said when it can't be read.
        let own = [
            "two/again.ko",
            "two/gone.ko",
            "two/kernel/y.ko",
            "two/self.ko",
        ];
        assert_eq!(found(&top, &["two"], false), own);
        let linked = own.map(|path| path.replace("two", "link"));
        assert_eq!(found(&top, &["link"], false), linked);
        assert_eq!(found(&top, &["one", "two"], false)[0], "one/extra/x.ko");
        assert_eq!(found(&top, &["one", "two"], false).len(), 4);
    }

    #[test]
    fn the_kernel_above_is_known() {
        let top = lay_out(&[
            "lib/modules/1/extra/x.ko",
            "lib/modules/1/weak-updates/x.ko -> ../extra/x.ko",
            "lib/modules/2/weak-updates/x.ko -> ../../1/extra/x.ko",
            "lib/modules/2/more -> ../1/extra",
            "lib/modules/y.ko",
        ]);
        let all = [
            "lib/modules/1/extra/x.ko on 1",
            "lib/modules/2/more/x.ko on 2",
            "lib/modules/y.ko",
        ];
        assert_eq!(found(&top, &[""], true), all);
        assert_eq!(found(&top, &["lib/modules/2"], true), all[1..2]);
        let link = "lib/modules/2/weak-updates/x.ko";
        assert_eq!(found(&top, &[link], true), [format!("{link} on 2")]);
        // It counts only where no other kernel is asked for.
        assert_eq!(
            found(&top, &["lib"], false),
            ["lib/modules/1/extra/x.ko", "lib/modules/y.ko"]
        );
    }

    #[test]
    fn a_folder_without_modules_is_told() {
        let top = lay_out(&["with/x.ko", "without/x.o"]);
        let folders = ["with", "without"].map(|name| top.path().join(name));
        let modules = modules(&folders, false).unwrap();
        assert_eq!(modules.without, folders[1..]);
        assert_eq!(modules.found.len(), 1);
    }
}
