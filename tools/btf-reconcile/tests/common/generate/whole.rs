// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Modules whose BTF stands on its own.

use super::{
    draw,
    layout::settle,
    pool::{
        bare,
        int,
        Pool, //
    },
    twins::change,
    Sound, //
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

/// Draws one that has most of the kernel's types: some are only declared, some have been changed.
/// Others are its own.
pub fn whole(u: &mut Unstructured<'_>, kernel: &Pool) -> Result<Pool> {
    let mut pool = Pool::new();
    // Its numbers are not the kernel's.
    for _ in 0..u.int_in_range(0..=3)? {
        draw::types(u, &mut pool, 2, Sound::Yes)?;
    }
    let mut copying = Copying {
        kernel,
        pool,
        new: HashMap::new(),
    };
    for id in 1..kernel.end() {
        if u.ratio(3, 4)? {
            copying.copy(u, id, false)?;
        }
    }
    let mut pool = copying.pool;
    let copies: Vec<u32> = copying.new.into_values().collect();
    for id in 1..pool.end() {
        if copies.contains(&id) && u.ratio(1, 24)? {
            change(u, &mut pool, id)?;
        }
    }
    draw::types(u, &mut pool, 6, Sound::Yes)?;
    let integer = pool.ids(|_, t| t.kind == Kind::Int).first().copied();
    let integer = integer.unwrap_or_else(|| pool.push(int("int", 4, true)));
    settle(&mut pool, 1, integer);
    if u.ratio(1, 12)? {
        misname(u, &mut pool)?;
    }
    if u.arbitrary()? {
        pool.sort();
    }
    Ok(pool)
}

/// Gives some types of one name another one, which the kernel does not take for one.
fn misname(u: &mut Unstructured<'_>, pool: &mut Pool) -> Result<()> {
    let name = u.choose(&draw::NAMES)?.as_bytes();
    for id in pool.ids(|_, of| of.name == name) {
        if u.arbitrary()? {
            pool.get_mut(id).name = b"b d".to_vec();
        }
    }
    Ok(())
}

/// Copying types of a kernel.
struct Copying<'k> {
    kernel: &'k Pool,
    pool: Pool,
    /// Ids of what has been copied.
    new: HashMap<u32, u32>,
}

impl Copying<'_> {
    /// Copies a type and what it leads to; gives its new id. Where a pointer leads to it, it may be
    /// only declared.
    fn copy(&mut self, u: &mut Unstructured<'_>, id: u32, below: bool) -> Result<u32> {
        if id == 0 {
            return Ok(0);
        }
        let of = self.kernel.get(id).clone();
        let is_named = of.kind.is_composite() && !of.name.is_empty();
        if below && is_named && u.ratio(1, 8)? {
            return Ok(self.pool.push(Type {
                name: of.name,
                flag: of.kind == Kind::Union,
                ..bare(Kind::Fwd, "")
            }));
        }
        if let Some(&new) = self.new.get(&id) {
            return Ok(new);
        }
        let new = self.pool.push(of.clone());
        self.new.insert(id, new);
        let mut of = of;
        let below = of.kind == Kind::Ptr || below && of.kind.is_modifier();
        for element in &mut of.elements {
            element.id = self.copy(u, element.id, below)?;
        }
        of.index = self.copy(u, of.index, false)?;
        *self.pool.get_mut(new) = of;
        Ok(new)
    }
}
