// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! `.BTF_ids` of a module that goes without its BTF.
//!
//! Ids that are not this kernel's must not stay where code can compare something with them. Every
//! slot becomes 0, which is no type's id: comparing with it fails, and searching a set for an id
//! finds nothing.
//!
//! What is no id should stay. Counts may: a set of zeros is searched in vain, however many there
//! are; one that counts more than there is room for becomes 0, since the search would go on behind
//! it. Flags have to: `register_btf_kfunc_id_set()` looks at those of the set, before it finds that
//! the module has no BTF and is content, and gives `-EINVAL` where `BTF_SET8_KFUNCS` is not among
//! them; many a module does not load then.
//!
//! Where the symbols are gone, nothing tells ids from counts and flags. Then every word becomes 0
//! but those of value 1, which is what `BTF_SET8_KFUNCS` is. Such a word may have been an id. But
//! the type with id 1 is one without a name where vmlinux is sorted, and an integer elsewhere; a
//! slot is never for one of these, nor is a register of a program or a function that is looked for:
//! see [`is_one_harmless`]. On a kernel whose type 1 could be meant, 1 goes as well.

use super::symbol::{
    self,
    Meaning,
    Symbol, //
};
use crate::btf::{
    number::{
        Id,
        Kernel, //
    },
    pace::Pace,
    wire::{
        words::{
            index,
            set_word,
            word, //
        },
        Btf,
        Kind,
        Locate, //
    },
};

/// Whether the kernel's type with id 1 is none that a slot of `.BTF_ids` can be for.
pub fn is_one_harmless<L: Locate>(vmlinux: &Btf<'_, Kernel, L>) -> bool {
    let meant = |kind| {
        matches!(
            kind,
            Kind::Func | Kind::Struct | Kind::Union | Kind::Typedef | Kind::Fwd | Kind::Unknown
        )
    };
    vmlinux.kind(Id::FIRST).is_none_or(|kind| !meant(kind))
}

/// Takes all ids out of `section`, of which `symbols` are as many of the symbols as are known; they
/// are sorted on the way. `is_one_harmless` is as that function tells.
///
/// This needs no memory, and nothing that the section or the symbols say makes it fail.
pub fn zero(section: &mut [u8], symbols: &mut [Symbol<'_>], is_one_harmless: bool) {
    symbol::sort(symbols);
    let mut zeroing = Zeroing {
        section,
        is_one_harmless,
        end: 0,
        pace: Pace::new(),
    };
    for symbol in symbols.iter() {
        zeroing.pace.step();
        let at = index(symbol.at);
        match symbol.meaning() {
            Some(Meaning::Slot(_)) => zeroing.slot(at),
            // The other one has told what is here.
            Some(_) if at < zeroing.end || at & 3 != 0 => {}
            Some(Meaning::Set(_)) => zeroing.set(at, symbol.size, 4),
            Some(Meaning::Set8(_)) => zeroing.set(at, symbol.size, 8),
            None => {}
        }
    }
    zeroing.unknown(usize::MAX);
}

/// Going through the section.
struct Zeroing<'s> {
    section: &'s mut [u8],
    is_one_harmless: bool,
    /// Up to where it has been done.
    end: usize,
    pace: Pace,
}

impl Zeroing<'_> {
    /// Zeroes what a symbol of a slot at `at` lies over, and what is before it.
    fn slot(&mut self, at: usize) {
        // Whole words: nothing says where the id would be if it were not in one.
        let from = at & !3;
        let to = at.saturating_add(7) & !3;
        self.unknown(from);
        if let Some(rest) = self.section.get_mut(from..) {
            let len = to.saturating_sub(from).min(rest.len());
            if let Some(slot) = rest.get_mut(..len) {
                slot.fill(0);
            }
        }
        self.end = self.end.max(to);
    }

    /// Zeroes the ids in a set, which are `stride` bytes each behind a head of as many, and what is
    /// before it.
    fn set(&mut self, at: usize, size: u32, stride: usize) {
        self.unknown(at);
        let Some(set) = self.section.get_mut(at..).filter(|set| set.len() >= stride) else {
            return;
        };
        let size = index(size).min(set.len());
        let room = size.saturating_sub(stride).checked_div(stride).unwrap_or(0);
        if word(set, 0).is_some_and(|count| index(count) > room) {
            let _ = set_word(set, 0, 0);
        }
        let mut len = stride;
        for _ in 0..room {
            self.pace.step();
            let _ = set_word(set, len, 0);
            len = len.saturating_add(stride);
        }
        self.end = at.saturating_add(len);
    }

    /// Zeroes what no symbol tells the meaning of, up to `to`.
    fn unknown(&mut self, to: usize) {
        let to = to.min(self.section.len());
        while self.end < to {
            self.pace.step();
            let stays = self.is_one_harmless && word(self.section, self.end) == Some(1);
            if let Some(rest) = self.section.get_mut(self.end..).filter(|_| !stays) {
                let len = rest.len().min(4);
                if let Some(word) = rest.get_mut(..len) {
                    word.fill(0);
                }
            }
            self.end = self.end.saturating_add(4);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zeroed(words: &[u32], symbols: &[(&str, u32, u32)], harmless: bool) -> Vec<u32> {
        let mut bytes: Vec<u8> = words.iter().flat_map(|w| w.to_ne_bytes()).collect();
        let symbol = |&(name, at, size): &(&'static str, u32, u32)| {
            let name = name.as_bytes();
            Symbol { name, at, size }
        };
        let names: Vec<(&'static str, u32, u32)> = symbols
            .iter()
            .map(|&(name, at, size)| {
                let name: &'static str = Box::leak(format!("__BTF_ID__{name}").into_boxed_str());
                (name, at, size)
            })
            .collect();
        let mut symbols: Vec<_> = names.iter().map(symbol).collect();
        zero(&mut bytes, &mut symbols, harmless);
        let words = bytes.chunks_exact(4);
        words
            .map(|w| u32::from_ne_bytes(w.try_into().unwrap()))
            .collect()
    }

    const SECTION: [u32; 11] = [9, 2, 1, 50, 16, 51, 1, 2, 60, 61, 1];
    const SYMBOLS: [(&str, u32, u32); 7] = [
        ("struct__x__1", 0, 4),
        ("set8__k", 4, 24),
        ("func__a__2", 12, 4),
        ("func__b__3", 20, 4),
        ("set__s", 28, 12),
        ("func__c__4", 32, 4),
        ("struct__y__5", 40, 4),
    ];

    #[test]
    fn slots_become_0_counts_and_flags_stay() {
        for harmless in [false, true] {
            let words = zeroed(&SECTION, &SYMBOLS, harmless);
            assert_eq!(words, [0, 2, 1, 0, 16, 0, 1, 2, 0, 0, 0]);
        }
        // As much is known by the sets alone, but for what is in none.
        let words = zeroed(&SECTION, &[SYMBOLS[1], SYMBOLS[4]], false);
        assert_eq!(words, [0, 2, 1, 0, 16, 0, 1, 2, 0, 0, 0]);
    }

    #[test]
    fn without_symbols_nothing_stays_but_what_can_be_a_flag() {
        let words = zeroed(&SECTION, &[], true);
        assert_eq!(words, [0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]);
        assert_eq!(zeroed(&SECTION, &[], false), [0; 11]);
        let mut odd = [1, 0, 0, 0, 5, 0, 0, 0, 7, 7];
        zero(&mut odd, &mut [], cfg!(target_endian = "little"));
        assert_eq!(odd[1..], [0; 9]);
    }

    #[test]
    fn nothing_that_symbols_say_keeps_an_id() {
        // A set that counts more than it has, one past the end, one inside of another.
        let words = zeroed(&[9, 5], &[("set__s", 0, 8)], true);
        assert_eq!(words, [0, 0]);
        assert_eq!(zeroed(&[9], &[("set8__s", 0, 16)], true), [0]);
        assert_eq!(zeroed(&[9, 9], &[("set__s", 40, 8)], true), [0, 0]);
        let nested = [("set8__k", 0, 24), ("set8__j", 8, 16), ("set__i", 16, 8)];
        let words = zeroed(&[2, 1, 50, 1, 51, 1], &nested, true);
        assert_eq!(words, [2, 1, 0, 1, 0, 1]);
        // A slot over flags, one that is unaligned, and one that does not end.
        let over = [("set8__k", 0, 16), ("func__f__1", 12, 4)];
        assert_eq!(zeroed(&[1, 1, 50, 1], &over, true), [1, 1, 0, 0]);
        let unaligned = [("func__f__1", 2, 4), ("func__f__2", 11, u32::MAX)];
        assert_eq!(zeroed(&[1, 1, 1, 1], &unaligned, true), [0, 0, 0, 0]);
        // One whose size is not known.
        let words = zeroed(&[1, 1, 50, 7], &[("set8__k", 0, 0)], true);
        assert_eq!(words, [0, 1, 0, 0]);
    }
}
