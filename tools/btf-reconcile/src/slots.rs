// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What each slot of `.BTF_ids` is for.
//!
//! The core translates the slots and checks them; this lists them for people to read, along with
//! the kfuncs and destructors that they make.

use crate::{
    btf::{
        Kind,
        Marks,
        Symbol, //
    },
    elf::{
        Ids,
        Module, //
    },
};

/// Flag of a set that holds kfuncs, `BTF_SET8_KFUNCS`.
const SET8_KFUNCS: u32 = 1;
/// What a module with destructors calls.
const REGISTER_DTORS: &str = "register_btf_id_dtor_kfuncs";

/// What the kernel uses a slot for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A kfunc, of a set with this name.
    Kfunc,
    /// The type that a destructor is for.
    DtorOf,
    /// A destructor.
    Dtor,
    /// What a trace event is made of.
    TraceEvent,
    /// Something that the module itself looks at.
    Own,
}

impl Use {
    /// Whether the kernel translates such an id when it reads it. All others a stock kernel takes
    /// as they are.
    pub fn is_translated(self) -> bool {
        self != Use::Own
    }
}

/// One slot.
#[derive(Clone, Copy, Debug)]
pub struct Slot<'a> {
    /// Where it lies, in bytes from the start of the section.
    pub at: u32,
    /// The symbol on it, or that of the set it is in.
    pub symbol: &'a [u8],
    /// The set it is in.
    pub set: Option<&'a [u8]>,
    /// The id in it.
    pub id: u32,
    /// The flags behind the id, in sets that have them.
    pub flags: Option<u32>,
    /// What it is used for.
    pub used: Use,
    /// The name in the symbol on it. In a set that need not be the name of the type whose id is
    /// in it, but that of another one in the set.
    pub wanted: &'a [u8],
}

/// Lists the slots of a module in order of their places, as far as they lie in the section.
pub fn list<'a>(module: &Module<'a>) -> Vec<Slot<'a>> {
    let Some(ids) = &module.ids else {
        return Vec::new();
    };
    let mut slots: Vec<Slot<'a>> = Vec::new();
    let mut symbols: Vec<&Symbol<'a>> = ids.symbols.iter().collect();
    // A set comes before what is in it.
    symbols.sort_by_key(|s| (s.at, u32::MAX - s.size, s.name));
    let mut end = 0;
    for symbol in symbols {
        match symbol.marks() {
            Some(Marks::Slot(_, name)) if symbol.at < end => {
                let inside = slots.binary_search_by_key(&symbol.at, |slot| slot.at);
                if let Some(slot) = inside.ok().and_then(|n| slots.get_mut(n)) {
                    slot.wanted = name;
                }
            }
            Some(Marks::Slot(kind, name)) => {
                if let Some(id) = word(ids, symbol.at) {
                    slots.push(Slot {
                        at: symbol.at,
                        symbol: symbol.name,
                        set: None,
                        id,
                        flags: None,
                        used: own_use(kind, name),
                        wanted: name,
                    });
                }
            }
            Some(Marks::Set(name)) if symbol.at >= end => {
                end = list_set(ids, symbol, name, 4, &mut slots);
            }
            Some(Marks::Set8(name)) if symbol.at >= end => {
                end = list_set(ids, symbol, name, 8, &mut slots);
            }
            Some(Marks::Set(_) | Marks::Set8(_)) | None => {}
        }
    }
    if module.imports(REGISTER_DTORS) {
        mark_dtors(&mut slots);
    }
    slots
}

/// Lists the slots of a set; gives where it ends.
fn list_set<'a>(
    ids: &Ids<'a>,
    symbol: &Symbol<'a>,
    name: &'a [u8],
    stride: u32,
    slots: &mut Vec<Slot<'a>>,
) -> u32 {
    let end = symbol.at.saturating_add(symbol.size);
    let flags = match stride {
        8 => word(ids, symbol.at.saturating_add(4)),
        _ => None,
    };
    let used = match flags {
        Some(flags) if flags & SET8_KFUNCS != 0 => Use::Kfunc,
        _ => Use::Own,
    };
    let count = word(ids, symbol.at).unwrap_or(0);
    let mut at = symbol.at.saturating_add(stride);
    for _ in 0..count {
        // What does not fit into the symbol is not of the set.
        let (Some(id), true) = (word(ids, at), at < end) else {
            break;
        };
        slots.push(Slot {
            at,
            symbol: symbol.name,
            set: Some(name),
            id,
            flags: flags.and_then(|_| word(ids, at.saturating_add(4))),
            used,
            wanted: b"",
        });
        at = at.saturating_add(stride);
    }
    end
}

/// What a slot outside of sets is for, by the name in its symbol.
fn own_use(kind: Kind, name: &[u8]) -> Use {
    // As include/trace/trace_events.h makes them.
    let of_event = match kind {
        Kind::Func => name.starts_with(b"__bpf_trace_"),
        Kind::Struct => name.starts_with(b"trace_event_raw_"),
        _ => false,
    };
    match of_event {
        true => Use::TraceEvent,
        false => Use::Own,
    }
}

/// Finds destructors: a slot for a struct and right behind it one for a function, in a module that
/// registers some. The list of them is made at run time, so that this can't be read.
fn mark_dtors(slots: &mut [Slot<'_>]) {
    let is = |slot: &Slot<'_>, wanted: &[Kind]| {
        let name = slot.symbol;
        let marks = Symbol {
            name,
            at: 0,
            size: 0,
        };
        slot.set.is_none()
            && matches!(marks.marks(), Some(Marks::Slot(kind, _)) if wanted.contains(&kind))
    };
    let mut rest = slots;
    while let Some((of, behind)) = rest.split_first_mut() {
        if let Some(dtor) = behind.first_mut() {
            if is(of, &[Kind::Struct, Kind::Union])
                && is(dtor, &[Kind::Func])
                && dtor.at == of.at.saturating_add(4)
            {
                of.used = Use::DtorOf;
                dtor.used = Use::Dtor;
            }
        }
        rest = behind;
    }
}

/// Reads the id or count at `at`.
fn word(ids: &Ids<'_>, at: u32) -> Option<u32> {
    let at = usize::try_from(at).ok()?;
    let bytes = ids.bytes.get(at..)?.first_chunk()?;
    Some(u32::from_ne_bytes(*bytes))
}
