// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Running pahole, which makes BTF of DWARF.
//!
//! It is told what the kernel's build tells it (`scripts/Makefile.btf`), but for three things. It is
//! not to use several threads, with which its output is another one each time. It is not to add
//! a layout section, which newer kernels can do without and older ones refuse. And it is not to look
//! for debug files itself, least of all in the network.

use crate::error::{
    Error,
    Result, //
};
use std::{
    fmt::{
        self,
        Display,
        Formatter, //
    },
    fs,
    io::{
        self,
        ErrorKind, //
    },
    os::unix::process::ExitStatusExt,
    path::Path,
    process::{
        Command,
        Output,
        Stdio, //
    },
};
use tempfile::{
    Builder,
    TempDir, //
};

/// The program.
const PAHOLE: &str = "pahole";

/// The oldest version that the kernel's build is content with.
const OLDEST: Version = Version(1, 22);

/// What is wanted of versions that have to be told by name.
const FEATURES: &str =
    "--btf_features=encode_force,var,float,enum64,decl_tag,type_tag,optimized_func,consistent_func";

/// Names of the files that pahole reads and writes; it says them when it fails.
const MODULE: &str = "module.ko";
const BASE: &str = "vmlinux.btf";
const OUT: &str = "module.btf";

/// Characters of what pahole has to say that are passed on.
const MAX_WORDS: usize = 300;

/// A version of pahole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Version(u32, u32);

impl Version {
    /// Reads it, as in `v1.30`.
    fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.trim().trim_start_matches('v').split_once('.')?;
        let end = minor.find(|c: char| !c.is_ascii_digit());
        let minor = minor.get(..end.unwrap_or(minor.len()))?;
        Some(Self(major.parse().ok()?, minor.parse().ok()?))
    }

    /// How this version is told what BTF is wanted.
    fn flags(self) -> Vec<&'static str> {
        let mut flags = Vec::new();
        if self >= Version(1, 26) {
            flags.push(FEATURES);
        } else {
            flags.push("--btf_gen_floats");
            if self >= Version(1, 25) {
                flags.extend([
                    "--skip_encoding_btf_inconsistent_proto",
                    "--btf_gen_optimized",
                ]);
            }
        }
        if self >= Version(1, 24) {
            flags.push("--lang_exclude=rust");
        }
        flags
    }
}

impl Display for Version {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

/// What pahole has made.
pub struct Encoded {
    /// The BTF.
    pub btf: Vec<u8>,
    /// What it has said on the way.
    pub words: Option<String>,
}

/// A pahole that can be used.
pub struct Pahole {
    version: Version,
    /// Where it works, until it is not needed any more.
    folder: TempDir,
}

impl Pahole {
    /// Looks for it.
    ///
    /// # Errors
    ///
    /// It is not there, does not work, or is too old; or there is no place for it to work in.
    pub fn find() -> Result<Self> {
        let folder = Builder::new()
            .prefix("btf-reconcile-")
            .tempdir()
            .map_err(Error::Io)?;
        let output = run(folder.path(), &["--version"])?;
        let text = String::from_utf8_lossy(&output.stdout);
        let Some(version) = Version::parse(&text).filter(|_| output.status.success()) else {
            let said = words(&[output.stdout, output.stderr].concat());
            let said = said.unwrap_or_else(|| "nothing".into());
            return Err(Error::Unfit(format!(
                "{PAHOLE}: asked for its version it says {said}, expected {OLDEST} or later"
            )));
        };
        if version < OLDEST {
            return Err(Error::Unfit(format!(
                "{PAHOLE}: version {version}, expected {OLDEST} or later{}",
                package()
            )));
        }
        Ok(Self { version, folder })
    }

    /// Makes BTF of the DWARF in `file`: split from `base`, which is raw BTF, or else on its own.
    ///
    /// # Errors
    ///
    /// pahole fails, or finds nothing; a file can't be written or read.
    pub fn encode(&self, file: &[u8], base: Option<&[u8]>) -> Result<Encoded> {
        let at = |name: &str| self.folder.path().join(name);
        let write = |name: &str, bytes: &[u8]| {
            let path = at(name);
            fs::write(&path, bytes).map_err(|error| Error::Io(error).at(&path))
        };
        write(MODULE, file)?;
        let out = format!("--btf_encode_detached={OUT}");
        let mut arguments = vec!["-J"];
        arguments.extend(self.version.flags());
        if let Some(base) = base {
            write(BASE, base)?;
            arguments.extend(["--btf_base", BASE]);
        }
        arguments.extend([&*out, MODULE]);
        let output = run(self.folder.path(), &arguments)?;
        let words = words(&output.stderr);
        if !output.status.success() {
            let how = match (output.status.code(), output.status.signal()) {
                (_, Some(signal)) => format!("was killed by signal {signal}"),
                (code, _) => format!("fails with status {}", code.unwrap_or(-1)),
            };
            let why = words.map_or(String::new(), |words| format!(": {words}"));
            return Err(Error::Refused(format!(
                "{PAHOLE} {} {how}{why}",
                self.version
            )));
        }
        match fs::read(at(OUT)) {
            Ok(btf) => Ok(Encoded { btf, words }),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let why = words.map_or(String::new(), |words| format!(": {words}"));
                Err(Error::Refused(format!(
                    "{PAHOLE} {} finds no types of C in its DWARF{why}",
                    self.version
                )))
            }
            Err(error) => Err(Error::Io(error).at(&at(OUT))),
        }
    }
}

/// Runs it in `folder`.
///
/// # Errors
///
/// It is not there, or can't be run.
fn run(folder: &Path, arguments: &[&str]) -> Result<Output> {
    let output = Command::new(PAHOLE)
        .args(arguments)
        .current_dir(folder)
        .env("LC_ALL", "C")
        .env_remove("DEBUGINFOD_URLS")
        .stdin(Stdio::null())
        .output();
    output.map_err(|error| match error.kind() {
        ErrorKind::NotFound => Error::Unfit(format!(
            "{PAHOLE}: not found, and nothing else makes BTF of DWARF{}",
            package()
        )),
        _ => Error::Io(io::Error::new(error.kind(), format!("{PAHOLE}: {error}"))),
    })
}

/// Where to have it from.
fn package() -> String {
    format!(
        ": install the package pahole (Debian, Arch) or dwarves (Fedora, SUSE), {OLDEST} or later"
    )
}

/// What a program has said, in one line; [`None`] if nothing.
fn words(said: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(said);
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut lines: Vec<_> = lines.collect();
    lines.dedup();
    let line = lines.join("; ").replace(|c: char| c.is_control(), " ");
    let more = line.char_indices().nth(MAX_WORDS);
    let line = match more {
        Some((end, _)) => format!("{}...", line.get(..end).unwrap_or_default()),
        None => line,
    };
    Some(line).filter(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        let parse = |text| Version::parse(text).unwrap();
        assert_eq!(parse("v1.30\n"), Version(1, 30));
        assert_eq!(parse("v1.30-12-gabcdef"), Version(1, 30));
        assert_eq!(parse("1.9"), Version(1, 9));
        assert!(parse("v1.9") < OLDEST && parse("v1.100") > OLDEST && parse("v2.0") > OLDEST);
        for text in ["", "v1", "pahole", "v1.x", "vv.1"] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }

    #[test]
    fn each_version_is_told_what_it_knows() {
        assert_eq!(Version(1, 22).flags(), ["--btf_gen_floats"]);
        let at_24 = ["--btf_gen_floats", "--lang_exclude=rust"];
        assert_eq!(Version(1, 24).flags(), at_24);
        assert_eq!(Version(1, 25).flags().len(), 4);
        for version in [Version(1, 26), Version(1, 32), Version(2, 0)] {
            assert_eq!(version.flags(), [FEATURES, "--lang_exclude=rust"]);
        }
    }

    #[test]
    fn words_are_one_line() {
        assert_eq!(words(b""), None);
        assert_eq!(words(b" \n\t\n"), None);
        let said = words(b"pahole: x: no\nmore\nmore\n  \x1b[1mbold\n");
        assert_eq!(said.as_deref(), Some("pahole: x: no; more;  [1mbold"));
        let long = words("\u{e4}".repeat(MAX_WORDS + 1).as_bytes()).unwrap();
        assert_eq!(long.chars().count(), MAX_WORDS + 3);
        assert!(long.ends_with("\u{e4}..."));
    }
}
