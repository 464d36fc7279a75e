// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Making BTF acceptable of which the kernel refuses single records.
//!
//! The kernel refuses a module's BTF as a whole for one name with a blank in it, or for one kind
//! that it does not know. That need not cost so much: such a name is dropped, such a record left
//! out, as long as what is left says nothing that was not said before.

mod fate;
mod record;
mod write;

use self::fate::Fates;
use super::{
    check::{
        acceptable,
        sections_refusal,
        Identifiers, //
    },
    error::{
        Error,
        Fault,
        Place, //
    },
    number::{
        Kernel,
        New, //
    },
    reconcile::Rewritten,
    wire::{
        Btf,
        Locate, //
    },
    Result, //
};
use core::fmt;

/// What was done to make BTF acceptable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mending {
    /// Types that have no name any more.
    pub nameless: u32,
    /// Members that have no name any more, and values, which can't be without one, that are gone.
    pub members: u32,
    /// Typedefs and tags in whose place there is what they were on.
    pub replaced: u32,
    /// Types that are gone.
    pub left_out: u32,
}

impl fmt::Display for Mending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            nameless,
            members,
            replaced,
            left_out,
        } = self;
        write!(
            f,
            "{nameless} types without their names, {members} members or values without theirs, \
             {replaced} typedefs or tags replaced by what they are on, {left_out} types left out"
        )
    }
}

/// BTF that was made acceptable.
pub struct Mended {
    /// The BTF, and where its types have gone.
    pub rewritten: Rewritten<New>,
    /// What was done.
    pub mending: Mending,
}

/// Makes `blob`, which is split from `vmlinux`, acceptable to the kernel.
///
/// - A struct, union or enumeration with a name that the kernel refuses loses it, and so does
///   a member; a value of an enumeration goes. What must not have a name has none.
/// - A declaration becomes a struct or union without name and size, which nothing else can be taken
///   for.
/// - A typedef, and a tag without text, give way to what they are on.
/// - Any other record that the kernel refuses goes, a kind among them that it does not know: if
///   nothing refers to it but pointers, qualifiers, arrays, prototypes, functions, variables, tags
///   and kinds that are not known, which go as well. With a section of variables go all of them:
///   one of each processor would be taken for one of the kernel's own memory.
///
/// In the map of ids what goes is left out. The sections are put in the order that libbpf takes,
/// see [`super::wire::header::Header::is_orderly`], even if there is nothing else to be done.
///
/// # Errors
///
/// What the kernel refuses `blob` for, if that can't be helped; no memory.
pub fn mend<L: Locate>(vmlinux: &Btf<'_, Kernel, L>, blob: &[u8]) -> Result<Mended> {
    let split = Btf::<New>::parse_split(blob, vmlinux)?;
    // What lies between or behind the sections may mean anything.
    if let Some(what) = sections_refusal(blob, split.header(), false) {
        let fault = Fault::Kernel(what);
        return Err(Error::new(split.section(), Place::Header, fault));
    }
    let mut names = Identifiers::new(Some(vmlinux), &split)?;
    let fates = Fates::decide(&split, &mut names)?;
    let mended = write::write(vmlinux, &split, &mut names, &fates)?;
    let bytes = &mended.rewritten.bytes;
    let after = Btf::<New>::parse_split(bytes, vmlinux)?;
    acceptable(bytes, Some(vmlinux), &after)?;
    Ok(mended)
}
