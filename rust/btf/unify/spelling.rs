// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Comparing what a module and the kernel call things.

use crate::btf::{
    alike::Names,
    parse::{
        Locate,
        Pair,
        MAX_NAME, //
    }, //
};

/// The names of a module and of the kernel.
pub struct Spelling<'s, 'p, 'a, L>(pub &'s Pair<'p, 'a, L>);

impl<'n, 'a: 'n, L: Locate> Names<'n> for Spelling<'_, '_, 'a, L> {
    fn ours(&self, off: u32) -> Option<&'n [u8]> {
        self.0.name(off)
    }

    fn theirs(&self, off: u32) -> Option<&'n [u8]> {
        self.0.base.name(off)
    }

    #[inline]
    fn same(&self, ours: u32, theirs: u32) -> bool {
        // The module may use the kernel's own string.
        if ours == theirs {
            return true;
        }
        if ours == 0 || theirs == 0 {
            return self.ours(ours) == self.theirs(theirs);
        }
        let Pair { base, split } = self.0;
        let strs = match ours < split.str_start() {
            true => base.strs_from(ours),
            false => split.strs_from(ours),
        };
        match (strs, base.strs_from(theirs)) {
            (Some(a), Some(b)) => same_string(a, b),
            _ => false,
        }
    }
}

/// Whether `a` and `b` start with the same string. What is too long for a name is not compared.
fn same_string(mut a: &[u8], mut b: &[u8]) -> bool {
    for _ in 0..MAX_NAME / 8 {
        let (Some((x, more)), Some((y, others))) =
            (a.split_first_chunk::<8>(), b.split_first_chunk::<8>())
        else {
            return same_end(a, b);
        };
        let differ = u64::from_le_bytes(*x) ^ u64::from_le_bytes(*y);
        match up_to_nul(u64::from_le_bytes(*x)) {
            Some(mask) => return differ & mask == 0,
            None if differ != 0 => return false,
            None => (a, b) = (more, others),
        }
    }
    false
}

/// The same, where one of them has no eight bytes any more.
fn same_end(a: &[u8], b: &[u8]) -> bool {
    for (x, y) in a.iter().zip(b) {
        if x != y {
            return false;
        }
        if *x == 0 {
            return true;
        }
    }
    false
}

/// The bits of all bytes of `word` up to the first that is 0; [`None`] if none is.
fn up_to_nul(word: u64) -> Option<u64> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // Subtracting 1 borrows into a top bit that was not set at the first such byte. What it does
    // further up does not matter.
    let borrowed = word.wrapping_sub(ONES) & !word & (ONES << 7);
    (borrowed != 0).then(|| borrowed ^ borrowed.wrapping_sub(1))
}

/// Names that have been compared before.
pub struct Known;

impl<'n> Names<'n> for Known {
    fn ours(&self, _: u32) -> Option<&'n [u8]> {
        None
    }

    fn theirs(&self, _: u32) -> Option<&'n [u8]> {
        None
    }

    fn same(&self, _: u32, _: u32) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether two strings are the same is told as by comparing them byte by byte, at whatever place
    /// of a word they end or differ, and whatever follows them.
    #[test]
    fn strings() {
        let lens = (0..20).chain(500..530);
        for len in lens {
            let name: Vec<u8> = (0..len).map(|n| b'a' + (n % 26) as u8).collect();
            for behind in [&b""[..], b"x", b"\0", b"\x01\0\xff", b"another\0one more\0"] {
                let a = [&name, &b"\0"[..], behind].concat();
                for other in [&b""[..], b"y\0", b"\xff\xff\xff\xff\xff\xff\xff\xff\0"] {
                    let b = [&name, &b"\0"[..], other].concat();
                    assert_eq!(same_string(&a, &b), len < MAX_NAME, "{len}");
                }
                for place in (0..len).chain([len]) {
                    for byte in [0, 1, b'_', 0x80, 0xff] {
                        let mut b = a.clone();
                        let had = core::mem::replace(&mut b[place], byte);
                        b.push(0);
                        if had != byte {
                            assert!(!same_string(&a, &b), "{len} {place} {byte}");
                            assert!(!same_string(&b, &a), "{len} {place} {byte}");
                        }
                    }
                }
            }
        }
    }
}
