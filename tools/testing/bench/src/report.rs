// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The tables.

use crate::{
    measure::PARTS,
    run::{
        Memory,
        Times,
        Turns, //
    },
    setup::{
        Setup,
        GROWTH, //
    },
    stats::Stats,
    whole::Measured, //
};
use std::{
    fs,
    process::Command, //
};

/// Prints what was measured on, and when.
pub fn machine() {
    let first = |file: &str, key: &str| {
        let text = fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find(|line| line.starts_with(key));
        let value = line.and_then(|line| line.split(": ").nth(1));
        value.unwrap_or("unknown").to_owned()
    };
    let date = Command::new("date").arg("+%F").output();
    let date = date.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned());
    println!(
        "machine: {}, {} processors; {}",
        first("/proc/cpuinfo", "model name"),
        std::thread::available_parallelism().map_or(1, usize::from),
        date.unwrap_or_default()
    );
}

/// Prints what opening a vmlinux costs.
pub fn costs(release: &str, setups: &[Setup]) {
    println!("\nvmlinux {release}, once for a kernel: ready for names after (us), memory (bytes)");
    for setup in setups {
        let (time, bytes) = setup.cost;
        println!("  {:<40} {time:>9.1} {bytes:>9}", setup.name);
    }
}

/// Prints the heading of the tables of one pair of kernels.
pub fn heading(modules: usize, from: &str, onto: &str) {
    println!("\n{modules} modules of {from} onto vmlinux {onto}");
    columns();
}

fn columns() {
    println!(
        "  {:<40} {:>9} {:>9} {:>9} {:>9} {:>8}",
        "", "mean", "median", "p99", "max", "ratio"
    );
}

fn line(name: &str, stats: Stats, last: &str) {
    let Stats {
        mean,
        median,
        p99,
        max,
    } = stats;
    println!("  {name:<40} {mean:>9.1} {median:>9.1} {p99:>9.1} {max:>9.1} {last:>8}");
}

/// Prints times in turns.
pub fn turns(turns: &Turns) {
    println!("  processor time of one module (us), libbpf and ours in turns");
    let libbpf = Stats::of(&turns.libbpf.each());
    line("libbpf's btf__relocate() alone", libbpf, "1");
    for (name, cold, again) in &turns.ours {
        for (when, times) in [("caches cold", cold), ("again at once", again)] {
            let ours = Stats::of(&times.each());
            let ratio = format!("{:.0}", libbpf.mean / ours.mean);
            line(&format!("ours, {name}, {when}"), ours, &ratio);
        }
    }
    let mean = |times: &Times| Stats::of(&times.each()).mean;
    let [(_, cold, again), (_, unified_cold, unified_again)] = &turns.ours;
    println!(
        "  unifying, whole time against without: {:.2} cold, {:.2} again at once",
        mean(unified_cold) / mean(cold),
        mean(unified_again) / mean(again)
    );
}

/// Prints where the time of ours goes.
pub fn parts(sums: [f64; PARTS.len()], modules: usize) {
    let means = sums.map(|sum| sum / modules.max(1) as f64);
    let named = PARTS.iter().zip(means);
    let named: Vec<_> = named
        .map(|(name, mean)| format!("{name} {mean:.1}"))
        .collect();
    println!("  parts of ours, mean (us): {}", named.join(", "));
}

/// Prints times of ours alone and how all grow.
pub fn alone(setups: &[Setup], times: &[Times], libbpf: &[Vec<f64>; 2]) {
    println!(
        "  processor time of one module (us), ours alone; the last column: against not doubled"
    );
    let stats: Vec<Stats> = times.iter().map(|t| Stats::of(&t.each())).collect();
    for (nth, setup) in setups.iter().enumerate() {
        let of = Some(GROWTH).filter(|(_, doubled)| *doubled == nth);
        let growth = of.map(|(of, _)| stats[nth].mean / stats[of].mean);
        let growth = growth.map_or(String::new(), |growth| format!("{growth:.2}"));
        line(setup.name, stats[nth], &growth);
    }
    let [plain, doubled] = libbpf.each_ref().map(|times| Stats::of(times));
    line("libbpf, some of them", plain, "");
    let growth = doubled.mean / plain.mean;
    line("libbpf, doubled", doubled, &format!("{growth:.2}"));
}

/// Bytes in KiB.
fn kib(bytes: &[f64]) -> Stats {
    let kib: Vec<f64> = bytes.iter().map(|bytes| bytes / 1024.0).collect();
    Stats::of(&kib)
}

/// Prints memory.
pub fn memory(memory: &Memory) {
    println!("  most memory in use for one module (KiB)");
    line("libbpf, its copy of BTF apart", kib(&memory.libbpf), "");
    line("ours, the result in it", kib(&memory.ours), "");
    line("ours / the module's BTF", Stats::of(&memory.ratio), "");
}

/// Prints what modules cost whose BTF stands on its own, onto the vmlinux of `onto`.
pub fn whole(modules: usize, onto: &str, measured: &Measured) {
    println!("\n{modules} modules with DWARF onto vmlinux {onto}, distilled and on their own");
    columns();
    println!("  processor time of one module (us), copies unified; libbpf and ours in turns");
    let libbpf = Stats::of(&measured.libbpf);
    line("libbpf's btf__relocate(), distilled", libbpf, "1");
    let names = ["distilled", "on their own"];
    for (nth, name) in names.into_iter().enumerate() {
        for (when, times) in [("cold", &measured.cold), ("again", &measured.again)] {
            let ours = Stats::of(&times[nth]);
            let ratio = format!("{:.1}", libbpf.mean / ours.mean);
            line(&format!("ours, {name}, {when}"), ours, &ratio);
        }
    }
    let slower = measured.libbpf.iter().zip(&measured.cold[1]);
    let slower = slower.filter(|(libbpf, ours)| ours > libbpf).count();
    println!("  modules slower on their own, cold, than libbpf distilled: {slower}");
    println!("  bytes of BTF, and most memory in use for one module (KiB)");
    for (nth, name) in names.into_iter().enumerate() {
        line(&format!("BTF, {name}"), kib(&measured.sizes[nth]), "");
    }
    line(
        "libbpf, distilled, its copy of BTF apart",
        kib(&measured.memory_libbpf),
        "",
    );
    for (nth, name) in names.into_iter().enumerate() {
        let ours = format!("ours, {name}, the result in it");
        line(&ours, kib(&measured.memory[nth]), "");
    }
}
