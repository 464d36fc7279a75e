// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Loads many modules and says of each what became of it: of those that load,
 * whether the BTF that the kernel shows is the very one in the file, or how long
 * it took.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "brt.h"
#include "ko.h"

/* Seconds that one module's init may take. */
#define PATIENCE 30

static const char *compare_btf(const struct ko *ko, const char *name)
{
	Elf64_Shdr *section = ko_section(ko, ".BTF");
	const char *result = "differs";
	char path[128];
	size_t at = 0;
	ssize_t got;
	char *shown;
	int fd;

	snprintf(path, sizeof(path), "/sys/kernel/btf/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return section ? "none" : "bare";
	if (!section) {
		close(fd);
		return "differs";
	}
	shown = malloc(section->sh_size + 1);
	while (shown && at <= section->sh_size) {
		got = read(fd, shown + at, section->sh_size + 1 - at);
		if (got <= 0)
			break;
		at += got;
	}
	if (at == section->sh_size &&
	    !memcmp(shown, ko->data + section->sh_offset, at))
		result = "same";
	free(shown);
	close(fd);
	return result;
}

/*
 * In a process of its own, so that one that never ends is not waited for. *took
 * is shared with it: nanoseconds.
 */
static int load(const struct ko *ko, long long *took)
{
	int status, waited;
	long long begin;
	pid_t pid = fork();

	if (pid < 0)
		return errno;
	if (!pid) {
		begin = brt_now();
		if (syscall(SYS_init_module, ko->data, ko->size, ""))
			_exit(errno);
		*took = brt_now() - begin;
		_exit(0);
	}
	for (waited = 0; waited < PATIENCE * 500; waited++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
		usleep(2000);
	}
	return ETIMEDOUT;
}

static int load_one(const char *path, bool times, long long *took)
{
	const char *name = ko_name(path);
	struct ko ko;
	int err;

	err = ko_open(path, &ko);
	if (err) {
		printf("%s unreadable\n", name);
		return 0;
	}
	err = load(&ko, took);
	if (!err && times)
		printf("%s load %lld\n", name, *took);
	else if (err)
		printf("%s failed %s\n", name, strerror(err));
	else
		printf("%s loaded %s\n", name, compare_btf(&ko, name));
	ko_close(&ko);
	return err == ETIMEDOUT;
}

static char **read_list(const char *path, int *count)
{
	char **lines = NULL, line[512];
	FILE *file = fopen(path, "r");

	*count = 0;
	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		lines = realloc(lines, (*count + 1) * sizeof(*lines));
		lines[(*count)++] = strdup(line);
	}
	if (file)
		fclose(file);
	return lines;
}

int brt_loadall(int argc, char **argv)
{
	int i, count, stuck = 0;
	long long *took;
	char **paths;

	if (argc < 1 || argc > 2 || (argc == 2 && strcmp(argv[1], "times")))
		return 2;
	took = mmap(NULL, sizeof(*took), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (took == MAP_FAILED)
		return 1;
	paths = read_list(argv[0], &count);
	for (i = 0; i < count && !stuck; i++)
		stuck = load_one(paths[i], argc == 2, took);
	return stuck;
}

/* In reverse, again as long as that lets others go. */
int brt_unloadall(int argc, char **argv)
{
	int i, count, left = 0, before;
	char **paths;

	if (argc != 1)
		return 2;
	paths = read_list(argv[0], &count);
	do {
		before = left;
		left = 0;
		for (i = count - 1; i >= 0; i--) {
			if (syscall(SYS_delete_module, ko_name(paths[i]),
				    O_NONBLOCK) && errno != ENOENT)
				left++;
		}
	} while (left && left != before);
	printf("%d stay\n", left);
	return 0;
}
