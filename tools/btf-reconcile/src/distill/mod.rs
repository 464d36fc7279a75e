// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! `distill`: giving a module with plain `.BTF` a base, by which it can be told on other kernels
//! which types it means. BTF that stands on its own becomes plain first.
//!
//! The distilled base is that of libbpf's `btf__distill_base()`: named integers, floats and
//! declarations as they are, structs, unions and enumerations by name and size, and everything else
//! moves to the module's types. A base reference says more: members and values where they matter,
//! and what has no name stays in the base. Types that only `.BTF_ids` names are in both.

mod select;
mod writer;

use self::{
    select::{
        Part,
        Selection,
        Share, //
    },
    writer::{
        Strings,
        Writer, //
    },
};
use crate::{
    base::Kernel,
    btf::{
        self,
        Btf,
        Fault,
        Form,
        Id,
        IdMap,
        Kind,
        New,
        Off,
        Offsets,
        Pair,
        Place,
        Record,
        Section,
        Split,
        Vmlinux,
        MAX_TYPE, //
    },
    elf::{
        BASE,
        BASE_REF,
        BTF,
        IDS, //
    },
    error::{
        Error,
        Result, //
    },
    fingerprint,
    reconcile,
    rewriter::Rewriter, //
};
use clap::ValueEnum;

/// What to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Format {
    /// `.BTF.base`, a distilled base.
    #[value(help = ".BTF.base, a distilled base, as libbpf makes it")]
    Base,
    /// `.BTF.base_ref`, a base reference.
    #[value(help = ".BTF.base_ref, a base reference, which says more of each type")]
    BaseRef,
}

impl Format {
    /// The section it makes.
    pub fn section(self) -> &'static str {
        match self {
            Format::Base => BASE,
            Format::BaseRef => BASE_REF,
        }
    }
}

/// A split BTF with a base of its own.
pub struct Distilled {
    /// The base.
    pub base: Vec<u8>,
    /// Number of its types.
    pub base_types: u32,
    /// What is split from it.
    pub split: Vec<u8>,
    /// Number of those types.
    pub split_types: u32,
    /// What became of the ids.
    pub ids: IdMap<New, Split>,
}

/// A module that has been given a base.
pub struct Output {
    /// The file.
    pub bytes: Vec<u8>,
    /// Number of types in the base.
    pub base_types: u32,
    /// Number of types that are split from it.
    pub split_types: u32,
    /// Number of slots in `.BTF_ids`.
    pub slots: usize,
    /// What is not as good as it should be.
    pub warnings: Vec<String>,
}

/// Gives the module in `file`, which was made against `kernel` or stands on its own, a base.
///
/// # Errors
///
/// A file that is no module or is broken, that has a base, or was not made against `kernel`.
pub fn distill(file: &[u8], kernel: &Kernel<'_>, format: Format) -> Result<Output> {
    let mut core = kernel.module(file)?.for_core()?;
    if btf::form(&kernel.vmlinux, &mut core) != Some(Form::Whole) {
        return distill_plain(file, kernel, format);
    }
    let options = reconcile::Options {
        core: btf::Options {
            strict: false,
            unify: btf::Unify::Base,
        },
        btf_only: false,
    };
    let plain = reconcile::reconcile(file, kernel, options)?;
    let mut output = distill_plain(&plain.bytes, kernel, format)?;
    output.warnings.splice(0..0, plain.notes);
    if plain.differing != 0 {
        let (differing, name) = (plain.differing, kernel.name);
        output.warnings.push(format!(
            "{differing} types differ from those of their name in {name} and stay the module's own: \
             is that the kernel that it was compiled for?"
        ));
    }
    Ok(output)
}

/// Gives the module in `file`, which was made against `kernel`, a base.
///
/// # Errors
///
/// As for [`distill`].
fn distill_plain(file: &[u8], kernel: &Kernel<'_>, format: Format) -> Result<Output> {
    let vmlinux = &kernel.vmlinux;
    let module = kernel.module(file)?;
    let refused = |why: String| Err(Error::Refused(why));
    let Some(blob) = module.btf else {
        return refused(format!("no section {BTF}"));
    };
    if let Some((name, _)) = [(BASE, module.base), (BASE_REF, module.base_ref)]
        .into_iter()
        .find(|(_, section)| section.is_some())
    {
        return refused(format!("it has a {name}, expected plain {BTF}"));
    }
    let split = Btf::parse_split(blob, &vmlinux.btf)?;
    let mut core = module.for_core()?;
    let fits = btf::acceptable(blob, Some(&vmlinux.btf), &split)
        .and_then(|()| btf::fits(&vmlinux.btf, &split, &core.functions, core.pointer));
    if let Err(error) = fits {
        return refused(format!("not made against {}: {error}", kernel.name));
    }
    let types = Pair {
        base: &vmlinux.btf,
        split: &split,
    };
    let mut slots = core.slots::<New>()?;
    let named: Vec<_> = slots
        .iter()
        .flat_map(|slots| slots.iter().copied())
        .collect();
    let needed = named.iter().filter_map(|slot| slot.id);
    let distilled = distill_btf(vmlinux, &split, format, needed)?;

    let mut rewriter = Rewriter::read(file)?;
    rewriter.set(BTF, &distilled.split)?;
    rewriter.add(format.section(), &distilled.base)?;
    if let Some(slots) = &mut slots {
        // Ids that nothing tells the place of can't follow.
        let ids = slots.translate(&types, &distilled.ids);
        let ids = ids.map_err(|error| Error::Refused(error.to_string()))?;
        rewriter.set(IDS, &ids)?;
    }
    fingerprint::put(&mut rewriter, kernel)?;
    let warnings = named.iter().filter_map(|slot| {
        let record = types.base.record(types.in_base(slot.id?)?)?;
        let kind = record.kind();
        if format != Format::Base || !matches!(kind, Kind::Func | Kind::Typedef) {
            return None;
        }
        let name = types.base.name(record.name()).unwrap_or_default();
        let (at, kind, name) = (slot.at, kind.name(), name.escape_ascii());
        Some(format!(
            "{IDS}: slot at byte {at}: {kind} '{name}' of the kernel can't be in a {BASE}, \
             the module gets its own; `--format base_ref` keeps it"
        ))
    });
    Ok(Output {
        bytes: rewriter.write()?,
        base_types: distilled.base_types,
        split_types: distilled.split_types,
        slots: named.len(),
        warnings: warnings.collect(),
    })
}

/// Gives `split`, which was split from `vmlinux`, a base that holds what it needs; what `slots`
/// (ids) name is needed too.
///
/// # Errors
///
/// A reference to a type or string that there is not; more of either than can be counted.
pub fn distill_btf<'a>(
    vmlinux: &Vmlinux<'a, Offsets>,
    split: &Btf<'a, New>,
    format: Format,
    slots: impl Iterator<Item = Id<New>>,
) -> btf::Result<Distilled> {
    let types = Pair {
        base: &vmlinux.btf,
        split,
    };
    let selection = Selection::new(&types, vmlinux, format, slots)?;
    let to_base: Vec<_> = selection.kernels(Part::Base).collect();
    let mut to_split: Vec<_> = split.records().collect();
    let sorted = is_sorted(&types, &to_split);
    to_split.extend(selection.kernels(Part::Split));
    if sorted {
        // Equal names keep their order.
        to_split.sort_by_key(|(_, record)| types.name(record.name()).unwrap_or_default());
    }

    let fault = btf::Error::new(Section::Split, Place::Whole, Fault::TooLarge);
    let mut ids = IdMap::new(split.end())?;
    let mut new = Id::FIRST;
    for (old, _) in to_base.iter().chain(&to_split) {
        ids.set(*old, new);
        new = new.next();
    }
    if new.number() - 1 > MAX_TYPE {
        return Err(fault);
    }
    let type_id = |old: Id<New>| {
        let (id, end) = (old.number(), split.end().number());
        ids.get(old).map(Some).ok_or(Fault::Reference { id, end })
    };

    let layout = split.header().layout.bytes();
    let section = match format {
        Format::Base => Section::Base,
        Format::BaseRef => Section::BaseRef,
    };
    let mut strings = Strings::of_base();
    let mut base = Writer::new(section, layout);
    let bounds = |off: Off<New>| Fault::NameBounds(off.number());
    for &(id, record) in &to_base {
        let share = selection.share(id, &record);
        let string = |off| strings.add(types.name(Some(off)).ok_or(bounds(off))?);
        base.add((id, record), share, string, type_id)?;
    }
    let base_strings = strings;
    let mut strings = Strings::of_split(&base_strings, split.header().strs);
    let mut own = Writer::new(Section::Split, layout);
    for &(id, record) in &to_split {
        let string = |off: Off<New>| match split.str_place(off) {
            // It stays where it is among its like.
            Some(at) if off.number() < split.strs_end() => Ok(strings.at(at)),
            _ => strings.add(types.name(Some(off)).ok_or(bounds(off))?),
        };
        own.add((id, record), Share::Whole, string, type_id)?;
    }
    let count = |types: &Vec<_>| u32::try_from(types.len()).map_err(|_| fault);
    Ok(Distilled {
        base: base.finish(&base_strings)?,
        base_types: count(&to_base)?,
        split: own.finish(&strings)?,
        split_types: count(&to_split)?,
        ids,
    })
}

/// Whether `records` stand in order of their names, those without one first.
fn is_sorted(types: &Pair<'_, '_, New, Offsets>, records: &[(Id<New>, Record<'_, New>)]) -> bool {
    records.is_sorted_by_key(|(_, record)| types.name(record.name()).unwrap_or_default())
}
