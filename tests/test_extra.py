# SPDX-License-Identifier: GPL-2.0-or-later
"""Columns beside the profile's, and -T ndjson. Expected values are counted by hand or computed here from the definitions."""
import base64
import hashlib
import json
import math
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import unittest
from decimal import Decimal

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import captures
from captures import ethernet, ipv4

NF_CLI = os.environ.get("NF_CLI", "build/release/bin/nf-cli")
SHARED = os.path.join(os.environ.get("NF_SOURCE", "."), "..", "shared", "conformance")
A, B = "10.0.0.1", "10.0.0.2"


def segment(source, destination, flags, seq, ack=0, payload=b"", options=b"", ttl=64):
    """A frame from (address, port) to (address, port)."""
    (a, ap), (b, bp) = source, destination
    bits = sum(captures.FLAGS[f] for f in flags)
    options += b"\0" * (-len(options) % 4)
    header = struct.pack("!HHIIBBHHH", ap, bp, seq & 0xffffffff, ack, (5 + len(options) // 4) << 4, bits, 1000, 0, 0)
    packet = bytearray(ipv4(a, b, 6, header + options + payload))
    packet[8] = ttl
    return ethernet(bytes(packet))


class Extra(unittest.TestCase):
    def run_cli(self, data, *arguments, code=0):
        with tempfile.NamedTemporaryFile(suffix=".pcap") as f:
            f.write(data)
            f.flush()
            done = subprocess.run([NF_CLI, "-q", "-r", f.name, *arguments], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout

    def row(self, records, names, *arguments):
        """The values of the only flow."""
        lines = self.run_cli(captures.pcap(records), "--columns", ",".join(names), *arguments).splitlines()
        self.assertEqual(len(lines), 2)
        return lines[1].split(",")

    def talk(self):
        mss, scale, sack = b"\x02\x04\x05\xb4", b"\x03\x03\x07", b"\x04\x02"
        c, s = (A, 1000), (B, 80)
        return [
            (Decimal("1.0"), segment(c, s, "S", 100, options=mss + scale + sack, ttl=64)),
            (Decimal("1.010"), segment(s, c, "SA", 500, 101, options=b"\x02\x04\x05\x00", ttl=50)),
            (Decimal("1.030"), segment(c, s, "A", 101, 501, ttl=63)),
            (Decimal("1.040"), segment(c, s, "PA", 101, 501, b"x" * 10)),      # 101-110
            (Decimal("1.050"), segment(c, s, "PA", 131, 501, b"x" * 10)),      # 131-140: a gap of 111-130
            (Decimal("1.060"), segment(c, s, "PA", 111, 501, b"x" * 10)),      # into the gap
            (Decimal("1.070"), segment(c, s, "PA", 121, 501, b"x" * 10)),      # the rest of it
            (Decimal("1.080"), segment(c, s, "PA", 101, 501, b"x" * 10)),      # again
            (Decimal("1.090"), segment(c, s, "A", 140, 501, b"x")),            # keep-alive
            (Decimal("1.100"), segment(s, c, "A", 501, 141)),
        ]

    def test_tcp(self):
        names = ["fwd_ttl_min", "fwd_ttl_max", "bwd_ttl_min", "bwd_ttl_max", "fwd_mss", "bwd_mss", "fwd_window_scale", "bwd_window_scale",
                 "fwd_sack_permitted", "bwd_sack_permitted", "syn_ack_delay", "ack_delay", "handshake_rtt",
                 "fwd_retransmitted_pkts", "bwd_retransmitted_pkts", "fwd_reordered_pkts", "bwd_reordered_pkts"]
        # A row says what of the talk above: 64 but once 63; a server of 50 and then 64; ...
        self.assertEqual(self.row(self.talk(), names),
                         ["63", "64", "50", "64", "1460", "1280", "7", "-1", "1", "0", "0.01", "0.02", "0.03", "1", "0", "2", "0"])

    def test_sequence_numbers_wrap(self):
        c, s = (A, 1000), (B, 80)
        top = 2**32 - 5
        records = [(1, segment(c, s, "A", top, 1, b"x" * 10)), (2, segment(c, s, "A", 5, 1, b"x" * 10)),
                   (3, segment(c, s, "A", top, 1, b"x" * 10)), (4, segment(c, s, "A", 15, 1, b"x" * 10))]
        self.assertEqual(self.row(records, ["fwd_retransmitted_pkts", "fwd_reordered_pkts"]), ["1", "0"])

    def test_sequences(self):
        names = ["size_sequence", "gap_sequence"]
        self.assertEqual(self.row(self.talk(), names, "--sequence", "4"), ["52;-44;40;50", "0.0;0.01;0.02;0.01"])
        self.assertEqual(len(self.row(self.talk(), names)[0].split(";")), 10)
        self.assertEqual(self.row(self.talk(), names, "--sequence", "0"), ["", ""])
        self.assertEqual(len(self.row(self.talk() * 1, names, "--sequence", "1000")[1].split(";")), 10)
        self.run_cli(captures.pcap(self.talk()), "--columns", "size_sequence", "--sequence", "1001", code=1)

    def test_link(self):
        packet = captures.udp_packet(f"{A}:1", f"{B}:2", b"x")
        tag = struct.pack("!HHHHH", 0x88a8, 0x2000 | 100, 0x8100, 200, 0x0800)
        frame = bytes.fromhex("0a0b0c0d0e0f" "010203040506") + tag + packet
        names = ["src_mac", "dst_mac", "vlan_id", "inner_vlan_id", "mpls_label", "ip_version", "tos", "dscp", "interface"]
        self.assertEqual(self.row([(1, frame)], names), ["01:02:03:04:05:06", "0a:0b:0c:0d:0e:0f", "100", "200", "-1", "4", "0", "0", "0"])
        label = struct.pack("!I", 77777 << 12 | 1 << 8 | 64)
        marked = bytearray(packet)
        marked[1] = 46 << 2 | 1
        frame = ethernet(label + bytes(marked), 0x8847)
        self.assertEqual(self.row([(1, frame)], names)[2:8], ["-1", "-1", "77777", "4", "185", "46"])

    def test_interfaces_of_pcapng(self):
        data = captures.pcapng([(0, 1, captures.udp(f"{A}:1", f"{B}:2")), (1, 2, captures.udp(f"{A}:3", f"{B}:4"))], links=(1, 1))
        self.assertEqual(self.run_cli(data, "--columns", "src_port,interface").splitlines()[1:], ["1,0", "3,1"])

    def test_names_and_times(self):
        names = ["flow_id", "end_reason", "flow_number", "first_time", "last_time", "first_ns", "last_ns"]
        with_ns = captures.pcapng([(Decimal("1.000000001"), captures.udp(f"{A}:1", f"{B}:2")), (Decimal("3.5"), captures.udp(f"{B}:2", f"{A}:1"))])
        out = self.run_cli(with_ns, "--columns", ",".join(names)).splitlines()[1]
        self.assertEqual(out, f"{A}-{B}-1-2-17,eof,1,1.000000001,3.5,1000000001,3500000000")

    def community_id(self, key, seed):
        """From the specification: SHA-1 of seed, lower end, higher end, protocol, 0, ports."""
        (a, ap), (b, bp), protocol = key
        ends = sorted([(socket.inet_aton(a), ap), (socket.inet_aton(b), bp)])
        packed = struct.pack("!H", seed) + ends[0][0] + ends[1][0] + struct.pack("!BBHH", protocol, 0, ends[0][1], ends[1][1])
        return "1:" + base64.b64encode(hashlib.sha1(packed).digest()).decode()

    def test_community_id(self):
        for seed in (0, 1, 65535):
            for a, b in (((A, 1000), (B, 80)), ((B, 1000), (A, 80)), ((A, 5), (A, 4))):
                records = [(1, captures.udp("%s:%d" % a, "%s:%d" % b))]
                self.assertEqual(self.row(records, ["community_id"], "--community-id-seed", str(seed)), [self.community_id((a, b, 17), seed)])
        self.run_cli(captures.pcap(self.talk()), "--columns", "community_id", "--community-id-seed", "65536", code=1)

    def test_community_ids_of_others(self):
        folder = os.path.join(SHARED, "communityid")
        if not os.path.isdir(folder):
            self.skipTest("../shared is not there")
        seen = 0
        for name in sorted(os.listdir(folder)):
            if not name.endswith(".out"):
                continue
            with open(os.path.join(folder, name)) as f:
                expected = set(re.findall(r"1:[A-Za-z0-9+/]{27}=", f.read()))
            done = subprocess.run([NF_CLI, "-q", "-r", os.path.join(folder, name[:-4]), "--ipv6", "--icmp", "--all", "--columns", "community_id"],
                                  capture_output=True, text=True, timeout=60)
            self.assertEqual(set(done.stdout.splitlines()[1:]), expected, name)
            seen += len(expected)
        self.assertGreater(seen, 15)

    def test_payload(self):
        request = b"GET /a?b=1 HTTP/1.1\r\nAccept: */*\r\nHost: www.example.org:8080\r\n\r\n"
        c, s = (A, 1000), (B, 80)
        records = [(1, segment(c, s, "S", 9)), (2, segment(s, c, "SA", 99, 10)), (3, segment(c, s, "PA", 10, 100, request[:30])),
                   (4, segment(c, s, "PA", 10, 100, request[:30])),  # again
                   (5, segment(c, s, "PA", 40, 100, request[30:])), (6, segment(s, c, "PA", 100, 80, bytes(range(256))))]
        names = ["http_method", "http_host", "http_target", "tls_sni", "fwd_payload_entropy", "bwd_payload_entropy"]
        row = self.row(records, names)
        self.assertEqual(row[:4], ["GET", "www.example.org:8080", "/a?b=1", ""])
        counts = [request.count(bytes([b])) / len(request) for b in set(request)]
        self.assertAlmostEqual(float(row[4]), -sum(p * math.log2(p) for p in counts), delta=1e-12)
        self.assertEqual(row[5], "8.0")
        # A gap before the Host field: what follows it is not read.
        self.assertEqual(self.row(records[:3] + [(5, segment(c, s, "PA", 41, 100, request[31:]))], names)[:3], ["GET", "", "/a?b=1"])

    def test_dns(self):
        question = struct.pack("!HHHHHH", 1, 0x100, 1, 0, 0, 0) + b"\3www\7example\3org\0" + struct.pack("!HH", 28, 1)
        names = ["dns_query", "dns_type"]
        self.assertEqual(self.row([(1, captures.udp(f"{A}:999", f"{B}:53", question))], names), ["www.example.org", "28"])
        self.assertEqual(self.row([(1, captures.udp(f"{A}:999", f"{B}:54", question))], names), ["", "0"])

    def test_against_tshark(self):
        """SNI, HTTP host and DNS name of the first packet of each stream that has one, in captures of other origin."""
        folder = os.path.join(SHARED, "captures")
        if not os.path.isdir(folder) or not shutil.which("tshark"):
            self.skipTest("../shared or tshark is not there")
        small = sorted(n for n in os.listdir(folder) if os.path.getsize(os.path.join(folder, n)) < 200000)
        chosen = sorted({n for word in ("http", "tls|ssl|whatsapp|signal", "dns") for n in [m for m in small if re.search(word, m, re.I)][:8]})
        fields = {"tls_sni": "tls.handshake.extensions_server_name", "http_host": "http.host", "dns_query": "dns.qry.name"}
        found = dict.fromkeys(fields, 0)
        for name in chosen:
            path = os.path.join(folder, name)
            done = subprocess.run([NF_CLI, "-q", "-r", path, "--columns", "src_ip,src_port,dst_ip,dst_port," + ",".join(fields)],
                                  capture_output=True, text=True, timeout=60)
            ours = [{} for _ in fields]
            for line in done.stdout.splitlines()[1:]:
                row = line.split(",")
                for place, value in zip(ours, row[4:]):
                    place.setdefault(tuple(row[:4]), []).append(value)
            for place, (column, field) in zip(ours, fields.items()):
                out = subprocess.run(["tshark", "-r", path, "-Y", f"{'http.request' if field == 'http.host' else field} && !icmp && ip", "-T", "fields", "-E", "occurrence=f", "-e", "ip.src",
                                      "-e", "tcp.srcport", "-e", "udp.srcport", "-e", "ip.dst", "-e", "tcp.dstport", "-e", "udp.dstport",
                                      "-e", field, "-e", "quic.version", "-e", "udp.port"], capture_output=True, text=True, timeout=60).stdout
                seen = set()
                for line in out.splitlines():
                    a, tp, up, b, tq, uq, value, quic, _ = line.split("\t")
                    ends = (a, tp or up, b, tq or uq)
                    if quic or ends in seen or (column != "dns_query" and not tp):
                        continue
                    back = ends[2:] + ends[:2]
                    seen.update((ends, back))
                    if column == "dns_query" and not {"53", "5353", "5355"} & {ends[1], ends[3]}:
                        continue
                    if ends not in place:
                        continue  # the other side began, or the frame is not used
                    with self.subTest(capture=name, column=column, ends=ends):
                        self.assertIn(value or ".", [v or "." for v in place[ends]])
                    found[column] += 1
        self.assertTrue(all(n > 5 for n in found.values()), found)

    def test_threads(self):
        """Texts and extras go with the flows to the threads that print them."""
        records = [(i / 1000, captures.udp(f"10.0.{i % 50}.1:{i % 997 + 1}", f"{B}:53", b"x" * (i % 40))) for i in range(40000)]
        data = captures.pcap(records)
        names = "+community_id,+flow_id,+src_mac,+size_sequence,+gap_sequence,+fwd_ttl_max,+flow_number"
        one = self.run_cli(data, "--columns", names, "--threads", "1")
        self.assertEqual(len(one.splitlines()), 1 + len({(i % 50, i % 997) for i in range(40000)}))
        for threads in ("2", "4"):
            self.assertEqual(self.run_cli(data, "--columns", names, "--threads", threads), one)

    def test_ndjson(self):
        data = captures.pcap(self.talk())
        names = "+flow_id,+community_id,+size_sequence"
        keys, values = (line.split(",") for line in self.run_cli(data, "--columns", names).splitlines())
        lines = self.run_cli(data, "--columns", names, "-T", "ndjson").splitlines()
        self.assertEqual(len(lines), 1)
        pairs = json.loads(lines[0], parse_float=str, parse_int=str, object_pairs_hook=list)
        self.assertEqual([k for k, _ in pairs], keys)
        self.assertEqual([v for _, v in pairs], values)
        schema = json.loads(self.run_cli(data, "--columns", names, "--list-columns=jsonschema"))
        self.assertEqual(schema["required"], keys)
        kinds = {"string": str, "integer": int}
        for key, value in json.loads(lines[0]).items():
            kind = schema["properties"][key]["type"]
            self.assertIsInstance(value, kinds.get(kind, (int, float)) if isinstance(kind, str) else (int, float), key)
        try:
            import jsonschema
        except ImportError:
            return
        jsonschema.validate(json.loads(lines[0]), schema)


if __name__ == "__main__":
    unittest.main()
