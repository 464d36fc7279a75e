// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Distils the modules of kernels and compares what becomes of them; see `run.sh`.

use btf_corpus::{
    archive::{
        self,
        Module, //
    },
    compare::{
        compare,
        Outcome,
        Target, //
    },
    foretold,
    kernel::Kernel,
    modules,
    subset::subset,
    tally::{
        self,
        Tally,
        CHECKS, //
    },
    traps,
    whole,
    Result, //
};
use rayon::prelude::*;
use std::{
    env,
    io::{
        stderr,
        IsTerminal, //
    },
    path::Path,
    process::ExitCode,
    sync::atomic::{
        AtomicUsize,
        Ordering, //
    }, //
};

const USAGE: &str = "usage: btf-corpus distil VMLINUX MODULES ARCHIVE
       btf-corpus compare [--subset] [--oracle] RELEASE=VMLINUX=ARCHIVE...
       btf-corpus whole PROGRAM MODULES RELEASE=VMLINUX RELEASE=VMLINUX <TAR";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments[..] {
        ["distil", vmlinux, dir, archive] => distil(vmlinux, dir, archive),
        ["whole", program, dir, own, other] => try_whole(program, dir, [own, other]),
        ["compare", ref kernels @ ..] => compare_all(kernels),
        _ => Err(USAGE.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("btf-corpus: {why}");
            ExitCode::FAILURE
        }
    }
}

fn distil(vmlinux: &str, dir: &str, archive: &str) -> Result {
    let distilled = modules::distill(Path::new(dir), Path::new(vmlinux))?;
    for why in &distilled.without {
        eprintln!("left out: {why}");
    }
    archive::write(Path::new(archive), &distilled.modules)?;
    eprintln!("{archive}: {} modules", distilled.modules.len());
    Ok(())
}

/// Encodes modules whose DWARF comes from standard input, and puts them onto both kernels, of which
/// the first is theirs.
fn try_whole(program: &str, dir: &str, kernels: [&str; 2]) -> Result {
    if whole::run(program, kernels, dir)? {
        Ok(())
    } else {
        Err("not all checks passed".into())
    }
}

/// Puts the modules of each kernel onto the vmlinux of each, and onto its own with traps in it. How
/// stands before the kernels.
fn compare_all(arguments: &[&str]) -> Result {
    let options = arguments.iter().take_while(|a| a.starts_with("--")).count();
    let (options, kernels) = arguments.split_at(options);
    if let Some(unknown) = options
        .iter()
        .find(|o| !["--subset", "--oracle"].contains(o))
    {
        return Err(format!("{unknown}: {USAGE}").into());
    }
    let (sample, judged) = (options.contains(&"--subset"), options.contains(&"--oracle"));
    let kernels: Vec<Kernel> = kernels
        .iter()
        .map(|text| Kernel::open(text))
        .collect::<Result<_>>()?;
    println!("KTAP version 1");
    println!("1..{}", 2 + kernels.len() * (kernels.len() + 1) * CHECKS);
    let mut passed = compare_foretold(1);
    let mut number = 3;
    let mut print = |tally: &Tally, title: &str| {
        passed &= tally.print(title, number);
        number += CHECKS;
    };
    for onto in &kernels {
        let target = Target::open(&onto.vmlinux, judged)?;
        for from in &kernels {
            let title = format!("{} onto {}", from.short(), onto.short());
            let mut tally = Tally::default();
            add_all(&mut tally, from.archive.modules()?, &target, sample, &title);
            print(&tally, &title);
        }
        let title = format!("{0} onto {0} with traps", onto.short());
        let modules = onto.archive.modules()?;
        let mut tally = Tally::default();
        for variant in 0..traps::VARIANTS {
            let vmlinux = traps::laid(&onto.vmlinux, variant);
            let of_variant = modules.iter().skip(variant.into());
            let modules = of_variant.step_by(traps::VARIANTS.into()).copied();
            let target = Target::open(&vmlinux, judged)?;
            add_all(&mut tally, modules.collect(), &target, sample, &title);
        }
        print(&tally, &title);
    }
    if passed {
        Ok(())
    } else {
        Err("not all checks passed".into())
    }
}

/// Holds what is foretold of modules that there are not against libbpf, in two checks.
fn compare_foretold(first: usize) -> bool {
    let (count, failures) = foretold::compare_made();
    let what = format!("{count} made-up modules go as foretold of a stock kernel");
    let made = tally::print(first, &what, &failures);
    let (came, failures) = foretold::compare_drawn();
    println!("# modules drawn by lot:");
    for (what, count) in &came {
        println!("# {count:>9}  {what}");
    }
    let what = format!("{} modules drawn by lot go as foretold", foretold::DRAWN);
    tally::print(first + 1, &what, &failures) && made
}

/// Adds what becomes of `modules`, or of a sample of them, to `tally`.
fn add_all(
    tally: &mut Tally,
    modules: Vec<Module<'_>>,
    target: &Target<'_>,
    sample: bool,
    title: &str,
) {
    let modules = if sample {
        subset(&modules, target)
    } else {
        modules
    };
    for (module, outcome) in modules.iter().zip(outcomes(&modules, target, title)) {
        tally.add(module.name, &outcome);
    }
}

/// Compares all `modules`, and shows how far it got.
fn outcomes(modules: &[Module<'_>], target: &Target<'_>, title: &str) -> Vec<Outcome> {
    let done = AtomicUsize::new(0);
    let show = stderr().is_terminal();
    let outcomes = modules
        .par_iter()
        .map(|module| {
            let outcome = compare(module, target);
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if show && done % 50 == 0 {
                eprint!("\r{title}: {done} of {} modules\x1b[K", modules.len());
            }
            outcome
        })
        .collect();
    if show {
        eprint!("\r\x1b[K");
    }
    outcomes
}
