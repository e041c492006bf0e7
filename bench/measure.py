# SPDX-License-Identifier: GPL-2.0-or-later
"""Measuring commands: one run, and two commands in turn. NF_BUILD: the build folder (default: build/release)."""
import collections
import os
import statistics
import subprocess

ONCE = os.path.join(os.environ.get("NF_BUILD") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "../build/release"), "bin", "once")
OUTPUTS = []  # files that are taken away before each run, so that none pays for what an earlier one wrote
Run = collections.namedtuple("Run", "cpu wall peak")        # seconds, seconds, MiB
Ratio = collections.namedtuple("Ratio", "cpu wall peak")    # of the first to the second; peak: MiB of the first


class Failed(Exception):
    """A command that did not end well."""


def once(command):
    """Runs it with nothing on standard input, its output thrown away (bench/once.c). CPU is user and system time of it and all that it waited for."""
    for path in OUTPUTS:
        if os.path.exists(path):
            os.remove(path)
    told = subprocess.run([ONCE, *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True, text=True).stdout.split()
    status = int(told[3])
    if status:
        how = f"signal {status - 128}" if status > 128 else f"exit status {status}"
        raise Failed(f"{os.path.basename(command[0])} failed: {how}")
    return Run(float(told[0]), float(told[1]), int(told[2]) / 1024)


def pair(command, base, rounds):
    """Medians of the ratios of command to base, which run in turn; a round before the first one warms up. The one that begins takes turns."""
    once(command), once(base)
    ratios = []
    for n in range(rounds):
        if n % 2:
            theirs, mine = once(base), once(command)
        else:
            mine, theirs = once(command), once(base)
        ratios.append((mine.cpu / theirs.cpu, mine.wall / theirs.wall, mine.peak))
    return Ratio(*(statistics.median(column) for column in zip(*ratios)))


def middle(command, rounds):
    """Medians of a command alone."""
    return Run(*(statistics.median(column) for column in zip(*(once(command) for _ in range(rounds)))))
