// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Types as C has them.

use crate::btf::{
    Btf,
    Id,
    Kind,
    Off,
    Record,
    Space, //
};

/// Types that are looked at for one, which may be made of any number of others.
const MAX_TYPES: usize = 256;

/// Prototypes in prototypes.
const MAX_DEPTH: usize = 3;

/// Type `id` as C has it, without a name for what is of it; with the names of its parameters if it is
/// a prototype.
pub fn spell<S: Space>(btf: &Btf<'_, S>, id: Option<Id<S>>) -> String {
    let mut left = MAX_TYPES;
    let mut speller = Speller {
        btf,
        left: &mut left,
    };
    speller.spell(id, String::new(), MAX_DEPTH)
}

/// What BTF calls something.
pub fn name<S: Space>(btf: &Btf<'_, S>, off: Option<Off<S>>) -> String {
    let name = btf.name(off).unwrap_or_default();
    name.escape_ascii().to_string()
}

struct Speller<'s, 'a, S> {
    btf: &'s Btf<'a, S>,
    /// Types that may still be looked at.
    left: &'s mut usize,
}

impl<S: Space> Speller<'_, '_, S> {
    /// Type `id` around `declarator`, which is what is of it.
    fn spell(&mut self, mut id: Option<Id<S>>, mut declarator: String, depth: usize) -> String {
        // What comes before the next `*`, or before the type.
        let mut qualifiers = String::new();
        let base = loop {
            let Some(record) = id.and_then(|id| self.btf.record(id)) else {
                break "void".to_owned();
            };
            if *self.left == 0 {
                break "...".to_owned();
            }
            *self.left -= 1;
            let name = name(self.btf, record.name());
            id = record.target();
            match record.kind() {
                Kind::Ptr => {
                    declarator = format!("*{}{declarator}", std::mem::take(&mut qualifiers));
                }
                Kind::Const => qualifiers += "const ",
                Kind::Volatile => qualifiers += "volatile ",
                Kind::Restrict => qualifiers += "restrict ",
                Kind::TypeTag => qualifiers += &format!("__{name} "),
                Kind::Array => {
                    let array = record.array();
                    let count = array.map_or(0, |array| array.count);
                    declarator = format!("{}[{count}]", inner(&declarator));
                    id = array.and_then(|array| array.of);
                }
                Kind::FuncProto => {
                    let parameters = self.parameters(&record, depth);
                    declarator = format!("{}({parameters})", inner(&declarator));
                }
                kind => break base(kind, record.kind_flag(), &name),
            }
        };
        let blank = if declarator.is_empty() { "" } else { " " };
        format!("{qualifiers}{base}{blank}{declarator}")
            .trim_end()
            .to_owned()
    }

    fn parameters(&mut self, record: &Record<'_, S>, depth: usize) -> String {
        if record.vlen() == 0 {
            return "void".to_owned();
        }
        let Some(deeper) = depth.checked_sub(1) else {
            return "...".to_owned();
        };
        let mut all = Vec::new();
        for parameter in record.params() {
            if parameter.type_id.is_none() || *self.left == 0 {
                all.push("...".to_owned());
                break;
            }
            // Only those of the outermost say what they are for.
            let name = if depth == MAX_DEPTH {
                name(self.btf, parameter.name)
            } else {
                String::new()
            };
            all.push(self.spell(parameter.type_id, name, deeper));
        }
        all.join(", ")
    }
}

/// What an array or a prototype is of, behind a pointer or not.
fn inner(declarator: &str) -> String {
    if declarator.starts_with('*') {
        format!("({})", declarator.trim_end())
    } else {
        declarator.to_owned()
    }
}

/// A type that is made of no others, or has a name.
fn base(kind: Kind, kind_flag: bool, name: &str) -> String {
    let word = match kind {
        Kind::Struct => "struct ",
        Kind::Union => "union ",
        Kind::Fwd if kind_flag => "union ",
        Kind::Fwd => "struct ",
        Kind::Enum | Kind::Enum64 => "enum ",
        _ => "",
    };
    let name = if name.is_empty() { "{...}" } else { name };
    format!("{word}{name}")
}
