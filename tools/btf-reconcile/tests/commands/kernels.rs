// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What `--base` may be, what a module may be, and which of them go together.

use super::{
    common::builder::Builder,
    elf::{
        write,
        Kind,
        Section,
        MODULE, //
    },
    made,
    packed::gzip,
    Files, //
};
use object::elf::*;
use std::{
    fs,
    io::Write,
    path::Path, //
};

/// What runs here.
const RUNNING: &str = "/sys/kernel/btf/vmlinux";

pub fn kernel(machine: u16) -> Vec<u8> {
    let kind = Kind {
        kind: ET_EXEC,
        machine,
        ..MODULE
    };
    write(kind, &[Section::new(".BTF", made::built().bytes())])
}

/// The same as a linker leaves it: with a build id of `id`, and the banner of `release`.
pub fn linked(btf: Vec<u8>, release: &str, id: u8) -> Vec<u8> {
    let kind = Kind {
        kind: ET_EXEC,
        ..MODULE
    };
    let notes = [note(b"Linux", 0x101, &[0; 4]), note(b"GNU", 3, &[id; 20])].concat();
    let banner = format!("%s version %s\0Linux version {release} (you@there) #1\n\0");
    let sections = [
        Section::new(".rodata", banner).flags(SHF_ALLOC),
        Section::new(".notes", notes)
            .of_kind(SHT_NOTE)
            .flags(SHF_ALLOC),
        Section::new(".BTF", btf),
    ];
    write(kind, &sections)
}

/// A note.
pub fn note(owner: &[u8], kind: u32, contents: &[u8]) -> Vec<u8> {
    let owner = [owner, b"\0"].concat();
    let lengths = [owner.len() as u32, contents.len() as u32, kind];
    let mut note = lengths.map(u32::to_ne_bytes).concat();
    for bytes in [&owner, contents] {
        note.extend(bytes);
        note.resize(note.len().next_multiple_of(4), 0);
    }
    note
}

#[test]
fn a_kernel_may_be_an_elf_file() {
    let files = Files::new();
    files.write("vmlinux", &kernel(EM_X86_64));
    files.run(0, "check demo.ko --base vmlinux");
    // One that holds nothing but BTF.
    files.write("vmlinux", &kernel(EM_NONE));
    files.run(0, "check demo.ko --base vmlinux");
    let built = Section::new(".BTF", made::built().bytes());
    files.write("vmlinux.o", &write(MODULE, &[built]));
    files.run(0, "check demo.ko --base vmlinux.o");
}

#[test]
fn a_kernel_may_be_packed() {
    let files = Files::new();
    files.write("vmlinux.gz", &gzip(&kernel(EM_X86_64)));
    files.run(0, "check demo.ko --base vmlinux.gz");
}

/// As BTFHub has them: `tar cJf 5.4.0.btf.tar.xz ./5.4.0.btf`.
#[test]
fn a_kernel_may_be_an_archive() {
    let files = Files::new();
    files.write("5.4.0.btf", &made::built().bytes());
    files.run(0, "check demo.ko --base 5.4.0.btf");
    let mut tar = vec![0; 512];
    tar[..11].copy_from_slice(b"./5.4.0.btf");
    let len = format!("{:011o}\0", made::built().bytes().len());
    tar[124..136].copy_from_slice(len.as_bytes());
    tar[156] = b'0';
    tar[257..263].copy_from_slice(b"ustar ");
    tar.extend(made::built().bytes());
    tar.resize(tar.len().next_multiple_of(512) + 1024, 0);
    let mut xz = liblzma::write::XzEncoder::new(vec![], 6);
    xz.write_all(&tar).unwrap();
    files.write("5.4.0.btf.tar.xz", &xz.finish().unwrap());
    files.run(0, "check demo.ko --base 5.4.0.btf.tar.xz");
    files.write("cut.tar", &tar[..600]);
    let text = files.run(2, "check demo.ko --base cut.tar");
    assert!(
        text.contains("cut.tar: an archive that is cut off"),
        "{text}"
    );
}

#[test]
fn what_is_no_kernel_is_told() {
    let files = Files::new();
    let said = |base: &str, expected: &str| {
        for command in ["check demo.ko", "distill demo.ko -o out.ko"] {
            let text = files.run(2, &format!("{command} --base {base}"));
            let expected = format!("btf-reconcile: {base}: {expected}");
            assert!(text.starts_with(&expected), "{expected} in {text}");
        }
    };
    let split = "its BTF is split from that of a kernel, as a module's is";
    said("demo.ko", split);
    files.write("split", &made::module_btf().bytes());
    said("split", split);
    let module = [
        Section::new(".BTF", made::built().bytes()),
        Section::new(".gnu.linkonce.this_module", ""),
    ];
    files.write("whole.ko", &write(MODULE, &module));
    said("whole.ko", "a kernel module, expected a kernel");
    files.write("empty", &Builder::new().bytes());
    said("empty", "its BTF has no types in it");
    files.write("none", &write(MODULE, &[]));
    said("none", "no section .BTF");
    files.write("shim.efi", b"MZ\0\0and so on");
    said(
        "shim.efi",
        "a kernel image, expected vmlinux: an ELF file or raw BTF, or vmlinuz of x86 or arm64",
    );
    files.write("text", b"text");
    said("text", "neither an ELF file nor raw BTF");
    said("./none.btf", "No such file");
}

#[test]
fn a_folder_is_in_the_way_of_no_release() {
    let files = Files::new();
    fs::create_dir(files.path("1.2.3")).unwrap();
    let text = files.run(2, "check demo.ko --base 1.2.3");
    assert!(
        text.contains("1.2.3: neither a file nor a kernel release"),
        "{text}"
    );
    assert!(
        text.contains("/usr/lib/debug/lib/modules/1.2.3/vmlinux"),
        "{text}"
    );
    let text = files.run(2, "check demo.ko --base ./1.2.3");
    assert!(text.contains("./1.2.3: Is a directory"), "{text}");
}

#[test]
fn the_running_kernel_goes_by_its_release_too() {
    if !Path::new(RUNNING).exists() {
        eprintln!("left out: this kernel has no BTF");
        return;
    }
    let files = Files::new();
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let release = release.trim_end();
    fs::create_dir(files.path(release)).unwrap();
    let text = files.run(
        1,
        &format!("check -v demo.ko --base {release} --base {RUNNING}"),
    );
    assert!(
        text.contains(&format!("demo.ko on {release}: stale")),
        "{text}"
    );
    assert!(
        text.contains(&format!("demo.ko on {RUNNING}: stale")),
        "{text}"
    );
    assert!(files.run(1, "check demo.ko").starts_with("demo.ko: stale"));
    let no_base = "neither .BTF.base nor .BTF.base_ref";
    assert!(files
        .run(1, "reconcile demo.ko -o out.ko")
        .contains(no_base));
}

/// As /sys/kernel/btf has the BTF of modules that are loaded.
#[test]
fn a_module_may_be_raw_btf() {
    let files = Files::new();
    files.write("demo", &made::module_btf().bytes());
    let report = files.json(0, "demo --base built");
    assert_eq!(report["verdict"], "fits");
    assert_eq!(report["form"], "plain");
    assert_eq!(report["counts"]["slots"], 0);
    assert_eq!(files.json(1, "demo --base running")["verdict"], "stale");
    // What there is to reconcile by, or a file to put it into, it has not.
    let text = files.run(1, "reconcile demo --base built --btf-only -o out.btf");
    assert!(
        text.contains("neither .BTF.base nor .BTF.base_ref"),
        "{text}"
    );
    let text = files.run(2, "distill demo --base built -o out.ko");
    assert!(
        text.contains("demo: raw BTF, expected the file of a module"),
        "{text}"
    );
    let text = files.run(2, "check built --base built");
    assert!(
        text.contains("built: unreadable (BTF that stands on its own"),
        "{text}"
    );
    // The other byte order.
    let mut foreign = made::module_btf().bytes();
    foreign[..2].reverse();
    files.write("foreign", &foreign);
    assert_eq!(files.json(1, "foreign --base built")["verdict"], "broken");
}

/// A pointer has the size of the kernel's where the module does not say.
#[test]
fn raw_btf_has_the_pointers_of_the_kernel() {
    for (size, status) in [(4, 0), (8, 1)] {
        let files = Files::new();
        let mut kernel = Builder::new();
        let int = kernel.int("int", 4, 1);
        kernel.int("unsigned long", size, 0);
        files.write("kernel", &kernel.bytes());
        let mut split = Builder::split(&kernel);
        let pointer = split.ptr(int);
        split.composite(
            btf_reconcile::btf::Kind::Struct,
            "holder",
            4,
            &[("p", pointer, 0)],
        );
        files.write("holder", &split.bytes());
        files.run(status, "check holder --base kernel");
    }
}

#[test]
fn a_module_is_for_the_machine_of_the_kernel() {
    let files = Files::new();
    let module = |name: &str, kind: Kind| {
        let btf = Section::new(".BTF", made::module_btf().bytes());
        files.write(name, &write(kind, &[btf]));
    };
    let machine = |machine| Kind { machine, ..MODULE };
    module("x86.ko", machine(EM_X86_64));
    module("arm64.ko", machine(EM_AARCH64));
    module("bpf.o", machine(EM_BPF));
    module("odd.ko", machine(4711));
    module(
        "narrow.ko",
        Kind {
            is_64: false,
            ..machine(EM_386)
        },
    );
    module(
        "x32.ko",
        Kind {
            is_64: false,
            ..MODULE
        },
    );
    let mut wide = made::built();
    wide.int("long unsigned int", 8, 0);
    files.write("wide", &wide.bytes());
    files.write("x86", &kernel(EM_X86_64));
    files.write("arm64", &kernel(EM_AARCH64));

    // Every command, by what it would do otherwise.
    let refused = |module: &str, base: &str, expected: &str| {
        for command in [
            "check MODULE",
            "reconcile MODULE -o out.ko",
            "reconcile MODULE --btf-only -o out.btf",
            "distill MODULE -o out.ko",
        ] {
            let command = command.replace("MODULE", module);
            let text = files.run(2, &format!("{command} --base {base}"));
            assert!(text.contains(expected), "{expected} in {text}");
        }
        assert!(!files.path("out.ko").exists());
    };
    files.run(0, "check x86.ko --base x86");
    files.run(0, "check arm64.ko --base arm64");
    let arm64 = "a module for arm64 (64 bits, little-endian), but the kernel is for x86-64";
    refused("arm64.ko", "x86", arm64);
    refused(
        "x86.ko",
        "arm64",
        "but the kernel is for arm64 (64 bits, little-endian)",
    );
    refused(
        "narrow.ko",
        "x86",
        "a module for x86 (32 bits, little-endian)",
    );
    refused(
        "x32.ko",
        "x86",
        "a module for x86-64 (32 bits, little-endian)",
    );
    for base in ["x86", "built", "wide"] {
        refused("bpf.o", base, "an object for BPF (64 bits, little-endian)");
        refused("odd.ko", base, "an object for machine 4711");
    }
    // Of raw BTF no more can be told than how wide its pointers are.
    files.run(0, "check arm64.ko --base built");
    files.run(0, "check narrow.ko --base built");
    // Its ids do not fit here, but its machine does.
    files.run(1, "check arm64.ko --base wide");
    refused(
        "narrow.ko",
        "wide",
        "but the kernel is for a machine of 64 bits",
    );
    // But for the running kernel's.
    if Path::new(RUNNING).exists() {
        let (own, other) = if cfg!(target_arch = "x86_64") {
            ("x86.ko", "arm64.ko")
        } else {
            ("arm64.ko", "x86.ko")
        };
        if cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) {
            files.run(1, &format!("check {own} --base {RUNNING}"));
            refused(other, RUNNING, "but the kernel is for");
        }
    }
    // One that is refused leaves the others alone.
    let text = files.run(2, "check arm64.ko x86.ko --base x86");
    assert!(
        text.contains("arm64.ko: unreadable (a module for arm64"),
        "{text}"
    );
    assert!(text.contains("x86.ko: fits"), "{text}");
}
