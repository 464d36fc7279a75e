// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Finding names by their hashes.

use super::{
    compare,
    hash,
    Sorted,
    MAX_CANDIDATES, //
};
use crate::{
    btf::{
        kind::Kind,
        parse::{
            Btf,
            Locate, //
        },
        record::Record,
        words::index,
        Result, //
    },
    facade::Buf,
};
use core::cmp::Ordering;

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
    /// The other way, if the types are sorted by name all the same.
    sorted: Option<Sorted>,
}

impl Index {
    /// Walks all types of `btf`: once for a kernel, not for each module. `sorted` is the other way, if
    /// there is one.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new<L: Locate>(btf: &Btf<'_, L>, sorted: Option<Sorted>) -> Result<Self> {
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
            sorted,
        })
    }

    /// As [`super::Names::find`].
    pub fn find<'a, L: Locate>(
        &self,
        btf: &Btf<'a, L>,
        name: &[u8],
        mut each: impl FnMut(u32, Record<'a>),
    ) -> bool {
        let hash = hash(name);
        for (seen, entry) in self.bucket(hash).iter().enumerate() {
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

    /// The other way to find names, if the types are sorted.
    pub fn sorted(&self) -> Option<&Sorted> {
        self.sorted.as_ref()
    }

    /// Bytes that this holds on to.
    pub fn memory(&self) -> usize {
        let sorted = self.sorted.as_ref().map_or(0, Sorted::memory);
        // NO-OVERFLOW: All of it is in memory.
        size_of_val(&*self.entries) + size_of_val(&*self.buckets) + sorted
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
