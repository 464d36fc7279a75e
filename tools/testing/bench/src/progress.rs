// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! How far it got, for those who wait.

use std::io::{
    stderr,
    IsTerminal, //
};

/// One line of standard error, if that is a terminal.
pub struct Progress {
    title: Option<String>,
}

impl Progress {
    /// Shows what is done under `title`.
    pub fn new(title: &str) -> Self {
        let title = stderr().is_terminal().then(|| title.to_owned());
        Self { title }
    }

    /// Shows that `done` of `all` steps are done.
    pub fn show(&self, done: usize, all: usize) {
        if let Some(title) = self.title.as_ref().filter(|_| done % 50 == 0) {
            eprint!("\r{title}: {} %\x1b[K", done * 100 / all.max(1));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.title.is_some() {
            eprint!("\r\x1b[K");
        }
    }
}
