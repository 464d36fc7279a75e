// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The few functions of libbpf that are compared with.
//!
//! C header: [`tools/lib/bpf/btf.h`](srctree/tools/lib/bpf/btf.h)

use std::{
    ffi::{
        c_char,
        c_int,
        c_void,
        CStr, //
    },
    io,
    marker::PhantomData,
    ptr::{
        self,
        NonNull, //
    },
    sync::Once, //
};

#[repr(C)]
struct Opaque {
    _private: [u8; 0],
}

extern "C" {
    fn btf__new(data: *const c_void, size: u32) -> *mut Opaque;
    fn btf__new_split(data: *const c_void, size: u32, base: *mut Opaque) -> *mut Opaque;
    fn btf__free(btf: *mut Opaque);
    fn btf__raw_data(btf: *const Opaque, size: *mut u32) -> *const c_void;
    fn btf__relocate(btf: *mut Opaque, base: *const Opaque) -> c_int;
    fn btf__distill_base(
        from: *const Opaque,
        base: *mut *mut Opaque,
        split: *mut *mut Opaque,
    ) -> c_int;
    fn shim_listen();
    fn shim_last() -> *const c_char;
    fn shim_forget();
}

/// Why libbpf refused: the error, and the last line that it printed, or the error's name if it
/// printed none.
pub struct Refusal(i32, String);

impl Refusal {
    /// The error that a function just gave.
    fn last() -> Self {
        let error = io::Error::last_os_error();
        // SAFETY: The buffer lives as long as the thread, and holds a NUL at all times.
        let said = unsafe { CStr::from_ptr(shim_last()) };
        let errno = error.raw_os_error().unwrap_or(0);
        match said.to_string_lossy() {
            said if said.is_empty() => Self(errno, error.to_string()),
            said => Self(errno, said.into_owned()),
        }
    }

    /// It in words.
    pub fn message(&self) -> &str {
        &self.1
    }

    /// The error, a negative number.
    pub fn errno(&self) -> i32 {
        -self.0
    }
}

/// A `struct btf` of libbpf's.
///
/// # Invariants
///
/// `btf` is owned, and its base outlives `'b`.
pub struct Btf<'b> {
    btf: NonNull<Opaque>,
    base: PhantomData<&'b ()>,
}

// SAFETY: A `struct btf` belongs to no thread, and the functions used here on a shared one read it.
unsafe impl Send for Btf<'_> {}
// SAFETY: As above.
unsafe impl Sync for Btf<'_> {}

impl<'b> Btf<'b> {
    /// Reads BTF that stands on its own.
    pub fn new(blob: &[u8]) -> Result<Self, Refusal> {
        listen();
        // SAFETY: `blob` has the size given; libbpf copies it.
        let btf = unsafe { btf__new(blob.as_ptr().cast(), size(blob)) };
        Self::owned(btf)
    }

    /// Reads what is split from `base`.
    pub fn new_split(blob: &[u8], base: &'b Btf<'_>) -> Result<Self, Refusal> {
        listen();
        // SAFETY: As above; libbpf does not change the base.
        let btf = unsafe { btf__new_split(blob.as_ptr().cast(), size(blob), base.btf.as_ptr()) };
        Self::owned(btf)
    }

    fn owned(btf: *mut Opaque) -> Result<Self, Refusal> {
        // INVARIANT: Callers hand over what libbpf just gave, with a base that outlives `'b`.
        let btf = NonNull::new(btf).ok_or_else(Refusal::last)?;
        let base = PhantomData;
        Ok(Self { btf, base })
    }

    /// Makes a small base of what this refers to, in their wire form: the base, what is split
    /// from it.
    pub fn distill(&self) -> Result<(Vec<u8>, Vec<u8>), Refusal> {
        listen();
        let (mut base, mut split) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: `self` is a valid `struct btf`; both results are written on success.
        let failed = unsafe { btf__distill_base(self.btf.as_ptr(), &mut base, &mut split) } != 0;
        if failed {
            return Err(Refusal::last());
        }
        let base = Btf::owned(base)?;
        let split = Btf::owned(split)?;
        Ok((base.bytes().to_vec(), split.bytes().to_vec()))
    }

    /// Gives this, split from a distilled base, the base `onto` in its place.
    #[inline]
    pub fn relocate(&mut self, onto: &'b Btf<'_>) -> Result<(), Refusal> {
        // SAFETY: Both are valid, and `onto` lives as long as `self`, whose base it becomes.
        match unsafe { btf__relocate(self.btf.as_ptr(), onto.btf.as_ptr()) } {
            0 => Ok(()),
            _ => Err(Refusal::last()),
        }
    }

    /// It in its wire form.
    pub fn bytes(&self) -> &[u8] {
        let mut size = 0;
        // SAFETY: `self` is valid; what libbpf gives back lives until it is changed or freed.
        let data = unsafe { btf__raw_data(self.btf.as_ptr(), &mut size) };
        if data.is_null() {
            return &[];
        }
        // SAFETY: As above, and it has the size that libbpf says.
        unsafe { std::slice::from_raw_parts(data.cast(), size as usize) }
    }
}

impl Drop for Btf<'_> {
    fn drop(&mut self) {
        // SAFETY: It is owned, by the type's invariant.
        unsafe { btf__free(self.btf.as_ptr()) }
    }
}

/// Has libbpf's messages kept instead of printed, and forgets the last one.
fn listen() {
    static LISTENING: Once = Once::new();
    // SAFETY: These take nothing and have no conditions.
    LISTENING.call_once(|| unsafe { shim_listen() });
    // SAFETY: As above.
    unsafe { shim_forget() }
}

fn size(blob: &[u8]) -> u32 {
    u32::try_from(blob.len()).unwrap_or(u32::MAX)
}
