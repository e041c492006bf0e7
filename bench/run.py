#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Measures nf-cli beside other programs and prints tables in Markdown: the targets, the peers, the parts of the way. bench/run.sh builds first.

Each command runs in turn with the one it is compared with, several rounds, and the figure is the median of the ratios of a pair. CPU is user and
system time of the process and its children, as the kernel counts it; peak is the largest resident size, shared libraries included. Every
program reads from the page cache. What is made is kept in --work and used again. What cannot be measured here is said in its place.
"""
import argparse
import datetime
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys

import measure
import peers

HERE = os.path.dirname(os.path.abspath(__file__))
SECTIONS = ("targets", "peers", "parts")


class NotMeasured(Exception):
    """Why there is no figure."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def need(program):
    if not shutil.which(program):
        raise NotMeasured(f"{program} is not installed")


class Captures:
    """Makes the captures when they are asked for, in the folder --work."""

    def __init__(self, work, corpus):
        self.work, self.corpus = work, corpus
        os.makedirs(work, exist_ok=True)

    def path(self, name):
        return os.path.join(self.work, name)

    def made(self, name, make):
        """The path; make(temporary path) makes it, so that a broken run leaves nothing that looks whole."""
        path = self.path(name)
        if not os.path.exists(path):
            say(f"making {name}")
            root, dot, end = name.partition(".")
            temporary = self.path(f"{root}.part{dot}{end}")
            make(temporary)
            os.replace(temporary, path)
        return path

    def generate(self, name, *arguments):
        return self.made(name, lambda out: subprocess.run([sys.executable, os.path.join(HERE, "captures.py"), arguments[0], out, *arguments[1:]],
                                                          check=True, stderr=subprocess.DEVNULL))

    def mixed(self, name="mixed", *more):
        if not self.corpus and not os.path.exists(self.path(name + ".pcap")):
            raise NotMeasured("no folder of captures was given (--corpus)")
        return self.generate(name + ".pcap", "mixed", self.corpus, *more)

    def mixed200(self):
        return self.mixed("mixed200", "--mean", "200")

    def get(self, name):
        return self.mixed() if name == "mixed" else self.generate(name + ".pcap", name)

    def fewer_flows(self):
        return self.generate("fewerflows.pcap", "manyflows", "--flows", "200000")

    def shorter(self):
        return self.generate("shorter.pcap", "elephant", "--packets", "80000")

    def empty(self):
        return self.generate("empty.pcap", "elephant", "--packets", "0")

    def converted(self, format_name):
        need("editcap")
        source = self.mixed()
        return self.made("mixed." + format_name, lambda out: subprocess.run(["editcap", "-F", format_name, source, out], check=True))

    def gz(self):
        need("gzip")
        source = self.mixed()

        def compress(out):
            with open(out, "wb") as f:
                subprocess.run(["gzip", "-c", source], stdout=f, check=True)
        return self.made("mixed.pcap.gz", compress)

    def first(self, name, packets):
        """The first packets of a capture; all of it for None."""
        source = self.get(name)
        if packets is None:
            return source

        def cut(out):
            with open(source, "rb") as f, open(out, "wb") as g:
                g.write(f.read(24))
                for _ in range(packets):
                    header = f.read(16)
                    g.write(header + f.read(int.from_bytes(header[8:12], "little")))
        return self.made(f"{name}.{packets}.pcap", cut)


class Bench:
    def __init__(self, options):
        self.build = os.path.abspath(options.build)
        measure.ONCE = os.path.join(self.build, "bin", "once")
        self.rounds = options.rounds
        self.captures = Captures(os.path.abspath(options.work), options.corpus)
        self.pythons = options.python or [sys.executable]
        self.out = self.captures.path("out.csv")
        measure.OUTPUTS = [self.out]
        self.kept = {}

    def nf(self, path, threads=1, *more):
        return [os.path.join(self.build, "bin", "nf-cli"), "-q", f"--threads={threads}", "-w", self.out, *more, path]

    def pair(self, command, base):
        """As measure.pair(), once for each pair of commands."""
        key = (tuple(command), tuple(base))
        if key not in self.kept:
            need(base[0])
            say(f"measuring {os.path.basename(command[0])} {' '.join(os.path.basename(c) for c in command[1:])} beside {base[0]}")
            self.kept[key] = measure.pair(command, base, self.rounds)
        return self.kept[key]

    def beside_tcpdump(self, path, threads=1):
        return self.pair(self.nf(path, threads), peers.tcpdump(path))

    def statistics(self, path):
        done = subprocess.run([*self.nf(path), "--stats-json", "-"], stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)

    def parts(self, path):
        """{part: (unit, number of units, ns a unit, instructions a unit or "-")}"""
        if ("parts", path) not in self.kept:
            say(f"measuring the parts on {os.path.basename(path)}")
            text = subprocess.run([os.path.join(self.build, "bin", "micro"), path, str(self.rounds)], stdout=subprocess.PIPE, text=True, check=True).stdout
            self.kept["parts", path] = {line[0]: line[1:] for line in (row.split("\t") for row in text.splitlines())}
        return self.kept["parts", path]


# ---- the targets: what is measured, the target, what it must never be worse than, how the figure is found

def mixed_cpu(b):
    return b.beside_tcpdump(b.captures.mixed()).cpu


def mixed_two_wall(b):
    return b.beside_tcpdump(b.captures.mixed(), 2).wall


def mixed_two_cpu(b):
    path = b.captures.mixed()
    return b.pair(b.nf(path, 2), b.nf(path, 1)).cpu


def pcapng_cpu(b):
    return b.beside_tcpdump(b.captures.converted("pcapng")).cpu


def gz_wall(b):
    path = b.captures.gz()
    return b.pair(b.nf(path, 2), ["gzip", "-dc", path]).wall


def mixed200_cpu(b):
    return b.beside_tcpdump(b.captures.mixed200()).cpu


def small_cpu(b):
    return b.beside_tcpdump(b.captures.get("small")).cpu


def elephant_cpu(b):
    return b.beside_tcpdump(b.captures.get("elephant")).cpu


def manyflows_cpu(b):
    return b.beside_tcpdump(b.captures.get("manyflows")).cpu


def manyflows_wall(b):
    return b.beside_tcpdump(b.captures.get("manyflows"), 2).wall


def linear(b):
    return b.pair(b.nf(b.captures.get("manyflows")), b.nf(b.captures.fewer_flows())).cpu


def bytes_of_flow(b):
    many, few = b.captures.get("manyflows"), b.captures.fewer_flows()
    flows = [b.statistics(path)["flows"]["eof"] for path in (many, few)]  # all of them live until the end
    peaks = [measure.middle(b.nf(path), b.rounds).peak for path in (many, few)]
    return (peaks[0] - peaks[1]) * 1024 * 1024 / (flows[0] - flows[1])


def beside_flows(b):
    return measure.middle(b.nf(b.captures.get("elephant")), b.rounds).peak


def before_frames(b):
    return measure.middle(b.nf(b.captures.empty()), b.rounds).peak


def growth(b):
    return measure.middle(b.nf(b.captures.get("elephant")), b.rounds).peak - measure.middle(b.nf(b.captures.shorter()), b.rounds).peak


def rows_per_second(b):
    return 1000 / float(b.parts(b.captures.mixed())["take+values+text"][2])


def same_bytes(b):
    sums = set()
    for threads in (1, 2, 4, 8):
        subprocess.run(b.nf(b.captures.mixed(), threads), check=True)
        with open(b.out, "rb") as f:
            sums.add(hashlib.file_digest(f, "sha256").digest() if hasattr(hashlib, "file_digest") else hashlib.sha256(f.read()).digest())
    return "same" if len(sums) == 1 else "DIFFERENT"


def through_wiretap(b):
    path = b.captures.converted("snoop")
    return b.pair(b.nf(path), ["capinfos", "-c", path]).cpu


def plugin(b):
    need("tshark")
    say("measuring tshark with the plugin")
    done = subprocess.run([os.path.join(HERE, "plugin.sh"), b.captures.first("mixed", 100_000), str(b.rounds), "2"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, env={**os.environ, "NF_BUILD": b.build})
    found = re.search(r"^-q -z netflower,csv,FILE +([0-9.]+) x", done.stdout, re.M)
    if done.returncode or not found:
        raise NotMeasured("bench/plugin.sh failed, run it alone to see why")
    return float(found.group(1))


TARGETS = [
    ("mixed, one thread: CPU against tcpdump", 0.70, 1.0, mixed_cpu),
    ("mixed, two threads: wall against tcpdump", 0.50, 0.8, mixed_two_wall),
    ("mixed, two threads: CPU against one thread", 1.25, 1.25, mixed_two_cpu),
    ("mixed as pcapng, one thread: CPU against tcpdump", 0.75, 1.0, pcapng_cpu),
    ("mixed as .gz: wall against gzip -dc", 1.1, 1.5, gz_wall),
    ("mixed200 (real packets, 200 B mean), one thread: CPU against tcpdump", 1.1, 1.1, mixed200_cpu),
    ("small (made up packets, 200 B mean), one thread: CPU against tcpdump", 1.1, 1.1, small_cpu),
    ("elephant, one thread: CPU against tcpdump", 0.40, 0.6, elephant_cpu),
    ("manyflows, one thread: CPU against tcpdump", 6, 11, manyflows_cpu),
    ("manyflows, two threads: wall against tcpdump", 4, 11, manyflows_wall),
    ("linear in flows: CPU of 1 M flows against 200 k flows", 5.2, 6, linear),
    ("memory of a live flow, all included, bytes", 320, 480, bytes_of_flow),
    ("memory beside the flows, MiB: peak on elephant, program and libraries included", 8, 16, beside_flows),
    ("of it, MiB, before the first frame: peak on a capture with none", "-", "-", before_frames),
    ("and MiB more than on a tenth of elephant", 1, 1, growth),
    ("CSV rows a second and core, 82 columns, millions (mixed)", 2, 1, rows_per_second),
    ("threads 1, 2, 4, 8: output bytes", "same", "same", same_bytes),
    ("another format through wiretap (snoop): CPU against capinfos -c", 1.5, 2, through_wiretap),
    ("tshark -z netflower,csv: CPU against -z conv,tcp", 1.0, 1.1, plugin),
]


def number(value):
    if isinstance(value, str):
        return value
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def verdict(value, target, worst, higher):
    if isinstance(value, str):
        return "met" if value == target else "MISSED"
    if isinstance(target, str):
        return ""
    sign = -1 if higher else 1
    if sign * value <= sign * target * (1 + sign * 0.005):
        return "met"
    return "within" if sign * value <= sign * worst else "MISSED"


def targets(b):
    print("| figure | measured | target | never worse than | |\n|---|---|---|---|---|")
    for name, target, worst, find in TARGETS:
        try:
            value = find(b)
            print(f"| {name} | {number(value)} | {target} | {worst} | {verdict(value, target, worst, find is rows_per_second)} |", flush=True)
        except (NotMeasured, measure.Failed) as why:
            print(f"| {name} | not measured: {why} | {target} | {worst} | |", flush=True)
    print("\n*met*: the target holds. *within*: it does not, but the figure is no worse than the last column says. *MISSED*: it is.")


# ---- the peers

def packets_of(path):
    """Packets of a pcap that captures.py made."""
    n = 0
    with open(path, "rb") as f:
        f.seek(24)
        while header := f.read(16):
            n += 1
            f.seek(int.from_bytes(header[8:12], "little"), 1)
    return n


def beside_base(b, name, peer, first):
    """Ratio of a peer to tcpdump on one capture, and a word where it was no full measurement."""
    whole = b.captures.get(name)
    base = peers.tcpdump(whole)
    if peer.name.startswith("nf-cli") or not peer.first:
        return b.pair(peer.command, base), ""
    say(f"measuring {peer.name} on {name}, once")
    dear, cheap = measure.once(peer.command), measure.middle(base, b.rounds)
    scale = 1 if first is None else packets_of(whole) / first
    return measure.Ratio(dear.cpu * scale / cheap.cpu, dear.wall * scale / cheap.wall, dear.peak), "once" if first is None else f"once, first {first:,} packets"


def of_capture(b, name, scratch):
    """Rows of the table for one capture: (name, Ratio or why not, word, what it delivers)."""
    path = b.captures.get(name)
    for threads in (1, 2):
        yield f"nf-cli, {threads} thread{'s' * (threads > 1)}", b.beside_tcpdump(path, threads), "", "the 82 columns, CSV"
    for peer in peers.programs(path, scratch, b.pythons):
        if peer.name.startswith("tcpdump"):
            yield peer.name, measure.Ratio(1, 1, measure.middle(peer.command, b.rounds).peak), "", peer.delivers
            continue
        if not peers.version(peer, b.pythons):
            yield peer.name, "not installed", "", peer.delivers
            continue
        first = peer.first[name] if peer.first else None
        here = b.captures.first(name, first)
        try:
            cut = next(p for p in peers.programs(here, scratch, b.pythons) if p.name == peer.name)
            ratio, word = beside_base(b, name, cut, first)
            yield peer.name, ratio, word, peer.delivers
        except measure.Failed as why:
            yield peer.name, str(why), "", peer.delivers


def cheaper(name, rows):
    """Where a peer is better than nf-cli on this capture, in words."""
    ours = [r[1] for r in rows[:2]]
    for peer, ratio, word, delivers in rows[2:]:
        if isinstance(ratio, str):
            continue
        better = [text for text, is_so in ((f"less CPU ({ratio.cpu:.2f}, nf-cli {ours[0].cpu:.2f})", ratio.cpu < ours[0].cpu),
                                           (f"sooner done ({ratio.wall:.2f}, nf-cli with two threads {ours[1].wall:.2f})", ratio.wall < ours[1].wall),
                                           (f"less memory ({ratio.peak:.0f} MiB, nf-cli {ours[0].peak:.0f})", not word.count("first") and ratio.peak < ours[0].peak)) if is_so]
        if better:
            yield f"- {name}: {peer}: {', '.join(better)}; it delivers: {delivers}"


def peer_tables(b):
    scratch = b.captures.path("scratch")
    better = []
    print("| capture | program | CPU | wall | peak MiB | | delivers |\n|---|---|---|---|---|---|---|")
    for name in ("mixed", "manyflows", "elephant"):
        shutil.rmtree(scratch, ignore_errors=True)
        os.makedirs(scratch)
        rows = []
        try:
            for row in of_capture(b, name, scratch):
                rows.append(row)
                peer, ratio, word, delivers = row
                figures = f"{ratio} | | |" if isinstance(ratio, str) else f"{number(ratio.cpu)} | {number(ratio.wall)} | {ratio.peak:.0f} |"
                print(f"| {name} | {peer} | {figures} {word} | {delivers} |", flush=True)
            better += cheaper(name, rows)
        except (NotMeasured, measure.Failed) as why:
            print(f"| {name} | all | not measured: {why} | | | | |")
    print(f"\nCPU and wall are ratios to tcpdump on the same capture. Not run by this program: {', '.join(peers.NOT_RUN)}.")
    print("\nWhere a peer was better than nf-cli:\n\n" + ("\n".join(better) or "- nowhere in these figures"))


# ---- the parts

def parts(b):
    print("| capture | part | unit | ns | instructions |\n|---|---|---|---|---|")
    for name in ("mixed", "manyflows", "elephant", "small"):
        try:
            for part, (unit, _, ns, instructions) in b.parts(b.captures.get(name)).items():
                print(f"| {name} | {part} | {unit} | {ns} | {instructions} |", flush=True)
        except NotMeasured as why:
            print(f"| {name} | all | not measured: {why} | | |")
    print("\nInstructions are \"-\" where the system does not let them be counted; `bench/instructions.py` counts them with valgrind.")


# ---- the frame

def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo") as f:
        for line in f:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} processors {platform.machine()} ({model}), {gib:.0f} GiB, Linux {'.'.join(platform.release().split('.')[:2])}"


def compiler(build):
    with open(os.path.join(build, "CMakeCache.txt")) as f:
        found = re.search(r"^CMAKE_C_COMPILER:\w+=(.*)$", f.read(), re.M)
    return subprocess.run([found.group(1), "--version"], stdout=subprocess.PIPE, text=True).stdout.splitlines()[0] if found else "unknown compiler"


def head(b, arguments):
    versions = [(p.name.split(" ")[0], peers.version(p, b.pythons)) for p in peers.programs("", "", b.pythons)]
    print(f"Measured on {datetime.date.today()}, {b.rounds} rounds, on {machine()}; load average at the start {os.getloadavg()[0]:.1f}; compiled by {compiler(b.build)}.\n")
    print(f"    bench/run.sh {' '.join(arguments)}\n")
    print("Versions: " + ", ".join(f"{n} {v}" for n, v in versions if v) + ".\n")


def without_paths(arguments):
    """The command as it may be shown: no names of this machine."""
    shown, words = [], iter(arguments)
    for word in words:
        option, _, value = word.partition("=")
        if option in ("--update", "--work", "--build", "--corpus", "--python"):
            value or next(words)
            word = {"--corpus": "--corpus FOLDER", "--python": "--python PYTHON"}.get(option)
        if word:
            shown.append(word)
    return shown


def update(path, section, text):
    """Puts the text between the section's marks in the file."""
    begin, end = f"<!-- {section}: begin -->", f"<!-- {section}: end -->"
    with open(path) as f:
        before, rest = f.read().split(begin)
    with open(path, "w") as f:
        f.write(f"{before}{begin}\n{text.strip()}\n{end}{rest.split(end)[1]}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", metavar="FOLDER", help="real captures, which the capture named mixed is made of")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default=",".join(SECTIONS), help=f"some of {','.join(SECTIONS)}")
    parser.add_argument("--python", action="append", metavar="PROGRAM", help="an interpreter that has some of the Python peers; may be given again")
    parser.add_argument("--build", default=os.environ.get("NF_BUILD", os.path.join(HERE, "../build/release")), metavar="FOLDER")
    parser.add_argument("--work", default=os.path.join(HERE, "../build/bench"), metavar="FOLDER", help="for captures (3 GB) and output")
    parser.add_argument("--update", metavar="FILE", help="put the tables into this file (docs/BENCHMARKS.md), too, in place of those there")
    options = parser.parse_args()
    options.only = options.only.split(",")
    if not set(options.only) <= set(SECTIONS) or options.rounds < 1:
        parser.error("see --help")
    if options.corpus and not os.path.isdir(options.corpus):
        parser.error(f"there is no folder {options.corpus}")
    return options


class Tee:
    """Standard output that is kept, too."""

    def __init__(self, to):
        self.to, self.text = to, []

    def write(self, text):
        self.text.append(text)
        return self.to.write(text)

    def flush(self):
        self.to.flush()


def main():
    options = arguments()
    b = Bench(options)
    for name, function in zip(SECTIONS, (targets, peer_tables, parts)):
        if name not in options.only:
            continue
        sys.stdout = tee = Tee(sys.__stdout__)
        print(f"## {name.capitalize()}\n")
        head(b, without_paths(sys.argv[1:]))
        function(b)
        print()
        if options.update:
            update(options.update, name, "".join(tee.text))


if __name__ == "__main__":
    main()
