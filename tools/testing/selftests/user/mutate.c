// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Loads a module again and again, each time with something else changed in its
 * BTF sections, its .BTF_ids, or the symbols that tell of these. A number
 * always stands for the same change.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "brt.h"
#include "ko.h"

#define PREFIX "__BTF_ID__"

/* What is changed. */
enum target { TYPES, BASE, IDS, SYMBOLS, NR_TARGETS };

static const char *const target_names[] = {
	[TYPES] = ".BTF",
	[BASE] = "base",
	[IDS] = ".BTF_ids",
	[SYMBOLS] = "symbols",
};

static uint64_t state;

static uint32_t draw(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return below ? (state >> 16) % below : 0;
}

static void seed(unsigned int number)
{
	int i;

	state = 0x9e3779b97f4a7c15ull * (number + 1);
	for (i = 0; i < 8; i++)
		draw(0);
}

/* A number that is often at some limit. */
static uint32_t odd_number(uint32_t now)
{
	static const uint32_t limits[] = {
		0, 1, 2, 0xff, 0xffff, 0xffffff, 0xfffff, 0x7fffffff,
		0x80000000, 0xfffffff0, 0xffffffff, 127424, 127425, 127500,
	};

	switch (draw(4)) {
	case 0:
		return now + 1 + draw(3);
	case 1:
		return now - 1 - draw(3);
	case 2:
		return draw(0x40000);
	default:
		return limits[draw(ARRAY_SIZE(limits))];
	}
}

static void change_word(unsigned char *word)
{
	uint32_t value;

	memcpy(&value, word, sizeof(value));
	value = odd_number(value);
	memcpy(word, &value, sizeof(value));
}

static void flip_bits(unsigned char *data, size_t size, int times)
{
	while (size && times-- > 0)
		data[draw(size)] ^= 1 << draw(8);
}

/* A section of BTF, records and strings alike. */
static void change_btf(struct ko *ko, Elf64_Shdr *section)
{
	unsigned char *data = ko->data + section->sh_offset;
	size_t words = section->sh_size / 4, len;

	if (words < 16)
		return;
	switch (draw(6)) {
	case 0:
		flip_bits(data, section->sh_size, 1 + draw(8));
		break;
	case 1: /* In the header. */
		change_word(data + 4 * draw(6));
		break;
	case 2:
		section->sh_size = draw(section->sh_size + 1);
		break;
	case 3: /* Records in the place of others. */
		len = 4 * (1 + draw(12));
		memmove(data + 4 * draw(words - 13), data + 4 * draw(words - 13),
			len);
		break;
	default:
		for (len = 1 + draw(3); len; len--)
			change_word(data + 4 * draw(words));
	}
}

/* One of the symbols whose names start with PREFIX, or a function's. */
static Elf64_Sym *draw_symbol(struct ko *ko, const char *names, bool functions)
{
	Elf64_Shdr *table = ko_section(ko, ".symtab");
	Elf64_Sym *symbols = (Elf64_Sym *)(ko->data + table->sh_offset);
	size_t count = table->sh_size / sizeof(*symbols), at, i;

	at = draw(count);
	for (i = 0; i < count; i++, at = (at + 1) % count) {
		Elf64_Sym *s = &symbols[at];

		if (!s->st_shndx || s->st_shndx >= SHN_LORESERVE)
			continue;
		if (!strncmp(names + s->st_name, PREFIX, strlen(PREFIX)))
			return s;
		if (functions && ELF64_ST_TYPE(s->st_info) == STT_FUNC)
			return s;
	}
	return NULL;
}

/* The ids and the counts of sets; flags are the module's business. */
static void change_ids(struct ko *ko, const char *names)
{
	Elf64_Shdr *ids = ko_section(ko, ".BTF_ids");
	Elf64_Sym *s;
	int times;

	for (times = 1 + draw(3); times; times--) {
		s = draw_symbol(ko, names, false);
		if (ids && s && s->st_value + 4 <= ids->sh_size)
			change_word(ko->data + ids->sh_offset + s->st_value);
	}
}

static void change_symbol(struct ko *ko, char *names)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)ko->data;
	Elf64_Sym *s = draw_symbol(ko, names, true), *other;
	char *name;

	if (!s)
		return;
	name = names + s->st_name;
	switch (draw(4)) {
	case 0:
		flip_bits((unsigned char *)name, strlen(name), 1 + draw(2));
		return;
	case 1: /* Another's name, or the end of it. */
		other = draw_symbol(ko, names, true);
		s->st_name = other->st_name + draw(2) * 3;
		return;
	}
	/* Where a function lies is none of our business. */
	s = draw_symbol(ko, names, false);
	if (!s)
		return;
	switch (draw(3)) {
	case 0:
		s->st_value = draw(2) ? s->st_value + 1 + draw(8) :
					odd_number(s->st_value);
		break;
	case 1:
		s->st_size = odd_number(s->st_size);
		break;
	default:
		s->st_shndx = draw(4) ? 1 + draw(header->e_shnum - 1) : SHN_ABS;
	}
}

static enum target change(struct ko *ko)
{
	char *names = (char *)ko->data + ko_section(ko, ".strtab")->sh_offset;
	Elf64_Shdr *base = ko_section(ko, ".BTF.base");
	enum target target;

	if (!base)
		base = ko_section(ko, ".BTF.base_ref");
	target = draw(NR_TARGETS);
	if (target == BASE && !base)
		target = TYPES;
	switch (target) {
	case TYPES:
		change_btf(ko, ko_section(ko, ".BTF"));
		break;
	case BASE:
		change_btf(ko, base);
		break;
	case IDS:
		change_ids(ko, names);
		break;
	default:
		change_symbol(ko, names);
	}
	return target;
}

/* Has the kernel show what it made of it; false if it has no BTF for it. */
static bool look_at(const char *name)
{
	static char buf[1 << 16];
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/sys/kernel/btf/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	while (read(fd, buf, sizeof(buf)) > 0)
		;
	close(fd);
	return true;
}

int brt_mutate(int argc, char **argv)
{
	unsigned int number, end, loaded = 0, bare = 0, refused[NR_TARGETS] = {};
	const char *name;
	struct ko ko, copy;
	enum target target;

	if (argc != 3 || ko_open(argv[0], &ko))
		return 2;
	name = ko_name(argv[0]);
	copy.size = ko.size;
	copy.data = malloc(ko.size);
	if (!copy.data)
		return 2;
	number = atoi(argv[1]);
	for (end = number + atoi(argv[2]); number < end; number++) {
		memcpy(copy.data, ko.data, ko.size);
		seed(number);
		target = change(&copy);
		if (syscall(SYS_init_module, copy.data, copy.size, "")) {
			refused[target]++;
			printf("# mutant %u (%s): %s\n", number,
			       target_names[target], strerror(errno));
			continue;
		}
		loaded++;
		if (!look_at(name))
			bare++;
		if (syscall(SYS_delete_module, name, O_NONBLOCK)) {
			printf("mutant %u cannot be unloaded: %s\n", number,
			       strerror(errno));
			return 1;
		}
	}
	printf("%u loaded, %u of them without BTF; refused: %u %u %u, by the symbols %u\n",
	       loaded, bare, refused[TYPES], refused[BASE], refused[IDS],
	       refused[SYMBOLS]);
	free(copy.data);
	ko_close(&ko);
	return 0;
}
