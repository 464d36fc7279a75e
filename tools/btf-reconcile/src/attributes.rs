// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What a file has besides its contents: owner, mode and extended attributes.

use rustix::{
    fs::{
        fgetxattr,
        flistxattr,
        fremovexattr,
        fsetxattr,
        getxattr,
        listxattr,
        XattrFlags, //
    },
    io::Errno, //
};
use std::{
    fs::{
        self,
        File, //
    },
    io,
    os::unix::fs::{
        fchown,
        MetadataExt, //
    },
    path::Path,
};

/// Bytes of all names of extended attributes, and of the value of one, at most: `XATTR_LIST_MAX` and
/// `XATTR_SIZE_MAX`.
const MAX_XATTR: usize = 1 << 16;

/// Extended attributes that vouch for the contents, which are others now.
const OF_CONTENTS: [&[u8]; 2] = [b"security.ima", b"security.evm"];

/// The list of who may do what, which a new file may have from its folder.
const ACCESS: &[u8] = b"system.posix_acl_access";

/// Gives `new` the owner, mode and extended attributes of the file `old`.
///
/// # Errors
///
/// One of them can't be given.
pub fn pass_on(old: &Path, new: &File) -> io::Result<()> {
    let (wanted, has) = (fs::metadata(old)?, new.metadata()?);
    // The owner first: a change of it takes away some of the rest.
    if (wanted.uid(), wanted.gid()) != (has.uid(), has.gid()) {
        let owner = (Some(wanted.uid()), Some(wanted.gid()));
        fchown(new, owner.0, owner.1).map_err(|error| lost("owner", error))?;
    }
    let from_folder = names(|list| flistxattr(new, list))?;
    let names = names(|list| listxattr(old, list))?;
    if from_folder.iter().any(|n| n == ACCESS) && !names.iter().any(|n| n == ACCESS) {
        fremovexattr(new, ACCESS)?;
    }
    new.set_permissions(wanted.permissions())?;
    for name in names {
        if OF_CONTENTS.contains(&&name[..]) {
            continue;
        }
        let wanted = value(|bytes| getxattr(old, &name[..], bytes))?;
        let has = value(|bytes| fgetxattr(new, &name[..], bytes));
        if has.ok().as_ref() != Some(&wanted) {
            fsetxattr(new, &name[..], &wanted, XattrFlags::empty()).map_err(|error| {
                let name = name.escape_ascii();
                lost(&format!("extended attribute {name}"), error.into())
            })?;
        }
    }
    Ok(())
}

fn lost(what: &str, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("its {what} can't be kept: {error}"))
}

/// The names of extended attributes, as `list` gives them: each ends in a NUL.
fn names(list: impl Fn(&mut [u8]) -> Result<usize, Errno>) -> io::Result<Vec<Vec<u8>>> {
    match value(list) {
        Ok(bytes) => {
            let names = bytes.split(|&byte| byte == 0);
            Ok(names
                .filter(|n| !n.is_empty())
                .map(<[u8]>::to_vec)
                .collect())
        }
        // Not every file system has them.
        Err(error) if error == Errno::NOTSUP => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// What `get` puts into a buffer.
fn value(get: impl Fn(&mut [u8]) -> Result<usize, Errno>) -> Result<Vec<u8>, Errno> {
    let mut bytes = vec![0; MAX_XATTR];
    let len = get(&mut bytes)?;
    bytes.truncate(len);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        fs::Permissions,
        os::unix::fs::PermissionsExt, //
    };

    #[test]
    fn all_is_passed_on() {
        let top = tempfile::tempdir().unwrap();
        let old = top.path().join("old");
        fs::write(&old, b"old").unwrap();
        fs::set_permissions(&old, Permissions::from_mode(0o4751)).unwrap();
        let file = File::open(&old).unwrap();
        // Not everybody may give a file away, and not every file system has attributes.
        let given = fchown(&file, Some(1234), Some(5678)).is_ok();
        fs::set_permissions(&old, Permissions::from_mode(0o4751)).unwrap();
        let set = fsetxattr(&file, "user.note", b"kept", XattrFlags::empty()).is_ok();

        let path = top.path().join("new");
        let new = File::create(&path).unwrap();
        pass_on(&old, &new).unwrap();
        let metadata = new.metadata().unwrap();
        assert_eq!(metadata.mode() & 0o7777, 0o4751);
        if given {
            assert_eq!((metadata.uid(), metadata.gid()), (1234, 5678));
        }
        if set {
            let note = value(|bytes| getxattr(&path, "user.note", bytes)).unwrap();
            assert_eq!(note, b"kept");
        }
    }
}
