// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The user-space half of the selftests: one command a subject. */
#include <stdio.h>
#include <string.h>

#include "brt.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *usage;
} commands[] = {
	{ "run", brt_run, "OBJ PROG: load and run one program" },
	{ "attach", brt_attach, "OBJ FILE VALUE: attach, write, show globals" },
	{ "ids", brt_ids,
	  "MODULE [kernel]: compare its KIND__NAME parameters, the kernel's first" },
	{ "types", brt_types, "KO|MODULE: list its types, references by name" },
	{ "cycle", brt_cycle, "KO N: load, call brt_add, unload, N times" },
	{ "fault", brt_fault,
	  "look|load[+N]|unload KO, read FILE: let allocations fail" },
	{ "mutate", brt_mutate, "KO FIRST N: load N changed modules" },
	{ "time", brt_time, "LABEL KO N: load it N times, say how long it takes" },
	{ "loadall", brt_loadall, "LIST [times]: load the modules in LIST" },
	{ "unloadall", brt_unloadall, "LIST: unload them again" },
};

#define NR_COMMANDS ARRAY_SIZE(commands)

int main(int argc, char **argv)
{
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; argc > 1 && i < NR_COMMANDS; i++) {
		if (strcmp(argv[1], commands[i].name))
			continue;
		brt_log_start();
		return commands[i].run(argc - 2, argv + 2);
	}
	for (i = 0; i < NR_COMMANDS; i++)
		fprintf(stderr, "brt %s %s\n", commands[i].name,
			commands[i].usage);
	return 2;
}
