// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What `check` says of what is foretold.

use super::stock::{
    blob::{
        Blob,
        STRUCT, //
    },
    kernel, //
};
use btf_reconcile::{
    base,
    btf::Unify,
    check::{
        examine,
        print,
        Detail, //
    },
    elf::{
        Module,
        BASE,
        BASE_REF,
        BTF, //
    },
};
use object::{
    build::elf::{
        Builder,
        SectionData, //
    },
    elf::{
        EM_X86_64,
        ET_REL,
        SHT_PROGBITS,
        SHT_STRTAB, //
    },
    Endianness,
};
use serde_json::{
    json,
    Value, //
};

/// A module with these sections and nothing else.
fn module(sections: &[(&'static str, Vec<u8>)]) -> Vec<u8> {
    let endian = if cfg!(target_endian = "little") {
        Endianness::Little
    } else {
        Endianness::Big
    };
    let mut elf = Builder::new(endian, true);
    elf.header.e_type = ET_REL;
    elf.header.e_machine = EM_X86_64;
    let names = (".shstrtab", SHT_STRTAB, SectionData::SectionString);
    let sections = sections
        .iter()
        .map(|(name, bytes)| (*name, SHT_PROGBITS, SectionData::Data(bytes.clone().into())));
    for (name, kind, data) in sections.chain([names]) {
        let section = elf.sections.add();
        section.name = name.as_bytes().into();
        section.sh_type = kind;
        section.sh_addralign = 1;
        section.data = data;
    }
    elf.set_section_sizes();
    let mut bytes = vec![];
    elf.write(&mut bytes).unwrap();
    bytes
}

/// What is said of such a module: the end of the first line and of the last, and the JSON.
fn said(sections: &[(&'static str, Vec<u8>)]) -> (String, String, Value) {
    let file = module(sections);
    let vmlinux = kernel().bytes();
    let kernel = base::Kernel::new("it", &vmlinux).unwrap();
    let module = Module::parse(&file).unwrap();
    let reports = [examine("x.ko", &module, &kernel, Unify::Off)];
    let mut text = Vec::new();
    print(&reports, false, Detail::Short, &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    let ends = text.lines().map(|line| {
        let (_, end) = line.rsplit_once("; a stock kernel ").unwrap();
        end.to_owned()
    });
    let ends: Vec<String> = ends.collect();
    let stock = serde_json::to_value(&reports[0].stock).unwrap();
    (ends[0].clone(), ends[1].clone(), stock)
}

/// A base of an `int` and `thing`, and what `make` splits from it.
fn distilled(make: impl Fn(&mut Blob)) -> [(&'static str, Vec<u8>); 2] {
    let mut base = Blob::new();
    base.int("int");
    base.strct("thing", 16, None);
    base.string("other");
    let mut split = Blob::split(&base);
    make(&mut split);
    [(BASE, base.bytes()), (BTF, split.bytes())]
}

#[test]
fn every_outcome_has_its_words() {
    let (line, total, stock) = said(&distilled(|b| {
        b.ptr(2);
    }));
    assert_eq!(line, "accepts it");
    assert_eq!(total, "accepts 1");
    assert_eq!(
        stock,
        json!({ "outcome": "accepts", "errno": null, "why": [] })
    );

    let (line, total, stock) = said(&distilled(|b| {
        let array = b.array(b.next(), 1);
        b.strct("mine", 4, Some(array));
    }));
    assert_eq!(line, "hangs on it");
    assert_eq!(total, "accepts 0, hangs on 1");
    let why = ".BTF: type [4]: type [3] of a member leads to itself for ever";
    assert_eq!(
        stock,
        json!({ "outcome": "hangs", "errno": null, "why": [why] })
    );

    let (line, total, stock) = said(&distilled(|b| {
        b.ptr(4000);
    }));
    assert_eq!(line, "reads outside of its memory");
    assert_eq!(total, "accepts 0, is not safe with 1");
    let why = ".BTF: type [3]: type [4000] is looked up in a map of 4";
    assert_eq!(
        stock,
        json!({ "outcome": "unsafe", "errno": null, "why": [why] })
    );

    let (line, total, stock) = said(&distilled(|b| {
        b.strct("no name", 4, None);
    }));
    assert_eq!(line, "refuses it (-22)");
    assert_eq!(total, "accepts 0, refuses 1");
    let why = ".BTF: type [3]: Invalid name";
    assert_eq!(
        stock,
        json!({ "outcome": "refuses", "errno": -22, "why": [why] })
    );

    let (line, _, stock) = said(&distilled(|b| {
        // Behind "", "int" and "thing".
        b.raw(11, STRUCT << 24, 4, &[]);
    }));
    assert_eq!(line, "refuses it (-2)");
    let why = ".BTF: type [3]: string 'other' is the name of no type of the base";
    assert_eq!(
        stock,
        json!({ "outcome": "refuses", "errno": -2, "why": [why] })
    );

    let mut base = Blob::new();
    base.strct("either", 8, None);
    let mut split = Blob::split(&base);
    split.ptr(1);
    let (line, total, stock) = said(&[(BASE, base.bytes()), (BTF, split.bytes())]);
    assert_eq!(line, "loads it with wrong ids");
    assert_eq!(total, "accepts 0, loads with wrong ids 1");
    let why = ".BTF.base: type [1]: STRUCT 'either' is taken for UNION [7]";
    assert_eq!(
        stock,
        json!({ "outcome": "wrong_ids", "errno": null, "why": [why] })
    );
}

#[test]
fn ids_are_wrong_where_the_kernel_takes_them_for_its_own() {
    // What is behind a base reference has ids of that.
    let mut base = Blob::new();
    base.int("int");
    let mut split = Blob::split(&base);
    split.ptr(1);
    let (line, ..) = said(&[(BASE_REF, base.bytes()), (BTF, split.bytes())]);
    assert_eq!(line, "loads it with wrong ids");
    // Without a base, a function of no prototype tells that its ids are another kernel's.
    let mut split = Blob::split(&kernel());
    split.func("mine", 1);
    let (line, ..) = said(&[(BTF, split.bytes())]);
    assert_eq!(line, "loads it with wrong ids");
}
