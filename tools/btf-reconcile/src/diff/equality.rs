// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether types of two kernels are equal, as the core has it, and whether what is different about
//! them is they themselves or only something that they lead to.
//!
//! Nearly all of a kernel's types lead to each other. If `struct page` grows, most of them are not
//! equal to what they were. So they are compared twice: all the way down, and down to the types that
//! have a name, each taken for that of its name in the other kernel.

use crate::btf::{
    self,
    are_same,
    goes_by_name,
    Answer,
    Base,
    Btf,
    Id,
    Kernel,
    Kind,
    Names,
    NoMemory,
    Offsets,
    Pairs,
    Record,
    Side,
    Space, //
};

/// The numbering of the kernel that another one is compared with. It is read as what is split from
/// nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Old {}

impl Space for Old {
    type Base = Base;
}

/// How far down types are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// To the types that have a name, which are only compared by that.
    Own,
    /// All the way.
    Whole,
}

/// The types of two kernels.
#[derive(Clone, Copy)]
pub struct Both<'p, 'a> {
    /// Those of the old one.
    pub old: &'p Btf<'a, Old>,
    /// Those of the new one.
    pub new: &'p Btf<'a, Kernel>,
    /// Whether their BTF is the same byte for byte. Then each type is what it was, even one of a kind
    /// that is not known.
    pub are_identical: bool,
}

impl<'a> Both<'_, 'a> {
    /// How both call their types.
    pub fn names(&self) -> (Names<'a, Old>, Names<'a, Kernel>) {
        (Names::of_other(self.old), Names::of_kernel(self.new))
    }

    /// Whether two types are one, byte for byte and in all that they lead to.
    fn is_identical(&self, old: Id<Old>, new: Id<Kernel>) -> bool {
        self.are_identical && old.number() == new.number()
    }

    /// Whether two types are those of `wanted`, or pointers, arrays or qualified forms of these.
    pub fn leads_to(
        &self,
        old: Option<Id<Old>>,
        new: Option<Id<Kernel>>,
        wanted: (Id<Old>, Id<Kernel>),
    ) -> bool {
        let mut types = (old, new);
        for _ in 0..MAX_LINKS {
            let (Some(old), Some(new)) = types else {
                return false;
            };
            if (old, new) == wanted {
                return true;
            }
            let (Some(a), Some(b)) = (self.old.record(old), self.new.record(new)) else {
                return false;
            };
            types = match a.kind() {
                kind if kind != b.kind() => return false,
                Kind::Array => (
                    a.array().and_then(|array| array.of),
                    b.array().and_then(|array| array.of),
                ),
                Kind::Ptr | Kind::Const | Kind::Volatile | Kind::Restrict | Kind::TypeTag => {
                    (a.target(), b.target())
                }
                _ => return false,
            };
        }
        false
    }

    /// Whether two types have one name and kind, and are known by these.
    pub fn are_namesakes(&self, old: Id<Old>, new: Id<Kernel>) -> bool {
        let (Some((kind, ours)), Some((other, theirs))) =
            (self.old.kind_and_name(old), self.new.kind_and_name(new))
        else {
            return false;
        };
        let (a, b) = self.names();
        kind == other
            && (kind == Kind::Typedef || goes_by_name(kind))
            && ours.is_some()
            && are_same(&a, ours, &b, theirs)
    }
}

/// Links from a type to another that it has no name between.
const MAX_LINKS: usize = 16;

/// Both, compared so far down.
struct Compared<'p, 'a> {
    both: Both<'p, 'a>,
    depth: Depth,
}

impl<'p, 'a: 'p> Side<'p, 'a> for Compared<'p, 'a> {
    type Space = Old;
    type Locate = Offsets;

    fn names(&self) -> Names<'a, Old> {
        self.both.names().0
    }

    fn kernel(&self) -> &'p Btf<'a, Kernel> {
        self.both.new
    }

    fn record(&self, id: Id<Old>) -> Option<Record<'a, Old>> {
        self.both.old.record(id)
    }

    fn kind(&self, id: Id<Old>) -> Option<Kind> {
        self.both.old.kind(id)
    }

    fn max_pairs(&self) -> usize {
        MAX_PAIRS
    }

    fn at_once(
        &mut self,
        old: Id<Old>,
        new: Id<Kernel>,
        _: bool,
    ) -> Result<Option<Answer>, NoMemory> {
        let is_known = self.depth == Depth::Own && self.both.are_namesakes(old, new);
        Ok(is_known.then_some(Answer::Same))
    }
}

/// Pairs of types of two kernels that are compared. There are about as many as one of them has types,
/// of which there may be 2^20. What goes beyond differs.
const MAX_PAIRS: usize = 1 << 22;

/// Compares types of two kernels.
pub struct Equality<'p, 'a> {
    own: (Compared<'p, 'a>, Pairs<Old>),
    whole: (Compared<'p, 'a>, Pairs<Old>),
}

impl<'p, 'a> Equality<'p, 'a> {
    /// Compares `pairs` of types of one kind that go by their names, or are typedefs; each is given
    /// once.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new(both: Both<'p, 'a>, pairs: &[(Id<Old>, Id<Kernel>)]) -> btf::Result<Self> {
        let start = |depth| {
            let mut side = Compared { both, depth };
            let mut started = Pairs::new();
            started.make_room(both.old.count())?;
            for &(old, new) in pairs {
                if let Some(kind) = both.old.kind(old) {
                    started.start(old, new, kind)?;
                }
            }
            started.settle(&mut side)?;
            btf::Result::Ok((side, started))
        };
        let (own, whole) = rayon::join(|| start(Depth::Own), || start(Depth::Whole));
        Ok(Self {
            own: own?,
            whole: whole?,
        })
    }

    /// Whether two types are equal, `below` a pointer or not.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn are_equal(
        &mut self,
        depth: Depth,
        old: Option<Id<Old>>,
        new: Option<Id<Kernel>>,
        below: bool,
    ) -> btf::Result<bool> {
        let (Some(old), Some(new)) = (old, new) else {
            return Ok(old.is_none() && new.is_none());
        };
        let (side, pairs) = match depth {
            Depth::Own => &mut self.own,
            Depth::Whole => &mut self.whole,
        };
        let known = side.both.is_identical(old, new)
            || side.at_once(old, new, below)? == Some(Answer::Same);
        Ok(known || pairs.ask(side, old, new, below)?)
    }

    /// Whether two types of a name are equal, but for what the names in them stand for unless `depth`
    /// goes all the way. Of functions and variables it is their types that are compared.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn are_one(&mut self, depth: Depth, old: Id<Old>, new: Id<Kernel>) -> btf::Result<bool> {
        let both = self.own.0.both;
        if both.is_identical(old, new) {
            return Ok(true);
        }
        let (Some(a), Some(b)) = (both.old.record(old), both.new.record(new)) else {
            return Ok(false);
        };
        if a.kind() != b.kind() {
            return Ok(false);
        }
        if matches!(a.kind(), Kind::Func | Kind::Var) {
            return self.are_equal(depth, a.target(), b.target(), false);
        }
        let (side, pairs) = match depth {
            Depth::Own => &mut self.own,
            Depth::Whole => &mut self.whole,
        };
        Ok(pairs.ask(side, old, new, false)?)
    }

    /// Whether some types had too many others to be compared with, and count as different.
    pub fn overflowed(&self) -> bool {
        self.own.1.overflowed() || self.whole.1.overflowed()
    }
}
