// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Output that is read by another program, or by none any more.

use super::Files;
use std::{
    os::{
        fd::OwnedFd,
        unix::net::UnixStream, //
    },
    process::Stdio,
};

/// What is written to leads nowhere.
fn closed() -> Stdio {
    let (ours, theirs) = UnixStream::pair().unwrap();
    drop(theirs);
    OwnedFd::from(ours).into()
}

#[test]
fn who_has_seen_enough_is_no_error_that_needs_words() {
    let files = Files::new();
    files.run(0, "distill demo.ko --base built -o base.ko");
    for command in [
        "check demo.ko --base built",
        "check -v demo.ko --base running",
        "check --json demo.ko --base built",
        "check --brief demo.ko --base running",
        "matrix demo.ko --base running",
        "matrix --html - demo.ko --base running",
        "bundle demo.ko --base built -o -",
        "bundle demo.ko --base built -o out.tar.zst",
        "reconcile base.ko --base running -o out.ko",
        "check --help",
        "--version",
    ] {
        let output = files.command(command).stdout(closed()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said, "", "{command}");
        assert_eq!(output.status.code(), Some(141), "{command}");
    }
    // What there was to be done is done.
    files.run(0, "check out.tar.zst --base built");
    // Nobody hears of errors either.
    let mut command = files.command("check none.ko --base built");
    let status = command.stdout(closed()).stderr(closed()).status().unwrap();
    assert_eq!(status.code(), Some(2));
}
