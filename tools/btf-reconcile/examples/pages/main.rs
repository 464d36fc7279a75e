// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Writes manual pages and what shells complete commands by into a folder.

mod made;

use std::{
    env,
    error::Error,
    fs,
    path::Path, //
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1);
    let (Some(folder), None) = (arguments.next(), arguments.next()) else {
        return Err("expected one argument, the folder to write into".into());
    };
    for page in made::pages() {
        let path = Path::new(&folder).join(page.path);
        let at = |error| format!("{}: {error}", path.display());
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(at)?;
        }
        fs::write(&path, page.text).map_err(at)?;
    }
    Ok(())
}
