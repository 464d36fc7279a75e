// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether all steps together make of a module what they should: its form is told rightly, its types
//! and its ids become what the rules say, or it is withheld for what they say.

use super::{
    copies::{
        are_kernels,
        found,
        left_out, //
    },
    differ,
    read,
    refusal,
    words,
    Judged,
    Kernel,
    Module,
    Verdict, //
};
use crate::common::{
    adapter::{
        self,
        Done,
        How,
        Ran,
        Sections,
        Unified, //
    },
    oracle::{
        self,
        fits::Known,
        ids::{
            self,
            Meaning,
            Symbol, //
        },
        resolve,
        told::Told,
        Form,
        Types, //
    }, //
};
use btf_reconcile::btf::Unify;

/// What a module with BTF is that has no base, or none that it needs.
pub fn told(kernel: &Kernel<'_>, sections: &Sections<'_>) -> Told {
    let btf = sections.btf.expect("it has BTF");
    let known = Known {
        functions: sections.functions,
    };
    let ids = sections.ids.unwrap_or_default();
    oracle::told::told(&kernel.types, btf, known, ids)
}

/// Judges what comes of such a module: all of it, or only whether nothing is taken for what it is not,
/// whatever went in.
pub fn outcome(kernel: &Kernel<'_>, sections: &Sections<'_>, how: How, judged: Judged) -> Verdict {
    let btf = sections.btf.expect("it has BTF");
    let ids = sections.ids.unwrap_or_default();
    let told = told(kernel, sections);
    let ran = adapter::run(&kernel.core, sections, how);
    let case = Case {
        kernel: &kernel.types,
        btf,
        ids,
        how,
        ran: &ran,
    };
    let judged = match told {
        _ if judged == Judged::Meaning => case.is_harmless(told),
        Told::Plain => case.plain(),
        Told::Whole => case.whole(),
        Told::Doubt => case.withheld(&["stale"]),
        Told::Neither if ran.result.is_ok() => differ("it is neither".into(), "none", ran.form),
        Told::Neither | Told::Open => Ok(()),
    };
    judged.map_err(|what| {
        let error = ran.result.as_ref().err().copied().map(refusal);
        let (form, verdict) = (ran.form, ran.verdict);
        format!("{told:?}, {how:?}, {form} {verdict} {error:?}: {what}")
    })
}

/// Judges what becomes of ids of a module with a base. What becomes of its types is judged elsewhere.
pub fn based(
    kernel: &Kernel<'_>,
    module: &Module<'_>,
    ids: (&[u32], &[Symbol]),
    how: How,
) -> Verdict {
    let (base, base_ref) = match module.form {
        Form::Base => (Some(module.base), None),
        Form::BaseRef => (None, Some(module.base)),
    };
    let sections = Sections {
        btf: Some(module.split),
        base,
        base_ref,
        ids: Some(ids),
        functions: None,
    };
    let ran = adapter::run(&kernel.core, &sections, how);
    let Ok(done) = &ran.result else {
        return Ok(());
    };
    let base = read(module.base, None)?;
    let types = read(module.split, Some(&base))?;
    let case = Case {
        kernel: &kernel.types,
        btf: module.split,
        ids,
        how,
        ran: &ran,
    };
    case.slots(&types, done, false)
}

/// Types that are compared where there may be any number.
const MOST_TYPES: u32 = 200;

/// What came of a module.
struct Case<'c> {
    kernel: &'c Types<'c>,
    btf: &'c [u8],
    ids: (&'c [u32], &'c [Symbol]),
    how: How,
    ran: &'c Ran,
}

impl Case<'_> {
    /// It was withheld, with one of these verdicts.
    fn withheld(&self, verdicts: &[&str]) -> Verdict {
        if self.ran.result.is_ok() || !verdicts.contains(&self.ran.verdict) {
            return differ("it is withheld".into(), verdicts, self.ran.verdict);
        }
        Ok(())
    }

    /// It has been done, or was refused for something that the kernel would have refused; `None` then.
    fn done(&self, form: &str, verdict: &str) -> Result<Option<&Done>, String> {
        if self.ran.form != form {
            differ("form".into(), form, self.ran.form)?;
        }
        match &self.ran.result {
            Ok(done) if self.ran.verdict == verdict => Ok(Some(done)),
            Err(error) if adapter::is_kernels(error) => Ok(None),
            _ => differ("verdict".into(), verdict, self.ran.verdict).map(|()| None),
        }
    }

    /// It is split from the kernel's.
    fn plain(&self) -> Verdict {
        let split = read(self.btf, Some(self.kernel))?;
        if !self.slots_fit(&split, true) {
            return self.withheld(&["stale", "broken"]);
        }
        if self.ran.result.is_err() && !self.slots_fit(&split, false) {
            // It had to be mended, and ids that no symbol is over can't follow.
            return self.withheld(&["stale"]);
        }
        let Some(done) = self.done("plain", "fits")? else {
            return Ok(());
        };
        if self.how.unify == Unify::All && !self.how.strict && self.slots_fit(&split, false) {
            self.types(&split, &split, done)?;
        } else if done.btf.is_some() && !done.is_mended && self.how.unify != Unify::All {
            return Err("what fits has been touched".into());
        }
        self.slots(&split, done, true)
    }

    /// It stands on its own.
    fn whole(&self) -> Verdict {
        let types = read(self.btf, None)?;
        if self.how.strict {
            return self.withheld(&["refused"]);
        }
        if !self.slots_fit(&types, false) {
            return self.withheld(&["stale", "broken"]);
        }
        let Some(done) = self.done("whole", "reconciled")? else {
            return Ok(());
        };
        let split = types.split_from(self.kernel);
        self.types(&types, &split, done)?;
        self.slots(&types, done, false)
    }

    /// What has been done is no harm: it was told to be that, or nothing speaks against it, and no type
    /// of its own is taken for one of the kernel's that it is not.
    fn is_harmless(&self, told: Told) -> Verdict {
        let Ok(done) = &self.ran.result else {
            return Ok(());
        };
        let form = match told {
            Told::Plain => "plain",
            Told::Whole => "whole",
            Told::Open => self.ran.form,
            Told::Doubt | Told::Neither => "none",
        };
        if form != self.ran.form {
            return differ("form".into(), form, self.ran.form);
        }
        if done.is_mended {
            return Ok(());
        }
        let types = read(self.btf, (form == "plain").then_some(self.kernel))?;
        if form == "whole" && types.end() < MOST_TYPES && self.kernel.end() < MOST_TYPES {
            let split = types.split_from(self.kernel);
            are_kernels(self.kernel, &split, &self.unified(&types, &split, done))?;
        }
        self.names(done, &types)
    }

    /// Whether ids are those of `types`, as far as that can be told.
    fn slots_fit(&self, types: &Types<'_>, keeps_strays: bool) -> bool {
        let meaning = Meaning {
            types,
            new: &|id| id,
            keeps_strays,
            find: None,
        };
        let outcome = ids::translated(self.ids.0, self.ids.1, &meaning);
        // Where it can't be told, what came is right.
        outcome.fits(true) && (!outcome.fits(false) || self.ran.result.is_ok())
    }

    /// What has become of types, in terms of `split`, which are the same as `types`, split from the
    /// kernel's.
    fn unified(&self, types: &Types<'_>, split: &Types<'_>, done: &Done) -> Unified {
        let up = split.first - types.first;
        let mut new = vec![None; split.end() as usize + 1];
        for (id, place) in new.iter_mut().enumerate() {
            let id = id as u32;
            *place = match id.checked_sub(up) {
                Some(old) if id >= split.first => done.ids.get(old as usize).copied().flatten(),
                _ if id < split.first => Some(id),
                _ => None,
            };
        }
        let old = |to: u32| {
            let found = new.iter().rposition(|new| *new == Some(to));
            found.map_or(0, |id| id as u32)
        };
        let copies = split.iter().map(|(id, _)| {
            let new = new[id as usize];
            new.filter(|&new| new != 0 && new < split.first)
        });
        Unified {
            copies: copies.collect(),
            differing: done.differing.iter().map(|d| (old(d.0), d.1)).collect(),
            bytes: vec![],
            ids: new.clone(),
        }
    }

    /// Judges what has become of types; `split` are the same as `types`, split from the kernel's.
    fn types(&self, types: &Types<'_>, split: &Types<'_>, done: &Done) -> Verdict {
        if done.is_mended {
            // What the kernel would have refused has become something else.
            return Ok(());
        }
        let bytes = done.btf.as_deref().unwrap_or(self.btf);
        let after = read(bytes, Some(self.kernel))?;
        let unified = self.unified(types, split, done);
        let is_off = self.how.unify == Unify::Off && split.first != types.first;
        if is_off || done.not_unified.is_some() {
            if unified.copies.iter().any(Option::is_some) {
                return Err("some are unified".into());
            }
        } else {
            found(self.kernel, split, &unified)?;
        }
        left_out(split, &after, &unified)
    }

    /// Judges what has become of ids, which meant types of `types`.
    fn slots(&self, types: &Types<'_>, done: &Done, keeps_strays: bool) -> Verdict {
        let new = |id: u32| done.ids.get(id as usize).copied().flatten().unwrap_or(0);
        let find = |name: &ids::Name| resolve::find(self.kernel, types, &new, name);
        let meaning = Meaning {
            types,
            new: &new,
            keeps_strays,
            find: Some(&find),
        };
        let wanted = ids::translated(self.ids.0, self.ids.1, &meaning);
        let came = done.slots.as_deref().unwrap_or(self.ids.0);
        if !wanted.is(Some(came)) {
            return differ("ids".into(), wanted, came);
        }
        if done.is_mended {
            return Ok(());
        }
        if wanted.words.is_some() && wanted.resolved != done.resolved {
            return differ("resolved".into(), wanted.resolved, done.resolved);
        }
        self.names(done, types)
    }

    /// Whether every slot holds a type of the kind and name that its symbol has.
    fn names(&self, done: &Done, types: &Types<'_>) -> Verdict {
        let bytes = done.btf.as_deref().unwrap_or(self.btf);
        let after = match (&done.btf, types.base) {
            (None, base) => read(bytes, base)?,
            (Some(_), _) => read(bytes, Some(self.kernel))?,
        };
        let (section, symbols) = (done.slots.as_deref().unwrap_or(self.ids.0), self.ids.1);
        let meaning = Meaning {
            types: &after,
            new: &|id| id,
            keeps_strays: true,
            find: None,
        };
        let again = ids::translated(section, symbols, &meaning);
        if again.words.is_none() && !again.fits(true) {
            let ids = section.iter().map(|&id| words(&after, id));
            return Err(format!("ids are of {:?}", ids.collect::<Vec<_>>()));
        }
        Ok(())
    }
}
