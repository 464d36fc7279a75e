# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# BTF as pahole makes it, nothing else. To be sourced.
#
# Out: $features, and the function below

# What scripts/Makefile.btf of the kernel asks pahole for.
features=encode_force,var,float,enum64,decl_tag,type_tag,optimized_func,consistent_func

# encode_to OUT KO [OPTION...]: the BTF of KO, which stands on its own unless an
# OPTION says otherwise. pahole does not cut the file that it writes to.
encode_to() {
	rm -f "$1"
	pahole -J --btf_features="$features" --btf_encode_detached="$1" "${@:3}" "$2"
}
