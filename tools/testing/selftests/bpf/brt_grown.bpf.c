// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Calls the kfunc of brt_grown.ko. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern int brt_grown_charge(void) __ksym;

SEC("syscall")
int charge(void *ctx)
{
	return brt_grown_charge();
}

char _license[] SEC("license") = "GPL";
