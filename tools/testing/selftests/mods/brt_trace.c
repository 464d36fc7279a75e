// SPDX-License-Identifier: GPL-2.0
/*
 * A function to attach to, and types of every sort that C can write.
 *
 * Writing a number to the parameter "poke" calls brt_trace_shape() with it.
 */
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/sched.h>

enum brt_colour {
	BRT_RED,
	BRT_GREEN = 7,
};

enum brt_wide {
	BRT_SMALL = 1,
	BRT_HUGE = 1ULL << 40,
};

union brt_value {
	u64 number;
	const char *text;
};

typedef int (*brt_visit_t)(const struct kobject *kobj, void *data);

struct brt_opaque;

struct brt_shape {
	u16 width;
	u16 height;
	unsigned int visible : 1;
	unsigned int layer : 5;
	struct task_struct *owner;
	struct list_head node;
	union brt_value value;
	enum brt_colour colour;
	enum brt_wide wide;
	brt_visit_t visit;
	struct brt_opaque *opaque;
	volatile unsigned long *flags;
	struct {
		s8 left;
		s8 right;
	} margin[2];
	char name[16];
};

static unsigned int area;
module_param(area, uint, 0444);
MODULE_PARM_DESC(area, "What brt_trace_shape() returned last");

/* Not static, so that it keeps its name and prototype. */
unsigned int brt_trace_shape(struct brt_shape *shape, unsigned int scale);

noinline unsigned int brt_trace_shape(struct brt_shape *shape,
				      unsigned int scale)
{
	/* Not to be folded into its only caller. */
	barrier();
	return shape->width * shape->height * scale;
}

static int brt_poke(const char *val, const struct kernel_param *kp)
{
	struct brt_shape shape = {
		.width = 6,
		.height = 7,
		.layer = 9,
		.owner = current,
		.value.number = 0x1122334455667788,
		.colour = BRT_GREEN,
		.wide = BRT_HUGE,
		.name = "hexagon",
	};
	unsigned int scale;
	int err;

	err = kstrtouint(val, 0, &scale);
	if (err)
		return err;
	area = brt_trace_shape(&shape, scale);
	return 0;
}

static const struct kernel_param_ops brt_poke_ops = {
	.set = brt_poke,
};
module_param_cb(poke, &brt_poke_ops, NULL, 0200);
MODULE_PARM_DESC(poke, "Call brt_trace_shape() with this scale");

static int __init __used brt_trace_init(void)
{
	return 0;
}
module_init(brt_trace_init);

static void __exit __used brt_trace_exit(void)
{
}
module_exit(brt_trace_exit);

MODULE_DESCRIPTION("btf_reconcile test: fentry target and types");
MODULE_LICENSE("GPL");
