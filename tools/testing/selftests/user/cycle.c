// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Loads brt_kfunc.ko, calls its brt_add() from a program, unloads it: many
 * times in one process, so that vmlinux BTF is parsed once only.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "brt.h"

#define MODULE "brt_kfunc"

static int call_add(int btf_fd, int func_id)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 1, .imm = 40 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = 2 },
		{
			.code = BPF_JMP | BPF_CALL,
			.src_reg = BPF_PSEUDO_KFUNC_CALL,
			.off = 1,
			.imm = func_id,
		},
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fds[] = { 0, btf_fd };
	int fd, err;

	LIBBPF_OPTS(bpf_prog_load_opts, load, .fd_array = fds, .prog_flags = BPF_F_SLEEPABLE);
	LIBBPF_OPTS(bpf_test_run_opts, run);

	fd = bpf_prog_load(BPF_PROG_TYPE_SYSCALL, "brt_cycle", "GPL", insns,
			   ARRAY_SIZE(insns), &load);
	if (fd < 0)
		return fd;
	err = bpf_prog_test_run_opts(fd, &run);
	close(fd);
	if (err)
		return err;
	return run.retval == 42 ? 0 : -ERANGE;
}

static int use_module(struct btf *vmlinux)
{
	struct btf *btf;
	int fd, id, err;

	btf = brt_module_btf(MODULE, vmlinux, &fd);
	if (!btf)
		return -errno;
	id = brt_find_own(btf, "brt_add", BTF_KIND_FUNC);
	err = id < 0 ? id : call_add(fd, id);
	btf__free(btf);
	close(fd);
	return err;
}

static int fail(int round, const char *what, int err)
{
	printf("round %d: %s: %s\n", round, what, strerror(-err));
	return 1;
}

int brt_cycle(int argc, char **argv)
{
	struct btf *vmlinux;
	int i, err, rounds;

	if (argc != 2)
		return 2;
	rounds = atoi(argv[1]);
	vmlinux = btf__load_vmlinux_btf();
	if (!vmlinux)
		return fail(0, "vmlinux BTF", -errno);
	for (i = 1; i <= rounds; i++) {
		err = brt_load_module(argv[0]);
		if (err)
			return fail(i, "load", err);
		err = use_module(vmlinux);
		if (err) {
			brt_unload_module(MODULE);
			return fail(i, "use", err);
		}
		err = brt_unload_module(MODULE);
		if (err)
			return fail(i, "unload", err);
	}
	printf("%d rounds\n", rounds);
	return 0;
}
