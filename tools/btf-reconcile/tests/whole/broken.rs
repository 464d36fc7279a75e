// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! BTF that would stand on its own if it were not broken: it is withheld, whatever is wrong with it.

use super::{
    common::refusals::{
        join,
        Parts, //
    },
    done,
    kernel,
    run_sections,
    task,
    Builder,
    How,
    Kind,
    Sections, //
};
use btf_reconcile::btf::Unify;

/// What comes of this BTF, which is good for nothing.
#[track_caller]
fn is_withheld(btf: &[u8], what: &str) {
    for unify in [Unify::Base, Unify::Off, Unify::All] {
        for strict in [false, true] {
            let sections = Sections {
                btf: Some(btf),
                ..Sections::default()
            };
            let ran = run_sections(&kernel(), &sections, How { strict, unify });
            assert!(ran.result.is_err(), "{what}");
            // In strict mode the kernel has it as it came, and refuses it itself.
            let is_refused = strict && ran.verdict == "refused";
            let is_withheld = matches!(ran.verdict, "stale" | "broken");
            assert!(is_withheld || is_refused, "{what}: {}", ran.verdict);
        }
    }
}

/// Good BTF, and what `make` adds to that.
fn module(make: impl Fn(&mut Builder)) -> Vec<u8> {
    let mut m = Builder::new();
    let int = m.int("int", 4, 1);
    task(&mut m, int);
    m.proto(0, &[("task", 3)]);
    m.composite(Kind::Struct, "own", 8, &[("a", 1, 0)]);
    m.fwd("declared", false);
    make(&mut m);
    m.bytes()
}

/// Ids of what there is in [`module`].
const INT: u32 = 1;
const PTR: u32 = 3;
const PROTO: u32 = 4;
const OWN: u32 = 5;
const FWD: u32 = 6;
const NEXT: u32 = 7;

#[test]
fn what_nothing_is_added_to_is_good() {
    let btf = module(|_| {});
    let sections = Sections {
        btf: Some(&btf),
        ..Sections::default()
    };
    done(run_sections(&kernel(), &sections, How::default()));
}

#[test]
fn references_that_lead_nowhere() {
    let far = [NEXT + 1, kernel().next() + NEXT, 0x000f_ffff, u32::MAX];
    for id in far {
        for (what, make) in [
            (
                "pointer",
                (|m, id| {
                    m.ptr(id);
                }) as fn(&mut Builder, u32),
            ),
            ("array", |m, id| {
                m.array(id, INT, 1);
            }),
            ("index", |m, id| {
                m.array(INT, id, 1);
            }),
            ("member", |m, id| {
                m.composite(Kind::Struct, "user", 8, &[("a", id, 0)]);
            }),
            ("argument", |m, id| {
                m.proto(0, &[("a", id)]);
            }),
            ("result", |m, id| {
                m.proto(id, &[]);
            }),
            ("function", |m, id| {
                m.func("mine", id);
            }),
            ("variable", |m, id| {
                m.var("mine", id);
            }),
        ] {
            is_withheld(&module(|m| make(m, id)), what);
        }
    }
}

#[test]
fn references_to_what_can_not_stand_there() {
    for (what, make) in [
        (
            "a function of a struct",
            (|m| {
                m.func("mine", OWN);
            }) as fn(&mut Builder),
        ),
        ("a function of nothing", |m| {
            m.func("mine", 0);
        }),
        ("a pointer to a function", |m| {
            m.func("mine", PROTO);
            m.ptr(NEXT);
        }),
        ("a member that is only declared", |m| {
            m.composite(Kind::Struct, "user", 8, &[("a", FWD, 0)]);
        }),
        ("a member of nothing", |m| {
            m.composite(Kind::Struct, "user", 8, &[("a", 0, 0)]);
        }),
        ("a member that is a prototype", |m| {
            m.composite(Kind::Struct, "user", 8, &[("a", PROTO, 0)]);
        }),
        ("an argument that is a prototype", |m| {
            m.proto(0, &[("a", PROTO)]);
        }),
        ("an index that is a pointer", |m| {
            m.array(INT, PTR, 1);
        }),
        ("a variable that is a prototype", |m| {
            m.var("mine", PROTO);
        }),
        ("a section of integers", |m| {
            let name = m.string(".data");
            m.raw(name, Kind::Datasec as u32, false, 1, 4, &[INT, 0, 4]);
        }),
        ("a tag on an integer", |m| {
            let name = m.string("tag");
            m.raw(name, Kind::DeclTag as u32, false, 0, INT, &[u32::MAX]);
        }),
    ] {
        is_withheld(&module(make), what);
    }
}

#[test]
fn types_without_end() {
    for (what, make) in [
        (
            "an array of itself",
            (|m| {
                m.array(NEXT, INT, 1);
            }) as fn(&mut Builder),
        ),
        ("a struct of itself", |m| {
            m.composite(Kind::Struct, "user", 8, &[("a", NEXT, 0)]);
        }),
        ("a struct of a union of that", |m| {
            m.composite(Kind::Struct, "user", 8, &[("a", NEXT + 1, 0)]);
            m.composite(Kind::Union, "other", 8, &[("b", NEXT, 0)]);
        }),
        ("a qualifier on itself", |m| {
            m.reference(Kind::Const, "", NEXT);
        }),
        ("typedefs of each other", |m| {
            m.typedef("a_t", NEXT + 1);
            m.typedef("b_t", NEXT);
        }),
        ("a long chain", |m| {
            for nth in 0..40 {
                let to = if nth == 0 { INT } else { NEXT + nth - 1 };
                m.reference(Kind::Const, "", to);
            }
            for nth in (0..40).rev() {
                m.reference(Kind::Volatile, "", NEXT + 41 + 39 - nth);
            }
        }),
    ] {
        is_withheld(&module(make), what);
    }
}

#[test]
fn names_that_are_none() {
    let inside = |off: u32| {
        module(move |m| {
            let at = m.string("inside");
            m.raw(at + off, Kind::Struct as u32, false, 0, 4, &[]);
        })
    };
    is_withheld(&inside(1), "a name inside another");
    is_withheld(&inside(7), "a name behind the last");
    is_withheld(&inside(0x00ff_ffff), "a name far away");
    let members = |off: u32| {
        module(move |m| {
            let at = m.string("inside");
            let name = m.string("user");
            m.raw(name, Kind::Struct as u32, false, 1, 4, &[at + off, INT, 0]);
        })
    };
    is_withheld(&members(1), "a member's name inside another");
    is_withheld(&members(1000), "a member's name that is nowhere");
}

#[test]
fn members_that_do_not_fit() {
    for (size, at) in [(3, 0), (4, 1), (8, 33)] {
        let btf = module(|m| {
            m.composite(Kind::Struct, "user", size, &[("a", INT, at)]);
        });
        is_withheld(&btf, "a member that ends behind");
    }
}

#[test]
fn bytes_that_are_cut_short() {
    let btf = module(|_| {});
    for len in 0..btf.len() {
        is_withheld(&btf[..len], "cut short");
    }
    let mut foreign = btf.clone();
    foreign.swap(0, 1);
    is_withheld(&foreign, "the other byte order");
    let Parts { types, strs } = Parts::of(&btf);
    let (t, s) = (types.len() as u32, strs.len() as u32);
    for (what, fields, body) in [
        ("strings over types", [0, t, t - 4, s], [&types[..], &strs]),
        (
            "strings without an end",
            [0, t, t, s - 1],
            [&types, &strs[..strs.len() - 1]],
        ),
        (
            "types that are not whole",
            [0, t - 4, t - 4, s],
            [&types[..types.len() - 4], &strs],
        ),
    ] {
        is_withheld(&join(24, &fields, &body), what);
    }
}

/// Of a kind that nobody knows only the size is known, and only by a layout.
#[test]
fn kinds_that_are_not_known() {
    let btf = module(|m| {
        m.raw(0, 20, false, 0, 0, &[]);
    });
    is_withheld(&btf, "no layout");
}

/// What the kernel refuses is mended here, too, or left out.
#[test]
fn what_the_kernel_refuses_is_not_in_the_result() {
    for (make, new) in [
        (
            (|m| {
                m.composite(Kind::Struct, "b d", 8, &[("a", INT, 0)]);
            }) as fn(&mut Builder),
            "own 3",
        ),
        (
            |m| {
                m.func("b d", PROTO);
            },
            "gone",
        ),
        (
            |m| {
                m.reference(Kind::Ptr, "p", OWN);
            },
            "own 3",
        ),
        (
            |m| {
                m.enumeration("e", 3, &[]);
            },
            "gone",
        ),
        (
            |m| {
                let name = m.string("i");
                m.raw(name, Kind::Int as u32, false, 0, 4, &[64]);
            },
            "gone",
        ),
        (
            |m| {
                let members = [("b", INT, 32), ("a", INT, 0)];
                m.composite(Kind::Struct, "user", 8, &members);
            },
            "gone",
        ),
    ] {
        let btf = module(make);
        let sections = Sections {
            btf: Some(&btf),
            ..Sections::default()
        };
        let done = done(run_sections(&kernel(), &sections, How::default()));
        assert!(done.is_mended);
        let ids = super::new_ids(&kernel(), &done);
        assert_eq!(ids[NEXT as usize - 1], new);
    }
}
