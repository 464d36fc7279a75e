// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Loads and unloads modules, and says how long each load took. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "brt.h"
#include "ko.h"

/* Marks in the trace what belongs to which load. */
static void mark(int fd, const char *what, const char *label)
{
	if (fd >= 0)
		dprintf(fd, "%s %s\n", what, label);
}

int brt_time(int argc, char **argv)
{
	int i, rounds, fd, err;
	long long begin, end;
	struct ko ko;

	if (argc != 3 || ko_open(argv[1], &ko))
		return 2;
	fd = open("/sys/kernel/tracing/trace_marker", O_WRONLY | O_CLOEXEC);
	rounds = atoi(argv[2]);
	for (i = 0; i < rounds; i++) {
		mark(fd, "begin", argv[0]);
		begin = brt_now();
		err = syscall(SYS_init_module, ko.data, ko.size, "") ? errno : 0;
		end = brt_now();
		mark(fd, "end", argv[0]);
		if (err) {
			printf("%s refused: %s\n", argv[0], strerror(err));
			break;
		}
		printf("%s load %lld\n", argv[0], end - begin);
		/* Its BTF is freed after a grace period. */
		while (syscall(SYS_delete_module, ko_name(argv[1]), O_NONBLOCK))
			usleep(1000);
	}
	close(fd);
	ko_close(&ko);
	return 0;
}
