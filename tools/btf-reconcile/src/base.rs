// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Opening the BTF of a kernel: from its ELF file or image, raw, or by the kernel's release.

use crate::{
    btf::{
        Btf,
        Fault,
        Kind,
        Offsets,
        Vmlinux, //
    },
    elf::{
        Ids,
        KernelFile,
        Module,
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
    mainline,
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

/// How C calls the integers that are as long as a pointer, in a kernel.
const POINTER_LONG: [&[u8]; 4] = [b"long unsigned int", b"unsigned long", b"long int", b"long"];

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

/// Bits of a pointer, which has the size of a C `long` in kernels.
fn pointer_bits(vmlinux: &Vmlinux<'_, Offsets>) -> Option<u32> {
    let mut bits = None;
    for name in POINTER_LONG {
        // Which of them all is first does not matter, if there are too many.
        let _ = vmlinux.named(name, |_, record| {
            if record.kind() == Kind::Int && matches!(record.size(), 4 | 8) {
                bits = bits.or(Some(record.size() * 8));
            }
        });
    }
    bits
}

/// The BTF of a kernel, ready for use.
pub struct Kernel<'a> {
    /// As it was asked for.
    pub name: &'a str,
    /// Its BTF.
    pub blob: &'a [u8],
    /// The types, and how to find them by name.
    pub vmlinux: Vmlinux<'a, Offsets>,
    /// The machine that it is for.
    pub target: Target,
    /// What it is without our module, if it can be one.
    pub stock: Option<mainline::Kernel<'a>>,
}

impl<'a> Kernel<'a> {
    /// Reads the BTF of the kernel that was asked for as `name`.
    ///
    /// # Errors
    ///
    /// It is broken or not that of a kernel, or there is no memory.
    pub fn new(name: &'a str, blob: &'a [u8]) -> Result<Self> {
        let btf = Btf::parse_kernel(blob).map_err(|error| match error.fault {
            // Names of a module's own go on where the kernel's end.
            Fault::StringsStart => Error::Unfit(
                "its BTF is split from that of a kernel, as a module's is; expected a kernel"
                    .into(),
            ),
            _ => Error::Unfit(error.to_string()),
        })?;
        if btf.count() == 0 {
            let error = "its BTF has no types in it; expected that of a kernel";
            return Err(Error::Unfit(error.into()));
        }
        let vmlinux = Vmlinux::new(btf).map_err(|error| Error::Unfit(error.to_string()))?;
        Ok(Self {
            name,
            blob,
            target: Target::Bits(pointer_bits(&vmlinux)),
            vmlinux,
            stock: mainline::Kernel::new(blob).ok(),
        })
    }
}

impl Kernel<'_> {
    /// Reads a module for this kernel.
    ///
    /// # Errors
    ///
    /// See [`Module::parse`] and [`Self::expect`].
    pub fn module<'m>(&self, file: &'m [u8]) -> Result<Module<'m>> {
        let mut module = Module::parse(file)?;
        self.expect(&mut module)?;
        Ok(module)
    }

    /// Checks that a module is for this kernel's machine; one that does not say is taken to be.
    ///
    /// # Errors
    ///
    /// It is for another one.
    pub fn expect(&self, module: &mut Module<'_>) -> Result {
        match module.machine {
            Some(machine) => self.target.takes(&machine)?,
            None => module.pointer = self.target.pointer(),
        }
        Ok(())
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
