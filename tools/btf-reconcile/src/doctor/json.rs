// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What `--json` prints.

use super::{
    loaded::{
        Loaded,
        Presence, //
    },
    log::Log,
    reconciler::{
        Image,
        Reconciler, //
    },
    Kernel,
    Machine,
    State, //
};
use crate::{
    check::{
        losses::Lost,
        model::Total, //
    },
    names::plain,
};
use serde::Serialize;

/// Version of it. It changes when something is renamed or taken away.
const FORMAT: u32 = 1;

/// A machine.
#[derive(Serialize)]
pub struct Document<'m> {
    format: u32,
    kernels: Vec<KernelJson<'m>>,
    loaded: Option<LoadedJson<'m>>,
    log: Option<LogJson<'m>>,
    unread: &'m [String],
}

/// A kernel that is installed.
#[derive(Serialize)]
struct KernelJson<'m> {
    release: &'m str,
    folder: Option<String>,
    running: bool,
    left_over: bool,
    modules: usize,
    base: Option<String>,
    why: Option<Vec<String>>,
    reconciler: Option<ReconcilerJson<'m>>,
    total: Option<Total>,
    losses: &'m [Lost],
}

/// Our module.
#[derive(Serialize)]
struct ReconcilerJson<'m> {
    built_in: bool,
    files: Vec<String>,
    will_load: bool,
    built_for: Option<&'m str>,
    foreign: bool,
    listed: Option<bool>,
    forbidden: Option<String>,
    initramfs: Option<String>,
    in_initramfs: Option<bool>,
    why: Option<&'m str>,
    hook: Option<String>,
    later: Option<String>,
}

/// What is loaded.
#[derive(Serialize)]
struct LoadedJson<'m> {
    modules: usize,
    reconciler: bool,
    summary: Option<&'m str>,
    reports: Option<usize>,
    losses: &'m [Lost],
}

/// What is in the log.
#[derive(Serialize)]
struct LogJson<'m> {
    modules: Vec<LineJson<'m>>,
    nameless: bool,
}

/// What it says of a module.
#[derive(Serialize)]
struct LineJson<'m> {
    name: &'m str,
    what: &'m str,
}

impl<'m> Document<'m> {
    /// What there is to say of `machine`.
    pub fn new(machine: &'m Machine) -> Self {
        Self {
            format: FORMAT,
            kernels: machine.kernels.iter().map(kernel).collect(),
            loaded: machine.loaded.as_ref().map(loaded),
            log: machine.log.as_ref().map(log),
            unread: &machine.unread,
        }
    }
}

fn kernel(kernel: &Kernel) -> KernelJson<'_> {
    let installed = &kernel.installed;
    let checked = kernel.checked();
    let why = match &kernel.state {
        State::Unreadable(errors) => Some(errors.iter().map(ToString::to_string).collect()),
        State::Unchecked | State::Checked(_) => None,
    };
    KernelJson {
        release: &installed.release,
        folder: installed.folder.as_deref().map(plain),
        running: installed.is_running,
        left_over: !installed.is_whole,
        modules: kernel.modules,
        base: checked.map(|checked| plain(&checked.base)),
        why,
        reconciler: kernel.reconciler.as_ref().map(reconciler),
        total: checked.map(|checked| checked.total),
        losses: checked.map_or(&[], |checked| &checked.losses),
    }
}

fn reconciler(reconciler: &Reconciler) -> ReconcilerJson<'_> {
    let (initramfs, in_initramfs, why) = match &reconciler.image {
        Image::None => (None, None, None),
        Image::Has(path) => (Some(plain(path)), Some(true), None),
        Image::Lacks(path, _) => (Some(plain(path)), Some(false), None),
        Image::Unknown(why) => (None, None, Some(&why[..])),
    };
    ReconcilerJson {
        built_in: reconciler.is_built_in,
        files: reconciler.files.iter().map(plain).collect(),
        will_load: reconciler.will_load(),
        built_for: reconciler.built_for.as_deref(),
        foreign: reconciler.is_foreign,
        listed: reconciler.is_listed,
        forbidden: reconciler.forbidden.as_deref().map(plain),
        initramfs,
        in_initramfs,
        why,
        hook: reconciler.hook.as_deref().map(plain),
        later: reconciler.later.as_deref().map(plain),
    }
}

fn loaded(loaded: &Loaded) -> LoadedJson<'_> {
    LoadedJson {
        modules: loaded.modules,
        reconciler: loaded.reconciler != Presence::Missing,
        summary: loaded.summary.as_deref(),
        reports: loaded.reports,
        losses: &loaded.losses,
    }
}

fn log(log: &Log) -> LogJson<'_> {
    let modules = log.modules.iter();
    let modules = modules.map(|(name, what)| LineJson { name, what });
    LogJson {
        modules: modules.collect(),
        nameless: log.has_nameless,
    }
}
