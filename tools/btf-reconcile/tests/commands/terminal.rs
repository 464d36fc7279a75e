// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What is different on a terminal: colours, and progress.

use super::{
    made,
    Files, //
};
use std::{
    fs,
    io::Read,
    process::{
        Child,
        Command,
        Stdio, //
    },
    thread,
};

/// What changes the look of letters.
const STYLE: &str = "\x1b[";

/// The program on a terminal of its own.
fn on_terminal(files: &Files, arguments: &str, environment: &[(&str, &str)]) -> Child {
    let command = format!("{} {arguments}", env!("CARGO_BIN_EXE_btf-reconcile"));
    Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .current_dir(files.0.path())
        .env_remove("NO_COLOR")
        // Its logs are taken to show colours, whatever the terminal.
        .env_remove("CI")
        .env("TERM", "xterm")
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// All that it shows there.
fn shown(files: &Files, arguments: &str, environment: &[(&str, &str)]) -> String {
    let child = on_terminal(files, arguments, environment);
    let output = child.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn colours_are_left_out_where_they_are_not_wanted() {
    let files = Files::new();
    for command in [
        "matrix demo.ko --base running",
        "check --help",
        "check",
        "--nonsense",
    ] {
        let text = shown(&files, command, &[]);
        assert!(text.contains(STYLE), "{command}: {text:?}");
        for environment in [("NO_COLOR", "1"), ("TERM", "dumb")] {
            let text = shown(&files, command, &[environment]);
            assert!(!text.contains(STYLE), "{command} {environment:?}: {text:?}");
        }
        // Nor where it is no terminal.
        let output = files.command(command).output().unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(!text.contains('\x1b'), "{command}: {text:?}");
    }
    let text = shown(&files, "check demo.ko --base running", &[]);
    assert!(!text.contains('\x1b'), "{text:?}");
    // What is in an argument is no style.
    let program = env!("CARGO_BIN_EXE_btf-reconcile");
    let mut command = Command::new("script");
    let line = format!("{program} check \"$(printf -- '--\\033[31mx\\233')\"");
    let output = command
        .args(["-qec", &line, "/dev/null"])
        .stdin(Stdio::null());
    let output = output.env("TERM", "xterm").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains('\x1b'), "{text:?}");
}

/// One module comes through a pipe that nobody writes to yet, so that nothing goes on.
#[test]
fn progress_is_shown_of_what_takes_long() {
    let files = Files::new();
    let pipe = files.path("slow.ko");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let command = "check demo.ko slow.ko --base built";
    let mut child = on_terminal(&files, command, &[]);
    let mut out = child.stdout.take().unwrap();
    let mut seen = String::new();
    let mut piece = [0; 256];
    while !seen.contains("2 modules") {
        let n = out.read(&mut piece).unwrap();
        assert_ne!(n, 0, "{seen:?}");
        seen += &String::from_utf8_lossy(&piece[..n]);
    }
    assert!(seen.contains("/2 modules"), "{seen:?}");
    fs::write(&pipe, made::module()).unwrap();
    let mut rest = vec![];
    out.read_to_end(&mut rest).unwrap();
    assert!(child.wait().unwrap().success());
    let rest = String::from_utf8_lossy(&rest);
    assert!(rest.contains("slow.ko: fits"), "{rest:?}");

    // Neither quietly, nor into a file, nor where it is done at once.
    for command in [format!("-q {command}"), format!("{command} 2>/dev/null")] {
        let child = on_terminal(&files, &command, &[]);
        let module = made::module();
        let pipe = pipe.clone();
        let writer = thread::spawn(move || {
            // Longer than whoever waits has patience.
            thread::sleep(std::time::Duration::from_millis(1500));
            fs::write(&pipe, module).unwrap();
        });
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(!text.contains('\x1b'), "{text:?}");
    }
    let text = shown(&files, "check demo.ko --base built", &[]);
    assert!(!text.contains('\x1b'), "{text:?}");
}
