// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Opening the file of a kernel: its ELF file or image, raw BTF, or by the kernel's release.

use super::Kernel;
use crate::{
    elf::{
        Ids,
        KernelFile,
        Target, //
    },
    error::{
        Error,
        Result, //
    },
    files::{
        self,
        Contents, //
    },
    image,
    names,
    places::{
        self,
        RUNNING, //
    },
    progress::Progress,
    root::Root,
    tar, //
};
use std::{
    collections::HashSet,
    ffi::OsStr,
    fs,
    ops::Range,
    path::{
        Path,
        PathBuf, //
    },
    result::Result as StdResult, //
};

/// The file that a kernel's BTF is in.
pub struct Source {
    /// As it was asked for.
    pub name: String,
    path: PathBuf,
    contents: Contents,
    /// What of the contents is the file: an archive has it inside.
    range: Range<usize>,
}

impl Source {
    /// Opens what `name` stands for: a file, or else a kernel release.
    ///
    /// # Errors
    ///
    /// There is neither, or it can't be read.
    pub fn open(name: impl AsRef<OsStr>) -> Result<Self> {
        let path = Path::new(name.as_ref());
        let name = names::plain(path);
        let is_path = name.contains('/') || name.is_empty();
        let metadata = fs::metadata(path);
        if is_path || metadata.is_ok_and(|metadata| !metadata.is_dir()) {
            return Self::read(&name, path.to_owned());
        }
        Self::of_release(&name)
    }

    /// Opens the kernel that runs here.
    ///
    /// # Errors
    ///
    /// Its BTF is not found, or can't be read.
    pub fn running() -> Result<Self> {
        if Path::new(RUNNING).exists() {
            return Self::open(RUNNING);
        }
        Self::of_release(&places::running_release())
    }

    /// Opens the kernel `release`: the first file that has BTF in it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn of_release(release: &str) -> Result<Self> {
        let unfit = match Self::first(release, places::of_release(release)) {
            Ok(source) => return Ok(source),
            Err(unfit) => unfit,
        };
        let looked = places::in_words(release);
        let unfit: Vec<_> = unfit.iter().map(|error| format!("; {error}")).collect();
        let unfit = unfit.concat();
        let error = format!(
            "neither a file nor a kernel release: there is none of {looked} with BTF in it{unfit}"
        );
        Err(Error::Unfit(error).at(Path::new(release)))
    }

    /// Opens the kernel `release` of the machine in `root`, which may be running there.
    ///
    /// # Errors
    ///
    /// There is none with BTF in it: what is wrong with those that there are.
    pub fn installed(root: &Root, release: &str, is_running: bool) -> StdResult<Self, Vec<Error>> {
        let places = places::with_running(release, is_running);
        Self::first(release, places.iter().map(|place| root.at(place)))
    }

    /// The first of `paths` that has BTF in it, or what is wrong with those that there are.
    fn first(
        release: &str,
        paths: impl IntoIterator<Item = PathBuf>,
    ) -> StdResult<Self, Vec<Error>> {
        let mut unfit = Vec::new();
        let mut known = HashSet::new();
        for path in paths {
            // Folders may be one by several names.
            if !fs::canonicalize(&path).is_ok_and(|real| known.insert(real)) {
                continue;
            }
            let source = Self::read(release, path);
            match source.and_then(|source| source.file().map(drop).map(|()| source)) {
                Ok(source) => return Ok(source),
                Err(error) => unfit.push(error),
            }
        }
        Err(unfit)
    }

    fn read(name: &str, path: PathBuf) -> Result<Self> {
        let _progress = Progress::of("reading a kernel");
        let mut contents = files::read(&path)?;
        let kernel = image::unpack(&contents).map_err(|error| error.at(&path))?;
        if let Some(kernel) = kernel {
            contents = Contents::Read(kernel);
        }
        let mut range = 0..contents.len();
        if tar::is_archive(&contents) {
            let inner = tar::btf_in(&contents);
            range = inner.map_err(|why| Error::Unfit(why).at(&path))?;
        }
        Ok(Self {
            name: name.to_owned(),
            path,
            contents,
            range,
        })
    }

    /// The kernel of this name that was found in the file `path`, as `bytes`.
    pub fn inside(path: &Path, name: &str, bytes: Vec<u8>) -> Self {
        Self {
            name: name.to_owned(),
            path: path.to_owned(),
            range: 0..bytes.len(),
            contents: Contents::Read(bytes),
        }
    }

    /// Where it was found.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file, without what it is packed in.
    pub fn file_bytes(&self) -> &[u8] {
        self.contents.get(self.range.clone()).unwrap_or_default()
    }

    /// What is in the file.
    fn file(&self) -> Result<KernelFile<'_>> {
        KernelFile::parse(self.file_bytes()).map_err(|error| error.at(&self.path))
    }

    /// Its `.BTF_ids`, if it has one and there are symbols that tell what is in it.
    pub fn ids(&self) -> Option<Ids<'_>> {
        let file = self.contents.get(self.range.clone()).unwrap_or_default();
        KernelFile::ids(file).ok().flatten()
    }

    /// Reads the BTF in it.
    ///
    /// # Errors
    ///
    /// There is none, or it is broken or not that of a kernel.
    pub fn kernel(&self) -> Result<Kernel<'_>> {
        let file = self.file()?;
        let mut kernel = Kernel::new(&self.name, file.btf).map_err(|error| error.at(&self.path))?;
        kernel.target = match (file.machine, kernel.target) {
            (Some(machine), _) => Target::Machine(machine),
            (None, Target::Bits(bits)) if self.path == Path::new(RUNNING) => {
                Target::running(&places::machine(), bits)
            }
            (None, target) => target,
        };
        Ok(kernel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_named() {
        let error = Source::open("1.2.3-none")
            .map(drop)
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("1.2.3-none: neither"), "{error}");
        assert!(error.contains("/boot/vmlinux-1.2.3-none"), "{error}");
        let error = Source::open("some/where")
            .map(drop)
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("some/where: No such"), "{error}");
    }
}
