// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Ends the program where libbpf never comes back.

use std::{
    process,
    sync::{
        Arc,
        Mutex, //
    },
    thread,
    time::Duration, //
};

/// What takes longer than this, of BTF of a few bytes, never ends.
const LONG: Duration = Duration::from_secs(120);

/// Watches one thing after another.
pub struct Watch(Arc<Mutex<(u64, String)>>);

impl Watch {
    /// Starts to watch.
    pub fn start() -> Self {
        let state = Arc::new(Mutex::new((0, String::new())));
        let seen = Arc::downgrade(&state);
        thread::spawn(move || {
            let mut last = 0;
            while let Some(state) = seen.upgrade() {
                if let Ok(state) = state.lock() {
                    if last != 0 && last == state.0 {
                        println!("Bail out! libbpf never came back from: {}", state.1);
                        process::exit(1);
                    }
                    last = state.0;
                }
                drop(state);
                thread::sleep(LONG);
            }
        });
        Self(state)
    }

    /// Goes on to what is named so.
    pub fn next(&self, name: &str) {
        if let Ok(mut state) = self.0.lock() {
            *state = (state.0 + 1, name.to_owned());
        }
    }
}
