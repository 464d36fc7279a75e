// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Copies of the kernel's types in a split BTF, and doing without them.
//!
//! A module whose BTF was made against another vmlinux than it was compiled for has types of its
//! own where the kernel has the very same: the kernel takes them for different. [`Copies`] tells
//! which those are, [`unify`] lets everything that refers to them refer to the kernel's.
//!
//! Types are *nominal* if what they are called makes them what they are (integers, structs, unions,
//! enumerations and their declarations, with a name), else *structural* (pointers, arrays,
//! prototypes, typedefs, what has no name). A nominal type is a copy of one of the kernel's if
//! the two are equal all the way down, where a declaration below a pointer equals the definition.
//! A structural type is one if after that all that it is made of is the kernel's to the id: what it
//! says must not change, which the other may be lenient about.
//!
//! The rule, with its reasons, is in `Documentation/rules.rst`.

mod copies;
mod declarations;
mod differing;
mod shrink;
mod staying;
mod strings;

pub use self::{
    copies::Copies,
    shrink::unify, //
};
