// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The first difference between a type of one kernel and that of another, in words.

use super::{
    equality::{
        Both,
        Depth,
        Equality,
        Old, //
    },
    spell::{
        name,
        spell, //
    }, //
};
use crate::{
    btf::{
        self,
        compare,
        Difference,
        Id,
        Kernel,
        Kind,
        Part,
        Record, //
    },
    check::text::Number,
};
use serde::Serialize;
use std::fmt::{
    self,
    Display,
    Formatter, //
};

/// Types in one another that are looked into for what differs. What is further down is not named.
const MAX_DEPTH: usize = 16;

/// Members, values and parameters that are looked at to say what differs: some ten times those of a
/// kernel. Of what is left then it is only said that it differs.
pub const MAX_STEPS: usize = 1 << 24;

/// What a type that did not change itself leads to, which did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Through {
    /// Which of its parts leads there, if they have names.
    pub part: Option<String>,
    /// The type.
    #[serde(rename = "type")]
    pub to: String,
}

/// What to look for differences in.
pub struct Finder<'f, 'p, 'a> {
    /// The types.
    pub both: Both<'p, 'a>,
    /// Which of them are equal.
    pub equality: &'f mut Equality<'p, 'a>,
    /// Steps that are left of [`MAX_STEPS`].
    pub left: &'f mut usize,
}

/// Two types, `None` being `void`.
type Types = (Option<Id<Old>>, Option<Id<Kernel>>);

/// A difference of two records; of two types that they refer to, if it is these.
type Found<'a> = Option<(Difference<'a>, Option<Types>)>;

impl<'a> Finder<'_, '_, 'a> {
    /// The first difference between two types that are not equal by themselves.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn first(&mut self, old: Id<Old>, new: Id<Kernel>) -> btf::Result<Option<String>> {
        let (mut old, mut new) = (old, new);
        let mut whose = String::new();
        let mut below = false;
        for _ in 0..MAX_DEPTH {
            let Some((a, b)) = self.records(old, new) else {
                break;
            };
            let is_thing = matches!(a.kind(), Kind::Func | Kind::Var);
            let found = if is_thing && a.kind() == b.kind() {
                Some((
                    Difference::Type(Part::Element, &[]),
                    Some((a.target(), b.target())),
                ))
            } else {
                self.differ(Depth::Own, &a, &b, below, None)?
            };
            let Some((difference, types)) = found else {
                break;
            };
            let Some(types) = types else {
                return Ok(Some(whose + &self.words(&a, &b, difference)));
            };
            if let Difference::Type(part, name) = difference {
                let is_first = whose.is_empty();
                if let Some(subject) = subject(part, name) {
                    whose = format!("{whose}{subject} ");
                } else if a.kind() == Kind::FuncProto {
                    whose += "its result ";
                }
                let (was, is) = (spell(self.both.old, types.0), spell(self.both.new, types.1));
                let (Some(x), Some(y)) = types else {
                    return Ok(Some(format!("{whose}is '{is}', was '{was}'")));
                };
                // Of functions it is said what of them differs.
                if was != is && !is_thing {
                    return Ok(Some(format!("{whose}is '{is}', was '{was}'")));
                }
                // What has the same name is looked into.
                below = leads_below(a.kind(), below);
                (old, new) = (x, y);
                if is_first && !whose.is_empty() {
                    whose = format!("{}: ", whose.trim_end());
                }
            }
        }
        Ok((!whose.is_empty()).then(|| format!("{}changed", whose.replace(": ", " "))))
    }

    /// What leads from two types that are equal by themselves to two that are not, though they have one
    /// name; to themselves only if there are no others.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn through(&mut self, old: Id<Old>, new: Id<Kernel>) -> btf::Result<Option<Through>> {
        let through = self.through_others(old, new, Some((old, new)))?;
        if through.is_some() {
            return Ok(through);
        }
        self.through_others(old, new, None)
    }

    /// The same, passing over what leads to `but`.
    fn through_others(
        &mut self,
        mut old: Id<Old>,
        mut new: Id<Kernel>,
        but: Option<(Id<Old>, Id<Kernel>)>,
    ) -> btf::Result<Option<Through>> {
        let mut part = None;
        let mut below = false;
        for _ in 0..MAX_DEPTH {
            let Some((a, b)) = self.records(old, new) else {
                break;
            };
            let (found, types) = if matches!(a.kind(), Kind::Func | Kind::Var) {
                (None, Some((a.target(), b.target())))
            } else {
                match self.differ(Depth::Whole, &a, &b, below, but)? {
                    Some((difference, types)) => (Some(difference), types),
                    None => break,
                }
            };
            let Some((Some(x), Some(y))) = types else {
                break;
            };
            if let (Some(Difference::Type(of, name)), None) = (found, &part) {
                part = subject(of, name);
            }
            if self.both.are_namesakes(x, y) {
                let to = spell(self.both.new, Some(y));
                return Ok(Some(Through { part, to }));
            }
            below = leads_below(a.kind(), below);
            (old, new) = (x, y);
        }
        Ok(None)
    }

    fn records(
        &self,
        old: Id<Old>,
        new: Id<Kernel>,
    ) -> Option<(Record<'a, Old>, Record<'a, Kernel>)> {
        Some((self.both.old.record(old)?, self.both.new.record(new)?))
    }

    /// The first difference of two records, and the types that it is about; none that lead to `but`.
    fn differ(
        &mut self,
        depth: Depth,
        a: &Record<'a, Old>,
        b: &Record<'a, Kernel>,
        below: bool,
        but: Option<(Id<Old>, Id<Kernel>)>,
    ) -> btf::Result<Found<'a>> {
        let parts = usize::try_from(a.vlen()).unwrap_or(usize::MAX);
        let Some(left) = self.left.checked_sub(parts.saturating_add(1)) else {
            return Ok(None);
        };
        *self.left = left;
        let (ours, theirs) = self.both.names();
        let below = leads_below(a.kind(), below);
        let mut types = None;
        let mut failed = Ok(());
        let difference = compare(a, b, &ours, &theirs, |x, y| {
            if but.is_some_and(|but| self.both.leads_to(x, y, but)) {
                return true;
            }
            match self.equality.are_equal(depth, x, y, below) {
                Ok(true) => true,
                Ok(false) => {
                    types = Some((x, y));
                    false
                }
                Err(error) => {
                    failed = Err(error);
                    false
                }
            }
        });
        failed?;
        Ok(difference.map(|difference| (difference, types)))
    }

    /// A difference of two records in words.
    fn words(
        &self,
        a: &Record<'a, Old>,
        b: &Record<'a, Kernel>,
        difference: Difference<'_>,
    ) -> String {
        match difference {
            Difference::Kind(Kind::Fwd) => "is only declared, was defined".to_owned(),
            Difference::Kind(_) if a.kind() == Kind::Fwd => {
                "is defined, was only declared".to_owned()
            }
            Difference::Kind(kind) => {
                format!("is of kind {}, was {}", kind.name(), a.kind().name())
            }
            Difference::Name => {
                let (was, is) = (name(self.both.old, a.name()), name(self.both.new, b.name()));
                format!("is '{is}', was '{was}'")
            }
            Difference::Size(was, is) => format!("has {is} bytes, had {was}"),
            Difference::Count(part, was, is) => {
                let is = Number(usize::try_from(is).unwrap_or(usize::MAX), word(part));
                format!("has {is}, had {was}")
            }
            Difference::Encoding => "is encoded otherwise".to_owned(),
            Difference::Part(part, was, is) => {
                let (was, is) = (a_part(part, was), a_part(part, is));
                format!("has {is} where it had {was}")
            }
            Difference::Place(name, was, is) => {
                let (was, is) = (Bit(was), Bit(is));
                let member = a_part(Part::Member, name);
                format!("has {member} at {is}, had it at {was}")
            }
            Difference::Bits(name, was, is) => {
                let member = a_part(Part::Member, name);
                format!("has {is} bits for {member}, had {was}; 0 is no bitfield")
            }
            Difference::Value(name, was, is, is_signed) => {
                let name = name.escape_ascii();
                let (was, is) = (number(was, is_signed), number(is, is_signed));
                format!("has value '{name}' = {is}, had {was}")
            }
            Difference::Flag => "means something else by its kind flag".to_owned(),
            Difference::Own(_) | Difference::Several => "can't be compared".to_owned(),
            Difference::Type(..) | Difference::Through(..) => "is made of another type".to_owned(),
        }
    }
}

/// A value of an enumeration.
pub fn number(value: u64, is_signed: bool) -> String {
    if is_signed {
        i64::from_ne_bytes(value.to_ne_bytes()).to_string()
    } else {
        value.to_string()
    }
}

/// Which part, if it has a name.
fn subject(part: Part, name: &[u8]) -> Option<String> {
    (!name.is_empty()).then(|| format!("{} '{}'", word(part), name.escape_ascii()))
}

/// A part, be it without a name.
fn a_part(part: Part, name: &[u8]) -> String {
    subject(part, name).unwrap_or_else(|| format!("a {} without a name", word(part)))
}

fn word(part: Part) -> &'static str {
    match part {
        Part::Member => "member",
        Part::Value => "value",
        Part::Parameter => "parameter",
        Part::Element => "element",
    }
}

/// Whether what a type of this kind leads to is below a pointer, `here` telling whether it is itself.
fn leads_below(kind: Kind, here: bool) -> bool {
    kind == Kind::Ptr || (here && kind.is_modifier())
}

/// Where something lies.
pub struct Bit(pub u32);

impl Display for Bit {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0 % 8 == 0 {
            write!(f, "byte {}", self.0 / 8)
        } else {
            write!(f, "bit {}", self.0)
        }
    }
}
