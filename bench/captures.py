#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the captures that the benchmarks read: pcap, or pcapng where OUT ends so; little-endian, microseconds, Ethernet. The same arguments
give the same bytes.

  captures.py mixed OUT.pcap FOLDER [--packets N] [--seconds S]   real packets, from all Ethernet captures below a folder
                    [--mean BYTES]                                from those with the shortest packets, that many on average
  captures.py manyflows OUT.pcap [--flows N]                      flows of one or two packets, most of them still open at the end
  captures.py elephant OUT.pcap [--packets N]                     eight TCP connections that carry full segments
  captures.py small OUT.pcap [--packets N]                        short flows of small packets, 200 bytes on average
  captures.py varied OUT.pcap [--packets N]                       made up packets of a mix near that of mixed, for where no real ones are

mixed: every capture is played again and again until there are enough packets. Each time it gets addresses of its own (the low three bytes
of IPv4 addresses are changed; checksums are left wrong, which no meter minds) and a place of its own in a window of --seconds, into which
longer captures are squeezed; everything is then put in order of time. With --mean, captures are taken in order of the mean of their packets
until the mean of all would be more than BYTES.
"""
import argparse
import gzip
import os
import random
import struct
import sys

FILE_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
START_US = 1_700_000_000_000_000
MACS = bytes.fromhex("020000000002020000000001")


def pcap_record(us, data, wire):
    return struct.pack("<IIII", us // 1_000_000, us % 1_000_000, len(data), wire) + data


def pcapng_block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


PCAPNG_HEADER = pcapng_block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + pcapng_block(1, struct.pack("<HHI", 1, 0, 262144))


def pcapng_record(us, data, wire):
    return pcapng_block(6, struct.pack("<IIIII", 0, us >> 32, us & 0xFFFFFFFF, len(data), wire) + data)


def write(path, records):
    """records: (time in us, bytes, wire length), in order."""
    n, pcapng = 0, path.endswith(".pcapng")
    record = pcapng_record if pcapng else pcap_record
    with open(path, "wb", buffering=1 << 20) as out:
        out.write(PCAPNG_HEADER if pcapng else FILE_HEADER)
        for us, data, wire in records:
            out.write(record(us, data, wire))
            n += 1
    print(f"{path}: {n} packets", file=sys.stderr)


# ---- packets

def ipv4(source, destination, protocol, payload):
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol, 0)
    return MACS + b"\x08\x00" + header + struct.pack("!II", source, destination) + payload


def tcp(source, destination, ports, flags, sequence=0, payload=b""):
    return ipv4(source, destination, 6, struct.pack("!HHIIBBHHH", *ports, sequence & 0xFFFFFFFF, 0, 0x50, flags, 64240, 0, 0) + payload)


def udp(source, destination, ports, payload):
    return ipv4(source, destination, 17, struct.pack("!HHHH", *ports, 8 + len(payload), 0) + payload)


# ---- real packets

def pcap_records(data):
    """Records of an Ethernet pcap file as (us, bytes, wire), or None for anything else."""
    magics = {b"\xd4\xc3\xb2\xa1": ("<", 1), b"\x4d\x3c\xb2\xa1": ("<", 1000), b"\xa1\xb2\xc3\xd4": (">", 1), b"\xa1\xb2\x3c\x4d": (">", 1000)}
    if data[:4] not in magics or len(data) < 24:
        return None
    order, divisor = magics[data[:4]]
    if struct.unpack_from(order + "I", data, 20)[0] != 1:
        return None
    records, at = [], 24
    while at + 16 <= len(data):
        seconds, fraction, captured, wire = struct.unpack_from(order + "IIII", data, at)
        at += 16
        if captured > 65535 or at + captured > len(data) or wire > 65535:
            return None
        records.append((seconds * 1_000_000 + fraction // divisor, data[at:at + captured], max(wire, captured)))
        at += captured
    return records


def pcapng_records(data):
    """The same of a pcapng file, little-endian, all of whose interfaces are Ethernet."""
    if data[:4] != b"\n\r\r\n" or data[8:12] != b"\x4d\x3c\x2b\x1a":
        return None
    records, units, at = [], [], 0
    while at + 12 <= len(data):
        kind, length = struct.unpack_from("<II", data, at)
        if length < 12 or length % 4 or at + length > len(data):
            return None
        if kind == 1:
            if struct.unpack_from("<H", data, at + 8)[0] != 1:
                return None
            units.append(resolution(data[at + 16:at + length - 4]))
        elif kind == 6:
            interface, high, low, captured, wire = struct.unpack_from("<IIIII", data, at + 8)
            if interface >= len(units) or captured > length - 32 or wire > 65535:
                return None
            records.append(((high << 32 | low) * 1_000_000 // units[interface], data[at + 28:at + 28 + captured], max(wire, captured)))
        at += length
    return records


def resolution(options):
    """Units of time in a second: option if_tsresol, microseconds where there is none."""
    at = 0
    while at + 4 <= len(options):
        code, length = struct.unpack_from("<HH", options, at)
        if code == 0:
            break
        if code == 9:
            value = options[at + 4]
            return 2 ** (value & 127) if value & 128 else 10 ** value
        at += 4 + (length + 3) // 4 * 4
    return 1_000_000


def read_folder(folder):
    paths = sorted(os.path.join(root, name) for root, _, names in os.walk(folder) for name in names)
    captures, seen = [], set()
    for path in paths:
        with open(path, "rb") as f:
            data = f.read()
        try:
            data = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        except (OSError, EOFError):
            continue
        records = pcap_records(data) or pcapng_records(data)
        if records and data not in seen:
            seen.add(data)
            captures.append(sorted(records, key=lambda r: r[0]))
    return captures


def moved(data, key):
    """The frame with other addresses, if it is IPv4, perhaps in VLANs. Loopback, multicast, broadcast and 0.x addresses stay as they are."""
    at = 12
    while data[at:at + 2] in (b"\x81\x00", b"\x88\xa8", b"\x91\x00"):
        at += 4
    if len(data) < at + 22 or data[at:at + 2] != b"\x08\x00" or data[at + 2] >> 4 != 4:
        return data
    changed = bytearray(data)
    for address in (at + 14, at + 18):
        if changed[address] not in (0, 127) and changed[address] < 224:
            for i in range(3):
                changed[address + 1 + i] ^= key[i]
    return bytes(changed)


def shortest(captures, mean):
    """Those with the shortest packets, as many as have this mean together."""
    taken, packets, total = [], 0, 0
    for capture in sorted(captures, key=lambda c: sum(len(data) for _, data, _ in c) / len(c)):
        packets, total = packets + len(capture), total + sum(len(data) for _, data, _ in capture)
        if total > mean * packets:
            break
        taken.append(capture)
    return taken


def mixed(options):
    captures = read_folder(options.folder)
    if options.mean:
        captures = shortest(captures, options.mean)
    if not captures:
        sys.exit(f"no Ethernet capture below {options.folder}")
    rnd, records, window = random.Random(1), [], options.seconds * 1_000_000
    while len(records) < options.packets:
        for capture in captures:
            first, length = capture[0][0], capture[-1][0] - capture[0][0]
            squeeze = min(1.0, window / length) if length else 1.0
            start = START_US + rnd.randrange(max(1, int(window - length * squeeze) + 1))
            key = rnd.randbytes(3)
            records += [(start + int((us - first) * squeeze), moved(data, key), wire) for us, data, wire in capture]
            if len(records) >= options.packets:
                break
    records.sort(key=lambda r: r[0])
    write(options.out, records[:options.packets])


# ---- made up packets

def manyflows(options):
    rnd = random.Random(1)

    def records():
        for n in range(options.flows):
            source, destination = 0x0A000000 + n // 60000, 0xC0000200 + rnd.randrange(200)
            ports, us = (1024 + n % 60000, 53), START_US + n * 60
            if n % 2:
                yield us, tcp(source, destination, (ports[0], 443), 0x02), 54
                continue
            query = udp(source, destination, ports, bytes(32))
            answer = udp(destination, source, ports[::-1], bytes(rnd.randrange(60, 100)))
            yield us, query, len(query)
            yield us + 30, answer, len(answer)
    write(options.out, records())


def elephant(options):
    rnd, payload = random.Random(1), bytes(range(256)) * 5 + bytes(180)

    def records():
        us, flow = START_US, 0
        for n in range(options.packets):
            if n % 7 == 0:
                flow = rnd.randrange(8)
            us += rnd.randrange(10, 18)
            client, server, ports = 0x0A000001 + flow, 0xCB007101 + flow, (40000 + flow, 443)
            if n % 3 == 2:
                data = tcp(client, server, ports, 0x10)
            else:
                data = tcp(server, client, ports[::-1], 0x10, n * 1460, payload)
            yield us, data, len(data)
    write(options.out, records())


def small(options):
    rnd = random.Random(1)

    def records():
        us, flows = START_US, [(0x0A000000 + rnd.getrandbits(20), 0xC6336400 + rnd.randrange(256), 1024 + rnd.randrange(60000)) for _ in range(5000)]
        for n in range(options.packets):
            us += rnd.randrange(100, 500)
            i = rnd.randrange(len(flows))
            client, server, port = flows[i]
            flags = 0x10 if rnd.randrange(12) else 0x04
            back = rnd.randrange(2)
            data = tcp(*((server, client) if back else (client, server)), (443, port) if back else (port, 443), flags, n, bytes(rnd.randrange(290)))
            if flags == 0x04:
                flows[i] = (client, server, 1024 + rnd.randrange(60000))
            yield us, data, len(data)
    write(options.out, records())


class Talk:
    """One conversation of varied: what it sends next, frame by frame. A few go on for hundreds of packets, most end after some."""

    def __init__(self, rnd):
        self.rnd, self.is_tcp = rnd, rnd.randrange(10) < 7
        self.client, self.server = 0x0A000000 + rnd.getrandbits(16), 0xC6336400 + rnd.getrandbits(8)
        self.ports = (1024 + rnd.randrange(60000), rnd.choice((53, 80, 123, 443, 443, 8080)))
        self.left = rnd.choice((2, 2, 4, 10, 30, 400)) if self.is_tcp else rnd.choice((1, 2, 2, 4, 200))
        self.sent = 0

    def frame(self):
        forward = self.rnd.randrange(3) == 0 if self.sent > 1 else self.sent == 0
        ends = (self.client, self.server, self.ports) if forward else (self.server, self.client, self.ports[::-1])
        size = self.rnd.choice((0, 0, 0, 40, 300)) if forward else self.rnd.choice((0, 120, 600, 1460))
        self.sent, self.left = self.sent + 1, self.left - 1
        if not self.is_tcp:
            return udp(*ends, bytes(20 + size // 2))
        if self.sent <= 2:
            return tcp(*ends, 0x02 if forward else 0x12, self.sent)
        return tcp(*ends, 0x11 if self.left < 2 else 0x18 if size else 0x10, self.sent, bytes(size))


def varied(options):
    rnd = random.Random(1)
    others = (MACS + b"\x08\x06" + bytes(46), MACS + b"\x86\xdd\x60" + bytes(59), ipv4(0x0A000001, 0x0A000002, 1, bytes(64)))

    def records():
        us, talks = START_US, [Talk(rnd) for _ in range(300)]
        for _ in range(options.packets):
            us += rnd.randrange(20, 2000)
            i = rnd.randrange(len(talks))
            data = talks[i].frame() if rnd.randrange(50) else rnd.choice(others)
            if talks[i].left <= 0:
                talks[i] = Talk(rnd)
            yield us, data, len(data)
    write(options.out, records())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for function, packets in ((mixed, 1_250_000), (manyflows, None), (elephant, 780_000), (small, 1_500_000), (varied, 1_250_000)):
        command = commands.add_parser(function.__name__)
        command.set_defaults(function=function)
        command.add_argument("out")
        if packets:
            command.add_argument("--packets", type=int, default=packets)
        if function is mixed:
            command.add_argument("folder")
            command.add_argument("--seconds", type=int, default=600)
            command.add_argument("--mean", type=int)
        if function is manyflows:
            command.add_argument("--flows", type=int, default=1_000_000)
    options = parser.parse_args()
    options.function(options)


main()
