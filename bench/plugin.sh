#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the plugin costs in tshark: CPU time and peak memory of -z netflower,csv, beside tshark without a statistic, beside -z conv,tcp, and
# the quick way without dissection.
#
# usage: plugin.sh CAPTURE [RUNS]
#
# NF_BUILD  the build folder (default: build/release); tshark must not be run by root, who gets no plugins: then nobody runs it
set -euo pipefail
[ $# -ge 1 ] || { sed -n 's/^# usage: //p' "$0"; exit 1; }
capture=$1 runs=${2:-3}
build=$(realpath "${NF_BUILD:-$(dirname "$0")/../build/release}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp -r "$build/lib/wireshark/plugins" "$folder/plugins"
mkdir "$folder/home"
chmod 755 "$folder"
as=()
if [ "$(id -u)" = 0 ]; then
	chown -R 65534:65534 "$folder"
	as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
fi

# The smallest CPU time of some runs, and the memory of that run. Python's resource module knows both of an ended child.
measure='
import os, resource, subprocess, sys
runs, command = int(sys.argv[1]), sys.argv[2:]
best = (1e9, 0)
for _ in range(runs):
    child = os.fork()
    if child == 0:
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 1), os.dup2(null, 2)
        os.execvp(command[0], command)
    _, status, used = os.wait4(child, 0)
    if status:
        sys.exit(f"{command}: status {status}")
    best = min(best, (used.ru_utime + used.ru_stime, used.ru_maxrss))
print(f"{best[0]:.2f} {best[1] / 1024:.0f}")'

base=
line() {
	local name=$1 cpu memory
	shift
	read -r cpu memory < <(python3 -c "$measure" "$runs" ${as[@]+"${as[@]}"} env HOME="$folder/home" WIRESHARK_PLUGIN_DIR="$folder/plugins" "$@")
	base=${base:-$cpu $memory}
	awk -v name="$name" -v cpu="$cpu" -v memory="$memory" -v base="$base" 'BEGIN {
		split(base, b, " ")
		printf "%-48s %8.2f s %6.2f x %8d MB %6.2f x\n", name, cpu, cpu / b[1], memory, memory / b[2]
	}'
}

printf '%-48s %10s %8s %11s\n' "tshark ..." "CPU" "" "memory"
line "-q -z conv,tcp" tshark -q -r "$capture" -z conv,tcp
line "-q -z netflower,csv,FILE" tshark -q -r "$capture" -z "netflower,csv,$folder/home/out.csv"
line "-q" tshark -q -r "$capture"
line "-q -n -z netflower,csv,FILE" tshark -q -n -r "$capture" -z "netflower,csv,$folder/home/out.csv"
line "-q -n --disable-protocol eth -z netflower,csv,FILE" tshark -q -n --disable-protocol eth -r "$capture" -z "netflower,csv,$folder/home/out.csv"
line "nf-cli -w FILE" "$build/bin/nf-cli" -q -r "$capture" -w "$folder/home/out.csv"
