#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs programs side by side on the same captures: each in turn with the first peer, several rounds, medians of the ratios of a pair.

usage: run.py [--rounds N] [--nf-cli PATH] [--work FOLDER] [--only NAME,...] CAPTURES-FOLDER

CAPTURES-FOLDER has real captures for the `mixed` one. What is made is kept in --work (default: build/bench) and used again. CPU is user and
system time of the whole process, as the kernel counts it; peak is its largest resident size. Every program reads from the page cache.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))


def measure(command):
    """(CPU seconds, wall seconds, peak MiB), or None when the program fails."""
    begin = time.monotonic()
    with open(os.devnull, "r+b") as null:
        process = subprocess.Popen(command, stdin=null, stdout=null, stderr=null)
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    return None if process.returncode else (usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024)


def compare(command, peer, rounds):
    """Medians over the rounds: CPU ratio, wall ratio, peak of the command."""
    pairs = []
    for n in range(rounds + 1):
        mine, theirs = measure(command), measure(peer)
        if mine is None or theirs is None:
            return None
        if n > 0:  # the first round warms up
            pairs.append((mine[0] / theirs[0], mine[1] / theirs[1], mine[2]))
    return [statistics.median(p[i] for p in pairs) for i in range(3)]


def make(options):
    names = {}
    os.makedirs(options.work, exist_ok=True)
    for name, arguments in (("mixed", [options.captures]), ("manyflows", []), ("elephant", []), ("small", [])):
        names[name] = os.path.join(options.work, name + ".pcap")
        if not os.path.exists(names[name]):
            subprocess.run([sys.executable, os.path.join(HERE, "captures.py"), name, names[name], *arguments], check=True)
    names["mixed.pcapng"] = os.path.join(options.work, "mixed.pcapng")
    if not os.path.exists(names["mixed.pcapng"]) and shutil.which("editcap"):
        subprocess.run(["editcap", "-F", "pcapng", names["mixed"], names["mixed.pcapng"]], check=True)
    names["mixed.gz"] = names["mixed"] + ".gz"
    if not os.path.exists(names["mixed.gz"]):
        with open(names["mixed.gz"], "wb") as out:
            subprocess.run(["gzip", "-c", names["mixed"]], stdout=out, check=True)
    return names


def peers(path):
    """Name and command of every program, as far as it is installed, that reads a capture from end to end."""
    commands = [
        ("capinfos -c", ["capinfos", "-c", path]),
        ("tshark -z conv,tcp", ["tshark", "-q", "-z", "conv,tcp", "-r", path]),
        ("softflowd", ["softflowd", "-d", "-n", "127.0.0.1:9", "-r", path]),
        ("nfpcapd", ["nfpcapd", "-r", path, "-w", "/tmp"]),
        ("argus", ["argus", "-r", path, "-w", "/dev/null"]),
        ("ndpiReader", ["ndpiReader", "-i", path, "-q"]),
    ]
    return [(name, command) for name, command in commands if shutil.which(command[0])]


def rows(options, names):
    """What is compared with what: capture, name, command, peer's name, peer."""
    out = os.path.join(options.work, "out.csv")

    def nf(path, threads=1):
        return [options.nf_cli, "-q", f"--threads={threads}", "-w", out, path]

    def tcpdump(path):
        return ["tcpdump", "-nn", "-r", path, "-w", "/dev/null"]

    for name in ("mixed", "mixed.pcapng", "small", "elephant", "manyflows"):
        if not os.path.exists(names[name]):
            continue
        for threads in (1, 2):
            yield name, f"nf-cli, {threads} thread" + "s" * (threads > 1), nf(names[name], threads), "tcpdump -w /dev/null", tcpdump(names[name])
    for threads in (1, 2):
        yield "mixed.gz", f"nf-cli, {threads} thread" + "s" * (threads > 1), nf(names["mixed.gz"], threads), "gzip -dc", ["gzip", "-dc", names["mixed.gz"]]
    for name in ("mixed", "elephant", "manyflows"):
        for peer, command in peers(names[name]):
            if name == "mixed" or not peer.startswith("tshark"):
                yield name, peer, command, "tcpdump -w /dev/null", tcpdump(names[name])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("captures")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--nf-cli", default=os.path.join(HERE, "../build/release/bin/nf-cli"))
    parser.add_argument("--work", default=os.path.join(HERE, "../build/bench"))
    parser.add_argument("--only", default="", help="captures, parted by commas")
    options = parser.parse_args()
    if not shutil.which("tcpdump"):
        sys.exit("tcpdump, with which all is compared, is not installed")
    names = make(options)
    print("| capture | program | against | CPU | wall | peak MiB |\n|---|---|---|---|---|---|")
    for capture, name, command, peer_name, peer in rows(options, names):
        if options.only and capture not in options.only.split(","):
            continue
        result = compare(command, peer, options.rounds)
        figures = "{:.2f} | {:.2f} | {:.0f}".format(*result) if result else "failed | |"
        print(f"| {capture} | {name} | {peer_name} | {figures} |", flush=True)


main()
