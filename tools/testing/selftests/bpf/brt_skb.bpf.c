// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Calls a kfunc of brt_copy.ko with a packet that is dropped. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/* The kernel's, for its kind: libbpf takes no forward declaration for it. */
struct sk_buff {
	unsigned int len;
} __attribute__((preserve_access_index));

extern int brt_skb_len(struct sk_buff *skb) __ksym;

int len;

SEC("tp_btf/kfree_skb")
int BPF_PROG(on_drop, struct sk_buff *skb)
{
	int this = brt_skb_len(skb);

	/* The module's own, and no other that is dropped meanwhile. */
	if (this == 1234)
		len = this;
	return 0;
}

char _license[] SEC("license") = "GPL";
