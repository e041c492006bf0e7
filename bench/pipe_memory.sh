#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: pipe_memory.sh [GIGABYTES]
# Sends a capture made on the fly (default: 10 GB) through a pipe into nf-cli and prints how much memory nf-cli holds meanwhile: it must
# not grow with the length of the capture. NF_CLI: the program (default: build/release/bin/nf-cli).
set -euo pipefail
cd "$(dirname "$0")/.."
gigabytes=${1:-10}
nf_cli=${NF_CLI:-build/release/bin/nf-cli}

folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
"${CC:-cc}" -O2 -o "$folder/stream" bench/stream.c
mkfifo "$folder/pipe"
"$folder/stream" "$gigabytes" >"$folder/pipe" &
"$nf_cli" -r - -w /dev/null <"$folder/pipe" &
reader=$!

peak=0
while memory=$(awk '/^VmHWM/ { peak = $2 } /^VmRSS/ { print $2, peak }' "/proc/$reader/status" 2>/dev/null) && [ -n "$memory" ]; do
	peak=${memory#* }
	[ $((SECONDS % 10)) != 0 ] || echo "$SECONDS s: $((${memory% *} / 1024)) MB"
	sleep 1
done
wait "$reader"
echo "$gigabytes GB in $SECONDS s, at most $((peak / 1024)) MB"
