// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The table for a terminal, a file or a pipe.

use super::{
    Cell,
    Matrix,
    Row, //
};
use crate::{
    check::{
        loss::{
            Loss,
            Rank, //
        },
        text::Number,
    },
    error::Result,
    names::harmless,
    print::Colours,
};
use anstyle::{
    AnsiColor,
    Style, //
};
use std::io::Write;

/// Between columns.
const GAP: &str = "  ";

/// How it is shown.
pub struct Table {
    /// Whether to show modules that lose nothing anywhere.
    pub all: bool,
    /// Whether to say below each row what is lost.
    pub verbose: bool,
    /// Whether in colours.
    pub colours: Colours,
    /// Columns of the terminal, if it is one.
    pub width: Option<usize>,
}

impl Table {
    /// Prints it.
    ///
    /// # Errors
    ///
    /// Nobody takes it.
    pub fn print(&self, matrix: &Matrix, out: &mut dyn Write) -> Result {
        let is_shown = |row: &&Row| self.all || !row.is_fine();
        let rows: Vec<_> = matrix.rows.iter().filter(is_shown).collect();
        if !rows.is_empty() {
            self.print_rows(matrix, &rows, out)?;
            writeln!(out)?;
        }
        if let Some(hidden @ 1..) = matrix.rows.len().checked_sub(rows.len()) {
            let lose = if hidden == 1 { "loses" } else { "lose" };
            let modules = Number(
                hidden,
                if rows.is_empty() {
                    "module"
                } else {
                    "more module"
                },
            );
            writeln!(out, "{modules} {lose} nothing on any of them")?;
        }
        for kernel in &matrix.kernels {
            writeln!(out, "{}: {}", harmless(&kernel.name), kernel.total)?;
        }
        Ok(())
    }

    fn print_rows(&self, matrix: &Matrix, rows: &[&Row], out: &mut dyn Write) -> Result {
        let mut names: Vec<_> = matrix
            .kernels
            .iter()
            .map(|k| harmless(&k.name).into_owned())
            .collect();
        let mut columns = Columns::of(&names, rows);
        if self.width.is_some_and(|width| columns.all() > width) {
            for (at, kernel) in matrix.kernels.iter().enumerate() {
                let number = format!("[{}]", at + 1);
                writeln!(out, "{number} {}", harmless(&kernel.name))?;
                if let Some(name) = names.get_mut(at) {
                    *name = number;
                }
            }
            writeln!(out)?;
            columns = Columns::of(&names, rows);
        }
        let bold = Style::new().bold();
        let mut line = Line::new(self.colours);
        line.add("", columns.name, Style::new());
        for (name, (ours, stock)) in names.iter().zip(&columns.cells) {
            line.add(name, ours + GAP.len() + stock, bold);
        }
        line.print(out)?;
        line.add("module", columns.name, bold);
        for (ours, stock) in &columns.cells {
            line.add(OURS, *ours, bold);
            line.add(STOCK, *stock, bold);
        }
        line.print(out)?;
        for row in rows {
            line.add(&harmless(&row.name), columns.name, Style::new());
            for (cell, (ours, stock)) in row.cells.iter().zip(&columns.cells) {
                line.add(&cell.ours(), *ours, style(cell.loss.as_ref()));
                line.add(&cell.stock(), *stock, style(cell.stock_loss.as_ref()));
            }
            line.print(out)?;
            if self.verbose {
                for (cell, name) in row.cells.iter().zip(&names) {
                    print_losses(cell, name, out)?;
                }
            }
        }
        Ok(())
    }
}

/// Headings.
const OURS: &str = "btf_reconcile";
const STOCK: &str = "stock kernel";

/// Says what is lost on one kernel, and which types and functions.
fn print_losses(cell: &Cell, kernel: &str, out: &mut dyn Write) -> Result {
    if let Some(loss) = &cell.loss {
        writeln!(out, "    on {kernel} {}", harmless(&loss.what))?;
    }
    if !cell.carries.is_empty() {
        writeln!(out, "    on {kernel} carries {}", cell.carries.join(", "))?;
    }
    for callable in cell.loses() {
        let why = callable.why.as_deref().unwrap_or_default();
        let (name, of) = (&callable.name, &callable.of);
        writeln!(out, "    on {kernel} loses {name} of {of}: {why}")?;
    }
    if let (Some(loss), true) = (&cell.stock_loss, cell.stock_loss != cell.loss) {
        writeln!(out, "    on {kernel} by itself {}", harmless(&loss.what))?;
    }
    Ok(())
}

/// How bad a loss looks.
fn style(loss: Option<&Loss>) -> Style {
    let colour = match loss.map(|loss| loss.rank) {
        None => AnsiColor::Green,
        Some(Rank::Types | Rank::Unknown) => AnsiColor::Yellow,
        Some(Rank::Callables | Rank::Btf | Rank::Meaning | Rank::Module) => AnsiColor::Red,
        Some(Rank::Machine) => return AnsiColor::Red.on_default().bold(),
    };
    colour.on_default()
}

/// How wide columns are.
struct Columns {
    name: usize,
    /// What our module makes of it, and what a stock kernel does.
    cells: Vec<(usize, usize)>,
}

impl Columns {
    fn of(kernels: &[String], rows: &[&Row]) -> Self {
        let widest = |heading: &str, texts: &mut dyn Iterator<Item = usize>| {
            texts.max().unwrap_or(0).max(width(heading))
        };
        let name = widest(
            "module",
            &mut rows.iter().map(|row| width(&harmless(&row.name))),
        );
        let cells = kernels.iter().enumerate().map(|(at, kernel)| {
            let cells = || rows.iter().filter_map(|row| row.cells.get(at));
            let ours = widest(OURS, &mut cells().map(|cell| width(&cell.ours())));
            let stock = widest(STOCK, &mut cells().map(|cell| width(&cell.stock())));
            let least = width(kernel).saturating_sub(ours + GAP.len());
            (ours, stock.max(least))
        });
        Self {
            name,
            cells: cells.collect(),
        }
    }

    fn all(&self) -> usize {
        let cells = self.cells.iter();
        self.name + cells.map(|(a, b)| a + b + 2 * GAP.len()).sum::<usize>()
    }
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// A line that is being put together.
struct Line {
    text: String,
    /// Blanks that come before what is added, if something is.
    blanks: usize,
    colours: Colours,
}

impl Line {
    fn new(colours: Colours) -> Self {
        Self {
            text: String::new(),
            blanks: 0,
            colours,
        }
    }

    fn add(&mut self, text: &str, columns: usize, style: Style) {
        if !text.is_empty() {
            self.text += &" ".repeat(std::mem::take(&mut self.blanks));
            self.text += &self.colours.paint(text, style);
        }
        self.blanks += columns.saturating_sub(width(text)) + GAP.len();
    }

    fn print(&mut self, out: &mut dyn Write) -> Result {
        writeln!(out, "{}", self.text)?;
        self.text.clear();
        self.blanks = 0;
        Ok(())
    }
}
