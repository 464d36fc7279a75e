// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Saying things, which fails where nobody listens or nothing more fits, but does not panic.

use crate::error::{
    Error,
    Result, //
};
use std::{
    fmt::Display,
    io::{
        self,
        BufWriter,
        Write, //
    },
};

/// Writes a result to the standard output, all of it or as much as is taken.
///
/// # Errors
///
/// Not all of it is.
pub fn result<T>(print: impl FnOnce(&mut dyn Write) -> Result<T>) -> Result<T> {
    let mut out = BufWriter::new(io::stdout().lock());
    let printed = print(&mut out).and_then(|done| {
        out.flush()?;
        Ok(done)
    });
    printed.map_err(|error| match error {
        Error::Io(error) => Error::Output(error),
        error => error,
    })
}

/// Says something beside the result. Where that is not possible, the exit status has to do.
pub fn note(what: impl Display) {
    let _ = writeln!(io::stderr(), "btf-reconcile: {what}");
}
