// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which kfuncs programs can use, and which destructors the kernel takes: as the verifier of Linux 7.3
//! has it.

#[allow(dead_code, reason = "no test uses all of it")]
#[path = "common/builder.rs"]
mod builder;

use btf_reconcile::{
    btf::{
        Base,
        Btf,
        Callables,
        Id,
        IdMap,
        Kind,
        New,
        Pair,
        Reason,
        Registers,
        Section,
        Slots,
        Split,
        Symbol,
        View,
        Vmlinux, //
    },
    facade::steps,
};
use builder::Builder;

const ACQUIRE: u32 = 1 << 0;
const RELEASE: u32 = 1 << 1;
const ITER_NEW: u32 = 1 << 8;
const ITER_NEXT: u32 = 1 << 9;
const ITER_DESTROY: u32 = 1 << 10;
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

/// The same for a set that is ready.
fn barriers_of(kernel: &Builder, m: &Builder, section: &[u32]) -> Vec<Option<String>> {
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
    let bytes: Vec<u8> = section.iter().flat_map(|w| w.to_ne_bytes()).collect();
    let mut symbols = [Symbol {
        name: b"__BTF_ID__set8__set",
        at: 0,
        size: bytes.len() as u32,
    }];
    let registers = Registers::of(|_| true);
    let slots = Slots::read(&bytes, &mut symbols, registers).unwrap();
    let none = |_| None;
    let mut callables = Callables::new(view, &slots, &none, false).unwrap();
    let told = |slot| {
        let barrier = callables.barrier(slot)?;
        Some(callables.tell(barrier).to_string())
    };
    slots.iter().map(told).collect()
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

/// What is in the way of a kfunc that has one argument of this name and type.
fn argument(name: &str, make: impl FnOnce(&mut Builder) -> u32) -> String {
    why(0, |m| (0, vec![(name, make(m))]))
}

/// The same for a pointer to the type.
fn pointer(name: &str, make: impl FnOnce(&mut Builder) -> u32) -> String {
    argument(name, |m| {
        let to = make(m);
        m.ptr(to)
    })
}

/// What is in the way of a pointer to the type with its size behind it.
fn sized(make: impl FnOnce(&mut Builder) -> u32) -> String {
    why(0, |m| {
        let to = make(m);
        (0, vec![("p", m.ptr(to)), ("p__sz", INT)])
    })
}

fn special(name: &str) -> u32 {
    let nth = SPECIALS.iter().position(|&special| special == name);
    SPECIAL + nth.unwrap() as u32
}

const FREE: &str = "";

#[test]
fn numbers_and_what_the_kernel_has_pointers_to_can_be_passed() {
    for id in [INT, ENUM, INT128, TASK_PTR, CHAR_PTR] {
        assert_eq!(argument("a", |_| id), FREE, "{id}");
    }
    assert_eq!(argument("a", |m| m.typedef("t", INT)), FREE);
    assert_eq!(pointer("a", |_| NUMBERS), FREE);
    assert_eq!(pointer("a", |m| m.reference(Kind::Const, "", TASK)), FREE);
    assert_eq!(pointer("a", |m| m.union("u", 8)), FREE);
    // A struct of the module's own may come from one of its tracepoints.
    let own = |m: &mut Builder| m.composite(Kind::Struct, "own", 8, &[("p", VOID_PTR, 0)]);
    assert_eq!(pointer("a", own), FREE);
    for name in ["n__k", "n__sz", "n__szk", "rdonly_buf_size"] {
        assert_eq!(argument(name, |_| INT), FREE, "{name}");
    }
}

#[test]
fn what_is_passed_by_value_has_to_be_a_number() {
    let value = |what: &str| format!("its argument 1 is a {what}, expected a number or a pointer");
    assert_eq!(argument("a", |_| NUMBERS), value("STRUCT 'numbers'"));
    assert_eq!(argument("a", |_| ENUM64), value("ENUM64 'wide'"));
    assert_eq!(argument("a", |_| FLOAT), value("FLOAT 'double'"));
    assert_eq!(argument("a", |m| m.array(INT, INT, 4)), value("ARRAY"));
    assert_eq!(argument("a", |m| m.typedef("v", 0)), value("void"));
    assert_eq!(
        argument("a", |m| m.strct("none", 0)),
        value("STRUCT 'none'")
    );
    let large = "its argument 1 has 24 bytes, at most 16";
    assert_eq!(argument("a", |m| m.strct("large", 24)), large);
    // What it ignores has to fit into registers all the same.
    assert_eq!(argument("a__ign", |_| NUMBERS), FREE);
    assert_eq!(argument("a__ign", |m| m.strct("large", 24)), large);
    assert_eq!(argument("a__ign", |_| VOID_PTR), FREE);
    // `...`
    let any = why(0, |_| (0, vec![("a", INT), ("", 0)]));
    assert_eq!(any, "it takes any number of arguments");
    let first = why(0, |_| (0, vec![("", 0), ("a", INT)]));
    assert_eq!(first, value("void"));
}

#[test]
fn pointers_have_to_lead_to_what_a_program_can_have() {
    let to = |what: &str| {
        format!("its argument 1 is a pointer to {what}, expected one to a number or a struct")
    };
    assert_eq!(argument("a", |_| VOID_PTR), to("void"));
    assert_eq!(pointer("a", |_| FWD), to("FWD 'opaque'"));
    assert_eq!(pointer("a", |_| TASK_PTR), to("PTR"));
    assert_eq!(pointer("a", |_| ENUM64), to("ENUM64 'wide'"));
    assert_eq!(pointer("a", |_| FLOAT), to("FLOAT 'double'"));
    assert_eq!(pointer("a", |m| m.array(INT, INT, 4)), to("ARRAY"));
    assert_eq!(pointer("a__nullable", |_| FWD), to("FWD 'opaque'"));
    // Callbacks are taken, and strings, and what the verifier makes of a name.
    assert_eq!(pointer("a", |m| m.proto(0, &[])), FREE);
    for name in [
        "s__str",
        "p__map",
        "p__const_map",
        "p__refcounted_kptr",
        "p__arena",
        "p__arena__nullable",
    ] {
        assert_eq!(argument(name, |_| VOID_PTR), FREE, "{name}");
    }
    // A name that is nothing but the ending is none.
    assert_eq!(argument("__str", |_| VOID_PTR), to("void"));
}

#[test]
fn pointers_with_a_size_have_to_lead_to_numbers() {
    let to = |what: &str| {
        format!(
            "its argument 1 is a pointer to {what} with a size, expected one to void, a number or \
             a struct of numbers"
        )
    };
    assert_eq!(sized(|_| 0), FREE);
    assert_eq!(sized(|_| INT), FREE);
    assert_eq!(sized(|_| NUMBERS), FREE);
    assert_eq!(sized(|_| TASK), to("STRUCT 'task'"));
    assert_eq!(sized(|_| FWD), to("FWD 'opaque'"));
    assert_eq!(sized(|_| TASK_PTR), to("PTR"));
    // Arrays count inside of structs, but for empty ones.
    let of = |count| {
        move |m: &mut Builder| {
            let array = m.array(INT, INT, count);
            m.composite(Kind::Struct, "s", 8, &[("a", array, 0)])
        }
    };
    assert_eq!(sized(of(2)), FREE);
    assert_eq!(sized(of(0)), to("STRUCT 's'"));
    // Structs in one another: four, and not five.
    let nested = |depth: u32| {
        move |m: &mut Builder| {
            (0..depth).fold(INT, |of, _| {
                let members = [("x", INT, 0), ("y", of, 32), ("z", INT, 64)];
                m.composite(Kind::Struct, "s", 12, &members)
            })
        }
    };
    assert_eq!(sized(nested(4)), FREE);
    assert_eq!(sized(nested(5)), to("STRUCT 's'"));
    // A context goes with anything.
    assert_eq!(
        sized(|m| m.composite(Kind::Struct, "xdp_md", 8, &[("p", VOID_PTR, 0)])),
        FREE
    );
    // What is no number is no size.
    let void = why(0, |_| (0, vec![("p", VOID_PTR), ("p__sz", VOID_PTR)]));
    assert!(void.contains("pointer to void, expected"), "{void}");
}

#[test]
fn only_the_kernels_own_kfuncs_may_take_some() {
    for name in ["bpf_dynptr", "bpf_wq", "bpf_timer", "bpf_task_work"] {
        assert_eq!(pointer("a", |_| special(name)), FREE, "{name}");
    }
    for name in ["bpf_list_head", "bpf_rb_node", "bpf_res_spin_lock"] {
        let why = format!(
            "its argument 1 is a pointer to STRUCT '{name}', as only the kernel's own kfuncs' may be"
        );
        assert_eq!(pointer("a", |_| special(name)), why);
        // Nothing can be passed.
        assert_eq!(pointer("a__nullable", |_| special(name)), FREE);
    }
    for name in ["__alloc", "__irq_flag"] {
        let why = format!("its argument 1 ends in {name}, as only the kernel's own kfuncs' may");
        assert_eq!(argument(&format!("p{name}"), |_| VOID_PTR), why);
    }
    let iter = pointer("i__iter", |_| TASK);
    assert_eq!(
        iter,
        "its argument 1 is a pointer to STRUCT 'task', expected a struct named bpf_iter_..."
    );
    assert_eq!(pointer("i__iter", |_| special("bpf_iter_kern")), FREE);
}

#[test]
fn copies_of_the_kernels_types_can_not_be_passed() {
    let task = |m: &mut Builder| m.composite(Kind::Struct, "task", 8, &[("p", VOID_PTR, 0)]);
    let own = kernel().next();
    let copy = format!(
        "its argument 1 is a pointer to STRUCT 'task' of the module's own [{own}], not the \
         kernel's [{TASK}]"
    );
    assert_eq!(pointer("a", task), copy);
    // Another kind is another type.
    assert_eq!(
        pointer("a", |m| m.composite(
            Kind::Union,
            "task",
            8,
            &[("p", VOID_PTR, 0)]
        )),
        FREE
    );
    // Any bytes will do for one of numbers, but not where something has to be released.
    let numbers = |m: &mut Builder| {
        let numbers = m.composite(Kind::Struct, "numbers", 4, &[("a", INT, 0)]);
        m.ptr(numbers)
    };
    assert_eq!(argument("a", numbers), FREE);
    let released = why(RELEASE, |m| (0, vec![("a", numbers(m))]));
    assert!(
        released.contains("STRUCT 'numbers' of the module's own"),
        "{released}"
    );
    // One without members is one that is not known.
    let bare = pointer("a", |m| m.strct("numbers", 8));
    assert!(
        bare.contains("STRUCT 'numbers' of the module's own"),
        "{bare}"
    );
    let dynptr = pointer("a", |m| {
        m.composite(Kind::Struct, "bpf_dynptr", 8, &[("a", INT, 0)])
    });
    assert!(
        dynptr.contains("STRUCT 'bpf_dynptr' of the module's own"),
        "{dynptr}"
    );
    // Contexts are known by their names, and where nothing has to be passed, all can be.
    assert_eq!(pointer("a", |m| m.strct("__sk_buff", 8)), FREE);
    assert_eq!(pointer("a__nullable", task), FREE);
}

#[test]
fn what_one_kfunc_gives_another_takes() {
    let kernel = kernel();
    let mut m = Builder::split(&kernel);
    let task = m.composite(Kind::Struct, "task", 8, &[("p", VOID_PTR, 0)]);
    let task = m.ptr(task);
    let taking: Kfunc<'_> = ("take", RELEASE, 0, &[("t", task)]);
    let alone = barriers(&kernel, m.clone(), &[taking]);
    assert!(alone[0].is_some());
    let giving: Kfunc<'_> = ("give", ACQUIRE, task, &[]);
    assert_eq!(barriers(&kernel, m, &[giving, taking]), [None, None]);
}

#[test]
fn what_the_verifier_supplies_has_to_be_the_kernels() {
    let aux = |m: &mut Builder| m.ptr(PROG_AUX);
    assert_eq!(argument("aux", aux), FREE);
    let two = why(0, |m| {
        let aux = m.ptr(PROG_AUX);
        (0, vec![("a", aux), ("b", aux)])
    });
    assert_eq!(two, "its argument 2 is a second pointer to bpf_prog_aux");
    let sixth = |name: &'static str, make: fn(&mut Builder) -> u32| {
        why(0, |m| {
            let last = make(m);
            let mut params = vec![("n", INT); 5];
            params.push((name, last));
            (0, params)
        })
    };
    let registers = "its argument 6 has to be one of the first 5";
    assert_eq!(sixth("aux", |m| m.ptr(PROG_AUX)), registers);
    assert_eq!(sixth("p__arena", |_| VOID_PTR), registers);
    assert_eq!(sixth("p", |_| TASK_PTR), FREE);
    let copy = pointer("aux", |m| {
        m.composite(Kind::Struct, "bpf_prog_aux", 8, &[("p", VOID_PTR, 0)])
    });
    assert!(
        copy.contains("STRUCT 'bpf_prog_aux' of the module's own"),
        "{copy}"
    );
}

/// A kfunc whose last arguments the verifier supplies has them in another function's prototype.
#[test]
fn implicit_arguments() {
    let with = |make: fn(&mut Builder) -> u32| {
        why(IMPLICIT, |m| {
            let last = make(m);
            let proto = m.proto(0, &[("n", INT), ("aux", last)]);
            m.func("kfunc_impl", proto);
            (0, vec![("n", INT)])
        })
    };
    assert_eq!(with(|m| m.ptr(PROG_AUX)), FREE);
    assert_eq!(with(|_| VOID_PTR), FREE);
    let copy = with(|m| {
        let aux = m.composite(Kind::Struct, "bpf_prog_aux", 8, &[("p", VOID_PTR, 0)]);
        m.ptr(aux)
    });
    assert!(
        copy.starts_with("its argument 2 is a pointer to STRUCT 'bpf_prog_aux'"),
        "{copy}"
    );
    let none = why(IMPLICIT, |_| (0, vec![("n", INT)]));
    assert_eq!(none, "there is no function of its name and _impl");
}

/// The verifier takes no more than twelve; and that a prototype has a million of them must not cost
/// time for each slot that names it.
#[test]
fn kfuncs_with_many_arguments() {
    let of = |n| why(0, |_| (INT, vec![("a", INT); n]));
    assert_eq!(of(0), FREE);
    assert_eq!(of(12), FREE);
    assert_eq!(of(13), "it takes 13 arguments, at most 12");
    assert_eq!(of(70_000), "it takes 70000 arguments, at most 12");
}

#[test]
fn results() {
    let gives = |make: fn(&mut Builder) -> u32| why(0, |m| (make(m), vec![]));
    for id in [0, INT, ENUM, ENUM64, VOID_PTR, TASK_PTR, CHAR_PTR] {
        assert_eq!(why(0, |_| (id, vec![])), FREE, "{id}");
    }
    assert_eq!(gives(|m| m.ptr(TASK_PTR)), FREE);
    assert_eq!(gives(|m| m.ptr(FLOAT)), FREE);
    assert_eq!(gives(|m| m.ptr(ENUM64)), FREE);
    assert_eq!(gives(|_| NUMBERS), "its result is a STRUCT 'numbers'");
    assert_eq!(gives(|_| FLOAT), "its result is a FLOAT 'double'");
    assert_eq!(
        gives(|m| m.typedef("nothing", 0)),
        "its result is a TYPEDEF 'nothing'"
    );
    let size = |what: &str| format!("its result is a pointer to {what}, of unknown size");
    assert_eq!(gives(|m| m.ptr(FWD)), size("FWD 'opaque'"));
    let proto = gives(|m| {
        let proto = m.proto(0, &[]);
        m.ptr(proto)
    });
    assert_eq!(proto, size("FUNC_PROTO"));
    let array = |count: u32| {
        why(0, |m| {
            let array = m.array(INT, INT, count);
            (m.ptr(array), vec![])
        })
    };
    assert_eq!(array(4), FREE);
    assert_eq!(array(u32::MAX), size("ARRAY"));
    // An argument may say how many bytes there are.
    for name in ["rdonly_buf_size", "rdwr_buf_size"] {
        let sized = why(0, |m| (m.ptr(FWD), vec![(name, INT)]));
        assert_eq!(sized, FREE);
    }
    let acquires = "it acquires its result, which is no pointer to a struct";
    for id in [0, INT, VOID_PTR, CHAR_PTR] {
        assert_eq!(why(ACQUIRE, |_| (id, vec![])), acquires, "{id}");
    }
    assert_eq!(why(ACQUIRE, |_| (TASK_PTR, vec![])), FREE);
}

#[test]
fn iterators() {
    let kernel = kernel();
    let mut m = Builder::split(&kernel);
    let state = m.strct("bpf_iter_own", 16);
    let odd = m.strct("bpf_iter_odd", 12);
    let (state, odd) = (m.ptr(state), m.ptr(odd));
    let (it, task) = ([("it", state)], [("it", TASK_PTR)]);
    let two = [("it", state), ("n", INT)];
    let kfuncs: [Kfunc<'_>; 3] = [
        ("bpf_iter_own_new", ITER_NEW, INT, &two),
        ("bpf_iter_own_next", ITER_NEXT, CHAR_PTR, &it),
        ("bpf_iter_own_destroy", ITER_DESTROY, 0, &it),
    ];
    assert_eq!(barriers(&kernel, m.clone(), &kfuncs), [None, None, None]);
    let one = |kfunc: Kfunc<'_>| {
        let why = barriers(&kernel, m.clone(), &[kfunc]);
        why[0].clone().unwrap_or_default()
    };
    let why = one(("bpf_iter_own_new", ITER_NEW | ITER_NEXT, INT, &it));
    assert_eq!(
        why,
        "its flags say that it is several kfuncs of an iterator"
    );
    let why = one(("bpf_iter_own_new", ITER_NEW, INT, &task));
    assert!(
        why.contains("its first argument is no pointer to a struct"),
        "{why}"
    );
    let why = one(("bpf_iter_odd_new", ITER_NEW, INT, &[("it", odd)]));
    assert!(why.contains("no multiple of 8"), "{why}");
    let why = one(("bpf_iter_other_new", ITER_NEW, INT, &it));
    assert!(why.contains("not named after"), "{why}");
    let why = one(("bpf_iter_own_next", ITER_NEXT, CHAR_PTR, &two));
    assert_eq!(why, "it takes more than an iterator");
    let why = one(("bpf_iter_own_next", ITER_NEXT, INT, &it));
    assert!(why.contains("gives no pointer"), "{why}");
    let why = one(("bpf_iter_own_destroy", ITER_DESTROY, INT, &it));
    assert!(why.contains("gives a result"), "{why}");
}

/// The kernel registers all of a set, or none.
#[test]
fn one_kfunc_that_is_not_registered_costs_its_set() {
    let kernel = kernel();
    let mut m = Builder::split(&kernel);
    let proto = m.proto(0, &[]);
    let good = m.func("good", proto);
    let strange = m.func("strange", TASK);
    let set = Some("its set is not registered, for the kfunc in slot 8".to_owned());
    for (bad, why) in [
        (0, "its id was never found"),
        (TASK, "its id is that of a STRUCT, expected a FUNC"),
        (strange, "it leads to no FUNC_PROTO"),
        (99, "its types lead to none, or through too many typedefs"),
    ] {
        let found = barriers_of(&kernel, &m, &[2, 1, bad, 0, good, 0]);
        assert_eq!(found, [Some(why.to_owned()), set.clone()]);
    }
    // What can't be called can be registered.
    let uncallable = m.proto(0, &[("a", VOID_PTR)]);
    let uncallable = m.func("uncallable", uncallable);
    let found = barriers_of(&kernel, &m, &[2, 1, uncallable, 0, good, 0]);
    assert!(found[0].is_some() && found[1].is_none());
    // A set that was never resolved counts none.
    let found = barriers_of(&kernel, &m, &[0, 1, 0, 0, 0, 0]);
    assert_eq!(
        found,
        [
            Some("its id was never found".to_owned()),
            Some("its id was never found".into())
        ]
    );
    let flags = "its set does not have the flag BTF_SET8_KFUNCS, and is not registered";
    let found = barriers_of(&kernel, &m, &[1, 0, good, 0]);
    assert_eq!(found, [Some(flags.to_owned())]);
    let many = |n: u32| {
        let pairs = (0..n).flat_map(|_| [good, 0]);
        let section: Vec<u32> = [n, 1].into_iter().chain(pairs).collect();
        barriers_of(&kernel, &m, &section)[0].clone()
    };
    assert_eq!(many(256), None);
    assert_eq!(many(257).unwrap(), "its set has 257 kfuncs, at most 256");
}

#[test]
fn a_kfunc_of_the_kernels_name_is_not_registered() {
    // Functions are found where the types are sorted.
    let mut kernel = Builder::new();
    let proto = kernel.proto(0, &[]);
    let theirs = kernel.func("taken", proto);
    let m = Builder::split(&kernel);
    let found = barriers(&kernel, m, &[("taken", 0, 0, &[]), ("free", 0, 0, &[])]);
    let why = format!("the kernel has a function of this name, [{theirs}]");
    assert_eq!(found[0].as_deref(), Some(&why[..]));
    assert!(found[1].is_some());
}

/// Typedefs and qualifiers are followed as far as the kernel accepts them.
#[test]
fn chains_end() {
    let chain = |n| argument("a", |m| (0..n).fold(INT, |of, _| m.typedef("t", of)));
    assert_eq!(chain(32), FREE);
    assert!(!chain(33).is_empty());
    assert!(!argument("a", |m| m.typedef("t", m.next())).is_empty());
}

/// A module whose base's types become the kernel's, or its own where the kernel has none that fits.
#[test]
fn types_count_as_what_they_become() {
    let kernel = kernel();
    let mut base = Builder::new();
    base.fwd("task", false); // 1
    base.strct("lost", 8); // 2
    base.strct("numbers", 8); // 3
    let mut m = Builder::split(&base);
    let kfuncs: Vec<u32> = [1, 2, 3]
        .into_iter()
        .map(|to| {
            let pointer = m.ptr(to);
            let proto = m.proto(0, &[("p", pointer)]);
            m.func("kfunc", proto)
        })
        .collect();
    let sized = {
        let pointer = m.ptr(3);
        let proto = m.proto(0, &[("p", pointer), ("p__sz", 0)]);
        m.func("kfunc", proto)
    };
    let (kernel, base, split) = (kernel.bytes(), base.bytes(), m.bytes());
    let vmlinux = Vmlinux::new(Btf::parse_kernel(&kernel).unwrap()).unwrap();
    let base = Btf::parse_base(&base, Section::Base).unwrap();
    let split: Btf<'_, Split> = Btf::parse_split(&split, &base).unwrap();
    // The declaration is the kernel's struct, and the second one is carried.
    let end = Id::of_base(vmlinux.btf.end());
    let carried = end.forward(split.count()).unwrap();
    let mut map = IdMap::new(split.end()).unwrap();
    map.set_run(split.first(), split.end(), end);
    let id = |n| Id::new(n).unwrap();
    map.set(id(1), Id::new(TASK).unwrap());
    map.set(id(2), carried);
    map.set(id(3), Id::new(NUMBERS).unwrap());
    let view = View {
        vmlinux: &vmlinux,
        types: Pair {
            base: &base,
            split: &split,
        },
        map: &map,
    };
    let pairs = kfuncs.iter().chain([&sized]).flat_map(|&id| [id, 0]);
    let bytes: Vec<u8> = [4, 1]
        .into_iter()
        .chain(pairs)
        .flat_map(u32::to_ne_bytes)
        .collect();
    let mut symbols = [Symbol {
        name: b"__BTF_ID__set8__set",
        at: 0,
        size: bytes.len() as u32,
    }];
    let slots = Slots::read(&bytes, &mut symbols, Registers::default()).unwrap();
    let reason = |id: Id<Base>| (id.number() == 2).then_some(Reason::Missing);
    let mut callables = Callables::new(view, &slots, &reason, false).unwrap();
    let told = |slot| {
        let barrier = callables.barrier(slot)?;
        Some(callables.tell(barrier).to_string())
    };
    let found: Vec<_> = slots.iter().map(told).collect();
    assert_eq!(found[0], None);
    let carried =
        "its argument 1 is a pointer to STRUCT 'lost' of the module's own: the kernel has \
                   no such type";
    assert_eq!(found[1].as_deref(), Some(carried));
    assert_eq!(found[2], None);
    assert_eq!(
        found[3].as_deref(),
        Some("it takes any number of arguments")
    );
}

/// What is in the way of a destructor with this prototype for type `of`.
fn dtor(cfi: bool, of: u32, result: u32, params: &[u32]) -> String {
    let kernel = kernel();
    let mut m = Builder::split(&kernel);
    let params: Vec<(&str, u32)> = params.iter().map(|&id| ("p", id)).collect();
    let proto = m.proto(result, &params);
    let id = m.func("dtor", proto);
    dtor_of(&kernel, &m, cfi, of, id)
}

fn dtor_of(kernel: &Builder, m: &Builder, cfi: bool, of: u32, id: u32) -> String {
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
    let bytes: Vec<u8> = [of, id].into_iter().flat_map(u32::to_ne_bytes).collect();
    let symbol = |name: &'static str, at| Symbol {
        name: name.as_bytes(),
        at,
        size: 4,
    };
    let mut symbols = [
        symbol("__BTF_ID__struct__task__1", 0),
        symbol("__BTF_ID__func__dtor__2", 4),
    ];
    let slots = Slots::read(&bytes, &mut symbols, Registers::of(|_| true)).unwrap();
    let none = |_| None;
    let mut callables = Callables::new(view, &slots, &none, cfi).unwrap();
    let told: Vec<_> = slots
        .iter()
        .filter_map(|slot| callables.barrier(slot))
        .collect();
    told.first()
        .map_or_else(String::new, |&told| callables.tell(told).to_string())
}

#[test]
fn destructors() {
    assert_eq!(dtor(false, TASK, 0, &[VOID_PTR]), FREE);
    assert_eq!(dtor(false, TASK, 0, &[TASK_PTR]), FREE);
    assert_eq!(dtor(true, TASK, 0, &[VOID_PTR]), FREE);
    assert_eq!(
        dtor(true, TASK, 0, &[TASK_PTR]),
        "its argument is not void *, as CONFIG_CFI asks"
    );
    assert_eq!(dtor(false, FWD, 0, &[VOID_PTR]), "it is for a FWD 'opaque'");
    assert_eq!(
        dtor(false, 0, 0, &[VOID_PTR]),
        "what it is for was never found"
    );
    assert_eq!(
        dtor(false, TASK, INT, &[VOID_PTR]),
        "it gives a result, expected none"
    );
    assert_eq!(dtor(false, TASK, 0, &[INT]), "its argument is no pointer");
    assert_eq!(dtor(false, TASK, 0, &[0]), "its argument is no pointer");
    assert_eq!(
        dtor(false, TASK, 0, &[]),
        "it takes 0 arguments, expected 1"
    );
    let two = dtor(false, TASK, 0, &[VOID_PTR, VOID_PTR]);
    assert_eq!(two, "it takes 2 arguments, expected 1");
    let kernel = kernel();
    let m = Builder::split(&kernel);
    let id = |id| dtor_of(&kernel, &m, false, TASK, id);
    assert_eq!(id(0), "its id was never found");
    assert_eq!(id(TASK), "its id is that of a STRUCT, expected a FUNC");
}

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
