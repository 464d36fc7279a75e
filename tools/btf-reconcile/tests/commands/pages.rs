// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The manual pages and completions.

#[path = "../../examples/pages/made.rs"]
mod made;

use btf_reconcile::cli;
use std::{
    collections::HashMap,
    fs,
    io::Write,
    process::{
        Command,
        Stdio, //
    },
};

#[test]
fn pages_name_every_command_and_option() {
    let pages = made::pages().into_iter();
    let mut pages: HashMap<_, _> = pages
        .map(|page| (page.path.display().to_string(), page.text))
        .collect();
    let completions = [
        "completions/btf-reconcile.bash",
        "completions/_btf-reconcile",
        "completions/btf-reconcile.fish",
    ]
    .map(|path| pages.remove(path).unwrap());
    // All that is typed is told from what is read by it.
    let plain = |text: String| text.replace("\\-", "-").replace("\\fR", "");
    let program = plain(pages.remove("man/btf-reconcile.1").unwrap());
    for command in cli::command().get_subcommands() {
        let name = command.get_name();
        let page = pages.remove(&format!("man/btf-reconcile-{name}.1"));
        let page = plain(page.unwrap());
        assert!(program.contains(&format!("btf-reconcile-{name}(1)")));
        let about = command.get_about().unwrap().to_string();
        assert!(program.contains(&about), "{about}");
        for part in [
            ".SH NAME",
            ".SH SYNOPSIS",
            ".SH DESCRIPTION",
            ".SH FILES",
            ".SH EXAMPLES",
            ".SH \"SEE ALSO\"",
            "btf-reconcile(1)",
        ] {
            assert!(page.replace("\\fB", "").contains(part), "{name}: {part}");
        }
        for status in 0..3 {
            // There is nothing that it could find wanting.
            if name == "bundle" && status == 1 {
                continue;
            }
            let expected = format!(".TP\n\\fB{status}\n");
            assert!(page.contains(&expected), "{name}: {status}");
        }
        for option in command.get_arguments().filter_map(|arg| arg.get_long()) {
            let bold = format!("\\fB--{option}");
            assert!(page.contains(&bold), "{name}: {bold}");
            for text in &completions {
                // fish has the names without dashes.
                assert!(text.contains(option), "{name}: {option}");
            }
        }
        for text in &completions {
            assert!(text.contains(name), "{name}");
        }
    }
    assert!(program.contains("\\fB--version"));
    assert!(pages.is_empty(), "{:?}", pages.keys());
}

/// What a program says of `input`, if it is there.
fn asked(program: &str, arguments: &[&str], input: &str) -> Option<String> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .inspect_err(|_| eprintln!("left out: {program} is not there"))
        .ok()?;
    // It may need no more than a part.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    Some(String::from_utf8(said).unwrap())
}

#[test]
fn pages_are_as_groff_likes_them() {
    for page in made::pages() {
        if page.path.starts_with("man") {
            let arguments = ["-man", "-Tutf8", "-wall", "-z"];
            let said = asked("groff", &arguments, &page.text);
            assert_eq!(said.unwrap_or_default(), "", "{}", page.path.display());
        }
    }
}

/// What each shell makes of the beginning of a command.
#[test]
fn shells_complete_commands() {
    let top = tempfile::tempdir().unwrap();
    for page in made::pages() {
        let path = top.path().join(page.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, page.text).unwrap();
    }
    let folder = top.path().join("completions").display().to_string();
    let bash = |words: &str| {
        let script = format!(
            "set -u; . {folder}/btf-reconcile.bash; COMP_WORDS=({words}); \
             COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); COMPREPLY=(); \
             function=$(complete -p btf-reconcile); function=${{function##*-F }}; \
             ${{function%% *}} btf-reconcile \"${{COMP_WORDS[COMP_CWORD]}}\" \
             \"${{COMP_WORDS[COMP_CWORD - 1]}}\"; \
             echo \"${{COMPREPLY[@]}}\""
        );
        asked("bash", &["--norc", "-c", &script], "").unwrap()
    };
    assert_eq!(bash("btf-reconcile bun"), "bundle\n");
    assert_eq!(bash("btf-reconcile bundle --with"), "--with-base\n");
    assert_eq!(bash("btf-reconcile check --unify o"), "off\n");
    assert_eq!(bash("btf-reconcile check --qui"), "--quiet\n");
    let fish = |words: &str| {
        let script = format!("source {folder}/btf-reconcile.fish; complete -C '{words}'");
        asked("fish", &["--no-config", "-c", &script], "")
    };
    for (words, expected) in [
        ("btf-reconcile bun", "bundle\t"),
        ("btf-reconcile bundle --with", "--with-base\t"),
        ("btf-reconcile check --unify o", "off\t"),
    ] {
        if let Some(said) = fish(words) {
            assert!(said.starts_with(expected), "{words}: {said}");
        }
    }
    // It completes nothing but what is typed; that it can be read is as much as can be asked.
    if let Some(said) = asked("zsh", &["-fn", &format!("{folder}/_btf-reconcile")], "") {
        assert_eq!(said, "");
    }
}
