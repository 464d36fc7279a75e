// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Saying things, which fails where nobody listens or nothing more fits, but does not panic.

use crate::{
    error::{
        Error,
        Result, //
    },
    names::harmless,
};
use anstream::{
    AutoStream,
    ColorChoice, //
};
use anstyle::Style;
use std::{
    fmt::Display,
    io::{
        self,
        BufWriter,
        IsTerminal,
        Write, //
    },
    sync::atomic::{
        AtomicBool,
        Ordering, //
    },
};

/// Whether nothing is said but errors.
static QUIET: AtomicBool = AtomicBool::new(false);

/// Says no more from here on than errors, and what was asked for as a document.
pub fn be_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

/// Whether that was said.
pub fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

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

/// The same for a result that is for people to read: quietly it goes nowhere.
///
/// # Errors
///
/// Not all of it is taken.
pub fn text<T>(print: impl FnOnce(&mut dyn Write) -> Result<T>) -> Result<T> {
    if is_quiet() {
        print(&mut io::sink())
    } else {
        result(print)
    }
}

/// Says something beside the result. Where that is not possible, the exit status has to do.
pub fn note(what: impl Display) {
    if !is_quiet() {
        error(what);
    }
}

/// Says what has gone wrong, whether anything else is said or not.
pub fn error(what: impl Display) {
    let what = what.to_string();
    let _ = writeln!(io::stderr(), "btf-reconcile: {}", harmless(&what));
}

/// Whether to print in colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colours(bool);

impl Colours {
    /// If the standard output is a terminal, unless `NO_COLOR` or the terminal says otherwise.
    pub fn of_output() -> Self {
        Self(AutoStream::choice(&io::stdout()) != ColorChoice::Never)
    }

    /// A text in a style.
    pub fn paint(self, text: &str, style: Style) -> String {
        if self.0 && style != Style::new() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

/// Columns of the terminal that the standard output is, if it is one.
pub fn width() -> Option<usize> {
    let out = io::stdout();
    let size = rustix::termios::tcgetwinsize(&out).ok();
    let columns = size.map_or(0, |size| size.ws_col);
    (out.is_terminal() && columns != 0).then_some(columns.into())
}
