// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Where the type ids and the string offsets of a type record stand.
//!
//! The one place that knows this: [`Ids`] reads the ids, [`string_offsets`] the offsets, and
//! [`translate`] replaces both.

use super::{
    kind::Kind,
    record::{
        Record,
        RECORD_LEN, //
    },
    words::{
        index,
        set_word,
        word, //
    },
};

/// The type ids in a record.
#[derive(Clone, Copy)]
pub struct Ids {
    /// Where the one in `struct btf_type` stands, if there is one.
    head: Option<usize>,
    /// Where the one in an element stands, from the start of the element.
    offset: usize,
    /// Size of an element.
    stride: usize,
    /// Number of elements that have one.
    count: usize,
}

impl Ids {
    /// Finds those of `record`.
    #[inline]
    pub fn of(record: &Record<'_>) -> Self {
        let vlen = index(record.vlen());
        let (head, offset, stride, count) = match record.kind() {
            Kind::Ptr
            | Kind::Typedef
            | Kind::Volatile
            | Kind::Const
            | Kind::Restrict
            | Kind::Func
            | Kind::Var
            | Kind::DeclTag
            | Kind::TypeTag => (Some(8), 0, 4, 0),
            Kind::FuncProto => (Some(8), 4, 8, vlen),
            Kind::Array => (None, 0, 4, 2),
            Kind::Struct | Kind::Union => (None, 4, 12, vlen),
            Kind::Datasec => (None, 0, 12, vlen),
            Kind::Int | Kind::Fwd | Kind::Float | Kind::Enum | Kind::Enum64 | Kind::Unknown => {
                (None, 0, 4, 0)
            }
        };
        Self {
            head,
            offset,
            stride,
            count,
        }
    }

    /// The ids.
    #[inline]
    pub fn values<'a>(self, record: &Record<'a>) -> impl Iterator<Item = u32> + 'a {
        let head = self.head.and_then(|at| word(record.bytes, at));
        let elements = record.tail().chunks_exact(self.stride).take(self.count);
        head.into_iter()
            .chain(elements.filter_map(move |e| word(e, self.offset)))
    }
}

/// The string offsets in a record, its name's first.
#[inline]
pub fn string_offsets<'a>(record: &Record<'a>) -> impl Iterator<Item = u32> + 'a {
    let (stride, count) = match record.kind() {
        Kind::Struct | Kind::Union | Kind::Enum64 => (12, index(record.vlen())),
        Kind::Enum | Kind::FuncProto => (8, index(record.vlen())),
        _ => (4, 0),
    };
    let elements = record.tail().chunks_exact(stride).take(count);
    [record.name_off]
        .into_iter()
        .chain(elements.filter_map(|e| word(e, 0)))
}

/// Puts what `string` and `id` make of it in place of each string offset and type id in `record`.
///
/// Both at once and in one step for a kind: this is where reconciling spends its time.
///
/// # Errors
///
/// The first of `string` or `id`; fields from there on are as they were.
#[inline]
pub fn translate<E>(
    record: &mut [u8],
    mut string: impl FnMut(u32) -> Result<u32, E>,
    mut id: impl FnMut(u32) -> Result<u32, E>,
) -> Result<(), E> {
    let Some((head, tail)) = record.split_first_chunk_mut::<RECORD_LEN>() else {
        return Ok(());
    };
    replace(head, 0, &mut string)?;
    let kind = word(head, 4).map_or(Kind::Unknown, Kind::of_info);
    match kind {
        Kind::Ptr
        | Kind::Typedef
        | Kind::Volatile
        | Kind::Const
        | Kind::Restrict
        | Kind::Func
        | Kind::Var
        | Kind::DeclTag
        | Kind::TypeTag => replace(head, 8, &mut id)?,
        Kind::FuncProto => {
            replace(head, 8, &mut id)?;
            for param in tail.chunks_exact_mut(8) {
                replace(param, 0, &mut string)?;
                replace(param, 4, &mut id)?;
            }
        }
        Kind::Array => {
            replace(tail, 0, &mut id)?;
            replace(tail, 4, &mut id)?;
        }
        Kind::Struct | Kind::Union => {
            for member in tail.chunks_exact_mut(12) {
                replace(member, 0, &mut string)?;
                replace(member, 4, &mut id)?;
            }
        }
        Kind::Enum => {
            for value in tail.chunks_exact_mut(8) {
                replace(value, 0, &mut string)?;
            }
        }
        Kind::Enum64 => {
            for value in tail.chunks_exact_mut(12) {
                replace(value, 0, &mut string)?;
            }
        }
        Kind::Datasec => {
            for variable in tail.chunks_exact_mut(12) {
                replace(variable, 0, &mut id)?;
            }
        }
        Kind::Int | Kind::Fwd | Kind::Float | Kind::Unknown => {}
    }
    Ok(())
}

/// Replaces the field at `at`.
#[inline(always)]
fn replace<E>(
    bytes: &mut [u8],
    at: usize,
    new: &mut impl FnMut(u32) -> Result<u32, E>,
) -> Result<(), E> {
    if let Some(old) = word(bytes, at) {
        let _ = set_word(bytes, at, new(old)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::btf::record::Layout;

    /// Where the ids and the strings of a record of `kind` with two elements stand, in words: each
    /// word of the record holds its own place.
    fn fields(kind: Kind) -> (Vec<u32>, Vec<u32>) {
        let mut bytes: Vec<u8> = (0..10u32).flat_map(|n| n.to_ne_bytes()).collect();
        let info = ((kind as u32) << 24) | 2;
        bytes[4..8].copy_from_slice(&info.to_ne_bytes());
        let record = Record::read(&bytes, Layout::default()).unwrap();
        let mut copy = record.bytes.to_vec();
        let (mut ids, mut strings) = (vec![], vec![]);
        let string = |old| {
            strings.push(old);
            Ok::<_, ()>(old + 100)
        };
        let id = |old| {
            ids.push(old);
            Ok(old + 200)
        };
        translate(&mut copy, string, id).unwrap();
        // Each in its own place, and nothing else.
        for (nth, (new, old)) in copy.chunks(4).zip(record.bytes.chunks(4)).enumerate() {
            let word = |w: &[u8]| u32::from_ne_bytes(w.try_into().unwrap());
            let nth = nth as u32;
            let more = match (strings.contains(&nth), ids.contains(&nth)) {
                (true, _) => 100,
                (_, true) => 200,
                _ => 0,
            };
            assert_eq!(word(new), word(old) + more);
        }
        assert_eq!(ids, Ids::of(&record).values(&record).collect::<Vec<_>>());
        assert_eq!(strings, string_offsets(&record).collect::<Vec<_>>());
        (ids, strings)
    }

    #[test]
    fn every_field_is_found() {
        assert_eq!(fields(Kind::Int), (vec![], vec![0]));
        assert_eq!(fields(Kind::Ptr), (vec![2], vec![0]));
        assert_eq!(fields(Kind::Array), (vec![3, 4], vec![0]));
        assert_eq!(fields(Kind::Struct), (vec![4, 7], vec![0, 3, 6]));
        assert_eq!(fields(Kind::Enum), (vec![], vec![0, 3, 5]));
        assert_eq!(fields(Kind::Enum64), (vec![], vec![0, 3, 6]));
        assert_eq!(fields(Kind::FuncProto), (vec![2, 4, 6], vec![0, 3, 5]));
        assert_eq!(fields(Kind::Datasec), (vec![3, 6], vec![0]));
        assert_eq!(fields(Kind::Var), (vec![2], vec![0]));
        assert_eq!(fields(Kind::DeclTag), (vec![2], vec![0]));
        assert_eq!(fields(Kind::Fwd), (vec![], vec![0]));
        assert_eq!(fields(Kind::Float), (vec![], vec![0]));
    }
}
