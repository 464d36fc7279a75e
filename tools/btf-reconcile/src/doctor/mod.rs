// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! `doctor`: how it stands with the BTF of modules on a machine, on each kernel that is installed.

mod initramfs;
pub mod kernels;
pub mod reconciler;
mod text;

pub use self::text::Text;

use self::{
    kernels::Installed,
    reconciler::Reconciler, //
};
use crate::{
    base::Source,
    check::{
        self,
        losses::{
            losses,
            Lost, //
        },
        model::{
            Report,
            Total, //
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
use std::path::{
    Path,
    PathBuf, //
};

/// What is looked at.
pub struct Wanted {
    /// The kernels, by their releases; all of them if none is named.
    pub kernels: Vec<String>,
    /// Whose copies of the kernel's types are left out.
    pub unify: Unify,
    /// Whether the kernels' own modules are left out.
    pub out_of_tree: bool,
}

/// A machine, as it was found.
pub struct Machine {
    /// The kernels, the oldest first.
    pub kernels: Vec<Kernel>,
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
}

impl Machine {
    /// Looks at the machine in `root`.
    ///
    /// # Errors
    ///
    /// A kernel that is wanted is not there.
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
        Ok(Self {
            kernels: kernels.collect(),
            unread: unread.iter().map(ToString::to_string).collect(),
        })
    }

    /// Whether something is lost on a kernel.
    pub fn is_lost(&self) -> bool {
        let mut checked = self.kernels.iter().filter_map(Kernel::checked);
        checked.any(|checked| !checked.losses.is_empty())
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
        kernel.modules = modules.len();
        let reconciler = Reconciler::of(root, release, &folder, &modules);
        let is_loaded = reconciler.will_load();
        kernel.reconciler = Some(reconciler);
        if wanted.out_of_tree {
            let own = folder.join(OWN);
            modules.retain(|module| !module.starts_with(&own));
        }
        // A kernel that has no BTF is no matter if there is nothing to check on it.
        if !kernel.installed.is_whole || modules.is_empty() {
            return kernel;
        }
        kernel.state = match check(root, &kernel.installed, &modules, wanted.unify) {
            Err(errors) => State::Unreadable(errors),
            Ok((base, reports)) => State::Checked(Box::new(Checked {
                base,
                total: Total::of(&reports),
                losses: losses(&reports, &|_| is_loaded),
            })),
        };
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
    unify: Unify,
) -> std::result::Result<(PathBuf, Vec<Report>), Vec<Error>> {
    let source = Source::installed(root, &kernel.release, kernel.is_running)?;
    let opened = source.kernel().map_err(|error| vec![error])?;
    let kernels = [opened];
    let reports = check::all(modules, |module| {
        let contents = files::read(&root.follow(module)).map_err(|error| error.to_string());
        // By its own name rather than by where a link leads.
        let name = names::plain(module);
        let mut reports = check::one(&name, contents.as_deref(), &kernels, unify);
        for report in &mut reports {
            Detail::Short.cut(report);
        }
        reports
    });
    Ok((source.path().to_owned(), reports))
}
