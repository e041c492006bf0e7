#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the plugin costs in tshark: CPU time and peak memory of -z netflower,csv, beside tshark without a statistic, beside -z conv,tcp, and
# the quick way without dissection. The two run in turn.
#
# usage: plugin.sh CAPTURE [RUNS [LINES]]     LINES: only the first ones of the table, 2 for the plugin beside conv,tcp
#
# NF_BUILD  the build folder (default: build/release); tshark must not be run by root, who gets no plugins: then nobody runs it
set -euo pipefail
[ $# -ge 1 ] || { sed -n 's/^# usage: //p' "$0"; exit 1; }
capture=$1 runs=${2:-3} lines=${3:-6}
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

# line NAME COMMAND...: its CPU time against that of the first one, in turn (medians of the ratios), and its peak memory.
base=()
line() {
	local name=$1
	[ $((lines--)) -gt 0 ] || return 0
	shift
	set -- ${as[@]+"${as[@]}"} env HOME="$folder/home" WIRESHARK_PLUGIN_DIR="$folder/plugins" "$@"
	if [ ${#base[@]} = 0 ]; then
		base=("$@")
		printf '%-48s %6.2f x\n' "$name" 1
		return
	fi
	NF_BUILD=$build PYTHONPATH=$(dirname "$0") python3 -B -c '
import sys, measure
name, runs, cut = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
ratio = measure.pair(sys.argv[4 + cut:], sys.argv[4:4 + cut], runs)
print(f"{name:<48} {ratio.cpu:6.2f} x {ratio.peak:8.0f} MiB")' "$name" "$runs" ${#base[@]} "${base[@]}" "$@"
}

printf '%-48s %8s %12s\n' "tshark ..." "CPU" "peak"
line "-q -z conv,tcp" tshark -q -r "$capture" -z conv,tcp
line "-q -z netflower,csv,FILE" tshark -q -r "$capture" -z "netflower,csv,$folder/home/out.csv"
line "-q" tshark -q -r "$capture"
line "-q -n -z netflower,csv,FILE" tshark -q -n -r "$capture" -z "netflower,csv,$folder/home/out.csv"
line "-q -n --disable-protocol eth -z netflower,csv,FILE" tshark -q -n --disable-protocol eth -r "$capture" -z "netflower,csv,$folder/home/out.csv"
line "nf-cli -w FILE" "$build/bin/nf-cli" -q -r "$capture" -w "$folder/home/out.csv"
