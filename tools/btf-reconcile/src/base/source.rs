// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Opening the file of a kernel: its ELF file or image, raw BTF, or by the kernel's release.

use super::Kernel;
use crate::{
    btf::{
        is_build_id,
        is_release,
        Fingerprint, //
    },
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
    /// The release, if something beside the file tells it.
    release: Option<String>,
    /// The build id, if another file tells it.
    build_id: Option<Vec<u8>>,
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
        let mut source = Self {
            name: name.to_owned(),
            path,
            contents,
            range,
            release: None,
            build_id: None,
        };
        let release = if source.is_running() {
            let notes = fs::read(places::RUNNING_NOTES).unwrap_or_default();
            source.build_id = Fingerprint::of_kernel(&notes).build_id.map(<[u8]>::to_vec);
            Some(places::running_release())
        } else if source.is_by_release() {
            Some(source.name.clone())
        } else {
            places::release_beside(&source.path)
        };
        source.release = release.filter(|release| is_release(release.as_bytes()));
        Ok(source)
    }

    /// The kernel of this name that was found in the file `path`, as `bytes`, and of which that file
    /// says what is `known`.
    pub fn inside(path: &Path, name: &str, bytes: Vec<u8>, known: &Fingerprint<'_>) -> Self {
        let release = known.release.filter(|release| is_release(release));
        let build_id = known.build_id.filter(|id| is_build_id(id));
        Self {
            name: name.to_owned(),
            path: path.to_owned(),
            range: 0..bytes.len(),
            contents: Contents::Read(bytes),
            release: release.map(|release| String::from_utf8_lossy(release).into_owned()),
            build_id: build_id.map(<[u8]>::to_vec),
        }
    }

    /// Whether it is the kernel that runs here, as that shows itself.
    pub fn is_running(&self) -> bool {
        self.path == Path::new(RUNNING)
    }

    /// Whether it was asked for by its release.
    pub fn is_by_release(&self) -> bool {
        self.name != names::plain(&self.path)
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
            (None, Target::Bits(bits)) if self.is_running() => {
                Target::running(&places::machine(), bits)
            }
            (None, target) => target,
        };
        kernel.known = self.known(&file);
        Ok(kernel)
    }

    /// What tells the kernel in `file`, which is this one, from others.
    fn known<'a>(&'a self, file: &KernelFile<'a>) -> Fingerprint<'a> {
        let release = self.release.as_deref().map(str::as_bytes);
        Fingerprint {
            release: file.release().or(release),
            build_id: file.build_id.or(self.build_id.as_deref()),
            btf_sha256: None,
        }
    }

    /// Looks for the kernel's build id in the other files of its release, if this one does not have
    /// it: headers come with a vmlinux of nothing but BTF, and the image in `/boot` has all. That may
    /// be of another build with the same BTF, which is why ids that differ are no proof then.
    pub fn find_build_id(&mut self) {
        let Ok(file) = self.file() else { return };
        let known = self.known(&file);
        if let (Some(release), None) = (known.release, known.build_id) {
            let release = String::from_utf8_lossy(release);
            self.build_id = self.build_id_in(places::of_release(&release));
        }
    }

    /// The first build id in the files `paths`. What has other BTF is of another build.
    fn build_id_in(&self, paths: Vec<PathBuf>) -> Option<Vec<u8>> {
        let btf = self.file().ok()?.btf;
        paths.into_iter().find_map(|path| {
            if path == self.path || !path.exists() {
                return None;
            }
            let other = Self::read(&self.name, path).ok()?;
            let file = other.file().ok()?;
            let build_id = other.known(&file).build_id.map(<[u8]>::to_vec);
            build_id.filter(|_| file.btf == btf)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::{
        build::elf::{
            Builder,
            SectionData, //
        },
        elf::{
            ET_EXEC,
            SHT_NOTE,
            SHT_PROGBITS,
            SHT_STRTAB, //
        },
        Endianness, //
    };

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

    /// A kernel's file with this BTF, and this build id if it has one.
    fn vmlinux(btf: &'static [u8], id: Option<u8>) -> Vec<u8> {
        let mut elf = Builder::new(Endianness::Little, true);
        elf.header.e_type = ET_EXEC;
        let head = *b"\x04\0\0\0\x04\0\0\0\x03\0\0\0GNU\0";
        let note = id.map(|id| [&head[..], &[id; 4]].concat());
        let sections = [(".BTF", SHT_PROGBITS, btf.to_vec())];
        for (name, kind, data) in sections
            .into_iter()
            .chain(note.map(|note| (".notes", SHT_NOTE, note)))
        {
            let section = elf.sections.add();
            section.name = name.as_bytes().into();
            section.sh_type = kind;
            section.sh_addralign = 4;
            section.data = SectionData::Data(data.into());
        }
        let names = elf.sections.add();
        names.name = b".shstrtab"[..].into();
        names.sh_type = SHT_STRTAB;
        names.sh_addralign = 1;
        names.data = SectionData::SectionString;
        elf.set_section_sizes();
        let mut file = Vec::new();
        elf.write(&mut file).unwrap();
        file
    }

    #[test]
    fn build_ids_are_of_the_same_btf() {
        let top = tempfile::tempdir().unwrap();
        let write = |name: &str, btf, id| {
            let path = top.path().join(name);
            fs::write(&path, vmlinux(btf, id)).unwrap();
            path
        };
        let this = write("this", b"BTF of one", None);
        let source = Source::open(&this).unwrap();
        let none = [
            write("without", b"BTF of one", None),
            write("other", b"BTF of two", Some(2)),
            top.path().join("nothing"),
            this,
        ];
        assert_eq!(source.build_id_in(none.to_vec()), None);
        let paths = [&none[..], &[write("same", b"BTF of one", Some(1))]].concat();
        assert_eq!(source.build_id_in(paths), Some(vec![1; 4]));
    }
}
