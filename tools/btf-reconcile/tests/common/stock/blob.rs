// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Makes BTF, good or bad, word by word.

/// BTF in the making. Ids and string offsets go on from those of what it is split from.
#[derive(Clone)]
pub struct Blob {
    types: Vec<u8>,
    strings: Vec<u8>,
    str_start: u32,
    next: u32,
}

/// Kinds, as `BTF_KIND_INT` and so on.
pub const INT: u32 = 1;
pub const PTR: u32 = 2;
pub const ARRAY: u32 = 3;
pub const STRUCT: u32 = 4;
pub const UNION: u32 = 5;
pub const ENUM: u32 = 6;
pub const FWD: u32 = 7;
pub const TYPEDEF: u32 = 8;
pub const VOLATILE: u32 = 9;
pub const CONST: u32 = 10;
pub const RESTRICT: u32 = 11;
pub const FUNC: u32 = 12;
pub const FUNC_PROTO: u32 = 13;
pub const VAR: u32 = 14;
pub const DATASEC: u32 = 15;
pub const FLOAT: u32 = 16;
pub const DECL_TAG: u32 = 17;
pub const TYPE_TAG: u32 = 18;
pub const ENUM64: u32 = 19;

/// An INT that is signed, in its fourth word.
pub const SIGNED: u32 = 1 << 24;

/// The kind flag, in the second word of a record.
pub const FLAG: u32 = 1 << 31;

/// The second word of a record with this many elements.
pub fn info(kind: u32, vlen: u32) -> u32 {
    (kind << 24) | vlen
}

impl Default for Blob {
    fn default() -> Self {
        Self::new()
    }
}

impl Blob {
    /// BTF that stands on its own.
    pub fn new() -> Self {
        Self {
            types: vec![],
            strings: vec![0],
            str_start: 0,
            next: 1,
        }
    }

    /// BTF that is split from `base`.
    pub fn split(base: &Blob) -> Self {
        Self {
            types: vec![],
            strings: vec![],
            str_start: base.str_start + base.strings.len() as u32,
            next: base.next,
        }
    }

    /// The offset of a string, which may be any bytes without a NUL. Each time it is a new one.
    pub fn string(&mut self, string: impl AsRef<[u8]>) -> u32 {
        if string.as_ref().is_empty() {
            return 0;
        }
        let at = self.str_start + self.strings.len() as u32;
        self.strings.extend_from_slice(string.as_ref());
        self.strings.push(0);
        at
    }

    /// The id of the next type.
    pub fn next(&self) -> u32 {
        self.next
    }

    /// Adds a record: name, kind, number of elements, third word, and the rest.
    pub fn add(&mut self, name: &str, kind: u32, vlen: u32, third: u32, tail: &[u32]) -> u32 {
        let name = self.string(name);
        self.raw(name, info(kind, vlen), third, tail)
    }

    /// The same with its kind flag set.
    pub fn flagged(&mut self, name: &str, kind: u32, vlen: u32, third: u32, tail: &[u32]) -> u32 {
        let name = self.string(name);
        self.raw(name, FLAG | info(kind, vlen), third, tail)
    }

    /// Adds a record as it is.
    pub fn raw(&mut self, name: u32, info: u32, third: u32, tail: &[u32]) -> u32 {
        for word in [name, info, third].iter().chain(tail) {
            self.types.extend_from_slice(&word.to_ne_bytes());
        }
        self.next += 1;
        self.next - 1
    }

    pub fn int(&mut self, name: &str) -> u32 {
        self.add(name, INT, 0, 4, &[SIGNED | 32])
    }

    pub fn ptr(&mut self, to: u32) -> u32 {
        self.add("", PTR, 0, to, &[])
    }

    pub fn constant(&mut self, of: u32) -> u32 {
        self.add("", CONST, 0, of, &[])
    }

    pub fn array(&mut self, of: u32, index: u32) -> u32 {
        self.add("", ARRAY, 0, 0, &[of, index, 1])
    }

    /// A struct with one member, or none.
    pub fn strct(&mut self, name: &str, size: u32, member: Option<u32>) -> u32 {
        match member {
            None => self.add(name, STRUCT, 0, size, &[]),
            Some(of) => self.add(name, STRUCT, 1, size, &[0, of, 0]),
        }
    }

    pub fn proto(&mut self, result: u32) -> u32 {
        self.add("", FUNC_PROTO, 0, result, &[])
    }

    pub fn func(&mut self, name: &str, proto: u32) -> u32 {
        self.add(name, FUNC, 0, proto, &[])
    }

    /// Leaves the strings out.
    pub fn without_strings(mut self) -> Self {
        self.strings.clear();
        self
    }

    /// Takes the last NUL away.
    pub fn with_open_end(mut self) -> Self {
        self.strings.pop();
        self
    }

    /// The types alone.
    pub fn types(&self) -> &[u8] {
        &self.types
    }

    /// It, with the header of 24 bytes that most have.
    pub fn bytes(&self) -> Vec<u8> {
        self.with(24, b"ts", b"", &[])
    }

    /// It, with a header of `len` bytes, its sections (`t`ypes, `s`trings, `l`ayout) in this order,
    /// and fields of the header (by their offset) that are not what they should be.
    pub fn with(&self, len: u32, order: &[u8], layout: &[u8], fields: &[(usize, u32)]) -> Vec<u8> {
        let mut header = vec![0; 32];
        let mut put = |at: usize, value: u32| {
            header[at..at + 4].copy_from_slice(&value.to_ne_bytes());
        };
        let magic = u32::from_ne_bytes(if cfg!(target_endian = "little") {
            [0x9f, 0xeb, 1, 0]
        } else {
            [0xeb, 0x9f, 1, 0]
        });
        put(0, magic);
        put(4, len);
        let mut body = Vec::new();
        for section in order {
            let (at, bytes) = match section {
                b't' => (8, &self.types[..]),
                b's' => (16, &self.strings[..]),
                _ => (24, layout),
            };
            put(at, body.len() as u32);
            put(at + 4, bytes.len() as u32);
            body.extend_from_slice(bytes);
        }
        for &(at, value) in fields {
            put(at, value);
        }
        header.resize(len as usize, 0);
        [header, body].concat()
    }
}
