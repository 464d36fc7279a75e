// SPDX-License-Identifier: GPL-2.0
/*
 * A reference-counted object for kptr fields of maps, with its destructor.
 */
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/cfi.h>
#include <linux/module.h>
#include <linux/refcount.h>
#include <linux/slab.h>

struct brt_obj {
	refcount_t refs;
	int value;
};

static int dtor_calls;
module_param(dtor_calls, int, 0444);
MODULE_PARM_DESC(dtor_calls, "How often the kptr destructor has run");

static int dtor_value;
module_param(dtor_value, int, 0444);
MODULE_PARM_DESC(dtor_value, "Value of the object it saw last");

/* Compilers must not differ in whether it is a function: see Kbuild. */
static __always_inline void brt_put(struct brt_obj *obj)
{
	if (refcount_dec_and_test(&obj->refs))
		kfree(obj);
}

__bpf_kfunc_start_defs();

__bpf_kfunc struct brt_obj *brt_obj_new(int value)
{
	struct brt_obj *obj = kzalloc(sizeof(*obj), GFP_ATOMIC);

	if (!obj)
		return NULL;
	refcount_set(&obj->refs, 1);
	obj->value = value;
	return obj;
}

__bpf_kfunc void brt_obj_put(struct brt_obj *obj)
{
	brt_put(obj);
}

__bpf_kfunc void brt_obj_dtor(void *ptr)
{
	struct brt_obj *obj = ptr;

	dtor_value = obj->value;
	dtor_calls++;
	brt_put(obj);
}
CFI_NOSEAL(brt_obj_dtor);

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(brt_dtor_set)
BTF_ID_FLAGS(func, brt_obj_new, KF_ACQUIRE | KF_RET_NULL)
BTF_ID_FLAGS(func, brt_obj_put, KF_RELEASE)
BTF_KFUNCS_END(brt_dtor_set)

static const struct btf_kfunc_id_set brt_dtor_id_set = {
	.owner = THIS_MODULE,
	.set = &brt_dtor_set,
};

BTF_ID_LIST(brt_dtor_ids)
BTF_ID(struct, brt_obj)
BTF_ID(func, brt_obj_dtor)

static int __init __used brt_dtor_init(void)
{
	const struct btf_id_dtor_kfunc dtors[] = {
		{
			.btf_id = brt_dtor_ids[0],
			.kfunc_btf_id = brt_dtor_ids[1],
		},
	};
	int err;

	err = register_btf_kfunc_id_set(BPF_PROG_TYPE_SYSCALL,
					&brt_dtor_id_set);
	if (err)
		return err;
	return register_btf_id_dtor_kfuncs(dtors, ARRAY_SIZE(dtors),
					   THIS_MODULE);
}
module_init(brt_dtor_init);

static void __exit __used brt_dtor_exit(void)
{
}
module_exit(brt_dtor_exit);

MODULE_DESCRIPTION("btf_reconcile test: kptr destructor");
MODULE_LICENSE("GPL");
