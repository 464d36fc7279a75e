/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel crate's bindings leave out. In the kernel tree they have it.
 */
#ifndef BTF_RECONCILE_HELPERS_H
#define BTF_RECONCILE_HELPERS_H

#include <linux/types.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "glue.h"

struct page;

/* helpers.c */
void *btf_reconcile_map_writable(struct page **pages, unsigned int count);
void btf_reconcile_rest(void);

#endif
