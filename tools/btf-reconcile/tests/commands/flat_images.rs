// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Kernels in the images of arm64 and RISC-V.

use super::{
    common::builder::Builder,
    elf::{
        write,
        Kind,
        Section,
        MODULE, //
    },
    made,
    packed::{
        gzip,
        zstd, //
    },
    Files, //
};
use object::elf::EM_AARCH64;

const ARM64: &[u8; 4] = b"ARM\x64";
const RISCV: &[u8; 4] = b"RSC\x05";

/// An image whose memory holds `parts`, each at a multiple of 4.
fn image(magic: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let mut image = vec![0; 64];
    image[0x38..0x3c].copy_from_slice(magic);
    for part in parts {
        image.extend(b"code");
        image.extend(*part);
        image.resize(image.len().next_multiple_of(4), 0);
    }
    image.extend(b"more");
    image
}

/// A program for EFI that has `payload` in it, packed by `name`.
fn zboot(name: &str, payload: &[u8]) -> Vec<u8> {
    let mut image = vec![0; 64];
    image[..2].copy_from_slice(b"MZ");
    image[4..8].copy_from_slice(b"zimg");
    image[8..12].copy_from_slice(&64_u32.to_le_bytes());
    let length = u32::try_from(payload.len()).unwrap();
    image[12..16].copy_from_slice(&length.to_le_bytes());
    image[24..24 + name.len()].copy_from_slice(name.as_bytes());
    image.extend(payload);
    image.extend(b"more");
    image
}

/// A module for arm64.
fn files() -> Files {
    let files = Files::new();
    let kind = Kind {
        machine: EM_AARCH64,
        ..MODULE
    };
    let btf = Section::new(".BTF", made::module_btf().bytes());
    files.write("arm64.ko", &write(kind, &[btf]));
    files
}

#[test]
fn a_kernel_may_be_memory_as_it_is() {
    let files = files();
    let btf = made::built().bytes();
    // What a program that the kernel has for itself comes with, and what only looks like BTF.
    let mut small = Builder::new();
    small.int("int", 4, 1);
    let small = small.bytes();
    let mut cut = btf.clone();
    cut.pop();
    cut.extend(b"not the end");
    let fake = b"\x9f\xeb\x01\0\x18\0\0\0".as_slice();
    let image = image(ARM64, &[fake, &small, &btf, &small, fake, &cut]);
    for (name, file) in [
        ("Image", &image),
        ("Image.gz", &gzip(&image)),
        ("vmlinuz.efi", &zboot("gzip", &gzip(&image))),
        ("zstd.efi", &zboot("zstd22", &zstd(&image))),
    ] {
        files.write(name, file);
        files.run(0, &format!("check arm64.ko --base {name}"));
    }
}

#[test]
fn such_an_image_has_a_machine() {
    let files = files();
    let btf = made::built().bytes();
    files.write("Image", &image(RISCV, &[&btf]));
    let text = files.run(2, "check arm64.ko --base Image");
    assert!(
        text.contains("but the kernel is for RISC-V (64 bits"),
        "{text}"
    );
    let text = files.run(2, "check Image --base Image");
    assert!(text.contains("a kernel image, expected"), "{text}");
}

#[test]
fn what_is_wrong_with_such_an_image_is_told() {
    let files = files();
    let said = |image: &[u8], expected: &str| {
        files.write("vmlinuz", image);
        let text = files.run(2, "check arm64.ko --base vmlinuz");
        let expected = format!("btf-reconcile: vmlinuz: {expected}");
        assert!(text.starts_with(&expected), "{expected} in {text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    };
    said(&image(ARM64, &[]), "a kernel image without BTF");
    let btf = made::built().bytes();
    said(
        &image(ARM64, &[&btf[..btf.len() / 2]]),
        "a kernel image without BTF",
    );
    let packed = gzip(&image(ARM64, &[&btf]));
    let good = zboot("gzip", &packed);
    for len in [8, 12, 30, 60, good.len() - 5] {
        said(&good[..len], "a kernel image that is cut off");
    }
    let mut far = good.clone();
    far[8..12].fill(0xff);
    said(&far, "a kernel image that is cut off");
    let mut broken = good.clone();
    broken[64 + 20..].fill(0xff);
    said(&broken, "the kernel in this image: ");
    said(
        &zboot("lz4", b"\x02\x21\x4c\x18and so on"),
        "the kernel in this image is packed by lz4, expected gzip, xz, lzma or zstd",
    );
    said(
        &zboot("gzip", &gzip(b"text")),
        "neither an ELF file nor raw BTF",
    );
}
