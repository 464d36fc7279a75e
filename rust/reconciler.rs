// SPDX-License-Identifier: GPL-2.0

//! From a module that comes to one whose BTF is the running kernel's.

use crate::{
    btf::{
        self,
        run,
        Outcome,
        Verdict, //
    },
    facade::Buf,
    gather::{
        gather,
        Copied, //
    },
    loading::Loading,
    log,
    notifier::{
        Coming,
        Going,
        Watcher, //
    },
    origin::Origin,
    policy::{
        self,
        Action, //
    },
    report::{
        self,
        Done,
        Entry,
        Reports, //
    },
    running::{
        Running,
        RunningTypes, //
    },
    transit::Transit, //
};
use kernel::{
    prelude::*,
    sync::Arc,
    time::{
        Instant,
        Monotonic, //
    }, //
};

/// Reconciles modules before the kernel reads their BTF.
#[pin_data]
pub(crate) struct Reconciler {
    vmlinux: Running,
    /// Whether a word of value 1 is no id that anybody could take for that of a type.
    is_one_harmless: bool,
    reports: Arc<Reports>,
    #[pin]
    transit: Transit,
}

/// What has become of a module.
struct Answer {
    /// Its line in the report, if it gets one.
    entry: Option<Entry>,
    /// Whether it may load.
    load: Result,
}

impl Reconciler {
    /// Reconciles with `vmlinux`, and says so in `reports`.
    pub(crate) fn new(vmlinux: Running, reports: Arc<Reports>) -> impl PinInit<Self> {
        pin_init!(Self {
            is_one_harmless: btf::is_one_harmless(&vmlinux.btf),
            vmlinux,
            reports,
            transit <- Transit::new(),
        })
    }

    /// Does for one module what can be done.
    fn handle(&self, coming: &mut Coming) -> Answer {
        let started = Instant::<Monotonic>::now();
        let loading = Loading::new(coming);
        let copied = Copied::of(&loading);
        let gathered = match &copied {
            Ok(copied) => gather(&loading, copied),
            Err(error) => Err(*error),
        };
        let mut module = match gathered {
            Ok(module) => module,
            Err(error) => return self.failed(loading, error),
        };
        let mut answer = Answer {
            entry: None,
            load: Ok(()),
        };
        if module.btf.is_none() && module.ids.is_none() {
            return answer;
        }
        let bytes = module.btf.map_or(0, <[u8]>::len);
        let bytes_before = bytes.saturating_add(module.base.bytes().len());
        // It is handed over once, as `run` says.
        let mut loading = Some(loading);
        run(
            &self.vmlinux,
            &mut module,
            policy::options(),
            &mut |outcome| {
                if let Some(loading) = loading.take() {
                    // Reading notes, the kernel's own among them, is no part of it.
                    let time = started.elapsed();
                    let origin = Origin::of(&loading);
                    let mut entry = Entry::new(loading.name(), origin, &outcome);
                    entry.bytes_before = bytes_before;
                    entry.time = time;
                    answer = self.commit(loading, outcome, entry);
                }
            },
        );
        answer
    }

    /// Answers for a module of which not all could be gathered.
    fn failed(&self, loading: Loading<'_>, error: btf::Error) -> Answer {
        let form = loading.form();
        let lost = None;
        let outcome = Outcome {
            form,
            result: Err(error),
            lost,
        };
        let origin = Origin::of(&loading);
        let entry = Entry::new(loading.name(), origin, &outcome);
        self.commit(loading, outcome, entry)
    }

    /// Does to the module what has come of it, and then says so.
    fn commit(
        &self,
        loading: Loading<'_>,
        mut outcome: Outcome<'_, RunningTypes>,
        mut entry: Entry,
    ) -> Answer {
        let name = loading.name();
        let action = policy::action(&outcome);
        let load = match action {
            Action::Give => self.give(loading, &mut outcome, &mut entry),
            Action::Withhold => self.withhold(loading, &outcome, &mut entry),
            Action::Refuse => Err(EINVAL),
            Action::Leave => {
                entry.done = Done::Left;
                Ok(())
            }
        };
        if load.is_err() {
            entry.done = Done::Refused;
        }
        report::count(entry.verdict, entry.done);
        // What has no BTF has no line in the report.
        let is_listed = load.is_ok() && entry.verdict != Verdict::NoBtf;
        if is_listed {
            entry.list(&self.vmlinux, &outcome);
        }
        log::outcome(name, &outcome, &entry, action);
        Answer {
            entry: is_listed.then_some(entry),
            load,
        }
    }

    /// Gives a module its new BTF and ids, if there are any.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`], and there was none even for withholding its BTF.
    fn give(
        &self,
        loading: Loading<'_>,
        outcome: &mut Outcome<'_, RunningTypes>,
        entry: &mut Entry,
    ) -> Result {
        let Ok(done) = &mut outcome.result else {
            return Ok(());
        };
        let bytes = done.btf.take();
        let is_plain = bytes.is_none();
        let len = bytes
            .as_ref()
            .map_or(entry.bytes_before, |bytes| bytes.len());
        let new_slots = done.new_slots.take();
        let Err(loading) = self.hand_over(loading, bytes, new_slots) else {
            entry.bytes_after = len;
            return Ok(());
        };
        // Nothing has been changed.
        outcome.result = Err(btf::NoMemory.into());
        entry.fail(outcome);
        // What fits does so with ids that nobody has resolved, too.
        if is_plain || policy::action(outcome) == Action::Leave {
            entry.done = Done::Left;
            return Ok(());
        }
        self.withhold(loading, outcome, entry)
    }

    /// Hands a module its new BTF and the new contents of its `.BTF_ids`, of which either may stay
    /// as it is.
    ///
    /// # Errors
    ///
    /// There is no memory, and nothing has been changed.
    fn hand_over<'l>(
        &self,
        loading: Loading<'l>,
        bytes: Option<Buf<u8>>,
        slots: Option<Buf<u8>>,
    ) -> Result<(), Loading<'l>> {
        let memory = match &slots {
            Some(_) => match loading.writable_ids() {
                Ok(memory) => memory,
                Err(_) => return Err(loading),
            },
            None => None,
        };
        let ids = memory.zip(slots.as_deref());
        match bytes {
            Some(bytes) => self.transit.send(loading, bytes, ids),
            None => {
                // SAFETY: They go to what `writable_ids` gave.
                unsafe { loading.write_ids(ids) };
                Ok(())
            }
        }
    }

    /// Lets a module load without BTF, and with zeros for ids.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`]: there is not even memory for zeros, and ids that mean something else must not
    /// stay.
    fn withhold(
        &self,
        loading: Loading<'_>,
        outcome: &Outcome<'_, RunningTypes>,
        entry: &mut Entry,
    ) -> Result {
        entry.lost = Some(match outcome.verdict() {
            Verdict::Stale => "the ids of the module are stale",
            Verdict::Broken => "the BTF of the module is broken",
            _ => "the BTF of the module is withheld",
        });
        loading.withhold(self.is_one_harmless)
    }
}

impl Watcher for Reconciler {
    const PRIORITY: c_int = c_int::MAX;

    fn coming(&self, module: &mut Coming) -> Result {
        let answer = self.handle(module);
        if let Some(entry) = answer.entry {
            self.reports.add(module.as_ptr(), entry);
        }
        answer.load
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

    fn coming(&self, module: &mut Coming) -> Result {
        // SAFETY: The module is being loaded in this thread, by the invariants of `Coming`.
        unsafe { self.0.transit.end(module.as_ptr()) };
        Ok(())
    }

    fn going(&self, _module: &Going) {}
}
