// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What the symbols of a module tell of its functions.

use super::{
    elf::{
        symbol,
        write,
        Section,
        MODULE, //
    },
    made,
    Files, //
};
use object::elf::*;

/// A module of plain BTF with these symbols, whose name, binding and type are given.
fn module(symbols: &[(&str, u8, u8)]) -> Vec<u8> {
    let mut names = vec![0];
    let mut table = symbol(MODULE, 0, 0, 0, 0, 0);
    for (name, bind, kind) in symbols {
        let at = u32::try_from(names.len()).unwrap();
        table.extend(symbol(MODULE, at, 1, 0, 1, (bind << 4) | kind));
        names.extend_from_slice(name.as_bytes());
        names.push(0);
    }
    let mut symtab = Section::new(".symtab", table).of_kind(SHT_SYMTAB);
    symtab.align = 8;
    let sections = [
        Section::new(".text", vec![0xc3; 37]).flags(SHF_ALLOC | SHF_EXECINSTR),
        symtab.linked(3, 1, 24),
        Section::new(".strtab", names).of_kind(SHT_STRTAB),
        Section::new(".BTF", made::module_btf().bytes()),
    ];
    write(MODULE, &sections)
}

#[test]
fn a_function_that_is_not_there_tells_something_unless_symbols_were_stripped() {
    const OWN: (&str, u8, u8) = ("demo_pid", STB_GLOBAL, STT_FUNC);
    const GONE: (&str, u8, u8) = ("demo_gone", STB_GLOBAL, STT_FUNC);
    const INFO: (&str, u8, u8) = ("__UNIQUE_ID_modinfo_426", STB_LOCAL, STT_OBJECT);
    let files = Files::new();
    let said = |symbols: &[_], status: i32, expected: &str| {
        files.write("functions.ko", &module(symbols));
        let text = files.run(status, "check functions.ko --base built");
        assert!(text.contains(expected), "{expected} in {text}");
    };
    // As a small module of arm64 has them: no local functions.
    said(&[INFO, OWN, GONE], 0, "functions.ko: fits");
    said(&[INFO, OWN], 1, "functions.ko: stale");
    // Without what nobody refers to, others were stripped as well.
    said(&[OWN], 0, "functions.ko: fits");
    // On RISC-V what is referred to stays, local functions among it.
    let referred = ("demo_init", STB_LOCAL, STT_FUNC);
    let variable = ("demo_state", STB_LOCAL, STT_OBJECT);
    said(&[OWN, referred, variable], 0, "functions.ko: fits");
}
