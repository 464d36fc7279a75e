// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Sorting in place, in a few words of stack.
//!
//! `sort_unstable` needs stack that grows with the logarithm of its input, more than a kernel has
//! to spare for an input of any size.

use crate::btf::pace::Pace;

/// Sorts `items` so that `less` holds for no item and the one before it.
///
/// Takes O(n log n) comparisons whatever the input; does not keep the order of equal items.
pub fn heapsort<T>(items: &mut [T], less: impl Fn(&T, &T) -> bool) {
    let mut pace = Pace::new();
    for root in (0..items.len() / 2).rev() {
        pace.step();
        sift_down(items, root, &less);
    }
    let mut heap = items;
    while let Some((last, rest)) = heap.split_last_mut() {
        pace.step();
        if let Some(first) = rest.first_mut() {
            core::mem::swap(first, last);
        }
        sift_down(rest, 0, &less);
        heap = rest;
    }
}

/// Moves the item at `root` down until no child of it is greater.
fn sift_down<T>(heap: &mut [T], mut root: usize, less: &impl Fn(&T, &T) -> bool) {
    loop {
        // Far below the largest number: an item takes a byte at least, or all compare equal.
        let left = root.wrapping_mul(2).wrapping_add(1);
        // What follows the parent, its children somewhere in it.
        let Some((before, behind)) = heap.split_at_mut_checked(left) else {
            return;
        };
        let (Some(parent), Some((mut greater, others))) =
            (before.get_mut(root), behind.split_first_mut())
        else {
            return;
        };
        let mut child = left;
        if let Some(right) = others.first_mut() {
            if less(greater, right) {
                greater = right;
                child = left.wrapping_add(1);
            }
        }
        if !less(parent, greater) {
            return;
        }
        core::mem::swap(parent, greater);
        root = child;
    }
}

#[cfg(test)]
mod tests {
    use super::heapsort;
    use crate::facade;

    #[test]
    fn others_get_their_turn() {
        let mut items: Vec<u32> = (0..100_000).rev().collect();
        let before = facade::steps();
        heapsort(&mut items, |a, b| a < b);
        assert!(facade::steps() - before >= 100_000);
    }

    #[test]
    fn sorts_anything() {
        let mut seed = 1u32;
        for len in 0..200usize {
            let mut items: Vec<u32> = (0..len)
                .map(|_| {
                    seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
                    seed >> 24
                })
                .collect();
            let mut expected = items.clone();
            expected.sort();
            heapsort(&mut items, |a, b| a < b);
            assert_eq!(items, expected);
        }
    }
}
