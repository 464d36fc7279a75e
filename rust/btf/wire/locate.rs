// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Where records start.

use super::{
    header::Header,
    kind::Kind,
    record::record_len,
    words::{
        index,
        word, //
    },
};
use crate::{
    btf::{
        error::{
            Error,
            Fault,
            Place,
            Section, //
        },
        limits::MAX_TYPE,
        number::{
            Id,
            Space, //
        },
        pace::Pace,
        Result, //
    },
    facade::Buf,
};

/// Where `info` stands in a record.
const INFO: usize = 4;
/// Bytes of a record, in the mean and rounded down.
const MEAN_RECORD: usize = 20;

/// Finds type records by their place in the order of types.
///
/// What comes back is looked up in the type section with a check, so that a wrong answer gives
/// a wrong type at worst.
pub trait Locate {
    /// Byte offset, in the type section, of record number `nth` (from 0); [`None`] past the last.
    fn locate(&self, nth: u32) -> Option<usize>;
}

/// Offsets of all records, found by walking them.
pub struct Offsets(Buf<u32>);

impl Offsets {
    /// Walks the type section that `header` names.
    ///
    /// # Errors
    ///
    /// The section must be made of whole records of known sizes, `first` being the id of the first
    /// one; anything else is a fault of the type that it is seen at.
    pub fn walk<S: Space>(header: &Header<'_>, section: Section, first: Id<S>) -> Result<Self> {
        let types = header.types;
        // Growing from there is rare.
        let mut offsets = Buf::with_capacity(types.len() / MEAN_RECORD)?;
        let mut pace = Pace::new();
        let mut at = 0usize;
        let mut id = first.number();
        while at < types.len() {
            pace.step();
            let fail = |fault| Error::new(section, Place::Type(id), fault);
            if id > MAX_TYPE {
                return Err(fail(Fault::TooLarge));
            }
            let rest = types.get(at..).unwrap_or(&[]);
            let Some(len) = word(rest, INFO).and_then(|info| record_len(info, header.layout))
            else {
                return Err(fail(unreadable(rest)));
            };
            if len > rest.len() {
                return Err(fail(Fault::Truncated));
            }
            offsets.push(u32::try_from(at).map_err(|_| fail(Fault::TooLarge))?)?;
            // No more than there are bytes, and at most one more than `MAX_TYPE`.
            at = at.wrapping_add(len);
            id = id.wrapping_add(1);
        }
        Ok(Self(offsets))
    }

    /// The same once more.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn copy(&self) -> Result<Self> {
        let mut offsets = Buf::with_capacity(self.0.len())?;
        offsets.extend_from_slice(&self.0)?;
        Ok(Self(offsets))
    }

    /// Offsets of all records.
    pub fn all(&self) -> &[u32] {
        &self.0
    }

    /// Number of records.
    pub fn count(&self) -> u32 {
        // There are no more than ids.
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }
}

/// Why no record can be read at the start of `bytes`.
fn unreadable(bytes: &[u8]) -> Fault {
    match word(bytes, INFO) {
        Some(info) if Kind::of_info(info) == Kind::Unknown => {
            Fault::UnknownKind(Kind::number_of_info(info))
        }
        _ => Fault::Truncated,
    }
}

impl Locate for Offsets {
    #[inline]
    fn locate(&self, nth: u32) -> Option<usize> {
        self.0.get(index(nth)).map(|&at| index(at))
    }
}
