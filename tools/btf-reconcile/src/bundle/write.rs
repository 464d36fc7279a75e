// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Writing a bundle. What is in it depends on the modules and the kernel, and on nothing else: no
//! time, no user and no path.

use super::{
    Manifest,
    Packed, //
};
use crate::{
    error::{
        Error,
        Result, //
    },
    files::MAX_BYTES,
};
use std::io::{
    self,
    Write, //
};
use tar::{
    Builder,
    EntryType,
    Header, //
};

/// How hard zstd tries: nearly as small as it can be made, in a tenth of the time.
const LEVEL: i32 = 9;

/// The archive of all that `manifest` names: what `check` says, the kernel's file if it has one, and
/// the modules.
///
/// # Errors
///
/// There is more of it than can be read.
pub fn archive(
    manifest: &Manifest,
    report: &[u8],
    kernel: Option<&[u8]>,
    modules: &[Packed],
) -> Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(manifest).map_err(io::Error::from)?;
    text.push(b'\n');
    let fixed = [&text[..], report].into_iter().chain(kernel);
    let contents = fixed.chain(modules.iter().map(|module| &module.bytes[..]));
    let contents: Vec<_> = contents.collect();
    // A block for the header, and one that is not full.
    // CAST: A length in memory fits 64 bits.
    let sizes = contents.iter().map(|bytes| bytes.len() as u64 + 1024);
    if sizes.fold(1024, u64::saturating_add) > MAX_BYTES {
        let limit = MAX_BYTES >> 30;
        let error = format!("it would have more than {limit} GiB, the most that is read");
        return Err(Error::Unfit(error));
    }
    let mut archive = Builder::new(Vec::new());
    for (name, bytes) in manifest.members().zip(contents) {
        let mut header = Header::new_ustar();
        header.set_path(name)?;
        header.set_entry_type(EntryType::Regular);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        // CAST: A length in memory fits 64 bits.
        header.set_size(bytes.len() as u64);
        header.set_cksum();
        archive.append(&header, bytes)?;
    }
    let archive = archive.into_inner()?;
    let mut out = zstd::stream::write::Encoder::new(Vec::new(), LEVEL)?;
    out.include_checksum(true)?;
    // CAST: A length in memory fits 64 bits.
    out.set_pledged_src_size(Some(archive.len() as u64))?;
    out.write_all(&archive)?;
    Ok(out.finish()?)
}
