/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What bindgen cannot turn into Rust, and what the kernel crate's bindings
 * leave out.
 */
#ifndef BTF_RECONCILE_HELPERS_H
#define BTF_RECONCILE_HELPERS_H

#include <linux/uaccess.h>
#include <linux/vmalloc.h>

struct page;

void *btf_reconcile_map_writable(struct page **pages, unsigned int count);

#endif
