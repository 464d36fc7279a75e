// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Running all steps over a module, and what has to hold of what comes, whatever went in.

use crate::common::{
    judge,
    oracle::{
        ids::Symbol,
        Form, //
    }, //
};
use btf_reconcile::{
    btf::{
        acceptable,
        run,
        zero,
        Btf,
        Carried,
        Done,
        Functions,
        Id,
        IdsSection,
        Kind,
        Module,
        New,
        NoMemory,
        Offsets,
        Options,
        Outcome,
        Pair,
        Registers,
        SlotRow,
        Space,
        Split,
        Unify,
        Vmlinux, //
    },
    facade::Buf,
};

/// All rows that there are.
const ALL: usize = usize::MAX;

/// How to reconcile, in one byte.
#[derive(Clone, Copy, Debug)]
pub struct How(pub u8);

impl How {
    fn is_set(self, bit: u8) -> bool {
        self.0 & (1 << bit) != 0
    }

    fn options(self) -> Options {
        Options {
            strict: self.is_set(0),
            unify: match (self.0 >> 1) & 3 {
                0 => Unify::Off,
                1 => Unify::Base,
                _ => Unify::All,
            },
        }
    }

    fn registers(self) -> Registers {
        Registers {
            kfuncs: self.is_set(3),
            dtors: self.is_set(4),
        }
    }

    fn pointer(self) -> u32 {
        if self.is_set(5) {
            4
        } else {
            8
        }
    }

    fn has_functions(self) -> bool {
        self.is_set(6)
    }

    fn has_cfi(self) -> bool {
        self.is_set(7)
    }
}

/// What a module is made of, but for its base.
#[derive(Clone, Copy)]
pub struct Parts<'p> {
    /// `.BTF`.
    pub btf: &'p [u8],
    /// What `.BTF_ids` holds.
    pub ids: &'p [u8],
    /// Its symbols.
    pub symbols: &'p [Symbol],
}

/// Runs a module through all steps.
///
/// # Panics
///
/// If what comes is not what the kernel takes, or its parts do not fit each other.
pub fn pass(vmlinux: &Vmlinux<'_, Offsets>, base: Carried<'_>, parts: Parts<'_>, how: How) {
    let mut module = module(vmlinux, base, parts, how).expect("there is memory");
    let mut times = 0;
    run(vmlinux, &mut module, how.options(), &mut |outcome| {
        times += 1;
        look_at(vmlinux, parts, how, &outcome);
    });
    assert_eq!(times, 1);
    // What is done about the ids of a module whose BTF is of no use.
    let mut section = parts.ids.to_vec();
    if let Some(ids) = &mut module.ids {
        zero(&mut section, &mut ids.symbols, how.has_cfi());
    }
}

/// The base that a drawn module carries.
pub fn carried<'m>(module: &judge::Module<'m>) -> Carried<'m> {
    match module.form {
        Form::Base => Carried::Base(module.base),
        Form::BaseRef => Carried::BaseRef(module.base),
    }
}

/// The same, of a module that was drawn: a sound kernel, and the words and symbols of `.BTF_ids`.
///
/// # Panics
///
/// As [`pass`].
pub fn pass_drawn(
    kernel: &[u8],
    base: Carried<'_>,
    btf: &[u8],
    (words, symbols): (&[u32], &[Symbol]),
    how: How,
) {
    let kernel = Btf::parse_kernel(kernel).expect("it is sound");
    let vmlinux = Vmlinux::new(kernel).expect("there is memory");
    let ids: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
    let parts = Parts {
        btf,
        ids: &ids,
        symbols,
    };
    pass(&vmlinux, base, parts, how);
}

fn module<'m>(
    vmlinux: &Vmlinux<'_, Offsets>,
    base: Carried<'m>,
    parts: Parts<'m>,
    how: How,
) -> Result<Module<'m>, NoMemory> {
    let mut symbols = Buf::new();
    for Symbol { name, at, size } in parts.symbols {
        symbols.push(btf_reconcile::btf::Symbol {
            name: name.as_bytes(),
            at: *at,
            size: *size,
        })?;
    }
    Ok(Module {
        btf: Some(parts.btf),
        base,
        ids: Some(IdsSection {
            bytes: parts.ids,
            symbols,
        }),
        registers: how.registers(),
        functions: functions(vmlinux, parts.btf, how),
        pointer: how.pointer(),
    })
}

/// The functions of a module without a base, in either reading.
fn functions(vmlinux: &Vmlinux<'_, Offsets>, btf: &[u8], how: How) -> Functions {
    if !how.has_functions() {
        return Functions::unknown();
    }
    let nothing = Btf::nothing().expect("there is memory");
    let split = Btf::<New>::parse_split(btf, &vmlinux.btf);
    let whole = Btf::<Split>::parse_split(btf, &nothing);
    let split = split.iter().flat_map(|split| {
        names_of_functions(Pair {
            base: &vmlinux.btf,
            split,
        })
    });
    let whole = whole.iter().flat_map(|split| {
        names_of_functions(Pair {
            base: &nothing,
            split,
        })
    });
    let names = split.chain(whole).map(|name| (name, true));
    Functions::new(names).expect("there is memory")
}

/// The names of the functions that are split types.
fn names_of_functions<'a, S: Space>(types: Pair<'_, 'a, S, Offsets>) -> Vec<&'a [u8]> {
    let functions = types
        .split
        .records()
        .filter(|(_, r)| r.kind() == Kind::Func);
    functions
        .filter_map(|(_, r)| types.name(r.name()))
        .collect()
}

fn look_at(
    vmlinux: &Vmlinux<'_, Offsets>,
    parts: Parts<'_>,
    how: How,
    outcome: &Outcome<'_, Offsets>,
) {
    outcome.verdict().name();
    outcome.counts();
    let mut slots = 0;
    match &outcome.result {
        Ok(done) => slots = look_at_done(vmlinux, parts, how, done),
        Err(error) => {
            assert!(!error.to_string().is_empty());
            outcome.list_lost_slots(ALL, &mut |_| slots += 1);
        }
    }
    assert_eq!(slots, outcome.slots_len());
}

/// Looks at what was made of a module; gives the number of its slots.
fn look_at_done(
    vmlinux: &Vmlinux<'_, Offsets>,
    parts: Parts<'_>,
    how: How,
    done: &Done<'_, Offsets>,
) -> usize {
    let base = &vmlinux.btf;
    let bytes = done.btf.as_deref().unwrap_or(parts.btf);
    let split = Btf::<New>::parse_split(bytes, base).unwrap();
    assert_eq!(acceptable(bytes, Some(base), &split), Ok(()));
    let types = Pair {
        base,
        split: &split,
    };
    done.list_types(ALL, &mut |row| {
        row.kernel_size();
        row.decision.words();
        assert!(row.new.is_none_or(|id| id < split.end()));
    });
    done.list_differing(ALL, &mut |row| {
        assert!(row.id < split.end());
        assert!(!row.why.to_string().is_empty());
    });
    let mut new = Vec::new();
    let is_mended = done.mending != Default::default();
    let listed = done.list_slots(vmlinux, how.has_cfi(), ALL, &mut |row| {
        look_at_slot(&types, &row, is_mended);
        new.push((row.at, row.new));
    });
    assert_eq!(listed, Ok(()));
    if let Some(section) = &done.new_slots {
        // Sets are in another order, but everything is there; what was left out is no type's id.
        assert_eq!(section.len(), parts.ids.len());
        let word = |at: u32| {
            let bytes = section[at as usize..].first_chunk().unwrap();
            u32::from_ne_bytes(*bytes)
        };
        let mut words: Vec<_> = new.iter().map(|&(at, _)| word(at)).collect();
        let mut wanted: Vec<_> = new.iter().map(|&(_, new)| new.unwrap_or(0)).collect();
        words.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(words, wanted);
    }
    new.len()
}

/// What a slot named it still names.
fn look_at_slot(types: &Pair<'_, '_, New, Offsets>, row: &SlotRow<'_>, is_mended: bool) {
    if let Some(barrier) = row.barrier {
        assert!(!barrier.to_string().is_empty());
    }
    let now = row.new.and_then(Id::new).and_then(|id| types.record(id));
    let (Some(now), Some(kind)) = (now, row.kind) else {
        return;
    };
    if matches!(
        kind,
        Kind::Func | Kind::Struct | Kind::Union | Kind::Typedef
    ) && !is_mended
    {
        assert_eq!(now.kind(), kind);
        assert_eq!(types.name(now.name()), Some(row.name));
    }
}
