// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Time that this thread has had a processor for, in user space and in the kernel.
//!
//! What else the machine does meanwhile would else count, and for the slower one more: it is
//! interrupted more often.

/// A moment.
pub struct Clock(libc::timespec);

impl Clock {
    /// Now.
    #[inline]
    pub fn start() -> Self {
        let mut now = libc::timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        // SAFETY: `now` is valid for the call.
        unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut now) };
        Self(now)
    }

    /// Microseconds since then.
    #[inline]
    pub fn micros(&self) -> f64 {
        let now = Self::start().0;
        let (seconds, nanos) = (now.tv_sec - self.0.tv_sec, now.tv_nsec - self.0.tv_nsec);
        seconds as f64 * 1e6 + nanos as f64 / 1e3
    }
}
