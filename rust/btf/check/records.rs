// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What mainline asks of a module's BTF before it relocates it.
//!
//! These are the checks of `btf_parse_hdr()`, `btf_parse_str_sec()`, `btf_check_all_metas()` and
//! `btf_check_modifier_chain_length()` in `kernel/bpf/btf.c`, as far as [`Btf`] has not made them.
//! They look at each record alone: but for chains of modifiers, where its references lead is not
//! asked.

use super::spelling::Spelling;
use crate::btf::{
    error::{
        Error,
        Fault,
        Place, //
    },
    header::MAX_TYPE,
    parse::{
        Btf,
        Locate, //
    },
    words::{
        index,
        word, //
    },
    Kind,
    Record,
    Result, //
};

/// Links of a chain of modifiers that mainline accepts.
const MAX_CHAIN: u32 = 32;

/// Checks what the kernel checks of `btf`, which was read from `blob`.
///
/// `base` is what it is split from, if anything.
///
/// # Errors
///
/// The first thing for which the kernel refuses it, in the kernel's words ([`Fault::Kernel`]).
pub fn acceptable<L: Locate>(blob: &[u8], base: Option<&Btf<'_, L>>, btf: &Btf<'_>) -> Result {
    let fail = |place, what| Err(Error::new(btf.section(), place, Fault::Kernel(what)));
    if let Some(what) = sections(blob, btf, base.is_some()) {
        return fail(Place::Header, what);
    }
    let spelling = Spelling::new(base, btf);
    for (id, record) in btf.records() {
        if let Some(what) = check(&record, &spelling) {
            return fail(Place::Type(id), what);
        }
    }
    match chains(base, btf) {
        Some(id) => fail(Place::Type(id), "Max chain length or cycle detected"),
        None => Ok(()),
    }
}

/// What is wrong with the order of sections: nothing may lie between or behind them.
fn sections(blob: &[u8], btf: &Btf<'_>, is_split: bool) -> Option<&'static str> {
    let header = btf.header();
    let rest = blob.len().saturating_sub(header.bytes.len());
    if header.strs.is_empty() && !is_split {
        return Some("Invalid string section");
    }
    // None overlaps another, so that they leave no gap if they fill all there is.
    let layout = header.layout.bytes().len();
    let used = header.types.len().saturating_add(header.strs.len());
    if used.saturating_add(layout) != rest {
        return Some("Unsupported section found");
    }
    let field = |at| word(header.bytes, at).map_or(0, index);
    let strs_end = field(16).saturating_add(field(20));
    if header.bytes.len() < 32 && strs_end != rest {
        return Some("String section is not at the end");
    }
    None
}

/// Finds the first chain of modifiers that is too long, as mainline counts: a chain ends at an id
/// below that of one found good.
fn chains<L: Locate>(base: Option<&Btf<'_, L>>, btf: &Btf<'_>) -> Option<u32> {
    let modified = |id: u32| {
        let record = match base {
            Some(base) if id < btf.first() => base.record(id)?,
            _ => btf.record(id)?,
        };
        record.kind().is_modifier().then_some(record.size_or_type)
    };
    let mut good = btf.first().saturating_sub(1);
    for (id, record) in btf.records() {
        if !record.kind().is_modifier() {
            continue;
        }
        let mut next = record.size_or_type;
        let mut left = MAX_CHAIN - 1;
        while next > good || left == 0 {
            let Some(behind) = modified(next) else { break };
            if left == 0 {
                return Some(id);
            }
            left -= 1;
            next = behind;
        }
        good = id;
    }
    None
}

/// What is wrong with `record`.
fn check<L>(record: &Record<'_>, spelling: &Spelling<'_, '_, L>) -> Option<&'static str> {
    let off = record.name_off;
    if !spelling.is_there(off) {
        return Some("Invalid name_offset");
    }
    let is_named = off != 0;
    let is_identifier = || spelling.is_identifier(off);
    let wrong = |wrong: bool, what| wrong.then_some(what);
    let no_vlen = || wrong(record.vlen() != 0, "vlen != 0");
    let no_flag = || wrong(record.kind_flag(), "Invalid btf_info kind_flag");
    let identifier = || wrong(!is_identifier(), "Invalid name");
    let maybe_identifier = || wrong(is_named && !is_identifier(), "Invalid name");
    let nameless = || wrong(is_named, "Invalid name");
    let reference = || wrong(record.size_or_type > MAX_TYPE, "Invalid type_id");
    match record.kind() {
        Kind::Int => no_vlen().or_else(no_flag).or_else(|| int(record)),
        Kind::Ptr | Kind::Volatile | Kind::Const | Kind::Restrict => no_vlen()
            .or_else(no_flag)
            .or_else(reference)
            .or_else(nameless),
        Kind::Typedef => no_vlen()
            .or_else(no_flag)
            .or_else(reference)
            .or_else(identifier),
        Kind::TypeTag => no_vlen()
            .or_else(reference)
            .or_else(|| wrong(spelling.is_empty(off), "Invalid name")),
        Kind::Fwd => no_vlen()
            .or_else(|| wrong(record.size_or_type != 0, "type != 0"))
            .or_else(identifier),
        Kind::Array => nameless()
            .or_else(no_vlen)
            .or_else(no_flag)
            .or_else(|| wrong(record.size_or_type != 0, "size != 0"))
            .or_else(|| {
                let (of, index, _) = record.array()?;
                let valid = |id| (1..=MAX_TYPE).contains(&id);
                wrong(!valid(of), "Invalid elem").or(wrong(!valid(index), "Invalid index"))
            }),
        Kind::Struct | Kind::Union => maybe_identifier().or_else(|| members(record, spelling)),
        Kind::Enum | Kind::Enum64 => {
            let size = record.size_or_type;
            wrong(size > 8 || !size.is_power_of_two(), "Unexpected size")
                .or_else(maybe_identifier)
                .or_else(|| values(record, spelling))
        }
        Kind::FuncProto => nameless().or_else(no_flag),
        Kind::Func => identifier()
            .or_else(|| wrong(record.vlen() > 1, "Invalid func linkage"))
            .or_else(no_flag),
        Kind::Var => no_vlen()
            .or_else(no_flag)
            .or_else(identifier)
            .or_else(|| wrong(record.size_or_type == 0, "Invalid type_id"))
            .or_else(reference)
            .or_else(|| wrong(first_word(record) > Some(1), "Linkage not supported")),
        Kind::Datasec => wrong(record.size_or_type == 0, "size == 0")
            .or_else(no_flag)
            .or_else(|| wrong(!spelling.is_section_name(off), "Invalid name"))
            .or_else(|| variables(record)),
        Kind::Float => no_vlen().or_else(no_flag).or_else(|| {
            let known = matches!(record.size_or_type, 2 | 4 | 8 | 12 | 16);
            wrong(!known, "Invalid type_size")
        }),
        Kind::DeclTag => wrong(spelling.is_empty(off), "Invalid value")
            .or_else(no_vlen)
            .or_else(|| {
                // -1 stands for the declaration itself.
                let index = first_word(record)?;
                wrong(
                    index > i32::MAX as u32 && index != u32::MAX,
                    "Invalid component_idx",
                )
            }),
        Kind::Unknown => Some("Invalid kind"),
    }
}

/// The `u32` behind `struct btf_type`.
fn first_word(record: &Record<'_>) -> Option<u32> {
    word(record.tail(), 0)
}

/// What is wrong with an integer.
fn int(record: &Record<'_>) -> Option<&'static str> {
    let data = first_word(record)?;
    if data & !0x0fff_ffff != 0 {
        return Some("Invalid int_data");
    }
    let bits = (data & 0xff) + ((data >> 16) & 0xff);
    if bits > 128 {
        return Some("nr_bits exceeds 128");
    }
    if bits.div_ceil(8) > record.size_or_type {
        return Some("nr_bits exceeds type_size");
    }
    match data >> 24 {
        0 | 1 | 2 | 4 => None,
        _ => Some("Unsupported encoding"),
    }
}

/// What is wrong with the members of a struct or union.
fn members<L>(record: &Record<'_>, spelling: &Spelling<'_, '_, L>) -> Option<&'static str> {
    let mut last = 0;
    record.members().find_map(|m| {
        if m.name_off != 0 && !spelling.is_identifier(m.name_off) {
            return Some(match spelling.is_there(m.name_off) {
                true => "Invalid name",
                false => "Invalid member name_offset",
            });
        }
        if m.type_id == 0 || m.type_id > MAX_TYPE {
            return Some("Invalid type_id");
        }
        let (bit, _) = record.place(m.offset);
        if record.kind() == Kind::Union && bit != 0 || bit < last {
            return Some("Invalid member bits_offset");
        }
        last = bit;
        let outside = bit.div_ceil(8) > record.size_or_type;
        outside.then_some("Member bits_offset exceeds its struct size")
    })
}

/// What is wrong with the values of an enumeration.
fn values<L>(record: &Record<'_>, spelling: &Spelling<'_, '_, L>) -> Option<&'static str> {
    let mut names = record.values().map(|(off, _)| off);
    let wrong = names.find(|&off| !spelling.is_identifier(off))?;
    Some(match spelling.is_there(wrong) {
        true => "Invalid name",
        false => "Invalid name_offset",
    })
}

/// What is wrong with the variables of a section.
fn variables(record: &Record<'_>) -> Option<&'static str> {
    let size = u64::from(record.size_or_type);
    let mut end = 0;
    record.tail().chunks_exact(12).find_map(|v| {
        let (id, at, len) = (word(v, 0)?, u64::from(word(v, 4)?), u64::from(word(v, 8)?));
        if id == 0 || id > MAX_TYPE {
            return Some("Invalid type_id");
        }
        if at < end || at >= size {
            return Some("Invalid offset");
        }
        if len == 0 || len > size {
            return Some("Invalid size");
        }
        end = at + len;
        (end > size).then_some("Invalid offset+size")
    })
}
