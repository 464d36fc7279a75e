// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What the core does, in terms of the oracle: the one place where the two meet.

mod run;

pub use self::run::{
    is_kernels,
    run,
    Done,
    How,
    Ran,
    Row,
    Sections, //
};

use super::oracle::{
    ids::Symbol,
    Decision,
    Form,
    How as Found,
    Kind,
    Reason, //
};
use btf_reconcile::btf::{
    self,
    rewrite,
    unify,
    Base,
    Btf,
    Copies,
    Gone,
    Id,
    IdMap,
    New,
    Offsets,
    Pair,
    Plan,
    Registers,
    Rewritten,
    Section,
    Slots,
    Space,
    Split,
    Twins,
    Vmlinux, //
};

/// What was made of a module, by the core.
pub struct Reconciled {
    /// What became of each type of the base.
    pub decisions: Vec<Decision>,
    /// Whether strict mode lets it pass.
    pub passes_strict: bool,
    /// The split BTF.
    pub bytes: Vec<u8>,
    /// For each id from 0 on the new one; one more than there are.
    pub ids: Vec<Option<u32>>,
}

/// What was made of split BTF with copies in it, by the core.
pub struct Unified {
    /// For each type of the module the one of the kernel that it is a copy of.
    pub copies: Vec<Option<u32>>,
    /// Types that differ from the kernel's of their name, with that one.
    pub differing: Vec<(u32, u32)>,
    /// The BTF without copies.
    pub bytes: Vec<u8>,
    /// For each id from 0 on the new one, 0 for what is left out; one more than there are.
    pub ids: Vec<Option<u32>>,
}

/// Why the core refuses something.
pub use btf::Error;

/// What comes of the core, if it does not refuse.
pub type Result<T> = std::result::Result<T, Error>;

/// A kernel's BTF, as the core has it.
pub type Kernel<'k> = Vmlinux<'k, Offsets>;

/// Opens a kernel's BTF.
pub fn kernel(bytes: &[u8]) -> Result<Kernel<'_>> {
    Vmlinux::new(Btf::parse_kernel(bytes)?)
}

/// What becomes of each id from 0, `void`, up to and with the one behind the last: 0 for what is left
/// out, nothing for what there is not.
fn all<S: Space, T: Space>(ids: &IdMap<S, T>, end: Id<S>) -> Vec<Option<u32>> {
    let new = |old| match ids.find(old) {
        Some(Gone::To(id)) => Some(id.number()),
        Some(Gone::LeftOut) => Some(0),
        None => None,
    };
    let real = Id::FIRST.up_to(end.next());
    [Some(0)].into_iter().chain(real.map(new)).collect()
}

/// A module with a base, planned and rewritten.
fn made<'m, R>(
    kernel: &Kernel<'m>,
    base: &'m [u8],
    split: &'m [u8],
    form: Form,
    then: impl FnOnce(&Btf<'m, Base>, &Btf<'m, Split>, &Plan, Rewritten<Split>) -> Result<R>,
) -> Result<R> {
    let base = Btf::parse_base(base, section(form))?;
    let split = Btf::parse_split(split, &base)?;
    let mut twins = Twins::new(kernel);
    let plan = Plan::new(kernel, &base, &split, &mut twins)?;
    let result = rewrite(&kernel.btf, &base, &split, &plan)?;
    then(&base, &split, &plan, result)
}

/// Reconciles.
pub fn reconcile(kernel: &Kernel<'_>, base: &[u8], split: &[u8], form: Form) -> Result<Reconciled> {
    made(kernel, base, split, form, |base, split, plan, result| {
        Ok(Reconciled {
            decisions: plan.iter().map(|(_, d)| decision(d)).collect(),
            passes_strict: plan.refuse_carried(base).is_ok(),
            bytes: result.bytes.to_vec(),
            ids: all(&result.ids, split.end()),
        })
    })
}

/// Unifies the copies in BTF that is split from the kernel's.
pub fn unified(kernel: &Kernel<'_>, split: &[u8]) -> Result<Unified> {
    let split = Btf::<New>::parse_split(split, &kernel.btf)?;
    let mut twins = Twins::new(kernel);
    let copies = Copies::find(kernel, &split, &mut twins)?;
    let result = unify(&copies)?;
    let number = |id: Id<_>| id.number();
    Ok(Unified {
        copies: split
            .ids()
            .map(|id| copies.kernels(id).map(number))
            .collect(),
        differing: copies
            .differing()
            .map(|(id, of, _)| (id.number(), of.number()))
            .collect(),
        bytes: result.bytes.to_vec(),
        ids: all(&result.ids, split.end()),
    })
}

/// Translates `.BTF_ids` of a module with a base.
pub fn remapped(
    kernel: &Kernel<'_>,
    base: &[u8],
    split: &[u8],
    form: Form,
    (section, symbols): (&[u32], &[Symbol]),
) -> Result<Vec<u32>> {
    let section: Vec<u8> = section.iter().flat_map(|w| w.to_ne_bytes()).collect();
    let mut symbols = core_symbols(symbols);
    made(kernel, base, split, form, |base, split, _, result| {
        let mut slots = Slots::<Split>::read(&section, &mut symbols, Registers::default())?;
        let bytes = slots.translate(&Pair { base, split }, &result.ids)?;
        Ok(words(&bytes))
    })
}

/// Looks whether `.BTF_ids` of a module without a base fits it.
pub fn fitting(
    kernel: &Kernel<'_>,
    split: &[u8],
    (section, symbols): (&[u32], &[Symbol]),
) -> Result<()> {
    let split = Btf::<New>::parse_split(split, &kernel.btf)?;
    let types = Pair {
        base: &kernel.btf,
        split: &split,
    };
    let bytes: Vec<u8> = section.iter().flat_map(|w| w.to_ne_bytes()).collect();
    let mut symbols = core_symbols(symbols);
    let mut slots = Slots::<New>::read(&bytes, &mut symbols, Registers::default())?;
    slots.check(&types)
}

fn core_symbols(symbols: &[Symbol]) -> Vec<btf::Symbol<'_>> {
    let symbols = symbols.iter().map(|symbol| btf::Symbol {
        name: symbol.name.as_bytes(),
        at: symbol.at,
        size: symbol.size,
    });
    symbols.collect()
}

fn words(bytes: &[u8]) -> Vec<u32> {
    let word = |w: &[u8]| u32::from_ne_bytes([w[0], w[1], w[2], w[3]]);
    bytes.chunks_exact(4).map(word).collect()
}

fn section(form: Form) -> Section {
    match form {
        Form::Base => Section::Base,
        Form::BaseRef => Section::BaseRef,
    }
}

fn kind(kind: btf::Kind) -> Kind {
    Kind::ALL[kind as usize]
}

fn decision(decision: btf::Decision) -> Decision {
    let how = |how| match how {
        btf::Mapping::Exact => Found::Exact,
        btf::Mapping::Alias => Found::Alias,
        btf::Mapping::Defined => Found::Defined,
        btf::Mapping::Resized(size) => Found::Resized(size),
    };
    let reason = |reason| match reason {
        btf::Reason::Missing => Reason::Missing,
        btf::Reason::OtherKind(of) => Reason::OtherKind(kind(of)),
        btf::Reason::Size(size) => Reason::Size(size),
        btf::Reason::Differs => Reason::Differs,
        btf::Reason::Ambiguous => Reason::Ambiguous,
    };
    match decision {
        btf::Decision::Mapped(id, mapping) => Decision::Mapped(id.number(), how(mapping)),
        btf::Decision::Carried(why) => Decision::Carried([reason(why)].into()),
        btf::Decision::Moved => Decision::Moved,
    }
}
