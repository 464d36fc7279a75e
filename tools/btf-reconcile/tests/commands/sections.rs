// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What `reconcile` and `distill` leave as it is in a module's file.

use super::{
    elf::{
        read,
        symbol,
        word,
        write,
        Kind,
        Section,
        MODULE, //
    },
    made,
    Files, //
};
use btf_reconcile::{
    elf::Module as Parsed,
    error::Error,
    rewriter::Rewriter, //
};
use object::elf::*;

/// Symbols whose sections are none: `SHN_LIVEPATCH` is what the kernel calls the first of those
/// that are the system's own.
const NO_SECTIONS: [u16; 6] = [
    SHN_ABS, SHN_COMMON, SHN_LOOS, SHN_HIOS, SHN_LOPROC, SHN_HIPROC,
];
/// Type of clang's sections that list the symbols whose addresses matter.
const SHT_LLVM_ADDRSIG: u32 = 0x6fff_4c03;
/// `SHF_RELA_LIVEPATCH`.
const RELA_LIVEPATCH: u32 = 0x0010_0000;

/// Types of sections, most of which the program does not know, with something that a careful
/// reader of them might not accept.
const KINDS: [(&str, u32); 24] = [
    (".note.GNU-stack", SHT_NOTE),
    (".llvm_addrsig", SHT_LLVM_ADDRSIG),
    (".llvm_odrtab", 0x6fff_4c00),
    (".llvm.call-graph-profile", 0x6fff_4c09),
    (".llvm_bb_addr_map", 0x6fff_4c0a),
    (".llvm_offloading", 0x6fff_4c0b),
    (".llvm_sympart", 0x6fff_4c05),
    (".llvm.lto", 0x6fff_4c0c),
    (".sframe", 0x6fff_fff4),
    (".gnu.attributes", SHT_GNU_ATTRIBUTES),
    (".eh_frame", SHT_X86_64_UNWIND),
    (".user", SHT_LOUSER + 1),
    (".user2", SHT_HIUSER),
    (".dynsym", SHT_DYNSYM),
    (".dynamic", SHT_DYNAMIC),
    (".hash", SHT_HASH),
    (".gnu.hash", SHT_GNU_HASH),
    (".relr.dyn", SHT_RELR),
    (".crel.text", SHT_CREL),
    (".init_array", SHT_INIT_ARRAY),
    (".preinit_array", SHT_PREINIT_ARRAY),
    (".shlib", SHT_SHLIB),
    (".gnu.version", SHT_GNU_VERSYM),
    (".debug", SHT_PROGBITS),
];

/// The module that the other tests have, byte by byte and with `odd` sections behind.
fn module(kind: Kind, odd: &[Section]) -> Vec<u8> {
    let mut names = vec![0];
    let mut name = |name: &str| {
        names.extend_from_slice(name.as_bytes());
        names.push(0);
        (names.len() - name.len() - 1) as u32
    };
    let mut symbols = vec![symbol(kind, 0, 0, 0, 0, 0)];
    for (n, what) in NO_SECTIONS.into_iter().enumerate() {
        let info = (STB_GLOBAL << 4) | STT_NOTYPE;
        symbols.push(symbol(kind, name(&format!("none_{n}")), what, 8, 4, info));
    }
    symbols.push(symbol(
        kind,
        name("hidden"),
        SHN_UNDEF,
        0,
        0,
        STB_GLOBAL << 4,
    ));
    symbols.push(symbol(kind, name("demo_pid"), 1, 0, 1, STT_FUNC));
    symbols.push(symbol(kind, name("demo_gone"), 1, 16, 1, STT_FUNC));
    let task = name("__BTF_ID__struct__task_struct__3");
    symbols.push(symbol(kind, task, 4, 0, 4, STT_OBJECT));

    let alloc = |name, bytes: Vec<u8>| Section::new(name, bytes).flags(SHF_ALLOC);
    let mut symtab = Section::new(".symtab", symbols.concat()).of_kind(SHT_SYMTAB);
    symtab.align = 8;
    let relocations = [word(kind, 4), word(kind, (5 << 32) | 2), word(kind, 0)].concat();
    let relocations = Section::new(".klp.rela.vmlinux..text", relocations)
        .of_kind(SHT_RELA)
        .flags(SHF_ALLOC | SHF_INFO_LINK | RELA_LIVEPATCH);
    let entsize = if kind.is_64 { 24 } else { 16 };
    let bss = Section::new(".bss", "")
        .of_kind(SHT_NOBITS)
        .flags(SHF_ALLOC);
    let task_id = 3_u32.to_ne_bytes().to_vec();
    let sections = [
        alloc(".text", vec![0xc3; 37]).flags(SHF_ALLOC | SHF_EXECINSTR),
        bss,
        relocations.linked(5, 1, entsize),
        alloc(".BTF_ids", task_id),
        symtab.linked(6, 1, entsize),
        Section::new(".strtab", names).of_kind(SHT_STRTAB),
        Section::new(".BTF", made::module_btf().bytes()),
    ];
    write(kind, &[&sections[..], odd].concat())
}

/// Checks that `after` has what `before` has, but for sections of BTF, which may be changed, added,
/// or be gone.
fn expect_kept(before: &[u8], after: &[u8]) {
    let (before, mut after) = (read(before), read(after));
    assert!(after.len() >= before.len());
    for (before, after) in before.iter().zip(&mut after) {
        match before.name.as_str() {
            ".BTF.base" | ".BTF.base_ref" => assert_eq!(*after, Section::default()),
            ".BTF" | ".BTF_ids" => {
                after.bytes.clone_from(&before.bytes);
                assert_eq!(before, after);
            }
            ".shstrtab" => assert!(after.bytes.starts_with(&before.bytes)),
            _ => assert_eq!(before, after),
        }
    }
}

/// Distils and reconciles a module, with all that has to hold.
fn there_and_back(files: &Files, name: &str) {
    let before = files.read(name);
    for format in ["base", "base_ref"] {
        files.run(0, &format!("check {name} --base built"));
        files.run(
            0,
            &format!("distill {name} --base built --format {format} -o base.ko"),
        );
        let distilled = files.read("base.ko");
        expect_kept(&before, &distilled);
        // The base, and the note of its kernel.
        assert_eq!(read(&distilled).len(), read(&before).len() + 2);
        files.run(0, "check base.ko --base built");
        files.run(0, "reconcile base.ko --base built -o out.ko");
        let after = files.read("out.ko");
        expect_kept(&distilled, &after);
        let text = files.run(0, "check out.ko --base built");
        assert!(text.starts_with("out.ko: fits"), "{text}");
    }
}

#[test]
fn any_section_is_kept() {
    let files = Files::new();
    let odd: Vec<_> = KINDS
        .iter()
        .enumerate()
        .map(|(n, (name, kind))| Section {
            align: [0, 1, 8, 64][n % 4],
            ..Section::new(name, vec![0xff; n])
                .of_kind(*kind)
                .linked(5, 1, n as u64)
        })
        .collect();
    // One at a time, and all of them.
    for odd in odd.chunks(1).chain([&odd[..]]) {
        files.write("odd.ko", &module(MODULE, odd));
        there_and_back(&files, "odd.ko");
    }
}

/// Numbers of sections and symbols in what sections hold go on meaning the same.
#[test]
fn what_lists_sections_and_symbols_is_kept() {
    let files = Files::new();
    let words = |words: &[u32]| {
        words
            .iter()
            .flat_map(|w| w.to_ne_bytes())
            .collect::<Vec<_>>()
    };
    let odd = [
        Section::new(".group", words(&[GRP_COMDAT, 10, 11]))
            .of_kind(SHT_GROUP)
            .linked(5, 8, 4),
        Section::new(".BTF.base_ref", "not BTF").of_kind(SHT_PROGBITS),
        Section::new(".text.one", "x").flags(SHF_ALLOC | SHF_GROUP),
        Section::new(".rela.text.one", "")
            .of_kind(SHT_RELA)
            .flags(SHF_INFO_LINK | SHF_GROUP)
            .linked(5, 10, 24),
        Section::new(".llvm_addrsig", [7, 8])
            .of_kind(SHT_LLVM_ADDRSIG)
            .flags(SHF_EXCLUDE)
            .linked(5, 0, 1),
        Section::new(".symtab_shndx", vec![0; 4 * 10])
            .of_kind(SHT_SYMTAB_SHNDX)
            .linked(5, 0, 4),
    ];
    // The base reference is of no use beside a base, but in the way of numbers when it goes.
    let file = module(MODULE, &odd);
    let mut rewriter = Rewriter::read(&file).unwrap();
    rewriter.remove(".BTF.base_ref").unwrap();
    files.write("group.ko", &rewriter.write().unwrap());
    expect_kept(&file, &files.read("group.ko"));
    there_and_back(&files, "group.ko");
}

#[test]
fn every_base_is_gone() {
    let file = module(
        MODULE,
        &[
            Section::new(".BTF.base", "one"),
            Section::new(".BTF.base", "two"),
            Section::new(".last", "three"),
        ],
    );
    let mut rewriter = Rewriter::read(&file).unwrap();
    rewriter.remove(".BTF.base").unwrap();
    let after = rewriter.write().unwrap();
    expect_kept(&file, &after);
    assert!(!after.windows(3).any(|three| three == b"two"));
}

/// Names that are read from an entry that is not in use would not be written.
#[test]
fn names_of_sections_are_strings() {
    let file = module(MODULE, &[]);
    assert!(Rewriter::read(&file).is_ok());
    let table = u64::from_le_bytes(file[0x28..0x30].try_into().unwrap()) as usize;
    let names = usize::from(u16::from_le_bytes([file[0x3e], file[0x3f]]));
    for kind in [SHT_NULL, SHT_NOBITS, SHT_PROGBITS] {
        let mut file = file.clone();
        let at = table + 64 * names + 4;
        assert_eq!(file[at..at + 4], SHT_STRTAB.to_le_bytes());
        file[at..at + 4].copy_from_slice(&kind.to_le_bytes());
        assert!(Rewriter::read(&file).is_err(), "{kind}");
    }
}

/// The first entry of the table stands for no section, whatever it says.
#[test]
fn section_0_is_none() {
    let mut file = module(MODULE, &[]);
    assert!(Rewriter::read(&file).is_ok() && Parsed::parse(&file).is_ok());
    let table = u64::from_le_bytes(file[0x28..0x30].try_into().unwrap()) as usize;
    file[table + 4..table + 8].copy_from_slice(&SHT_PROGBITS.to_le_bytes());
    let says = |error: Option<Error>| error.unwrap().to_string();
    let why = "section 0: of type 1, expected 0 (NULL)";
    assert!(says(Rewriter::read(&file).err()).contains(why));
    assert!(says(Parsed::parse(&file).err()).contains(why));
}

/// Sections that take no room may stand anywhere, where another one starts or behind the file's
/// end, with any alignment.
#[test]
fn written_again_it_is_the_same() {
    let aligned = |align, kind| Section {
        align,
        ..Section::new("empty", "").of_kind(kind)
    };
    let odd = [
        Section::new("odd", "x"),
        aligned(1, SHT_NOBITS),
        aligned(8, SHT_PROGBITS),
        Section::new("odd", "xyz"),
    ];
    let file = module(MODULE, &odd);
    let table = u64::from_le_bytes(file[0x28..0x30].try_into().unwrap()) as usize;
    // The first entry is no section, seven are the module's, and one is odd.
    let offset = |n| table + 64 * (9 + n) + 0x18;
    let write = |file: &[u8]| Rewriter::read(file).and_then(Rewriter::write).unwrap();
    let places = [0, 0x40, 0x41, file.len() as u64, 1 << 40, 1 << 44];
    for (first, second) in places
        .iter()
        .flat_map(|a| places.iter().map(move |b| (a, b)))
    {
        let mut file = file.clone();
        for (n, place) in [first, second].into_iter().enumerate() {
            file[offset(n)..][..8].copy_from_slice(&place.to_le_bytes());
        }
        let once = write(&file);
        assert!(write(&once) == once, "{first:#x} {second:#x}");
    }
}

/// More sections than the header can count; the first entry of the table does.
#[test]
fn many_sections_are_kept() {
    let files = Files::new();
    // With those of the module itself and the names: the most that the header can count, one more
    // of which is too much, and more.
    for odd in [0xfeff - 9, 0xfeff - 8, 70_000] {
        let odd: Vec<_> = (0..odd)
            .map(|n| Section::new(&format!(".t{n}"), "x"))
            .collect();
        files.write("many.ko", &module(MODULE, &odd));
        there_and_back(&files, "many.ko");
    }
}

#[test]
fn modules_of_32_bits_are_kept() {
    let files = Files::new();
    let kind = Kind {
        is_64: false,
        kind: ET_REL,
        machine: EM_386,
    };
    files.write(
        "narrow.ko",
        &module(kind, &[Section::new(".odd", "x").of_kind(SHT_LOUSER)]),
    );
    there_and_back(&files, "narrow.ko");
}

/// What can't be carried over is not written.
#[test]
fn what_is_not_kept_is_refused() {
    let files = Files::new();
    let text = |file: &[u8]| {
        files.write("odd.ko", file);
        files.run(2, "distill odd.ko --base built -o out.ko")
    };
    let relocates = Section::new(".rela.BTF", vec![0; 24]).of_kind(SHT_RELA);
    let file = module(MODULE, &[relocates.linked(5, 7, 24)]);
    let said = text(&file);
    assert!(said.contains("section .rela.BTF relocates BTF"), "{said}");

    // The last two headers are those of the odd section and of the names.
    let mut outside = module(MODULE, &[Section::new(".odd", "x")]);
    let at = outside.len() - 2 * 64 + 24;
    outside[at..at + 8].copy_from_slice(&word(MODULE, 1 << 40));
    let said = text(&outside);
    assert!(
        said.contains("section 8 (.odd) lies outside of the file"),
        "{said}"
    );

    let mut segments = module(MODULE, &[]);
    segments[56] = 1;
    let said = text(&segments);
    assert!(
        said.contains("program headers in a relocatable file"),
        "{said}"
    );

    // Sections that all are the same half a mebibyte.
    let mut shared = vec![Section::new(".odd", vec![7; 1 << 19])];
    shared.resize(2100, Section::new(".odd", ""));
    let mut file = module(MODULE, &shared);
    let table = file.len() - (1 + 7 + 2100 + 1) * 64;
    let place: Vec<u8> = file[table + 8 * 64 + 24..][..16].to_vec();
    for number in 8..8 + 2100 {
        file[table + number * 64 + 24..][..16].copy_from_slice(&place);
    }
    let said = text(&file);
    assert!(said.contains("it would have more than 1 GiB"), "{said}");
    assert!(!files.path("out.ko").exists());
}
