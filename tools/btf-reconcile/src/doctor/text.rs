// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What was found, for people to read.

use super::{
    loaded::{
        Loaded,
        Presence, //
    },
    log::Log,
    reconciler::{
        Image,
        Reconciler, //
    },
    Kernel,
    Machine,
    State, //
};
use crate::{
    check::{
        losses::within,
        text::Number, //
    },
    error::{
        Error,
        Result, //
    },
    names::{
        harmless,
        plain,
        quoted, //
    },
};
use std::{
    io::Write,
    path::Path, //
};

/// Modules of a kernel that are named, unless all are to be.
const MAX_NAMED: usize = 20;

/// How it is printed.
pub struct Text {
    /// Whether all modules that lose something are named.
    pub all: bool,
    /// The command, for one that names them all.
    pub again: String,
}

impl Text {
    /// Prints what was found.
    ///
    /// # Errors
    ///
    /// Nobody takes it.
    pub fn print(&self, machine: &Machine, out: &mut dyn Write) -> Result {
        if machine.kernels.is_empty() {
            say(out, "no kernel is installed")?;
        }
        for kernel in &machine.kernels {
            self.kernel(kernel, out)?;
        }
        if let Some(loaded) = &machine.loaded {
            let mut kernels = machine.kernels.iter();
            let running = kernels.find(|kernel| kernel.installed.is_running);
            let reconciler = running.and_then(|kernel| kernel.reconciler.as_ref());
            let is_due = reconciler.is_some_and(Reconciler::will_load);
            print_loaded(loaded, is_due, out)?;
        }
        if let Some(log) = &machine.log {
            print_log(log, out)?;
        }
        for unread in &machine.unread {
            say(out, format!("not read: {unread}"))?;
        }
        Ok(())
    }

    fn kernel(&self, kernel: &Kernel, out: &mut dyn Write) -> Result {
        let release = &kernel.installed.release;
        let mut line = format!("kernel {release}");
        if kernel.installed.is_running {
            line += ", running";
        }
        if !kernel.installed.is_whole {
            let modules = Number(kernel.modules, "module");
            return say(
                out,
                format!("{line}: not there any more, {modules} left over"),
            );
        }
        line += &match &kernel.state {
            State::Checked(checked) => format!(", BTF in {}", plain(&checked.base)),
            State::Unchecked if kernel.installed.folder.is_none() => {
                ": it has no folder of modules".to_owned()
            }
            State::Unchecked => ": no modules to check".to_owned(),
            State::Unreadable(errors) => format!(": {}", unchecked(release, errors)),
        };
        say(out, line)?;
        if let (Some(reconciler), Some(folder)) = (&kernel.reconciler, &kernel.installed.folder) {
            let has_it = reconciler_line(reconciler, release, folder);
            say(out, format!("  btf_reconcile: {has_it}"))?;
        }
        let Some(checked) = kernel.checked() else {
            return Ok(());
        };
        say(out, format!("  {}", checked.total))?;
        let losses = &checked.losses;
        let lines = if self.all { losses.len() } else { MAX_NAMED };
        let again = format!("{} --kernel {} --all", self.again, quoted(release));
        let (shown, rest) = within(lines, losses.len(), &again);
        for lost in losses.iter().take(shown) {
            say(out, format!("  {} {}", lost.name, lost.loss.what))?;
        }
        if let Some(rest) = rest {
            say(out, format!("  {rest}"))?;
        }
        Ok(())
    }
}

/// Prints a line, in which there may be names of all sorts.
fn say(out: &mut dyn Write, line: impl AsRef<str>) -> Result {
    writeln!(out, "{}", harmless(line.as_ref()))?;
    Ok(())
}

/// That the modules of a kernel were not checked, and why.
pub fn unchecked(release: &str, errors: &[Error]) -> String {
    if errors.is_empty() {
        return format!(
            "modules not checked, its BTF is not found: install linux-headers-{release}, its debug \
             information, or its image in /boot"
        );
    }
    let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
    format!("modules not checked, {}", errors.join("; "))
}

/// Prints what is loaded; our module should be, if it `is_due` at boot.
fn print_loaded(loaded: &Loaded, is_due: bool, out: &mut dyn Write) -> Result {
    let mut line = format!("loaded now: {}", Number(loaded.modules, "module"));
    line += match loaded.reconciler {
        Presence::Missing if is_due => {
            ", without btf_reconcile: it is loaded at the next boot, or see journalctl -b why not"
        }
        Presence::Missing => ", without btf_reconcile",
        Presence::Loaded => ", btf_reconcile among them",
        Presence::BuiltIn => ", btf_reconcile in the kernel",
    };
    if let Some(summary) = &loaded.summary {
        line += &format!(": {summary}");
    }
    say(out, line)?;
    for lost in &loaded.losses {
        say(out, format!("  {} {}", lost.name, lost.loss.what))?;
    }
    Ok(())
}

fn print_log(log: &Log, out: &mut dyn Write) -> Result {
    if *log == Log::default() {
        return say(out, "kernel log: nothing of modules whose BTF is of no use");
    }
    say(out, "kernel log:")?;
    for (module, what) in &log.modules {
        say(out, format!("  {module}: {what}"))?;
    }
    if log.has_nameless {
        let what = "their BTF was left out by the kernel";
        say(out, format!("  modules without names: {what}"))?;
    }
    Ok(())
}

/// Where our module is, and what loads it.
pub fn reconciler_line(reconciler: &Reconciler, release: &str, folder: &Path) -> String {
    if reconciler.is_built_in {
        return "built into the kernel".to_owned();
    }
    let Some(first) = reconciler.files.first() else {
        return "not there for this kernel".to_owned();
    };
    let mut line = plain(first.strip_prefix(folder).unwrap_or(first));
    if let Some(built_for) = &reconciler.built_for {
        if built_for != release {
            line += &format!(" (built for {built_for})");
            if reconciler.is_foreign {
                return format!("{line}, which this kernel refuses");
            }
        }
    }
    if let Some(by) = &reconciler.forbidden {
        return format!("{line}, not loaded: {} forbids it", plain(by));
    }
    if reconciler.is_listed == Some(false) {
        line += &format!(", not known to modprobe: run depmod {release}");
        if !reconciler.will_load() {
            return line;
        }
    }
    let later = reconciler.later.as_ref();
    let later = later.map(|later| format!("loaded by {}", plain(later)));
    let again = match &reconciler.hook {
        Some(_) => "make that again",
        None => "nothing puts it there",
    };
    let how = match (&reconciler.image, later) {
        (Image::Has(image), _) => format!("loaded in the initramfs, {}", plain(image)),
        (Image::Lacks(image, _), None) => {
            let image = plain(image);
            format!("not loaded at boot: it is not in the initramfs {image}, {again}")
        }
        (Image::Lacks(image, _), Some(later)) => {
            let image = plain(image);
            format!("{later}, and not early: it is not in the initramfs {image}, {again}")
        }
        (Image::Unknown(why), None) if reconciler.hook.is_some() => {
            format!("loaded in the initramfs, as far as can be told ({why})")
        }
        (Image::Unknown(why), None) => {
            format!("not loaded at boot, as far as can be told ({why})")
        }
        (Image::Unknown(why), Some(later)) => {
            format!("{later}, if not in the initramfs ({why})")
        }
        (Image::None, None) => "nothing loads it at boot".to_owned(),
        (Image::None, Some(later)) => later,
    };
    format!("{line}, {how}")
}
