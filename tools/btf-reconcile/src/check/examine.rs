// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What there is to say about one module on one kernel.

use super::{
    callable::Callables,
    model::{
        Callable,
        Counts,
        Fate,
        Outcome,
        Report,
        SlotLine,
        Stock,
        TypeLine,
        Verdict, //
    },
    stock,
};
use crate::{
    base::Kernel,
    btf::{
        self,
        Btf,
        Decision,
        Fault,
        IdMap,
        Kind,
        Mapping,
        Mode,
        Offsets,
        Pair,
        Plan,
        Reason,
        Record,
        Section,
        Vmlinux, //
    },
    elf::{
        Form,
        Module,
        IDS, //
    },
    mainline::{
        relocate,
        Relocated, //
    },
    reconcile::Types,
    slots::{
        self,
        Slot,
        Use, //
    },
};
use std::collections::{
    HashMap,
    HashSet, //
};

/// Examines a module on a kernel.
pub fn examine(path: &str, module: &Module<'_>, kernel: &Kernel<'_>) -> Report {
    let mut report = Report::new(path.to_owned(), kernel.name, Verdict::NoBtf);
    if module.btf.is_none() {
        without_btf(module, &mut report);
        return report;
    }
    report.form = Some(module.form());
    match module.form() {
        Form::Plain => with_plain(module, &kernel.vmlinux, &mut report),
        Form::Base | Form::BaseRef => with_base(module, &kernel.vmlinux, &mut report),
    }
    report
}

/// A module without BTF loads anywhere; its kfuncs are nowhere.
fn without_btf(module: &Module<'_>, report: &mut Report) {
    for slot in slots::list(module) {
        report.counts.slots += 1;
        let why = "the module has no BTF".to_owned();
        add_callable(
            report,
            &slot,
            slot.wanted.escape_ascii().to_string(),
            Some(why),
            String::new(),
        );
    }
}

/// A module that does not say what it was made against: it fits this kernel, or nobody can help.
fn with_plain(module: &Module<'_>, vmlinux: &Vmlinux<'_, Offsets>, report: &mut Report) {
    let Some(blob) = module.btf else { return };
    report.stock = stock::plain(module, vmlinux);
    let split = match Btf::parse_split(blob, &vmlinux.btf) {
        Ok(split) => split,
        Err(error) => return broken(report, error),
    };
    let fits = btf::acceptable(blob, Some(&vmlinux.btf), &split)
        .and_then(|()| btf::fits(&vmlinux.btf, &split, &module.functions, module.pointer));
    if let Err(error) = fits {
        report.verdict = Verdict::Stale;
        report.why = Some(error.to_string());
    } else if let Err(error) = check_ids(module, vmlinux, &split) {
        broken(report, error);
    } else {
        report.verdict = Verdict::Fits;
    }
    let callables = Callables {
        types: Pair {
            base: &vmlinux.btf,
            split: &split,
        },
        vmlinux,
        carried: &HashMap::new(),
        given: HashSet::new(),
    };
    let had = Pair {
        base: &vmlinux.btf,
        split: &split,
    };
    let same = |id| (id < split.end()).then_some(id);
    add_slots(report, module, &had, same, callables);
}

/// Checks `.BTF_ids` of a module without a base: the ids have to be those of the types that the
/// symbols name.
fn check_ids(module: &Module<'_>, vmlinux: &Vmlinux<'_, Offsets>, split: &Btf<'_>) -> btf::Result {
    let Some(ids) = module.ids.as_ref().filter(|ids| !ids.symbols.is_empty()) else {
        return Ok(());
    };
    let types = Pair {
        base: &vmlinux.btf,
        split,
    };
    let map = IdMap::identity(split.end());
    btf::remap(ids.bytes, &mut ids.symbols.clone(), &types, &map)?;
    Ok(())
}

/// A module that says what it was made against.
fn with_base(module: &Module<'_>, vmlinux: &Vmlinux<'_, Offsets>, report: &mut Report) {
    let types = match Types::parse(module) {
        Ok(Some(types)) => types,
        Ok(None) => return,
        Err(error) => {
            report.stock = match module.form() {
                Form::BaseRef => stock::plain(module, vmlinux),
                _ => Stock::new(Outcome::Refuses, error),
            };
            return broken(report, error);
        }
    };
    let relocated = match module.form() {
        Form::Base => relocate(vmlinux, &types.base, &types.split),
        _ => Vec::new(),
    };
    report.stock = match module.form() {
        Form::Base => stock::distilled(module, vmlinux, &types, &relocated),
        _ => stock::plain(module, vmlinux),
    };
    let plan = match types.plan(vmlinux, Mode::Lenient) {
        Ok(plan) => plan,
        Err(error) => return broken(report, error),
    };
    let counts = plan.counts();
    report.verdict = match counts.carried {
        0 => Verdict::Reconciled,
        _ => Verdict::Carries,
    };
    report.counts = Counts {
        mapped: counts.mapped,
        resized: counts.resized,
        carried: counts.carried,
        ambiguous: counts.ambiguous,
        moved: counts.moved,
        ..Counts::default()
    };
    let had = Pair {
        base: &types.base,
        split: &types.split,
    };
    let result = btf::rewrite(&vmlinux.btf, &types.base, &types.split, &plan);
    let new_ids = result.as_ref().ok().map(|result| &result.ids);
    add_types(report, &types.base, vmlinux, &plan, new_ids, &relocated);
    let result = match result {
        Ok(result) => result,
        Err(error) => {
            if matches!(error.fault, Fault::Reference { .. }) && module.form() == Form::Base {
                report.stock = Stock::new(Outcome::Unsafe, error);
            }
            return broken(report, error);
        }
    };
    let split = Btf::parse_split(&result.bytes, &vmlinux.btf).and_then(|split| {
        btf::acceptable(&result.bytes, Some(&vmlinux.btf), &split)?;
        Ok(split)
    });
    let split = match split {
        Ok(split) => split,
        Err(error) => return broken(report, error),
    };
    if let Some(ids) = &module.ids {
        let mut symbols = ids.symbols.clone();
        if symbols.is_empty() && ids.bytes.iter().any(|&b| b != 0) {
            report.verdict = Verdict::Stale;
            report.why = Some(format!(
                "{IDS}: its symbols were stripped, no slot can be found"
            ));
        }
        if let Err(error) = btf::remap(ids.bytes, &mut symbols, &had, &result.ids) {
            broken(report, error);
        }
    }
    if report.stock.outcome == Outcome::Accepts {
        report.stock = stock::ids(module, |id| result.ids.get(id));
    }
    let carried = reasons(&plan, &result.ids);
    let callables = Callables {
        types: Pair {
            base: &vmlinux.btf,
            split: &split,
        },
        vmlinux,
        carried: &carried,
        given: HashSet::new(),
    };
    add_slots(report, module, &had, |id| result.ids.get(id), callables);
}

/// Why types were carried, by their new ids.
fn reasons(plan: &Plan, ids: &IdMap) -> HashMap<u32, String> {
    plan.iter()
        .filter_map(|(id, decision)| match decision {
            Decision::Carried(reason) => Some((ids.get(id)?, reason.to_string())),
            _ => None,
        })
        .collect()
}

/// Notes an error: the BTF or the ids can't be used.
fn broken(report: &mut Report, error: btf::Error) {
    // Ids that name other types than their symbols were made for other BTF.
    let stale = matches!(
        error.fault,
        Fault::SlotId(_) | Fault::SlotName(_) | Fault::SetName
    );
    report.verdict = match stale && error.section == Section::Ids {
        true => Verdict::Stale,
        false => Verdict::Broken,
    };
    report.why = Some(error.to_string());
}

/// Adds a line for each type of the base.
fn add_types(
    report: &mut Report,
    base: &Btf<'_>,
    vmlinux: &Vmlinux<'_, Offsets>,
    plan: &Plan,
    new_ids: Option<&IdMap>,
    relocated: &[Relocated],
) {
    let lines = plan.iter().filter_map(|(id, decision)| {
        let record = base.record(id)?;
        let (fate, how, why) = in_words(decision);
        let size = size(&record);
        let kernel_size = match decision {
            Decision::Mapped(new, _) => vmlinux.btf.record(new).and_then(|r| self::size(&r)),
            Decision::Carried(Reason::Size(size)) => Some(size),
            _ => None,
        };
        let name = base.name(record.name_off).unwrap_or_default();
        let nth = usize::try_from(id).ok()?.checked_sub(1)?;
        Some(TypeLine {
            id,
            kind: record.kind(),
            name: name.escape_ascii().to_string(),
            fate,
            how,
            why,
            size,
            kernel_size: kernel_size.filter(|&theirs| Some(theirs) != size && size.is_some()),
            new_id: new_ids.and_then(|ids| ids.get(id)),
            stock: relocated.get(nth).map(|to| match to {
                Relocated::To(_) => "maps",
                Relocated::ToWrongKind(..) => "maps_wrong_kind",
                Relocated::Several(..) => "several",
                Relocated::Nowhere => "nowhere",
                Relocated::NotDistilled => "invalid",
            }),
        })
    });
    report.types = lines.collect();
}

/// A decision in words that do not change, and in plain language.
fn in_words(decision: Decision) -> (Fate, &'static str, Option<String>) {
    match decision {
        Decision::Mapped(_, how) => {
            let how = match how {
                Mapping::Exact => "exact",
                Mapping::Alias => "alias",
                Mapping::Defined => "defined",
                Mapping::Resized(_) => "resized",
            };
            (Fate::Mapped, how, None)
        }
        Decision::Carried(reason) => {
            let how = match reason {
                Reason::Missing => "missing",
                Reason::OtherKind(_) => "other_kind",
                Reason::Size(_) => "size",
                Reason::Differs => "differs",
                Reason::Ambiguous => "ambiguous",
            };
            (Fate::Carried, how, Some(reason.to_string()))
        }
        Decision::Moved => (Fate::Moved, "structural", None),
    }
}

/// The size in bytes that a record gives, for kinds that do.
fn size(record: &Record<'_>) -> Option<u32> {
    match record.kind() {
        Kind::Int | Kind::Struct | Kind::Union | Kind::Enum | Kind::Enum64 | Kind::Float => {
            Some(record.size_or_type)
        }
        _ => None,
    }
}

/// Adds a line for each slot, kfunc and destructor. `types` are what the ids in the slots mean.
fn add_slots<L: btf::Locate>(
    report: &mut Report,
    module: &Module<'_>,
    types: &Pair<'_, '_, L>,
    new_id: impl Fn(u32) -> Option<u32>,
    mut callables: Callables<'_, '_>,
) {
    let unusable = match report.verdict {
        Verdict::Stale => Some("the ids of the module are stale"),
        Verdict::Broken => Some("the BTF of the module is broken"),
        _ => None,
    };
    let slots = slots::list(module);
    for slot in slots.iter().filter(|slot| slot.used == Use::Kfunc) {
        callables.note_result(new_id(slot.id).unwrap_or(0));
    }
    let mut of = (0, String::new());
    for slot in slots {
        let record = types.record(slot.id);
        let name = record.and_then(|r| types.name(r.name_off));
        // Ids that can't be trusted do not tell the name.
        let name = match unusable {
            None => name.unwrap_or_default(),
            Some(_) => slot.wanted,
        };
        let name = name.escape_ascii().to_string();
        let new = new_id(slot.id);
        report.counts.slots += 1;
        report.slots.push(SlotLine {
            at: slot.at,
            symbol: slot.symbol.escape_ascii().to_string(),
            set: slot.set.map(|set| set.escape_ascii().to_string()),
            old_id: slot.id,
            new_id: new,
            kind: record.map(|r| r.kind()),
            name: name.clone(),
            flags: slot.flags,
        });
        let id = new.unwrap_or(0);
        let why = match (unusable, slot.used) {
            (Some(why), _) => Some(why.to_owned()),
            (None, _) if slot.id == 0 => Some("its id was never found".to_owned()),
            (None, Use::Kfunc) => callables.kfunc(id).err(),
            (None, Use::Dtor) => callables.dtor(id, of.0).err(),
            _ => None,
        };
        add_callable(report, &slot, name.clone(), why, of.1);
        of = (id, name);
    }
}

/// Adds a line for the kfunc or destructor that `slot` makes, if it does.
fn add_callable(
    report: &mut Report,
    slot: &Slot<'_>,
    name: String,
    why: Option<String>,
    of: String,
) {
    let (lines, of) = match slot.used {
        Use::Kfunc => {
            report.counts.kfuncs += 1;
            let set = slot.set.unwrap_or_default();
            (&mut report.kfuncs, set.escape_ascii().to_string())
        }
        Use::Dtor => {
            report.counts.dtors += 1;
            (&mut report.dtors, of)
        }
        Use::DtorOf | Use::TraceEvent | Use::Own => return,
    };
    report.counts.unusable += usize::from(why.is_some());
    lines.push(Callable {
        name,
        of,
        usable: why.is_none(),
        why,
    });
}
