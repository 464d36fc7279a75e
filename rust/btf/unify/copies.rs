// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which types of a module are copies of the kernel's.

use super::{
    is_named,
    is_nominal,
    is_own,
    pairs::Pairs, //
};
use crate::{
    btf::{
        alike::Difference,
        decision::Decision,
        kind::Kind,
        matching::Matcher,
        names::hash,
        parse::{
            Btf,
            Locate,
            Pair, //
        },
        record::Record,
        sort::heapsort,
        vmlinux::Vmlinux,
        words::index,
        Result, //
    },
    facade::Buf,
};

/// What has been found out about one type of the module.
#[derive(Clone, Copy, Default)]
struct Finding {
    /// The kernel's type that it is a copy of, or 0.
    kernels: u32,
    /// The kernel's first type of its name and kind, or 0.
    namesake: u32,
    /// Whether it is nominal.
    nominal: bool,
    /// Whether several types of the kernel are equal to it, but not to each other.
    ambiguous: bool,
}

/// Declarations that are looked up. What goes beyond stays the module's: no module has more than
/// some hundreds.
const MAX_DECLARATIONS: usize = 4096;

/// The types of a module that are copies of the kernel's.
pub struct Copies<'p, 'a, L> {
    pairs: Pairs<'p, 'a, L>,
    types: Pair<'p, 'a, L>,
    /// One for each type of the module.
    findings: Buf<Finding>,
}

impl<'p, 'a, L: Locate> Copies<'p, 'a, L> {
    /// Looks for copies in `split`, which is split from the kernel's BTF.
    ///
    /// Each type is compared with a bounded number of the kernel's, so that the work is bounded by
    /// the size of `split`, but for looking each name up.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn find(vmlinux: &'p Vmlinux<'a, L>, split: &'p Btf<'a>) -> Result<Self> {
        let types = Pair {
            base: &vmlinux.btf,
            split,
        };
        let mut copies = Self {
            pairs: Pairs::new(types)?,
            types,
            findings: Buf::filled(index(split.count()), Finding::default())?,
        };
        copies.settle_declarations(vmlinux)?;
        for id in split.first()..split.end() {
            let kind = split.kind(id).unwrap_or(Kind::Unknown);
            if !is_named(split, id) || is_own(kind) || kind == Kind::Fwd {
                continue;
            }
            if let Some(record) = split.record(id) {
                copies.look_up(vmlinux, id, &record)?;
            }
        }
        copies.pairs.compare()?;
        copies.settle(true);
        copies.find_inexact()?;
        copies.settle(false);
        Ok(copies)
    }

    /// Finds out which declarations stand for a type of the kernel: such of whose name the module
    /// has no definition itself. They are what they declare, or the same declaration.
    fn settle_declarations(&mut self, vmlinux: &Vmlinux<'a, L>) -> Result {
        let split = self.types.split;
        let is_declaration = |&id: &u32| split.kind(id) == Some(Kind::Fwd);
        let declarations = (split.first()..split.end()).filter(is_declaration);
        if declarations.clone().next().is_none() {
            return Ok(());
        }
        let types = self.types;
        let name = |r: &Record<'a>| types.name(r.name_off).unwrap_or(&[]);
        let mut defined = Buf::new();
        for (_, record) in split.records() {
            if record.kind().is_composite() && record.name_off != 0 {
                defined.push(hash(name(&record)))?;
            }
        }
        heapsort(&mut defined, |a, b| a < b);
        let matcher = Matcher {
            base: split,
            vmlinux,
        };
        for id in declarations.take(MAX_DECLARATIONS) {
            let Some(record) = split.record(id) else {
                continue;
            };
            let name = name(&record);
            let finding = Finding {
                nominal: is_nominal(&record, !name.is_empty()),
                ..Finding::default()
            };
            self.set(id, finding);
            if !finding.nominal || defined.binary_search(&hash(name)).is_ok() {
                continue;
            }
            if let Decision::Mapped(kernels, _) = matcher.declaration(&record, name) {
                self.set(id, Finding { kernels, ..finding });
                self.pairs.set_meant(id, kernels);
            }
        }
        Ok(())
    }

    /// Pairs type `id` with the kernel's of its name.
    fn look_up(&mut self, vmlinux: &Vmlinux<'a, L>, id: u32, record: &Record<'a>) -> Result {
        let Some(name) = self.types.name(record.name_off).filter(|n| !n.is_empty()) else {
            return Ok(());
        };
        let mut finding = Finding {
            nominal: is_nominal(record, true),
            ..Finding::default()
        };
        let mut failed = Ok(());
        let is_typedef = record.kind() == Kind::Typedef;
        if is_typedef || finding.nominal && !is_opaque(record) {
            let pairs = &mut self.pairs;
            vmlinux.names.find(&vmlinux.btf, name, |other, r| {
                if r.kind() != record.kind() {
                    return;
                }
                if finding.namesake == 0 {
                    finding.namesake = other;
                }
                let same_size = r.size_or_type == record.size_or_type && r.vlen() == record.vlen();
                if is_typedef || same_size {
                    failed = failed.and_then(|()| pairs.add(id, other));
                }
            });
        }
        self.set(id, finding);
        failed
    }

    /// Settles for the first of the kernel's types that is equal, for nominal types or for the
    /// structural ones.
    fn settle(&mut self, nominal: bool) {
        let first = self.types.split.first();
        for node in self.pairs.equal() {
            let nth = node.ours.checked_sub(first);
            let Some(finding) = nth.and_then(|nth| self.findings.get_mut(index(nth))) else {
                continue;
            };
            if finding.nominal != nominal {
                continue;
            }
            let had = core::mem::replace(&mut finding.kernels, node.kernels);
            if had != 0 {
                finding.kernels = had.min(node.kernels);
                // Structural ones are made of the same types to the id.
                finding.ambiguous |= nominal && !self.pairs.are_twins(had, node.kernels, false);
            }
        }
        for finding in self.findings.iter_mut().filter(|f| f.ambiguous) {
            finding.kernels = 0;
        }
    }

    fn find_inexact(&mut self) -> Result {
        let first = self.types.split.first();
        let findings = &self.findings;
        self.pairs.find_inexact(|id| {
            let nth = id.checked_sub(first)?;
            let finding = findings.get(index(nth))?;
            finding.nominal.then_some(finding.kernels)
        })
    }

    fn finding(&self, id: u32) -> Finding {
        let nth = id.checked_sub(self.types.split.first());
        let finding = nth.and_then(|nth| self.findings.get(index(nth)));
        finding.copied().unwrap_or_default()
    }

    fn set(&mut self, id: u32, finding: Finding) {
        let nth = id.checked_sub(self.types.split.first());
        if let Some(place) = nth.and_then(|nth| self.findings.get_mut(index(nth))) {
            *place = finding;
        }
    }

    /// The kernel's types, and those of the module.
    pub fn types(&self) -> &Pair<'p, 'a, L> {
        &self.types
    }

    /// The kernel's type that type `id` of the module is a copy of.
    #[inline]
    pub fn kernels(&self, id: u32) -> Option<u32> {
        Some(self.finding(id).kernels).filter(|&new| new != 0)
    }

    /// Number of nominal types and typedefs that are copies.
    pub fn count(&self) -> u32 {
        let split = self.types.split;
        let copies = (split.first()..split.end()).filter(|&id| self.kernels(id).is_some());
        // CAST: There are fewer than 2^20 types.
        copies.filter(|&id| is_named(split, id)).count() as u32
    }

    /// The types of the module that are not the kernel's of their name and kind: each with that
    /// one's id, and the first difference.
    pub fn differing(&self) -> impl Iterator<Item = (u32, u32, Difference<'a>)> + '_ {
        let split = self.types.split;
        (split.first()..split.end()).filter_map(|id| {
            let Finding {
                kernels,
                namesake,
                nominal,
                ambiguous,
            } = self.finding(id);
            if namesake == 0 || kernels != 0 {
                return None;
            }
            let difference = match ambiguous {
                true => Some(Difference::Several),
                false => self.pairs.difference(id, namesake, |id| {
                    let finding = self.finding(id);
                    finding.nominal.then_some(finding.kernels == 0)
                }),
            };
            // A typedef that says more than the kernel's does not differ from it.
            let otherwise = nominal.then_some(Difference::Type(&[]));
            Some((id, namesake, difference.or(otherwise)?))
        })
    }
}

/// Whether only the size of a type is known: it can't be told what it is a copy of.
fn is_opaque(record: &Record<'_>) -> bool {
    let of_elements = record.kind().is_composite() || record.kind().is_enum();
    of_elements && record.vlen() == 0 && record.size_or_type != 0
}
