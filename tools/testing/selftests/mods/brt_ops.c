// SPDX-License-Identifier: GPL-2.0
/*
 * A struct of operations that BPF programs implement.
 *
 * Writing to the parameter "poke" calls those that are there.
 */
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>

struct brt_ops {
	int (*sum)(int a, int b);
	int (*pid)(struct task_struct *task);
};

static DEFINE_MUTEX(brt_lock);
static struct brt_ops *brt_current;

/* With CFI the programs are called by the types of these. */
static int brt_sum_stub(int a, int b)
{
	return 0;
}

static int brt_pid_stub(struct task_struct *task)
{
	return 0;
}

static struct brt_ops brt_stubs = {
	.sum = brt_sum_stub,
	.pid = brt_pid_stub,
};

static int brt_ops_setup(struct btf *btf)
{
	return 0;
}

static int brt_ops_init_member(const struct btf_type *type,
			       const struct btf_member *member, void *kdata,
			       const void *udata)
{
	return 0;
}

static int brt_ops_reg(void *kdata, struct bpf_link *link)
{
	int err = -EBUSY;

	mutex_lock(&brt_lock);
	if (!brt_current) {
		brt_current = kdata;
		err = 0;
	}
	mutex_unlock(&brt_lock);
	return err;
}

static void brt_ops_unreg(void *kdata, struct bpf_link *link)
{
	mutex_lock(&brt_lock);
	brt_current = NULL;
	mutex_unlock(&brt_lock);
}

static bool brt_ops_is_valid_access(int off, int size,
				    enum bpf_access_type type,
				    const struct bpf_prog *prog,
				    struct bpf_insn_access_aux *info)
{
	return bpf_tracing_btf_ctx_access(off, size, type, prog, info);
}

static const struct bpf_verifier_ops brt_verifier_ops = {
	.get_func_proto = bpf_base_func_proto,
	.is_valid_access = brt_ops_is_valid_access,
};

static struct bpf_struct_ops brt_struct_ops = {
	.verifier_ops = &brt_verifier_ops,
	.init = brt_ops_setup,
	.init_member = brt_ops_init_member,
	.reg = brt_ops_reg,
	.unreg = brt_ops_unreg,
	.cfi_stubs = &brt_stubs,
	.name = "brt_ops",
	.owner = THIS_MODULE,
};

static int brt_poke(const char *val, const struct kernel_param *kp)
{
	int err = -ENOENT;

	mutex_lock(&brt_lock);
	if (brt_current) {
		err = 0;
		if (brt_current->sum && brt_current->sum(40, 2) != 42)
			err = -EPROTO;
		if (brt_current->pid && brt_current->pid(current) != current->pid)
			err = -EPROTO;
	}
	mutex_unlock(&brt_lock);
	return err;
}

static const struct kernel_param_ops brt_poke_ops = {
	.set = brt_poke,
};
module_param_cb(poke, &brt_poke_ops, NULL, 0200);
MODULE_PARM_DESC(poke, "Call the operations");

static int __init __used brt_ops_init(void)
{
	return register_bpf_struct_ops(&brt_struct_ops, brt_ops);
}
module_init(brt_ops_init);

static void __exit __used brt_ops_exit(void)
{
}
module_exit(brt_ops_exit);

MODULE_DESCRIPTION("btf_reconcile test: struct_ops");
MODULE_LICENSE("GPL");
