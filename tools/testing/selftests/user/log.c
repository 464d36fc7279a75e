// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * libbpf prints the whole verifier log when a program is refused. Keep it, and
 * show only the line that gives the reason.
 */
#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "brt.h"

static char text[1 << 20];
static size_t used;

static int keep(enum libbpf_print_level level, const char *fmt, va_list args)
{
	int len;

	if (level == LIBBPF_DEBUG)
		return 0;
	if (getenv("BRT_VERBOSE"))
		return vfprintf(stderr, fmt, args);
	len = vsnprintf(text + used, sizeof(text) - used, fmt, args);
	if (len > 0)
		used += len;
	if (used >= sizeof(text))
		used = sizeof(text) - 1;
	return len;
}

void brt_log_start(void)
{
	libbpf_set_print(keep);
}

void brt_log_reason(const char *what, int err)
{
	char *line, *next, *reason = NULL, *before = NULL;

	for (line = text; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		/* The verifier's verdict is the line before its statistics. */
		if (!strncmp(line, "processed ", 10) && before) {
			reason = before;
			break;
		}
		if (!reason && !strncmp(line, "libbpf: extern", 14))
			reason = line;
		if (*line)
			before = line;
	}
	printf("%s refused: %s%s%s\n", what, strerror(err < 0 ? -err : err),
	       reason ? ": " : "", reason ? reason : "");
}
