/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the commands of the test program "brt" share. */
#ifndef BRT_H
#define BRT_H

#include <time.h>

#define ARRAY_SIZE(x) (sizeof(x) / sizeof((x)[0]))

struct btf;

/* Nanoseconds. */
static inline long long brt_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

/* Commands: each takes the arguments after its name and returns an exit code. */
int brt_run(int argc, char **argv);
int brt_attach(int argc, char **argv);
int brt_ids(int argc, char **argv);
int brt_types(int argc, char **argv);
int brt_cycle(int argc, char **argv);
int brt_fault(int argc, char **argv);
int brt_mutate(int argc, char **argv);
int brt_time(int argc, char **argv);
int brt_loadall(int argc, char **argv);
int brt_unloadall(int argc, char **argv);

/* load.c: 0 or a negative errno. */
int brt_load_module(const char *path);
int brt_unload_module(const char *name);

/* log.c: keeps what libbpf prints, shows the one line that says why. */
void brt_log_start(void);
void brt_log_reason(const char *what, int err);

/* modbtf.c: BTF of a loaded module. */
struct btf *brt_module_btf(const char *module, struct btf *vmlinux, int *fd);
int brt_find_own(const struct btf *btf, const char *name, unsigned int kind);
unsigned int brt_first_own(const struct btf *btf);

#endif
