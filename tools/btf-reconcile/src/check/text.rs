// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Reports for people to read.

use super::{
    built_against::BuiltAgainst,
    model::{
        Callable,
        Fate,
        Outcome,
        Report,
        Total,
        Verdict, //
    },
};
use crate::{
    btf::Form,
    names::harmless, //
};
use std::fmt::{
    self,
    Display,
    Formatter, //
};

/// A report in one line.
pub struct Short<'r> {
    /// It.
    pub report: &'r Report,
    /// Whether to say which kernel it is about.
    pub with_base: bool,
}

impl Display for Short<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let report = self.report;
        let counts = &report.counts;
        f.write_str(&harmless(&report.module))?;
        if self.with_base {
            write!(f, " on {}", harmless(&report.base))?;
        }
        f.write_str(": ")?;
        match report.verdict {
            Verdict::Fits => f.write_str("fits")?,
            Verdict::Reconciled if report.form == Some(Form::Whole) => {
                f.write_str("reconciled, stands on its own")?;
            }
            Verdict::Reconciled => write!(f, "reconciled, {} types", counts.mapped)?,
            Verdict::Carries => {
                let all = counts.mapped + counts.carried + counts.moved;
                write!(f, "carries {} of {all} types", counts.carried)?;
            }
            Verdict::NoBtf => f.write_str("no BTF")?,
            Verdict::Stale => f.write_str("stale")?,
            Verdict::Broken => f.write_str("broken")?,
            Verdict::Unreadable => f.write_str("unreadable")?,
        }
        if let Some(why) = &report.why {
            write!(f, " ({})", harmless(why))?;
        }
        if let Some(built) = &report.built_against {
            if built.contradicts {
                f.write_str(", built against this kernel as it says")?;
            } else if built.this_kernel != Some(true) && built.is_telling() {
                write!(f, ", built against {}", built.words())?;
            }
        }
        if counts.resized != 0 {
            write!(f, ", {} resized", counts.resized)?;
        }
        if counts.unified != 0 {
            let (copies, bytes) = (counts.unified, report.bytes_unified);
            write!(f, ", {copies} unified ({bytes} bytes less)")?;
        }
        if counts.differing != 0 {
            write!(f, ", {} unlike the kernel's", counts.differing)?;
        }
        if counts.slots != 0 {
            write!(f, ", {}", Number(counts.slots, "slot"))?;
        }
        if counts.resolved != 0 {
            write!(f, ", {} resolved", counts.resolved)?;
        }
        if counts.unresolved != 0 {
            write!(f, ", {} not resolved", counts.unresolved)?;
        }
        let callables = counts.kfuncs + counts.dtors;
        if callables != 0 {
            let usable = callables - counts.unusable;
            write!(f, ", {usable} of {} usable", Number(callables, "kfunc"))?;
        }
        f.write_str("; a stock kernel ")?;
        f.write_str(match report.stock.outcome {
            Outcome::Accepts => "accepts it",
            Outcome::WrongIds => "loads it with wrong ids",
            Outcome::Refuses => {
                let errno = report.stock.errno.unwrap_or(-22);
                return write!(f, "refuses it ({errno})");
            }
            Outcome::Unsafe => "reads outside of its memory",
            Outcome::Hangs => "hangs on it",
            Outcome::Unknown => "was not asked",
        })
    }
}

/// All lines of a report but the short one, each with its end.
pub struct Long<'r>(pub &'r Report);

impl Display for Long<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let report = self.0;
        if let Some(built) = &report.built_against {
            writeln!(f, "  {}", Built(built))?;
        }
        if let Some(why) = &report.note_ignored {
            writeln!(f, "  {why}; it is ignored")?;
        }
        if let Some(mended) = &report.mended {
            writeln!(f, "  for the kernel to take the rest of its BTF, {mended}")?;
        }
        for line in &report.types {
            let (kind, name, id) = (line.kind.name(), &line.name, line.id);
            write!(f, "  type [{id}] {kind}")?;
            if !name.is_empty() {
                write!(f, " '{name}'")?;
            }
            match line.fate {
                Fate::Mapped => f.write_str(" mapped")?,
                Fate::Carried => f.write_str(" carried")?,
                Fate::Moved => f.write_str(" moved")?,
            }
            if let Some(new) = line.new_id {
                write!(f, " to [{new}]")?;
            }
            match &line.why {
                Some(why) => write!(f, ": {why}")?,
                None => write!(f, ": {}", line.how)?,
            }
            if let (Some(ours), Some(theirs)) = (line.size, line.kernel_size) {
                write!(f, " ({ours} bytes, the kernel's {theirs})")?;
            }
            f.write_str(match line.stock {
                None | Some("maps") => "",
                Some("maps_wrong_kind") => "; a stock kernel takes one of another kind for it",
                Some("several") => "; a stock kernel finds several",
                Some(_) => "; a stock kernel finds none",
            })?;
            writeln!(f)?;
        }
        for line in &report.differing {
            let (kind, name) = (line.kind.name(), &line.name);
            let (id, kernels, why) = (line.id, line.kernel_id, &line.why);
            writeln!(
                f,
                "  own type [{id}] {kind} '{name}' is not the kernel's [{kernels}]: {why}"
            )?;
        }
        for slot in &report.slots {
            write!(f, "  slot at byte {}", slot.at)?;
            write!(f, " {}: [{}] to ", slot.symbol, slot.old_id)?;
            match slot.new_id {
                Some(id) => write!(f, "[{id}]")?,
                None => f.write_str("nothing")?,
            }
            if let Some(kind) = slot.kind {
                write!(f, ", {} '{}'", kind.name(), slot.name)?;
            }
            if let Some(flags) = slot.flags {
                write!(f, ", flags {flags:#x}")?;
            }
            if slot.resolved {
                f.write_str(", resolved by its name")?;
            }
            if slot.several {
                f.write_str(", the first of several")?;
            }
            writeln!(f)?;
        }
        for kfunc in &report.kfuncs {
            writeln!(f, "  kfunc {} of {}{}", kfunc.name, kfunc.of, Usable(kfunc))?;
        }
        for dtor in &report.dtors {
            writeln!(
                f,
                "  destructor {} of {}{}",
                dtor.name,
                dtor.of,
                Usable(dtor)
            )?;
        }
        for why in &report.stock.why {
            writeln!(f, "  stock kernel: {why}")?;
        }
        Ok(())
    }
}

/// Which kernel a module was built against, and whether it is this one.
struct Built<'b>(&'b BuiltAgainst);

impl Display for Built<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let built = self.0;
        write!(f, "built against {}", built.words())?;
        f.write_str(match built.this_kernel {
            Some(true) if built.contradicts && built.same_btf_only => {
                ", whose BTF is this kernel's; but its types are not: its BTF, or what says so, is \
                 of another one"
            }
            Some(true) if built.contradicts => {
                ", which is this kernel; but its types are not: its BTF, or what says so, is of \
                 another one"
            }
            _ if built.same_btf_only => ", whose BTF is this kernel's",
            Some(true) => ", which is this kernel",
            Some(false) => ", another kernel",
            None => "",
        })
    }
}

/// Whether a kfunc or destructor can be used.
struct Usable<'c>(&'c Callable);

impl Display for Usable<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.0.why {
            None => f.write_str(": usable"),
            Some(why) => write!(f, ": not usable: {why}"),
        }
    }
}

impl Display for Total {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        for (number, what) in [
            (self.fits, "fit"),
            (self.reconciled, "reconciled"),
            (self.carries, "carry types"),
            (self.no_btf, "without BTF"),
            (self.stale, "stale"),
            (self.broken, "broken"),
            (self.unreadable, "unreadable"),
        ] {
            if number != 0 {
                parts.push(format!("{number} {what}"));
            }
        }
        write!(
            f,
            "{}: {}",
            Number(self.reports, "module"),
            parts.join(", ")
        )?;
        if self.unusable != 0 {
            write!(f, "; {} unusable", Number(self.unusable, "kfunc"))?;
        }
        if self.unified != 0 {
            let (copies, bytes) = (self.unified, self.bytes_unified);
            write!(f, "; unified {copies} ({bytes} bytes less)")?;
        }
        if self.differing != 0 {
            write!(f, "; {} unlike the kernel's", self.differing)?;
        }
        write!(f, "; a stock kernel accepts {}", self.stock_accepts)?;
        for (number, what) in [
            (self.stock_wrong_ids, "loads with wrong ids"),
            (self.stock_refuses, "refuses"),
            (self.stock_unsafe, "is not safe with"),
            (self.stock_hangs, "hangs on"),
        ] {
            if number != 0 {
                write!(f, ", {what} {number}")?;
            }
        }
        Ok(())
    }
}

/// A number of things.
pub struct Number(pub usize, pub &'static str);

impl Display for Number {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Number(n, what) = self;
        let ending = if *n == 1 { "" } else { "s" };
        write!(f, "{n} {what}{ending}")
    }
}
