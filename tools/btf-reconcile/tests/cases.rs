// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! One case for each rule of matching: what the base has, what the kernel has, what becomes of it.

mod common;

use btf_reconcile::btf::{
    Decision,
    Kind,
    Mapping,
    Reason, //
};
use common::{
    builder::Builder,
    decide::{
        decide,
        decide_all,
        exact,
        mapped,
        Use, //
    }, //
};

/// A struct `foo` of four bytes in the base, for the cases that have it.
fn foo4(b: &mut Builder) {
    b.strct("foo", 4);
}

#[test]
fn case_b_definition_beats_declaration() {
    let decision = decide(foo4, Use::ByPointer, |k| {
        k.fwd("foo", false);
        k.strct("foo", 4);
    });
    assert_eq!(decision, exact(2));
}

#[test]
fn case_c_size_decides_between_several() {
    let decision = decide(foo4, Use::ByPointer, |k| {
        k.strct("foo", 8);
        k.strct("foo", 4);
        k.fwd("foo", false);
    });
    assert_eq!(decision, exact(2));
}

#[test]
fn case_d_union_is_no_struct() {
    let decision = decide(foo4, Use::ByPointer, |k| {
        k.union("foo", 4);
    });
    assert_eq!(decision, Decision::Carried(Reason::OtherKind(Kind::Union)));
}

#[test]
fn case_e_enum_is_no_struct() {
    let decision = decide(foo4, Use::ByPointer, |k| {
        k.enumeration("foo", 4, &[("A", 0)]);
    });
    assert_eq!(decision, Decision::Carried(Reason::OtherKind(Kind::Enum)));
}

#[test]
fn case_f_other_kinds_of_the_name_do_not_matter() {
    let decision = decide(foo4, Use::ByPointer, |k| {
        k.enumeration("foo", 4, &[("A", 0)]);
        k.strct("foo", 4);
    });
    assert_eq!(decision, exact(2));
}

#[test]
fn case_g_size_may_differ_behind_a_pointer() {
    let decision = decide(foo4, Use::ByPointer, |k| {
        k.strct("foo", 16);
    });
    assert_eq!(decision, mapped(1, Mapping::Resized(16)));
}

#[test]
fn case_h_size_may_not_differ_by_value() {
    for used in [
        Use::ByValue,
        Use::InArray,
        Use::ByTypedef,
        Use::AsArgument,
        Use::AsVariable,
    ] {
        let decision = decide(foo4, used, |k| {
            k.strct("foo", 16);
        });
        assert_eq!(decision, Decision::Carried(Reason::Size(16)), "{used:?}");
    }
}

#[test]
fn case_j_compilers_spell_integers_differently() {
    for (ours, theirs) in [
        ("long long unsigned int", "unsigned long long"),
        ("long unsigned int", "unsigned long"),
        ("short int", "short"),
    ] {
        for (built, running) in [(ours, theirs), (theirs, ours)] {
            let built = |b: &mut Builder| {
                b.int(built, 8, 0);
            };
            let decision = decide(built, Use::ByValue, |k| {
                k.int(running, 8, 0);
            });
            assert_eq!(decision, mapped(1, Mapping::Alias));
            let decision = decide(built, Use::ByValue, |k| {
                k.int(running, 8, 1);
            });
            assert_eq!(decision, Decision::Carried(Reason::Missing));
        }
    }
}

#[test]
fn case_k_declaration_of_one_of_two_structs() {
    let built = |b: &mut Builder| {
        b.fwd("foo", false);
    };
    let decision = decide(built, Use::ByPointer, |k| {
        k.strct("foo", 4);
        k.strct("foo", 8);
    });
    assert_eq!(decision, Decision::Carried(Reason::Ambiguous));
}

#[test]
fn case_l_declaration_of_nothing() {
    let built = |b: &mut Builder| {
        b.fwd("foo", false);
    };
    let decision = decide(built, Use::ByPointer, |k| {
        k.strct("bar", 4);
    });
    assert_eq!(decision, Decision::Carried(Reason::Missing));
}

#[test]
fn case_m_declaration_is_no_definition() {
    let decision = decide(foo4, Use::ByPointer, |k| {
        k.fwd("foo", false);
    });
    assert_eq!(decision, Decision::Carried(Reason::OtherKind(Kind::Fwd)));
}

#[test]
fn case_n_bitfields_do_not_make_a_union() {
    let built = |b: &mut Builder| {
        b.fwd("foo", false);
    };
    let decision = decide(built, Use::ByPointer, |k| {
        k.composite_flagged(Kind::Struct, true, "foo", 4, &[("a", 0, 3 << 24)]);
    });
    assert_eq!(decision, mapped(1, Mapping::Defined));
}

#[test]
fn case_o_declaration_of_a_union() {
    let built = |b: &mut Builder| {
        b.fwd("foo", true);
    };
    let decision = decide(built, Use::ByPointer, |k| {
        k.union("foo", 4);
    });
    assert_eq!(decision, mapped(1, Mapping::Defined));
}

#[test]
fn case_p_declared_union_is_no_struct() {
    let built = |b: &mut Builder| {
        b.fwd("foo", true);
    };
    let decision = decide(built, Use::ByPointer, |k| {
        k.strct("foo", 4);
    });
    assert_eq!(decision, Decision::Carried(Reason::OtherKind(Kind::Struct)));
}

#[test]
fn distilled_enum_stands_for_both_widths() {
    let built = |b: &mut Builder| {
        b.enumeration("big", 8, &[]);
    };
    let decision = decide(built, Use::ByValue, |k| {
        k.enum64("big", &[("A", 1 << 40)]);
    });
    assert_eq!(decision, exact(1));
    let decision = decide(built, Use::ByValue, |k| {
        k.enumeration("big", 4, &[("A", 1)]);
    });
    assert_eq!(decision, Decision::Carried(Reason::Size(4)));
}

#[test]
fn named_values_must_be_there() {
    let built = |b: &mut Builder| {
        b.enumeration("e", 4, &[("A", 1), ("B", 2)]);
    };
    let decision = decide(built, Use::ByValue, |k| {
        k.enumeration("e", 4, &[("A", 1), ("X", 9), ("B", 2)]);
    });
    assert_eq!(decision, exact(1));
    let decision = decide(built, Use::ByValue, |k| {
        k.enumeration("e", 4, &[("A", 1), ("B", 3)]);
    });
    assert_eq!(decision, Decision::Carried(Reason::Differs));
}

#[test]
fn named_members_must_be_there() {
    let built = |b: &mut Builder| {
        b.composite(Kind::Struct, "s", 8, &[("a", 0, 0), ("b", 0, 32)]);
    };
    let decision = decide(built, Use::ByPointer, |k| {
        k.composite(
            Kind::Struct,
            "s",
            8,
            &[("a", 0, 0), ("n", 0, 0), ("b", 0, 32)],
        );
    });
    assert_eq!(decision, exact(1));
    let decision = decide(built, Use::ByPointer, |k| {
        k.composite(Kind::Struct, "s", 8, &[("a", 0, 0), ("b", 0, 16)]);
    });
    assert_eq!(decision, Decision::Carried(Reason::Differs));
}

#[test]
fn float_matches_by_size() {
    let built = |b: &mut Builder| {
        b.float("double", 8);
    };
    let decision = decide(built, Use::ByValue, |k| {
        k.float("double", 8);
    });
    assert_eq!(decision, exact(1));
    let decision = decide(built, Use::ByValue, |k| {
        k.float("double", 4);
    });
    assert_eq!(decision, Decision::Carried(Reason::Size(4)));
}

/// An integer of another number of bits is another one.
#[test]
fn bits_of_an_integer_matter() {
    let built = |b: &mut Builder| {
        let name = b.string("int");
        b.raw(name, Kind::Int as u32, false, 0, 4, &[(1 << 24) | 3]);
    };
    let decision = decide(built, Use::ByValue, |k| {
        k.int("int", 4, 1);
    });
    assert_eq!(decision, Decision::Carried(Reason::Differs));
}

/// A base that has a type twice has both mapped.
#[test]
fn what_is_twice_in_a_base_is_mapped_twice() {
    let mut base = Builder::new();
    base.strct("foo", 4);
    base.strct("foo", 4);
    let mut split = Builder::split(&base);
    split.ptr(2);
    let mut kernel = Builder::new();
    kernel.strct("foo", 4);
    let decisions = decide_all(&kernel, &base, &split);
    assert_eq!(decisions, [exact(1), exact(1)]);
}

/// The kernel's functions and typedefs of a name do not make a struct of it.
#[test]
fn other_sorts_of_things_are_other_kinds() {
    let decision = decide(foo4, Use::ByPointer, |k| {
        let int = k.int("int", 4, 1);
        k.typedef("foo", int);
    });
    let reason = Reason::OtherKind(Kind::Typedef);
    assert_eq!(decision, Decision::Carried(reason));
}
