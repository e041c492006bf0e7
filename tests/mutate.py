# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures of all that pcap and pcapng have, and damaged copies of captures, for test_readers.py. All of it depends on the seed alone."""
import gzip
import random
import shutil
import struct
import subprocess

import captures

SECTION, INTERFACE, OLD_PACKET, SIMPLE, NAMES, STATISTICS, PACKET, JOURNAL, SECRETS = 0x0a0d0d0a, 1, 2, 3, 4, 5, 6, 9, 10
CUSTOM, CUSTOM_NO_COPY, UNKNOWN, SYSDIG = 0xbad, 0x40000bad, 0x1234, 0x204


# --- pcapng --------------------------------------------------------------------------------------------------------------------------

class Pcapng:
    """Blocks in one byte order, "<" or ">"."""

    def __init__(self, order):
        self.order = order

    def pack(self, fields, *values):
        return struct.pack(self.order + fields, *values)

    def block(self, kind, body, options=b""):
        body += bytes(-len(body) % 4) + options
        length = self.pack("I", 12 + len(body))
        return self.pack("I", kind) + length + body + length

    def options(self, *pairs, end=True):
        out = b"".join(self.pack("HH", code, len(value)) + value + bytes(-len(value) % 4) for code, value in pairs)
        return out + (self.pack("HH", 0, 0) if end else b"")

    def section(self, options=b""):
        return self.block(SECTION, self.pack("IHHq", 0x1a2b3c4d, 1, 0, -1), options)

    def interface(self, link=1, snapshot=0, resolution=None, offset=None, fcs=None):
        pairs = [(2, b"eth0"), (11, b"\0tcp")]
        pairs += [(9, bytes([resolution]))] if resolution is not None else []
        pairs += [(14, self.pack("q", offset))] if offset is not None else []
        pairs += [(13, bytes([fcs]))] if fcs is not None else []
        return self.block(INTERFACE, self.pack("HHI", link, 0, snapshot), self.options(*pairs))

    def packet(self, frame, time, interface=0, wire=None, options=b""):
        wire = len(frame) if wire is None else wire
        return self.block(PACKET, self.pack("IIIII", interface, time >> 32, time & 0xffffffff, len(frame), wire) + frame, options)

    def old_packet(self, frame, time, interface=0, options=b""):
        return self.block(OLD_PACKET, self.pack("HHIIII", interface, 3, time >> 32, time & 0xffffffff, len(frame), len(frame)) + frame,
                          options)

    def everything(self):
        """Blocks of every kind, in the order in which programs write them, and in others."""
        f = [captures.tcp("10.0.0.1:1000", "10.0.0.2:80", "S", b"x" * n) for n in range(4)]
        flags = self.options((2, self.pack("I", 4 << 5)), (1, b"comment"), (4, self.pack("Q", 2)), (7, b"\1" + bytes(8)))
        names = self.pack("HH4s", 1, 8, bytes([10, 0, 0, 1])) + b"one\0" + self.pack("HH16s", 2, 20, bytes(16)) + b"six\0" + bytes(4)
        yield self.section(self.options((3, b"Linux"), (4, b"test")))
        yield self.interface()
        yield self.interface(113, 96, 9, 100)
        yield self.interface(105, 0, 0x80 | 20, None, 4)
        yield self.packet(f[0], 1700000000000001)
        yield self.packet(f[1], 1700000000000000002, 1, 1500, flags)
        yield self.packet(f[2], 1 << 45, 2)
        yield self.block(NAMES, names, self.options((2, b"server")))
        yield self.block(SIMPLE, self.pack("I", len(f[3])) + f[3])
        yield self.old_packet(f[3], 1700000000000003, 0, flags)
        yield self.block(SECRETS, self.pack("II", 0x544c534b, 5) + b"hello")
        yield self.block(CUSTOM, self.pack("I", 32473) + b"mine")
        yield self.block(CUSTOM_NO_COPY, self.pack("I", 10949) + struct.pack("<II", 2, 1))
        yield self.block(UNKNOWN, b"whatever")
        yield self.packet(f[0], 1700000000000004, options=self.options((2, self.pack("I", 0)), end=False))
        yield self.block(JOURNAL, b"__REALTIME_TIMESTAMP=1000000\n\n\n\n")
        yield self.block(SYSDIG, self.pack("HQQIH", 0, 5, 1, 26, 1) + bytes(8))
        yield self.interface(1, 0, 30)
        yield self.packet(f[0], 1 << 63, 3)
        yield self.block(STATISTICS, self.pack("III", 0, 1, 2), self.options((4, self.pack("Q", 7))))


def pcapngs():
    both = [b"".join(Pcapng(order).everything()) for order in "<>"]
    short = []
    for order in "<>":
        p = Pcapng(order)
        frames = [captures.udp("10.0.0.1:1", "10.0.0.2:2", bytes(n)) for n in range(40)]
        plain = p.section() + p.interface() + b"".join(p.packet(f, 10**15 + i) for i, f in enumerate(frames))
        end = p.block(STATISTICS, p.pack("III", 0, 1, 2), p.options((4, p.pack("Q", 7))))
        short += [plain + end, p.section() + p.block(UNKNOWN, b"1234") + p.interface(101) + plain + end,
                  p.section() + p.interface(1, 40) + p.block(SIMPLE, p.pack("I", 99) + bytes(40)) + p.packet(frames[1], 5)]
    return both + [both[0] + both[1], both[1] + both[0] + both[0]] + short + [short[0] + both[1], short[0] + short[4] + short[1]]


# --- pcap ----------------------------------------------------------------------------------------------------------------------------

def pcap(order, magic, link=1, version=(2, 4), snapshot=65535, more=b"", extra=b"", records=20):
    out = bytearray(struct.pack(order + "IHHIIII", magic, *version, 0, 0, snapshot, link) + extra)
    for i in range(records):
        frame = captures.tcp("10.0.0.1:1000", "10.0.0.2:80", "A", bytes(i % 97))
        out += struct.pack(order + "IIII", 1700000000 + i, 999990 + i // 3, len(frame), len(frame) + 4 * (i % 2)) + more + frame
    return bytes(out)


def pcaps():
    """Every variant that wiretap knows, and some that only look like one."""
    modified, suse = struct.pack("<IHBB", 2, 0x800, 0, 0), struct.pack("<IHBBBBB", 2, 0x800, 0, 0, 0, 0, 0) + b"\0"
    for order in "<>":
        for magic in (0xa1b2c3d4, 0xa1b23c4d):
            for link in (1, 0x24000001, 0x14000001, 105, 0x24000069, 101, 113, 10, 123, 149, 197, 204, 258, 299):
                yield pcap(order, magic, link, records=6)
        yield pcap(order, 0x1c0001ac, extra=bytes(4))
        yield pcap(order, 0x1c0001ab, extra=bytes(4))
        for version in ((2, 2), (2, 3), (543, 0), (1, 0), (3, 1)):
            yield pcap(order, 0xa1b2c3d4, version=version)
        for link in (6, 9, 15):
            yield pcap(order, 0xa1b2c3d4, link, (2, 2))
    yield pcap("<", 0xa1b2cd34, more=modified)
    yield pcap("<", 0xa1b2cd34, more=suse)
    yield pcap("<", 0xa1b2c3d4, more=modified)
    yield pcap("<", 0xa1b2c3d4, more=struct.pack("<I", 0x9fbfb601))
    yield pcap(">", 0xa1b2cd34, more=struct.pack(">IHBB", 2, 0x800, 0, 0))
    yield pcap("<", 0xa1b2c3d4, snapshot=0)
    yield pcap("<", 0xa1b2c3d4, snapshot=30)
    yield pcap("<", 0xa1b2c3d4, records=1)
    yield pcap("<", 0xa1b2c3d4, records=0)
    yield pcap("<", 0xa1b2c3d4, records=3000)


def packed(plain):
    """The bytes in every compression that is at hand, some of them twice in a row."""
    out = [gzip.compress(plain, 6, mtime=0)]
    out.append(gzip.compress(plain[:len(plain) // 2], mtime=0) + gzip.compress(plain[len(plain) // 2:], mtime=0))
    for program in ("zstd", "lz4"):
        if shutil.which(program):
            run = lambda data, *more: subprocess.run([program, "-c", "-q", *more], input=data, capture_output=True, check=True).stdout
            out += [run(plain), run(plain[:100]) + run(plain[100:])]
    return out


def seeds():
    plain = list(pcapngs()) + list(pcaps())
    out = list(plain)
    for data in (plain[0], plain[4], pcap("<", 0xa1b2c3d4), pcap("<", 0xa1b2c3d4, records=8000), b"", b"no capture\n" * 9):
        out += packed(data)
    return out + [b"", b"\n\r\r\n", b"\xd4\xc3\xb2\xa1", b"text\n"]


# --- damage --------------------------------------------------------------------------------------------------------------------------

LIES = (0, 1, 3, 4, 8, 11, 12, 13, 16, 20, 28, 31, 32, 36, 0x7fff, 0x8000, 0xffff, 0x10000, 0x3ffff, 0x40000, 0x40001, 0x100000,
        0x1000001, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff)


def structure(data):
    """Where blocks or records begin, as far as that can be told: (offset, length, offsets of length fields)."""
    out = []
    if data[:4] == b"\n\r\r\n":
        at = 0
        order = "<" if data[8:12] == b"\x4d\x3c\x2b\x1a" else ">"
        while at + 12 <= len(data):
            if data[at:at + 4] == b"\n\r\r\n":
                order = "<" if data[at + 8:at + 12] == b"\x4d\x3c\x2b\x1a" else ">"
            n = struct.unpack(order + "I", data[at + 4:at + 8])[0]
            if n < 12 or at + n > len(data):
                break
            out.append((at, n, (at + 4, at + n - 4, at + 20, at + 24, at + 8, at + 30)))
            at += n
    elif len(data) > 24:
        order = "<" if data[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
        at = 24
        while at + 16 <= len(data):
            n = 16 + struct.unpack(order + "I", data[at + 8:at + 12])[0]
            if at + n > len(data):
                break
            out.append((at, n, (at + 8, at + 12, at, at + 4)))
            at += n
    return out


def flip(r, data):
    for _ in range(r.choice((1, 1, 2, 5))):
        data[r.randrange(len(data))] ^= 1 << r.randrange(8)
    return data


def flip_in_front(r, data):
    data[r.randrange(min(len(data), 64))] = r.randrange(256)
    return data


def cut(r, data):
    return data[:r.randrange(len(data))]


def cut_at_record(r, data):
    parts = structure(data)
    if not parts:
        return cut(r, data)
    at, n, _ = r.choice(parts)
    return data[:at + r.choice((0, 1, 4, 7, 8, 11, 12, 15, 16, 17, n // 2, n - 5, n - 4, n - 1))]


def lie(r, data):
    parts = structure(data)
    at = r.choice(r.choice(parts)[2]) if parts else r.randrange(len(data))
    old = data[at:at + 4]
    value = r.choice(LIES) if r.random() < 0.7 else int.from_bytes(old, "little") + r.randrange(-9, 10)
    data[at:at + 4] = (value & 0xffffffff).to_bytes(4, r.choice(("little", "little", "big")))
    return data


def move_block(r, data):
    parts = structure(data)
    if not parts:
        return flip(r, data)
    at, n, _ = r.choice(parts)
    block, to = data[at:at + n], r.choice(parts)[0]
    if r.random() < 0.4:
        del data[at:at + n]
        to = min(to, len(data))
    data[to:to] = block
    return data


def garbage(r, data):
    junk = bytes(r.randrange(256) for _ in range(r.choice((1, 2, 3, 4, 8, 12, 16, 40, 300)))) if r.random() < 0.7 else bytes(r.randrange(1, 99))
    at = len(data) if r.random() < 0.7 else r.randrange(len(data))
    data[at:at] = junk
    return data


def drop_bytes(r, data):
    at = r.randrange(len(data))
    del data[at:at + r.choice((1, 2, 4, 8, 60))]
    return data


DAMAGES = (flip, flip_in_front, cut, cut_at_record, lie, lie, move_block, garbage, drop_bytes)


def damaged(r, data):
    """A damaged copy."""
    out = bytearray(data)
    for _ in range(r.choice((1, 1, 1, 2))):
        if out:
            out = r.choice(DAMAGES)(r, out)
    return bytes(out)


def some_damaged(sources, n, seed):
    r = random.Random(seed)
    for i in range(n):
        yield damaged(r, sources[i % len(sources)])
