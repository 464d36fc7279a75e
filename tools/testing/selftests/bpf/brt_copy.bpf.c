// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Calls a kfunc of brt_copy.ko that takes nothing of its caller. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern int brt_aux_is_right(void) __ksym;

SEC("syscall")
int aux_is_right(void *ctx)
{
	return brt_aux_is_right();
}

char _license[] SEC("license") = "GPL";
