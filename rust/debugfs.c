// SPDX-License-Identifier: GPL-2.0
/*
 * Files in debugfs, in C: those that Rust can make do not keep the module that
 * they are of from being unloaded while they are open.
 *
 * What they show is written in Rust, see report/.
 */
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "glue.h"

DEFINE_SHOW_ATTRIBUTE(btf_reconcile_table);
DEFINE_SHOW_ATTRIBUTE(btf_reconcile_text);
DEFINE_SHOW_ATTRIBUTE(btf_reconcile_json);

static struct dentry *root, *modules;

void btf_reconcile_debugfs_open(const void *reports)
{
	root = debugfs_create_dir("btf_reconcile", NULL);
	debugfs_create_file("table", 0400, root, (void *)reports,
			    &btf_reconcile_table_fops);
	modules = debugfs_create_dir("modules", root);
}

/* Waits for those who are reading. */
void btf_reconcile_debugfs_close(void)
{
	debugfs_remove(root);
}

struct dentry *btf_reconcile_debugfs_add(const char *name, const void *report)
{
	struct dentry *dir = debugfs_create_dir(name, modules);

	debugfs_create_file("report", 0400, dir, (void *)report,
			    &btf_reconcile_text_fops);
	debugfs_create_file("report.json", 0400, dir, (void *)report,
			    &btf_reconcile_json_fops);
	return dir;
}

/* Waits for those who are reading. */
void btf_reconcile_debugfs_remove(struct dentry *dir)
{
	debugfs_remove(dir);
}
