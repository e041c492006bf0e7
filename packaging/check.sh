#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs what is missing, then builds and runs all tests four times, with every warning an error: gcc as for daily work, gcc with
# AddressSanitizer and UBSan, gcc and clang as for users. The fuzz targets run for a few seconds, which shows no more than that they work.
set -euo pipefail
cd "$(dirname "$0")/.."

packaging/setup.sh

# build NAME CMAKE-ARGUMENTS...: configures and builds build/NAME
build() {
	local name=$1
	shift
	echo
	echo "== $name"
	cmake "$@" -DNF_WERROR=ON --log-level=WARNING >/dev/null
	cmake --build "build/$name" -- --quiet
}

# check NAME TESTS CMAKE-ARGUMENTS...: the same, and runs the tests: all, or those without tshark and Wireshark and without live capture, which take
# minutes. Those of live capture and of Wireshark's windows run without any other beside them.
check() {
	local name=$1 without=() status=0
	[ "$2" = all ] || without=(-E 'plugin|live')
	shift 2
	build "$name" "$@"
	ctest --test-dir "build/$name" --output-on-failure -j 2 ${without[@]+"${without[@]}"} || status=$?
	# ctest hides what a skipped test says; a person wants to know why.
	sed -n 's/^skipped: /not tested: /p' "build/$name/Testing/Temporary/LastTest.log" | sort -u
	return "$status"
}

check dev core --preset dev
check asan core --preset asan
build fuzz --preset fuzz
for target in build/fuzz/bin/fuzz_*; do
	"$target" -verbosity=0 -max_total_time=10
done
check release all --preset release
check clang core --preset release -B build/clang -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++
echo
echo "all checks passed in $((SECONDS / 60)) min $((SECONDS % 60)) s"
