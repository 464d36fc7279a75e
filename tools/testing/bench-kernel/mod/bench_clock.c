// SPDX-License-Identifier: GPL-2.0
/*
 * Two notifiers, one that is called directly before btf_reconcile's and one
 * directly behind it, for probes to be put on: the kernel takes none on
 * functions in Rust. To be loaded before btf_reconcile.
 */
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/notifier.h>

int bench_before(struct notifier_block *nb, unsigned long op, void *data);
int bench_behind(struct notifier_block *nb, unsigned long op, void *data);

int bench_before(struct notifier_block *nb, unsigned long op, void *data)
{
	return NOTIFY_DONE;
}

int bench_behind(struct notifier_block *nb, unsigned long op, void *data)
{
	return NOTIFY_DONE;
}

/* Of the same priority, those that were registered first come first. */
static struct notifier_block before = {
	.notifier_call = bench_before,
	.priority = INT_MAX,
};

static struct notifier_block behind = {
	.notifier_call = bench_behind,
	.priority = INT_MAX - 1,
};

static int __init bench_clock_init(void)
{
	int err = register_module_notifier(&before);

	if (err)
		return err;
	err = register_module_notifier(&behind);
	if (err)
		unregister_module_notifier(&before);
	return err;
}
module_init(bench_clock_init);

static void __exit bench_clock_exit(void)
{
	unregister_module_notifier(&behind);
	unregister_module_notifier(&before);
}
module_exit(bench_clock_exit);

MODULE_DESCRIPTION("btf_reconcile benchmark: when its notifier is called");
MODULE_LICENSE("GPL");
