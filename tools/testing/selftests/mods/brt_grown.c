// SPDX-License-Identifier: GPL-2.0
/*
 * A kfunc next to embedded types of the kernel that really changed their size
 * between releases: what a driver kept over a kernel update looks like.
 */
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/module.h>
#include <linux/power_supply.h>

struct brt_battery {
	int charge;
	struct power_supply_desc desc;
};

static struct brt_battery brt_battery = { .charge = 80 };

__bpf_kfunc_start_defs();

__bpf_kfunc int brt_grown_charge(void)
{
	return brt_battery.charge;
}

__bpf_kfunc_end_defs();

BTF_KFUNCS_START(brt_grown_set)
BTF_ID_FLAGS(func, brt_grown_charge)
BTF_KFUNCS_END(brt_grown_set)

static const struct btf_kfunc_id_set brt_grown_id_set = {
	.owner = THIS_MODULE,
	.set = &brt_grown_set,
};

static int __init brt_grown_init(void)
{
	brt_battery.desc.name = "brt";
	return register_btf_kfunc_id_set(BPF_PROG_TYPE_SYSCALL,
					 &brt_grown_id_set);
}
module_init(brt_grown_init);

static void __exit brt_grown_exit(void)
{
}
module_exit(brt_grown_exit);

MODULE_DESCRIPTION("btf_reconcile test: a kernel type that changed its size");
MODULE_LICENSE("GPL");
