// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Comparing what two BTFs call things.

use crate::btf::{
    limits::MAX_NAME,
    number::{
        Kernel,
        New,
        Off,
        Space, //
    },
    wire::{
        words::{
            first_nul,
            index,
            little_endian,
            string_len, //
        },
        Btf,
        Pair, //
    },
};
use core::marker::PhantomData;

/// The strings that offsets of numbering `S` name.
#[derive(Clone, Copy)]
pub struct Names<'a, S> {
    /// Those of the base, from its first one on.
    base: &'a [u8],
    /// Those that stand behind them, and the offset of the first.
    own: &'a [u8],
    own_from: u32,
    /// Below this number offsets are the kernel's.
    kernels_to: u32,
    of: PhantomData<S>,
}

impl<'a> Names<'a, Kernel> {
    /// Those of the kernel.
    #[inline]
    pub fn of_kernel<L>(btf: &Btf<'a, Kernel, L>) -> Self {
        Self {
            base: &[],
            own: btf.header().strs,
            own_from: 0,
            kernels_to: u32::MAX,
            of: PhantomData,
        }
    }
}

impl<'a, S: Space> Names<'a, S> {
    /// Those of BTF that stands on its own and is not the kernel's.
    #[inline]
    pub fn of_other<L>(btf: &Btf<'a, S, L>) -> Self {
        Self {
            base: &[],
            own: btf.header().strs,
            own_from: 0,
            kernels_to: 0,
            of: PhantomData,
        }
    }
}

impl<'a> Names<'a, New> {
    /// Those of what is split from the kernel's.
    #[inline]
    pub fn of_split<L>(types: &Pair<'_, 'a, New, L>) -> Self {
        let own_from = types.split.str_start();
        Self {
            base: types.base.header().strs,
            own: types.split.header().strs,
            own_from,
            kernels_to: own_from,
            of: PhantomData,
        }
    }
}

impl<'a, S: Space> Names<'a, S> {
    /// The strings from offset `off` on: the one wanted, its NUL and all that follow.
    #[inline]
    fn strs_from(&self, off: Off<S>) -> Option<&'a [u8]> {
        let number = off.number();
        let strs = match number.checked_sub(self.own_from) {
            Some(at) => self.own.get(index(at)..),
            None => self.base.get(index(number)..),
        };
        strs.filter(|strs| !strs.is_empty())
    }

    /// The name at `off`, empty where there is none, or none that can be read.
    pub fn name(&self, off: Option<Off<S>>) -> &'a [u8] {
        let strs = off.and_then(|off| self.strs_from(off)).unwrap_or(&[]);
        let here = strs.get(..=MAX_NAME).unwrap_or(strs);
        here.get(..string_len(here)).unwrap_or(&[])
    }
}

/// Whether two names are the same. One that can't be read, or is too long for a name, is like no
/// other.
#[inline(always)]
pub fn are_same<S: Space>(
    ours: &Names<'_, S>,
    our_off: Option<Off<S>>,
    theirs: &Names<'_, Kernel>,
    their_off: Option<Off<Kernel>>,
) -> bool {
    match (our_off, their_off) {
        (None, None) => true,
        (Some(a), Some(b)) => {
            // The module may use the kernel's own string.
            if a.number() == b.number() && a.number() < ours.kernels_to {
                return true;
            }
            match (ours.strs_from(a), theirs.strs_from(b)) {
                (Some(a), Some(b)) => same_string(a, b),
                _ => false,
            }
        }
        // No name, and maybe one that is empty.
        (None, Some(b)) => theirs.strs_from(b).is_some_and(is_empty),
        (Some(a), None) => ours.strs_from(a).is_some_and(is_empty),
    }
}

/// Whether the first of `strs` is the empty string.
fn is_empty(strs: &[u8]) -> bool {
    strs.first() == Some(&0)
}

/// Whether `a` and `b` start with the same string. What is too long for a name is not compared.
#[inline]
fn same_string(a: &[u8], b: &[u8]) -> bool {
    /// Bytes that are compared at once.
    const STEP: usize = 8;
    const { assert!(MAX_NAME & (STEP - 1) == 0) };
    let (mut here, mut there) = (a, b);
    for _ in 0..MAX_NAME / STEP {
        let (Some(x), Some(y)) = (little_endian(here), little_endian(there)) else {
            break;
        };
        let nul = first_nul(x);
        // The bits of all bytes up to the NUL; all bits if there is none.
        let wanted = nul ^ nul.wrapping_sub(1);
        if (x ^ y) & wanted != 0 {
            return false;
        }
        if nul != 0 {
            return true;
        }
        here = here.get(STEP..).unwrap_or(&[]);
        there = there.get(STEP..).unwrap_or(&[]);
    }
    same_end(a, b)
}

/// The same, where one of them is too long, or has no eight bytes any more.
#[cold]
fn same_end(a: &[u8], b: &[u8]) -> bool {
    for (x, y) in a.iter().zip(b).take(MAX_NAME.saturating_add(1)) {
        if x != y {
            return false;
        }
        if *x == 0 {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether two strings are the same is told as by comparing them byte by byte, at whatever
    /// place of a word they end or differ, and whatever follows them.
    #[test]
    fn strings() {
        let lens = (0..20).chain(500..530);
        for len in lens {
            let name: Vec<u8> = (0..len).map(|n| b'a' + (n % 26) as u8).collect();
            for behind in [&b""[..], b"x", b"\0", b"\x01\0\xff", b"another\0one more\0"] {
                let a = [&name, &b"\0"[..], behind].concat();
                for other in [&b""[..], b"y\0", b"\xff\xff\xff\xff\xff\xff\xff\xff\0"] {
                    let b = [&name, &b"\0"[..], other].concat();
                    assert_eq!(same_string(&a, &b), len <= MAX_NAME, "{len}");
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
