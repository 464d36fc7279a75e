// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! `doctor`: how it stands with the BTF of modules on a machine, on each kernel that is installed.

mod depmod;
mod initramfs;
mod json;
pub mod kernels;
pub mod loaded;
pub mod log;
pub mod reconciler;
mod text;

pub use self::text::{
    reconciler_line,
    unchecked,
    Text, //
};

use self::{
    depmod::Listed,
    kernels::Installed,
    loaded::Loaded,
    log::Log,
    reconciler::Reconciler, //
};
use crate::{
    base::Source,
    check::{
        self,
        loss::Rank,
        losses::{
            losses,
            Lost, //
        },
        model::{
            Report,
            Total,
            Verdict, //
        },
        Detail, //
    },
    error::{
        Error,
        Result, //
    },
    files,
    folders::{
        self,
        OWN, //
    },
    names,
    reconcile::Unify,
    root::Root, //
};
use std::{
    collections::HashSet,
    io::{
        self,
        Write, //
    },
    path::{
        Path,
        PathBuf, //
    },
};

/// What is looked at.
pub struct Wanted {
    /// The kernels, by their releases; all of them if none is named.
    pub kernels: Vec<String>,
    /// Whose copies of the kernel's types are left out.
    pub unify: Unify,
    /// Whether the kernels' own modules are left out.
    pub out_of_tree: bool,
    /// Whether what is loaded and logged is left out.
    pub only_installed: bool,
    /// The file with the kernel's log, if it is not the usual one.
    pub log: Option<PathBuf>,
}

/// Where the kernel's log is.
const LOG: &str = "dev/kmsg";

/// A machine, as it was found.
pub struct Machine {
    /// The kernels, the oldest first.
    pub kernels: Vec<Kernel>,
    /// The modules that are loaded, if the kernel that runs is looked at.
    pub loaded: Option<Loaded>,
    /// What the log of this boot says, if it can be read.
    pub log: Option<Log>,
    /// What could not be read besides, and why.
    pub unread: Vec<String>,
}

/// A kernel and its modules, as they were found.
pub struct Kernel {
    /// The kernel.
    pub installed: Installed,
    /// Our module.
    pub reconciler: Option<Reconciler>,
    /// How many modules it has.
    pub modules: usize,
    /// What became of them, unless it is left over.
    pub state: State,
}

/// What became of the modules of a kernel.
pub enum State {
    /// They are of no kernel that is there any more, or there are none.
    Unchecked,
    /// They can't be checked, for these reasons.
    Unreadable(Vec<Error>),
    /// They were checked.
    Checked(Box<Checked>),
}

/// What became of the modules of a kernel that was found.
pub struct Checked {
    /// The file that has its BTF.
    pub base: PathBuf,
    /// Numbers over all modules.
    pub total: Total,
    /// Modules that lose something, the worst first.
    pub losses: Vec<Lost>,
    /// The names of modules that have BTF, if the kernel runs.
    pub with_btf: HashSet<String>,
}

impl Machine {
    /// Looks at the machine in `root`.
    ///
    /// # Errors
    ///
    /// A kernel that is wanted is not there, or the log that is wanted can't be read.
    pub fn new(root: &Root, wanted: &Wanted) -> Result<Self> {
        let mut unread = Vec::new();
        let mut installed = kernels::installed(root, &mut unread);
        let named = &wanted.kernels;
        for release in named {
            if !installed.iter().any(|kernel| kernel.release == *release) {
                let why = "no kernel of this release is installed";
                return Err(Error::Unfit(why.to_owned()).at(Path::new(release)));
            }
        }
        installed.retain(|kernel| named.is_empty() || named.contains(&kernel.release));
        let kernels = installed.into_iter();
        let kernels = kernels.map(|kernel| Kernel::new(root, kernel, wanted));
        // A folder without any module is that of headers, as a rule.
        let kernels = kernels
            .filter(|kernel| kernel.installed.is_whole || kernel.modules != 0 || !named.is_empty());
        let mut machine = Self {
            kernels: kernels.collect(),
            loaded: None,
            log: None,
            unread: unread.iter().map(ToString::to_string).collect(),
        };
        if !wanted.only_installed {
            machine.look_at_now(root, wanted)?;
        }
        Ok(machine)
    }

    /// Looks at what is loaded, and in the log, if one of the kernels runs or a log was given.
    fn look_at_now(&mut self, root: &Root, wanted: &Wanted) -> Result {
        let mut kernels = self.kernels.iter();
        let running = kernels.find(|kernel| kernel.installed.is_running);
        if let Some(running) = running {
            let checked = running.checked();
            let with_btf = checked.map(|checked| checked.with_btf.clone());
            let with_btf = with_btf.unwrap_or_default();
            match Loaded::new(root, &running.installed.release, &with_btf) {
                Ok(loaded) => {
                    self.unread.extend(loaded.unread.iter().cloned());
                    self.loaded = Some(loaded);
                }
                Err(error) => self.unread.push(error.to_string()),
            }
        }
        if let Some(path) = &wanted.log {
            self.log = Some(Log::read(path)?);
        } else if running.is_some() {
            match Log::read(&root.at(LOG)) {
                Ok(log) => self.log = Some(log),
                Err(error) => self.unread.push(error.to_string()),
            }
        }
        if let (Some(log), Some(loaded)) = (&mut self.log, &self.loaded) {
            // What was wrong with a module that has been loaded again is over.
            log.modules.retain(|(name, _)| !loaded.well.contains(name));
        }
        Ok(())
    }

    /// Prints it as JSON.
    ///
    /// # Errors
    ///
    /// Nobody takes it.
    pub fn print_json(&self, mut out: impl Write) -> Result {
        let document = json::Document::new(self);
        serde_json::to_writer_pretty(&mut out, &document).map_err(io::Error::from)?;
        writeln!(out)?;
        Ok(())
    }

    /// Whether something is lost, on a kernel or now.
    pub fn is_lost(&self) -> bool {
        let mut checked = self.kernels.iter().filter_map(Kernel::checked);
        let loaded = self.loaded.as_ref();
        let log = self.log.as_ref();
        checked.any(|checked| !checked.losses.is_empty())
            || loaded.is_some_and(|loaded| !loaded.losses.is_empty())
            || log.is_some_and(|log| *log != Log::default())
    }

    /// Whether there is a module or a kernel that can't be read.
    pub fn is_unreadable(&self) -> bool {
        self.kernels.iter().any(|kernel| match &kernel.state {
            State::Unchecked => false,
            State::Unreadable(_) => true,
            State::Checked(checked) => checked.total.unreadable != 0,
        })
    }
}

impl Kernel {
    /// Looks at a kernel of `root` and all of its modules.
    fn new(root: &Root, installed: Installed, wanted: &Wanted) -> Self {
        let mut kernel = Self {
            installed,
            reconciler: None,
            modules: 0,
            state: State::Unchecked,
        };
        let Some(folder) = kernel.installed.folder.clone() else {
            return kernel;
        };
        let mut modules = match folders::modules_in(root, &folder) {
            Ok(modules) => modules,
            Err(error) => {
                kernel.state = State::Unreadable(vec![error]);
                return kernel;
            }
        };
        let release = &kernel.installed.release;
        let listed = Listed::of(root, &folder);
        let reconciler = Reconciler::of(root, release, &folder, &modules, &listed);
        listed.keep_taken(&mut modules);
        kernel.modules = modules.len();
        let own = folder.join(OWN);
        if wanted.out_of_tree {
            modules.retain(|module| !module.starts_with(&own));
        }
        // A kernel that has no BTF is no matter if there is nothing to check on it.
        if !kernel.installed.is_whole || modules.is_empty() {
            kernel.reconciler = Some(reconciler);
            return kernel;
        }
        kernel.state = match check(root, &kernel.installed, &modules, wanted) {
            Err(errors) => State::Unreadable(errors),
            Ok((base, reports)) => {
                let helps = |report: &Report| reconciler.helps(Path::new(&report.module));
                let mut losses = losses(&reports, &helps);
                let is_as_built = as_built(&reports, &own);
                losses.retain(|lost| {
                    lost.loss.rank != Rank::Callables || !is_as_built.contains(&lost.module[..])
                });
                State::Checked(Box::new(Checked {
                    base,
                    total: Total::of(&reports),
                    losses,
                    with_btf: with_btf(&reports, kernel.installed.is_running),
                }))
            }
        };
        kernel.reconciler = Some(reconciler);
        kernel
    }

    /// What became of its modules, if they were checked.
    pub fn checked(&self) -> Option<&Checked> {
        match &self.state {
            State::Checked(checked) => Some(checked),
            State::Unchecked | State::Unreadable(_) => None,
        }
    }
}

/// What becomes of `modules` on a kernel of `root`, and the file that has its BTF.
fn check(
    root: &Root,
    kernel: &Installed,
    modules: &[PathBuf],
    wanted: &Wanted,
) -> std::result::Result<(PathBuf, Vec<Report>), Vec<Error>> {
    // One that is installed just now may have the release of the one that runs.
    let now = kernel.is_running && !wanted.only_installed;
    let source = Source::installed(root, &kernel.release, now);
    let source = source.or_else(|errors| {
        if now || !kernel.is_running {
            return Err(errors);
        }
        Source::installed(root, &kernel.release, true)
    })?;
    let opened = source.kernel().map_err(|error| vec![error])?;
    let kernels = [opened];
    let reports = check::all(modules, |module| {
        let contents = files::read(&root.follow(module)).map_err(|error| error.to_string());
        // By its own name rather than by where a link leads.
        let name = names::plain(module);
        let mut reports = check::one(&name, contents.as_deref(), &kernels, wanted.unify);
        for report in &mut reports {
            Detail::Short.cut(report);
        }
        reports
    });
    Ok((source.path().to_owned(), reports))
}

/// The modules of the kernel itself, below `own`, that are as they were built for it: what is of no use
/// in them was so from the beginning.
fn as_built<'r>(reports: &'r [Report], own: &Path) -> HashSet<&'r str> {
    let is_as_built = |report: &&Report| {
        report.verdict == Verdict::Fits && Path::new(&report.module).starts_with(own)
    };
    let as_built = reports.iter().filter(is_as_built);
    as_built.map(|report| &report.module[..]).collect()
}

/// The names of modules that have BTF, as far as that matters: if the kernel `is_running`.
fn with_btf(reports: &[Report], is_running: bool) -> HashSet<String> {
    let with_btf = reports.iter().filter(|report| {
        is_running && !matches!(report.verdict, Verdict::NoBtf | Verdict::Unreadable)
    });
    let names = with_btf.map(|report| folders::module_name(Path::new(&report.module)));
    names.collect()
}
