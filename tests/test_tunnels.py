#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Every tunnel and protocol: the innermost packet of each frame against tshark's fields, and each decoder against cut and lying packets.

Captures of other origin come out of the conformance data, and what these do not have is built here, with scapy. Of what is built the packet that was
put inside is compared, too.
"""
import collections
import concurrent.futures
import itertools
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import unittest
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "conformance")]
sys.dont_write_bytecode = True
import captures
import common
import test_protocols as protocols

warnings.filterwarnings("ignore", module="scapy")
try:
    import scapy
except ImportError: # Debian's, where python3 is another one
    sys.path.append("/usr/lib/python3/dist-packages")
try:
    from scapy.layers.inet import ICMP, IP, TCP, UDP
    from scapy.layers.inet6 import ICMPv6EchoRequest, IPv6, IPv6ExtHdrDestOpt
    from scapy.layers.ipsec import AH, ESP
    from scapy.layers.l2 import GRE, Dot1Q, Ether
    from scapy.layers.sctp import SCTP, SCTPChunkData
    from scapy.layers.vxlan import VXLAN
    from scapy.contrib.erspan import ERSPAN_II, ERSPAN_III
    from scapy.contrib.geneve import GENEVE, GeneveOptions
    from scapy.contrib.gtp import GTP_U_Header, GTPPDUSessionContainer
    from scapy.contrib.mpls import MPLS
    from scapy.contrib.nsh import NSH
    from scapy.packet import Raw
    HAS_SCAPY = True
except ImportError as e:
    print(f"without scapy: {e}", file=sys.stderr)
    HAS_SCAPY = False

TSHARK = shutil.which("tshark")
LIES = os.path.join(os.path.dirname(protocols.TOOL), "tool_lies")
EVERYTHING = [*protocols.EVERYTHING, "tunnels=inner"]
FIELDS = """frame.number frame.interface_id frame.protocols ip.src ip.dst ip.len ip.proto ipv6.src ipv6.dst ipv6.plen tcp.srcport tcp.dstport tcp.hdr_len tcp.len
    udp.srcport udp.dstport udp.length icmp.type icmp.code icmpv6.type icmpv6.code sctp.srcport sctp.dstport""".split()
BETWEEN = {"ipv6.hopopts", "ipv6.dstopts", "ipv6.routing", "ipv6.fraghdr", "ah"}
NAMES = {"ip": "ip.src ip.dst ip.len ip.proto", "ipv6": "ipv6.src ipv6.dst ipv6.plen", "tcp": "tcp.srcport tcp.dstport tcp.hdr_len tcp.len",
         "udp": "udp.srcport udp.dstport udp.length", "icmp": "icmp.type icmp.code", "icmpv6": "icmpv6.type icmpv6.code",
         "sctp": "sctp.srcport sctp.dstport"}


# --- what tshark says ----------------------------------------------------------------------------------------------------------------

Expected = collections.namedtuple("Expected", "source destination ip_bytes protocol ports length depth names")


def occurrence(row, layer, n):
    """The fields of the n-th layer of that name, by their last part."""
    return {field.split(".")[1]: row[field].split(",")[n] for field in NAMES[layer].split() if len(row[field].split(",")) > n}


def innermost(row):
    """The innermost IP packet of a frame, None where tshark sees none. What an ICMP error quotes is no packet."""
    names = row["frame.protocols"].split(":")
    for i, name in enumerate(names):
        if name in ("icmp", "icmpv6"):
            names = names[:i + 1]
            break
    at = max((i for i, name in enumerate(names) if name in ("ip", "ipv6")), default=None)
    if at is None:
        return None
    ip, behind = occurrence(row, names[at], names[:at].count(names[at])), [n for n in names[at + 1:] if n not in BETWEEN]
    depth = sum(name in ("ip", "ipv6") for name in names[:at])
    length = int(ip["len"]) if names[at] == "ip" else 40 + int(ip["plen"]) if ip.get("plen", "0") not in ("", "0") else None
    if not (ip["src"] and ip["dst"]):
        raise ValueError("no address")
    transport = behind[0] if behind and behind[0] in protocols.NUMBERS else ""
    if not transport:
        return Expected(ip["src"], ip["dst"], length, int(ip.get("proto", -1)), (0, 0), None, depth, names)
    t = occurrence(row, transport, 0 if transport.startswith("icmp") else names[:names.index(transport, at)].count(transport))
    if transport.startswith("icmp"):
        kind, code = int(t["type"]), int(t["code"])
        return Expected(ip["src"], ip["dst"], length, protocols.NUMBERS[transport], (kind, protocols.ANSWERS[transport].get(kind, code)), None, depth, names)
    told = {"tcp": lambda: int(t["hdr_len"]) + int(t["len"]), "udp": lambda: int(t["length"]), "sctp": lambda: None}[transport]()
    return Expected(ip["src"], ip["dst"], length, protocols.NUMBERS[transport], (int(t["srcport"]), int(t["dstport"])), told, depth, names)


def tsharks(path, options=()):
    command = [TSHARK, "-n", "-r", path, "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=,", "-o", "ip.defragment:FALSE", "-o",
               "ipv6.defragment:FALSE", "-o", "tcp.desegment_tcp_streams:FALSE", *options]
    for field in FIELDS:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, text=True)
    rows = [dict(zip(FIELDS, line.split("\t"))) for line in done.stdout.splitlines()]
    return {int(row["frame.number"]): row for row in rows}


def differences(packet, expected):
    told = [("source", packet.source, expected.source), ("destination", packet.destination, expected.destination),
            ("tunnels", packet.depth, expected.depth), ("ports", packet.ports, expected.ports)]
    if expected.ip_bytes is not None:
        told.append(("ip_bytes", packet.ip_bytes, expected.ip_bytes))
    if expected.protocol >= 0 and packet.protocol != 51:
        told.append(("protocol", packet.protocol, expected.protocol))
    if expected.length is not None:
        told.append(("header and payload", packet.header + packet.payload, expected.length))
    return [f"{name} {a}, tshark {b}" for name, a, b in told if a != b]


# --- captures of other origin --------------------------------------------------------------------------------------------------------

Foreign = collections.namedtuple("Foreign", "name path marker depth least settings options", defaults=((), ()))
"""marker: a layer of tshark's that a frame must have to be compared; depth, least: so many frames with a packet in so many tunnels."""

FOREIGN = [
    Foreign("4in6 and PPTP", "zeek/tunnels.gre-pptp.pcap", "gre", 2, 2),
    Foreign("GRE in UDP", "zeek/tunnels.gre-over-udp-4754.pcap", "gre", 1, 14),
    Foreign("ERSPAN I", "odd/tcpdump.erspan-type-i-2.pcap", "erspan", 1, 2),
    Foreign("ERSPAN III", "zeek/erspanIII.pcap", "erspan", 1, 2),
    Foreign("VXLAN", "zeek/tunnels.vxlan-encapsulated-igmp-v2.pcap", "vxlan", 1, 3),
    Foreign("VXLAN on another port", "captures/tcpdump.vxlan_port_8472.pcap", "vxlan", 1, 1, ("tunnel-port=vxlan=8472",), ("-d", "udp.port==8472,vxlan")),
    Foreign("VXLAN, segmentation offload", "odd/tcpdump.gso-ipv4-vxlan-ipv4.pcap", "vxlan", 1, 1),
    Foreign("Geneve", "captures/zeek.geneve.pcap", "geneve", 1, 6),
    Foreign("Geneve, IPv6", "zeek/tunnels.geneve-ipv6.pcap", "geneve", 1, 2),
    Foreign("Geneve on another port", "zeek/tunnels.geneve-47101.pcap", "geneve", 1, 24, ("tunnel-port=geneve=47101",), ("-d", "udp.port==47101,geneve")),
    Foreign("VXLAN in Geneve", "zeek/tunnels.geneve-vxlan-dns-truncated.pcap", "vxlan", 2, 2),
    Foreign("GTP-U", "zeek/tunnels.gtp.gtp6_gtp_0x32.pcap", "gtp", 1, 31),
    Foreign("GTP-U, IPv6", "zeek/tunnels.gtp.gtp7_ipv6.pcap", "gtp", 1, 2),
    Foreign("Teredo in GTP-U", "zeek/tunnels.gtp.gtp8_teredo.pcap", "teredo", 2, 10),
    Foreign("Teredo", "zeek/tunnels.Teredo.pcap", "teredo", 1, 4),
    Foreign("L2TP version 2", "odd/dpkt.nb6-http.pcap", "l2tp", 1, 9),
    Foreign("MPLS in UDP", "odd/tcpdump.mpls-over-udp.pcap", "mpls", 1, 2),
    Foreign("CAPWAP, 802.11 with swapped bytes", "captures/nDPI.capwap.pcap", "llc", 1, 5),
    Foreign("NSH", "odd/tcpdump.nsh.pcap", "nsh", 0, 1),
    Foreign("FabricPath", "zeek/cisco-fabric-path.pcap", "cfp", 0, 16),
    Foreign("802.1ah", "zeek/pbb.pcap", "ieee8021ah", 0, 1),
    Foreign("VN-Tag", "zeek/vntag_vlan_sandwich_clean.pcap", "vntag", 0, 1),
    Foreign("ESP", "odd/tcpdump.08-sunrise-sunset-aes.pcap", "esp", 0, 8),
    Foreign("WireGuard", "captures/nDPI.tunnelbear.pcap", "wg", 0, 10),
    Foreign("IPv6", "captures/zeek.wikipedia.pcap", "ipv6", 0, 1),
    Foreign("ICMPv6", "odd/tcpdump.icmpv6-ra-pref64.pcap", "icmpv6", 0, 1),
    Foreign("ICMP", "captures/suricata-verify.icmp_and_ssh.pcap", "icmp", 0, 4),
    Foreign("SCTP", "odd/tcpdump.forces3.pcap", "sctp", 0, 1),
    Foreign("other protocols", "captures/tcpdump.HSRP_failover.pcap", "ip", 0, 10),
]


def compare(path, foreigns):
    """A file of the captures of these one after the other, each an interface of it. @return (how many were compared, the differences) of each"""
    subprocess.run(["mergecap", "-a", "-I", "none", "-w", path, *(os.path.join(common.DATA, f.path) for f in foreigns)], check=True)
    packets, _ = protocols.ours(path, *EVERYTHING, *foreigns[0].settings)
    compared, wrong = [0] * len(foreigns), [[] for _ in foreigns]
    for number, row in tsharks(path, foreigns[0].options).items():
        interface = int(row["frame.interface_id"])
        try:
            expected = innermost(row)
        except (KeyError, ValueError): # a field is not there, as the frame ends before it
            continue
        if expected is None or foreigns[interface].marker not in expected.names or number not in packets:
            continue
        packet = packets[number][0]
        found = differences(packet, expected)
        wrong[interface] += [f"{number}: {'; '.join(found)} ({row['frame.protocols']})"] if found else []
        compared[interface] += not found and packet.depth >= foreigns[interface].depth
    return list(zip(compared, wrong))


# --- built with scapy ----------------------------------------------------------------------------------------------------------------

Built = collections.namedtuple("Built", "name frame inner depth options", defaults=(1, ""))
"""inner: the packet that is inside, of scapy, None where the outer one must stand; options: names a set of tshark's options."""

SIZES = {"0": "None", "4": "4 Byte Cookie", "8": "8 Byte Cookie"}


def tshark_options(key):
    """L2TPv3's: what is in it, the cookie's bytes, whether there is a sublayer."""
    common_options = ["-d", "udp.port==4790,vxlan_gpe"]
    if key == "capwap":
        return common_options + ["-o", "capwap.swap_fc:FALSE"]
    if not key:
        return common_options
    _, *more = key.split()
    what, cookie, sublayer = ("eth", *more) if len(more) == 2 else (more[0], "4", "0")
    between = "Default L2-Specific" if sublayer == "1" else "None"
    return ["-d", f"l2tp.pw_type==0,{what}", "-o", f"l2tp.cookie_size:{SIZES[cookie]}", "-o", f"l2tp.l2_specific:{between}"]


def inners():
    v4, v6 = dict(src="10.1.2.3", dst="10.4.5.6"), dict(src="2001:db8::1:2", dst="2001:db8::3:4")
    return [IP(**v4) / UDP(sport=1111, dport=2222) / Raw(b"datagram"),
            IP(**v4) / TCP(sport=3333, dport=4444, flags="PA", options=[("NOP", None)] * 4) / Raw(b"segment!"),
            IPv6(**v6) / UDP(sport=5555, dport=6666) / Raw(b"six"),
            IPv6(**v6) / IPv6ExtHdrDestOpt() / TCP(sport=77, dport=88),
            IP(**v4) / ICMP(type=8, id=5) / Raw(b"ping"),
            IP(**v4) / SCTP(sport=90, dport=91) / SCTPChunkData(data=b"chunk")]


def is_4(inner):
    return IP in inner


def swap(frame):
    """An 802.11 header with its frame control bytes swapped."""
    return frame[1::-1] + frame[2:]


def wlan(inner, qos=False):
    header = struct.pack("!BBH", 0x88 if qos else 0x08, 1, 0) + bytes(range(18)) + bytes(2) + (bytes(2) if qos else b"")
    return header + bytes.fromhex("aaaa03000000") + struct.pack("!H", 0x0800 if is_4(inner) else 0x86dd) + bytes(inner)


def capwap(payload, flags=0, wbid=1, first=0, more=b"", length=None):
    words = (8 + len(more)) // 4 if length is None else length
    bits = words << 19 | 1 << 14 | wbid << 9 | flags << 3
    return struct.pack("!B", first) + struct.pack("!I", bits)[1:] + bytes(4) + more + payload


NATIVE, FRAGMENT, WIRELESS, RADIO, KEEPALIVE = 32, 16, 4, 2, 1


def carrier(protocol, of=None):
    """An IP header alone: the outer one, or that of a packet of IPv4 or IPv6."""
    if of is None:
        return IP(src="192.0.2.1", dst="192.0.2.2", proto=protocol)
    return IP(src=of.src, dst=of.dst, proto=protocol) if is_4(of) else IPv6(src=of.src, dst=of.dst, nh=protocol)


def authenticated(following, payload):
    return AH(nh=following, payloadlen=4, spi=5, seq=1, icv=bytes(12)) / Raw(bytes(payload))


def l2tp3(session, payload, between=b""):
    return struct.pack("!I", session) + between + payload


def tunnels_of(inner):
    """(name, outer with the inner packet, tunnels around it, tshark's options) of each way to carry a packet."""
    e = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")
    o4, o6 = IP(src="192.0.2.1", dst="192.0.2.2"), IPv6(src="2001:db8:9::1", dst="2001:db8:9::2")
    ether, ethertype = Ether(src="02:11:11:11:11:11", dst="02:22:22:22:22:22") / inner, 0x0800 if is_4(inner) else 0x86dd
    nsh_next, ppp = 1 if is_4(inner) else 2, b"\x00\x21" if is_4(inner) else b"\x00\x57"
    raw, whole = Raw(bytes(inner)), Raw(bytes(ether))

    def udp(port, source=40000):
        return e / o4 / UDP(sport=source, dport=port)

    yield "IP in IP" if is_4(inner) else "6in4", e / o4 / inner
    yield "4in6" if is_4(inner) else "6in6", e / o6 / inner
    yield "IP in IP in IP", e / o4 / IP(src="192.0.2.3", dst="192.0.2.4") / inner, 2
    yield "GRE", e / o4 / GRE(proto=ethertype) / inner
    yield "GRE over IPv6", e / o6 / GRE(proto=ethertype) / inner
    yield "GRE, checksum, key, sequence", e / o4 / GRE(proto=ethertype, chksum_present=1, key_present=1, key=7, seqnum_present=1, sequence_number=9) / inner
    yield "GRE, routes", e / o4 / GRE(bytes(GRE(proto=ethertype, chksum_present=1, chksum=0, routing_present=1))[:8]) / Raw(
        bytes.fromhex("08000404c0000205" "00000000") + bytes(inner))
    yield "GRE, Ethernet", e / o4 / GRE(proto=0x6558) / ether
    yield "NVGRE", e / o4 / GRE(proto=0x6558, key_present=1, key=0x123456) / ether
    yield "GRE, MPLS", e / o4 / GRE(proto=0x8847) / MPLS(label=100, s=0, ttl=9) / MPLS(label=200, s=1, ttl=9) / inner
    yield "GRE, Ethernet with VLAN", e / o4 / GRE(proto=0x6558) / Ether(src="02:11:11:11:11:11", dst="02:22:22:22:22:22") / Dot1Q(vlan=5) / inner
    yield "ERSPAN II", e / o4 / GRE(proto=0x88be, seqnum_present=1, sequence_number=3) / ERSPAN_II(ver=1, session_id=5) / ether
    yield "ERSPAN III", e / o4 / GRE(proto=0x22eb, seqnum_present=1, sequence_number=3) / ERSPAN_III(session_id=5) / ether
    yield "ERSPAN III, platform", e / o4 / GRE(proto=0x22eb, seqnum_present=1, sequence_number=3) / Raw(
        bytes(ERSPAN_III(session_id=5, o=1)) + bytes(8) + bytes(ether))
    yield "PPTP", e / carrier(47) / Raw(struct.pack("!HHHHI", 0x3001, 0x880b, len(inner) + 4, 7, 1) + b"\xff\x03" + ppp + bytes(inner))
    yield "EoIP", e / carrier(47) / Raw(struct.pack("!HHHH", 0x2001, 0x6400, len(ether), 7 << 8) + bytes(ether)), 1, "none"
    yield "VXLAN", udp(4789) / VXLAN(vni=7) / ether
    yield "VXLAN over IPv6", e / o6 / UDP(sport=40000, dport=4789) / VXLAN(vni=7) / ether
    yield "VXLAN-GPE, IP", udp(4790) / Raw(struct.pack("!BHBI", 0x0c, 0, nsh_next, 7 << 8) + bytes(inner))
    yield "VXLAN-GPE, Ethernet", udp(4790) / Raw(struct.pack("!BHBI", 0x0c, 0, 3, 7 << 8) + bytes(ether))
    yield "VXLAN-GPE, NSH", udp(4790) / Raw(struct.pack("!BHBI", 0x0c, 0, 4, 7 << 8) + bytes(NSH(nextproto=nsh_next, mdtype=1) / raw))
    yield "NSH", e / NSH(nextproto=nsh_next, mdtype=1) / raw, 0
    yield "NSH, Ethernet", e / NSH(nextproto=3, mdtype=1) / whole, 0
    yield "NSH, MPLS", e / NSH(nextproto=5, mdtype=1) / Raw(bytes(MPLS(label=100, s=1, ttl=9)) + bytes(inner)), 0
    yield "NSH, no context", Ether(bytes(Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02", type=0x894f)) + bytes.fromhex("0fc202") + bytes([nsh_next])
                                   + bytes.fromhex("000309ff") + bytes(inner)), 0
    yield "Geneve", udp(6081) / GENEVE(vni=7, proto=0x6558) / ether
    yield "Geneve, options", udp(6081) / GENEVE(vni=7, proto=ethertype, options=[GeneveOptions(type=1, data=b"optional")]) / inner
    yield "GTP-U", udp(2152) / GTP_U_Header(teid=1, gtp_type=255) / inner
    yield "GTP-U, extension", udp(2152) / GTP_U_Header(teid=1, gtp_type=255, E=1, next_ex=0x85) / GTPPDUSessionContainer() / inner
    if not is_4(inner):
        yield "Teredo", udp(3544) / inner
        yield "Teredo, indications", udp(3544) / Raw(bytes.fromhex("00010000") + bytes(9) + bytes(8) + bytes(inner))
    yield "L2TP version 2", udp(1701, 1701) / Raw(struct.pack("!HHHH", 0x4002, 12 + len(inner), 5, 6) + b"\xff\x03" + ppp + bytes(inner))
    yield "L2TP version 2, all fields", udp(1701, 1701) / Raw(
        struct.pack("!HHHHHHHH", 0x4a02, 22 + len(inner), 5, 6, 1, 2, 2, 0) + b"\xff\x03" + ppp + bytes(inner))
    for cookie in b"", b"cook", b"cookcook":
        for sublayer in b"", b"\x40\0\0\1":
            option = f"l2tp {len(cookie)} {bool(sublayer):d}"
            yield f"L2TPv3, {option}", e / carrier(115) / Raw(l2tp3(5, bytes(ether), cookie + sublayer)), 1, option
    yield "L2TPv3 over IPv6", e / IPv6(src="2001:db8:9::1", dst="2001:db8:9::2", nh=115) / Raw(l2tp3(5, bytes(ether))), 1, "l2tp 0 0"
    yield "L2TPv3, PPP", e / carrier(115) / Raw(l2tp3(5, b"\xff\x03" + ppp + bytes(inner), b"cook")), 1, "l2tp ppp"
    yield "L2TPv3, IP", e / carrier(115) / Raw(l2tp3(5, bytes(inner), b"cook")), 1, "none"
    yield "L2TPv3 over UDP", udp(1701, 1701) / Raw(b"\0\3\0\0" + l2tp3(5, bytes(ether), b"cook")), 1, "l2tp 4 0"
    yield "MPLS in UDP", udp(6635) / MPLS(label=100, s=1, ttl=9) / inner
    yield "GRE in UDP", udp(4754) / GRE(proto=ethertype) / inner
    yield "CAPWAP, 802.3", udp(5247) / Raw(capwap(bytes(ether), 0))
    yield "CAPWAP, 802.11", udp(5247) / Raw(capwap(wlan(inner), NATIVE)), 1, "capwap"
    yield "CAPWAP, 802.11 with QoS", udp(5247) / Raw(capwap(wlan(inner, True), NATIVE)), 1, "capwap"
    yield "CAPWAP, swapped", udp(5247) / Raw(capwap(swap(wlan(inner)), NATIVE | WIRELESS, more=b"\4" + bytes(7)))
    yield "CAPWAP, swapped, with QoS and a radio's address", udp(5247) / Raw(
        capwap(swap(wlan(inner, True)), NATIVE | RADIO | WIRELESS, more=b"\6" + bytes(7) + b"\4" + bytes(7)))
    yield "AH, tunnel", e / carrier(51) / authenticated(4 if is_4(inner) else 41, inner)
    yield "AH over IPv6, tunnel", e / IPv6(src="2001:db8:9::1", dst="2001:db8:9::2", nh=51) / authenticated(4 if is_4(inner) else 41, inner)
    yield "AH, transport", e / carrier(51, inner) / authenticated(inner.nh if not is_4(inner) else inner.proto, inner.payload), 0
    yield "AH twice", e / carrier(51, inner) / authenticated(51, authenticated(inner.nh if not is_4(inner) else inner.proto, inner.payload)), 0


def standing():
    """What must leave the outer packet as it is."""
    e, o4 = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02"), IP(src="192.0.2.1", dst="192.0.2.2")
    inner = inners()[0]
    ether = Ether(src="02:11:11:11:11:11", dst="02:22:22:22:22:22") / inner

    def udp(port):
        return e / o4 / UDP(sport=40000, dport=port)

    def l2tp(payload):
        return e / carrier(115) / Raw(payload)

    yield "GRE keepalive", e / o4 / GRE(proto=0)
    yield "GRE keepalive with payload", e / o4 / GRE(proto=0) / Raw(bytes(20))
    yield "EoIP keepalive", e / carrier(47) / Raw(struct.pack("!HHHH", 0x2001, 0x6400, 0, 7 << 8))
    yield "GRE version 2", e / o4 / GRE(proto=0x800, version=2) / inner
    yield "ESP", e / o4 / ESP(spi=5, seq=1, data=bytes(40))
    yield "ESP with null encryption", e / o4 / ESP(spi=5, seq=1, data=bytes(inner) + b"\1\2\2\4" + bytes(12))
    yield "WireGuard", udp(51820) / Raw(b"\4\0\0\0" + bytes(28))
    yield "L2TPv3 control", l2tp(l2tp3(0, struct.pack("!HHIHH", 0xc803, 12, 9, 0, 0)))
    yield "L2TPv3, no session", l2tp(l2tp3(0, bytes(ether)))
    yield "L2TPv3, nothing known", l2tp(l2tp3(5, bytes(60)))
    yield "L2TPv3, other ethertype", l2tp(l2tp3(5, bytes(12) + b"\x88\xcc" + bytes(46)))
    yield "L2TP version 2 control", udp(1701) / Raw(struct.pack("!HHHHHH", 0xc802, 12, 5, 0, 0, 0))
    yield "L2TP version 3 control over UDP", udp(1701) / Raw(struct.pack("!HHIHH", 0xc803, 12, 5, 0, 0))
    yield "CAPWAP, DTLS", udp(5247) / Raw(capwap(bytes(ether), first=1))
    yield "CAPWAP, fragment", udp(5247) / Raw(capwap(bytes(ether), FRAGMENT))
    yield "CAPWAP, keepalive", udp(5247) / Raw(capwap(bytes(ether), KEEPALIVE))
    yield "CAPWAP, other binding", udp(5247) / Raw(capwap(wlan(inner), NATIVE, wbid=3))
    yield "CAPWAP, length", udp(5247) / Raw(capwap(bytes(ether), length=1))
    yield "CAPWAP, length beyond", udp(5247) / Raw(capwap(bytes(ether), length=31))
    yield "CAPWAP, encrypted", udp(5247) / Raw(capwap(b"\x08\x41" + wlan(inner)[2:], NATIVE))
    yield "CAPWAP, management", udp(5247) / Raw(capwap(b"\x80\x00" + wlan(inner)[2:], NATIVE))
    yield "VXLAN without its flag", udp(4789) / Raw(bytes(8) + bytes(ether))
    yield "VXLAN-GPE, NSH of another version", udp(4790) / Raw(struct.pack("!BHBI", 0x0c, 0, 4, 7 << 8) + b"\xcf\xc2\2\1" + bytes(4) + bytes(inner))
    yield "VXLAN-GPE, NSH too short", udp(4790) / Raw(struct.pack("!BHBI", 0x0c, 0, 4, 7 << 8) + b"\x0f\xc1\2\1" + bytes(4) + bytes(inner))
    yield "GTP-U, echo", udp(2152) / Raw(bytes.fromhex("3201000400000000") + bytes(4))
    yield "GTP-U, extension of no length", udp(2152) / Raw(bytes.fromhex("34ff001800000000") + bytes.fromhex("00000085") + bytes(20))
    yield "Geneve version 1", udp(6081) / Raw(bytes.fromhex("4000655800000700") + bytes(ether))


def built():
    for inner in inners():
        for row in tunnels_of(inner):
            name, frame, *more = row
            yield Built(name, bytes(frame), inner, *more)
    for name, frame, *more in standing():
        yield Built(name, bytes(frame), None, 0, *more)


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def write(self, frames, name="a.pcap"):
        path = os.path.join(self.folder.name, name)
        with open(path, "wb") as f:
            f.write(captures.pcap([(1 + n, frame) for n, frame in enumerate(frames)]))
        return path

    def ours(self, frames, *settings):
        packets, skipped = protocols.ours(self.write(frames), *settings)
        return packets, skipped


@unittest.skipUnless(HAS_SCAPY, "needs scapy")
class Inside(Case):
    """What is built: the packet inside, or the outer one where there is none."""

    @classmethod
    def setUpClass(cls):
        cls.rows = list(built())

    def each(self, check, *settings):
        packets, skipped = self.ours([row.frame for row in self.rows], *settings)
        for number, row in enumerate(self.rows, 1):
            with self.subTest(tunnel=row.name, inner=row.inner.summary() if row.inner is not None else "", number=number):
                check(row, packets.get(number, []))

    def test_inner(self):
        def check(row, packets):
            self.assertEqual(len(packets), 1)
            packet = packets[0]
            if row.inner is None:
                self.assertEqual((packet.source, packet.destination, packet.depth), ("192.0.2.1", "192.0.2.2", 0))
                return
            self.assertEqual((packet.source, packet.destination, packet.depth), (row.inner.src, row.inner.dst, row.depth))
            for transport in TCP, UDP, SCTP:
                if transport in row.inner:
                    self.assertEqual(packet.ports, (row.inner[transport].sport, row.inner[transport].dport))
            self.assertEqual(packet.ip_bytes, len(row.inner) + {"AH, transport": 24, "AH twice": 48}.get(row.name, 0))

        self.each(check, *EVERYTHING)

    def test_outer(self):
        """Without looking inside, the outer packet, which NSH has none of; AH is a protocol like others there."""
        def check(row, packets):
            self.assertEqual([p.depth for p in packets], [] if row.name.startswith("NSH") else [0])
            if row.name.startswith("AH") and packets[0].version == 4:
                self.assertEqual((packets[0].protocol, packets[0].ports, packets[0].header), (51, (0, 0), 0))

        self.each(check, *protocols.EVERYTHING)

    def test_both(self):
        """One packet after the other, the outermost first."""
        def check(row, packets):
            self.assertEqual([p.depth for p in packets], list(range(row.depth + 1)))

        self.each(check, *protocols.EVERYTHING, "tunnels=both")

    def test_default(self):
        """Without any option IPv4's TCP and UDP are all that there is."""
        def check(row, packets):
            self.assertLessEqual({(p.version, p.depth) for p in packets}, {(4, 0)})
            self.assertLessEqual({p.protocol for p in packets}, {6, 17})

        self.each(check)

    def test_zeek(self):
        """Zeek's log has connections in those tunnels alone that Zeek looks into, unless it is asked for more."""
        unknown = "AH, tunnel", "AH, transport", "AH twice", "CAPWAP", "L2TP", "MPLS in UDP", "NSH", "VXLAN-GPE"
        names = [row[0] for row in tunnels_of(inners()[0])]
        frames = [] # each with a port of its own
        for n in range(len(names)):
            inner = IP(src="10.1.2.3", dst="10.4.5.6") / UDP(sport=10000 + n, dport=2222) / Raw(b"datagram")
            frames.append(bytes(next(itertools.islice(tunnels_of(inner), n, None))[1]))
        path = self.write(frames)
        for options, inside in ([], False), (["--tunnels", "both"], True):
            done = subprocess.run([common.NF_CLI, "-q", path, "-T", "zeek-json", *options], capture_output=True, text=True, timeout=60)
            found = {c["id.orig_p"] for c in map(json.loads, done.stdout.splitlines()) if c["id.orig_h"] == "10.1.2.3"}
            for n, name in enumerate(names):
                with self.subTest(tunnel=name, options=options):
                    self.assertEqual(10000 + n in found, inside or not name.startswith(unknown))

    @unittest.skipUnless(TSHARK, "needs tshark")
    def test_tshark(self):
        groups, compared = collections.defaultdict(list), collections.Counter()
        for row in self.rows:
            if row.options != "none" and row.inner is not None:
                groups[row.options].append(row)
        paths = {options: self.write([row.frame for row in rows], f"{options}.pcap") for options, rows in groups.items()}
        with concurrent.futures.ThreadPoolExecutor(common.PROCESSES) as pool:
            told = {options: pool.submit(tsharks, path, tshark_options(options)) for options, path in paths.items()}
        for options, rows in groups.items():
            packets, _ = protocols.ours(paths[options], *EVERYTHING)
            seen = told[options].result()
            for number, row in enumerate(rows, 1):
                with self.subTest(tunnel=row.name, inner=row.inner.summary()):
                    expected = innermost(seen[number])
                    self.assertEqual(differences(packets[number][0], expected), [], seen[number]["frame.protocols"])
                    self.assertEqual((expected.source, expected.destination), (row.inner.src, row.inner.dst))
                    compared[row.name] += 1
        self.assertGreaterEqual(len(compared), 50)
        self.assertGreaterEqual(min(compared.values()), 2)


@unittest.skipUnless(TSHARK and shutil.which("mergecap") and os.path.isdir(common.DATA), "needs tshark, mergecap and the conformance data")
class Origin(Case):
    def test_foreign(self):
        groups = collections.defaultdict(list)
        for foreign in FOREIGN:
            groups[foreign.settings, foreign.options].append(foreign)
        for n, foreigns in enumerate(groups.values()):
            results = compare(os.path.join(self.folder.name, f"{n}.pcapng"), foreigns)
            for foreign, (compared, wrong) in zip(foreigns, results):
                with self.subTest(foreign.name):
                    self.assertEqual(wrong, [])
                    self.assertGreaterEqual(compared, foreign.least)


def nested(name, size=0xffff - 100):
    """A frame of nothing but headers, of that many bytes."""
    v4 = lambda protocol, n: struct.pack("!BBHHHBBH4s4s", 0x45, 0, n, 0, 0, 64, protocol, 0, bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2]))
    v6 = lambda following, n: struct.pack("!IHBB", 6 << 28, n, following, 64) + bytes(31) + b"\1"
    udp = lambda port, n: struct.pack("!HHHH", 40000, port, n, 0)
    chains = { # the headers of one round, by the bytes that are left for it and what follows
        "IP in IP": lambda n: v4(4, n),
        "6in6": lambda n: v6(41, n - 40),
        "GRE": lambda n: v4(47, n) + struct.pack("!HH", 0, 0x0800),
        "VXLAN": lambda n: v4(17, n) + udp(4789, n - 20) + struct.pack("!II", 0x08000000, 7 << 8) + captures.ethernet(b""),
        "VXLAN-GPE": lambda n: v4(17, n) + udp(4790, n - 20) + struct.pack("!II", 0x0c000001, 7 << 8),
        "Geneve": lambda n: v4(17, n) + udp(6081, n - 20) + struct.pack("!BBHI", 0, 0, 0x0800, 7 << 8),
        "GTP-U": lambda n: v4(17, n) + udp(2152, n - 20) + struct.pack("!BBHI", 0x30, 255, n - 36, 1),
        "Teredo": lambda n: v6(17, n - 40) + udp(3544, n - 40),
        "L2TP version 2": lambda n: v4(17, n) + udp(1701, n - 20) + struct.pack("!HHHH", 2, 5, 6, 0x21),
        "L2TPv3": lambda n: v4(115, n) + l2tp3(5, b"\xff\x03\0\x21"),
        "L2TPv3 over UDP": lambda n: v4(17, n) + udp(1701, n - 20) + b"\0\3\0\0" + l2tp3(5, b"cookcook\0\0\0\0" + captures.ethernet(b"")),
        "MPLS in UDP": lambda n: v4(17, n) + udp(6635, n - 20) + struct.pack("!I", 100 << 12 | 1 << 8 | 9),
        "CAPWAP": lambda n: v4(17, n) + udp(5247, n - 20) + capwap(captures.ethernet(b"")),
        "AH": lambda n: v4(51, n) + struct.pack("!BBHII", 4, 1, 0, 5, 1),
    }
    heads = { # one header, then nothing but its like
        "labels": (0x8847, struct.pack("!I", 100 << 12 | 9)),
        "VLAN": (0x8100, struct.pack("!HH", 5, 0x8100)),
        "NSH": (0x894f, bytes.fromhex("0fc2020400030900")),
        "AH alone": (0x0800, struct.pack("!BBHII", 51, 1, 0, 5, 1)),
        "GRE, routes": (0x0800, bytes.fromhex("08000404c0000205")),
        "IPv6, options": (0x86dd, bytes.fromhex("3c00010400000000")),
        "GTP-U, extensions": (0x0800, bytes.fromhex("01000085")),
    }
    before = {"AH alone": v4(51, size), "GRE, routes": v4(47, size) + struct.pack("!HHI", 0x4000, 0x0800, 0), "IPv6, options": v6(60, size - 40),
              "GTP-U, extensions": v4(17, size) + udp(2152, size - 20) + struct.pack("!BBHII", 0x34, 255, size - 36, 1, 0x85)}
    if name in heads:
        ethertype, one = heads[name]
        return captures.ethernet((before.get(name, b"") + one * (size // len(one)))[:size], ethertype)
    if not name:
        return [*chains, *heads]
    out = b""
    while len(out) < size - 100:
        out += chains[name](size - len(out))
    return captures.ethernet(out.ljust(size, b"\0"), 0x86dd if name in ("6in6", "Teredo") else 0x0800)


class Lies(Case):
    def lies(self, frames):
        done = subprocess.run([LIES, self.write(frames)], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr[-3000:])
        given, used, skipped, dearest = map(int, done.stdout.split())
        self.assertEqual(given, used + skipped)
        return given, used, skipped, dearest

    @unittest.skipUnless(HAS_SCAPY, "needs scapy")
    def test_lies(self):
        """One frame of each tunnel, cut at every length and with every byte set to lengths that are none: memory is looked at in builds that can."""
        rows, seen = [], set()
        for row in built():
            version = row.inner is not None and IP in row.inner
            if (row.name, version) not in seen and (row.inner is None or TCP not in row.inner):
                seen.add((row.name, version))
                rows.append(row)
        given, used, skipped, _ = self.lies([row.frame for row in rows])
        print(f"{len(rows)} frames, {given} cut or lying: {used} used, {skipped} skipped", file=sys.stderr)
        self.assertGreater(given, 500000)
        self.assertGreater(used, given // 4)
        self.assertGreater(skipped, given // 20)

    def test_layers(self):
        """Ethernet, tags, IPv4 and UDP: 16 layers are read, 17 are not; Ethernet and IPv4 eight times: eight packets are."""
        for tags, told in (13, {}), (14, {"layers": 1}):
            frame = captures.ethernet(struct.pack("!HH", 5, 0x8100) * (tags - 1) + struct.pack("!HH", 5, 0x0800)
                                      + captures.udp_packet("10.0.0.1:1", "10.0.0.2:2"), 0x8100)
            packets, skipped = self.ours([frame], "tunnels=inner")
            self.assertEqual((len(packets), skipped), (not told, told))
        frame = captures.udp("10.0.0.1:1", "10.0.0.2:2")
        for outside in range(1, 8):
            packet = captures.ipv4(f"192.0.2.{outside}", "192.0.2.99", 4, frame[14:])
            frame = captures.ethernet(packet)
            packets, _ = self.ours([frame], "all=1", "tunnels=inner")
            depth, source = (outside, "10.0.0.1") if outside < 7 else (6, "192.0.2.1") # the eighth has no layer left for what is behind its IP header
            self.assertEqual((packets[1][0].depth, packets[1][0].source), (depth, source))

    def test_nested(self):
        """64 KiB of headers: at most 16 layers and 8 packets of them are looked at, and each byte a few times at most."""
        for name in nested(""):
            frame = nested(name)
            with self.subTest(name):
                self.assertGreater(len(frame), 65000)
                packets, skipped = self.ours([frame], *protocols.EVERYTHING, "tunnels=both")
                found = packets.get(1, [])
                self.assertLessEqual(len(found), 8)
                self.assertEqual(len(found) + sum(skipped.values()), max(1, len(found)))
                self.assertEqual([p.depth for p in found], list(range(len(found))))
                if name in ("VLAN", "NSH", "AH alone"):
                    self.assertEqual(skipped, {"layers": 1})
        _, _, _, dearest = self.lies([nested(name) for name in nested("")])
        print(f"the dearest of {len(nested(''))} nested frames: {dearest} ns", file=sys.stderr)
        self.assertLess(dearest, 64 * len(frame))


if __name__ == "__main__":
    unittest.main()
