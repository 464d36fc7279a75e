// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Opening the BTF of a kernel: from its ELF file, raw, or by the kernel's release.

use crate::{
    btf::{
        Btf,
        Offsets,
        Section,
        Vmlinux, //
    },
    elf,
    error::{
        Error,
        Result, //
    },
    files::{
        self,
        Contents, //
    },
};
use std::path::{
    Path,
    PathBuf, //
};

/// BTF of the running kernel.
pub const RUNNING: &str = "/sys/kernel/btf/vmlinux";

/// Where a kernel of release `{}` is looked for, best first.
const PLACES: [&str; 4] = [
    "/usr/lib/debug/boot/vmlinux-{}",
    "/boot/vmlinux-{}",
    "/lib/modules/{}/build/vmlinux",
    "/usr/src/linux-headers-{}/vmlinux",
];

/// The file that a kernel's BTF is in.
pub struct Source {
    /// As it was asked for.
    pub name: String,
    path: PathBuf,
    contents: Contents,
}

impl Source {
    /// Opens what `name` stands for: a file, or else a kernel release.
    ///
    /// # Errors
    ///
    /// There is neither, or it can't be read.
    pub fn open(name: &str) -> Result<Self> {
        let path = find(name)?;
        let contents = files::read(&path)?;
        Ok(Self {
            name: name.to_owned(),
            path,
            contents,
        })
    }

    /// Reads the BTF in it.
    ///
    /// # Errors
    ///
    /// There is none, or it is broken.
    pub fn kernel(&self) -> Result<Kernel<'_>> {
        let vmlinux = self.vmlinux().map_err(|error| error.at(&self.path))?;
        Ok(Kernel {
            name: &self.name,
            vmlinux,
        })
    }

    fn vmlinux(&self) -> Result<Vmlinux<'_, Offsets>> {
        let bytes = match self.contents.starts_with(b"\x7fELF") {
            true => elf::kernel_btf(&self.contents)?,
            false => &self.contents,
        };
        let btf = Btf::parse(bytes, Section::Vmlinux)?;
        Ok(Vmlinux::indexed(btf)?)
    }
}

/// The BTF of a kernel, ready for use.
pub struct Kernel<'a> {
    /// As it was asked for.
    pub name: &'a str,
    /// The types, and how to find them by name.
    pub vmlinux: Vmlinux<'a, Offsets>,
}

/// The file that `name` stands for.
fn find(name: &str) -> Result<PathBuf> {
    let path = Path::new(name);
    if path.exists() || name.contains('/') || name.is_empty() {
        return Ok(path.to_owned());
    }
    let places = PLACES.map(|place| PathBuf::from(place.replace("{}", name)));
    match places.iter().find(|place| place.exists()) {
        Some(place) => Ok(place.clone()),
        None => {
            let places = places.map(|place| place.display().to_string());
            let looked = places.join(", ");
            let error = format!("neither a file nor a kernel release: there is none of {looked}");
            Err(Error::Unfit(error).at(path))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_named() {
        let error = find("1.2.3-none").unwrap_err().to_string();
        assert!(error.starts_with("1.2.3-none: neither"), "{error}");
        assert!(error.contains("/boot/vmlinux-1.2.3-none"), "{error}");
        assert_eq!(find("some/where").unwrap(), Path::new("some/where"));
    }
}
