// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Real modules whose BTF was made without a vmlinux.
//!
//! Debian has the DWARF of its modules. Each of them, as it is but for its BTF, is given BTF that
//! stands on its own by `btf-reconcile encode`, and is reconciled onto its kernel and onto another
//! one. On its own kernel the outcome is compared with the BTF that it came with.

mod classes;
mod ids;
mod meaning;
mod program;
mod same;
mod stream;
mod tally;

use self::{
    classes::Sides,
    program::Sections,
    same::Counts,
    stream::{
        in_kernel,
        Unpacked, //
    },
    tally::{
        Made,
        Outcome,
        Size,
        CHECKS, //
    },
};
use crate::{
    common::oracle::{
        Copies,
        Kind,
        Types, //
    },
    foretold,
    libbpf,
    mainline,
    modules::{
        self,
        btf_section, //
    },
    Result, //
};
use rayon::prelude::*;
use std::{
    collections::HashMap,
    fs,
    io::{
        stderr,
        IsTerminal, //
    },
    path::{
        Path,
        PathBuf, //
    },
    sync::{
        atomic::{
            AtomicUsize,
            Ordering, //
        },
        mpsc::sync_channel, //
    },
    thread, //
};

/// What was found out, or what is wrong.
type Found<T = ()> = std::result::Result<T, String>;

/// A kernel, open for all.
struct Kernel<'k> {
    vmlinux: &'k Path,
    types: Types<'k>,
    theirs: libbpf::Btf<'k>,
    stock: mainline::Kernel<'k>,
}

impl<'k> Kernel<'k> {
    /// Opens the one whose BTF this is.
    fn open(vmlinux: &'k str, btf: &'k [u8]) -> Result<Self> {
        Ok(Self {
            vmlinux: Path::new(vmlinux),
            types: Types::read(btf, None).ok_or("the oracle can't read it")?,
            theirs: libbpf::Btf::new(btf).map_err(|e| e.message().to_owned())?,
            stock: mainline::Kernel::new(btf).map_err(|e| e.why.join(", "))?,
        })
    }
}

/// What all modules are tried with.
struct Setup<'k> {
    /// `btf-reconcile`.
    program: &'k str,
    /// The modules as they are stock, by their places.
    stock: HashMap<PathBuf, PathBuf>,
    /// Their own kernel, and another one.
    kernels: [Kernel<'k>; 2],
}

/// Tries the modules that come as a tar on standard input. The first of `kernels`, each
/// `RELEASE=VMLINUX`, is their own, and the other one another; what is stock of them lies in `dir`.
/// Gives whether all checks passed.
pub fn run(program: &str, kernels: [&str; 2], dir: &str) -> Result<bool> {
    let named = kernels.map(|text| text.split_once('='));
    let [Some(own), Some(other)] = named else {
        return Err("expected RELEASE=VMLINUX".into());
    };
    let btf = |vmlinux| btf_section(&fs::read(vmlinux)?);
    let btfs = [btf(own.1)?, btf(other.1)?];
    let setup = Setup {
        program,
        stock: stock(Path::new(dir))?,
        kernels: [
            Kernel::open(own.1, &btfs[0])?,
            Kernel::open(other.1, &btfs[1])?,
        ],
    };
    let all = try_all(&setup)?;
    println!("KTAP version 1\n1..{CHECKS}");
    let names = [own, other].map(|(release, _)| short(release));
    Ok(tally::print_all([&names[0], &names[1]], &all))
}

/// A release without what Debian adds to it, but for the flavour.
fn short(release: &str) -> String {
    let (version, rest) = release.split_once('+').unwrap_or((release, ""));
    let flavour = rest.split('-').skip(1).filter(|&part| part != "amd64");
    let parts: Vec<_> = [version].into_iter().chain(flavour).collect();
    parts.join("-")
}

/// All modules below `dir`, by their places.
fn stock(dir: &Path) -> Result<HashMap<PathBuf, PathBuf>> {
    let mut files = vec![];
    modules::walk(dir, &mut files)?;
    let place = |file: PathBuf| Some((in_kernel(&file)?, file));
    Ok(files.into_iter().filter_map(place).collect())
}

/// Tries all modules, several at a time, and gives what came of each, in order of their names.
fn try_all(setup: &Setup<'_>) -> Result<Vec<(String, Found<Outcome>)>> {
    // Each that waits takes space.
    let (sender, receiver) = sync_channel(1);
    let done = AtomicUsize::new(0);
    let show = stderr().is_terminal();
    let all: Result<Vec<_>> = thread::scope(|scope| {
        scope.spawn(move || stream::unpack(&sender));
        let all = receiver.into_iter().par_bridge();
        all.map(|unpacked| {
            let unpacked = unpacked?;
            let before = done.fetch_add(1, Ordering::Relaxed);
            if show {
                eprint!("\rmodules with whole BTF: {before} done\x1b[K");
            }
            let name = unpacked.path.file_stem().unwrap_or_default();
            let name = name.to_string_lossy().into_owned();
            let outcome = try_one(&unpacked, setup).map_err(|why| why.to_string());
            Ok((name, outcome))
        })
        .collect()
    });
    if show {
        eprint!("\r\x1b[K");
    }
    let mut all = all?;
    all.sort_by(|a, b| a.0.cmp(&b.0));
    if all.is_empty() {
        return Err("no modules came".into());
    }
    Ok(all)
}

/// Tries one module.
fn try_one(unpacked: &Unpacked, setup: &Setup<'_>) -> Result<Outcome> {
    let own = &setup.kernels[0];
    let stock = setup.stock.get(&unpacked.path);
    let stock = modules::contents(stock.ok_or("no stock module of that name")?)?;
    let kbuild = Sections::read(&stock)?;
    let theirs = Types::read(&kbuild.btf, Some(&own.types)).ok_or("unreadable")?;
    program::strip(unpacked, &stock, kbuild.ids.as_ref(), &theirs)?;
    let encoded = program::encode(unpacked, setup.program)?;
    let whole = Types::read(&encoded.btf, None).ok_or("what was encoded can't be read")?;
    let mut made = vec![];
    for kernel in &setup.kernels {
        let reconciled = program::reconcile(unpacked, setup.program, kernel.vmlinux);
        made.push(reconciled.map_err(|why| why.to_string()));
    }
    let [on_own, on_other] = <[_; 2]>::try_from(made).map_err(|_| "two kernels")?;
    let compared = on_own.as_ref().map_err(String::clone);
    let compared = compared.and_then(|ours| against(&kbuild, &theirs, ours, own));
    let (same, same_ids) = compared.unwrap_or_else(|why| (Err(why.clone()), Err(why)));
    let judged = |made: Found<Sections>, kernel| made.and_then(|made| judge(&whole, &made, kernel));
    Ok(Outcome {
        whole: size(&encoded.btf, &whole),
        theirs: size(&kbuild.btf, &theirs),
        slots: kbuild.ids.as_ref().map_or(0, |ids| ids.slots()),
        made: [
            judged(on_own, &setup.kernels[0]),
            judged(on_other, &setup.kernels[1]),
        ],
        same,
        same_ids,
    })
}

/// Judges what was made of `whole` for `kernel`.
fn judge(whole: &Types<'_>, made: &Sections, kernel: &Kernel<'_>) -> Found<Made> {
    let types = Types::read(&made.btf, Some(&kernel.types)).ok_or("the oracle can't read it")?;
    let taken = foretold::ours(&made.btf, None, &kernel.stock);
    let taken = taken.map(drop).map_err(|stop| stop.why.join(", "));
    let read = libbpf::Btf::new_split(&made.btf, &kernel.theirs);
    let taken = taken.and_then(|()| read.map(drop).map_err(|e| e.message().to_owned()));
    let functions = |types: &Types<'_>| types.iter().filter(|(_, t)| t.kind == Kind::Func).count();
    let meaning = meaning::kept(whole, &types);
    let meaning = meaning.and_then(|()| {
        let (before, after) = (functions(whole), functions(&types));
        if before == after {
            Ok(())
        } else {
            Err(format!("{after} of {before} functions"))
        }
    });
    let copies = Copies::find(&types);
    let copy = types.iter().find(|(id, _)| copies.of_named(*id).is_some());
    let unified = match copy {
        None => Ok(()),
        Some((id, of)) => Err(format!("[{id}] {:?} '{}'", of.kind, of.name.escape_ascii())),
    };
    let named = made
        .ids
        .as_ref()
        .map_or(Ok(0), |ids| ids.are_as_named(&types));
    Ok(Made {
        left: size(&made.btf, &types),
        unresolved: named.clone().unwrap_or(0),
        taken,
        meaning,
        unified,
        ids: named.map(drop),
    })
}

/// Compares what was made on a module's own kernel with what Kbuild made: types and ids.
fn against(
    kbuild: &Sections,
    theirs: &Types<'_>,
    ours: &Sections,
    own: &Kernel<'_>,
) -> Found<(Found<Counts>, Found)> {
    let types = Types::read(&ours.btf, Some(&own.types)).ok_or("the oracle can't read it")?;
    let mut counts = Counts::default();
    let mut sides = Sides::new(&own.types, [theirs, &types]);
    let classes = same::classes(&mut sides, &mut counts);
    let same = same::compare(classes.sides(), &classes, &mut counts).map(|()| counts);
    let ids = match (&kbuild.ids, &ours.ids) {
        (Some(theirs), Some(ours)) => theirs.same(ours, &classes),
        (None, None) => Ok(()),
        _ => Err("one has ids".to_owned()),
    };
    Ok((same, ids))
}

fn size(btf: &[u8], types: &Types<'_>) -> Size {
    Size {
        types: types.iter().count(),
        bytes: btf.len(),
    }
}
