// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Files that are named to do something to a terminal, or that no text can name.

use super::{
    made,
    Files, //
};
use serde_json::Value;
use std::{
    ffi::OsStr,
    fs,
    os::unix::ffi::OsStrExt,
    process::Output, //
};

/// A name with a blank, a colour, an end of a line, a byte that is no text, and what turns others
/// round.
const ODD: &[u8] = b"a b\x1b[31m\n\xff\xe2\x80\xaegpj.ko";

/// How it is shown.
const SHOWN: &str = "a b\\x1b[31m\\n\\xff\\u{202e}gpj.ko";

fn odd() -> &'static OsStr {
    OsStr::from_bytes(ODD)
}

/// Runs the program on files of this name; gives what it says, and checks that nothing of it does
/// anything.
fn run(files: &Files, arguments: &str, more: &[&OsStr]) -> (Output, String) {
    let output = files.command(arguments).args(more).output().unwrap();
    let said = [&output.stdout[..], &output.stderr].concat();
    let text = String::from_utf8(said).unwrap();
    let is_bad = |letter: char| (letter.is_control() && letter != '\n') || letter == '\u{202e}';
    assert!(!text.contains(is_bad), "{text:?}");
    (output, text)
}

#[test]
fn odd_names_are_shown_without_harm() {
    let files = Files::new();
    fs::write(files.0.path().join(odd()), made::module()).unwrap();
    let (_, text) = run(&files, "check --base built", &[odd()]);
    assert!(text.starts_with(&format!("{SHOWN}: fits")), "{text}");
    let (_, text) = run(&files, "check --base running --brief --loaded no", &[odd()]);
    let module = SHOWN.strip_suffix(".ko").unwrap();
    assert!(
        text.starts_with(&format!("btf-reconcile: on running {module} won't")),
        "{text}"
    );
    let (_, text) = run(&files, "matrix --base running -v", &[odd()]);
    assert!(text.contains(&format!("\n{module}  stale")), "{text}");
    let (_, text) = run(&files, "diff built running -v --modules", &[odd()]);
    assert!(
        text.contains(&format!("module: {module} by pointer")),
        "{text}"
    );
    let (_, text) = run(
        &files,
        "distill --base built",
        &[odd(), "-o".as_ref(), odd()],
    );
    assert!(text.starts_with(&format!("{SHOWN}: ")), "{text}");
    let none = OsStr::from_bytes(b"none \x1b]0;x\x07\xfe");
    for arguments in [
        "check --base built",
        "check demo.ko --base",
        "encode -o x.ko",
    ] {
        let (output, text) = run(&files, arguments, &[none]);
        assert_eq!(output.status.code(), Some(2));
        let expected = "btf-reconcile: none \\x1b]0;x\\x07\\xfe: ";
        assert!(text.starts_with(expected), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    }
    // It may look like an option.
    let (output, _) = run(&files, "check", &[OsStr::from_bytes(b"--\x1b[31m\x9b")]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_kernel_may_have_any_name() {
    let files = Files::new();
    fs::write(files.0.path().join(odd()), made::built().bytes()).unwrap();
    let (output, text) = run(&files, "check demo.ko --base running --base", &[odd()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text.contains(&format!("demo.ko on {SHOWN}: fits")),
        "{text}"
    );
    let (_, text) = run(&files, "matrix demo.ko --base running --base", &[odd()]);
    assert!(text.contains(SHOWN), "{text}");
    let (output, text) = run(&files, "diff running --modules demo.ko", &[odd()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text.starts_with(&format!("running to {SHOWN}\n")), "{text}");
    run(&files, "distill demo.ko -o out.ko --base", &[odd()]);
    assert!(files.path("out.ko").exists());
}

/// What is no text can't be in it.
#[test]
fn json_has_names_as_they_are() {
    let files = Files::new();
    fs::write(files.0.path().join(odd()), made::module()).unwrap();
    let mut command = files.command("check --json --base built");
    let output = command.arg(odd()).output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let name = document["reports"][0]["module"].as_str().unwrap();
    assert_eq!(name, "a b\x1b[31m\n\\xff\u{202e}gpj.ko");
}

#[test]
fn a_bundle_of_odd_names_does_no_harm_elsewhere() {
    let files = Files::new();
    fs::write(files.0.path().join(odd()), made::module()).unwrap();
    let arguments = "bundle --base built --with-base -o out.tar.zst";
    let (output, _) = run(&files, arguments, &[odd()]);
    assert_eq!(output.status.code(), Some(0));
    let (_, text) = run(&files, "check out.tar.zst", &[]);
    assert!(text.starts_with(&format!("{SHOWN}: fits")), "{text}");
}

#[test]
fn the_command_for_more_can_be_typed() {
    let files = Files::new();
    files.write("it's one.ko", &made::module());
    let output = files
        .command("check --base running --brief=1 demo.ko --loaded no")
        .arg("it's one.ko")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let command = "btf-reconcile check --base running demo.ko 'it'\\''s one.ko'\n";
    assert!(text.ends_with(command), "{text}");
}
