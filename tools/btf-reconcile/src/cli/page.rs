// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Writing pages for a browser.

use crate::{
    error::Result,
    output,
    print,
    progress::Progress, //
};
use std::path::Path;

/// Writes what `make` makes to `path`, or to the standard output if that is `-`.
pub(super) fn page(path: &Path, make: impl FnOnce() -> Result<Vec<u8>>) -> Result {
    let progress = Progress::of("making the page");
    let page = make()?;
    drop(progress);
    if path == Path::new("-") {
        return print::result(|out| Ok(out.write_all(&page)?));
    }
    output::write(path, &page)
}
