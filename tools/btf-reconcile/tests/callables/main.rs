// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which kfuncs programs can use, and which destructors the kernel takes: as the verifier of Linux 7.3
//! has it.

mod arguments;
mod bases;
#[allow(dead_code, reason = "no test uses all of it")]
#[path = "../common/builder.rs"]
mod builder;
mod destructors;
mod results;
mod sets;

use btf_reconcile::{
    btf::{
        Btf,
        Callables,
        Id,
        IdMap,
        Kind,
        Locate,
        New,
        Offsets,
        Pair,
        Reason,
        Registers,
        Slots,
        Space,
        Symbol,
        View,
        Vmlinux, //
    },
    facade::steps,
};
use builder::Builder;

const ACQUIRE: u32 = 1 << 0;
const RELEASE: u32 = 1 << 1;
const IMPLICIT: u32 = 1 << 16;

/// Ids of the kernel's types.
const INT: u32 = 1;
const VOID_PTR: u32 = 2;
const TASK: u32 = 3;
const TASK_PTR: u32 = 4;
const NUMBERS: u32 = 5;
const ENUM: u32 = 6;
const ENUM64: u32 = 7;
const FLOAT: u32 = 8;
const FWD: u32 = 9;
const PROG_AUX: u32 = 10;
const CHAR_PTR: u32 = 11;
const INT128: u32 = 12;
/// From here on, structs of these names.
const SPECIAL: u32 = 13;
const SPECIALS: [&str; 8] = [
    "bpf_dynptr",
    "bpf_wq",
    "bpf_timer",
    "bpf_task_work",
    "bpf_list_head",
    "bpf_rb_node",
    "bpf_res_spin_lock",
    "bpf_iter_kern",
];

fn kernel() -> Builder {
    let mut b = Builder::new();
    assert_eq!(b.int("int", 4, 1), INT);
    assert_eq!(b.ptr(0), VOID_PTR);
    let members = [("next", VOID_PTR, 0), ("pid", INT, 64)];
    assert_eq!(b.composite(Kind::Struct, "task", 16, &members), TASK);
    assert_eq!(b.ptr(TASK), TASK_PTR);
    let members = [("a", INT, 0), ("b", INT, 32)];
    assert_eq!(b.composite(Kind::Struct, "numbers", 8, &members), NUMBERS);
    assert_eq!(b.enumeration("colour", 4, &[("RED", 1)]), ENUM);
    assert_eq!(b.enum64("wide", &[("WIDE", 1)]), ENUM64);
    assert_eq!(b.float("double", 8), FLOAT);
    assert_eq!(b.fwd("opaque", false), FWD);
    let members = [("ops", VOID_PTR, 0)];
    assert_eq!(
        b.composite(Kind::Struct, "bpf_prog_aux", 8, &members),
        PROG_AUX
    );
    assert_eq!(b.ptr(INT), CHAR_PTR);
    assert_eq!(b.int("__int128", 16, 1), INT128);
    for (id, name) in (SPECIAL..).zip(SPECIALS) {
        let members = [("opaque", INT, 0), ("more", INT, 32)];
        assert_eq!(b.composite(Kind::Struct, name, 8, &members), id);
    }
    b
}

/// A kfunc: its name, flags, result and arguments.
type Kfunc<'k> = (&'k str, u32, u32, &'k [(&'k str, u32)]);

/// What is in the way of each of these kfuncs, which are in one set; their types are those of `m`.
fn barriers(kernel: &Builder, mut m: Builder, kfuncs: &[Kfunc<'_>]) -> Vec<Option<String>> {
    let ids: Vec<u32> = kfuncs
        .iter()
        .map(|&(name, _, result, params)| {
            let proto = m.proto(result, params);
            m.func(name, proto)
        })
        .collect();
    let pairs = ids
        .iter()
        .zip(kfuncs)
        .flat_map(|(&id, kfunc)| [id, kfunc.1]);
    let section: Vec<u32> = [ids.len() as u32, 1].into_iter().chain(pairs).collect();
    barriers_of(kernel, &m, &section)
}
/// What is in the way of each slot of a `.BTF_ids` of these words, with symbols that have a name, a
/// place and a size.
fn told<S: Space, B: Locate>(
    view: View<'_, '_, S, Offsets, B>,
    words: &[u32],
    symbols: &[(&'static str, u32, u32)],
    registers: Registers,
    reason: &dyn Fn(Id<S::Base>) -> Option<Reason>,
    cfi: bool,
) -> Vec<Option<String>> {
    let bytes: Vec<u8> = words.iter().flat_map(|w| w.to_ne_bytes()).collect();
    let symbol = |&(name, at, size): &(&'static str, u32, u32)| Symbol {
        name: name.as_bytes(),
        at,
        size,
    };
    let mut symbols: Vec<_> = symbols.iter().map(symbol).collect();
    let slots = Slots::read(&bytes, &mut symbols, registers).unwrap();
    let mut callables = Callables::new(view, &slots, reason, cfi).unwrap();
    let told = |slot| {
        let barrier = callables.barrier(slot)?;
        Some(callables.tell(barrier).to_string())
    };
    slots.iter().map(told).collect()
}

/// The same for a module that carries no base.
fn plain(
    kernel: &Builder,
    m: &Builder,
    words: &[u32],
    symbols: &[(&'static str, u32, u32)],
    cfi: bool,
) -> Vec<Option<String>> {
    let (kernel, split) = (kernel.bytes(), m.bytes());
    let vmlinux = Vmlinux::new(Btf::parse_kernel(&kernel).unwrap()).unwrap();
    let split: Btf<'_, New> = Btf::parse_split(&split, &vmlinux.btf).unwrap();
    let map = IdMap::identity(split.end());
    let view = View {
        vmlinux: &vmlinux,
        types: Pair {
            base: &vmlinux.btf,
            split: &split,
        },
        map: &map,
    };
    told(
        view,
        words,
        symbols,
        Registers::of(|_| true),
        &|_| None,
        cfi,
    )
}

/// The symbol of a set of these words.
fn set(words: &[u32]) -> [(&'static str, u32, u32); 1] {
    [("__BTF_ID__set8__set", 0, 4 * words.len() as u32)]
}

/// What is in the way of each kfunc of a set that is ready.
fn barriers_of(kernel: &Builder, m: &Builder, section: &[u32]) -> Vec<Option<String>> {
    plain(kernel, m, section, &set(section), false)
}

/// What is in the way of one kfunc, whose types are made by `make`, which gives its result and
/// arguments.
fn why<'k>(flags: u32, make: impl FnOnce(&mut Builder) -> (u32, Vec<(&'k str, u32)>)) -> String {
    let kernel = kernel();
    let mut m = Builder::split(&kernel);
    let (result, params) = make(&mut m);
    let why = barriers(&kernel, m, &[("kfunc", flags, result, &params)]);
    why[0].clone().unwrap_or_default()
}

const FREE: &str = "";

/// Looking at kfuncs has an end, however many there are and however large their types.
#[test]
fn cost_is_bounded() {
    let kernel = kernel();
    let mut m = Builder::split(&kernel);
    let mut of = INT;
    for _ in 0..4 {
        let members = vec![("m", of, 0); 300];
        of = m.composite(Kind::Struct, "s", 4, &members);
    }
    let pointer = m.ptr(of);
    let proto = m.proto(0, &[("p", pointer), ("p__sz", INT)]);
    let kfunc = m.func("kfunc", proto);
    let pairs = (0..200).flat_map(|_| [kfunc, 0]);
    let section: Vec<u32> = [200, 1].into_iter().chain(pairs).collect();
    let before = steps();
    let found = barriers_of(&kernel, &m, &section);
    assert!(steps() - before < 5_000_000);
    let last = found.last().unwrap().as_deref();
    assert_eq!(last, Some("there are too many to look at this one"));
}
