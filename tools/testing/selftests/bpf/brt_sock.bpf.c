// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Calls a kfunc of brt_copy.ko with a socket that changes its state. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/* The kernel's, for its kind: libbpf takes no forward declaration for it. */
struct sock {
	unsigned short sk_protocol;
} __attribute__((preserve_access_index));

extern int brt_sock_protocol(struct sock *sk) __ksym;

int protocol;

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_state, struct sock *sk, int from, int to)
{
	protocol = brt_sock_protocol(sk);
	return 0;
}

char _license[] SEC("license") = "GPL";
