# SPDX-License-Identifier: GPL-2.0-or-later
"""The other programs: how each is run on a capture, which version it is, what it delivers. bench/peers.md says where to get them.

A peer that is dear runs once, and perhaps on the first packets of a capture only: `first` has their number by capture, None for all. Its ratio is
then that of the CPU time a packet, in which its start has a part.
"""
import collections
import functools
import os
import re
import shutil
import subprocess

Peer = collections.namedtuple("Peer", "name command version delivers first", defaults=(None,))

NFSTREAM = """
import sys, nfstream
nfstream.NFStreamer(source=sys.argv[1], statistical_analysis=True, n_dissections=0, idle_timeout=120, active_timeout=10**6).to_csv(path=sys.argv[2])
"""
NETFLOWER_1 = """
import sys, netflower
netflower.convert_pcap_to_csv(sys.argv[1], sys.argv[2], n_jobs=-1)
"""




def programs(path, scratch, pythons):
    """All peers that this program can run, installed or not, for one capture; what they write goes into the folder scratch."""
    csv, null = os.path.join(scratch, "peer.csv"), "/dev/null"

    def script(package, text):
        return [holder(pythons, package) or "", "-c", text, path, csv]

    return [
        Peer("tcpdump -w /dev/null", tcpdump(path), ["tcpdump", "--version"], "a copy of the capture"),
        Peer("capinfos -c", ["capinfos", "-c", path], ["capinfos", "--version"], "the number of packets"),
        Peer("softflowd", ["softflowd", "-d", "-m", "4000000", "-n", "127.0.0.1:9", "-c", os.path.join(scratch, "control"),
                           "-p", os.path.join(scratch, "pid"), "-r", path], ["softflowd", "-h"], "NetFlow: counters of each direction"),
        Peer("nfpcapd", ["nfpcapd", "-r", path, "-w", scratch], ["nfpcapd", "-V"], "nfdump files: counters of each direction"),
        Peer("argus", ["argus", "-r", path, "-w", null], ["argus", "-h"], "argus records: counters, states, some times"),
        Peer("ndpiReader", ["ndpiReader", "-i", path, "-q"], ["ndpiReader", "-h"], "the application of each flow"),
        Peer("tshark -z conv,tcp", ["tshark", "-q", "-z", "conv,tcp", "-r", path], ["tshark", "--version"],
             "packets, bytes and times of TCP conversations; dissects", {"mixed": 200_000, "elephant": 200_000, "manyflows": 200_000}),
        Peer("NFStream", script("nfstream", NFSTREAM), "nfstream", "77 columns a flow, CSV",
             {"mixed": None, "elephant": None, "manyflows": 200_000}),
        Peer("netflower 1.0.1 (PyPI)", script("netflower", NETFLOWER_1), "netflower", "the 82 columns, CSV",
             {"mixed": 200_000, "elephant": 200_000, "manyflows": 50_000}),
        Peer("cicflowmeter (PyPI)", [os.path.join(os.path.dirname(holder(pythons, "cicflowmeter") or ""), "cicflowmeter"), "-f", path, "-c", csv],
             "cicflowmeter", "82 columns a flow, CSV", {"mixed": 20_000, "elephant": 20_000, "manyflows": 10_000}),
    ]


# What peers.md names and this program does not run.
NOT_RUN = ["go-flows", "CICFlowMeter (Java)"]


def tcpdump(path):
    return ["tcpdump", "-nn", "-r", path, "-w", "/dev/null"]


@functools.lru_cache
def version_in(python, package):
    """Of a Python package, as that interpreter sees it; "" where it does not."""
    text = f"from importlib.metadata import version; print(version('{package}'))"
    return subprocess.run([python, "-c", text], capture_output=True, text=True).stdout.strip()


def holder(pythons, package):
    """The first of the interpreters that has the package; None: none has."""
    return next((p for p in pythons if version_in(p, package)), None)


def version(peer, pythons):
    """None where it is not installed."""
    if isinstance(peer.version, str):
        python = holder(pythons, peer.version)
        return python and version_in(python, peer.version)
    if not shutil.which(peer.command[0]):
        return None
    done = subprocess.run(peer.version, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    found = re.search(r"\d+(?:\.\d+)+", done.stdout)
    return found.group() if found else "version not told"
