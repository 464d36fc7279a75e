// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What holds of modules drawn by lot.

mod common;

use arbitrary::Unstructured;
use btf_reconcile::btf::Section;
use common::{
    generate::{
        case,
        copied, //
    },
    holds,
    unified, //
};
use proptest::{
    collection::vec,
    prelude::*, //
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    /// Every module whose references lead somewhere is reconciled, and means what it meant.
    #[test]
    fn sound_modules_are_reconciled(bytes in vec(any::<u8>(), 0..2000)) {
        if let Ok(case) = case(&mut Unstructured::new(&bytes), false) {
            for form in [Section::Base, Section::BaseRef] {
                holds::reconcile(&case.kernel, &case.base, &case.split, form).unwrap();
            }
        }
    }

    /// One whose references do not is refused, or means what it meant.
    #[test]
    fn wild_modules_do_no_harm(bytes in vec(any::<u8>(), 0..2000)) {
        if let Ok(case) = case(&mut Unstructured::new(&bytes), true) {
            let _ = holds::reconcile(&case.kernel, &case.base, &case.split, Section::Base);
        }
    }

    /// On the kernel that a base is, everything is what it was.
    #[test]
    fn the_own_kernel_changes_nothing(bytes in vec(any::<u8>(), 0..2000)) {
        if let Ok(case) = case(&mut Unstructured::new(&bytes), false) {
            holds::reconcile(&case.base, &case.base, &case.split, Section::BaseRef).unwrap();
        }
    }

    /// Copies of the kernel's types are found, all of them and nothing else, and nothing that
    /// refers to one means anything else without it.
    #[test]
    fn copies_are_unified(bytes in vec(any::<u8>(), 0..3000)) {
        if let Ok(case) = copied(&mut Unstructured::new(&bytes)) {
            unified::check(&case.kernel, &case.split).unwrap();
            unified::check_against_all_pairs(&case.kernel, &case.split).unwrap();
        }
    }
}
