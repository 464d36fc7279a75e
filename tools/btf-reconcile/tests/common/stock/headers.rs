// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Headers and sections.

use super::{
    blob::Blob,
    kernel,
    Case,
    Does,
    Libbpf,
    INVALID, //
};

/// A layout for twenty kinds, of which nobody needs one.
const LAYOUT: [u8; 80] = [0; 80];

const MORE: Libbpf = Libbpf::Else("libbpf does not ask that nothing else is there");
const UNASKED: Libbpf = Libbpf::Else("libbpf does not look at it");
const ORDER: Libbpf = Libbpf::Else("libbpf wants the strings behind the types");
const LAYOUTS: Libbpf = Libbpf::Else("libbpf looks at the layout");
const SHORT: Libbpf = Libbpf::Else("libbpf wants a header of 24 bytes");

/// Makes a blob of types and strings.
type Make<'m> = &'m dyn Fn(&Blob) -> Vec<u8>;

/// Adds the cases of this file. Each is put into a module with a base, and into one without.
pub fn add(cases: &mut Vec<Case>) {
    use Does::*;
    let mut case = |name: &str, does, libbpf, make: Make<'_>| {
        let mut base = Blob::new();
        let int = base.int("int");
        let mut split = Blob::split(&base);
        split.strct("mine", 4, Some(int));
        let new = |name, base, split| Case::new(name, base, split, does).libbpf(libbpf);
        let distilled = Some(base.bytes());
        cases.push(new(format!("{name}, with a base"), distilled, make(&split)));
        let mut split = Blob::split(&kernel());
        split.strct("mine", 4, Some(1));
        cases.push(new(format!("{name}, without a base"), None, make(&split)));
    };
    for len in [24, 25, 26, 28, 31, 32, 33, 40] {
        let name = format!("a header of {len} bytes");
        case(&name, Loads, Libbpf::Same, &|b| {
            b.with(len, b"ts", b"", &[])
        });
    }
    case("a header of 8 bytes", INVALID, SHORT, &|b| {
        b.with(8, b"ts", b"", &[])
    });
    case("a header alone, of 8 bytes", Loads, SHORT, &|_| {
        Blob::new().without_strings().with(8, b"ts", b"", &[])
    });
    case("a header alone, of 24 bytes", Loads, Libbpf::Same, &|_| {
        Blob::new().without_strings().bytes()
    });
    case("a header cut short", INVALID, Libbpf::Same, &|b| {
        b.bytes()[..20].to_vec()
    });
    case("seven bytes", INVALID, Libbpf::Same, &|b| {
        b.bytes()[..7].to_vec()
    });
    case(
        "nothing at all",
        Loads,
        Libbpf::Else("there is nothing to read"),
        &|_| vec![],
    );
    case(
        "a header that ends elsewhere",
        INVALID,
        Libbpf::Same,
        &|b| b.with(24, b"ts", b"", &[(4, 4000)]),
    );
    case("more in the header", Refuses(-7), UNASKED, &|b| {
        let mut bytes = b.with(40, b"ts", b"", &[]);
        bytes[38] = 1;
        bytes
    });
    let first = |b: &Blob, at: usize, value: u8| {
        let mut bytes = b.bytes();
        bytes[at] = value;
        bytes
    };
    case("another magic", INVALID, Libbpf::Same, &|b| first(b, 0, 1));
    case("version 2", Refuses(-524), UNASKED, &|b| first(b, 2, 2));
    case("flags", Refuses(-524), UNASKED, &|b| first(b, 3, 1));
    case("a byte too many", INVALID, MORE, &|b| {
        [b.bytes(), vec![0]].concat()
    });
    case("a byte too few", INVALID, Libbpf::Same, &|b| {
        let mut bytes = b.bytes();
        bytes.pop();
        bytes
    });
    case("strings a word too far", INVALID, Libbpf::Same, &|b| {
        b.with(24, b"ts", b"", &[(16, b.types().len() as u32 + 4)])
    });
    case("a gap before the types", INVALID, MORE, &|b| {
        let mut bytes = b.with(24, b"ts", b"", &[(8, 4), (16, b.types().len() as u32 + 4)]);
        bytes.splice(24..24, [0; 4]);
        bytes
    });
    case("types and strings overlap", INVALID, Libbpf::Same, &|b| {
        b.with(24, b"ts", b"", &[(16, b.types().len() as u32 - 1)])
    });
    case("an offset that wraps", INVALID, Libbpf::Same, &|b| {
        b.with(24, b"ts", b"", &[(8, 0xffff_fff0)])
    });
    case("strings first", INVALID, Libbpf::Same, &|b| {
        b.with(24, b"st", b"", &[])
    });
    case("strings first, long header", Loads, ORDER, &|b| {
        b.with(32, b"st", b"", &[])
    });
    case("strings without an end", INVALID, Libbpf::Same, &|b| {
        b.clone().with_open_end().bytes()
    });
    case("no strings", Loads, Libbpf::Same, &|_| pointer().bytes());
    case("no strings, at offset 0", INVALID, Libbpf::Same, &|_| {
        pointer().with(24, b"ts", b"", &[(16, 0)])
    });
    case(
        "no strings, at offset 0, long header",
        Loads,
        ORDER,
        &|_| pointer().with(32, b"ts", b"", &[(16, 0)]),
    );
    case("no strings, amid the types", INVALID, Libbpf::Same, &|_| {
        pointer().with(32, b"ts", b"", &[(16, 4)])
    });
    case("no types, at offset 4", INVALID, Libbpf::Same, &|_| {
        Blob::new()
            .without_strings()
            .with(24, b"ts", b"", &[(8, 4)])
    });
    case("a layout", Loads, Libbpf::Same, &|b| {
        b.with(32, b"tls", &LAYOUT, &[])
    });
    case("a layout of 5 bytes", Loads, LAYOUTS, &|b| {
        b.with(32, b"tls", &LAYOUT[..5], &[])
    });
    case("a layout of 2 bytes", Loads, LAYOUTS, &|b| {
        b.with(32, b"tls", &LAYOUT[..2], &[])
    });
    case("a layout behind the strings", Loads, LAYOUTS, &|b| {
        b.with(32, b"tsl", &LAYOUT, &[])
    });
    case("a layout that is too long", INVALID, Libbpf::Same, &|b| {
        b.with(32, b"tls", &LAYOUT, &[(28, 4000)])
    });
    case("no layout, far away", Loads, Libbpf::Same, &|b| {
        b.with(32, b"tls", b"", &[(24, 4000)])
    });
    case(
        "a layout in a header that ends in it",
        Loads,
        LAYOUTS,
        &|b| b.with(31, b"ts", b"", &[(24, 4000), (28, 12)]),
    );
    add_bases(cases);
}

/// A pointer to nothing, which has no name.
fn pointer() -> Blob {
    let mut blob = Blob::new();
    blob.ptr(0);
    blob.without_strings()
}

/// Bases that are odd as a whole.
fn add_bases(cases: &mut Vec<Case>) {
    let mut case = |name: &str, base: Vec<u8>, does, libbpf| {
        let mut own = Blob::new();
        own.int("int");
        let split = Blob::split(&own).without_strings().bytes();
        cases.push(Case::new(name, Some(base), split, does).libbpf(libbpf));
    };
    let empty = Blob::new();
    case("a base of 0 bytes", vec![], INVALID, Libbpf::Same);
    case(
        "a base that is only a header",
        empty.clone().without_strings().bytes(),
        INVALID,
        Libbpf::Same,
    );
    case(
        "a base without types",
        empty.bytes(),
        Does::Loads,
        Libbpf::Same,
    );
    let mut int = Blob::new();
    int.int("int");
    case(
        "a base without strings",
        int.clone().without_strings().bytes(),
        INVALID,
        Libbpf::Same,
    );
    let mut bytes = int.bytes();
    let at = 24 + int.types().len();
    bytes[at] = b'x';
    case(
        "a base whose strings start with one",
        bytes,
        INVALID,
        Libbpf::Same,
    );
    case(
        "a base with a layout of 5 bytes",
        int.with(32, b"tls", &[0; 5], &[]),
        Does::Loads,
        LAYOUTS,
    );
}
