// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Modules whose BTF stands on its own, beside the same modules distilled.

use crate::{
    measure::{
        is_reconciled,
        memory_libbpf,
        memory_ours,
        time_libbpf,
        time_ours, //
    },
    run::{
        Times,
        ROUNDS, //
    },
    setup::Open, //
};
use btf_corpus::{
    archive::Module,
    btf::Unify,
    libbpf,
    modules,
    Result, //
};
use std::{
    fs,
    path::Path, //
};

/// A module, made in both ways.
struct Both {
    name: String,
    /// Its base, and what is split from that.
    distilled: (Vec<u8>, Vec<u8>),
    whole: Vec<u8>,
}

/// Modules of one kernel.
pub struct Modules(Vec<Both>);

impl Modules {
    /// Opens those that `text` names: `VMLINUX=MODULES=ENCODED`, folders of modules that have BTF for
    /// this vmlinux, and of what stands on its own for each of them, in files `NAME.btf`.
    pub fn open(text: &str) -> Result<Self> {
        let mut parts = text.split('=').map(Path::new);
        let (Some(vmlinux), Some(dir), Some(encoded)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(format!("{text}: expected VMLINUX=MODULES=ENCODED").into());
        };
        let all = modules::distill(dir, vmlinux)?.modules.into_iter();
        let all = all.map(|(name, base, split)| {
            let file = encoded.join(format!("{name}.btf"));
            let whole = fs::read(&file).map_err(|e| format!("{}: {e}", file.display()))?;
            Ok(Both {
                name,
                distilled: (base, split),
                whole,
            })
        });
        Ok(Self(all.collect::<Result<_>>()?))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Measures them on `vmlinux`, module by module in turns.
    ///
    /// # Errors
    ///
    /// Something is not reconciled, so that there is nothing to measure.
    pub fn measure(&self, theirs: &libbpf::Btf<'_>, vmlinux: &Open) -> Result<Measured> {
        let times = || Times::new(self.0.len());
        let ways = || [times(), times()];
        let (mut libbpf, mut cold, mut again) = (times(), ways(), ways());
        for _ in 0..ROUNDS {
            for (nth, both) in self.0.iter().enumerate() {
                let [distilled, whole] = both.ways();
                for (way, module) in [distilled, whole].iter().enumerate() {
                    libbpf.add(nth, time_libbpf(&distilled, theirs));
                    cold[way].add(nth, time_ours(module, vmlinux, Unify::Base));
                    again[way].add(nth, time_ours(module, vmlinux, Unify::Base));
                }
            }
        }
        let (mut sizes, mut memory) = (ways().map(|_| vec![]), ways().map(|_| vec![]));
        let mut memory_theirs = vec![];
        for both in &self.0 {
            for (way, module) in both.ways().iter().enumerate() {
                if !is_reconciled(module, vmlinux) {
                    return Err(format!("{}: not reconciled", both.name).into());
                }
                sizes[way].push((module.base.len() + module.split.len()) as f64);
                memory[way].push(memory_ours(module, vmlinux, Unify::Base));
            }
            memory_theirs.push(memory_libbpf(&both.ways()[0], theirs));
        }
        Ok(Measured {
            sizes,
            libbpf: libbpf.each(),
            cold: cold.map(|times| times.each()),
            again: again.map(|times| times.each()),
            memory_libbpf: memory_theirs,
            memory,
        })
    }
}

impl Both {
    /// It distilled, and what stands on its own.
    fn ways(&self) -> [Module<'_>; 2] {
        let (base, split) = &self.distilled;
        let module = |base, split| Module {
            name: &self.name,
            base,
            split,
        };
        [module(base, split), module(&[], &self.whole)]
    }
}

/// What was measured of each module: distilled, and standing on its own.
pub struct Measured {
    /// Bytes of BTF.
    pub sizes: [Vec<f64>; 2],
    /// Microseconds of libbpf's relocation of what is distilled.
    pub libbpf: Vec<f64>,
    /// Those of ours, behind libbpf's.
    pub cold: [Vec<f64>; 2],
    /// Those of ours, again at once.
    pub again: [Vec<f64>; 2],
    /// Bytes in use at most, by libbpf.
    pub memory_libbpf: Vec<f64>,
    /// Those by ours.
    pub memory: [Vec<f64>; 2],
}
