// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! `.BTF_ids` with any contents and any symbols, or with such as have a meaning, over a module drawn
//! from the input, and such as nobody has resolved. The oracle says what has to become of it.

#![no_main]

use arbitrary::{
    Result,
    Unstructured, //
};
use btf_reconcile::btf::Carried;
use btf_reconcile_fuzz::{
    common::{
        generate::{
            self,
            alone,
            Ids,
            Sound, //
        },
        judge::{
            self,
            Judged,
            Kernel, //
        },
        oracle::{
            ids::Symbol,
            Types, //
        }, //
    },
    pipeline::{
        carried,
        pass_drawn,
        How, //
    },
};
use libfuzzer_sys::fuzz_target;

const SYMBOLS: [&str; 10] = [
    "__BTF_ID__func__alpha__1",
    "__BTF_ID__func__beta__2",
    "__BTF_ID__set8__kfuncs",
    "__BTF_ID__set__ids",
    "__BTF_ID__struct__alpha__3",
    "__BTF_ID__struct__gamma__4",
    "__BTF_ID__typedef__mu__5",
    "__BTF_ID__union__nu__6",
    "__BTF_ID__func__",
    "__BTF_ID____",
];

fuzz_target!(|input: &[u8]| {
    let _ = judge_ids(&mut Unstructured::new(input));
});

fn judge_ids(u: &mut Unstructured<'_>) -> Result<()> {
    let how = How(u.arbitrary()?);
    if u.ratio(1, 4)? {
        let case = alone(u, Ids::Raw)?;
        let kernel = Kernel::open(&case.kernel).expect("it is sound");
        judge::outcome(&kernel, &case.sections(), case.how, Judged::All).unwrap();
        let ids = case.sections().ids.unwrap_or_default();
        pass_drawn(&case.kernel, Carried::Nothing, &case.btf, ids, how);
        return Ok(());
    }
    if u.ratio(1, 4)? {
        let case = generate::copied(u, Sound::Yes)?;
        let kernel = Kernel::open(&case.kernel).expect("it is sound");
        let types = Types::read(&case.split, Some(kernel.types())).expect("it is sound");
        let (words, symbols) = section(u, &types)?;
        judge::fitting(&kernel, &case.split, &words, &symbols).unwrap();
        let ids = (&words[..], &symbols[..]);
        pass_drawn(&case.kernel, Carried::Nothing, &case.split, ids, how);
        return Ok(());
    }
    let case = generate::case(u, Sound::Yes)?;
    let kernel = Kernel::open(&case.kernel).expect("it is sound");
    for module in case.modules() {
        let base = Types::read(module.base, None).expect("it is sound");
        let types = Types::read(module.split, Some(&base)).expect("it is sound");
        let (words, symbols) = section(u, &types)?;
        judge::remapped(&kernel, &module, &words, &symbols).unwrap();
        let raw = generate::raw(u, &types, kernel.types())?;
        let unresolved = (&raw.0[..], &raw.1[..]);
        judge::based(&kernel, &module, unresolved, Default::default()).unwrap();
        pass_drawn(
            &case.kernel,
            carried(&module),
            module.split,
            unresolved,
            how,
        );
        let ids = (&words[..], &symbols[..]);
        pass_drawn(&case.kernel, carried(&module), module.split, ids, how);
    }
    Ok(())
}

/// Draws a section and its symbols.
fn section(u: &mut Unstructured<'_>, types: &Types<'_>) -> Result<(Vec<u32>, Vec<Symbol>)> {
    if u.arbitrary()? {
        return generate::ids(u, types);
    }
    let mut words = Vec::new();
    for _ in 0..u.int_in_range(0..=16)? {
        words.push(if u.ratio(1, 8)? {
            u.arbitrary()?
        } else {
            u.int_in_range(0..=types.end())?
        });
    }
    let mut symbols = Vec::new();
    for _ in 0..u.int_in_range(0..=12)? {
        let (at, size) = if u.ratio(1, 8)? {
            (u.arbitrary()?, u.arbitrary()?)
        } else {
            (u.int_in_range(0..=16)? * 4, u.int_in_range(0..=8)? * 4)
        };
        let name = (*u.choose(&SYMBOLS)?).into();
        symbols.push(Symbol { name, at, size });
    }
    Ok((words, symbols))
}
