// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether what was made of whole BTF still says what that said, whatever kernel it was made for.

use super::Found;
use crate::common::oracle::{
    Equal,
    Kind,
    Type,
    Types, //
};

/// Whether each type of `whole` that has a name is, down to the last leaf, among the types of `made`,
/// or among those of the kernel that it is split from.
///
/// # Errors
///
/// The first that is not.
pub fn kept(whole: &Types<'_>, made: &Types<'_>) -> Found {
    let kernel = made.base.expect("it is split from the kernel's");
    let mut equal = Equal::between(whole, made);
    for (id, of) in whole.iter().filter(|(_, of)| !of.name.is_empty()) {
        let own = made.named(&of.name).iter();
        let kernels = kernel.named(&of.name).iter();
        // Functions and variables are the module's, whatever the kernel has.
        let all = if of.kind.is_own() {
            own.chain(&[])
        } else {
            own.chain(kernels)
        };
        let is_found = all.copied().any(|other| {
            let Some(found) = made.get(other) else {
                return false;
            };
            match of.kind {
                Kind::Fwd => stands_for(of, found),
                Kind::Func | Kind::Var => alike(of, found) && equal.equal_below(id, other),
                Kind::Typedef | Kind::TypeTag => {
                    let [a, b] = unqualified(whole, id, made, other);
                    match (whole.get(a), made.get(b)) {
                        (Some(of), Some(found)) if of.kind == Kind::Fwd => stands_for(of, found),
                        _ => equal.equal(a, b),
                    }
                }
                // Their variables and what they are on are looked at by themselves.
                Kind::Datasec | Kind::DeclTag => alike(of, found) && places(of).eq(places(found)),
                _ => equal.equal(id, other),
            }
        });
        if !is_found {
            let name = of.name.escape_ascii();
            return Err(format!("[{id}] {:?} '{name}' is not there", of.kind));
        }
    }
    Ok(())
}

/// What two types are other names for, or qualified forms of, as far as both are that alike.
fn unqualified(left: &Types<'_>, mut a: u32, right: &Types<'_>, mut b: u32) -> [u32; 2] {
    while let (Some(x), Some(y)) = (left.get(a), right.get(b)) {
        if !x.kind.is_modifier() || (x.kind, &x.name) != (y.kind, &y.name) {
            break;
        }
        (a, b) = (x.elements[0].id, y.elements[0].id);
    }
    [a, b]
}

/// Whether a type is a declaration of that name, or what it declares.
fn stands_for(of: &Type, found: &Type) -> bool {
    let kinds = found.kind == Kind::Fwd && found.flag == of.flag || found.kind == of.declares();
    kinds && found.name == of.name
}

fn alike(of: &Type, found: &Type) -> bool {
    (of.kind, of.vlen, of.size, &of.rest) == (found.kind, found.vlen, found.size, &found.rest)
}

fn places(of: &Type) -> impl Iterator<Item = (u64, u32)> + '_ {
    of.elements.iter().map(|e| (e.number, e.size))
}
