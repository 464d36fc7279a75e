// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What a stock kernel does with a module, in words.

use super::model::{
    Outcome,
    Stock, //
};
use crate::{
    btf::{
        self,
        Btf,
        Offsets,
        Vmlinux, //
    },
    elf::Module,
    mainline::Relocated,
    reconcile::Types,
    slots,
};

/// Reasons that are given for one outcome.
const MAX_REASONS: usize = 8;

/// A module whose ids the kernel takes for its own: without a base, or with one that a stock kernel
/// does not know.
pub fn plain(module: &Module<'_>, vmlinux: &Vmlinux<'_, Offsets>) -> Stock {
    let Some(blob) = module.btf else {
        return Stock::accepts();
    };
    let split = match Btf::parse_split(blob, &vmlinux.btf) {
        Ok(split) => split,
        Err(error) => return Stock::new(Outcome::Refuses, error),
    };
    if let Err(error) = btf::acceptable(blob, Some(&vmlinux.btf), &split) {
        return Stock::new(Outcome::Refuses, error);
    }
    match btf::fits(&vmlinux.btf, &split, &module.functions, module.pointer) {
        Err(error) => Stock::new(Outcome::WrongIds, error),
        Ok(()) => Stock::accepts(),
    }
}

/// A module with a distilled base, whose types the kernel relocates as told.
pub fn distilled(
    module: &Module<'_>,
    vmlinux: &Vmlinux<'_, Offsets>,
    types: &Types<'_>,
    relocated: &[Relocated],
) -> Stock {
    let (base, split) = (&types.base, &types.split);
    let none = None::<&Btf<'_>>;
    if let (Some(base_blob), Some(blob)) = (module.base, module.btf) {
        let of_base = btf::acceptable(base_blob, none, base);
        if let Err(error) = of_base.and_then(|()| btf::acceptable(blob, Some(base), split)) {
            return Stock::new(Outcome::Refuses, error);
        }
    }
    let lines = |wanted: &dyn Fn(&Relocated) -> Option<String>| {
        let lines = (1..).zip(relocated).filter_map(|(id, relocated)| {
            let what = wanted(relocated)?;
            let record = base.record(id)?;
            let name = base.name(record.name_off).unwrap_or_default();
            let kind = record.kind().name();
            let section = base.section();
            let name = name.escape_ascii();
            Some(format!("{section}: type [{id}]: {kind} '{name}' {what}"))
        });
        shortened(lines.collect())
    };
    let why = lines(&|relocated| match relocated {
        Relocated::Nowhere => Some("is not found".into()),
        Relocated::NotDistilled => Some("can't be in a distilled base".into()),
        Relocated::Several(a, b) => {
            let size = |id| vmlinux.btf.record(id).map(|r| r.size_or_type);
            match size(*a) == size(*b) {
                true => Some(format!("is found twice, [{b}] and [{a}]")),
                false => Some(format!("is found as [{b}] and as [{a}]")),
            }
        }
        Relocated::To(_) | Relocated::ToWrongKind(..) => None,
    });
    if !why.is_empty() {
        let outcome = Outcome::Refuses;
        return Stock { outcome, why };
    }
    let why = lines(&|relocated| match relocated {
        Relocated::ToWrongKind(id, kind) => Some(format!("is taken for {} [{id}]", kind.name())),
        _ => None,
    });
    match why.is_empty() {
        true => Stock::accepts(),
        false => Stock {
            outcome: Outcome::WrongIds,
            why,
        },
    }
}

/// A module that the kernel relocates: it does not translate all of `.BTF_ids`. `new_id` tells what
/// ids become.
pub fn ids(module: &Module<'_>, new_id: impl Fn(u32) -> Option<u32>) -> Stock {
    let wrong = slots::list(module).into_iter().filter(|slot| {
        let new = new_id(slot.id);
        slot.id != 0 && !slot.used.is_translated() && new != Some(slot.id)
    });
    let lines = wrong.map(|slot| {
        let symbol = slot.symbol.escape_ascii();
        let (at, id) = (slot.at, slot.id);
        format!(".BTF_ids: slot at byte {at}: {symbol} stays {id}")
    });
    let why = shortened(lines.collect());
    match why.is_empty() {
        true => Stock::accepts(),
        false => Stock {
            outcome: Outcome::WrongIds,
            why,
        },
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
