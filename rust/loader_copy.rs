// SPDX-License-Identifier: GPL-2.0

//! The module's file as the loader has it in memory.
//!
//! `struct module` points to few of a module's sections. The others can be found while the loader
//! still holds its temporary copy of the whole file: `.BTF` lies in it, and page by page before
//! that the ELF header is met. A section table counts only if it has a `.BTF` in the very place
//! where the loader says that it is. Everything is read in a way that survives a fault.
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
    /// [`None`] if there is none, or no memory to look at it.
    pub(crate) fn around(btf: &[u8]) -> Option<Self> {
        let btf_at = btf.as_ptr().addr();
        let mut page = btf_at & PAGE_MASK;
        for _ in 0..MAX_PAGES {
            let mut magic = [0; MAGIC.len()];
            read(page, &mut magic)?;
            if magic == *MAGIC {
                if let Some(copy) = Self::at(page) {
                    let here = copy.find(b".BTF");
                    if here.is_some_and(|s| page + s.offset == btf_at && s.size == btf.len()) {
                        return Some(copy);
                    }
                }
            }
            page = page.checked_sub(PAGE_SIZE)?;
        }
        None
    }

    /// Reads the section table of the file at address `start`.
    fn at(start: usize) -> Option<Self> {
        let mut header = [0; size_of::<elf64_hdr>()];
        read(start, &mut header)?;
        let entry = half(&header, offset_of!(elf64_hdr, e_shentsize))?;
        let count = half(&header, offset_of!(elf64_hdr, e_shnum))?;
        let names = half(&header, offset_of!(elf64_hdr, e_shstrndx))?;
        let offset = long(&header, offset_of!(elf64_hdr, e_shoff))?;
        if entry != size_of::<elf64_shdr>() || names >= count {
            return None;
        }
        let mut table = Buf::filled(entry.checked_mul(count)?, 0).ok()?;
        read(start.checked_add(offset)?, &mut table)?;
        let copy = Self {
            start,
            table,
            names: 0,
        };
        let names = copy.entries().nth(names)?;
        Some(Self {
            names: start.checked_add(long(names, offset_of!(elf64_shdr, sh_offset))?)?,
            ..copy
        })
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

    /// What `section` holds; [`None`] if it can't be read, or there is no memory for it.
    pub(crate) fn contents(&self, section: FileSection) -> Option<Buf<u8>> {
        let mut contents = Buf::filled(section.size, 0).ok()?;
        read(self.start.checked_add(section.offset)?, &mut contents)?;
        Some(contents)
    }
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
