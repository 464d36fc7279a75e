// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What the kernel asks of each record by itself, before it follows any reference.
//!
//! `btf_check_meta()` and the `check_meta` of each kind in `kernel/bpf/btf.c`. What it does not ask
//! is left out here as well: the ids of a FUNC, a FUNC_PROTO and its arguments, the names of those.

use super::{
    kind::*,
    names::Strings,
    stop::{
        Stop,
        EINVAL,
        ENOTSUPP, //
    },
    table::Type, //
};

/// The largest id, `BTF_MAX_TYPE`.
pub const MAX_TYPE: u32 = 0x000f_ffff;

/// What a check gives: the kernel's error and words, if it refuses.
type Check = Result<(), (i32, &'static str)>;

/// Refuses with `why` unless `good`.
fn ask(good: bool, why: &'static str) -> Check {
    if good {
        Ok(())
    } else {
        Err((EINVAL, why))
    }
}

/// Checks the record that `rest` starts with; gives its size.
///
/// # Errors
///
/// What the kernel refuses it for.
pub fn check(rest: &[u8], strings: &Strings<'_>) -> Result<usize, Stop> {
    let refuse = |(errno, why)| Stop::refuses(errno, why);
    ask(rest.len() >= 12, "meta_left is less than meta_needed").map_err(refuse)?;
    let t = Type::new(rest);
    if t.kind() > ENUM64 || t.kind() == VOID {
        return Err(Stop::refuses(EINVAL, format!("Invalid kind:{}", t.kind())));
    }
    if !strings.is_valid(t.name_off()) {
        let why = format!("Invalid name_offset:{}", t.name_off());
        return Err(Stop::refuses(EINVAL, why));
    }
    let len = t.record_len();
    ask(rest.len() >= len, "meta_left is less than meta_needed").map_err(refuse)?;
    let t = Type::new(&rest[..len]);
    of_kind(&t, strings).map_err(refuse)?;
    Ok(len)
}

/// Checks a record that is all there.
fn of_kind(t: &Type<'_>, strings: &Strings<'_>) -> Check {
    match t.kind() {
        INT => int(t),
        PTR | TYPEDEF | VOLATILE | CONST | RESTRICT | TYPE_TAG => reference(t, strings),
        ARRAY => array(t),
        STRUCT | UNION => composite(t, strings),
        ENUM | ENUM64 => enumeration(t, strings),
        FWD => {
            ask(t.vlen() == 0, "vlen != 0")?;
            ask(t.third() == 0, "type != 0")?;
            named(t, strings)
        }
        FUNC => {
            named(t, strings)?;
            ask(t.vlen() <= 1, "Invalid func linkage")?;
            flagless(t)
        }
        FUNC_PROTO => {
            ask(t.name_off() == 0, "Invalid name")?;
            flagless(t)
        }
        VAR => var(t, strings),
        DATASEC => datasec(t, strings),
        FLOAT => {
            ask(t.vlen() == 0, "vlen != 0")?;
            flagless(t)?;
            ask(
                matches!(t.third(), 2 | 4 | 8 | 12 | 16),
                "Invalid type_size",
            )
        }
        DECL_TAG => {
            ask(!strings.at(t.name_off()).is_empty(), "Invalid value")?;
            ask(t.vlen() == 0, "vlen != 0")?;
            let is_whole = t.tail(0) == u32::MAX;
            ask(is_whole || t.tail(0) >> 31 == 0, "Invalid component_idx")
        }
        _ => Ok(()),
    }
}

fn flagless(t: &Type<'_>) -> Check {
    ask(!t.flag(), "Invalid btf_info kind_flag")
}

/// A name has to be there.
fn named(t: &Type<'_>, strings: &Strings<'_>) -> Check {
    let good = t.name_off() != 0 && strings.is_identifier(t.name_off());
    ask(good, "Invalid name")
}

/// A name may be there.
fn maybe_named(off: u32, strings: &Strings<'_>) -> Check {
    ask(off == 0 || strings.is_identifier(off), "Invalid name")
}

/// An id other than that of void.
fn id(id: u32, why: &'static str) -> Check {
    ask(id != 0 && id <= MAX_TYPE, why)
}

fn int(t: &Type<'_>) -> Check {
    ask(t.vlen() == 0, "vlen != 0")?;
    flagless(t)?;
    let data = t.tail(0);
    ask(data & 0xf000_0000 == 0, "Invalid int_data")?;
    let bits = (data & 0xff) + ((data >> 16) & 0xff);
    ask(bits <= 128, "nr_bits exceeds 128")?;
    ask(bits.div_ceil(8) <= t.third(), "nr_bits exceeds type_size")?;
    match t.encoding() {
        0 | 1 | 2 | 4 => Ok(()),
        _ => Err((ENOTSUPP, "Unsupported encoding")),
    }
}

/// Pointers and modifiers.
fn reference(t: &Type<'_>, strings: &Strings<'_>) -> Check {
    ask(t.vlen() == 0, "vlen != 0")?;
    if t.kind() != TYPE_TAG {
        flagless(t)?;
    }
    ask(t.third() <= MAX_TYPE, "Invalid type_id")?;
    match t.kind() {
        TYPEDEF => named(t, strings),
        // Of any length, and any text.
        TYPE_TAG => ask(!strings.at(t.name_off()).is_empty(), "Invalid name"),
        _ => ask(t.name_off() == 0, "Invalid name"),
    }
}

fn array(t: &Type<'_>) -> Check {
    ask(t.name_off() == 0, "Invalid name")?;
    ask(t.vlen() == 0, "vlen != 0")?;
    flagless(t)?;
    ask(t.third() == 0, "size != 0")?;
    id(t.tail(0), "Invalid elem")?;
    id(t.tail(1), "Invalid index")
}

fn composite(t: &Type<'_>, strings: &Strings<'_>) -> Check {
    maybe_named(t.name_off(), strings)?;
    let mut last = 0;
    for [name, of, offset] in t.triples() {
        ask(strings.is_valid(name), "Invalid member name_offset")?;
        maybe_named(name, strings)?;
        id(of, "Invalid type_id")?;
        let bits = if t.flag() {
            offset & 0x00ff_ffff
        } else {
            offset
        };
        let in_order = bits >= last && (t.kind() != UNION || bits == 0);
        ask(in_order, "Invalid member bits_offset")?;
        ask(
            bits.div_ceil(8) <= t.third(),
            "Member bits_offset exceeds its struct size",
        )?;
        last = bits;
    }
    Ok(())
}

fn enumeration(t: &Type<'_>, strings: &Strings<'_>) -> Check {
    let size = t.third();
    ask(size <= 8 && size.is_power_of_two(), "Unexpected size")?;
    maybe_named(t.name_off(), strings)?;
    // The name comes first in both kinds.
    for at in t.strings().skip(1) {
        let name = t.at(at);
        ask(strings.is_valid(name), "Invalid name_offset")?;
        let good = name != 0 && strings.is_identifier(name);
        ask(good, "Invalid name")?;
    }
    Ok(())
}

fn var(t: &Type<'_>, strings: &Strings<'_>) -> Check {
    ask(t.vlen() == 0, "vlen != 0")?;
    flagless(t)?;
    named(t, strings)?;
    id(t.third(), "Invalid type_id")?;
    ask(t.tail(0) <= 1, "Linkage not supported")
}

fn datasec(t: &Type<'_>, strings: &Strings<'_>) -> Check {
    let size = t.third();
    ask(size != 0, "size == 0")?;
    flagless(t)?;
    let good = t.name_off() != 0 && strings.is_section(t.name_off());
    ask(good, "Invalid name")?;
    let (mut end, mut sum) = (0, 0);
    for [of, offset, len] in t.triples() {
        id(of, "Invalid type_id")?;
        ask(offset >= end && offset < size, "Invalid offset")?;
        ask(len != 0 && len <= size, "Invalid size")?;
        // In 32 bits, as the kernel adds them up.
        end = offset.wrapping_add(len);
        ask(end <= size, "Invalid offset+size")?;
        sum += u64::from(len);
    }
    ask(u64::from(size) >= sum, "Invalid btf_info size")
}
