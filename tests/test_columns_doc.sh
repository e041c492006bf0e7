#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# docs/COLUMNS.md is what its generator makes.
set -euo pipefail
if ! "$NF_SOURCE/docs/make_columns.sh" | diff -u "$NF_SOURCE/docs/COLUMNS.md" -; then
	echo "docs/COLUMNS.md is not up to date: docs/make_columns.sh > docs/COLUMNS.md"
	exit 1
fi
