// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Made-up modules, and what a stock kernel does with each.
//!
//! What is expected was found by reading `kernel/bpf/btf.c` and `btf_relocate.c` of Linux 7.3. The
//! program's tests hold what it foretells against it, the corpus against what libbpf does. This
//! takes nothing of either.

#![allow(dead_code, reason = "no user uses all of it")]

pub mod blob;
mod headers;
mod loops;
mod names;
mod records;
mod relocation;

use blob::{
    Blob,
    *, //
};

/// What a stock kernel does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// It loads the module.
    Loads,
    /// It loads it, and ids mean something else.
    LoadsWrong,
    /// It refuses it with this error.
    Refuses(i32),
    /// It reads where it must not.
    ReadsOutside,
    /// It never comes back.
    Hangs,
}

/// What libbpf does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Libbpf {
    /// The same as the kernel.
    Same,
    /// Something else, and why.
    Else(&'static str),
    /// What can't be waited for or survived, and why.
    NotRun(&'static str),
}

/// A made-up module.
pub struct Case {
    /// What it is about.
    pub name: String,
    /// Its `.BTF`.
    pub split: Vec<u8>,
    /// Its `.BTF.base`.
    pub base: Option<Vec<u8>>,
    /// What a stock kernel does with it.
    pub does: Does,
    /// What libbpf does with it.
    pub libbpf: Libbpf,
}

/// Refused as invalid.
pub const INVALID: Does = Does::Refuses(-22);

/// The kernel that they are for. No two of its strings are equal.
pub fn kernel() -> Blob {
    let mut b = Blob::new();
    let int = b.int("int");
    b.add("unsigned int", INT, 0, 4, &[32]);
    b.add("thing", STRUCT, 2, 16, &[0, int, 0, 0, int, 32]);
    let two = b.string("two");
    b.raw(two, info(STRUCT, 0), 8, &[]);
    b.raw(two, info(STRUCT, 0), 16, &[]);
    b.raw(two, info(STRUCT, 0), 16, &[]);
    b.add("either", UNION, 0, 8, &[]);
    b.flagged("bits", STRUCT, 1, 4, &[0, int, 3 << 24]);
    b.flagged("ubits", UNION, 1, 4, &[0, int, 3 << 24]);
    let red = b.string("RED");
    b.add("colour", ENUM, 1, 4, &[red, 1]);
    let blue = b.string("BLUE");
    b.add("wide", ENUM64, 1, 8, &[blue, 1, 0]);
    b.add("hidden", FWD, 0, 0, &[]);
    b.add("double", FLOAT, 0, 8, &[]);
    let both = b.string("both");
    b.raw(both, info(STRUCT, 0), 8, &[]);
    b.raw(both, info(FWD, 0), 0, &[]);
    let late = b.string("late");
    b.raw(late, info(FWD, 0), 0, &[]);
    b.raw(late, info(STRUCT, 0), 8, &[]);
    b.add("number", ENUM, 0, 8, &[]);
    let proto = b.proto(int);
    b.func("kernel_func", proto);
    b.add("alias", TYPEDEF, 0, int, &[]);
    b
}

/// All of them.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    headers::add(&mut cases);
    records::add(&mut cases);
    relocation::add(&mut cases);
    loops::add(&mut cases);
    cases
}

impl Case {
    fn new(name: impl ToString, base: Option<Vec<u8>>, split: Vec<u8>, does: Does) -> Self {
        Self {
            name: name.to_string(),
            split,
            base,
            does,
            libbpf: Libbpf::Same,
        }
    }

    fn libbpf(mut self, libbpf: Libbpf) -> Self {
        self.libbpf = libbpf;
        self
    }
}
