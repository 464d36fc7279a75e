// SPDX-License-Identifier: GPL-2.0

//! The symbols of the module that is being loaded.
//!
//! C header: [`include/linux/module.h`](srctree/include/linux/module.h)

use core::{
    marker::PhantomData,
    slice, //
};
use kernel::{
    bindings::{
        self,
        Elf64_Sym, //
    },
    prelude::*, //
};

/// Bytes of a symbol's name that are looked at, `KSYM_NAME_LEN`.
const MAX_NAME: usize = 512;

/// The symbols of a module, local ones included, with their names.
///
/// # Invariants
///
/// Behind `next` there are `left` symbols, wherever the file has put them, whose names start in
/// `strings` and end there; all of that is valid for reads for `'a`.
pub(crate) struct Symbols<'a> {
    next: *const Elf64_Sym,
    left: usize,
    strings: *const c_char,
    _module: PhantomData<&'a [u8]>,
}

impl<'a> Symbols<'a> {
    /// Those of `module`.
    ///
    /// # Safety
    ///
    /// `module` must be valid, and its init function must not run before the end of `'a`.
    pub(crate) unsafe fn of(module: *const bindings::module) -> Self {
        // SAFETY: By this function's contract the module is valid, and its `kallsyms` do not change
        // before its init function has run.
        let kallsyms = unsafe { (*module).kallsyms.as_ref() };
        // INVARIANT: The loader has set up a table of that many symbols, and has checked that
        // their names start in the table of strings and that this ends in a NUL. Both stay until
        // the module's init function has run.
        match kallsyms {
            Some(k) if !k.symtab.is_null() => Self {
                next: k.symtab,
                // CAST: 32 bits fit.
                left: k.num_symtab as usize,
                strings: k.strtab,
                _module: PhantomData,
            },
            _ => Self {
                next: core::ptr::null(),
                left: 0,
                strings: core::ptr::null(),
                _module: PhantomData,
            },
        }
    }
}

impl<'a> Iterator for Symbols<'a> {
    type Item = (Elf64_Sym, Name<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        // SAFETY: By the type invariants there is one. The file says how its symbols are aligned,
        // and nobody looks at that.
        let symbol = unsafe { self.next.read_unaligned() };
        // INVARIANT: One less is left behind it.
        // SAFETY: This is at most the end of the table.
        self.next = unsafe { self.next.add(1) };
        // SAFETY: By the type invariants the name starts in there. CAST: 32 bits fit.
        let start = unsafe { self.strings.add(symbol.st_name as usize) };
        // INVARIANT: By the type invariants it ends in there as well.
        Some((symbol, Name(start, PhantomData)))
    }
}

/// Whether `symbol` is of something that the module has itself.
pub(crate) fn is_defined(symbol: &Elf64_Sym) -> bool {
    symbol.st_shndx != 0
}

/// From where to where `symbol` reaches: an id, if it does not say. [`None`] if that is nowhere.
pub(crate) fn span(symbol: &Elf64_Sym) -> Option<(usize, usize)> {
    let start = usize::try_from(symbol.st_value).ok()?;
    let size = usize::try_from(symbol.st_size).ok()?;
    let end = start.saturating_add(size.max(size_of::<u32>()));
    Some((start, end))
}

/// The name of a symbol, of which no more is read than is asked for: there are thousands.
///
/// # Invariants
///
/// There is a NUL where the pointer points to or behind it, and the bytes up to there are valid for
/// reads for `'a`.
pub(crate) struct Name<'a>(*const c_char, PhantomData<&'a [u8]>);

impl<'a> Name<'a> {
    /// The byte at `n`.
    ///
    /// # Safety
    ///
    /// There must be no NUL in front of it.
    unsafe fn byte(&self, n: usize) -> u8 {
        // SAFETY: By this function's contract it is at most the first NUL, up to which the bytes
        // are valid by the type invariants.
        unsafe { *self.0.add(n) }
    }

    /// Whether it starts with `prefix`, which has no NUL.
    pub(crate) fn starts_with(&self, prefix: &[u8]) -> bool {
        for n in 0..prefix.len() {
            // SAFETY: All bytes before were equal to those of `prefix`, so that none was a NUL.
            let byte = unsafe { self.byte(n) };
            if byte == 0 || prefix.get(n) != Some(&byte) {
                return false;
            }
        }
        true
    }

    /// It, but no more of it than the kernel takes for a name: any number of symbols can have the
    /// same endless one.
    pub(crate) fn to_bytes(&self) -> &'a [u8] {
        // SAFETY: None of the bytes before was a NUL, or this would have ended there.
        let ends = |&n: &usize| unsafe { self.byte(n) } == 0;
        let len = (0..MAX_NAME).find(ends).unwrap_or(MAX_NAME);
        // SAFETY: There is no NUL before, so that by the type invariants these bytes are valid.
        unsafe { slice::from_raw_parts(self.0.cast(), len) }
    }
}
