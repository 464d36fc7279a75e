// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* BTF of a loaded module, on a vmlinux BTF that was parsed once. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "brt.h"

/* Opens the kernel's BTF object of that name, or returns a negative errno. */
static int open_module_btf(const char *module, __u32 *id)
{
	*id = 0;
	while (!bpf_btf_get_next_id(*id, id)) {
		char name[64] = "";
		struct bpf_btf_info info = {
			.name = (__u64)(unsigned long)name,
			.name_len = sizeof(name),
		};
		__u32 len = sizeof(info);
		int fd = bpf_btf_get_fd_by_id(*id);

		if (fd < 0)
			continue;
		if (!bpf_btf_get_info_by_fd(fd, &info, &len) &&
		    info.kernel_btf && !strcmp(name, module))
			return fd;
		close(fd);
	}
	return -ENOENT;
}

struct btf *brt_module_btf(const char *module, struct btf *vmlinux, int *fd)
{
	struct btf *btf;
	__u32 id;

	*fd = open_module_btf(module, &id);
	if (*fd < 0) {
		errno = -*fd;
		return NULL;
	}
	btf = btf__load_from_kernel_by_id_split(id, vmlinux);
	if (!btf)
		close(*fd);
	return btf;
}

unsigned int brt_first_own(const struct btf *btf)
{
	const struct btf *base = btf__base_btf(btf);

	return base ? btf__type_cnt(base) : 1;
}

int brt_find_own(const struct btf *btf, const char *name, unsigned int kind)
{
	unsigned int id;

	for (id = brt_first_own(btf); id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);

		if (btf_kind(t) == kind &&
		    !strcmp(btf__name_by_offset(btf, t->name_off), name))
			return id;
	}
	return -ENOENT;
}
