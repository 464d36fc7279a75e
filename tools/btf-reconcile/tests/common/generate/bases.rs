// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Bases that resemble a kernel.

use super::{
    draw::{
        INTEGERS,
        NAMES, //
    },
    pool::{
        bare,
        int,
        Pool, //
    }, //
};
use crate::common::oracle::{
    Kind,
    Type, //
};
use arbitrary::{
    Result,
    Unstructured, //
};
use std::collections::HashMap;

/// Draws a distilled base: names and sizes of some of the kernel's types, not all of them right.
pub fn distilled(u: &mut Unstructured<'_>, kernel: &Pool) -> Result<Pool> {
    let mut base = Pool::new();
    let by_name = kernel.ids(|_, t| t.kind.goes_by_name() && !t.name.is_empty());
    for _ in 0..u.int_in_range(0..=8)? {
        let mut of = if by_name.is_empty() || u.ratio(1, 8)? {
            int("mu", 4, true)
        } else {
            kernel.get(*u.choose(&by_name)?).clone()
        };
        of.elements.clear();
        if of.kind.is_composite() {
            of.flag = false;
        } else if of.kind.is_enum() {
            of.kind = Kind::Enum;
            of.flag = false;
        }
        disturb(u, &mut of)?;
        base.push(of);
    }
    if u.arbitrary()? {
        base.sort();
    }
    Ok(base)
}

/// Draws a base reference: some of the kernel's types in full, with what they are made of, as far
/// as it is not only declared.
pub fn reference(u: &mut Unstructured<'_>, kernel: &Pool) -> Result<Pool> {
    let mut copying = Copying {
        kernel,
        base: Pool::new(),
        new: HashMap::new(),
    };
    for _ in 0..u.int_in_range(0..=6)? {
        let id = u.int_in_range(1..=kernel.end() - 1)?;
        let depth = u.int_in_range(1..=8)?;
        copying.copy(u, id, depth)?;
    }
    let mut base = copying.base;
    if u.arbitrary()? {
        base.sort();
    }
    Ok(base)
}

/// Changes what a base says of a type.
fn disturb(u: &mut Unstructured<'_>, of: &mut Type) -> Result<()> {
    match u.int_in_range(0..=15)? {
        0 => of.name = u.choose(&NAMES)?.as_bytes().to_vec(),
        1 if of.kind.is_composite() => {
            *of = declaration(of);
        }
        2 if of.kind.is_composite() => {
            of.kind = match of.kind {
                Kind::Struct => Kind::Union,
                _ => Kind::Struct,
            };
            of.elements.clear();
        }
        3 | 4 if of.kind.is_composite() || of.kind.is_enum() => {
            of.size = if of.size == 8 { 4 } else { 8 };
        }
        5 | 6 if of.kind == Kind::Int => of.name = u.choose(&INTEGERS)?.as_bytes().to_vec(),
        _ => {}
    }
    Ok(())
}

/// What declares a struct or union.
fn declaration(of: &Type) -> Type {
    Type {
        flag: of.kind == Kind::Union,
        name: of.name.clone(),
        ..bare(Kind::Fwd, "")
    }
}

/// Copying types of a kernel to a base.
struct Copying<'k> {
    kernel: &'k Pool,
    base: Pool,
    /// Ids of what has been copied.
    new: HashMap<u32, u32>,
}

impl Copying<'_> {
    /// Copies a type and what it leads to through `depth` references; gives its new id.
    fn copy(&mut self, u: &mut Unstructured<'_>, id: u32, depth: u32) -> Result<u32> {
        if id == 0 {
            return Ok(0);
        }
        if let Some(&new) = self.new.get(&id) {
            return Ok(new);
        }
        let mut of = self.kernel.get(id).clone();
        let new = self.base.push(of.clone());
        self.new.insert(id, new);
        let named = !of.name.is_empty();
        if depth == 0 && of.kind.is_composite() && named {
            // No more than a declaration, or a size.
            of.elements.clear();
            if u.ratio(2, 3)? {
                of = declaration(&of);
            }
        }
        for element in &mut of.elements {
            element.id = self.copy(u, element.id, depth.saturating_sub(1))?;
        }
        of.index = self.copy(u, of.index, 0)?;
        if of.kind.goes_by_name() && named {
            self.leave_out(u, &mut of)?;
            disturb(u, &mut of)?;
        }
        *self.base.get_mut(new) = of;
        Ok(new)
    }

    /// Leaves some members or values out, and puts the others in another order.
    fn leave_out(&self, u: &mut Unstructured<'_>, of: &mut Type) -> Result<()> {
        if !of.kind.is_composite() && !of.kind.is_enum() {
            return Ok(());
        }
        if u.ratio(1, 8)? {
            of.elements.clear();
        }
        if u.ratio(1, 8)? && !of.elements.is_empty() {
            let at = u.choose_index(of.elements.len())?;
            of.elements.remove(at);
        }
        if u.ratio(1, 6)? {
            of.elements.reverse();
        }
        if u.ratio(1, 12)? && !of.elements.is_empty() {
            let at = u.choose_index(of.elements.len())?;
            of.elements[at].number ^= 8;
        }
        Ok(())
    }
}
