#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The conformance test: every capture of the conformance data through nf-cli.

usage: run.py [NAME-PART]     only files whose name holds NAME-PART

NF_CLI          the program (default: build/release/bin/nf-cli)
NF_CONFORMANCE  the data (default: ../shared/conformance beside the source tree)

captures  the rows are the expected ones (exceptions: the file of that name), every frame is accounted for, no value is empty, NaN or Inf,
          and neither a German locale, nor the other reader, nor threads change a byte
odd       broken captures and files that are none: exit status 0, 2 or 5, every frame accounted for, a word on standard error where nothing
          was used
"""
import contextlib
import functools
import io
import json
import os
import subprocess
import sys
import tempfile

import common

HERE = os.path.dirname(os.path.abspath(__file__))
GERMAN = "de_DE.UTF-8"


def exceptions():
    with open(os.path.join(HERE, "exceptions")) as f:
        lines = [line.split(None, 1) for line in f if line.strip() and not line.startswith("#")]
    for line in lines:
        if len(line) != 2:
            sys.exit(f"exceptions: {line[0]} has no reason")
    return {name for name, _ in lines}


def german_environment(folder):
    """The variables of a German user. Where the system has no such locale, it is made in the folder; None where that is not possible."""
    installed = subprocess.run(["locale", "-a"], capture_output=True, text=True).stdout.lower().split()
    variables = {"LANG": GERMAN, "LC_ALL": GERMAN, "LANGUAGE": ""}
    if "de_de.utf8" in installed:
        return variables
    try:
        made = subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", os.path.join(folder, GERMAN)], capture_output=True)
    except FileNotFoundError:
        return None
    if made.returncode != 0:
        return None
    return {**variables, "LOCPATH": folder}


def run_one(path, folder, *more, env=None):
    """Runs nf-cli on one file, with more options. Returns (what ran, bytes of the CSV or None, path of the statistics)."""
    out, stats = os.path.join(folder, "out.csv"), os.path.join(folder, "stats.json")
    done = common.nf_cli("-r", path, "-w", out, "--stats-json", stats, *more, env=env)
    data = None
    if os.path.exists(out):
        with open(out, "rb") as f:
            data = f.read()
    return done, data, stats


def compare(name, folder):
    expected = os.path.join(common.DATA, "expected", "netflower", name + ".csv")
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        status = common.load_compare().main(["compare.py", expected, os.path.join(folder, "out.csv")])
    return status == 0, said.getvalue().splitlines()


def is_damaged(path):
    """What Wireshark's capinfos thinks of the file: one of the captures ends in a record that claims 3.9 GB."""
    return subprocess.run(["capinfos", path], capture_output=True).returncode != 0


def capture(job):
    name, excepted, german = job
    path = os.path.join(common.DATA, "captures", name)
    with tempfile.TemporaryDirectory() as folder:
        done, data, stats = run_one(path, folder)
        if done.returncode not in (0, 5) and not (done.returncode == 2 and is_damaged(path)) or data is None:
            return [f"exit status {done.returncode}: {done.stderr.strip()}"]
        rows, problems = common.check_rows(data.decode("ascii"))
        equal, differences = compare(name, folder)
        if excepted and equal:
            problems.append("it is listed in exceptions, but its rows are the expected ones")
        if not excepted and not equal:
            problems += differences
        problems += common.check_stats(stats, rows)[1]
        if run_one(path, folder, "--threads=4", *wiretap(), env=german)[1] != data:
            problems.append("other bytes with wiretap, four threads and a German locale")
        return problems


def odd(name):
    with tempfile.TemporaryDirectory() as folder:
        done, data, stats = run_one(os.path.join(common.DATA, "odd", name), folder)
        if done.returncode not in (0, 2, 5):
            return [f"exit status {done.returncode}: {done.stderr.strip()[-1000:]}"]
        if data is None or not os.path.exists(stats):
            return [] if done.returncode == 2 and done.stderr.strip() else ["no output or no statistics"]
        rows, problems = common.check_rows(data.decode("ascii"))
        numbers, more = common.check_stats(stats, rows)
        problems += more
        if numbers["used"] == 0 and not done.stderr.strip():
            problems.append("nothing was used, and nothing is said about it")
        if done.returncode == 5 and (numbers["used"] != 0 or numbers["frames"] == 0):
            problems.append(f"exit status 5 with {numbers['frames']} frames, {numbers['used']} used")
        return problems


@functools.lru_cache
def wiretap():
    """The option that makes libwiretap the reader; none in a build without it."""
    return ["--reader=wiretap"] if "libwiretap" in common.nf_cli("--version").stdout.decode() else []


def all_at_once(threads, *more):
    """All captures as one stream, which is large enough for several threads: output, numbers but for the time it took, and messages."""
    files = [os.path.join(common.DATA, "captures", n) for n in common.names("captures")]
    with tempfile.TemporaryDirectory() as folder:
        out, stats = os.path.join(folder, "out.csv"), os.path.join(folder, "stats.json")
        done = common.nf_cli("-q", f"--threads={threads}", *more, "-w", out, "--stats-json", stats, *files)
        with open(out, "rb") as rows, open(stats) as numbers:
            return done.returncode, done.stderr, rows.read(), {**json.load(numbers), "seconds": 0}


def main():
    common.need_data()
    part = sys.argv[1] if len(sys.argv) > 1 else ""
    excepted = exceptions()
    with tempfile.TemporaryDirectory() as folder:
        german = german_environment(folder)
        if not german:
            print("skipped: the German locale, which is neither installed nor can be made (Debian: locales)")
        captures = [n for n in common.names("captures") if part in n]
        odds = [n for n in common.names("odd") if part in n]
        results = common.parallel(capture, [(n, n in excepted, german) for n in captures])
    good = common.report("captures", dict(zip(captures, results)))
    good &= common.report("odd", dict(zip(odds, common.parallel(odd, odds))))
    if not part:
        one = all_at_once(1)
        others = [(n, reader) for reader in ((), tuple(wiretap())) for n in (1, 2, 4, 8) if (n, reader) != (1, ())]
        good &= common.report("threads", {f"{n} threads {' '.join(reader)}": [] if all_at_once(n, *reader) == one else ["not what one thread gives"]
                                          for n, reader in dict.fromkeys(others)})
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
