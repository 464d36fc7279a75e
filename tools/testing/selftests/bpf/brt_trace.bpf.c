// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Attaches to brt_trace_shape() and reads its argument by CO-RE: fewer members
 * than the module has, in another order.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

struct brt_shape {
	char name[16];
	unsigned int layer : 5;
	unsigned short height;
	unsigned short width;
} __attribute__((preserve_access_index));

int width;
int height;
int layer;
int scale_seen;
char name[16];

SEC("fentry/brt_trace_shape")
int BPF_PROG(on_shape, struct brt_shape *shape, unsigned int scale)
{
	width = shape->width;
	height = shape->height;
	layer = BPF_CORE_READ_BITFIELD(shape, layer);
	scale_seen = scale;
	bpf_probe_read_kernel_str(name, sizeof(name), &shape->name);
	return 0;
}

char _license[] SEC("license") = "GPL";
