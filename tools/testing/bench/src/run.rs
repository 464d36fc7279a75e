// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! All modules of a kernel on one vmlinux.

use crate::{
    measure::{
        memory_libbpf,
        memory_ours,
        time_libbpf,
        time_ours,
        time_parts,
        PARTS, //
    },
    progress::Progress,
    setup::{
        Setup,
        SORTED, //
    },
    stats::Stats, //
};
use btf_corpus::{
    archive::Module,
    btf::Unify,
    libbpf, //
};

/// Times that everything is measured in turns; the median counts.
pub const ROUNDS: usize = 3;

/// Microseconds for each module in each round.
pub struct Times {
    rounds: Vec<Vec<f64>>,
}

impl Times {
    /// None yet, of so many modules.
    pub fn new(modules: usize) -> Self {
        let rounds = vec![vec![]; modules];
        Self { rounds }
    }

    /// Adds one of a module.
    pub fn add(&mut self, nth: usize, time: f64) {
        self.rounds[nth].push(time);
    }

    /// The median of the rounds for each module, so that what else the machine was doing in one
    /// of them has no part in it.
    pub fn each(&self) -> Vec<f64> {
        self.rounds
            .iter()
            .map(|times| Stats::of(times).median)
            .collect()
    }
}

/// libbpf and ours in turns, module by module.
///
/// libbpf's walk over vmlinux leaves nothing of what ours needs in the processor's caches. So ours
/// comes twice: cold, and again at once.
pub struct Turns {
    /// libbpf's relocation.
    pub libbpf: Times,
    /// Ours, cold and again, without and with unifying, with what that is called.
    pub ours: [(&'static str, Times, Times); 2],
}

/// Measures in turns.
pub fn in_turns(
    modules: &[Module<'_>],
    theirs: &libbpf::Btf<'_>,
    setups: &[Setup],
    progress: &Progress,
) -> Turns {
    let times = || Times::new(modules.len());
    let mut libbpf = times();
    let ways = [("copies stay", Unify::Off), ("copies unified", Unify::Base)];
    let mut ours = ways.map(|(name, _)| (name, times(), times()));
    let vmlinux = &setups[SORTED].vmlinux;
    for round in 0..ROUNDS {
        for (nth, module) in modules.iter().enumerate() {
            for ((_, unify), (_, cold, again)) in ways.into_iter().zip(&mut ours) {
                libbpf.add(nth, time_libbpf(module, theirs));
                cold.add(nth, time_ours(module, vmlinux, unify));
                again.add(nth, time_ours(module, vmlinux, unify));
            }
            progress.show(round * modules.len() + nth, ROUNDS * modules.len());
        }
    }
    Turns { libbpf, ours }
}

/// Measures ours alone, all forms of vmlinux in turns; each of them comes first as often.
pub fn alone(modules: &[Module<'_>], setups: &[Setup]) -> Vec<Times> {
    let mut times: Vec<_> = setups.iter().map(|_| Times::new(modules.len())).collect();
    for first in 0..setups.len() {
        for (nth, module) in modules.iter().enumerate() {
            for at in (0..setups.len()).map(|n| (first + n) % setups.len()) {
                times[at].add(nth, time_ours(module, &setups[at].vmlinux, Unify::Off));
            }
        }
    }
    times
}

/// Measures the parts of ours: the sum over all modules, for each.
pub fn parts(modules: &[Module<'_>], setups: &[Setup]) -> [f64; PARTS.len()] {
    let mut sums = [0.0; PARTS.len()];
    for module in modules {
        if let Ok(times) = time_parts(module, &setups[SORTED].vmlinux) {
            for (sum, time) in sums.iter_mut().zip(times) {
                *sum += time;
            }
        }
    }
    sums
}

/// Measures libbpf on some of the modules, for how it grows.
pub fn libbpf_sample(modules: &[Module<'_>], theirs: [&libbpf::Btf<'_>; 2]) -> [Vec<f64>; 2] {
    const ONE_IN: usize = 16;
    let sample: Vec<_> = modules.iter().step_by(ONE_IN).collect();
    let mut times = theirs.map(|_| Times::new(sample.len()));
    for _ in 0..ROUNDS {
        for (nth, module) in sample.iter().enumerate() {
            for (theirs, times) in theirs.iter().zip(&mut times) {
                times.add(nth, time_libbpf(module, theirs));
            }
        }
    }
    times.map(|times| times.each())
}

/// Bytes in use at most, for each module.
pub struct Memory {
    /// By ours.
    pub ours: Vec<f64>,
    /// That, as a multiple of the module's BTF.
    pub ratio: Vec<f64>,
    /// By libbpf.
    pub libbpf: Vec<f64>,
}

/// Measures memory.
pub fn memory(modules: &[Module<'_>], theirs: &libbpf::Btf<'_>, setups: &[Setup]) -> Memory {
    let size = |module: &Module<'_>| (module.base.len() + module.split.len()) as f64;
    let ours: Vec<f64> = modules
        .iter()
        .map(|module| memory_ours(module, &setups[SORTED].vmlinux, Unify::Off))
        .collect();
    Memory {
        ratio: modules
            .iter()
            .zip(&ours)
            .map(|(m, o)| o / size(m))
            .collect(),
        libbpf: modules.iter().map(|m| memory_libbpf(m, theirs)).collect(),
        ours,
    }
}
