// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! `.BTF_ids` as the compiler left it: no id in it, no count, and flags where the names are that they
//! were written for.
//!
//! A module that has BTF, or had it, has the ids of that in its slots, and its sets were sorted by
//! them, flags with them. The symbols stayed where they were. So whoever takes the ids out has to put
//! the flags back, and only the types that the ids are of tell whose they are; where all are the same
//! that does not matter.

use crate::{
    base::Kernel,
    btf::{
        fits,
        Btf,
        Carried,
        Locate,
        Meaning,
        New,
        Pair,
        Section,
        Slot,
        Slots,
        Space,
        Split,
        Symbol, //
    },
    elf::{
        Module,
        IDS, //
    },
    error::{
        Error,
        Result, //
    },
};

/// Takes the ids out of `.BTF_ids` of `module`; [`None`] if there are none in it. `kernel` is the one
/// that the ids may be of, if there is no base to tell.
///
/// # Errors
///
/// The section makes no sense, its symbols are gone, or nothing tells which flags are whose.
pub fn taken_out(module: &Module<'_>, kernel: Option<&Kernel<'_>>) -> Result<Option<Vec<u8>>> {
    let mut core = module.for_core()?;
    let Some(slots) = core.slots::<New>()? else {
        return Ok(None);
    };
    if let Some(fault) = slots.fault() {
        return Err(fault.into());
    }
    if slots.has_uncovered() {
        let error = format!("{IDS}: the module was stripped of its symbols, expected them");
        return Err(Error::Refused(error));
    }
    let mut taking = Taking::new(module);
    if slots.iter().all(|slot| slot.id.is_none()) && !taking.any_counts() {
        return Ok(None);
    }
    taking.slots(&slots);
    if taking.sets(&slots, false).is_ok() {
        return Ok(Some(taking.bytes));
    }
    // The flags of some are not those of others.
    let mut taking = Taking::new(module);
    taking.slots(&slots);
    taking.by_types(module, kernel)?;
    Ok(Some(taking.bytes))
}

/// Taking them out.
struct Taking<'m> {
    symbols: &'m [Symbol<'m>],
    bytes: Vec<u8>,
}

impl<'m> Taking<'m> {
    fn new(module: &'m Module<'_>) -> Self {
        let ids = module.ids.as_ref();
        Self {
            symbols: ids.map_or(&[], |ids| &ids.symbols),
            bytes: ids.map_or(Vec::new(), |ids| ids.bytes.to_vec()),
        }
    }

    /// The sets: where they lie, how long they are, and whether there are flags in them.
    fn heads(&self) -> impl Iterator<Item = (&'m Symbol<'m>, bool)> {
        self.symbols
            .iter()
            .filter_map(|symbol| match symbol.meaning() {
                Some(Meaning::Set(_)) => Some((symbol, false)),
                Some(Meaning::Set8(_)) => Some((symbol, true)),
                _ => None,
            })
    }

    /// Whether some set counts ids.
    fn any_counts(&self) -> bool {
        self.heads().any(|(head, _)| self.word(head.at) != 0)
    }

    /// Takes the ids out of all slots.
    fn slots<S: Space>(&mut self, slots: &Slots<'_, S>) {
        for slot in slots.iter() {
            self.put(slot.at, 0);
        }
    }

    /// Takes the counts out of all sets, and puts flags back, of which `slots` tells whose they are if
    /// they are `named`.
    ///
    /// # Errors
    ///
    /// It can't be told whose some flags are.
    fn sets<S: Space>(&mut self, slots: &Slots<'_, S>, named: bool) -> Result {
        for (head, has_flags) in self.heads() {
            let count = self.word(head.at);
            self.put(head.at, 0);
            if has_flags && count != 0 {
                self.flags(head, count, slots, named).ok_or_else(|| {
                    let name = head.name.escape_ascii();
                    Error::Refused(format!(
                        "{IDS}: {name}: sorted by the ids of other BTF, which does not tell whose \
                         its flags are: start from the module as it was before it got BTF"
                    ))
                })?;
            }
        }
        Ok(())
    }

    /// Puts the flags back in the set under `head`, which has counted so many; [`None`] if it can't be
    /// told whose they are.
    fn flags<S: Space>(
        &mut self,
        head: &Symbol<'_>,
        count: u32,
        slots: &Slots<'_, S>,
        named: bool,
    ) -> Option<()> {
        let within = |at: u32| at > head.at && at - head.at < head.size;
        let members: Vec<_> = slots.iter().filter(|slot| within(slot.at)).collect();
        // What was left out of it has taken its flags along.
        if u32::try_from(members.len()) != Ok(count) || count != (head.size / 8).saturating_sub(1) {
            return None;
        }
        if same_flags(members.iter()) {
            return Some(());
        }
        // Those that were never found are not told from each other.
        let zeros = members.iter().filter(|slot| slot.id.is_none());
        if !named || !same_flags(zeros) {
            return None;
        }
        let inside = self.symbols.iter().filter(|symbol| within(symbol.at));
        let mut free: Vec<_> = inside
            .filter_map(|symbol| match symbol.meaning()? {
                Meaning::Slot(wanted) => Some((wanted, symbol.at)),
                Meaning::Set(_) | Meaning::Set8(_) => None,
            })
            .collect();
        for slot in members {
            let wanted = slots.wanted(slot)?;
            let place = free.iter().position(|&(of, _)| of == wanted)?;
            let (_, at) = free.swap_remove(place);
            self.put(at.saturating_add(4), slot.flags?);
        }
        Some(())
    }

    /// Takes the counts out of all sets, and puts flags back by the types that the ids are of: those of
    /// a base that the module has, or of `kernel`, or its own.
    ///
    /// # Errors
    ///
    /// It can't be told which types these are, or whose some flags are.
    fn by_types(&mut self, module: &Module<'_>, kernel: Option<&Kernel<'_>>) -> Result {
        let core = module.for_core()?;
        let bytes = module.btf.unwrap_or_default();
        let base = match module.carried() {
            Carried::Base(base) => Btf::parse_base(base, Section::Base).ok(),
            Carried::BaseRef(base) => Btf::parse_base(base, Section::BaseRef).ok(),
            Carried::Nothing => None,
        };
        if let Some(base) = &base {
            if let Ok(split) = Btf::<Split>::parse_split(bytes, base) {
                return self.by(
                    Pair {
                        base,
                        split: &split,
                    },
                    module,
                );
            }
        }
        let split = kernel.and_then(|kernel| {
            let base = &kernel.vmlinux.btf;
            let split = Btf::<New>::parse_split(bytes, base).ok()?;
            let fits = fits(base, &split, &core.functions, core.pointer);
            fits.is_ok().then_some((base, split))
        });
        if let Some((base, split)) = &split {
            return self.by(Pair { base, split }, module);
        }
        let base = Btf::nothing()?;
        match Btf::<Split>::parse_split(bytes, &base) {
            Ok(split) => self.by(
                Pair {
                    base: &base,
                    split: &split,
                },
                module,
            ),
            // Nothing is known.
            Err(_) => self.sets(
                &Slots::<New>::read(&[], &mut [], Default::default())?,
                false,
            ),
        }
    }

    /// The same by `types`, if the ids are of these.
    ///
    /// # Errors
    ///
    /// They are not, or it can't be told whose some flags are.
    fn by<S: Space, L: Locate>(
        &mut self,
        types: Pair<'_, '_, S, L>,
        module: &Module<'_>,
    ) -> Result {
        let mut core = module.for_core()?;
        let Some(mut slots) = core.slots::<S>()? else {
            return Ok(());
        };
        let named = slots.check(&types).is_ok();
        self.sets(&slots, named)
    }

    fn word(&self, at: u32) -> u32 {
        let rest = usize::try_from(at).ok().and_then(|at| self.bytes.get(at..));
        rest.and_then(|rest| rest.first_chunk())
            .map_or(0, |word| u32::from_ne_bytes(*word))
    }

    fn put(&mut self, at: u32, value: u32) {
        let rest = usize::try_from(at)
            .ok()
            .and_then(|at| self.bytes.get_mut(at..));
        if let Some(word) = rest.and_then(|rest| rest.first_chunk_mut()) {
            *word = value.to_ne_bytes();
        }
    }
}

/// Whether all of `slots` have the same flags.
fn same_flags<'a, S: 'a>(mut slots: impl Iterator<Item = &'a &'a Slot<S>>) -> bool {
    let first = slots.next().map(|slot| slot.flags);
    slots.all(|slot| Some(slot.flags) == first)
}
