// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! `encode`: giving a module BTF from its DWARF, as the kernel's build does where there is a vmlinux.
//!
//! pahole makes it. Against a kernel, what it has not found to be the kernel's is looked for once
//! more, as `resolve_btfids` does too: pahole alone leaves copies of some 70 types in a small module,
//! `task_struct` among them. Then `.BTF_ids` is resolved, and all of it is right for that kernel, with
//! or without btf_reconcile.
//!
//! Without a kernel the BTF stands on its own, and of `.BTF_ids` that is resolved which is the module's
//! own on any kernel: its functions. What a slot for a struct means is the kernel's as a rule, of which
//! a module has a copy at best, and a set that is not found as a whole could not be completed later. So
//! the rest is left to btf_reconcile, which resolves it when the module is loaded.

pub mod ids;
mod pahole;
mod source;

pub use self::{
    pahole::Pahole,
    source::Source, //
};

use crate::{
    base::Kernel,
    btf::{
        self,
        fits,
        Btf,
        IdMap,
        New,
        Offsets,
        Outcome,
        Pair,
        Slots,
        Split,
        Types,
        Unify,
        Use,
        Vmlinux,
        Wanted,
        FINGERPRINT, //
    },
    elf::{
        Module,
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

/// Flag of kfuncs whose prototype `resolve_btfids` changes, `KF_IMPLICIT_ARGS`.
const IMPLICIT_ARGUMENTS: u32 = 1 << 16;

/// A module that has been given BTF.
pub struct Output {
    /// The file.
    pub bytes: Vec<u8>,
    /// Number of types in its BTF.
    pub types: u32,
    /// Bytes of its BTF.
    pub btf_bytes: usize,
    /// Number of slots in `.BTF_ids`.
    pub slots: usize,
    /// Of those, the ones whose types were found.
    pub resolved: usize,
    /// Number of types that were copies of the kernel's, and were left out, if it is for a kernel.
    pub unified: Option<u32>,
    /// What is not as good as it should be.
    pub notes: Vec<String>,
}

/// What BTF and ids a module is given.
struct Made {
    btf: Vec<u8>,
    types: u32,
    /// Its `.BTF_ids`, if that was resolved.
    ids: Option<Vec<u8>>,
    resolved: usize,
    unified: Option<u32>,
    notes: Vec<String>,
}

/// Gives the module in `file` the BTF that `pahole` makes of `dwarf`, which is that file or the debug
/// file of it: split from that of `kernel`, or else on its own.
///
/// # Errors
///
/// A file that is no module or is broken, pahole's failure, BTF that is good for nothing, ids of other
/// BTF that can't be taken out.
pub fn encode(
    file: &[u8],
    dwarf: &[u8],
    kernel: Option<&Kernel<'_>>,
    pahole: &Pahole,
) -> Result<Output> {
    let module = match kernel {
        Some(kernel) => kernel.module(file)?,
        None => Module::parse(file)?,
    };
    let mut rewriter = Rewriter::read(file)?;
    let taken_out = ids::taken_out(&module, kernel)?;
    let encoded = pahole.encode(dwarf, kernel.map(|kernel| kernel.blob))?;

    let mut core = module.for_core()?;
    core.btf = Some(&encoded.btf);
    core.base = btf::Carried::Nothing;
    if let (Some(ids), Some(bytes)) = (&mut core.ids, &taken_out) {
        ids.bytes = bytes;
    }
    let words = encoded.words.iter();
    let mut notes: Vec<_> = words.map(|words| format!("pahole: {words}")).collect();
    let mut slots_len = 0;
    if let Some(slots) = core.slots::<New>()? {
        slots_len = slots.len();
        notes.extend(implicit(&slots));
    }
    let made = match kernel {
        Some(kernel) => against(kernel, &mut core, &encoded.btf)?,
        None => alone(&mut core, &encoded.btf)?,
    };
    notes.extend(made.notes);

    rewriter.put(BTF, &made.btf)?;
    rewriter.remove(BASE)?;
    rewriter.remove(BASE_REF)?;
    match kernel {
        Some(kernel) => fingerprint::put(&mut rewriter, kernel)?,
        // It is of none, whatever it was before.
        None => rewriter.remove(FINGERPRINT)?,
    }
    if let Some(ids) = made.ids.or(taken_out) {
        rewriter.set(IDS, &ids)?;
    }
    Ok(Output {
        bytes: rewriter.write()?,
        types: made.types,
        btf_bytes: made.btf.len(),
        slots: slots_len,
        resolved: made.resolved,
        unified: made.unified,
        notes,
    })
}

/// Makes of `btf`, which stands on its own and is in `module`, what that is given.
///
/// # Errors
///
/// btf_reconcile would not take it for what it is.
fn alone(module: &mut btf::Module<'_>, btf: &[u8]) -> Result<Made> {
    let base = Btf::nothing()?;
    let split = Btf::<Split>::parse_split(btf, &base).map_err(of_pahole)?;
    fits(&base, &split, &module.functions, module.pointer).map_err(of_pahole)?;
    let types = Pair {
        base: &base,
        split: &split,
    };
    let mut resolved = 0;
    let mut ids = None;
    if let Some(mut slots) = module.slots()? {
        slots.resolve(None::<&Vmlinux<'_, Offsets>>, &types)?;
        let map = IdMap::identity(split.end());
        resolved = slots.resolved(&map);
        ids = slots.filled(&map)?;
    }
    Ok(Made {
        btf: btf.to_vec(),
        types: split.count(),
        ids: ids.map(|ids| ids.to_vec()),
        resolved,
        unified: None,
        notes: Vec::new(),
    })
}

/// Makes of `btf`, which is split from that of `kernel` and in `module`, what that is given.
///
/// # Errors
///
/// It is not as it should be, or the kernel would refuse it.
fn against(kernel: &Kernel<'_>, module: &mut btf::Module<'_>, btf: &[u8]) -> Result<Made> {
    let options = btf::Options {
        strict: false,
        unify: Unify::All,
    };
    let mut made = None;
    btf::run(&kernel.vmlinux, module, options, &mut |outcome| {
        made = Some(of_outcome(kernel, outcome, btf));
    });
    // It is called once, whatever comes.
    made.unwrap_or_else(|| Err(Error::Unfit("nothing came of it".into())))
}

/// What has come of `btf`.
///
/// # Errors
///
/// As for [`against`].
fn of_outcome(kernel: &Kernel<'_>, outcome: Outcome<'_, Offsets>, btf: &[u8]) -> Result<Made> {
    let mut notes = Vec::new();
    outcome.list_missing(&mut |wanted| {
        notes.push(format!(
            "{IDS}: neither the module nor the kernel has a {}: its slot stays 0",
            called(wanted)
        ));
    });
    let done = outcome.result.map_err(of_pahole)?;
    if let Types::Plain {
        slots: Some(slots), ..
    } = &done.types
    {
        let several = slots.iter().filter(|slot| slot.has_rivals);
        notes.extend(several.filter_map(|slot| {
            let wanted = called(slots.wanted(slot)?);
            Some(format!(
                "{IDS}: there is more than one {wanted}: the first is taken"
            ))
        }));
    }
    notes.extend(reconcile::notes(&done));
    notes.dedup();
    let unified = done.copies.map_or(0, |(copies, _)| copies.count());
    let resolved = done.resolved();
    let btf = done.btf.as_deref().unwrap_or(btf).to_vec();
    let types = Btf::<New>::parse_split(&btf, &kernel.vmlinux.btf)?.count();
    Ok(Made {
        btf,
        types,
        ids: done.new_slots.as_deref().map(<[u8]>::to_vec),
        resolved,
        unified: Some(unified),
        notes,
    })
}

/// What is said of the kfuncs among `slots` whose prototypes would have been changed by
/// `resolve_btfids`, too: those of `KF_IMPLICIT_ARGS` have an argument that programs do not pass.
fn implicit(slots: &Slots<'_, New>) -> Vec<String> {
    let is_implicit = |flags: u32| flags & IMPLICIT_ARGUMENTS != 0;
    let kfuncs = slots
        .iter()
        .filter(|slot| slot.used == Use::Kfunc && slot.flags.is_some_and(is_implicit));
    let mut notes: Vec<_> = kfuncs
        .filter_map(|slot| slots.wanted(slot))
        .map(|wanted| {
            format!(
                "{IDS}: {} has KF_IMPLICIT_ARGS, for which resolve_btfids changes its type and \
                 this does not: programs that call it are refused",
                called(wanted)
            )
        })
        .collect();
    notes.sort();
    notes.dedup();
    notes
}

/// A type in words.
fn called(wanted: Wanted<'_>) -> String {
    format!("{} '{}'", wanted.kind.name(), wanted.name.escape_ascii())
}

/// What is wrong with what pahole has made.
fn of_pahole(error: btf::Error) -> Error {
    Error::Refused(format!(
        "what pahole makes of its DWARF is of no use: {error}"
    ))
}
