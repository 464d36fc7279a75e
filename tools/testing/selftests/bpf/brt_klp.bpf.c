// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Calls the kfunc of brt_klp.ko. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* The kernel's, for its kind: libbpf takes no forward declaration for it. */
struct task_struct {
	int pid;
} __attribute__((preserve_access_index));

extern int brt_klp_pid(struct task_struct *task) __ksym;

SEC("syscall")
int pid(void *ctx)
{
	return brt_klp_pid(bpf_get_current_task_btf());
}

char _license[] SEC("license") = "GPL";
