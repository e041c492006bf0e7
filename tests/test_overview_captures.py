#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
The summary of a capture against what was put into it (overview_traffic.py), and against a count over its frames that is made here and knows
nothing of ours. Screen and JSON tell the same numbers. Captures of ../shared/conformance, where they are there: frames add up, and frames,
bytes and times are capinfos'.
"""
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import captures
import overview_traffic as traffic

CLI = os.environ["NF_CLI"]
SHARED = Path(os.environ["NF_SOURCE"]) / ".." / "shared" / "conformance"


def check(what, found, expected):
    if found != expected:
        sys.exit(f"{what}: {found!r}, expected {expected!r}")


def near(what, found, expected, part):
    if abs(found - expected) > part * expected:
        sys.exit(f"{what}: {found}, expected {expected} within {part:.0%}")


def has(what, text, pattern):
    if not re.search(pattern, text):
        sys.exit(f"{what}: no /{pattern}/ in\n{text}")


def tell(folder, records, *options):
    """JSON and screen of a capture: its bytes, or its path."""
    path, screen, document = (str(folder / name) for name in ("in.pcap", "screen.txt", "screen.json"))
    if isinstance(records, bytes):
        Path(path).write_bytes(records)
    else:
        path = str(records)
    for out in (screen, document):
        Path(out).unlink(missing_ok=True)
    done = subprocess.run([CLI, *options, "-T", "summary", "-w", screen, "-T", "summary-json", "-w", document, path], capture_output=True, text=True)
    if done.returncode < 0 or not os.path.exists(document):
        return None, done
    return json.loads(Path(document).read_text()), Path(screen).read_text()


# --- A count of our own over frames: Ethernet with IPv4 and IPv6 ---

def parse(frame):
    """(IP version, protocol, source, destination, IP bytes, what follows the IP header), or None."""
    kind, ip = frame[12:14], frame[14:]
    if kind == b"\x08\x00":
        total = struct.unpack_from("!H", ip, 2)[0]
        return 4, ip[9], socket.inet_ntoa(ip[12:16]), socket.inet_ntoa(ip[16:20]), total, ip[20:total]
    if kind == b"\x86\xdd":
        total = 40 + struct.unpack_from("!H", ip, 4)[0]
        return 6, ip[6], socket.inet_ntop(socket.AF_INET6, ip[8:24]), socket.inet_ntop(socket.AF_INET6, ip[24:40]), total, ip[40:total]
    return None


def count(frames):
    """What is in the frames. The carrier of a tunnel (GRE) is no connection; what is in it is one."""
    c = dict(protocols=defaultdict(lambda: [0, 0]), hosts=defaultdict(lambda: [0, 0]), pairs=Counter(), tcp=0, connections=defaultdict(set))
    for _, frame in frames:
        at, tunnel = parse(frame), False
        if at and at[1] == 47:
            at, tunnel = parse(frame[:12] + b"\x08\x00" + at[5][4:]), True
        if not at:
            continue
        version, protocol, source, destination, size, rest = at
        row = c["protocols"][version, protocol, tunnel]
        row[0] += 1
        row[1] += size
        c["hosts"][source][0] += size
        c["hosts"][destination][1] += size
        c["pairs"][frozenset((source, destination))] += size
        c["tcp"] += protocol == 6
        ports = struct.unpack_from("!HH", rest) if protocol in (6, 17) else (0, 0)
        c["connections"][version, protocol, tunnel].add(frozenset(((source, ports[0]), (destination, ports[1]))))
    return c


def check_office(j, frames, facts):
    c = count(frames)
    check("frames", j["frames"], len(frames))
    check("bytes", j["bytes"], sum(len(frame) for _, frame in frames))
    check("first", j["first_ns"], frames[0][0])
    check("last", j["last_ns"], frames[-1][0])
    check("duration", j["duration_ns"], frames[-1][0] - frames[0][0])
    check("first, in words", j["first"], "2025-11-24T16:00:" + f"{Decimal(frames[0][0] - traffic.START) / 10 ** 9:012.9f}Z")
    check("protocols", {(p["ip_version"], p["ip_protocol"], p["in_tunnel"]): [p["packets"], p["ip_bytes"]] for p in j["protocols"]}, dict(c["protocols"]))
    check("connections", {(p["ip_version"], p["ip_protocol"], p["in_tunnel"]): p["connections"] for p in j["protocols"]},
          {key: len(ends) for key, ends in c["connections"].items()})
    check("all connections", j["connections"], sum(map(len, c["connections"].values())))
    check("in tunnels", j["connections_in_tunnels"], 1)
    check("hosts", (j["hosts"], j["hosts_exact"]), (len(c["hosts"]), True))
    check("conversations", (j["conversations"], j["conversations_exact"]), (len(c["pairs"]), True))
    check_top(j, c)
    check("services", {s["service"]: s["connections"] for s in j["services"]}, facts["services"])
    check("services are all", sum(s["connections"] for s in j["services"]) + j["unknown_service"]["connections"] + j["no_payload"]["connections"],
          sum(len(ends) for key, ends in c["connections"].items() if key[1] in (6, 17)))
    check("states are all", sum(j["states"].values()), j["connections"])
    check("refused", j["states"]["REJ"], facts["scan_refused"])
    check("time line", (sum(j["timeline"]["frames"]), sum(j["timeline"]["bytes"])), (j["frames"], j["bytes"]))
    buckets = Counter()
    for ns, frame in frames:
        buckets[(ns - j["timeline"]["from_ns"]) // j["timeline"]["bucket_ns"]] += len(frame)
    check("buckets", j["timeline"]["bytes"], [buckets[i] for i in range(len(j["timeline"]["bytes"]))])
    check("used", j["used"], len(frames) - facts["arp"])
    check("skipped", j["skipped"], [{"reason": "not_ip", "text": "ARP and other not IP", "frames": facts["arp"], "option": ""}])
    check("needs", {p["name"] + str(p["ip_version"]) + "t" * p["in_tunnel"]: p["csv_needs"] for p in j["protocols"]},
          {"TCP4": "", "UDP4": "", "TCP6": "--ipv6", "ICMP4": "--icmp", "TCP4t": "--decap"})


def check_top(j, c):
    by_bytes = sorted(c["hosts"].items(), key=lambda host: -sum(host[1]))[:10]
    check("talkers", [(t["address"], t["sent_ip_bytes"], t["received_ip_bytes"]) for t in j["talkers"]], [(a, s, r) for a, (s, r) in by_bytes])
    check("talkers' sums", [t["ip_bytes"] for t in j["talkers"]], [s + r for _, (s, r) in by_bytes])
    check("pairs", [(frozenset((p["a"], p["b"])), p["ip_bytes"]) for p in j["top_conversations"]], c["pairs"].most_common(10))


def check_anomalies(j, facts, tcp_packets):
    a = j["anomalies"]
    scan, sweep, flood = a["port_scans"], a["host_scans"], a["half_open_floods"]
    check("port scans", [(s["address"], s["attempts"], s["refused"], s["unanswered"], s["hosts"], s["example_h"]) for s in scan],
          [(traffic.SCANNER, facts["scan_ports"], facts["scan_refused"], facts["scan_ports"] - facts["scan_refused"], 1, traffic.SCANNED)])
    near("scanned ports", scan[0]["ports"], facts["scan_ports"], 0.15)
    check("host scans", [(s["address"], s["attempts"], s["refused"], s["ports"], s["example_p"]) for s in sweep],
          [(traffic.SWEEPER, facts["sweep_hosts"], 0, 1, 22)])
    check("scanned hosts", (sweep[0]["hosts"], sweep[0]["hosts_exact"]), (facts["sweep_hosts"], True))
    check("floods", [(f["address"], f["port"], f["half_open"], f["half_open_error"]) for f in flood], [(traffic.FLOODED, 443, facts["flood"], 0)])
    near("sources of the flood", flood[0]["sources"], facts["flood_sources"], 0.15)
    check("retransmissions", [a["retransmissions"][k] for k in ("packets", "connections", "tcp_packets")], [facts["retransmissions"], 1, tcp_packets])
    check("the connection with retransmissions", [(t["resp_p"], t["retransmissions"]) for t in a["retransmissions"]["top"]], [(8080, facts["retransmissions"])])
    check("gaps", [a["content_gaps"][k] for k in ("missed_bytes", "connections", "gaps")], [facts["missed_bytes"], 1, facts["gaps"]])
    check("the connection with gaps", [(t["resp_p"], t["missed_bytes"]) for t in a["content_gaps"]["top"]], [(9090, facts["missed_bytes"])])
    check("zero windows", [a["zero_windows"][k] for k in ("packets", "connections")], [facts["zero_windows"], 1])
    check("bad checksums", a["bad_checksums"], {"packets": 0, "connections": 0, "top": []})


# --- The screen tells what JSON does ---

def number(n):
    return f"{n:,}"


def size(n):
    """As the summary writes it: 1000 of each unit, a decimal rounded half up."""
    for i, unit in enumerate(("kB", "MB", "GB")):
        unit_bytes = 1000 ** (i + 1)
        tenths = (n + unit_bytes // 20) // (unit_bytes // 10)
        if n < 1000:
            return f"{n} B"
        if tenths < 10000 or unit == "GB":
            return f"{tenths // 10:,}.{tenths % 10} {unit}"


def line(*parts):
    return r"(?m)^.*?" + r"\s+".join(re.escape(part) for part in parts)


def check_screen(screen, j):
    check("wide lines", [at for at in screen.splitlines() if len(at) > 80], [])
    check("codes", "\x1b" in screen, False)
    flat = re.sub(r"\s+", " ", screen)
    has("facts", flat, re.escape(f"{number(j['frames'])} frames · {size(j['bytes'])} ·"))
    has("facts", flat, re.escape(f"{number(j['connections'])} connections"))
    has("facts", flat, re.escape(f"{number(j['hosts'])} hosts · {number(j['conversations'])} conversations"))
    for p in j["protocols"]:
        name = p["name"] + "/IPv6" * (p["ip_version"] == 6) + " in tunnels" * p["in_tunnel"]
        has("protocol", screen, line(name, number(p["connections"]), number(p["packets"]), size(p["ip_bytes"])))
        if p["csv_needs"]:
            has("switch", screen, r"(?m)^" + re.escape(name) + r" .* " + re.escape(p["csv_needs"]) + "$")
    for s in j["services"]:
        has("service", screen, line(s["service"], number(s["connections"]), size(s["ip_bytes"])))
    for key, name in (("unknown_service", "unknown"), ("no_payload", "no payload")):
        has(name, screen, line(name, number(j[key]["connections"]), size(j[key]["ip_bytes"])))
    for state, n in j["states"].items():
        if n:
            has("state", screen, rf"\b{state} +[A-Za-z, -]+ +{number(n)} ")
    for t in j["talkers"][:5]:
        has("talker", screen, line(t["address"], number(t["connections"]), size(t["sent_ip_bytes"]), size(t["received_ip_bytes"]), size(t["ip_bytes"])))
    for p in j["top_conversations"][:5]:
        has("pair", screen, line(p["a"] + " ↔ " + p["b"], number(p["connections"]), size(p["ip_bytes"])))
    for key in ("largest", "longest"):
        for t in j[key][:3]:
            has(key, screen, line(f"{t['orig_h']}:{t['orig_p']} → {t['resp_h']}:{t['resp_p']} ") + r".*\b" + t["state"])
    a = j["anomalies"]
    for s in a["port_scans"]:
        has("port scan", flat, rf"! port scan {s['address']} tried {s['protocol']} ≈{s['ports']} ports of {s['example_h']} in vain: {s['refused']} refused, {s['unanswered']} without answer")
    for s in a["host_scans"]:
        has("host scan", flat, rf"! host scan {s['address']} tried {s['protocol']} port {s['example_p']} of {s['hosts']} hosts in vain")
    for f in a["half_open_floods"]:
        has("flood", flat, rf"! half-open flood {f['half_open']} half-open connections to {f['address']}:{f['port']} from ≈{f['sources']} sources")
    has("retransmissions", flat, rf"! retransmissions [0-9.]+ % of all TCP packets, {a['retransmissions']['packets']} in 1 connection: ")
    has("gaps", flat, rf"! content gaps {size(a['content_gaps']['missed_bytes'])} acknowledged but not captured: {a['content_gaps']['gaps']} gaps in 1 connection")
    has("windows", flat, rf"! zero windows {a['zero_windows']['packets']} in 1 connection")
    for s in j["skipped"]:
        has("skipped", flat, re.escape(f"{s['text']} {number(s['frames'])}"))


# --- Captures of one kind ---

def check_bad_checksums(folder):
    """By hand: of 6 datagrams of one host 5 have another checksum than they should; one other host has one."""
    frames = []
    for i in range(7):
        source, good = ("10.0.0.2", False) if i == 6 else ("10.0.0.1", i == 0)
        ip = traffic.udp(source, "10.0.0.9", (1000 + i, 9), b"text")
        frames.append((i, traffic.link(ip if good else ip[:26] + bytes([ip[26] ^ 1]) + ip[27:])))
    j, screen = tell(folder, captures.pcap(frames), "--checksums", "verify")
    check("bad checksums", j["anomalies"]["bad_checksums"]["packets"], 6)
    check("who sent them", j["anomalies"]["bad_checksums"]["sender"], {"address": "10.0.0.1", "packets": 5})
    has("bad checksums", re.sub(r"\s+", " ", screen), "! bad checksums 6 packets in 6 connections, most sent by 10.0.0.1: its network card")


def check_peers(folder):
    """Many peers at a port each, none of whom answers: no scan. And a server whose clients are many: no flood."""
    frames = [(i, traffic.link(traffic.udp("10.0.0.1", f"198.51.100.{1 + i}", (6881, 10000 + 7 * i), b"hello"))) for i in range(200)]
    for i in range(200):
        frames += [(i, traffic.link(traffic.tcp(f"192.0.2.{1 + i}", "10.0.0.2", (4000, 80), "S", 1))),
                   (i, traffic.link(traffic.tcp("10.0.0.2", f"192.0.2.{1 + i}", (80, 4000), "SA", 1, 2))),
                   (i, traffic.link(traffic.tcp(f"192.0.2.{1 + i}", "10.0.0.2", (4000, 80), "A", 2, 2)))]
    j, screen = tell(folder, captures.pcap(frames))
    check("no anomalies", [j["anomalies"][k] for k in ("port_scans", "host_scans", "half_open_floods")], [[], [], []])
    check("no words of them", "WORTH A LOOK" in screen, False)


def attempts(source, pairs):
    """One SYN for each (host, port), refused where the port is even."""
    ips = []
    for i, (host, port) in enumerate(pairs):
        ips.append(traffic.tcp(source, host, (20000 + i, port), "S", 1))
        if port % 2 == 0:
            ips.append(traffic.tcp(host, source, (port, 20000 + i), "RA", 0, 2))
    return [traffic.link(ip) for ip in ips]


def check_scans(folder):
    """By hand, on both sides of each threshold: 15 ports or 25 hosts; three times as many as of the other, or three attempts at each."""
    host, port = (lambda i: f"203.0.113.{1 + i}"), (lambda i: 1000 + i)
    # source -> (ports, hosts, attempts); attempt number i goes to port i and to host i, both round and round
    ports = {
        "10.1.0.1": (14, 1, 14), "10.1.0.2": (15, 1, 15), "10.1.0.3": (16, 1, 16),
        "10.1.0.4": (17, 6, 17), "10.1.0.5": (18, 6, 18),  # 6 hosts: 18 ports
        "10.1.0.6": (16, 7, 47), "10.1.0.7": (16, 7, 48),  # 7 hosts, 16 ports: 3 * 16 attempts
    }
    hosts = {
        "10.2.0.1": (1, 24, 24), "10.2.0.2": (1, 25, 25), "10.2.0.3": (1, 26, 26),
        "10.2.0.4": (9, 26, 26), "10.2.0.5": (9, 27, 27),  # 9 ports: 27 hosts
        "10.2.0.6": (10, 29, 86), "10.2.0.7": (10, 29, 87),  # 10 ports: 30 hosts, or 3 * 29 attempts
    }
    frames = []
    for source, (n_ports, n_hosts, n) in (ports | hosts).items():
        frames += attempts(source, [(host(i % n_hosts), port(i % n_ports)) for i in range(n)])
    j, _ = tell(folder, captures.pcap([(Decimal(i) / 1000, frame) for i, frame in enumerate(frames)]))
    a = j["anomalies"]
    # The most ports or hosts first, equal ones by address.
    for what, told, expected in (("port scans", a["port_scans"], ["10.1.0.5", "10.1.0.3", "10.1.0.7", "10.1.0.2"]),
                                 ("host scans", a["host_scans"], ["10.2.0.7", "10.2.0.5", "10.2.0.3", "10.2.0.2"])):
        check(what, [(s["address"], s["ports"], s["hosts"], s["attempts"]) for s in told], [(s, *(ports | hosts)[s]) for s in expected])
        check(f"{what} are exact", {(s["ports_exact"], s["hosts_exact"]) for s in told}, {(True, True)})
        check(f"{what}, refused", [s["refused"] for s in told],
              [sum(port(i % (ports | hosts)[s][0]) % 2 == 0 for i in range((ports | hosts)[s][2])) for s in expected])


def check_retransmitters(folder):
    """By hand: who sends a segment again, not who gets it, whether it began the connection, and whether its address is the lower one."""
    t = traffic.Traffic()
    data = lambda segments: bytes(segments * traffic.MSS)
    t.stream(0, "10.0.0.1", "10.0.0.2", 80, [(0, data(20)), (1, data(20))], again=[*range(1, 7), *range(21, 30)])  # 6 and 9
    t.stream(1, "10.0.0.4", "10.0.0.3", 80, [(0, data(20)), (1, data(20))], again=[*range(1, 9), *range(21, 26)])  # 8 and 5
    t.stream(2, "10.0.0.5", "10.0.0.6", 80, [(0, data(20)), (1, data(20))], again=range(21, 31))  # 0 and 10
    t.stream(3, "10.0.0.8", "10.0.0.7", 80, [(0, data(20)), (1, data(20))], again=[*range(1, 5), *range(21, 28)])  # 4, one too few, and 7
    t.stream(4, "10.0.0.2", "10.0.0.9", 80, [(0, data(20))], again=range(1, 4))  # 3 more
    again = {"10.0.0.2": 9 + 3, "10.0.0.6": 10, "10.0.0.4": 8, "10.0.0.7": 7, "10.0.0.1": 6, "10.0.0.3": 5}
    sent = Counter(parse(frame)[2] for _, frame in t.frames)
    j, screen = tell(folder, traffic.as_pcap(sorted(t.frames)))
    r = j["anomalies"]["retransmissions"]
    check("who sent again", [(h["address"], h["packets"], h["tcp_packets"]) for h in r["hosts"]], [(a, n, sent[a]) for a, n in again.items()])
    check("sent again in all", (r["packets"], r["connections"], r["tcp_packets"]), (sum(again.values()) + 4, 5, len(t.frames)))
    check("connections of them", [(c["orig_h"], c["retransmissions"]) for c in r["top"]], [("10.0.0.1", 15), ("10.0.0.4", 13), ("10.0.0.8", 11), ("10.0.0.5", 10)])
    has("who sent again", re.sub(r"\s+", " ", screen), rf"! retransmits [0-9.]+ % of what 10\.0\.0\.2 sent: 12 of {sent['10.0.0.2']} TCP packets")


def check_filtered(folder, frames):
    """What a filter does not take is not in the capture."""
    j, _ = tell(folder, traffic.as_pcap(frames), "-f", "udp")
    taken = [frame for frame in frames if (at := parse(frame[1])) and at[:2] == (4, 17)]
    check("filtered", (j["frames"], j["frames_filtered"], j["bytes"]), (len(taken), len(frames) - len(taken), sum(len(f) for _, f in taken)))


def check_many_hosts(folder):
    """More hosts than counters: 6,000 that send little to one who is sent to, three that send more."""
    frames = [(Decimal(i) / 1000, traffic.link(traffic.udp(f"10.{1 + i // 250}.{i % 250}.1", "198.51.100.9", (9, 9), b"x" * 8))) for i in range(6000)]
    big = {"192.0.2.1": 900, "192.0.2.2": 700, "192.0.2.3": 500}
    frames += [(6 + Decimal(i) / 1000, traffic.link(traffic.udp(a, "198.51.100.9", (9, 9), bytes(n)))) for i, (a, n) in enumerate(big.items())]
    j, screen = tell(folder, captures.pcap(frames))
    near("hosts", j["hosts"], 6004, 0.08)
    check("hosts are estimated", j["hosts_exact"], False)
    exact = {a: n + 28 for a, n in big.items()} | {"198.51.100.9": 6000 * 36 + 2100 + 84}
    bound = 2 * (6000 * 36 + 2100 + 84) // 4096
    found = {t["address"]: t for t in j["talkers"]}
    check("the heaviest", [t["address"] for t in j["talkers"][:4]], ["198.51.100.9", "192.0.2.1", "192.0.2.2", "192.0.2.3"])
    for address, n in exact.items():
        t = found[address]
        check(f"bounds of {address}", t["ip_bytes"] - t["ip_bytes_error"] <= n <= t["ip_bytes"] and t["ip_bytes_error"] <= bound, True)
    has("mark", screen, r"≈ more than 4,096 hosts")
    has("mark", screen, r"192\.0\.2\.1 .*≈")


def check_odd_times(folder):
    """Times that go back, and one of 1970."""
    frames = [(t, traffic.link(traffic.udp("10.0.0.1", "10.0.0.2", (9, 9), b"x"))) for t in (1_700_000_000, 1_700_000_005, 1_600_000_000, 0, 1_700_000_001)]
    j, _ = tell(folder, captures.pcap(frames))
    check("odd times", (j["first_ns"], j["last_ns"], j["first"], sum(j["timeline"]["frames"])), (0, 1_700_000_005 * 10 ** 9, "1970-01-01T00:00:00.000000000Z", 5))


def check_empty(folder):
    j, screen = tell(folder, captures.pcap([]))
    check("empty", (j["frames"], j["connections"], j["talkers"], j["timeline"]["frames"], "first" in j), (0, 0, [], [], False))
    check("empty screen", screen, "in.pcap\n0 frames · 0 B · 0 connections\n")


# --- Captures of others ---

def infos(paths):
    """path -> (packets, bytes, duration, first) of capinfos; files that it cannot read are left out."""
    done = subprocess.run(["capinfos", "-T", "-M", "-r", "-m", "-c", "-d", "-u", "-a", "-S", *paths], capture_output=True, text=True, env=dict(os.environ, TZ="UTC"))
    rows = (row.rsplit(",", 4) for row in done.stdout.splitlines())
    return {path: numbers for path, *numbers in rows}


# Its records claim to be shorter on the wire than what was captured of them, which capinfos believes.
SHORT_ON_THE_WIRE = "tcpdump.icmp-icmp_print-oobr-2.pcap"


def check_shared(folder):
    if not SHARED.is_dir() or not shutil.which("capinfos"):
        return "../shared or capinfos is not there"
    paths = [str(p) for group in ("captures", "odd", "zeek") for p in sorted((SHARED / group).glob("*.*cap*"))[::2] if not p.name.endswith((".log", ".tsv"))]
    known, compared = infos(paths), 0
    for path in paths:
        j, screen = tell(folder, Path(path))
        if j is None:
            check(f"{path}: exit status", screen.returncode >= 0, True)
            continue
        check(f"{path}: frames add up", j["used"] + sum(s["frames"] for s in j["skipped"]), j["frames"] + j["frames_filtered"])
        check(f"{path}: states add up", sum(j["states"].values()), j["connections"])
        check(f"{path}: protocols add up", [sum(p[k] for p in [*j["protocols"], j["other_protocols"]]) for k in ("connections", "packets", "ip_bytes")],
              [j[k] for k in ("connections", "packets", "ip_bytes")])
        check(f"{path}: wide lines", [at for at in screen.splitlines() if len(at) > 80], [])
        check(f"{path}: controls", re.findall(r"[^\n\x20-\x7e\u00a0-\uffff]", screen), [])
        if path not in known or j["frames_without_time"] or any(s["reason"] == "not_packet" for s in j["skipped"]):
            continue
        packets, length, duration, first = known[path]
        check(f"{path}: frames", j["frames"], int(packets))
        if not path.endswith(SHORT_ON_THE_WIRE):
            check(f"{path}: bytes", j["bytes"], int(length))
        # It prints times with microseconds beyond a second as they are in the file.
        if int(packets) and all(re.fullmatch(r"\d+\.\d{9}", time) for time in (duration, first)):
            check(f"{path}: duration", j["duration_ns"], int(Decimal(duration) * 10 ** 9))
            check(f"{path}: first", j["first_ns"], int(Decimal(first) * 10 ** 9))
        compared += 1
    check("compared enough", compared > len(paths) // 2, True)
    return f"{len(paths)} captures, {compared} compared with capinfos"


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        frames, facts = traffic.office()
        j, screen = tell(folder, traffic.as_pcap(frames))
        check_office(j, frames, facts)
        check_anomalies(j, facts, count(frames)["tcp"])
        check_screen(screen, j)
        check_bad_checksums(folder)
        check_peers(folder)
        check_scans(folder)
        check_retransmitters(folder)
        check_filtered(folder, frames)
        check_many_hosts(folder)
        check_odd_times(folder)
        check_empty(folder)
        print(f"summary: {len(frames)} frames; {check_shared(folder)}")


main()
