// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The manual pages and completions.

#[path = "../../examples/pages/made.rs"]
mod made;

use btf_reconcile::cli;
use std::collections::HashMap;

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
            ".SH \"SEE ALSO\"",
            "btf-reconcile(1)",
        ] {
            assert!(page.replace("\\fB", "").contains(part), "{name}: {part}");
        }
        for status in 0..3 {
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
