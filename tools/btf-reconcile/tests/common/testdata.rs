// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Where the stock kernels and their modules are that slower tests take.

use std::{
    env,
    path::PathBuf, //
};

/// The folder of one of the two kernels, if there is one; where tests have to be whole there has to be.
pub fn folder(which: &str) -> Option<PathBuf> {
    let Some(top) = env::var_os("BTF_RECONCILE_TESTDATA") else {
        assert_ne!(
            env::var("CI").as_deref(),
            Ok("true"),
            "BTF_RECONCILE_TESTDATA is not set"
        );
        eprintln!("left out: BTF_RECONCILE_TESTDATA is not set");
        return None;
    };
    Some(PathBuf::from(top).join(which))
}
