# SPDX-License-Identifier: GPL-2.0-or-later
"""Small captures, made here: frames as bytes, and the files around them.

    pcap([(1.5, tcp("10.0.0.1:1000", "10.0.0.2:80", "S")), ...])      bytes of a pcap file

A record is (time in seconds, frame) or (time, frame, bytes on the wire). Times are exact to the nanosecond when they are given as
decimal.Decimal or int; a float is rounded.
"""
import socket
import struct
from decimal import Decimal

ETHERNET, RAW, NULL, LINUX_SLL, IEEE802_11 = 1, 101, 0, 113, 105
FLAGS = {"F": 0x01, "S": 0x02, "R": 0x04, "P": 0x08, "A": 0x10, "U": 0x20, "E": 0x40, "C": 0x80}


# --- frames --------------------------------------------------------------------------------------------------------------------------

def checksum(data):
    """RFC 1071."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ethernet(payload, ethertype=0x0800):
    return bytes.fromhex("020000000001020000000002") + struct.pack("!H", ethertype) + payload


def ipv4(source, destination, protocol, payload, fragment=0):
    """An IPv4 packet. fragment: the 16 bits of flags and offset."""
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, fragment, 64, protocol, 0,
                         socket.inet_aton(source), socket.inet_aton(destination))
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def ends(source, destination):
    """"10.0.0.1:80" -> ("10.0.0.1", 80), for both."""
    return [(address, int(port)) for address, port in (end.rsplit(":", 1) for end in (source, destination))]


def tcp_packet(source, destination, flags="A", payload=b"", window=1000):
    (a, ap), (b, bp) = ends(source, destination)
    bits = sum(FLAGS[f] for f in flags)
    return ipv4(a, b, 6, struct.pack("!HHIIBBHHH", ap, bp, 1, 1, 5 << 4, bits, window, 0, 0) + payload)


def udp_packet(source, destination, payload=b""):
    (a, ap), (b, bp) = ends(source, destination)
    return ipv4(a, b, 17, struct.pack("!HHHH", ap, bp, 8 + len(payload), 0) + payload)


def tcp(source, destination, flags="A", payload=b"", window=1000):
    """An Ethernet frame with a TCP segment. flags: letters of FLAGS, "SA" is SYN and ACK."""
    return ethernet(tcp_packet(source, destination, flags, payload, window))


def udp(source, destination, payload=b""):
    return ethernet(udp_packet(source, destination, payload))


def icmp(source, destination):
    """An echo request."""
    return ethernet(ipv4(source, destination, 1, struct.pack("!BBHHH", 8, 0, 0xf7ff, 0, 0)))


def ipv6_udp(payload=b"x"):
    body = struct.pack("!HHHH", 1000, 2000, 8 + len(payload), 1) + payload
    return ethernet(struct.pack("!IHBB", 6 << 28, len(body), 17, 64) + bytes(15) + b"\1" + bytes(15) + b"\2" + body, 0x86dd)


def arp():
    return ethernet(struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + bytes(20), 0x0806)


# --- files ---------------------------------------------------------------------------------------------------------------------------

def nanoseconds(time):
    if isinstance(time, float):
        return round(time * 1e9)
    return int(Decimal(time) * 1000000000)


def parts(record):
    """(nanoseconds, frame, bytes on the wire) of a record."""
    time, frame, *wire = record
    return nanoseconds(time), frame, wire[0] if wire else len(frame)


def pcap_header(link=ETHERNET, nano=False, big=False, snapshot=262144):
    order = ">" if big else "<"
    return struct.pack(order + "IHHiIII", 0xa1b23c4d if nano else 0xa1b2c3d4, 2, 4, 0, 0, snapshot, link)


def pcap_record(record, nano=False, big=False):
    ns, frame, wire = parts(record)
    seconds, rest = divmod(ns, 1000000000)
    return struct.pack((">" if big else "<") + "IIII", seconds, rest if nano else rest // 1000, len(frame), wire) + frame


def pcap(records, link=ETHERNET, nano=False, big=False, snapshot=262144):
    return pcap_header(link, nano, big, snapshot) + b"".join(pcap_record(record, nano, big) for record in records)


def block(kind, body):
    body += b"\0" * (-len(body) % 4)
    length = struct.pack("<I", 12 + len(body))
    return struct.pack("<I", kind) + length + body + length


def pcapng(records, links=(ETHERNET,), snapshot=0):
    """Times in nanoseconds. links: an interface for each; a record is then (interface, time, frame[, wire]) if there are several."""
    out = block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1))
    for link in links:
        resolution = struct.pack("<HHB3xHH", 9, 1, 9, 0, 0)
        out += block(1, struct.pack("<HHI", link, 0, snapshot) + resolution)
    for record in records:
        interface, record = (record[0], record[1:]) if len(links) > 1 else (0, record)
        ns, frame, wire = parts(record)
        out += block(6, struct.pack("<IIIII", interface, ns >> 32, ns & 0xffffffff, len(frame), wire) + frame)
    return out


def pcapng_simple(frames):
    """Simple packet blocks, which have no time."""
    out = block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1)) + block(1, struct.pack("<HHI", ETHERNET, 0, 0))
    return out + b"".join(block(3, struct.pack("<I", len(frame)) + frame) for frame in frames)
