// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What becomes of each type of a base.

use super::{
    embedded::embedded,
    equal::{
        Equal,
        Less, //
    },
    integers::are_one_type,
    wire::{
        Element,
        Kind,
        Type,
        Types, //
    }, //
};
use std::collections::{
    BTreeSet,
    HashSet, //
};

/// What a module's base is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A distilled base.
    Base,
    /// A base reference.
    BaseRef,
}

/// What becomes of one type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is this type of the kernel.
    Mapped(u32, How),
    /// It is one of these types of the kernel, or it moves: the rules leave that open.
    AnyOf(BTreeSet<u32>),
    /// It becomes the module's, for one of these reasons.
    Carried(BTreeSet<Reason>),
    /// It becomes the module's since it is nothing to look up.
    Moved,
}

/// How a type was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    Exact,
    Alias,
    Defined,
    Resized(u32),
}

/// Why a type is carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    Missing,
    OtherKind(Kind),
    Size(u32),
    Differs,
    Ambiguous,
}

/// Decides for each type of the base of `split`, that of id 1 first.
pub fn plan(kernel: &Types<'_>, split: &Types<'_>, form: Form) -> Vec<Decision> {
    let base = split.base.expect("a module has a base");
    let mut matcher = Matcher {
        kernel,
        form,
        is_sorted: kernel.are_sorted(),
        twins: Equal::within(kernel),
        narrow: Equal::between(base, kernel).where_less(Less::DeclaredLeft),
        wide: Equal::between(base, kernel).where_less(Less::Reference),
    };
    let decide = |(id, of)| matcher.decide(id, of);
    let mut plan: Vec<_> = base.iter().map(decide).collect();
    carry_embedded(&mut plan, split);
    move_users_of_carried(&mut plan, base);
    plan
}

/// Carries the types of another size that the module holds by value.
fn carry_embedded(plan: &mut [Decision], split: &Types<'_>) {
    loop {
        let stays = |id: u32| {
            let decision = &plan[id as usize - 1];
            matches!(decision, Decision::Carried(_) | Decision::Moved)
        };
        let held = embedded(split, stays);
        let before = plan.to_vec();
        for (id, decision) in (1..).zip(plan.iter_mut()) {
            if let Decision::Mapped(_, How::Resized(size)) = *decision {
                if held.contains(&id) {
                    *decision = Decision::Carried([Reason::Size(size)].into());
                }
            }
        }
        if plan == before {
            break;
        }
    }
}

/// Moves the typedefs and functions that lead to a carried type.
fn move_users_of_carried(plan: &mut [Decision], base: &Types<'_>) {
    let is_carried = |id: &u32| {
        let decision = id.checked_sub(1).and_then(|nth| plan.get(nth as usize));
        matches!(decision, Some(Decision::Carried(_)))
    };
    let mut moved = vec![];
    for (id, of) in base.iter() {
        let kernels = match &plan[id as usize - 1] {
            Decision::Mapped(kernels, _) => [*kernels].into(),
            Decision::AnyOf(kernels) => kernels.clone(),
            _ => continue,
        };
        if !matches!(of.kind, Kind::Typedef | Kind::Func) {
            continue;
        }
        let walk = |with_index| Walk {
            base,
            root: id,
            with_index,
        };
        if walk(false).from([id]).iter().any(is_carried) {
            moved.push((id, Decision::Moved));
        } else if walk(true).from([id]).iter().any(is_carried) || walk(true).is_ring() {
            moved.push((id, Decision::AnyOf(kernels)));
        }
    }
    for (id, decision) in moved {
        plan[id as usize - 1] = decision;
    }
}

/// A walk from a typedef or function to what it leads to, through typedefs, tags and types without
/// a name.
struct Walk<'w> {
    base: &'w Types<'w>,
    root: u32,
    /// What an array is indexed by means nothing; but it is a type that is led to.
    with_index: bool,
}

impl Walk<'_> {
    /// What `at` refers to, if the walk goes on there.
    fn next(&self, at: u32) -> Vec<u32> {
        let goes_on = |of: &&Type| at == self.root || of.name.is_empty() || of.kind.is_modifier();
        let Some(of) = self.base.get(at).filter(goes_on) else {
            return vec![];
        };
        let index = self.with_index.then_some(of.index);
        of.elements.iter().map(|e| e.id).chain(index).collect()
    }

    /// All that is come by, the start included.
    fn from(&self, start: impl IntoIterator<Item = u32>) -> HashSet<u32> {
        let mut waiting: Vec<_> = start.into_iter().collect();
        let mut found: HashSet<_> = waiting.iter().copied().collect();
        while let Some(at) = waiting.pop() {
            let next = self.next(at).into_iter();
            waiting.extend(next.filter(|&id| found.insert(id)));
        }
        found
    }

    /// Whether something that is come by leads back to itself, which nothing does in C without a
    /// struct or union that has a name.
    fn is_ring(&self) -> bool {
        let mut found = self.from([self.root]).into_iter();
        found.any(|id| self.from(self.next(id)).contains(&id))
    }
}

/// Of several types of the kernel the one that is taken; [`None`] if that can't be told.
pub fn one_of(twins: &mut Equal<'_>, candidates: &[u32]) -> Option<u32> {
    let pairs = candidates
        .iter()
        .flat_map(|&a| candidates.iter().map(move |&b| (a, b)));
    for (a, b) in pairs {
        if !twins.equal(a, b) {
            return None;
        }
    }
    candidates.iter().min().copied()
}

/// The type of the kernel that a declaration stands for, by any of its rules.
pub fn declared(kernel: &Types<'_>, twins: &mut Equal<'_>, of: &Type, form: Form) -> Decision {
    let all = || {
        let named = kernel.named(&of.name).iter();
        named.map(|&id| (id, kernel.get(id).expect("it has a name")))
    };
    let of_kind = |fits: &dyn Fn(&Type) -> bool| -> Vec<u32> {
        all().filter(|(_, t)| fits(t)).map(|(id, _)| id).collect()
    };
    let defined = of_kind(&|t| t.kind == of.declares());
    let same = of_kind(&|t| t.kind == Kind::Fwd && t.flag == of.flag);
    let enums = match form {
        Form::BaseRef if !of.flag => of_kind(&|t| t.kind.is_enum()),
        _ => vec![],
    };
    let tries = [
        (defined, How::Defined),
        (same, How::Exact),
        (enums, How::Defined),
    ];
    match tries.into_iter().find(|(ids, _)| !ids.is_empty()) {
        Some((ids, how)) => match one_of(twins, &ids) {
            Some(id) => Decision::Mapped(id, how),
            None => Decision::Carried([Reason::Ambiguous].into()),
        },
        None => Decision::Carried(other_kinds(kernel, &of.name)),
    }
}

/// Why a type is carried of whose kind the kernel has none of this name.
fn other_kinds(kernel: &Types<'_>, name: &[u8]) -> BTreeSet<Reason> {
    let kinds = kernel.named(name).iter().filter_map(|&id| kernel.get(id));
    let mut reasons: BTreeSet<_> = kinds.map(|t| Reason::OtherKind(t.kind)).collect();
    // A function of the same name, say, need not be looked at.
    let looked_at = |reason: &Reason| match reason {
        Reason::OtherKind(kind) => kind.goes_by_name() || *kind == Kind::Typedef,
        _ => true,
    };
    if !reasons.iter().any(looked_at) {
        reasons.insert(Reason::Missing);
    }
    reasons
}

/// Looks for types of the kernel.
struct Matcher<'t> {
    kernel: &'t Types<'t>,
    form: Form,
    /// Whether the kernel's types stand in order of their names.
    is_sorted: bool,
    /// Of the kernel with each other.
    twins: Equal<'t>,
    /// Of the base with the kernel's, by the narrowest reading of what says less, and the widest.
    narrow: Equal<'t>,
    wide: Equal<'t>,
}

impl Matcher<'_> {
    fn decide(&mut self, id: u32, of: &Type) -> Decision {
        // One whose name is not there is nothing to look up either.
        if of.name.is_empty() || of.name[0] == 0 {
            return Decision::Moved;
        }
        match of.kind {
            Kind::Int => self.integer(of),
            Kind::Float | Kind::Enum | Kind::Enum64 | Kind::Struct | Kind::Union => {
                self.sized(of, &of.name)
            }
            Kind::Fwd => declared(self.kernel, &mut self.twins, of, self.form),
            Kind::Typedef | Kind::Func => self.spelled(id, of),
            _ => Decision::Moved,
        }
    }

    /// An integer, by its own name or by another one.
    fn integer(&mut self, of: &Type) -> Decision {
        let decision = self.sized(of, &of.name);
        if matches!(decision, Decision::Mapped(..)) {
            return decision;
        }
        let kernel = self.kernel;
        let names: BTreeSet<_> = kernel
            .iter()
            .filter(|(_, t)| t.kind == Kind::Int && are_one_type(&t.name, &of.name))
            .map(|(_, t)| t.name.clone())
            .collect();
        for name in names {
            if let Decision::Mapped(id, _) = self.sized(of, &name) {
                return Decision::Mapped(id, How::Alias);
            }
        }
        decision
    }

    /// A type that has a size, and maybe members or values.
    fn sized(&mut self, of: &Type, name: &[u8]) -> Decision {
        let (kernel, named) = (self.kernel, self.kernel.named(name));
        let get = |id: u32| kernel.get(id).expect("it has a name");
        let of_kind = |t: &Type| t.kind == of.kind || t.kind.is_enum() && of.kind.is_enum();
        let fits = |t: &Type| has_all(of, t) && t.rest == of.rest;
        let (mut same, mut defined, mut other, mut reasons) = (vec![], vec![], vec![], vec![]);
        for (id, t) in named.iter().map(|&id| (id, get(id))) {
            if !of_kind(t) {
                continue;
            }
            if t.size != of.size && !of.kind.is_composite() {
                reasons.push(Reason::Size(t.size));
            }
            if !fits(t) {
                reasons.push(Reason::Differs);
            } else if t.size == of.size {
                same.push(id);
                defined.extend((!t.elements.is_empty()).then_some(id));
            } else if of.kind.is_composite() {
                other.push(id);
            }
        }
        if of.kind.is_enum() && !defined.is_empty() {
            same = defined;
        }
        let (ids, how) = match (same.is_empty(), other.first()) {
            (false, _) => (same, How::Exact),
            (true, Some(&id)) => (other, How::Resized(get(id).size)),
            (true, None) if reasons.is_empty() => {
                return Decision::Carried(other_kinds(kernel, name));
            }
            (true, None) => return Decision::Carried(reasons.into_iter().collect()),
        };
        match one_of(&mut self.twins, &ids) {
            Some(id) => Decision::Mapped(id, how),
            None => Decision::Carried([Reason::Ambiguous].into()),
        }
    }

    /// A typedef or function, which what is underneath has to tell.
    fn spelled(&mut self, id: u32, of: &Type) -> Decision {
        let kernel = self.kernel;
        let is_kind = |other: &u32| kernel.get(*other).is_some_and(|t| t.kind == of.kind);
        let namesakes = kernel.named(&of.name).iter().copied().filter(is_kind);
        let found = |equal: &mut Equal<'_>| -> BTreeSet<u32> {
            let is = |&other: &u32| equal.equal_below(id, other);
            namesakes.clone().filter(is).collect()
        };
        let (narrow, wide) = (found(&mut self.narrow), found(&mut self.wide));
        // An index over names that does not have functions is as good.
        let not_found = of.kind == Kind::Func && !self.is_sorted;
        if narrow != wide || not_found && !wide.is_empty() {
            return Decision::AnyOf(wide);
        }
        // Functions are equal to nothing: of several, what they take and give has to be one.
        let twins = &mut self.twins;
        let mut pairs = wide.iter().flat_map(|&a| wide.iter().map(move |&b| (a, b)));
        match wide.first() {
            Some(&id) if pairs.all(|(a, b)| twins.equal_below(a, b)) => {
                Decision::Mapped(id, How::Exact)
            }
            _ => Decision::Moved,
        }
    }
}

/// Whether `theirs` has all members or values of `ours`, in whatever order.
fn has_all(ours: &Type, theirs: &Type) -> bool {
    let is = |e: &Element| (e.name.clone(), e.number, e.size);
    let theirs: HashSet<_> = theirs.elements.iter().map(is).collect();
    ours.elements.iter().all(|e| theirs.contains(&is(e)))
}
