// SPDX-License-Identifier: GPL-2.0

//! Tests of the core where it runs: with the kernel's allocators, compiler flags and checks.
//!
//! The rules are tested case by case in user space. Here each step is taken over a small BTF made
//! by hand. Built by `make BTF_RECONCILE_KUNIT=y`; run when the module is loaded.

use crate::{
    btf::{
        rewrite,
        run,
        unify,
        Base,
        Btf,
        Carried,
        Copies,
        Counts,
        Form,
        Functions,
        Id,
        IdMap,
        IdsSection,
        Kind,
        Module,
        New,
        Offsets,
        Options,
        Pair,
        Plan,
        Registers,
        Result,
        Rewritten,
        Section,
        Slots,
        Split,
        Symbol,
        Twins,
        Unify,
        Vmlinux, //
    },
    facade::Buf, //
};
use kernel::prelude::*;

/// Ids of the types below.
const INT: u32 = 1;
const TASK: u32 = 2;
const GONE: u32 = 3;
const FIRST: u32 = 6;
const SECOND: u32 = 7;
const COPY: u32 = 9;

/// BTF in the making.
struct Blob {
    types: Buf<u8>,
    strs: Buf<u8>,
    str_start: u32,
}

impl Blob {
    /// BTF whose string offsets go on from `str_start`; 0 for BTF that stands on its own.
    fn new(str_start: u32) -> Result<Self> {
        let mut strs = Buf::new();
        if str_start == 0 {
            strs.push(0)?;
        }
        Ok(Self {
            types: Buf::new(),
            strs,
            str_start,
        })
    }

    /// Where the string offsets of what is split from this go on.
    fn str_end(&self) -> u32 {
        self.str_start.saturating_add(self.strs.len() as u32)
    }

    /// Adds a record: its name, kind, number of elements, third word, and the rest.
    fn add(&mut self, name: &[u8], kind: Kind, vlen: u32, third: u32, tail: &[u32]) -> Result {
        let mut name_off = 0;
        if !name.is_empty() {
            name_off = self.str_end();
            self.strs.extend_from_slice(name)?;
            self.strs.push(0)?;
        }
        let info = (kind as u32) << 24 | vlen;
        for word in Iterator::chain([name_off, info, third].iter(), tail) {
            self.types.extend_from_slice(&word.to_ne_bytes())?;
        }
        Ok(())
    }

    /// The wire form.
    fn bytes(&self) -> Result<Buf<u8>> {
        let (types, strs) = (self.types.len() as u32, self.strs.len() as u32);
        let mut bytes = Buf::new();
        bytes.extend_from_slice(&0xeb9fu16.to_ne_bytes())?;
        bytes.extend_from_slice(&[1, 0])?;
        for word in [24, 0, types, types, strs] {
            bytes.extend_from_slice(&word.to_ne_bytes())?;
        }
        bytes.extend_from_slice(&self.types)?;
        bytes.extend_from_slice(&self.strs)?;
        Ok(bytes)
    }
}

/// Vmlinux, a module's base and its split part.
struct Blobs {
    vmlinux: Buf<u8>,
    base: Buf<u8>,
    split: Buf<u8>,
}

impl Blobs {
    /// The kernel lacks `struct gone`, and has the others under ids of its own.
    fn new() -> Result<Self> {
        let mut vmlinux = Blob::new(0)?;
        vmlinux.add(b"", Kind::Ptr, 0, 4, &[])?;
        vmlinux.add(b"alpha", Kind::Struct, 0, 8, &[])?;
        vmlinux.add(b"int", Kind::Int, 0, 4, &[1 << 24 | 32])?;
        vmlinux.add(b"task", Kind::Struct, 0, 64, &[])?;
        vmlinux.add(b"zeta", Kind::Struct, 1, 4, &[0, 3, 0])?;

        let mut base = Blob::new(0)?;
        base.add(b"int", Kind::Int, 0, 4, &[1 << 24 | 32])?;
        base.add(b"task", Kind::Struct, 0, 64, &[])?;
        base.add(b"gone", Kind::Struct, 0, 32, &[])?;

        let mut split = Blob::new(base.str_end())?;
        split.add(b"", Kind::Ptr, 0, TASK, &[])?;
        split.add(b"", Kind::FuncProto, 1, INT, &[0, 4])?;
        split.add(b"first", Kind::Func, 0, 5, &[])?;
        split.add(b"second", Kind::Func, 0, 5, &[])?;
        split.add(b"own", Kind::Struct, 2, 40, &[0, GONE, 0, 0, 4, 256])?;
        split.add(b"zeta", Kind::Struct, 1, 4, &[0, INT, 0])?;
        Ok(Self {
            vmlinux: vmlinux.bytes()?,
            base: base.bytes()?,
            split: split.bytes()?,
        })
    }

    /// Takes all steps, and hands the result to `check`.
    fn reconcile<T>(
        &self,
        check: impl FnOnce(
            &Vmlinux<'_, Offsets>,
            Pair<'_, '_, Split, Offsets>,
            Counts,
            Rewritten<Split>,
        ) -> T,
    ) -> Result<T> {
        let vmlinux = Vmlinux::new(Btf::parse_kernel(&self.vmlinux)?)?;
        let base = Btf::parse_base(&self.base, Section::Base)?;
        let split = Btf::parse_split(&self.split, &base)?;
        let mut twins = Twins::new(&vmlinux);
        let plan = Plan::new(&vmlinux, &base, &split, &mut twins)?;
        let result = rewrite(&vmlinux.btf, &base, &split, &plan)?;
        let before = Pair {
            base: &base,
            split: &split,
        };
        Ok(check(&vmlinux, before, plan.counts(), result))
    }
}

/// Leaves the copies out of BTF that is split from `vmlinux`; gives how many there were.
fn without_copies(vmlinux: &Vmlinux<'_, Offsets>, bytes: &[u8]) -> Result<(u32, Rewritten<New>)> {
    let split = Btf::parse_split(bytes, &vmlinux.btf)?;
    let mut twins = Twins::new(vmlinux);
    let copies = Copies::find(vmlinux, &split, &mut twins)?;
    Ok((copies.count(), unify(&copies)?))
}

/// What a type has become, by number; 0 if it is none.
fn new(ids: &IdMap<Split, New>, old: u32) -> u32 {
    Id::new(old)
        .and_then(|id| ids.get(id))
        .map_or(0, Id::number)
}

#[kunit_tests(btf_reconcile)]
mod tests {
    use super::*;

    #[test]
    fn buffers_grow() -> Result {
        let mut items = Buf::new();
        for n in 0..100_000u32 {
            items.push(n)?;
        }
        items.extend_from_slice(&[7, 8])?;
        assert_eq!(items.pop(), Some(8));
        assert_eq!(items.len(), 100_001);
        assert_eq!(items.get(99_999), Some(&99_999));
        assert_eq!(
            Buf::filled(5, 3u8)?
                .iter()
                .map(|&n| u32::from(n))
                .sum::<u32>(),
            15
        );
        Ok(())
    }

    #[test]
    fn too_large_a_buffer_is_an_error() {
        assert!(Buf::<u64>::with_capacity(usize::MAX).is_err());
        assert!(Buf::<u64>::with_capacity(usize::MAX / 16).is_err());
        assert!(Buf::filled(1 << 40, 0u8).is_err());
    }

    #[test]
    fn types_are_mapped_or_carried() -> Result {
        Blobs::new()?.reconcile(|vmlinux, _, counts, result| {
            assert_eq!(counts.mapped, 2);
            assert_eq!(counts.carried, 1);
            assert_eq!(new(&result.ids, INT), 3);
            assert_eq!(new(&result.ids, TASK), 4);
            // `gone` has joined the module's own.
            assert!(new(&result.ids, GONE) > 4);
            assert_eq!(new(&result.ids, COPY + 1), 0);
            let after = Btf::<New>::parse_split(&result.bytes, &vmlinux.btf);
            assert_eq!(after.map(|after| after.count()).ok(), Some(7));
        })
    }

    #[test]
    fn copies_are_unified() -> Result {
        Blobs::new()?.reconcile(|vmlinux, _, _, result| {
            let unified = without_copies(vmlinux, &result.bytes);
            assert!(unified.is_ok());
            if let Ok((copies, after)) = unified {
                assert_eq!(copies, 1);
                let ids = result.ids.followed_by(&after.ids);
                assert!(ids.is_ok_and(|ids| new(&ids, COPY) == 5 && new(&ids, TASK) == 4));
                assert!(after.bytes.len() < result.bytes.len());
            }
        })
    }

    #[test]
    fn sets_are_sorted_again() -> Result {
        Blobs::new()?.reconcile(|_, types, _, result| {
            let symbols = [
                (&b"__BTF_ID__set8__kfuncs"[..], 0, 24),
                (b"__BTF_ID__func__second__1", 8, 4),
                (b"__BTF_ID__func__first__2", 16, 4),
                (b"__BTF_ID__struct__task__3", 24, 4),
            ];
            let mut symbols = symbols.map(|(name, at, size)| Symbol { name, at, size });
            let mut section = [0; 28];
            let words = [2, 1, SECOND, 20, FIRST, 10, TASK];
            for (bytes, word) in section.chunks_exact_mut(4).zip(words) {
                bytes.copy_from_slice(&word.to_ne_bytes());
            }
            let slots = Slots::<Split>::read(&section, &mut symbols, Registers::default());
            assert!(slots.is_ok());
            let Ok(mut slots) = slots else { return };
            assert_eq!(slots.len(), 3);
            let translated = slots.translate(&types, &result.ids);
            assert!(translated.is_ok());
            if let Ok(bytes) = translated {
                let new = |old| new(&result.ids, old);
                let wanted = [2, 1, new(FIRST), 10, new(SECOND), 20, new(TASK)];
                for (bytes, word) in bytes.chunks_exact(4).zip(wanted) {
                    assert!(bytes == word.to_ne_bytes());
                }
            }
        })
    }

    #[test]
    fn what_stands_on_its_own_gets_its_ids() -> Result {
        let blobs = Blobs::new()?;
        let vmlinux = Vmlinux::new(Btf::parse_kernel(&blobs.vmlinux)?)?;
        let mut whole = Blob::new(0)?;
        whole.add(b"int", Kind::Int, 0, 4, &[1 << 24 | 32])?;
        whole.add(b"zeta", Kind::Struct, 1, 4, &[0, 1, 0])?;
        whole.add(b"", Kind::FuncProto, 0, 1, &[])?;
        whole.add(b"first", Kind::Func, 0, 3, &[])?;
        let whole = whole.bytes()?;
        let names = [
            (&b"__BTF_ID__func__first__1"[..], 0),
            (b"__BTF_ID__struct__task__2", 4),
            (b"__BTF_ID__struct__nobody__3", 8),
        ];
        let mut symbols = Buf::new();
        for (name, at) in names {
            symbols.push(Symbol { name, at, size: 4 })?;
        }
        let mut module = Module {
            btf: Some(&whole),
            base: Carried::Nothing,
            ids: Some(IdsSection {
                bytes: &[0; 12],
                symbols,
            }),
            registers: Registers::default(),
            functions: Functions::unknown(),
            pointer: 8,
        };
        let options = Options {
            strict: false,
            unify: Unify::Base,
        };
        let mut calls = 0;
        run(&vmlinux, &mut module, options, &mut |outcome| {
            calls += 1;
            assert!(outcome.form == Some(Form::Whole));
            assert!(outcome.result.is_ok());
            let Ok(done) = outcome.result else { return };
            assert_eq!(done.resolved(), 2);
            // The prototype and the function stay, behind the kernel's five types.
            let wanted = [7, 4, 0];
            let slots = done.new_slots.unwrap_or_default();
            for (bytes, word) in slots.chunks_exact(4).zip(wanted) {
                assert!(bytes == u32::to_ne_bytes(word));
            }
            assert_eq!(slots.len(), 12);
        });
        assert_eq!(calls, 1);
        Ok(())
    }

    /// No answer is wrong here, but a panic or a splat is.
    #[test]
    fn any_damage_is_survived() -> Result {
        let mut blobs = Blobs::new()?;
        for at in (0..blobs.base.len() * 8).step_by(3) {
            for split in [false, true] {
                let blob = if split {
                    &mut blobs.split
                } else {
                    &mut blobs.base
                };
                let bit = 1 << (at % 8);
                if let Some(byte) = blob.get_mut(at / 8) {
                    *byte ^= bit;
                }
                let _ = blobs.reconcile(|vmlinux, _, _, result| {
                    let _ = without_copies(vmlinux, &result.bytes);
                });
                let blob = if split {
                    &mut blobs.split
                } else {
                    &mut blobs.base
                };
                if let Some(byte) = blob.get_mut(at / 8) {
                    *byte ^= bit;
                }
            }
        }
        assert!(blobs.reconcile(|_, _, _, _| ()).is_ok());
        Ok(())
    }

    #[test]
    fn anything_cut_short_is_refused() -> Result {
        let blobs = Blobs::new()?;
        for len in 0..blobs.base.len() {
            let cut = blobs.base.get(..len).unwrap_or(&[]);
            assert!(Btf::<Base>::parse_base(cut, Section::Base).is_err());
        }
        Ok(())
    }
}
