// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What forward declarations of a module stand for.

use crate::{
    btf::{
        equal::Twins,
        kernel::{
            hash,
            Vmlinux, //
        },
        number::{
            Id,
            Kernel,
            New, //
        },
        pace::Pace,
        reconcile::{
            self,
            Decision, //
        },
        sort::heapsort,
        wire::{
            Locate,
            Pair, //
        },
        Result, //
    },
    facade::Buf,
};

/// The forward declarations that stand for a type of the kernel, in order of their ids: those of
/// whose name the module has no definition itself. They are what they declare, or the same
/// declaration.
///
/// `declared` are the forward declarations of the module, in order of their ids.
///
/// # Errors
///
/// No memory.
pub fn declarations<L: Locate>(
    vmlinux: &Vmlinux<'_, L>,
    types: &Pair<'_, '_, New, L>,
    declared: &[Id<New>],
    twins: &mut Twins<'_, '_, L>,
) -> Result<Buf<(Id<New>, Id<Kernel>)>> {
    let mut found = Buf::new();
    if declared.is_empty() {
        return Ok(found);
    }
    let defined = Defined::among(types, declared)?;
    let mut pace = Pace::new();
    for &id in declared {
        pace.step();
        let (Some(record), Some(name)) = (types.split.record(id), name(types, id)) else {
            continue;
        };
        if defined.has(hash(name)) {
            continue;
        }
        let decision = reconcile::declared(vmlinux, twins, name, record.kind_flag(), false)?;
        if let Decision::Mapped(kernels, _) = decision {
            found.push((id, kernels))?;
        }
    }
    Ok(found)
}

/// The name of type `id`, if it has one.
fn name<'a, L: Locate>(types: &Pair<'_, 'a, New, L>, id: Id<New>) -> Option<&'a [u8]> {
    let name = types.name(Some(types.split.name_of(id)?))?;
    (!name.is_empty()).then_some(name)
}

/// Names of forward declarations, by their hashes, and which of them the module defines itself.
///
/// Two names of one hash may leave one to the module that is the kernel's, which is the safe side.
struct Defined(Buf<(u32, bool)>);

impl Defined {
    /// Finds out which names of `declared` the module defines.
    ///
    /// # Errors
    ///
    /// No memory.
    fn among<L: Locate>(types: &Pair<'_, '_, New, L>, declared: &[Id<New>]) -> Result<Self> {
        let mut names = Buf::with_capacity(declared.len())?;
        let mut filter = Filter::default();
        for name in declared.iter().filter_map(|&id| name(types, id)) {
            names.push((hash(name), false))?;
            filter.add(name);
        }
        heapsort(&mut names, |a, b| a < b);
        let mut this = Self(names);
        let mut pace = Pace::new();
        for id in types.split.ids() {
            pace.step();
            let Some((kind, Some(off))) = types.split.kind_and_name(id) else {
                continue;
            };
            let strs = types.strs_from(off).unwrap_or(&[]);
            if kind.is_composite() && filter.may_have(strs) {
                let name = types.name(Some(off)).unwrap_or(&[]);
                this.define(hash(name));
            }
        }
        Ok(this)
    }

    /// Where the first of the names with this hash stands, if there are any.
    fn place(&self, hash: u32) -> usize {
        self.0.partition_point(|&(other, _)| other < hash)
    }

    /// The module defines a name with this hash.
    fn define(&mut self, hash: u32) {
        let place = self.place(hash);
        if let Some((other, is_defined)) = self.0.get_mut(place) {
            *is_defined |= *other == hash;
        }
    }

    /// Whether the module defines a name with this hash.
    fn has(&self, hash: u32) -> bool {
        self.0.get(self.place(hash)) == Some(&(hash, true))
    }
}

/// Tells most of the names that are not among some others, by their first bytes.
#[derive(Default)]
struct Filter([u64; Filter::WORDS]);

impl Filter {
    const WORDS: usize = 16;

    /// The word and the bit in it for the name that `strs` starts with.
    fn place(strs: &[u8]) -> (usize, u64) {
        let mut leading: u64 = 0;
        for &byte in strs.iter().take(8).take_while(|&&byte| byte != 0) {
            leading = (leading << 8) | u64::from(byte);
        }
        let mixed = leading.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // CAST: Ten bits.
        let at = (mixed >> 54) as usize;
        (at / 64 % Self::WORDS, 1 << (at % 64))
    }

    fn add(&mut self, name: &[u8]) {
        let (word, bit) = Self::place(name);
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    fn may_have(&self, strs: &[u8]) -> bool {
        let (word, bit) = Self::place(strs);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }
}
