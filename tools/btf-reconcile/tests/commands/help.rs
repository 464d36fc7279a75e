// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What the program says of itself.

use super::Files;
use btf_reconcile::cli;

/// Lines of the part of a text that begins with `heading`.
fn part<'t>(text: &'t str, heading: &str) -> Vec<&'t str> {
    let mut parts = text.split("\n\n");
    let part = parts.find_map(|part| part.strip_prefix(heading));
    let lines = part.unwrap_or_default().lines().skip(1);
    lines.map(str::trim).collect()
}

/// Examples that do not work are worse than none.
#[test]
fn each_command_has_examples_that_can_be_typed() {
    let files = Files::new();
    let command = cli::command();
    let names = command.get_subcommands().map(clap::Command::get_name);
    for name in names.chain([""]) {
        let text = files.run(0, &format!("{name} --help"));
        let examples = part(&text, "Examples:");
        assert!(!examples.is_empty(), "{name}: {text}");
        for example in examples {
            let words: Vec<_> = example.split(' ').collect();
            assert!(words.len() > 2 && words[0] == "btf-reconcile", "{example}");
            assert!(name.is_empty() || words[1] == name, "{example}");
            let taken = cli::command().try_get_matches_from(words);
            assert!(taken.is_ok(), "{example}: {}", taken.unwrap_err());
        }
        let statuses = part(&text, "Exit status:");
        assert!(statuses[0].starts_with("0  "), "{name}: {text}");
    }
}
