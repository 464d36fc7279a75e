// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The folder of a kernel that a module lies in.

use crate::output::folder_of;
use std::{
    fs, io,
    path::{
        Component,
        Path,
        PathBuf, //
    },
};

/// The folder in that of a kernel which has its own modules.
pub const OWN: &str = "kernel";

/// The folder that the file or link at `path` itself lies in, with its name.
pub(super) fn own_place(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().unwrap_or_default();
    Ok(fs::canonicalize(folder_of(path))?.join(name))
}

/// The folder of a kernel, `lib/modules/RELEASE`, that a file lies in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Above {
    /// It.
    pub folder: PathBuf,
    /// The release of the kernel.
    pub release: String,
    /// Whether the file is one of the kernel's own, in its folder [`OWN`].
    pub is_own: bool,
}

/// Where the module or link at `path` lies, if that is below a kernel's folder.
pub fn above(path: &Path) -> Option<Above> {
    above_place(&own_place(path).ok()?)
}

fn above_place(place: &Path) -> Option<Above> {
    let parts: Vec<_> = place.components().collect();
    // The last part is the file.
    let folders = parts.split_last()?.1;
    let named = |at: usize, name: &str| {
        let part = folders.get(at);
        part.is_some_and(|part| *part == Component::Normal(name.as_ref()))
    };
    let mut releases = (2..folders.len()).rev();
    let at = releases.find(|at| named(at - 2, "lib") && named(at - 1, "modules"))?;
    let Some(Component::Normal(release)) = folders.get(at) else {
        return None;
    };
    Some(Above {
        folder: folders.iter().take(at + 1).collect(),
        release: release.to_str()?.to_owned(),
        is_own: named(at + 1, OWN),
    })
}

/// The release of the kernel that a file at `place` lies under: what is below `lib/modules`.
pub(super) fn release_of(place: &Path) -> Option<String> {
    above_place(place).map(|above| above.release)
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::lay_out,
        *, //
    };

    #[test]
    fn the_kernels_own_modules_are_known() {
        let top = lay_out(&[
            "lib/modules/1/kernel/x.ko",
            "lib/modules/1/updates/kernel/x.ko",
            "lib/modules/1/weak-updates/x.ko -> ../kernel/x.ko",
            "lib/modules/1/kernel.ko",
            "lib/modules/kernel/x.ko",
            "kernel/x.ko",
        ]);
        let real = fs::canonicalize(top.path()).unwrap();
        for (path, expected) in [
            ("lib/modules/1/kernel/x.ko", Some(("1", true))),
            ("lib/modules/1/updates/kernel/x.ko", Some(("1", false))),
            ("lib/modules/1/weak-updates/x.ko", Some(("1", false))),
            ("lib/modules/1/kernel.ko", Some(("1", false))),
            ("lib/modules/kernel/x.ko", Some(("kernel", false))),
            ("kernel/x.ko", None),
        ] {
            let expected = expected.map(|(release, is_own)| Above {
                folder: real.join("lib/modules").join(release),
                release: release.to_owned(),
                is_own,
            });
            assert_eq!(above(&top.path().join(path)), expected, "{path}");
        }
    }
}
