// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Where the type ids and the string offsets of a type record stand.
//!
//! The one place that knows this. In every kind both lie in one field of `struct btf_type` or
//! none, followed by one field in each element or none.

use super::format::{
    index,
    set_word,
    word,
    Kind,
    Record,
    RECORD_LEN, //
};

/// The fields of one sort in a record.
#[derive(Clone, Copy)]
pub struct Fields {
    /// Where the one in `struct btf_type` stands, if there is one.
    head: Option<usize>,
    /// Where the one in an element stands, from the start of the element.
    offset: usize,
    /// Size of an element.
    stride: usize,
    /// Number of elements that have one.
    count: usize,
}

impl Fields {
    const NONE: Self = Self::head(None);

    /// At most a field in `struct btf_type`.
    const fn head(head: Option<usize>) -> Self {
        Self {
            head,
            offset: 0,
            stride: 4,
            count: 0,
        }
    }

    /// Fields of `record` that hold a type id.
    #[inline]
    pub fn ids(record: &Record<'_>) -> Self {
        Self::ids_of(record.kind(), index(record.vlen()))
    }

    /// Fields of a record that hold a type id.
    #[inline]
    pub fn ids_of(kind: Kind, vlen: usize) -> Self {
        let elements = |head, offset, stride, count| Self {
            head,
            offset,
            stride,
            count,
        };
        match kind {
            Kind::Ptr
            | Kind::Typedef
            | Kind::Volatile
            | Kind::Const
            | Kind::Restrict
            | Kind::Func
            | Kind::Var
            | Kind::DeclTag
            | Kind::TypeTag => Self::head(Some(8)),
            Kind::FuncProto => elements(Some(8), 4, 8, vlen),
            Kind::Array => elements(None, 0, 4, 2),
            Kind::Struct | Kind::Union => elements(None, 4, 12, vlen),
            Kind::Datasec => elements(None, 0, 12, vlen),
            Kind::Int | Kind::Fwd | Kind::Float | Kind::Enum | Kind::Enum64 | Kind::Unknown => {
                Self::NONE
            }
        }
    }

    /// Fields of a record that hold an offset into the strings.
    #[inline]
    pub fn strings_of(kind: Kind, vlen: usize) -> Self {
        let elements = |stride| Self {
            head: Some(0),
            offset: 0,
            stride,
            count: vlen,
        };
        match kind {
            Kind::Struct | Kind::Union | Kind::Enum64 => elements(12),
            Kind::Enum | Kind::FuncProto => elements(8),
            _ => Self::head(Some(0)),
        }
    }

    /// What the fields of `record` hold.
    #[inline]
    pub fn values<'a>(self, record: &Record<'a>) -> impl Iterator<Item = u32> + 'a {
        let head = self.head.and_then(|at| word(record.bytes, at));
        let elements = record.tail().chunks_exact(self.stride).take(self.count);
        head.into_iter()
            .chain(elements.filter_map(move |e| word(e, self.offset)))
    }

    /// Puts what `new` makes of it in place of what each field of `record` holds.
    ///
    /// # Errors
    ///
    /// The first of `new`; fields from there on are as they were.
    #[inline]
    pub fn replace<E>(
        self,
        record: &mut [u8],
        mut new: impl FnMut(u32) -> Result<u32, E>,
    ) -> Result<(), E> {
        if let Some(at) = self.head {
            if let Some(old) = word(record, at) {
                let _ = set_word(record, at, new(old)?);
            }
        }
        let tail = record.get_mut(RECORD_LEN..).unwrap_or(&mut []);
        // With sizes that the compiler knows, no bound is left to check.
        match (self.stride, self.offset) {
            (12, 0) => elements::<12, 0, E>(tail, self.count, new),
            (12, 4) => elements::<12, 4, E>(tail, self.count, new),
            (8, 0) => elements::<8, 0, E>(tail, self.count, new),
            (8, 4) => elements::<8, 4, E>(tail, self.count, new),
            _ => elements::<4, 0, E>(tail, self.count, new),
        }
    }
}

/// Replaces the field at `OFFSET` in `count` elements of `STRIDE` bytes.
#[inline]
fn elements<const STRIDE: usize, const OFFSET: usize, E>(
    tail: &mut [u8],
    count: usize,
    mut new: impl FnMut(u32) -> Result<u32, E>,
) -> Result<(), E> {
    for element in tail.chunks_exact_mut(STRIDE).take(count) {
        if let Some(old) = word(element, OFFSET) {
            let _ = set_word(element, OFFSET, new(old)?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::btf::format::Layout;

    /// Where the fields of a record of `kind` with two elements stand, in words: each word of the
    /// record holds its own place.
    fn fields(kind: Kind) -> (Vec<u32>, Vec<u32>) {
        let mut bytes: Vec<u8> = (0..10u32).flat_map(|n| n.to_ne_bytes()).collect();
        let info = ((kind as u32) << 24) | 2;
        bytes[4..8].copy_from_slice(&info.to_ne_bytes());
        let record = Record::read(&bytes, Layout::default()).unwrap();
        let ids = Fields::ids(&record);
        let strings = Fields::strings_of(record.kind(), 2);
        // Both ways to visit them agree.
        for fields in [ids, strings] {
            let mut copy = record.bytes.to_vec();
            let mut seen = vec![];
            let new = |old| {
                seen.push(old);
                Ok::<_, ()>(old + 100)
            };
            fields.replace(&mut copy, new).unwrap();
            assert_eq!(seen, fields.values(&record).collect::<Vec<_>>());
            let changed = copy.iter().zip(record.bytes).filter(|(a, b)| a != b);
            assert_eq!(changed.count(), seen.len());
        }
        (
            ids.values(&record).collect(),
            strings.values(&record).collect(),
        )
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
    }
}
