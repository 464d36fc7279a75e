// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Calls the kfuncs of brt_kfunc.ko. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

/* The kernel's, for its kind: libbpf takes no forward declaration for it. */
struct task_struct {
	int pid;
} __attribute__((preserve_access_index));

struct brt_pair {
	int first;
	int second;
};

extern int brt_add(int a, int b) __ksym;
extern int brt_task_pid(struct task_struct *task) __ksym;
extern int brt_pair_sum(struct brt_pair *pair) __ksym;

SEC("syscall")
int add(void *ctx)
{
	return brt_add(40, 2);
}

SEC("syscall")
int task_pid(void *ctx)
{
	return brt_task_pid(bpf_get_current_task_btf());
}

SEC("syscall")
int pair_sum(void *ctx)
{
	struct brt_pair pair = { .first = 30, .second = 12 };

	return brt_pair_sum(&pair);
}

char _license[] SEC("license") = "GPL";
