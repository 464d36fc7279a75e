// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Names of files, which may be of any bytes, as text.
//!
//! What machines read has them as they are, but for bytes that are no text. What people read does
//! not let them do anything to a terminal, nor look like what they are not: whoever may name a file
//! does not speak for the program.

use std::{
    borrow::Cow,
    ffi::OsStr,
    fmt::Write, //
};

/// A name as text that stands for no other: bytes that are none are written as `\xff`.
pub fn plain(name: impl AsRef<OsStr>) -> String {
    let mut text = String::new();
    for chunk in name.as_ref().as_encoded_bytes().utf8_chunks() {
        text += chunk.valid();
        for byte in chunk.invalid() {
            // PANIC: There is always room in a string.
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// A name for people to read.
pub fn shown(name: impl AsRef<OsStr>) -> String {
    harmless(&plain(name)).into_owned()
}

/// A text without what a terminal does something for: such letters are written as `\x1b`, or
/// `\u{202e}`.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if !text.contains(is_active) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    for letter in text.chars() {
        let code = u32::from(letter);
        // PANIC: There is always room in a string.
        let _ = match letter {
            '\n' => out.write_str("\\n"),
            '\t' => out.write_str("\\t"),
            _ if !is_active(letter) => out.write_char(letter),
            _ if letter.is_ascii() => write!(out, "\\x{code:02x}"),
            _ => write!(out, "\\u{{{code:x}}}"),
        };
    }
    Cow::Owned(out)
}

/// Whether a letter does something where it is shown: controls, ends of lines, and what turns the
/// direction of those that follow or hides itself.
fn is_active(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// A name as a shell takes it.
pub fn quoted(name: impl AsRef<OsStr>) -> String {
    let name = name.as_ref();
    let is_safe = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-+=:@%,".contains(byte);
    let bytes = name.as_encoded_bytes();
    if !bytes.is_empty() && bytes.iter().all(is_safe) {
        return plain(name);
    }
    match name.to_str() {
        Some(text) if !text.contains(is_active) => format!("'{}'", text.replace('\'', "'\\''")),
        // As bash, ksh and zsh have it, and POSIX since 2024.
        _ => {
            let one = |&byte: &u8| match byte {
                b'\'' | b'\\' => format!("\\{}", char::from(byte)),
                b' '..=b'~' => char::from(byte).to_string(),
                _ => format!("\\x{byte:02x}"),
            };
            format!("$'{}'", bytes.iter().map(one).collect::<String>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt;

    fn name(bytes: &[u8]) -> &OsStr {
        OsStr::from_bytes(bytes)
    }

    #[test]
    fn names_are_shown_without_harm() {
        for (bytes, as_text, as_shown) in [
            (&b"a b.ko"[..], "a b.ko", "a b.ko"),
            ("größe.ko".as_bytes(), "größe.ko", "größe.ko"),
            (b"a\xff\xfe.ko", "a\\xff\\xfe.ko", "a\\xff\\xfe.ko"),
            (b"a\x1b[31m\n\t", "a\x1b[31m\n\t", "a\\x1b[31m\\n\\t"),
            (b"\x7f\xc2\x9b", "\x7f\u{9b}", "\\x7f\\u{9b}"),
            ("\u{202e}ok".as_bytes(), "\u{202e}ok", "\\u{202e}ok"),
        ] {
            assert_eq!(plain(name(bytes)), as_text);
            assert_eq!(shown(name(bytes)), as_shown);
        }
    }

    #[test]
    fn a_shell_takes_what_is_quoted() {
        for (bytes, expected) in [
            (
                &b"/lib/modules/7.3.4+deb13-amd64"[..],
                "/lib/modules/7.3.4+deb13-amd64",
            ),
            (b"", "''"),
            (b"a b", "'a b'"),
            (b"it's $HOME", "'it'\\''s $HOME'"),
            (b"a\n'\\\xff", "$'a\\x0a\\'\\\\\\xff'"),
        ] {
            assert_eq!(quoted(name(bytes)), expected);
        }
    }
}
