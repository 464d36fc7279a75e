// SPDX-License-Identifier: GPL-2.0
/*
 * A live patch with a kfunc: the loader keeps more of such a module's file, and
 * the kernel's code goes on in it.
 */
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/seq_file.h>

static int brt_klp_cmdline(struct seq_file *m, void *unused)
{
	seq_puts(m, "patched by brt_klp\n");
	return 0;
}

static struct klp_func funcs[] = {
	{
		.old_name = "cmdline_proc_show",
		.new_func = brt_klp_cmdline,
	}, { }
};

static struct klp_object objects[] = {
	{ .funcs = funcs }, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objects,
};

__bpf_kfunc_start_defs();

__bpf_kfunc int brt_klp_pid(struct task_struct *task)
{
	return task->pid;
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(brt_klp_set)
BTF_ID_FLAGS(func, brt_klp_pid)
BTF_KFUNCS_END(brt_klp_set)

static const struct btf_kfunc_id_set brt_klp_id_set = {
	.owner = THIS_MODULE,
	.set = &brt_klp_set,
};

static int __init brt_klp_init(void)
{
	int err = register_btf_kfunc_id_set(BPF_PROG_TYPE_SYSCALL,
					    &brt_klp_id_set);

	return err ?: klp_enable_patch(&patch);
}
module_init(brt_klp_init);

static void __exit brt_klp_exit(void)
{
}
module_exit(brt_klp_exit);

MODULE_DESCRIPTION("btf_reconcile test: a live patch");
MODULE_INFO(livepatch, "Y");
MODULE_LICENSE("GPL");
