// SPDX-License-Identifier: GPL-2.0
/*
 * Makes a module be refused while it is coming: by a notifier of a priority
 * to choose, or by the kernel's own one for BTF, in whose place an error is
 * returned.
 *
 * Counts what its notifier sees of the victim, for tests to compare.
 */
#include <linux/kprobes.h>
#include <linux/linkage.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/objtool.h>
#include <linux/string.h>

static char *victim = "brt_kfunc";
module_param(victim, charp, 0444);
MODULE_PARM_DESC(victim, "Name of the module to refuse");

static int priority;
module_param(priority, int, 0444);
MODULE_PARM_DESC(priority, "Of the notifier that refuses");

static bool kernel;
module_param(kernel, bool, 0444);
MODULE_PARM_DESC(kernel, "Let the kernel's BTF notifier refuse instead");

static unsigned int refused;
module_param(refused, uint, 0444);
MODULE_PARM_DESC(refused, "How often it did");

static unsigned int gone;
module_param(gone, uint, 0444);
MODULE_PARM_DESC(gone, "How often the victim was seen going");

static int notify(struct notifier_block *nb, unsigned long op, void *data)
{
	struct module *mod = data;

	if (strcmp(mod->name, victim))
		return NOTIFY_DONE;
	if (op == MODULE_STATE_GOING)
		gone++;
	if (op != MODULE_STATE_COMING || kernel)
		return NOTIFY_DONE;
	refused++;
	return notifier_from_errno(-ENOSPC);
}

static struct notifier_block block = {
	.notifier_call = notify,
};

/* Has the probed function, which has done nothing yet, go back to its caller. */
#ifdef CONFIG_X86
/*
 * Where it goes on instead: with the return address on top of the stack, and
 * the result in its register.
 */
void brt_just_return(void);
asm(".text\n"
	".type brt_just_return, @function\n"
	"brt_just_return:\n"
	ANNOTATE_NOENDBR "\n"
	ASM_RET
	".size brt_just_return, .-brt_just_return\n");

static void just_return(struct pt_regs *regs)
{
	instruction_pointer_set(regs, (unsigned long)brt_just_return);
}
#else
static void just_return(struct pt_regs *regs)
{
	instruction_pointer_set(regs, procedure_link_pointer(regs));
}
#endif
NOKPROBE_SYMBOL(just_return);

/* Returns from the probed function at once, with an error. */
static int instead(struct kprobe *probe, struct pt_regs *regs)
{
	unsigned long state = regs_get_kernel_argument(regs, 1);
	struct module *mod = (struct module *)regs_get_kernel_argument(regs, 2);

	if (state != MODULE_STATE_COMING || strcmp(mod->name, victim))
		return 0;
	refused++;
	regs_set_return_value(regs, notifier_from_errno(-ENOMEM));
	just_return(regs);
	return 1;
}
NOKPROBE_SYMBOL(instead);

/* With one, the probe may change where execution goes on. */
static void after(struct kprobe *probe, struct pt_regs *regs,
		  unsigned long flags)
{
}
NOKPROBE_SYMBOL(after);

static struct kprobe probe = {
	.symbol_name = "btf_module_notify",
	.pre_handler = instead,
	.post_handler = after,
};

static int __init brt_refuse_init(void)
{
	int err;

	if (kernel) {
		err = register_kprobe(&probe);
		if (err)
			return err;
	}
	block.priority = priority;
	err = register_module_notifier(&block);
	if (err && kernel)
		unregister_kprobe(&probe);
	return err;
}
module_init(brt_refuse_init);

static void __exit brt_refuse_exit(void)
{
	unregister_module_notifier(&block);
	if (kernel)
		unregister_kprobe(&probe);
}
module_exit(brt_refuse_exit);

MODULE_DESCRIPTION("btf_reconcile test: has another module refused");
MODULE_LICENSE("GPL");
