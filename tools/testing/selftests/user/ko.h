/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Sections of a module's file. */
#ifndef KO_H
#define KO_H

#include <elf.h>
#include <stddef.h>

struct ko {
	unsigned char *data;
	size_t size;
};

int ko_open(const char *path, struct ko *ko);
void ko_close(struct ko *ko);

/* Where the header of the section of that name is, or NULL. */
Elf64_Shdr *ko_section(const struct ko *ko, const char *name);

/* The name that a module of that path loads by; static. */
const char *ko_name(const char *path);

#endif
