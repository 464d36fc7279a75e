// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What types mean, in words that do not depend on their ids.

use btf_reconcile::btf::{
    Kind,
    Locate,
    Pair,
    Record, //
};

/// What stands before something that there is not. No name has a NUL in it.
pub const NOT_THERE: &str = "\0no ";

/// Types that go into one description.
const MAX_TYPES: u32 = 256;

/// Describes type `id` down to the names that it is made of; `depth` bounds how far types without
/// a name are followed, and so does their number.
pub fn describe<L: Locate>(types: &Pair<'_, '_, L>, id: u32, depth: u32) -> String {
    describe_some(types, id, depth, &mut MAX_TYPES.clone())
}

fn describe_some<L: Locate>(
    types: &Pair<'_, '_, L>,
    id: u32,
    depth: u32,
    left: &mut u32,
) -> String {
    if id == 0 {
        return "void".into();
    }
    let Some(r) = types.record(id) else {
        return format!("{NOT_THERE}type [{id}]");
    };
    let name = text(types, r.name_off);
    let kind = r.kind().name();
    if depth == 0 || *left == 0 {
        return format!("{kind} {name}");
    }
    *left -= 1;
    let mut below = |id| match types.record(id) {
        // A name stands for what it names; what it is made of is told where it is defined.
        Some(r) if !text(types, r.name_off).is_empty() => class(&r, &text(types, r.name_off)),
        _ => describe_some(types, id, depth - 1, left),
    };
    let mut words = format!("{kind} {name} flag={} vlen={}", r.kind_flag(), r.vlen());
    match r.kind() {
        Kind::Struct | Kind::Union => {
            words += &format!(" size={}", r.size_or_type);
            for m in r.members() {
                let member = text(types, m.name_off);
                words += &format!(" {member}@{}:({})", m.offset, below(m.type_id));
            }
        }
        Kind::Enum | Kind::Enum64 => {
            words += &format!(" size={}", r.size_or_type);
            for (name, value) in r.values() {
                words += &format!(" {}={value}", text(types, name));
            }
        }
        Kind::FuncProto => {
            words += &format!(" returns ({})", below(r.size_or_type));
            for (name, of) in r.params() {
                words += &format!(" {}:({})", text(types, name), below(of));
            }
        }
        Kind::Array => {
            if let Some((of, _, n)) = r.array() {
                words += &format!(" {n} of ({})", below(of));
            }
        }
        Kind::Int | Kind::Float => words += &format!(" {} {:?}", r.size_or_type, r.tail()),
        Kind::Fwd => {}
        Kind::Datasec => words += &format!(" size={}", r.size_or_type),
        _ => words += &format!(" ({}) {:?}", below(r.size_or_type), r.tail()),
    }
    words
}

/// A named type as one that refers to it sees it: a declaration and the definition are one, and so
/// are the spellings of an integer and the widths of an enumeration.
fn class(r: &Record<'_>, name: &str) -> String {
    match (r.kind(), r.kind_flag()) {
        (Kind::Int, _) => format!("INT {} {:?}", r.size_or_type, r.tail()),
        (Kind::Fwd, true) => format!("UNION {name}"),
        (Kind::Fwd, false) => format!("STRUCT {name}"),
        (Kind::Enum64, _) => format!("ENUM {name}"),
        (kind, _) => format!("{} {name}", kind.name()),
    }
}

fn text<L: Locate>(types: &Pair<'_, '_, L>, off: u32) -> String {
    // However long it is: one that is too long for a name is there, too.
    let string = match off < types.split.str_start() {
        true => types.base.string(off),
        false => types.split.string(off),
    };
    match string {
        Some(name) => String::from_utf8_lossy(&name[..name.len().min(600)]).into_owned(),
        None => format!("{NOT_THERE}string at {off}"),
    }
}
