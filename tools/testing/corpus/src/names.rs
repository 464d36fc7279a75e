// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether a result still means what its input meant.

use crate::btf::{
    Btf,
    Decision,
    IdMap,
    Kind,
    Locate,
    Mapping,
    Pair,
    Plan,
    Reconciled, //
};

/// Looks for a type of `old` whose name or kind is not what it became in `new`; gives its id.
///
/// What `plan` says to map under another name or as another kind (an alias, a declaration by its
/// definition) may change that far.
pub fn lost<L: Locate, M: Locate>(
    plan: &Plan,
    ids: &IdMap,
    old: &Pair<'_, '_, L>,
    new: &Pair<'_, '_, M>,
) -> Option<u32> {
    (1..old.split.end()).find(|&id| !kept(plan, ids, old, new, id))
}

fn kept<L: Locate, M: Locate>(
    plan: &Plan,
    ids: &IdMap,
    old: &Pair<'_, '_, L>,
    new: &Pair<'_, '_, M>,
    id: u32,
) -> bool {
    let Some(new_id) = ids.get(id) else {
        return false;
    };
    let (Some(a), Some(b)) = (old.record(id), new.record(new_id)) else {
        return false;
    };
    let same_name = old.name(a.name_off) == new.name(b.name_off);
    let same_kind = a.kind() == b.kind() || (a.kind().is_enum() && b.kind().is_enum());
    let of_base = id < old.split.first();
    match plan.get(id).filter(|_| of_base) {
        Some(Decision::Mapped(to, Mapping::Alias)) => to == new_id && same_kind,
        Some(Decision::Mapped(to, Mapping::Defined)) => to == new_id && same_name,
        Some(Decision::Mapped(to, _)) => to == new_id && same_name && same_kind,
        // What is the module's own must be found among its own.
        _ => same_name && same_kind && new_id >= new.split.first(),
    }
}

/// Looks for a type of `old` that unifying has made one of another name or kind, or has lost though
/// it has a name; puts it into words.
pub fn renamed<L: Locate>(old: &Pair<'_, '_, L>, after: &Reconciled) -> Option<String> {
    let split = Btf::parse_split(&after.bytes, old.base);
    let split = match split {
        Ok(split) => split,
        Err(error) => return Some(error.to_string()),
    };
    let new = Pair {
        base: old.base,
        split: &split,
    };
    old.split.records().find_map(|(id, a)| {
        let name = old.name(a.name_off);
        let told = || {
            let name = String::from_utf8_lossy(name.unwrap_or_default());
            Some(format!("[{id}] {} {name}", a.kind().name()))
        };
        let b = after.ids.get(id).and_then(|new_id| new.record(new_id));
        let Some(b) = b else {
            // A tag is named, too, but stands for nothing by itself.
            let stands = name.is_some_and(|n| !n.is_empty()) && a.kind() != Kind::TypeTag;
            return stands.then(told).flatten();
        };
        let declared = match a.kind_flag() {
            true => Kind::Union,
            false => Kind::Struct,
        };
        let same_kind = a.kind() == b.kind() || a.kind() == Kind::Fwd && b.kind() == declared;
        let same = same_kind && new.name(b.name_off) == name;
        (!same).then(told).flatten()
    })
}
