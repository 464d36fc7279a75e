// SPDX-License-Identifier: GPL-2.0
/*
 * Module parameters, in C: those that Rust can declare do not appear in sysfs,
 * and can't be words.
 */
#include <linux/atomic.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "glue.h"

static bool strict;
module_param(strict, bool, 0644);
MODULE_PARM_DESC(strict,
		 "Refuse to reconcile a module if one of its types finds no match, as the kernel itself does, instead of carrying the type (default: N)");

static bool verbose;
module_param(verbose, bool, 0644);
MODULE_PARM_DESC(verbose,
		 "Log what becomes of every type (default: N)");

/* A parameter that is one of some words, by their numbers. */
struct choice {
	unsigned int value;
	const char *const words[4];
};

static int choice_set(const char *word, const struct kernel_param *kp)
{
	struct choice *choice = kp->arg;
	int value = __sysfs_match_string(choice->words, -1, word);

	if (value < 0)
		return value;
	WRITE_ONCE(choice->value, value);
	return 0;
}

static int choice_get(char *buffer, const struct kernel_param *kp)
{
	const struct choice *choice = kp->arg;

	return sysfs_emit(buffer, "%s\n",
			  choice->words[READ_ONCE(choice->value)]);
}

static const struct kernel_param_ops choice_ops = {
	.set = choice_set,
	.get = choice_get,
};

static struct choice stale = {
	.value = BTF_RECONCILE_STALE_WITHHOLD,
	.words = {
		[BTF_RECONCILE_STALE_WITHHOLD] = "withhold",
		[BTF_RECONCILE_STALE_REFUSE] = "refuse",
		[BTF_RECONCILE_STALE_LEAVE] = "leave",
	},
};
module_param_cb(stale, &choice_ops, &stale, 0644);
__MODULE_PARM_TYPE(stale, "charp");
MODULE_PARM_DESC(stale,
		 "What to do with a module whose BTF was made for another kernel and has no base: withhold its BTF, refuse the module, or leave it to the kernel (withhold, refuse or leave; default: withhold)");

static struct choice unify = {
	.value = BTF_RECONCILE_UNIFY_BASE,
	.words = {
		[BTF_RECONCILE_UNIFY_OFF] = "off",
		[BTF_RECONCILE_UNIFY_BASE] = "base",
		[BTF_RECONCILE_UNIFY_ALL] = "all",
	},
};
module_param_cb(unify, &choice_ops, &unify, 0644);
__MODULE_PARM_TYPE(unify, "charp");
MODULE_PARM_DESC(unify,
		 "Whose copies of the kernel's types give way to the kernel's: nobody's, those of modules that have a base section, or of all modules; with strict=1 nobody's (off, base or all; default: base)");

/* What the report in debugfs tells at length, for kernels without it. */
static const char *const outcome_words[] = {
	[BTF_RECONCILE_FITS] = "fit",
	[BTF_RECONCILE_RECONCILED] = "reconciled",
	[BTF_RECONCILE_CARRIES] = "carrying",
	[BTF_RECONCILE_WITHHELD] = "withheld",
	[BTF_RECONCILE_REFUSED] = "refused",
	[BTF_RECONCILE_LEFT] = "left",
};

static atomic_t outcomes[BTF_RECONCILE_OUTCOMES];

static int summary_get(char *buffer, const struct kernel_param *kp)
{
	int len = 0, i;

	for (i = 0; i < BTF_RECONCILE_OUTCOMES; i++)
		len += sysfs_emit_at(buffer, len, "%s%s %d", i ? ", " : "",
				     outcome_words[i],
				     atomic_read(&outcomes[i]));
	return len + sysfs_emit_at(buffer, len, "\n");
}

/* Called for `insmod btf_reconcile.ko summary=...`, whatever the mode. */
static int summary_set(const char *word, const struct kernel_param *kp)
{
	return -EPERM;
}

static const struct kernel_param_ops summary_ops = {
	.set = summary_set,
	.get = summary_get,
};
module_param_cb(summary, &summary_ops, NULL, 0444);
__MODULE_PARM_TYPE(summary, "charp");
MODULE_PARM_DESC(summary,
		 "Number of modules seen, by what became of their BTF (read only)");

void btf_reconcile_count(enum btf_reconcile_outcome outcome)
{
	atomic_inc(&outcomes[outcome]);
}

bool btf_reconcile_strict(void)
{
	return READ_ONCE(strict);
}

bool btf_reconcile_verbose(void)
{
	return READ_ONCE(verbose);
}

enum btf_reconcile_stale btf_reconcile_stale(void)
{
	return READ_ONCE(stale.value);
}

enum btf_reconcile_unify btf_reconcile_unify(void)
{
	return READ_ONCE(unify.value);
}
