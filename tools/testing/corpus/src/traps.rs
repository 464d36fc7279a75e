// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! A vmlinux with what real ones rarely have, so that every rule has its cases.
//!
//! Some of the structs and unions, chosen by their names, get a twin or change. Each name meets at
//! most one change, and a module that uses a few dozen names one or two of them. A few names are
//! used by nearly all modules: so there are several such vmlinux, each with other names chosen.

use crate::{
    subset::hash,
    synth::{
        kind,
        set_word,
        sorted,
        take_apart,
        word,
        Type, //
    }, //
};

/// One name in so many meets each of the changes.
const ONE_IN: u32 = 512;
/// Kinds of `include/uapi/linux/btf.h`.
const STRUCT: u32 = 4;
const UNION: u32 = 5;
const ENUM: u32 = 6;
const FWD: u32 = 7;

/// How many of them there are.
pub const VARIANTS: u8 = 8;

/// Lays traps in `vmlinux`.
pub fn laid(vmlinux: &[u8], variant: u8) -> Vec<u8> {
    let mut parts = take_apart(vmlinux);
    let mut twins = Vec::new();
    for Type { bytes, name } in &mut parts.types {
        let kind = kind(bytes);
        if name.is_empty() || (kind != STRUCT && kind != UNION) {
            continue;
        }
        let head = |info: u32, size: u32| {
            let words = [word(bytes, 0), info, size];
            words.into_iter().flat_map(u32::to_ne_bytes).collect()
        };
        let twin: Option<Vec<u8>> = match hash(&[name, &[variant][..]].concat()) % ONE_IN {
            // A declaration beside the definition; its flag says which of the two kinds.
            0 => Some(head((FWD << 24) | ((kind - STRUCT) << 31), 0)),
            // The same definition again, and one that differs in size.
            1 => Some(bytes.clone()),
            2 => {
                let mut other = bytes.clone();
                set_word(&mut other, 8, word(bytes, 8) + 8);
                Some(other)
            }
            // Something else of that name and size, which is no struct, or the other one.
            3 => Some(head(ENUM << 24, word(bytes, 8))),
            4 => {
                let info = word(bytes, 4) ^ ((STRUCT ^ UNION) << 24);
                set_word(bytes, 4, info);
                None
            }
            // Another size.
            5 => {
                let size = word(bytes, 8) + 8;
                set_word(bytes, 8, size);
                None
            }
            _ => None,
        };
        twins.extend(twin.map(|bytes| {
            let name = name.clone();
            Type { bytes, name }
        }));
    }
    parts.types.append(&mut twins);
    sorted(&parts)
}
