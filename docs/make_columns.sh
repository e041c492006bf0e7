#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Writes docs/COLUMNS.md to standard output, from what nf-cli knows of its columns: docs/make_columns.sh > docs/COLUMNS.md
# NF_CLI: the program (default: build/release/bin/nf-cli)
set -euo pipefail
cd "$(dirname "$0")/.."

"${NF_CLI:-build/release/bin/nf-cli}" --list-columns=json | python3 -c '
import json, sys

def cell(text):
    return text.replace("|", "\\|")

columns = json.load(sys.stdin)
print("<!-- SPDX-License-Identifier: GPL-2.0-or-later -->")
print("<!-- Made by docs/make_columns.sh; the source is core/columns/columns.def. -->")
print("# Columns\n")
print("| # | column | type | unit | value | CICFlowMeter 4 |")
print("|---|---|---|---|---|---|")
for n, c in enumerate(columns, 1):
    print("| " + " | ".join([str(n), "`%s`" % c["name"]] + [cell(c[k]) for k in ("type", "unit", "formula", "cic")]) + " |")
'
