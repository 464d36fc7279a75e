// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What `check` has to say. `--json` prints these as they are; README.md describes them.

use super::built_against::BuiltAgainst;
use crate::btf::{
    self,
    Form,
    Kind, //
};
use serde::{
    Deserialize,
    Serialize,
    Serializer, //
};

/// What becomes of a module on a kernel, once reconciled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Its BTF is of this kernel as it is.
    Fits,
    /// Every type of its base is the kernel's.
    Reconciled,
    /// Some types of its base become types of its own.
    Carries,
    /// It has no BTF, so that none can be wrong.
    NoBtf,
    /// Its BTF is of another kernel, and does not say which types it means.
    Stale,
    /// Its BTF can't be read.
    Broken,
    /// It is no module, or can't be read at all.
    Unreadable,
}

/// What a stock kernel makes of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It loads, and all ids are right.
    Accepts,
    /// It loads, and ids mean other types than they should.
    WrongIds,
    /// It is refused, most often with -22: `insmod` says "Invalid argument".
    Refuses,
    /// It makes the kernel read outside of what it was given.
    Unsafe,
    /// Loading it never ends.
    Hangs,
    /// That can't be told.
    Unknown,
}

/// What a stock kernel does with a module, and why.
#[derive(Clone, Debug, Serialize)]
pub struct Stock {
    /// What it does.
    pub outcome: Outcome,
    /// The error that it refuses it with, a negative number.
    pub errno: Option<i32>,
    /// What for.
    pub why: Vec<String>,
}

impl Stock {
    /// An outcome with one reason for it.
    pub fn new(outcome: Outcome, why: impl ToString) -> Self {
        Self {
            outcome,
            errno: None,
            why: vec![why.to_string()],
        }
    }

    /// All is well.
    pub fn accepts() -> Self {
        Self {
            outcome: Outcome::Accepts,
            errno: None,
            why: Vec::new(),
        }
    }
}

/// What becomes of a type of the base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It is a type of the kernel.
    Mapped,
    /// It becomes a type of the module.
    Carried,
    /// So does this one, which loses nothing by it.
    Moved,
}

/// One type of the base.
#[derive(Clone, Debug, Serialize)]
pub struct TypeLine {
    /// Its id in the base.
    pub id: u32,
    /// Its kind.
    #[serde(serialize_with = "kind_name")]
    pub kind: Kind,
    /// Its name, empty if it has none.
    pub name: String,
    /// What becomes of it.
    pub fate: Fate,
    /// How it was mapped, or why it was carried: a fixed word.
    pub how: &'static str,
    /// The same in plain language, where there is more to say.
    pub why: Option<String>,
    /// Its size as the module knows it, for kinds that have one.
    pub size: Option<u32>,
    /// The size of the kernel's, where it differs.
    pub kernel_size: Option<u32>,
    /// Its id afterwards.
    pub new_id: Option<u32>,
    /// What a stock kernel takes it for: a fixed word. Only for distilled bases.
    pub stock: Option<&'static str>,
}

/// One type of the module that is not the kernel's of the same name and kind.
#[derive(Clone, Debug, Serialize)]
pub struct DifferingLine {
    /// Its id afterwards.
    pub id: u32,
    /// Its kind.
    #[serde(serialize_with = "kind_name")]
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// The id of the kernel's.
    pub kernel_id: u32,
    /// The first difference.
    pub why: String,
}

/// One slot of `.BTF_ids`.
#[derive(Clone, Debug, Serialize)]
pub struct SlotLine {
    /// Where it lies in the section, in bytes.
    pub at: u32,
    /// Symbol of the slot, or of the set that it is in.
    pub symbol: String,
    /// The set that it is in.
    pub set: Option<String>,
    /// The id in it.
    pub old_id: u32,
    /// The id that belongs there on this kernel.
    pub new_id: Option<u32>,
    /// Kind of the type with this id.
    #[serde(serialize_with = "maybe_kind_name")]
    pub kind: Option<Kind>,
    /// Name of the type with this id.
    pub name: String,
    /// Flags of a kfunc.
    pub flags: Option<u32>,
    /// Whether nobody had resolved it, and its type was found by the name in its symbol.
    pub resolved: bool,
    /// Whether that is the first of several types of the name.
    pub several: bool,
}

/// A kfunc or a destructor.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Callable {
    /// Its name.
    pub name: String,
    /// The set of a kfunc, the type of a destructor.
    pub of: String,
    /// Whether BPF programs can use it.
    pub usable: bool,
    /// Why not.
    pub why: Option<String>,
}

/// Numbers of the lines in a [`Report`].
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Counts {
    /// Types of the base that are the kernel's.
    pub mapped: u32,
    /// Of those, the ones whose size differs.
    pub resized: u32,
    /// Types of the base that become the module's.
    pub carried: u32,
    /// Of those, the ones that the kernel has several of.
    pub ambiguous: u32,
    /// Types of the base that move to the module's without loss.
    pub moved: u32,
    /// Types of the module that are copies of the kernel's, and left out.
    pub unified: u32,
    /// Types of the module whose name the kernel has for another one.
    pub differing: usize,
    /// Slots of `.BTF_ids`.
    pub slots: usize,
    /// Of those, the ones that nobody had resolved, and whose types were found.
    pub resolved: usize,
    /// Those that nobody had resolved, and whose types nobody has: they stay 0.
    pub unresolved: usize,
    /// Kfuncs.
    pub kfuncs: usize,
    /// Kfuncs and destructors that can't be used.
    pub unusable: usize,
    /// Destructors.
    pub dtors: usize,
}

/// All there is to say about one module on one kernel.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The module's file.
    pub module: String,
    /// The kernel, as it was given.
    pub base: String,
    /// What becomes of it.
    pub verdict: Verdict,
    /// Why, if it is stale, broken or unreadable.
    pub why: Option<String>,
    /// How it says which types it means.
    #[serde(serialize_with = "form_name")]
    pub form: Option<Form>,
    /// The kernel that it was built against, if it says so.
    pub built_against: Option<BuiltAgainst>,
    /// Why what it says of that is ignored, if it is.
    pub note_ignored: Option<String>,
    /// Numbers.
    pub counts: Counts,
    /// What a stock kernel does with it.
    pub stock: Stock,
    /// Bytes of its BTF, base included.
    pub bytes_before: usize,
    /// Bytes of its BTF afterwards.
    pub bytes_after: usize,
    /// How many there are less for the copies that are left out.
    pub bytes_unified: usize,
    /// What was done for the kernel to take the rest of it.
    pub mended: Option<String>,
    /// Types of its base.
    pub types: Vec<TypeLine>,
    /// Types of its own that are not the kernel's.
    pub differing: Vec<DifferingLine>,
    /// Slots of its `.BTF_ids`.
    pub slots: Vec<SlotLine>,
    /// Its kfuncs.
    pub kfuncs: Vec<Callable>,
    /// Its destructors.
    pub dtors: Vec<Callable>,
}

impl Report {
    /// A report that says nothing yet but which module and kernel it is about.
    pub fn new(module: String, base: &str, verdict: Verdict) -> Self {
        Self {
            module,
            base: base.to_owned(),
            verdict,
            why: None,
            form: None,
            built_against: None,
            note_ignored: None,
            counts: Counts::default(),
            stock: Stock::accepts(),
            bytes_before: 0,
            bytes_after: 0,
            bytes_unified: 0,
            mended: None,
            types: Vec::new(),
            differing: Vec::new(),
            slots: Vec::new(),
            kfuncs: Vec::new(),
            dtors: Vec::new(),
        }
    }

    /// Whether the module loses nothing on this kernel.
    pub fn is_fine(&self) -> bool {
        self.counts.unusable == 0
            && matches!(
                self.verdict,
                Verdict::Fits | Verdict::Reconciled | Verdict::NoBtf
            )
    }

    /// Forgets all but the numbers, for whoever does not want the lines.
    pub fn shorten(&mut self) {
        self.types = Vec::new();
        self.differing = Vec::new();
        self.slots = Vec::new();
    }
}

/// Numbers over all reports.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Total {
    /// Reports: modules times kernels.
    pub reports: usize,
    /// Verdicts.
    pub fits: usize,
    /// ...
    pub reconciled: usize,
    /// ...
    pub carries: usize,
    /// ...
    pub no_btf: usize,
    /// ...
    pub stale: usize,
    /// ...
    pub broken: usize,
    /// ...
    pub unreadable: usize,
    /// Kfuncs and destructors that can't be used.
    pub unusable: usize,
    /// Types that are copies of the kernel's.
    pub unified: u64,
    /// Types of which the kernel's differ.
    pub differing: usize,
    /// Bytes less for the copies that are left out.
    pub bytes_unified: usize,
    /// Outcomes on a stock kernel.
    pub stock_accepts: usize,
    /// ...
    pub stock_wrong_ids: usize,
    /// ...
    pub stock_refuses: usize,
    /// ...
    pub stock_unsafe: usize,
    /// ...
    pub stock_hangs: usize,
}

impl Total {
    /// Adds `reports` up.
    pub fn of<'r>(reports: impl IntoIterator<Item = &'r Report>) -> Self {
        let mut total = Self::default();
        for report in reports {
            total.reports += 1;
            total.unusable += report.counts.unusable;
            total.unified += u64::from(report.counts.unified);
            total.differing += report.counts.differing;
            total.bytes_unified += report.bytes_unified;
            *match report.verdict {
                Verdict::Fits => &mut total.fits,
                Verdict::Reconciled => &mut total.reconciled,
                Verdict::Carries => &mut total.carries,
                Verdict::NoBtf => &mut total.no_btf,
                Verdict::Stale => &mut total.stale,
                Verdict::Broken => &mut total.broken,
                Verdict::Unreadable => &mut total.unreadable,
            } += 1;
            match report.stock.outcome {
                Outcome::Accepts => total.stock_accepts += 1,
                Outcome::WrongIds => total.stock_wrong_ids += 1,
                Outcome::Refuses => total.stock_refuses += 1,
                Outcome::Unsafe => total.stock_unsafe += 1,
                Outcome::Hangs => total.stock_hangs += 1,
                Outcome::Unknown => {}
            }
        }
        total
    }
}

impl From<btf::Verdict> for Verdict {
    fn from(verdict: btf::Verdict) -> Self {
        match verdict {
            btf::Verdict::Fits => Verdict::Fits,
            btf::Verdict::Reconciled => Verdict::Reconciled,
            btf::Verdict::Carries => Verdict::Carries,
            btf::Verdict::NoBtf => Verdict::NoBtf,
            btf::Verdict::Stale => Verdict::Stale,
            btf::Verdict::Broken => Verdict::Broken,
            // Strict mode is not asked for, and without memory nothing can be told.
            btf::Verdict::Refused | btf::Verdict::OutOfMemory => Verdict::Unreadable,
        }
    }
}

fn form_name<S: Serializer>(form: &Option<Form>, serializer: S) -> Result<S::Ok, S::Error> {
    match form {
        Some(form) => serializer.serialize_str(form.name()),
        None => serializer.serialize_none(),
    }
}

fn kind_name<S: Serializer>(kind: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.name())
}

fn maybe_kind_name<S: Serializer>(kind: &Option<Kind>, serializer: S) -> Result<S::Ok, S::Error> {
    match kind {
        Some(kind) => kind_name(kind, serializer),
        None => serializer.serialize_none(),
    }
}
