// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Measures time and memory of btf_reconcile and of libbpf; see `run.sh`.

mod clock;
mod measure;
mod memory;
mod plot;
mod progress;
mod report;
mod run;
mod setup;
mod stats;
mod whole;

use btf_corpus::{
    kernel::Kernel,
    libbpf,
    Result, //
};
use std::{
    env,
    fs,
    process::ExitCode, //
};

const USAGE: &str = "usage: btf-bench [--ours] [--plot FILE] [--whole VMLINUX=MODULES=ENCODED] \
                     RELEASE=VMLINUX=ARCHIVE...";

fn main() -> ExitCode {
    match bench() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("btf-bench: {why}");
            ExitCode::FAILURE
        }
    }
}

fn bench() -> Result {
    let (mut kernels, mut plot, mut only_ours) = (Vec::new(), None, false);
    let mut whole = None;
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--ours" => only_ours = true,
            "--plot" => plot = Some(arguments.next().ok_or(USAGE)?),
            "--whole" => whole = Some(whole::Modules::open(&arguments.next().ok_or(USAGE)?)?),
            kernel => kernels.push(Kernel::open(kernel)?),
        }
    }
    let first = kernels.first().ok_or(USAGE)?;
    memory::keep();
    report::machine();
    for target in &kernels {
        let (setups, doubled) = setup::all(&target.vmlinux)?;
        report::costs(target.short(), &setups);
        let open = |blob| libbpf::Btf::new(blob).map_err(|why| why.message().to_owned());
        let theirs = open(&target.vmlinux)?;
        let theirs_doubled = open(doubled)?;
        if let Some(modules) = &whole {
            let measured = modules.measure(&theirs, &setups[setup::SORTED].vmlinux)?;
            report::whole(modules.len(), target.short(), &measured);
        }
        for from in &kernels {
            let modules = from.archive.modules()?;
            report::heading(modules.len(), from.short(), target.short());
            if !only_ours {
                let progress = progress::Progress::new("measuring");
                let turns = run::in_turns(&modules, &theirs, &setups, &progress);
                drop(progress);
                report::turns(&turns);
                // The plot is of the first kernel's modules, on another vmlinux if there is one.
                let other = target.release != first.release || kernels.len() == 1;
                let away = from.release == first.release && other;
                if let Some(file) = plot.as_ref().filter(|_| away) {
                    let title = format!(
                        "{} modules of {} onto vmlinux {}",
                        modules.len(),
                        from.short(),
                        target.short()
                    );
                    fs::write(file, plot::svg(&turns, &title)?)?;
                }
            }
            let alone = run::alone(&modules, &setups);
            let libbpf = run::libbpf_sample(&modules, [&theirs, &theirs_doubled]);
            report::alone(&setups, &alone, &libbpf);
            report::parts(run::parts(&modules, &setups), modules.len());
            report::memory(&run::memory(&modules, &theirs, &setups));
        }
    }
    Ok(())
}
