// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! BTF, read into types that own all that they say.

pub use super::model::{
    Element,
    Kind,
    Type, //
};

use std::{
    collections::HashMap,
    sync::atomic::{
        AtomicBool,
        Ordering, //
    }, //
};

/// Bytes of a name from which on the kernel does not take it for one.
const LONG_NAME: usize = 512;

/// The types of a BTF, and of what it is split from.
pub struct Types<'b> {
    pub base: Option<&'b Types<'b>>,
    /// Id of the first type that is not of the base.
    pub first: u32,
    types: Vec<Type>,
    names: HashMap<Vec<u8>, Vec<u32>>,
    strings_start: u32,
    strings: Vec<u8>,
    /// Bytes of types.
    pub types_len: usize,
    /// Whether a name starts where no string does.
    is_misnamed: AtomicBool,
}

impl<'b> Types<'b> {
    /// Reads BTF that stands on its own, or is split from `base`; [`None`] if it can't be read.
    pub fn read(bytes: &[u8], base: Option<&'b Types<'b>>) -> Option<Self> {
        let header_len = word(bytes, 4)? as usize;
        // What the header is too short for is 0, and it takes all of 32 bytes to name a layout.
        let mut header = bytes.get(..header_len)?.to_vec();
        header.resize(header_len.max(32), 0);
        if header[..2] != 0xeb9fu16.to_ne_bytes() || header[2] != 1 {
            return None;
        }
        let section = |at| {
            let (from, len) = (word(&header, at)?, word(&header, at + 4)?);
            if len == 0 {
                // Nothing may lie anywhere.
                return Some(&[][..]);
            }
            let from = header_len.checked_add(from as usize)?;
            bytes.get(from..from.checked_add(len as usize)?)
        };
        let layout = if header_len < 32 { &[] } else { section(24)? };
        let records = section(8)?;
        let mut types = Self {
            base,
            first: base.map_or(1, Types::end),
            types: vec![],
            names: HashMap::new(),
            strings_start: base.map_or(0, Types::strings_end),
            strings: section(16)?.to_vec(),
            types_len: records.len(),
            is_misnamed: AtomicBool::new(false),
        };
        let mut rest = records;
        while !rest.is_empty() {
            let len = record_len(rest, layout)?;
            let read = types.record(rest.get(..len)?)?;
            let id = types.end();
            types.names.entry(read.name.clone()).or_default().push(id);
            types.types.push(read);
            rest = &rest[len..];
        }
        Some(types)
    }

    /// One more than the id of the last type.
    pub fn end(&self) -> u32 {
        self.first + self.types.len() as u32
    }

    /// The type with this id; [`None`] for `void` and for no type.
    pub fn get(&self, id: u32) -> Option<&Type> {
        match id.checked_sub(self.first) {
            Some(nth) => self.types.get(nth as usize),
            None => self.base?.get(id),
        }
    }

    /// All types but those of the base, with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Type)> {
        (self.first..).zip(&self.types)
    }

    /// Those of them that have this name.
    pub fn named(&self, name: &[u8]) -> &[u32] {
        self.names.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether their names ascend, and are such as can be looked up.
    pub fn are_sorted(&self) -> bool {
        let mut names = self.types.iter().map(|t| &t.name);
        names.clone().is_sorted() && names.all(|name| name.len() < LONG_NAME)
    }

    /// Bytes of strings.
    pub fn strings_len(&self) -> usize {
        self.strings.len()
    }

    fn strings_end(&self) -> u32 {
        self.strings_start + self.strings.len() as u32
    }

    /// The same types, split from `kernel`.
    pub fn split_from<'k>(&self, kernel: &'k Types<'k>) -> Types<'k> {
        let up = kernel.end() - 1;
        let new = |id: u32| if id == 0 { 0 } else { id.saturating_add(up) };
        let types = self.types.iter().map(|of| of.clone().renumbered(new));
        let names = self.names.iter().map(|(name, ids)| {
            let ids = ids.iter().map(|&id| new(id)).collect();
            (name.clone(), ids)
        });
        Types {
            base: Some(kernel),
            first: kernel.end(),
            types: types.collect(),
            names: names.collect(),
            strings_start: kernel.strings_end(),
            strings: self.strings.clone(),
            types_len: self.types_len,
            is_misnamed: AtomicBool::new(self.is_misnamed.load(Ordering::Relaxed)),
        }
    }

    /// Whether every name starts where a string starts.
    pub fn are_named_well(&self) -> bool {
        !self.is_misnamed.load(Ordering::Relaxed)
    }

    /// Whether the strings are such as stand on their own: the empty one is the first.
    pub fn has_strings_of_its_own(&self) -> bool {
        self.strings.first() == Some(&0)
    }

    /// Whether a string starts at this offset.
    fn starts_string(&self, off: u32) -> bool {
        match (off.checked_sub(self.strings_start), self.base) {
            (None, base) => base.is_some_and(|base| base.starts_string(off)),
            (Some(0), _) => !self.strings.is_empty(),
            (Some(at), _) => {
                let around = self.strings.get(at as usize - 1..=at as usize);
                around.is_some_and(|around| around[0] == 0)
            }
        }
    }

    /// The name at this offset.
    fn name(&self, off: u32) -> Vec<u8> {
        if off != 0 && !self.starts_string(off) {
            self.is_misnamed.store(true, Ordering::Relaxed);
        }
        self.string(off)
    }

    /// The string at this offset. One that is not there has a name that none can have, and no
    /// other such one has.
    fn string(&self, off: u32) -> Vec<u8> {
        if off == 0 {
            return vec![];
        }
        let Some(at) = off.checked_sub(self.strings_start) else {
            let base = self.base.expect("only split BTF has strings further back");
            return base.string(off);
        };
        let strings = self.strings.get(at as usize..).unwrap_or(&[]);
        match strings.iter().position(|&b| b == 0) {
            Some(end) => strings[..end].to_vec(),
            None => format!("\0{off}").into_bytes(),
        }
    }

    /// Reads one record.
    fn record(&self, bytes: &[u8]) -> Option<Type> {
        let info = word(bytes, 4)?;
        let third = word(bytes, 8)?;
        let tail = &bytes[12..];
        let kind = kind(info);
        let flag = info >> 31 != 0;
        let mut read = Type {
            kind,
            name: self.name(word(bytes, 0)?),
            flag,
            vlen: info & 0x00ff_ffff,
            size: 0,
            elements: vec![],
            index: 0,
            rest: vec![],
        };
        let refers = |id| Element {
            id,
            ..Element::default()
        };
        match kind {
            Kind::Ptr | Kind::Func => read.elements.push(refers(third)),
            kind if kind.is_modifier() => read.elements.push(refers(third)),
            Kind::Var | Kind::DeclTag => {
                read.elements.push(refers(third));
                read.rest = tail.to_vec();
            }
            Kind::FuncProto => {
                read.elements.push(refers(third));
                for param in tail.chunks(8) {
                    read.elements.push(Element {
                        name: self.name(word(param, 0)?),
                        ..refers(word(param, 4)?)
                    });
                }
            }
            Kind::Array => {
                read.size = third;
                read.index = word(tail, 4)?;
                read.elements.push(Element {
                    number: word(tail, 8)?.into(),
                    ..refers(word(tail, 0)?)
                });
            }
            Kind::Struct | Kind::Union => {
                read.size = third;
                for member in tail.chunks(12) {
                    let offset = word(member, 8)?;
                    let (number, size) = if flag {
                        (offset & 0x00ff_ffff, offset >> 24)
                    } else {
                        (offset, 0)
                    };
                    read.elements.push(Element {
                        name: self.name(word(member, 0)?),
                        id: word(member, 4)?,
                        number: number.into(),
                        size,
                    });
                }
            }
            Kind::Enum | Kind::Enum64 => {
                read.size = third;
                let wide = kind == Kind::Enum64;
                for value in tail.chunks(if wide { 12 } else { 8 }) {
                    let low = word(value, 4)?;
                    let high = if wide {
                        word(value, 8)?
                    } else if flag && low >> 31 != 0 {
                        u32::MAX
                    } else {
                        0
                    };
                    read.elements.push(Element {
                        name: self.name(word(value, 0)?),
                        number: (u64::from(high) << 32) | u64::from(low),
                        ..Element::default()
                    });
                }
            }
            Kind::Datasec => {
                read.size = third;
                for variable in tail.chunks(12) {
                    read.elements.push(Element {
                        number: word(variable, 4)?.into(),
                        size: word(variable, 8)?,
                        ..refers(word(variable, 0)?)
                    });
                }
            }
            _ => {
                read.size = third;
                read.rest = tail.to_vec();
            }
        }
        Some(read)
    }
}

/// The kind that the second word of a record gives.
fn kind(info: u32) -> Kind {
    let number = (info >> 24) as usize & 0x7f;
    Kind::ALL.get(number).copied().unwrap_or(Kind::Unknown)
}

/// Bytes of the record that `bytes` starts with.
fn record_len(bytes: &[u8], layout: &[u8]) -> Option<usize> {
    let info = word(bytes, 4)?;
    let (fixed, each) = match kind(info) {
        Kind::Int | Kind::Var | Kind::DeclTag => (4, 0),
        Kind::Array => (12, 0),
        Kind::Struct | Kind::Union | Kind::Datasec | Kind::Enum64 => (0, 12),
        Kind::Enum | Kind::FuncProto => (0, 8),
        Kind::Unknown => {
            // The layout section has four bytes for each kind, of which two are sizes.
            let number = (info >> 24) as usize & 0x7f;
            let sizes = layout.get(number * 4..number * 4 + 4)?;
            if number == 0 {
                return None;
            }
            (sizes[0].into(), sizes[1].into())
        }
        _ => (0, 0),
    };
    let vlen = (info & 0x00ff_ffff) as usize;
    Some(12 + fixed + each * vlen)
}

/// The 32 bits at `at`.
fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + 4)?;
    Some(u32::from_ne_bytes(bytes.try_into().ok()?))
}
