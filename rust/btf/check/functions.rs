// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The functions that a module has, by its symbols.

use crate::{
    btf::{
        pace::Pace,
        sort::heapsort,
        Result, //
    },
    facade::Buf,
};

/// `STB_LOCAL`.
const LOCAL: u8 = 0;
/// `STT_NOTYPE`.
const NOTYPE: u8 = 0;
/// `STT_OBJECT`.
const OBJECT: u8 = 1;
/// `STT_FUNC`.
const FUNC: u8 = 2;
/// `STT_GNU_IFUNC`.
const IFUNC: u8 = 10;

/// The functions of a module, by hash of their names.
///
/// # Invariants
///
/// The hashes ascend.
pub struct Functions {
    hashes: Buf<u32>,
    /// Whether all are there: if symbols that linking does not need were stripped, what is not
    /// there tells nothing.
    complete: bool,
}

impl Functions {
    /// Takes the names of symbols that may be functions, or that tell that none was stripped, and
    /// whether each is of the latter, see [`tells_of_functions`].
    ///
    /// A compiler names what it has cut out of a function, or made of it for some of its callers,
    /// after the function: `name.isra.0`, `name.part.0.cold`, `name.llvm.1234`. BTF may have the
    /// name of the symbol or that of the function, so that a symbol counts under each of its names
    /// that end before a dot, as well as under its own.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new<'n>(symbols: impl Iterator<Item = (&'n [u8], bool)>) -> Result<Self> {
        let mut hashes = Buf::new();
        let mut complete = false;
        let mut pace = Pace::new();
        for (name, kept) in symbols {
            pace.step();
            complete |= kept;
            let mut hash = EMPTY;
            for (nth, &byte) in name.iter().enumerate() {
                // A name that starts with a dot has no other before that.
                if byte == b'.' && nth != 0 {
                    hashes.push(hash)?;
                }
                hash = hash_on(hash, byte);
            }
            hashes.push(hash)?;
        }
        // INVARIANT: Sorted here.
        heapsort(&mut hashes, |a, b| a < b);
        Ok(Self { hashes, complete })
    }

    /// Whether it tells anything that there is none of some name.
    pub(super) fn tell(&self) -> bool {
        self.complete
    }

    /// Those of a module of which nothing is known.
    pub fn unknown() -> Self {
        // INVARIANT: There are none to ascend.
        Self {
            hashes: Buf::new(),
            complete: false,
        }
    }

    /// Whether there may be one of this name.
    ///
    /// A kfunc whose last arguments the verifier supplies has its whole prototype under a name of
    /// its own, which no symbol has (`KF_IMPLICIT_ARGS` in `tools/bpf/resolve_btfids`).
    pub(super) fn may_have(&self, name: &[u8]) -> bool {
        if !self.complete {
            return true;
        }
        let has = |name: &[u8]| {
            let hash = name.iter().fold(EMPTY, |hash, &byte| hash_on(hash, byte));
            self.hashes.binary_search(&hash).is_ok()
        };
        has(name) || name.strip_suffix(b"_impl").is_some_and(has)
    }
}

/// FNV-1a of no bytes.
const EMPTY: u32 = 0x811c_9dc5;

/// FNV-1a of one more byte. Byte by byte, so that what is left of a name at a dot has its hash on
/// the way to that of the whole.
#[inline]
fn hash_on(hash: u32, byte: u8) -> u32 {
    (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
}

/// What the name of a symbol begins with that every module has and no code refers to: the kernel's
/// build gives such to each piece of what `modinfo` shows.
pub const UNREFERRED: &[u8] = b"__UNIQUE_ID_";

/// Whether a symbol that the module defines, by its `st_info` and by whether its name begins with
/// [`UNREFERRED`], is for [`Functions::new`]: it may be a function. Or it tells that symbols which
/// linking does not need were not stripped, and then this is true.
///
/// A local function tells nothing of that: on some machines what refers to one needs its symbol.
/// Nor do small modules have any, where the kernel's build marks none.
///
/// A function that is written in assembly may be of no type. So may be any label.
pub fn tells_of_functions(info: u8, is_unreferred: impl FnOnce() -> bool) -> Option<bool> {
    match (info & 0xf, info >> 4) {
        (FUNC | IFUNC | NOTYPE, _) => Some(false),
        (OBJECT, LOCAL) if is_unreferred() => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn functions(symbols: &[(&str, bool)]) -> Functions {
        let symbols = symbols.iter();
        Functions::new(symbols.map(|&(name, local)| (name.as_bytes(), local))).unwrap()
    }

    #[test]
    fn what_is_missing_tells_something_if_nothing_was_stripped() {
        for local in [true, false] {
            let symbols = functions(&[("one", local), ("two.isra.0", false)]);
            for name in ["one", "two", "one_impl"] {
                assert!(symbols.may_have(name.as_bytes()));
            }
            for name in ["three", "three_impl", "on", "two.isra.1", ""] {
                assert_eq!(symbols.may_have(name.as_bytes()), !local, "{name}");
            }
        }
    }

    #[test]
    fn functions_go_by_the_name_of_their_symbol_and_by_what_it_was_made_of() {
        let fits = |name: &str, symbol: &str| {
            functions(&[("local", true), (symbol, false)]).may_have(name.as_bytes())
        };
        for symbol in [
            "x.isra.0",
            "x.llvm.123456",
            "x.part.0.cold",
            "x.constprop.0.isra.1",
            ".x",
            "x.",
        ] {
            assert!(fits(symbol, symbol), "{symbol}");
            assert_eq!(fits("x", symbol), symbol != ".x", "{symbol}");
            assert!(!fits("y", symbol), "{symbol}");
        }
        assert!(fits("x.part.0", "x.part.0.cold"));
        assert!(!fits("x.isra.0", "x"));
        assert!(!fits("x.isra.0", "x.isra.1"));
        assert!(!fits("x", "__cfi_x"));
        assert!(!fits("", ".x"));
    }

    #[test]
    fn symbols_of_functions() {
        let tells = |info, is_unreferred| tells_of_functions(info, || is_unreferred);
        // Global, weak and local ones, resolved at load time, and of no type.
        for info in [0x12, 0x22, 0x02, 0x1a, 0x0a, 0x10, 0x00] {
            assert_eq!(tells(info, false), Some(false));
            assert_eq!(tells(info, true), Some(false));
        }
        // A local variable, as there is one in each module, and others.
        assert_eq!(tells(0x01, true), Some(true));
        assert_eq!(tells(0x01, false), None);
        assert_eq!(tells(0x11, true), None);
        // A section, a file.
        assert_eq!(tells(0x03, true), None);
        assert_eq!(tells(0x04, true), None);
    }

    #[test]
    fn a_symbol_of_dots() {
        let dots = ".".repeat(1 << 20);
        let symbols = functions(&[("local", true), (&dots, false)]);
        assert!(symbols.may_have(&dots.as_bytes()[..5]));
    }
}
