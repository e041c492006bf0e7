#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The guard: instructions that each part of the way costs on small made up captures, beside the figures kept in the repository.

usage: instructions.py MICRO COMPILER                       compares; fails where one grew by more than 5 %
       instructions.py MICRO COMPILER --update [--reason R] writes the figures that have changed

MICRO is the program of bench/micro.c, COMPILER the name of the file below bench/instructions, as gcc-12. valgrind counts, the hash has a
fixed seed: the same program gives the same figures.

A figure that has to grow is written with --update and a --reason, which stands beside it and belongs into the same commit. Where git is there, a
figure that grew while its reason stayed fails, too. A figure that became smaller by more than 5 % should be lowered with --update, or the
gain may be lost unseen; what changes by less is left as it is, so that many small steps add up to one that is seen.

Exit status: 0 all is well, 1 it is not, 77 there is no valgrind, or no figures for this compiler or processor.
"""
import argparse
import collections
import glob
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SKIPPED = 77
MOST = 0.05 + 1e-9
ROW_PARTS = ("take+values", "take+values+text")

# capture, arguments of captures.py, the parts that are looked at
INPUTS = [
    ("varied.pcap", ("varied", "--packets", "20000"), ("whole", "read", "decode", "table+numbers", "numbers") + ROW_PARTS),
    ("varied.pcapng", ("varied", "--packets", "20000"), ("whole", "read")),
    ("manyflows.pcap", ("manyflows", "--flows", "10000"), ("whole", "table+numbers") + ROW_PARTS),
    ("elephant.pcap", ("elephant", "--packets", "20000"), ("whole", "table+numbers", "numbers")),
]

Figure = collections.namedtuple("Figure", "instructions unit reason")
HEAD = """# Instructions of each part on a made up capture, see bench/instructions.py. One more than 5 % larger needs a reason of its own.
# {machine}
# capture part instructions unit reason
"""


# ---- counting

def count(micro, capture, folder):
    """{part: (instructions a unit, unit)} of one capture."""
    out = os.path.join(folder, "callgrind")
    for old in glob.glob(out + "*"):
        os.remove(old)
    done = subprocess.run(["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={out}", micro, capture, "1"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{capture}: micro under valgrind ended with {done.returncode}: {done.stderr[-500:]}")
    units = {line[0]: (line[1], int(line[2])) for line in (row.split("\t") for row in done.stdout.splitlines())}
    figures = {}
    for path in glob.glob(out + ".*"):
        with open(path) as f:
            text = f.read()
        part, total = re.search(r"^desc: Trigger: Client Request: (.*)$", text, re.M), re.search(r"^totals: (\d+)", text, re.M)
        if part and total:
            unit, n = units[part.group(1)]
            figures[part.group(1)] = int(total.group(1)) / max(n, 1), unit
    return figures


def count_all(micro):
    """{(capture, part): Figure}"""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, arguments, parts in INPUTS:
            capture = os.path.join(folder, name)
            subprocess.run([sys.executable, os.path.join(HERE, "captures.py"), arguments[0], capture, *arguments[1:]], check=True,
                           stderr=subprocess.DEVNULL)
            figures = count(micro, capture, folder)
            if not figures:
                print("skipped: micro was built without valgrind/callgrind.h (Debian: valgrind)")
                sys.exit(SKIPPED)
            for part in parts:
                found[name, part] = Figure(round(figures[part][0], 1), figures[part][1], "")
    return found


# ---- the file

def parse(text):
    """{(capture, part): Figure}"""
    figures = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            capture, part, instructions, unit, *reason = line.split(None, 4)
            figures[capture, part] = Figure(float(instructions), unit, reason[0] if reason else "")
    return figures


def written(figures):
    return HEAD.format(machine=platform.machine()) + "".join(f"{capture:<15} {part:<17} {f.instructions:9.1f} {f.unit:<7} {f.reason}\n"
                                                              for (capture, part), f in figures.items())


# ---- comparing

def change(old, new):
    return new.instructions / old.instructions - 1


def compare(kept, found):
    """Problems, and remarks that are none."""
    problems, remarks = [], []
    for key, new in found.items():
        name = f"{key[0]}, {key[1]}"
        old = kept.get(key)
        if not old:
            problems.append(f"{name}: no figure is kept (--update)")
            continue
        if not old.reason:
            problems.append(f"{name}: its figure has no reason")
        by = change(old, new)
        text = f"{name}: {old.instructions:.1f} became {new.instructions:.1f} instructions a {new.unit} ({by:+.1%})"
        if by > MOST:
            problems.append(text + ": make it cheaper, or keep the new figure with --update --reason")
        elif by < -MOST:
            remarks.append(text + ": lower the figure with --update")
    problems += [f"{key[0]}, {key[1]}: is kept, but not measured" for key in kept if key not in found]
    return problems, remarks


def unexplained(before, after):
    """Figures that grew between two versions of the file while their reason stayed."""
    return [f"{key[0]}, {key[1]}: the figure grew from {before[key].instructions:.1f} to {new.instructions:.1f}, but the reason is the old one"
            for key, new in after.items() if key in before and change(before[key], new) > MOST and new.reason == before[key].reason]


def git(*arguments, folder):
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None


def unexplained_in_git(path):
    """What the last commit of the file, and the file as it is now, changed without a reason."""
    folder, name = os.path.split(path)
    with open(path) as f:
        versions = [f.read()]
    for commit in (git("log", "-n2", "--format=%H", "--", name, folder=folder) or "").split():
        versions.append(git("show", f"{commit}:./{name}", folder=folder) or "")
    found = []
    for after, before in zip(versions, versions[1:]):
        found += unexplained(parse(before), parse(after))
    return found


def update(kept, found, reason):
    """The figures to keep, and what is in the way."""
    figures, problems = {}, []
    for key, new in found.items():
        old = kept.get(key)
        if old and abs(change(old, new)) <= MOST:
            figures[key] = old
        elif old and change(old, new) > MOST and (not reason or reason == old.reason):
            problems.append(f"{key[0]}, {key[1]}: grew by {change(old, new):.1%}: say why, with a --reason that is new")
        else:
            figures[key] = new._replace(reason=reason or ("lowered" if old else "first figure"))
    return figures, problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("micro")
    parser.add_argument("compiler")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--reason", default="")
    options = parser.parse_args()
    path = os.path.join(HERE, "instructions", options.compiler + ".txt")
    if not shutil.which("valgrind"):
        print("skipped: there is no valgrind")
        return SKIPPED
    text = ""
    if os.path.exists(path):
        with open(path) as f:
            text = f.read()
    if not options.update and (not text or f"# {platform.machine()}\n" not in text):
        print(f"skipped: no figures are kept for {options.compiler} on {platform.machine()}")
        return SKIPPED
    kept, found = parse(text), count_all(options.micro)
    remarks = []
    if options.update:
        figures, problems = update(kept, found, options.reason)
        if not problems:
            with open(path, "w") as f:
                f.write(written(figures))
    else:
        problems, remarks = compare(kept, found)
        problems += unexplained_in_git(path)
    for line in problems + remarks:
        print(line)
    print(f"instructions: {len(found)} figures, {len(problems)} problems, {len(remarks)} to lower")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
