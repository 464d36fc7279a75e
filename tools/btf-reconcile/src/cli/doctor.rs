// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What `doctor` is asked for, and running it.

use super::{
    FAILED,
    FINE,
    LOST, //
};
use crate::{
    doctor::{
        Machine,
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
    Args,
    ValueHint, //
};
use std::{
    ffi::OsString,
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
            log: self.log.clone(),
        };
        let machine = Machine::new(&root, &wanted)?;
        if self.json {
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

    /// The command, but for the kernels.
    fn again(&self) -> String {
        let mut command = "btf-reconcile doctor".to_owned();
        if let Some(root) = &self.root {
            command += &format!(" --root {}", names::quoted(root));
        }
        if self.out_of_tree {
            command += " --out-of-tree";
        }
        command
    }
}
