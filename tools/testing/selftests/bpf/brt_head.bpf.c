// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Calls a kfunc of brt_copy.ko with a small struct inside of a large one. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct list_head {
	struct list_head *next;
} __attribute__((preserve_access_index));

struct task_struct {
	struct list_head children;
} __attribute__((preserve_access_index));

extern int brt_head_is_empty(struct list_head *head) __ksym;

SEC("syscall")
int head_is_empty(void *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return brt_head_is_empty(&task->children);
}

char _license[] SEC("license") = "GPL";
