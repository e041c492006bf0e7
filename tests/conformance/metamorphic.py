#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The metamorphic test: a capture written in another way gives the same bytes of CSV.

usage: metamorphic.py [--all | NAME-PART]     default: 48 of the captures, the same ones each time

Environment: as for run.py. Programs: editcap (wireshark-common), zstd.
"""
import csv
import gzip
import os
import shutil
import struct
import subprocess
import sys
import tempfile

import common

CHOSEN = 48
ETHERNET, RAW_IP = 1, 101
TAGS = (0x8100, 0x88a8, 0x9100)


def read_pcap(path):
    """The records of a nanosecond pcap as [(ns, wire length, bytes)]."""
    with open(path, "rb") as f:
        data = f.read()
    if struct.unpack_from("<I", data)[0] != 0xa1b23c4d or struct.unpack_from("<I", data, 20)[0] != ETHERNET:
        raise ValueError("not a little-endian nanosecond pcap of Ethernet frames")
    records, at = [], 24
    while at < len(data):
        seconds, ns, captured, wire = struct.unpack_from("<IIII", data, at)
        records.append((seconds * 10**9 + ns, wire, data[at + 16:at + 16 + captured]))
        at += 16 + captured
    return records


def write_pcap(path, records, link=ETHERNET):
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 262144, link))
        for ns, wire, data in records:
            f.write(struct.pack("<IIII", ns // 10**9, ns % 10**9, len(data), wire) + data)


def ip_of(frame):
    """Where the IP header of an Ethernet frame begins and how many bytes of the wire the layers below leave it; None: it is not IP.
    Written apart from core/decode, with all that may stand between: VLAN tags, LLC/SNAP, PPPoE, MPLS."""
    wire, data = frame
    try:
        at, kind = 14, struct.unpack_from("!H", data, 12)[0]
        while True:
            if kind in TAGS:
                at, kind = at + 4, struct.unpack_from("!H", data, at + 2)[0]
            elif kind < 1536 and data[at:at + 6] == b"\xaa\xaa\3\0\0\0":
                wire = min(wire, at + kind)
                at, kind = at + 8, struct.unpack_from("!H", data, at + 6)[0]
            elif kind == 0x8864 and data[at + 6:at + 8] == b"\0\x21":
                wire = min(wire, at + 6 + struct.unpack_from("!H", data, at + 4)[0])
                at, kind = at + 8, 0x0800
            elif kind in (0x8847, 0x8848):
                while not data[at + 2] & 1:
                    at += 4
                at, kind = at + 4, {4: 0x0800, 6: 0x86dd}.get(data[at + 4] >> 4)
            else:
                break
        right = kind in (0x0800, 0x86dd) and data[at] >> 4 == (4 if kind == 0x0800 else 6)
    except (struct.error, IndexError):
        return None
    return (at, max(wire - at, 0)) if right else None


def without_ethernet(records):
    """Raw IP has no room for what is not IP: those frames, which have no part in any flow, are left out."""
    out = []
    for ns, wire, data in records:
        found = ip_of((wire, data))
        if found:
            at, left = found
            out.append((ns, left, data[at:at + left]))
    return out


def with_vlan(records):
    """A tag behind the two addresses; frames too short to have them stay as they are."""
    return [(ns, wire + 4, data[:12] + b"\x81\0\x20\x07" + data[12:]) if len(data) >= 14 else (ns, wire, data)
            for ns, wire, data in records]


def cuts(records, pieces):
    """Places at which to cut the records into pieces that begin at different times: files are put in order by that, and ties stay as
    they were given. None where all the records have one time."""
    places = [i for i in range(1, len(records)) if records[i][0] > records[0][0] and records[i][0] > records[i - 1][0]]
    if len(places) < pieces - 1:
        return None
    return [places[len(places) * k // pieces] for k in range(1, pieces)]


def split(records, pieces, folder):
    """Files of the pieces, in order; None where they cannot be cut."""
    places = cuts(records, pieces)
    if places is None:
        return None
    paths = []
    for i, (begin, end) in enumerate(zip([0] + places, places + [len(records)])):
        paths.append(os.path.join(folder, f"piece{pieces}.{i}.pcap"))
        write_pcap(paths[-1], records[begin:end])
    return paths


def editcap(path, out, *arguments):
    done = subprocess.run(["editcap", *arguments, path, out], capture_output=True, text=True)
    if not os.path.exists(out):  # of a damaged capture it writes the good part and complains
        raise RuntimeError(f"editcap {' '.join(arguments)} {path}: {done.stderr.strip()}")
    return [out]


def written(path, records, link=ETHERNET):
    write_pcap(path, records, link)
    return [path]


def compressed(path, how, out):
    with open(path, "rb") as f:
        data = f.read()
    with open(out, "wb") as f:
        f.write(how(data))
    return [out]


def zstd(data):
    return subprocess.run(["zstd", "-q", "-c"], input=data, check=True, capture_output=True).stdout


def variants(path, folder):
    """(name, files to give, file for standard input); files is None where this capture does not allow it."""
    def to(name):
        return os.path.join(folder, name)

    plain = editcap(path, to("plain.pcap"), "-F", "nsecpcap")[0]
    gz = compressed(plain, gzip.compress, to("a.pcap.gz"))
    records = read_pcap(plain)
    two = split(records, 2, folder)

    yield "nanosecond pcap", [plain], None
    yield "pcapng", editcap(path, to("a.pcapng"), "-F", "pcapng"), None
    yield "gzip", gz, None
    yield "zstd", compressed(plain, zstd, to("a.pcap.zst")), None
    yield "standard input", ["-"], path
    yield "gzip on standard input", ["-"], gz[0]
    yield "96 bytes a frame", editcap(path, to("cut.pcap"), "-F", "nsecpcap", "-s", "96"), None
    yield "without Ethernet", written(to("raw.pcap"), without_ethernet(records), RAW_IP), None
    yield "with a VLAN tag", written(to("vlan.pcap"), with_vlan(records)), None
    yield "three files", split(records, 3, folder), None
    yield "two files swapped", two and two[::-1], None


def one(name):
    path = os.path.join(common.DATA, "captures", name)
    want = common.nf_cli("-q", path).stdout
    problems, not_possible = [], []
    with tempfile.TemporaryDirectory() as folder:
        for variant, files, given in variants(path, folder):
            if files is None:
                not_possible.append(variant)
                continue
            stdin = None
            if given:
                with open(given, "rb") as f:
                    stdin = f.read()
            got = common.nf_cli("-q", *files, stdin=stdin)
            if got.stdout != want:
                problems.append(f"{variant}: {difference(want, got)}")
    return problems, not_possible


def difference(want, got):
    a, b = want.decode().splitlines(), got.stdout.decode().splitlines()
    for number, (x, y) in enumerate(zip(a, b), 1):
        if x != y:
            columns = [f"{n}: {v} became {w}" for n, v, w in zip(a[0].split(","), x.split(","), y.split(",")) if v != w]
            return f"line {number}: {'; '.join(columns)[:200]}"
    return f"{len(a)} lines became {len(b)}, exit status {got.returncode}: {got.stderr.strip()[-300:]}"


def candidates():
    """{capture: rows} of those that have flows, all at times that the 32 bits of a pcap file can hold."""
    found = {}
    for name in common.names("captures"):
        with open(os.path.join(common.DATA, "expected", "netflower", name + ".csv"), newline="") as f:
            times = [float(row["timestamp"]) for row in csv.DictReader(f)]
        if times and 0 <= min(times) and max(times) < 2**32:
            found[name] = len(times)
    return found


def choose(rows):
    """Captures with the most to lose: half of them those with the most rows, the others at even distances in the alphabet."""
    most = sorted(rows, key=lambda n: (-rows[n], n))[:CHOSEN // 2]
    rest = sorted(set(rows) - set(most))
    return sorted(most + [rest[len(rest) * i // (CHOSEN - len(most))] for i in range(CHOSEN - len(most))])


def main():
    common.need_data()
    for program in ("editcap", "zstd"):
        if not shutil.which(program):
            print(f"skipped: there is no {program}")
            return common.SKIPPED
    rows = candidates()
    chosen = choose(rows)
    if len(sys.argv) > 1:
        chosen = [n for n in rows if sys.argv[1] == "--all" or sys.argv[1] in n]
    results = dict(zip(chosen, common.parallel(one, chosen)))
    for variant in ("three files", "two files swapped"):
        n = sum(variant in not_possible for _, not_possible in results.values())
        if n:
            print(f"{variant}: {n} captures have too few different times to be cut")
    return 0 if common.report("metamorphic", {name: problems for name, (problems, _) in results.items()}) else 1


if __name__ == "__main__":
    sys.exit(main())
