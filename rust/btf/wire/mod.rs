// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What bytes mean: the header, kinds, records, and views of a whole BTF.

pub mod fields;
pub mod header;
pub mod kind;
pub mod layout;
pub mod locate;
pub mod notes;
pub mod pair;
pub mod record;
pub mod translate;
pub mod view;
pub mod words;

pub use self::{
    kind::Kind,
    locate::{
        Locate,
        Offsets, //
    },
    notes::{
        CutShort,
        Note,
        Notes, //
    },
    pair::{
        Owner,
        Pair, //
    },
    record::Record,
    view::Btf, //
};
