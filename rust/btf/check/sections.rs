// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What the kernel asks of the sections that a header names: `btf_parse_hdr()`,
//! `btf_check_sec_info()` and `btf_parse_str_sec()` in `kernel/bpf/btf.c`.
//!
//! `btf_parse_layout_sec()` is for what programs load: of a module it is not asked.

use crate::btf::wire::header::{
    Extent,
    Header,
    LEN_WITH_LAYOUT, //
};

/// What is wrong with the sections that `header`, which was read from `blob`, names; a base
/// `stands_alone`.
///
/// [`Header::parse`] has looked at the magic, the version, flags and what is not known.
pub fn refusal(blob: &[u8], header: &Header<'_>, stands_alone: bool) -> Option<&'static str> {
    // A header is a part of its blob.
    let total = blob.len().saturating_sub(header.bytes.len());
    if stands_alone && total == 0 {
        return Some("No data");
    }
    in_order(total, header).or_else(|| strings(total, header, stands_alone))
}

/// Whether they fill all there is, without a gap or overlap. Those of no bytes have their place as
/// well, but for a layout.
fn in_order(total: usize, header: &Header<'_>) -> Option<&'static str> {
    let total = u64::try_from(total).unwrap_or(u64::MAX);
    let Header {
        types_at: types,
        strs_at: strs,
        layout_at: layout,
        ..
    } = *header;
    // Sorted: two, and then the third.
    let [low, high] = [types.min(strs), types.max(strs)];
    let sorted = if layout.len == 0 {
        [None, Some(low), Some(high)]
    } else {
        let upper = high.max(layout);
        [
            Some(low.min(layout)),
            Some(low.max(layout).min(high)),
            Some(upper),
        ]
    };
    let mut end = 0;
    for Extent { off, len } in sorted.into_iter().flatten() {
        let off = u64::from(off);
        if total < off {
            return Some("Invalid section offset");
        }
        if end < off {
            return Some("Unsupported section found");
        }
        if end > off {
            return Some("Section overlap found");
        }
        end = end.saturating_add(u64::from(len));
        if total < end {
            return Some("Total section length too long");
        }
    }
    (end != total).then_some("Unsupported section found")
}

/// Whether the strings are where they have to be.
fn strings(total: usize, header: &Header<'_>, stands_alone: bool) -> Option<&'static str> {
    let total = u64::try_from(total).unwrap_or(u64::MAX);
    if header.bytes.len() < LEN_WITH_LAYOUT && header.strs_at.end() != total {
        return Some("String section is not at the end");
    }
    // Their NULs and how long they are were looked at when they were read.
    (stands_alone && header.strs.is_empty()).then_some("Invalid string section")
}
