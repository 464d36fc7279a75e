// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which modules depend on what is gone or not what it was.

use super::{
    catalog::NameSpace,
    needs::{
        How,
        Needs, //
    },
    Change,
    Diff,
    Item, //
};
use crate::{
    base::Kernel,
    btf::{
        self,
        Btf,
        Carried,
        Form,
        Id,
        Kind,
        Locate,
        New,
        Offsets,
        Pair,
        Record,
        Section,
        Space,
        Split,
        Vmlinux, //
    },
    check, elf,
    error::Result,
    files,
    folders::module_name,
    names::plain,
};
use serde::Serialize;
use std::{
    collections::{
        BTreeMap,
        HashMap, //
    },
    path::{
        Path,
        PathBuf, //
    },
};

/// What is known of what a module depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// All that its BTF says.
    All,
    /// It has no BTF, so only what it refers to by symbol.
    Symbols,
    /// Its BTF is of another kernel, and does not say which types it means, or it can't be read:
    /// nothing but symbols.
    Stale,
    /// It can't be read, or is for another machine.
    Unreadable,
}

impl Known {
    /// All that is not all.
    pub const LESS: [Known; 3] = [Known::Symbols, Known::Stale, Known::Unreadable];

    /// What is to be said of modules of which no more is known.
    pub fn words(self) -> &'static str {
        match self {
            Known::All => "looked at",
            Known::Symbols => "without BTF, so that only symbols were looked at",
            Known::Stale => "with BTF of another kernel, so that only symbols were looked at",
            Known::Unreadable => "that can't be read",
        }
    }
}

/// A module.
#[derive(Clone, Debug, Serialize)]
pub struct Module {
    /// Its name.
    pub name: String,
    /// Its file.
    pub module: String,
    /// What is known of it.
    pub known: Known,
    /// Why that is not all.
    pub why: Option<String>,
    /// Number of types and functions that it depends on and that are gone or changed, themselves.
    pub depends: usize,
    #[serde(skip)]
    needs: BTreeMap<usize, How>,
}

/// Modules, and what they depend on.
#[derive(Default)]
pub struct Modules {
    /// They.
    pub all: Vec<Module>,
    /// For each item of the differences, which of the modules depend on it and how.
    pub users: Vec<Vec<(usize, How)>>,
}

impl Modules {
    /// Looks at the modules in `paths`, for which `kernel` is right, the old one of `diff`.
    pub fn new(paths: &[PathBuf], kernel: &Kernel<'_>, diff: &Diff) -> Self {
        let index = Index::new(&diff.items);
        let all = check::all(paths, |path| {
            let mut module = one(path, kernel, &index);
            let change = |item: &&usize| diff.items.get(**item).map(|item| item.change);
            let items = module.needs.keys();
            module.depends = items
                .filter(|nth| change(nth) != Some(Change::Through))
                .count();
            vec![module]
        });
        let mut users = vec![Vec::new(); diff.items.len()];
        for (nth, module) in all.iter().enumerate() {
            for (&item, &how) in &module.needs {
                if let Some(users) = users.get_mut(item) {
                    users.push((nth, how));
                }
            }
        }
        for users in &mut users {
            users.sort_by_key(|&(nth, how)| (how, nth));
        }
        Self { all, users }
    }

    /// Whether no module depends on what differs, as far as can be told of all of them.
    pub fn is_fine(&self) -> bool {
        let is_fine = |module: &Module| {
            module.depends == 0 && matches!(module.known, Known::All | Known::Symbols)
        };
        self.all.iter().all(is_fine)
    }

    /// The modules that depend on an item, and how, in words.
    pub fn uses(&self, item: usize) -> Vec<String> {
        let users = self.users.get(item).into_iter().flatten();
        let uses = users.filter_map(|&(nth, how)| {
            let module = self.all.get(nth)?;
            Some(format!("{} {}", module.name, how.words()))
        });
        uses.collect()
    }

    /// The modules of which this is known.
    pub fn known(&self, known: Known) -> impl Iterator<Item = &Module> {
        self.all.iter().filter(move |module| module.known == known)
    }
}

/// What differs of a kernel's types, by what they are called.
struct Index(HashMap<(NameSpace, String), Vec<(u32, usize)>>);

impl Index {
    fn new(items: &[Item]) -> Self {
        let mut index = HashMap::<_, Vec<_>>::new();
        for (nth, item) in items.iter().enumerate() {
            if let Some(old) = &item.old {
                let key = (item.what.space(), item.name.clone());
                index.entry(key).or_default().push((old.id, nth));
            }
        }
        Self(index)
    }

    /// Those of a name; where the id is known, the one that has it.
    fn find<'i>(
        &'i self,
        space: NameSpace,
        name: &[u8],
        id: Option<u32>,
    ) -> impl Iterator<Item = usize> + 'i {
        let found = self.0.get(&(space, name.escape_ascii().to_string()));
        let found = found.into_iter().flatten();
        let found = found.filter(move |&&(of, _)| id.is_none_or(|id| of == id));
        found.map(|&(_, nth)| nth)
    }
}

/// What a module depends on.
fn one(path: &Path, kernel: &Kernel<'_>, index: &Index) -> Module {
    let mut module = Module {
        name: module_name(Path::new(&plain(path))),
        module: plain(path),
        known: Known::All,
        why: None,
        depends: 0,
        needs: BTreeMap::new(),
    };
    let contents = files::read(path);
    let file = contents.as_ref().map_err(ToString::to_string);
    let file = file.and_then(|bytes| kernel.module(bytes).map_err(|error| error.to_string()));
    match file {
        Ok(file) => {
            if let Err(error) = look(&mut module, &file, kernel, index) {
                module.known = Known::Stale;
                module.why = Some(error.to_string());
            }
        }
        Err(error) => {
            module.known = Known::Unreadable;
            module.why = Some(error);
        }
    }
    module
}

/// Looks at what a module refers to.
fn look(module: &mut Module, file: &elf::Module<'_>, kernel: &Kernel<'_>, index: &Index) -> Result {
    for name in file.imports() {
        for space in [NameSpace::Function, NameSpace::Variable] {
            for item in index.find(space, name, None) {
                module.add(item, How::BySymbol);
            }
        }
    }
    let Some(blob) = file.btf else {
        module.known = Known::Symbols;
        return Ok(());
    };
    let vmlinux = &kernel.vmlinux;
    let mut core = file.for_core()?;
    let form = btf::form(vmlinux, &mut core);
    match core.base {
        Carried::Base(base) if !core.base.is_nothing() => {
            module.look_at_based(&mut core, blob, (base, Section::Base), vmlinux, index)
        }
        Carried::BaseRef(base) => {
            module.look_at_based(&mut core, blob, (base, Section::BaseRef), vmlinux, index)
        }
        _ if form == Some(Form::Whole) => {
            let base = Btf::nothing()?;
            let split = Btf::parse_split(blob, &base)?;
            let types: Pair<'_, '_, Split, _> = Pair {
                base: &base,
                split: &split,
            };
            module.look_at(&mut core, &types, vmlinux, false, index)
        }
        _ => {
            let split = Btf::parse_split(blob, &vmlinux.btf)?;
            btf::fits(&vmlinux.btf, &split, &core.functions, core.pointer)?;
            let types: Pair<'_, '_, New, _> = Pair {
                base: &vmlinux.btf,
                split: &split,
            };
            module.look_at(&mut core, &types, vmlinux, true, index)
        }
    }
}

impl Module {
    fn add(&mut self, item: usize, how: How) {
        let known = self.needs.entry(item).or_insert(how);
        *known = how.min(*known);
    }

    /// Looks at a module that has a base of its own.
    fn look_at_based(
        &mut self,
        core: &mut btf::Module<'_>,
        blob: &[u8],
        (base, section): (&[u8], Section),
        vmlinux: &Vmlinux<'_, Offsets>,
        index: &Index,
    ) -> Result {
        let base = Btf::parse_base(base, section)?;
        let split = Btf::parse_split(blob, &base)?;
        let types: Pair<'_, '_, Split, _> = Pair {
            base: &base,
            split: &split,
        };
        self.look_at(core, &types, vmlinux, false, index)
    }

    /// Looks at a module's types. Those of its base are the kernel's, with the kernel's ids if
    /// `has_ids` says so, and so is what it has of the kernel's names itself.
    fn look_at<S: Space, L: Locate>(
        &mut self,
        core: &mut btf::Module<'_>,
        types: &Pair<'_, '_, S, L>,
        vmlinux: &Vmlinux<'_, Offsets>,
        has_ids: bool,
        index: &Index,
    ) -> Result {
        let is_kernels = |id, record: &Record<'_, S>| {
            !types.is_split(id) || is_called_as_kernels(types, record, vmlinux)
        };
        let mut needs = Needs::new(types, is_kernels);
        needs.add_own();
        if !has_ids {
            // What is in a base is there since the module needs it.
            for id in Id::FIRST.up_to(types.split.first()) {
                needs.add(id, How::ByPointer);
            }
        }
        if let Ok(Some(slots)) = core.slots::<S>() {
            for slot in slots.iter() {
                if let Some(id) = slot.id {
                    needs.add(id, How::ById);
                }
            }
        }
        needs.each(|id, record, how| {
            let Some(space) = NameSpace::of(record.kind()) else {
                return;
            };
            let name = types.name(record.name()).unwrap_or_default();
            let kernels = (has_ids && !types.is_split(id)).then_some(id.number());
            for item in index.find(space, name, kernels) {
                self.add(item, how);
            }
        });
        Ok(())
    }
}

/// Whether the kernel has a type of the name and kind of a module's, or defines what that declares.
fn is_called_as_kernels<S: Space, L: Locate>(
    types: &Pair<'_, '_, S, L>,
    record: &Record<'_, S>,
    vmlinux: &Vmlinux<'_, Offsets>,
) -> bool {
    let kind = record.kind();
    let name = types.name(record.name()).unwrap_or_default();
    if name.is_empty() || kind == Kind::Func || NameSpace::of(kind).is_none() {
        return false;
    }
    let declared = if record.kind_flag() {
        Kind::Union
    } else {
        Kind::Struct
    };
    let mut found = false;
    let all = vmlinux.named(name, |_, theirs| {
        found |= theirs.kind() == kind || kind == Kind::Fwd && theirs.kind() == declared;
    });
    found || all.is_err()
}
