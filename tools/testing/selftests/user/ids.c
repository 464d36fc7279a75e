// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * A module shows what it found in its BTF_ID_LIST as parameters KIND__NAME.
 * Look each name up in /sys/kernel/btf and compare: in the module's types, then in
 * the kernel's, or the other way round where that is asked for, but for functions.
 */
#include <bpf/btf.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "brt.h"

static const struct {
	const char *name;
	unsigned int kind;
} kinds[] = {
	{ "struct", BTF_KIND_STRUCT },
	{ "union", BTF_KIND_UNION },
	{ "typedef", BTF_KIND_TYPEDEF },
	{ "func", BTF_KIND_FUNC },
};

static int kind_of(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return kinds[i].kind;
	return -EINVAL;
}

/* Splits KIND__NAME; returns the kind, or negative if it is not one. */
static int split_param(char *param, const char **name)
{
	char *sep = strstr(param, "__");

	if (!sep)
		return -EINVAL;
	*sep = '\0';
	*name = sep + 2;
	return kind_of(param);
}

static int read_number(const char *dir, const char *file, int *value)
{
	char path[512];
	FILE *f;
	int n;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	f = fopen(path, "r");
	if (!f)
		return -errno;
	n = fscanf(f, "%d", value);
	fclose(f);
	return n == 1 ? 0 : -EINVAL;
}

static int find_id(const struct btf *vmlinux, const struct btf *btf,
		   const char *name, int kind, bool kernel_first)
{
	int kernels = btf__find_by_name_kind(vmlinux, name, kind);
	int own = btf ? brt_find_own(btf, name, kind) : -ENOENT;

	if (kernels <= 0 || own <= 0)
		return own > 0 ? own : kernels;
	return kernel_first && kind != BTF_KIND_FUNC ? kernels : own;
}

int brt_ids(int argc, char **argv)
{
	int fd, total = 0, right = 0;
	struct btf *vmlinux, *btf;
	struct dirent *entry;
	char dir[256];
	DIR *d;

	if (argc != 1 && (argc != 2 || strcmp(argv[1], "kernel")))
		return 2;
	vmlinux = btf__load_vmlinux_btf();
	if (!vmlinux) {
		printf("vmlinux BTF: %s\n", strerror(errno));
		return 1;
	}
	btf = brt_module_btf(argv[0], vmlinux, &fd);
	snprintf(dir, sizeof(dir), "/sys/module/%s/parameters", argv[0]);
	d = opendir(dir);
	while (d && (entry = readdir(d))) {
		char file[256];
		const char *name;
		int kind, got, want;

		snprintf(file, sizeof(file), "%s", entry->d_name);
		kind = split_param(entry->d_name, &name);
		if (kind < 0 || read_number(dir, file, &got))
			continue;
		want = find_id(vmlinux, btf, name, kind, argc == 2);
		total++;
		if (got == want)
			right++;
		fprintf(stderr, "%s %s: module has %d, %s is %d\n",
			got == want ? "right" : "WRONG", file, got,
			(unsigned int)want < btf__type_cnt(vmlinux) ?
			"vmlinux" : "module", want);
	}
	printf("%d of %d ids right\n", right, total);
	return !total || right != total;
}
