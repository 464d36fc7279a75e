// SPDX-License-Identifier: GPL-2.0
/*
 * Kfuncs behind a filter that searches two sets of the module.
 *
 *                 syscall program   tc program
 *   brt_listed    allowed           allowed
 *   brt_guarded   allowed           refused: in brt_tc_denied
 *   brt_unlisted  refused: not in   allowed
 *                 brt_syscall_allowed
 *
 * One set says who may, the other who may not, so that a set which finds
 * nothing shows as too much refused in one place and too much allowed in the
 * other.
 *
 * XDP programs may call one of the kfuncs, which is in a second set for that.
 */
#include <linux/bpf.h>
#include <linux/bsearch.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/module.h>

__bpf_kfunc_start_defs();

__bpf_kfunc int brt_listed(void)
{
	return 1;
}

__bpf_kfunc int brt_guarded(void)
{
	return 2;
}

__bpf_kfunc int brt_unlisted(void)
{
	return 3;
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(brt_filter_set)
BTF_ID_FLAGS(func, brt_listed)
BTF_ID_FLAGS(func, brt_guarded)
BTF_ID_FLAGS(func, brt_unlisted)
BTF_KFUNCS_END(brt_filter_set)

BTF_KFUNCS_START(brt_xdp_set)
BTF_ID_FLAGS(func, brt_unlisted)
BTF_KFUNCS_END(brt_xdp_set)

BTF_SET8_START(brt_syscall_allowed)
BTF_ID_FLAGS(func, brt_listed)
BTF_ID_FLAGS(func, brt_guarded)
BTF_SET8_END(brt_syscall_allowed)

BTF_SET_START(brt_tc_denied)
BTF_ID(func, brt_guarded)
BTF_SET_END(brt_tc_denied)

/* The kernel's btf_id_set_contains() is not exported. */
static bool brt_set_contains(const struct btf_id_set *set, u32 id)
{
	return bsearch(&id, set->ids, set->cnt, sizeof(id), btf_id_cmp_func);
}

static int brt_filter(const struct bpf_prog *prog, u32 kfunc_id)
{
	if (prog->type == BPF_PROG_TYPE_SYSCALL)
		return btf_id_set8_contains(&brt_syscall_allowed, kfunc_id) ?
		       0 : -EACCES;
	return brt_set_contains(&brt_tc_denied, kfunc_id) ? -EACCES : 0;
}

static const struct btf_kfunc_id_set brt_filter_id_set = {
	.owner = THIS_MODULE,
	.set = &brt_filter_set,
	.filter = brt_filter,
};

static const struct btf_kfunc_id_set brt_xdp_id_set = {
	.owner = THIS_MODULE,
	.set = &brt_xdp_set,
};

static int __init __used brt_filter_init(void)
{
	int err;

	err = register_btf_kfunc_id_set(BPF_PROG_TYPE_SYSCALL,
					&brt_filter_id_set);
	if (err)
		return err;
	err = register_btf_kfunc_id_set(BPF_PROG_TYPE_SCHED_CLS,
					&brt_filter_id_set);
	if (err)
		return err;
	return register_btf_kfunc_id_set(BPF_PROG_TYPE_XDP, &brt_xdp_id_set);
}
module_init(brt_filter_init);

static void __exit __used brt_filter_exit(void)
{
}
module_exit(brt_filter_exit);

MODULE_DESCRIPTION("btf_reconcile test: kfunc filter");
MODULE_LICENSE("GPL");
