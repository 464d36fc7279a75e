// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Calls each kfunc of brt_filter.ko from two program types. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

extern int brt_listed(void) __ksym;
extern int brt_guarded(void) __ksym;
extern int brt_unlisted(void) __ksym;

SEC("syscall")
int syscall_listed(void *ctx)
{
	return brt_listed();
}

SEC("syscall")
int syscall_guarded(void *ctx)
{
	return brt_guarded();
}

SEC("syscall")
int syscall_unlisted(void *ctx)
{
	return brt_unlisted();
}

SEC("tc")
int tc_listed(struct __sk_buff *skb)
{
	return brt_listed();
}

SEC("tc")
int tc_guarded(struct __sk_buff *skb)
{
	return brt_guarded();
}

SEC("tc")
int tc_unlisted(struct __sk_buff *skb)
{
	return brt_unlisted();
}

char _license[] SEC("license") = "GPL";
