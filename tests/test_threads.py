# SPDX-License-Identifier: GPL-2.0-or-later
"""Any number of threads gives what one gives: rows, numbers, messages and exit status, with options and inputs of all kinds. The captures are
made here, and long enough for a team of threads. In a build with ThreadSanitizer this looks for races in the whole program (packaging/tsan.sh).
"""
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = os.environ.get("NF_SOURCE") or os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NF_CLI = os.path.abspath(os.environ.get("NF_CLI") or os.path.join(SOURCE, "build/release/bin/nf-cli"))
THREADS = (2, 4, 8)
OUTPUT_FAILED = 3
TAKEN = re.compile(r" in [0-9.]+ s\b")
ENVIRONMENT = {**os.environ, "TSAN_OPTIONS": "halt_on_error=1:exitcode=66"}

# name, arguments ({x}: the capture x), capture for standard input, what the exit status has to be
CASES = [
    ("pcap", ["{varied.pcap}"], None, 0),
    ("pcapng", ["{varied.pcapng}"], None, 0),
    ("wiretap", ["--reader=wiretap", "{varied.pcap}"], None, 0),
    ("gzip", ["{varied.pcap.gz}"], None, 0),
    ("zstd", ["{varied.pcap.zst}"], None, 0),
    ("standard input", ["-r", "-"], "varied.pcap", 0),
    ("gzip on standard input", ["-r", "-"], "varied.pcap.gz", 0),
    ("many flows", ["{manyflows.pcap}"], None, 0),
    ("three captures", ["{varied.pcap}", "{manyflows.pcap}", "{varied.pcapng}"], None, 0),
    ("per file", ["--per-file", "{varied.pcap}", "{varied.pcapng}", "{manyflows.pcap}"], None, 0),
    ("cut short", ["{cut.pcap}"], None, 2),
    ("cut short, then another", ["{cut.pcap}", "{manyflows.pcap}"], None, 2),
    ("active timeout", ["--active-timeout=1", "{varied.pcap}"], None, 0),
    ("short idle timeout", ["--idle-timeout=0.5", "{varied.pcap}"], None, 0),
    ("at most 100 flows", ["--max-flows=100", "{varied.pcap}"], None, 0),
    ("filter", ["-f", "tcp port 443", "{varied.pcap}"], None, 0),
    ("count", ["-c", "41234", "{varied.pcap}"], None, 0),
    ("tsv, few columns", ["-T", "tsv", "--columns", "src_ip,dst_ip,tot_fwd_pkts", "{varied.pcap}"], None, 0),
    ("full output", ["-w", "/dev/full", "{varied.pcap}"], None, OUTPUT_FAILED),
]


def make(folder):
    def generate(name, *arguments):
        subprocess.run([sys.executable, os.path.join(SOURCE, "bench", "captures.py"), arguments[0], os.path.join(folder, name), *arguments[1:]],
                       check=True, stderr=subprocess.DEVNULL)
    generate("varied.pcap", "varied", "--packets", "60000")
    generate("varied.pcapng", "varied", "--packets", "60000")
    generate("manyflows.pcap", "manyflows", "--flows", "40000")
    with open(os.path.join(folder, "varied.pcap"), "rb") as f:
        data = f.read()
    with open(os.path.join(folder, "cut.pcap"), "wb") as f:
        f.write(data[:-7])
    with gzip.open(os.path.join(folder, "varied.pcap.gz"), "wb", compresslevel=1) as f:
        f.write(data)
    if shutil.which("zstd"):
        subprocess.run(["zstd", "-q", os.path.join(folder, "varied.pcap")], check=True)


def run(case, threads, folder):
    """Exit status, rows, messages, numbers."""
    _, arguments, given, _ = case
    stats = os.path.join(folder, "stats.json")
    command = [NF_CLI, f"--threads={threads}", "--stats-json", stats]
    command += [re.sub(r"^\{(.*)\}$", lambda m: os.path.join(folder, m.group(1)), a) for a in arguments]
    stdin = None
    if os.path.exists(stats):
        os.remove(stats)
    if given:
        with open(os.path.join(folder, given), "rb") as f:
            stdin = f.read()
    done = subprocess.run(command, input=stdin if given else b"", capture_output=True, env=ENVIRONMENT, timeout=600)
    numbers = {}
    if os.path.exists(stats):
        with open(stats) as f:
            numbers = {**json.load(f), "seconds": 0}
    return done.returncode, done.stdout, TAKEN.sub("", done.stderr.decode(errors="replace")), numbers


def check(case, folder):
    """What is wrong, in words."""
    one = run(case, 1, folder)
    if one[0] != case[3]:
        return [f"exit status {one[0]}: {one[2][-2000:]}"]
    problems = []
    for threads in THREADS:
        many = run(case, threads, folder)
        for what, a, b in zip(("exit status", "rows", "messages", "numbers"), one, many):
            # How far a run is when it finds the output full depends on who writes.
            if a != b and not (what == "numbers" and one[0] == OUTPUT_FAILED):
                problems.append(f"{threads} threads: other {what}" + (f": {b!r}"[:4000] if what != "rows" else ""))
    return problems


def main():
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        make(folder)
        cases = [c for c in CASES if not any(".zst" in a and not shutil.which("zstd") for a in c[1])]
        for case in cases:
            problems = check(case, folder)
            bad += bool(problems)
            for problem in problems:
                print(f"{case[0]}: {problem}")
    print(f"threads: {len(cases) - bad}/{len(cases)}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
