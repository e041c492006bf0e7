# SPDX-License-Identifier: GPL-2.0-or-later
"""What run.py and metamorphic.py share: finding the data, running nf-cli, reading its rows, two processes at a time."""
import csv
import importlib.util
import json
import multiprocessing
import os
import subprocess
import sys

SOURCE = os.environ.get("NF_SOURCE") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NF_CLI = os.path.abspath(os.environ.get("NF_CLI") or os.path.join(SOURCE, "build/release/bin/nf-cli"))
DATA = os.environ.get("NF_CONFORMANCE") or os.path.normpath(os.path.join(SOURCE, "..", "shared", "conformance"))
COLUMNS = 82
SKIPPED = 77
PROCESSES = 2


def need_data():
    """Ends the program as a skipped test where there are no captures."""
    if not os.path.isdir(os.path.join(DATA, "captures")):
        print(f"skipped: no conformance data at {DATA}")
        sys.exit(SKIPPED)
    if not os.access(NF_CLI, os.X_OK):
        sys.exit(f"there is no {NF_CLI}; NF_CLI says where nf-cli is")


def names(folder):
    return sorted(n for n in os.listdir(os.path.join(DATA, folder)) if not n.startswith("."))


def load_compare():
    """The data's own compare.py, as a module."""
    sys.dont_write_bytecode = True
    spec = importlib.util.spec_from_file_location("compare", os.path.join(DATA, "compare.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def nf_cli(*arguments, stdin=None, env=None):
    """Runs nf-cli; standard output as bytes, standard error as text."""
    done = subprocess.run([NF_CLI, *arguments], input=b"" if stdin is None else stdin, capture_output=True,
                          env={**os.environ, **(env or {})}, timeout=300)
    done.stderr = done.stderr.decode(errors="replace")
    return done


def check_rows(text):
    """The rows of a CSV as dictionaries, and what is wrong with its form."""
    problems = []
    lines = list(csv.reader(text.splitlines()))
    for number, line in enumerate(lines, 1):
        if len(line) != COLUMNS:
            problems.append(f"line {number} has {len(line)} fields, not {COLUMNS}")
        for value in line:
            if value == "" or value.strip("-+").lower() in ("nan", "inf", "infinity"):
                problems.append(f"line {number} holds the value {value!r}")
    if not lines:
        problems.append("there is no header")
    return [dict(zip(lines[0], line)) for line in lines[1:]], problems


def check_stats(path, rows):
    """The numbers of --stats-json, and what does not add up in them and the rows."""
    problems = []
    with open(path) as f:
        stats = json.load(f)
    skipped = sum(stats["skipped"].values())
    packets = sum(int(r["tot_fwd_pkts"]) + int(r["tot_bwd_pkts"]) for r in rows)
    if stats["frames"] != stats["used"] + skipped:
        problems.append(f"{stats['frames']} frames, but {stats['used']} used and {skipped} skipped")
    if packets != stats["used"]:
        problems.append(f"{stats['used']} packets used, but the rows have {packets}")
    if stats["rows"] != len(rows) or sum(stats["flows"].values()) != len(rows):
        problems.append(f"{len(rows)} rows, but the statistics have {stats['rows']} rows and {sum(stats['flows'].values())} flows")
    return stats, problems


def parallel(function, items):
    """function(item) for all items, results in their order."""
    with multiprocessing.Pool(PROCESSES) as pool:
        return pool.map(function, items, chunksize=1)


def report(title, results, more=20):
    """Prints the problems of {name: [problem]}, then one line of sum. True when there are none."""
    bad = {name: problems for name, problems in results.items() if problems}
    for name, problems in list(bad.items())[:more]:
        for problem in problems[:5]:
            print(f"{title}: {name}: {problem}")
    print(f"{title}: {len(results) - len(bad)}/{len(results)}")
    return not bad
