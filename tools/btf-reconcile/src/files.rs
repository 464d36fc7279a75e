// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Reading files that may be compressed, of which none may be too large.

use crate::error::{
    Error,
    Result, //
};
use liblzma::{
    read::XzDecoder,
    stream::{
        Stream,
        CONCATENATED, //
    },
};
use memmap2::Mmap;
use std::{
    fs::File,
    io::{
        self,
        Read, //
    },
    ops::Deref,
    path::Path,
    sync::{
        Mutex,
        PoisonError, //
    },
};

/// Bytes of the largest file that is read, be it compressed or not, a pipe or a device. A kernel
/// with all its debug information has less, modules have far less.
pub const MAX_BYTES: u64 = 1 << 30;

/// Bytes that every thread may have in memory at once of a file that can't be mapped. One thread at
/// a time reads more, so that not each of them fills its memory before a file turns out too large.
const SMALL_BYTES: u64 = 64 << 20;

/// Bytes of memory that unpacking xz may take: a window of 128 MiB, which kernels are packed with,
/// and what there is around it. The file says how much it is, up to 4 GiB.
const XZ_MEMORY: u64 = 129 << 20;

/// The same window for zstd, as a power of two: what its own program is content with.
const ZSTD_WINDOW_LOG: u32 = 27;

/// How files start that are packed.
pub const GZIP: &[u8] = b"\x1f\x8b";
const XZ: &[u8] = b"\xfd7zXZ\0";
const LZMA: &[u8] = b"\x5d\0\0";
/// How files start that zstd has packed.
pub const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";

/// What a file holds, unpacked.
pub enum Contents {
    /// A view of the file itself.
    Mapped(Mmap),
    /// A copy.
    Read(Vec<u8>),
}

impl Deref for Contents {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Contents::Mapped(map) => map,
            Contents::Read(bytes) => bytes,
        }
    }
}

/// Reads `path`, and unpacks what gzip, xz, lzma or zstd have packed.
///
/// # Errors
///
/// The file can't be read, its packing is broken, or it has more than [`MAX_BYTES`]; the path is
/// named.
pub fn read(path: &Path) -> Result<Contents> {
    contents(path).map_err(|error| Error::Io(error).at(path))
}

fn contents(path: &Path) -> io::Result<Contents> {
    let packed = map(path)?;
    Ok(unpack(&packed)?.map_or(packed, Contents::Read))
}

/// Unpacks what gzip, xz, lzma or zstd have packed; [`None`] for what they have not.
///
/// # Errors
///
/// The packing is broken, or there are more than [`MAX_BYTES`] in it.
pub fn unpack(packed: &[u8]) -> io::Result<Option<Vec<u8>>> {
    let limits = Limits::WHOLE;
    if packed.starts_with(GZIP) {
        read_all(flate2::read::MultiGzDecoder::new(packed), limits)
    } else if packed.starts_with(XZ) {
        let decoder = Stream::new_stream_decoder(XZ_MEMORY, CONCATENATED)?;
        read_all(XzDecoder::new_stream(packed, decoder), limits)
    } else if packed.starts_with(LZMA) {
        let decoder = Stream::new_lzma_decoder(XZ_MEMORY)?;
        read_all(XzDecoder::new_stream(packed, decoder), limits)
    } else if packed.starts_with(ZSTD) {
        let mut unpacked = zstd::stream::read::Decoder::with_buffer(packed)?;
        unpacked.window_log_max(ZSTD_WINDOW_LOG)?;
        read_all(unpacked, limits)
    } else {
        return Ok(None);
    }
    .map(Some)
}

/// Maps a file; reads what can't be mapped, as files of sysfs, pipes and devices.
fn map(path: &Path) -> io::Result<Contents> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_file() && metadata.len() > 0 {
        if metadata.len() > MAX_BYTES {
            return Err(too_large(MAX_BYTES));
        }
        // SAFETY: The map is read-only and private. Nothing but the file's contents depends on
        // nobody writing to it meanwhile: all code that reads them copes with any bytes. Who cuts
        // the file short under us ends this process by a signal, as with any program that maps.
        #[allow(unsafe_code)]
        if let Ok(map) = unsafe { Mmap::map(&file) } {
            return Ok(Contents::Mapped(map));
        }
    }
    read_all(file, Limits::WHOLE).map(Contents::Read)
}

/// How much is read of something whose size is not known beforehand.
struct Limits {
    /// Bytes that are read at once, see [`SMALL_BYTES`].
    small: u64,
    /// Bytes that are read at all.
    all: u64,
}

impl Limits {
    const WHOLE: Self = Self {
        small: SMALL_BYTES,
        all: MAX_BYTES,
    };
}

/// Reads all that `from` has.
fn read_all(mut from: impl Read, limits: Limits) -> io::Result<Vec<u8>> {
    /// Held by the one thread that reads a large file.
    static LARGE: Mutex<()> = Mutex::new(());

    let mut bytes = Vec::new();
    // CAST: A length in memory fits 64 bits.
    let len = |bytes: &Vec<u8>| bytes.len() as u64;
    from.by_ref().take(limits.small).read_to_end(&mut bytes)?;
    if len(&bytes) < limits.small {
        return Ok(bytes);
    }
    let large = LARGE.lock().unwrap_or_else(PoisonError::into_inner);
    let more = limits.all.saturating_sub(limits.small).saturating_add(1);
    from.take(more).read_to_end(&mut bytes)?;
    if len(&bytes) <= limits.all {
        return Ok(bytes);
    }
    drop(bytes);
    drop(large);
    Err(too_large(limits.all))
}

fn too_large(limit: u64) -> io::Error {
    let limit = if limit >> 30 != 0 {
        format!("{} GiB", limit >> 30)
    } else {
        format!("{limit} bytes")
    };
    io::Error::other(format!("it has more than {limit}, the most that is read"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{
        fs,
        io::Write, //
    };

    fn xz(bytes: &[u8]) -> Vec<u8> {
        let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 6);
        xz.write_all(bytes).unwrap();
        xz.finish().unwrap()
    }

    #[test]
    fn packed_files_are_unpacked() {
        let top = tempfile::tempdir().unwrap();
        let plain = b"a kernel module, so to say ".repeat(100);
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), Default::default());
        gz.write_all(&plain).unwrap();
        let zst = zstd::stream::encode_all(&plain[..], 3).unwrap();
        let options = liblzma::stream::LzmaOptions::new_preset(6).unwrap();
        let lzma = liblzma::stream::Stream::new_lzma_encoder(&options).unwrap();
        let mut lzma = liblzma::write::XzEncoder::new_stream(Vec::new(), lzma);
        lzma.write_all(&plain).unwrap();
        for (name, packed) in [
            ("plain", plain.clone()),
            ("gz", gz.finish().unwrap()),
            ("xz", xz(&plain)),
            ("xz twice", [xz(&plain[..99]), xz(&plain[99..])].concat()),
            ("lzma", lzma.finish().unwrap()),
            ("zst", zst),
        ] {
            let path = top.path().join(name);
            fs::write(&path, &packed).unwrap();
            assert_eq!(&read(&path).unwrap()[..], &plain[..], "{name}");
            if name != "plain" {
                fs::write(&path, &packed[..packed.len() / 2 + 9]).unwrap();
                assert!(read(&path).is_err(), "{name}");
            }
        }
    }

    #[test]
    fn nothing_too_large_is_read() {
        let limits = |small, all| Limits { small, all };
        for small in [1, 50, 100] {
            assert_eq!(
                read_all(&[7; 99][..], limits(small, 100)).unwrap().len(),
                99
            );
            assert_eq!(
                read_all(&[7; 100][..], limits(small, 100)).unwrap().len(),
                100
            );
            for len in [101, 1000] {
                let error = read_all(io::repeat(7).take(len), limits(small, 100)).unwrap_err();
                let error = error.to_string();
                assert_eq!(error, "it has more than 100 bytes, the most that is read");
            }
        }
        // One that has holes only.
        let top = tempfile::tempdir().unwrap();
        let path = top.path().join("large.ko");
        File::create(&path).unwrap().set_len(MAX_BYTES + 1).unwrap();
        let error = read(&path).map(drop).unwrap_err().to_string();
        assert!(error.ends_with("large.ko: it has more than 1 GiB, the most that is read"));
    }

    /// Files whose headers ask for a window: what kernels are packed with, the next larger one, and
    /// the largest.
    #[test]
    fn memory_for_xz_is_limited() {
        let mut packed = xz(b"little");
        // Behind the header of 12 bytes there is that of a block: its length, its flags, one filter
        // with its number, one byte of properties, padding, a checksum.
        let len = 4 * (usize::from(packed[12]) + 1);
        let top = tempfile::tempdir().unwrap();
        let path = top.path().join("x.ko.xz");
        for (window, fits) in [(30, true), (31, false), (40, false)] {
            let block = &mut packed[12..12 + len];
            assert_eq!(block[1..4], [0, 0x21, 1]);
            block[4] = window;
            let mut sum = flate2::Crc::new();
            sum.update(&block[..len - 4]);
            block[len - 4..].copy_from_slice(&sum.sum().to_le_bytes());
            fs::write(&path, &packed).unwrap();
            let read = read(&path).map_err(|error| error.to_string());
            if fits {
                assert_eq!(&read.unwrap()[..], b"little");
            } else {
                let error = read.map(drop).unwrap_err();
                assert!(error.ends_with("x.ko.xz: memory limit reached"), "{error}");
            }
        }
    }
}
