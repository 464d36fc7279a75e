// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Implements an operation of brt_ops.ko that takes a struct of the kernel. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct task_struct {
	int pid;
} __attribute__((preserve_access_index));

struct brt_ops {
	int (*pid)(struct task_struct *task);
};

int pid;

SEC("struct_ops/pid")
int BPF_PROG(on_pid, struct task_struct *task)
{
	pid = task->pid;
	return pid;
}

SEC(".struct_ops.link")
struct brt_ops ops = {
	.pid = (void *)on_pid,
};

char _license[] SEC("license") = "GPL";
