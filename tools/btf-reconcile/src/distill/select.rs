// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which of the kernel's types a module needs, and how much of them.

use super::Format;
use crate::{
    btf::{
        self,
        fields,
        Error,
        Fault,
        Id,
        Kind,
        New,
        Offsets,
        Owner,
        Pair,
        Place,
        Record,
        Vmlinux, //
    },
    facade::Buf,
};

/// How much of a type of the kernel the module takes along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// All of it.
    Whole,
    /// Kind, name and size.
    Sized,
    /// Kind and name.
    Declared,
}

/// Where it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Into the base.
    Base,
    /// To the module's own types.
    Split,
}

/// How a type is used: any of the bits below.
type Used = u8;
/// Something points to it.
const BY_POINTER: Used = 1;
/// A slot of `.BTF_ids` names it, or something that is spelled with it.
const BY_NAME: Used = 2;
/// It is a part of something, so that what is in it matters.
const BY_VALUE: Used = 4;

/// The types that a module needs.
pub struct Selection<'s, 'a> {
    types: &'s Pair<'s, 'a, New, Offsets>,
    vmlinux: &'s Vmlinux<'a, Offsets>,
    format: Format,
    /// For each id of the kernel and the module, 0 included.
    used: Vec<Used>,
}

impl<'s, 'a> Selection<'s, 'a> {
    /// Finds all types that those of the module lead to, and those that `slots` (ids) name.
    ///
    /// # Errors
    ///
    /// A reference to a type that there is not, or that has no place in a base.
    pub fn new(
        types: &'s Pair<'s, 'a, New, Offsets>,
        vmlinux: &'s Vmlinux<'a, Offsets>,
        format: Format,
        slots: impl Iterator<Item = Id<New>>,
    ) -> btf::Result<Self> {
        let end = usize::try_from(types.split.end().number()).unwrap_or(usize::MAX);
        let mut selection = Self {
            types,
            vmlinux,
            format,
            used: vec![0; end],
        };
        let mut waiting = Buf::new();
        for id in types.split.ids() {
            selection.use_type(id, BY_POINTER, &mut waiting)?;
        }
        for id in slots {
            selection.use_type(id, BY_NAME, &mut waiting)?;
        }
        while let Some(id) = waiting.pop() {
            selection.follow(id, &mut waiting)?;
        }
        Ok(selection)
    }

    /// Notes how a type is used. If that is more than was known, what it leads to has to wait.
    fn use_type(&mut self, id: Id<New>, how: Used, waiting: &mut Buf<Id<New>>) -> btf::Result {
        let nth = usize::try_from(id.number()).ok();
        let place = nth.and_then(|n| self.used.get_mut(n));
        match place {
            Some(known) if *known | how != *known => {
                *known |= how;
                Ok(waiting.push(id)?)
            }
            _ => Ok(()),
        }
    }

    /// How a type is used.
    fn used(&self, id: Id<New>) -> Used {
        let used = usize::try_from(id.number())
            .ok()
            .and_then(|n| self.used.get(n));
        used.copied().unwrap_or(0)
    }

    /// Notes how what type `id` leads to is used.
    fn follow(&mut self, id: Id<New>, waiting: &mut Buf<Id<New>>) -> btf::Result {
        let Some(record) = self.types.record(id) else {
            return Ok(());
        };
        let is_kernels = !self.types.is_split(id);
        if is_kernels && self.share(id, &record) != Share::Whole {
            return Ok(());
        }
        let kind = record.kind();
        let used = self.used(id);
        let how = match kind {
            Kind::Array => used,
            kind if kind.is_modifier() => used,
            // What a name is spelled with is told by name, to be found again.
            Kind::Ptr | Kind::Func if is_kernels => BY_POINTER | (used & BY_NAME),
            Kind::Ptr | Kind::Func | Kind::DeclTag => BY_POINTER,
            Kind::FuncProto if is_kernels => BY_VALUE | (used & BY_NAME),
            _ => BY_VALUE,
        };
        let section = if is_kernels {
            self.types.base.section()
        } else {
            self.types.split.section()
        };
        let fail = |fault| Error::new(section, Place::Type(id.number()), fault);
        for to in fields::ids(&record).flatten() {
            if to >= self.types.split.end() {
                let (id, end) = (to.number(), self.types.split.end().number());
                return Err(fail(Fault::Reference { id, end }));
            }
            if let Owner::Base(kernels) = self.types.owner(to) {
                if let Some(kind) = self.types.base.kind(kernels) {
                    if !can_be_needed(kind) {
                        return Err(fail(Fault::UnexpectedKind(kind)));
                    }
                }
            }
            self.use_type(to, how, waiting)?;
        }
        Ok(())
    }

    /// How much of the kernel's type `id` is needed.
    pub fn share(&self, id: Id<New>, record: &Record<'_, New>) -> Share {
        let name = self.types.name(record.name()).unwrap_or_default();
        if name.is_empty() {
            return Share::Whole;
        }
        match (self.format, record.kind()) {
            (Format::Base, Kind::Struct | Kind::Union | Kind::Enum | Kind::Enum64) => Share::Sized,
            (Format::BaseRef, kind @ (Kind::Struct | Kind::Union)) => {
                let used = self.used(id);
                if used & BY_VALUE != 0 || !self.is_unique(name, kind) {
                    Share::Whole
                } else if used & BY_NAME != 0 {
                    Share::Sized
                } else {
                    Share::Declared
                }
            }
            _ => Share::Whole,
        }
    }

    /// Whether the kernel has one type only of this kind and name, so that both tell which it is.
    fn is_unique(&self, name: &[u8], kind: Kind) -> bool {
        let mut found = 0;
        let looked_at = self.vmlinux.named(name, |_, r| {
            found += u32::from(r.kind() == kind);
        });
        looked_at.is_ok() && found == 1
    }

    /// Where the kernel's type `record` goes.
    pub fn part(&self, record: &Record<'_, New>) -> Part {
        let in_base = match record.kind() {
            _ if self.format == Format::BaseRef => true,
            Kind::Int | Kind::Float | Kind::Fwd => true,
            Kind::Struct | Kind::Union | Kind::Enum | Kind::Enum64 => {
                let name = self.types.name(record.name());
                name.is_some_and(|name| !name.is_empty())
            }
            _ => false,
        };
        if in_base {
            Part::Base
        } else {
            Part::Split
        }
    }

    /// The kernel's types that go to `part`, in order of their ids.
    pub fn kernels(&self, part: Part) -> impl Iterator<Item = (Id<New>, Record<'a, New>)> + '_ {
        Id::FIRST
            .up_to(self.types.split.first())
            .filter_map(move |id| {
                if self.used(id) == 0 {
                    return None;
                }
                let record = self.types.record(id)?;
                (self.part(&record) == part).then_some((id, record))
            })
    }
}

/// Whether a module can need a type of the kernel of this kind.
fn can_be_needed(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Func | Kind::Var | Kind::Datasec | Kind::DeclTag | Kind::Unknown
    )
}
