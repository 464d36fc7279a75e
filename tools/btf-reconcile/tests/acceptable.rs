// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What the kernel takes for a record, and what it says where it does not: one test for each check of
//! `kernel/bpf/btf.c`, on both sides of each limit.

mod common;

use btf_reconcile::btf::{
    Fault,
    Kind,
    Place, //
};
use common::{
    builder::Builder,
    refusals::{
        base,
        record,
        refusal,
        with_layout,
        wrong, //
    }, //
};

const FLAG: Option<&str> = Some("Invalid btf_info kind_flag");
const VLEN: Option<&str> = Some("vlen != 0");
const NAME: Option<&str> = Some("Invalid name");
const TYPE: Option<&str> = Some("Invalid type_id");
/// The largest id, and one more.
const MOST: u32 = 0xf_ffff;
const TOO_MANY: u32 = MOST + 1;

#[test]
fn an_int() {
    let int = |size, data| record("i", Kind::Int, false, 0, size, &[data]);
    assert_eq!(int(4, 32), None);
    assert_eq!(record("i", Kind::Int, true, 0, 4, &[32]), FLAG);
    assert_eq!(record("i", Kind::Int, false, 1, 4, &[32]), VLEN);
    assert_eq!(int(4, 0x1000_0020), Some("Invalid int_data"));
    // Offset and bits, up to 128 of both and as many as there are bytes for.
    assert_eq!(int(16, 128), None);
    assert_eq!(int(32, 129), Some("nr_bits exceeds 128"));
    assert_eq!(int(16, (28 << 16) | 100), None);
    assert_eq!(int(32, (29 << 16) | 100), Some("nr_bits exceeds 128"));
    assert_eq!(int(0, 0), None);
    assert_eq!(int(1, 3), None);
    assert_eq!(int(0, 1), Some("nr_bits exceeds type_size"));
    assert_eq!(int(1, (6 << 16) | 3), Some("nr_bits exceeds type_size"));
    for encoding in 0..16 {
        let is_one = matches!(encoding, 0 | 1 | 2 | 4);
        let wanted = (!is_one).then_some("Unsupported encoding");
        assert_eq!(int(4, (encoding << 24) | 32), wanted, "{encoding}");
    }
}

#[test]
fn references() {
    for kind in [
        Kind::Ptr,
        Kind::Volatile,
        Kind::Const,
        Kind::Restrict,
        Kind::Typedef,
        Kind::TypeTag,
    ] {
        let is_named = matches!(kind, Kind::Typedef | Kind::TypeTag);
        let name = if is_named { "n" } else { "" };
        let other = if is_named { "" } else { "n" };
        assert_eq!(record(name, kind, false, 0, 1, &[]), None, "{kind:?}");
        assert_eq!(record(name, kind, false, 0, 0, &[]), None, "{kind:?}");
        assert_eq!(record(name, kind, false, 1, 1, &[]), VLEN, "{kind:?}");
        let flag = FLAG.filter(|_| kind != Kind::TypeTag);
        assert_eq!(record(name, kind, true, 0, 1, &[]), flag, "{kind:?}");
        assert_eq!(record(name, kind, false, 0, TOO_MANY, &[]), TYPE);
        assert_eq!(record(other, kind, false, 0, 1, &[]), NAME, "{kind:?}");
    }
    // Where a pointer leads is not asked, but for its number.
    assert_eq!(record("", Kind::Ptr, false, 0, MOST, &[]), None);
    // The text of a tag may be any, a name may not.
    assert_eq!(record("a b", Kind::TypeTag, false, 0, 1, &[]), None);
    assert_eq!(record("a b", Kind::Typedef, false, 0, 1, &[]), NAME);
}

#[test]
fn a_declaration() {
    for flag in [false, true] {
        assert_eq!(record("f", Kind::Fwd, flag, 0, 0, &[]), None);
        assert_eq!(record("f", Kind::Fwd, flag, 1, 0, &[]), VLEN);
        assert_eq!(record("f", Kind::Fwd, flag, 0, 1, &[]), Some("type != 0"));
        assert_eq!(record("", Kind::Fwd, flag, 0, 0, &[]), NAME);
        assert_eq!(record("f f", Kind::Fwd, flag, 0, 0, &[]), NAME);
    }
}

#[test]
fn an_array() {
    let array = |of, index| record("", Kind::Array, false, 0, 0, &[of, index, 4]);
    assert_eq!(array(1, 1), None);
    assert_eq!(array(MOST, MOST), None);
    assert_eq!(array(0, 1), Some("Invalid elem"));
    assert_eq!(array(TOO_MANY, 1), Some("Invalid elem"));
    assert_eq!(array(1, 0), Some("Invalid index"));
    assert_eq!(array(1, TOO_MANY), Some("Invalid index"));
    let tail = [1, 1, 4];
    assert_eq!(record("a", Kind::Array, false, 0, 0, &tail), NAME);
    assert_eq!(record("", Kind::Array, false, 1, 0, &tail), VLEN);
    assert_eq!(record("", Kind::Array, true, 0, 0, &tail), FLAG);
    let size = Some("size != 0");
    assert_eq!(record("", Kind::Array, false, 0, 4, &tail), size);
}

#[test]
fn a_struct_or_union() {
    let of = |kind, flag, size, members: &[(u32, u32)]| {
        let tail: Vec<u32> = members.iter().flat_map(|&(t, at)| [0, t, at]).collect();
        record("s", kind, flag, members.len() as u32, size, &tail)
    };
    let place = Some("Invalid member bits_offset");
    let outside = Some("Member bits_offset exceeds its struct size");
    for kind in [Kind::Struct, Kind::Union] {
        assert_eq!(record("", kind, false, 0, 0, &[]), None);
        assert_eq!(record("s", kind, true, 0, 0, &[]), None);
        assert_eq!(record("s s", kind, false, 0, 0, &[]), NAME);
        assert_eq!(of(kind, false, 8, &[(1, 0), (MOST, 0)]), None);
        assert_eq!(of(kind, false, 8, &[(0, 0)]), TYPE);
        assert_eq!(of(kind, false, 8, &[(TOO_MANY, 0)]), TYPE);
        // Whether a member fits in is not asked, only where it starts; the end is allowed.
        assert_eq!(of(kind, false, 0, &[(1, 0)]), None);
    }
    assert_eq!(of(Kind::Union, false, 8, &[(1, 1)]), place);
    assert_eq!(of(Kind::Struct, false, 8, &[(1, 64)]), None);
    assert_eq!(of(Kind::Struct, false, 8, &[(1, 65)]), outside);
    assert_eq!(of(Kind::Struct, false, 8, &[(1, 57)]), None);
    assert_eq!(of(Kind::Struct, false, 8, &[(1, 8), (1, 8)]), None);
    assert_eq!(of(Kind::Struct, false, 8, &[(1, 8), (1, 7)]), place);
    // With the flag the upper byte is the size of a bitfield.
    assert_eq!(of(Kind::Struct, true, 8, &[(1, (3 << 24) | 8)]), None);
    assert_eq!(of(Kind::Struct, false, 8, &[(1, (3 << 24) | 8)]), outside);
    assert_eq!(of(Kind::Union, true, 8, &[(1, 3 << 24)]), None);
    assert_eq!(of(Kind::Struct, false, u32::MAX, &[(1, u32::MAX)]), None);
}

#[test]
fn an_enumeration() {
    for kind in [Kind::Enum, Kind::Enum64] {
        for size in 0..18 {
            let fits = matches!(size, 1 | 2 | 4 | 8);
            let wanted = (!fits).then_some("Unexpected size");
            assert_eq!(record("e", kind, false, 0, size, &[]), wanted, "{size}");
        }
        assert_eq!(record("", kind, true, 0, 4, &[]), None);
        assert_eq!(record("e e", kind, false, 0, 4, &[]), NAME);
    }
    let base = base();
    let of = |kind: Kind, value: u32| {
        let mut split = Builder::split(&base);
        let a = split.string("A");
        let last = if value == u32::MAX { a } else { value };
        let tail = match kind {
            Kind::Enum => vec![a, 0, last, 1],
            _ => vec![a, 0, 0, last, 1, 0],
        };
        split.raw(0, kind as u32, false, 2, 4, &tail);
        refusal(&base, &split).map(|(_, what)| what)
    };
    for kind in [Kind::Enum, Kind::Enum64] {
        assert_eq!(of(kind, u32::MAX), None);
        assert_eq!(of(kind, 0), NAME);
        // "long unsigned int"
        assert_eq!(of(kind, 1), NAME);
        assert_eq!(of(kind, 15), None);
        assert_eq!(of(kind, 9999), Some("Invalid name_offset"));
    }
}

#[test]
fn a_prototype() {
    assert_eq!(record("", Kind::FuncProto, false, 0, 0, &[]), None);
    assert_eq!(record("p", Kind::FuncProto, false, 0, 0, &[]), NAME);
    assert_eq!(record("", Kind::FuncProto, true, 0, 0, &[]), FLAG);
    // Neither the names nor the types of parameters are asked.
    let params = [1, 1, 9999, MOST + 5];
    assert_eq!(record("", Kind::FuncProto, false, 2, 0, &params), None);
}

#[test]
fn a_function() {
    let linkage = Some("Invalid func linkage");
    assert_eq!(record("f", Kind::Func, false, 0, 1, &[]), None);
    assert_eq!(record("f", Kind::Func, false, 1, 1, &[]), None);
    assert_eq!(record("f", Kind::Func, false, 2, 1, &[]), linkage);
    assert_eq!(record("f", Kind::Func, true, 0, 1, &[]), FLAG);
    assert_eq!(record("", Kind::Func, false, 0, 1, &[]), NAME);
    assert_eq!(record("f~", Kind::Func, false, 0, 1, &[]), NAME);
    // What a compiler makes of a function's name is a name.
    assert_eq!(record("f.isra.0", Kind::Func, false, 0, 1, &[]), None);
}

#[test]
fn a_variable() {
    let of = |third, linkage| record("v", Kind::Var, false, 0, third, &[linkage]);
    assert_eq!(of(1, 0), None);
    assert_eq!(of(MOST, 1), None);
    assert_eq!(of(1, 2), Some("Linkage not supported"));
    assert_eq!(of(0, 1), TYPE);
    assert_eq!(of(TOO_MANY, 1), TYPE);
    assert_eq!(record("", Kind::Var, false, 0, 1, &[1]), NAME);
    assert_eq!(record("v-", Kind::Var, false, 0, 1, &[1]), NAME);
    assert_eq!(record("v", Kind::Var, false, 1, 1, &[1]), VLEN);
    assert_eq!(record("v", Kind::Var, true, 0, 1, &[1]), FLAG);
}

#[test]
fn a_section_of_variables() {
    let of = |size, variables: &[[u32; 3]]| {
        let vlen = variables.len() as u32;
        record(".d", Kind::Datasec, false, vlen, size, &variables.concat())
    };
    assert_eq!(of(8, &[]), None);
    assert_eq!(of(0, &[]), Some("size == 0"));
    assert_eq!(record(".d", Kind::Datasec, true, 0, 8, &[]), FLAG);
    assert_eq!(record("", Kind::Datasec, false, 0, 8, &[]), NAME);
    // All that can be printed, the upper half of Latin-1 too.
    assert_eq!(record(".d 1~", Kind::Datasec, false, 0, 8, &[]), None);
    assert_eq!(record("\u{e9}", Kind::Datasec, false, 0, 8, &[]), None);
    for bad in ["\t", "\u{7f}", "\u{80}"] {
        let name = format!(".d{bad}");
        assert_eq!(record(&name, Kind::Datasec, false, 0, 8, &[]), NAME);
    }
    let long = |n| record(&".".repeat(n), Kind::Datasec, false, 0, 8, &[]);
    assert_eq!((long(512), long(513)), (None, NAME));

    assert_eq!(of(8, &[[1, 0, 4], [MOST, 4, 4]]), None);
    assert_eq!(of(8, &[[0, 0, 4]]), TYPE);
    assert_eq!(of(8, &[[TOO_MANY, 0, 4]]), TYPE);
    assert_eq!(of(8, &[[1, 0, 4], [1, 3, 4]]), Some("Invalid offset"));
    assert_eq!(of(8, &[[1, 7, 1]]), None);
    assert_eq!(of(8, &[[1, 8, 1]]), Some("Invalid offset"));
    assert_eq!(of(8, &[[1, 0, 0]]), Some("Invalid size"));
    assert_eq!(of(8, &[[1, 0, 8]]), None);
    assert_eq!(of(8, &[[1, 0, 9]]), Some("Invalid size"));
    assert_eq!(of(8, &[[1, 4, 5]]), Some("Invalid offset+size"));
    // The sum of offset and size has 32 bits in the kernel, that of the sizes has more.
    let (most, half) = (u32::MAX, 0x8000_0000);
    assert_eq!(of(most, &[[1, most - 1, 1]]), None);
    assert_eq!(of(most, &[[1, most - 1, 2]]), None);
    let all = [[1, most - 1, 2], [1, 0, half], [1, half, half - 2]];
    assert_eq!(of(most, &all), Some("Invalid btf_info size"));
}

#[test]
fn a_float() {
    for size in 0..20 {
        let fits = matches!(size, 2 | 4 | 8 | 12 | 16);
        let wanted = (!fits).then_some("Invalid type_size");
        assert_eq!(record("f", Kind::Float, false, 0, size, &[]), wanted);
    }
    assert_eq!(record("f", Kind::Float, true, 0, 8, &[]), FLAG);
    assert_eq!(record("f", Kind::Float, false, 1, 8, &[]), VLEN);
}

#[test]
fn a_tag_on_a_declaration() {
    let of = |text: &str, at: i32| record(text, Kind::DeclTag, false, 0, 1, &[at as u32]);
    assert_eq!(of("t", -1), None);
    assert_eq!(of("t", i32::MAX), None);
    assert_eq!(of("t", -2), Some("Invalid component_idx"));
    assert_eq!(of("t", i32::MIN), Some("Invalid component_idx"));
    assert_eq!(of("", -1), Some("Invalid value"));
    assert_eq!(record("t", Kind::DeclTag, false, 1, 1, &[0]), VLEN);
    assert_eq!(record("t", Kind::DeclTag, true, 0, 1, &[0]), None);
}

/// The kernel looks at no more of a tag than whether it is empty.
#[test]
fn a_tag_may_be_of_any_length_and_bytes() {
    for text in [
        "t".repeat(511),
        "t".repeat(600),
        "\u{1}\u{fc} ".repeat(9000),
    ] {
        assert_eq!(record(&text, Kind::DeclTag, false, 0, 1, &[0]), None);
        assert_eq!(record(&text, Kind::TypeTag, false, 0, 1, &[]), None);
    }
}

#[test]
fn kinds() {
    let base = base();
    for (kind, is_known) in [(0, false), (19, true), (20, false), (127, false)] {
        let mut split = Builder::split(&base);
        split.raw(0, kind, false, 0, 8, &[]);
        // A layout that gives each kind no more than `struct btf_type`.
        let blob = with_layout(&split.bytes(), &[0; 4 * 128]);
        let wanted = match kind {
            0 => Some(Fault::UnknownKind(0)),
            _ => (!is_known).then_some(Fault::Kernel("Invalid kind")),
        };
        let found = wrong(&base, &blob);
        assert_eq!(found, wanted.map(|fault| (Place::Type(2), fault)), "{kind}");
    }
}
