// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What `.BTF_ids` may hold in the end.

/// What becomes of the section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The words that it holds then; [`None`] if its ids are not those of the types.
    pub words: Option<Vec<u32>>,
    /// Whether it is no fault to say that they are not, all the same.
    pub or_withheld: bool,
    /// Whether the rules do not say what becomes of such a section.
    pub is_open: bool,
    /// Sets in it: place of the first slot and number of slots, in words, and words to a slot.
    pub(super) sets: Vec<(usize, usize, usize)>,
    /// Words that say nothing: the flags behind what a set counts.
    pub(super) idle: Vec<usize>,
    /// How many slots that held 0 hold an id now.
    pub resolved: usize,
}

impl Outcome {
    /// Whether this is what came of it: these words, or [`None`] if nothing was written.
    pub fn is(&self, outcome: Option<&[u32]>) -> bool {
        match (outcome, &self.words) {
            (None, None) => true,
            (None, Some(_)) => self.or_withheld,
            (Some(_), None) => self.is_open,
            (Some(outcome), Some(words)) => {
                let sorted = self
                    .sets
                    .iter()
                    .all(|set| slots(outcome, set).is_sorted_by_key(|s| s[0]));
                sorted && self.in_order(outcome) == self.in_order(words)
            }
        }
    }

    /// Whether it is right that the section fits, or that it does not.
    pub fn fits(&self, fits: bool) -> bool {
        self.is_open || self.words.is_some() == fits || self.or_withheld && !fits
    }

    /// `words` with the slots of each set in one order, flags too: several may have the same id.
    fn in_order(&self, words: &[u32]) -> Vec<u32> {
        let mut ordered = words.to_vec();
        for &at in &self.idle {
            ordered[at] = 0;
        }
        for set in &self.sets {
            let mut slots: Vec<_> = slots(words, set).collect();
            slots.sort();
            ordered[set.0..set.0 + set.1 * set.2].copy_from_slice(&slots.concat());
        }
        ordered
    }
}

/// The slots of a set.
fn slots<'w>(
    words: &'w [u32],
    &(at, count, each): &(usize, usize, usize),
) -> impl Iterator<Item = &'w [u32]> {
    words[at..at + count * each].chunks(each)
}
