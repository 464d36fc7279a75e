// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What `doctor` is asked for, and running it.

use super::{
    FAILED,
    FINE,
    LOST, //
};
use crate::{
    check::Brief,
    doctor::{
        reconciler::Image,
        reconciler_line,
        unchecked,
        Kernel,
        Machine,
        State,
        Text,
        Wanted, //
    },
    error::Result,
    names,
    print,
    reconcile::Unify,
    root::Root, //
};
use clap::{
    value_parser,
    Args,
    ValueEnum,
    ValueHint, //
};
use std::{
    ffi::OsString,
    io::Write,
    path::PathBuf, //
};

#[derive(Args)]
pub(super) struct Doctor {
    /// Look at the machine whose root folder is DIR, rather than at this one
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    root: Option<PathBuf>,
    /// Look at this kernel alone; may be given several times
    #[arg(long, value_name = "RELEASE")]
    kernel: Vec<OsString>,
    /// Whose copies of the kernel's types are left out
    #[arg(long, value_enum, default_value_t = Unify::Base)]
    unify: Unify,
    /// Leave out the kernels' own modules, those in the folder kernel of a /lib/modules/RELEASE
    #[arg(long)]
    out_of_tree: bool,
    /// Name all modules that lose something, not only the first of each kernel
    #[arg(short, long)]
    all: bool,
    /// Read the kernel's log from FILE, which may be what dmesg or the journal prints
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    log: Option<PathBuf>,
    /// Say all, as JSON
    #[arg(long, conflicts_with = "all")]
    json: bool,
    /// Say in at most LINES lines which modules will lose something, and nothing if none does; 5
    /// lines if no number is given; what is loaded now is left out
    #[arg(
        long,
        value_name = "LINES",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "5",
        value_parser = value_parser!(u16).range(1..),
        conflicts_with_all = ["all", "json", "log"]
    )]
    brief: Option<u16>,
}

impl Doctor {
    /// Looks at the machine; gives the exit status.
    pub(super) fn run(&self) -> Result<u8> {
        let root = match &self.root {
            Some(top) => Root::new(top)?,
            None => Root::default(),
        };
        let wanted = Wanted {
            kernels: self.kernel.iter().map(names::plain).collect(),
            unify: self.unify,
            out_of_tree: self.out_of_tree,
            only_installed: self.brief.is_some(),
            log: self.log.clone(),
        };
        let machine = Machine::new(&root, &wanted)?;
        if let Some(lines) = self.brief {
            print::text(|out| self.print_brief(&machine, lines.into(), out))?;
        } else if self.json {
            print::result(|out| machine.print_json(out))?;
        } else {
            let text = Text {
                all: self.all,
                again: self.again(),
            };
            print::text(|out| text.print(&machine, out))?;
        }
        Ok(if machine.is_unreadable() {
            FAILED
        } else if machine.is_lost() {
            LOST
        } else {
            FINE
        })
    }

    /// Prints in at most so many `lines` what is lost, and nothing if nothing is.
    fn print_brief(&self, machine: &Machine, lines: usize, out: &mut dyn Write) -> Result {
        let mut losses = Vec::new();
        let mut helpless = Vec::new();
        for kernel in &machine.kernels {
            match &kernel.state {
                State::Unchecked => {}
                State::Unreadable(errors) => {
                    let release = &kernel.installed.release;
                    print::error(format!("{release}: {}", unchecked(release, errors)));
                }
                State::Checked(checked) => {
                    losses.extend(checked.losses.iter().cloned());
                    if !checked.losses.is_empty() {
                        helpless.extend(helpless_line(kernel));
                    }
                }
            }
        }
        losses.sort_by_key(|lost| lost.loss.rank);
        helpless.truncate(lines.saturating_sub(1));
        for line in &helpless {
            writeln!(out, "btf-reconcile: {}", names::harmless(line))?;
        }
        let mut again = self.again();
        for release in &self.kernel {
            again += &format!(" --kernel {}", names::quoted(release));
        }
        let brief = Brief {
            lines: lines.saturating_sub(helpless.len()),
            again,
        };
        brief.print(&losses, out)
    }

    /// The command, but for the kernels.
    fn again(&self) -> String {
        let mut command = "btf-reconcile doctor".to_owned();
        if let Some(root) = &self.root {
            command += &format!(" --root {}", names::quoted(root));
        }
        if self.out_of_tree {
            command += " --out-of-tree";
        }
        if let Some(unify) = self.unify.to_possible_value() {
            if self.unify != Unify::Base {
                command += &format!(" --unify {}", unify.get_name());
            }
        }
        command
    }
}

/// Why our module is there for a kernel and does not help all modules, if so.
fn helpless_line(kernel: &Kernel) -> Option<String> {
    let reconciler = kernel.reconciler.as_ref()?;
    let folder = kernel.installed.folder.as_ref()?;
    let is_late = matches!(reconciler.image, Image::Lacks(..));
    if reconciler.files.is_empty() || (reconciler.will_load() && !is_late) {
        return None;
    }
    let release = &kernel.installed.release;
    let line = reconciler_line(reconciler, release, folder);
    Some(format!("on {release} btf_reconcile is {line}"))
}
