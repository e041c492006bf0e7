#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: demo.sh [CAPTURE]
# Installs what is missing, builds nf-cli, and turns CAPTURE, or a small capture made here, into build/demo/flows.csv.
set -euo pipefail

if [ "$#" -gt 1 ]; then
	echo "usage: $0 [CAPTURE]" >&2
	exit 1
fi
capture=${1:+$(realpath -- "$1")}
cd "$(dirname "$0")/.."

packaging/setup.sh
cmake --preset release --log-level=WARNING >/dev/null
cmake --build --preset release --target nf-cli -- --quiet

mkdir -p build/demo
rm -f build/demo/flows.csv
if [ -z "$capture" ]; then
	capture=build/demo/demo.pcap
	python3 packaging/demo_capture.py >"$capture"
fi

echo
echo "build/release/bin/nf-cli -r $capture -w build/demo/flows.csv"
status=0
build/release/bin/nf-cli -r "$capture" -w build/demo/flows.csv 2>&1 || status=$?
[ -e build/demo/flows.csv ] || exit "$status"

echo
echo "build/demo/flows.csv has $(head -n 1 build/demo/flows.csv | tr ',' '\n' | wc -l) columns. Some of them, first rows:"
python3 packaging/demo_table.py build/demo/flows.csv
exit "$status"
