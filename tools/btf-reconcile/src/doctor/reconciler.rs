// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether a kernel has our module, and what loads it at boot.

use super::{
    depmod::Listed,
    initramfs, //
};
use crate::{
    files,
    folders::{
        self,
        OURS, //
    },
    root::Root,
};
use object::{
    Object,
    ObjectSection, //
};
use std::{
    cell::RefCell,
    collections::{
        BTreeMap,
        HashSet, //
    },
    fs,
    path::{
        Path,
        PathBuf, //
    },
};

/// Folders of a kernel in the order in which modprobe prefers their modules, as a rule.
const PREFERRED: [&str; 3] = ["updates", "extra", "weak-updates"];

/// The service that loads it, and where systemd looks for what it starts.
const SERVICE: &str = "btf-reconcile.service";
const UNITS: [&str; 3] = [
    "etc/systemd/system",
    "usr/lib/systemd/system",
    "lib/systemd/system",
];

/// What puts it into an initramfs.
const HOOKS: [&str; 2] = [
    "usr/share/initramfs-tools/hooks/btf-reconcile",
    "usr/lib/dracut/modules.d/50btf-reconcile/module-setup.sh",
];

/// Folders that tell which modules to load at boot, and how to load them; and a file.
const TO_LOAD: [&str; 3] = [
    "etc/modules-load.d",
    "run/modules-load.d",
    "usr/lib/modules-load.d",
];
const OLD_TO_LOAD: &str = "etc/modules";
const CONFIGURED: [&str; 4] = [
    "etc/modprobe.d",
    "run/modprobe.d",
    "usr/lib/modprobe.d",
    "lib/modprobe.d",
];

/// The arguments of the kernel that runs, and those that keep modules from being loaded.
const ARGUMENTS: &str = "proc/cmdline";
const FORBIDDING: [&str; 2] = ["module_blacklist=", "modprobe.blacklist="];

/// What the initramfs of a kernel has of it.
#[derive(Clone, Debug)]
pub enum Image {
    /// There is no initramfs, or none that is found.
    None,
    /// It is in this one.
    Has(PathBuf),
    /// It is not in this one, but modules of these names are, which come before it.
    Lacks(PathBuf, HashSet<String>),
    /// That can't be told, for this reason.
    Unknown(String),
}

/// Our module, on one kernel.
#[derive(Clone, Debug)]
pub struct Reconciler {
    /// Whether it is a part of the kernel, which needs nothing of what follows.
    pub is_built_in: bool,
    /// Its files in the kernel's folder, the one that modprobe takes first.
    pub files: Vec<PathBuf>,
    /// The release of the kernel that this was built for.
    pub built_for: Option<String>,
    /// Whether the kernel refuses it for that.
    pub is_foreign: bool,
    /// Whether modprobe knows it: whether depmod ran since it has come, if there is a list.
    pub is_listed: Option<bool>,
    /// The file that says that it is not to be loaded.
    pub forbidden: Option<PathBuf>,
    /// What the initramfs has of it.
    pub image: Image,
    /// What puts it into an initramfs that is made now.
    pub hook: Option<PathBuf>,
    /// What loads it after the initramfs: the service, or a list of modules.
    pub later: Option<PathBuf>,
}

impl Reconciler {
    /// Looks for it in `root`, for the kernel `release`, which has these `modules` in `folder`.
    pub fn of(
        root: &Root,
        release: &str,
        folder: &Path,
        modules: &[PathBuf],
        list: &Listed,
    ) -> Self {
        let is_ours = |path: &&PathBuf| folders::module_name(path) == OURS;
        let mut files: Vec<_> = modules.iter().filter(is_ours).cloned().collect();
        files.sort_by_cached_key(|path| {
            let inside = path.strip_prefix(folder).unwrap_or(path);
            let place = PREFERRED.iter().position(|top| inside.starts_with(top));
            let place = place.unwrap_or(PREFERRED.len());
            (!list.is_taken(path), place, path.clone())
        });
        let first = files.first();
        let is_listed = first.and_then(|first| list.has(first));
        let magic = first.and_then(|first| magic(&root.follow(first)));
        let built_for = magic.as_ref().and_then(|magic| magic.split(' ').next());
        let image = if files.is_empty() {
            Image::None
        } else {
            image(root, release)
        };
        let hook = HOOKS.iter().map(|hook| root.at(hook));
        Self {
            is_built_in: folders::is_built_in(&root.follow(folder)),
            is_foreign: magic
                .as_ref()
                .is_some_and(|magic| is_foreign(magic, release)),
            built_for: built_for.map(str::to_owned),
            is_listed,
            forbidden: forbidden(root),
            image,
            hook: hook.into_iter().find(|hook| hook.exists()),
            later: service(root).or_else(|| listed(root)),
            files,
        }
    }

    /// Whether it will be loaded at boot, as far as that can be told.
    pub fn will_load(&self) -> bool {
        if self.is_built_in {
            return true;
        }
        if self.forbidden.is_some() || self.is_foreign {
            return false;
        }
        let is_found = !self.files.is_empty() && self.is_listed != Some(false);
        let is_early = match &self.image {
            Image::Has(_) => true,
            Image::Unknown(_) => is_found && self.hook.is_some(),
            Image::None | Image::Lacks(..) => false,
        };
        is_early || (is_found && self.later.is_some())
    }

    /// Whether it will be loaded before the module in the file at `path` is, as far as that can be
    /// told.
    pub fn helps(&self, path: &Path) -> bool {
        let is_before = match &self.image {
            Image::Lacks(_, modules) => modules.contains(&folders::module_name(path)),
            Image::None | Image::Has(_) | Image::Unknown(_) => false,
        };
        self.will_load() && (self.is_built_in || !is_before)
    }
}

/// What the initramfs of `release` has of it.
fn image(root: &Root, release: &str) -> Image {
    let path = match initramfs::of_release(root, release) {
        Ok(Some(path)) => path,
        Ok(None) => return Image::None,
        Err(error) => return Image::Unknown(error.to_string()),
    };
    let others = RefCell::new(HashSet::new());
    let is_ours = |name: &[u8]| {
        let name = String::from_utf8_lossy(name);
        if !name.contains(".ko") {
            return false;
        }
        let name = folders::module_name(Path::new(&*name));
        let is_ours = name == OURS;
        others.borrow_mut().insert(name);
        is_ours
    };
    let found = initramfs::has(&path, &is_ours);
    match found {
        Ok(true) => Image::Has(path),
        Ok(false) => Image::Lacks(path, others.into_inner()),
        Err(error) => Image::Unknown(error.to_string()),
    }
}

/// What the module at `path` says of the kernel that it was built for, the release first.
fn magic(path: &Path) -> Option<String> {
    let file = files::read(path).ok()?;
    let file = object::File::parse(&file[..]).ok()?;
    let section = file.section_by_name(".modinfo")?;
    let mut strings = section.data().ok()?.split(|&byte| byte == 0);
    let magic = strings.find_map(|string| string.strip_prefix(b"vermagic="))?;
    Some(String::from_utf8_lossy(magic).into_owned())
}

/// Whether the kernel `release` refuses a module that says this of the kernel that it was built for.
fn is_foreign(magic: &str, release: &str) -> bool {
    let mut words = magic.split_whitespace();
    let is_other = words.next() != Some(release);
    // With versions of symbols the kernel does not look at the release.
    is_other && words.all(|word| word != "modversions")
}

/// The link by which systemd starts the service, unless it is told not to.
fn service(root: &Root) -> Option<PathBuf> {
    let units = UNITS.iter().map(|folder| root.at(folder).join(SERVICE));
    // The first of these counts; it is a link to nothing if the service is masked.
    let unit = units
        .into_iter()
        .find(|unit| unit.is_symlink() || unit.exists());
    let unit = fs::metadata(root.follow(&unit?)).ok();
    let is_masked = !unit.is_some_and(|unit| unit.is_file());
    let mut wants = UNITS.iter().map(|folder| {
        let folder = root.at(folder).join("sysinit.target.wants");
        folder.join(SERVICE)
    });
    let wanted = wants.find(|want| want.is_symlink() || want.exists());
    wanted.filter(|_| !is_masked)
}

/// The list of modules to load at boot that it is in.
fn listed(root: &Root) -> Option<PathBuf> {
    let mut lists = configuration(root, &TO_LOAD);
    lists.push(root.at(OLD_TO_LOAD));
    lists.into_iter().find(|list| {
        lines(list).iter().any(|line| match &line[..] {
            [name, ..] => name.replace('-', "_") == OURS,
            [] => false,
        })
    })
}

/// The file that keeps it from being loaded: a command that is to be run in place of that counts.
fn forbidden(root: &Root) -> Option<PathBuf> {
    let is_ours = |name: &str| name.replace('-', "_") == OURS;
    let mut files = configuration(root, &CONFIGURED).into_iter();
    let file = files.find(|file| {
        lines(file).iter().any(|line| match &line[..] {
            [what, name, ..] => matches!(&what[..], "blacklist" | "install") && is_ours(name),
            _ => false,
        })
    });
    file.or_else(|| {
        let path = root.at(ARGUMENTS);
        let text = fs::read_to_string(&path).unwrap_or_default();
        let mut words = text.split_whitespace();
        let forbids = words.any(|word| {
            let names = FORBIDDING.iter().find_map(|key| word.strip_prefix(key));
            names.is_some_and(|names| names.split(',').any(is_ours))
        });
        forbids.then_some(path)
    })
}

/// The files in `folders`, in order of their names. One takes the place of those of its name in
/// folders that come later.
fn configuration(root: &Root, folders: &[&str]) -> Vec<PathBuf> {
    let mut files = BTreeMap::new();
    for folder in folders {
        let entries = fs::read_dir(root.at(folder)).into_iter().flatten();
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.extension().is_some_and(|end| end == "conf") {
                let name = path.file_name().unwrap_or_default().to_owned();
                files.entry(name).or_insert_with(|| root.follow(&path));
            }
        }
    }
    files.into_values().collect()
}

/// The words of each line of a file, comments left out. A file that can't be read has none.
fn lines(path: &Path) -> Vec<Vec<String>> {
    let text = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let words = |line: &str| {
        let line = line.split(['#', ';']).next().unwrap_or_default();
        line.split_whitespace().map(str::to_owned).collect()
    };
    text.lines().map(words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_of_other_kernels_are_told() {
        let own = "7.3.4 SMP preempt mod_unload ";
        assert!(!is_foreign(own, "7.3.4"));
        assert!(is_foreign(own, "7.3.5"));
        assert!(!is_foreign(
            "7.3.4 SMP preempt mod_unload modversions ",
            "7.3.5"
        ));
    }
}
