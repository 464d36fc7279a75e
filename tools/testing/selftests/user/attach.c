// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Attaches every program and every struct of operations of an object, writes a
 * value to a file to set them off, and prints the object's global variables on one
 * line.
 */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "brt.h"

static int write_value(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = write(fd, value, strlen(value));
	close(fd);
	return len < 0 ? -errno : 0;
}

static void show_global(const struct btf *btf, const struct btf_var_secinfo *v,
			const char *data)
{
	const struct btf_type *var = btf__type_by_id(btf, v->type);
	const struct btf_type *t = btf__type_by_id(btf, var->type);
	const char *name = btf__name_by_offset(btf, var->name_off);
	int number;

	if (btf_is_array(t)) {
		printf("%s=%.*s ", name, (int)v->size, data + v->offset);
	} else if (v->size == sizeof(number)) {
		memcpy(&number, data + v->offset, sizeof(number));
		if (number == getpid())
			printf("%s=mypid ", name);
		else
			printf("%s=%d ", name, number);
	}
}

static int show_globals(struct bpf_object *obj)
{
	struct bpf_map *map = bpf_object__find_map_by_name(obj, ".bss");
	const struct btf *btf = bpf_object__btf(obj);
	const struct btf_type *sec;
	const char *data;
	size_t size;
	int id, i;

	id = btf__find_by_name_kind(btf, ".bss", BTF_KIND_DATASEC);
	if (!map || id < 0) {
		printf("no globals\n");
		return 1;
	}
	data = bpf_map__initial_value(map, &size);
	sec = btf__type_by_id(btf, id);
	for (i = 0; i < btf_vlen(sec); i++)
		show_global(btf, btf_var_secinfos(sec) + i, data);
	printf("\n");
	return 0;
}

/* Programs that are operations go with their struct, which is a map. */
static int attach_all(struct bpf_object *obj)
{
	struct bpf_program *prog;
	struct bpf_map *map;

	bpf_object__for_each_program(prog, obj)
		if (bpf_program__type(prog) != BPF_PROG_TYPE_STRUCT_OPS &&
		    !bpf_program__attach(prog))
			return -errno;
	bpf_object__for_each_map(map, obj)
		if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS &&
		    !bpf_map__attach_struct_ops(map))
			return -errno;
	return 0;
}

int brt_attach(int argc, char **argv)
{
	struct bpf_object *obj;
	int err;

	if (argc != 3)
		return 2;
	obj = bpf_object__open_file(argv[0], NULL);
	if (!obj) {
		brt_log_reason("open", errno);
		return 1;
	}
	err = bpf_object__load(obj);
	if (err) {
		brt_log_reason("load", err);
		goto out;
	}
	err = attach_all(obj);
	if (err) {
		brt_log_reason("attach", err);
		goto out;
	}
	err = write_value(argv[1], argv[2]);
	if (err)
		printf("%s: %s\n", argv[1], strerror(-err));
	else
		err = show_globals(obj);
out:
	/* Leaving closes the links. */
	return !!err;
}
