// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! A type that differs, in words.

use super::{
    difference::Bit,
    kfuncs,
    Change,
    Item,
    PartChange,
    Shape, //
};
use crate::check::text::Number;
use std::fmt::{
    self,
    Display,
    Formatter, //
};

/// Names of one sort in a line.
const MAX_NAMES: usize = 4;

/// A type in one line.
pub struct Line<'i>(pub &'i Item);

impl Display for Line<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let item = self.0;
        write!(f, "{} {}", item.what.name(), item.name)?;
        if item.has_rivals {
            f.write_str(" (one of several)")?;
        }
        if let Some(summary) = summary(item) {
            write!(f, ": {summary}")?;
        }
        Ok(())
    }
}

/// What became of a type, as far as it fits a line.
pub fn summary(item: &Item) -> Option<String> {
    if item.change == Change::Through {
        return Some(match &item.through {
            Some(through) => match &through.part {
                Some(part) => format!("{part} leads to '{}'", through.to),
                None => format!("leads to '{}'", through.to),
            },
            None => "leads to something that changed".to_owned(),
        });
    }
    if item.change != Change::Changed {
        return None;
    }
    let mut said: Vec<_> = item.first.iter().cloned().collect();
    let names = |is: fn(&PartChange) -> bool| {
        let those = item.parts.iter().filter(move |part| is(part));
        those.map(|part| part.name.as_str()).collect::<Vec<_>>()
    };
    let part = item.part();
    for (word, names) in [
        ("new", names(|part| part.old.is_none())),
        ("gone", names(|part| part.new.is_none())),
    ] {
        if let [first @ .., _] = &names[..] {
            let parts = if first.is_empty() {
                part.to_owned()
            } else {
                format!("{part}s")
            };
            said.push(format!("{word} {parts} {}", listed(&names, MAX_NAMES)));
        }
    }
    let both = |part: &PartChange| part.old.is_some() && part.new.is_some();
    // The first difference may be about the only one.
    let is_said = |name: &str| said.iter().any(|said| said.contains(&format!("'{name}'")));
    let others: Vec<_> = item.parts.iter().filter(|part| both(part)).collect();
    let only = matches!(&others[..], [one] if is_said(&one.name));
    if !only {
        let moved = others.iter().filter(|part| part.is_only_moved()).count();
        for (count, word) in [(moved, "moved"), (others.len() - moved, "changed")] {
            if count != 0 {
                said.push(format!("{} {word}", Number(count, part)));
            }
        }
    }
    if said.is_empty() {
        return Some("changed".to_owned());
    }
    Some(said.join("; "))
}

/// Names one after the other, at most so many.
pub fn listed(names: &[&str], most: usize) -> String {
    match names.len().checked_sub(most) {
        Some(more @ 2..) => {
            let names = names.get(..most).unwrap_or_default();
            format!("{} and {more} more", names.join(", "))
        }
        _ => names.join(", "),
    }
}

/// All that does not fit the line, a line each.
pub struct Details<'i>(pub &'i Item);

impl Display for Details<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let item = self.0;
        for line in details(item) {
            // The line above may say so.
            if item.first.as_ref() != Some(&line) {
                writeln!(f, "    {line}")?;
            }
        }
        for part in &item.parts {
            writeln!(f, "    {}", Part(item.part(), part))?;
        }
        Ok(())
    }
}

/// What of a type itself is not what it was.
fn details(item: &Item) -> Vec<String> {
    let mut lines = Vec::new();
    let (Some(old), Some(new)) = (&item.old, &item.new) else {
        return lines;
    };
    if let (Some(was), Some(is), true) = (old.size, new.size, old.size != new.size) {
        lines.push(format!("has {is} bytes, had {was}"));
    }
    if let (Some(was), Some(is), true) = (&old.is, &new.is, old.is != new.is) {
        lines.extend([format!("was {was}"), format!("is  {is}")]);
    }
    // One that has none says nothing of them.
    if old.flags != new.flags && !old.flags.is_empty() && !new.flags.is_empty() {
        let words = |flags: &[u32]| kfuncs::in_words(&flags.iter().copied().collect());
        let (was, is) = (words(&old.flags), words(&new.flags));
        lines.push(format!("has flags {is}, had {was}"));
    }
    let (was, is) = (&old.tags, &new.tags);
    let added = is.iter().filter(|tag| !was.contains(tag));
    lines.extend(added.map(|tag| format!("has tag '{tag}', had it not")));
    let gone = was.iter().filter(|tag| !is.contains(tag));
    lines.extend(gone.map(|tag| format!("has not tag '{tag}', had it")));
    lines
}

/// A part that is not what it was.
struct Part<'i>(&'static str, &'i PartChange);

impl Display for Part<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (word, part) = (self.0, self.1);
        let name = &part.name;
        match (&part.old, &part.new) {
            (Some(Shape::Value { value: was }), Some(Shape::Value { value: is })) => {
                write!(f, "~ {word} {name} is {is}, was {was}")
            }
            (
                Some(Shape::Member { bit, bits, of }),
                Some(Shape::Member {
                    bit: now,
                    bits: now_bits,
                    of: now_of,
                }),
            ) => {
                write!(f, "~ {word} {name}")?;
                let mut comma = "";
                if bit != now {
                    write!(f, " at {}, was at {}", Bit(*now), Bit(*bit))?;
                    comma = ",";
                }
                if bits != now_bits {
                    write!(
                        f,
                        "{comma} of {now_bits} bits, had {bits}; 0 is no bitfield"
                    )?;
                    comma = ",";
                }
                if of != now_of {
                    write!(f, "{comma} of type '{now_of}', was '{of}'")?;
                } else if part.is_retyped {
                    write!(f, "{comma} of type '{of}', which changed inside")?;
                }
                Ok(())
            }
            (_, Some(shape)) => write!(f, "+ {word} {name}{}", Whole(shape)),
            (Some(shape), None) => write!(f, "- {word} {name}{}", Whole(shape)),
            (None, None) => Ok(()),
        }
    }
}

/// A part, all of it.
struct Whole<'i>(&'i Shape);

impl Display for Whole<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0 {
            Shape::Value { value } => write!(f, " = {value}"),
            Shape::Member { bit, bits: 0, of } => write!(f, " at {} of type '{of}'", Bit(*bit)),
            Shape::Member { bit, bits, of } => {
                write!(f, " at {} of {bits} bits of type '{of}'", Bit(*bit))
            }
        }
    }
}
