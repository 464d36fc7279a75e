// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! `btf-reconcile`: see `btf-reconcile --help`, and README.md.

use std::process::ExitCode;

fn main() -> ExitCode {
    btf_reconcile::cli::main()
}
