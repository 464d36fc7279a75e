// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Pages for a browser that are one file each, and ask for nothing else.

use crate::error::Result;
use data_encoding::BASE64;
use flate2::{
    write::GzEncoder,
    Compression, //
};
use serde::Serialize;
use std::io::{
    self,
    Write, //
};

/// What is the same in all of them: colours, text, tables.
const STYLE: &str = include_str!("html/common.css");

/// What opens over a table and shows all of a row.
const REPORT: &str = include_str!("html/report.html");

/// Reading what is in them.
const SCRIPT: &str = include_str!("html/common.js");

/// Nothing is fetched, whatever is in the page.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/// A page without its data.
pub struct Page {
    /// Its title.
    pub title: &'static str,
    /// Its own style.
    pub style: &'static str,
    /// What it shows.
    pub body: &'static str,
    /// What fills that.
    pub script: &'static str,
}

impl Page {
    /// All that comes before the data.
    pub fn begin(&self) -> Vec<u8> {
        let (title, style, body) = (self.title, self.style, self.body);
        let version = env!("CARGO_PKG_VERSION");
        let begin = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta name=\"generator\" content=\"btf-reconcile {version}\">\n\
             <title>{title}</title>\n<style>\n{STYLE}{style}</style>\n</head>\n<body>\n{body}{REPORT}"
        );
        begin.into_bytes()
    }

    /// All that comes after.
    pub fn end(&self, out: &mut Vec<u8>) {
        let script = self.script;
        let end =
            format!("<script>\n\"use strict\";\n{SCRIPT}{script}</script>\n</body>\n</html>\n");
        out.extend(end.into_bytes());
    }
}

/// Adds `data`, which the page's script knows as `id`.
///
/// # Errors
///
/// None, as long as the data can be written as JSON.
pub fn add_data(out: &mut Vec<u8>, id: &str, data: &impl Serialize) -> Result {
    let json = serde_json::to_string(data).map_err(io::Error::from)?;
    // Whatever names say, they end neither the script nor begin another.
    let json = json.replace('<', "\\u003c");
    writeln!(
        out,
        "<script type=\"application/json\" id=\"{id}\">{json}</script>"
    )?;
    Ok(())
}

/// Adds `data` packed.
///
/// # Errors
///
/// None, as long as the data can be written as JSON.
pub fn add_packed(out: &mut Vec<u8>, id: &str, data: &impl Serialize) -> Result {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    serde_json::to_writer(&mut packed, data).map_err(io::Error::from)?;
    let packed = BASE64.encode(&packed.finish()?);
    writeln!(
        out,
        "<script type=\"application/gzip\" id=\"{id}\">{packed}</script>"
    )?;
    Ok(())
}
