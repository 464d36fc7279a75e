// SPDX-License-Identifier: GPL-2.0
/*
 * Kfuncs next to two types of the kernel that the build may spoil: cgroup is
 * reached by pointer only (form "lost" renames it), completion is embedded
 * (form "resized" changes its size).
 */
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/cgroup.h>
#include <linux/completion.h>
#include <linux/module.h>
#include <linux/sched.h>

struct brt_holder {
	int answer;
	struct completion done;
	struct cgroup *cgroup;
};

static struct brt_holder brt_holder = { .answer = 42 };

__bpf_kfunc_start_defs();

__bpf_kfunc int brt_lost_answer(void)
{
	return brt_holder.answer;
}

__bpf_kfunc int brt_lost_pid(struct task_struct *task)
{
	return task->pid;
}

/* Takes the type that may be lost: then there is nothing to call it with. */
__bpf_kfunc int brt_lost_level(struct cgroup *cgroup)
{
	return cgroup->level;
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(brt_lost_set)
BTF_ID_FLAGS(func, brt_lost_answer)
BTF_ID_FLAGS(func, brt_lost_pid)
BTF_ID_FLAGS(func, brt_lost_level)
BTF_KFUNCS_END(brt_lost_set)

static const struct btf_kfunc_id_set brt_lost_id_set = {
	.owner = THIS_MODULE,
	.set = &brt_lost_set,
};

static int __init brt_lost_init(void)
{
	init_completion(&brt_holder.done);
	return register_btf_kfunc_id_set(BPF_PROG_TYPE_SYSCALL,
					 &brt_lost_id_set);
}
module_init(brt_lost_init);

static void __exit brt_lost_exit(void)
{
}
module_exit(brt_lost_exit);

MODULE_DESCRIPTION("btf_reconcile test: types without a match");
MODULE_LICENSE("GPL");
