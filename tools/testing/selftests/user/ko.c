// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Reads a module's file and finds sections in it. Trusts what it reads. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ko.h"

int ko_open(const char *path, struct ko *ko)
{
	struct stat st;
	ssize_t got;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st)) {
		close(fd);
		return -errno;
	}
	ko->size = st.st_size;
	ko->data = malloc(ko->size);
	got = ko->data ? read(fd, ko->data, ko->size) : -1;
	close(fd);
	if (got != (ssize_t)ko->size || memcmp(ko->data, ELFMAG, SELFMAG)) {
		ko_close(ko);
		return -EINVAL;
	}
	return 0;
}

void ko_close(struct ko *ko)
{
	free(ko->data);
	ko->data = NULL;
}

Elf64_Shdr *ko_section(const struct ko *ko, const char *name)
{
	const Elf64_Ehdr *header = (const Elf64_Ehdr *)ko->data;
	Elf64_Shdr *table = (Elf64_Shdr *)(ko->data + header->e_shoff);
	const char *names;
	int i;

	names = (const char *)ko->data + table[header->e_shstrndx].sh_offset;
	for (i = 0; i < header->e_shnum; i++) {
		if (!strcmp(names + table[i].sh_name, name))
			return &table[i];
	}
	return NULL;
}

const char *ko_name(const char *path)
{
	static char name[64];
	const char *base = strrchr(path, '/');
	size_t i;

	base = base ? base + 1 : path;
	for (i = 0; base[i] && base[i] != '.' && i < sizeof(name) - 1; i++)
		name[i] = base[i] == '-' ? '_' : base[i];
	name[i] = '\0';
	return name;
}
