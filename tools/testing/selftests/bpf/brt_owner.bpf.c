// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Attaches to brt_trace_shape() and goes from its argument, a struct of the
 * module, on to one of the kernel.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct task_struct {
	int pid;
} __attribute__((preserve_access_index));

struct brt_shape {
	struct task_struct *owner;
} __attribute__((preserve_access_index));

int owner;

SEC("fentry/brt_trace_shape")
int BPF_PROG(on_shape, struct brt_shape *shape, unsigned int scale)
{
	owner = shape->owner->pid;
	return 0;
}

char _license[] SEC("license") = "GPL";
