// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Where the type ids and the string offsets of a type record stand.
//!
//! The one place that knows this. In every kind both lie in one field of `struct btf_type` or
//! none, followed by one field in each element or none, so that a [`Fields`] is two numbers and a
//! stride.

use super::format::{
    index,
    Kind,
    Record, //
};

/// Byte offsets, within a record, of the fields of one sort.
#[derive(Clone)]
pub struct Fields {
    /// The field in `struct btf_type`, if it is still to come.
    head: Option<usize>,
    /// The next field in an element.
    next: usize,
    /// From one of those to the following.
    stride: usize,
    /// How many of them are still to come.
    left: usize,
}

impl Fields {
    fn new(head: Option<usize>, next: usize, stride: usize, left: usize) -> Self {
        Self {
            head,
            next,
            stride,
            left,
        }
    }

    /// Fields of `record` that hold a type id.
    #[inline]
    pub fn ids(record: &Record<'_>) -> Self {
        let vlen = index(record.vlen());
        match record.kind() {
            Kind::Ptr
            | Kind::Typedef
            | Kind::Volatile
            | Kind::Const
            | Kind::Restrict
            | Kind::Func
            | Kind::Var
            | Kind::DeclTag
            | Kind::TypeTag => Self::new(Some(8), 0, 0, 0),
            Kind::FuncProto => Self::new(Some(8), 16, 8, vlen),
            Kind::Array => Self::new(None, 12, 4, 2),
            Kind::Struct | Kind::Union => Self::new(None, 16, 12, vlen),
            Kind::Datasec => Self::new(None, 12, 12, vlen),
            Kind::Int | Kind::Fwd | Kind::Float | Kind::Enum | Kind::Enum64 | Kind::Unknown => {
                Self::new(None, 0, 0, 0)
            }
        }
    }

    /// Fields of `record` that hold an offset into the strings.
    #[inline]
    pub fn strings(record: &Record<'_>) -> Self {
        let vlen = index(record.vlen());
        match record.kind() {
            Kind::Struct | Kind::Union | Kind::Enum64 => Self::new(Some(0), 12, 12, vlen),
            Kind::Enum | Kind::FuncProto => Self::new(Some(0), 12, 8, vlen),
            _ => Self::new(Some(0), 0, 0, 0),
        }
    }
}

impl Iterator for Fields {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        if let Some(at) = self.head.take() {
            return Some(at);
        }
        self.left = self.left.checked_sub(1)?;
        let at = self.next;
        // NO-OVERFLOW: The record is in memory, so that its size fits.
        self.next = at.wrapping_add(self.stride);
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::btf::format::Layout;

    /// A record of `kind` with two elements, and room for every kind's tail.
    fn fields(kind: Kind) -> (Vec<usize>, Vec<usize>) {
        let mut bytes = [0u8; 40];
        let info = ((kind as u32) << 24) | 2;
        bytes[4..8].copy_from_slice(&info.to_ne_bytes());
        let record = Record::read(&bytes, Layout::default()).unwrap();
        (
            Fields::ids(&record).collect(),
            Fields::strings(&record).collect(),
        )
    }

    #[test]
    fn every_field_is_found() {
        assert_eq!(fields(Kind::Int), (vec![], vec![0]));
        assert_eq!(fields(Kind::Ptr), (vec![8], vec![0]));
        assert_eq!(fields(Kind::Array), (vec![12, 16], vec![0]));
        assert_eq!(fields(Kind::Struct), (vec![16, 28], vec![0, 12, 24]));
        assert_eq!(fields(Kind::Enum), (vec![], vec![0, 12, 20]));
        assert_eq!(fields(Kind::Enum64), (vec![], vec![0, 12, 24]));
        assert_eq!(fields(Kind::FuncProto), (vec![8, 16, 24], vec![0, 12, 20]));
        assert_eq!(fields(Kind::Datasec), (vec![12, 24], vec![0]));
        assert_eq!(fields(Kind::Var), (vec![8], vec![0]));
        assert_eq!(fields(Kind::DeclTag), (vec![8], vec![0]));
    }
}
