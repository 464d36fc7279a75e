// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What types mean, in words that do not depend on their ids.

use btf_reconcile::btf::{
    Id,
    Kind,
    Locate,
    Off,
    Pair,
    Record,
    Space, //
};

/// What stands before something that there is not. No name has a NUL in it.
pub const NOT_THERE: &str = "\0no ";

/// Types that go into one description.
const MAX_TYPES: u32 = 256;

/// Describes type `id` down to the names that it is made of; `depth` bounds how far types without
/// a name are followed, and so does their number.
pub fn describe<S: Space, L: Locate>(types: &Pair<'_, '_, S, L>, id: Id<S>, depth: u32) -> String {
    describe_some(types, Some(id), depth, &mut MAX_TYPES.clone())
}

fn describe_some<S: Space, L: Locate>(
    types: &Pair<'_, '_, S, L>,
    id: Option<Id<S>>,
    depth: u32,
    left: &mut u32,
) -> String {
    let Some(id) = id else {
        return "void".into();
    };
    let Some(r) = types.record(id) else {
        return format!("{NOT_THERE}type [{}]", id.number());
    };
    let name = text(types, r.name());
    let kind = r.kind().name();
    if depth == 0 || *left == 0 {
        return format!("{kind} {name}");
    }
    *left -= 1;
    let mut below = |id: Option<Id<S>>| match id.and_then(|id| types.record(id)) {
        // A name stands for what it names; what it is made of is told where it is defined.
        Some(r) if !text(types, r.name()).is_empty() => class(&r, &text(types, r.name())),
        _ => describe_some(types, id, depth - 1, left),
    };
    let mut words = format!("{kind} {name} flag={} vlen={}", r.kind_flag(), r.vlen());
    match r.kind() {
        Kind::Struct | Kind::Union => {
            words += &format!(" size={}", r.size());
            for m in r.members() {
                let member = text(types, m.name);
                let (bit, bits) = (m.place.bit, m.place.bits);
                words += &format!(" {member}@{bit}:{bits}({})", below(m.type_id));
            }
        }
        Kind::Enum | Kind::Enum64 => {
            words += &format!(" size={}", r.size());
            for value in r.values() {
                words += &format!(" {}={}", text(types, value.name), value.value);
            }
        }
        Kind::FuncProto => {
            words += &format!(" returns ({})", below(r.target()));
            for param in r.params() {
                words += &format!(" {}:({})", text(types, param.name), below(param.type_id));
            }
        }
        Kind::Array => {
            if let Some(array) = r.array() {
                words += &format!(" {} of ({})", array.count, below(array.of));
            }
        }
        Kind::Int | Kind::Float => words += &format!(" {} {:?}", r.size(), r.tail()),
        Kind::Fwd => {}
        Kind::Datasec => words += &format!(" size={}", r.size()),
        _ => words += &format!(" ({}) {:?}", below(r.target()), r.tail()),
    }
    words
}

/// A named type as one that refers to it sees it: a declaration and the definition are one, and so
/// are the spellings of an integer and the widths of an enumeration.
fn class<S: Space>(r: &Record<'_, S>, name: &str) -> String {
    match (r.kind(), r.kind_flag()) {
        (Kind::Int, _) => format!("INT {} {:?}", r.size(), r.tail()),
        (Kind::Fwd, true) => format!("UNION {name}"),
        (Kind::Fwd, false) => format!("STRUCT {name}"),
        (Kind::Enum64, _) => format!("ENUM {name}"),
        (kind, _) => format!("{} {name}", kind.name()),
    }
}

fn text<S: Space, L: Locate>(types: &Pair<'_, '_, S, L>, off: Option<Off<S>>) -> String {
    let Some(off) = off else {
        return String::new();
    };
    // However long it is: one that is too long for a name is there, too.
    let string = match types.off_in_base(off) {
        Some(off) => types.base.string(off),
        None => types.split.string(off),
    };
    match string {
        Some(name) => String::from_utf8_lossy(&name[..name.len().min(600)]).into_owned(),
        None => format!("{NOT_THERE}string at {}", off.number()),
    }
}
