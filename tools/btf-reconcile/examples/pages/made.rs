// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Manual pages and completions, made from the arguments that the program takes.

use btf_reconcile::{
    cli,
    places, //
};
use clap::{
    Arg,
    Command, //
};
use clap_complete::{
    generate,
    Shell, //
};
use clap_mangen::{
    roff::{
        bold,
        italic,
        roman,
        Inline,
        Roff, //
    },
    Man,
};
use std::path::PathBuf;

/// The program.
const NAME: &str = "btf-reconcile";

/// Shells that are known.
const SHELLS: [Shell; 3] = [Shell::Bash, Shell::Zsh, Shell::Fish];

/// Other programs' pages.
const RELATED: [(&str, &str); 4] = [
    ("bpftool", "8"),
    ("depmod", "8"),
    ("modinfo", "8"),
    ("pahole", "1"),
];

/// A file to be written.
pub struct Page {
    /// Where it belongs.
    pub path: PathBuf,
    /// What is in it.
    pub text: String,
}

/// All that is made.
pub fn pages() -> Vec<Page> {
    manual().into_iter().chain(completions()).collect()
}

/// What each shell completes commands by.
fn completions() -> Vec<Page> {
    let one = |shell: Shell| {
        let mut text = Vec::new();
        generate(shell, &mut cli::command(), NAME, &mut text);
        let mut text = String::from_utf8_lossy(&text).into_owned();
        if shell == Shell::Bash {
            // What it writes for the hyphen in the program's name it takes for the end of a command's
            // name in one place and not in the other, so that no command's options would be found.
            let [wrong, right] = ["__subcmd__", "__"].map(|end| NAME.replace('-', end));
            text = text.replace(&wrong, &right);
        }
        Page {
            path: PathBuf::from("completions").join(file_name(shell)),
            text,
        }
    };
    SHELLS.into_iter().map(one).collect()
}

fn file_name(shell: Shell) -> String {
    use clap_complete::Generator;
    shell.file_name(NAME)
}

/// A page for the program, and one for each of its commands.
fn manual() -> Vec<Page> {
    let mut program = cli::command().disable_help_subcommand(true);
    program.build();
    let commands = program.get_subcommands().cloned().map(without_hint);
    let commands: Vec<_> = commands.collect();
    let mut pages = vec![page(&without_hint(program.clone()), &commands)];
    pages.extend(commands.iter().map(|command| page(command, &commands)));
    pages
}

/// Says of `--help` what it does, but not that there is a short one too.
fn without_hint(command: Command) -> Command {
    command.mut_arg("help", |help| help.help("Print help").long_help(None))
}

/// The page of `command`, which is the program or one of its `commands`.
fn page(command: &Command, commands: &[Command]) -> Page {
    let name = name_of(command);
    let version = command.get_version().unwrap_or(env!("CARGO_PKG_VERSION"));
    let man = Man::new(command.clone());
    // The empty one would be the date of a change.
    let title = format!(".TH {name} 1 \"\" \"{NAME} {version}\" \"User Commands\"\n");
    let mut text = title.into_bytes();
    let mut add = |print: &dyn Fn(&mut Vec<u8>) -> std::io::Result<()>| {
        // PANIC: There is always room in a vector.
        print(&mut text).expect("written to memory");
    };
    add(&|to| short(command).to_writer(to));
    add(&|to| synopsis(command).to_writer(to));
    add(&|to| description(command).to_writer(to));
    if command.has_subcommands() {
        add(&|to| man.render_subcommands_section(to));
    }
    add(&|to| man.render_options_section(to));
    add(&|to| exit_status(command).to_writer(to));
    let is_kernel = |arg: &Arg| {
        ["base", "old", "kernel"]
            .iter()
            .any(|&id| arg.get_id() == id)
    };
    if command.get_arguments().any(is_kernel) {
        add(&|to| files().to_writer(to));
    }
    add(&|to| examples(command).to_writer(to));
    add(&|to| see_also(name, commands).to_writer(to));
    Page {
        path: PathBuf::from("man").join(man.get_filename()),
        text: String::from_utf8_lossy(&text).into_owned(),
    }
}

/// The name that the page goes by.
fn name_of(command: &Command) -> &str {
    command.get_display_name().unwrap_or(command.get_name())
}

fn section(title: &str) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", [title]);
    roff
}

/// The name, and what it is in one line, as whatis(1) has it.
fn short(command: &Command) -> Roff {
    let about = command.get_about().map(ToString::to_string);
    let about = about.unwrap_or_default();
    let mut letters = about.chars();
    let first = letters.next().map(|first| first.to_lowercase().to_string());
    let about = first.unwrap_or_default() + letters.as_str();
    let mut roff = section("NAME");
    roff.text([roman(format!("{} - {about}", name_of(command)))]);
    roff
}

/// What may be written after the name, which clap has in words only.
fn synopsis(command: &Command) -> Roff {
    let name = command.get_bin_name().unwrap_or(command.get_name());
    let mut line = vec![bold(name)];
    let is_common = |arg: &Arg| ["help", "version"].iter().any(|&id| arg.get_id() == id);
    let shown = command.get_arguments().filter(|arg| !is_common(arg));
    let (positional, options): (Vec<_>, Vec<_>) = shown.partition(|arg| arg.is_positional());
    for arg in positional.into_iter().chain(options) {
        line.push(roman(" "));
        line.extend(if arg.is_required_set() {
            usage(arg)
        } else {
            let inner = usage(arg);
            let mut optional = vec![roman("[")];
            optional.extend(inner);
            optional.push(roman("]"));
            optional
        });
        if arg.get_action().takes_values() && takes_more(arg) {
            line.push(roman("..."));
        }
    }
    if command.has_subcommands() {
        line.extend([roman(" "), italic("COMMAND"), roman(" ...")]);
    }
    let mut roff = section("SYNOPSIS");
    roff.text(line);
    roff
}

/// Whether an argument may be given more than once.
fn takes_more(arg: &Arg) -> bool {
    matches!(arg.get_action(), clap::ArgAction::Append)
}

/// An argument as it is written.
fn usage(arg: &Arg) -> Vec<Inline> {
    let mut line = Vec::new();
    match (arg.get_short(), arg.get_long()) {
        (Some(short), _) => line.push(bold(format!("-{short}"))),
        (None, Some(long)) => line.push(bold(format!("--{long}"))),
        (None, None) => {}
    }
    if arg.get_action().takes_values() {
        let optional = arg.is_require_equals_set();
        if optional {
            line.push(roman("[="));
        } else if !line.is_empty() {
            line.push(roman(" "));
        }
        let values: Vec<_> = arg.get_possible_values();
        let values: Vec<_> = values.iter().map(|value| value.get_name()).collect();
        if values.is_empty() {
            let names = arg.get_value_names().unwrap_or_default();
            line.push(italic(names.join(" ")));
        } else {
            line.push(bold(values.join("|")));
        }
        if optional {
            line.push(roman("]"));
        }
    }
    line
}

/// What there is to say besides the name's line.
fn description(command: &Command) -> Roff {
    let mut roff = section("DESCRIPTION");
    let about = command.get_long_about().map(ToString::to_string);
    let about = about.unwrap_or_default();
    for (at, paragraph) in about.split("\n\n").skip(1).enumerate() {
        if at != 0 {
            roff.control("PP", []);
        }
        roff.text([roman(paragraph)]);
    }
    roff
}

/// The lines of the part of the help's end that begins with `heading`.
fn ending(command: &Command, heading: &str) -> Vec<String> {
    let help = command.get_after_long_help();
    let help = help.map(ToString::to_string).unwrap_or_default();
    let mut parts = help.split("\n\n");
    let part = parts.find_map(|part| part.strip_prefix(heading));
    let lines = part.unwrap_or_default().lines().skip(1);
    lines.map(|line| line.trim().to_owned()).collect()
}

/// The exit statuses, of which the help has lines of a number and what it means.
fn exit_status(command: &Command) -> Roff {
    let mut roff = section("EXIT STATUS");
    for line in ending(command, "Exit status:") {
        match line.split_once("  ") {
            Some((status, meaning)) => {
                roff.control("TP", []);
                roff.text([bold(status)]);
                roff.text([roman(meaning)]);
            }
            None => {
                roff.text([roman(line)]);
            }
        }
    }
    roff.control("TP", []);
    roff.text([bold("141")]);
    roff.text([roman(
        "Whoever read the output stopped before its end, as head does. It is what a shell says of a \
         program that is ended by SIGPIPE.",
    )]);
    roff
}

/// The examples, of which the help has one in each line.
fn examples(command: &Command) -> Roff {
    let mut roff = section("EXAMPLES");
    for line in ending(command, "Examples:") {
        roff.control("PP", []);
        roff.text([bold(line)]);
    }
    roff
}

/// Where a kernel is looked for by its release.
fn files() -> Roff {
    let mut roff = section("FILES");
    roff.text([roman(
        "The BTF of a kernel is taken from the first of these that has some. A vmlinux may be \
         compressed, with .xz, .gz or .zst at its end.",
    )]);
    roff.control("TP", []);
    roff.text([italic(places::RUNNING)]);
    roff.text([roman("The running kernel.")]);
    roff.control("PP", []);
    let places = places::plain("RELEASE").chain(places::images("RELEASE"));
    for place in places {
        roff.text([italic(place)]);
        roff.control("br", []);
    }
    roff
}

/// The other pages.
fn see_also(name: &str, commands: &[Command]) -> Roff {
    let own = commands.iter().map(name_of).map(|name| (name, "1"));
    let mut pages: Vec<_> = [(NAME, "1")].into_iter().chain(own).collect();
    pages.retain(|(page, _)| *page != name);
    pages.extend(RELATED);
    let mut line = Vec::new();
    for (at, (page, section)) in pages.into_iter().enumerate() {
        if at != 0 {
            line.push(roman(", "));
        }
        line.extend([bold(page), roman(format!("({section})"))]);
    }
    let mut roff = self::section("SEE ALSO");
    roff.text(line);
    roff
}
