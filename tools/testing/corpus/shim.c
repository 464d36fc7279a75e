// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Keeps the last thing that libbpf said, one for each thread.
 *
 * libbpf says why it refuses in a message only, which it hands over as a
 * va_list: that takes C to read.
 */
#include <bpf/libbpf.h>
#include <stdio.h>
#include <string.h>

static __thread char last[512];

static int keep(enum libbpf_print_level level, const char *format, va_list args)
{
	if (level == LIBBPF_DEBUG)
		return 0;
	vsnprintf(last, sizeof(last), format, args);
	last[strcspn(last, "\n")] = '\0';
	return 0;
}

void shim_listen(void);
const char *shim_last(void);
void shim_forget(void);

void shim_listen(void)
{
	libbpf_set_print(keep);
}

const char *shim_last(void)
{
	return last;
}

void shim_forget(void)
{
	last[0] = '\0';
}
