// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether BPF programs can use the kfuncs and destructors of a module.

use crate::btf::{
    dtor_barrier,
    Barrier,
    Btf,
    Kind,
    Offsets,
    Pair,
    Record,
    Vmlinux,
    MAX_ARGUMENTS, //
};
use std::collections::{
    HashMap,
    HashSet, //
};

/// Links of a chain of typedefs and qualifiers that are followed, as the kernel does.
const MAX_CHAIN: u32 = 32;

/// The types of a module as they are on a kernel.
pub struct Callables<'c, 'a> {
    /// The types: the kernel's, and what is split from them.
    types: Pair<'c, 'a, Offsets>,
    /// The kernel's types by name.
    vmlinux: &'c Vmlinux<'a, Offsets>,
    /// Types that the module has for want of the kernel's, by their new ids, and why.
    carried: HashMap<u32, String>,
    /// Types that programs get pointers to from kfuncs of the module, see
    /// [`Callables::note_result`].
    given: HashSet<u32>,
}

impl<'c, 'a> Callables<'c, 'a> {
    /// Looks at the functions of `split`, which is split from `vmlinux`. `carried` tells why types
    /// in it were carried.
    pub fn new(
        split: &'c Btf<'a>,
        vmlinux: &'c Vmlinux<'a, Offsets>,
        carried: HashMap<u32, String>,
    ) -> Self {
        Self {
            types: Pair {
                base: &vmlinux.btf,
                split,
            },
            vmlinux,
            carried,
            given: HashSet::new(),
        }
    }

    /// Notes what the kfunc that has this id gives to programs: they can pass that on to others,
    /// whosever type it is.
    pub fn note_result(&mut self, id: u32) {
        let given = self.prototype(id).ok().and_then(|proto| {
            let (_, result) = self.plain(proto.size_or_type)?;
            let (id, _) = self.plain(result.size_or_type)?;
            (result.kind() == Kind::Ptr).then_some(id)
        });
        self.given.extend(given);
    }

    /// Why programs can't call the kfunc that has this id: they have nothing to pass to it.
    ///
    /// # Errors
    ///
    /// That is what it gives.
    pub fn kfunc(&self, id: u32) -> Result<(), String> {
        let proto = self.prototype(id)?;
        if proto.vlen() > MAX_ARGUMENTS {
            return Err(Barrier::TooMany(proto.vlen()).to_string());
        }
        for (n, (_, param)) in (1..).zip(proto.params()) {
            if let Some(why) = self.foreign(param) {
                return Err(format!("its argument {n} is a {why}"));
            }
        }
        Ok(())
    }

    /// Why the kernel does not accept the destructor that has this id, for a type with that one.
    ///
    /// # Errors
    ///
    /// That is what it gives.
    pub fn dtor(&self, id: u32, of: u32) -> Result<(), String> {
        self.prototype(id)?;
        let Some(of_type) = self.types.record(of) else {
            return Err(format!("it is for type [{of}], which there is not"));
        };
        match dtor_barrier(&self.types, id, of_type.kind(), false) {
            Some(barrier) => Err(barrier.to_string()),
            None => Ok(()),
        }
    }

    /// The prototype of the function that has this id.
    fn prototype(&self, id: u32) -> Result<Record<'_>, String> {
        let function = self.types.record(id);
        let function = function.ok_or_else(|| format!("type [{id}] is none of the module's"))?;
        if function.kind() != Kind::Func {
            return Err(format!(
                "its id is that of a {}, expected a FUNC",
                function.kind().name()
            ));
        }
        match self.types.record(function.size_or_type) {
            Some(proto) if proto.kind() == Kind::FuncProto => Ok(proto),
            _ => Err("it leads to no FUNC_PROTO".into()),
        }
    }

    /// Says what `id` points to or is, if programs can't have that.
    fn foreign(&self, id: u32) -> Option<String> {
        let (id, record) = self.plain(id)?;
        match record.kind() {
            Kind::Ptr => {
                let (id, _) = self.plain(record.size_or_type)?;
                Some(format!("pointer to {}", self.why_foreign(id)?))
            }
            _ => self.why_foreign(id),
        }
    }

    /// Says what `id` is, if it is a struct or union that stands in for one of the kernel's.
    fn why_foreign(&self, id: u32) -> Option<String> {
        let record = self.types.record(id)?;
        let is_record = record.kind().is_composite() || record.kind() == Kind::Fwd;
        if id < self.types.split.first() || !is_record || self.given.contains(&id) {
            return None;
        }
        let name = self.types.name(record.name_off).filter(|n| !n.is_empty())?;
        let what = format!("{} '{}'", record.kind().name(), name.escape_ascii());
        if let Some(why) = self.carried.get(&id) {
            return Some(format!("{what} of the module's own: {why}"));
        }
        let mut kernels = None;
        self.vmlinux
            .names
            .find(&self.vmlinux.btf, name, |other, r| {
                if r.kind() == record.kind() {
                    kernels = kernels.or(Some(other));
                }
            });
        let kernels = kernels?;
        Some(format!(
            "{what} of the module's own [{id}], not the kernel's [{kernels}]"
        ))
    }

    /// What type `id` is under typedefs and qualifiers.
    fn plain(&self, mut id: u32) -> Option<(u32, Record<'_>)> {
        for _ in 0..MAX_CHAIN {
            let record = self.types.record(id)?;
            if !record.kind().is_modifier() {
                return Some((id, record));
            }
            id = record.size_or_type;
        }
        None
    }
}
