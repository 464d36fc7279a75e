// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which type of the kernel a type of a base stands for.
//!
//! The rules, with their reasons, are in `Documentation/rules.rst`.

use super::{
    decision::{
        Decision,
        Mapping,
        Reason, //
    },
    error::Section,
    kind::Kind,
    parse::{
        Btf,
        Locate, //
    },
    record::Record,
    same::Same,
    vmlinux::Vmlinux,
};

/// Names that C has for one type, as compilers write them into debug information.
const ALIASES: [&[&[u8]]; 10] = [
    &[b"char", b"signed char"],
    &[b"short int", b"short"],
    &[b"short unsigned int", b"unsigned short"],
    &[b"unsigned int", b"unsigned"],
    &[b"long int", b"long"],
    &[b"long unsigned int", b"unsigned long"],
    &[b"long long int", b"long long"],
    &[b"long long unsigned int", b"unsigned long long"],
    &[b"__int128 unsigned", b"unsigned __int128"],
    &[b"_Bool", b"bool"],
];

/// Times that elements are looked for from the first one again.
const MAX_RESTARTS: u32 = 8;

/// Candidates of one sort, as they are found.
#[derive(Default)]
struct Pick {
    /// The one with the lowest id.
    first: Option<u32>,
    /// Another one differs from it.
    differ: bool,
}

impl Pick {
    /// Takes one more candidate in.
    fn add<L: Locate>(&mut self, btf: &Btf<'_, L>, id: u32) {
        match self.first {
            None => self.first = Some(id),
            Some(first) if !self.differ => {
                self.differ = !Same { a: btf, b: btf }.definition(first, id);
            }
            Some(_) => {}
        }
    }

    /// The decision for `how` if there is a candidate.
    fn decide(&self, how: Mapping) -> Option<Decision> {
        match self.differ {
            true => Some(Decision::Carried(Reason::Ambiguous)),
            false => self.first.map(|id| Decision::Mapped(id, how)),
        }
    }
}

/// Looks for the kernel's counterpart of one type.
pub struct Matcher<'p, 'a, 'b, L> {
    /// Where the type is from.
    pub base: &'p Btf<'b>,
    /// Where to look.
    pub vmlinux: &'p Vmlinux<'a, L>,
}

impl<'a, L: Locate> Matcher<'_, 'a, '_, L> {
    /// Decides what becomes of `record`, type `id` of the base.
    ///
    /// A struct or union that only its size tells from the kernel's comes back as
    /// [`Mapping::Resized`]: whether the module holds it by value is for the caller to find out.
    pub fn decide(&self, id: u32, record: &Record<'_>) -> Decision {
        let name = match self.base.name(record.name_off) {
            Some(name) if !name.is_empty() => name,
            _ => return Decision::Moved,
        };
        match record.kind() {
            Kind::Int => self.int(record, name),
            Kind::Float => self.sized(record, name, |r| r.kind() == Kind::Float),
            Kind::Enum | Kind::Enum64 => self.enumeration(record, name),
            Kind::Struct | Kind::Union => self.composite(record, name),
            Kind::Fwd => self.declaration(record, name),
            Kind::Typedef | Kind::Func => self.spelled(id, record, name),
            _ => Decision::Moved,
        }
    }

    /// Calls `each` for the kernel's types of a name; gives the decision if they are too many.
    fn find(&self, name: &[u8], each: impl FnMut(u32, Record<'a>)) -> Option<Decision> {
        match self.vmlinux.names.find(&self.vmlinux.btf, name, each) {
            true => None,
            false => Some(Decision::Carried(Reason::Ambiguous)),
        }
    }

    /// An integer: size, encoding and bits agree.
    fn int(&self, record: &Record<'_>, name: &[u8]) -> Decision {
        let fits = |r: &Record<'_>| {
            r.kind() == Kind::Int
                && r.size_or_type == record.size_or_type
                && r.tail() == record.tail()
        };
        let decision = self.sized(record, name, fits);
        if !matches!(decision, Decision::Carried(_)) {
            return decision;
        }
        let names = ALIASES.iter().find(|names| names.contains(&name));
        for alias in names.into_iter().copied().flatten() {
            if *alias == name {
                continue;
            }
            if let Decision::Mapped(id, _) = self.sized(record, alias, fits) {
                return Decision::Mapped(id, Mapping::Alias);
            }
        }
        decision
    }

    /// A type that has to agree with the kernel's in size and in what `fits` asks for.
    fn sized(
        &self,
        record: &Record<'_>,
        name: &[u8],
        fits: impl Fn(&Record<'_>) -> bool,
    ) -> Decision {
        let btf = &self.vmlinux.btf;
        let mut pick = Pick::default();
        let mut reason = Reason::Missing;
        let many = self.find(name, |id, r| {
            if fits(&r) && r.size_or_type == record.size_or_type {
                pick.add(btf, id);
            } else if r.kind() != record.kind() {
                reason = worse(reason, Reason::OtherKind(r.kind()));
            } else if r.size_or_type != record.size_or_type {
                reason = worse(reason, Reason::Size(r.size_or_type));
            } else {
                reason = worse(reason, Reason::Differs);
            }
        });
        many.or(pick.decide(Mapping::Exact))
            .unwrap_or(Decision::Carried(reason))
    }

    /// An enumeration: a distilled one has no values and stands for either width.
    fn enumeration(&self, record: &Record<'_>, name: &[u8]) -> Decision {
        let btf = &self.vmlinux.btf;
        let mut defined = Pick::default();
        let mut declared = Pick::default();
        let mut reason = Reason::Missing;
        let many = self.find(name, |id, r| {
            if !r.kind().is_enum() {
                reason = worse(reason, Reason::OtherKind(r.kind()));
            } else if r.size_or_type != record.size_or_type {
                reason = worse(reason, Reason::Size(r.size_or_type));
            } else if !self.has_values(record, &r) {
                reason = worse(reason, Reason::Differs);
            } else if r.vlen() == 0 {
                declared.add(btf, id);
            } else {
                defined.add(btf, id);
            }
        });
        many.or(defined.decide(Mapping::Exact))
            .or(declared.decide(Mapping::Exact))
            .unwrap_or(Decision::Carried(reason))
    }

    /// Whether every value of `ours` is in `theirs`, under the same name.
    fn has_values(&self, ours: &Record<'_>, theirs: &Record<'_>) -> bool {
        all_among(ours.values(), theirs.values(), |&(m, x), &(n, y)| {
            x == y && self.base.name(m) == self.vmlinux.btf.name(n)
        })
    }

    /// A struct or union: the kind agrees, and so do members as far as they are known.
    fn composite(&self, record: &Record<'_>, name: &[u8]) -> Decision {
        let btf = &self.vmlinux.btf;
        let mut same_size = Pick::default();
        let mut other_size = Pick::default();
        let mut kernels_size = 0;
        let mut reason = Reason::Missing;
        let many = self.find(name, |id, r| {
            if r.kind() != record.kind() {
                reason = worse(reason, Reason::OtherKind(r.kind()));
            } else if !self.has_members(record, &r) {
                reason = worse(reason, Reason::Differs);
            } else if r.size_or_type == record.size_or_type {
                same_size.add(btf, id);
            } else {
                kernels_size = r.size_or_type;
                other_size.add(btf, id);
            }
        });
        many.or(same_size.decide(Mapping::Exact))
            .or(other_size.decide(Mapping::Resized(kernels_size)))
            .unwrap_or(Decision::Carried(reason))
    }

    /// Whether every member of `ours` is in `theirs`, at the same place.
    fn has_members(&self, ours: &Record<'_>, theirs: &Record<'_>) -> bool {
        all_among(ours.members(), theirs.members(), |m, n| {
            ours.place(m.offset) == theirs.place(n.offset)
                && self.base.name(m.name_off) == self.vmlinux.btf.name(n.name_off)
        })
    }

    /// A declaration: what it declares, or else the same declaration.
    pub fn declaration(&self, record: &Record<'_>, name: &[u8]) -> Decision {
        let btf = &self.vmlinux.btf;
        // The kind flag means "union" here and here only.
        let wanted = match record.kind_flag() {
            true => Kind::Union,
            false => Kind::Struct,
        };
        // A base reference declares enumerations this way, too.
        let may_be_enum = self.base.section() == Section::BaseRef && !record.kind_flag();
        let mut definition = Pick::default();
        let mut enumeration = Pick::default();
        let mut same = Pick::default();
        let mut reason = Reason::Missing;
        let many = self.find(name, |id, r| {
            if r.kind() == wanted {
                definition.add(btf, id);
            } else if r.kind().is_enum() && may_be_enum {
                enumeration.add(btf, id);
            } else if r.kind() == Kind::Fwd && r.kind_flag() == record.kind_flag() {
                same.add(btf, id);
            } else {
                reason = worse(reason, Reason::OtherKind(r.kind()));
            }
        });
        many.or(definition.decide(Mapping::Defined))
            .or(same.decide(Mapping::Exact))
            .or(enumeration.decide(Mapping::Defined))
            .unwrap_or(Decision::Carried(reason))
    }

    /// A type whose name alone says nothing of it: it has to be spelled the same underneath.
    fn spelled(&self, id: u32, record: &Record<'_>, name: &[u8]) -> Decision {
        let btf = &self.vmlinux.btf;
        let same = Same {
            a: self.base,
            b: btf,
        };
        let names = &self.vmlinux.names;
        let mut found = None;
        let each = |other, r: Record<'_>| {
            if found.is_none() && r.kind() == record.kind() && same.target(id, other) {
                found = Some(other);
            }
        };
        let _ = match record.kind() {
            Kind::Func => names.find_any(btf, name, each),
            _ => names.find(btf, name, each),
        };
        // It loses nothing by moving: what it is made of is mapped in any case.
        found.map_or(Decision::Moved, |id| Decision::Mapped(id, Mapping::Exact))
    }
}

/// Whether each of `ours` is the `same` as one of `theirs`.
///
/// They mostly stand in the same order: the search goes on from the last one found and starts
/// over only a few times, so that the time taken is linear.
fn all_among<T, U>(
    mut ours: impl Iterator<Item = T>,
    theirs: U,
    same: impl Fn(&T, &U::Item) -> bool,
) -> bool
where
    U: Iterator + Clone,
{
    let mut rest = theirs.clone();
    let mut restarts = 0..MAX_RESTARTS;
    ours.all(|our| {
        rest.any(|their| same(&our, &their))
            || (restarts.next().is_some() && {
                rest = theirs.clone();
                rest.any(|their| same(&our, &their))
            })
    })
}

/// Of two reasons not to map, the one that says more; the first of those that say as much.
fn worse(a: Reason, b: Reason) -> Reason {
    let rank = |r| match r {
        Reason::Missing => 0,
        Reason::OtherKind(Kind::Func | Kind::Typedef | Kind::Var) => 1,
        Reason::OtherKind(_) => 2,
        Reason::Size(_) => 3,
        Reason::Differs => 4,
        Reason::Ambiguous => 5,
    };
    match rank(b) > rank(a) {
        true => b,
        false => a,
    }
}
