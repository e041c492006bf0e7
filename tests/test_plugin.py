#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin in tshark: its rows are nf-cli's, byte for byte, and its errors are such as tshark's users expect.

NF_CLI          nf-cli (default: build/release/bin/nf-cli)
NF_BUILD        the build folder with the plugin (default: build/release)
NF_SOURCE       the source tree (default: the folder above this one)
NF_CONFORMANCE  captures to compare, beside those made here (default: ../shared/conformance beside the source tree; may be absent)

tshark takes no plugins but the system's when root runs it, so root's tests become nobody's.
"""
import glob
import gzip
import json
import multiprocessing
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from captures import (ETHERNET, RAW, arp, ethernet, icmp, ipv4, ipv6_udp, pcap, pcap_header, pcap_record, pcapng, tcp, tcp_packet, udp,
                      udp_packet)

SOURCE = os.path.abspath(os.environ.get("NF_SOURCE") or os.path.join(os.path.dirname(__file__), ".."))
BUILD = os.path.abspath(os.environ.get("NF_BUILD") or os.path.join(SOURCE, "build/release"))
NF_CLI = os.path.abspath(os.environ.get("NF_CLI") or os.path.join(BUILD, "bin/nf-cli"))
DATA = os.environ.get("NF_CONFORMANCE") or os.path.normpath(os.path.join(SOURCE, "..", "shared", "conformance"))
SKIPPED, NOBODY, PATIENCE, PROCESSES = 77, 65534, 120, 2
CAPTURES, ODD = 160, 40
SLOW_CAPTURES, SLOW_ODD = 30, 10  # with a sanitizer

PKTAP = 258
A, B, C, DNS = "10.0.0.1:1000", "10.0.0.2:80", "10.0.0.2:443", "10.0.0.3:53"


# --- the programs --------------------------------------------------------------------------------------------------------------------

def plugin():
    found = glob.glob(os.path.join(BUILD, "lib/wireshark/plugins/*/epan/netflower.so"))
    return found[0] if found else None


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def need(*programs):
    """Ends the program as a skipped test where something is missing."""
    for program in programs:
        if not shutil.which(program):
            skip(f"there is no {program}")
    if not plugin():
        skip(f"there is no plugin in {BUILD} (it needs Wireshark's headers)")
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        skip("tshark takes no plugins from root, and there is no setpriv to be nobody")


class Host:
    """A folder that an unprivileged tshark or Wireshark can use, with the plugin in it."""

    def __init__(self, prefix="nf-plugin-"):
        self.folder = tempfile.mkdtemp(prefix=prefix)
        os.chmod(self.folder, 0o755)
        self.plugins = os.path.join(self.folder, "plugins")
        version = os.path.basename(os.path.dirname(os.path.dirname(plugin())))
        target = os.path.join(self.plugins, version, "epan")
        os.makedirs(target)
        shutil.copy(plugin(), target)
        self.home = self.make_folder("home")
        os.chmod(self.home, 0o700)
        self.out = self.make_folder("out")

    def make_folder(self, name):
        """One that the program may write to."""
        path = os.path.join(self.folder, name)
        os.mkdir(path)
        if os.geteuid() == 0:
            os.chown(path, NOBODY, NOBODY)
        return path

    def environment(self):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("WIRESHARK_", "XDG_", "LC_", "LANG"))}
        # No extcap programs: they take time, and with a sanitizer in them they hang.
        env.update(HOME=self.home, WIRESHARK_PLUGIN_DIR=self.plugins, WIRESHARK_EXTCAP_DIR=self.home, TMPDIR=self.out,
                   XDG_RUNTIME_DIR=self.home, LC_ALL="C.UTF-8")
        return {**env, **sanitizer()}

    def command(self, *arguments):
        drop = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups"] if os.geteuid() == 0 else []
        return [*drop, *arguments]

    def tshark(self, *arguments, **more):
        done = subprocess.run(self.command("tshark", *arguments), env=self.environment(), stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=PATIENCE, cwd=self.out, **more)
        done.stderr = done.stderr.decode(errors="replace")
        return done

    def path(self, name):
        return os.path.join(self.out, name)

    def read(self, name):
        if not os.path.exists(self.path(name)):
            return None
        with open(self.path(name), "rb") as f:
            return f.read()

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def sanitizer():
    """A plugin with AddressSanitizer needs its library in the program before all others. tshark's own leaks are none of ours."""
    if not plugin():
        return {}
    libraries = subprocess.run(["ldd", plugin()], capture_output=True, text=True).stdout
    found = re.search(r"libasan\S* => (\S+)", libraries)
    return {"LD_PRELOAD": found[1], "ASAN_OPTIONS": "detect_leaks=0"} if found else {}


def nf_cli(*arguments):
    done = subprocess.run([NF_CLI, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE)
    done.stderr = done.stderr.decode(errors="replace")
    return done


def numbers(summary):
    """The lines of a summary behind its first one."""
    return [line for line in summary.splitlines() if line.startswith("  ")]


# --- captures ------------------------------------------------------------------------------------------------------------------------

FRAMES = [(1, tcp(A, B, "S")), (1.25, tcp(B, A, "SA")), (2, udp(A, DNS, b"hello")), (3, tcp(A, B, "A")), (4, tcp(A, C, "S")),
          (4.5, icmp("10.0.0.1", "10.0.0.2")), (5, ipv6_udp()), (6, arp()), (7, tcp(C, A, "RA")), (200, udp(DNS, A, b"late"))]


def icmp_without_packet():
    """An ICMPv6 destination unreachable that ends where the packet it is about should begin."""
    body = struct.pack("!BBHI", 1, 0, 0, 0)
    return ethernet(struct.pack("!IHBB", 6 << 28, len(body), 58, 64) + bytes(15) + b"\1" + bytes(15) + b"\2" + body, 0x86dd)


def pktap(frame):
    """An Ethernet frame behind Apple's PKTAP header."""
    header = struct.pack("<III24sIIIII20sIHH", 108, 1, ETHERNET, b"en0", 0, 2, 14, 0, 1, b"cmd", 0, 6, 0)
    return header.ljust(108, b"\0") + frame


def crowded_frame(messages):
    """One large TCP segment, as segmentation offload makes them, with so many messages of DNS."""
    message = struct.pack("!HHHHHHH", 12, 1, 0x0100, 0, 0, 0, 0)
    packet = bytearray(tcp_packet("10.0.0.1:1000", "10.0.0.3:53", "PA", b"")[:40]) + message * messages
    packet[2:4] = b"\0\0"
    return ethernet(bytes(packet))


def own_captures():
    """Captures by name, with what is special about each."""
    cut = pcap(FRAMES)[:-10]
    damaged = pcap(FRAMES) + struct.pack("<IIII", 300, 0, 0x7fffffff, 0x7fffffff) + bytes(100)
    return {
        "plain.pcap": pcap(FRAMES),
        "nano.pcap": pcap(FRAMES, nano=True),
        "big-endian.pcap": pcap(FRAMES, big=True),
        "snapped.pcap": pcap([(t, f[:40], len(f)) for t, f in FRAMES]),
        "raw.pcap": pcap([(1, tcp_packet(A, B, "S")), (2, udp_packet(A, DNS))], link=RAW),
        "several.pcapng": pcapng([(0, 1, tcp(A, B, "S")), (1, 2, tcp_packet(B, A, "SA")), (0, 3, tcp(A, B, "A"))], links=(ETHERNET, RAW)),
        "none.pcap": pcap([]),
        "unused.pcap": pcap([(1, arp()), (2, ipv6_udp())]),
        "error.pcap": pcap([(1, tcp(A, B, "S")), (2, icmp_without_packet()), (3, tcp(A, B, "A"))]),
        "pktap.pcap": pcap([(1, pktap(tcp(A, B, "S"))), (2, pktap(udp(A, DNS)))], link=PKTAP),
        "unordered.pcap": pcap([(3, tcp(A, B, "S")), (2, tcp(B, A, "SA")), (4, tcp(A, B, "A"))]),
        "cut.pcap": cut,
        "damaged.pcap": damaged,
        "plain.pcap.gz": gzip.compress(pcap(FRAMES), mtime=0),
    }


class Case(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.host = Host()
        for name, content in own_captures().items():
            with open(os.path.join(cls.host.folder, name), "wb") as f:
                f.write(content)

    @classmethod
    def tearDownClass(cls):
        cls.host.remove()

    def setUp(self):
        shutil.rmtree(self.host.out)
        self.host.make_folder("out")

    def capture(self, name):
        return os.path.join(self.host.folder, name)

    def make(self, name, content):
        with open(self.capture(name), "wb") as f:
            f.write(content)
        return self.capture(name)

    def expected(self, *arguments):
        """What nf-cli writes, and what its summary says."""
        done = nf_cli(*arguments)
        self.assertIn(done.returncode, (0, 2, 5), done.stderr)
        return done.stdout, numbers(done.stderr)

    def assert_nothing_left(self):
        self.assertEqual(os.listdir(self.host.out), [])


class Rows(Case):
    """The rows are nf-cli's."""

    def same(self, capture, statistic, *cli, modes=((), ("-2",), ("-Y", "udp"), ("-2", "-Y", "udp"))):
        want, summary = self.expected("-r", capture, *cli)
        for mode in modes:
            done = self.host.tshark("-q", "-r", capture, *mode, "-z", statistic)
            self.assertEqual((done.stdout, numbers(done.stderr)), (want, summary), (mode, done.stderr))
        return want

    def test_own_captures(self):
        for name in own_captures():
            with self.subTest(name):
                self.same(self.capture(name), "netflower,csv")

    def test_something_is_compared(self):
        rows, summary = self.expected("-r", self.capture("plain.pcap"))
        self.assertEqual(rows.count(b"\n"), 1 + 4)
        self.assertIn("  used     7", summary)

    def test_read_errors_are_tsharks(self):
        for name in "cut.pcap", "damaged.pcap":
            done = self.host.tshark("-q", "-r", self.capture(name), "-z", "netflower,csv,out.csv")
            self.assertEqual(done.returncode, 2)
            self.assertEqual(self.host.read("out.csv"), nf_cli("-r", self.capture(name)).stdout)

    def test_count(self):
        capture = self.capture("plain.pcap")
        for n in 1, 4, 100:
            want = self.expected("-r", capture, "-c", str(n))[0]
            self.assertEqual(self.host.tshark("-q", "-c", str(n), "-r", capture, "-z", "netflower,csv").stdout, want)

    def test_settings(self):
        capture = self.capture("plain.pcap")
        default = self.same(capture, "netflower,csv,profile=netflower", "--profile", "netflower")
        for keys, options in {
            "columns=src_ip+dst_ip": ["--columns", "src_ip,dst_ip"],
            "profile=cicflowmeter": ["--profile", "cicflowmeter"],
            "profile=cicflowmeter-fixed,timezone=Asia/Kolkata": ["--profile", "cicflowmeter-fixed", "--timezone", "Asia/Kolkata"],
            "profile=netflower-1.0.1": ["--profile", "netflower-1.0.1"],
            "columns-as=cicids2017": ["--columns-as", "cicids2017"],
            "header=none": ["--header", "none"],
            "time-format=%d.%m.%Y %H:%M:%S.%f": ["--time-format", "%d.%m.%Y %H:%M:%S.%f"],
            "idle=1": ["--idle-timeout", "1"],
            "idle-timeout=0.5": ["--idle-timeout", "0.5"],
            "active=1.5": ["--active-timeout", "1.5"],
            "active-timeout=1": ["--active-timeout", "1"],
            "max-flows=1": ["--max-flows", "1"],
            "flows=2": ["--max-flows", "2"],
            "format=tsv": ["-T", "tsv"],
        }.items():
            with self.subTest(keys):
                self.assertNotEqual(self.same(capture, "netflower,csv," + keys, *options, modes=[()]), default)
        after = pcap([(1, tcp(A, B, "S")), (2, tcp(B, A, "R")), (2.5, tcp(A, B, "A"))])
        capture = self.make("after.pcap", after)
        for keys, options in {"linger=0": ["--close-linger", "0"], "close-linger=2,idle=3": ["--close-linger", "2", "--idle-timeout", "3"]}.items():
            self.same(capture, "netflower,csv," + keys, *options, modes=[()])

    def test_zeek(self):
        """The conn.log that nf-cli writes, but for the time at which it was written."""
        def log(text):
            return [line for line in text.decode().splitlines() if not line.startswith(("#open", "#close"))]
        capture = self.make("zeek.pcap", pcap([*FRAMES, (100, icmp("10.0.0.1", "10.0.0.2")), (101, ipv6_udp()), (102, arp())]))
        for keys, options in {
            "zeek,uid-seed=1": ["-T", "zeek", "--uid-seed=1"],
            "csv,format=zeek,uid-seed=1": ["-T", "zeek", "--uid-seed=1"],
            "zeek,uid-seed=1,columns=vlan+community_id": ["-T", "zeek", "--uid-seed=1", "--columns=+vlan,+community_id"],
            "zeek,uid-seed=1,local-nets=10.0.0.1/32+10.0.0.9": ["-T", "zeek", "--uid-seed=1", "--local-nets=10.0.0.1/32,10.0.0.9"],
            "zeek,uid-seed=1,udp_inactivity_timeout=0.5": ["-T", "zeek", "--uid-seed=1", "--zeek-time=udp_inactivity_timeout=0.5"],
            "zeek,uid-seed=1,checksums=ignore": ["-T", "zeek", "--uid-seed=1", "--checksums=ignore"],
            "zeek-json,uid-seed=1": ["-T", "zeek-json", "--uid-seed=1"],
        }.items():
            with self.subTest(keys):
                want, summary = self.expected("-r", capture, *options)
                done = self.host.tshark("-q", "-r", capture, "-z", "netflower," + keys)
                self.assertEqual((log(done.stdout), numbers(done.stderr)), (log(want), summary), done.stderr)
        self.host.tshark("-q", "-r", capture, "-z", "netflower,zeek,uid-seed=1,conn.log")
        self.assertEqual(log(self.host.read("conn.log")), log(self.expected("-r", capture, "-T", "zeek", "--uid-seed=1")[0]))

    def test_summary(self):
        """The same screen, but for the name of the capture, which tshark tells nobody."""
        capture = self.capture("plain.pcap")
        want = self.expected("-r", capture, "-T", "summary")[0].decode()
        done = self.host.tshark("-q", "-r", capture, "-z", "netflower,summary")
        name = os.path.basename(capture)
        self.assertEqual([line for line in want.splitlines() if name not in line], [line for line in done.stdout.decode().splitlines() if line != "capture"])
        self.assertEqual(done.stderr, "")
        as_json = json.loads(self.expected("-r", capture, "-T", "summary-json")[0])
        theirs = json.loads(self.host.tshark("-q", "-r", capture, "-z", "netflower,summary-json").stdout)
        self.assertEqual({key for key in as_json if as_json[key] != theirs.get(key)} - {"captures"}, set())

    def test_filter_with_commas(self):
        capture = self.capture("plain.pcap")
        want = self.expected("-r", capture, "-f", "tcp port 443 or udp port 53")[0]
        self.assertEqual(want.count(b"\n"), 1 + 3)
        for statistic in ("netflower,csv,,tcp.port in {443,444} || udp.port == 53", "netflower,csv,-,tcp.port in {443,444} || udp.port == 53",
                          "netflower,csv,filter=tcp.port in {443,444} || udp.port == 53"):
            done = self.host.tshark("-q", "-r", capture, "-z", statistic)
            self.assertEqual(done.stdout, want, done.stderr)
        self.assertEqual(self.host.tshark("-q", "-r", capture, "-z", "netflower,csv,idle=120,out.csv,tcp.port in {443,444} || udp.port == 53").stdout, b"")
        self.assertEqual(self.host.read("out.csv"), want)

    def test_several_at_once(self):
        capture = self.capture("plain.pcap")
        done = self.host.tshark("-q", "-r", capture, "-z", "netflower,csv,all.csv", "-z", "netflower,csv,file=tcp.csv,filter=tcp", "-z",
                                "netflower,csv,summary=no,columns=src_ip+src_port")
        self.assertEqual(self.host.read("all.csv"), self.expected("-r", capture)[0])
        self.assertEqual(self.host.read("tcp.csv"), self.expected("-r", capture, "-f", "tcp")[0])
        self.assertEqual(done.stdout, self.expected("-r", capture, "--columns", "src_ip,src_port")[0])
        said = [line for line in done.stderr.splitlines() if line.startswith("tshark: ")]
        self.assertEqual([line.split(": ")[1] for line in sorted(said)], ["netflower,csv,all.csv", "netflower,csv,file=tcp.csv,filter=tcp"])

    def test_compressed(self):
        capture = self.capture("plain.pcap")
        want = self.expected("-r", capture)[0]
        self.host.tshark("-q", "-r", capture, "-z", "netflower,csv,out.csv.gz")
        self.assertEqual(gzip.decompress(self.host.read("out.csv.gz")), want)

    def test_file_is_replaced_whole(self):
        self.host.tshark("-q", "-r", self.capture("plain.pcap"), "-z", "netflower,csv,out.csv")
        first = self.host.read("out.csv")
        self.host.tshark("-q", "-r", self.capture("raw.pcap"), "-z", "netflower,csv,out.csv")
        self.assertEqual(self.host.read("out.csv"), self.expected("-r", self.capture("raw.pcap"))[0])
        self.assertNotEqual(self.host.read("out.csv"), first)
        self.assertEqual(os.listdir(self.host.out), ["out.csv"])

    def test_behind_the_packet_list(self):
        capture = self.capture("plain.pcap")
        lines = self.host.tshark("-r", capture).stdout
        done = self.host.tshark("-r", capture, "-z", "netflower,csv")
        self.assertEqual(done.stdout, lines + self.expected("-r", capture)[0])

    def test_written_packets_are_another_matter(self):
        capture = self.capture("plain.pcap")
        done = self.host.tshark("-q", "-r", capture, "-Y", "udp", "-w", "udp.pcap", "-z", "netflower,csv")
        self.assertEqual(done.stdout, self.expected("-r", capture)[0])

    def test_errors_inside_icmp_hide_no_frame(self):
        _, summary = self.expected("-r", self.capture("error.pcap"))
        done = self.host.tshark("-q", "-r", self.capture("error.pcap"), "-z", "netflower,csv")
        self.assertIn("IPv6 1", "".join(summary))
        self.assertEqual(numbers(done.stderr), summary)

    def test_pktap(self):
        """Wireshark's dissection replaces the link type; neither program may then read an Ethernet frame at the wrong place."""
        rows, _ = self.expected("-r", self.capture("pktap.pcap"))
        self.assertEqual(rows.count(b"\n"), 1)

    def test_crowded_frame(self):
        """tshark keeps 5000 taps of a frame and loses the others, of which ours is one; the documented way around it helps."""
        for messages, lost in (4000, False), (5600, True):
            capture = self.make("crowded.pcap", pcap([(1, tcp(A, B, "S")), (2, crowded_frame(messages)), (3, tcp(A, B, "A"))]))
            want = self.expected("-r", capture)[0]
            self.assertEqual(want.count(b"\n"), 1 + 2)
            done = self.host.tshark("-q", "-r", capture, "-z", "netflower,csv")
            self.assertEqual("Too many taps queued" in done.stderr, lost)
            self.assertEqual(done.stdout != want, lost)
            around = self.host.tshark("-q", "-n", "--disable-protocol", "eth", "-r", capture, "-z", "netflower,csv")
            self.assertEqual(around.stdout, want)

    def test_the_quick_way(self):
        for name in "plain.pcap", "nano.pcap", "snapped.pcap", "error.pcap", "unordered.pcap":
            capture = self.capture(name)
            done = self.host.tshark("-q", "-n", "--disable-protocol", "eth", "-r", capture, "-z", "netflower,csv")
            self.assertEqual((done.stdout, numbers(done.stderr)), self.expected("-r", capture), name)


class Messages(Case):
    """What is said on standard error."""

    def run_it(self, statistic, capture="cut.pcap"):
        """Had the capture been read, the exit status were 2: it ends within a packet."""
        return self.host.tshark("-q", "-r", self.capture(capture), "-z", statistic)

    def fails(self, statistic, *words, rc=1):
        done = self.run_it(statistic)
        self.assertEqual(done.returncode, rc, (statistic, done.stderr))
        self.assertEqual(done.stdout, b"")
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), 1, done.stderr)
        self.assertTrue(lines[0].startswith("tshark: "), done.stderr)
        for word in words:
            self.assertIn(word, lines[0])

    def test_keys_and_values(self):
        for statistic, words in {
            "netflower,csvx": ["netflower,csv", "netflower,help"],
            "netflower,cvs,out.csv": ["netflower,csv"],
            "netflowers": ["netflower,csv"],
            "netflower,table": ["netflower,csv"],
            "netflower,csv,idel=60": ["idel", "idle-timeout", "columns", "file=", "filter="],
            "netflower,csv,tcp.port==443": ["tcp.port", "filter="],
            "netflower,csv,idle=": ["idle"],
            "netflower,csv,idle=x": ["idle", "seconds", "'x'"],
            "netflower,csv,idle=-1": ["idle", "'-1'"],
            "netflower,csv,active=nan": ["active", "'nan'"],
            "netflower,csv,linger=1e3": ["linger", "'1e3'"],
            "netflower,csv,max-flows=1.5": ["max-flows", "'1.5'"],
            "netflower,csv,idle=1,idle-timeout=2": ["twice"],
            "netflower,csv,columns=src_ip+dst_pi": ["dst_pi", "dst_ip"],
            "netflower,csv,columns=src_ip+src_ip": ["src_ip"],
            "netflower,csv,format=xml": ["xml", "csv", "tsv"],
            "netflower,csv,profile=other": ["other", "netflower"],
            "netflower,zeek,idle=3": ["idle-timeout", "zeek"],
            "netflower,zeek,header=none": ["header", "zeek"],
            "netflower,zeek,columns=src_ip": ["columns", "vlan", "community_id"],
            "netflower,zeek,local-nets=10.0.0.0/40": ["local-nets", "10.0.0.0/40"],
            "netflower,csv,uid-seed=1": ["uid-seed", "csv"],
            "netflower,summary,columns=vlan": ["columns", "summary"],
            "netflower,zeek,uid-seed=x": ["uid-seed", "'x'"],
            "netflower,zeek,udp_inactivity_timeout=x": ["udp_inactivity_timeout", "seconds", "'x'"],
            "netflower,csv,columns-as=cicids2016": ["cicids2016", "cicids2017"],
            "netflower,csv,profile=netflower,columns-as=cicids2017": ["cicids2017", "Flow ID", "cicflowmeter"],
            "netflower,csv,header=some": ["names", "none", "some"],
            "netflower,csv,timezone=Europe/Berln": ["Europe/Berln", "Europe/Berlin"],
            "netflower,csv,timezone=Europe/Berlin": ["timezone", "time-format"],
            "netflower,csv,time-format=%Q": ["%Q", "%Y"],
            "netflower,csv,profile=cicflowmeter,idle=3": ["idle-timeout", "cicflowmeter"],
            "netflower,csv,summary=maybe": ["yes", "no", "maybe"],
            "netflower,csv,file=out.csv,other.csv": ["other.csv", "filter="],
        }.items():
            with self.subTest(statistic):
                self.fails(statistic, *words)
        self.assert_nothing_left()

    def test_filters(self):
        self.fails("netflower,csv,out.csv,nosuch.field", "nosuch.field")
        self.fails("netflower,csv,out.csv,tcp.port ==", "tcp.port")
        self.fails("netflower,csv,filter=ip.addr == x", "x")
        self.assert_nothing_left()

    def test_files(self):
        self.fails("netflower,csv,missing/out.csv", "missing/out.csv", "missing")
        self.fails("netflower,csv,.", "folder")
        self.fails(f"netflower,csv,{self.host.plugins}/out.csv" if os.geteuid() == 0 else "netflower,csv,/proc/out.csv", "out.csv")
        self.assert_nothing_left()

    @unittest.skipUnless(os.path.exists("/dev/full"), "there is no /dev/full")
    def test_full_disk(self):
        done = self.run_it("netflower,csv,/dev/full", "plain.pcap")
        self.assertEqual(done.returncode, 1)
        self.assertIn("No space left", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1)

    def test_full_standard_output(self):
        if os.path.exists("/dev/full"):
            with open("/dev/full", "w") as full:
                done = subprocess.run(self.host.command("tshark", "-q", "-r", self.capture("plain.pcap"), "-z", "netflower,csv"), stdout=full,
                                      stderr=subprocess.PIPE, env=self.host.environment(), timeout=PATIENCE)
            self.assertEqual(done.returncode, 1)
            self.assertIn(b"No space left", done.stderr)

    def test_capture_is_not_overwritten(self):
        capture = self.host.path("in.pcap")
        shutil.copy(self.capture("plain.pcap"), capture)
        before = self.host.read("in.pcap")
        for name in capture, "./in.pcap":
            done = self.host.tshark("-q", "-r", capture, "-z", "netflower,csv," + name)
            self.assertEqual((done.returncode, len(done.stderr.splitlines())), (1, 1), done.stderr)
            self.assertIn("overwrite", done.stderr)
            self.assertEqual(self.host.read("in.pcap"), before)

    def test_two_into_one(self):
        for one, other in ("netflower,csv", "netflower,csv,-"), ("netflower,csv,a.csv", "netflower,csv,file=a.csv"):
            done = self.host.tshark("-q", "-r", self.capture("plain.pcap"), "-z", one, "-z", other)
            self.assertEqual((done.returncode, len(done.stderr.splitlines()), done.stdout), (1, 1, b""), done.stderr)
        self.assert_nothing_left()

    def test_an_error_spares_the_older_file(self):
        with open(self.host.path("out.csv"), "w") as f:
            f.write("precious\n")
        os.chmod(self.host.path("out.csv"), 0o666)
        self.fails("netflower,csv,out.csv,nosuch.field")
        done = self.host.tshark("-q", "-r", self.capture("plain.pcap"), "-z", "netflower,csv,out.csv", "-z", "netflower,csv,idle=x")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(self.host.read("out.csv"), b"precious\n")
        self.assertEqual(os.listdir(self.host.out), ["out.csv"])

    def test_summary(self):
        done = self.run_it("netflower,csv,out.csv", "plain.pcap")
        lines = done.stderr.splitlines()
        self.assertTrue(lines[0].startswith("tshark: netflower,csv,out.csv: 10 frames, "), lines)
        self.assertEqual(lines[1], "  used     7")
        self.assertEqual(self.run_it("netflower,csv,summary=no,out.csv", "plain.pcap").stderr, "")

    def test_help(self):
        for statistic in "netflower", "netflower,help", "netflower,csv,help":
            done = self.run_it(statistic)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            text = done.stdout.decode()
            for word in ("netflower,csv", "FILE", "FILTER", "columns=", "idle-timeout=", "idle=", "max-flows=", "summary="):
                self.assertIn(word, text)
            self.assertLess(max(map(len, text.splitlines())), 140)

    def test_listings(self):
        self.assertIn(b"netflower.so", self.host.tshark("-G", "plugins").stdout)
        self.assertIn("netflower,csv", self.host.tshark("-z", "help").stderr)

    def test_documented(self):
        """Every key that is named when a wrong one was given is in docs/WIRESHARK.md."""
        keys = re.search(r"there are: ([^.]*)\.", self.run_it("netflower,csv,wrong=1").stderr)[1].split(", ")
        self.assertGreater(len(keys), 8)
        with open(os.path.join(SOURCE, "docs/WIRESHARK.md")) as f:
            text = f.read()
        self.assertEqual([key for key in keys if f"`{key}=" not in text], [])


@unittest.skipUnless(shutil.which("valgrind") and not sanitizer(), "valgrind is missing, or the plugin has a sanitizer")
class Memory(Case):
    def test_no_bad_access_and_no_leak_of_ours(self):
        """Blocks that are lost and whose stack leads through the plugin."""
        for mode in [], ["-2"]:
            done = self.host.command("valgrind", "--leak-check=full", "--show-leak-kinds=definite,indirect", "--num-callers=30", "--keep-debuginfo=yes",
                                     "tshark", "-q", *mode, "-r", self.capture("plain.pcap"), "-z", "netflower,csv,a.csv", "-z",
                                     "netflower,csv,columns=src_ip,file=b.csv,filter=tcp")
            done = subprocess.run(done, env=self.host.environment(), cwd=self.host.out, capture_output=True, text=True, timeout=600)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("ERROR SUMMARY", done.stderr)
            ours = [part for part in re.split(r"\n==\d+== \n", done.stderr) if "netflower.so" in part]
            self.assertEqual(ours, [])


# --- the conformance captures --------------------------------------------------------------------------------------------------------

MODES = {"one pass": [], "two passes": ["-2"], "display filter": ["-Y", "udp"], "count": ["-c", "@"]}


def compare(job):
    """Differences of one capture, in the modes asked for."""
    path, modes = job
    host, problems = compare.host, []
    out = os.path.join(host.out, f"{os.getpid()}.csv")
    whole = nf_cli("-r", path)
    part = nf_cli("-r", path, "-c", "7")
    for mode in modes:
        want = part if mode == "count" else whole
        done = host.tshark("-q", *["7" if a == "@" else a for a in MODES[mode]], "-r", path, "-z", "netflower,csv," + out)
        got = host.read(out)
        if got != (want.stdout or None):
            problems.append(f"{mode}: other rows than nf-cli's; {done.stderr.strip()[-300:]}")
        elif got and numbers(done.stderr) != numbers(want.stderr):
            problems.append(f"{mode}: {numbers(done.stderr)} but nf-cli says {numbers(want.stderr)}")
        if (done.returncode == 0) != (want.returncode in (0, 5)):
            problems.append(f"{mode}: exit status {done.returncode}, nf-cli {want.returncode}")
        if got is not None:
            os.unlink(out)
    return problems


def spread(folder, n):
    """n of the captures in a folder, from all over it."""
    names = sorted(os.listdir(os.path.join(DATA, folder)))
    return [os.path.join(DATA, folder, names[i * len(names) // n]) for i in range(min(n, len(names)))]


class Conformance(unittest.TestCase):
    @unittest.skipUnless(os.path.isdir(os.path.join(DATA, "captures")), f"no captures at {DATA}")
    def test_captures(self):
        compare.host = Host()
        self.addCleanup(compare.host.remove)
        captures, odd = (SLOW_CAPTURES, SLOW_ODD) if sanitizer() else (CAPTURES, ODD)
        jobs = [(path, list(MODES)) for path in spread("captures", captures)] + [(path, ["one pass"]) for path in spread("odd", odd)]
        self.assertGreaterEqual(len(jobs), captures)
        with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
            results = pool.map(compare, jobs, chunksize=1)
        bad = {os.path.basename(path): problems for (path, _), problems in zip(jobs, results) if problems}
        print(f"conformance: {len(jobs) - len(bad)}/{len(jobs)} captures, {sum(len(modes) for _, modes in jobs)} runs")
        self.assertEqual(bad, {})


if __name__ == "__main__":
    need("tshark")
    unittest.main(verbosity=1)
