// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether BTF that comes without a base fits a kernel.
//!
//! Its ids mean types of the one kernel that it was made against. On another one they lead
//! somewhere else, and the loading kernel does not see that as long as there is any type with
//! that id. What gives such BTF away: references of the wrong kind, members that are larger than
//! what they are in, names that start in the middle of another, functions that the module does not
//! have.

use crate::{
    btf::{
        error::{
            Error,
            Fault,
            Place, //
        },
        names::hash,
        parse::{
            Btf,
            Locate,
            Pair, //
        },
        sort::heapsort,
        words::word,
        Kind,
        Record,
        Result, //
    },
    facade::Buf,
};

/// Links of a chain of typedefs, qualifiers and arrays that are followed.
const MAX_CHAIN: u32 = 32;

/// The functions of a module, by hash of their names.
///
/// # Invariants
///
/// The hashes ascend.
pub struct Functions {
    hashes: Buf<u32>,
    /// Whether there are local ones: who strips symbols that linking does not need takes away
    /// all of those, and what is not there tells nothing any more.
    complete: bool,
}

impl Functions {
    /// Takes the names of symbols that are functions, and whether each is local. What the compiler
    /// has cut out of a function counts as the function (`name.isra.0`).
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new<'n>(symbols: impl Iterator<Item = (&'n [u8], bool)>) -> Result<Self> {
        let mut hashes = Buf::new();
        let mut complete = false;
        for (name, local) in symbols {
            complete |= local;
            let whole = name.split(|&b| b == b'.').next().unwrap_or(name);
            hashes.push(hash(whole))?;
        }
        // INVARIANT: Sorted here.
        heapsort(&mut hashes, |a, b| a < b);
        Ok(Self { hashes, complete })
    }

    /// Whether there may be one of this name.
    ///
    /// A kfunc whose last arguments the verifier supplies has its whole prototype under a name of
    /// its own, which no symbol has (`KF_IMPLICIT_ARGS` in `tools/bpf/resolve_btfids`).
    fn may_have(&self, name: &[u8]) -> bool {
        let has = |name| self.hashes.binary_search(&hash(name)).is_ok();
        !self.complete || has(name) || name.strip_suffix(b"_impl").is_some_and(has)
    }
}

/// Checks that `split`, which comes without a base, was made against `vmlinux`, for a module that
/// has these `functions`, on a machine with pointers of `pointer` bytes.
///
/// # Errors
///
/// The first thing that shows that it was not.
pub fn fits<L: Locate>(
    vmlinux: &Btf<'_, L>,
    split: &Btf<'_>,
    functions: &Functions,
    pointer: u32,
) -> Result {
    let types = Pair {
        base: vmlinux,
        split,
    };
    let look = Look {
        types: &types,
        functions,
        pointer,
    };
    for (id, record) in split.records() {
        if let Some(fault) = look.at(&record) {
            return Err(Error::new(split.section(), Place::Type(id), fault));
        }
    }
    Ok(())
}

/// What types are held against.
struct Look<'l, 'p, 'a, L> {
    types: &'l Pair<'p, 'a, L>,
    functions: &'l Functions,
    pointer: u32,
}

impl<L: Locate> Look<'_, '_, '_, L> {
    /// What is wrong with `record`, if anything.
    fn at(&self, record: &Record<'_>) -> Option<Fault> {
        let names = self.names(record);
        names.or_else(|| match record.kind() {
            Kind::Ptr => self.wants(record.size_or_type, true, is_type_or_proto),
            kind if kind.is_modifier() => self.wants(record.size_or_type, true, is_type_or_proto),
            Kind::Array => {
                let (of, index, _) = record.array()?;
                let of = self.wants(of, false, is_type);
                of.or_else(|| self.wants_integer(index))
            }
            Kind::Struct | Kind::Union => self.members(record),
            Kind::Func => {
                let proto = self.wants(record.size_or_type, false, |k| k == Kind::FuncProto);
                proto.or_else(|| self.function(record))
            }
            Kind::FuncProto => {
                let result = self.wants(record.size_or_type, true, is_type);
                let mut params = record.params();
                // The last one, of no name and type, stands for `...`.
                result.or_else(|| params.find_map(|(_, id)| self.wants(id, true, is_type)))
            }
            Kind::Var => self.wants(record.size_or_type, false, is_type),
            Kind::Datasec => {
                let mut variables = record.tail().chunks_exact(12);
                variables.find_map(|v| self.wants(word(v, 0)?, false, |k| k == Kind::Var))
            }
            Kind::DeclTag => self.wants(record.size_or_type, false, is_declared),
            _ => None,
        })
    }

    /// Whether all names of `record` are whole strings.
    fn names(&self, record: &Record<'_>) -> Option<Fault> {
        let whole = |off: u32| {
            let split = self.types.split;
            match off < split.str_start() {
                true => self.types.base.starts_string(off),
                false => split.starts_string(off) && split.strs_from(off).is_some(),
            }
        };
        let members = record.members().map(|m| m.name_off);
        let values = record.values().map(|v| v.0);
        let params = record.params().map(|p| p.0);
        let mut all = core::iter::once(record.name_off)
            .chain(members)
            .chain(values)
            .chain(params);
        all.find(|&off| !whole(off)).map(Fault::NameInside)
    }

    /// Whether type `id` is of a kind that fits.
    fn wants(&self, id: u32, or_void: bool, fits: impl Fn(Kind) -> bool) -> Option<Fault> {
        if id == 0 {
            return (!or_void).then_some(Fault::LeadsToVoid);
        }
        match self.types.record(id) {
            None => Some(self.no_type(id)),
            Some(r) if fits(r.kind()) => None,
            Some(r) => Some(Fault::LeadsTo(id, r.kind())),
        }
    }

    /// There is no type `id`.
    fn no_type(&self, id: u32) -> Fault {
        let end = self.types.split.end();
        Fault::Reference { id, end }
    }

    /// Whether type `id` is an integer, maybe by another name.
    fn wants_integer(&self, id: u32) -> Option<Fault> {
        let mut at = id;
        for _ in 0..MAX_CHAIN {
            match self.types.record(at) {
                None => return Some(self.no_type(at)),
                Some(r) if r.kind().is_modifier() => at = r.size_or_type,
                Some(r) if r.kind() == Kind::Int => return None,
                Some(r) => return Some(Fault::LeadsTo(at, r.kind())),
            }
        }
        Some(Fault::TooDeep)
    }

    /// Whether every member has a type that is not larger than what it is in.
    fn members(&self, record: &Record<'_>) -> Option<Fault> {
        record.members().find_map(|m| {
            if let Some(fault) = self.wants(m.type_id, false, is_type) {
                return Some(fault);
            }
            let (bit, bits) = record.place(m.offset);
            let bits = match bits {
                0 => match self.size(m.type_id) {
                    Some(size) => size.saturating_mul(8),
                    None => return Some(Fault::TooDeep),
                },
                bits => u64::from(bits),
            };
            let end = u64::from(bit).saturating_add(bits);
            let room = u64::from(record.size_or_type) * 8;
            (end > room).then_some(Fault::MemberSize(bit))
        })
    }

    /// Bytes that type `id` takes, in something else; [`None`] for a type without size.
    fn size(&self, mut id: u32) -> Option<u64> {
        let mut times = 1u64;
        for _ in 0..MAX_CHAIN {
            let record = self.types.record(id)?;
            let size = match record.kind() {
                Kind::Ptr => self.pointer,
                Kind::Array => {
                    let (of, _, n) = record.array()?;
                    times = times.saturating_mul(u64::from(n));
                    id = of;
                    continue;
                }
                kind if kind.is_modifier() => {
                    id = record.size_or_type;
                    continue;
                }
                Kind::Int
                | Kind::Struct
                | Kind::Union
                | Kind::Enum
                | Kind::Enum64
                | Kind::Float => record.size_or_type,
                _ => return None,
            };
            return Some(times.saturating_mul(u64::from(size)));
        }
        None
    }

    /// Whether the module has the function that `record` is.
    fn function(&self, record: &Record<'_>) -> Option<Fault> {
        let name = self.types.name(record.name_off)?;
        (!self.functions.may_have(name)).then_some(Fault::NoFunction)
    }
}

/// Kinds that a value can be of.
fn is_type(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Func | Kind::FuncProto | Kind::Var | Kind::Datasec | Kind::DeclTag
    )
}

/// Kinds that a pointer can lead to.
fn is_type_or_proto(kind: Kind) -> bool {
    is_type(kind) || kind == Kind::FuncProto
}

/// Kinds that a tag can be on.
fn is_declared(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Struct
            | Kind::Union
            | Kind::Typedef
            | Kind::Func
            | Kind::Var
            | Kind::Enum
            | Kind::Fwd
    )
}

#[cfg(test)]
mod tests {
    use super::Functions;

    #[test]
    fn what_is_missing_tells_something_if_local_functions_are_there() {
        let may_have = |local, name: &[u8]| {
            let symbols = [(&b"one"[..], local), (b"two.isra.0", false)];
            Functions::new(symbols.into_iter()).unwrap().may_have(name)
        };
        for name in [&b"one"[..], b"two", b"one_impl"] {
            assert!(may_have(true, name));
        }
        assert!(!may_have(true, b"three"));
        assert!(!may_have(true, b"three_impl"));
        assert!(may_have(false, b"three"));
    }
}
