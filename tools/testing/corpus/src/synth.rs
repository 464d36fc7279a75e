// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Kernels that there are not: vmlinux BTF doubled, or in another order.

use std::collections::HashMap;

/// A type record and the name that orders it.
pub struct Type {
    /// The record.
    pub bytes: Vec<u8>,
    /// Its name.
    pub name: Vec<u8>,
}

/// BTF, taken apart.
pub struct Parts {
    /// The types; that of id 1 first.
    pub types: Vec<Type>,
    strs: Vec<u8>,
}

/// `vmlinux` with every type a second time, under another name, sorted by name again.
pub fn doubled(vmlinux: &[u8]) -> Vec<u8> {
    let mut parts = take_apart(vmlinux);
    let count = parts.types.len();
    let mut renamed = HashMap::new();
    for nth in 0..count {
        let Type { bytes, name } = &parts.types[nth];
        let (mut bytes, mut name) = (bytes.clone(), name.clone());
        for at in id_fields(&bytes) {
            let id = word(&bytes, at);
            if id != 0 {
                set_word(&mut bytes, at, id + count as u32);
            }
        }
        if !name.is_empty() {
            name.extend_from_slice(b"_2");
            let strs = &mut parts.strs;
            let off = *renamed.entry(word(&bytes, 0)).or_insert_with(|| {
                let off = strs.len() as u32;
                strs.extend_from_slice(&name);
                strs.push(0);
                off
            });
            set_word(&mut bytes, 0, off);
        }
        parts.types.push(Type { bytes, name });
    }
    sorted(&parts)
}

/// The wire form of `parts`, sorted by name.
pub fn sorted(parts: &Parts) -> Vec<u8> {
    let mut order: Vec<usize> = (0..parts.types.len()).collect();
    order.sort_by(|&a, &b| parts.types[a].name.cmp(&parts.types[b].name));
    put_together(parts, &order)
}

/// `vmlinux` as kernels had it before they sorted it: in no order of names.
pub fn unsorted(vmlinux: &[u8]) -> Vec<u8> {
    let parts = take_apart(vmlinux);
    let mut order: Vec<usize> = (0..parts.types.len()).collect();
    // Any order does that is the same each time.
    let mut seed = 1u64;
    for last in (1..order.len()).rev() {
        seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1);
        order.swap(last, (seed >> 33) as usize % (last + 1));
    }
    put_together(&parts, &order)
}

/// Takes `btf`, which is a kernel's own, apart.
pub fn take_apart(btf: &[u8]) -> Parts {
    let header = word(btf, 4) as usize;
    let part = |at| {
        let off = header + word(btf, at) as usize;
        &btf[off..off + word(btf, at + 4) as usize]
    };
    let (mut rest, strs) = (part(8), part(16));
    let mut types = Vec::new();
    while !rest.is_empty() {
        let (bytes, after) = rest.split_at(length(rest));
        let name = &strs[word(bytes, 0) as usize..];
        let name = name.split(|&b| b == 0).next().unwrap_or_default();
        types.push(Type {
            bytes: bytes.to_vec(),
            name: name.to_vec(),
        });
        rest = after;
    }
    let strs = strs.to_vec();
    Parts { types, strs }
}

/// The wire form of `parts`, whose types come in this order.
fn put_together(parts: &Parts, order: &[usize]) -> Vec<u8> {
    let mut ids = vec![0; order.len() + 1];
    for (new, &old) in (1..).zip(order) {
        ids[old + 1] = new;
    }
    let mut types = Vec::new();
    for &old in order {
        let mut bytes = parts.types[old].bytes.clone();
        for at in id_fields(&bytes) {
            let id = word(&bytes, at);
            set_word(&mut bytes, at, ids[id as usize]);
        }
        types.extend_from_slice(&bytes);
    }
    let (types_len, strs_len) = (types.len() as u32, parts.strs.len() as u32);
    let mut btf = vec![];
    for word in [0x0001_eb9f, 24, 0, types_len, types_len, strs_len] {
        btf.extend_from_slice(&u32::to_ne_bytes(word));
    }
    btf.extend_from_slice(&types);
    btf.extend_from_slice(&parts.strs);
    btf
}

/// Number of the record's kind.
pub fn kind(record: &[u8]) -> u32 {
    (word(record, 4) >> 24) & 0x7f
}

fn vlen(record: &[u8]) -> usize {
    (word(record, 4) & 0x00ff_ffff) as usize
}

/// Size of the record that `bytes` starts with, kinds as in `include/uapi/linux/btf.h`.
fn length(bytes: &[u8]) -> usize {
    12 + match kind(bytes) {
        1 | 14 | 17 => 4,
        3 => 12,
        4 | 5 | 15 | 19 => 12 * vlen(bytes),
        6 | 13 => 8 * vlen(bytes),
        _ => 0,
    }
}

/// Where type ids stand in a record.
fn id_fields(record: &[u8]) -> Vec<usize> {
    let each = |from, stride| (0..vlen(record)).map(move |n| from + n * stride);
    match kind(record) {
        2 | 8..=12 | 14 | 17 | 18 => vec![8],
        3 => vec![12, 16],
        4 | 5 => each(16, 12).collect(),
        13 => std::iter::once(8).chain(each(16, 8)).collect(),
        15 => each(12, 12).collect(),
        _ => vec![],
    }
}

/// The `u32` at byte offset `at`.
pub fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_ne_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

/// Sets the `u32` at byte offset `at`.
pub fn set_word(bytes: &mut [u8], at: usize, value: u32) {
    bytes[at..at + 4].copy_from_slice(&value.to_ne_bytes());
}
