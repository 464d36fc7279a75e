// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Calls the kfunc of brt_fail.ko. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* The kernel's, for its kind: libbpf takes no forward declaration for it. */
struct task_struct {
	int pid;
} __attribute__((preserve_access_index));

extern int brt_fail_pid(struct task_struct *task) __ksym;

SEC("syscall")
int pid(void *ctx)
{
	return brt_fail_pid(bpf_get_current_task_btf());
}

char _license[] SEC("license") = "GPL";
