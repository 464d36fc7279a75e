// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The forms of a vmlinux that ours is measured with.

use crate::clock::Clock;
use btf_corpus::{
    btf::{
        Btf,
        Offsets,
        Vmlinux, //
    },
    synth,
    Result, //
};

/// A vmlinux that ours has open, and how it finds names in it.
pub type Open = Vmlinux<'static, Offsets>;

/// One of those forms.
pub struct Setup {
    /// Its name in the tables.
    pub name: &'static str,
    /// It.
    pub vmlinux: Open,
    /// Microseconds that it took to be ready for names, and bytes that that holds.
    pub cost: (f64, usize),
}

/// Place of the form in [`all`] that kernels have.
pub const SORTED: usize = 0;

/// All forms of `vmlinux`, and it doubled in its wire form.
///
/// They are there until the program ends, as a kernel's own is.
pub fn all(vmlinux: &[u8]) -> Result<(Vec<Setup>, &'static [u8])> {
    let plain: &'static [u8] = vmlinux.to_vec().leak();
    let unsorted: &'static [u8] = synth::unsorted(plain).leak();
    let doubled: &'static [u8] = synth::doubled(plain).leak();
    let setups = vec![
        setup("sorted", plain)?,
        setup("unsorted", unsorted)?,
        setup("doubled", doubled)?,
    ];
    Ok((setups, doubled))
}

/// The pair of forms of which the second is the first doubled.
pub const GROWTH: (usize, usize) = (SORTED, 2);

fn setup(name: &'static str, blob: &'static [u8]) -> Result<Setup> {
    let btf = Btf::parse_kernel(blob).map_err(|e| e.to_string())?;
    let start = Clock::start();
    let vmlinux = Vmlinux::new(btf).map_err(|e| e.to_string())?;
    let time = start.micros();
    let bytes = vmlinux.memory();
    Ok(Setup {
        name,
        vmlinux,
        cost: (time, bytes),
    })
}
