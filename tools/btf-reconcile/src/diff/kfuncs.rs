// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which of a kernel's functions are kfuncs, with what flags, and what tags they have.
//!
//! pahole tags kfuncs since Linux 6.9. Their flags stand in `.BTF_ids` of a vmlinux that has still the
//! symbols of that.

use crate::{
    btf::{
        Btf,
        Id,
        Kernel,
        Kind,
        Registers,
        Slots,
        Space,
        Use, //
    },
    elf::Ids,
};
use std::collections::{
    BTreeSet,
    HashMap, //
};

/// The tag of a kfunc.
const KFUNC: &str = "bpf_kfunc";

/// The component of a tag that is on all of what it is on.
const ALL: u32 = u32::MAX;

/// `KF_*` of `include/linux/btf.h`, by the bits that they are. What a bit was is not used again.
const FLAGS: [&str; 19] = [
    "KF_ACQUIRE",
    "KF_RELEASE",
    "KF_RET_NULL",
    "KF_KPTR_GET",
    "KF_TRUSTED_ARGS",
    "KF_SLEEPABLE",
    "KF_DESTRUCTIVE",
    "KF_RCU",
    "KF_ITER_NEW",
    "KF_ITER_NEXT",
    "KF_ITER_DESTROY",
    "KF_RCU_PROTECTED",
    "KF_FASTCALL",
    "KF_ARENA_RET",
    "KF_ARENA_ARG1",
    "KF_ARENA_ARG2",
    "KF_IMPLICIT_ARGS",
    "KF_SPINLOCK_SAFE",
    "KF_PERFMON",
];

/// What is known of a function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Function {
    /// Its tags, but for that of kfuncs.
    pub tags: BTreeSet<String>,
    /// Whether it is a kfunc.
    pub is_kfunc: bool,
    /// Its flags in each of the sets that it is in.
    pub flags: BTreeSet<u32>,
}

/// What is known of a kernel's functions.
#[derive(Default)]
pub struct Functions {
    of: HashMap<u32, Function>,
    /// Whether it is known which of them are kfuncs.
    pub has_kfuncs: bool,
    /// Whether their flags are known.
    pub has_flags: bool,
}

impl Functions {
    /// What `btf` says of its functions, and `ids` of the kernel. Ids that can't be read say nothing.
    pub fn new<S: Space>(btf: &Btf<'_, S>, ids: Option<&mut Ids<'_>>) -> Self {
        let mut functions = Self::default();
        for (_, record) in btf.walk() {
            let Some(target) = record.target().filter(|_| record.kind() == Kind::DeclTag) else {
                continue;
            };
            let component = record.tail().first_chunk().map(|b| u32::from_ne_bytes(*b));
            if component != Some(ALL) || btf.kind(target) != Some(Kind::Func) {
                continue;
            }
            let tag = super::spell::name(btf, record.name());
            let function = functions.of.entry(target.number()).or_default();
            if tag == KFUNC {
                function.is_kfunc = true;
                functions.has_kfuncs = true;
            } else {
                function.tags.insert(tag);
            }
        }
        if let Some(ids) = ids {
            functions.add_flags(btf, ids);
        }
        functions
    }

    fn add_flags<S: Space>(&mut self, btf: &Btf<'_, S>, ids: &mut Ids<'_>) {
        // The kernel registers its own.
        let registers = Registers {
            kfuncs: true,
            dtors: false,
        };
        let Ok(slots) = Slots::<Kernel>::read(ids.bytes, &mut ids.symbols, registers) else {
            return;
        };
        for slot in slots.iter().filter(|slot| slot.used == Use::Kfunc) {
            let (Some(id), Some(flags)) = (slot.id.map(Id::number), slot.flags) else {
                continue;
            };
            let is_function = |id| btf.kind(id) == Some(Kind::Func);
            if Id::new(id).is_some_and(is_function) {
                let function = self.of.entry(id).or_default();
                function.is_kfunc = true;
                function.flags.insert(flags);
                self.has_kfuncs = true;
                self.has_flags = true;
            }
        }
    }

    /// What is known of function `id`.
    pub fn get<S: Space>(&self, id: Id<S>) -> Function {
        self.of.get(&id.number()).cloned().unwrap_or_default()
    }
}

impl Function {
    /// The first thing in which this function of one kernel is not that of another, if there is any that
    /// is known of both.
    pub fn first_difference(&self, was: &Self, all: &Functions, old: &Functions) -> Option<String> {
        if all.has_kfuncs && old.has_kfuncs && self.is_kfunc != was.is_kfunc {
            let now = if self.is_kfunc { "is a" } else { "is no" };
            let before = if was.is_kfunc { "was one" } else { "was none" };
            return Some(format!("{now} kfunc, {before}"));
        }
        if all.has_flags && old.has_flags && self.flags != was.flags {
            let (is, was) = (in_words(&self.flags), in_words(&was.flags));
            return Some(format!("has flags {is}, had {was}"));
        }
        if let Some(tag) = self.tags.difference(&was.tags).next() {
            return Some(format!("has tag '{tag}', had it not"));
        }
        let tag = was.tags.difference(&self.tags).next()?;
        Some(format!("has not tag '{tag}', had it"))
    }
}

/// Flags of a kfunc, which may be others in other sets.
pub fn in_words(flags: &BTreeSet<u32>) -> String {
    if flags.is_empty() {
        return "none".to_owned();
    }
    let each = flags.iter().map(|flags| in_words_of_one(*flags));
    each.collect::<Vec<_>>().join(" or ")
}

fn in_words_of_one(flags: u32) -> String {
    let bits = (0..u32::BITS).filter(|bit| (flags >> bit) & 1 != 0);
    let words = bits.map(|bit| {
        let known = usize::try_from(bit).ok().and_then(|bit| FLAGS.get(bit));
        match known {
            Some(name) => (*name).to_owned(),
            None => format!("{:#x}", 1u32 << bit),
        }
    });
    let words: Vec<_> = words.collect();
    if words.is_empty() {
        "none".to_owned()
    } else {
        words.join(" | ")
    }
}
