// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What the kernel does with ids in `.BTF_ids`, and with which it does nothing.
//!
//! It translates those of kfunc sets and destructors when the module registers them
//! (`register_btf_kfunc_id_set()`, `register_btf_id_dtor_kfuncs()`), and those of trace events when
//! somebody asks for them (`event_btf_ids_read()`), by a map whose end it does not look at. All
//! others the module reads as they are.
//!
//! That the module's `init` fails when registering does is taken for granted. What is asked of
//! iterators, and how many sets there may be for one kind of program, is not looked at.

use super::{
    kind::{
        FUNC,
        FUNC_PROTO,
        PTR, //
    },
    stop::{
        Stop,
        E2BIG,
        EINVAL, //
    },
    wire::{
        size,
        word, //
    },
    Kernel,
    Loaded, //
};

/// Flag of a set that holds kfuncs, `BTF_SET8_KFUNCS`.
const KFUNCS: u32 = 1;
/// The most kfuncs of one set, `BTF_KFUNC_SET_MAX_CNT`.
const MAX_KFUNCS: u32 = 256;
const SET: &[u8] = b"__BTF_ID__set__";
const SET8: &[u8] = b"__BTF_ID__set8__";

/// A symbol of the section.
#[derive(Clone, Copy)]
pub struct Symbol<'a> {
    /// Its name.
    pub name: &'a [u8],
    /// Where it is, in bytes from the start of the section.
    pub at: u32,
    /// How many bytes it has.
    pub size: u32,
}

/// `.BTF_ids`, and what is known of it.
#[derive(Default)]
pub struct Ids<'a> {
    /// What it holds.
    pub bytes: &'a [u8],
    /// Its symbols.
    pub symbols: Vec<Symbol<'a>>,
    /// Whether the module registers kfuncs.
    pub registers_kfuncs: bool,
    /// Whether it registers destructors.
    pub registers_dtors: bool,
    /// Slots of destructors: each lies behind that of the type it is for.
    pub dtors: Vec<u32>,
    /// Slots of trace events.
    pub events: Vec<u32>,
}

/// A set of ids with flags.
struct Set8<'a> {
    symbol: Symbol<'a>,
    count: u32,
    flags: u32,
}

impl<'a> Ids<'a> {
    fn word(&self, at: u32) -> Option<u32> {
        word(self.bytes, size(at))
    }

    /// All sets of ids with flags.
    fn sets(&self) -> Vec<Set8<'a>> {
        let symbols = self.symbols.iter();
        let sets = symbols.filter(|symbol| symbol.name.starts_with(SET8));
        let sets = sets.filter_map(|&symbol| {
            Some(Set8 {
                symbol,
                count: self.word(symbol.at)?,
                flags: self.word(symbol.at.checked_add(4)?)?,
            })
        });
        let mut sets: Vec<_> = sets.collect();
        if self.symbols.is_empty() && self.registers_kfuncs {
            sets = self.sets_by_shape();
        }
        sets
    }

    /// Sets at the start of a section that was stripped of its symbols.
    fn sets_by_shape(&self) -> Vec<Set8<'a>> {
        let mut sets = Vec::new();
        let mut at = 0u32;
        while let Some((count, flags)) = self.word(at).zip(self.word(at.saturating_add(4))) {
            let end = u64::from(at) + 8 + 8 * u64::from(count);
            if flags != KFUNCS
                || self
                    .bytes
                    .get(..usize::try_from(end).unwrap_or(usize::MAX))
                    .is_none()
            {
                break;
            }
            let symbol = Symbol {
                name: b"",
                at,
                size: 0,
            };
            sets.push(Set8 {
                symbol,
                count,
                flags,
            });
            at = u32::try_from(end).unwrap_or(u32::MAX);
        }
        sets
    }

    /// Has the module register what it has.
    ///
    /// # Errors
    ///
    /// Where the kernel stops.
    pub fn register(&self, loaded: &Loaded<'_>, kernel: &Kernel<'_>) -> Result<(), Stop> {
        let sets = self.sets();
        for set in sets.iter().filter(|set| set.flags & KFUNCS != 0) {
            let at = set.symbol.at;
            self.kfuncs(set, loaded, kernel)
                .map_err(|stop| stop.at(format!(".BTF_ids: set at byte {at}")))?;
        }
        if self.registers_kfuncs && !sets.is_empty() && sets.iter().all(|s| s.flags & KFUNCS == 0) {
            let why = ".BTF_ids: no set has the flag of kfuncs";
            return Err(Stop::refuses(EINVAL, why));
        }
        for &at in &self.dtors {
            self.dtor(at, loaded)
                .map_err(|stop| stop.at(format!(".BTF_ids: destructor at byte {at}")))?;
        }
        for &at in &self.events {
            translate(self.word(at).unwrap_or(0), loaded)
                .map_err(|stop| stop.at(format!(".BTF_ids: trace event at byte {at}")))?;
        }
        Ok(())
    }

    /// `__register_btf_kfunc_id_set()`.
    fn kfuncs(&self, set: &Set8<'_>, loaded: &Loaded<'_>, kernel: &Kernel<'_>) -> Result<(), Stop> {
        for nth in 0..set.count {
            let at = u64::from(set.symbol.at) + 8 + 8 * u64::from(nth);
            let at = u32::try_from(at).ok();
            let id = at.and_then(|at| self.word(at)).ok_or_else(|| {
                let count = set.count;
                Stop::outside(format!("counts {count} ids, of which {nth} are there"))
            })?;
            let new = translate(id, loaded)?;
            let refuse = |why| Err(Stop::refuses(EINVAL, format!("id {id} {why}")));
            let Some(func) = loaded.types.get(new).filter(|t| t.kind() == FUNC) else {
                return refuse("is not that of a function");
            };
            let name = loaded.types.strings.at(func.name_off());
            if kernel.has_function(name) {
                return refuse("is that of a function that the kernel has as well");
            }
            let proto = loaded.types.get(func.third());
            if proto.is_none_or(|t| t.kind() != FUNC_PROTO) {
                return refuse("is that of a function without a prototype");
            }
        }
        if set.count > MAX_KFUNCS {
            let why = format!("counts {} ids, more than {MAX_KFUNCS}", set.count);
            return Err(Stop::refuses(E2BIG, why));
        }
        Ok(())
    }

    /// `btf_check_dtor_kfuncs()`, for one, and the translation of its type.
    fn dtor(&self, at: u32, loaded: &Loaded<'_>) -> Result<(), Stop> {
        let id = self.word(at).unwrap_or(0);
        let func = loaded.types.get(translate(id, loaded)?);
        let proto = func.filter(|t| t.kind() == FUNC);
        let proto = proto.and_then(|t| loaded.types.get(t.third()));
        let good = proto.filter(|t| t.kind() == FUNC_PROTO).is_some_and(|t| {
            let of = loaded.types.get(t.tail(1));
            t.third() == 0 && t.vlen() == 1 && of.is_some_and(|of| of.kind() == PTR)
        });
        if !good {
            let why =
                format!("id {id} is not that of a function that takes a pointer and gives nothing");
            return Err(Stop::refuses(EINVAL, why));
        }
        translate(self.word(at.wrapping_sub(4)).unwrap_or(0), loaded).map(drop)
    }

    /// The ids that the kernel does not translate and that mean something else now.
    pub fn left_alone(&self, loaded: &Loaded<'_>) -> Vec<String> {
        let Some(map) = &loaded.map else {
            return Vec::new();
        };
        // Without symbols, destructors can't be told from what the module reads.
        if self.symbols.is_empty() && self.registers_dtors {
            return Vec::new();
        }
        let is_id = self.ids();
        let words = self.bytes.chunks_exact(4).zip((0..).step_by(4));
        let lines = words.zip(is_id).filter_map(|((bytes, at), is_id)| {
            let id = word(bytes, 0)?;
            if !is_id || id == 0 || map.get(size(id)) == Some(&id) {
                return None;
            }
            // The one on it, or else that of the set that it is in.
            let covers = |s: &&Symbol<'_>| (s.at..s.at.saturating_add(s.size)).contains(&at);
            let symbol = self.symbols.iter().filter(covers).min_by_key(|s| s.size);
            let symbol = symbol.map_or(String::new(), |s| format!("{} ", s.name.escape_ascii()));
            Some(format!(".BTF_ids: slot at byte {at}: {symbol}stays {id}"))
        });
        lines.collect()
    }

    /// For each word, whether it is an id that the module reads.
    fn ids(&self) -> Vec<bool> {
        let mut is_id = vec![true; self.bytes.len() / 4];
        let mut clear = |from: u64, to: u64, step: usize| {
            // CAST: Bounded by the length.
            let len = is_id.len();
            let index = |at: u64| usize::try_from(at / 4).unwrap_or(usize::MAX).min(len);
            for is_id in is_id[index(from)..index(to).max(index(from))]
                .iter_mut()
                .step_by(step)
            {
                *is_id = false;
            }
        };
        for set in self.sets() {
            let at = u64::from(set.symbol.at);
            let counted = at + 8 + 8 * u64::from(set.count);
            let end = counted.max(at + u64::from(set.symbol.size));
            if set.flags & KFUNCS != 0 {
                clear(at, end, 1);
            } else {
                clear(at, at + 8, 1);
                clear(at + 12, end, 2);
            }
        }
        for symbol in self.symbols.iter().filter(|s| s.name.starts_with(SET)) {
            let at = u64::from(symbol.at);
            clear(at, at + 4, 1);
        }
        for &at in &self.dtors {
            clear(u64::from(at.saturating_sub(4)), u64::from(at) + 4, 1);
        }
        for &at in &self.events {
            clear(u64::from(at), u64::from(at) + 4, 1);
        }
        is_id
    }
}

/// The new id for `id`.
fn translate(id: u32, loaded: &Loaded<'_>) -> Result<u32, Stop> {
    loaded.relocated(id).ok_or_else(|| {
        let there_are = loaded.map.as_ref().map_or(0, Vec::len);
        Stop::outside(format!("id {id} is looked up in a map of {there_are}"))
    })
}
