// SPDX-License-Identifier: GPL-2.0
/*
 * The few things that need C: what a macro makes in the kernel's headers.
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>

#include "helpers.h"

/* PAGE_KERNEL is not a constant on every architecture. */
void *btf_reconcile_map_writable(struct page **pages, unsigned int count)
{
	return vmap(pages, count, VM_MAP, PAGE_KERNEL);
}

/* cond_resched() is a macro. */
void btf_reconcile_rest(void)
{
	cond_resched();
}
