#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Writes docs/COLUMNS.md to standard output, from what nf-cli knows of its columns: docs/make_columns.sh > docs/COLUMNS.md
# NF_CLI: the program (default: build/release/bin/nf-cli)
set -euo pipefail
cd "$(dirname "$0")/.."

nf_cli=${NF_CLI:-build/release/bin/nf-cli}
extra=$("$nf_cli" --list-columns | sed '1,/^beside these/d' | awk '{ printf "%s%s", n++ ? "," : "", $1 }')
{ "$nf_cli" --list-columns=json; "$nf_cli" --list-columns=json --columns "$extra"; } | python3 -c '
import json, sys

def cell(text):
    return text.replace("|", "\\|")

own, extra = (json.loads(part + "]") for part in sys.stdin.read().split("]\n")[:2])
print("<!-- SPDX-License-Identifier: GPL-2.0-or-later -->")
print("<!-- Made by docs/make_columns.sh; the sources are core/columns/columns.def and columns_extra.def. -->")
print("# Columns\n")
print("| # | column | type | unit | value | CICFlowMeter 4 |")
print("|---|---|---|---|---|---|")
for n, c in enumerate(own, 1):
    print("| " + " | ".join([str(n), "`%s`" % c["name"]] + [cell(c[k]) for k in ("type", "unit", "formula", "cic")]) + " |")
print("\n## Beside these, in every profile: `--columns +NAME`\n")
print("| column | type | unit | value |")
print("|---|---|---|---|")
for c in extra:
    print("| " + " | ".join(["`%s`" % c["name"]] + [cell(c[k]) for k in ("type", "unit", "formula")]) + " |")
'
