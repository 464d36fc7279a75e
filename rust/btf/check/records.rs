// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What the kernel asks of each record: `btf_check_meta()` and what it calls in
//! `kernel/bpf/btf.c`.
//!
//! A record is looked at alone. Where its references lead is not asked.

use super::identifier::Identifiers;
use crate::btf::{
    limits::MAX_TYPE,
    number::{
        Id,
        Space, //
    },
    wire::{
        record::Member,
        words::word,
        Kind,
        Record, //
    },
};

/// What the kernel refuses `record` for, in its words.
#[inline]
pub fn refusal<S: Space>(
    record: &Record<'_, S>,
    names: &mut Identifiers<'_>,
) -> Option<&'static str> {
    let kind = record.kind();
    if kind == Kind::Unknown {
        return Some("Invalid kind");
    }
    if !names.is_there(record.name()) {
        return Some("Invalid name_offset");
    }
    // In the order in which the kernel asks.
    match kind {
        Kind::Int => bare(record).or_else(|| int(record)),
        Kind::Ptr | Kind::Volatile | Kind::Const | Kind::Restrict => bare(record)
            .or_else(|| reference(record.target(), true))
            .or_else(|| nameless(record)),
        Kind::Typedef => bare(record)
            .or_else(|| reference(record.target(), true))
            .or_else(|| named(record, names)),
        Kind::TypeTag => no_vlen(record)
            .or_else(|| reference(record.target(), true))
            .or_else(|| unless(names.is_text(record.name()), "Invalid name")),
        Kind::Fwd => no_vlen(record)
            .or_else(|| unless(record.size() == 0, "type != 0"))
            .or_else(|| named(record, names)),
        Kind::Array => nameless(record)
            .or_else(|| bare(record))
            .or_else(|| unless(record.size() == 0, "size != 0"))
            .or_else(|| array(record)),
        Kind::Struct | Kind::Union => maybe_named(record, names).or_else(|| members(record, names)),
        Kind::Enum | Kind::Enum64 => {
            let size = record.size();
            unless(size <= 8 && size.is_power_of_two(), "Unexpected size")
                .or_else(|| maybe_named(record, names))
                .or_else(|| values(record, names))
        }
        Kind::FuncProto => nameless(record).or_else(|| no_flag(record)),
        Kind::Func => named(record, names)
            .or_else(|| unless(record.vlen() <= 1, "Invalid func linkage"))
            .or_else(|| no_flag(record)),
        Kind::Var => bare(record)
            .or_else(|| named(record, names))
            .or_else(|| reference(record.target(), false))
            .or_else(|| unless(first_word(record) <= Some(1), "Linkage not supported")),
        Kind::Datasec => unless(record.size() != 0, "size == 0")
            .or_else(|| no_flag(record))
            .or_else(|| unless(names.is_section_name(record.name()), "Invalid name"))
            .or_else(|| variables(record)),
        Kind::Float => bare(record).or_else(|| {
            let is_known = matches!(record.size(), 2 | 4 | 8 | 12 | 16);
            unless(is_known, "Invalid type_size")
        }),
        Kind::DeclTag => unless(names.is_text(record.name()), "Invalid value")
            .or_else(|| no_vlen(record))
            .or_else(|| tagged(record)),
        Kind::Unknown => None,
    }
}

/// What is wrong if this does not hold.
#[inline]
fn unless(holds: bool, what: &'static str) -> Option<&'static str> {
    if holds {
        None
    } else {
        Some(what)
    }
}

#[inline]
fn no_vlen<S: Space>(record: &Record<'_, S>) -> Option<&'static str> {
    unless(record.vlen() == 0, "vlen != 0")
}

#[inline]
fn no_flag<S: Space>(record: &Record<'_, S>) -> Option<&'static str> {
    unless(!record.kind_flag(), "Invalid btf_info kind_flag")
}

/// Neither elements nor the flag.
#[inline]
fn bare<S: Space>(record: &Record<'_, S>) -> Option<&'static str> {
    // Both at once, as a rule.
    if record.info() & 0x80ff_ffff == 0 {
        return None;
    }
    no_vlen(record).or_else(|| no_flag(record))
}

#[inline]
fn nameless<S: Space>(record: &Record<'_, S>) -> Option<&'static str> {
    unless(record.name().is_none(), "Invalid name")
}

#[inline]
fn named<S: Space>(record: &Record<'_, S>, names: &mut Identifiers<'_>) -> Option<&'static str> {
    let is_named = record.name().is_some_and(|off| names.is_identifier(off));
    unless(is_named, "Invalid name")
}

#[inline]
fn maybe_named<S: Space>(
    record: &Record<'_, S>,
    names: &mut Identifiers<'_>,
) -> Option<&'static str> {
    let fits = record.name().is_none_or(|off| names.is_identifier(off));
    unless(fits, "Invalid name")
}

/// `BTF_TYPE_ID_VALID()`, and whether `void` may stand there.
#[inline]
fn is_valid<S: Space>(id: Option<Id<S>>, or_void: bool) -> bool {
    match id {
        Some(id) => id.number() <= MAX_TYPE,
        None => or_void,
    }
}

#[inline]
fn reference<S: Space>(id: Option<Id<S>>, or_void: bool) -> Option<&'static str> {
    unless(is_valid(id, or_void), "Invalid type_id")
}

/// The `u32` behind `struct btf_type`; it is there in the kinds that are asked for it.
#[inline]
fn first_word<S: Space>(record: &Record<'_, S>) -> Option<u32> {
    word(record.tail(), 0)
}

/// What is wrong with an integer.
fn int<S: Space>(record: &Record<'_, S>) -> Option<&'static str> {
    let data = first_word(record)?;
    if data & 0xf000_0000 != 0 {
        return Some("Invalid int_data");
    }
    // Two bytes.
    let bits = (data & 0xff).wrapping_add((data >> 16) & 0xff);
    if bits > 128 {
        return Some("nr_bits exceeds 128");
    }
    if bits.div_ceil(8) > record.size() {
        return Some("nr_bits exceeds type_size");
    }
    unless(matches!(data >> 24, 0 | 1 | 2 | 4), "Unsupported encoding")
}

/// What is wrong with what an array is made of.
fn array<S: Space>(record: &Record<'_, S>) -> Option<&'static str> {
    let array = record.array()?;
    unless(is_valid(array.of, false), "Invalid elem")
        .or_else(|| unless(is_valid(array.index, false), "Invalid index"))
}

/// What is wrong with the members of a struct or union.
#[inline]
fn members<S: Space>(record: &Record<'_, S>, names: &mut Identifiers<'_>) -> Option<&'static str> {
    // Those of a union are all at its start. Where one starts is asked, but not where it ends.
    let room = if record.kind() == Kind::Union {
        0
    } else {
        record.size().saturating_mul(8)
    };
    let mut last = 0;
    for member in record.members() {
        let bit = member.place.bit;
        let is_good = is_valid(member.type_id, false)
            && (last..=room).contains(&bit)
            && member.name.is_none_or(|off| names.is_identifier(off));
        if !is_good {
            return Some(bad_member(record, &member, last, names));
        }
        last = bit;
    }
    None
}

/// What is wrong with `member` of `record`, which follows one at the bit `last`.
#[cold]
fn bad_member<S: Space>(
    record: &Record<'_, S>,
    member: &Member<S>,
    last: u32,
    names: &mut Identifiers<'_>,
) -> &'static str {
    let bit = member.place.bit;
    if !names.is_there(member.name) {
        "Invalid member name_offset"
    } else if member.name.is_some_and(|off| !names.is_identifier(off)) {
        "Invalid name"
    } else if !is_valid(member.type_id, false) {
        "Invalid type_id"
    } else if bit < last || record.kind() == Kind::Union && bit != 0 {
        "Invalid member bits_offset"
    } else {
        "Member bits_offset exceeds its struct size"
    }
}

/// What is wrong with the values of an enumeration.
fn values<S: Space>(record: &Record<'_, S>, names: &mut Identifiers<'_>) -> Option<&'static str> {
    for value in record.values() {
        if !value.name.is_some_and(|off| names.is_identifier(off)) {
            return Some(if names.is_there(value.name) {
                "Invalid name"
            } else {
                "Invalid name_offset"
            });
        }
    }
    None
}

/// What is wrong with the variables of a section.
fn variables<S: Space>(record: &Record<'_, S>) -> Option<&'static str> {
    let size = record.size();
    let mut end = 0;
    let mut sum = 0u64;
    for variable in record.variables() {
        if !is_valid(variable.type_id, false) {
            return Some("Invalid type_id");
        }
        if variable.at < end || variable.at >= size {
            return Some("Invalid offset");
        }
        if variable.size == 0 || variable.size > size {
            return Some("Invalid size");
        }
        // The kernel adds them in 32 bits; the sum below finds those that wrap around.
        end = variable.at.wrapping_add(variable.size);
        if end > size {
            return Some("Invalid offset+size");
        }
        sum = sum.saturating_add(u64::from(variable.size));
    }
    unless(u64::from(size) >= sum, "Invalid btf_info size")
}

/// What is wrong with the component that a tag is on.
fn tagged<S: Space>(record: &Record<'_, S>) -> Option<&'static str> {
    let component = first_word(record)?;
    // -1 stands for the declaration itself.
    let is_valid = component >> 31 == 0 || component == u32::MAX;
    unless(is_valid, "Invalid component_idx")
}
