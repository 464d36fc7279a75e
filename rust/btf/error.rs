// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What can be wrong with BTF, and where.

use super::wire::Kind;
use core::fmt;

/// Memory ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMemory;

/// The input that an [`Error`] lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// BTF of the kernel.
    Vmlinux,
    /// `.BTF.base` of the module.
    Base,
    /// `.BTF.base_ref` of the module.
    BaseRef,
    /// `.BTF` of the module.
    Split,
    /// `.BTF_ids` of the module.
    Ids,
    /// `.note.btf_base` of the module.
    Fingerprint,
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Section::Vmlinux => "vmlinux BTF",
            Section::Base => ".BTF.base",
            Section::BaseRef => ".BTF.base_ref",
            Section::Split => ".BTF",
            Section::Ids => ".BTF_ids",
            Section::Fingerprint => ".note.btf_base",
        })
    }
}

/// The place in a [`Section`] that an [`Error`] lies at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The header.
    Header,
    /// The section as a whole.
    Whole,
    /// The type with this id.
    Type(u32),
    /// The slot at this byte offset of `.BTF_ids`.
    Slot(u32),
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Memory ran out.
    NoMemory,
    /// The section ends too early.
    Truncated,
    /// BTF of a machine with the other byte order.
    ForeignByteOrder,
    /// Not BTF: it starts with another number.
    BadMagic(u16),
    /// A version or flags that are not known.
    BadVersion {
        /// The version found.
        version: u8,
        /// The flags found.
        flags: u8,
    },
    /// The header is too short, or longer than known with something in it.
    HeaderLen(u32),
    /// A part named by the header lies outside.
    SectionBounds {
        /// Its offset, from the end of the header.
        off: u32,
        /// Its length.
        len: u32,
    },
    /// Two parts named by the header share bytes.
    SectionOverlap,
    /// The strings do not end in a NUL.
    StringsEnd,
    /// BTF that stands on its own has no strings, not even the empty one.
    NoStrings,
    /// The strings of BTF that stands on its own do not start with the empty one.
    StringsStart,
    /// More types or strings than ids and offsets can name.
    TooLarge,
    /// A kind that is not known.
    UnknownKind(u32),
    /// A kind that can't stand in this section.
    UnexpectedKind(Kind),
    /// A name that lies outside the strings.
    NameBounds(u32),
    /// A name that starts inside another string.
    NameInside(u32),
    /// A nominal type without a name.
    NoName(Kind),
    /// A reference to a type that there is not.
    Reference {
        /// The id referred to.
        id: u32,
        /// One more than the largest id there is.
        end: u32,
    },
    /// It refers to a type of this kind, where that can't stand.
    LeadsTo(u32, Kind),
    /// It refers to nothing where something has to stand.
    LeadsToVoid,
    /// Types that refer to each other without end, or too many times for the kernel.
    TooDeep,
    /// An array, a struct or a union that embeds itself: the kernel and libbpf follow it without
    /// end.
    Endless,
    /// Its member at this bit does not fit into it.
    MemberSize(u32),
    /// A function that the module does not have.
    NoFunction,
    /// What the kernel refuses it for, in the kernel's words.
    Kernel(&'static str),
    /// A type that can't be carried over, in strict mode.
    Refused(super::reconcile::Reason),
    /// It stands on its own, in strict mode.
    RefusedWhole,
    /// It may be split from the kernel's BTF as well as stand on its own.
    TwoReadings,
    /// A set whose size differs from what it says of itself.
    SetSize {
        /// Slots that there is room for.
        room: u32,
        /// Slots that the set counts.
        count: u32,
    },
    /// A symbol that lies outside the section, or over another one.
    SymbolBounds,
    /// A symbol that does not lie on a multiple of four bytes.
    SymbolUnaligned,
    /// A symbol whose name is not of the form `__BTF_ID__<kind>__<name>__<counter>`.
    SymbolName,
    /// There are no symbols, which would tell where the ids are.
    NoSymbols,
    /// A word that may be an id, without a symbol that would tell what type it is for.
    NoSymbol,
    /// A slot that holds an id of no type.
    SlotId(u32),
    /// A slot whose symbol names another type than its id.
    SlotName(u32),
    /// A slot whose symbol names a type of another kind than its id.
    SlotKind {
        /// The id.
        id: u32,
        /// Kind of the type that has it.
        kind: Kind,
        /// The kind that the symbol names.
        wanted: Kind,
    },
    /// A slot of a set that holds another type than the symbols in the set name.
    SetName(u32),
    /// Notes that are longer than what is read.
    NotesTooLong(usize),
    /// A note whose contents can't be.
    NoteContents(u32),
    /// A note that is there more than once.
    NoteTwice(u32),
    /// Notes that are not where the module can read them.
    NotesOutside,
}

/// What is wrong with an input, and where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    /// The input.
    pub section: Section,
    /// The place in it.
    pub place: Place,
    /// What is wrong there.
    pub fault: Fault,
}

impl Error {
    /// Makes an error of its parts.
    #[inline]
    pub fn new(section: Section, place: Place, fault: Fault) -> Self {
        Self {
            section,
            place,
            fault,
        }
    }
}

impl From<NoMemory> for Error {
    fn from(_: NoMemory) -> Self {
        Self::new(Section::Split, Place::Whole, Fault::NoMemory)
    }
}

impl From<NoMemory> for Fault {
    fn from(_: NoMemory) -> Self {
        Self::NoMemory
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.fault == Fault::NoMemory {
            return f.write_str("out of memory");
        }
        write!(f, "{}: ", self.section)?;
        match self.place {
            Place::Header => f.write_str("header: ")?,
            Place::Whole => {}
            Place::Type(id) => write!(f, "type [{id}]: ")?,
            Place::Slot(at) => write!(f, "slot at byte {at}: ")?,
        }
        write!(f, "{}", self.fault)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Fault::NoMemory => f.write_str("out of memory"),
            Fault::Truncated => f.write_str("cut short"),
            Fault::ForeignByteOrder => f.write_str("made for a machine of the other byte order"),
            Fault::BadMagic(magic) => write!(f, "not BTF: magic {magic:#06x}, expected 0xeb9f"),
            Fault::BadVersion { version, flags } => {
                write!(f, "version {version}, flags {flags:#x}, expected 1 and 0")
            }
            Fault::HeaderLen(len) => write!(f, "a header of {len} bytes is not known"),
            Fault::SectionBounds { off, len } => {
                write!(f, "{len} bytes at offset {off} lie outside")
            }
            Fault::SectionOverlap => f.write_str("its parts overlap"),
            Fault::StringsEnd => f.write_str("the strings do not end in a NUL"),
            Fault::NoStrings => f.write_str("has no strings: there is nothing in it"),
            Fault::StringsStart => f.write_str(
                "the strings do not start with a NUL: it is split from other BTF, as a module's is",
            ),
            Fault::TooLarge => f.write_str("too many types or too long strings"),
            Fault::UnknownKind(kind) => write!(f, "kind {kind} is not known"),
            Fault::UnexpectedKind(kind) => write!(f, "a {} can't stand here", kind.name()),
            Fault::NameBounds(off) => write!(f, "its name at {off} lies outside the strings"),
            Fault::NameInside(off) => write!(f, "its name at {off} starts inside a string"),
            Fault::NoName(kind) => write!(f, "a {} without a name", kind.name()),
            Fault::Reference { id, end } => {
                write!(f, "refers to type [{id}], there are {end}")
            }
            Fault::LeadsTo(id, kind) => {
                write!(
                    f,
                    "refers to [{id}], a {}, which can't stand there",
                    kind.name()
                )
            }
            Fault::LeadsToVoid => f.write_str("refers to void, expected a type"),
            Fault::MemberSize(bit) => write!(f, "its member at bit {bit} does not fit into it"),
            Fault::NoFunction => f.write_str("is no function of the module"),
            Fault::Kernel(what) => f.write_str(what),
            Fault::Endless => f.write_str("embeds itself, which leads on without end"),
            Fault::TooDeep => f.write_str("too long a chain of types, or a loop"),
            Fault::Refused(reason) => write!(f, "refused (strict): {reason}"),
            Fault::RefusedWhole => f.write_str("refused (strict): it stands on its own"),
            Fault::TwoReadings => f.write_str(
                "stands on its own and fits this kernel as well: which types it means \
                 can't be told",
            ),
            Fault::SetSize { room, count } => {
                write!(f, "a set counts {count} ids and has room for {room}")
            }
            Fault::SymbolBounds => f.write_str("its symbol lies outside or over another one"),
            Fault::SymbolUnaligned => f.write_str("its symbol is not at a multiple of 4 bytes"),
            Fault::NoSymbol => f.write_str("not 0, and the symbol that tells its type is gone"),
            Fault::SymbolName => f.write_str("its symbol names no kind and type"),
            Fault::NoSymbols => f.write_str("the module was stripped of its symbols"),
            Fault::SlotId(id) => write!(f, "holds id {id}, which no type has"),
            Fault::SlotName(id) => {
                write!(
                    f,
                    "holds id {id}, a type of another name than its symbol says"
                )
            }
            Fault::SlotKind { id, kind, wanted } => {
                let (kind, wanted) = (kind.name(), wanted.name());
                write!(f, "holds id {id}, a {kind}, where its symbol says {wanted}")
            }
            Fault::SetName(id) => {
                write!(f, "holds id {id}, a type that no symbol of its set names")
            }
            Fault::NotesTooLong(len) => write!(f, "{len} bytes are more than are read"),
            Fault::NoteContents(kind) => write!(f, "note {kind} says what can't be"),
            Fault::NoteTwice(kind) => write!(f, "note {kind} is there twice"),
            Fault::NotesOutside => f.write_str("it is not in the module's data"),
        }
    }
}
