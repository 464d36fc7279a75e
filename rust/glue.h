/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files in C and those in Rust have in common.
 */
#ifndef BTF_RECONCILE_GLUE_H
#define BTF_RECONCILE_GLUE_H

#include <linux/types.h>

struct dentry;
struct seq_file;

/* params.c */

/* What to do with a module whose BTF is stale. */
enum btf_reconcile_stale {
	BTF_RECONCILE_STALE_WITHHOLD,
	BTF_RECONCILE_STALE_REFUSE,
	BTF_RECONCILE_STALE_LEAVE,
};

/* Whose copies of the kernel's types are left out. */
enum btf_reconcile_unify {
	BTF_RECONCILE_UNIFY_OFF,
	BTF_RECONCILE_UNIFY_BASE,
	BTF_RECONCILE_UNIFY_ALL,
};

/* What became of a module; what the summary counts. */
enum btf_reconcile_outcome {
	BTF_RECONCILE_FITS,
	BTF_RECONCILE_RECONCILED,
	BTF_RECONCILE_CARRIES,
	BTF_RECONCILE_WITHHELD,
	BTF_RECONCILE_REFUSED,
	BTF_RECONCILE_LEFT,
	BTF_RECONCILE_OUTCOMES,
};

bool btf_reconcile_strict(void);
bool btf_reconcile_verbose(void);
enum btf_reconcile_stale btf_reconcile_stale(void);
enum btf_reconcile_unify btf_reconcile_unify(void);
void btf_reconcile_count(enum btf_reconcile_outcome outcome);

/* debugfs.c; what its files show is in report/ */
void btf_reconcile_debugfs_open(const void *reports);
void btf_reconcile_debugfs_close(void);
struct dentry *btf_reconcile_debugfs_add(const char *name, const void *report);
void btf_reconcile_debugfs_remove(struct dentry *dir);
int btf_reconcile_table_show(struct seq_file *m, void *unused);
int btf_reconcile_text_show(struct seq_file *m, void *unused);
int btf_reconcile_json_show(struct seq_file *m, void *unused);

#endif
