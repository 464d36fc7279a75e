// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which types of a base the kernel takes to be embedded in the module's.
//!
//! `btf_mark_embedded_composite_type_ids()` in `tools/lib/bpf/btf_relocate.c`. It follows the
//! members of structs and unions, and nothing else, through arrays and modifiers, without a limit
//! and without looking whether a type is there.

use super::{
    kind::{
        self,
        ARRAY, //
    },
    stop::Stop,
    table::Table,
    wire::size, //
};

/// Where the way through arrays and modifiers ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// Not known yet.
    Unknown,
    /// It is being followed.
    OnTheWay,
    /// At nothing that matters.
    Else,
    /// At a struct or union.
    Composite(u32),
    /// At an id that no type has.
    Missing(u32),
    /// Nowhere.
    Never,
}

/// For each id of `base`, whether it is embedded in a type of `split`; and where the kernel stops,
/// if it does.
pub fn embedded(base: &Table<'_>, split: &Table<'_>) -> (Vec<bool>, Option<Stop>) {
    let mut embedded = vec![false; size(base.end())];
    let mut ends = vec![End::Unknown; size(split.end())];
    for (id, t) in split.own().filter(|(_, t)| kind::is_composite(t.kind())) {
        for at in t.ids() {
            let stop = match follow(split, t.at(at), &mut ends) {
                End::Missing(to) => {
                    let why = format!("leads to type [{to}], which is none");
                    Stop::outside(why)
                }
                End::Never => {
                    let of = t.at(at);
                    Stop::hangs(format!("type [{of}] of a member leads to itself for ever"))
                }
                End::Composite(to) => {
                    if let Some(embedded) = embedded.get_mut(size(to)) {
                        *embedded = true;
                    }
                    continue;
                }
                _ => continue,
            };
            let stop = stop.at(format!("{}: type [{id}]", split.section));
            return (embedded, Some(stop));
        }
    }
    (embedded, None)
}

/// Finds where the way from `from` ends. The kernel goes it again for each member; here each link
/// is gone once.
fn follow(split: &Table<'_>, from: u32, ends: &mut [End]) -> End {
    let mut way = Vec::new();
    let mut id = from;
    let end = loop {
        if id == 0 {
            break End::Else;
        }
        let Some((t, end)) = split.get(id).zip(ends.get_mut(size(id))) else {
            break End::Missing(id);
        };
        match *end {
            End::Unknown => {}
            End::OnTheWay => break End::Never,
            known => break known,
        }
        if kind::is_composite(t.kind()) {
            break End::Composite(id);
        }
        let next = match t.kind() {
            ARRAY => t.tail(0),
            kind if kind::is_modifier(kind) => t.third(),
            _ => break End::Else,
        };
        *end = End::OnTheWay;
        way.push(id);
        id = next;
    };
    for id in way {
        ends[size(id)] = end;
    }
    end
}
