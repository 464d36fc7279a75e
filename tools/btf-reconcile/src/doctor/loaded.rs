// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What became of the modules that are loaded now, as far as the kernel and our module in it tell.

use crate::{
    check::{
        loss::{
            Loss,
            Rank, //
        },
        losses::{
            losses,
            Lost, //
        },
        model::{
            Callable,
            Counts,
            Report,
            Verdict, //
        },
        BuiltAgainst, //
    },
    error::{
        Error,
        Result, //
    },
    folders::OURS,
    names,
    root::Root,
};
use serde::Deserialize;
use std::{
    collections::{
        BTreeMap,
        HashSet, //
    },
    fs,
    io::ErrorKind,
    path::Path, //
};

/// The modules, one a line, with the name first.
const MODULES: &str = "proc/modules";
/// The BTF that the kernel has, of itself and of modules.
const BTF: &str = "sys/kernel/btf";
/// What our module has seen: numbers for everybody, and a report of each module for root.
const SUMMARY: &str = "sys/module/btf_reconcile/parameters/summary";
const REPORTS: &str = "sys/kernel/debug/btf_reconcile/modules";

/// Where our module is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Presence {
    /// Nowhere.
    #[default]
    Missing,
    /// Among the modules that are loaded.
    Loaded,
    /// In the kernel itself.
    BuiltIn,
}

/// The modules that are loaded.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// How many there are.
    pub modules: usize,
    /// Whether our module is there.
    pub reconciler: Presence,
    /// What that has seen, in its own words.
    pub summary: Option<String>,
    /// Those that it has a report of, if that can be read.
    pub reports: Option<usize>,
    /// Those that lost something, the worst first.
    pub losses: Vec<Lost>,
    /// Those that have what they should, by the report.
    pub well: HashSet<String>,
    /// What can't be read, and why.
    pub unread: Vec<String>,
}

/// What is read of a module's report.
#[derive(Deserialize)]
struct Seen {
    verdict: String,
    why: Option<String>,
    built_against: Option<BuiltAgainst>,
    #[serde(default)]
    counts: Counts,
    #[serde(default)]
    kfuncs: Vec<Callable>,
    #[serde(default)]
    dtors: Vec<Callable>,
}

impl Loaded {
    /// Looks at what is loaded in `root`, where the kernel `release` runs. `with_btf` are the names of
    /// modules whose files have BTF.
    ///
    /// # Errors
    ///
    /// There is no list of modules that can be read.
    pub fn new(root: &Root, release: &str, with_btf: &HashSet<String>) -> Result<Self> {
        let path = root.at(MODULES);
        let text = fs::read_to_string(&path).map_err(|error| Error::Io(error).at(&path))?;
        let names = listed(&text);
        let mut loaded = Self {
            modules: names.len(),
            reconciler: presence(root, &names),
            ..Self::default()
        };
        let mut seen = BTreeMap::new();
        if loaded.reconciler != Presence::Missing {
            let summary = fs::read_to_string(root.at(SUMMARY)).ok();
            loaded.summary = summary.map(|summary| summary.trim().to_owned());
            match reports(&root.at(REPORTS), &mut loaded.unread) {
                Ok(reports) => {
                    loaded.reports = Some(reports.len());
                    seen = reports;
                }
                Err(error) => loaded.unread.push(error.to_string()),
            }
        }
        let reports = seen
            .iter()
            .filter_map(|(name, seen)| seen.report(name, release));
        let reports: Vec<_> = reports.collect();
        // What is of no use in one that fits was so from the beginning.
        let fits = |name: &str| seen.get(name).is_some_and(|seen| seen.verdict == "fits");
        loaded.losses = losses(&reports, &|_| true);
        loaded.losses.retain(|lost| !fits(&lost.module));
        let is_well =
            |report: &&Report| matches!(report.verdict, Verdict::Fits | Verdict::Reconciled);
        let well = reports.iter().filter(is_well);
        loaded.well = well.map(|report| report.module.clone()).collect();
        let others = seen.iter().filter_map(|(name, seen)| seen.other_loss(name));
        let without = without_btf(root, &names, with_btf);
        let without = without
            .filter(|name| !seen.contains_key(*name))
            .map(|name| {
                let what = "is loaded without the BTF that its file has";
                (name.clone(), what.to_owned())
            });
        for (name, what) in others.chain(without) {
            loaded.losses.push(Lost {
                module: name.clone(),
                name,
                base: release.to_owned(),
                loss: Loss {
                    rank: Rank::Btf,
                    what,
                },
            });
        }
        loaded.losses.sort_by_key(|lost| lost.loss.rank);
        Ok(loaded)
    }
}

/// Where our module is, if these are the `names` of those that are loaded.
fn presence(root: &Root, names: &[String]) -> Presence {
    if names.iter().any(|name| name == OURS) {
        Presence::Loaded
    } else if root.at(SUMMARY).exists() {
        Presence::BuiltIn
    } else {
        Presence::Missing
    }
}

/// The names in a list of modules.
fn listed(text: &str) -> Vec<String> {
    let names = text.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

/// The reports of our module. Those that can't be read are added to `unread`.
fn reports(folder: &Path, unread: &mut Vec<String>) -> Result<BTreeMap<String, Seen>> {
    let at = |error| Error::Io(error).at(folder);
    let mut reports = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(at)? {
        let entry = entry.map_err(at)?;
        let path = entry.path().join("report.json");
        let read = fs::read(&path).map_err(Error::Io).and_then(|text| {
            let seen = serde_json::from_slice(&text);
            seen.map_err(|error| Error::Unfit(error.to_string()))
        });
        match read {
            Ok(seen) => drop(reports.insert(names::plain(entry.file_name()), seen)),
            // A module may have gone meanwhile.
            Err(Error::Io(error)) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => unread.push(error.at(&path).to_string()),
        }
    }
    Ok(reports)
}

impl Seen {
    /// The report as `check` would make one, if it has a word for what became of the module.
    fn report(&self, name: &str, release: &str) -> Option<Report> {
        let verdict = match &*self.verdict {
            "fits" => Verdict::Fits,
            "reconciled" => Verdict::Reconciled,
            "carries" => Verdict::Carries,
            "no_btf" => Verdict::NoBtf,
            "stale" => Verdict::Stale,
            "broken" => Verdict::Broken,
            _ => return None,
        };
        let mut report = Report::new(name.to_owned(), release, verdict);
        report.why.clone_from(&self.why);
        report.built_against.clone_from(&self.built_against);
        report.counts = self.counts;
        report.kfuncs.clone_from(&self.kfuncs);
        report.dtors.clone_from(&self.dtors);
        Some(report)
    }

    /// What it lost where it has not, which depends on parameters and on memory.
    fn other_loss(&self, name: &str) -> Option<(String, String)> {
        let what = match &*self.verdict {
            "left" => "was left to the kernel",
            "refused" | "out_of_memory" => "loses its BTF",
            _ => return None,
        };
        let why = self.why.as_deref().unwrap_or("it is not known why");
        Some((name.to_owned(), format!("{what}: {why}")))
    }
}

/// Those of the modules `names` whose files have BTF, and of which the kernel has none.
fn without_btf<'n>(
    root: &Root,
    names: &'n [String],
    with_btf: &HashSet<String>,
) -> impl Iterator<Item = &'n String> {
    let has_btf = |name: &&String| root.at(BTF).join(name).exists();
    // A kernel may have none of any module, and then says nothing of this one.
    let tells = names.iter().any(|name| has_btf(&name));
    let without = names
        .iter()
        .filter(|name| tells && with_btf.contains(*name) && !has_btf(name));
    without.collect::<Vec<_>>().into_iter()
}
