// SPDX-License-Identifier: GPL-2.0

//! The module's file as the loader has it in memory.
//!
//! `struct module` points to few of a module's sections. The others can be found while the loader
//! still holds its temporary copy of the whole file: `.BTF` lies in it, and page by page before
//! that the ELF header is met. Everything is read in a way that survives a fault.
//!
//! A page in front of `.BTF` may be made to look like a header, and say anything. The copy is one
//! piece of memory that vmalloc has mapped, with a page behind it that can't be read. So a header
//! counts only if every page from its own to the end of all sections that it names can be read,
//! and if one of these is a `.BTF` in the very place where the loader says that it is. The loader
//! has checked as much of the true one. Only what it has put into the module is left out, since
//! architectures make such sections larger for themselves. Nothing is read elsewhere.
//!
//! C header: [`include/uapi/linux/elf.h`](srctree/include/uapi/linux/elf.h)

use crate::{
    btf::Fault,
    facade::Buf,
    memory::{
        read,
        Reach, //
    }, //
};
use core::mem::offset_of;
use kernel::{
    bindings::{
        self,
        elf64_hdr,
        elf64_shdr, //
    },
    page::{
        PAGE_MASK,
        PAGE_SIZE, //
    },
};

/// What an ELF file of 64 bits in this machine's byte order starts with.
const MAGIC: &[u8] = if cfg!(target_endian = "little") {
    b"\x7fELF\x02\x01"
} else {
    b"\x7fELF\x02\x02"
};
/// Pages that are looked at for the header, and behind `.BTF`; files of modules are smaller.
const MAX_PAGES: usize = 1 << 16;
/// Entries of section tables that are looked at, the true one's and false ones': as many as the
/// largest table can have, where modules have some dozens.
const MAX_ENTRIES: usize = 1 << 16;
/// Bytes of a section's name that are compared.
const NAME_LEN: usize = 16;

/// The loader's copy of a module's file.
pub(crate) struct LoaderCopy {
    extent: Extent,
    table: Table,
    /// The section that holds the names of sections.
    names: FileSection,
}

/// A section in the file.
#[derive(Clone, Copy)]
pub(crate) struct FileSection {
    offset: usize,
    /// How long it is, in bytes; 0 if it takes no room in the file.
    pub(crate) size: usize,
    /// Its address in the module, if it has a place there.
    pub(crate) address: usize,
    /// Where its name stands among the names.
    name: usize,
    /// Whether it has a place in the module.
    loaded: bool,
    /// Whether it has notes in it.
    is_notes: bool,
}

impl LoaderCopy {
    /// Finds the copy that `btf`, the loader's `.BTF` of a module, lies in.
    ///
    /// [`None`] if there is none.
    pub(crate) fn around(btf: &[u8]) -> Option<Self> {
        let btf_at = btf.as_ptr().addr();
        // SAFETY: Any address may be asked for.
        if !unsafe { bindings::is_vmalloc_addr(btf.as_ptr().cast()) } {
            return None;
        }
        let mut page = btf_at & PAGE_MASK;
        let btf_end = btf_at.checked_add(btf.len())?;
        let limit = btf_end.saturating_add(MAX_PAGES * PAGE_SIZE);
        let mut reach = Reach::new(btf_end, limit);
        let mut entries = MAX_ENTRIES;
        for _ in 0..MAX_PAGES {
            let mut header = [0; size_of::<elf64_hdr>()];
            read(page, &mut header)?;
            if let Some(copy) = Self::new(page, &header, &mut reach, &mut entries) {
                let offset = btf_at.checked_sub(page)?;
                let section = copy.find(b".BTF");
                if section.is_some_and(|s| (s.offset, s.size) == (offset, btf.len())) {
                    return Some(copy);
                }
            }
            page = page.checked_sub(PAGE_SIZE)?;
        }
        None
    }

    /// The file whose header is at address `start`, from where on everything can be read as far as
    /// `reach`; [`None`] if this is not a header, or if what it names is not all there. No more
    /// than `entries` of it are looked at, which become less.
    fn new(
        start: usize,
        header: &[u8; size_of::<elf64_hdr>()],
        reach: &mut Reach,
        entries: &mut usize,
    ) -> Option<Self> {
        let (table, names) = Table::of(header)?;
        let mut extent = Extent { start, len: 0 };
        extent.grow(table.end()?, reach)?;
        *entries = entries.checked_sub(table.count)?;
        let mut end = extent.len;
        for nth in 0..table.count {
            let section = table.section(&extent, nth)?;
            if !section.loaded {
                end = end.max(section.offset.checked_add(section.size)?);
            }
        }
        extent.grow(end, reach)?;
        let names = table.section(&extent, names)?;
        Some(Self {
            extent,
            table,
            names,
        })
    }

    /// The first section called `name`.
    pub(crate) fn find(&self, name: &[u8]) -> Option<FileSection> {
        self.find_among(name, |_| true)
    }

    /// The first section of notes called `name`.
    pub(crate) fn find_notes(&self, name: &[u8]) -> Option<FileSection> {
        self.find_among(name, |section| section.is_notes)
    }

    /// The first section called `name` of those for which `is_one` holds: names are read last.
    fn find_among(&self, name: &[u8], is_one: fn(&FileSection) -> bool) -> Option<FileSection> {
        for nth in 0..self.table.count {
            let section = self.table.section(&self.extent, nth)?;
            if is_one(&section) && self.is_called(section, name) == Some(true) {
                return Some(section);
            }
        }
        None
    }

    /// Whether `section` is called `name`; [`None`] if it has no name or `name` is too long.
    fn is_called(&self, section: FileSection, name: &[u8]) -> Option<bool> {
        let mut buf = [0; NAME_LEN];
        let here = buf.get_mut(..name.len().checked_add(1)?)?;
        if section.name.checked_add(here.len())? > self.names.size {
            return None;
        }
        let at = self.names.offset.checked_add(section.name)?;
        self.extent.read(at, here)?;
        Some(here.split_last() == Some((&0, name)))
    }

    /// What `section` holds.
    ///
    /// # Errors
    ///
    /// No memory, or it does not lie in the file.
    pub(crate) fn contents(&self, section: FileSection) -> Result<Buf<u8>, Fault> {
        let end = section.offset.checked_add(section.size);
        if end.is_none_or(|end| end > self.extent.len) {
            return Err(Fault::Truncated);
        }
        let mut contents = Buf::filled(section.size, 0).map_err(|_| Fault::NoMemory)?;
        let mut at = section.offset;
        for piece in contents.chunks_mut(PAGE_SIZE) {
            self.extent.read(at, piece).ok_or(Fault::Truncated)?;
            at = at.saturating_add(PAGE_SIZE);
        }
        Ok(contents)
    }
}

/// A file in memory, as far as it is known to be there.
#[derive(Clone, Copy)]
struct Extent {
    start: usize,
    len: usize,
}

impl Extent {
    /// Reads what lies `offset` bytes behind the start; [`None`] if that is not all in here.
    fn read(&self, offset: usize, into: &mut [u8]) -> Option<()> {
        if offset.checked_add(into.len())? > self.len {
            return None;
        }
        read(self.start.checked_add(offset)?, into)
    }

    /// Becomes `len` bytes long, if `reach` says that they are there.
    fn grow(&mut self, len: usize, reach: &mut Reach) -> Option<()> {
        reach.extend(self.start.checked_add(len)?)?;
        self.len = len;
        Some(())
    }
}

/// Where a section table is in a file.
#[derive(Clone, Copy)]
struct Table {
    offset: usize,
    /// Number of entries.
    count: usize,
}

impl Table {
    /// The one that `header` names, and which of its sections holds their names; [`None`] if this
    /// is not the header of a module's file.
    fn of(header: &[u8; size_of::<elf64_hdr>()]) -> Option<(Self, usize)> {
        let kind = half(header, offset_of!(elf64_hdr, e_type))?;
        let entry = half(header, offset_of!(elf64_hdr, e_shentsize))?;
        let count = half(header, offset_of!(elf64_hdr, e_shnum))?;
        let names = half(header, offset_of!(elf64_hdr, e_shstrndx))?;
        let offset = long(header, offset_of!(elf64_hdr, e_shoff))?;
        // CAST: A small constant.
        if !header.starts_with(MAGIC) || kind != bindings::ET_REL as usize {
            return None;
        }
        if entry != size_of::<elf64_shdr>() || names >= count {
            return None;
        }
        Some((Self { offset, count }, names))
    }

    /// How far behind the start of the file it ends.
    fn end(&self) -> Option<usize> {
        let len = self.count.checked_mul(size_of::<elf64_shdr>())?;
        self.offset.checked_add(len)
    }

    /// Its entry `nth`, which is in `file`; [`None`] if there is none.
    fn section(&self, file: &Extent, nth: usize) -> Option<FileSection> {
        if nth >= self.count {
            return None;
        }
        let mut entry = [0; size_of::<elf64_shdr>()];
        let at = nth.checked_mul(entry.len())?.checked_add(self.offset)?;
        file.read(at, &mut entry)?;
        let mut size = long(&entry, offset_of!(elf64_shdr, sh_size))?;
        // CAST: Small constants.
        let kind = word(&entry, offset_of!(elf64_shdr, sh_type))?;
        if kind == bindings::SHT_NULL as usize || kind == bindings::SHT_NOBITS as usize {
            size = 0;
        }
        let flags = long(&entry, offset_of!(elf64_shdr, sh_flags))?;
        Some(FileSection {
            offset: long(&entry, offset_of!(elf64_shdr, sh_offset))?,
            size,
            // The loader has put there where it has placed it.
            address: long(&entry, offset_of!(elf64_shdr, sh_addr))?,
            name: word(&entry, offset_of!(elf64_shdr, sh_name))?,
            loaded: flags & bindings::SHF_ALLOC as usize != 0,
            is_notes: kind == bindings::SHT_NOTE as usize,
        })
    }
}

fn half(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    Some(usize::from(u16::from_ne_bytes(*bytes)))
}

fn word(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    usize::try_from(u32::from_ne_bytes(*bytes)).ok()
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..)?.first_chunk()?;
    usize::try_from(u64::from_ne_bytes(*bytes)).ok()
}
