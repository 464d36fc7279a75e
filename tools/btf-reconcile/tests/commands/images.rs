// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Kernels in the image that x86 boots.

use super::{
    elf::{
        write,
        MODULE, //
    },
    kernels::kernel,
    packed::{
        self,
        gzip, //
    },
    Files, //
};
use liblzma::stream::{
    LzmaOptions,
    Stream, //
};
use object::elf::EM_X86_64;
use std::io::Write;

/// Where the payload begins, behind the boot sector, one of setup, and a bit of code.
const CODE: usize = 16;
const PAYLOAD: usize = 2 * 512 + CODE;

/// An image that has `payload` in it, and something behind that.
fn image(payload: &[u8]) -> Vec<u8> {
    let mut image = vec![0; PAYLOAD];
    image[..2].copy_from_slice(b"MZ");
    image[0x1f1] = 1;
    image[0x202..0x206].copy_from_slice(b"HdrS");
    image[0x206..0x208].copy_from_slice(&[0x0f, 2]);
    image[0x248..0x24c].copy_from_slice(&word(CODE));
    image[0x24c..0x250].copy_from_slice(&word(payload.len()));
    image.extend(payload);
    image.extend(b"more");
    image
}

fn word(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap().to_le_bytes()
}

/// What is packed with its length at its end, which only gzip has on its own.
fn sized(packed: Vec<u8>, plain: &[u8]) -> Vec<u8> {
    [packed, word(plain.len()).to_vec()].concat()
}

fn xz(plain: &[u8], stream: Stream) -> Vec<u8> {
    let mut xz = liblzma::write::XzEncoder::new_stream(vec![], stream);
    xz.write_all(plain).unwrap();
    sized(xz.finish().unwrap(), plain)
}

fn zstd(plain: &[u8]) -> Vec<u8> {
    sized(packed::zstd(plain), plain)
}

/// The same kernel in every packing.
fn payloads() -> [(&'static str, Vec<u8>); 4] {
    let plain = kernel(EM_X86_64);
    let options = LzmaOptions::new_preset(6).unwrap();
    let lzma = Stream::new_lzma_encoder(&options).unwrap();
    let check = liblzma::stream::Check::Crc32;
    let stream = Stream::new_easy_encoder(6, check).unwrap();
    [
        ("gzip", gzip(&plain)),
        ("xz", xz(&plain, stream)),
        ("lzma", xz(&plain, lzma)),
        ("zstd", zstd(&plain)),
    ]
}

#[test]
fn a_kernel_may_be_an_image() {
    let files = Files::new();
    for (by, payload) in payloads() {
        files.write(by, &image(&payload));
        files.run(0, &format!("check demo.ko --base {by}"));
        files.run(0, &format!("distill demo.ko --base {by} -o out.ko"));
    }
    // As many sectors of setup as zero stands for.
    let payload = gzip(&kernel(EM_X86_64));
    let mut image = image(&payload);
    image[0x1f1] = 0;
    image.splice(1024..1024, [0; 3 * 512]);
    files.write("vmlinuz", &image);
    files.run(0, "check demo.ko --base vmlinuz");
}

#[test]
fn an_image_has_a_machine() {
    let files = Files::new();
    files.write("vmlinuz", &image(&gzip(&kernel(object::elf::EM_AARCH64))));
    let text = files.run(2, "check demo.ko --base vmlinuz");
    assert!(text.contains("but the kernel is for arm64"), "{text}");
}

#[test]
fn what_is_wrong_with_an_image_is_told() {
    let files = Files::new();
    let said = |image: &[u8], expected: &str| {
        files.write("vmlinuz", image);
        let text = files.run(2, "check demo.ko --base vmlinuz");
        let expected = format!("btf-reconcile: vmlinuz: {expected}");
        assert!(text.starts_with(&expected), "{expected} in {text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    };
    for (by, payload) in payloads() {
        let whole = image(&payload);
        for len in [0x206, 0x208, 0x24f, PAYLOAD - 1, PAYLOAD, whole.len() - 5] {
            said(&whole[..len], "a kernel image that is cut off");
        }
        // The length is right, but not what it is the length of.
        let mut broken = whole.clone();
        broken[PAYLOAD + 40..PAYLOAD + payload.len() - 4].fill(0xff);
        said(&broken, "the kernel in this image: ");
        if by != "gzip" {
            let mut other = whole.clone();
            other[PAYLOAD + payload.len() - 4] ^= 1;
            said(&other, "the kernel in this image has ");
        }
    }
    let good = image(&payloads()[0].1);
    let mut old = good.clone();
    old[0x206] = 7;
    said(
        &old,
        "a kernel image with version 2.07 of the boot protocol, expected 2.08 or later",
    );
    for at in [0x248, 0x24c] {
        let mut far = good.clone();
        far[at..at + 4].fill(0xff);
        said(&far, "a kernel image that is cut off");
    }
    said(&image(b""), "a kernel image with nothing packed in it");
    said(
        &image(b"\x02\x21\x4c\x18and so on"),
        "the kernel in this image is packed by lz4, expected gzip, xz, lzma or zstd",
    );
    said(
        &image(b"not packed"),
        "the kernel in this image is packed by unknown means",
    );
    said(&image(&zstd(&write(MODULE, &[]))), "no section .BTF");
    said(&image(&zstd(b"text")), "neither an ELF file nor raw BTF");
}
