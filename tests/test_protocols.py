#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""IPv6, ICMP, SCTP and fragments: what the decoder says of each frame against tshark's fields, and captures made here.

test_protocols.py [-v] [CASE...] [FILE...]   with files, these are compared, too

Compared is the outermost IP packet of each frame that tshark takes for one with TCP, UDP, ICMP, ICMPv6 or SCTP. Every frame that only one of the two
programs takes must be malformed, cut, a fragment or bear no time.
"""
import glob
import json
import os
import random
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "conformance")]
sys.dont_write_bytecode = True
import captures
import common

TOOL = os.path.join(os.environ.get("NF_BUILD", os.path.join(HERE, "..", "build", "dev")), "bin", "tool_packets")
TSHARK = shutil.which("tshark")
HAS_DATA = os.path.isdir(common.DATA)
FIELDS = """frame.number frame.len frame.protocols ip.src ip.dst ip.len ipv6.src ipv6.dst ipv6.plen tcp.srcport tcp.dstport tcp.hdr_len tcp.len udp.srcport
    udp.dstport udp.length icmp.type icmp.code icmp.ident icmpv6.type icmpv6.code icmpv6.echo.identifier sctp.srcport sctp.dstport
    ip.reassembled.length ipv6.reassembled.length""".split()
NUMBERS = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58, "sctp": 132}
REASSEMBLED = 8
# As the Community ID's specification pairs them.
ANSWERS = {"icmp": {8: 0, 0: 8, 13: 14, 14: 13, 15: 16, 16: 15, 17: 18, 18: 17, 10: 9, 9: 10},
           "icmpv6": {128: 129, 129: 128, 130: 131, 131: 130, 133: 134, 134: 133, 135: 136, 136: 135, 139: 140, 140: 139, 144: 145, 145: 144}}
EVERYTHING = ["ipv6=1", "icmp=1", "sctp=1", "all=1"]


NF_CLI = os.environ.get("NF_CLI", "build/release/bin/nf-cli")

class Packet:
    def __init__(self, line):
        (number, self.source, self.destination, version, protocol, a, b, identifier, ip, header, payload, flags, depth, head) = line.split("\t")
        self.number, self.version, self.protocol, self.ports = int(number), int(version), int(protocol), (int(a), int(b))
        self.identifier, self.ip_bytes, self.header, self.payload = int(identifier), int(ip), int(header), int(payload)
        self.flags, self.depth, self.head = int(flags), int(depth), bytes.fromhex(head)


def ours(path, *settings):
    """The packets by their frames, and the counts of skipped frames."""
    done = subprocess.run([TOOL, path, *settings], capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(f"{path}: {done.stdout[-200:]}{done.stderr}")
    packets, skipped = {}, {}
    for line in done.stdout.splitlines():
        if line.startswith("skipped\t"):
            _, name, n = line.split("\t")
            skipped[name] = int(n)
        elif not line.startswith("frames\t"):
            packet = Packet(line)
            packets.setdefault(packet.number, []).append(packet)
    return packets, skipped


def tsharks(path, defrag):
    options = ["-o", f"ip.defragment:{defrag}", "-o", f"ipv6.defragment:{defrag}", "-o", "tcp.desegment_tcp_streams:FALSE"]
    for field in FIELDS:
        options += ["-e", field]
    done = subprocess.run([TSHARK, "-n", "-r", path, "-T", "fields", "-E", "occurrence=f", *options], capture_output=True, text=True)
    rows = (dict(zip(FIELDS, line.split("\t"))) for line in done.stdout.splitlines())
    return {int(row["frame.number"]): row for row in rows}


def layers(row):
    """The first IP layer of a frame and what it carries."""
    names = row["frame.protocols"].split(":")
    for i, name in enumerate(names):
        if name in ("ip", "ipv6"):
            rest = [n for n in names[i + 1:] if n not in ("ipv6.hopopts", "ipv6.dstopts", "ipv6.routing", "ipv6.fraghdr", "ah")]
            return name, rest[0] if rest else ""
    return "", ""


def expected_ports(row, transport):
    if transport in ANSWERS:
        kind, code = int(row[transport + ".type"]), int(row[transport + ".code"])
        return kind, ANSWERS[transport].get(kind, code)
    return int(row[transport + ".srcport"]), int(row[transport + ".dstport"])


def differences(packet, row, ip, transport):
    """What our packet says otherwise than tshark."""
    told = [("source", packet.source, row[ip + ".src"]), ("destination", packet.destination, row[ip + ".dst"]),
            ("ports", packet.ports, expected_ports(row, transport))]
    if transport == "tcp":
        told += [("header", packet.header, int(row["tcp.hdr_len"])), ("payload", packet.payload, int(row["tcp.len"]))]
    if transport == "icmp" and row["icmp.ident"] and packet.ports[0] in (8, 0, 13, 14, 15, 16, 17, 18):
        told.append(("identifier", packet.identifier, int(row["icmp.ident"], 0)))
    if transport == "icmpv6" and packet.ports[0] in (128, 129):
        told.append(("identifier", packet.identifier, int(row["icmpv6.echo.identifier"], 0)))
    whole = row[ip + ".reassembled.length"]
    if whole:
        told.append(("reassembled", packet.header + packet.payload, int(whole)))
    else:
        length, frame = int(row["ip.len"] if ip == "ip" else row["ipv6.plen"]), int(row["frame.len"])
        length += 40 if ip == "ipv6" and length else 0
        if length > frame:
            told.append(("is clipped", packet.ip_bytes < frame, True))
        elif length:
            told.append(("ip_bytes", packet.ip_bytes, length))
    return [f"{name} {a} tshark {b}" for name, a, b in told if a != b]


def compare(path, defrag):
    """@return (protocol, difference) of each packet compared, frames that only tshark takes, and how many were put together"""
    packets, skipped = ours(path, *EVERYTHING, *(["defrag=1"] if defrag else []))
    compared, missing, whole = [], [], 0
    for number, row in tsharks(path, "TRUE" if defrag else "FALSE").items():
        ip, transport = layers(row)
        got = packets.get(number, [None])[0]
        if transport not in NUMBERS or "," in row["frame.protocols"]:
            continue
        if not got or got.protocol != NUMBERS[transport]:
            missing.append((number, row["frame.protocols"]))
            continue
        try:
            found = differences(got, row, ip, transport)
        except ValueError: # a field is not there, as the frame ends before it
            continue
        compared += [(transport, f"{os.path.basename(path)} {number}: {'; '.join(found)}" if found else "")]
        whole += bool(got.flags & REASSEMBLED)
    return compared, missing, whole, sum(n for name, n in skipped.items())


# --- packets made here ---------------------------------------------------------------------------------------------------------------

A6, B6 = socket.inet_pton(socket.AF_INET6, "2001:db8::1"), socket.inet_pton(socket.AF_INET6, "2001:db8::2")


def ipv6(payload, next_header, length=None):
    return captures.ethernet(struct.pack("!IHBB", 6 << 28, len(payload) if length is None else length, next_header, 64) + A6 + B6 + payload, 0x86dd)


def with_checksum(protocol, datagram, at, pseudo):
    total = captures.checksum(pseudo + struct.pack("!II", len(datagram), protocol) + datagram)
    return datagram[:at] + struct.pack("!H", total or 0xffff) + datagram[at + 2:]


def udp6(size):
    body = bytes(i % 251 for i in range(size))
    return with_checksum(17, struct.pack("!HHHH", 1000, 2000, 8 + size, 0) + body, 6, A6 + B6)


def udp4(size):
    datagram = struct.pack("!HHHH", 1000, 2000, 8 + size, 0) + bytes(i % 251 for i in range(size))
    return datagram


def fragments4(datagram, step, identification=7, protocol=17):
    frames = []
    for at in range(0, len(datagram), step):
        part = datagram[at:at + step]
        more = 0x2000 if at + step < len(datagram) else 0
        packet = captures.ipv4("10.0.0.1", "10.0.0.2", protocol, part, more | at // 8)
        packet = packet[:4] + struct.pack("!H", identification) + packet[6:10] + b"\0\0" + packet[12:]
        packet = packet[:10] + struct.pack("!H", captures.checksum(packet[:20])) + packet[12:]
        frames.append(captures.ethernet(packet))
    return frames


def fragments6(datagram, step, identification=7, before=b"", next_header=44):
    frames = []
    for at in range(0, len(datagram), step):
        part = datagram[at:at + step]
        header = struct.pack("!BBHI", 17, 0, at | (at + step < len(datagram)), identification)
        frames.append(ipv6(before + header + part, next_header))
    return frames


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def ours(self, frames, *settings, step=1):
        """Frames a step of seconds apart, or (time, frame[, wire])."""
        path = os.path.join(self.folder.name, "a.pcap")
        records = [f if isinstance(f, tuple) else (1 + n * step, f) for n, f in enumerate(frames)]
        with open(path, "wb") as f:
            f.write(captures.pcap(records))
        packets, skipped = ours(path, *settings)
        return [p for number in sorted(packets) for p in packets[number]], skipped

    def one(self, frames, *settings, **more):
        packets, skipped = self.ours(frames, *settings, **more)
        self.assertEqual(len(packets), 1, (packets, skipped))
        return packets[0], skipped


class Fragments(Case):
    SIZE = 3000

    def check(self, frames, *settings, header=20, together=True, **more):
        packet, skipped = self.one(frames, "defrag=1", *settings, **more)
        self.assertEqual((packet.ports, packet.header, packet.payload, packet.ip_bytes), ((1000, 2000), 8, self.SIZE, header + 8 + self.SIZE))
        self.assertEqual(bool(packet.flags & REASSEMBLED), together)
        self.assertEqual(packet.head, bytes(range(16)))
        return packet, skipped

    def test_any_order(self):
        """Any order, any step, any number of copies: one packet, with the number of the frame that completes it."""
        rng = random.Random(1)
        for step in 8, 16, 512, 1480, 2992:
            for _ in range(5):
                frames = fragments4(udp4(self.SIZE), step)
                rng.shuffle(frames)
                frames[-1:-1] = rng.sample(frames[:-1], min(2, len(frames) - 1))
                packet, skipped = self.check(frames, step=0)
                self.assertEqual(packet.number, len(frames))
                self.assertEqual(skipped, {"reassembled": len(frames) - 1})

    def test_ipv6(self):
        packet, _ = self.check(fragments6(udp6(self.SIZE), 1232), "ipv6=1", "checksums=verify", header=40)
        self.assertEqual(packet.version, 6)
        options = struct.pack("!BB6x", 44, 0)
        self.check(fragments6(udp6(self.SIZE), 1232, before=options, next_header=0), "ipv6=1", header=48)

    def test_checksum(self):
        """The whole datagram's; a part's is none."""
        bad = bytearray(udp6(self.SIZE))
        bad[-1] ^= 1
        packets, skipped = self.ours(fragments6(bytes(bad), 1232), "ipv6=1", "defrag=1", "checksums=verify")
        self.assertEqual((packets, skipped), ([], {"bad_checksum": 1, "reassembled": 2}))
        packet, skipped = self.one(fragments6(bytes(bad), 1232), "ipv6=1", "checksums=verify")
        self.assertEqual(skipped, {"fragment": 2})

    def test_without(self):
        packet, skipped = self.one(fragments4(udp4(self.SIZE), 1480))
        self.assertEqual((packet.payload, packet.ip_bytes), (1472, 1500))
        self.assertEqual(skipped, {"fragment": 2})

    def test_missing(self):
        for left_out in range(3):
            frames = fragments4(udp4(self.SIZE), 1480)
            del frames[left_out]
            self.assertEqual(self.ours(frames, "defrag=1"), ([], {"fragment": 2}))

    def test_interleaved(self):
        """Identifications, protocols, addresses and versions keep datagrams apart."""
        sets = [fragments4(udp4(self.SIZE), 1480), fragments4(udp4(self.SIZE), 1480, identification=8), fragments4(udp4(self.SIZE), 1480, protocol=99),
                fragments6(udp6(self.SIZE), 1480), fragments6(udp6(self.SIZE), 1480, identification=8)]
        frames = [frame for group in zip(*sets) for frame in group]
        packets, skipped = self.ours(frames, "defrag=1", "ipv6=1", "all=1", step=0)
        self.assertEqual([p.number for p in packets], [11, 12, 13, 14, 15])
        self.assertEqual([p.protocol for p in packets], [17, 17, 99, 17, 17])
        self.assertEqual(skipped, {"reassembled": 10})

    def test_overlap(self):
        """What came first stays."""
        first, second = struct.pack("!HHHH", 1, 2, 24, 0) + b"A" * 8, b"B" * 16
        def fragment(offset, part, more):
            packet = captures.ipv4("10.0.0.1", "10.0.0.2", 17, part, (0x2000 if more else 0) | offset // 8)
            return captures.ethernet(packet)
        packet, _ = self.one([fragment(0, first, True), fragment(8, second, False)], "defrag=1")
        self.assertEqual((packet.payload, packet.head), (16, b"A" * 8 + b"B" * 8))
        packet, _ = self.one([fragment(8, second, False), fragment(0, first, True)], "defrag=1")
        self.assertEqual((packet.payload, packet.head), (16, b"B" * 16))

    def test_contradictions(self):
        def fragment(offset, size, more):
            return captures.ethernet(captures.ipv4("10.0.0.1", "10.0.0.2", 17, bytes(size), (0x2000 if more else 0) | offset // 8))
        for bad in fragment(8, 12, True), fragment(8, 0, False), fragment(65528, 8, False), fragment(65528, 16, True):
            self.assertEqual(self.ours([bad], "defrag=1"), ([], {"malformed": 1}))
        for good, bad in (fragment(16, 8, False), fragment(16, 16, False)), (fragment(16, 16, False), fragment(16, 8, False)), \
                (fragment(16, 8, False), fragment(24, 8, True)), (fragment(24, 8, True), fragment(16, 8, False)), (fragment(16, 8, False), fragment(16, 8, True)):
            self.assertEqual(self.ours([good, bad], "defrag=1"), ([], {"fragment": 1, "malformed": 1}))

    def test_time(self):
        """30 s are still in time; what comes later begins a datagram of its own."""
        a, b = fragments4(udp4(8), 8)
        self.assertEqual(self.one([(1, a), (31, b)], "defrag=1")[1], {"reassembled": 1})
        self.assertEqual(self.ours([(1, a), (32, b)], "defrag=1"), ([], {"fragment": 2}))
        packet, skipped = self.one([(1, a), (32, b), (33, a)], "defrag=1")
        self.assertEqual((packet.number, skipped), (3, {"fragment": 1, "reassembled": 1}))

    def test_budget(self):
        """Of 1,100 datagrams that wait the first 76 are forgotten; large ones wait within 4 MiB."""
        pieces = [fragments4(udp4(8), 8, identification=n) for n in range(1100)]
        packets, skipped = self.ours([a for a, _ in pieces] + [b for _, b in pieces[-1024:]], "defrag=1", step=0)
        self.assertEqual((len(packets), skipped), (1024, {"fragment": 76, "reassembled": 1024}))
        pieces = [fragments4(udp4(60000), 30000, identification=n) for n in range(200)]
        packets, skipped = self.ours([f[0] for f in pieces] + [g for f in reversed(pieces) for g in f[1:]], "defrag=1", step=0)
        self.assertTrue(60 < len(packets) < 140, len(packets))

    def test_cut(self):
        """Lengths are the wire's: cut behind the headers the packet is the same, cut before it is cut short."""
        frames = fragments4(udp4(self.SIZE), 1480)
        for snapshot in range(34, 120):
            packets, skipped = self.ours([(1, f[:snapshot], len(f)) for f in frames], "defrag=1")
            if snapshot < 42:
                self.assertEqual(skipped, {"cut_short": 1, "reassembled": 2})
                continue
            self.assertEqual((packets[0].payload, packets[0].ports), (self.SIZE, (1000, 2000)))
            self.assertEqual(packets[0].head, bytes(range(min(16, snapshot - 42))))

    def test_tunnel(self):
        """Fragments of the inner and of the outer packet."""
        inner = [captures.ipv4("192.0.2.1", "192.0.2.2", 4, f[14:]) for f in fragments4(udp4(self.SIZE), 1480)]
        packet, skipped = self.check([captures.ethernet(p) for p in inner], "tunnels=inner")
        self.assertEqual((packet.source, packet.depth, skipped), ("10.0.0.1", 1, {"reassembled": 2}))
        outer = fragments4(captures.ipv4("192.0.2.1", "192.0.2.2", 17, udp4(self.SIZE)), 1000, protocol=4)
        packet, skipped = self.check(outer, "tunnels=inner", together=False)
        self.assertEqual((packet.source, packet.depth, skipped), ("192.0.2.1", 1, {"reassembled": 3}))
        packets, skipped = self.ours([captures.ethernet(p) for p in inner], "tunnels=both", "all=1", "defrag=1")
        self.assertEqual([(p.number, p.protocol) for p in packets], [(1, 4), (2, 4), (3, 4), (3, 17)])
        self.assertEqual(skipped, {})
        packets, skipped = self.ours([captures.ethernet(p) for p in inner], "tunnels=inner", "all=1")
        self.assertEqual(([p.protocol for p in packets], skipped), ([17], {"fragment": 2}))


class Protocols(Case):
    def test_jumbogram(self):
        """The option's length, as far as it was on the wire; without it what was on the wire."""
        datagram = struct.pack("!HHHH", 1000, 2000, 0, 0) + bytes(70000)
        for length, told, wire in (0, len(datagram) + 8, 70016), (0, 70000, 69992 - 0), (0, 1 << 31, 70016):
            options = struct.pack("!BBBBI", 17, 0, 0xc2, 4, told)
            frame = ipv6(options + datagram, 0, length)
            packet, _ = self.one([(1, frame[:200], len(frame))], "ipv6=1")
            self.assertEqual(packet.ip_bytes, min(40 + told, 40 + 8 + len(datagram)))
            self.assertEqual(packet.header + packet.payload, packet.ip_bytes - 48)
        options = struct.pack("!BB6x", 17, 0)
        packet, _ = self.one([(1, ipv6(options + datagram, 0, 0)[:200], 54 + 8 + len(datagram))], "ipv6=1")
        self.assertEqual(packet.payload, 70000)

    def test_extension_headers(self):
        chain = [0, 60, 43, 51, 60, 135, 139, 140]
        body = b""
        for n, kind in enumerate(chain):
            following = chain[n + 1] if n + 1 < len(chain) else 17
            body += struct.pack("!BB14x", following, 2 if kind == 51 else 1)
        frame = ipv6(body + udp6(4), 0)
        packet, _ = self.one([frame], "ipv6=1")
        self.assertEqual((packet.ports, packet.payload, packet.ip_bytes), ((1000, 2000), 4, 40 + len(body) + 12))
        for size in range(54, len(frame)):
            packets, skipped = self.ours([(1, frame[:size], len(frame))], "ipv6=1")
            self.assertEqual(skipped, {} if size >= len(frame) - 4 else {"cut_short": 1}, size)
        for size in range(54, len(frame) - 4):
            self.assertEqual(self.ours([frame[:size]], "ipv6=1"), ([], {"malformed": 1}), size)

    def test_many_extension_headers(self):
        body = struct.pack("!BB6x", 60, 0) * 8000 + struct.pack("!BB6x", 17, 0) + udp6(4)
        self.assertEqual(self.one([ipv6(body, 60)], "ipv6=1")[0].payload, 4)

    def test_no_next_header(self):
        """Padding is no payload."""
        packet, _ = self.one([ipv6(b"", 59) + bytes(6)], "ipv6=1", "all=1")
        self.assertEqual((packet.protocol, packet.ip_bytes, packet.payload), (59, 40, 0))

    def test_every_cut(self):
        """At each length, cut by the snapshot length, and shorter on the wire: all or nothing."""
        tcp = struct.pack("!HHIIBBHHH", 1, 2, 3, 4, 0x50, 0x18, 5, 0, 0) + b"abcd"
        echo, sctp = struct.pack("!BBHHH", 8, 0, 0, 7, 1) + b"abcd", struct.pack("!HHII", 1, 2, 3, 4) + b"abcd"
        frames = [ipv6(tcp, 6), ipv6(udp6(4), 17), ipv6(b"\x80" + echo[1:], 58), ipv6(sctp, 132)]
        frames += [captures.ethernet(captures.ipv4("10.0.0.1", "10.0.0.2", *p)) for p in ((1, echo), (132, sctp))]
        for frame in frames:
            cut, _ = self.ours([(1, frame[:size], len(frame)) for size in range(len(frame) + 1)], "ipv6=1", "icmp=1", "sctp=1")
            self.assertEqual([p.number - 1 for p in cut], list(range(len(frame) - 4, len(frame) + 1)))
            self.assertEqual({(p.header + p.payload, p.payload) for p in cut}, {(cut[-1].header + 4, 4)})
            short, skipped = self.ours([frame[:size] for size in range(len(frame) + 1)], "ipv6=1", "icmp=1", "sctp=1")
            self.assertEqual([(p.number - 1, p.payload) for p in short], [(len(frame) - 4 + n, n) for n in range(5)])
            self.assertEqual(skipped, {"malformed": len(frame) - 4})

    def test_lengths(self):
        """What a length field claims is believed as far as it was there."""
        frame = ipv6(udp6(4), 17)
        for claimed, payload in (12, 4), (8, 0), (10, 2), (13, 4), (65535, 4):
            packet, _ = self.one([frame[:18] + struct.pack("!H", claimed) + frame[20:]], "ipv6=1")
            self.assertEqual((packet.payload, packet.ip_bytes), (payload, 48 + payload))
        for claimed in 1, 7:
            self.assertEqual(self.ours([frame[:18] + struct.pack("!H", claimed) + frame[20:]], "ipv6=1"), ([], {"malformed": 1}))
        for kind in 0, 43, 51, 60, 135, 139, 140:
            bad = ipv6(struct.pack("!BB6x", 17, 255) + udp6(4), kind)
            self.assertEqual(self.ours([bad], "ipv6=1"), ([], {"malformed": 1}))

    def test_refused(self):
        echo = struct.pack("!BBHHH", 128, 0, 0, 7, 1)
        for settings, reason in ([], "ipv6"), (["icmp=1"], "ipv6"), (["ipv6=1"], "icmp"):
            self.assertEqual(self.ours([ipv6(echo, 58)], *settings), ([], {reason: 1}))
        packet, _ = self.one([ipv6(echo, 58)], "ipv6=1", "icmp=1")
        self.assertEqual((packet.ports, packet.identifier, packet.header, packet.payload), ((128, 129), 7, 8, 0))
        packet, _ = self.one([ipv6(echo, 58)], "ipv6=1", "all=1")
        self.assertEqual((packet.ports, packet.identifier, packet.header, packet.payload), ((0, 0), 0, 0, 8))

    def test_refused_in_tunnels(self):
        """The reason is the inner packet's, as its option would take the frame."""
        inner = ipv6(udp6(4), 17)[14:]
        frame = captures.ethernet(captures.ipv4("192.0.2.1", "192.0.2.2", 41, inner))
        self.assertEqual(self.ours([frame], "tunnels=inner"), ([], {"ipv6": 1}))
        self.assertEqual(self.ours([frame]), ([], {"other_protocol": 1}))
        self.assertEqual(self.one([frame], "tunnels=inner", "ipv6=1")[0].version, 6)

    def test_checksum_in_tunnel(self):
        """A bad packet in a tunnel does not make its frame one of the outer flow, unless that is wanted for itself."""
        bad = bytearray(ipv6(udp6(5), 17))
        bad[-1] ^= 1
        frame = captures.udp("192.0.2.1:1000", "192.0.2.2:4789", bytes.fromhex("0800000000000700") + bytes(bad))
        self.assertEqual(self.ours([frame], "ipv6=1", "tunnels=inner", "checksums=verify"), ([], {"bad_checksum": 1}))
        self.assertEqual(self.one([frame], "ipv6=1", "tunnels=inner")[0].version, 6)
        self.assertEqual(self.one([frame], "ipv6=1", "tunnels=both", "checksums=verify")[0].version, 4)

    def gre(self, packet):
        return captures.ethernet(captures.ipv4("192.0.2.1", "192.0.2.2", 47, struct.pack("!HH", 0, 0x0800) + packet))

    def test_counts_of_tunnels(self):
        """A frame is counted once, whatever becomes of the packets in it: frames = used + skipped, and nothing is below 0."""
        datagram = struct.pack("!HHHH", 1000, 2000, 72, 0) + bytes(64)
        parts = [self.gre(captures.ipv4("10.0.0.1", "10.0.0.2", 17, datagram[:32], 0x2000)),
                 self.gre(captures.ipv4("10.0.0.1", "10.0.0.2", 17, datagram[32:], 4))]
        talk = [self.gre(captures.tcp_packet("10.0.0.1:1", "10.0.0.2:2", flags)) for flags in ("S", "R", "A")]
        for frames in (parts, talk, parts + talk):
            for settings in (["--defrag"], ["--defrag", "--all"], ["--all"], []):
                for tunnels in ("outer", "inner", "both"):
                    for profile in ("netflower", "cicflowmeter-fixed", "zeek"):
                        stats = self.stats(frames, "--tunnels", tunnels, "--profile", profile, *settings)
                        with self.subTest(settings=settings, tunnels=tunnels, profile=profile):
                            self.assertEqual(stats["frames"], len(frames))
                            self.assertEqual(stats["used"] + sum(stats["skipped"].values()), len(frames), stats)
                            self.assertTrue(all(n <= len(frames) for n in stats["skipped"].values()), stats)

    def stats(self, frames, *options):
        with tempfile.TemporaryDirectory() as folder:
            path, told = os.path.join(folder, "c.pcap"), os.path.join(folder, "s.json")
            with open(path, "wb") as f:
                f.write(captures.pcap([(i, frame) for i, frame in enumerate(frames)]))
            done = subprocess.run([NF_CLI, "-q", path, "-w", "/dev/null", "--stats-json", told, *options], capture_output=True, text=True, timeout=60)
            self.assertIn(done.returncode, (0, 5), done.stderr)
            with open(told) as f:
                return json.load(f)

    def test_tunnel_port(self):
        inner = captures.udp("10.0.0.1:1", "10.0.0.2:2", b"x")
        frame = captures.udp("192.0.2.1:5", "192.0.2.2:8472", struct.pack("!II", 0x08000000, 7 << 8) + inner)
        self.assertEqual(self.stats([frame], "--decap")["used"], 1)
        for options, source in (([], "192.0.2.1"), (["--tunnel-port", "vxlan=8472"], "10.0.0.1"), (["--tunnel-port", "gtp-u=8472"], "192.0.2.1")):
            with tempfile.NamedTemporaryFile() as f:
                f.write(captures.pcap([(1, frame)]))
                f.flush()
                out = subprocess.run([NF_CLI, "-q", f.name, "--decap", "--columns", "src_ip", *options], capture_output=True, text=True).stdout
            self.assertEqual(out, f"src_ip\n{source}\n", options)
        for bad in ("vxlan", "vxlan=", "vxlan=0", "vxlan=65536", "vxlam=1", "gre=1", "=5"):
            done = subprocess.run([NF_CLI, "/dev/null", "--tunnel-port", bad], capture_output=True, text=True)
            self.assertEqual(done.returncode, 1, bad)
            self.assertIn("--tunnel-port takes NAME=PORT", done.stderr)

    def test_no_checksum(self):
        """UDP over IPv6 must have one, but for what tunnels send (RFC 6935)."""
        for port, used in ((53, False), (4789, True), (2152, True)):
            frame = ipv6(struct.pack("!HHHH", 1000, port, 12, 0) + b"none", 17)
            packets, skipped = self.ours([frame], "ipv6=1", "checksums=verify")
            self.assertEqual((len(packets), skipped), (1, {}) if used else (0, {"bad_checksum": 1}), port)

    def test_checksums(self):
        """Each protocol: right, wrong in the last byte, and not known as the frame was cut or is shorter than its header says."""
        pseudo = socket.inet_aton("10.0.0.1") + socket.inet_aton("10.0.0.2")
        tcp = with_checksum(6, struct.pack("!HHIIBBHHH", 1, 2, 3, 4, 0x50, 0x18, 5, 0, 0) + b"odd", 16, pseudo)
        udp = with_checksum(17, struct.pack("!HHHH", 1, 2, 11, 0) + b"odd", 6, pseudo)
        icmp = with_checksum(0, struct.pack("!BBHHH", 8, 0, 0, 1, 1) + b"odd", 2, b"")
        icmp = icmp[:2] + b"\0\0" + icmp[4:]
        icmp = icmp[:2] + struct.pack("!H", captures.checksum(icmp)) + icmp[4:]
        def v4(protocol, datagram):
            return captures.ethernet(captures.ipv4("10.0.0.1", "10.0.0.2", protocol, datagram))
        v6 = [ipv6(udp6(5), 17), ipv6(with_checksum(6, tcp[:16] + b"\0\0" + tcp[18:], 16, A6 + B6), 6),
              ipv6(with_checksum(58, struct.pack("!BBHHH", 128, 0, 0, 1, 1) + b"odd", 2, A6 + B6), 58)]
        settings = ["ipv6=1", "icmp=1", "checksums=verify"]
        for frame in [v4(6, tcp), v4(17, udp), v4(1, icmp)] + v6:
            bad = frame[:-1] + bytes([frame[-1] ^ 0x40])
            self.assertEqual(len(self.ours([frame], *settings)[0]), 1)
            self.assertEqual(self.ours([bad], *settings), ([], {"bad_checksum": 1}))
            self.assertEqual(len(self.ours([bad], *settings[:2])[0]), 1)
            self.assertEqual(len(self.ours([(1, bad[:-1], len(bad))], *settings)[0]), 1)
            self.assertEqual(len(self.ours([bad[:-1]], *settings)[0]), 1)
        bad = v4(17, udp)
        bad = bad[:22] + bytes([bad[22] ^ 1]) + bad[23:]
        self.assertEqual(self.ours([bad], *settings), ([], {"bad_checksum": 1}))
        self.assertEqual(len(self.ours([v4(17, udp[:6] + b"\0\0" + udp[8:])], *settings)[0]), 1)
        no_checksum = udp6(5)
        self.assertEqual(self.ours([ipv6(no_checksum[:6] + b"\0\0" + no_checksum[8:], 17)], *settings), ([], {"bad_checksum": 1}))


@unittest.skipUnless(TSHARK and HAS_DATA, "needs tshark and the conformance data")
class Tshark(unittest.TestCase):
    FOLDERS = "captures", "odd", "zeek"
    WANTED = ("gtp1", "gtp2", "icmp", "ip6", "ipv6", "sctp", "frag", "mobility", "jumbo", "telegram", "viber", "dhcpv", "dhcpv6", "ntp-control", "forces", "ftp-data",
              "bfd", "arcnet", "malformed", "wikipedia", "dns-google", "hncp", "ssh.pcap")

    def paths(self):
        for folder in self.FOLDERS:
            for path in sorted(glob.glob(os.path.join(common.DATA, folder, "*.pcap*"))):
                if not path.endswith(".log") and any(word in path for word in self.WANTED) and os.path.getsize(path) < 3000000:
                    yield path
        yield from filter(os.path.exists, sys.argv[1:])

    def test_short_cut(self):
        """Plain frames, with other options than none: what all the layers would give."""
        files = 0
        for path in self.paths():
            for settings in ["defrag=1"], ["tunnels=both"], [*EVERYTHING, "tunnels=inner", "defrag=1"]:
                whole, short = (subprocess.run([TOOL, *how, path, *settings], capture_output=True, text=True).stdout.splitlines() for how in ([], ["-s"]))
                self.assertEqual([line.split("\t")[:12] for line in whole], [line.split("\t")[:12] for line in short], (path, settings))
            files += len(whole) > 1
        self.assertGreaterEqual(files, 50)

    def compare_all(self, defrag):
        counts, wrong, missing, whole = {}, [], [], 0
        for path in self.paths():
            try:
                compared, lacking, together, skips = compare(path, defrag)
            except AssertionError as e: # no capture
                self.assertRegex(str(e), r"\A[^\n]*: (?!\d+\t)")
                continue
            wrong += [text for _, text in compared if text]
            for transport, text in compared:
                counts[transport] = counts.get(transport, 0) + (not text)
            whole += together
            self.assertLessEqual(len(lacking), skips, path)
            missing += [(os.path.basename(path), *m) for m in lacking]
        return counts, wrong, missing, whole

    def test_fields(self):
        counts, wrong, missing, _ = self.compare_all(False)
        print(counts, f"{len(wrong)} differ, {len(missing)} are only tshark's", file=sys.stderr)
        self.assertEqual(wrong, [])
        for transport, least in ("tcp", 1000), ("udp", 500), ("icmp", 60), ("icmpv6", 150), ("sctp", 60):
            self.assertGreaterEqual(counts.get(transport, 0), least, transport)

    def test_reassembled(self):
        counts, wrong, missing, whole = self.compare_all(True)
        print(counts, f"{whole} put together", file=sys.stderr)
        self.assertEqual(wrong, [])
        self.assertGreaterEqual(whole, 70)


if __name__ == "__main__":
    unittest.main(argv=[a for a in sys.argv if a == sys.argv[0] or not os.path.exists(a)])
