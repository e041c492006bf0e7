# SPDX-License-Identifier: GPL-2.0-or-later
"""Twenty captures in one run.

- Ten captures cut in two, one after another in time, given in any order: the rows are those of one capture that holds them all, whether this
  test or mergecap put it together. A piece begins a millisecond after the one before has ended, and flows go on in it.
- At their own times, which overlap: the rows are those of the captures appended (mergecap -a) in order of their first packets.
- With --per-file: the rows of each capture alone, in the order given.
"""
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "conformance"))
import common
import metamorphic

FILES = 20
THREADS = ("1", "4")


def rows(*arguments):
    done = common.nf_cli("-q", *arguments)
    if done.returncode:
        sys.exit(f"nf-cli {' '.join(arguments)[:200]}: exit status {done.returncode}: {done.stderr}")
    return done.stdout


def chosen(folder):
    """Paths of nanosecond copies of the twenty largest captures with rows, and their records. Other links than Ethernet are left out."""
    found = {}
    size = {name: os.path.getsize(os.path.join(common.DATA, "captures", name)) for name in metamorphic.candidates()}
    for name in sorted(size, key=lambda name: (-size[name], name)):
        path = os.path.join(folder, name + ".pcap")
        try:
            metamorphic.editcap(os.path.join(common.DATA, "captures", name), path, "-F", "nsecpcap")
            found[path] = metamorphic.read_pcap(path)
        except (RuntimeError, ValueError):
            continue
        if len(found) == FILES:
            return found
    sys.exit("there are not enough captures")


def mergecap(out, files, *options):
    subprocess.run(["mergecap", *options, "-F", "pcapng", "-w", out, *files], check=True)
    return out


def in_halves(captures):
    """Ten captures cut in two, in order of time."""
    for records in list(captures.values())[:FILES // 2]:
        # The order of files is that of their first packets: the earliest packet of a piece has to be its first.
        records = sorted(records, key=lambda record: record[0])
        yield records[:len(records) // 2]
        yield records[len(records) // 2:]


def one_after_another(pieces, folder):
    """Files of pieces that follow each other in time, and all their records."""
    now, paths, everything = 1_700_000_000 * 10**9, [], []
    for i, records in enumerate(pieces):
        by = now - records[0][0]
        moved = [(ns + by, wire, data) for ns, wire, data in records]
        paths.append(os.path.join(folder, f"after.{i}.pcap"))
        metamorphic.write_pcap(paths[-1], moved)
        everything += moved
        now = moved[-1][0] + 10**6
    return paths, everything


def check(what, got, want, problems):
    if got != want:
        problems[what] = [f"{len(want.splitlines())} lines became {len(got.splitlines())}, or other ones"]
    else:
        problems[what] = []


def main():
    common.need_data()
    for program in ("editcap", "mergecap"):
        if not shutil.which(program):
            print(f"skipped: there is no {program}")
            return common.SKIPPED
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        captures = chosen(folder)
        after, everything = one_after_another(in_halves(captures), folder)
        whole = os.path.join(folder, "whole.pcap")
        metamorphic.write_pcap(whole, everything)
        want = rows(whole)
        alone = sum(len(rows(path).splitlines()) - 1 for path in after)
        print(f"{len(everything)} frames, {len(want.splitlines()) - 1} rows; each piece alone: {alone} rows")
        mixed_up = after[::2] + after[::-2]
        for threads in THREADS:
            check(f"in any order, {threads} threads", rows("--threads", threads, *mixed_up), want, results)
        check("mergecap", rows(mergecap(os.path.join(folder, "merged"), mixed_up)), want, results)

        paths = list(captures)
        in_order = sorted(paths, key=lambda path: captures[path][0][0])
        appended = mergecap(os.path.join(folder, "appended"), in_order, "-a")
        check("overlapping, mergecap -a", rows(*paths), rows(appended), results)

        singles = [rows(path) for path in paths]
        header = singles[0].split(b"\n", 1)[0] + b"\n"
        want = header + b"".join(single.split(b"\n", 1)[1] for single in singles)
        for threads in THREADS:
            check(f"--per-file, {threads} threads", rows("--per-file", "--threads", threads, *paths), want, results)
    return 0 if common.report("many files", results) else 1


if __name__ == "__main__":
    sys.exit(main())
