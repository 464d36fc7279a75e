// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What a stock kernel does with a module, in words.

use super::model::{
    Outcome,
    Report,
    Stock,
    Verdict, //
};
use crate::{
    base::Kernel,
    btf::{
        self,
        Form,
        New,
        Use, //
    },
    elf::Module,
    mainline::{
        self,
        How,
        Ids,
        Relocated,
        Symbol, //
    },
};

/// Reasons that are given for one outcome.
const MAX_REASONS: usize = 8;

/// Foretells what a stock kernel does with `module`, which `core` is for the core, and what it takes
/// each type of a distilled base for.
pub fn foretell(
    module: &Module<'_>,
    core: &mut btf::Module<'_>,
    kernel: &Kernel<'_>,
) -> (Stock, Vec<Relocated>) {
    let Some(stock) = &kernel.stock else {
        let stock = Stock::new(Outcome::Unknown, "no kernel has such BTF");
        return (stock, Vec::new());
    };
    let ids = ids(module, core);
    let given = mainline::Module {
        btf: module.btf,
        base: module.base,
        ids: ids.as_ref(),
    };
    let foretold = mainline::foretell(&given, stock);
    let (outcome, errno, why) = match foretold.stop {
        None if foretold.wrong.is_empty() => (Outcome::Accepts, None, Vec::new()),
        None => (Outcome::WrongIds, None, foretold.wrong),
        Some(stop) => match stop.how {
            How::Refuses(errno) => (Outcome::Refuses, Some(errno), stop.why),
            How::ReadsOutside => (Outcome::Unsafe, None, stop.why),
            How::Hangs => (Outcome::Hangs, None, stop.why),
        },
    };
    let why = shortened(why);
    let stock = Stock {
        outcome,
        errno,
        why,
    };
    (stock, foretold.types)
}

/// `.BTF_ids` of a module, and what is known of it.
fn ids<'a>(module: &Module<'a>, core: &mut btf::Module<'_>) -> Option<Ids<'a>> {
    let ids = module.ids.as_ref()?;
    let registers = core.registers;
    let slots = core.slots::<New>().ok()??;
    let symbols = ids.symbols.iter().map(|symbol| Symbol {
        name: symbol.name,
        at: symbol.at,
        size: symbol.size,
    });
    let of = |used| {
        let slots = slots.iter().filter(move |slot| slot.used == used);
        slots.map(|slot| slot.at).collect()
    };
    Some(Ids {
        bytes: ids.bytes,
        symbols: symbols.collect(),
        registers_kfuncs: registers.kfuncs,
        registers_dtors: registers.dtors,
        dtors: of(Use::Dtor),
        events: of(Use::TraceEvent),
    })
}

/// Corrects what was foretold of a module that the kernel would load, by what is known of its ids.
/// Where there is no distilled base, it takes them for its own.
pub fn correct(report: &mut Report) {
    let why = match (report.form, report.verdict) {
        (Some(Form::Plain), Verdict::Stale) => report.why.clone().unwrap_or_default(),
        (Some(Form::BaseRef), _) => {
            "a base reference is not known: ids are taken as they are".into()
        }
        _ => return,
    };
    if report.stock.outcome == Outcome::Accepts {
        report.stock = Stock::new(Outcome::WrongIds, why);
    }
}

/// The first of `lines`, and how many there are more.
fn shortened(mut lines: Vec<String>) -> Vec<String> {
    if let Some(more @ 1..) = lines.len().checked_sub(MAX_REASONS) {
        lines.truncate(MAX_REASONS);
        lines.push(format!("and {more} more"));
    }
    lines
}
