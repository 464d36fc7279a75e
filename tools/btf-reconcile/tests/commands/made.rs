// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Two kernels and a module, made by hand.

use super::common::builder::Builder;
use btf_reconcile::btf::Kind;
use object::{
    build::elf::{
        Builder as Elf,
        SectionData,
        SectionId, //
    },
    elf::*,
    Endianness, //
};

/// Byte order of this machine, which is that of the BTF made here.
const ENDIAN: Endianness = if cfg!(target_endian = "little") {
    Endianness::Little
} else {
    Endianness::Big
};

/// The kernel that the module is built for.
pub fn built() -> Builder {
    let mut kernel = Builder::new();
    kernel.int("int", 4, 1); // 1
    let task = kernel.next() + 1;
    kernel.ptr(task); // 2
    kernel.composite(
        Kind::Struct,
        "task_struct",
        16,
        &[("parent", 2, 0), ("pid", 1, 64)],
    ); // 3
    kernel.strct("cred", 16); // 4
    kernel.strct("gone", 8); // 5
    kernel.typedef("pid_t", 1); // 6
    kernel.ptr(5); // 7
    kernel
}

/// The kernel that it will be loaded into: other ids, `gone` is gone and `cred` has grown.
pub fn running() -> Builder {
    let mut kernel = Builder::new();
    kernel.int("char", 1, 1); // 1
    kernel.enumeration("colour", 4, &[("RED", 1)]); // 2
    kernel.typedef("pid_t", 4); // 3
    kernel.int("int", 4, 1); // 4
    kernel.strct("cred", 24); // 5
    let task = kernel.next() + 1;
    kernel.ptr(task); // 6
    kernel.composite(
        Kind::Struct,
        "task_struct",
        16,
        &[("parent", 6, 0), ("pid", 4, 64)],
    ); // 7
    kernel
}

/// The module's types, as they are split from [`built`].
pub fn module_btf() -> Builder {
    with_module(Builder::split(&built()))
}

/// The same as BTF that stands on its own.
pub fn whole_btf() -> Builder {
    with_module(built())
}

/// Adds the module's types to those of [`built`].
fn with_module(mut types: Builder) -> Builder {
    let first = types.next();
    types.proto(1, &[("task", 2), ("pid", 6)]); // +0
    types.func("demo_pid", first); // +1
    types.proto(0, &[("gone", 7)]); // +2
    types.func("demo_gone", first + 2); // +3
    types.composite(Kind::Struct, "demo", 16, &[("cred", 4, 0)]); // +4
    types
}

/// The module, with plain `.BTF`.
pub fn module() -> Vec<u8> {
    let first = built().next();
    module_of(&module_btf(), [first + 1, first + 3], 3)
}

/// The same, with the id of another type in the list.
pub fn module_mixed_up() -> Vec<u8> {
    let first = built().next();
    module_of(&module_btf(), [first + 1, first + 3], 4)
}

/// The kernel [`built`], with two structs of one name that differ.
pub fn with_twins() -> Builder {
    let mut kernel = built();
    for member in ["one", "other"] {
        kernel.composite(Kind::Struct, "twin", 8, &[(member, 1, 0)]); // 8, 9
    }
    kernel
}

/// The module of that kernel, with a pointer to one of them.
pub fn module_of_twins() -> Vec<u8> {
    let first = with_twins().next();
    let mut split = with_module(Builder::split(&with_twins()));
    let pointer = split.ptr(8);
    split.composite(Kind::Struct, "user", 8, &[("twin", pointer, 0)]);
    module_of(&split, [first + 1, first + 3], 3)
}

/// The same with types that are split from [`running`], copies of its `task_struct` and of another
/// `cred` among them.
pub fn module_with_copies() -> Vec<u8> {
    let mut split = Builder::split(&running());
    let first = split.next();
    split.ptr(first + 1); // +0
    split.composite(
        Kind::Struct,
        "task_struct",
        16,
        &[("parent", first, 0), ("pid", 4, 64)],
    ); // +1
    split.strct("cred", 0); // +2
    split.ptr(first + 2); // +3
    split.proto(4, &[("task", first)]); // +4
    split.func("demo_pid", first + 4); // +5
    split.proto(0, &[("cred", first + 3)]); // +6
    split.func("demo_gone", first + 6); // +7
    module_of(&split, [first + 5, first + 7], first + 1)
}

/// The module with BTF that stands on its own, its ids resolved or not.
pub fn whole(is_resolved: bool) -> Vec<u8> {
    let mut whole = built();
    whole.proto(1, &[("task", 2), ("pid", 6)]); // 8
    whole.func("demo_pid", 8); // 9
    whole.proto(0, &[("gone", 7)]); // 10
    whole.func("demo_gone", 10); // 11
    whole.enumeration("colour", 4, &[("RED", 2)]); // 12
    if is_resolved {
        module_of(&whole, [9, 11], 3)
    } else {
        with_ids(&whole, [0, 1, 0, 32, 0, 64, 0])
    }
}

/// The module with plain `.BTF` of [`running`], and ids that nobody has resolved; one is for
/// a function that it has not.
pub fn module_unresolved() -> Vec<u8> {
    let mut split = Builder::split(&running());
    let first = split.next();
    split.proto(4, &[("task", 6)]); // +0
    split.func("demo_pid", first); // +1
    with_ids(&split, [0, 1, 0, 32, 0, 64, 0])
}

/// A module with two kfuncs and a list of one type, that have these ids.
fn module_of(btf: &Builder, [pid, gone]: [u32; 2], task: u32) -> Vec<u8> {
    // The kfuncs are sorted by id.
    with_ids(btf, [2, 1, pid, 0, gone, 0, task])
}

/// The same, with these words in `.BTF_ids`.
fn with_ids(btf: &Builder, ids: [u32; 7]) -> Vec<u8> {
    let ids: Vec<u8> = ids.iter().flat_map(|id: &u32| id.to_ne_bytes()).collect();
    let mut elf = Elf::new(ENDIAN, true);
    elf.header.e_type = ET_REL;
    elf.header.e_machine = EM_X86_64;
    elf.header.e_phoff = 0;
    let text = add(
        &mut elf,
        ".text",
        u64::from(SHF_ALLOC | SHF_EXECINSTR),
        16,
        vec![0xc3; 37],
    );
    let ids = add(&mut elf, ".BTF_ids", SHF_ALLOC.into(), 1, ids);
    add(&mut elf, ".BTF", 0, 1, btf.bytes());
    let symtab = table(&mut elf, ".symtab", SHT_SYMTAB, SectionData::Symbol);
    let strtab = table(&mut elf, ".strtab", SHT_STRTAB, SectionData::String);
    table(
        &mut elf,
        ".shstrtab",
        SHT_STRTAB,
        SectionData::SectionString,
    );
    let symtab = elf.sections.get_mut(symtab);
    symtab.sh_link_section = Some(strtab);
    symtab.sh_addralign = 8;
    for (name, section, at, size, kind) in [
        ("__BTF_ID__set8__demo_set", ids, 0, 24, STT_NOTYPE),
        ("__BTF_ID__func__demo_pid__1", ids, 8, 4, STT_OBJECT),
        ("__BTF_ID__func__demo_gone__2", ids, 16, 4, STT_OBJECT),
        ("__BTF_ID__struct__task_struct__3", ids, 24, 4, STT_OBJECT),
        ("demo_pid", text, 0, 8, STT_FUNC),
        ("demo_gone.isra.0", text, 16, 8, STT_FUNC),
        // Any section would do.
        ("__UNIQUE_ID_modinfo_1", ids, 0, 1, STT_OBJECT),
    ] {
        let symbol = elf.symbols.add();
        symbol.name = name.as_bytes().into();
        symbol.section = Some(section);
        symbol.st_value = at;
        symbol.st_size = size;
        symbol.set_st_info(STB_LOCAL, kind);
    }
    elf.set_section_sizes();
    let mut bytes = vec![];
    elf.write(&mut bytes).unwrap();
    bytes
}

/// A kernel that is linked, of which function `id` is a kfunc with these flags.
pub fn linked(btf: &Builder, id: u32, flags: u32) -> Vec<u8> {
    const AT: u64 = 0xffff_ffff_8200_0000;
    let file = with_ids(btf, [1, 1, id, flags, 0, 0, 0]);
    let mut elf = Elf::read(&file[..]).unwrap();
    elf.header.e_type = ET_EXEC;
    let ids = elf
        .sections
        .iter_mut()
        .find(|section| section.name == b".BTF_ids"[..].into());
    let ids = ids.unwrap();
    ids.sh_addr = AT;
    let ids = ids.id();
    for symbol in elf
        .symbols
        .iter_mut()
        .filter(|symbol| symbol.section == Some(ids))
    {
        symbol.st_value += AT;
    }
    let mut bytes = vec![];
    elf.write(&mut bytes).unwrap();
    bytes
}

fn add(elf: &mut Elf<'_>, name: &'static str, flags: u64, align: u64, data: Vec<u8>) -> SectionId {
    let section = elf.sections.add();
    section.name = name.as_bytes().into();
    section.sh_type = SHT_PROGBITS;
    section.sh_flags = flags;
    section.sh_addralign = align;
    section.data = SectionData::Data(data.into());
    section.id()
}

fn table(
    elf: &mut Elf<'_>,
    name: &'static str,
    kind: u32,
    data: SectionData<'static>,
) -> SectionId {
    let section = elf.sections.add();
    section.name = name.as_bytes().into();
    section.sh_type = kind;
    section.sh_addralign = 1;
    section.data = data;
    section.id()
}
