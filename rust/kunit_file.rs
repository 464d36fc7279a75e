// SPDX-License-Identifier: GPL-2.0

//! Tests of how a module's file is found in memory, and false ones are not.
//!
//! The files are made by hand, in memory of the kind that the loader has its copies in. Built and
//! run with `kunit.rs`.

use crate::loader_copy::LoaderCopy;
use core::mem::offset_of;
use kernel::{
    bindings::{
        self,
        elf64_hdr,
        elf64_shdr, //
    },
    page::PAGE_SIZE,
    prelude::*, //
};

/// Where the parts of a file are: the section table behind the header, the names behind that.
const TABLE: usize = size_of::<elf64_hdr>();
const NAMES: usize = 512;
const NAMES_LEN: usize = 64;
/// The contents of `.BTF.base_ref`, which reach over the end of a page.
const REF: usize = PAGE_SIZE - 100;
const REF_LEN: usize = 200;
/// The contents of `.BTF`, behind pages which tests fill.
const BTF: usize = 4 * PAGE_SIZE + 24;
const BTF_LEN: usize = 100;
/// The names of sections, and where `.BTF.base_ref` and `.BTF` are among them.
const TEXT: &[u8] = b"\0.BTF.base_ref\0.BTF\0.shstrtab\0";
const REF_NAME: u64 = 1;
const BTF_NAME: u64 = 15;

/// Entries of the section table.
const REF_ENTRY: usize = 1;
const BTF_ENTRY: usize = 2;
const NAMES_ENTRY: usize = 3;
const COUNT: usize = 4;

/// A file in memory of its own.
struct File(VVec<u8>);

impl File {
    /// One of five pages, in which all is right.
    fn new() -> Result<Self> {
        let mut file = Self(VVec::from_elem(0, 5 * PAGE_SIZE, GFP_KERNEL)?);
        file.header(0);
        file.entry(0, REF_ENTRY, REF_NAME, REF as u64, REF_LEN as u64);
        file.entry(0, BTF_ENTRY, BTF_NAME, BTF as u64, BTF_LEN as u64);
        file.entry(0, NAMES_ENTRY, 20, NAMES as u64, NAMES_LEN as u64);
        file.put(NAMES, TEXT);
        file.put(REF, &[7; REF_LEN]);
        Ok(file)
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        for (into, &byte) in self.0.iter_mut().skip(at).zip(bytes) {
            *into = byte;
        }
    }

    /// Puts an ELF header at `at`.
    fn header(&mut self, at: usize) {
        let order = if cfg!(target_endian = "little") { 1 } else { 2 };
        self.put(at, &[0x7f, b'E', b'L', b'F', 2, order, 1]);
        self.half(at + offset_of!(elf64_hdr, e_type), bindings::ET_REL as u16);
        self.long(at + offset_of!(elf64_hdr, e_shoff), TABLE as u64);
        let size = size_of::<elf64_shdr>() as u16;
        self.half(at + offset_of!(elf64_hdr, e_shentsize), size);
        self.half(at + offset_of!(elf64_hdr, e_shnum), COUNT as u16);
        self.half(at + offset_of!(elf64_hdr, e_shstrndx), NAMES_ENTRY as u16);
    }

    /// Puts entry `nth` into the section table of the header at `header`.
    fn entry(&mut self, header: usize, nth: usize, name: u64, offset: u64, size: u64) {
        let at = Self::entry_at(header, nth);
        self.put(at, &(name as u32).to_ne_bytes());
        self.put(at + offset_of!(elf64_shdr, sh_type), &1u32.to_ne_bytes());
        self.long(at + offset_of!(elf64_shdr, sh_offset), offset);
        self.long(at + offset_of!(elf64_shdr, sh_size), size);
    }

    fn entry_at(header: usize, nth: usize) -> usize {
        header + TABLE + nth * size_of::<elf64_shdr>()
    }

    fn half(&mut self, at: usize, value: u16) {
        self.put(at, &value.to_ne_bytes());
    }

    fn long(&mut self, at: usize, value: u64) {
        self.put(at, &value.to_ne_bytes());
    }

    /// The copy that is found from `.BTF` on.
    fn found(&self) -> Option<LoaderCopy> {
        LoaderCopy::around(self.0.get(BTF..BTF + BTF_LEN)?)
    }

    /// Whether the right `.BTF.base_ref` is found from `.BTF` on.
    fn has_reference(&self) -> bool {
        let contents = || {
            let copy = self.found()?;
            copy.contents(copy.find(b".BTF.base_ref")?).ok()
        };
        contents().is_some_and(|contents| *contents == [7; REF_LEN])
    }
}

#[kunit_tests(btf_reconcile_loader_copy)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_found() -> Result {
        let file = File::new()?;
        assert!(file.has_reference());
        assert!(file.found().is_some_and(|f| f.find(b".BTF.base").is_none()));
        assert!(file.found().is_some_and(|f| f.find(b".BTF").is_some()));
        Ok(())
    }

    #[test]
    fn a_header_that_leads_elsewhere_is_none() -> Result {
        let shoff = offset_of!(elf64_hdr, e_shoff);
        let end = (5 * PAGE_SIZE) as u64;
        for offset in [end - 64, end, 1 << 40, u64::MAX - 64, u64::MAX] {
            let mut file = File::new()?;
            file.long(shoff, offset);
            assert!(file.found().is_none());
        }
        for (field, value) in [
            (offset_of!(elf64_hdr, e_shnum), u16::MAX),
            (offset_of!(elf64_hdr, e_shnum), 0),
            (offset_of!(elf64_hdr, e_shstrndx), COUNT as u16),
            (offset_of!(elf64_hdr, e_shentsize), 40),
            (offset_of!(elf64_hdr, e_type), 2),
        ] {
            let mut file = File::new()?;
            file.half(field, value);
            assert!(file.found().is_none());
        }
        Ok(())
    }

    #[test]
    fn so_is_one_with_sections_elsewhere() -> Result {
        let end = (5 * PAGE_SIZE) as u64;
        for (offset, size) in [
            (end - 10, 11),
            (end, 1),
            (0, 1 << 31),
            (1 << 40, 64),
            (u64::MAX, 2),
            (2, u64::MAX),
        ] {
            let mut file = File::new()?;
            file.entry(0, REF_ENTRY, REF_NAME, offset, size);
            assert!(file.found().is_none());
            // But the loader has given such a place.
            let at = File::entry_at(0, REF_ENTRY);
            file.long(at + offset_of!(elf64_shdr, sh_flags), 2);
            let copy = file.found();
            let section = copy.as_ref().and_then(|c| c.find(b".BTF.base_ref"));
            let contents = copy.zip(section).map(|(c, s)| c.contents(s).is_ok());
            assert!(contents == Some(false));
        }
        Ok(())
    }

    #[test]
    fn so_is_one_without_this_btf() -> Result {
        for (name, offset, size) in [
            (REF_NAME, BTF, BTF_LEN),
            (BTF_NAME + 1, BTF, BTF_LEN),
            (BTF_NAME, BTF + 1, BTF_LEN),
            (BTF_NAME, BTF, BTF_LEN + 1),
            (NAMES_LEN as u64 - 1, BTF, BTF_LEN),
            (1 << 31, BTF, BTF_LEN),
        ] {
            let mut file = File::new()?;
            file.entry(0, BTF_ENTRY, name, offset as u64, size as u64);
            assert!(file.found().is_none());
        }
        Ok(())
    }

    #[test]
    fn false_headers_are_passed_over() -> Result {
        let mut file = File::new()?;
        // The first leads out of memory, the second to a section there, the third has no names.
        for (nth, page) in [PAGE_SIZE, 2 * PAGE_SIZE, 3 * PAGE_SIZE]
            .into_iter()
            .enumerate()
        {
            file.put(page, &[0; PAGE_SIZE]);
            file.header(page);
            let btf = (BTF - page) as u64;
            file.entry(page, BTF_ENTRY, BTF_NAME, btf, BTF_LEN as u64);
            match nth {
                0 => file.long(page + offset_of!(elf64_hdr, e_shoff), 1 << 28),
                1 => file.entry(page, REF_ENTRY, REF_NAME, 0, 1 << 28),
                _ => file.entry(page, NAMES_ENTRY, 20, 0, 0),
            }
        }
        // The contents of this are in the way.
        file.entry(
            0,
            REF_ENTRY,
            REF_NAME,
            (BTF + BTF_LEN) as u64,
            REF_LEN as u64,
        );
        file.put(BTF + BTF_LEN, &[7; REF_LEN]);
        assert!(file.has_reference());
        Ok(())
    }

    #[test]
    fn sections_without_room_hold_nothing() -> Result {
        let mut file = File::new()?;
        let kind = File::entry_at(0, REF_ENTRY) + offset_of!(elf64_shdr, sh_type);
        file.put(kind, &8u32.to_ne_bytes());
        let reference = file.found().and_then(|copy| copy.find(b".BTF.base_ref"));
        assert!(reference.is_some_and(|section| section.size == 0));
        Ok(())
    }

    #[test]
    fn other_memory_is_no_file() {
        assert!(LoaderCopy::around(&[0; 64]).is_none());
        assert!(LoaderCopy::around(MEMORY).is_none());
    }
}

/// Not from vmalloc.
static MEMORY: &[u8] = &[0; 64];
