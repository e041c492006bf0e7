#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs those packages of packages.txt that are missing. Where none is, it does nothing and needs neither a network nor rights.
set -euo pipefail
cd "$(dirname "$0")"

say() { echo "setup: $*"; }

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	say "this is no Debian system, so nothing is installed. The build needs what $PWD/packages.txt lists."
	exit 0
fi

missing=()
for package in $(sed -e 's/#.*//' packages.txt); do
	state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
	[ "$state" = installed ] || missing+=("$package")
done

if [ "${#missing[@]}" = 0 ]; then
	say "every package of packages.txt is installed"
	exit 0
fi

say "to be installed: ${missing[*]}"
root=()
if [ "$(id -u)" != 0 ]; then
	if ! command -v sudo >/dev/null; then
		say "this needs root, and there is no sudo. As root: apt-get install --no-install-recommends ${missing[*]}" >&2
		exit 1
	fi
	root=(sudo)
fi

# An index that could not be fetched is not yet a failure: the packages may be there all the same.
"${root[@]}" apt-get -q update || say "apt-get update failed; trying with the package index that is there" >&2
if ! "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends "${missing[@]}" </dev/null; then
	say "apt-get could not install: ${missing[*]}" >&2
	say "the list is made for Debian 12; on other releases names may differ" >&2
	exit 1
fi
