// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Showing on a terminal that something is being done, if it takes long.

use crate::print;
use indicatif::{
    ProgressBar,
    ProgressDrawTarget,
    ProgressStyle, //
};
use std::{
    io::{
        self,
        IsTerminal, //
    },
    sync::mpsc::{
        self,
        RecvTimeoutError,
        Sender, //
    },
    thread::{
        self,
        JoinHandle, //
    },
    time::Duration,
};

/// How long something may take before that is shown.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often what is shown is drawn anew.
const TICK: Duration = Duration::from_millis(120);

/// Something that is being done, until this is dropped.
pub struct Progress {
    bar: ProgressBar,
    /// What shows it, once the time has come, and what tells that it need not.
    shown: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Begins something that can't be counted, which is called `what`.
    pub fn of(what: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        Self::new(bar.with_message(what), "{spinner} {msg}, {elapsed}")
    }

    /// Begins something with `len` things that are called `what`.
    pub fn counted(len: usize, what: &'static str) -> Self {
        // CAST: A number of things in memory fits 64 bits.
        let len = Some(len as u64);
        let bar = ProgressBar::with_draw_target(len, ProgressDrawTarget::hidden());
        let bar = bar.with_message(what);
        Self::new(bar, "{wide_bar} {pos}/{len} {msg}, {eta} left")
    }

    fn new(bar: ProgressBar, template: &str) -> Self {
        if print::is_quiet() || !io::stderr().is_terminal() {
            return Self { bar, shown: None };
        }
        let style = ProgressStyle::with_template(template);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        let (sender, done) = mpsc::channel();
        let later = bar.clone();
        let show = move || {
            if done.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                later.set_draw_target(ProgressDrawTarget::stderr());
                later.enable_steady_tick(TICK);
            }
        };
        // Where there are no more threads nothing is shown.
        let thread = thread::Builder::new().spawn(show).ok();
        Self {
            bar,
            shown: thread.map(|thread| (sender, thread)),
        }
    }

    /// One more thing is done.
    pub fn step(&self) {
        self.bar.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.shown.take() {
            drop(sender);
            let _ = thread.join();
        }
        self.bar.finish_and_clear();
    }
}
