// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Makes BTF, type by type.

use btf_reconcile::btf::Kind;

/// BTF in the making. Ids and string offsets go on from those of what it is split from.
#[derive(Clone)]
pub struct Builder {
    types: Vec<u8>,
    strs: Vec<u8>,
    str_start: u32,
    next: u32,
}

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

impl Builder {
    /// BTF that stands on its own.
    pub fn new() -> Self {
        Self {
            types: vec![],
            strs: vec![0],
            str_start: 0,
            next: 1,
        }
    }

    /// BTF that is split from `base`.
    pub fn split(base: &Builder) -> Self {
        Self {
            types: vec![],
            strs: vec![],
            str_start: base.str_start + base.strs.len() as u32,
            next: base.next,
        }
    }

    /// Adds a string, without looking whether it is there.
    pub fn string(&mut self, s: &str) -> u32 {
        self.string_of_bytes(s.as_bytes())
    }

    /// As [`Self::string`], of bytes in any encoding.
    pub fn string_of_bytes(&mut self, s: &[u8]) -> u32 {
        if s.is_empty() {
            return 0;
        }
        let at = self.str_start + self.strs.len() as u32;
        self.strs.extend_from_slice(s);
        self.strs.push(0);
        at
    }

    /// Adds a record: name offset, kind, kind flag, number of elements, third word, and the rest.
    pub fn raw(
        &mut self,
        name: u32,
        kind: u32,
        flag: bool,
        vlen: u32,
        third: u32,
        tail: &[u32],
    ) -> u32 {
        let info = (u32::from(flag) << 31) | (kind << 24) | vlen;
        for word in [name, info, third].iter().chain(tail) {
            self.types.extend_from_slice(&word.to_ne_bytes());
        }
        self.next += 1;
        self.next - 1
    }

    /// Adds a record that is ready.
    pub fn record(&mut self, bytes: &[u8]) {
        self.types.extend_from_slice(bytes);
        self.next += 1;
    }

    fn named(
        &mut self,
        name: &str,
        kind: Kind,
        flag: bool,
        vlen: usize,
        third: u32,
        tail: &[u32],
    ) -> u32 {
        let name = self.string(name);
        self.raw(name, kind as u32, flag, vlen as u32, third, tail)
    }

    pub fn int(&mut self, name: &str, size: u32, encoding: u32) -> u32 {
        self.named(
            name,
            Kind::Int,
            false,
            0,
            size,
            &[(encoding << 24) | (size * 8)],
        )
    }

    pub fn float(&mut self, name: &str, size: u32) -> u32 {
        self.named(name, Kind::Float, false, 0, size, &[])
    }

    /// A reference of any kind that is nothing but that.
    pub fn reference(&mut self, kind: Kind, name: &str, to: u32) -> u32 {
        self.named(name, kind, false, 0, to, &[])
    }

    pub fn ptr(&mut self, to: u32) -> u32 {
        self.reference(Kind::Ptr, "", to)
    }

    pub fn typedef(&mut self, name: &str, to: u32) -> u32 {
        self.reference(Kind::Typedef, name, to)
    }

    pub fn func(&mut self, name: &str, proto: u32) -> u32 {
        self.reference(Kind::Func, name, proto)
    }

    pub fn array(&mut self, of: u32, index: u32, n: u32) -> u32 {
        self.named("", Kind::Array, false, 0, 0, &[of, index, n])
    }

    /// A struct or union; members are name, type, bit offset.
    pub fn composite(
        &mut self,
        kind: Kind,
        name: &str,
        size: u32,
        members: &[(&str, u32, u32)],
    ) -> u32 {
        self.composite_flagged(kind, false, name, size, members)
    }

    pub fn composite_flagged(
        &mut self,
        kind: Kind,
        bitfields: bool,
        name: &str,
        size: u32,
        members: &[(&str, u32, u32)],
    ) -> u32 {
        let mut tail = vec![];
        for &(name, of, at) in members {
            tail.extend([self.string(name), of, at]);
        }
        self.named(name, kind, bitfields, members.len(), size, &tail)
    }

    pub fn strct(&mut self, name: &str, size: u32) -> u32 {
        self.composite(Kind::Struct, name, size, &[])
    }

    pub fn union(&mut self, name: &str, size: u32) -> u32 {
        self.composite(Kind::Union, name, size, &[])
    }

    pub fn fwd(&mut self, name: &str, is_union: bool) -> u32 {
        self.named(name, Kind::Fwd, is_union, 0, 0, &[])
    }

    pub fn enumeration(&mut self, name: &str, size: u32, values: &[(&str, u32)]) -> u32 {
        let mut tail = vec![];
        for &(name, value) in values {
            tail.extend([self.string(name), value]);
        }
        self.named(name, Kind::Enum, false, values.len(), size, &tail)
    }

    pub fn enum64(&mut self, name: &str, values: &[(&str, u64)]) -> u32 {
        let mut tail = vec![];
        for &(name, value) in values {
            tail.extend([self.string(name), value as u32, (value >> 32) as u32]);
        }
        self.named(name, Kind::Enum64, false, values.len(), 8, &tail)
    }

    pub fn proto(&mut self, result: u32, params: &[(&str, u32)]) -> u32 {
        let mut tail = vec![];
        for &(name, of) in params {
            tail.extend([self.string(name), of]);
        }
        self.named("", Kind::FuncProto, false, params.len(), result, &tail)
    }

    pub fn var(&mut self, name: &str, of: u32) -> u32 {
        self.named(name, Kind::Var, false, 0, of, &[1])
    }

    /// The id that the next type will have.
    pub fn next(&self) -> u32 {
        self.next
    }

    /// The wire form.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = vec![];
        out.extend_from_slice(&0xeb9fu16.to_ne_bytes());
        out.extend_from_slice(&[1, 0]);
        let (types, strs) = (self.types.len() as u32, self.strs.len() as u32);
        for word in [24, 0, types, types, strs] {
            out.extend_from_slice(&word.to_ne_bytes());
        }
        out.extend_from_slice(&self.types);
        out.extend_from_slice(&self.strs);
        out
    }
}
