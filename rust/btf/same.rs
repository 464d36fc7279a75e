// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether two types are spelled the same.
//!
//! Types without a name of their own (pointers, arrays, anonymous structs ...) are compared by
//! what they are made of, those with one by kind, name and size: what the names below the surface
//! stand for is not looked into. That is what tells two definitions of one struct that ended up
//! twice in a kernel from two structs that share their name.

use super::{
    alike::{
        compare,
        Names, //
    },
    kind::Kind,
    parse::{
        Btf,
        Locate, //
    },
    record::Record,
};

/// Pairs of types that are compared before giving up. The largest structs of a kernel have a few
/// hundred members.
const MAX_PAIRS: usize = 4096;
/// Pairs that wait to be compared.
const MAX_WAITING: usize = 64;

/// Two BTFs whose types are compared.
pub struct Same<'p, 'a, 'b, A, B> {
    /// What the first ids are of.
    pub a: &'p Btf<'a, A>,
    /// What the second ids are of.
    pub b: &'p Btf<'b, B>,
}

impl<'n, 'a: 'n, 'b: 'n, A, B> Names<'n> for Same<'_, 'a, 'b, A, B> {
    fn ours(&self, off: u32) -> Option<&'n [u8]> {
        self.a.name(off)
    }

    fn theirs(&self, off: u32) -> Option<&'n [u8]> {
        self.b.name(off)
    }
}

impl<A: Locate, B: Locate> Same<'_, '_, '_, A, B> {
    /// Whether definition `a` is that of `b`: same kind, name, size and elements.
    ///
    /// Gives `false` where that can't be told with bounded work.
    pub fn definition(&self, a: u32, b: u32) -> bool {
        let mut waiting = Waiting::default();
        let (Some(ra), Some(rb)) = (self.a.record(a), self.b.record(b)) else {
            return false;
        };
        if !self.contents(&ra, &rb, &mut waiting) {
            return false;
        }
        self.drain(waiting)
    }

    /// Whether `a` and `b` are spelled the same.
    fn spelling(&self, a: u32, b: u32) -> bool {
        let mut waiting = Waiting::default();
        waiting.push(a, b) && self.drain(waiting)
    }

    /// Whether typedefs or functions `a` and `b` stand for types that are spelled the same.
    pub fn target(&self, a: u32, b: u32) -> bool {
        match (self.a.record(a), self.b.record(b)) {
            (Some(a), Some(b)) => self.spelling(a.size_or_type, b.size_or_type),
            _ => false,
        }
    }

    /// Compares what waits and what comes up meanwhile.
    fn drain(&self, mut waiting: Waiting) -> bool {
        for _ in 0..MAX_PAIRS {
            let Some((a, b)) = waiting.pop() else {
                return true;
            };
            if a == 0 || b == 0 {
                if a != b {
                    return false;
                }
                continue;
            }
            let (Some(ra), Some(rb)) = (self.a.record(a), self.b.record(b)) else {
                return false;
            };
            let same = match self.a.name(ra.name_off) {
                Some(name) if !name.is_empty() => self.named(&ra, &rb),
                _ => self.contents(&ra, &rb, &mut waiting),
            };
            if !same {
                return false;
            }
        }
        false
    }

    /// Whether two types, the first of which has a name, go by the same one.
    fn named(&self, a: &Record<'_>, b: &Record<'_>) -> bool {
        let sized = matches!(
            a.kind(),
            Kind::Int | Kind::Float | Kind::Enum | Kind::Enum64 | Kind::Struct | Kind::Union
        );
        a.kind() == b.kind()
            && self.same(a.name_off, b.name_off)
            && (!sized || a.size_or_type == b.size_or_type)
    }

    /// Compares two records but for the types that they refer to, which are left waiting.
    fn contents(&self, a: &Record<'_>, b: &Record<'_>, waiting: &mut Waiting) -> bool {
        compare(a, b, self, |a, b| self.below(a, b, waiting)).is_none()
    }

    /// Compares a pair at once if both have names, leaves it waiting otherwise.
    fn below(&self, a: u32, b: u32, waiting: &mut Waiting) -> bool {
        if let (Some(ra), Some(rb)) = (self.a.record(a), self.b.record(b)) {
            if self.a.name(ra.name_off).is_some_and(|n| !n.is_empty()) {
                return self.named(&ra, &rb);
            }
        }
        waiting.push(a, b)
    }
}

/// Pairs of ids that wait to be compared.
struct Waiting {
    pairs: [(u32, u32); MAX_WAITING],
    len: usize,
}

impl Default for Waiting {
    fn default() -> Self {
        Self {
            pairs: [(0, 0); MAX_WAITING],
            len: 0,
        }
    }
}

impl Waiting {
    /// Adds a pair; gives `false` if there is no room for it.
    fn push(&mut self, a: u32, b: u32) -> bool {
        match self.pairs.get_mut(self.len) {
            Some(place) => {
                *place = (a, b);
                self.len += 1;
                true
            }
            None => false,
        }
    }

    /// Takes the pair that was added last.
    fn pop(&mut self) -> Option<(u32, u32)> {
        self.len = self.len.checked_sub(1)?;
        self.pairs.get(self.len).copied()
    }
}
