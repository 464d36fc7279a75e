// SPDX-License-Identifier: GPL-2.0
/*
 * A BTF_ID_LIST of types of the kernel and of the module's own.
 *
 * What init finds in the list is shown as read-only parameters named
 * KIND__NAME, so that user space can look each name up by itself.
 */
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/sched.h>

union brt_word {
	u64 whole;
	u32 half[2];
};

typedef struct {
	u32 hi;
	u32 lo;
} brt_cookie_t;

struct brt_record {
	struct task_struct *task;
	struct file *file;
	struct list_head node;
	union sigval signal;
	pid_t pid;
	union brt_word word;
	brt_cookie_t cookie;
};

/* Keeps the types above in the debug info that BTF is made from. */
static struct brt_record brt_record;

/* Not static, so that it keeps its name and prototype. */
int brt_touch(struct brt_record *record);

noinline int brt_touch(struct brt_record *record)
{
	record->pid = record->task ? record->task->pid : 0;
	return record->pid;
}

/* Kind and name of every id of the list, in its order. */
#define BRT_IDS(X)		\
	X(struct, task_struct)	\
	X(struct, file)		\
	X(struct, list_head)	\
	X(union, sigval)	\
	X(typedef, pid_t)	\
	X(struct, brt_record)	\
	X(union, brt_word)	\
	X(typedef, brt_cookie_t)	\
	X(func, brt_touch)

enum {
#define BRT_ENUM(kind, name) BRT_##kind##_##name,
	BRT_IDS(BRT_ENUM)
	BRT_NR_IDS
};

BTF_ID_LIST(brt_id_list)
BTF_ID(struct, task_struct)
BTF_ID(struct, file)
BTF_ID(struct, list_head)
BTF_ID(union, sigval)
BTF_ID(typedef, pid_t)
BTF_ID(struct, brt_record)
BTF_ID(union, brt_word)
BTF_ID(typedef, brt_cookie_t)
BTF_ID(func, brt_touch)

static unsigned int brt_ids[BRT_NR_IDS];
#define BRT_PARAM(kind, name) \
	module_param_named(kind##__##name, brt_ids[BRT_##kind##_##name], uint, 0444);
BRT_IDS(BRT_PARAM)

static int __init __used brt_ids_init(void)
{
	int i;

	for (i = 0; i < BRT_NR_IDS; i++)
		brt_ids[i] = brt_id_list[i];
	return brt_touch(&brt_record);
}
module_init(brt_ids_init);

static void __exit __used brt_ids_exit(void)
{
}
module_exit(brt_ids_exit);

MODULE_DESCRIPTION("btf_reconcile test: lists of BTF ids");
MODULE_LICENSE("GPL");
