#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds the release where it is not built, and measures it beside other programs: see bench/run.py --help, which has the options.
#
# usage: bench/run.sh --corpus FOLDER [OPTIONS]
#
# NF_BUILD  the build folder (default: build/release)
set -euo pipefail
source=$(realpath "$(dirname "$0")/..")
export NF_BUILD=${NF_BUILD:-$source/build/release}
cmake -S "$source" --preset release -B "$NF_BUILD" --log-level=WARNING >/dev/null
cmake --build "$NF_BUILD" -- --quiet >&2
exec python3 "$source/bench/run.py" "$@"
