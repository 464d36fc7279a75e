// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The root folder of a machine: that of this one, or one that is mounted somewhere.

use crate::{
    error::{
        Error,
        Result, //
    },
    places,
};
use std::{
    ffi::OsString,
    fs,
    path::{
        Component,
        Path,
        PathBuf, //
    },
};

/// Links that may lead from one to the next, as many as the kernel follows.
const MAX_LINKS: usize = 40;

/// A folder that links of the machine in it do not lead out of.
#[derive(Clone, Debug)]
pub struct Root {
    top: PathBuf,
}

impl Default for Root {
    fn default() -> Self {
        Self {
            top: PathBuf::from("/"),
        }
    }
}

impl Root {
    /// The machine whose root is at `top`.
    ///
    /// # Errors
    ///
    /// There is no such folder.
    pub fn new(top: &Path) -> Result<Self> {
        let at = |error| Error::Io(error).at(top);
        let whole = fs::canonicalize(top).map_err(at)?;
        fs::read_dir(&whole).map_err(at)?;
        Ok(Self { top: whole })
    }

    /// Whether it is that of the machine that this runs on.
    pub fn is_own(&self) -> bool {
        self.top == Path::new("/")
    }

    /// Where `path` of that machine is here. Links on the way are followed as that machine would.
    pub fn at(&self, path: impl AsRef<Path>) -> PathBuf {
        let path = path.as_ref();
        if self.is_own() {
            return Path::new("/").join(path);
        }
        let mut here = self.top.clone();
        let mut ahead: Vec<_> = parts(path).rev().collect();
        let mut links = 0;
        while let Some(part) = ahead.pop() {
            if part == ".." {
                if here != self.top {
                    here.pop();
                }
                continue;
            }
            here.push(part);
            if links == MAX_LINKS {
                continue;
            }
            if let Ok(target) = fs::read_link(&here) {
                links += 1;
                here.pop();
                if target.is_absolute() {
                    here.clone_from(&self.top);
                }
                ahead.extend(parts(&target).rev());
            }
        }
        here
    }

    /// Where that leads which is at `path` here, by links of that machine.
    pub fn follow(&self, path: &Path) -> PathBuf {
        match path.strip_prefix(&self.top) {
            Ok(inside) => self.at(inside),
            Err(_) => path.to_owned(),
        }
    }

    /// The release of the kernel that it runs, if that is known.
    pub fn running(&self) -> Option<String> {
        if self.is_own() {
            return Some(places::running_release());
        }
        let release = fs::read_to_string(self.at("proc/sys/kernel/osrelease")).ok()?;
        let release = release.trim();
        (!release.is_empty()).then(|| release.to_owned())
    }
}

/// The names in a path, and the steps up.
fn parts(path: &Path) -> impl DoubleEndedIterator<Item = OsString> + '_ {
    path.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some("..".into()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::{
        ffi::OsStringExt,
        fs::symlink, //
    };

    #[test]
    fn links_stay_inside() {
        let top = tempfile::tempdir().unwrap();
        let at = |name: &str| top.path().join(name);
        fs::create_dir_all(at("usr/lib/deep")).unwrap();
        fs::write(at("usr/lib/x"), "inside").unwrap();
        symlink("usr/lib", at("lib")).unwrap();
        symlink("/lib/x", at("usr/lib/deep/absolute")).unwrap();
        symlink("../../../../../lib/x", at("usr/lib/deep/up")).unwrap();
        symlink("round", at("round")).unwrap();
        symlink("/etc/passwd", at("outside")).unwrap();
        let root = Root::new(top.path()).unwrap();
        let whole = fs::canonicalize(top.path()).unwrap();
        for path in ["/lib/deep/absolute", "lib/deep/up", "/../lib/./x"] {
            assert_eq!(root.at(path), whole.join("usr/lib/x"), "{path}");
        }
        assert_eq!(root.at("/outside"), whole.join("etc/passwd"));
        assert_eq!(root.follow(&whole.join("lib/x")), whole.join("usr/lib/x"));
        assert_eq!(
            root.follow(Path::new("/elsewhere")),
            Path::new("/elsewhere")
        );
        assert!(fs::read(root.at("round")).is_err());
        let odd = OsString::from_vec(b"a \xff\n".to_vec());
        assert_eq!(root.at(&odd), whole.join(&odd));
        assert_eq!(root.running(), None);
        assert!(Root::new(&at("usr/lib/x")).is_err());
    }

    #[test]
    fn ones_own_paths_are_as_they_are() {
        let root = Root::default();
        assert_eq!(root.at("/proc/self/exe"), Path::new("/proc/self/exe"));
        assert_eq!(root.at("boot"), Path::new("/boot"));
        assert!(root.running().is_some());
    }
}
