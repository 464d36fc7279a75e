// SPDX-License-Identifier: GPL-2.0
/*
 * A list, a set and a set of kfuncs in .BTF_ids, and a parameter that shows what
 * is in them by then: ids, counts and flags.
 *
 * The module loads only if the kernel registers the kfuncs.
 */
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/sched.h>

#define BRT_NR_LIST 2
#define BRT_NR_SET 2
#define BRT_NR_KFUNCS 2

__bpf_kfunc_start_defs();

__bpf_kfunc int brt_first(int a, int b)
{
	return a + b;
}

/* So that all types that are named below are in the module's BTF. */
__bpf_kfunc int brt_second(struct task_struct *task, struct file *file,
			   struct inode *inode)
{
	return task->pid + !file + !inode;
}

__bpf_kfunc_end_defs();

BTF_ID_LIST(brt_list)
BTF_ID(struct, task_struct)
BTF_ID(struct, file)

BTF_SET_START(brt_set)
BTF_ID(struct, inode)
BTF_ID(func, brt_first)
BTF_SET_END(brt_set)

BTF_KFUNCS_START(brt_kfuncs)
BTF_ID_FLAGS(func, brt_first, KF_SLEEPABLE)
BTF_ID_FLAGS(func, brt_second, KF_SLEEPABLE)
BTF_KFUNCS_END(brt_kfuncs)

static const struct btf_kfunc_id_set brt_kfunc_id_set = {
	.owner = THIS_MODULE,
	.set = &brt_kfuncs,
};

/* All the room that there is, whatever the sets count. */
static int brt_words_get(char *buffer, const struct kernel_param *param)
{
	int i, at;

	at = sysfs_emit(buffer, "list");
	for (i = 0; i < BRT_NR_LIST; i++)
		at += sysfs_emit_at(buffer, at, " %u", brt_list[i]);
	at += sysfs_emit_at(buffer, at, ", set of %u", brt_set.cnt);
	for (i = 0; i < BRT_NR_SET; i++)
		at += sysfs_emit_at(buffer, at, " %u", brt_set.ids[i]);
	at += sysfs_emit_at(buffer, at, ", kfuncs %u of %u", brt_kfuncs.flags,
			    brt_kfuncs.cnt);
	for (i = 0; i < BRT_NR_KFUNCS; i++)
		at += sysfs_emit_at(buffer, at, " %u:%u", brt_kfuncs.pairs[i].id,
				    brt_kfuncs.pairs[i].flags);
	at += sysfs_emit_at(buffer, at, "\n");
	return at;
}

static const struct kernel_param_ops brt_words_ops = {
	.get = brt_words_get,
};
module_param_cb(words, &brt_words_ops, NULL, 0444);

static int __init __used brt_words_init(void)
{
	return register_btf_kfunc_id_set(BPF_PROG_TYPE_SYSCALL, &brt_kfunc_id_set);
}
module_init(brt_words_init);

static void __exit __used brt_words_exit(void)
{
}
module_exit(brt_words_exit);

MODULE_DESCRIPTION("btf_reconcile test: what is in .BTF_ids");
MODULE_LICENSE("GPL");
