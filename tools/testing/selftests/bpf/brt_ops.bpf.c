// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Implements an operation of brt_ops.ko that takes numbers. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

struct brt_ops {
	int (*sum)(int a, int b);
};

int sum;

SEC("struct_ops/sum")
int BPF_PROG(on_sum, int a, int b)
{
	sum = a + b;
	return sum;
}

SEC(".struct_ops.link")
struct brt_ops ops = {
	.sum = (void *)on_sum,
};

char _license[] SEC("license") = "GPL";
