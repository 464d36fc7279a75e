// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Writing files: all of it or nothing.

use crate::error::{
    Error,
    Result, //
};
use std::{
    fs::{
        self,
        Permissions, //
    },
    io::{
        self,
        Write, //
    },
    os::unix::fs::PermissionsExt,
    path::Path,
};
use tempfile::Builder;

/// Puts `bytes` at `path`, in place of what may be there.
///
/// They are written to a file beside it, which then takes its name: whoever looks finds the old
/// contents or the new, and after an error the old. A file that was there passes on its mode.
///
/// # Errors
///
/// The folder or the file can't be written; the path is named.
pub fn write(path: &Path, bytes: &[u8]) -> Result {
    replace(path, bytes).map_err(|error| Error::Io(error).at(path))
}

fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = Builder::new()
        .prefix(".btf-reconcile-")
        .permissions(Permissions::from_mode(0o644))
        .tempfile_in(folder)?;
    if let Ok(metadata) = fs::metadata(path) {
        if !metadata.is_file() {
            return Err(io::Error::other("not a file, it can't be replaced"));
        }
        file.as_file().set_permissions(metadata.permissions())?;
    }
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_or_left_alone() {
        let top = tempfile::tempdir().unwrap();
        let path = top.path().join("x.ko");
        write(&path, b"one").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
        assert!(write(&top.path().join("none/x.ko"), b"").is_err());
        assert!(write(top.path(), b"").is_err());
        // Nothing is left lying about.
        assert_eq!(fs::read_dir(top.path()).unwrap().count(), 1);
    }
}
