#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes a small capture to standard output: a web page over TCP, its DNS question, a refused connection, ARP, ping and IPv6."""
import struct
import sys

CLIENT, SERVER, RESOLVER = "192.0.2.10", "198.51.100.80", "192.0.2.53"
FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
START_NS = 1_700_000_000_000_000_000


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def address(text):
    return bytes(map(int, text.split(".")))


def ethernet(ethertype, payload):
    frame = bytes.fromhex("020000000002" "020000000001") + struct.pack("!H", ethertype) + payload
    return frame.ljust(60, b"\0")


def ipv4(src, dst, protocol, payload):
    def header(check):
        return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol, check) + address(src) + address(dst)
    return ethernet(0x0800, header(checksum(header(0))) + payload)


def with_checksum(src, dst, protocol, segment, at):
    check = checksum(address(src) + address(dst) + struct.pack("!BBH", 0, protocol, len(segment)) + segment)
    return ipv4(src, dst, protocol, segment[:at] + struct.pack("!H", check) + segment[at + 2:])


def tcp(src, sport, dst, dport, seq, ack, flags, payload=b""):
    segment = struct.pack("!HHIIBBHHH", sport, dport, seq, ack, 5 << 4, flags, 64240, 0, 0) + payload
    return with_checksum(src, dst, 6, segment, 16)


def udp(src, sport, dst, dport, payload):
    return with_checksum(src, dst, 17, struct.pack("!HHHH", sport, dport, 8 + len(payload), 0) + payload, 6)


def dns(flags, answer=b""):
    question = b"\3www\7example\3org\0" + struct.pack("!HH", 1, 1)
    return struct.pack("!HHHHHH", 0x4e46, flags, 1, 1 if answer else 0, 0, 0) + question + answer


def frames():
    """(seconds after the start, frame) in order."""
    arp = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + bytes(6) + address(CLIENT) + bytes(6) + address(RESOLVER)
    yield 0.0, ethernet(0x0806, arp)

    yield 0.001, udp(CLIENT, 51000, RESOLVER, 53, dns(0x0100))
    yield 0.0215, udp(RESOLVER, 53, CLIENT, 51000, dns(0x8180, struct.pack("!HHHIH", 0xc00c, 1, 1, 300, 4) + address(SERVER)))

    there, back = (CLIENT, 40000, SERVER, 80), (SERVER, 80, CLIENT, 40000)
    request, page = b"GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n", b"x" * 1400
    yield 0.022, tcp(*there, 1000, 0, SYN)
    yield 0.047, tcp(*back, 9000, 1001, SYN | ACK)
    yield 0.0471, tcp(*there, 1001, 9001, ACK)
    yield 0.048, tcp(*there, 1001, 9001, PSH | ACK, request)
    seq = 1001 + len(request)
    for i in range(6):
        yield 0.075 + i * 0.0002, tcp(*back, 9001 + i * len(page), seq, ACK, page)
    end = 9001 + 6 * len(page)
    yield 0.0781, tcp(*there, seq, end, ACK)

    yield 0.1, tcp(CLIENT, 40002, SERVER, 8080, 5000, 0, SYN)
    yield 0.125, tcp(SERVER, 8080, CLIENT, 40002, 0, 5001, RST | ACK)

    ping = struct.pack("!BBHHH", 8, 0, 0, 1, 1) + b"netflower ping"
    yield 0.2, ipv4(CLIENT, SERVER, 1, ping[:2] + struct.pack("!H", checksum(ping)) + ping[4:])

    addresses = bytes.fromhex("fe80" + "00" * 13 + "01" "ff02" + "00" * 13 + "fb")
    mdns = struct.pack("!HHHH", 5353, 5353, 8 + len(dns(0)), 0) + dns(0)
    check = checksum(addresses + struct.pack("!II", len(mdns), 17) + mdns)
    mdns = mdns[:6] + struct.pack("!H", check) + mdns[8:]
    yield 0.3, ethernet(0x86dd, struct.pack("!IHBB", 6 << 28, len(mdns), 17, 255) + addresses + mdns)

    yield 7.5, tcp(*there, seq, end, FIN | ACK)
    yield 7.525, tcp(*back, end, seq + 1, FIN | ACK)
    yield 7.5252, tcp(*there, seq + 1, end + 1, ACK)


out = sys.stdout.buffer
out.write(struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 262144, 1))
for seconds, frame in frames():
    ns = START_NS + round(seconds * 1e9)
    out.write(struct.pack("<IIII", ns // 10**9, ns % 10**9, len(frame), len(frame)) + frame)
