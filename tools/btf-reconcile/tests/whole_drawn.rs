// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What holds of modules drawn by lot whose BTF does not say what it is split from: it is told what
//! they are, or that this can't be told, and all that they have becomes what the rules say.

mod common;

use arbitrary::Unstructured;
use common::{
    adapter::How,
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
        told::Told,
        Types, //
    }, //
};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::TestRunner, //
};
use std::cell::RefCell;

/// Judges what is drawn from `bytes`.
fn judge_alone(bytes: &[u8], ids: Ids) -> Result<(), TestCaseError> {
    if let Ok(case) = alone(&mut Unstructured::new(bytes), ids) {
        let kernel = Kernel::open(&case.kernel).expect("it is sound");
        let judged = judge::outcome(&kernel, &case.sections(), case.how, Judged::All);
        judged.map_err(TestCaseError::fail)?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// With ids that were resolved, for the most part.
    #[test]
    fn resolved_modules_without_a_base(bytes in vec(any::<u8>(), 0..4000)) {
        judge_alone(&bytes, Ids::Resolved)?;
    }

    /// With ids that were not.
    #[test]
    fn unresolved_modules_without_a_base(bytes in vec(any::<u8>(), 0..4000)) {
        judge_alone(&bytes, Ids::Raw)?;
    }

    /// The same of modules with a base.
    #[test]
    fn unresolved_modules_with_a_base(bytes in vec(any::<u8>(), 0..3000)) {
        let u = &mut Unstructured::new(&bytes);
        let how = How {
            strict: u.ratio(1, 8).unwrap_or_default(),
            ..How::default()
        };
        if let Ok(case) = generate::case(u, Sound::Yes) {
            let kernel = Kernel::open(&case.kernel).expect("it is sound");
            for module in case.modules() {
                let base = Types::read(module.base, None).expect("it is sound");
                let types = Types::read(module.split, Some(&base)).expect("it is sound");
                let ids = generate::raw(u, &types, kernel.types());
                let Ok((words, symbols)) = ids else { continue };
                judge::based(&kernel, &module, (&words, &symbols), how)
                    .map_err(TestCaseError::fail)?;
            }
        }
    }
}

/// All that there is to be told is drawn, often enough.
#[test]
fn each_form_is_drawn() {
    let all = RefCell::new(Vec::new());
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(1000)
    };
    let mut runner = TestRunner::new(config);
    let drawn = runner.run(&vec(any::<u8>(), 0..4000), |bytes| {
        if let Ok(case) = alone(&mut Unstructured::new(&bytes), Ids::Resolved) {
            let kernel = Kernel::open(&case.kernel).expect("it is sound");
            all.borrow_mut()
                .push(judge::told(&kernel, &case.sections()));
        }
        Ok(())
    });
    assert_eq!(drawn, Ok(()));
    let all = all.into_inner();
    for told in [Told::Plain, Told::Whole, Told::Doubt, Told::Neither] {
        let count = all.iter().filter(|one| **one == told).count();
        assert!(
            count * 200 > all.len(),
            "{told:?}: {count} of {}",
            all.len()
        );
    }
}
