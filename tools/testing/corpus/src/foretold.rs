// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What the program foretells of a stock kernel, against libbpf, which shares its relocation.

use crate::{
    drawn::Drawn,
    libbpf::{
        Btf,
        Refusal, //
    },
    made::{
        self,
        Case,
        Does,
        Libbpf, //
    },
    mainline::{
        load,
        How,
        Kernel,
        Loaded,
        Stop, //
    },
    synth::word,
    watch::Watch, //
};
use std::collections::BTreeMap;

/// Modules that are drawn.
pub const DRAWN: u64 = 50_000;

/// What libbpf makes of a module: its BTF with the types of `vmlinux` as a base.
pub fn relocated(split: &[u8], base: Option<&[u8]>, vmlinux: &Btf<'_>) -> Result<Vec<u8>, Refusal> {
    let Some(base) = base else {
        return Ok(Btf::new_split(split, vmlinux)?.bytes().to_vec());
    };
    let base = Btf::new(base)?;
    let mut split = Btf::new_split(split, &base)?;
    split.relocate(vmlinux)?;
    Ok(split.bytes().to_vec())
}

/// What is foretold of a module.
pub fn ours<'k>(
    split: &'k [u8],
    base: Option<&[u8]>,
    kernel: &'k Kernel<'_>,
) -> Result<Loaded<'k>, Stop> {
    load(split, base, kernel, &mut Vec::new())
}

/// Holds what is foretold of a module against what libbpf makes of it.
///
/// # Errors
///
/// What differs.
pub fn compare(
    ours: Result<Loaded<'_>, Stop>,
    theirs: Result<&[u8], &Refusal>,
) -> Result<(), String> {
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) if ours.types.types[..] == *types(theirs) => Ok(()),
        (Ok(_), Ok(_)) => Err("other types than libbpf's".to_owned()),
        (Err(ours), Err(theirs)) => match ours.how {
            How::Refuses(errno) if errno == theirs.errno() => Ok(()),
            how => Err(format!("{how:?}, libbpf {}", theirs.errno())),
        },
        (Ok(_), Err(theirs)) => Err(format!("loads, libbpf says {}", theirs.message())),
        (Err(ours), Ok(_)) => Err(format!("{ours:?}, libbpf loads it")),
    }
}

/// The types in BTF that libbpf wrote.
fn types(btf: &[u8]) -> &[u8] {
    let from = word(btf, 4) as usize + word(btf, 8) as usize;
    &btf[from..from + word(btf, 12) as usize]
}

/// Compares all made-up modules that libbpf comes back from, and gives how many those are and
/// where they differ.
pub fn compare_made() -> (usize, Vec<String>) {
    let vmlinux = made::kernel().bytes();
    let kernel = Kernel::new(&vmlinux).expect("BTF");
    let theirs = Btf::new(&vmlinux).ok().expect("BTF");
    let (mut count, mut failures) = (0, Vec::new());
    let watch = Watch::start();
    for case in made::cases() {
        let Case { split, base, .. } = &case;
        if matches!(case.libbpf, Libbpf::NotRun(_)) {
            continue;
        }
        count += 1;
        watch.next(&case.name);
        let theirs = relocated(split, base.as_deref(), &theirs);
        let theirs = theirs.as_deref();
        let same = compare(ours(split, base.as_deref(), &kernel), theirs);
        let same = same.and(expected(case.does, theirs));
        let result = match case.libbpf {
            Libbpf::Same => same,
            // It has to, lest one is left out that does not.
            _ if same.is_ok() => Err("libbpf does the same".to_owned()),
            _ => Ok(()),
        };
        if let Err(why) = result {
            failures.push(format!("{}: {why}", case.name));
        }
    }
    (count, failures)
}

/// Whether libbpf does what is expected of the kernel.
fn expected(does: Does, theirs: Result<&[u8], &Refusal>) -> Result<(), String> {
    let same = match (does, theirs) {
        (Does::Loads | Does::LoadsWrong, Ok(_)) => true,
        (Does::Refuses(errno), Err(refusal)) => errno == refusal.errno(),
        _ => false,
    };
    if same {
        return Ok(());
    }
    let theirs = theirs.map_or_else(|refusal| refusal.message(), |_| "loads it");
    Err(format!("expected {does:?}, libbpf: {theirs}"))
}

/// Compares modules that are drawn by lot, and gives what came how often, and where they differ.
pub fn compare_drawn() -> (BTreeMap<String, usize>, Vec<String>) {
    let (mut came, mut failures) = (BTreeMap::new(), Vec::new());
    let watch = Watch::start();
    for seed in 0..DRAWN {
        let Drawn {
            vmlinux,
            base,
            split,
        } = Drawn::new(seed);
        let kernel = Kernel::new(&vmlinux).expect("BTF");
        let ours = ours(&split, Some(&base), &kernel);
        let what = match &ours {
            Ok(loaded) if loaded.wrong.is_empty() => "loads".to_owned(),
            Ok(_) => "loads with wrong ids".to_owned(),
            Err(Stop { how, .. }) => format!("{how:?}"),
        };
        // The kernel looks for modifiers that lead to themselves, and refuses them. libbpf does not.
        let never_ends = matches!(what.as_str(), "Hangs" | "Refuses(-40)");
        *came.entry(what).or_default() += 1;
        if never_ends {
            continue;
        }
        watch.next(&format!("drawn from {seed}"));
        let theirs = Btf::new(&vmlinux).ok().expect("BTF");
        let theirs = relocated(&split, Some(&base), &theirs);
        if let Err(why) = compare(ours, theirs.as_deref()) {
            failures.push(format!("drawn from {seed}: {why}"));
        }
    }
    (came, failures)
}
