# SPDX-License-Identifier: GPL-2.0-or-later
"""A small network for five minutes: web pages, DNS, TLS, SSH, ping, IPv6, a tunnel, and things that are worth a look. The same on each call.

    frames, facts = office()

frames: (time in ns, frame), in order. facts: what was put in on purpose, as numbers, which no one has to read out of the frames.
test_overview_captures.py uses it, and docs/make_summary_picture.py.
"""
import random
import socket
import struct

import captures

START = 1_764_000_000_000_000_000
MSS = 1400
CLIENTS = [f"10.0.0.{n}" for n in range(20, 32)]
RESOLVER, WEB, MAIL, SCANNED = "10.0.0.53", "198.51.100.80", "198.51.100.25", "10.0.0.5"
SCANNER, SWEEPER, FLOODED = "10.0.0.66", "10.0.0.67", "203.0.113.80"


def is_v6(address):
    return ":" in address


def number(address):
    return socket.inet_pton(socket.AF_INET6 if is_v6(address) else socket.AF_INET, address)


def packet(source, destination, protocol, body):
    if not is_v6(source):
        return captures.ipv4(source, destination, protocol, body)
    return struct.pack("!IHBB", 6 << 28, len(body), protocol, 64) + number(source) + number(destination) + body


def with_checksum(source, destination, protocol, body, at):
    pseudo = number(source) + number(destination) + struct.pack("!IBBBB", len(body), 0, 0, 0, protocol)
    return body[:at] + struct.pack("!H", captures.checksum(pseudo + body)) + body[at + 2:]


def tcp(source, destination, ports, flags, seq=0, ack=0, payload=b"", window=1000):
    bits = sum(captures.FLAGS[f] for f in flags)
    body = struct.pack("!HHIIBBHHH", *ports, seq & 0xffffffff, ack & 0xffffffff, 5 << 4, bits, window, 0, 0) + payload
    return packet(source, destination, 6, with_checksum(source, destination, 6, body, 16))


def udp(source, destination, ports, payload):
    body = struct.pack("!HHHH", *ports, 8 + len(payload), 0) + payload
    return packet(source, destination, 17, with_checksum(source, destination, 17, body, 6))


def link(ip):
    return captures.ethernet(ip, 0x86dd if ip[0] >> 4 == 6 else 0x0800)


def tls(kind, n):
    """A TLS record of n bytes in all: a ClientHello (1), a ServerHello (2), or application data (0)."""
    if kind == 0:
        return struct.pack("!BHH", 23, 0x0303, n - 5) + bytes(n - 5)
    hello = struct.pack("!H", 0x0303) + bytes(range(32)) + b"\0" + b"\0\2\x13\1\1\0" + bytes(n - 50)
    return struct.pack("!BHH", 22, 0x0303, len(hello) + 4) + struct.pack("!I", kind << 24 | len(hello)) + hello


class Traffic:
    def __init__(self):
        self.frames = []
        self.random = random.Random(10)
        self.port = 40000
        self.facts = dict(retransmissions=0, missed_bytes=0, gaps=0, zero_windows=0, services={}, arp=0)

    def add(self, second, ip):
        self.frames.append((START + round(second * 1e9), link(ip)))

    def next_port(self):
        self.port += 1
        return self.port

    def named(self, service):
        self.facts["services"][service] = self.facts["services"].get(service, 0) + 1

    def stream(self, second, client, server, port, turns, rtt=0.02, again=(), lost=(), stalled=(), wrap=lambda ip: ip, pace=0.001):
        """A TCP connection from SYN to FIN. turns: (0 or 1: who sends, bytes). Data segments, counted from 0, that are in `again` are sent
        twice, those in `lost` are not captured; after those in `stalled` the receiver's window is 0."""
        ports, ends = [self.next_port(), port], [client, server]
        seq, n, now = [1000, 5000], 0, second

        def send(side, flags, payload=b"", window=1000):
            self.add(now, wrap(tcp(ends[side], ends[1 - side], (ports[side], ports[1 - side]), flags, seq[side], seq[1 - side], payload, window)))

        send(0, "S")
        seq[0] += 1
        now += rtt / 2
        send(1, "SA")
        seq[1] += 1
        now += rtt / 2
        send(0, "A")
        for side, data in turns:
            for at in range(0, len(data), MSS):
                part = data[at:at + MSS]
                now += pace
                if n not in lost:
                    send(side, "PA", part)
                if n in again:
                    now += rtt
                    send(side, "PA", part)
                seq[side] += len(part)
                if n % 2 or n in stalled or n in lost or at + MSS >= len(data):
                    now += pace
                    send(1 - side, "A", window=0 if n in stalled else 1000)
                n += 1
        now += rtt
        for side in (0, 1):
            send(side, "FA")
            seq[side] += 1
            now += rtt / 2
        send(0, "A")
        self.facts["retransmissions"] += len(again)
        self.facts["gaps"] += len(lost)
        self.facts["zero_windows"] += len(stalled)

    def dns(self, second, client, name):
        port = self.next_port()
        question = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0" + struct.pack("!HH", 1, 1)
        head = lambda flags, answers: struct.pack("!HHHHHH", port, flags, 1, answers, 0, 0)
        self.add(second, udp(client, RESOLVER, (port, 53), head(0x0100, 0) + question))
        answer = struct.pack("!HHHIH", 0xc00c, 1, 1, 300, 4) + number(WEB)
        self.add(second + 0.012, udp(RESOLVER, client, (53, port), head(0x8180, 1) + question + answer))
        self.named("dns")

    def http(self, second, client, size, **more):
        self.stream(second, client, WEB, 80, [(0, b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"),
                                              (1, b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + bytes(size))], **more)
        self.named("http")

    def https(self, second, client, server, size, **more):
        self.stream(second, client, server, 443, [(0, tls(1, 300)), (1, tls(2, 900)), (0, tls(0, 500)), (1, tls(0, size))], **more)
        self.named("ssl")

    def ping(self, second, client, server):
        for side, kind in ((0, 8), (1, 0)):
            body = struct.pack("!BBHHH", kind, 0, 0, 7, 1) + bytes(48)
            body = body[:2] + struct.pack("!H", captures.checksum(body)) + body[4:]
            ends = (client, server)[::-1 if side else 1]
            self.add(second + 0.02 * side, packet(*ends, 1, body))

    def port_scan(self, second, ports):
        """Each second port refuses."""
        for i in range(ports):
            port = self.next_port()
            self.add(second + i * 0.01, tcp(SCANNER, SCANNED, (port, 1 + i), "S", 1))
            if i % 2:
                self.add(second + i * 0.01 + 0.001, tcp(SCANNED, SCANNER, (1 + i, port), "RA", 0, 2))
        self.facts.update(scan_ports=ports, scan_refused=ports // 2)

    def host_scan(self, second, hosts):
        for i in range(hosts):
            self.add(second + i * 0.02, tcp(SWEEPER, f"10.0.1.{1 + i}", (self.next_port(), 22), "S", 1))
        self.facts["sweep_hosts"] = hosts

    def flood(self, second, sources):
        """Every third SYN has its answer."""
        for i in range(sources):
            source, port = f"192.0.2.{1 + i % 250}", 20000 + i
            self.add(second + i * 0.005, tcp(source, FLOODED, (port, 443), "S", 1))
            if i % 3 == 0:
                self.add(second + i * 0.005 + 0.001, tcp(FLOODED, source, (443, port), "SA", 1, 2))
        self.facts.update(flood=sources, flood_sources=min(sources, 250))


def gre(ip):
    return packet("10.0.0.1", "198.51.100.1", 47, struct.pack("!HH", 0, 0x0800) + ip)


def office(scale=1.0):
    """scale: of the bytes that pages have."""
    t = Traffic()
    for i in range(40):
        t.dns(2 + 7 * i + t.random.random(), t.random.choice(CLIENTS), t.random.choice(("www.example.org", "mail.example.net", "cdn.example.com")))
    for i in range(16):
        t.http(5 + 17 * i, CLIENTS[i % 12], round(scale * t.random.randrange(2000, 60000)), pace=0.02)
    for i in range(22):
        t.https(3 + 12.5 * i, CLIENTS[i * 5 % 12], f"198.51.100.{81 + i % 6}", round(scale * t.random.randrange(4000, 16000)), pace=0.03)
    for i in range(5):
        t.https(20 + 40 * i, "2001:db8::20", "2001:db8:ffff::1", round(scale * 12000), pace=0.05)
    t.stream(10, CLIENTS[0], MAIL, 22, [(0, b"SSH-2.0-OpenSSH_9.0\r\n"), (1, b"SSH-2.0-OpenSSH_9.2\r\n")] + [(i % 2, bytes(48 + i % 90)) for i in range(200)], pace=0.6)
    t.stream(150, CLIENTS[3], WEB, 8080, [(0, bytes(round(scale * 150000)))], again=range(10, 50, 4), pace=0.25)
    t.stream(60, CLIENTS[5], WEB, 9090, [(1, bytes(90 * MSS))], lost=(30, 31, 60), pace=0.2)
    t.facts["missed_bytes"] = 3 * MSS
    t.stream(90, CLIENTS[6], WEB, 9091, [(0, bytes(30 * MSS))], stalled=(10, 12, 14, 16), pace=0.1)
    t.stream(200, "192.168.5.2", "192.168.6.2", 445, [(0, bytes(3000)), (1, bytes(9000))], wrap=gre, pace=0.1)
    for i in range(8):
        t.ping(30 + i * 30, CLIENTS[i], "198.51.100.1")
    t.port_scan(120, 200)
    t.host_scan(180, 60)
    t.flood(240, 400)
    for i in range(5):
        t.frames.append((START + (i + 1) * 50 * 10 ** 9, captures.arp()))
    t.facts["arp"] = 5
    t.frames.sort(key=lambda frame: frame[0])
    return t.frames, t.facts


def as_pcap(frames):
    records = [struct.pack("<IIII", ns // 10 ** 9, ns % 10 ** 9, len(frame), len(frame)) + frame for ns, frame in frames]
    return captures.pcap_header(nano=True) + b"".join(records)
