// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What the kernel's log of this boot says of modules whose BTF was of no use.

use crate::{
    error::{
        Error,
        Result, //
    },
    names,
};
use rustix::fs::OFlags;
use std::{
    collections::HashMap,
    ffi::OsStr,
    fs::{
        File,
        OpenOptions, //
    },
    io::{
        self,
        ErrorKind,
        Read, //
    },
    os::unix::{
        ffi::OsStrExt,
        fs::OpenOptionsExt, //
    },
    path::Path, //
};

/// Bytes that no record of the kernel's log exceeds.
const RECORD: usize = 8192;

/// Bytes of a file that are read of it.
const MAX_BYTES: u64 = 64 << 20;

/// What a line of our module starts with, after what the log puts before it.
const OURS: &str = "btf_reconcile: ";

/// What such a line says of a module that is not given what it should have.
const USELESS: [&str; 5] = [
    ", its BTF is withheld",
    ", refused (stale=refuse)",
    "; it has no BTF, and its ids are 0 now",
    "; refused for want of memory",
    "; left to the kernel",
];

/// What the kernel says of a module that it refuses: what is before the name and after it.
const REFUSED: (&str, &str) = ("failed to validate module [", "] BTF: ");

/// What it says, once, if it does not.
const MISMATCH: &str = "Kernel module BTF mismatch detected";

/// What is in the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// Modules, and what is said of each last.
    pub modules: Vec<(String, String)>,
    /// Whether the kernel has left out the BTF of modules without saying of which.
    pub has_nameless: bool,
}

impl Log {
    /// Reads the log at `path`: a device that has it, or a file with lines of it.
    ///
    /// # Errors
    ///
    /// It can't be read.
    pub fn read(path: &Path) -> Result<Self> {
        let text = text(path).map_err(|error| Error::Io(error).at(path))?;
        Ok(Self::of(&text))
    }

    /// Finds in the text of a log what matters here.
    fn of(text: &str) -> Self {
        let mut has_nameless = false;
        let mut last = HashMap::new();
        for (nth, line) in text.lines().enumerate() {
            has_nameless |= line.contains(MISMATCH);
            if let Some((module, what)) = refused(line).or_else(|| useless(line)) {
                last.insert(module, (nth, what));
            } else if let Some(module) = helped(line) {
                last.remove(module);
            }
        }
        let mut modules: Vec<_> = last.into_iter().collect();
        modules.sort_by_key(|(_, (nth, _))| *nth);
        let modules = modules.into_iter();
        let modules = modules.map(|(module, (_, what))| (module.to_owned(), what));
        Self {
            modules: modules.collect(),
            has_nameless,
        }
    }
}

/// The module that the kernel has refused.
fn refused(line: &str) -> Option<(&str, String)> {
    let (before, between) = REFUSED;
    let (_, rest) = line.split_once(before)?;
    let (module, errno) = rest.split_once(between)?;
    Some((module, format!("refused by the kernel ({})", errno.trim())))
}

/// The module that a line of ours is about, and what it says.
fn ours(line: &str) -> Option<(&str, &str)> {
    let (_, rest) = line.split_once(OURS)?;
    rest.split_once(": ")
}

/// The module that our module could help, as when it was loaded again.
fn helped(line: &str) -> Option<&str> {
    let (module, what) = ours(line)?;
    what.starts_with("reconciled: ").then_some(module)
}

/// The module that our module could not help.
fn useless(line: &str) -> Option<(&str, String)> {
    let (module, what) = ours(line)?;
    let is_useless = USELESS.iter().any(|words| what.contains(words));
    is_useless.then(|| (module, what.to_owned()))
}

fn text(path: &Path) -> io::Result<String> {
    // CAST: The flags of the kernel's interface are the same bits.
    let nonblock = OFlags::NONBLOCK.bits() as i32;
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(nonblock)
        .open(path)?;
    let mut bytes = Vec::new();
    if file.metadata()?.is_file() {
        file.take(MAX_BYTES).read_to_end(&mut bytes)?;
    } else {
        read_records(file, &mut bytes)?;
    }
    Ok(names::plain(OsStr::from_bytes(&bytes)))
}

/// Reads the device of the kernel's log, which gives one record at a time, until there is no more.
fn read_records(mut device: File, bytes: &mut Vec<u8>) -> io::Result<()> {
    let mut record = vec![0; RECORD];
    loop {
        match device.read(&mut record) {
            Ok(0) => return Ok(()),
            Ok(len) => bytes.extend_from_slice(record.get(..len).unwrap_or_default()),
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock => return Ok(()),
                // The next record was overwritten by a new one; or a signal came.
                ErrorKind::BrokenPipe | ErrorKind::Interrupted => {}
                _ => return Err(error),
            },
        }
        // CAST: A length in memory fits 64 bits.
        if bytes.len() as u64 > MAX_BYTES {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        io::Write,
        os::{
            fd::OwnedFd,
            unix::net::UnixStream, //
        },
    };

    #[test]
    fn lines_of_all_forms_are_read() {
        let log = Log::of(
            "<4>[    1.000000] failed to validate module [one] BTF: -22\n\
             4,339,5140900,-;failed to validate module [two] BTF: -22\n SUBSYSTEM=x\n\
             Nov 27 09:00:00 host kernel: btf_reconcile: three: .BTF: type [3]: refers to [7], a \
             FUNC, which can't stand there; made for another kernel, its BTF is withheld: rebuild it\n\
             [    2.000000] btf_reconcile: four: reconciled: 2 types mapped, 0 carried\n\
             [    3.000000] btf_reconcile: one: .BTF: header: cut short; left to the kernel, rebuild\n\
             [    4.000000] failed to validate module [\u{1b}c] BTF: -22\n\
             [    5.000000] btf_reconcile: five: .BTF: type [3]: why; built against 7.2.12 (build \
             id 01ab), its BTF is withheld: rebuild it\n\
             [    6.000000] btf_reconcile: six: .BTF: header: why; of no use here, refused \
             (stale=refuse): rebuild it\n",
        );
        let named: Vec<_> = log.modules.iter().map(|(name, _)| &name[..]).collect();
        assert_eq!(named, ["two", "three", "one", "\u{1b}c", "five", "six"]);
        assert_eq!(log.modules[0].1, "refused by the kernel (-22)");
        assert!(log.modules[1]
            .1
            .ends_with("its BTF is withheld: rebuild it"));
        assert!(log.modules[2].1.contains("left to the kernel"));
        assert!(!log.has_nameless);
        assert!(Log::of("[ 1.0] Kernel module BTF mismatch detected, BTF").has_nameless);
        assert_eq!(Log::of("failed to validate module [x"), Log::default());
    }

    #[test]
    fn what_does_not_end_is_not_waited_for() {
        let (device, mut log) = UnixStream::pair().unwrap();
        device.set_nonblocking(true).unwrap();
        log.write_all(b"4,339,5140900,-;a record\n").unwrap();
        let mut bytes = Vec::new();
        read_records(File::from(OwnedFd::from(device)), &mut bytes).unwrap();
        assert_eq!(bytes, b"4,339,5140900,-;a record\n");
    }
}
