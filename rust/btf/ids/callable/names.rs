// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Names of types and arguments that mean something to the verifier.

use super::view::Type;
use crate::btf::{
    kernel::Vmlinux,
    number::Space,
    wire::{
        Kind,
        Locate, //
    },
};

/// The struct that the verifier supplies a pointer to.
pub(super) const PROG_AUX: &[u8] = b"bpf_prog_aux";

/// A struct of the kernel's to which a pointer is more than that. The verifier knows them by their
/// ids: a module's own are none of them, however they are named and whatever they are made of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Special {
    Dynptr,
    /// What stands in the value of a map.
    InMap,
    /// What only the kernel's own `bpf_list_push_front()` and the like may take.
    Graph,
    /// What only the kernel's own `bpf_res_spin_lock()` and its kin may take.
    Lock,
    /// [`PROG_AUX`]
    ProgAux,
}

impl Special {
    /// Which one a type of this name is.
    pub(super) fn of<S: Space>(record: &Type<'_, S>, name: &[u8]) -> Option<Self> {
        if record.kind() != Kind::Struct {
            return None;
        }
        Some(match name {
            b"bpf_dynptr" => Special::Dynptr,
            b"bpf_wq" | b"bpf_timer" | b"bpf_task_work" => Special::InMap,
            b"bpf_list_head" | b"bpf_list_node" | b"bpf_rb_root" | b"bpf_rb_node" => Special::Graph,
            b"bpf_res_spin_lock" => Special::Lock,
            PROG_AUX => Special::ProgAux,
            _ => return None,
        })
    }
}

/// Structs that are contexts of programs, and the kernel's that two of these stand for, as
/// `include/linux/bpf_types.h` and `btf_is_projection_of()` have them. The verifier knows them by
/// name, so that a module's own will do.
const CONTEXTS: [&[u8]; 16] = [
    b"__sk_buff",
    b"sk_buff",
    b"xdp_md",
    b"xdp_buff",
    b"bpf_sock",
    b"bpf_sock_addr",
    b"bpf_sock_ops",
    b"sk_msg_md",
    b"bpf_perf_event_data",
    b"bpf_raw_tracepoint_args",
    b"bpf_cgroup_dev_ctx",
    b"bpf_sysctl",
    b"bpf_sockopt",
    b"sk_reuseport_md",
    b"bpf_sk_lookup",
    b"bpf_nf_ctx",
];

/// The contexts that programs on a kernel may have.
pub(super) struct Contexts<'a> {
    /// The struct of registers that probes have.
    registers: &'a [u8],
}

impl<'a> Contexts<'a> {
    /// Those on `vmlinux`.
    pub(super) fn of<L: Locate>(vmlinux: &Vmlinux<'a, L>) -> Self {
        let mut registers: &[u8] = &[];
        let _ = vmlinux.named(b"bpf_user_pt_regs_t", |_, typedef| {
            let of = typedef.target().filter(|_| typedef.kind() == Kind::Typedef);
            if let Some(of) = of.and_then(|of| vmlinux.btf.record(of)) {
                registers = vmlinux.btf.name(of.name()).unwrap_or(&[]);
            }
        });
        Self { registers }
    }

    /// Whether a type of this name is one.
    pub(super) fn has<S: Space>(&self, record: &Type<'_, S>, name: &[u8]) -> bool {
        let named = CONTEXTS.contains(&name) || self.registers == name;
        named && record.kind().is_composite() && !name.is_empty()
    }
}

/// Whether the name of an argument ends in `suffix`, and is more than that.
pub(super) fn ends_in(name: &[u8], suffix: &[u8]) -> bool {
    name.len() > suffix.len() && name.ends_with(suffix)
}

/// Whether an argument of this name is the size of what the one before points to, if it is a
/// number.
pub(super) fn is_size(name: &[u8]) -> bool {
    ends_in(name, b"__sz") || ends_in(name, b"__szk")
}

/// Whether an argument of this name is the size of what the result points to.
pub(super) fn is_result_size(name: &[u8]) -> bool {
    name == b"rdonly_buf_size" || name == b"rdwr_buf_size"
}
