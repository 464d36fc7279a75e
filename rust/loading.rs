// SPDX-License-Identifier: GPL-2.0

//! The module that is being loaded: its BTF, its `.BTF_ids`, and how both are changed.
//!
//! C header: [`include/linux/module.h`](srctree/include/linux/module.h)

use crate::{
    btf::{
        self,
        Fault,
        Functions,
        Marks,
        Place,
        Section,
        Symbol,
        PREFIX, //
    },
    facade::Buf,
    loader_copy::{
        is_readable,
        LoaderCopy, //
    },
    notifier::Coming,
    writable::Writable, //
};
use core::{
    ffi::c_void,
    marker::PhantomData,
    slice, //
};
use kernel::{
    bindings,
    prelude::*,
    str::{
        BStr,
        CStr,
        CStrExt, //
    }, //
};

/// Bytes of a symbol's name that are looked at, `KSYM_NAME_LEN`.
const MAX_NAME: usize = 512;

/// Sets whose kfuncs are named; modules have a few.
const MAX_SETS: usize = 64;

/// Where the kernel looks for a module's BTF, `btf_data` and its kin in `struct module`.
#[derive(Clone, Copy)]
pub(crate) struct BtfPointers {
    data: *mut c_void,
    data_size: c_uint,
    base: *mut c_void,
    base_size: c_uint,
}

// SAFETY: Only pointers, which are handed back to where they came from; nothing is read through
// them.
unsafe impl Send for BtfPointers {}

/// Gives a module the pointers to BTF that it had before.
///
/// # Safety
///
/// `module` must be valid, with its load in progress in this thread; it must have been given other
/// pointers by [`Loading::commit`], which gave `pointers` back.
pub(crate) unsafe fn restore(module: *mut bindings::module, pointers: BtfPointers) {
    // SAFETY: By this function's contract nobody else reads or writes these fields.
    unsafe {
        (*module).btf_data = pointers.data;
        (*module).btf_data_size = pointers.data_size;
        (*module).btf_base_data = pointers.base;
        (*module).btf_base_data_size = pointers.base_size;
    }
}

/// A module whose load is in progress.
pub(crate) struct Loading<'a>(&'a Coming);

impl<'a> Loading<'a> {
    /// Looks at the module that is coming.
    pub(crate) fn new(module: &'a Coming) -> Self {
        Self(module)
    }

    /// The module.
    pub(crate) fn as_ptr(&self) -> *mut bindings::module {
        self.0.as_ptr()
    }

    /// Its name.
    pub(crate) fn name(&self) -> &'a BStr {
        // SAFETY: The module is valid while it is coming, by the invariants of `Coming`; its name
        // is a C string.
        let name = unsafe { CStr::from_char_ptr((&raw const (*self.0.as_ptr()).name).cast()) };
        BStr::from_bytes(name.to_bytes())
    }

    /// The pointers to its BTF.
    fn pointers(&self) -> BtfPointers {
        let module = self.0.as_ptr();
        // SAFETY: By the invariants of `Coming` the module is valid, and nobody else changes it.
        unsafe {
            BtfPointers {
                data: (*module).btf_data,
                data_size: (*module).btf_data_size,
                base: (*module).btf_base_data,
                base_size: (*module).btf_base_data_size,
            }
        }
    }

    /// Its `.BTF`, if it has one.
    ///
    /// # Errors
    ///
    /// The file is shorter than its section table says.
    pub(crate) fn btf(&self) -> btf::Result<Option<&'a [u8]>> {
        let p = self.pointers();
        // SAFETY: The pointers are the loader's, into its copy of the file, which stays until all
        // watchers have been called.
        let btf = unsafe { section(p.data, p.data_size) };
        btf.map_err(|fault| btf::Error::new(Section::Split, Place::Whole, fault))
    }

    /// Its `.BTF.base`, if it has one.
    ///
    /// # Errors
    ///
    /// As for [`Self::btf`].
    pub(crate) fn base(&self) -> btf::Result<Option<&'a [u8]>> {
        let p = self.pointers();
        // SAFETY: As in `btf`.
        let base = unsafe { section(p.base, p.base_size) };
        base.map_err(|fault| btf::Error::new(Section::Base, Place::Whole, fault))
    }

    /// The loader's copy of its file, if it can be found.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`]
    fn file(&self) -> Result<Option<LoaderCopy>> {
        match self.btf() {
            Ok(Some(btf)) => LoaderCopy::around(btf),
            _ => Ok(None),
        }
    }

    /// A copy of its `.BTF.base_ref`, if it has one.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`]
    pub(crate) fn base_ref(&self) -> Result<Option<Buf<u8>>> {
        let Some(file) = self.file()? else {
            return Ok(None);
        };
        match file.find(b".BTF.base_ref") {
            Some(section) => file.contents(section),
            None => Ok(None),
        }
    }

    /// Its `.BTF_ids`, which its symbols tell of.
    ///
    /// # Errors
    ///
    /// [`ENXIO`] if the file has the section, but no symbols for it; [`EFAULT`] for symbols that
    /// lie outside of the module; [`ENOMEM`].
    pub(crate) fn ids(&self) -> Result<Option<Ids<'a>>> {
        // Where the first one starts and the last one ends.
        let mut bounds: Option<(usize, usize)> = None;
        let mut count = 0;
        for (symbol, _) in self.id_symbols() {
            let (start, end) = span(symbol)?;
            bounds = Some(match bounds {
                Some((first, last)) => (first.min(start), last.max(end)),
                None => (start, end),
            });
            // NO-OVERFLOW: No more than there are symbols.
            count += 1;
        }
        let Some((start, end)) = bounds else {
            let section = self.file()?.and_then(|file| file.find(b".BTF_ids"));
            return match section {
                Some(section) if section.size != 0 => Err(ENXIO),
                _ => Ok(None),
            };
        };
        let bytes = self.memory(start, end).ok_or(EFAULT)?;
        let mut symbols = Buf::with_capacity(count).map_err(|_| ENOMEM)?;
        for (symbol, name) in self.id_symbols() {
            let (from, to) = span(symbol)?;
            // NO-OVERFLOW: `start` is the least, and each ends behind where it starts.
            let at = u32::try_from(from - start).map_err(|_| EFAULT)?;
            let size = u32::try_from(to - from).map_err(|_| EFAULT)?;
            let name = name.to_bytes();
            symbols
                .push(Symbol { name, at, size })
                .map_err(|_| ENOMEM)?;
        }
        // INVARIANT: `memory` gives the module's.
        Ok(Some(Ids { bytes, symbols }))
    }

    /// Its functions.
    ///
    /// # Errors
    ///
    /// No memory.
    pub(crate) fn functions(&self) -> btf::Result<Functions> {
        Functions::new(self.symbols().filter_map(|(symbol, name)| {
            let info = c_uint::from(symbol.st_info);
            let function = symbol.st_shndx != 0 && info & 0xf == bindings::STT_FUNC;
            function.then(|| (name.to_bytes(), info >> 4 == bindings::STB_LOCAL))
        }))
    }

    /// Whether it uses a function of this name, which it has not itself.
    pub(crate) fn imports(&self, name: &[u8]) -> bool {
        self.symbols()
            .any(|(symbol, its)| symbol.st_shndx == 0 && its.to_bytes() == name)
    }

    /// Those of its symbols that mark ids.
    fn id_symbols(&self) -> impl Iterator<Item = (&'a bindings::Elf64_Sym, Name<'a>)> {
        self.symbols()
            .filter(|(symbol, name)| symbol.st_shndx != 0 && name.starts_with(PREFIX))
    }

    /// Its symbols, local ones included, with their names.
    fn symbols(&self) -> impl Iterator<Item = (&'a bindings::Elf64_Sym, Name<'a>)> {
        // SAFETY: By the invariants of `Coming` the module is valid, and its `kallsyms` do not
        // change before its init function has run.
        let kallsyms = unsafe { (*self.0.as_ptr()).kallsyms.as_ref() };
        let table = match kallsyms {
            // SAFETY: The loader has set up a table of that many symbols, which stays until the
            // module's init function has run.
            Some(k) if !k.symtab.is_null() => unsafe {
                slice::from_raw_parts(k.symtab, k.num_symtab as usize)
            },
            _ => &[],
        };
        let strings = kallsyms.map_or(core::ptr::null(), |k| k.strtab.cast_const());
        table.iter().map(move |symbol| {
            // SAFETY: There is a symbol, so there are `kallsyms` with a string table; the loader
            // has checked that all names lie in it. CAST: 32 bits fit.
            let start = unsafe { strings.add(symbol.st_name as usize) };
            // INVARIANT: It has checked as well that the table ends in a NUL. It stays as long as
            // the symbols.
            (symbol, Name(start, PhantomData))
        })
    }

    /// The module's read-only data from `start` to `end`, if they are that.
    fn memory(&self, start: usize, end: usize) -> Option<&'a [u8]> {
        // CAST: A small number.
        const RODATA: usize = bindings::mod_mem_type_MOD_RODATA as usize;
        // SAFETY: By the invariants of `Coming` the module is valid; the loader does not change
        // `mem` any more.
        let piece = unsafe { (*self.0.as_ptr()).mem.get(RODATA)? };
        let base = piece.base.addr();
        // CAST: 32 bits fit.
        if start < base || end <= start || end > base.saturating_add(piece.size as usize) {
            return None;
        }
        let at = piece.base.cast_const().with_addr(start);
        // SAFETY: It lies in the module's read-only data, which is mapped and readable; nobody
        // changes that while the module is being loaded, but `commit`, which takes `self` and
        // with it the last use of what is borrowed from here.
        Some(unsafe { slice::from_raw_parts(at.cast(), end - start) })
    }

    /// Lets the kernel find `btf` in place of the module's own BTF and base, and puts `ids` in
    /// place of what `.BTF_ids` held. An empty `btf` makes it a module without BTF. Gives back the
    /// pointers that the module had.
    ///
    /// # Safety
    ///
    /// `btf` must stay where it is until [`restore`] is called for the module.
    pub(crate) unsafe fn commit(
        self,
        btf: &[u8],
        ids: Option<(Writable<'_>, &[u8])>,
    ) -> BtfPointers {
        let had = self.pointers();
        if let Some((mut memory, ids)) = ids {
            memory.write(ids);
        }
        let pointers = BtfPointers {
            data: btf.as_ptr().cast_mut().cast(),
            // CAST: No larger than the limits of BTF, which are 32 bits.
            data_size: btf.len() as c_uint,
            base: core::ptr::null_mut(),
            base_size: 0,
        };
        // SAFETY: The module is valid and its load in progress; this is the other half of what
        // `restore` undoes.
        unsafe { restore(self.0.as_ptr(), pointers) };
        had
    }
}

/// From where to where a symbol reaches: an id, if it does not say.
///
/// # Errors
///
/// [`EFAULT`] for what is no address.
fn span(symbol: &bindings::Elf64_Sym) -> Result<(usize, usize)> {
    let start = usize::try_from(symbol.st_value).map_err(|_| EFAULT)?;
    let size = usize::try_from(symbol.st_size).map_err(|_| EFAULT)?;
    let end = start.saturating_add(size.max(size_of::<u32>()));
    Ok((start, end))
}

/// The name of a symbol, of which no more is read than is asked for: there are thousands.
///
/// # Invariants
///
/// There is a NUL where the pointer points to or behind it, and the bytes up to there are valid for
/// reads for `'a`.
struct Name<'a>(*const c_char, PhantomData<&'a [u8]>);

impl<'a> Name<'a> {
    /// The byte at `n`.
    ///
    /// # Safety
    ///
    /// There must be no NUL in front of it.
    unsafe fn byte(&self, n: usize) -> u8 {
        // SAFETY: By this function's contract it is at most the first NUL, up to which the bytes are
        // valid by the type invariants.
        unsafe { *self.0.add(n) }
    }

    /// Whether it starts with `prefix`, which has no NUL.
    fn starts_with(&self, prefix: &[u8]) -> bool {
        // SAFETY: All bytes before were equal to those of `prefix`, so that none was a NUL.
        let same = |(n, &byte): (usize, &u8)| byte != 0 && unsafe { self.byte(n) } == byte;
        prefix.iter().enumerate().all(same)
    }

    /// It, but no more of it than the kernel takes for a name: any number of symbols can have the
    /// same endless one.
    fn to_bytes(&self) -> &'a [u8] {
        // SAFETY: None of the bytes before was a NUL, or this would have ended there.
        let ends = |&n: &usize| unsafe { self.byte(n) } == 0;
        let len = (0..MAX_NAME).find(ends).unwrap_or(MAX_NAME);
        // SAFETY: There is no NUL before, so that by the type invariants these bytes are valid.
        unsafe { slice::from_raw_parts(self.0.cast(), len) }
    }
}

/// A section that the loader has in memory.
///
/// # Errors
///
/// It does not. The loader looks at the bounds of sections, but not of those whose type says that
/// they take no room in the file, while it asks nobody's type.
///
/// # Safety
///
/// If not null, `data` must point into memory that stays for `'a`, and does not change; how much
/// of it there is need not be known.
unsafe fn section<'a>(data: *const c_void, size: c_uint) -> Result<Option<&'a [u8]>, Fault> {
    if data.is_null() || size == 0 {
        return Ok(None);
    }
    // CAST: 32 bits fit.
    let size = size as usize;
    if !is_readable(data.addr(), size) {
        return Err(Fault::Truncated);
    }
    // SAFETY: All of it can be read, and by this function's contract it stays.
    Ok(Some(unsafe { slice::from_raw_parts(data.cast(), size) }))
}

/// `.BTF_ids` of a module, from its first symbol to the end of its last.
///
/// # Invariants
///
/// `bytes` are memory of a module, which stays for `'a`.
pub(crate) struct Ids<'a> {
    bytes: &'a [u8],
    /// The symbols, placed from the start of `bytes`.
    pub(crate) symbols: Buf<Symbol<'a>>,
}

impl<'a> Ids<'a> {
    /// Names of the kfuncs in it, by its symbols, which may be nonsense.
    ///
    /// # Errors
    ///
    /// No memory.
    pub(crate) fn kfuncs(&self) -> btf::Result<Buf<&'a [u8]>> {
        let mut sets: Buf<(u32, u32)> = Buf::new();
        let all = self.symbols.iter();
        for set in all.filter(|s| matches!(s.marks(), Some(Marks::Set8(_)))) {
            if sets.len() == MAX_SETS {
                break;
            }
            sets.push((set.at, set.at.saturating_add(set.size)))?;
        }
        let is_in_set = |at| sets.iter().any(|&(start, end)| start < at && at < end);
        let mut names = Buf::new();
        for slot in self.symbols.iter().filter(|s| is_in_set(s.at)) {
            if let Some(Marks::Slot(_, name)) = slot.marks() {
                names.push(name)?;
            }
        }
        Ok(names)
    }

    /// What it holds.
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Maps the section writable.
    ///
    /// # Errors
    ///
    /// As [`Writable::new`].
    pub(crate) fn writable(&self) -> Result<Writable<'a>> {
        // SAFETY: By the type invariants this is memory of a module, which vmalloc has mapped.
        unsafe { Writable::new(self.bytes) }
    }
}
