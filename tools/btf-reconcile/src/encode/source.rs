// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Where a module's DWARF is: in itself, or in a file of its own that is of the same build.

use crate::{
    elf::DebugFile,
    error::{
        Error,
        Result, //
    },
    files::{
        self,
        Contents, //
    },
    folders::is_named_compressed,
    names,
};
use std::{
    ffi::OsString,
    fmt::Write,
    fs,
    path::{
        Path,
        PathBuf, //
    },
};

/// Where debug files are installed.
const DEBUG: &str = "/usr/lib/debug";

/// Where a module's DWARF is.
pub enum Source {
    /// In the module.
    Module,
    /// In this file, which was read.
    Debug(PathBuf, Contents),
}

impl Source {
    /// Looks for the DWARF of the module in `file`, which was read from `path`: in the debug file
    /// that was `asked` for, or else in the module itself, and then where debug files use to be.
    ///
    /// # Errors
    ///
    /// There is none; or the one that was asked for can't be read, has none, or is of another build.
    pub fn find(path: &Path, file: &[u8], asked: Option<&Path>) -> Result<Self> {
        let module = DebugFile::parse(file).map_err(|error| error.at(path))?;
        if let Some(asked) = asked {
            let contents = files::read(asked)?;
            check(&contents, &module).map_err(|error| error.at(asked))?;
            return Ok(Source::Debug(asked.to_owned(), contents));
        }
        if module.has_dwarf {
            return Ok(Source::Module);
        }
        let mut unfit = Vec::new();
        let places = places(path, module.build_id, Path::new(DEBUG));
        for place in &places {
            if !place.is_file() {
                continue;
            }
            let contents = files::read(place);
            let fitting = contents.and_then(|contents| {
                let checked = check(&contents, &module);
                checked.map(|()| contents).map_err(|error| error.at(place))
            });
            match fitting {
                Ok(contents) => return Ok(Source::Debug(place.clone(), contents)),
                Err(error) => unfit.push(format!("; {error}")),
            }
        }
        let looked: Vec<_> = places.iter().map(names::shown).collect();
        let error = format!(
            "no DWARF in it, and none of its build in {}{}",
            looked.join(", "),
            unfit.concat()
        );
        Err(Error::Refused(error).at(path))
    }

    /// The file that has the DWARF of the module in `file`.
    pub fn contents<'a>(&'a self, file: &'a [u8]) -> &'a [u8] {
        match self {
            Source::Module => file,
            Source::Debug(_, contents) => contents,
        }
    }
}

/// Checks that `file` has the DWARF of `module`.
///
/// # Errors
///
/// It has none, or is of another build, or nobody knows of which.
fn check(file: &[u8], module: &DebugFile<'_>) -> Result {
    let debug = DebugFile::parse(file)?;
    let Some(wanted) = module.build_id else {
        let error = "the module has no build id, which would tell that this is its debug file";
        return Err(Error::Refused(error.into()));
    };
    if debug.build_id != Some(wanted) {
        let found = debug.build_id.map_or("none".into(), hex);
        let error = format!("build id {found}, the module has {}", hex(wanted));
        return Err(Error::Refused(error));
    }
    if debug.machine != module.machine {
        let error = format!(
            "for {}, the module is for {}",
            debug.machine, module.machine
        );
        return Err(Error::Refused(error));
    }
    if !debug.has_dwarf {
        return Err(Error::Refused("no DWARF in it".into()));
    }
    if !debug.has_symbols {
        let error = "no symbols in it, without which its DWARF can't be read";
        return Err(Error::Refused(error.into()));
    }
    Ok(())
}

/// Where the debug file of the module at `path` may be, best first: beside it, by its build id below
/// `top`, and by the module's own path there.
fn places(path: &Path, build_id: Option<&[u8]>, top: &Path) -> Vec<PathBuf> {
    let plain = if is_named_compressed(path) {
        path.with_extension("")
    } else {
        path.to_owned()
    };
    let mut places = vec![with_debug(&plain)];
    if let Some((first, rest)) = build_id.and_then(<[u8]>::split_first) {
        let name = format!("{}.debug", hex(rest));
        places.push(top.join(".build-id").join(hex(&[*first])).join(name));
    }
    // As it is named, and as it is called behind all links: /lib may be one.
    let folder = plain.parent().map(|folder| match folder.as_os_str() {
        empty if empty.is_empty() => Path::new("."),
        _ => folder,
    });
    let real = folder.and_then(|folder| fs::canonicalize(folder).ok());
    let real = real
        .zip(plain.file_name())
        .map(|(folder, name)| folder.join(name));
    for module in [Some(plain), real].into_iter().flatten() {
        let below_usr = module.strip_prefix("/usr").map(Path::to_owned);
        let below = module.strip_prefix("/").map(Path::to_owned);
        for below in [below_usr, below].into_iter().flatten() {
            let below = top.join(below.strip_prefix("/").unwrap_or(&below));
            for place in [with_debug(&below), below] {
                if !places.contains(&place) {
                    places.push(place);
                }
            }
        }
    }
    places
}

/// The same path with `.debug` behind it.
fn with_debug(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".debug");
    name.into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, id: Option<&[u8]>) -> Vec<String> {
        let places = places(Path::new(path), id, Path::new("/d"));
        places.iter().map(|p| p.display().to_string()).collect()
    }

    #[test]
    fn debug_files_are_looked_for_where_distributions_have_them() {
        assert_eq!(
            found("/none/lib/modules/1/a.ko.xz", Some(&[0x0a, 0xff, 0])),
            [
                "/none/lib/modules/1/a.ko.debug",
                "/d/.build-id/0a/ff00.debug",
                "/d/none/lib/modules/1/a.ko.debug",
                "/d/none/lib/modules/1/a.ko",
            ]
        );
        assert_eq!(
            found("/usr/none/a.ko", None),
            [
                "/usr/none/a.ko.debug",
                "/d/none/a.ko.debug",
                "/d/none/a.ko",
                "/d/usr/none/a.ko.debug",
                "/d/usr/none/a.ko",
            ]
        );
    }

    #[test]
    fn a_path_is_followed() {
        let top = tempfile::tempdir().unwrap();
        let real = fs::canonicalize(top.path()).unwrap();
        fs::create_dir(real.join("far")).unwrap();
        std::os::unix::fs::symlink("far", real.join("near")).unwrap();
        let all = places(&real.join("near/a.ko"), None, Path::new("/d"));
        let below = real.strip_prefix("/").unwrap();
        for name in ["near/a.ko", "far/a.ko"] {
            let place = Path::new("/d").join(below).join(name);
            assert!(all.contains(&place), "{name}: {all:?}");
        }
        let here = places(Path::new("none.ko"), None, Path::new("/d"));
        assert_eq!(here[0], Path::new("none.ko.debug"));
        assert!(here[1].starts_with("/d/") && here[1].ends_with("none.ko.debug"));
    }
}
