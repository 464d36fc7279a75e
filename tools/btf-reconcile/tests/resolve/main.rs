// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Slots that nobody has resolved: which types are found for them, in every form of BTF.

#[path = "../common/mod.rs"]
mod common;

mod again;
mod names;
mod sets;
mod slots;

use btf_reconcile::btf::Kind;
use common::{
    adapter::{
        self,
        Done,
        How,
        Ran,
        Sections, //
    },
    builder::Builder,
    oracle::ids::{
        symbols,
        Symbol, //
    },
};

/// Ids of the kernel's types below.
const INT: u32 = 1;
const TASK: u32 = 2;
const EITHER: u32 = 3;
const PID: u32 = 4;
const BOTH: u32 = 6;
const SHARED: u32 = 8;
const TWICE: u32 = 9;

/// A kernel. Its first string is a long one, so that names of whole BTF start inside of that where
/// they are read as the kernel's.
fn kernel() -> Builder {
    let mut b = Builder::new();
    b.string(&"long".repeat(500));
    assert_eq!(b.int("int", 4, 1), INT);
    b.composite(Kind::Struct, "task", 4, &[("pid", INT, 0)]);
    b.composite(Kind::Union, "either", 4, &[("a", INT, 0)]);
    b.typedef("pid_t", INT);
    let proto = b.proto(INT, &[]);
    assert_eq!(b.func("both", proto), BOTH);
    b.func("kernels", proto);
    b.composite(Kind::Struct, "shared", 4, &[("a", INT, 0)]);
    for size in [8, 4] {
        b.composite(Kind::Struct, "twice", size, &[("a", INT, 0)]);
    }
    b.fwd("declared", false);
    b.enumeration("colour", 4, &[]);
    b
}

/// How a module says which types it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Plain,
    Whole,
    Base,
    BaseRef,
}

const FORMS: [Form; 4] = [Form::Plain, Form::Whole, Form::Base, Form::BaseRef];

/// The places of a module's own types: the first function, the second, two of one name, one that the
/// kernel has, too, a struct, one that the kernel has, too, a union, a typedef.
const FIRST: u32 = 1;
const SECOND: u32 = 2;
const MANY: u32 = 3;
const OWN_BOTH: u32 = 5;
const OWN: u32 = 6;
const OWN_SHARED: u32 = 7;
const OWN_UNION: u32 = 8;
const OWN_TYPEDEF: u32 = 9;

/// Adds the module's own types.
fn own(b: &mut Builder, int: u32) {
    let proto = b.proto(int, &[]);
    let first = proto + 1;
    for name in ["first", "second", "many", "many", "both"] {
        b.func(name, proto);
    }
    b.composite(Kind::Struct, "own", 4, &[("a", int, 0)]);
    b.composite(Kind::Struct, "shared", 8, &[("other", int, 0)]);
    b.composite(Kind::Union, "own_union", 4, &[("a", int, 0)]);
    b.typedef("own_t", int);
    assert_eq!(b.next(), first + OWN_TYPEDEF);
}

/// A module in one of the forms.
struct Module {
    form: Form,
    base: Option<Vec<u8>>,
    btf: Vec<u8>,
    /// The id of its first own type.
    first: u32,
}

impl Module {
    fn new(form: Form) -> Self {
        Self::with(form, |_, _| {})
    }

    /// One with some types more; `more` is given its integer.
    fn with(form: Form, more: impl Fn(&mut Builder, u32)) -> Self {
        let mut base = Builder::new();
        let mut b = match form {
            Form::Whole => Builder::new(),
            Form::Plain => Builder::split(&kernel()),
            Form::Base | Form::BaseRef => {
                base.int("int", 4, 1);
                Builder::split(&base)
            }
        };
        let int = if form == Form::Whole {
            b.int("int", 4, 1)
        } else {
            INT
        };
        let first = b.next();
        own(&mut b, int);
        more(&mut b, int);
        Self {
            form,
            base: matches!(form, Form::Base | Form::BaseRef).then(|| base.bytes()),
            btf: b.bytes(),
            first,
        }
    }

    /// The id of its own type `nth`, as it came.
    fn own(&self, nth: u32) -> u32 {
        self.first + nth
    }

    fn run(&self, ids: (&[u32], &[Symbol]), how: How) -> Ran {
        let base = self.base.as_deref();
        let sections = Sections {
            btf: Some(&self.btf),
            base: base.filter(|_| self.form == Form::Base),
            base_ref: base.filter(|_| self.form == Form::BaseRef),
            ids: Some(ids),
            functions: None,
        };
        run(&sections, how)
    }

    /// What comes of it with these ids, which is good.
    #[track_caller]
    fn done(&self, ids: (&[u32], &[Symbol])) -> Done {
        let ran = self.run(ids, How::default());
        let form = match self.form {
            Form::Plain => "plain",
            Form::Whole => "whole",
            Form::Base => "base",
            Form::BaseRef => "base_ref",
        };
        assert_eq!(ran.form, form);
        let done = ran.result.unwrap();
        if self.form == Form::Plain {
            assert_eq!(done.btf, None, "it fits");
        }
        done
    }

    /// The words that `.BTF_ids` holds then, and what stands for each type of its own.
    #[track_caller]
    fn words(&self, ids: (&[u32], &[Symbol])) -> (Vec<u32>, impl Fn(u32) -> u32) {
        let done = self.done(ids);
        let first = self.first;
        let words = done.slots.clone().unwrap_or(ids.0.to_vec());
        (words, move |nth| {
            done.ids[(first + nth) as usize].expect("it stays")
        })
    }
}

fn run(sections: &Sections<'_>, how: How) -> Ran {
    let kernel = kernel().bytes();
    let kernel = adapter::kernel(&kernel).unwrap();
    adapter::run(&kernel, sections, how)
}

/// A symbol: its name without what all have in common, its place and its size.
type Sym<'s> = (&'s str, u32, u32);
