// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The share of modules that are done after some time, as SVG.

use crate::{
    run::Turns,
    stats::{
        at,
        sorted, //
    },
};
use std::fmt::{
    self,
    Write, //
};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 64.0;
const BOTTOM: f64 = 52.0;
/// Steps of a curve.
const STEPS: usize = 100;

/// Draws times `turns` under `title`.
pub fn svg(turns: &Turns, title: &str) -> Result<String, fmt::Error> {
    let [(_, stay, _), (_, unified, _)] = &turns.ours;
    let curves = [
        ("ours", "#1f6fb4", stay),
        ("ours, copies unified", "#2f9e60", unified),
        ("libbpf's btf__relocate() alone", "#c0392b", &turns.libbpf),
    ]
    .map(|(name, colour, times)| (name, colour, sorted(&times.each())));
    let all = || curves.iter().flat_map(|(_, _, times)| times);
    // Whole powers of ten that hold everything.
    let low = all().copied().fold(f64::MAX, f64::min).max(0.01);
    let high = all().copied().fold(low, f64::max);
    let (low, high) = (low.log10().floor(), high.log10().ceil());
    let x =
        |time: f64| LEFT + (time.max(0.01).log10() - low) / (high - low) * (WIDTH - LEFT - RIGHT);
    let y = |part: f64| HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM);

    let mut svg = String::new();
    writeln!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">
<!-- SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause -->
<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>
<text x="{LEFT}" y="20" font-size="14">{title}</text>"#
    )?;
    grid(&mut svg, low, high, &x, &y)?;
    for (nth, (name, colour, times)) in (0u8..).zip(&curves) {
        if times.is_empty() {
            continue;
        }
        let points: Vec<String> = (0..=STEPS)
            .map(|step| step as f64 / STEPS as f64)
            .map(|part| format!("{:.1},{:.1}", x(at(times, part)), y(part)))
            .collect();
        writeln!(
            svg,
            r#"<polyline points="{}" fill="none" stroke="{colour}" stroke-width="2"/>"#,
            points.join(" ")
        )?;
        let left = LEFT + f64::from(nth) * 200.0;
        writeln!(
            svg,
            r#"<rect x="{left}" y="34" width="14" height="4" fill="{colour}"/><text x="{}" y="41">{name}</text>"#,
            left + 20.0
        )?;
    }
    writeln!(svg, "</svg>")?;
    Ok(svg)
}

/// Draws the lines behind the curves, and says what they stand for.
fn grid(
    svg: &mut String,
    low: f64,
    high: f64,
    x: &impl Fn(f64) -> f64,
    y: &impl Fn(f64) -> f64,
) -> fmt::Result {
    let (top, bottom, right) = (y(1.0), y(0.0), WIDTH - RIGHT);
    let mut power = low;
    while power <= high {
        let time = 10f64.powf(power);
        let at = x(time);
        writeln!(
            svg,
            r##"<path d="M{at:.1} {top}V{bottom}" stroke="#ddd"/><text x="{at:.1}" y="{:.1}" text-anchor="middle">{time}</text>"##,
            bottom + 16.0
        )?;
        power += 1.0;
    }
    for part in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let at = y(part);
        writeln!(
            svg,
            r##"<path d="M{LEFT} {at:.1}H{right}" stroke="#ddd"/><text x="{:.1}" y="{:.1}" text-anchor="end">{:.0} %</text>"##,
            LEFT - 6.0,
            at + 4.0,
            part * 100.0
        )?;
    }
    writeln!(
        svg,
        r#"<text x="{:.1}" y="{:.1}" text-anchor="middle">share of modules done within so many microseconds of processor time, caches cold</text>"#,
        (LEFT + right) / 2.0,
        HEIGHT - 12.0
    )
}
