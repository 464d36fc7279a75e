// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Loads one program of an object, runs it once, prints what it returned. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "brt.h"

static int test_run(struct bpf_program *prog)
{
	/* A tc program gets a packet, a syscall program no context. */
	static char packet[64];
	int err;

	LIBBPF_OPTS(bpf_test_run_opts, opts);

	if (bpf_program__type(prog) == BPF_PROG_TYPE_SCHED_CLS) {
		opts.data_in = packet;
		opts.data_size_in = sizeof(packet);
		opts.repeat = 1;
	}
	err = bpf_prog_test_run_opts(bpf_program__fd(prog), &opts);
	if (err) {
		printf("run failed: %s\n", strerror(-err));
		return 1;
	}
	/* The caller's pid, for programs that return it. */
	if ((pid_t)opts.retval == getpid())
		printf("ret=mypid\n");
	else
		printf("ret=%d\n", (int)opts.retval);
	return 0;
}

int brt_run(int argc, char **argv)
{
	struct bpf_program *prog, *chosen = NULL;
	struct bpf_object *obj;
	int err;

	if (argc != 2)
		return 2;
	obj = bpf_object__open_file(argv[0], NULL);
	if (!obj) {
		brt_log_reason(argv[0], errno);
		return 1;
	}
	bpf_object__for_each_program(prog, obj) {
		bool this = !strcmp(bpf_program__name(prog), argv[1]);

		bpf_program__set_autoload(prog, this);
		if (this)
			chosen = prog;
	}
	if (!chosen) {
		printf("no program %s\n", argv[1]);
		return 2;
	}
	err = bpf_object__load(obj);
	if (err)
		brt_log_reason(argv[1], err);
	else
		err = test_run(chosen);
	bpf_object__close(obj);
	return !!err;
}
