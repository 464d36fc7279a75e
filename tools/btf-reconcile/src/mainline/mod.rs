// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What a stock kernel does with a module's BTF.
//!
//! A copy of mainline's decisions, not of its ways: [`records`] is what it asks of each record,
//! [`relocate`] what it makes of a distilled base. As of Linux 7.3.
//!
//! Reference: `btf_parse_module()` in `kernel/bpf/btf.c`, `tools/lib/bpf/btf_relocate.c`

pub mod records;
pub mod relocate;
