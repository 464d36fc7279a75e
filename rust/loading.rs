// SPDX-License-Identifier: GPL-2.0

//! The module that is being loaded: its BTF, its `.BTF_ids`, and how both are changed.
//!
//! C header: [`include/linux/module.h`](srctree/include/linux/module.h)

use crate::{
    btf::{
        self,
        Fault,
        Form,
        Functions,
        Place,
        Section,
        Symbol,
        FINGERPRINT,
        MAX_FINGERPRINT,
        PREFIX,
        UNREFERRED, //
    },
    btf_pointers::BtfPointers,
    facade::Buf,
    loader_copy::LoaderCopy,
    notifier::Coming,
    symbols::{
        is_defined,
        span,
        Name,
        Symbols, //
    },
    writable::Writable, //
};
use core::{
    ops::Range,
    slice, //
};
use kernel::{
    bindings,
    prelude::*,
    str::BStr, //
};

/// A module whose load is in progress.
///
/// There is one of these at a time. What [`Self::commit`] changes in the module is lent by it, so
/// that nobody has it any more by then; what it does not change is lent by the module.
pub(crate) struct Loading<'a> {
    coming: &'a mut Coming,
    /// The loader's copy of its file, if it can be found.
    file: Option<LoaderCopy>,
    /// Where its `.BTF_ids` lies, if it has one.
    ids: Result<Option<Range<usize>>, Outside>,
}

impl<'a> Loading<'a> {
    /// Looks at the module that is coming.
    pub(crate) fn new(coming: &'a mut Coming) -> Self {
        let mut loading = Self {
            coming,
            file: None,
            ids: Ok(None),
        };
        let btf = loading.btf().ok().flatten();
        loading.file = btf.and_then(LoaderCopy::around);
        loading.ids = loading.find_ids();
        loading
    }

    /// The module.
    pub(crate) fn as_ptr(&self) -> *mut bindings::module {
        self.coming.as_ptr()
    }

    /// Its name.
    pub(crate) fn name(&self) -> &'a BStr {
        // SAFETY: The module is valid while it is coming, by the invariants of `Coming`, and its
        // name stays as it is.
        let name = unsafe { &(*self.coming.as_ptr()).name };
        let len = (0..name.len()).find(|&n| name.get(n) == Some(&0));
        BStr::from_bytes(name.get(..len.unwrap_or(name.len())).unwrap_or(name))
    }

    /// The pointers to its BTF.
    fn pointers(&self) -> BtfPointers {
        // SAFETY: By the invariants of `Coming` the module is valid, and nobody else changes it.
        unsafe { BtfPointers::of(self.coming.as_ptr()) }
    }

    /// Its `.BTF`, if it has one.
    ///
    /// # Errors
    ///
    /// The file is shorter than its section table says.
    pub(crate) fn btf(&self) -> btf::Result<Option<&'a [u8]>> {
        // SAFETY: The pointers are the loader's, into its copy of the file, which stays until all
        // watchers have been called.
        unsafe { self.pointers().btf() }
    }

    /// Its `.BTF.base`, if it has one.
    ///
    /// # Errors
    ///
    /// As for [`Self::btf`].
    pub(crate) fn base(&self) -> btf::Result<Option<&'a [u8]>> {
        // SAFETY: As in `btf`.
        unsafe { self.pointers().base() }
    }

    /// How it says which types it means, as far as that is known; none if it has no BTF.
    pub(crate) fn form(&self) -> Option<Form> {
        self.pointers().form()
    }

    /// A copy of its `.BTF.base_ref`, if it has one.
    ///
    /// # Errors
    ///
    /// No memory.
    pub(crate) fn base_ref(&self) -> btf::Result<Option<Buf<u8>>> {
        let Some(file) = &self.file else {
            return Ok(None);
        };
        let Some(section) = file.find(b".BTF.base_ref") else {
            return Ok(None);
        };
        match file.contents(section) {
            Ok(contents) => Ok(Some(contents)),
            Err(fault) => Err(btf::Error::new(Section::BaseRef, Place::Whole, fault)),
        }
    }

    /// A copy of its notes on the kernel that it was built against, if it has them.
    ///
    /// # Errors
    ///
    /// They are too long, or not in its data; no memory.
    pub(crate) fn fingerprint(&self) -> btf::Result<Option<Buf<u8>>> {
        let section = self.file.as_ref();
        let section = section.and_then(|file| file.find_notes(FINGERPRINT.as_bytes()));
        let Some(section) = section.filter(|section| section.size != 0) else {
            return Ok(None);
        };
        if section.size > MAX_FINGERPRINT {
            return Err(btf::malformed(Fault::NotesTooLong(section.size)));
        }
        let end = section.address.checked_add(section.size);
        let bytes = end.and_then(|end| self.memory(section.address..end));
        let mut copy = Buf::new();
        copy.extend_from_slice(bytes.ok_or(btf::malformed(Fault::NotesOutside))?)?;
        Ok(Some(copy))
    }

    /// A copy of its `.BTF_ids`, if it has that: it is to be written to.
    ///
    /// # Errors
    ///
    /// Symbols that lie outside of the module; no memory.
    pub(crate) fn ids(&self) -> btf::Result<Option<Buf<u8>>> {
        let Some(place) = self.ids.clone().map_err(outside)? else {
            return Ok(None);
        };
        let mut copy = Buf::new();
        copy.extend_from_slice(self.memory(place).ok_or(outside(Outside))?)?;
        Ok(Some(copy))
    }

    /// Its symbols of `.BTF_ids`, placed from the start of that.
    ///
    /// # Errors
    ///
    /// As for [`Self::ids`].
    pub(crate) fn id_symbols(&self) -> btf::Result<Buf<Symbol<'a>>> {
        let mut symbols = Buf::new();
        let Some(place) = self.ids.clone().map_err(outside)? else {
            return Ok(symbols);
        };
        for (span, name) in self.id_spans() {
            let symbol = placed(span, name.to_bytes(), place.start);
            symbols.push(symbol.ok_or(outside(Outside))?)?;
        }
        Ok(symbols)
    }

    /// Whether its `.BTF_ids` has anything but zeros in it.
    fn has_ids_in_memory(&self) -> bool {
        // If they are outside, nobody knows where.
        let place = self.ids.clone().ok().flatten();
        place
            .and_then(|place| self.memory(place))
            .is_some_and(|bytes| bytes.iter().any(|&byte| byte != 0))
    }

    /// Its `.BTF_ids`, mapped writable; [`None`] if it has none.
    ///
    /// # Errors
    ///
    /// As [`Writable::new`].
    pub(crate) fn writable_ids(&self) -> Result<Option<Writable<'a>>> {
        let place = self.ids.clone().map_err(|Outside| EINVAL)?;
        let Some(bytes) = place.and_then(|place| self.memory(place)) else {
            return Ok(None);
        };
        // SAFETY: This is memory of a module, which vmalloc has mapped, and stays for `'a`.
        unsafe { Writable::new(bytes) }.map(Some)
    }

    /// Where its `.BTF_ids` lies: as the file says, or if that can't be found, from its first
    /// symbol to the end of its last; [`None`] if it has none.
    ///
    /// # Errors
    ///
    /// That is not in its data.
    fn find_ids(&self) -> Result<Option<Range<usize>>, Outside> {
        let section = self.file.as_ref();
        let section = section.and_then(|file| file.find(b".BTF_ids"));
        if let Some(section) = section.filter(|section| section.size != 0) {
            let end = section.address.checked_add(section.size).ok_or(Outside)?;
            let place = section.address..end;
            return match self.memory(place.clone()) {
                Some(_) => Ok(Some(place)),
                None => Err(Outside),
            };
        }
        let mut place: Option<Range<usize>> = None;
        for (span, _) in self.id_spans() {
            let (from, to) = span.ok_or(Outside)?;
            place = Some(match place {
                Some(place) => place.start.min(from)..place.end.max(to),
                None => from..to,
            });
        }
        match place {
            Some(place) if self.memory(place.clone()).is_none() => Err(Outside),
            place => Ok(place),
        }
    }

    /// From where to where each of its symbols of `.BTF_ids` reaches, and its name.
    fn id_spans(&self) -> impl Iterator<Item = (Option<(usize, usize)>, Name<'a>)> {
        let symbols = self.symbols();
        let of_ids =
            symbols.filter(|(symbol, name)| is_defined(symbol) && name.starts_with(PREFIX));
        of_ids.map(|(symbol, name)| (span(&symbol), name))
    }

    /// Its functions.
    ///
    /// # Errors
    ///
    /// No memory.
    pub(crate) fn functions(&self) -> btf::Result<Functions> {
        Functions::new(self.symbols().filter_map(|(symbol, name)| {
            let is_unreferred = || name.starts_with(UNREFERRED);
            let tells = btf::tells_of_functions(symbol.st_info, is_unreferred);
            let tells = tells.filter(|_| is_defined(&symbol));
            tells.map(|kept| (name.to_bytes(), kept))
        }))
    }

    /// Whether it uses a function of this name, which it has not itself.
    pub(crate) fn imports(&self, name: &[u8]) -> bool {
        for (symbol, its) in self.symbols() {
            if !is_defined(&symbol) && its.to_bytes() == name {
                return true;
            }
        }
        false
    }

    /// Its symbols, which stay as they are.
    fn symbols(&self) -> Symbols<'a> {
        // SAFETY: By the invariants of `Coming` the module is valid, and its load waits for `'a`.
        unsafe { Symbols::of(self.coming.as_ptr()) }
    }

    /// The module's data at `place`, if that is in it.
    fn memory(&self, place: Range<usize>) -> Option<&[u8]> {
        // Where `.BTF_ids` and notes are, and where a linker puts them that merges them with what
        // is written to.
        [
            bindings::mod_mem_type_MOD_RODATA,
            bindings::mod_mem_type_MOD_DATA,
            bindings::mod_mem_type_MOD_RO_AFTER_INIT,
        ]
        .into_iter()
        // CAST: A small number.
        .find_map(|which| self.memory_of(which as usize, place.clone()))
    }

    /// The same, of memory of the type `which`.
    fn memory_of(&self, which: usize, place: Range<usize>) -> Option<&[u8]> {
        let Range { start, end } = place;
        // SAFETY: By the invariants of `Coming` the module is valid; the loader does not change
        // `mem` any more.
        let piece = unsafe { (*self.coming.as_ptr()).mem.get(which)? };
        let base = piece.base.addr();
        // CAST: 32 bits fit.
        if start < base || end <= start || end > base.saturating_add(piece.size as usize) {
            return None;
        }
        let at = piece.base.cast_const().with_addr(start);
        let len = end.checked_sub(start)?;
        // SAFETY: It lies in the module's data, which is mapped and readable; nobody
        // changes that while the module is being loaded, but `commit`, for which `self` has to be
        // given back by all who have borrowed it.
        Some(unsafe { slice::from_raw_parts(at.cast(), len) })
    }

    /// Lets the kernel find `btf` in place of the module's own BTF and base, and puts `ids` in
    /// place of what `.BTF_ids` held. Gives back the pointers that the module had.
    ///
    /// # Safety
    ///
    /// `btf` must stay where it is until the module is given these pointers back; `ids` as for
    /// [`Self::write_ids`].
    pub(crate) unsafe fn commit(
        self,
        btf: &[u8],
        ids: Option<(Writable<'a>, &[u8])>,
    ) -> BtfPointers {
        let had = self.pointers();
        let module = self.coming.as_ptr();
        // SAFETY: By this function's contract.
        unsafe { self.write_ids(ids) };
        // SAFETY: The module is valid and its load in progress; by this function's contract `btf`
        // stays for as long as it has these.
        unsafe { BtfPointers::to(btf).give_to(module) };
        had
    }

    /// Puts `ids`, if there are any, in place of what `.BTF_ids` held.
    ///
    /// # Safety
    ///
    /// They must go to the module's own.
    pub(crate) unsafe fn write_ids(self, ids: Option<(Writable<'a>, &[u8])>) {
        if let Some((mut memory, ids)) = ids {
            // SAFETY: `self` lends this memory, and here it has given itself away.
            unsafe { memory.write(ids) };
        }
    }

    /// Lets the kernel find no BTF of the module, and takes all ids out of `.BTF_ids`, for which
    /// `is_one_harmless` is as for `btf::zero`. Nothing is left to be undone: the loader does not
    /// use the pointers any more.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`]: there is not even memory for zeros. Nothing has been changed.
    pub(crate) fn withhold(self, is_one_harmless: bool) -> Result {
        if self.has_ids_in_memory() {
            let mut memory = self.writable_ids()?.ok_or(EINVAL)?;
            let mut symbols = self.id_symbols().unwrap_or_default();
            // SAFETY: `self` lends this memory, and nobody else has borrowed it.
            let section = unsafe { memory.as_mut() };
            btf::zero(section, &mut symbols, is_one_harmless);
        }
        // SAFETY: The module is valid and its load in progress; these point to nothing.
        unsafe { BtfPointers::NONE.give_to(self.coming.as_ptr()) };
        Ok(())
    }
}

/// `.BTF_ids`, or a symbol of it, is not in the module's data.
#[derive(Clone, Copy)]
struct Outside;

/// That, as what is wrong with the module.
fn outside(Outside: Outside) -> btf::Error {
    btf::Error::new(Section::Ids, Place::Whole, Fault::SymbolBounds)
}

/// The symbol called `name` that reaches from where to where `span` says, placed from `start` on.
fn placed(span: Option<(usize, usize)>, name: &[u8], start: usize) -> Option<Symbol<'_>> {
    let (from, to) = span?;
    Some(Symbol {
        name,
        at: u32::try_from(from.checked_sub(start)?).ok()?,
        size: u32::try_from(to.checked_sub(from)?).ok()?,
    })
}
