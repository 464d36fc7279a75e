// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether what was made of whole BTF on a module's own kernel says what Kbuild's BTF of it says,
//! which was made against that kernel's vmlinux.
//!
//! Every named type and function of the one has to be in the other and say the same there, down to
//! types of the kernel. What may differ, all of it counted:
//!
//! - Kbuild's BTF has copies of the kernel's types where pahole did not see that they are. Reconciled
//!   BTF has none. Copies count as the kernel's.
//! - Kbuild's BTF only declares what the module or the kernel defines, where pahole, which sees the
//!   kernel's declarations too, did not merge the two. A module's types on their own it does merge,
//!   and then the declarations of the module give way to the kernel's definitions.
//! - pahole takes a function for the kernel's that has the name and the prototype of one of the
//!   kernel's; `init` functions do. In reconciled BTF functions are the module's.
//! - A declared enumeration is one without values to BTF. pahole merges it with a definition, and
//!   so takes a type that leads to the one for the kernel's, which leads to the other. By our rules
//!   it is no copy. Nor are other types that come to such a one, and what these declare, of which the
//!   kernel has several, stays declared.
//! - Of several types of one name, which source files of a module define each for themselves,
//!   pahole takes one for what the others declare. Which one that is depends on the order in which
//!   it comes across them.
//! - `resolve_btfids` puts tags on kfuncs, which the kernel does not read.

use super::{
    classes::{
        At,
        Class,
        Classes,
        Sides, //
    },
    Found, //
};
use crate::common::oracle::{
    Kind,
    Type, //
};
use std::collections::{
    HashMap,
    HashSet, //
};

/// The side of Kbuild's BTF, and that of ours.
pub const THEIRS: usize = 0;
/// See above.
pub const OURS: usize = 1;

/// Tags of `resolve_btfids`.
const TAGS: [&[u8]; 2] = [b"bpf_kfunc", b"bpf_fastcall"];

/// What has been compared, and where the two differ as they may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Named types and functions of Kbuild's that are in ours and the same.
    pub same: usize,
    /// Copies of the kernel's types in Kbuild's.
    pub copies: usize,
    /// Declarations in Kbuild's that ours has definitions for.
    pub declared: usize,
    /// Functions in ours that Kbuild's has the kernel's for.
    pub kernels: usize,
    /// Enumerations that only one of the kernel and ours defines, and the other declares.
    pub enumerations: usize,
    /// Types in ours that are the kernel's but for such enumerations.
    pub nearly: usize,
    /// Types of which both have the same several definitions, each unlike the others.
    pub several: usize,
    /// Declarations in ours that nothing refers to any more: what did was a copy.
    pub idle: usize,
    /// Tags of kfuncs in Kbuild's.
    pub tags: usize,
}

/// What the types of each of `sides` are, those that are only declared on one of them included.
pub fn classes<'s, 't>(sides: &'s mut Sides<'t>, counts: &mut Counts) -> Classes<'s, 't> {
    let declarations = declarations(sides);
    let enumerations = enumerations(sides);
    let several = several(sides);
    counts.copies = sides.copies(THEIRS);
    counts.declared = declarations.len();
    counts.enumerations = enumerations.len();
    counts.several = several.len();
    sides.stands_for.extend(declarations);
    sides.stands_for.extend(enumerations);
    sides.stands_for.extend(several);
    if counts.enumerations != 0 {
        counts.nearly = take_for_the_kernels(sides);
    }
    Classes::new(sides)
}

/// Lets types of ours that have the kernel's names stand for these if they are the same where such
/// types are: all of them at first, without those that are found not to be until there is none. Gives
/// how many do.
fn take_for_the_kernels(sides: &mut Sides<'_>) -> usize {
    let ours = sides.named(OURS);
    let ours = ours.filter(|(_, of)| of.kind.goes_by_name() && of.kind != Kind::Fwd);
    let mut taken: Vec<(At, At)> = ours
        .filter_map(|(at, of)| Some((at, only(sides.namesakes(THEIRS, &of.name, of.kind))?)))
        .collect();
    for &(at, kernels) in &taken {
        let declared = undecided(sides, at, kernels);
        sides.stands_for.extend(declared);
    }
    loop {
        sides.stands_for.extend(taken.iter().copied());
        let classes = Classes::new(sides);
        let same = |&(at, kernels): &(At, At)| classes.same_below(at, kernels);
        let (same, other): (Vec<_>, Vec<_>) = taken.into_iter().partition(same);
        if other.is_empty() {
            return same.len();
        }
        for (at, _) in other {
            sides.stands_for.remove(&at);
        }
        taken = same;
    }
}

/// What a type of ours only declares, since the kernel has several of that name, and what its own
/// type of the same name has there.
fn undecided(sides: &Sides<'_>, ours: At, kernels: At) -> Vec<(At, At)> {
    let mut found = vec![];
    let mut waiting = vec![(ours, kernels)];
    while let Some((a, b)) = waiting.pop() {
        for (a, b) in sides.below(a).zip(sides.below(b)) {
            let (Some(ours), Some(kernels)) = (sides.get(a), sides.get(b)) else {
                continue;
            };
            if ours.kind == Kind::Fwd && !sides.is_kernels(a) && ours.name == kernels.name {
                found.push((a, b));
            } else if ours.kind == kernels.kind && ours.name.is_empty() && !sides.is_kernels(a) {
                waiting.push((a, b));
            }
        }
    }
    found
}

/// Compares both sides by name.
///
/// # Errors
///
/// What differs in another way than it may.
pub fn compare(sides: &Sides<'_>, classes: &Classes<'_, '_>, counts: &mut Counts) -> Found {
    let elements = sides.types[OURS].iter().flat_map(|(_, of)| &of.elements);
    let referred: HashSet<u32> = elements.map(|element| element.id).collect();
    for side in [THEIRS, OURS] {
        let all: HashSet<Class> = sides
            .named(1 - side)
            .map(|(at, _)| classes.class(at))
            .collect();
        let mut others: HashMap<(Kind, &[u8]), At> = HashMap::new();
        for (at, of) in sides.named(1 - side) {
            others.insert((of.kind, &of.name), at);
        }
        for (at, of) in sides.named(side) {
            if all.contains(&classes.class(at)) {
                counts.same += usize::from(side == THEIRS);
            } else if side == THEIRS && is_tag_of_kfunc(of) {
                counts.tags += 1;
            } else if side == OURS && of.kind == Kind::Fwd && !referred.contains(&at.id) {
                counts.idle += 1;
            } else if is_kernels(sides, classes, at, of, counts) {
                counts.kernels += usize::from(side == OURS && of.kind == Kind::Func);
            } else {
                let whose = if side == THEIRS { "Kbuild's" } else { "our" };
                let what = classes.words(at);
                return Err(match others.get(&(of.kind, &of.name[..])) {
                    None => format!("{whose} {what} has no counterpart"),
                    Some(&other) => {
                        let [a, b] = classes.parting(at, other).map(|at| classes.words(at));
                        format!("{whose} {what} differs: {a}, {b}")
                    }
                });
            }
        }
    }
    Ok(())
}

/// Whether the other side may have the kernel's for it: a typedef, of which no copies are looked for,
/// a function, or what is the same but for a declared enumeration.
fn is_kernels(
    sides: &Sides<'_>,
    classes: &Classes<'_, '_>,
    at: At,
    of: &Type,
    counts: &Counts,
) -> bool {
    let may = match of.kind {
        Kind::Func => at.side == OURS,
        Kind::Typedef => at.side == THEIRS || counts.enumerations != 0,
        kind => at.side == OURS && kind.is_composite() && counts.enumerations != 0,
    };
    let mut namesakes = sides.namesakes(THEIRS, &of.name, of.kind);
    may && namesakes.any(|kernels| classes.same_below(at, kernels))
}

fn is_tag_of_kfunc(of: &Type) -> bool {
    of.kind == Kind::DeclTag && TAGS.contains(&&of.name[..])
}

/// The declarations in Kbuild's, its own and the kernel's, for which ours has a definition.
fn declarations(sides: &Sides<'_>) -> Vec<(At, At)> {
    let reached = sides.reached(THEIRS).into_iter();
    let all = reached.filter_map(|at| Some((at, sides.get(at)?)));
    let all = all.filter(|(_, of)| of.kind == Kind::Fwd && !of.name.is_empty());
    all.filter_map(|(at, of)| {
        let defined = || sides.own(OURS, &of.name, of.declares());
        let kernels = || {
            let own = !sides.is_kernels(at);
            let declared = sides.own(OURS, &of.name, Kind::Fwd).next().is_some();
            let all = sides.namesakes(OURS, &of.name, of.declares());
            only(all.filter(|_| own && !declared))
        };
        let definition = match defined().next() {
            None => kernels(),
            Some(_) => only(defined()),
        };
        Some((at, definition?))
    })
    .collect()
}

/// The enumerations that are declared in ours and defined in the kernel's, or the other way round.
fn enumerations(sides: &Sides<'_>) -> Vec<(At, At)> {
    let is_declared = |at: &At| sides.get(*at).is_some_and(Type::is_opaque);
    let ours = sides.named(OURS).filter(|(_, of)| of.kind == Kind::Enum);
    ours.filter_map(|(at, of)| {
        if is_declared(&at) {
            let kernels = only(sides.namesakes(OURS, &of.name, Kind::Enum))?;
            Some((at, kernels))
        } else {
            let kernels = only(sides.namesakes(THEIRS, &of.name, Kind::Enum))?;
            let own = only(sides.own(OURS, &of.name, Kind::Enum))?;
            is_declared(&kernels).then_some((kernels, own))
        }
    })
    .collect()
}

/// The types of names that both have several of, each unlike the others, if they have the same ones:
/// all that a declaration of such a name may have become.
fn several(sides: &Sides<'_>) -> Vec<(At, At)> {
    let mut all = vec![];
    for (first, of) in sides.named(OURS) {
        if of.kind != Kind::Enum && !of.kind.is_composite() {
            continue;
        }
        let own = [THEIRS, OURS].map(|side| sides.own(side, &of.name, of.kind));
        let [theirs, ours] = own.map(Vec::from_iter);
        if ours.len() < 2 || ours[0] != first {
            continue;
        }
        let like = |among: &[At], at| {
            among
                .iter()
                .copied()
                .find(|&other| sides.says_same(at, other))
        };
        let Some(same) = like(&theirs, first) else {
            continue;
        };
        let unlike = ours.iter().all(|&at| like(&ours, at) == Some(at));
        if unlike
            && ours.iter().all(|&at| like(&theirs, at).is_some())
            && theirs.iter().all(|&at| like(&ours, at).is_some())
        {
            all.extend(ours.iter().skip(1).map(|&at| (at, first)));
            let others = theirs.iter().filter(|&&at| at != same);
            all.extend(others.map(|&at| (at, same)));
        }
    }
    all
}

/// The one that there is.
fn only(mut all: impl Iterator<Item = At>) -> Option<At> {
    all.next().filter(|_| all.next().is_none())
}
