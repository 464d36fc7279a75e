// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! `check`: which modules, and each of them on which kernels.

use super::{
    Loaded,
    FAILED,
    FINE,
    LOST, //
};
use crate::{
    base::{
        Kernel,
        Source, //
    },
    check::{
        self,
        losses::losses,
        model::{
            Report,
            Verdict, //
        },
        Brief,
        Detail,
        Task, //
    },
    error::Result,
    folders::{
        self,
        Found,
        Modules,
        ENDINGS, //
    },
    names,
    places,
    print,
    reconcile::Unify, //
};
use clap::{
    value_parser,
    Args,
    ValueHint, //
};
use std::{
    collections::{
        hash_map::Entry,
        HashMap, //
    },
    ffi::OsString,
    io::Write,
    path::{
        Path,
        PathBuf, //
    },
};

#[derive(Args)]
pub(super) struct Check {
    /// Modules (.ko, .ko.gz, .ko.xz, .ko.zst) or their raw BTF, or folders with modules; or one
    /// bundle
    #[arg(required = true, value_name = "MODULE")]
    pub(super) modules: Vec<PathBuf>,
    /// Kernels: vmlinux ELF files, images (vmlinuz), raw BTF, archives of BTFHub, or releases;
    /// otherwise the one whose /lib/modules/RELEASE a module lies under, or the running one
    #[arg(long, value_name = "VMLINUX", value_hint = ValueHint::FilePath)]
    pub(super) base: Vec<OsString>,
    /// Whose copies of the kernel's types are left out
    #[arg(long, value_enum, default_value_t = Unify::Base)]
    pub(super) unify: Unify,
    /// Say all: each type, slot, kfunc and destructor
    #[arg(short, long)]
    verbose: bool,
    /// Say all, as JSON
    #[arg(long, conflicts_with = "verbose")]
    json: bool,
    /// Say in at most LINES lines which modules lose something, and nothing if none does; 5 lines
    /// if no number is given
    #[arg(
        long,
        value_name = "LINES",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "5",
        value_parser = value_parser!(u16).range(1..),
        conflicts_with_all = ["verbose", "json"]
    )]
    brief: Option<u16>,
    /// With --brief: whether btf_reconcile is loaded before the modules
    #[arg(long, value_enum, default_value_t = Loaded::Auto, requires = "brief")]
    loaded: Loaded,
    /// Leave out the kernel's own modules, those in the folder kernel of a /lib/modules/RELEASE
    #[arg(long)]
    pub(super) out_of_tree: bool,
}

impl Check {
    /// Checks the modules; gives the exit status.
    pub(super) fn run(&self) -> Result<u8> {
        if let Some(bundle) = self.bundle()? {
            return self.run_bundle(&bundle);
        }
        let infer = self.base.is_empty();
        let mut modules = find(&self.modules, infer)?;
        if self.out_of_tree {
            let is_own = |path: &Path| folders::above(path).is_some_and(|above| above.is_own);
            modules.found.retain(|module| !is_own(&module.path));
        }
        // A kernel that has no BTF is no matter if there is nothing to check on it.
        if modules.found.is_empty() && self.brief.is_some() {
            return Ok(if modules.without.is_empty() {
                FINE
            } else {
                FAILED
            });
        }
        let chosen = if infer {
            Chosen::inferred(&modules.found)?
        } else {
            Chosen::asked(&self.base)?
        };
        let kernels = collect(chosen.sources.iter().map(Source::kernel))?;
        let tasks: Vec<_> = modules
            .found
            .into_iter()
            .map(|module| chosen.task(module, &kernels))
            .collect();
        let reports = check::check(&tasks, self.unify, self.detail());
        self.tell(&reports, chosen.named, !modules.without.is_empty())
    }

    /// How much is to be said.
    pub(super) fn detail(&self) -> Detail {
        match (self.json, self.verbose) {
            (true, _) => Detail::Json,
            (false, true) => Detail::Long,
            (false, false) => Detail::Short,
        }
    }

    /// Says what there is to say, in lines that tell the kernels apart if they are `named`; gives
    /// the exit status, which tells also whether something `is_missing`.
    pub(super) fn tell(&self, reports: &[Report], named: bool, is_missing: bool) -> Result<u8> {
        let lost = match self.brief {
            Some(lines) => {
                let losses = losses(reports, &self.loaded.finder());
                let brief = Brief {
                    lines: lines.into(),
                    again: self.again(),
                };
                print::text(|out| brief.print(&losses, out))?;
                !losses.is_empty()
            }
            None => {
                // A document is one also if nothing is in it.
                if !reports.is_empty() || self.json {
                    let detail = self.detail();
                    let print = |out: &mut dyn Write| check::print(reports, named, detail, out);
                    if self.json {
                        print::result(print)?;
                    } else {
                        print::text(print)?;
                    }
                }
                !reports.iter().all(|r| r.is_fine())
            }
        };
        let unreadable = reports.iter().any(|r| r.verdict == Verdict::Unreadable);
        if unreadable || is_missing {
            return Ok(FAILED);
        }
        Ok(if lost { LOST } else { FINE })
    }

    /// The command that says all of what `--brief` does not.
    fn again(&self) -> String {
        let mut command = "btf-reconcile check".to_owned();
        if self.out_of_tree {
            command += " --out-of-tree";
        }
        for base in &self.base {
            command += &format!(" --base {}", names::quoted(base));
        }
        for module in &self.modules {
            command += &format!(" {}", names::quoted(module));
        }
        command
    }
}

/// The kernels to check on.
struct Chosen {
    sources: Vec<Source>,
    /// Which of them each release stands for, where modules are checked on the kernel that they
    /// lie under; otherwise on all.
    by_release: Option<HashMap<Option<String>, usize>>,
    /// Whether it has to be said which kernel a line is about.
    named: bool,
}

impl Chosen {
    /// The kernels that were asked for.
    fn asked(names: &[OsString]) -> Result<Self> {
        let sources: Vec<_> = collect(names.iter().map(Source::open))?;
        Ok(Self {
            named: sources.len() > 1,
            sources,
            by_release: None,
        })
    }

    /// For each module the kernel that it lies under; the running one where it lies under none, or
    /// under one whose BTF is not there.
    fn inferred(modules: &[Found]) -> Result<Self> {
        let mut sources = Vec::new();
        let mut by_release = HashMap::new();
        let mut running = None;
        for module in modules {
            let Entry::Vacant(entry) = by_release.entry(module.release.clone()) else {
                continue;
            };
            let at = sources.len();
            let other = module.release.as_deref().and_then(another_kernel);
            entry.insert(match (other, running) {
                (None, Some(running)) => running,
                (None, None) => {
                    sources.push(Source::running()?);
                    *running.insert(at)
                }
                (Some(source), _) => {
                    sources.push(source);
                    at
                }
            });
        }
        Ok(Self {
            named: sources.len() > usize::from(running.is_some()),
            sources,
            by_release: Some(by_release),
        })
    }

    /// What is to be done about a module.
    fn task<'k>(&self, module: Found, kernels: &'k [Kernel<'k>]) -> Task<'k> {
        let only = self.by_release.as_ref();
        let only = only.and_then(|releases| releases.get(&module.release));
        Task {
            path: module.path,
            kernels: match only {
                Some(&at) => kernels.get(at..=at).unwrap_or_default(),
                None => kernels,
            },
        }
    }
}

/// The kernel `release`, unless it is the running one or its BTF is not there.
fn another_kernel(release: &str) -> Option<Source> {
    if release == places::running_release() {
        return None;
    }
    let source = Source::of_release(release);
    source
        .inspect_err(|error| {
            print::note(format_args!(
                "{error}; its modules are checked on the running kernel"
            ));
        })
        .ok()
}

/// The modules in `paths`, and a note for each folder without.
pub(super) fn find(paths: &[PathBuf], per_kernel: bool) -> Result<Modules> {
    let modules = folders::modules(paths, per_kernel)?;
    for folder in &modules.without {
        let endings = ENDINGS.join(", ");
        let folder = names::shown(folder);
        print::error(format_args!("{folder}: no modules in it ({endings})"));
    }
    Ok(modules)
}

/// All values, or the first error.
pub(super) fn collect<T>(results: impl Iterator<Item = Result<T>>) -> Result<Vec<T>> {
    results.collect()
}
