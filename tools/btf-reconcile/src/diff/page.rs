// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The page for a browser: one file that needs no other.
//!
//! The rows of what is gone, new or changed are in it as they are. Their details are packed, some at
//! once, and so is the list of what only leads to something that changed, which is by far the longest.

use super::{
    text::plural,
    words::{
        summary,
        Details, //
    },
    Change,
    Count,
    Diff,
    Item,
    Known,
    Modules, //
};
use crate::{
    error::Result,
    html::{
        self,
        Page, //
    },
};
use serde::Serialize;

/// Types whose details are packed together.
const TOGETHER: usize = 256;

/// What the page's script finds.
#[derive(Serialize)]
struct Data<'d> {
    kernels: &'d [String; 2],
    counts: Vec<(&'static str, Count)>,
    notes: Vec<String>,
    /// Whether modules were looked at.
    modules: bool,
    rows: Vec<Row<'d>>,
    together: usize,
}

/// What became of it, what it is, its name, what changed and how many modules depend on it.
#[derive(Serialize)]
struct Row<'d>(Change, &'static str, &'d str, String, usize);

/// Makes the page.
pub(super) fn page(diff: &Diff, modules: Option<&Modules>) -> Result<Vec<u8>> {
    let users = |nth: usize| {
        let users = modules.and_then(|modules| modules.users.get(nth));
        users.map_or(0, Vec::len)
    };
    let row = |(nth, item): (usize, &'_ Item)| {
        let name = diff.items.get(nth).map_or("", |item| &item.name);
        let what = item.what.name();
        Row(
            item.change,
            what,
            name,
            summary(item).unwrap_or_default(),
            users(nth),
        )
    };
    let all = diff.items.iter().enumerate();
    let (others, own): (Vec<_>, Vec<_>) = all.partition(|(_, item)| item.change == Change::Through);
    let counts = diff.counts.iter();
    let data = Data {
        kernels: &diff.kernels,
        counts: counts
            .map(|(&what, &count)| (plural(what), count))
            .collect(),
        notes: notes(diff, modules),
        modules: modules.is_some(),
        rows: own.iter().copied().map(row).collect(),
        together: TOGETHER,
    };
    let page = Page {
        title: "Types of two kernels",
        style: include_str!("page.css"),
        body: include_str!("page.html"),
        script: include_str!("page.js"),
    };
    let mut out = page.begin();
    html::add_data(&mut out, "data", &data)?;
    let uses = |nth| modules.map(|modules| modules.uses(nth)).unwrap_or_default();
    for (at, items) in own.chunks(TOGETHER).enumerate() {
        let details = items.iter().map(|&(nth, item)| {
            let text = Details(item).to_string();
            (text, uses(nth))
        });
        let details: Vec<_> = details.collect();
        html::add_packed(&mut out, &format!("details-{at}"), &details)?;
    }
    let others = others
        .into_iter()
        .map(|(nth, item)| (row((nth, item)), uses(nth)));
    let others: Vec<_> = others.collect();
    html::add_packed(&mut out, "others", &others)?;
    page.end(&mut out);
    Ok(out)
}

/// What can't be told, and of what modules.
fn notes(diff: &Diff, modules: Option<&Modules>) -> Vec<String> {
    let mut notes = diff.notes.clone();
    for known in Known::LESS {
        let names = modules.into_iter().flat_map(|modules| modules.known(known));
        let names: Vec<_> = names.map(|module| &module.name[..]).collect();
        if !names.is_empty() {
            notes.push(format!("modules {}: {}", known.words(), names.join(", ")));
        }
    }
    notes
}
