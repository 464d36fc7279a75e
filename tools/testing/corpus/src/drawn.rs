// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! A kernel and a module with a distilled base, drawn by lot.
//!
//! All records are good by themselves, and all references lead somewhere: what becomes of them is
//! then a matter of relocation alone. Names are few, so that many are found, some of them twice or
//! as another kind.

use crate::made::blob::{
    Blob,
    *, //
};

/// A kernel and a module.
pub struct Drawn {
    /// The kernel's BTF.
    pub vmlinux: Vec<u8>,
    /// The module's `.BTF.base`.
    pub base: Vec<u8>,
    /// The module's `.BTF`.
    pub split: Vec<u8>,
}

/// A type that has a name.
#[derive(Clone, Copy)]
struct Named {
    name: u64,
    kind: u32,
    flag: bool,
    third: u32,
    data: u32,
}

/// Numbers that look like chance and are the same each time.
struct Lot(u64);

impl Lot {
    fn below(&mut self, end: u64) -> u64 {
        // Of `splitmix64`.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn of<T: Copy>(&mut self, choice: &[T]) -> T {
        choice[self.below(choice.len() as u64) as usize]
    }

    /// A type of a kernel.
    fn named(&mut self) -> Named {
        let kind = self.of(&[
            INT, FLOAT, ENUM, ENUM64, STRUCT, STRUCT, STRUCT, UNION, FWD, TYPEDEF,
        ]);
        Named {
            name: self.below(12),
            kind,
            flag: matches!(kind, STRUCT | UNION | ENUM | ENUM64 | FWD) && self.one_in(3),
            third: match kind {
                FWD => 0,
                TYPEDEF => 1,
                _ => self.of(&[4, 8, 8]),
            },
            data: 32 | (self.below(2) as u32 * SIGNED),
        }
    }

    /// A type of a base that was made from one like `of`.
    fn distilled(&mut self, of: Named) -> Named {
        let mut t = of;
        if t.kind == ENUM64 {
            t.kind = ENUM;
        }
        match self.below(12) {
            0 => t.third = if t.kind == FWD { 0 } else { 4 },
            1 => t.data ^= SIGNED,
            2 if matches!(t.kind, STRUCT | UNION) => t.kind = STRUCT + UNION - t.kind,
            3 if matches!(t.kind, STRUCT | UNION) => {
                (t.flag, t.kind, t.third) = (t.kind == UNION, FWD, 0);
            }
            4 if t.kind == FWD => (t.kind, t.third) = (STRUCT, 4),
            5 if self.one_in(4) => t.name = 12,
            _ => {}
        }
        t
    }
}

impl Named {
    /// Adds it under the name at this offset.
    fn add(&self, b: &mut Blob, name: u32) {
        let info = (u32::from(self.flag) << 31) | info(self.kind, 0);
        let tail: &[u32] = match self.kind {
            INT => &[self.data],
            _ => &[],
        };
        b.raw(name, info, self.third, tail);
    }
}

impl Drawn {
    /// What comes of this seed.
    pub fn new(seed: u64) -> Self {
        let mut lot = Lot(seed);
        let mut kernel = Blob::new();
        let at: Vec<u32> = (0..12)
            .map(|n| kernel.string(format!("name_{n}")))
            .collect();
        let types: Vec<Named> = (0..lot.below(14) + 1).map(|_| lot.named()).collect();
        for t in &types {
            t.add(&mut kernel, at[t.name as usize]);
        }
        let mut base = Blob::new();
        let mut at = Vec::new();
        for _ in 0..lot.below(4) + 1 {
            let of = lot.of(&types);
            if of.kind == TYPEDEF && !lot.one_in(30) {
                continue;
            }
            let t = lot.distilled(of);
            // Each with a string of its own, so that a name may be there twice.
            let name = base.string(format!("name_{}", t.name));
            at.push(name);
            t.add(&mut base, name);
        }
        if at.is_empty() {
            at.push(base.string("name_0"));
            base.raw(at[0], info(INT, 0), 4, &[32]);
        }
        if lot.one_in(8) {
            at.push(base.string("name_of_nothing"));
        }
        let split = Self::split(&mut lot, &base, &at);
        Self {
            vmlinux: kernel.bytes(),
            base: base.bytes(),
            split,
        }
    }

    /// Types of a module, split from `base`, whose strings are at these offsets.
    fn split(lot: &mut Lot, base: &Blob, strings: &[u32]) -> Vec<u8> {
        let mut b = Blob::split(base);
        let count = lot.below(12);
        let end = u64::from(b.next()) + count;
        for _ in 0..count {
            let any = lot.below(end) as u32;
            let not_void = 1 + lot.below(end - 1) as u32;
            // Modifiers lead back, but for a few.
            let back = if lot.one_in(20) {
                any
            } else {
                lot.below(b.next().into()) as u32
            };
            let name = match lot.below(4) {
                0 => lot.of(strings),
                1 => 0,
                _ => b.string(format!("own_{}", b.next())),
            };
            let own = match name {
                0 => b.string("own"),
                name => name,
            };
            match lot.below(12) {
                0 => b.ptr(any),
                1 => b.array(back.max(1), not_void),
                2 => b.raw(0, info(lot.of(&[CONST, VOLATILE, RESTRICT]), 0), back, &[]),
                3 => b.raw(own, info(lot.of(&[TYPEDEF, TYPE_TAG]), 0), back, &[]),
                4..=6 => {
                    let kind = lot.of(&[STRUCT, STRUCT, UNION]);
                    b.raw(
                        name,
                        info(kind, 2),
                        8,
                        &[name, not_void, 0, 0, back.max(1), 0],
                    )
                }
                7 => b.raw(0, info(FUNC_PROTO, 1), any, &[name, any]),
                8 => b.raw(name, info(ENUM, 1), 4, &[own, 7]),
                9 => b.raw(name, info(ENUM64, 1), 8, &[own, 7, 0]),
                10 => b.raw(own, info(VAR, 0), not_void, &[1]),
                _ => b.raw(own, info(DATASEC, 1), 8, &[not_void, 0, 4]),
            };
        }
        b.bytes()
    }
}
