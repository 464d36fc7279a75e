// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What came of many modules with whole BTF, as KTAP with the table in its comments.

use super::{
    same::Counts,
    Found, //
};
use crate::tally::print;

/// What a module has of BTF.
#[derive(Clone, Copy, Debug, Default)]
pub struct Size {
    /// Types.
    pub types: usize,
    /// Bytes, strings and header included.
    pub bytes: usize,
}

/// What came of a module on one kernel.
#[derive(Debug)]
pub struct Made {
    /// What was left of its BTF.
    pub left: Size,
    /// Slots that could not be resolved.
    pub unresolved: usize,
    /// Whether a stock kernel takes it, and libbpf reads it.
    pub taken: Found,
    /// Whether it says what it said before.
    pub meaning: Found,
    /// Whether no copy of the kernel's types is left, as the oracle sees it.
    pub unified: Found,
    /// Whether its ids are those of the types that they are named for.
    pub ids: Found,
}

/// What came of a module.
#[derive(Debug)]
pub struct Outcome {
    /// Its BTF as it was encoded.
    pub whole: Size,
    /// Kbuild's BTF of it.
    pub theirs: Size,
    /// Its slots.
    pub slots: usize,
    /// What came of it on its own kernel, and on the other one; an error if it was not reconciled.
    pub made: [Found<Made>; 2],
    /// Whether it is the same as Kbuild's on its own kernel, types and ids.
    pub same: Found<Counts>,
    /// See above.
    pub same_ids: Found,
}

impl Outcome {
    /// What was left of its BTF on one of the kernels.
    fn left(&self, nth: usize) -> Size {
        let made = self.made[nth].as_ref();
        made.map_or(Size::default(), |made| made.left)
    }
}

/// What is checked of what was made of a module.
type Check = fn(&Made) -> Found;

/// For each of the kernels.
const PER_KERNEL: [(&str, Check); 5] = [
    ("modules are reconciled", |_| Ok(())),
    ("results a stock kernel takes, and libbpf", |made| {
        made.taken.clone()
    }),
    ("results say what was encoded", |made| made.meaning.clone()),
    ("results have no copy of the kernel's types", |made| {
        made.unified.clone()
    }),
    ("results have ids of what they are named for", |made| {
        made.ids.clone()
    }),
];

/// Number of checks.
pub const CHECKS: usize = 3 + 2 * PER_KERNEL.len();

/// Prints what came of the modules of kernel `names[0]`; gives whether all checks passed.
pub fn print_all(names: [&str; 2], all: &[(String, Found<Outcome>)]) -> bool {
    table(names, all);
    let (mut number, mut passed) = (0, true);
    let mut check = |text: &str, of: &dyn Fn(&Outcome) -> Found| {
        let came = all.iter().map(|(name, outcome)| {
            let why = outcome.as_ref().map_err(String::clone).and_then(of).err()?;
            Some(format!("{name}: {why}"))
        });
        let failures: Vec<_> = came.flatten().collect();
        let good = all.len() - failures.len();
        let text = format!("{} whole: {good} of {} {text}", names[0], all.len());
        number += 1;
        passed &= print(number, &text, &failures);
    };
    check("modules get BTF that stands on its own", &|_| Ok(()));
    for (nth, name) in names.iter().enumerate() {
        for (text, of) in PER_KERNEL {
            check(&format!("{text}, on {name}"), &|outcome| {
                outcome.made[nth]
                    .as_ref()
                    .map_err(String::clone)
                    .and_then(of)
            });
        }
    }
    check("say by name what Kbuild's BTF says", &|outcome| {
        outcome.same.clone().map(drop)
    });
    check("have the ids that Kbuild's have", &|outcome| {
        outcome.same_ids.clone()
    });
    passed
}

/// Prints the sums over all modules.
fn table(names: [&str; 2], all: &[(String, Found<Outcome>)]) {
    let good: Vec<_> = all
        .iter()
        .filter_map(|(_, came)| came.as_ref().ok())
        .collect();
    let sum = |of: &dyn Fn(&Outcome) -> Size| {
        let sizes = good.iter().map(|outcome| of(outcome));
        sizes.fold(Size::default(), |sum, size| Size {
            types: sum.types + size.types,
            bytes: sum.bytes + size.bytes,
        })
    };
    let row = |what: &str, size: Size| {
        println!(
            "# {:>9} types, {:>11} bytes  {what}",
            size.types, size.bytes
        );
    };
    let [own, other] = names;
    println!("# {own} whole: {} modules", good.len());
    row("as encoded, on their own", sum(&|o| o.whole));
    row(&format!("left on {own}"), sum(&|o| o.left(0)));
    row(&format!("left on {other}"), sum(&|o| o.left(1)));
    row(&format!("in Kbuild's, for {own}"), sum(&|o| o.theirs));
    println!("#   by name, against Kbuild's:");
    let line = |what: &str, of: fn(&Counts) -> usize| {
        let all = good.iter().filter_map(|o| o.same.as_ref().ok()).map(of);
        let (sum, with) = all.fold((0, 0), |(sum, with), count| {
            (sum + count, with + usize::from(count != 0))
        });
        println!("# {sum:>9}  {what}, in {with} modules");
    };
    line("types and functions the same", |c| c.same);
    line("copies of the kernel's types in Kbuild's", |c| c.copies);
    line("declarations in Kbuild's, defined in ours", |c| c.declared);
    line("functions of ours, the kernel's in Kbuild's", |c| c.kernels);
    line("declarations of ours that nothing refers to", |c| c.idle);
    line("enumerations that one only declares", |c| c.enumerations);
    line("types that are the kernel's but for these", |c| c.nearly);
    line("types with several definitions in both", |c| c.several);
    line("tags of kfuncs in Kbuild's", |c| c.tags);
    let slots: usize = good.iter().map(|o| o.slots).sum();
    let unresolved = |nth: usize| -> usize {
        let made = good.iter().filter_map(|o| o.made[nth].as_ref().ok());
        made.map(|made| made.unresolved).sum()
    };
    println!(
        "# {slots:>9}  ids, {} not resolved on {own}, {} on {other}",
        unresolved(0),
        unresolved(1)
    );
}
