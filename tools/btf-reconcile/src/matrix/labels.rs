// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Short names for kernels, which may be given as long paths.

use crate::places;
use std::collections::HashSet;

/// What to call each of the kernels `bases`: where these are paths, the part that tells them apart.
pub fn labels(bases: &[String]) -> Vec<String> {
    let whole: Vec<_> = bases.iter().map(|base| places::called(base)).collect();
    let parts: Vec<Vec<_>> = whole.iter().map(|name| name.split('/').collect()).collect();
    let longest = parts.iter().map(Vec::len).max().unwrap_or(0);
    // Files are told by their names, folders by those of the folders.
    for from_end in 0..longest {
        let column = parts.iter().map(|parts| {
            let at = parts.len().checked_sub(from_end + 1);
            at.and_then(|at| parts.get(at)).or(parts.first())
        });
        let column: Vec<_> = column.flatten().map(ToString::to_string).collect();
        let distinct: HashSet<_> = column.iter().collect();
        let is_named = column.iter().all(|name| !name.is_empty());
        // One alone is not told from others, and every kernel's file is called that.
        let tells = bases.len() > 1 || !column.iter().any(|name| name.starts_with("vmlinux"));
        if distinct.len() == bases.len() && is_named && tells {
            return column;
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bases: &[&str]) -> Vec<String> {
        labels(&bases.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn paths_are_told_apart() {
        assert_eq!(of(&["7.3.4", "7.2.12"]), ["7.3.4", "7.2.12"]);
        assert_eq!(of(&["a/k1", "b/k2"]), ["k1", "k2"]);
        assert_eq!(of(&["/x/k1/vmlinux", "/x/k2/vmlinux"]), ["k1", "k2"]);
        assert_eq!(of(&["7.3.4", "/x/k2/vmlinux"]), ["7.3.4", "vmlinux"]);
        assert_eq!(of(&["/x/k1/vmlinux"]), ["k1"]);
        assert_eq!(of(&["vmlinux"]), ["vmlinux"]);
        // Nothing tells these.
        assert_eq!(of(&["a/b", "a/b"]), ["a/b", "a/b"]);
        assert_eq!(of(&["a/b", "b/a"]), ["b", "a"]);
    }
}
