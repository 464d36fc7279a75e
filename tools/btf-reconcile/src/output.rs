// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Writing files: all of it or nothing, in place of what was there.

use crate::{
    attributes,
    error::{
        Error,
        Result, //
    },
};
use std::{
    fs::{
        self,
        Permissions, //
    },
    io::{
        self,
        ErrorKind,
        Write, //
    },
    os::unix::fs::PermissionsExt,
    path::{
        Path,
        PathBuf, //
    },
};
use tempfile::Builder;

/// Links that may lead from one to the next, as many as the kernel follows.
const MAX_LINKS: usize = 40;

/// Puts `bytes` at `path`, in place of what may be there.
///
/// They are written to a file beside it, which then takes its name: whoever looks finds the old
/// contents or the new, and after an error the old. A link stays, and what it leads to is replaced.
/// A file that was there passes on its owner, its mode and its extended attributes.
///
/// # Errors
///
/// The folder or the file can't be written, or one of these can't be passed on; the path is named.
pub fn write(path: &Path, bytes: &[u8]) -> Result {
    replace(path, bytes).map_err(|error| Error::Io(error).at(path))
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Before links are followed by hand: those of /proc say where they lead in words of their own.
    let old = match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => {
            return Err(io::Error::other("not a file, it can't be replaced"));
        }
        Ok(_) => true,
        Err(error) if error.kind() == ErrorKind::NotFound => false,
        Err(error) => return Err(error),
    };
    let path = &behind_links(path)?;
    let mut file = Builder::new()
        .prefix(".btf-reconcile-")
        .permissions(Permissions::from_mode(0o644))
        .tempfile_in(folder_of(path))?;
    file.write_all(bytes)?;
    if old {
        attributes::pass_on(path, file.as_file())?;
    }
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// The folder that `path` is in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Where `path` leads, if it is a link, be there something or not.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_symlink() => {
                path = folder_of(&path).join(fs::read_link(&path)?);
            }
            _ => return Ok(path),
        }
    }
    Err(io::Error::other("too many links"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn a_file_is_replaced_or_left_alone() {
        let top = tempfile::tempdir().unwrap();
        let path = top.path().join("x.ko");
        write(&path, b"one").unwrap();
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o7777;
        assert_eq!(mode(), 0o644);
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(mode(), 0o600);
        assert!(write(&top.path().join("none/x.ko"), b"").is_err());
        assert!(write(top.path(), b"").is_err());
        // Nothing is left lying about.
        assert_eq!(fs::read_dir(top.path()).unwrap().count(), 1);
    }

    #[test]
    fn links_are_written_through() {
        let top = tempfile::tempdir().unwrap();
        let at = |name: &str| top.path().join(name);
        fs::create_dir(at("far")).unwrap();
        fs::write(at("far/x.ko"), b"one").unwrap();
        symlink("far/x.ko", at("link.ko")).unwrap();
        symlink("link.ko", at("link2.ko")).unwrap();
        symlink("far/new.ko", at("dangling.ko")).unwrap();
        symlink("none/new.ko", at("nowhere.ko")).unwrap();
        symlink("round.ko", at("round.ko")).unwrap();
        for (name, target, bytes) in [
            ("link.ko", "far/x.ko", b"two"),
            ("link2.ko", "far/x.ko", b"six"),
            ("dangling.ko", "far/new.ko", b"ten"),
        ] {
            write(&at(name), bytes).unwrap();
            assert!(at(name).is_symlink(), "{name}");
            assert!(!at(target).is_symlink(), "{name}");
            assert_eq!(fs::read(at(target)).unwrap(), bytes, "{name}");
        }
        for name in ["nowhere.ko", "round.ko"] {
            assert!(write(&at(name), b"two").is_err(), "{name}");
            assert!(at(name).is_symlink(), "{name}");
        }
        assert_eq!(fs::read_dir(at("far")).unwrap().count(), 2);
    }

    #[test]
    fn what_is_no_file_is_left_alone() {
        let error = write(Path::new("/dev/null"), b"").unwrap_err().to_string();
        assert_eq!(error, "/dev/null: not a file, it can't be replaced");
    }
}
