// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! From a name to the types of the kernel that bear it.
//!
//! Newer kernels sort vmlinux BTF: types without a name first, the others in byte order of
//! their names, so that bisection finds a name without an index. Elsewhere an index over the kinds
//! that a base can name is built, once.

use super::{
    kind::Kind,
    parse::{
        Btf,
        Locate, //
    },
    record::Record,
    words::index,
    Result,
};
use crate::facade::Buf;
use core::cmp::Ordering;

/// Types of one name that are looked at. Kernels have a handful; beyond this the input is made to
/// cost time.
const MAX_CANDIDATES: usize = 512;

/// How the types of a BTF are found by name.
pub enum Names {
    /// The types are sorted: bisect.
    Sorted,
    /// They are not: an index.
    Index(Index),
}

impl Names {
    /// As [`Self::find`], for kinds that an index leaves out (functions): finds them where the types
    /// are sorted, and nothing where they are not.
    pub fn find_any<'a, L: Locate>(
        &self,
        btf: &Btf<'a, L>,
        name: &[u8],
        each: impl FnMut(u32, Record<'a>),
    ) -> bool {
        match self {
            Names::Index(names) if !names.sorted => true,
            _ => Names::Sorted.find(btf, name, each),
        }
    }

    /// Calls `each` for the types of `btf` (the one this was made of) named `name`, in order of
    /// their ids.
    ///
    /// Gives `false` if there are more of them than are worth looking at.
    pub fn find<'a, L: Locate>(
        &self,
        btf: &Btf<'a, L>,
        name: &[u8],
        mut each: impl FnMut(u32, Record<'a>),
    ) -> bool {
        match self {
            Names::Sorted => {
                let from = lower_bound(btf, name);
                for (seen, id) in (from..btf.end()).enumerate() {
                    let Some(record) = btf.record(id) else { break };
                    if compare(btf, record.name_off, name) != Ordering::Equal {
                        break;
                    }
                    if seen == MAX_CANDIDATES {
                        return false;
                    }
                    each(id, record);
                }
                true
            }
            Names::Index(names) => {
                let hash = hash(name);
                for (seen, entry) in names.bucket(hash).iter().enumerate() {
                    if seen == MAX_CANDIDATES {
                        return false;
                    }
                    if entry.hash != hash {
                        continue;
                    }
                    let Some(record) = btf.read_at(index(entry.at)) else {
                        continue;
                    };
                    if compare(btf, record.name_off, name) == Ordering::Equal {
                        each(entry.id, record);
                    }
                }
                true
            }
        }
    }

    /// Bytes that this holds on to.
    pub fn memory(&self) -> usize {
        match self {
            Names::Sorted => 0,
            Names::Index(names) => size_of_val(&*names.entries) + size_of_val(&*names.buckets),
        }
    }
}

/// Compares the string of `btf` at offset `off` with `name`, as `strcmp()` does.
fn compare<L>(btf: &Btf<'_, L>, off: u32, name: &[u8]) -> Ordering {
    let strs = btf.strs_from(off).unwrap_or(&[0]);
    match strs.get(..name.len()) {
        // Where they differ at or before the string's NUL decides: `name` has none.
        Some(same_len) => same_len.cmp(name).then(match strs.get(name.len()) {
            Some(0) | None => Ordering::Equal,
            Some(_) => Ordering::Greater,
        }),
        // The last string, shorter than `name`; its NUL decides at the latest.
        None => strs.cmp(name),
    }
}

/// The first type of sorted `btf` whose name is not less than `name`.
fn lower_bound<L: Locate>(btf: &Btf<'_, L>, name: &[u8]) -> u32 {
    let (mut low, mut high) = (btf.first(), btf.end());
    while low < high {
        // NO-OVERFLOW: `low < high`.
        let middle = low + (high - low) / 2;
        let less = btf
            .record(middle)
            .is_some_and(|r| compare(btf, r.name_off, name) == Ordering::Less);
        match less {
            true => low = middle + 1,
            false => high = middle,
        }
    }
    low
}

/// Whether the types of `btf` stand in order of their names, those without one first.
pub fn is_sorted<L: Locate>(btf: &Btf<'_, L>) -> bool {
    let mut last: &[u8] = &[];
    for (_, record) in btf.records() {
        if compare(btf, record.name_off, last) == Ordering::Less {
            return false;
        }
        last = btf.name(record.name_off).unwrap_or(&[]);
    }
    true
}

/// One name in an [`Index`].
#[derive(Clone, Copy)]
struct Entry {
    hash: u32,
    id: u32,
    /// Where its record stands, so that no table has to be asked.
    at: u32,
}

/// The types that a base can name, by hash of their names.
///
/// # Invariants
///
/// - `buckets` has a power of two of elements and one more; its elements ascend, and the last is
///   the number of entries.
/// - The entries of bucket `b` stand from `buckets[b]` up to `buckets[b + 1]`, ids ascending.
pub struct Index {
    buckets: Buf<u32>,
    entries: Buf<Entry>,
    /// Whether the types are sorted by name all the same.
    sorted: bool,
}

impl Index {
    /// Walks all types of `btf`: once for a kernel, not for each module.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new<L: Locate>(btf: &Btf<'_, L>) -> Result<Self> {
        let mut found = Buf::new();
        for (id, record) in btf.records() {
            if !is_indexed(record.kind()) {
                continue;
            }
            if let Some(name) = btf.name(record.name_off).filter(|n| !n.is_empty()) {
                let hash = hash(name);
                let at = u32::try_from(btf.record_at(id)).unwrap_or(u32::MAX);
                found.push(Entry { hash, id, at })?;
            }
        }
        let size = (found.len() / 2).max(1).next_power_of_two();
        let mut buckets: Buf<u32> = Buf::filled(size + 1, 0)?;
        // Count, then turn the counts into where each bucket ends, then fill from the back.
        for entry in found.iter() {
            if let Some(n) = buckets.get_mut(bucket_of(entry.hash, size)) {
                *n += 1;
            }
        }
        let mut sum = 0;
        for n in buckets.iter_mut() {
            sum += *n;
            *n = sum;
        }
        let mut entries: Buf<Entry> = Buf::with_capacity(found.len())?;
        entries.extend_from_slice(&found)?;
        for entry in found.iter().rev() {
            let Some(at) = buckets.get_mut(bucket_of(entry.hash, size)) else {
                continue;
            };
            // NO-OVERFLOW: It was counted above.
            *at -= 1;
            if let Some(place) = entries.get_mut(index(*at)) {
                *place = *entry;
            }
        }
        // INVARIANT: Each bucket's end has moved down to its start, which is the end of the one
        // before; nothing hashes to the last element.
        Ok(Self {
            buckets,
            entries,
            sorted: is_sorted(btf),
        })
    }

    /// The entries among which those with this hash are.
    fn bucket(&self, hash: u32) -> &[Entry] {
        let bounds = || {
            let at = bucket_of(hash, self.buckets.len().checked_sub(1)?);
            let from = *self.buckets.get(at)?;
            let to = *self.buckets.get(at + 1)?;
            self.entries.get(index(from)..index(to))
        };
        bounds().unwrap_or(&[])
    }
}

/// The bucket, of `size` (a power of two), that `hash` belongs to.
fn bucket_of(hash: u32, size: usize) -> usize {
    index(hash) & size.wrapping_sub(1)
}

/// Whether types of this kind are looked up by name.
fn is_indexed(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Int
            | Kind::Struct
            | Kind::Union
            | Kind::Enum
            | Kind::Fwd
            | Kind::Float
            | Kind::Enum64
            | Kind::Typedef
    )
}

/// FNV-1a.
pub fn hash(name: &[u8]) -> u32 {
    name.iter().fold(0x811c_9dc5, |h: u32, &b| {
        (h ^ u32::from(b)).wrapping_mul(0x0100_0193)
    })
}
