// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Modules whose BTF does not say what it is split from.

use super::{
    draw,
    encode::encode,
    layout::settle,
    pool::{
        bare,
        int,
        Pool, //
    },
    twins,
    whole::whole,
    Sound, //
};
use crate::common::{
    adapter::{
        How,
        Sections, //
    },
    oracle::{
        ids::Symbol,
        Kind,
        Types, //
    }, //
};
use arbitrary::{
    Error,
    Result,
    Unstructured, //
};
use btf_reconcile::btf::Unify;

/// A kernel and a module.
pub struct Alone {
    pub kernel: Vec<u8>,
    pub btf: Vec<u8>,
    /// What `.BTF_ids` holds, and its symbols.
    pub ids: Option<(Vec<u32>, Vec<Symbol>)>,
    /// The names of its functions, but for a few.
    pub functions: Option<Vec<Vec<u8>>>,
    pub how: How,
}

/// Which ids a module has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ids {
    /// Such as were resolved.
    Resolved,
    /// Such as were not, for the most part.
    Raw,
}

impl Alone {
    pub fn sections(&self) -> Sections<'_> {
        Sections {
            btf: Some(&self.btf),
            ids: self
                .ids
                .as_ref()
                .map(|(words, symbols)| (&words[..], &symbols[..])),
            functions: self.functions.as_deref(),
            ..Sections::default()
        }
    }
}

/// Draws a module whose BTF stands on its own, or is split from the kernel's, or may be either.
pub fn alone(u: &mut Unstructured<'_>, ids: Ids) -> Result<Alone> {
    let how = How {
        strict: u.ratio(1, 16)?,
        unify: *u.choose(&[Unify::Base, Unify::Base, Unify::All, Unify::Off])?,
    };
    let mut kernel = super::kernel(u, Sound::Yes)?;
    if kernel.namesakes() > super::MAX_NAMESAKES {
        return Err(Error::IncorrectFormat);
    }
    let integer = kernel.ids(|_, t| t.kind == Kind::Int)[0];
    settle(&mut kernel, 1, integer);
    let of_kernel = encode(&kernel, None, false).0;
    let (own, btf) = match u.int_in_range(0..=7)? {
        0 => {
            let mut split = Pool::split(&kernel);
            twins::copies(u, &mut split)?;
            draw::types(u, &mut split, 6, Sound::Yes)?;
            let first = split.first;
            settle(&mut split, first, integer);
            let btf = encode(&kernel, Some(&split), u.arbitrary()?).1;
            (split, btf)
        }
        1 => {
            let own = either(u)?;
            let btf = encode(&own, None, false).0;
            (own, btf)
        }
        _ => {
            let own = whole(u, &kernel)?;
            let btf = encode(&own, None, false).0;
            (own, btf)
        }
    };
    // Either reading may be the one that ids are of.
    let kernel = Types::read(&of_kernel, None).expect("it is sound");
    let as_split = u.ratio(1, 8)?;
    let types = Types::read(&btf, as_split.then_some(&kernel)).expect("it is sound");
    let section = match ids {
        Ids::Resolved => super::ids(u, &types)?,
        Ids::Raw => super::raw(u, &types, &kernel)?,
    };
    let functions = own.types.iter().filter(|of| of.kind == Kind::Func);
    let mut functions: Vec<_> = functions.map(|of| of.name.clone()).collect();
    if u.ratio(1, 3)? {
        functions.pop();
    }
    Ok(Alone {
        ids: u.ratio(7, 8)?.then_some(section),
        functions: if u.arbitrary()? {
            Some(functions)
        } else {
            None
        },
        kernel: of_kernel,
        btf,
        how,
    })
}

/// Draws a few types that may well be split from anything: nothing has a name but the first, if that
/// has.
fn either(u: &mut Unstructured<'_>) -> Result<Pool> {
    let mut pool = Pool::new();
    let name = ["int", "alpha", ""][u.int_in_range(0..=2)?];
    pool.push(if u.arbitrary()? {
        int(name, 4, u.arbitrary()?)
    } else {
        bare(Kind::Struct, name)
    });
    for _ in 0..u.int_in_range(0..=2)? {
        let to = u.int_in_range(0..=1)?;
        let kind = *u.choose(&[Kind::Ptr, Kind::Const, Kind::Volatile])?;
        pool.push(super::pool::reference(kind, "", to));
    }
    Ok(pool)
}
