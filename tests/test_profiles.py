# SPDX-License-Identifier: GPL-2.0-or-later
"""Profiles, data sets' columns and forms of times, through nf-cli.

The rows of the profiles are compared with those of the programs that they are named after, where the conformance data is there; the rest
needs nothing but Python. Headers of data sets are those of the published files.
"""
import csv
import datetime
import io
import contextlib
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import unittest
import zoneinfo
from decimal import Decimal

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "conformance")]
sys.dont_write_bytecode = True
import captures
import common

PROFILES = {"netflower-1.0.1": [], "cicflowmeter": ["--cic"], "cicflowmeter-fixed": ["--cic"]}
PACKETS = {"netflower-1.0.1": ("tot_fwd_pkts", "tot_bwd_pkts"), "cicflowmeter": ("Total Fwd Packet", "Total Bwd packets"),
           "cicflowmeter-fixed": ("Total Fwd Packet", "Total Bwd packets")}
HAS_DATA = os.path.isdir(os.path.join(common.DATA, "expected", "cicflowmeter"))

CICIDS2017 = (
    "Flow ID, Source IP, Source Port, Destination IP, Destination Port, Protocol, Timestamp, Flow Duration, Total Fwd Packets,"
    " Total Backward Packets,Total Length of Fwd Packets, Total Length of Bwd Packets, Fwd Packet Length Max, Fwd Packet Length Min,"
    " Fwd Packet Length Mean, Fwd Packet Length Std,Bwd Packet Length Max, Bwd Packet Length Min, Bwd Packet Length Mean,"
    " Bwd Packet Length Std,Flow Bytes/s, Flow Packets/s, Flow IAT Mean, Flow IAT Std, Flow IAT Max, Flow IAT Min,Fwd IAT Total,"
    " Fwd IAT Mean, Fwd IAT Std, Fwd IAT Max, Fwd IAT Min,Bwd IAT Total, Bwd IAT Mean, Bwd IAT Std, Bwd IAT Max, Bwd IAT Min,"
    "Fwd PSH Flags, Bwd PSH Flags, Fwd URG Flags, Bwd URG Flags, Fwd Header Length, Bwd Header Length,Fwd Packets/s, Bwd Packets/s,"
    " Min Packet Length, Max Packet Length, Packet Length Mean, Packet Length Std, Packet Length Variance,FIN Flag Count,"
    " SYN Flag Count, RST Flag Count, PSH Flag Count, ACK Flag Count, URG Flag Count, CWE Flag Count, ECE Flag Count, Down/Up Ratio,"
    " Average Packet Size, Avg Fwd Segment Size, Avg Bwd Segment Size, Fwd Header Length,Fwd Avg Bytes/Bulk, Fwd Avg Packets/Bulk,"
    " Fwd Avg Bulk Rate, Bwd Avg Bytes/Bulk, Bwd Avg Packets/Bulk,Bwd Avg Bulk Rate,Subflow Fwd Packets, Subflow Fwd Bytes,"
    " Subflow Bwd Packets, Subflow Bwd Bytes,Init_Win_bytes_forward, Init_Win_bytes_backward, act_data_pkt_fwd,"
    " min_seg_size_forward,Active Mean, Active Std, Active Max, Active Min,Idle Mean, Idle Std, Idle Max, Idle Min, Label")
CSECIC2018 = (
    "Dst Port,Protocol,Timestamp,Flow Duration,Tot Fwd Pkts,Tot Bwd Pkts,TotLen Fwd Pkts,TotLen Bwd Pkts,Fwd Pkt Len Max,Fwd Pkt Len Min,"
    "Fwd Pkt Len Mean,Fwd Pkt Len Std,Bwd Pkt Len Max,Bwd Pkt Len Min,Bwd Pkt Len Mean,Bwd Pkt Len Std,Flow Byts/s,Flow Pkts/s,"
    "Flow IAT Mean,Flow IAT Std,Flow IAT Max,Flow IAT Min,Fwd IAT Tot,Fwd IAT Mean,Fwd IAT Std,Fwd IAT Max,Fwd IAT Min,Bwd IAT Tot,"
    "Bwd IAT Mean,Bwd IAT Std,Bwd IAT Max,Bwd IAT Min,Fwd PSH Flags,Bwd PSH Flags,Fwd URG Flags,Bwd URG Flags,Fwd Header Len,"
    "Bwd Header Len,Fwd Pkts/s,Bwd Pkts/s,Pkt Len Min,Pkt Len Max,Pkt Len Mean,Pkt Len Std,Pkt Len Var,FIN Flag Cnt,SYN Flag Cnt,"
    "RST Flag Cnt,PSH Flag Cnt,ACK Flag Cnt,URG Flag Cnt,CWE Flag Count,ECE Flag Cnt,Down/Up Ratio,Pkt Size Avg,Fwd Seg Size Avg,"
    "Bwd Seg Size Avg,Fwd Byts/b Avg,Fwd Pkts/b Avg,Fwd Blk Rate Avg,Bwd Byts/b Avg,Bwd Pkts/b Avg,Bwd Blk Rate Avg,Subflow Fwd Pkts,"
    "Subflow Fwd Byts,Subflow Bwd Pkts,Subflow Bwd Byts,Init Fwd Win Byts,Init Bwd Win Byts,Fwd Act Data Pkts,Fwd Seg Size Min,"
    "Active Mean,Active Std,Active Max,Active Min,Idle Mean,Idle Std,Idle Max,Idle Min,Label")
CICDDOS2019 = ("Unnamed: 0," + CICIDS2017.replace(" Avg Bwd Segment Size, Fwd Header Length", " Avg Bwd Segment Size, Fwd Header Length.1")
               .replace(", Label", ",SimillarHTTP, Inbound, Label"))

A, B = "10.0.0.1:1000", "10.0.0.2:80"
# 2017-07-03 12:55:58.060500 UTC, 09:55 at Halifax
NOON = Decimal("1499086558.0605")


def one_capture(job):
    profile, name = job
    with tempfile.TemporaryDirectory() as folder:
        out, stats = os.path.join(folder, "out.csv"), os.path.join(folder, "stats.json")
        done = common.nf_cli("-q", "--profile", profile, "-w", out, "--stats-json", stats, os.path.join(common.DATA, "captures", name))
        if done.returncode not in (0, 2, 5) or not os.path.exists(out):
            return [f"exit status {done.returncode}: {done.stderr.strip()}"]
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            status = common.load_compare().main(
                ["compare.py", os.path.join(common.DATA, "expected", profile, name + ".csv"), out, *PROFILES[profile]])
        problems = said.getvalue().splitlines() if status else []
        with open(out, newline="") as f, open(stats) as g:
            rows, numbers = list(csv.DictReader(f)), json.load(g)
        packets = sum(int(row[c]) for row in rows for c in PACKETS[profile])
        if packets != numbers["used"] or numbers["frames"] != numbers["used"] + sum(numbers["skipped"].values()):
            problems.append(f"{packets} packets in the rows, but of {numbers['frames']} frames {numbers['used']} are used")
        if len(rows) != sum(numbers["flows"].values()):
            problems.append(f"{len(rows)} rows, but {numbers['flows']}")
        return problems


class Case(unittest.TestCase):
    def run_cli(self, *arguments, data=None, status=0):
        done = subprocess.run([common.NF_CLI, "-q", "-r", "-", *arguments], input=data or self.talk(), capture_output=True, timeout=60)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout.decode() if status == 0 else done.stderr.decode()

    def rows(self, *arguments, data=None):
        return list(csv.DictReader(io.StringIO(self.run_cli(*arguments, data=data))))

    def talk(self, first=NOON):
        return captures.pcap([(first, captures.tcp(A, B, "S")), (first + 1, captures.tcp(B, A, "SA")), (first + 2, captures.tcp(A, B, "A", b"x" * 7))])


@unittest.skipUnless(HAS_DATA, f"no conformance data at {common.DATA}")
class Conformance(unittest.TestCase):
    def expected(self, profile):
        names = sorted(n[:-4] for n in os.listdir(os.path.join(common.DATA, "expected", profile)) if n.endswith(".csv"))
        self.assertGreater(len(names), 200)
        results = common.parallel(one_capture, [(profile, name) for name in names])
        self.assertEqual({name: problems[:5] for name, problems in zip(names, results) if problems}, {})

    def test_netflower_1_0_1(self):
        self.expected("netflower-1.0.1")

    def test_cicflowmeter(self):
        self.expected("cicflowmeter")

    def test_cicflowmeter_fixed(self):
        self.expected("cicflowmeter-fixed")

    def test_threads(self):
        """All captures as one stream, whose times jump: the same bytes for any number of threads."""
        files = [os.path.join(common.DATA, "captures", n) for n in common.names("captures")]
        for profile in PROFILES:
            one, four = (common.nf_cli("-q", "--profile", profile, f"--threads={n}", *files) for n in (1, 4))
            self.assertEqual(one.stdout, four.stdout, profile)
            self.assertGreater(len(one.stdout), 500000)


class Profiles(Case):
    def test_default_is_netflower(self):
        self.assertEqual(self.run_cli(), self.run_cli("--profile", "netflower"))

    def test_list(self):
        text = self.run_cli("--list-profiles")
        for name in ("netflower", *PROFILES, "cicids2017", "csecic2018", "cicddos2019"):
            self.assertIn(f"\n  {name} ", text)

    def test_unknown(self):
        said = self.run_cli("--profile", "cicflowmeters", status=1)
        for name in ("netflower", *PROFILES, "the nearest name is 'cicflowmeter'"):
            self.assertIn(name, said)

    def test_columns(self):
        self.assertEqual(len(self.rows("--profile", "netflower-1.0.1")[0]), 82)
        self.assertEqual(len(self.rows("--profile", "cicflowmeter")[0]), 84)
        self.assertEqual(len(self.rows("--profile", "cicflowmeter-fixed")[0]), 94)
        self.assertEqual(self.run_cli("--profile", "cicflowmeter", "--columns", "Flow ID,Flow Bytes/s"),
                         "Flow ID,Flow Bytes/s\n10.0.0.1-10.0.0.2-1000-80-6,3.5\n")
        self.assertIn("'ICMP Code'", self.run_cli("--profile", "cicflowmeter", "--columns", "ICMP Code", status=1))
        self.assertIn("the nearest name is 'Flow ID'", self.run_cli("--profile", "cicflowmeter", "--columns", "FlowID", status=1))

    def test_limits(self):
        """120 s are the CIC profiles' own limit; --active-timeout sets another."""
        for profile, limit, packets in ("cicflowmeter", [], ["3"]), ("cicflowmeter", ["--active-timeout", "1.5"], ["2"]), \
                ("cicflowmeter-fixed", ["--active-timeout", "1.5"], ["2", "1"]):
            got = self.rows("--profile", profile, *limit)
            self.assertEqual([str(int(r["Total Fwd Packet"]) + int(r["Total Bwd packets"])) for r in got], packets)
        for option in "--idle-timeout", "--close-linger":
            self.assertIn("has no meaning for the flows of the profile cicflowmeter", self.run_cli("--profile", "cicflowmeter", option, "1", status=1))

    def test_clock_of_1_0_1(self):
        """What follows a close is a flow; --close-linger may be asked for all the same."""
        data = captures.pcap([(1, captures.tcp(A, B, "R")), (Decimal("1.5"), captures.tcp(A, B, "A"))])
        self.assertEqual(len(self.rows("--profile", "netflower-1.0.1", data=data)), 2)
        self.assertEqual(len(self.rows("--profile", "netflower-1.0.1", "--close-linger", "1", data=data)), 1)
        self.assertEqual(len(self.rows(data=data)), 1)


def ipv6_udp(source, destination, ports, payload):
    datagram = struct.pack("!HHHH", *ports, 8 + len(payload), 0) + payload
    header = struct.pack("!IHBB", 6 << 28, len(datagram), 17, 64)
    return captures.ethernet(header + socket.inet_pton(socket.AF_INET6, source) + socket.inet_pton(socket.AF_INET6, destination) + datagram, 0x86dd)


def icmp(source, destination, kind, code, identifier):
    return captures.ethernet(captures.ipv4(source, destination, 1, struct.pack("!BBHHH", kind, code, 0, identifier, 1) + b"x" * 8))


class OtherPackets(Case):
    def test_ipv6(self):
        """CICFlowMeter reads no IPv6; an address of it stands in a Flow ID as anywhere else."""
        data = captures.pcap([(1, ipv6_udp("2001:db8::1", "2001:db8::2", (1000, 80), b"abc")), (2, ipv6_udp("2001:db8::2", "2001:db8::1", (80, 1000), b"de"))])
        for more in (), ("--columns-as", "cicids2017"):
            got = self.run_cli("--profile", "cicflowmeter", "--ipv6", "--header", "none", *more, data=data).split(",")
            self.assertEqual(got[:6], ["2001:db8::1-2001:db8::2-1000-80-17", "2001:db8::1", "1000", "2001:db8::2", "80", "17"])
            self.assertEqual(got[7:12], ["1000000", "1", "1", "3.0", "2.0"])

    def test_icmp(self):
        """All of two hosts is one flow, whatever its identifiers, until code and type both differ from the first packet's."""
        data = captures.pcap([(1, icmp("10.0.0.1", "10.0.0.2", 8, 0, 7)), (2, icmp("10.0.0.2", "10.0.0.1", 0, 0, 7)), (3, icmp("10.0.0.1", "10.0.0.2", 8, 0, 9)),
                              (4, icmp("10.0.0.2", "10.0.0.1", 3, 1, 0))])
        got = self.run_cli("--profile", "cicflowmeter-fixed", "--icmp", "--header", "none", "--columns",
                           "Flow ID,Src IP,Total Fwd Packet,Total Bwd packets,Total Length of Fwd Packet,Fwd Header Length,ICMP Type,ICMP Code,Total Connection Flow Time",
                           data=data)
        self.assertEqual(got.split(), ["10.0.0.1-10.0.0.2-0-0-1,10.0.0.1,2,1,0.0,0,8,0,0", "10.0.0.1-10.0.0.2-0-0-1,10.0.0.2,1,0,0.0,0,3,1,0"])

    def test_sent_again(self):
        """The packet with 7 bytes comes twice, and the first ACK of the other side, which has the sequence numbers of captures.tcp(), 1 and 1."""
        data = captures.pcap([(1, captures.tcp(A, B, "PA", b"x" * 7)), (2, captures.tcp(B, A, "A")), (3, captures.tcp(A, B, "PA", b"x" * 7)), (4, captures.tcp(B, A, "A")),
                              (5, captures.tcp(B, A, "A", window=999))])
        self.assertEqual(self.run_cli("--profile", "cicflowmeter-fixed", "--header", "none", "--columns",
                                      "Fwd TCP Retrans. Count,Bwd TCP Retrans. Count,Total TCP Retrans. Count", data=data), "1,1,2\n")


class DataSets(Case):
    def test_headers(self):
        for name, header in ("cicids2017", CICIDS2017), ("csecic2018", CSECIC2018), ("cicddos2019", CICDDOS2019):
            self.assertEqual(self.run_cli("--columns-as", name).split("\n")[0], header)
            self.assertEqual(self.run_cli("--columns-as", name, "--profile", "cicflowmeter-fixed").split("\n")[0], header)

    def test_values(self):
        """Each column has the value of the profile's column that means the same."""
        own = self.rows("--profile", "cicflowmeter")[0]
        row = self.run_cli("--columns-as", "cicids2017", "--header", "none").strip().split(",")
        names = [name.strip() for name in CICIDS2017.split(",")]
        for theirs, ours in ("Source IP", "Src IP"), ("Destination Port", "Dst Port"), ("Total Backward Packets", "Total Bwd packets"), \
                ("Min Packet Length", "Packet Length Min"), ("Init_Win_bytes_backward", "Bwd Init Win Bytes"), ("CWE Flag Count", "CWR Flag Count"), \
                ("act_data_pkt_fwd", "Fwd Act Data Pkts"), ("Avg Fwd Segment Size", "Fwd Segment Size Avg"), ("Idle Min", "Idle Min"), ("Label", "Label"):
            self.assertEqual(row[names.index(theirs)], own[ours], theirs)
        self.assertEqual([value for name, value in zip(names, row) if name == "Fwd Header Length"], ["40", "40"])
        self.assertEqual(row[6], "03/07/2017 12:55:58")
        last = self.run_cli("--columns-as", "cicddos2019", "--header", "none").strip().split(",")
        self.assertEqual(last[0], "1")
        self.assertEqual(last[7], "2017-07-03 12:55:58.060500")
        self.assertEqual(last[-3:], ["0", "0", "NeedManualLabel"])

    def test_added(self):
        self.assertEqual(self.run_cli("--columns-as", "csecic2018", "--columns", "+end_reason").split("\n")[0], CSECIC2018 + ",end_reason")
        self.assertIn("has its own columns", self.run_cli("--columns-as", "csecic2018", "--columns", "Label", status=1))

    def test_other_profiles(self):
        self.assertIn("cicflowmeter-fixed", self.run_cli("--profile", "netflower", "--columns-as", "cicids2017", status=1))
        said = self.run_cli("--columns-as", "cicids2016", status=1)
        self.assertIn("there are: cicids2017, csecic2018, cicddos2019", said)
        self.assertIn("the nearest name is 'cicids2017'", said)

    def test_header(self):
        self.assertEqual("\n" + self.run_cli("--header", "none"), self.run_cli()[self.run_cli().index("\n"):])
        self.assertEqual(self.run_cli("--header", "names"), self.run_cli())
        self.assertIn("--header takes names or none", self.run_cli("--header", "all", status=1))


class Times(Case):
    def time(self, *arguments, first=NOON):
        return self.run_cli("--columns", "timestamp", "--header", "none", *arguments, data=self.talk(first))[:-1]

    def test_own_forms(self):
        def own(profile, first, *more):
            return self.run_cli("--profile", profile, "--columns", "Timestamp", "--header", "none", *more, data=self.talk(first)).strip()

        self.assertEqual(own("cicflowmeter", NOON), "03/07/2017 12:55:58 PM")
        self.assertEqual(own("cicflowmeter", NOON, "--timezone", "America/Halifax"), "03/07/2017 09:55:58 AM")
        self.assertEqual(own("cicflowmeter", 0), "01/01/1970 12:00:00 AM")
        self.assertEqual(own("cicflowmeter-fixed", NOON), "2017-07-03 12:55:58.060500")
        self.assertEqual(own("cicflowmeter-fixed", Decimal("1499086558.06")), "2017-07-03 12:55:58.060")
        self.assertEqual(own("cicflowmeter-fixed", 1499086558), "2017-07-03 12:55:58")
        self.assertEqual(own("cicflowmeter-fixed", NOON, "--time-format", "epoch"), "1499086558.0605")

    def test_forms(self):
        self.assertEqual(self.time(), "1499086558.0605")
        self.assertEqual(self.time("--time-format", "epoch"), "1499086558.0605")
        self.assertEqual(self.time("--time-format", "iso"), "2017-07-03T12:55:58.060500+00:00")
        self.assertEqual(self.time("--time-format", "iso", "--timezone", "America/St_Johns"), "2017-07-03T10:25:58.060500-02:30")
        self.assertEqual(self.time("--time-format", "%a, %d"), '"Mon, 03"')
        self.assertEqual(self.run_cli("--columns", "timestamp", "--header", "none", "-T", "tsv", "--time-format", "%a, %d"), "Mon, 03\n")

    def test_against_python(self):
        """Every conversion that Python has, at times around the ends of days, years and leap days."""
        form = "%Y-%m-%d %H:%M:%S %I %p %j %y %b %B %a %A %f %z %Z %%"
        for zone in "UTC", "Europe/Berlin", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe":
            for first in 0, 951782399, 951782400, 1078012800, 1499086558, 1509238800, 1509242400, 1735689599, 4102444799, 4107542399:
                when = datetime.datetime.fromtimestamp(first, zoneinfo.ZoneInfo(zone))
                self.assertEqual(self.time("--timezone", zone, "--time-format", form, first=first), when.strftime(form), (zone, first))

    def test_wrong(self):
        said = self.run_cli("--time-format", "%Y %Q", status=1)
        self.assertIn("'%Q'", said)
        self.assertIn("there are: %Y %m", said)
        self.assertIn("epoch, iso", self.run_cli("--time-format", "isoo", status=1))
        self.assertIn("longer than", self.run_cli("--time-format", "%A" * 20, status=1))
        self.assertIn("the nearest name is 'Europe/Berlin'", self.run_cli("--time-format", "iso", "--timezone", "Europe/Berln", status=1))
        for zone in "../../etc/passwd", "/etc/localtime", "CET-1CEST", "+01:00":
            self.assertIn("--timezone takes", self.run_cli("--time-format", "iso", "--timezone", zone, status=1))
        self.assertIn("no meaning for seconds", self.run_cli("--timezone", "Europe/Berlin", status=1))

    def test_local(self):
        done = subprocess.run([common.NF_CLI, "-q", "-r", "-", "--columns", "timestamp", "--time-format", "%H:%M", "--timezone", "local"], input=self.talk(),
                              capture_output=True, env={**os.environ, "TZ": "Asia/Tokyo"}, timeout=60)
        self.assertEqual(done.stdout, b"timestamp\n21:55\n")

    def test_ndjson(self):
        line = json.loads(self.run_cli("--profile", "cicflowmeter-fixed", "-T", "ndjson"))
        self.assertEqual((line["Timestamp"], line["Flow ID"]), ("2017-07-03 12:55:58.060500", "10.0.0.1-10.0.0.2-1000-80-6"))


if __name__ == "__main__":
    unittest.main()
