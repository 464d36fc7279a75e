// SPDX-License-Identifier: GPL-2.0

//! The module's file as the loader has it in memory.
//!
//! `struct module` points to few of a module's sections. The others can be found while the loader
//! still holds its temporary copy of the whole file: `.BTF` lies in it, and page by page before
//! that the ELF header is met. A section table counts only if it has a `.BTF` in the very place
//! where the loader says that it is. Everything is read in a way that survives a fault.
//!
//! A page in front of `.BTF` may be made to look like a header, and say anything. What it names is
//! read only as far as it lies in the one piece of memory that the copy is in.
//!
//! C header: [`include/uapi/linux/elf.h`](srctree/include/uapi/linux/elf.h)

use crate::{
    facade::Buf,
    private_bindings, //
};
use core::mem::offset_of;
use kernel::{
    bindings::{
        elf64_hdr,
        elf64_shdr, //
    },
    page::{
        PAGE_MASK,
        PAGE_SIZE, //
    },
    prelude::*, //
};

/// What any ELF file of 64 bits starts with.
const MAGIC: &[u8] = b"\x7fELF\x02";
/// Pages that are looked at for the header; files of modules are smaller.
const MAX_PAGES: usize = 1 << 16;
/// Pages that look like a header and are none; files of modules have none at all.
const MAX_FALSE: u32 = 8;
/// Bytes of a section's name that are compared.
const NAME_LEN: usize = 16;

/// The loader's copy of a module's file.
pub(crate) struct LoaderCopy {
    /// Address of the ELF header.
    start: usize,
    /// The section table.
    table: Buf<u8>,
    /// Where the names of sections start.
    names: usize,
}

/// A section in the file.
#[derive(Clone, Copy)]
pub(crate) struct FileSection {
    offset: usize,
    /// How long it is, in bytes.
    pub(crate) size: usize,
}

impl LoaderCopy {
    /// Finds the copy that `btf`, the loader's `.BTF` of a module, lies in.
    ///
    /// [`None`] if there is none.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`]
    pub(crate) fn around(btf: &[u8]) -> Result<Option<Self>> {
        let btf_at = btf.as_ptr().addr();
        let mut at = Some(btf_at & PAGE_MASK);
        let mut false_ones = 0..MAX_FALSE;
        for _ in 0..MAX_PAGES {
            let mut magic = [0; MAGIC.len()];
            let Some(page) = at.filter(|&page| read(page, &mut magic).is_some()) else {
                break;
            };
            if magic == *MAGIC {
                if let Some(copy) = Self::at(page)? {
                    let is_it = |s: FileSection| {
                        page.checked_add(s.offset) == Some(btf_at) && s.size == btf.len()
                    };
                    if copy.find(b".BTF").is_some_and(is_it) {
                        return Ok(Some(copy));
                    }
                }
                if false_ones.next().is_none() {
                    break;
                }
            }
            at = page.checked_sub(PAGE_SIZE);
        }
        Ok(None)
    }

    /// Reads the section table of the file at address `start`, if there is one.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`]
    fn at(start: usize) -> Result<Option<Self>> {
        let Some(bounds) = Bounds::of(start) else {
            return Ok(None);
        };
        let mut table = Buf::filled(bounds.table_len, 0).map_err(|_| ENOMEM)?;
        if read(bounds.table, &mut table).is_none() {
            return Ok(None);
        }
        let copy = Self {
            start,
            table,
            names: 0,
        };
        let names = || {
            let entry = copy.entries().nth(bounds.names)?;
            start.checked_add(long(entry, offset_of!(elf64_shdr, sh_offset))?)
        };
        Ok(names().map(|names| Self { names, ..copy }))
    }

    /// The entries of the section table.
    fn entries(&self) -> impl Iterator<Item = &[u8]> {
        self.table.chunks_exact(size_of::<elf64_shdr>())
    }

    /// The section called `name`.
    pub(crate) fn find(&self, name: &[u8]) -> Option<FileSection> {
        self.entries().find_map(|entry| {
            let at = word(entry, offset_of!(elf64_shdr, sh_name))?;
            let mut buf = [0; NAME_LEN];
            let here = buf.get_mut(..=name.len())?;
            read(self.names.checked_add(at)?, here)?;
            if here.split_last() != Some((&0, name)) {
                return None;
            }
            Some(FileSection {
                offset: long(entry, offset_of!(elf64_shdr, sh_offset))?,
                size: long(entry, offset_of!(elf64_shdr, sh_size))?,
            })
        })
    }

    /// What `section` holds; [`None`] if it does not lie in the copy.
    ///
    /// Nobody has looked at its size: memory is only taken for what has been read.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`]
    pub(crate) fn contents(&self, section: FileSection) -> Result<Option<Buf<u8>>> {
        let Some(first) = self.start.checked_add(section.offset) else {
            return Ok(None);
        };
        // Behind the copy is a page that can't be read.
        if section.offset > MAX_PAGES * PAGE_SIZE || !is_readable(self.start, section.offset) {
            return Ok(None);
        }
        let mut contents = Buf::new();
        let mut page = Buf::filled(PAGE_SIZE, 0).map_err(|_| ENOMEM)?;
        while contents.len() < section.size {
            let len = PAGE_SIZE.min(section.size - contents.len());
            let piece = page.get_mut(..len).unwrap_or(&mut []);
            let at = first.checked_add(contents.len());
            if at.and_then(|at| read(at, piece)).is_none() {
                return Ok(None);
            }
            contents.extend_from_slice(piece).map_err(|_| ENOMEM)?;
        }
        Ok(Some(contents))
    }
}

/// What an ELF header says of the section table.
struct Bounds {
    /// Its address.
    table: usize,
    table_len: usize,
    /// Which section holds the names.
    names: usize,
}

impl Bounds {
    /// Reads the header at address `start`.
    fn of(start: usize) -> Option<Self> {
        let mut header = [0; size_of::<elf64_hdr>()];
        read(start, &mut header)?;
        let entry = half(&header, offset_of!(elf64_hdr, e_shentsize))?;
        let count = half(&header, offset_of!(elf64_hdr, e_shnum))?;
        let names = half(&header, offset_of!(elf64_hdr, e_shstrndx))?;
        let offset = long(&header, offset_of!(elf64_hdr, e_shoff))?;
        if entry != size_of::<elf64_shdr>() || names >= count {
            return None;
        }
        Some(Self {
            table: start.checked_add(offset)?,
            table_len: entry.checked_mul(count)?,
            names,
        })
    }
}

/// Whether each page of the memory of `len` bytes from `address` on can be read.
pub(crate) fn is_readable(address: usize, len: usize) -> bool {
    let Some(end) = address.checked_add(len) else {
        return false;
    };
    let mut pages = (address & PAGE_MASK..end).step_by(PAGE_SIZE);
    pages.all(|page| read(page, &mut [0]).is_some())
}

/// Reads memory at `address`; [`None`] if it can't be.
fn read(address: usize, into: &mut [u8]) -> Option<()> {
    let dst = into.as_mut_ptr().cast();
    let src = core::ptr::with_exposed_provenance(address);
    // SAFETY: `dst` is valid for writes of that many bytes; the function takes any `src`.
    let err = unsafe { private_bindings::copy_from_kernel_nofault(dst, src, into.len()) };
    (err == 0).then_some(())
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
