// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What can be in the way of a kfunc or a destructor, in words.

use super::view::{
    Node,
    View, //
};
use crate::btf::{
    limits::{
        MAX_ARGUMENTS,
        MAX_ARGUMENT_SIZE,
        MAX_KFUNCS_IN_SET,
        MAX_REGISTERS, //
    },
    number::{
        Id,
        Kernel,
        Space, //
    },
    reconcile::Reason,
    wire::{
        Kind,
        Locate, //
    },
};
use core::fmt;

/// Why programs can't use a kfunc, or the kernel does not take a destructor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barrier<S> {
    /// Its id was never found, when the module was built.
    NoId,
    /// Its id is that of no function, but of a type of this kind.
    NoFunction(Kind),
    /// It has no prototype.
    NoPrototype,
    /// It leads to a type that there is not, or through too many typedefs.
    NoType,
    /// The kernel would have refused it, so that it was left out of the module's BTF.
    LeftOut,
    /// There are more kfuncs than are looked at.
    NotLookedAt,

    /// It has no name.
    NoName,
    /// The kernel has a function of its name.
    Namesake(Id<Kernel>),
    /// It is not what its flags say of an iterator.
    Iterator(&'static str),
    /// So many are in its set.
    TooManyInSet(u32),
    /// Its set does not say that it holds kfuncs.
    SetFlags,
    /// Its set is not registered for the kfunc in the slot at this byte.
    Set(u32),

    /// There is no function that has its name and `_impl`, which it takes its prototype from.
    NoImplementation,
    /// It takes so many arguments.
    TooMany(u32),
    /// It takes any number of arguments.
    Variadic,
    /// Its argument with this number, counted from 1, is in the way.
    Argument(u32, Obstacle<S>),
    /// It gives this type by value.
    GivesValue(Option<Node<S>>),
    /// It gives a pointer to this, whose size is not known.
    GivesPointer(Option<Node<S>>),
    /// It acquires what is no pointer to a struct.
    Acquires,

    /// A destructor gives a result.
    DtorResult,
    /// A destructor takes another number of arguments than one.
    DtorArguments(u32),
    /// The argument of a destructor is no pointer.
    DtorNoPointer,
    /// It is a pointer, but not to `void`.
    DtorNotVoid,
    /// It is for no struct or union, but for this.
    DtorOf(Option<Node<S>>),
}

/// What is wrong with an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle<S> {
    /// It is neither a number nor a pointer.
    Value(Option<Node<S>>),
    /// It has so many bytes.
    Large(u32),
    /// It is a pointer to this, which is nothing that a program can have.
    Pointer(Option<Node<S>>),
    /// It is a pointer to this, with a size behind it: these are no bytes that a program can give.
    Memory(Option<Node<S>>),
    /// It is a pointer to a struct or union of the module's own: the kernel's would not do.
    Carried(Id<S>, Option<Reason>),
    /// It is a pointer to a struct or union of the module's own: this is the kernel's.
    Copy(Id<S>, Id<Kernel>),
    /// It is named as only those of the kernel's own kfuncs may be.
    Suffix(&'static str),
    /// It is a pointer to this, as only those of the kernel's own kfuncs may be.
    Reserved(Node<S>),
    /// It is not what its name says of an iterator.
    NoIterator(Option<Node<S>>),
    /// It has to be one of the first, which are in registers.
    NotInRegister,
    /// The verifier supplies it, but no second one.
    Twice,
}

/// A [`Barrier`] in words.
pub struct Told<'c, 'a, S: Space, L, B> {
    pub(super) view: View<'c, 'a, S, L, B>,
    pub(super) barrier: Barrier<S>,
}

impl<S: Space, L: Locate, B: Locate> fmt::Display for Told<'_, '_, S, L, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = |node| self.view.words(node);
        match self.barrier {
            Barrier::NoId => f.write_str("its id was never found"),
            Barrier::NoFunction(kind) => {
                write!(f, "its id is that of a {}, expected a FUNC", kind.name())
            }
            Barrier::NoPrototype => f.write_str("it leads to no FUNC_PROTO"),
            Barrier::NoType => f.write_str("its types lead to none, or through too many typedefs"),
            Barrier::LeftOut => f.write_str("the kernel refuses it, so that it was left out"),
            Barrier::NotLookedAt => f.write_str("there are too many to look at this one"),
            Barrier::NoName => f.write_str("it has no name"),
            Barrier::Namesake(id) => {
                write!(
                    f,
                    "the kernel has a function of this name, [{}]",
                    id.number()
                )
            }
            Barrier::Iterator(what) => f.write_str(what),
            Barrier::TooManyInSet(n) => {
                write!(f, "its set has {n} kfuncs, at most {MAX_KFUNCS_IN_SET}")
            }
            Barrier::SetFlags => {
                f.write_str("its set does not have the flag BTF_SET8_KFUNCS, and is not registered")
            }
            Barrier::Set(at) => {
                write!(f, "its set is not registered, for the kfunc in slot {at}")
            }
            Barrier::NoImplementation => f.write_str("there is no function of its name and _impl"),
            Barrier::TooMany(n) => write!(f, "it takes {n} arguments, at most {MAX_ARGUMENTS}"),
            Barrier::Variadic => f.write_str("it takes any number of arguments"),
            Barrier::Argument(n, obstacle) => {
                write!(f, "its argument {n} ")?;
                self.obstacle(f, obstacle)
            }
            Barrier::GivesValue(node) => write!(f, "its result is a {}", words(node)),
            Barrier::GivesPointer(node) => write!(
                f,
                "its result is a pointer to {}, of unknown size",
                words(node)
            ),
            Barrier::Acquires => {
                f.write_str("it acquires its result, which is no pointer to a struct")
            }
            Barrier::DtorResult => f.write_str("it gives a result, expected none"),
            Barrier::DtorArguments(n) => write!(f, "it takes {n} arguments, expected 1"),
            Barrier::DtorNoPointer => f.write_str("its argument is no pointer"),
            Barrier::DtorNotVoid => f.write_str("its argument is not void *, as CONFIG_CFI asks"),
            Barrier::DtorOf(None) => f.write_str("what it is for was never found"),
            Barrier::DtorOf(node) => write!(f, "it is for a {}", words(node)),
        }
    }
}

impl<S: Space, L: Locate, B: Locate> Told<'_, '_, S, L, B> {
    fn obstacle(&self, f: &mut fmt::Formatter<'_>, obstacle: Obstacle<S>) -> fmt::Result {
        let words = |node| self.view.words(node);
        match obstacle {
            Obstacle::Value(node) => {
                write!(f, "is a {}, expected a number or a pointer", words(node))
            }
            Obstacle::Large(n) => write!(f, "has {n} bytes, at most {MAX_ARGUMENT_SIZE}"),
            Obstacle::Pointer(node) => write!(
                f,
                "is a pointer to {}, expected one to a number or a struct",
                words(node)
            ),
            Obstacle::Memory(node) => write!(
                f,
                "is a pointer to {} with a size, expected one to void, a number or a struct of \
                 numbers",
                words(node)
            ),
            Obstacle::Carried(id, reason) => {
                let what = words(Some(Node::Own(id)));
                write!(f, "is a pointer to {what} of the module's own")?;
                match reason {
                    Some(reason) => write!(f, ": {reason}"),
                    None => Ok(()),
                }
            }
            Obstacle::Copy(id, kernels) => {
                let what = words(Some(Node::Own(id)));
                let (number, kernels) = (self.view.new_number(id), kernels.number());
                write!(
                    f,
                    "is a pointer to {what} of the module's own [{number}], not the kernel's \
                     [{kernels}]"
                )
            }
            Obstacle::Suffix(suffix) => {
                write!(f, "ends in {suffix}, as only the kernel's own kfuncs' may")
            }
            Obstacle::Reserved(node) => write!(
                f,
                "is a pointer to {}, as only the kernel's own kfuncs' may be",
                words(Some(node))
            ),
            Obstacle::NoIterator(node) => write!(
                f,
                "is a pointer to {}, expected a struct named bpf_iter_...",
                words(node)
            ),
            Obstacle::NotInRegister => {
                write!(f, "has to be one of the first {MAX_REGISTERS}")
            }
            Obstacle::Twice => f.write_str("is a second pointer to bpf_prog_aux"),
        }
    }
}
