# SPDX-License-Identifier: GPL-2.0
#
# make run                          show it on a stock Debian kernel, in QEMU
# make test                         lint, build and all tests
# make corpus                       compare with libbpf on every module of two
#                                   stock kernels, and with Debian's BTF where
#                                   theirs is made without a vmlinux (fetches 3 GB)
# make bench [PLOT=1]               measure time and memory against libbpf, and
#                                   draw it
# make bench-kernel                 compare with the kernel's own relocation, in
#                                   the machine
# make test-arm64                   what may come out otherwise on arm64, emulated:
#                                   make test ARCH=arm64
# make debug-kernel                 build a kernel that watches memory and locks
# make test-debug [PARTS=...]       what only that kernel can tell: leaks, races,
#                                   allocations that fail
# make test-mainline [PATCHED=1]    show on stock kernels what mainline does wrong
#                                   with BTF, and that series/mainline/ cures it
# make test-machine [PARTS=...]     install the packages on a whole Debian machine,
#                                   update its kernel, and boot it
# make series [SRC=DIR]             write patches that make it a part of the kernel
#                                   whose source is in DIR (Debian's)
# make series MAINLINE=1 [SRC=DIR]  write those that cure what mainline does wrong
# make test-series [PARTS=...]      check these, build after each, boot it built in
#                                   and as a module, run the kernel's own checks
# make deb [SIGN=KEY,CERT]          build Debian packages for KERNEL, which may be
#                                   several
# make repo                         an apt repository of them, for the kernels that
#                                   trixie-backports has today
# make rpm                          RPM packages, as far as they can be tried here
# make program [ARCH=arm64]         the program alone, for machines without this
# make docs                         make a book of Documentation/
# make update                       look for newer kernels
# make shell                        a shell inside the root file system
# make [KDIR=/path] modules modules_install clean
#                                   build it for a kernel tree of one's own
# make [KDIR=/path] install uninstall
#                                   with what loads it at boot; heeds DESTDIR
#                                   and PREFIX (/usr)
#
# ARCH=arm64  run, test, debug and compare on another architecture, emulated; build
#             its packages (amd64)
# KERNEL=7.3  the stock kernel to run on (7.3-cloud, 7.2.12, a whole release;
#             7.3-16k for arm64)
# OTHER=7.2   the one that the test modules are compiled for
# O=DIR       where run and test put what they build, in a folder of its own
#             (default: in the cache)

KERNEL ?= 7.3
OTHER ?= $(if $(filter 7.3%,$(KERNEL)),7.2,7.3)
KDIR ?= /lib/modules/$(shell uname -r)/build

# ARCH as Debian calls it: to the kernel's own Makefile amd64 is x86.
arch = $(ARCH:x86%=amd64)
# Kernels by names that tell it, as whole releases do.
named = $(foreach kernel,$(1),$(kernel)$(if $(findstring +,$(kernel)),,$(arch:%=-%)))
both = $(call named,$(KERNEL) $(OTHER))

modules:
	scripts/probe.sh $(KDIR)
	$(MAKE) -C $(KDIR) M=$(CURDIR) $@

# Headers packages hold no key to sign with, and sign-file would complain.
key = $(shell sed -n 's/^CONFIG_MODULE_SIG_KEY="\(.*\)"/\1/p' $(KDIR)/.config)
unsigned = $(if $(wildcard $(key) $(addprefix $(KDIR)/,$(key)) $(filter pkcs11:%,$(key))),,CONFIG_MODULE_SIG_ALL=)

modules_install:
	$(MAKE) -C $(KDIR) M=$(CURDIR) $(unsigned) $@

install:
	$(MAKE) -C $(KDIR) M=$(CURDIR) $(unsigned) INSTALL_MOD_PATH=$(DESTDIR) modules_install
	DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) KDIR=$(KDIR) dist/install.sh install

uninstall:
	DESTDIR=$(DESTDIR) PREFIX=$(PREFIX) KDIR=$(KDIR) dist/install.sh uninstall

clean:
	[ ! -e $(KDIR)/Makefile ] || $(MAKE) -C $(KDIR) M=$(CURDIR) O= $@
	scripts/clean.sh

run:
	scripts/run.sh $(both)

test:
	scripts/test.sh $(both)

test-arm64:
	$(MAKE) test ARCH=arm64

debug-kernel:
	scripts/rootfs.sh
	scripts/kernel.sh prepare debug$(arch:%=-%) build vmlinuz

test-debug:
	scripts/test-debug.sh $(word 2,$(both)) $(PARTS)

series:
	scripts/series$(if $(MAINLINE),-mainline).sh $(SRC)

test-series:
	scripts/test-series.sh $(OTHER) $(PARTS)

test-mainline:
	tools/testing/mainline/run.sh $(both) $(if $(PATCHED),mainline)

test-machine:
	tools/testing/machine/run.sh $(KERNEL) $(OTHER) $(PARTS)

deb:
	SIGN='$(SIGN)' scripts/deb.sh $(call named,$(KERNEL))

repo:
	SIGN='$(SIGN)' REPO_KEY='$(REPO_KEY)' ARCHITECTURES='$(arch)' scripts/repo.sh

rpm:
	scripts/rpm.sh $(KERNEL)

bench:
	tools/testing/bench/run.sh $(if $(PLOT),--plot) $(KERNEL) $(OTHER)

bench-kernel:
	tools/testing/bench-kernel/run.sh $(KERNEL) $(OTHER)

corpus:
	tools/testing/corpus/run.sh --all $(both)
	tools/testing/corpus/whole.sh --all $(both)

program:
	scripts/program.sh $(arch)

docs:
	scripts/docs.sh

update:
	scripts/update.sh $(both)

shell:
	scripts/environment.sh $(both)
	scripts/enter.sh bash

help:
	@sed -n '/^# make/,/^$$/s/^# \{0,1\}//p' Makefile

.PHONY: bench bench-kernel
.PHONY: modules modules_install install uninstall clean run test corpus
.PHONY: test-arm64 debug-kernel test-debug test-mainline test-machine series test-series
.PHONY: deb repo rpm program docs update shell help
