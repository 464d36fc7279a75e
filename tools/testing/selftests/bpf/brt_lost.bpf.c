// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Calls the kfuncs of brt_lost.ko, the one with the lost type too. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct cgroup {
	int level;
} __attribute__((preserve_access_index));

struct task_struct {
	int pid;
} __attribute__((preserve_access_index));

extern int brt_lost_answer(void) __ksym;
extern int brt_lost_pid(struct task_struct *task) __ksym;
extern int brt_lost_level(struct cgroup *cgroup) __ksym;

/* The kernel's own. */
extern struct cgroup *bpf_cgroup_from_id(__u64 id) __ksym;
extern void bpf_cgroup_release(struct cgroup *cgroup) __ksym;

SEC("syscall")
int answer(void *ctx)
{
	return brt_lost_answer();
}

SEC("syscall")
int pid(void *ctx)
{
	return brt_lost_pid(bpf_get_current_task_btf());
}

/* Of the root, 0. */
SEC("syscall")
int level(void *ctx)
{
	struct cgroup *cgroup = bpf_cgroup_from_id(1);
	int ret;

	if (!cgroup)
		return -1;
	ret = brt_lost_level(cgroup);
	bpf_cgroup_release(cgroup);
	return ret;
}

char _license[] SEC("license") = "GPL";
