// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Saying no more than has to be said.

use super::{
    made,
    Files, //
};

#[test]
fn quiet_commands_say_nothing_but_errors() {
    let files = Files::new();
    files.run(0, "distill demo.ko --base built -o base.ko");
    let signed = [&made::module()[..], b"~Module signature appended~\n"].concat();
    files.write("signed.ko", &signed);
    for (status, command) in [
        (0, "check demo.ko --base built"),
        (1, "check demo.ko --base running"),
        (1, "check -v demo.ko --base running"),
        (1, "check --brief demo.ko --base running"),
        (1, "matrix demo.ko --base running"),
        (1, "diff built running"),
        (0, "bundle demo.ko --base built -o out.tar.zst"),
        (1, "check out.tar.zst --base running"),
        (0, "reconcile base.ko --base built -o out.ko"),
        (0, "distill signed.ko --base built -o out.ko"),
    ] {
        let (text, _) = files.run_apart(status, command);
        let is_loud = !text.is_empty();
        assert!(is_loud, "{command}");
        for quietly in [format!("-q {command}"), format!("{command} --quiet")] {
            let said = files.run_apart(status, &quietly);
            assert_eq!(said, (String::new(), String::new()), "{quietly}");
        }
    }
    for command in [
        "check none.ko --base built",
        "check demo.ko --base none",
        "reconcile none.ko --base built -o out.ko",
    ] {
        let loud = files.run_apart(2, command);
        assert_eq!(files.run_apart(2, &format!("{command} -q")), loud);
    }
    // A folder without modules is an error, too.
    std::fs::create_dir(files.path("folder")).unwrap();
    let text = files.run(2, "check -q folder --base built");
    assert!(text.contains("folder: no modules in it"), "{text}");
}

#[test]
fn documents_are_what_was_asked_for() {
    let files = Files::new();
    for (status, command) in [
        (1, "check --json demo.ko --base running"),
        (1, "matrix --json demo.ko --base running"),
        (1, "matrix --html - demo.ko --base running"),
        (1, "diff --json built running"),
        (1, "diff --html - built running"),
    ] {
        let loud = files.run(status, command);
        assert!(!loud.is_empty());
        assert_eq!(files.run(status, &format!("-q {command}")), loud);
    }
}
