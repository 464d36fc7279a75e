// SPDX-License-Identifier: GPL-2.0
/* Does nothing: what is of interest is the BTF that it is given. */
#include <linux/module.h>

static int __init carrier_init(void)
{
	return 0;
}
module_init(carrier_init);

static void __exit carrier_exit(void)
{
}
module_exit(carrier_exit);

MODULE_DESCRIPTION("Carries BTF that was made by hand");
MODULE_LICENSE("GPL");
