// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! BTF that is not what it should be, from end to end: an error at worst, and soon.

mod common;

use btf_reconcile::{
    btf::{
        acceptable,
        fits,
        mend,
        rewrite,
        Btf,
        Error,
        Fault,
        Functions,
        Kernel,
        Kind,
        New,
        Plan,
        Section,
        Split,
        Twins,
        Vmlinux, //
    },
    facade,
};
use common::builder::Builder;

/// What becomes of the number of types of a base that are carried, and of the result.
fn reconcile(
    vmlinux: &Vmlinux<'_, btf_reconcile::btf::Offsets>,
    base: &[u8],
    split: &[u8],
) -> Result<(u32, Vec<u8>), Error> {
    let base = Btf::parse_base(base, Section::Base)?;
    let split = Btf::<Split>::parse_split(split, &base)?;
    let mut twins = Twins::new(vmlinux);
    let plan = Plan::new(vmlinux, &base, &split, &mut twins)?;
    let result = rewrite(&vmlinux.btf, &base, &split, &plan)?;
    Ok((plan.counts().carried, result.bytes.to_vec()))
}

/// Ids and string offsets must fit in together with the kernel's.
#[test]
fn more_types_than_ids_together() {
    let mut kernel = Builder::new();
    for _ in 0..0x8_0000 {
        kernel.ptr(0);
    }
    let base = Builder::new();
    let mut split = Builder::split(&base);
    for _ in 0..0x8_0000 {
        split.ptr(0);
    }
    let (kernel, base, split) = (kernel.bytes(), base.bytes(), split.bytes());
    let vmlinux = Vmlinux::new(Btf::parse_kernel(&kernel).unwrap()).unwrap();
    let error = reconcile(&vmlinux, &base, &split).unwrap_err();
    assert_eq!(error.fault, Fault::TooLarge);
}

/// Chains, loops and names by the thousand take bounded steps.
#[test]
fn made_to_cost_steps() {
    let steps = |n: u32| {
        let mut kernel = Builder::new();
        let mut base = Builder::new();
        for size in 0..n / 5 {
            kernel.strct("same", size % 7);
            base.strct("same", size % 11);
        }
        let mut split = Builder::split(&base);
        let first = split.next();
        for nth in 0..n {
            // A loop of typedefs, and structs that embed it.
            split.typedef("t", first + (nth + 2) % (2 * n));
            split.composite(
                Kind::Struct,
                "s",
                4,
                &[("m", first + nth, 0), ("n", 1 + nth % (n / 5), 0)],
            );
        }
        let (kernel, base, split) = (kernel.bytes(), base.bytes(), split.bytes());
        let vmlinux = Vmlinux::new(Btf::parse_kernel(&kernel).unwrap()).unwrap();
        let before = facade::steps();
        let (carried, _) = reconcile(&vmlinux, &base, &split).unwrap();
        assert_eq!(carried, n / 5);
        facade::steps() - before
    };
    let (few, many) = (steps(5000), steps(20_000));
    assert!(many <= 6 * few, "{few} and {many} steps");
}

/// A base refers to its own types and strings; what stands behind them is the module's.
#[test]
fn base_beyond_its_end() {
    let kernel = Builder::new().bytes();
    let vmlinux = Vmlinux::new(Btf::parse_kernel(&kernel).unwrap()).unwrap();
    let result = |refers: &dyn Fn(&mut Builder)| {
        let mut base = Builder::new();
        base.int("int", 4, 0);
        refers(&mut base);
        let mut split = Builder::split(&base);
        split.strct("own", 4);
        let (base, split) = (base.bytes(), split.bytes());
        reconcile(&vmlinux, &base, &split)
    };
    // "own" and the struct of that name stand right behind what is named.
    let good = result(&|base| {
        let name = base.string("last");
        base.raw(name, Kind::Struct as u32, false, 1, 4, &[name, 1, 0]);
    });
    assert_eq!(good.unwrap().0, 2);
    let name = result(&|base| {
        let name = base.string("last");
        base.raw(name, Kind::Struct as u32, false, 1, 4, &[name + 5, 1, 0]);
    });
    assert!(matches!(name.unwrap_err().fault, Fault::NameBounds(_)));
    let names = result(&|base| {
        let name = base.string("last");
        base.raw(name + 5, Kind::Struct as u32, false, 0, 4, &[]);
    });
    assert!(matches!(names.unwrap_err().fault, Fault::NameBounds(_)));
    let id = result(&|base| {
        let name = base.string("last");
        base.raw(name, Kind::Struct as u32, false, 1, 4, &[name, 3, 0]);
    });
    let fault = id.unwrap_err().fault;
    assert!(
        matches!(fault, Fault::Reference { id: 3, end: 3 }),
        "{fault:?}"
    );
}

/// One string of megabytes that every type shares is not walked for each of them.
#[test]
fn long_names() {
    let mut base = Builder::new();
    let long = base.string(&"x".repeat(8 << 20));
    for _ in 0..100_000 {
        base.raw(long, Kind::Struct as u32, false, 0, 4, &[]);
    }
    let mut split = Builder::split(&base);
    for _ in 0..100_000 {
        split.raw(long, Kind::Struct as u32, false, 0, 4, &[]);
    }
    let (base, split) = (base.bytes(), split.bytes());
    let kernel = Builder::new().bytes();
    let vmlinux = Vmlinux::new(Btf::parse_kernel(&kernel).unwrap()).unwrap();
    let (_, bytes) = reconcile(&vmlinux, &base, &split).unwrap();
    assert!(bytes.len() <= base.len() + split.len());
    let mended = mend(&vmlinux.btf, &bytes).unwrap();
    assert_eq!(mended.mending.nameless, 200_000);
}

fn with(mut bytes: Vec<u8>, at: usize, word: u32) -> Vec<u8> {
    bytes[at..at + 4].copy_from_slice(&word.to_ne_bytes());
    bytes
}

/// Single bytes and words changed at every place, cuts at every length.
fn change_everywhere(bytes: &[u8], mut go: impl FnMut(&[u8])) {
    for at in 0..bytes.len() {
        go(&bytes[..at]);
        for value in [0, 1, 0x7f, 0x80, 0xff] {
            let mut bytes = bytes.to_vec();
            bytes[at] = value;
            go(&bytes);
        }
    }
    for at in 0..bytes.len() - 4 {
        for word in [u32::MAX, 0x7fff_ffff, 0x0100_0000, 0x00ff_ffff, 5] {
            go(&with(bytes.to_vec(), at, word));
        }
    }
}

fn kernel() -> Builder {
    let mut kernel = Builder::new();
    kernel.int("int", 4, 1);
    kernel.strct("task", 64);
    kernel
}

/// Some types of each kind, of which `gone` is a declaration.
fn types_of_a_module(split: &mut Builder, gone: u32) {
    let ptr = split.ptr(2);
    let array = split.array(1, 1, 4);
    let members = [("p", ptr, 0), ("a", array, 0), ("g", ptr, 0)];
    split.composite(Kind::Union, "u", 16, &members);
    split.ptr(gone);
    let proto = split.proto(1, &[("p", ptr)]);
    let func = split.func("f", proto);
    split.enumeration("e", 4, &[("A", 1)]);
    let text = split.string("text");
    split.raw(text, Kind::DeclTag as u32, false, 0, func, &[u32::MAX]);
    let var = split.var("v", 1);
    let name = split.string(".data..percpu");
    split.raw(name, Kind::Datasec as u32, false, 1, 4, &[var, 0, 4]);
}

#[test]
fn changes_everywhere() {
    let kernel = kernel();
    let mut base = kernel.clone();
    let gone = base.fwd("gone", true);
    let mut split = Builder::split(&base);
    types_of_a_module(&mut split, gone);
    let (kernel, base, split) = (kernel.bytes(), base.bytes(), split.bytes());
    let vmlinux = Vmlinux::new(Btf::parse_kernel(&kernel).unwrap()).unwrap();
    let run = |base: &[u8], split: &[u8]| {
        let (_, bytes) = reconcile(&vmlinux, base, split)?;
        // What comes out can be read again.
        Btf::<New>::parse_split(&bytes, &vmlinux.btf).map(|_| ())
    };
    assert_eq!(run(&base, &split), Ok(()));
    change_everywhere(&base, |base| _ = run(base, &split));
    change_everywhere(&split, |split| _ = run(&base, split));
}

/// Plain BTF: what is mended is acceptable, and what is acceptable need not be mended.
#[test]
fn changes_everywhere_in_plain_btf() {
    let mut kernel = kernel();
    let gone = kernel.fwd("gone", true);
    let mut split = Builder::split(&kernel);
    types_of_a_module(&mut split, gone);
    let (kernel, split) = (kernel.bytes(), split.bytes());
    let vmlinux = Btf::<Kernel>::parse_kernel(&kernel).unwrap();
    let functions = Functions::unknown();
    let mut mended = 0;
    change_everywhere(&split, |blob| {
        let Ok(split) = Btf::<New>::parse_split(blob, &vmlinux) else {
            return;
        };
        let judged = acceptable(blob, Some(&vmlinux), &split);
        let fits = fits(&vmlinux, &split, &functions, 8);
        match mend(&vmlinux, blob) {
            Ok(after) => {
                let bytes = &after.rewritten.bytes;
                let split = Btf::<New>::parse_split(bytes, &vmlinux).unwrap();
                assert_eq!(acceptable(bytes, Some(&vmlinux), &split), Ok(()));
                assert_eq!(judged.is_ok(), after.mending == Default::default());
                mended += u32::from(judged.is_err());
            }
            // Where it does not even fit there may be references to nothing.
            Err(_) => assert!(judged.is_err() || fits.is_err()),
        }
    });
    assert!(mended > 100, "{mended}");
}
