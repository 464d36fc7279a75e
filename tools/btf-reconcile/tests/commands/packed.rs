// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Packing what the program is to unpack.

use flate2::write::GzEncoder;
use std::io::Write;

pub fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut gz = GzEncoder::new(vec![], Default::default());
    gz.write_all(plain).unwrap();
    gz.finish().unwrap()
}

pub fn zstd(plain: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(plain, 3).unwrap()
}
