// SPDX-License-Identifier: GPL-2.0
/*
 * Kfuncs: plain arguments, a type of the kernel, a type of the module's own.
 */
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/module.h>
#include <linux/sched.h>

struct brt_pair {
	int first;
	int second;
};

__bpf_kfunc_start_defs();

__bpf_kfunc int brt_add(int a, int b)
{
	return a + b;
}

__bpf_kfunc int brt_task_pid(struct task_struct *task)
{
	return task->pid;
}

__bpf_kfunc int brt_pair_sum(struct brt_pair *pair)
{
	return pair->first + pair->second;
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(brt_kfunc_set)
BTF_ID_FLAGS(func, brt_add)
BTF_ID_FLAGS(func, brt_task_pid)
BTF_ID_FLAGS(func, brt_pair_sum)
BTF_KFUNCS_END(brt_kfunc_set)

static const struct btf_kfunc_id_set brt_kfunc_id_set = {
	.owner = THIS_MODULE,
	.set = &brt_kfunc_set,
};

static int __init __used brt_kfunc_init(void)
{
	return register_btf_kfunc_id_set(BPF_PROG_TYPE_SYSCALL,
					 &brt_kfunc_id_set);
}
module_init(brt_kfunc_init);

static void __exit __used brt_kfunc_exit(void)
{
}
module_exit(brt_kfunc_exit);

MODULE_DESCRIPTION("btf_reconcile test: kfuncs");
MODULE_LICENSE("GPL");
