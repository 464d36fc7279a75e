// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Lists the types that a module's BTF adds to its base, one a line, every
 * reference by the name it leads to. Ids are left out, so the list made from a
 * .ko file and the one made from the running kernel can be compared. For
 * "vmlinux" the types are the kernel's.
 */
#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "brt.h"

#define MAX_DEPTH 32

static void ref(const struct btf *btf, __u32 id, int depth);

static const char *str(const struct btf *btf, __u32 off)
{
	const char *s = btf__name_by_offset(btf, off);

	return s ? s : "(bad name)";
}

static void members(const struct btf *btf, const struct btf_type *t, int depth)
{
	int i;

	printf("{");
	for (i = 0; i < btf_vlen(t); i++) {
		printf(" %s@%u", str(btf, btf_members(t)[i].name_off),
		       btf_member_bit_offset(t, i));
		if (btf_member_bitfield_size(t, i))
			printf(":%u", btf_member_bitfield_size(t, i));
		printf(" ");
		ref(btf, btf_members(t)[i].type, depth);
		printf(";");
	}
	printf(" }");
}

static void enumerators(const struct btf *btf, const struct btf_type *t)
{
	int i;

	printf("{");
	for (i = 0; i < btf_vlen(t); i++) {
		if (btf_is_enum64(t))
			printf(" %s=%llu", str(btf, btf_enum64(t)[i].name_off),
			       btf_enum64_value(btf_enum64(t) + i));
		else
			printf(" %s=%d", str(btf, btf_enum(t)[i].name_off),
			       btf_enum(t)[i].val);
	}
	printf(" }");
}

static void proto(const struct btf *btf, const struct btf_type *t, int depth)
{
	int i;

	printf("(");
	for (i = 0; i < btf_vlen(t); i++) {
		printf("%s%s ", i ? ", " : "",
		       str(btf, btf_params(t)[i].name_off));
		ref(btf, btf_params(t)[i].type, depth);
	}
	printf(") returns ");
	ref(btf, t->type, depth);
}

/*
 * Base types may be known as less than they are: a struct as FWD, an enum64 as
 * enum. Both spell the same here.
 */
static const char *word(const struct btf_type *t)
{
	switch (btf_kind(t)) {
	case BTF_KIND_STRUCT:
		return "struct";
	case BTF_KIND_UNION:
		return "union";
	case BTF_KIND_FWD:
		return btf_kflag(t) ? "union" : "struct";
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return "enum";
	case BTF_KIND_TYPEDEF:
		return "typedef";
	case BTF_KIND_FUNC:
		return "func";
	case BTF_KIND_INT:
		return "int";
	case BTF_KIND_FLOAT:
		return "float";
	case BTF_KIND_VAR:
		return "var";
	default:
		return "kind";
	}
}

/* Compilers have different names for the same int: here it is gcc's. */
static const char *name(const struct btf *btf, const struct btf_type *t)
{
	static const char *const names[][2] = {
		{ "short", "short int" },
		{ "unsigned short", "short unsigned int" },
		{ "long", "long int" },
		{ "unsigned long", "long unsigned int" },
		{ "long long", "long long int" },
		{ "unsigned long long", "long long unsigned int" },
	};
	const char *s = str(btf, t->name_off);
	size_t i;

	for (i = 0; btf_is_int(t) && i < ARRAY_SIZE(names); i++) {
		if (!strcmp(s, names[i][0]))
			return names[i][1];
	}
	return s;
}

static void structural(const struct btf *btf, const struct btf_type *t,
		       int depth)
{
	switch (btf_kind(t)) {
	case BTF_KIND_PTR:
		printf("*");
		return ref(btf, t->type, depth);
	case BTF_KIND_CONST:
		printf("const ");
		return ref(btf, t->type, depth);
	case BTF_KIND_VOLATILE:
		printf("volatile ");
		return ref(btf, t->type, depth);
	case BTF_KIND_RESTRICT:
		printf("restrict ");
		return ref(btf, t->type, depth);
	case BTF_KIND_ARRAY:
		printf("[%u] ", btf_array(t)->nelems);
		return ref(btf, btf_array(t)->type, depth);
	case BTF_KIND_FUNC_PROTO:
		return proto(btf, t, depth);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		printf("%s ", word(t));
		return members(btf, t, depth);
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		printf("enum ");
		return enumerators(btf, t);
	default:
		printf("kind %u", btf_kind(t));
	}
}

static bool is_tag(const struct btf_type *t)
{
	return btf_is_type_tag(t) || btf_is_decl_tag(t);
}

/* Stops at the first name; what has none is spelt out. */
static void ref(const struct btf *btf, __u32 id, int depth)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	if (!id) {
		printf("void");
	} else if (!t) {
		printf("(bad id)");
	} else if (depth > MAX_DEPTH) {
		printf("...");
	} else if (is_tag(t)) {
		printf("tag:%s ", str(btf, t->name_off));
		ref(btf, t->type, depth + 1);
	} else if (t->name_off) {
		printf("%s %s", word(t), name(btf, t));
	} else {
		structural(btf, t, depth + 1);
	}
}

/* One line for a type that has a name; others show where they are used. */
static void line(const struct btf *btf, const struct btf_type *t)
{
	if (!t->name_off)
		return;
	if (is_tag(t)) {
		printf("tag %s of ", str(btf, t->name_off));
		ref(btf, t->type, 0);
	} else {
		printf("%s %s ", word(t), name(btf, t));
		if (btf_is_composite(t) || btf_is_any_enum(t) ||
		    btf_is_int(t) || btf_is_float(t))
			printf("size %u ", t->size);
		if (btf_is_composite(t))
			members(btf, t, 0);
		else if (btf_is_any_enum(t))
			enumerators(btf, t);
		else if (btf_is_typedef(t) || btf_is_func(t) || btf_is_var(t))
			ref(btf, t->type, 0);
	}
	printf("\n");
}

int brt_types(int argc, char **argv)
{
	struct btf *btf, *vmlinux;
	unsigned int id;
	int fd;

	if (argc != 1)
		return 2;
	if (strchr(argv[0], '/')) {
		btf = btf__parse_elf(argv[0], NULL);
	} else {
		vmlinux = btf__load_vmlinux_btf();
		btf = vmlinux;
		if (btf && strcmp(argv[0], "vmlinux"))
			btf = brt_module_btf(argv[0], vmlinux, &fd);
	}
	if (!btf) {
		fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
		return 1;
	}
	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	for (id = brt_first_own(btf); id < btf__type_cnt(btf); id++)
		line(btf, btf__type_by_id(btf, id));
	return 0;
}
