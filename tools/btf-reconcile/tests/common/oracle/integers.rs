// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which names are those of one integer type of C.

/// Whether two names mean the same type, as compilers write them into debug information.
pub fn are_one_type(a: &[u8], b: &[u8]) -> bool {
    a != b && type_of(a).is_some_and(|of| type_of(b) == Some(of))
}

/// A type by what its name says: what it is, how many `long`s, whether it is short, whether it is
/// unsigned.
type Parts = (&'static str, u32, bool, bool);

/// The type that a name is for; [`None`] if it is none of C's.
fn type_of(name: &[u8]) -> Option<Parts> {
    let name = std::str::from_utf8(name).ok().filter(|n| !n.is_empty())?;
    let (mut what, mut longs, mut short, mut unsigned) = ("int", 0, false, false);
    for word in name.split(' ') {
        match word {
            "char" => what = "char",
            "_Bool" | "bool" => what = "bool",
            "__int128" => what = "__int128",
            "int" | "signed" => {}
            "long" => longs += 1,
            "short" => short = true,
            "unsigned" => unsigned = true,
            _ => return None,
        }
    }
    Some((what, longs, short, unsigned))
}
