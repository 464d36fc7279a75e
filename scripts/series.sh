#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Write the patch series that makes all this a part of the kernel.
#
# In:  [DIR]  the kernel's source that it is for (default: Debian's of 7.3)
# Out: patches as `git format-patch` writes them in $out/series, whose place is
#      printed. They are made of the files of this tree, laid out anew, and of
#      those in series/: what is different there, and a message for each.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

need git git
source=$(linux_source "${1-}" rust/bindings/bindings_helper.h)

series=$tree/series
driver=kernel/bpf/btf_reconcile
docs=Documentation/bpf/btf_reconcile
selftests=tools/testing/selftests/btf_reconcile
# The kernel's files that are changed.
changed=(rust/bindings/bindings_helper.h rust/helpers/{page,task}.c lib/buildid.c
	kernel/bpf/{Kconfig,Makefile,btf.c,verifier.c} Documentation/bpf/index.rst
	tools/testing/selftests/Makefile MAINTAINERS)
patches=(rust core exports driver docs selftests maintainers)

work=$(mktemp -d "$out/series.XXXXXX")
trap 'rm -rf "$work"' EXIT
# The patches are the same for the same tree.
name=$(git -C "$tree" log -1 --format=%an) mail=$(git -C "$tree" log -1 --format=%ae)
date=$(git -C "$tree" log -1 --format=%aI)
export GIT_AUTHOR_NAME=$name GIT_AUTHOR_EMAIL=$mail GIT_AUTHOR_DATE=$date \
	GIT_COMMITTER_NAME=$name GIT_COMMITTER_EMAIL=$mail GIT_COMMITTER_DATE=$date \
	GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
git() { command git -C "$work" -c core.hooksPath=/dev/null "$@"; }

# insert FILE WHERE PATTERN: what is on standard input goes in there: before or
# after the first line that PATTERN matches, or behind the function it starts.
insert() {
	local file=$work/$1
	awk -v where="$2" -v pattern="$3" '
		FILENAME == "-" { text = text $0 "\n"; next }
		where == "before" && !done && $0 ~ pattern { printf "%s", text; done = 1 }
		{ print }
		where == "after" && !done && $0 ~ pattern { printf "%s", text; done = 1 }
		where == "behind" && !done && $0 ~ pattern { inside = 1 }
		inside && /^}/ { printf "%s", text; inside = 0; done = 1 }
		END { exit !done }' - "$file" >"$file.new" ||
		die "$1 of $source is not as expected: no line like $3"
	mv "$file.new" "$file"
}

# append FILE
append() { cat >>"$work/$1"; }

# place FROM... DIR: files and folders of ours, which name each other as they do
# there.
place() {
	local dir=$work/${*: -1} file
	mkdir -p "$dir"
	cp -r "${@:1:$#-1}" "$dir/"
	while read -r file; do
		sed -i -e "s,Documentation/\([a-z-]*\.rst\),$docs/\1,g" \
			-e "s,\`\`rust/\*\.rs\`\`,\`\`$driver/*.rs\`\`,g" \
			-e "s,\`\`rust/\`\`,\`\`$driver/\`\`,g" \
			-e "s,rust/btf/,$driver/btf/,g" "$file"
	done < <(grep -rlE 'rust/|Documentation/' "$dir")
}

rust() {
	insert rust/bindings/bindings_helper.h after '^#include <linux/blkdev.h>' <<-'END'
		#include <linux/bpf.h>
		#include <linux/btf.h>
		#include <linux/buildid.h>
	END
	insert rust/bindings/bindings_helper.h after '^#include <linux/usb.h>' <<-'END'
		#include <linux/vmalloc.h>
	END
	append rust/helpers/page.c <<-'END'

		/* Not a constant on every architecture. */
		__rust_helper pgprot_t rust_helper_page_kernel(void)
		{
			return PAGE_KERNEL;
		}
	END
	append rust/helpers/task.c <<-'END'

		__rust_helper int rust_helper_cond_resched(void)
		{
			return cond_resched();
		}
	END
}

core() {
	place "$tree"/rust/{btf,facade.rs,kunit.rs,kunit_file.rs,loader_copy.rs,memory.rs} \
		"$series/btf_reconcile_test.rs" $driver
	cp "$series/Kconfig.core" "$work/$driver/Kconfig"
	cp "$series/Makefile.core" "$work/$driver/Makefile"
	cp "$series/kunitconfig" "$work/$driver/.kunitconfig"
	insert kernel/bpf/Kconfig before '^endmenu # "BPF subsystem"' <<-'END'
		source "kernel/bpf/btf_reconcile/Kconfig"

	END
	append kernel/bpf/Makefile <<-'END'

		obj-y += btf_reconcile/
	END
}

exports() {
	insert kernel/bpf/verifier.c behind '^struct btf [*]bpf_get_btf_vmlinux[(]void[)]$' <<-'END'
		EXPORT_SYMBOL_FOR_MODULES(bpf_get_btf_vmlinux, "btf_reconcile");
	END
	insert kernel/bpf/btf.c behind '^u32 btf_nr_types[(]const struct btf [*]btf[)]$' <<-'END'
		EXPORT_SYMBOL_FOR_MODULES(btf_nr_types, "btf_reconcile");
	END
	insert kernel/bpf/btf.c behind '^const struct btf_header [*]btf_header[(]' <<-'END'
		EXPORT_SYMBOL_FOR_MODULES(btf_header, "btf_reconcile");
	END
	insert lib/buildid.c after '^#include <linux/elf.h>' <<-'END'
		#include <linux/export.h>
	END
	insert lib/buildid.c after '^unsigned char vmlinux_build_id' <<-'END'
		EXPORT_SYMBOL_FOR_MODULES(vmlinux_build_id, "btf_reconcile");
	END
}

driver() {
	local file files=()
	for file in "$tree"/rust/*.{rs,c,h} "$tree/rust/report"; do
		case ${file##*/} in
		helpers.[ch]) ;; # In rust/, above.
		*) [[ -e $work/$driver/${file##*/} ]] || files+=("$file") ;;
		esac
	done
	place "${files[@]}" "$series/host.rs" $driver
	# Tests are a module of their own there.
	sed -i '/^#\[cfg(btf_reconcile_kunit)\]$/,+1d' "$work/$driver/main.rs"
	insert $driver/Kconfig before '^config BTF_RECONCILE_KUNIT_TEST' <"$series/Kconfig.driver"
	append $driver/Makefile <"$series/Makefile.driver"
	append rust/bindings/bindings_helper.h <<-'END'

		#if IS_ENABLED(CONFIG_BTF_RECONCILE)
		#include "../../kernel/bpf/btf_reconcile/glue.h"
		#endif
	END
}

docs() {
	place "$tree"/Documentation/{overview,admin-guide,rules,formats,mainline,glossary}.rst \
		"$tree"/Documentation/*.{csv,svg} "$series/index.rst" $docs
	insert Documentation/bpf/index.rst after '^   btf$' <<-'END'
		   btf_reconcile/index
	END
}

selftests() {
	place "$tree"/tools/testing/selftests/{bpf,forms,lib,mods,tests,user} \
		"$tree"/tools/testing/selftests/{build.sh,run-in-vm.sh,config} \
		"$series"/selftests/* $selftests
	place "$tree"/scripts/{arch,arch.sh,libraries.sh} $selftests/scripts
	append $selftests/config <<-'END'
		CONFIG_BTF_RECONCILE=m
		CONFIG_STACKTRACE_BUILD_ID=y
	END
	insert tools/testing/selftests/Makefile after '^TARGETS [+]= breakpoints$' <<-'END'
		TARGETS += btf_reconcile
	END
}

maintainers() {
	insert MAINTAINERS before '^BTRFS FILE SYSTEM' <<-END
		BTF RECONCILE [RUST]
		M:	$name <$mail>
		L:	bpf@vger.kernel.org
		L:	rust-for-linux@vger.kernel.org
		S:	Maintained
		F:	$docs/
		F:	$driver/
		F:	$selftests/

	END
}

command git init -q -b series "$work"
for file in "${changed[@]}"; do
	mkdir -p "$work/$(dirname "$file")"
	cp "$source/$file" "$work/$file"
done
chmod -R u+w "$work"
git add -A
git commit -q -m "the kernel as it is"
for patch in "${patches[@]}"; do
	$patch
	git add -A
	git commit -q -s -F "$series/$patch.msg"
done
git config branch.series.description "$(<"$series/cover.msg")"
rm -rf "$out/series"
git format-patch -q -o "$out/series" --cover-letter --cover-from-description=auto \
	--subject-prefix="PATCH bpf-next" --no-signature ":/the kernel as it is"
echo "$out/series"
