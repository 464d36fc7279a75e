#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run a command as root in a mount namespace of its own.
#
# In:  CMD...  as root, or as a user who may make user namespaces
# Out: its exit status; signals reach it directly, its mounts go with it.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

need unshare util-linux mount mount
if ((EUID == 0)); then
	unshare --mount true 2>/dev/null ||
		die "root may not mount here: give the container CAP_SYS_ADMIN"
	exec unshare --mount -- "$@"
fi

need newuidmap uidmap
for file in /etc/subuid /etc/subgid; do
	grep -qsE "^($(id -un)|$(id -u)):" $file ||
		die "no entry for $(id -un) in $file: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $(id -un)"
done
unshare --user --map-root-user true 2>/dev/null ||
	die "user namespaces are off: sysctl kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000, or run as root"
exec unshare --user --map-auto --map-root-user --mount -- "$@"
