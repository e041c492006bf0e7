#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs what is missing, then builds and runs all tests three times: gcc with every warning an error, gcc with AddressSanitizer and
# UBSan, and clang with optimisation.
set -euo pipefail
cd "$(dirname "$0")/.."

packaging/setup.sh

# check NAME CMAKE-ARGUMENTS...: configures build/NAME, builds it, runs its tests
check() {
	local name=$1 status=0
	shift
	echo
	echo "== $name"
	cmake "$@" --log-level=WARNING >/dev/null
	cmake --build "build/$name" -- --quiet
	ctest --test-dir "build/$name" --output-on-failure -j 2 || status=$?
	# ctest hides what a skipped test says; a person wants to know why.
	sed -n 's/^skipped: /not tested: /p' "build/$name/Testing/Temporary/LastTest.log" | sort -u
	return "$status"
}

check dev --preset dev
check asan --preset asan
check clang --preset release -B build/clang -DNF_WERROR=ON -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++
echo
echo "all checks passed in $((SECONDS / 60)) min $((SECONDS % 60)) s"
