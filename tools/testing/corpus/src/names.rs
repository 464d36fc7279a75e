// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether a result still means what its input meant.

use crate::btf::{
    Btf,
    Decision,
    Id,
    IdMap,
    Kind,
    Locate,
    Mapping,
    New,
    Pair,
    Plan,
    Rewritten,
    Split, //
};

/// Looks for a type of `old` whose name or kind is not what it became in `new`; gives its id.
///
/// What `plan` says to map under another name or as another kind (an alias, a declaration by its
/// definition) may change that far.
pub fn lost<L: Locate, M: Locate>(
    plan: &Plan,
    ids: &IdMap<Split, New>,
    old: &Pair<'_, '_, Split, L>,
    new: &Pair<'_, '_, New, M>,
) -> Option<Id<Split>> {
    let mut all = Id::FIRST.up_to(old.split.end());
    all.find(|&id| !kept(plan, ids, old, new, id))
}

fn kept<L: Locate, M: Locate>(
    plan: &Plan,
    ids: &IdMap<Split, New>,
    old: &Pair<'_, '_, Split, L>,
    new: &Pair<'_, '_, New, M>,
    id: Id<Split>,
) -> bool {
    let Some(new_id) = ids.get(id) else {
        return false;
    };
    let (Some(a), Some(b)) = (old.record(id), new.record(new_id)) else {
        return false;
    };
    let same_name = old.name(a.name()) == new.name(b.name());
    let same_kind = a.kind() == b.kind() || (a.kind().is_enum() && b.kind().is_enum());
    match old.in_base(id).and_then(|id| plan.get(id)) {
        Some(Decision::Mapped(to, how)) => {
            let mapped = Id::of_base(to) == new_id;
            let (name, kind) = match how {
                Mapping::Alias => (true, same_kind),
                Mapping::Defined => (same_name, true),
                _ => (same_name, same_kind),
            };
            mapped && name && kind
        }
        // What is the module's own must be found among its own.
        _ => same_name && same_kind && new.is_split(new_id),
    }
}

/// Looks for a type of `old` that unifying has made one of another name or kind, or has lost though
/// it has a name; puts it into words.
pub fn renamed<L: Locate>(old: &Pair<'_, '_, New, L>, after: &Rewritten<New>) -> Option<String> {
    let split = Btf::<New>::parse_split(&after.bytes, old.base);
    let split = match split {
        Ok(split) => split,
        Err(error) => return Some(error.to_string()),
    };
    let new = Pair {
        base: old.base,
        split: &split,
    };
    old.split.records().find_map(|(id, a)| {
        let name = old.name(a.name());
        let told = || {
            let name = String::from_utf8_lossy(name.unwrap_or_default());
            Some(format!("[{}] {} {name}", id.number(), a.kind().name()))
        };
        let b = after.ids.get(id).and_then(|new_id| new.record(new_id));
        let Some(b) = b else {
            // A tag is named, too, but stands for nothing by itself.
            let stands = name.is_some_and(|n| !n.is_empty()) && a.kind() != Kind::TypeTag;
            return stands.then(told).flatten();
        };
        let declared = if a.kind_flag() {
            Kind::Union
        } else {
            Kind::Struct
        };
        let same_kind = a.kind() == b.kind() || a.kind() == Kind::Fwd && b.kind() == declared;
        let same = same_kind && new.name(b.name()) == name;
        (!same).then(told).flatten()
    })
}
