// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Kernels and modules drawn from bytes: every kind of type, few names, so that they meet.

mod alone;
mod bases;
mod draw;
mod encode;
mod ids;
mod layout;
mod motifs;
mod pool;
mod raw;
mod twins;
mod whole;

pub use self::{
    alone::{
        alone,
        Alone,
        Ids, //
    },
    ids::ids,
    raw::raw, //
};

use self::{
    encode::encode,
    pool::Pool, //
};
use super::{
    judge::Module,
    oracle::Form, //
};
use arbitrary::{
    Result,
    Unstructured, //
};

/// Types of one kind and name of which no more twins are drawn. The oracle knows no limits, but the
/// core compares one type with no more than 16 others.
const MAX_NAMESAKES: usize = 6;

/// A kernel, and a module with each form of base that resembles it.
pub struct Case {
    pub kernel: Vec<u8>,
    /// A distilled base, and what is split from that.
    pub base: (Vec<u8>, Vec<u8>),
    /// A base reference, and what is split from that.
    pub base_ref: (Vec<u8>, Vec<u8>),
}

impl Case {
    /// The module in both forms.
    pub fn modules(&self) -> [Module<'_>; 2] {
        [(&self.base, Form::Base), (&self.base_ref, Form::BaseRef)]
            .map(|((base, split), form)| Module { base, split, form })
    }
}

/// A kernel, and a module split from it that has copies of its types.
pub struct Copied {
    pub kernel: Vec<u8>,
    pub split: Vec<u8>,
}

/// Where references lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    /// Where they may, and nothing is inside of itself.
    Yes,
    /// To any type that there is.
    Loosely,
    /// Some to no type and no string.
    No,
}

/// Draws a case.
pub fn case(u: &mut Unstructured<'_>, sound: Sound) -> Result<Case> {
    let kernel = kernel(u, sound)?;
    let distilled = bases::distilled(u, &kernel)?;
    let reference = bases::reference(u, &kernel)?;
    let mut module = |base: Pool| -> Result<_> {
        let mut split = Pool::split(&base);
        draw::types(u, &mut split, 10, sound)?;
        motifs::hold(u, &mut split)?;
        if u.arbitrary()? {
            split.sort();
        }
        Ok(encode(&base, Some(&split), u.arbitrary()?))
    };
    Ok(Case {
        base: module(distilled)?,
        base_ref: module(reference)?,
        kernel: encode(&kernel, None, false).0,
    })
}

/// Draws a module that has copies of most of the kernel's types. Some refer to the kernel's own and
/// not to the copy, some have been changed, some are only declared.
pub fn copied(u: &mut Unstructured<'_>, sound: Sound) -> Result<Copied> {
    let kernel = kernel(u, sound)?;
    let mut split = Pool::split(&kernel);
    twins::copies(u, &mut split)?;
    draw::types(u, &mut split, 6, sound)?;
    if u.arbitrary()? {
        split.sort();
    }
    let (kernel, split) = encode(&kernel, Some(&split), u.arbitrary()?);
    Ok(Copied { kernel, split })
}

/// Draws a kernel in which some types are there twice, or nearly so.
fn kernel(u: &mut Unstructured<'_>, sound: Sound) -> Result<Pool> {
    // A kernel's references lead somewhere.
    let sound = match sound {
        Sound::Yes => Sound::Yes,
        Sound::Loosely | Sound::No => Sound::Loosely,
    };
    let mut kernel = Pool::new();
    draw::types(u, &mut kernel, 14, sound)?;
    motifs::add(u, &mut kernel)?;
    for _ in 0..u.int_in_range(0..=3)? {
        if kernel.namesakes() <= MAX_NAMESAKES {
            twins::add(u, &mut kernel)?;
        }
    }
    if u.arbitrary()? {
        kernel.sort();
    }
    Ok(kernel)
}
