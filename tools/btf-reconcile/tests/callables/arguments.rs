// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What may be an argument.

use super::{
    kernel,
    why,
    Builder,
    Kind,
    CHAR_PTR,
    ENUM,
    ENUM64,
    FLOAT,
    FREE,
    FWD,
    IMPLICIT,
    INT,
    INT128,
    NUMBERS,
    PROG_AUX,
    RELEASE,
    SPECIAL,
    SPECIALS,
    TASK,
    TASK_PTR,
    VOID_PTR, //
};

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

/// Typedefs and qualifiers are followed as far as the kernel accepts them.
#[test]
fn chains_end() {
    let chain = |n| argument("a", |m| (0..n).fold(INT, |of, _| m.typedef("t", of)));
    assert_eq!(chain(32), FREE);
    assert!(!chain(33).is_empty());
    assert!(!argument("a", |m| m.typedef("t", m.next())).is_empty());
}
