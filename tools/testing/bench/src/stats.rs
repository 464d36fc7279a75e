// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What is said of many measurements.

/// Mean, median and the like.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stats {
    /// The arithmetic mean.
    pub mean: f64,
    /// Half are less.
    pub median: f64,
    /// 99 of 100 are less.
    pub p99: f64,
    /// The largest.
    pub max: f64,
}

impl Stats {
    /// Sums `values` up.
    pub fn of(values: &[f64]) -> Self {
        let sorted = sorted(values);
        let Some(&max) = sorted.last() else {
            return Self::default();
        };
        Self {
            mean: sorted.iter().sum::<f64>() / sorted.len() as f64,
            median: at(&sorted, 0.5),
            p99: at(&sorted, 0.99),
            max,
        }
    }
}

/// `values` in order.
pub fn sorted(values: &[f64]) -> Vec<f64> {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values
}

/// What `part` of `sorted`, which is not empty, does not exceed.
pub fn at(sorted: &[f64], part: f64) -> f64 {
    // CAST: Both are small, and `part` is from 0 to 1.
    sorted[((sorted.len() - 1) as f64 * part).round() as usize]
}
