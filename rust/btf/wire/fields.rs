// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Where each kind of record keeps what: the one table that knows.
//!
//! A record is `struct btf_type`, a fixed part that some kinds have, and a part for each of `vlen`
//! elements. [`Fields::of`] says how long these are and where type ids and string offsets stand in
//! them; [`ids`] and [`names`] read these, [`translate()`] replaces them.
//!
//! C header: [`include/uapi/linux/btf.h`](srctree/include/uapi/linux/btf.h)

pub use super::translate::translate;

use super::{
    kind::Kind,
    record::{
        Record,
        RECORD_LEN, //
    },
    words::word, //
};
use crate::btf::number::{
    Id,
    Off,
    Space, //
};
use core::marker::PhantomData;

/// Where the type that a record refers to stands, for kinds that do.
pub(super) const TARGET: usize = 8;

/// What a kind keeps where.
#[derive(Clone, Copy)]
pub struct Fields {
    /// Bytes of the fixed part.
    pub fixed: u8,
    /// Bytes of each element; 0 for kinds without elements.
    pub each: u8,
    /// Whether the third word of `struct btf_type` is a type id.
    pub(super) target: bool,
    /// How many words at the start of the fixed part are type ids.
    pub(super) fixed_ids: u8,
    /// Whether an element starts with a name.
    pub(super) each_name: bool,
    /// Where in an element its type id stands.
    pub(super) each_id: Option<u8>,
    /// What of this is to be translated.
    pub(super) form: Form,
}

/// What a record has behind `struct btf_type` that is to be translated.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// Nothing.
    Plain,
    /// Elements of 12 bytes: a name, a type id and more.
    NameIdMore,
    /// Elements of 8 bytes: a name and a type id.
    NameId,
    /// Something else.
    Other,
}

impl Fields {
    const NONE: Self = Self {
        fixed: 0,
        each: 0,
        target: false,
        fixed_ids: 0,
        each_name: false,
        each_id: None,
        form: Form::Plain,
    };

    const fn fixed(mut self, bytes: u8, ids: u8) -> Self {
        self.fixed = bytes;
        self.fixed_ids = ids;
        if ids != 0 {
            self.form = Form::Other;
        }
        self
    }

    const fn each(mut self, bytes: u8, name: bool, id: Option<u8>) -> Self {
        self.each = bytes;
        self.each_name = name;
        self.each_id = id;
        self.form = match (bytes, name, id) {
            (12, true, Some(4)) => Form::NameIdMore,
            (8, true, Some(4)) => Form::NameId,
            _ => Form::Other,
        };
        self
    }

    const fn target(mut self) -> Self {
        self.target = true;
        self
    }

    /// Those of `kind`.
    #[inline]
    pub const fn of(kind: Kind) -> Self {
        // One row for each kind.
        const TABLE: [Fields; Kind::COUNT] = {
            let mut rows = [Fields::NONE; Kind::COUNT];
            rows[Kind::Int as usize] = Fields::NONE.fixed(4, 0);
            rows[Kind::Ptr as usize] = Fields::NONE.target();
            rows[Kind::Array as usize] = Fields::NONE.fixed(12, 2);
            rows[Kind::Struct as usize] = Fields::NONE.each(12, true, Some(4));
            rows[Kind::Union as usize] = Fields::NONE.each(12, true, Some(4));
            rows[Kind::Enum as usize] = Fields::NONE.each(8, true, None);
            rows[Kind::Typedef as usize] = Fields::NONE.target();
            rows[Kind::Volatile as usize] = Fields::NONE.target();
            rows[Kind::Const as usize] = Fields::NONE.target();
            rows[Kind::Restrict as usize] = Fields::NONE.target();
            rows[Kind::Func as usize] = Fields::NONE.target();
            rows[Kind::FuncProto as usize] = Fields::NONE.target().each(8, true, Some(4));
            rows[Kind::Var as usize] = Fields::NONE.target().fixed(4, 0);
            rows[Kind::Datasec as usize] = Fields::NONE.each(12, false, Some(0));
            rows[Kind::DeclTag as usize] = Fields::NONE.target().fixed(4, 0);
            rows[Kind::TypeTag as usize] = Fields::NONE.target();
            rows[Kind::Enum64 as usize] = Fields::NONE.each(12, true, None);
            rows
        };
        TABLE[kind as usize]
    }

    /// Those of the kind that `info` gives a record.
    #[inline]
    pub(super) const fn of_info(info: u32) -> Self {
        // By number of kind, those that are not known among them.
        const ROWS: [Fields; 128] = {
            let mut rows = [Fields::NONE; 128];
            let mut number = 0;
            while number < Kind::COUNT {
                // CAST: A small number.
                rows[number] = Fields::of(Kind::of_info((number as u32) << 24));
                number += 1;
            }
            rows
        };
        // CAST: Seven bits.
        ROWS[Kind::number_of_info(info) as usize]
    }

    /// Bytes of the fixed part and of each element that `info` gives a record; [`None`] for a kind
    /// that is not known.
    #[inline]
    pub const fn lens(info: u32) -> Option<(u8, u8)> {
        // By number of kind, for the walk over all records: no more than is needed there.
        const LENS: [Option<(u8, u8)>; 128] = {
            let mut lens = [None; 128];
            let mut number = 1;
            while number < Kind::COUNT {
                // CAST: A small number.
                let fields = Fields::of(Kind::of_info((number as u32) << 24));
                lens[number] = Some((fields.fixed, fields.each));
                number += 1;
            }
            lens
        };
        // CAST: Seven bits.
        LENS[Kind::number_of_info(info) as usize]
    }

    /// Bytes from one element to the next, where there are any.
    #[inline]
    pub(super) fn stride(self) -> usize {
        usize::from(self.each).max(1)
    }
}

/// The type ids in `record`, in the order in which they stand.
#[inline(always)]
pub fn ids<'a, S: Space>(record: &Record<'a, S>) -> Ids<'a, S> {
    let fields = Fields::of(record.kind());
    let elements = fields.each_id.and_then(|at| {
        let (_, elements) = record.parts();
        elements.get(usize::from(at)..)
    });
    // Those of the fixed part follow the third word; no kind has both.
    let (from, count) = if fields.target {
        (TARGET, 1)
    } else {
        (RECORD_LEN, usize::from(fields.fixed_ids))
    };
    let head = record.bytes().get(from..from + 4 * count);
    Ids {
        head: head.unwrap_or(&[]),
        elements: elements.unwrap_or(&[]),
        stride: fields.stride(),
        of: PhantomData,
    }
}

/// Calls `each` for the type ids in `record` but that of `void`: as [`ids`], for where time counts.
#[inline]
pub fn each_id<S: Space>(record: &Record<'_, S>, mut each: impl FnMut(Id<S>)) {
    let fields = Fields::of_info(record.info());
    if let Some(id) = record.target().filter(|_| fields.target) {
        each(id);
    }
    let mut id_at = |bytes: &[u8], at| {
        if let Some(id) = word(bytes, at).and_then(Id::new) {
            each(id);
        }
    };
    let tail = record.tail();
    match fields.form {
        Form::Plain => {}
        Form::NameIdMore => {
            for member in tail.chunks_exact(12) {
                id_at(member, 4);
            }
        }
        Form::NameId => {
            for param in tail.chunks_exact(8) {
                id_at(param, 4);
            }
        }
        Form::Other => {
            let (fixed, elements) = record.parts();
            for nth in 0..usize::from(fields.fixed_ids) {
                id_at(fixed, nth.wrapping_mul(4));
            }
            if let Some(at) = fields.each_id {
                for element in elements.chunks_exact(fields.stride()) {
                    id_at(element, usize::from(at));
                }
            }
        }
    }
}

/// The names in `record`, its own first.
#[inline(always)]
pub fn names<'a, S: Space>(record: &Record<'a, S>) -> Names<'a, S> {
    let fields = Fields::of(record.kind());
    let (_, elements) = record.parts();
    Names {
        own: Some(record.name()),
        elements: if fields.each_name { elements } else { &[] },
        stride: fields.stride(),
    }
}

/// Whether records of this kind have parts with names.
#[inline]
pub fn has_named_parts(kind: Kind) -> bool {
    Fields::of(kind).each_name
}

/// See [`ids`].
#[derive(Clone)]
pub struct Ids<'a, S> {
    /// Those before the elements that are left.
    head: &'a [u8],
    /// The elements, from the next id on.
    elements: &'a [u8],
    stride: usize,
    of: PhantomData<S>,
}

impl<S: Space> Iterator for Ids<'_, S> {
    type Item = Option<Id<S>>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        if let Some((&id, rest)) = self.head.split_first_chunk() {
            self.head = rest;
            return Some(Id::new(u32::from_ne_bytes(id)));
        }
        let id = word(self.elements, 0)?;
        self.elements = self.elements.get(self.stride..).unwrap_or(&[]);
        Some(Id::new(id))
    }
}

/// See [`names`].
#[derive(Clone)]
pub struct Names<'a, S> {
    /// That of the record, until it has been given.
    own: Option<Option<Off<S>>>,
    /// The elements, from the next name on.
    elements: &'a [u8],
    stride: usize,
}

impl<S: Space> Iterator for Names<'_, S> {
    type Item = Option<Off<S>>;

    #[inline(always)]
    fn next(&mut self) -> Option<Self::Item> {
        if let Some(own) = self.own.take() {
            return Some(own);
        }
        let name = word(self.elements, 0)?;
        self.elements = self.elements.get(self.stride..).unwrap_or(&[]);
        Some(Off::new(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::btf::{
        number::{
            number_of,
            Base,
            Split, //
        },
        wire::layout::Layout,
    };

    /// Where the ids and the names of a record of `kind` with two elements stand, in words: each
    /// word of the record holds its own place, counted from 1.
    fn fields(kind: Kind) -> (Vec<u32>, Vec<u32>) {
        let mut bytes: Vec<u8> = (1..11u32).flat_map(|n| n.to_ne_bytes()).collect();
        let info = ((kind as u32) << 24) | 2;
        bytes[4..8].copy_from_slice(&info.to_ne_bytes());
        let record = Record::<Base>::read(&bytes, Layout::default()).unwrap();
        let mut copy = record.bytes().to_vec();
        let (mut its_ids, mut its_names) = (vec![], vec![]);
        let name = |old: Off<Base>| {
            its_names.push(old.number());
            Ok::<_, ()>(Off::<Split>::new(old.number() + 100))
        };
        let id = |old: Id<Base>| {
            its_ids.push(old.number());
            Ok(Id::<Split>::new(old.number() + 200))
        };
        translate(&mut copy, name, id).unwrap();
        // Each in its own place, and nothing else.
        for (nth, (new, old)) in (1..).zip(copy.chunks(4).zip(record.bytes().chunks(4))) {
            let word = |w: &[u8]| u32::from_ne_bytes(w.try_into().unwrap());
            let more = if its_names.contains(&nth) {
                100
            } else if its_ids.contains(&nth) {
                200
            } else {
                0
            };
            assert_eq!(word(new), word(old) + more);
        }
        let read: Vec<u32> = ids(&record).map(number_of).collect();
        assert_eq!(its_ids, read);
        let mut read = vec![];
        each_id(&record, |id| read.push(id.number()));
        assert_eq!(its_ids, read);
        let read: Vec<u32> = names(&record).map(|off| off.unwrap().number()).collect();
        assert_eq!(its_names, read);
        (its_ids, its_names)
    }

    #[test]
    fn every_field_is_found() {
        assert_eq!(fields(Kind::Int), (vec![], vec![1]));
        assert_eq!(fields(Kind::Ptr), (vec![3], vec![1]));
        assert_eq!(fields(Kind::Array), (vec![4, 5], vec![1]));
        assert_eq!(fields(Kind::Struct), (vec![5, 8], vec![1, 4, 7]));
        assert_eq!(fields(Kind::Enum), (vec![], vec![1, 4, 6]));
        assert_eq!(fields(Kind::Enum64), (vec![], vec![1, 4, 7]));
        assert_eq!(fields(Kind::FuncProto), (vec![3, 5, 7], vec![1, 4, 6]));
        assert_eq!(fields(Kind::Datasec), (vec![4, 7], vec![1]));
        assert_eq!(fields(Kind::Var), (vec![3], vec![1]));
        assert_eq!(fields(Kind::DeclTag), (vec![3], vec![1]));
        assert_eq!(fields(Kind::Fwd), (vec![], vec![1]));
        assert_eq!(fields(Kind::Float), (vec![], vec![1]));
    }
}
