// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Lets every allocation of one thing that the kernel does fail in turn: the
 * n-th of this thread, for n from 1 until there is none left to fail.
 *
 *   look KO             load a module, say in a word what it looks like, unload it
 *   load KO [WORD...]   load and unload a module; with WORDs, one of which it must
 *                       look like in every round. The word "kernel" says that the
 *                       kernel's own allocations fail as well, so that the module
 *                       may be refused.
 *   load+N KO [WORD...] the same, but with the n-th fail the N after it, or all of
 *                       these (load+all): kvrealloc() tries up to three times, in
 *                       different ways. Needs failslab and fail_page_alloc set up
 *                       to fail always, for tasks that have make-it-fail set.
 *   unload KO           unload a module that was loaded without failures
 *   read FILE           read a file
 *
 * Says how many allocations there were, and what came of them. Fails if a module
 * looks otherwise or can't be unloaded, if there is nothing that could fail, or
 * if the last round, in which nothing fails, goes wrong.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "brt.h"
#include "ko.h"

#define FAIL_NTH "/proc/thread-self/fail-nth"
#define MAKE_IT_FAIL "/proc/thread-self/make-it-fail"
#define FAILSLAB "/sys/kernel/debug/failslab"
#define FAIL_PAGE_ALLOC "/sys/kernel/debug/fail_page_alloc"
#define REFUSED "refused"
#define NO_FILE "none"
/* Of a sum over nothing. */
#define START 0xcbf29ce484222325ull

/* Opened beforehand: opening allocates as well. */
static int fail_nth, make_it_fail, times[2];
/* How many more fail. */
static const char *more;
static char **words;
static int nr_words;

static void die(const char *what)
{
	perror(what);
	exit(2);
}

/* Lets the n-th allocation from now on fail; with 0, none. */
static void arm(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n), i;

	if (pwrite(fail_nth, text, len, 0) != len)
		die(FAIL_NTH);
	if (!more)
		return;
	/* Heeded only when no n-th is waited for. */
	for (i = 0; i < 2; i++) {
		if (write(times[i], more, strlen(more)) < 0)
			die("times");
	}
	if (pwrite(make_it_fail, n ? "1" : "0", 1, 0) != 1)
		die(MAKE_IT_FAIL);
}

/* Whether it has failed; none fails any more. */
static bool disarm(void)
{
	char text[16] = "";

	if (pread(fail_nth, text, sizeof(text) - 1, 0) <= 0)
		die(FAIL_NTH);
	arm(0);
	return atoi(text) == 0;
}

/* FNV-1a, over all of a file; false if there is none. */
static bool add_file(uint64_t *sum, const char *path)
{
	static unsigned char buf[1 << 16];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got, i;

	if (fd < 0)
		return false;
	while ((got = read(fd, buf, sizeof(buf))) > 0) {
		for (i = 0; i < got; i++)
			*sum = (*sum ^ buf[i]) * 0x100000001b3ull;
	}
	close(fd);
	return true;
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* What the module shows: ids that it has read from its .BTF_ids. */
static void add_parameters(uint64_t *sum, const char *name)
{
	struct dirent **entries;
	char path[512];
	int i, count;

	snprintf(path, sizeof(path), "/sys/module/%s/parameters", name);
	count = scandir(path, &entries, visible, alphasort);
	for (i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "/sys/module/%s/parameters/%s",
			 name, entries[i]->d_name);
		add_file(sum, path);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

/*
 * A word of two parts: the ids, the BTF. Of a module with kfuncs that it loads
 * says enough: the kernel looks at their ids when they are registered.
 */
static void look(const char *name, char *word, size_t size)
{
	uint64_t ids = START, btf = START;
	char path[128];
	int len;

	add_parameters(&ids, name);
	len = snprintf(word, size, "%016" PRIx64 ",", ids);
	snprintf(path, sizeof(path), "/sys/kernel/btf/%s", name);
	if (add_file(&btf, path))
		snprintf(word + len, size - len, "%016" PRIx64, btf);
	else
		snprintf(word + len, size - len, NO_FILE);
}

/*
 * The kernel goes on without a file that shows the BTF if it has no memory for
 * it: where the kernel's own allocations fail, the rest counts.
 */
static bool same_but_file(const char *word, const char *other)
{
	size_t len = strlen(word) - strlen(NO_FILE);

	return !strcmp(word + len, NO_FILE) && !strncmp(word, other, len);
}

/* Whether it is as it may be, loaded or not. */
static bool allowed(const char *name, unsigned int n, int err)
{
	char word[64] = REFUSED;
	bool kernels = false;
	int i;

	if (!nr_words)
		return true;
	if (!err)
		look(name, word, sizeof(word));
	for (i = 0; i < nr_words; i++)
		kernels |= !strcmp(words[i], "kernel");
	if (err && kernels)
		return true;
	for (i = 0; i < nr_words; i++) {
		if (!strcmp(words[i], word))
			return true;
		if (!err && kernels && same_but_file(word, words[i]))
			return true;
	}
	printf("allocation %u: %s: %s\n", n, strerror(-err), word);
	return false;
}

/* The n-th round: whether an allocation has failed. */
static bool load(const char *path, unsigned int n, int *err, bool *bad)
{
	const char *name = ko_name(path);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool failed;

	if (fd < 0)
		die(path);
	arm(n);
	*err = syscall(SYS_finit_module, fd, "", 0) ? -errno : 0;
	failed = disarm();
	close(fd);
	*bad |= !allowed(name, n, *err);
	if (!*err && brt_unload_module(name)) {
		printf("allocation %u: cannot be unloaded\n", n);
		*bad = true;
	}
	return failed;
}

static bool unload(const char *path, unsigned int n, int *err, bool *bad)
{
	const char *name = ko_name(path);
	bool failed;

	if (brt_load_module(path))
		die(path);
	arm(n);
	*err = syscall(SYS_delete_module, name, O_NONBLOCK) ? -errno : 0;
	failed = disarm();
	if (*err && brt_unload_module(name)) {
		printf("allocation %u: cannot be unloaded\n", n);
		*bad = true;
	}
	return failed;
}

static bool read_file(const char *path, unsigned int n, int *err, bool *bad)
{
	static char buf[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;
	bool failed;

	if (fd < 0)
		die(path);
	arm(n);
	do
		got = read(fd, buf, sizeof(buf));
	while (got > 0);
	*err = got ? -errno : 0;
	failed = disarm();
	close(fd);
	return failed;
}

static int every(bool (*once)(const char *, unsigned int, int *, bool *),
		 const char *path)
{
	unsigned int n, well = 0, refused = 0;
	bool bad = false;
	int err;

	fail_nth = open(FAIL_NTH, O_RDWR | O_CLOEXEC);
	make_it_fail = open(MAKE_IT_FAIL, O_RDWR | O_CLOEXEC);
	times[0] = open(FAILSLAB "/times", O_WRONLY | O_CLOEXEC);
	times[1] = open(FAIL_PAGE_ALLOC "/times", O_WRONLY | O_CLOEXEC);
	if (fail_nth < 0 || make_it_fail < 0 || times[0] < 0 || times[1] < 0)
		die("fault injection");
	for (n = 1; once(path, n, &err, &bad) && !bad; n++) {
		if (err)
			refused++;
		else
			well++;
	}
	printf("%u allocations failed in turn: %u times refused, %u times done\n",
	       n - 1, refused, well);
	if (!bad && err)
		printf("without a failure: %s\n", strerror(-err));
	return bad || err || n == 1;
}

static int look_once(const char *path)
{
	const char *name = ko_name(path);
	char word[64] = REFUSED;

	if (!brt_load_module(path)) {
		look(name, word, sizeof(word));
		if (brt_unload_module(name))
			return 1;
	}
	puts(word);
	return 0;
}

int brt_fault(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	words = argv + 2;
	nr_words = argc - 2;
	if (!strcmp(argv[0], "look"))
		return look_once(argv[1]);
	if (!strncmp(argv[0], "load+", 5))
		more = strcmp(argv[0] + 5, "all") ? argv[0] + 5 : "-1";
	if (more || !strcmp(argv[0], "load"))
		return every(load, argv[1]);
	if (!strcmp(argv[0], "unload"))
		return every(unload, argv[1]);
	if (!strcmp(argv[0], "read"))
		return every(read_file, argv[1]);
	return 2;
}
