// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What a bundle says of the kernel: which one it is, and how it was built.

use super::KernelEntry;
use crate::{
    base::{
        Kernel,
        Source, //
    },
    btf::{
        Fingerprint,
        Hex, //
    },
    files,
    names,
    output::folder_of,
    places::running_release, //
};
use data_encoding::HEXLOWER;
use std::{
    collections::BTreeMap,
    fs,
    path::{
        Path,
        PathBuf, //
    },
};

/// Options on which it depends what becomes of a module's BTF: whether there is any, who makes and
/// checks it, what the names of functions look like, and whether BPF programs can call kfuncs.
const OPTIONS: [&str; 16] = [
    "CONFIG_BPF_JIT",
    "CONFIG_BPF_SYSCALL",
    "CONFIG_CFI",
    "CONFIG_CFI_CLANG",
    "CONFIG_DEBUG_INFO_BTF",
    "CONFIG_DEBUG_INFO_BTF_MODULES",
    "CONFIG_KALLSYMS",
    "CONFIG_LTO_CLANG",
    "CONFIG_MODULE_ALLOW_BTF_MISMATCH",
    "CONFIG_MODVERSIONS",
    "CONFIG_PAHOLE_HAS_BTF_TAG",
    "CONFIG_PAHOLE_HAS_LANG_EXCLUDE",
    "CONFIG_PAHOLE_HAS_SPLIT_BTF",
    "CONFIG_PAHOLE_VERSION",
    "CONFIG_RUST",
    "CONFIG_RUSTC_VERSION",
];

/// Where the running kernel has its options, if it was built to.
const RUNNING_OPTIONS: &str = "/proc/config.gz";

/// Where distributions have those of the kernel `{}`.
const PLACES: [&str; 5] = [
    "/boot/config-{}",
    "/lib/modules/{}/config",
    "/lib/modules/{}/build/.config",
    "/usr/src/linux-headers-{}/.config",
    "/usr/src/kernels/{}/.config",
];

/// Most letters of what an option is set to.
const MAX_VALUE: usize = 128;

/// Says of a kernel what there is to say, and whether its BTF `is_included`.
pub fn describe(source: &Source, kernel: &Kernel<'_>, is_included: bool) -> KernelEntry {
    let fingerprint = kernel.fingerprint();
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let release = fingerprint.release.map(text);
    let options = places(source);
    let options = options.iter().find_map(|path| files::read(path).ok());
    KernelEntry {
        name: name(source),
        options: options.map(|text| matter(&String::from_utf8_lossy(&text))),
        release,
        build_id: fingerprint.build_id.map(|id| Hex(id).to_string()),
        btf_bytes: kernel.blob.len(),
        btf_sha256: sha256(kernel),
        is_included,
    }
}

/// The hash of its BTF.
fn sha256(kernel: &Kernel<'_>) -> String {
    let hash = kernel.fingerprint().btf_sha256;
    hash.map_or_else(String::new, |hash| Hex(hash).to_string())
}

impl KernelEntry {
    /// Checks that it is said of `kernel`.
    pub fn is_of(&self, kernel: &Kernel<'_>) -> bool {
        self.btf_bytes == kernel.blob.len() && self.btf_sha256 == sha256(kernel)
    }

    /// The kernel, whose file `bytes` came in the bundle at `path`.
    pub fn source(&self, path: &Path, bytes: Vec<u8>) -> Source {
        let build_id = self.build_id.as_deref().map(str::as_bytes);
        let build_id = build_id.and_then(|digits| HEXLOWER.decode(digits).ok());
        let known = Fingerprint {
            release: self.release.as_deref().map(str::as_bytes),
            build_id: build_id.as_deref(),
            btf_sha256: None,
        };
        Source::inside(path, &self.name, bytes, &known)
    }
}

/// What reports call it elsewhere: the folders that it lies in are nobody's business.
fn name(source: &Source) -> String {
    if source.is_running() {
        return running_release();
    }
    let name = Path::new(&source.name).file_name();
    name.map_or_else(|| source.name.clone(), names::plain)
}

/// The folder that its file really lies in.
fn folder(source: &Source) -> PathBuf {
    let path = fs::canonicalize(source.path());
    folder_of(path.as_deref().unwrap_or(source.path())).to_owned()
}

/// Where its options may be, best first.
fn places(source: &Source) -> Vec<PathBuf> {
    let mut places = Vec::new();
    let release = if source.is_running() {
        places.push(PathBuf::from(RUNNING_OPTIONS));
        Some(running_release())
    } else {
        source.is_by_release().then(|| source.name.clone())
    };
    if let Some(release) = release {
        places.extend(PLACES.map(|place| PathBuf::from(place.replace("{}", &release))));
    }
    if !source.is_running() {
        places.push(folder(source).join(".config"));
    }
    places
}

/// The options that matter, of all that there are.
fn matter(text: &str) -> BTreeMap<String, String> {
    let one = |line: &str| {
        let unset = line.strip_prefix("# ");
        let unset = unset.and_then(|rest| rest.strip_suffix(" is not set"));
        let (name, value) = match unset {
            Some(name) => (name, "n"),
            None => line.split_once('=')?,
        };
        let is_known = OPTIONS.contains(&name);
        let value = self::value(value.trim_matches('"')).filter(|_| is_known)?;
        Some((name.to_owned(), value))
    };
    text.lines().filter_map(one).collect()
}

/// What is sure to be a value, and nothing else.
fn value(text: &str) -> Option<String> {
    let is_value = text.len() <= MAX_VALUE && text.bytes().all(|byte| byte.is_ascii_graphic());
    is_value.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_options_that_matter_are_kept() {
        let options = matter(
            "CONFIG_DEBUG_INFO_BTF=y\n# CONFIG_RUST is not set\nCONFIG_LOCALVERSION=\"-mine\"\n\
             # a remark\nCONFIG_PAHOLE_VERSION=130\nCONFIG_DEFAULT_HOSTNAME=\"(none)\"\n\
             CONFIG_CFI=\u{1b}[31m\n",
        );
        let options: Vec<_> = options.iter().map(|(k, v)| format!("{k}={v}")).collect();
        assert_eq!(
            options,
            [
                "CONFIG_DEBUG_INFO_BTF=y",
                "CONFIG_PAHOLE_VERSION=130",
                "CONFIG_RUST=n"
            ]
        );
        let mut sorted = OPTIONS;
        sorted.sort_unstable();
        assert_eq!(sorted, OPTIONS);
    }
}
