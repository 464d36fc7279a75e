// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Differences for people to read.

use super::{
    words::{
        listed,
        Details,
        Line, //
    },
    Change,
    Count,
    Diff,
    Known,
    Modules,
    What, //
};
use crate::{
    check::text::Number,
    error::Result,
    names::harmless,
    print::Colours, //
};
use anstyle::{
    AnsiColor,
    Style, //
};
use std::io::Write;

/// Modules in a line.
const MAX_MODULES: usize = 6;

/// How it is shown.
pub struct Text {
    /// Whether to show what no module depends on, if modules are asked for.
    pub all: bool,
    /// Whether to say all of it.
    pub verbose: bool,
    /// Whether in colours.
    pub colours: Colours,
}

impl Text {
    /// Prints it, and which modules depend on what if there are some.
    ///
    /// # Errors
    ///
    /// Nobody takes it.
    pub fn print(&self, diff: &Diff, modules: Option<&Modules>, out: &mut dyn Write) -> Result {
        self.print_counts(diff, out)?;
        for note in &diff.notes {
            writeln!(out, "{note}")?;
        }
        if let Some(modules) = modules {
            self.print_modules(modules, out)?;
        }
        let mut is_first = true;
        for (nth, item) in diff.items.iter().enumerate() {
            let users = modules.and_then(|modules| modules.users.get(nth));
            let is_wanted = self.all || users.is_none_or(|users| !users.is_empty());
            if !is_wanted || item.change == Change::Through && !self.verbose {
                continue;
            }
            if std::mem::take(&mut is_first) {
                writeln!(out)?;
            }
            let (sign, style) = sign(item.change);
            let (sign, line) = (self.colours.paint(sign, style), Line(item).to_string());
            writeln!(out, "{sign} {}", harmless(&line))?;
            if self.verbose {
                for line in Details(item).to_string().lines() {
                    writeln!(out, "{}", harmless(line))?;
                }
            }
            let uses = modules.map(|modules| modules.uses(nth)).unwrap_or_default();
            if !uses.is_empty() {
                let most = if self.verbose {
                    uses.len()
                } else {
                    MAX_MODULES
                };
                let names: Vec<_> = uses.iter().map(String::as_str).collect();
                let modules = Number(uses.len(), "module");
                let listed = listed(&names, most);
                writeln!(out, "    {modules}: {}", harmless(&listed))?;
            }
        }
        Ok(())
    }

    /// Prints how many modules depend on something, and of which it can't be told.
    fn print_modules(&self, modules: &Modules, out: &mut dyn Write) -> Result {
        let depend = modules.all.iter().filter(|module| module.depends != 0);
        let all = Number(modules.all.len(), "module");
        let depend = depend.count();
        let verb = if depend == 1 { "depends" } else { "depend" };
        writeln!(
            out,
            "{all}: {depend} {verb} on something that is gone or changed"
        )?;
        for known in Known::LESS {
            let names: Vec<_> = modules
                .known(known)
                .map(|module| &module.name[..])
                .collect();
            if !names.is_empty() {
                let most = if self.verbose {
                    names.len()
                } else {
                    MAX_MODULES
                };
                let modules = Number(names.len(), "module");
                let what = known.words();
                let listed = listed(&names, most);
                writeln!(out, "{modules} {what}: {}", harmless(&listed))?;
            }
        }
        for module in &modules.all {
            if let (Some(why), true) = (&module.why, self.verbose) {
                let line = format!("{}: {why}", module.module);
                writeln!(out, "    {}", harmless(&line))?;
            }
        }
        Ok(())
    }

    /// Prints how many there are of each sort.
    fn print_counts(&self, diff: &Diff, out: &mut dyn Write) -> Result {
        let [old, new] = diff.kernels.each_ref().map(|name| harmless(name));
        if diff.is_empty() {
            let all: usize = diff.counts.values().map(Count::all).sum();
            writeln!(
                out,
                "{old} to {new}: nothing differs, of {all} types with a name"
            )?;
            return Ok(());
        }
        writeln!(out, "{old} to {new}")?;
        let bold = Style::new().bold();
        let heading = format!(
            "{:<10}{:>8}{:>8}{:>9}{:>11}{:>8}",
            "", "gone", "new", "changed", "by others", "same"
        );
        writeln!(out, "{}", self.colours.paint(&heading, bold))?;
        for (what, count) in &diff.counts {
            let Count {
                gone,
                new,
                changed,
                through,
                same,
            } = count;
            let what = plural(*what);
            writeln!(
                out,
                "{what:<10}{gone:>8}{new:>8}{changed:>9}{through:>11}{same:>8}"
            )?;
        }
        Ok(())
    }
}

/// The word for several.
pub fn plural(what: What) -> &'static str {
    match what {
        What::Struct => "structs",
        What::Union => "unions",
        What::Enum => "enums",
        What::Typedef => "typedefs",
        What::Integer => "integers",
        What::Float => "floats",
        What::Function => "functions",
        What::Kfunc => "kfuncs",
        What::Variable => "variables",
    }
}

/// What a line starts with.
fn sign(change: Change) -> (&'static str, Style) {
    match change {
        Change::Gone => ("-", AnsiColor::Red.on_default()),
        Change::New => ("+", AnsiColor::Green.on_default()),
        Change::Changed => ("~", AnsiColor::Yellow.on_default()),
        Change::Through => (">", Style::new()),
    }
}
