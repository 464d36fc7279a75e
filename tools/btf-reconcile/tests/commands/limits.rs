// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What is too much, where nothing fits, and files that are written over.

use super::{
    made,
    Files, //
};
use btf_reconcile::files::MAX_BYTES;
use std::{
    fs::{
        self,
        File,
        OpenOptions,
        Permissions, //
    },
    io::Write,
    os::unix::fs::{
        symlink,
        MetadataExt,
        PermissionsExt, //
    },
    process::Stdio,
};

/// Commands that succeed with room for what they say.
const COMMANDS: [&str; 6] = [
    "check demo.ko --base built",
    "check -v demo.ko --base built",
    "check --json demo.ko --base built",
    "distill demo.ko --base built -o out.ko",
    "reconcile base.ko --base built -o out.ko",
    "--help",
];

fn full() -> File {
    OpenOptions::new().write(true).open("/dev/full").unwrap()
}

#[test]
fn output_without_room_is_told() {
    let files = Files::new();
    files.run(0, "distill demo.ko --base built -o base.ko");
    for command in COMMANDS {
        files.run(0, command);
        let output = files.command(command).stdout(full()).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{command}: {text}");
        let expected = "btf-reconcile: standard output: No space left on device";
        assert!(text.starts_with(expected), "{command}: {text}");
    }
    // What was written is written.
    files.run(0, "check out.ko --base built");
}

#[test]
fn errors_without_room_are_errors() {
    let files = Files::new();
    for command in [
        "check none.ko --base built",
        "distill none.ko --base built -o out.ko",
        "reconcile demo.ko",
    ] {
        let status = files.command(command).stderr(full()).status().unwrap();
        assert_eq!(status.code(), Some(2), "{command}");
    }
}

#[test]
fn nobody_may_listen() {
    let files = Files::new();
    files.run(0, "distill demo.ko --base built -o base.ko");
    for command in COMMANDS {
        let mut child = files
            .command(command)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // It may have written before; both ways are silent.
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert!(matches!(output.status.code(), Some(0 | 141)), "{command}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{command}");
    }
}

#[test]
fn nothing_too_large_is_read() {
    let files = Files::new();
    let large = File::create(files.path("large.ko")).unwrap();
    large.set_len(MAX_BYTES + 1).unwrap();
    let limit = "it has more than 1 GiB, the most that is read";
    let text = files.run(2, "check large.ko demo.ko --base built");
    assert!(
        text.contains(&format!("large.ko: unreadable (large.ko: {limit})")),
        "{text}"
    );
    assert!(text.contains("demo.ko: fits"), "{text}");
    for command in [
        "reconcile large.ko --base built -o out.ko",
        "distill large.ko --base built -o out.ko",
        "encode large.ko -o out.ko",
        "encode demo.ko --debug large.ko -o out.ko",
        "encode demo.ko --base large.ko -o out.ko",
        "check demo.ko --base large.ko",
    ] {
        let text = files.run(2, command);
        assert!(text.contains(&format!("large.ko: {limit}")), "{text}");
    }
}

#[test]
fn a_pipe_is_read_to_its_end() {
    let files = Files::new();
    let mut child = files
        .command("check /dev/stdin --base built")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    for bytes in made::module().chunks(100) {
        pipe.write_all(bytes).unwrap();
    }
    drop(pipe);
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("/dev/stdin: fits"), "{text}");
}

#[test]
fn a_file_keeps_what_it_has_besides() {
    let files = Files::new();
    files.run(0, "distill demo.ko --base built -o expected.ko");
    fs::create_dir(files.path("far")).unwrap();
    files.write("far/demo.ko", &made::module());
    let mode = Permissions::from_mode(0o640);
    fs::set_permissions(files.path("far/demo.ko"), mode).unwrap();
    // Only some may do this.
    let _ = std::os::unix::fs::chown(files.path("far/demo.ko"), Some(1234), Some(5678));
    let before = fs::metadata(files.path("far/demo.ko")).unwrap();
    symlink("far/demo.ko", files.path("link.ko")).unwrap();

    files.run(0, "distill link.ko --base built -o link.ko");
    assert!(files.path("link.ko").is_symlink());
    assert_eq!(files.read("far/demo.ko"), files.read("expected.ko"));
    let after = fs::metadata(files.path("far/demo.ko")).unwrap();
    let what = |m: &fs::Metadata| (m.uid(), m.gid(), m.mode());
    assert_eq!(what(&before), what(&after));
    assert_eq!(fs::read_dir(files.path("far")).unwrap().count(), 1);
}

#[test]
fn output_over_a_folder_is_refused() {
    let files = Files::new();
    fs::create_dir(files.path("out.ko")).unwrap();
    files.run(2, "distill demo.ko --base built -o out.ko");
    assert!(files.path("out.ko").is_dir());
}
