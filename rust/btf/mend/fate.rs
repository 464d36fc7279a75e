// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What becomes of each record.

use super::record::without_bad_names;
use crate::{
    btf::{
        check::{
            refusal,
            Identifiers, //
        },
        error::{
            Error,
            Fault, //
        },
        number::{
            Id,
            New, //
        },
        pace::Pace,
        wire::{
            fields,
            words::index,
            Btf,
            Kind,
            Record, //
        },
        Result, //
    },
    facade::Buf,
};

/// What becomes of a type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It stays as it is.
    Stays,
    /// It stays without names that the kernel refuses.
    Changes,
    /// What refers to it refers to this type instead, which stays, or to `void`.
    GivesWay(Option<Id<New>>),
    /// It goes, and nothing refers to it.
    Goes,
    /// It gives way to something that is being followed.
    Open,
}

/// What becomes of the types of a BTF.
pub struct Fates<'p, 'a> {
    split: &'p Btf<'a, New>,
    /// One for each type.
    fates: Buf<Fate>,
    /// Types that go, and whose referrers are still to be looked at.
    waiting: Buf<Id<New>>,
    /// What the kernel refuses first.
    first: Option<Error>,
}

impl<'p, 'a> Fates<'p, 'a> {
    /// Decides on all types of `split`.
    ///
    /// # Errors
    ///
    /// What the kernel refuses first, if something that can't stay is referred to by something that
    /// can't go; no memory.
    pub fn decide(split: &'p Btf<'a, New>, names: &mut Identifiers<'_>) -> Result<Self> {
        let mut this = Self {
            split,
            fates: Buf::filled(index(split.count()), Fate::Stays)?,
            waiting: Buf::new(),
            first: None,
        };
        let mut pace = Pace::new();
        let mut scratch = Buf::new();
        for (id, record) in split.records() {
            pace.steps(record.vlen().saturating_add(1));
            let Some(what) = refusal(&record, names) else {
                continue;
            };
            let error = split.at_type(id, Fault::Kernel(what));
            this.first.get_or_insert(error);
            let fate = refused(split, &record, names, &mut scratch)?;
            this.set(id, fate);
        }
        if this.first.is_some() {
            this.shorten()?;
            this.close()?;
        }
        Ok(this)
    }

    /// What becomes of type `id`. That of vmlinux's types is to stay.
    pub fn get(&self, id: Id<New>) -> Fate {
        let fate = self.split.nth(id).and_then(|nth| self.fates.get(nth));
        fate.copied().unwrap_or(Fate::Stays)
    }

    fn set(&mut self, id: Id<New>, fate: Fate) {
        let nth = self.split.nth(id);
        if let Some(place) = nth.and_then(|nth| self.fates.get_mut(nth)) {
            *place = fate;
        }
    }

    /// Lets what gives way give way to what does not; what leads to itself goes.
    fn shorten(&mut self) -> Result {
        let mut pace = Pace::new();
        let mut path: Buf<Id<New>> = Buf::new();
        for id in self.split.ids() {
            let mut at = Some(id);
            let end = loop {
                pace.step();
                match at.map(|at| (at, self.get(at))) {
                    Some((here, Fate::GivesWay(to))) => {
                        self.set(here, Fate::Open);
                        path.push(here)?;
                        at = to;
                    }
                    Some((_, Fate::Open)) => break Fate::Goes,
                    _ => break Fate::GivesWay(at),
                }
            };
            while let Some(here) = path.pop() {
                self.set(here, end);
            }
        }
        Ok(())
    }

    /// Lets go what refers to something that goes.
    fn close(&mut self) -> Result {
        let mut pace = Pace::new();
        for (id, record) in self.split.records() {
            pace.step();
            // It would be on something that no tag can be on.
            let tags_none = record.kind() == Kind::DeclTag
                && matches!(
                    record.target().map(|to| self.get(to)),
                    Some(Fate::GivesWay(_))
                );
            if tags_none || self.get(id) == Fate::Goes {
                self.leave_out(id)?;
            }
        }
        if self.waiting.is_empty() {
            return Ok(());
        }
        let referrers = Referrers::new(self.split)?;
        while let Some(id) = self.waiting.pop() {
            let of = self.split.record(id);
            for variable in of.iter().flat_map(Record::variables) {
                pace.step();
                let Some(id) = variable.type_id else { continue };
                if self.get(id) != Fate::Goes && self.split.kind(id) == Some(Kind::Var) {
                    self.leave_out(id)?;
                }
            }
            for &by in referrers.of(self.split, id) {
                pace.step();
                match self.get(by) {
                    Fate::Goes => {}
                    // What refers to that refers to this one.
                    Fate::GivesWay(_) | Fate::Open => self.leave_out(by)?,
                    Fate::Stays | Fate::Changes => match self.split.kind(by) {
                        Some(Kind::Datasec) => {}
                        Some(kind) if goes_along(kind) => self.leave_out(by)?,
                        _ => return self.first.map_or(Ok(()), Err),
                    },
                }
            }
        }
        Ok(())
    }

    /// Lets type `id` go.
    fn leave_out(&mut self, id: Id<New>) -> Result {
        self.set(id, Fate::Goes);
        Ok(self.waiting.push(id)?)
    }
}

/// What becomes of `record`, which the kernel refuses, for itself.
fn refused(
    split: &Btf<'_, New>,
    record: &Record<'_, New>,
    names: &mut Identifiers<'_>,
    scratch: &mut Buf<u8>,
) -> Result<Fate> {
    match record.kind() {
        Kind::Typedef => return Ok(Fate::GivesWay(record.target())),
        // A tag with a text may say that a pointer is not one to be followed.
        Kind::TypeTag if !names.is_text(record.name()) => {
            return Ok(Fate::GivesWay(record.target()));
        }
        _ => {}
    }
    without_bad_names(record, names, scratch)?;
    let changed = Record::<New>::read(scratch, split.header().layout);
    let is_good = changed.is_some_and(|changed| refusal(&changed, names).is_none());
    Ok(if is_good { Fate::Changes } else { Fate::Goes })
}

/// Kinds that go with what they refer to. Others have a name by which they are looked for, or have
/// their place in something that has.
fn goes_along(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Ptr
            | Kind::Volatile
            | Kind::Const
            | Kind::Restrict
            | Kind::TypeTag
            | Kind::Array
            | Kind::FuncProto
            | Kind::Func
            | Kind::Var
            | Kind::DeclTag
            | Kind::Unknown
    )
}

/// Which types refer to which.
struct Referrers {
    /// For each type where in `by` those that refer to it end.
    ends: Buf<usize>,
    /// Those that refer to the first type, to the second, and so on.
    by: Buf<Id<New>>,
}

impl Referrers {
    /// Looks at all references from type to type of `split`.
    fn new(split: &Btf<'_, New>) -> Result<Self> {
        let mut pace = Pace::new();
        let mut ends = Buf::filled(index(split.count()), 0usize)?;
        let mut total = 0usize;
        for (_, record) in split.records() {
            for to in fields::ids(&record).flatten() {
                pace.step();
                if let Some(n) = split.nth(to).and_then(|nth| ends.get_mut(nth)) {
                    *n = n.saturating_add(1);
                    total = total.saturating_add(1);
                }
            }
        }
        // Where each starts; filling moves that to where it ends.
        let mut start = 0usize;
        for n in ends.iter_mut() {
            let count = core::mem::replace(n, start);
            start = start.saturating_add(count);
        }
        let mut by = Buf::filled(total, split.first())?;
        for (id, record) in split.records() {
            for to in fields::ids(&record).flatten() {
                pace.step();
                let Some(at) = split.nth(to).and_then(|nth| ends.get_mut(nth)) else {
                    continue;
                };
                if let Some(place) = by.get_mut(*at) {
                    *place = id;
                }
                *at = at.saturating_add(1);
            }
        }
        Ok(Self { ends, by })
    }

    /// Those that refer to type `id` of `split`.
    fn of(&self, split: &Btf<'_, New>, id: Id<New>) -> &[Id<New>] {
        let bounds = || {
            let nth = split.nth(id)?;
            let end = *self.ends.get(nth)?;
            let before = nth.checked_sub(1).and_then(|nth| self.ends.get(nth));
            self.by.get(before.copied().unwrap_or(0)..end)
        };
        bounds().unwrap_or(&[])
    }
}
