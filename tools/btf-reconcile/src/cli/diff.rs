// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What `diff` is asked for, and running it.

use super::{
    check::find,
    page::page,
    FAILED,
    FINE,
    LOST, //
};
use crate::{
    base::{
        Kernel,
        Source, //
    },
    diff::{
        self,
        Input,
        Known,
        Modules,
        Text, //
    },
    error::Result,
    matrix::labels,
    names::plain,
    print::{
        self,
        Colours, //
    },
};
use clap::{
    Args,
    ValueHint, //
};
use std::{
    ffi::OsString,
    path::PathBuf, //
};

#[derive(Args)]
pub(super) struct Diff {
    /// The kernel as it was: a vmlinux ELF file, an image (vmlinuz), raw BTF, an archive of BTFHub,
    /// or a release
    #[arg(value_hint = ValueHint::FilePath)]
    old: OsString,
    /// The kernel as it is, likewise
    #[arg(value_hint = ValueHint::FilePath)]
    new: OsString,
    /// A folder with modules, or a module, for which OLD is right; may be given several times
    #[arg(long, value_name = "DIR", value_hint = ValueHint::AnyPath)]
    modules: Vec<PathBuf>,
    /// With --modules: print what no module depends on, too
    #[arg(short, long, requires = "modules")]
    all: bool,
    /// Say all: each member and value that differs, each module, and types that only lead to others
    /// that differ
    #[arg(short, long)]
    verbose: bool,
    /// Say all, as JSON
    #[arg(long, conflicts_with_all = ["all", "verbose"])]
    json: bool,
    /// Write a page for a browser to FILE (- for standard output), and print nothing
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath,
        conflicts_with_all = ["all", "verbose", "json"])]
    html: Option<PathBuf>,
}

impl Diff {
    /// Compares the two kernels; gives the exit status.
    pub(super) fn run(&self) -> Result<u8> {
        let found = find(&self.modules, false)?;
        let (old, new) = rayon::join(|| Source::open(&self.old), || Source::open(&self.new));
        let (old, new) = (old?, new?);
        let kernels = rayon::join(|| old.kernel(), || new.kernel());
        let kernels = (kernels.0?, kernels.1?);
        let names = labels(&[plain(&self.old), plain(&self.new)]);
        let diff = diff::Diff::new(names, input(&kernels.0, &old), input(&kernels.1, &new))?;
        let modules = (!self.modules.is_empty()).then(|| {
            let paths: Vec<_> = found.found.into_iter().map(|module| module.path).collect();
            Modules::new(&paths, &kernels.0, &diff)
        });
        self.show(&diff, modules.as_ref())?;
        let (is_fine, is_readable) = match &modules {
            Some(modules) => (
                modules.is_fine(),
                modules.known(Known::Unreadable).next().is_none(),
            ),
            None => (diff.is_empty(), true),
        };
        if !found.without.is_empty() || !is_readable {
            return Ok(FAILED);
        }
        Ok(if is_fine { FINE } else { LOST })
    }

    fn show(&self, diff: &diff::Diff, modules: Option<&Modules>) -> Result {
        if let Some(path) = &self.html {
            return page(path, || diff.page(modules));
        }
        if self.json {
            return print::result(|out| diff.print_json(modules, out));
        }
        let text = Text {
            all: self.all,
            verbose: self.verbose,
            colours: Colours::of_output(),
        };
        print::text(|out| text.print(diff, modules, out))
    }
}

fn input<'i, 'k>(kernel: &'i Kernel<'k>, source: &'i Source) -> Input<'i, 'k> {
    Input {
        kernel,
        ids: source.ids(),
    }
}
