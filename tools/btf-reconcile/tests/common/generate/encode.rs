// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The wire form of drawn types.

use super::pool::Pool;
use crate::common::oracle::{
    Kind,
    Type, //
};
use std::collections::HashMap;

/// Strings, each there once.
#[derive(Default)]
struct Strings {
    places: HashMap<Vec<u8>, u32>,
    /// Where those go on from that are in `bytes`.
    start: u32,
    bytes: Vec<u8>,
}

impl Strings {
    fn place(&mut self, string: &[u8]) -> u32 {
        match string.first() {
            None => return 0,
            // One that is not there.
            Some(0) => return 0x00ff_0000,
            Some(_) => {}
        }
        if let Some(&place) = self.places.get(string) {
            return place;
        }
        let place = self.start + self.bytes.len() as u32;
        self.bytes.extend_from_slice(string);
        self.bytes.push(0);
        self.places.insert(string.to_vec(), place);
        place
    }
}

/// The bytes of `base`, and of what is `split` from it. With `share`, that uses its base's strings.
pub fn encode(base: &Pool, split: Option<&Pool>, share: bool) -> (Vec<u8>, Vec<u8>) {
    let mut strings = Strings {
        bytes: vec![0],
        ..Strings::default()
    };
    let of_base = blob(&base.types, &mut strings);
    strings.start = strings.bytes.len() as u32;
    strings.bytes.clear();
    if !share {
        strings.places.clear();
    }
    let own = split.map_or(&[][..], |split| &split.types[split.first as usize - 1..]);
    (of_base, blob(own, &mut strings))
}

fn blob(types: &[Type], strings: &mut Strings) -> Vec<u8> {
    let words: Vec<u32> = types.iter().flat_map(|t| record(t, strings)).collect();
    let types: Vec<u8> = words.into_iter().flat_map(u32::to_ne_bytes).collect();
    let (len, strings) = (types.len() as u32, &strings.bytes);
    let mut out = 0xeb9fu16.to_ne_bytes().to_vec();
    out.extend([1, 0]);
    for word in [24, 0, len, len, strings.len() as u32] {
        out.extend(word.to_ne_bytes());
    }
    [&out[..], &types, strings].concat()
}

fn record(of: &Type, strings: &mut Strings) -> Vec<u32> {
    let elements = of.elements.iter();
    let refers = of.elements.first().map_or(0, |e| e.id);
    let (third, vlen, skipped) = match of.kind {
        Kind::FuncProto => (refers, of.elements.len() as u32 - 1, 1),
        Kind::Ptr | Kind::Func | Kind::Var | Kind::DeclTag => (refers, of.vlen, 1),
        kind if kind.is_modifier() => (refers, of.vlen, 1),
        Kind::Array => (of.size, of.vlen, 0),
        _ => (of.size, of.elements.len() as u32, 0),
    };
    let info = (u32::from(of.flag) << 31) | ((of.kind as u32) << 24) | vlen;
    let mut words = vec![strings.place(&of.name), info, third];
    for element in elements.skip(skipped) {
        let (low, high) = (element.number as u32, (element.number >> 32) as u32);
        let mut name = || strings.place(&element.name);
        match of.kind {
            Kind::Array => words.extend([element.id, of.index, low]),
            Kind::Datasec => words.extend([element.id, low, element.size]),
            Kind::Enum => words.extend([name(), low]),
            Kind::Enum64 => words.extend([name(), low, high]),
            Kind::FuncProto => words.extend([name(), element.id]),
            _ => words.extend([name(), element.id, low | (element.size << 24)]),
        }
    }
    let rest = of.rest.chunks_exact(4);
    words.extend(rest.map(|w| u32::from_ne_bytes([w[0], w[1], w[2], w[3]])));
    words
}
