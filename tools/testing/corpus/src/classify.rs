// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! By which rule of ours two outcomes differ.
//!
//! libbpf says what it refuses in a message, ours in an error; both name the type. Whatever is not
//! in the tables here has no explanation and fails the run.

use crate::{
    btf::{
        Base,
        Btf,
        Decision,
        Error,
        Fault,
        Id,
        Kind,
        Locate,
        Mapping,
        Place,
        Plan,
        Reason,
        Vmlinux, //
    },
    libbpf::Refusal, //
};

/// How what libbpf does with a module compares to what ours does in strict mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Both map all types, and give the same bytes.
    Same,
    /// Both refuse.
    BothRefuse(Rule),
    /// libbpf refuses, ours maps.
    OnlyOurs(Rule),
    /// libbpf maps, ours refuses.
    OnlyTheirs(Rule),
    /// Both map, and give different bytes: a bug.
    Differ,
    /// One maps and one refuses, by no rule that is known: a bug.
    Unexplained,
}

/// What decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// The kernel has no type of this name.
    Missing,
    /// The kernel has the name, but as another kind; libbpf takes some of those.
    OtherKind,
    /// The size differs and the module embeds the type; libbpf looks at members only, not
    /// at arguments, results and variables.
    Size,
    /// An integer of the same name, of another encoding or width.
    Differs,
    /// The kernel has several that differ.
    Ambiguous,
    /// The kernel has several and they are the same, any of them does.
    SameDefinition,
    /// The kernel has other kinds of that name as well, which do not count.
    OtherKindsToo,
    /// A declaration stands for the definition, of which the kernel has one.
    DefinitionFirst,
    /// A declaration's kind flag means "union", a definition's means "has bitfields".
    KindFlag,
    /// Another spelling of the same C type.
    Alias,
}

impl Rule {
    /// It in words, with the rule's number in the design.
    pub fn text(self) -> &'static str {
        match self {
            Rule::Missing => "no such type in the kernel",
            Rule::OtherKind => "only another kind of that name",
            Rule::Size => "other size, embedded",
            Rule::Differs => "other encoding or width",
            Rule::Ambiguous => "several that differ",
            Rule::SameDefinition => "several with one definition",
            Rule::OtherKindsToo => "other kinds of that name do not count",
            Rule::DefinitionFirst => "a definition beats a declaration",
            Rule::KindFlag => "kind flag of a declaration means union",
            Rule::Alias => "another spelling of one C type",
        }
    }
}

impl Verdict {
    /// It in words.
    pub fn text(self) -> (&'static str, &'static str) {
        match self {
            Verdict::Same => ("same bytes", ""),
            Verdict::BothRefuse(rule) => ("both refuse", rule.text()),
            Verdict::OnlyOurs(rule) => ("libbpf refuses, ours maps", rule.text()),
            Verdict::OnlyTheirs(rule) => ("libbpf maps, ours refuses", rule.text()),
            Verdict::Differ => ("BYTES DIFFER", ""),
            Verdict::Unexplained => ("NO EXPLANATION", ""),
        }
    }
}

/// The rule that has ours refuse.
pub fn refused_by(error: &Error) -> Option<Rule> {
    match error.fault {
        Fault::Refused(Reason::Missing) => Some(Rule::Missing),
        Fault::Refused(Reason::OtherKind(_)) => Some(Rule::OtherKind),
        Fault::Refused(Reason::Size(_)) => Some(Rule::Size),
        Fault::Refused(Reason::Differs) => Some(Rule::Differs),
        Fault::Refused(Reason::Ambiguous) => Some(Rule::Ambiguous),
        _ => None,
    }
}

/// The verdict where only ours refuses.
pub fn only_theirs(error: &Error) -> Verdict {
    match refused_by(error) {
        // These libbpf accepts, too much as it is. The rest it has to refuse as well.
        Some(rule @ (Rule::OtherKind | Rule::Size | Rule::Differs)) => Verdict::OnlyTheirs(rule),
        _ => Verdict::Unexplained,
    }
}

/// The verdict where only libbpf refuses, and the type that it names.
pub fn only_ours<L: Locate>(
    refusal: &Refusal,
    plan: &Plan,
    base: &Btf<'_, Base>,
    vmlinux: &Vmlinux<'_, L>,
) -> (Verdict, u32) {
    let id = type_id(refusal.message()).unwrap_or(0);
    let several = refusal.message().contains("multiple candidates");
    let type_id = Id::new(id);
    let kind = type_id.and_then(|id| base.kind(id));
    let rule = match (type_id.and_then(|id| plan.get(id)), kind) {
        (Some(Decision::Mapped(_, Mapping::Alias)), _) if !several => Some(Rule::Alias),
        (Some(Decision::Mapped(..)), Some(Kind::Fwd)) if several => Some(Rule::DefinitionFirst),
        (Some(Decision::Mapped(..)), Some(Kind::Fwd)) => Some(Rule::KindFlag),
        (Some(Decision::Mapped(..)), Some(kind)) if several => {
            Some(match alike(base, vmlinux, id, kind) {
                0 | 1 => Rule::OtherKindsToo,
                _ => Rule::SameDefinition,
            })
        }
        _ => None,
    };
    (rule.map_or(Verdict::Unexplained, Verdict::OnlyOurs), id)
}

/// How many types of the kernel have the name of type `id` and are of this kind.
fn alike<L: Locate>(base: &Btf<'_, Base>, vmlinux: &Vmlinux<'_, L>, id: u32, kind: Kind) -> usize {
    let record = Id::new(id).and_then(|id| base.record(id));
    let name = record.and_then(|r| base.name(r.name()));
    let records = vmlinux.btf.records();
    records
        .filter(|(_, r)| r.kind() == kind && vmlinux.btf.name(r.name()) == name)
        .count()
}

/// The type that an error lies at; 0 if at none.
pub fn error_id(error: &Error) -> u32 {
    match error.place {
        Place::Type(id) => id,
        _ => 0,
    }
}

/// The id that libbpf names in `message`: `... type 'NAME' [ID] ...`.
fn type_id(message: &str) -> Option<u32> {
    let (_, after) = message.split_once("' [")?;
    let (id, _) = after.split_once(']')?;
    id.parse().ok()
}
