// SPDX-License-Identifier: GPL-2.0
/*
 * A module with a kfunc whose init function fails when told to, after all
 * notifiers have seen it come.
 */
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/module.h>
#include <linux/sched.h>

static int error;
module_param(error, int, 0444);
MODULE_PARM_DESC(error, "What init returns, a negative errno");

__bpf_kfunc_start_defs();

__bpf_kfunc int brt_fail_pid(struct task_struct *task)
{
	return task->pid;
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(brt_fail_set)
BTF_ID_FLAGS(func, brt_fail_pid)
BTF_KFUNCS_END(brt_fail_set)

static const struct btf_kfunc_id_set brt_fail_id_set = {
	.owner = THIS_MODULE,
	.set = &brt_fail_set,
};

static int __init brt_fail_init(void)
{
	int err = register_btf_kfunc_id_set(BPF_PROG_TYPE_SYSCALL,
					    &brt_fail_id_set);

	return err ?: error;
}
module_init(brt_fail_init);

static void __exit brt_fail_exit(void)
{
}
module_exit(brt_fail_exit);

MODULE_DESCRIPTION("btf_reconcile test: init fails");
MODULE_LICENSE("GPL");
