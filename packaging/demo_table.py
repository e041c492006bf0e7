#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Shows the first rows of a flow CSV as an aligned table of a few columns. usage: demo_table.py FLOWS.csv"""
import csv
import itertools
import sys

COLUMNS = ("src_ip", "src_port", "dst_ip", "dst_port", "protocol", "flow_duration", "tot_fwd_pkts", "tot_bwd_pkts",
           "totlen_fwd_pkts", "totlen_bwd_pkts")
ROWS = 8

with open(sys.argv[1], newline="") as f:
    table = [COLUMNS] + [[row[c] for c in COLUMNS] for row in itertools.islice(csv.DictReader(f), ROWS)]
widths = [max(len(cell) for cell in column) for column in zip(*table)]
for line in table:
    print("  ".join(cell.rjust(width) for cell, width in zip(line, widths)))
