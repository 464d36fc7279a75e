// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What a stock kernel does with a module's BTF, as of Linux 7.3.
//!
//! This follows the kernel through `btf_parse_module()` in `kernel/bpf/btf.c`, on bytes, in its
//! order, with its mistakes: [`wire`] and [`metas`] are its checks, [`embedded`] and [`relocate`]
//! its relocation, [`ids`] what it does with `.BTF_ids` when the module registers its kfuncs and
//! destructors. It shares nothing with the core: what that accepts, and why, is another matter.
//!
//! Memory that the kernel can't get is not a part of it.
//!
//! Reference: [`kernel/bpf/btf.c`](srctree/kernel/bpf/btf.c)

mod embedded;
mod ids;
mod kind;
mod metas;
mod names;
mod relocate;
mod stop;
mod table;
mod wire;

pub use self::{
    ids::{
        Ids,
        Symbol, //
    },
    relocate::Relocated,
    stop::{
        How,
        Stop, //
    },
    table::Table, //
};
use self::{
    relocate::relocate,
    wire::sections, //
};
use std::{
    collections::{
        HashMap,
        HashSet, //
    },
    sync::OnceLock, //
};

const BTF: &str = ".BTF";
const BASE: &str = ".BTF.base";

/// A kernel: its types, and how to find them by name.
pub struct Kernel<'a> {
    table: Table<'a>,
    /// Types that one of a distilled base can be, in order of their ids.
    by_name: OnceLock<HashMap<&'a [u8], Vec<u32>>>,
    functions: OnceLock<HashSet<&'a [u8]>>,
}

impl<'a> Kernel<'a> {
    /// Reads its BTF.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn new(vmlinux: &'a [u8]) -> Result<Self, Stop> {
        Ok(Self {
            table: Table::vmlinux(vmlinux)?,
            by_name: OnceLock::new(),
            functions: OnceLock::new(),
        })
    }

    /// Types of this name that one of a distilled base can be, in order of their ids.
    fn named(&self, name: &[u8]) -> &[u32] {
        let by_name = self.by_name.get_or_init(|| {
            use kind::*;
            let mut by_name: HashMap<_, Vec<u32>> = HashMap::new();
            for (id, t) in self.table.own() {
                let can_be = matches!(t.kind(), INT | FLOAT | ENUM | ENUM64 | FWD | STRUCT | UNION);
                if can_be && t.name_off() != 0 {
                    let name = self.table.strings.at(t.name_off());
                    by_name.entry(name).or_default().push(id);
                }
            }
            by_name
        });
        by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether it has a function of this name.
    fn has_function(&self, name: &[u8]) -> bool {
        let functions = self.functions.get_or_init(|| {
            let functions = self.table.own().filter(|(_, t)| t.kind() == kind::FUNC);
            functions
                .map(|(_, t)| self.table.strings.at(t.name_off()))
                .collect()
        });
        functions.contains(name)
    }
}

/// What the kernel is given of a module.
#[derive(Clone, Copy, Default)]
pub struct Module<'a> {
    /// `.BTF`.
    pub btf: Option<&'a [u8]>,
    /// `.BTF.base`.
    pub base: Option<&'a [u8]>,
    /// `.BTF_ids`, and what is known of it.
    pub ids: Option<&'a Ids<'a>>,
}

/// A module's types as the kernel then has them.
pub struct Loaded<'a> {
    /// They.
    pub types: Table<'a>,
    /// Their new ids, by their old ones, if there was a distilled base.
    pub map: Option<Vec<u32>>,
    /// What means something else than it did.
    pub wrong: Vec<String>,
}

impl Loaded<'_> {
    /// `btf_relocate_id()`; [`None`] where it reads outside of the map.
    fn relocated(&self, id: u32) -> Option<u32> {
        match &self.map {
            None => Some(id),
            Some(map) => map.get(wire::size(id)).copied(),
        }
    }
}

/// What the kernel does with a module.
#[derive(Clone, Debug, Default)]
pub struct Foretold {
    /// Where it stops, if it does not load it.
    pub stop: Option<Stop>,
    /// What means something else afterwards, if it does.
    pub wrong: Vec<String>,
    /// What it takes each type of a distilled base for, from that of id 1 on, as far as it comes
    /// to look.
    pub types: Vec<Relocated>,
}

/// Foretells what `kernel` does with `module`.
pub fn foretell(module: &Module<'_>, kernel: &Kernel<'_>) -> Foretold {
    let mut foretold = Foretold::default();
    // What is empty counts as not there.
    let Some(btf) = module.btf.filter(|btf| !btf.is_empty()) else {
        return foretold;
    };
    let done = load(btf, module.base, kernel, &mut foretold.types).and_then(|loaded| {
        if let Some(ids) = module.ids {
            ids.register(&loaded, kernel)?;
            foretold.wrong = ids.left_alone(&loaded);
        }
        foretold.wrong.splice(..0, loaded.wrong);
        Ok(())
    });
    foretold.stop = done.err();
    foretold
}

/// `btf_parse_module()`: reads `btf`, and gives it the types of `kernel` as a base.
///
/// # Errors
///
/// Where the kernel stops.
pub fn load<'k>(
    btf: &'k [u8],
    base: Option<&[u8]>,
    kernel: &'k Kernel<'_>,
    found: &mut Vec<Relocated>,
) -> Result<Loaded<'k>, Stop> {
    let own = || sections(btf, true).map_err(|stop| stop.at(BTF));
    let Some(base) = base else {
        return Ok(Loaded {
            types: Table::parse(BTF, own()?, Some(&kernel.table))?,
            map: None,
            wrong: Vec::new(),
        });
    };
    let base = sections(base, false).map_err(|stop| stop.at(BASE))?;
    let base = Table::parse(BASE, base, None)?;
    let split = own()?;
    let strings = split.strings;
    let split = Table::parse(BTF, split, Some(&base))?;
    relocate(kernel, &base, &split, strings, found)
}
