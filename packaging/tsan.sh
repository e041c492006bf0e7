#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Looks for races with ThreadSanitizer: builds the preset tsan and runs nf-cli with 1, 2, 4 and 8 threads over captures of all kinds, and the tests of
# what has threads of its own.
#
# usage: tsan.sh [BUILD-FOLDER]     default: build/tsan
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build/tsan}
cmake --preset tsan -B "$build" --log-level=WARNING >/dev/null
cmake --build "$build" -- --quiet
export TSAN_OPTIONS=halt_on_error=1:exitcode=66
ctest --test-dir "$build" --output-on-failure -R '^(test_threads|test_meter|test_native|test_source|test_output|test_engine)$'
