// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What holds of modules drawn by lot: the core makes of them what the rules say, which
//! `common::oracle` works out by itself.

mod common;

use arbitrary::Unstructured;
use common::{
    generate::{
        self,
        Sound, //
    },
    judge::{
        self,
        Came,
        Judged,
        Kernel, //
    },
    oracle::Types, //
};
use proptest::{
    collection::vec,
    prelude::*, //
};

/// Judges both forms of what is drawn from `bytes`.
fn judge_case(bytes: &[u8], sound: Sound, judged: Judged) -> Result<(), TestCaseError> {
    if let Ok(case) = generate::case(&mut Unstructured::new(bytes), sound) {
        let kernel = Kernel::open(&case.kernel).expect("it is sound");
        for module in case.modules() {
            let came = judge::reconciled(&kernel, &module, judged);
            let came = came.map_err(TestCaseError::fail)?;
            if sound == Sound::Yes {
                prop_assert_eq!(came, Came::Out);
            }
        }
    }
    Ok(())
}

/// Judges which types of what is drawn from `bytes` are copies.
fn judge_copies(bytes: &[u8], sound: Sound) -> Result<(), TestCaseError> {
    if let Ok(case) = generate::copied(&mut Unstructured::new(bytes), sound) {
        let kernel = Kernel::open(&case.kernel).expect("it is sound");
        judge::copies(&kernel, &case.split).map_err(TestCaseError::fail)?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    /// Every module whose references lead where they may is reconciled, by the rules.
    #[test]
    fn sound_modules_are_reconciled(bytes in vec(any::<u8>(), 0..2000)) {
        judge_case(&bytes, Sound::Yes, Judged::All)?;
    }

    /// One whose references lead anywhere is refused, or reconciled by the rules.
    #[test]
    fn loose_modules_are_reconciled(bytes in vec(any::<u8>(), 0..2000)) {
        judge_case(&bytes, Sound::Loosely, Judged::All)?;
    }

    /// One whose references lead nowhere is refused, or means what it meant.
    #[test]
    fn wild_modules_do_no_harm(bytes in vec(any::<u8>(), 0..2000)) {
        judge_case(&bytes, Sound::No, Judged::Meaning)?;
    }

    /// On the kernel that a base is, everything is what it was.
    #[test]
    fn the_own_kernel_changes_nothing(bytes in vec(any::<u8>(), 0..2000)) {
        if let Ok(case) = generate::case(&mut Unstructured::new(&bytes), Sound::Yes) {
            for module in case.modules() {
                let kernel = Kernel::open(module.base).expect("it is sound");
                let came = judge::reconciled(&kernel, &module, Judged::All);
                prop_assert_eq!(came, Ok(Came::Out));
            }
        }
    }

    /// Copies of the kernel's types are found, all of them and nothing else, and nothing that
    /// refers to one means anything else without it.
    #[test]
    fn copies_are_unified(bytes in vec(any::<u8>(), 0..3000)) {
        judge_copies(&bytes, Sound::Yes)?;
    }

    /// The same, where references lead anywhere.
    #[test]
    fn loose_copies_are_unified(bytes in vec(any::<u8>(), 0..3000)) {
        judge_copies(&bytes, Sound::Loosely)?;
    }

    /// Ids become those of the types that they are for, or the BTF is withheld.
    #[test]
    fn ids_are_translated(bytes in vec(any::<u8>(), 0..2500)) {
        let mut u = Unstructured::new(&bytes);
        if let Ok(case) = generate::case(&mut u, Sound::Yes) {
            let kernel = Kernel::open(&case.kernel).expect("it is sound");
            for module in case.modules() {
                let base = Types::read(module.base, None).expect("it can be read");
                let types = Types::read(module.split, Some(&base)).expect("it can be read");
                let Ok((words, symbols)) = generate::ids(&mut u, &types) else { continue };
                judge::remapped(&kernel, &module, &words, &symbols)
                    .map_err(TestCaseError::fail)?;
            }
        }
    }

    /// Without a base, ids fit unless something is to be said against them.
    #[test]
    fn ids_fit_or_do_not(bytes in vec(any::<u8>(), 0..2500)) {
        let mut u = Unstructured::new(&bytes);
        if let Ok(case) = generate::copied(&mut u, Sound::Yes) {
            let kernel = Kernel::open(&case.kernel).expect("it is sound");
            let types = Types::read(&case.split, Some(kernel.types())).expect("it can be read");
            if let Ok((words, symbols)) = generate::ids(&mut u, &types) {
                judge::fitting(&kernel, &case.split, &words, &symbols)
                    .map_err(TestCaseError::fail)?;
            }
        }
    }
}
