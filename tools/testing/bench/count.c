// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Counts the memory that is in use, and the most that ever was.
 *
 * The linker leads every call of these functions here, from C and from Rust:
 * one measure for both. The program has one thread.
 */
#include <malloc.h>
#include <stddef.h>

static long used, most;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *old);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *old);
void count_start(void);
long count_peak(void);

static void *take(void *new)
{
	used += malloc_usable_size(new);
	if (used > most)
		most = used;
	return new;
}

void *__wrap_malloc(size_t size)
{
	return take(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
	return take(__real_calloc(count, size));
}

void *__wrap_realloc(void *old, size_t size)
{
	long before = malloc_usable_size(old);
	void *new = __real_realloc(old, size);

	if (new || !size)
		used -= before;
	return take(new);
}

void __wrap_free(void *old)
{
	used -= malloc_usable_size(old);
	__real_free(old);
}

/* From now on, what is in use beyond what is in use now counts. */
void count_start(void)
{
	used = 0;
	most = 0;
}

long count_peak(void)
{
	return most;
}
