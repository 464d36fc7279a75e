// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What came of many modules, as KTAP with the table in its comments.

use crate::{
    btf::{
        Decision,
        Mapping,
        Reason, //
    },
    classify::Verdict,
    compare::{
        Outcome,
        Unified, //
    }, //
};
use std::collections::BTreeMap;

/// Checks that each pair of kernels gets.
pub const CHECKS: usize = 8;
/// Failures of one check that are shown.
const SHOWN: usize = 5;

/// Outcomes of one kernel's modules on one vmlinux.
#[derive(Default)]
pub struct Tally {
    modules: usize,
    verdicts: BTreeMap<Verdict, (usize, String)>,
    decisions: BTreeMap<&'static str, usize>,
    lost: Vec<String>,
    refused: Vec<String>,
    renamed: Vec<String>,
    differ: Vec<String>,
    unexplained: Vec<String>,
    foretold: Vec<String>,
    /// Sums over all modules, and how many have copies.
    unified: (Unified, usize),
    broken: Vec<String>,
    /// How many the oracle was asked about, and those that are not as it says.
    judged: usize,
    misjudged: Vec<String>,
}

impl Tally {
    /// Takes one module's outcome in.
    pub fn add(&mut self, name: &str, outcome: &Outcome) {
        self.modules += 1;
        let example = format!("{name}: {}", outcome.example);
        match outcome.verdict {
            Verdict::Differ => self.differ.push(example.clone()),
            Verdict::Unexplained => self.unexplained.push(example.clone()),
            _ => {}
        }
        let of_verdict = self.verdicts.entry(outcome.verdict);
        of_verdict.or_insert((0, example)).0 += 1;
        if let Err(why) = &outcome.foretold {
            self.foretold.push(format!("{name}: {why}"));
        }
        match &outcome.kept {
            Ok(plan) => {
                for (_, decision) in plan.iter() {
                    *self.decisions.entry(sort(decision)).or_default() += 1;
                }
            }
            Err(why) => self.lost.push(format!("{name}: {why}")),
        }
        if let Err(why) = &outcome.accepted {
            self.refused.push(format!("{name}: {why}"));
        }
        if let Err(why) = &outcome.named {
            self.renamed.push(format!("{name}: {why}"));
        }
        match outcome.unified {
            Ok(unified) => {
                let (sum, with) = &mut self.unified;
                sum.types += unified.types;
                sum.differing += unified.differing;
                sum.before += unified.before;
                sum.after += unified.after;
                *with += usize::from(unified.types != 0);
            }
            Err(ref why) => self.broken.push(format!("{name}: {why}")),
        }
        if let Some(judged) = &outcome.judged {
            self.judged += 1;
            if let Err(why) = judged {
                self.misjudged.push(format!("{name}: {why}"));
            }
        }
    }

    /// Prints the table and the checks, numbered from `first`; gives whether all passed.
    pub fn print(&self, title: &str, first: usize) -> bool {
        println!("# {title}: {} modules", self.modules);
        for (verdict, (count, example)) in &self.verdicts {
            let (outcome, rule) = verdict.text();
            let example = match verdict {
                Verdict::Same => "",
                _ => example,
            };
            println!("# {count:>9}  {outcome:<26} {rule:<38} {example}");
        }
        println!("#   types of their bases, in default mode:");
        for (sort, count) in &self.decisions {
            println!("# {count:>9}  {sort}");
        }
        let (unified, with) = self.unified;
        println!(
            "#   copies of the kernel's types: {} in {with} modules, {} of {} bytes; {} types differ",
            unified.types,
            unified.before - unified.after,
            unified.before,
            unified.differing
        );
        let same = self.verdicts.get(&Verdict::Same).map_or(0, |v| v.0);
        let checks = [
            (
                format!("same bytes wherever both map ({same} modules)"),
                &self.differ,
            ),
            (
                "every other difference has its rule".to_owned(),
                &self.unexplained,
            ),
            (
                self.of_all("modules go as foretold of a stock kernel", &self.foretold),
                &self.foretold,
            ),
            (
                self.of_all("modules keep their BTF", &self.lost),
                &self.lost,
            ),
            (
                self.of_all("results libbpf reads", &self.refused),
                &self.refused,
            ),
            (
                self.of_all("results have every type under its name", &self.renamed),
                &self.renamed,
            ),
            (
                self.of_all(
                    "results without copies libbpf reads, by the same names",
                    &self.broken,
                ),
                &self.broken,
            ),
            (
                if self.judged == 0 {
                    "modules as the oracle says # SKIP it was not asked".to_owned()
                } else {
                    let good = self.judged - self.misjudged.len();
                    format!("{good} of {} modules as the oracle says", self.judged)
                },
                &self.misjudged,
            ),
        ];
        let mut passed = true;
        for ((text, failures), number) in checks.iter().zip(first..) {
            passed &= print(number, &format!("{title}: {text}"), failures);
        }
        passed
    }

    fn of_all(&self, text: &str, failures: &[String]) -> String {
        let good = self.modules - failures.len();
        format!("{good} of {} {text}", self.modules)
    }
}

/// Prints a check, with some of what failed; gives whether it passed.
pub fn print(number: usize, what: &str, failures: &[String]) -> bool {
    let ok = if failures.is_empty() { "ok" } else { "not ok" };
    println!("{ok} {number} {what}");
    for failure in failures.iter().take(SHOWN) {
        println!("# {failure}");
    }
    failures.is_empty()
}

/// The line of the table that a decision counts in.
fn sort(decision: Decision) -> &'static str {
    match decision {
        Decision::Mapped(_, Mapping::Exact) => "mapped",
        Decision::Mapped(_, Mapping::Alias) => "mapped: another spelling",
        Decision::Mapped(_, Mapping::Defined) => "mapped: declaration to definition",
        Decision::Mapped(_, Mapping::Resized(_)) => "mapped: other size, by pointer only",
        Decision::Carried(Reason::Missing) => "carried: no such type in the kernel",
        Decision::Carried(Reason::OtherKind(_)) => "carried: only another kind of that name",
        Decision::Carried(Reason::Size(_)) => "carried: other size, held by value",
        Decision::Carried(Reason::Differs) => "carried: other encoding or width",
        Decision::Carried(Reason::Ambiguous) => "carried: several that differ",
        Decision::Moved => "moved",
    }
}
