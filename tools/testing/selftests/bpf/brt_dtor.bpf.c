// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Leaves an object of brt_dtor.ko in a map, for its destructor to find. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct brt_obj {
	int value;
} __attribute__((preserve_access_index));

extern struct brt_obj *brt_obj_new(int value) __ksym;
extern void brt_obj_put(struct brt_obj *obj) __ksym;

struct slot {
	struct brt_obj __kptr *obj;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, int);
	__type(value, struct slot);
} slots SEC(".maps");

SEC("syscall")
int stash(void *ctx)
{
	struct brt_obj *obj, *old;
	struct slot *slot;
	int key = 0;

	obj = brt_obj_new(77);
	if (!obj)
		return 1;
	slot = bpf_map_lookup_elem(&slots, &key);
	if (!slot) {
		brt_obj_put(obj);
		return 2;
	}
	old = bpf_kptr_xchg(&slot->obj, obj);
	if (old)
		brt_obj_put(old);
	return 0;
}

char _license[] SEC("license") = "GPL";
