// SPDX-License-Identifier: GPL-2.0

//! From a module that comes to one whose BTF is the running kernel's.

use crate::{
    btf::{
        self,
        Barrier,
        Btf,
        Callers,
        IdMap,
        Locate,
        Mode,
        Pair,
        Plan,
        Reconciled,
        Section,
        Slot,
        Symbol, //
    },
    facade::Buf,
    failure::Failure,
    loading::{
        Ids,
        Loading, //
    },
    log,
    notifier::{
        Coming,
        Going,
        Watcher, //
    },
    params::{
        self,
        Stale,
        Unify, //
    },
    report::Reports,
    running::{
        Running,
        Types, //
    },
    seen::{
        Callable,
        Form,
        Seen,
        Verdict, //
    },
    shown::Shown,
    transit::Transit,
    writable::Writable, //
};
use core::fmt;
use kernel::{
    prelude::*,
    sync::Arc,
    time::{
        Instant,
        Monotonic, //
    }, //
};

/// Bytes of a pointer, as BTF counts them.
const POINTER: u32 = size_of::<*const u8>() as u32;

/// What a module with destructors calls.
const REGISTER_DTORS: &[u8] = b"register_btf_id_dtor_kfuncs";

/// What is known of the types that a module's slots name.
struct Listed<'l, 'p, 'a, L> {
    /// The types, by their old ids.
    types: &'l Pair<'p, 'a, L>,
    /// What becomes of those of a base, if there is one.
    plan: Option<&'l Plan>,
    /// Their new ids.
    map: &'l IdMap,
}

/// Reconciles modules before the kernel reads their BTF.
#[pin_data]
pub(crate) struct Reconciler {
    vmlinux: Running,
    reports: Arc<Reports>,
    #[pin]
    transit: Transit,
}

impl Reconciler {
    /// Reconciles with `vmlinux`, and says so in `reports`.
    pub(crate) fn new(vmlinux: Running, reports: Arc<Reports>) -> impl PinInit<Self> {
        pin_init!(Self {
            vmlinux,
            reports,
            transit <- Transit::new(),
        })
    }

    /// Does for one module what can be done, and tells what that was. An error leaves the module
    /// as it came. `form` becomes that of the module.
    fn handle(&self, module: &Coming, form: &mut Form) -> Result<Option<Seen>, Failure> {
        let loading = Loading::new(module);
        let Some(split) = loading.btf()? else {
            return Ok(None);
        };
        if let Some(base) = loading.base()? {
            *form = Form::Base;
            let base = Btf::parse(base, Section::Base)?;
            return self.reconcile(loading, base, split, *form).map(Some);
        }
        if let Some(reference) = loading.base_ref()? {
            *form = Form::BaseRef;
            let base = Btf::parse(&reference, Section::BaseRef)?;
            return self.reconcile(loading, base, split, *form).map(Some);
        }
        self.look_at_plain(loading, split).map(Some)
    }

    /// Reconciles a module that has a base.
    fn reconcile(
        &self,
        loading: Loading<'_>,
        base: Btf<'_>,
        split: &[u8],
        form: Form,
    ) -> Result<Seen, Failure> {
        let started = Instant::<Monotonic>::now();
        let name = loading.name();
        let before = split.len() + base.size();
        let split = Btf::parse_split(split, &base)?;
        let plan = Plan::new(&self.vmlinux, &base, &split, Mode::Lenient)?;
        let verdict = match plan.counts().carried {
            0 => Verdict::Reconciled,
            _ => Verdict::Carries,
        };
        let mut seen = Seen::new(name, verdict, form);
        let mut result = btf::rewrite(&self.vmlinux.btf, &base, &split, &plan)?;
        let strict = params::strict();
        let unify = !strict && params::unify() != Unify::Off;
        let unified = unify.then(|| self.unify(&mut result, &mut seen));
        if unified != Some(Ok(())) {
            self.check(&result.bytes)?;
        }
        if let Some(Err(error)) = unified {
            // With its copies the module is as well off as it was built.
            log::not_unified(name, Shown(error));
        }
        if strict {
            // After every reference has been looked at: what is refused here the kernel gets.
            plan.refuse_carried(&base)?;
        }
        let types = Pair {
            base: &base,
            split: &split,
        };
        let mut new_ids = None;
        if let Some(mut ids) = loading.ids()? {
            let remapped = btf::remap(ids.bytes(), &mut ids.symbols, &types, &result.ids)?;
            seen.slots = remapped.slots.len();
            let what = Listed {
                types: &types,
                plan: Some(&plan),
                map: &result.ids,
            };
            self.list_slots(&loading, &mut seen, &remapped.slots, &ids.symbols, &what);
            new_ids = Some((ids.writable()?, remapped.bytes));
        }
        seen.time = started.elapsed();
        seen.counts = plan.counts();
        seen.bytes_before = before;
        seen.bytes_after = result.bytes.len();
        let _ = seen.list_types(&base, &plan, |id| result.ids.get(id));

        self.hand_over(loading, result.bytes, new_ids)?;
        log::reconciled(name, &base, &plan, &seen);
        Ok(seen)
    }

    /// Leaves the copies out of what has become of a module's BTF, and checks that the kernel takes
    /// the rest.
    ///
    /// # Errors
    ///
    /// As [`btf::unify_reconciled`], and nothing has been changed or checked.
    fn unify(&self, result: &mut Reconciled, seen: &mut Seen) -> btf::Result {
        let before = result.bytes.len();
        btf::unify_reconciled(&self.vmlinux, result, |copies, after| {
            seen.count_copies(copies, after);
        })?;
        seen.bytes_unified = before.saturating_sub(result.bytes.len());
        Ok(())
    }

    /// Checks that the kernel takes `bytes` for what is split from its own BTF.
    fn check(&self, bytes: &[u8]) -> btf::Result {
        let split = Btf::parse_split(bytes, &self.vmlinux.btf)?;
        btf::acceptable(bytes, Some(&self.vmlinux.btf), &split)
    }

    /// Tells of functions among `slots` what is in the way of their use. `what` tells of their types.
    ///
    /// # Errors
    ///
    /// No memory.
    fn barriers<'l, L: Locate>(
        &'l self,
        slots: &[Slot],
        what: &Listed<'l, '_, '_, L>,
    ) -> btf::Result<impl Fn(Callable) -> Option<Barrier> + 'l> {
        let Listed { types, plan, map } = *what;
        let vmlinux = &self.vmlinux;
        let kfuncs = slots.iter().filter(|slot| slot.kfunc).map(|slot| slot.old);
        let callers = Callers::new(vmlinux, types, plan, map, kfuncs)?;
        let kind_after = move |id| {
            let record = match map.get(id) {
                Some(new) if new < vmlinux.btf.end() => vmlinux.btf.record(new),
                _ => types.record(id),
            };
            record.map_or(btf::Kind::Unknown, |r| r.kind())
        };
        Ok(move |callable| match callable {
            Callable::Kfunc(id) => callers.barrier(id),
            Callable::Dtor(id, of) => {
                btf::dtor_barrier(types, id, kind_after(of), cfg!(CONFIG_CFI))
            }
        })
    }

    /// Lists the slots of a module. Without memory the report is shorter, and no more than that.
    fn list_slots<L: Locate>(
        &self,
        loading: &Loading<'_>,
        seen: &mut Seen,
        slots: &[Slot],
        symbols: &[Symbol<'_>],
        what: &Listed<'_, '_, '_, L>,
    ) {
        if let Ok(barrier) = self.barriers(slots, what) {
            let has_dtors = loading.imports(REGISTER_DTORS);
            let _ = seen.list_slots(slots, symbols, what.types, has_dtors, barrier);
        }
    }

    /// Gives the module new BTF, and new contents to its `.BTF_ids`.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`], and nothing has been changed.
    fn hand_over(
        &self,
        loading: Loading<'_>,
        bytes: Buf<u8>,
        ids: Option<(Writable<'_>, Buf<u8>)>,
    ) -> Result {
        self.transit.send(loading.as_ptr(), bytes, |bytes| {
            let (memory, contents) = ids.unzip();
            let ids = memory.zip(contents.as_deref());
            // SAFETY: `send` keeps the bytes until it has restored what the module had.
            unsafe { loading.commit(bytes, ids) }
        })
    }

    /// Looks whether BTF that comes without a base is of this kernel. What is stays as it is, but
    /// for copies of the kernel's types if all modules are to do without.
    fn look_at_plain(&self, loading: Loading<'_>, bytes: &[u8]) -> Result<Seen, Failure> {
        let started = Instant::<Monotonic>::now();
        let vmlinux = &self.vmlinux.btf;
        let split = Btf::parse_split(bytes, vmlinux)?;
        btf::acceptable(bytes, Some(vmlinux), &split)?;
        btf::fits(vmlinux, &split, &loading.functions()?, POINTER)?;
        let name = loading.name();
        let mut seen = Seen::new(name, Verdict::Fits, Form::Plain);
        seen.bytes_before = bytes.len();
        seen.bytes_after = bytes.len();
        let ids = match loading.ids() {
            // Without symbols there is nothing that could contradict, but nothing either that
            // tells which ids have to follow.
            Err(ENXIO) => {
                seen.time = started.elapsed();
                return Ok(seen);
            }
            ids => ids?,
        };
        let types = Pair {
            base: vmlinux,
            split: &split,
        };
        let same = IdMap::identity(split.end());
        let mut ids = ids;
        if let Some(ids) = &mut ids {
            let remapped = btf::remap(ids.bytes(), &mut ids.symbols, &types, &same)?;
            seen.slots = remapped.slots.len();
            let what = Listed {
                types: &types,
                plan: None,
                map: &same,
            };
            self.list_slots(&loading, &mut seen, &remapped.slots, &ids.symbols, &what);
        }
        if !params::strict() && params::unify() == Unify::All {
            // With its copies the module is as well off as it was built.
            if let Err(failure) = self.unify_plain(loading, &types, ids, &mut seen) {
                log::not_unified(name, failure.shown());
                seen.unified = 0;
            }
        }
        seen.time = started.elapsed();
        Ok(seen)
    }

    /// Leaves the copies out of BTF that fits, if there are any.
    ///
    /// # Errors
    ///
    /// No memory, and nothing has been changed.
    fn unify_plain(
        &self,
        loading: Loading<'_>,
        types: &Pair<'_, '_, Types>,
        ids: Option<Ids<'_>>,
        seen: &mut Seen,
    ) -> Result<(), Failure> {
        let after = btf::unify_plain(&self.vmlinux, types.split, |copies, after| {
            seen.count_copies(copies, after);
        })?;
        let Some(after) = after else {
            return Ok(());
        };
        let mut slots = Buf::new();
        let new_ids = match ids {
            Some(mut ids) => {
                let remapped = btf::remap(ids.bytes(), &mut ids.symbols, types, &after.ids)?;
                slots = remapped.slots;
                Some((ids.writable()?, remapped.bytes))
            }
            None => None,
        };
        let (name, len) = (loading.name(), after.bytes.len());
        self.hand_over(loading, after.bytes, new_ids)?;
        let what = Listed {
            types,
            plan: None,
            map: &after.ids,
        };
        seen.renumber_slots(&slots, self.barriers(&slots, &what).ok());
        seen.bytes_after = len;
        seen.bytes_unified = seen.bytes_before.saturating_sub(len);
        log::unified(name, seen);
        Ok(())
    }

    /// Deals with a module whose BTF is of no use: whether it loads, and with what, is `stale=`.
    fn deal_with_stale(&self, module: &Coming, form: Form, error: btf::Error) -> Result<Verdict> {
        let loading = Loading::new(module);
        let name = loading.name();
        let useless = log::Useless { form, error };
        match params::stale() {
            Stale::Refuse => {
                log::refused(name, &useless);
                return Err(EINVAL);
            }
            Stale::Leave => {
                log::left_alone(name, Shown(error));
                return Ok(Verdict::Left);
            }
            Stale::Withhold => {}
        }
        let ids = loading.ids().ok().flatten();
        let kfuncs = ids.and_then(|ids| ids.kfuncs().ok()).unwrap_or_default();
        let withheld = self.transit.send(module.as_ptr(), Buf::new(), |nothing| {
            // SAFETY: `send` keeps nothing until it has restored what the module had.
            unsafe { loading.commit(nothing, None) }
        });
        match withheld {
            Ok(()) => {
                log::withheld(name, &useless, &log::Kfuncs(&kfuncs));
                Ok(Verdict::Stale)
            }
            Err(_) => {
                log::left_alone(name, Shown(error));
                Ok(Verdict::Left)
            }
        }
    }

    /// Deals with a module that was not reconciled.
    ///
    /// # Errors
    ///
    /// The module is refused.
    fn deal_with(&self, module: &Coming, form: Form, failure: Failure) -> Result<Seen> {
        let name = Loading::new(module).name();
        let report =
            |verdict, why: &dyn fmt::Display| Seen::new(name, verdict, form).because(Shown(why));
        Ok(match failure.without_kernel(form) {
            // The kernel refuses such a module, or does worse: it does not look where the
            // references in a module's BTF lead before it follows them.
            Failure::Unusable(error) => {
                let verdict = self.deal_with_stale(module, form, error);
                let verdict = verdict.inspect_err(|_| crate::report::count(Verdict::Refused))?;
                report(verdict, &error)
            }
            // As strict= has it: the kernel has the last word.
            Failure::Refused(error) => {
                log::left_alone(name, Shown(error));
                report(Verdict::Left, &error)
            }
            Failure::Unable(error) => {
                log::left_alone(name, Shown(&error));
                report(Verdict::Left, &error)
            }
        })
    }
}

impl Watcher for Reconciler {
    const PRIORITY: c_int = c_int::MAX;

    fn coming(&self, module: &Coming) -> Result {
        let mut form = Form::Plain;
        let seen = match self.handle(module, &mut form) {
            Ok(seen) => seen,
            Err(failure) => Some(self.deal_with(module, form, failure)?),
        };
        if let Some(seen) = seen {
            self.reports.add(module.as_ptr(), seen);
        }
        Ok(())
    }

    /// The module goes; or the kernel, or another watcher, has refused it, so that [`After`] was
    /// not called.
    fn going(&self, module: &Going) {
        // SAFETY: The module is going in this thread, by the invariants of `Going`.
        unsafe { self.transit.end(module.as_ptr()) };
        self.reports.remove(module.as_ptr());
    }
}

/// Takes back what modules were given, after the kernel has read it.
pub(crate) struct After(pub(crate) Arc<Reconciler>);

impl Watcher for After {
    const PRIORITY: c_int = c_int::MIN;

    fn coming(&self, module: &Coming) -> Result {
        // SAFETY: The module is being loaded in this thread, by the invariants of `Coming`.
        unsafe { self.0.transit.end(module.as_ptr()) };
        Ok(())
    }

    fn going(&self, _module: &Going) {}
}
