// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What tells one build of a kernel from all others, and where a module says against which one its
//! BTF was built.
//!
//! Nothing depends on it but what is said: types are found by what the base says of them, whichever
//! kernel a module claims to be of.

use super::{
    error::{
        Error,
        Fault,
        Place,
        Section, //
    },
    limits::{
        MAX_BUILD_ID,
        MAX_FINGERPRINT,
        MAX_RELEASE, //
    },
    wire::{
        CutShort,
        Note,
        Notes, //
    },
};
use core::fmt;

/// The section of a module that has it.
pub const FINGERPRINT: &str = ".note.btf_base";

/// Whose notes these are.
pub const OWNER: &[u8] = b"btf-reconcile";
/// The note with the kernel's build id. `readelf` takes lower numbers for notes that it knows,
/// whoever is the owner.
pub const BUILD_ID: u32 = 16;
/// The one with the SHA-256 of its BTF.
pub const BTF_SHA256: u32 = 17;
/// The one with its release.
pub const RELEASE: u32 = 18;

/// Owner and number of the note that linkers put a build id into.
const GNU: (&[u8], u32) = (b"GNU", 3);

/// What is known of a build of the kernel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint<'a> {
    /// Its release, as `uname -r` says it.
    pub release: Option<&'a [u8]>,
    /// The build id that the linker has given it.
    pub build_id: Option<&'a [u8]>,
    /// The SHA-256 of its BTF.
    pub btf_sha256: Option<&'a [u8; 32]>,
}

impl<'a> Fingerprint<'a> {
    /// Reads a module's section of that name; [`None`] if nothing is said there.
    ///
    /// # Errors
    ///
    /// It is longer than any that is written, cut short, says one thing twice, or says what can't
    /// be.
    pub fn parse(section: &'a [u8]) -> Result<Option<Self>, Error> {
        Self::read(section).map_err(malformed)
    }

    fn read(section: &'a [u8]) -> Result<Option<Self>, Fault> {
        if section.len() > MAX_FINGERPRINT {
            return Err(Fault::NotesTooLong(section.len()));
        }
        let mut found = Self::default();
        for note in Notes::of(section) {
            let Note {
                owner,
                kind,
                contents,
            } = note.map_err(|CutShort| Fault::Truncated)?;
            if owner != OWNER {
                continue;
            }
            let is_known = match kind {
                BUILD_ID => found.build_id.replace(contents).is_some(),
                BTF_SHA256 => {
                    let hash = contents.try_into().map_err(|_| Fault::NoteContents(kind))?;
                    found.btf_sha256.replace(hash).is_some()
                }
                RELEASE => found.release.replace(contents).is_some(),
                // What is added later says more, and takes nothing back.
                _ => continue,
            };
            if is_known {
                return Err(Fault::NoteTwice(kind));
            }
        }
        if found.build_id.is_some_and(|id| !is_build_id(id)) {
            return Err(Fault::NoteContents(BUILD_ID));
        }
        if found.release.is_some_and(|release| !is_release(release)) {
            return Err(Fault::NoteContents(RELEASE));
        }
        Ok(Some(found).filter(|found| *found != Self::default()))
    }

    /// Reads the notes of a kernel itself, from which its build id is known.
    pub fn of_kernel(notes: &'a [u8]) -> Self {
        let mut notes = Notes::of(notes).map_while(Result::ok);
        let build_id = notes.find(|note| (note.owner, note.kind) == GNU);
        let build_id = build_id.map(|note| note.contents);
        Self {
            build_id: build_id.filter(|id| is_build_id(id)),
            ..Self::default()
        }
    }

    /// Whether people can tell by it which kernel is meant: not so by the hash alone.
    pub fn is_telling(&self) -> bool {
        self.release.is_some() || self.build_id.is_some()
    }

    /// Whether it is the same build as `other`; [`None`] if that can't be told, as where the builds
    /// differ and their BTF does not: the id may be from a file of another build than what the
    /// types were taken from. Releases are no proof: a kernel may be built again under the same.
    pub fn is_same(&self, other: &Fingerprint<'_>) -> Option<bool> {
        match (self.has_same_id(other), self.has_same_btf(other)) {
            (Some(false), Some(true)) => None,
            (Some(has_same_id), _) => Some(has_same_id),
            (None, has_same_btf) => has_same_btf,
        }
    }

    /// Whether it has the build id of `other`, if both are known.
    pub fn has_same_id(&self, other: &Fingerprint<'_>) -> Option<bool> {
        let ids = self.build_id.zip(other.build_id);
        ids.map(|(ours, theirs)| ours == theirs)
    }

    /// Whether it has the BTF of `other`, if both are known. So may another build.
    pub fn has_same_btf(&self, other: &Fingerprint<'_>) -> Option<bool> {
        let hashes = self.btf_sha256.zip(other.btf_sha256);
        hashes.map(|(ours, theirs)| ours == theirs)
    }
}

/// Whether a build id of this length is known anywhere.
pub fn is_build_id(id: &[u8]) -> bool {
    (1..=MAX_BUILD_ID).contains(&id.len())
}

/// Whether a kernel can have this release: all of it can be printed, and be the name of a folder.
pub fn is_release(release: &[u8]) -> bool {
    let is_fit = |byte: &u8| byte.is_ascii_graphic() && *byte != b'/';
    (1..=MAX_RELEASE).contains(&release.len()) && release.iter().all(is_fit)
}

/// What is wrong with a module's section.
pub fn malformed(fault: Fault) -> Error {
    Error::new(Section::Fingerprint, Place::Whole, fault)
}

/// The kernel in words: its release, and what tells that build of it.
impl fmt::Display for Fingerprint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.release {
            Some(release) => write!(f, "{}", release.escape_ascii())?,
            None => f.write_str("a kernel of unknown release")?,
        }
        match (self.build_id, self.btf_sha256) {
            (Some(id), _) => write!(f, " (build id {})", Hex(id)),
            (None, Some(hash)) => write!(f, " (SHA-256 of its BTF {})", Hex(hash)),
            (None, None) => Ok(()),
        }
    }
}

/// Bytes as they are written in hexadecimal.
pub struct Hex<'a>(pub &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
