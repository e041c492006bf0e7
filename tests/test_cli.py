#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""nf-cli from outside: what it writes, what it says, and its exit status.

NF_CLI     the program (default: build/release/bin/nf-cli)
NF_BUILD   the folder it was built in (only to know its sanitizers)
NF_SOURCE  the source tree (default: the folder above this one)
"""
import csv
import gzip
import io
import datetime
import json
import os
import pty
import random
import re
import shutil
import signal
import stat
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from decimal import Decimal

sys.dont_write_bytecode = True
from captures import (ETHERNET, RAW, arp, checksum, icmp, ipv4, ethernet, ipv6_udp, pcap, pcap_header, pcap_record, pcapng, pcapng_simple, tcp, tcp_packet,
                      udp, udp_packet)

SOURCE = os.path.abspath(os.environ.get("NF_SOURCE") or os.path.join(os.path.dirname(__file__), ".."))
NF_CLI = os.path.abspath(os.environ.get("NF_CLI") or os.path.join(SOURCE, "build/release/bin/nf-cli"))
PATIENCE = 30  # seconds for what takes a moment

A, B, C = "10.0.0.1:1000", "10.0.0.2:80", "10.0.0.3:53"
# Two flows of IPv4: three TCP packets and one of UDP.
FRAMES = [(1, tcp(A, B, "S")), (Decimal("1.25"), tcp(B, A, "SA")), (2, udp(A, C, b"hello")), (3, tcp(A, B, "A"))]
# Two of five frames are used.
MIXED = [(1, tcp(A, B, "S")), (2, udp(A, C)), (3, icmp("10.0.0.1", "10.0.0.2")), (4, ipv6_udp()), (5, arp())]


def built_with(sanitizer):
    """Whether the build, which NF_BUILD names, has a sanitizer."""
    try:
        with open(os.path.join(os.environ.get("NF_BUILD", ""), "CMakeCache.txt"), encoding="utf-8") as f:
            return re.search(rf"^NF_SANITIZE:\w+=.*{sanitizer}", f.read(), flags=re.M) is not None
    except OSError:
        return False


def with_checksum(frame, change=0):
    """The same frame of TCP with its checksum, which a change makes wrong."""
    ip, segment = frame[14:34], frame[34:]
    right = checksum(ip[12:20] + struct.pack("!HH", 6, len(segment)) + segment)
    return frame[:50] + struct.pack("!H", right ^ change) + frame[52:]


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="nf-cli-")
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def make(self, name, content):
        with open(self.path(name), "wb") as f:
            f.write(content)
        return name

    def read(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def names(self):
        return sorted(os.listdir(self.folder))

    def run_cli(self, *arguments, stdin=None, env=None, stdout=subprocess.PIPE, program=(NF_CLI,)):
        """Runs nf-cli in the folder. stdin: bytes, or a file."""
        how = {"stdin": stdin} if hasattr(stdin, "fileno") else {"input": stdin or b""}
        done = subprocess.run([*program, *arguments], cwd=self.folder, env={**os.environ, **(env or {})}, stdout=stdout,
                              stderr=subprocess.PIPE, timeout=300, **how)
        done.err = done.stderr.decode(errors="replace")
        return done

    def good(self, *arguments, **more):
        done = self.run_cli(*arguments, **more)
        self.assertEqual(done.returncode, 0, done.err)
        return done

    def rows(self, data):
        return list(csv.DictReader(io.StringIO(data.decode("ascii"))))

    def usage(self, *arguments, says):
        """The command line is wrong, and the message says so."""
        done = self.run_cli(*arguments)
        self.assertEqual((done.returncode, done.stdout), (1, b""), done.err)
        self.assertIn(says, done.err)
        self.assertIn("Try 'nf-cli --help'.", done.err)
        return done

    def stats(self, name="stats.json"):
        with open(self.path(name), encoding="utf-8") as f:
            numbers = json.load(f)
        self.assertEqual(numbers["frames"], numbers["used"] + sum(numbers["skipped"].values()))
        return numbers


class Basics(Case):
    def test_argument_and_option(self):
        self.make("a.pcap", pcap(FRAMES))
        rows = self.rows(self.good("a.pcap").stdout)
        self.assertEqual([(r["src_ip"], r["src_port"], r["dst_ip"], r["dst_port"], r["protocol"]) for r in rows],
                         [("10.0.0.1", "1000", "10.0.0.2", "80", "6"), ("10.0.0.1", "1000", "10.0.0.3", "53", "17")])
        self.assertEqual([(r["tot_fwd_pkts"], r["tot_bwd_pkts"], r["flow_duration"], r["timestamp"]) for r in rows],
                         [("2", "1", "2.0", "1.0"), ("1", "0", "0.0", "2.0")])
        for arguments in (["-r", "a.pcap"], ["-ra.pcap"], ["--read-file=a.pcap"], ["--read-file", "a.pcap"], ["--", "a.pcap"], ["a.pcap", "-q"]):
            self.assertEqual(self.rows(self.good(*arguments).stdout), rows)

    def test_standard_input(self):
        data = pcap(FRAMES)
        self.make("a.pcap", data)
        expected = self.good("a.pcap").stdout
        self.assertEqual(self.good("-r", "-", stdin=data).stdout, expected)
        self.assertEqual(self.good("-", stdin=gzip.compress(data)).stdout, expected)
        with open(self.path("a.pcap"), "rb") as f:
            self.assertEqual(self.good("-", stdin=f).stdout, expected)
        self.assertIn("nf-cli: standard input: 4 frames", self.good("-", stdin=data).err)

    def test_output_file(self):
        self.make("a.pcap", pcap(FRAMES))
        expected = self.good("a.pcap").stdout
        done = self.good("-r", "a.pcap", "-w", "a.csv")
        self.assertEqual(done.stdout, b"")
        self.assertEqual(self.read("a.csv"), expected)
        self.assertEqual(self.names(), ["a.csv", "a.pcap"])
        self.good("a.pcap", "-w", "-", "-q")
        self.assertEqual(self.good("a.pcap", "-w", "/dev/stdout").stdout, expected)

    def test_tsv(self):
        self.make("a.pcap", pcap(FRAMES))
        self.assertEqual(self.good("a.pcap", "-Ttsv").stdout, self.good("a.pcap").stdout.replace(b",", b"\t"))

    def test_form_of_rows(self):
        self.make("a.pcap", pcap(FRAMES))
        lines = self.good("a.pcap").stdout.decode("ascii").split("\n")
        self.assertEqual([len(line.split(",")) for line in lines], [82, 82, 82, 1])
        self.assertNotIn("\r", "".join(lines))

    def test_no_file(self):
        self.usage(says="no capture is given")
        # Even where something could be read: nothing said so.
        done = self.run_cli(stdin=pcap(FRAMES))
        self.assertEqual(done.returncode, 1)

    def test_terminal_as_input(self):
        master, slave = pty.openpty()
        with os.fdopen(master, "wb"), os.fdopen(slave, "rb") as terminal:
            done = self.run_cli("-r", "-", stdin=terminal)
        self.assertEqual(done.returncode, 1)
        self.assertIn("standard input is a terminal", done.err)

    def test_version(self):
        lines = self.good("--version").stdout.decode().splitlines()
        self.assertRegex(lines[0], r"^nf-cli \d+\.\d+\.\d+$")
        self.assertRegex(lines[1], r"^reads captures with lib(wiretap|pcap)")
        self.assertRegex(lines[2], r"^compresses output with (gzip, zstd|gzip|zstd|nothing)$")

    def test_list_columns(self):
        text = self.good("--list-columns").stdout.decode()
        as_csv = self.rows(self.good("--list-columns=csv").stdout)
        as_json = json.loads(self.good("--list-columns=json").stdout)
        self.make("a.pcap", pcap(FRAMES))
        names = self.good("a.pcap").stdout.decode().split("\n")[0].split(",")
        self.assertEqual([c["name"] for c in as_csv], names)
        self.assertEqual(as_csv, as_json)
        own, extra = text.split("\nbeside these, in every profile, with --columns +NAME:\n")
        self.assertEqual([line.split()[0] for line in own.splitlines()], names)
        extra = [line.split()[0] for line in extra.splitlines()]
        self.assertIn("community_id", extra)
        added = self.good("a.pcap", "--columns", ",".join("+" + name for name in extra)).stdout.decode().split("\n")[0].split(",")
        self.assertEqual(added, names + extra)
        self.assertEqual((as_json[5]["name"], as_json[5]["type"], as_json[5]["unit"]), ("timestamp", "decimal", "s"))
        for c in as_json:
            self.assertIn(c["type"], ("text", "int", "real", "decimal"))
            self.assertTrue(c["formula"])
        some = json.loads(self.good("--list-columns=json", "--columns=dst_ip,src_ip").stdout)
        self.assertEqual([c["name"] for c in some], ["dst_ip", "src_ip"])

    def test_zeek(self):
        self.make("a.pcap", pcap(FRAMES))
        lines = self.good("a.pcap", "-T", "zeek", "--uid-seed=1", "--columns=+vlan,+community_id").stdout.decode().splitlines()
        self.assertEqual(lines[0], "#separator \\x09")
        self.assertTrue(lines[-1].startswith("#close\t"))
        fields = next(line for line in lines if line.startswith("#fields")).split("\t")[1:]
        self.assertEqual(fields[-3:], ["vlan", "inner_vlan", "community_id"])
        ids = self.good("a.pcap", "--columns=community_id", "--community-id-seed=7").stdout.decode().split()[1:]
        rows = [line.split("\t") for line in self.good("a.pcap", "-T", "zeek", "--columns=+community_id", "--community-id-seed=7").stdout.decode()
                .splitlines() if not line.startswith("#")]
        self.assertEqual({row[-1] for row in rows}, set(ids))
        for words in (["--labels=x"], ["--columns=src_ip"], ["--header=none"], ["--time-format=iso"], ["--columns-as=cicids2017"], ["--sequence=3"]):
            self.usage("a.pcap", "-T", "zeek", *words, says=words[0].split("=")[0])
        self.usage("a.pcap", "-T", "zeek-json", "--profile=netflower", says="the profile zeek, not of netflower")
        self.usage("a.pcap", "--local-nets=10.0.0.0/8", says="only with -T zeek")
        done = self.run_cli("a.pcap", "-T", "zeek", "--local-nets=10.0.0.0/40")
        self.assertEqual((done.returncode, done.stdout), (1, b""))
        self.assertIn("--local-nets: '10.0.0.0/40' is no network", done.err)
        self.assertIn("id.orig_h", self.good("a.pcap", "--profile=zeek").stdout.decode())

    def test_zeek_time(self):
        """A UDP packet 3 s after another: one connection, or two where silence ends one sooner."""
        self.make("a.pcap", pcap([(1, udp(A, C)), (4, udp(A, C))]))
        count = lambda *words: self.good("a.pcap", *words, "-T", "zeek").stdout.decode().count("\tudp\t")
        self.assertEqual(count(), 1)
        self.assertEqual(count("--zeek-time=udp_inactivity_timeout=2.5"), 2)
        self.assertEqual(count("--zeek-time", "udp_inactivity_timeout=2.5", "--zeek-time", "udp_inactivity_timeout=3.5"), 1)
        told = self.good("--list-profiles").stdout.decode()
        self.assertRegex(told, r"\n  udp_inactivity_timeout +60  ")
        self.usage("a.pcap", "-T", "zeek", "--zeek-time=udp_inactivity=1", says="the nearest name is 'udp_inactivity_timeout'")
        self.usage("a.pcap", "-T", "zeek", "--zeek-time=udp_inactivity_timeout=-1", says="--zeek-time: udp_inactivity_timeout takes seconds")
        self.usage("a.pcap", "-T", "zeek", "--zeek-time=60", says="takes NAME=SECONDS")
        self.usage("a.pcap", "--zeek-time=udp_inactivity_timeout=1", says="only for connections of the profile zeek")

    def test_number_of_a_frame(self):
        """The seventh frame is older than the one before it; frames that come by the dozen have numbers of their own."""
        self.make("a.pcap", pcap([(3 if i == 6 else i + 1, tcp(A, B, "A")) for i in range(12)]))
        self.assertIn("older than the one before it in its flow: frame 7;", self.good("a.pcap").err)
        self.assertIn("older than the one before it in its flow: frame 7;", self.good("a.pcap", "--ipv6").err)

    def test_summary_of_what_is_skipped(self):
        """A fragment without the others stays one, whatever the option: the summary, which puts fragments together, must not advise it."""
        later = bytearray(tcp(A, B, "A", b"x" * 16))
        later[20:22] = b"\x00\x01"
        self.make("a.pcap", pcap([(1, bytes(later)), (2, tcp(A, B, "S"))]))
        said = self.good("a.pcap", "-T", "summary").stdout.decode()
        self.assertIn("later fragments 1", said)
        self.assertNotIn("--defrag", said)
        told = json.loads(self.good("a.pcap", "-T", "summary-json").stdout)
        self.assertEqual([(s["reason"], s["option"]) for s in told["skipped"]], [("fragment", "")])
        self.assertIn("--defrag", self.good("a.pcap").err)

    def test_offloading(self):
        """One host's checksums are all wrong, as where it captures what it sends itself; the other's are right."""
        wrong = [(i, with_checksum(tcp(A, B, "A", b"x" * i), 1)) for i in range(8)]
        right = [(i + 0.5, with_checksum(tcp(B, A, "A", b"y" * i))) for i in range(8)]
        self.make("a.pcap", pcap(sorted(wrong + right)))
        says = "warning: 8 of 8 packets from 10.0.0.1 have bad checksums"
        for words in (["--checksums=verify"], ["-T", "zeek"], ["-T", "csv", "-w", "x", "-T", "zeek-json"]):
            self.assertEqual(self.good("a.pcap", *words).err.count(says), 1, words)
        self.assertNotIn("warning", self.good("a.pcap").err)
        self.make("b.pcap", pcap(right + wrong[:1]))
        self.assertNotIn("warning: 1 of", self.good("b.pcap", "--checksums=verify").err)

    def test_several_outputs(self):
        """Each has the bytes that it has alone, rows, counts and all."""
        self.make("a.pcap", pcap([*MIXED, (6, tcp(B, A, "SA"))]))
        alone = {name: self.good("a.pcap", *words, "--stats-json", name + ".json").stdout
                 for name, words in (("csv", ["--ipv6"]), ("zeek-json", ["-T", "zeek-json", "--uid-seed=1"]), ("ndjson", ["-T", "ndjson", "--ipv6"]))}
        done = self.good("a.pcap", "--ipv6", "--uid-seed=1", "-T", "csv", "-w", "a.csv", "-T", "zeek-json", "-w", "conn.json", "-T", "ndjson",
                         "--stats-json=s.json")
        self.assertEqual((self.read("a.csv"), self.read("conn.json"), done.stdout), (alone["csv"], alone["zeek-json"], alone["ndjson"]))
        stats = json.loads(self.read("s.json"))
        self.assertEqual([(o["format"], o["file"]) for o in stats["outputs"]], [("csv", "a.csv"), ("zeek-json", "conn.json"), ("ndjson", "-")])
        for output in stats["outputs"]:
            own = json.loads(self.read(output["format"] + ".json"))
            self.assertEqual({key: output[key] for key in ("used", "skipped", "flows", "rows")},
                             {key: own[key] for key in ("used", "skipped", "flows", "rows")})
        self.assertEqual(stats["used"], stats["outputs"][0]["used"])
        self.assertIn("-T zeek-json, conn.json: 6 frames", done.err)
        self.assertEqual(self.good("a.pcap", "-w", "b.csv", "--ipv6", "-T", "csv", "-T", "zeek-json", "--uid-seed=1").stdout, alone["zeek-json"])
        self.assertEqual(self.read("b.csv"), alone["csv"])

    def test_several_outputs_and_options(self):
        self.make("a.pcap", pcap(FRAMES))
        done = self.good("a.pcap", "-T", "csv", "-w", "a.csv", "-T", "zeek-json", "--profile=netflower-1.0.1", "--idle-timeout=1", "--header=none", "--columns=dst_ip")
        self.assertTrue(self.read("a.csv"))
        self.assertIn(b'"id.resp_h"', done.stdout)
        self.usage("a.pcap", "-T", "csv", "-T", "zeek", says="-T csv and -T zeek both go to standard output")
        os.mkdir(self.path("w"))
        os.symlink("w", self.path("link"))
        for one, other in (("x", "x"), ("x", "./x"), ("w/x", "w/../w/x"), ("w/x", "link/x"), ("a.csv", "./a.csv")):
            self.usage("a.pcap", "-T", "csv", "-w", one, "-T", "zeek", "-w", other, says=f"name the same file, '{other}'")
            self.usage("a.pcap", "-w", one, "--stats-json", other, says="name the same file")
        os.remove(self.path("link"))
        os.rmdir(self.path("w"))
        self.usage("a.pcap", "-T", "summary", "--columns=+vlan", says="--columns has no meaning for -T summary")
        self.usage("a.pcap", "-T", "csv", "-w", "x", "-w", "y", says="each output begins with its -T")
        self.usage("a.pcap", "-T", "zeek", "-w", "a.pcap", "-T", "csv", says="would overwrite the capture 'a.pcap'")
        self.usage("a.pcap", *("-T csv -w 1 -T csv -w 2 -T csv -w 3 -T csv -w 4 -T csv -w 5 -T csv -w 6 -T csv -w 7 -T csv -w 8 -T csv".split()),
                   says="more than 8 outputs")
        self.assertEqual(self.names(), ["a.csv", "a.pcap"])

    def test_several_outputs_fail(self):
        """One that cannot be written leaves no other half written; what fails at the end only keeps none from being whole."""
        self.make("a.pcap", pcap(FRAMES))
        done = self.run_cli("a.pcap", "-T", "csv", "-w", "a.csv", "-T", "zeek", "-w", "nosuch/conn.log")
        self.assertEqual((done.returncode, done.stdout, self.names()), (3, b"", ["a.pcap"]))
        for words in (["-T", "csv", "-w", "/dev/full", "-T", "zeek", "-w", "conn.log"], ["-T", "zeek", "-w", "conn.log", "-T", "csv", "-w", "/dev/full"]):
            done = self.run_cli("a.pcap", *words)
            self.assertEqual((done.returncode, self.names()), (3, ["a.pcap", "conn.log"]))
            self.assertIn(b"#close", self.read("conn.log"))
            os.remove(self.path("conn.log"))
        done = self.run_cli("nosuch.pcap", "-T", "csv", "-w", "a.csv", "-T", "zeek", "-w", "conn.log")
        self.assertEqual((done.returncode, self.names()), (2, ["a.pcap"]))

    def test_columns(self):
        self.make("a.pcap", pcap(FRAMES))
        self.assertEqual(self.good("a.pcap", "--columns", "dst_port, src_ip").stdout, b"dst_port,src_ip\n80,10.0.0.1\n53,10.0.0.1\n")
        self.usage("a.pcap", "--columns=src_ipp", says="the nearest name is 'src_ip'")
        self.usage("a.pcap", "--columns=src_ip,src_ip", says="--columns")
        self.usage("a.pcap", "--columns=", says="--columns takes LIST")
        self.usage("a.pcap", "--columns= ", says="--columns: the list of columns is empty")

    def test_german(self):
        german = german_environment(self.folder)
        if not german:
            print("skipped: the German locale, which is neither installed nor can be made (Debian: locales)")
            self.skipTest("no German locale")
        self.make("a.pcap", pcap(FRAMES))
        plain = self.good("a.pcap", "--idle-timeout=0.5", "--stats-json=s", "-v")
        for variables in ({"LANG": "de_DE.UTF-8", "LC_ALL": ""}, {"LC_ALL": "de_DE.UTF-8"}, {"LC_ALL": "C"}, {"LC_ALL": "tr_TR.UTF-8"}):
            done = self.good("a.pcap", "--idle-timeout=0.5", "--stats-json=s2", "-v", env={**german, **variables})
            self.assertEqual(done.stdout, plain.stdout)
            self.assertEqual(re.sub(r"[\d.]+ s\n", "", done.err), re.sub(r"[\d.]+ s\n", "", plain.err))
        self.usage("a.pcap", "--idle-timeout=0,5", says="takes seconds")


def german_environment(folder):
    """Where the system has no German locale, it is made in the folder. None where that is not possible."""
    try:
        if "de_de.utf8" in subprocess.run(["locale", "-a"], capture_output=True, text=True).stdout.lower():
            return {}
        made = subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", os.path.join(folder, "de_DE.UTF-8")], capture_output=True)
    except FileNotFoundError:
        return None
    # With LOCPATH the C library itself leaks in what other libraries do at their start.
    return {"LOCPATH": folder, "ASAN_OPTIONS": "detect_leaks=0"} if made.returncode == 0 else None


class CommandLine(Case):
    def setUp(self):
        super().setUp()
        self.make("a.pcap", pcap(FRAMES))

    def test_seconds(self):
        for option in ("--idle-timeout", "--active-timeout", "--close-linger"):
            for value in ("-1", "nan", "NaN", "inf", "1s", "1e3", " 1", "1 ", "9223372036.854775808", "1" * 30, "0x1", "1,5", "0.0000000001"):
                self.usage("a.pcap", option, value, says=f"{option} takes seconds from 0 to 9223372036")
            self.usage("a.pcap", option + "=", says=f"{option} takes S")
            self.usage("a.pcap", option, says=f"{option} takes S, which is missing")
            for value in ("0", "0.5", "120", "9223372036.854775807", "0.000000001"):
                self.good("a.pcap", option, value)

    def test_seconds_are_exact(self):
        # Gaps of 0.3 s and of one nanosecond more.
        self.make("b.pcap", pcap([(10, udp(A, B)), (Decimal("10.3"), udp(A, B)), (Decimal("10.600000001"), udp(A, B))], nano=True))
        for timeout, rows in (("0.3", 2), ("0.300000001", 1), ("0.299999999", 3)):
            self.assertEqual(len(self.rows(self.good("b.pcap", "--idle-timeout", timeout).stdout)), rows, timeout)

    def test_settings_arrive(self):
        # The close of A-B, a straggler 2 s later, another flow, and a gap of 10 s.
        self.make("b.pcap", pcap([(1, tcp(A, B, "RA")), (3, tcp(A, B, "A")), (4, udp(A, C)), (14, udp(A, C))]))

        def count(*arguments):
            return len(self.rows(self.good("b.pcap", *arguments).stdout))
        self.assertEqual(count(), 3)
        self.assertEqual(count("--close-linger=2"), 2)
        self.assertEqual(count("--idle-timeout=9.99"), 4)
        self.assertEqual(count("--active-timeout=9.99"), 4)
        self.assertEqual(count("--active-timeout=10"), 3)
        self.good("b.pcap", "--max-flows=1", "--stats-json=stats.json")
        self.assertEqual(self.stats()["flows"]["evicted"], 1)

    def test_threads(self):
        """The same bytes for any number, from a capture that is large enough for more than one; 0 is one per processor."""
        self.make("c.pcap", pcap([(n // 100, udp(f"10.0.0.1:{20000 + n % 500}", C)) for n in range(70000)]))
        one = self.good("c.pcap", "--threads=1").stdout
        self.assertEqual(len(self.rows(one)), 500)
        for n in ("0", "2", "3", "8"):
            self.assertEqual(self.good("c.pcap", f"--threads={n}").stdout, one)
        for value in ("-1", "65", "1.5", "x"):
            self.usage("a.pcap", "--threads", value, says="--threads takes a number of threads from 1 to 64")

    def test_counts(self):
        for option in ("-c", "--count"):
            for value in ("0", "-1", "1.5", "x", "18446744073709551616", " 1"):
                self.usage("a.pcap", option, value, says=f"{option} takes a whole number from 1 to")
        self.usage("a.pcap", "--max-flows", "-1", says="--max-flows takes a whole number from 0 to")
        self.usage("a.pcap", "-c", says="-c takes N, which is missing")

    def test_limits(self):
        def used(*arguments):
            done = self.run_cli("a.pcap", "-w", "/dev/null", "--stats-json", "stats.json", *arguments)
            self.assertIn(done.returncode, (0, 5))
            return self.stats()["frames"]
        self.assertEqual(used("-c", "3"), 3)
        self.assertEqual(used("-c3"), 3)
        self.assertEqual(used("-qc3"), 3)
        self.assertEqual(used("-c9"), 4)
        self.assertEqual(used("-a", "packets:2"), 2)
        self.assertEqual(used("-a", "packets:2", "-c", "3"), 2)
        self.assertEqual(used("-a", "packets:2", "-c", "1"), 1)
        self.assertEqual(used("-a", "duration:1"), 3)       # times 1, 1.25, 2, 3: the one at exactly 1 s is still taken
        self.assertEqual(used("-a", "duration:0.999"), 2)
        self.assertEqual(used("-a", "duration:0"), 1)
        self.assertEqual(used("-a", "duration:9223372036"), 4)
        for value in ("duration", "duration:", "duration:x", "packets:", "packets:0", "filesize:1", "", "files:2"):
            self.usage("a.pcap", "-a", value, says="-a ")

    def test_limit_ends_reading_of_a_pipe(self):
        reader, writer = os.pipe()
        os.write(writer, pcap(FRAMES))
        with os.fdopen(reader, "rb") as f:
            done = self.run_cli("-", "-c", "2", "--columns", "protocol", stdin=f)
        os.close(writer)  # until now it was open
        self.assertEqual((done.returncode, done.stdout), (0, b"protocol\n6\n"))

    def test_filter(self):
        self.good("a.pcap", "-f", "udp", "-w", "a.csv", "--stats-json=stats.json")
        self.assertEqual([r["protocol"] for r in self.rows(self.read("a.csv"))], ["17"])
        self.assertEqual((self.stats()["used"], self.stats()["skipped"]["filter"]), (1, 3))
        self.make("filter", b"# only names\nudp # and more\n port 53\n")
        self.assertEqual(self.good("a.pcap", "-F", "filter").stdout, self.read("a.csv"))
        # Only what matches counts for -c.
        self.good("a.pcap", "-f", "udp", "-c", "1", "--stats-json=stats.json")
        self.assertEqual(self.stats()["used"], 1)
        for arguments in (["-f", "udq"], ["-f", ""], ["-f", " "], ["-F", "nosuch"], ["-f", "udp", "-F", "filter"]):
            done = self.run_cli("a.pcap", *arguments)
            self.assertEqual((done.returncode, done.stdout), (1, b""), arguments)
            self.assertRegex(done.err, "-f|-F|filter")
        done = self.run_cli("a.pcap", "-f", "port 9999")
        self.assertEqual(done.returncode, 5)
        self.assertIn("all 4 frames were skipped: not matching the filter", done.err)

    def test_unknown(self):
        self.usage("a.pcap", "--idle-timout", "1", says="--idle-timeout")
        self.usage("a.pcap", "--idle", "1", says="the nearest is --idle-timeout")
        self.usage("a.pcap", "--colums=src_ip", says="the nearest is --columns")
        done = self.usage("a.pcap", "--zzzzzzzzzzzzzzzz", says="there is no option --zzzzzzzzzzzzzzzz")
        self.assertNotIn("nearest", done.err)
        self.usage("a.pcap", "-Z", says="there is no option -Z")
        self.usage("a.pcap", "-qZ", says="there is no option -Z")
        self.usage("a.pcap", "-\u00fc", says="is no option")
        self.usage("a.pcap", "--quiet=yes", says="--quiet takes no value")
        self.usage("a.pcap", "-T", "xml", says="not 'xml'")
        self.usage("a.pcap", "-T", "CSV", says="-T takes csv or tsv or ndjson")
        self.usage("a.pcap", "--profile", "nosuch", says="--profile: no profile is called 'nosuch'; there are: netflower, ")
        self.usage("--list-columns=xml", says="--list-columns takes csv, json")
        self.usage("a.pcap", "-w", says="-w takes FILE, which is missing")
        self.usage("a.pcap", "-w", "", says="-w takes FILE, not an empty text")
        self.usage("", says="the name of a capture is empty")
        self.good("a.pcap", "--profile", "netflower")

    def test_contradictions(self):
        self.make("b.pcap", pcap(FRAMES))
        before = self.read("a.pcap")
        self.usage("a.pcap", "-w", "x", "-w", "y", says="-w is given twice")
        self.usage("a.pcap", "-w", "x", "--output=y", says="given twice")
        self.usage("a.pcap", "-q", "-v", says="-q and -v contradict each other")
        self.usage("a.pcap", "--idle-timeout=1", "--idle-timeout=2", says="--idle-timeout is given twice")
        self.usage("-", "-r", "-", says="standard input (-) is given twice")
        self.usage("a.pcap", "--stats-json", "-", says="--stats-json - needs -w FILE")
        self.usage("a.pcap", "--stats-json", "x", "-w", "x", says="name the same file")
        os.symlink("a.pcap", self.path("link"))
        os.link(self.path("a.pcap"), self.path("hard"))
        for name in ("a.pcap", "./a.pcap", "link", "hard"):
            self.usage("b.pcap", "a.pcap", "-w", name, says="would overwrite the capture 'a.pcap'")
            self.usage("a.pcap", "--stats-json", name, says="would overwrite the capture 'a.pcap'")
        with open(self.path("a.pcap"), "r+b") as f:
            done = self.run_cli("a.pcap", stdout=f)
            self.assertEqual(done.returncode, 1)
            self.assertIn("would overwrite", done.err)
        self.assertEqual(self.read("a.pcap"), before)
        self.good("a.pcap", "-qq", "--per-file", "--per-file")
        self.good("a.pcap", "--stats-json", "/dev/null", "-w", "/dev/null")

    def test_argument_file(self):
        expected = self.good("a.pcap", "--columns=src_ip,dst_ip", "-q").stdout
        self.make("args", b"# what we always want\n--columns=src_ip,dst_ip\n  -r 'a.pcap'\n")
        self.assertEqual(self.good("@args", "-q").stdout, expected)
        self.make("more", b"@args -q")
        self.assertEqual(self.good("@more").stdout, expected)
        self.make("empty", b" \n")
        self.assertEqual(self.good("@empty", "@more").stdout, expected)
        self.make("bad", b"--idle-timeout\n-1")
        self.usage("a.pcap", "@bad", says="--idle-timeout takes seconds")
        self.make("split", b"--columns")
        self.assertEqual(self.good("a.pcap", "-q", "@split", "src_ip,dst_ip").stdout, expected)
        self.make("quote", b"'a")
        self.usage("@quote", says="@quote")
        self.make("loop", b"@loop")
        self.usage("@loop", says="@loop: argument files name each other too often")
        self.usage("@nosuch", says="nosuch")
        # A value and what stands behind -- are taken as they are.
        self.make("@x.pcap", self.read("a.pcap"))
        self.assertEqual(self.good("-q", "--columns=src_ip,dst_ip", "--", "@x.pcap").stdout, expected)
        self.good("a.pcap", "-w", "@out")
        self.assertIn("@out", self.names())

    def test_odd_names(self):
        for name in (b"-x.pcap", "\u00e4 b.pcap".encode(), b"\xe4\xff.pcap", b"new\nline.pcap"):
            with open(os.path.join(self.folder.encode(), name), "wb") as f:
                f.write(pcap(FRAMES))
            done = self.good("--stats-json=stats.json", "-w", b"out-" + name, "--", name)
            self.assertEqual(len(done.err.splitlines()), 4)
            self.assertEqual(len(self.stats()["files"]), 1)
        self.assertTrue(os.path.exists(os.path.join(self.folder.encode(), b"out-\xe4\xff.pcap")))

    def test_same_places(self):
        self.assertEqual(self.good("-h").stdout, self.good("--help", "nosuch").stdout)


class BadInput(Case):
    """Each fault is told in a line with the name of the file; what can be read before it is written."""

    def fault(self, *arguments, says, frames, status=2, stdin=None):
        done = self.run_cli(*arguments, "-w", "out.csv", "--stats-json", "stats.json", stdin=stdin)
        self.assertEqual(done.returncode, status, done.err)
        first = done.err.splitlines()[0]
        self.assertTrue(first.startswith("nf-cli: "), first)
        self.assertRegex(first, says)
        self.assertEqual(self.stats()["frames"], frames)
        if frames == 0 and status == 2:
            self.assertNotIn("out.csv", self.names())
        else:
            packets = sum(int(r["tot_fwd_pkts"]) + int(r["tot_bwd_pkts"]) for r in self.rows(self.read("out.csv")))
            self.assertEqual(packets, self.stats()["used"])
            os.remove(self.path("out.csv"))
        self.assertFalse([name for name in self.names() if name.endswith(".tmp")])
        return done

    def test_no_such_file(self):
        self.fault("nosuch.pcap", says="nosuch.pcap: No such file or directory", frames=0)

    def test_folder(self):
        os.mkdir(self.path("dir"))
        self.fault("dir", says="dir is a directory", frames=0)

    def test_no_permission(self):
        self.make("a.pcap", pcap(FRAMES))
        os.chmod(self.path("a.pcap"), 0)
        if os.geteuid() == 0:
            os.chmod(self.folder, 0o777)
            if not shutil.which("setpriv"):
                self.skipTest("root may read everything, and there is no setpriv")
            done = self.run_cli("a.pcap", program=("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", NF_CLI))
            if "setpriv" in done.err or "failed to execute" in done.err:
                self.skipTest("the program cannot be reached by others")
        else:
            done = self.run_cli("a.pcap")
        self.assertEqual(done.returncode, 2, done.err)
        self.assertIn("a.pcap: Permission denied", done.err)

    def test_not_a_capture(self):
        self.make("a.txt", b"hello, world\n" * 100)
        self.make("a.json", b'{"a": [1, 2, 3]}\n')
        self.make("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0\x90wS\xde" + bytes(100))
        self.make("random", random.Random(1).randbytes(1000))
        self.make("empty", b"")
        for name in ("a.txt", "a.json", "a.png", "random", "/bin/ls"):
            self.fault(name, says=f"{name} is not a capture", frames=0)
        self.fault("empty", says="empty is empty", frames=0)
        self.fault("-", says="standard input", frames=0)

    def test_empty_capture(self):
        for name, data in (("a.pcap", pcap([])), ("a.pcapng", pcapng([])), ("a.pcap.gz", gzip.compress(pcap([])))):
            self.make(name, data)
            done = self.good(name)
            self.assertEqual(len(done.stdout.splitlines()), 1)
            self.assertTrue(done.stdout.startswith(b"src_ip,dst_ip,"))
            self.assertIn("0 frames", done.err)

    def test_cut(self):
        data = pcap(FRAMES)
        self.make("header.pcap", data[:20])
        self.fault("header.pcap", says="header.pcap", frames=0)
        self.make("record.pcap", data[:-10])
        done = self.fault("record.pcap", says="record.pcap is cut short in frame 4", frames=3)
        self.assertIn("the 3 frames before that were read", done.err)
        last = len(pcap_record(FRAMES[-1]))
        self.make("head.pcap", data[:-last + 8])
        self.fault("head.pcap", says="head.pcap is cut short in frame 4", frames=3)
        self.fault("-", stdin=data[:-10], says="standard input is cut short in frame 4", frames=3)
        ng = pcapng(FRAMES)
        self.make("a.pcapng", ng[:-10])
        self.fault("a.pcapng", says="a.pcapng .*frame 4", frames=3)

    def test_gzip(self):
        # Frames that do not compress, so that many are whole before the end.
        noise = random.Random(2)
        data = gzip.compress(pcap([(n, udp(A, C, noise.randbytes(1000))) for n in range(200)]), mtime=0)
        self.make("cut.gz", data[:-1000])
        done = self.run_cli("cut.gz", "-w", "out.csv", "--stats-json", "stats.json")
        self.assertEqual(done.returncode, 2)
        self.assertIn("cut.gz", done.err.splitlines()[0])
        self.assertGreater(self.stats()["frames"], 100)
        self.assertIn("out.csv", self.names())
        bad = bytearray(data)
        bad[-8] ^= 0xff  # the checksum
        self.make("bad.gz", bytes(bad))
        done = self.run_cli("bad.gz", "-w", "out.csv", "--stats-json", "stats.json")
        self.assertEqual(done.returncode, 2)
        self.assertIn("bad.gz is damaged", done.err.splitlines()[0])
        self.assertGreater(self.stats()["frames"], 100)

    def test_record_of_4_gb(self):
        self.make("a.pcap", pcap(FRAMES) + b"\1\0\0\0" b"\0\0\0\0" b"\xf0\xff\xff\xff" b"\xf0\xff\xff\xff" + bytes(100))
        self.fault("a.pcap", says="a.pcap is damaged in frame 5", frames=4)

    def test_unknown_link_type(self):
        self.make("a.pcap", pcap(FRAMES, link=147))  # LINKTYPE_USER0
        done = self.fault("a.pcap", says="a.pcap: 4 frames", frames=4, status=5)
        self.assertIn("all 4 frames were skipped: unsupported link type", done.err)

    def test_mixed_link_types(self):
        self.make("a.pcapng", pcapng([(0, 1, tcp(A, B, "S")), (1, 2, tcp_packet(B, A, "SA")), (0, 3, tcp(A, B, "A"))], links=(ETHERNET, RAW)))
        done = self.good("a.pcapng")
        self.assertEqual([(r["tot_fwd_pkts"], r["tot_bwd_pkts"]) for r in self.rows(done.stdout)], [("2", "1")])
        self.assertRegex(done.err, "warning: there are several link types: Ethernet, Raw IP")
        self.assertEqual(done.err.count("warning"), 1)
        self.assertEqual(self.good("a.pcapng", "-q").err, "")

    def test_backwards(self):
        self.make("a.pcap", pcap([(10, udp(A, C)), (9, udp(A, C)), (8, udp(A, C)), (11, udp(A, C))]))
        done = self.good("a.pcap")
        self.assertEqual([r["flow_duration"] for r in self.rows(done.stdout)], ["1.0"])
        self.assertEqual([line for line in done.err.splitlines() if "warning" in line],
                         ["nf-cli: warning: 2 packets are older than one before them in their flow, first frame 2; they count as arriving with it"])
        self.make("b.pcap", pcap([(10, udp(A, C)), (9, udp(A, C))]))
        self.assertIn("warning: a packet is older than the one before it in its flow: frame 2", self.good("b.pcap").err)

    def test_times(self):
        # 0 is a time. 2^32 - 1 seconds are in the year 2106; pcapng goes on beyond them.
        self.make("a.pcap", pcap([(0, udp(A, C)), (4294967295, udp(A, C))]))
        self.assertEqual([r["timestamp"] for r in self.rows(self.good("a.pcap").stdout)], ["0.0", "4294967295.0"])
        self.make("a.pcapng", pcapng([(Decimal("5000000000.123456789"), udp(A, C))]))
        self.assertEqual([r["timestamp"] for r in self.rows(self.good("a.pcapng").stdout)], ["5000000000.123456789"])

    def test_no_times(self):
        self.make("a.pcapng", pcapng_simple([udp(A, C)]))
        done = self.fault("a.pcapng", says="a.pcapng: 1 frame,", frames=1, status=5)
        self.assertIn("the only frame was skipped: no timestamp", done.err)

    def test_nothing_used(self):
        self.make("a.pcap", pcap([(n, ipv6_udp()) for n in range(120)]))
        done = self.run_cli("a.pcap")
        self.assertEqual(done.returncode, 5)
        self.assertEqual(len(done.stdout.splitlines()), 1)
        self.assertIn("a.pcap: nothing could be used: all 120 frames were skipped: IPv6", done.err)
        # That is an error, so it is said even when no summary is wanted.
        done = self.run_cli("a.pcap", "-q")
        self.assertEqual((done.returncode, len(done.err.splitlines())), (5, 1))

    def test_one_of_several(self):
        self.make("a.pcap", pcap(FRAMES))
        self.make("b.txt", b"no capture\n")
        self.make("c.pcap", pcap([(100, udp(A, C))])[:-5])
        done = self.run_cli("a.pcap", "b.txt", "nosuch", "c.pcap", "-w", "out.csv", "--stats-json=stats.json")
        self.assertEqual(done.returncode, 2)
        for name in ("b.txt", "nosuch", "c.pcap"):
            self.assertEqual(len([line for line in done.err.splitlines() if line.startswith("nf-cli: ") and name in line]), 1, name)
        self.assertEqual(len(self.rows(self.read("out.csv"))), 2)
        self.assertIn("nf-cli: 4 files: 4 frames", done.err)

    def test_older_output_stays(self):
        self.make("out.csv", b"good\n")
        self.assertEqual(self.run_cli("nosuch", "-w", "out.csv").returncode, 2)
        self.assertEqual(self.read("out.csv"), b"good\n")

    def test_growing(self):
        record = pcap_record((1, udp(A, C, b"x" * 1000)))
        self.make("a.pcap", pcap_header())
        done = threading.Event()

        def grow():
            with open(self.path("a.pcap"), "ab", buffering=0) as f:
                for _ in range(20000):
                    f.write(record)
                    if done.is_set():
                        return
        writer = threading.Thread(target=grow)
        writer.start()
        try:
            for _ in range(5):
                result = self.run_cli("a.pcap", "-w", "out.csv", "--stats-json=stats.json")
                self.assertIn(result.returncode, (0, 2))
                rows = self.rows(self.read("out.csv")) if "out.csv" in self.names() else []
                self.assertEqual(sum(int(r["tot_fwd_pkts"]) for r in rows), self.stats()["used"])
        finally:
            done.set()
            writer.join()

    def test_malformed(self):
        bad = bytearray(tcp(A, B))
        bad[14] = 0x44  # a header of four words
        self.make("a.pcap", pcap([(1, bytes(bad)), (2, ethernet(ipv4("1.1.1.1", "2.2.2.2", 17, b"x" * 20, fragment=100)))] + FRAMES))
        self.good("a.pcap", "--stats-json=stats.json")
        self.assertEqual((self.stats()["skipped"]["malformed"], self.stats()["skipped"]["fragment"], self.stats()["used"]), (1, 1, 4))


class Library(Case):
    """libwiretap is loaded where it is needed, and missed only there."""

    SNOOP = b"snoop\0\0\0" + struct.pack(">II", 2, 4)  # RFC 1761: version 2, Ethernet

    def setUp(self):
        super().setUp()
        if b"libwiretap" not in self.good("--version").stdout:
            self.skipTest("a build without libwiretap")
        frame = udp(A, C)
        self.make("a.pcap", pcap(FRAMES))
        self.make("a.snoop", self.SNOOP + struct.pack(">IIIIII", len(frame), len(frame), 24 + len(frame), 0, 100, 0) + frame)

    def file(self, *arguments):
        """The library's file, as the system's loader tells it; None: it is not loaded."""
        done = self.good(*arguments, env={"LD_DEBUG": "files"})
        found = re.search(r"calling init: (\S*libwiretap\S*)", done.err)
        return found and found[1]

    def test_loaded_when_needed(self):
        self.assertIsNone(self.file("a.pcap"))
        self.assertIsNotNone(self.file("a.snoop"))
        self.assertEqual(len(self.rows(self.good("a.snoop").stdout)), 1)

    def test_missing(self):
        library = os.path.realpath(self.file("a.snoop"))
        how = ("unshare", "-m") if os.geteuid() == 0 else ("unshare", "-r", "-m")
        hide = (*how, "sh", "-c", 'mount --bind /dev/null "$0" && exec "$@"', library)
        if shutil.which("unshare") is None or subprocess.run([*hide, "true"], stderr=subprocess.DEVNULL, check=False).returncode:
            self.skipTest("this system allows no mount namespace (or has no unshare): a library cannot be hidden from one program")
        program = (*hide, NF_CLI)
        self.assertEqual(len(self.rows(self.good("a.pcap", program=program).stdout)), 2)
        self.assertIn(b"(libwiretap cannot be loaded)", self.good("--version", program=program).stdout)
        done = self.run_cli("a.snoop", "a.pcap", "-w", "out.csv", program=program)
        self.assertEqual(done.returncode, 2)
        self.assertIn("nf-cli: a.snoop cannot be read: it needs libwiretap, which cannot be loaded (", done.err)
        self.assertEqual(len(self.rows(self.read("out.csv"))), 2)
        self.assertIn("cannot open nosuch: No such file", self.run_cli("nosuch", program=program).err)


class Output(Case):
    def setUp(self):
        super().setUp()
        self.make("a.pcap", pcap(FRAMES))
        self.expected = self.good("a.pcap").stdout

    def failure(self, *arguments, says):
        done = self.run_cli("a.pcap", *arguments)
        self.assertEqual(done.returncode, 3, done.err)
        self.assertIn(says, done.err)
        self.assertEqual(len(done.err.splitlines()), 1, done.err)
        self.assertEqual([name for name in self.names() if name.endswith(".tmp")], [])
        return done

    def test_no_such_folder(self):
        self.failure("-w", "nosuch/a.csv", says="cannot create nosuch/a.csv: the folder nosuch is not there")
        # The captures are not even looked at.
        done = self.run_cli("nosuch.pcap", "-w", "nosuch/a.csv")
        self.assertEqual(done.returncode, 3)
        self.assertNotIn("nosuch.pcap", done.err)
        self.failure("-w", ".", says="it is a folder")
        self.failure("--stats-json", "nosuch/s", says="cannot create nosuch/s: the folder nosuch is not there")
        self.assertEqual(self.names(), ["a.pcap"])

    def test_full(self):
        self.failure("-w", "/dev/full", says="cannot write /dev/full: No space left on device")
        with open("/dev/full", "wb") as f:
            done = self.run_cli("a.pcap", stdout=f)
        self.assertEqual(done.returncode, 3)
        self.assertIn("cannot write standard output: No space left on device", done.err)
        for words in (["--help"], ["--version"], ["--list-columns"]):
            with open("/dev/full", "wb") as f:
                done = self.run_cli(*words, stdout=f)
            self.assertEqual(done.returncode, 3)
            self.assertIn("No space left on device", done.err)

    def test_full_keeps_older_file(self):
        # A limit on the size of files stands for a full disk.
        self.make("out.csv", b"good\n")
        done = self.run_cli("a.pcap", "-w", "out.csv", program=("bash", "-c", 'ulimit -f 1; exec "$0" "$@"', NF_CLI))
        self.assertEqual(done.returncode, 3, done.err)
        self.assertIn("cannot write out.csv: File too large", done.err)
        self.assertEqual(self.read("out.csv"), b"good\n")
        self.assertEqual(self.names(), ["a.pcap", "out.csv"])

    def test_statistics_fail(self):
        done = self.run_cli("a.pcap", "-w", "a.csv", "--stats-json", "/dev/full")
        self.assertEqual(done.returncode, 3)
        self.assertIn("cannot write /dev/full", done.err)
        self.assertEqual(self.read("a.csv"), self.expected)

    def test_closed_pipe(self):
        self.make("big.pcap", pcap([(n, udp(f"10.0.{n >> 8 & 255}.{n & 255}:1", C)) for n in range(5000)]))
        for words in (["big.pcap"], ["--list-columns=json"], ["--help"]):
            reader, writer = os.pipe()
            os.close(reader)
            with os.fdopen(writer, "wb") as f:
                done = self.run_cli(*words, stdout=f)
            self.assertEqual((done.returncode, done.err), (3, ""))
        done = self.run_cli("big.pcap", program=("bash", "-o", "pipefail", "-c", '"$0" "$@" | head -n 1', NF_CLI))
        self.assertEqual((done.returncode, done.err), (3, ""))
        self.assertEqual(len(done.stdout.splitlines()), 1)

    def test_closed_descriptor(self):
        done = self.run_cli("a.pcap", program=("bash", "-c", 'exec "$0" "$@" >&-', NF_CLI))
        self.assertEqual(done.returncode, 3)
        self.assertIn("standard output: Bad file descriptor", done.err)
        done = self.run_cli("a.pcap", "-w", "a.csv", program=("bash", "-c", 'exec "$0" "$@" <&- >&- 2>&-', NF_CLI))
        self.assertEqual(done.returncode, 0)
        self.assertEqual(self.read("a.csv"), self.expected)

    def test_compressed(self):
        compressions = self.good("--version").stdout.decode()
        if "gzip" in compressions:
            self.good("a.pcap", "-w", "a.csv.gz")
            self.assertEqual(gzip.decompress(self.read("a.csv.gz")), self.expected)
        if "zstd" in compressions and shutil.which("zstd"):
            self.good("a.pcap", "-w", "a.csv.zst")
            self.assertEqual(subprocess.run(["zstd", "-dcq", self.path("a.csv.zst")], capture_output=True).stdout, self.expected)

    def test_mode_and_links(self):
        os.umask(0o027)
        self.addCleanup(os.umask, 0o022)
        self.good("a.pcap", "-w", "new.csv")
        self.assertEqual(stat.S_IMODE(os.stat(self.path("new.csv")).st_mode), 0o640)
        os.mkdir(self.path("data"))
        self.make("data/old.csv", b"old\n")
        os.chmod(self.path("data/old.csv"), 0o604)
        os.symlink("data/old.csv", self.path("link.csv"))
        self.good("a.pcap", "-w", "link.csv")
        self.assertTrue(os.path.islink(self.path("link.csv")))
        self.assertEqual(self.read("data/old.csv"), self.expected)
        self.assertEqual(stat.S_IMODE(os.stat(self.path("data/old.csv")).st_mode), 0o604)

    def test_fifo(self):
        os.mkfifo(self.path("fifo"))
        found = []
        reader = threading.Thread(target=lambda: found.append(self.read("fifo")))
        reader.start()
        self.good("a.pcap", "-w", "fifo")
        reader.join()
        self.assertEqual(found, [self.expected])
        self.assertTrue(stat.S_ISFIFO(os.stat(self.path("fifo")).st_mode))

    def test_statistics(self):
        self.make("m.pcap", pcap(MIXED))
        done = self.good("m.pcap", "-w", "m.csv", "--stats-json", "-")
        numbers = json.loads(done.stdout)
        self.assertEqual(list(numbers), ["files", "frames", "used", "skipped", "flows", "rows", "bytes", "seconds", "capture"])
        self.assertEqual((numbers["files"], numbers["frames"], numbers["used"], numbers["rows"]), (["m.pcap"], 5, 2, 2))
        self.assertEqual({k: n for k, n in numbers["skipped"].items() if n}, {"ipv6": 1, "icmp": 1, "not_ip": 1})
        self.assertEqual({k: n for k, n in numbers["flows"].items() if n}, {"eof": 2})
        self.assertEqual(numbers["bytes"], os.path.getsize(self.path("m.pcap")))
        self.assertEqual(numbers["capture"], {"received": 0, "dropped": 0})
        self.assertGreater(numbers["seconds"], 0)

    def test_summary(self):
        self.make("m.pcap", pcap(MIXED))
        lines = self.good("m.pcap").err.splitlines()
        size = os.path.getsize(self.path("m.pcap"))
        self.assertRegex(lines[0], rf"^nf-cli: m\.pcap: 5 frames, {size} B in \d+\.\d\d s$")
        self.assertEqual(lines[1], "  used     2")
        self.assertRegex(lines[2], r"^  skipped  3   ARP and other not IP 1 \u00b7 IPv6 1.* \u00b7 ICMP 1")
        self.assertEqual(lines[3], "  flows    2   eof 2")
        self.assertEqual(len(lines), 4)
        self.assertEqual(self.good("m.pcap", "-q").err, "")
        self.assertIn("nf-cli: 2 files: 9 frames", self.good("m.pcap", "a.pcap").err)

    def test_verbose(self):
        done = self.good("a.pcap", "-v")
        self.assertRegex(done.err.splitlines()[0], r"^nf-cli: a\.pcap: .*pcap.*, Ethernet, 4 frames, \d+ B$")


class SeveralFiles(Case):
    def test_one_stream(self):
        self.make("1.pcap", pcap(FRAMES[:2]))
        self.make("2.pcap.gz", gzip.compress(pcap(FRAMES[2:3])))
        self.make("3.pcapng", pcapng(FRAMES[3:]))
        self.make("all.pcap", pcap(FRAMES))
        expected = self.good("all.pcap").stdout
        self.assertEqual(self.good("1.pcap", "2.pcap.gz", "3.pcapng").stdout, expected)
        self.assertEqual(self.good("3.pcapng", "-r", "1.pcap", "2.pcap.gz").stdout, expected)
        self.assertEqual(self.good("3.pcapng", "-", "2.pcap.gz", stdin=self.read("1.pcap")).stdout, expected)

    def test_per_file(self):
        self.make("1.pcap", pcap(FRAMES[:2]))
        self.make("2.pcap", pcap(FRAMES[2:]))
        rows = self.rows(self.good("2.pcap", "1.pcap", "--per-file", "--stats-json=stats.json").stdout)
        # By file as given, in each by first packet.
        self.assertEqual([(r["protocol"], r["tot_fwd_pkts"], r["tot_bwd_pkts"]) for r in rows], [("17", "1", "0"), ("6", "1", "0"), ("6", "1", "1")])
        self.assertEqual(self.stats()["flows"]["eof"], 3)
        # A damaged one ends its flows too.
        self.make("1.pcap", pcap(FRAMES[:2])[:-5])
        done = self.run_cli("1.pcap", "2.pcap", "--per-file")
        self.assertEqual((done.returncode, len(self.rows(done.stdout))), (2, 3))


class Progress(Case):
    def on_terminal(self, *arguments, seconds=1.3):
        """What appears on a terminal as standard error while frames come slowly."""
        master, slave = pty.openpty()
        process = subprocess.Popen([NF_CLI, *arguments], cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=slave)
        os.close(slave)
        process.stdin.write(pcap_header())
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            process.stdin.write(pcap_record((1, udp(A, C))))
            process.stdin.flush()
            time.sleep(0.02)
        process.stdin.close()
        process.stdout.read()
        process.stdout.close()
        text = b""
        try:
            while piece := os.read(master, 65536):
                text += piece
        except OSError:
            pass  # how the end of a terminal reads
        os.close(master)
        self.assertEqual(process.wait(), 0)
        return text.decode()

    def test_terminal(self):
        text = self.on_terminal("-", "-w", "out.csv")
        pieces = text.split("\r\x1b[K")
        shown = pieces[1:-1]
        self.assertGreaterEqual(len(shown), 2)
        self.assertLessEqual(len(shown), 7)  # five a second
        self.assertEqual(pieces[0], "")
        for piece in shown:
            self.assertRegex(piece, r"^[\d.]+ k?B, [\d.]+ k?B/s, \d+ frames, 1 flows$")
            self.assertLess(len(piece), 80)
        self.assertTrue(pieces[-1].startswith("nf-cli: standard input: "))

    def test_quiet_terminal(self):
        self.assertEqual(self.on_terminal("-", "-q", "-w", "out.csv", seconds=0.9), "")

    def test_quick_run(self):
        self.assertNotIn("\x1b", self.on_terminal("-", "-w", "out.csv", seconds=0.35))

    def test_no_terminal(self):
        self.make("a.pcap", pcap(FRAMES))
        self.assertEqual(len(self.good("a.pcap").err.splitlines()), 4)
        process = subprocess.Popen([NF_CLI, "-", "--progress", "-q", "-w", self.path("out")], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdin.write(pcap(FRAMES))
        process.stdin.flush()
        time.sleep(0.7)
        _, err = process.communicate()
        lines = err.decode().splitlines()
        self.assertTrue(2 <= len(lines) <= 5, lines)
        for line in lines:
            self.assertRegex(line, r"^\d+ B, .*/s, 4 frames, 2 flows$")


class Signals(Case):
    def start(self, *arguments, stdin=subprocess.PIPE, **more):
        """nf-cli that reads a pipe and writes out.csv, once it is ready for signals."""
        process = subprocess.Popen([NF_CLI, *(arguments or ("-",)), "-w", "out.csv"], cwd=self.folder, stdin=stdin,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        self.limit(process)
        self.wait(lambda: any(name.startswith(".out.csv.") for name in self.names()))
        return process

    def wait(self, condition):
        end = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), end, "it does not come about")
            time.sleep(0.01)

    def limit(self, process):
        """Kills the process when it takes too long, so that reading from it ends."""
        timer = threading.Timer(PATIENCE, process.kill)
        timer.start()
        self.addCleanup(timer.cancel)
        return process

    def ask(self, process):
        """The summary so far."""
        process.send_signal(signal.SIGUSR1)
        lines = []
        while not lines or not lines[-1].startswith("  open"):
            line = process.stderr.readline().decode()
            self.assertTrue(line, lines)
            lines.append(line.rstrip("\n"))
        return lines

    def feed(self, process, data, frames):
        """Gives bytes and waits until so many frames in all are known to have been read."""
        process.stdin.write(data)
        process.stdin.flush()
        self.wait(lambda: re.search(rf"so far {frames} frame", self.ask(process)[-5]))

    def end(self, process, status=0):
        err = process.stderr.read().decode()
        if process.stdin and not process.stdin.closed:
            process.stdin.close()
        self.assertEqual(process.wait(PATIENCE), status, err)
        return err

    def temporary(self):
        return [name for name in self.names() if name.endswith(".tmp")]

    def test_stop_on_idle_pipe(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            process = self.start("-", "--stats-json=stats.json")
            self.feed(process, pcap(FRAMES), 4)
            process.send_signal(number)
            err = self.end(process)
            self.assertIn("standard input: 4 frames", err)
            self.assertEqual(len(self.rows(self.read("out.csv"))), 2)
            self.assertEqual((self.stats()["frames"], self.stats()["flows"]["eof"]), (4, 2))
            self.assertEqual(self.temporary(), [])
            os.remove(self.path("out.csv"))

    def test_stop_within_a_frame(self):
        process = self.start()
        self.feed(process, pcap(FRAMES) + pcap_record(FRAMES[0])[:20], 4)
        process.send_signal(signal.SIGINT)
        self.assertNotIn("cut", self.end(process))
        self.assertEqual(len(self.rows(self.read("out.csv"))), 2)

    def test_stop_before_anything(self):
        process = self.start()
        process.send_signal(signal.SIGINT)
        self.end(process)
        self.assertEqual(len(self.read("out.csv").splitlines()), 1)

    def test_stop_while_a_fifo_opens(self):
        os.mkfifo(self.path("fifo"))
        process = self.start("fifo", stdin=subprocess.DEVNULL)
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        self.end(process)
        self.assertEqual(self.temporary(), [])

    def test_stop_while_the_output_waits_for_a_reader(self):
        os.mkfifo(self.path("fifo"))
        process = subprocess.Popen([NF_CLI, "-", "-w", "fifo"], cwd=self.folder, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        self.limit(process)

        def catches():
            with open(f"/proc/{process.pid}/status", encoding="ascii") as f:
                return int(re.search(r"SigCgt:\s*(\w+)", f.read())[1], 16) & 1 << signal.SIGINT - 1
        self.wait(catches)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        self.assertEqual((process.stderr.read(), process.wait()), (b"", 0))
        process.stderr.close()
        process.stdin.close()

    def test_stop_with_nothing_used(self):
        process = self.start()
        self.feed(process, pcap([(1, arp())]), 1)
        process.send_signal(signal.SIGINT)
        self.end(process)

    def test_stop_while_frames_come(self):
        process = self.start("-", "--stats-json=stats.json")
        record = pcap_record((1, udp(A, C))) * 100

        def write():
            try:
                process.stdin.write(pcap_header())
                while True:
                    process.stdin.write(record)
            except (BrokenPipeError, ValueError):
                pass
        writer = threading.Thread(target=write)
        writer.start()
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        err = process.stderr.read().decode()
        self.assertEqual(process.wait(PATIENCE), 0, err)
        writer.join()
        try:
            process.stdin.close()
        except BrokenPipeError:
            pass
        self.assertEqual(sum(int(r["tot_fwd_pkts"]) for r in self.rows(self.read("out.csv"))), self.stats()["used"])

    @unittest.skipIf(built_with("thread"), "ThreadSanitizer delivers no signal to a thread that waits for a lock")
    def test_second_signal_aborts(self):
        # A pipe that nobody reads fills up, so that the end waits.
        reader, writer = os.pipe()
        process = subprocess.Popen([NF_CLI, "-", "-w", "/dev/stdout", "--stats-json", "stats.json"], cwd=self.folder, stdin=subprocess.PIPE,
                                   stdout=writer, stderr=subprocess.PIPE)
        os.close(writer)
        self.addCleanup(process.stderr.close)
        self.wait(self.temporary)
        flows = pcap([(n, udp(f"10.1.{n >> 8}.{n & 255}:1", C)) for n in range(2000)])
        process.stdin.write(flows)
        process.stdin.flush()
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        self.assertIsNone(process.poll())  # writes what it has, and nobody reads
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(PATIENCE), -signal.SIGINT)
        self.assertEqual(self.names(), [])
        process.stdin.close()
        os.close(reader)

    def test_zeek_rotates(self):
        """Each log says when it was begun and ended."""
        process = self.start("-", "-T", "zeek")
        begun = datetime.datetime.now().replace(microsecond=0)
        self.feed(process, pcap(FRAMES), 4)
        time.sleep(2.1)
        process.send_signal(signal.SIGHUP)
        self.wait(lambda: os.path.exists(self.path("out.csv")))
        process.stdin.close()
        self.end(process)
        logs = [self.read(name).decode() for name in ("out.csv", "out.csv.1")]
        times = [datetime.datetime.strptime(re.search(rf"#{word}\t(.*)", log)[1], "%Y-%m-%d-%H-%M-%S") for log in logs for word in ("open", "close")]
        self.assertEqual(times, sorted(times))
        self.assertGreaterEqual((times[1] - begun).total_seconds(), 1)
        self.assertEqual(times[1], times[2])

    def test_two_at_once_are_one(self):
        process = self.start()
        self.feed(process, pcap(FRAMES), 4)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        self.end(process)
        self.assertEqual(len(self.rows(self.read("out.csv"))), 2)

    def test_quit(self):
        process = self.start("-", "--stats-json=stats.json")
        process.send_signal(signal.SIGQUIT)
        self.assertEqual(process.wait(PATIENCE), -signal.SIGQUIT)
        process.stdin.close()
        self.assertEqual([name for name in self.names() if not name.startswith("core")], [])

    def test_summary_so_far(self):
        process = self.start()
        self.feed(process, pcap(FRAMES), 4)
        lines = self.ask(process)
        self.assertRegex(lines[0], r"^nf-cli: standard input: so far 4 frames, \d+ B in \d+\.\d\d s$")
        self.assertEqual(lines[1:], ["  used     4", "  skipped  0", "  flows    0", "  open     2"])
        # Reading goes on.
        process.stdin.write(pcap_record((4, udp(A, C))))
        process.stdin.close()
        self.assertIn("5 frames", self.end(process))

    def test_flush(self):
        process = self.start()
        close = [(1, tcp(A, B, "R")), (2, udp(A, C))]
        self.feed(process, pcap(close), 2)
        process.send_signal(signal.SIGUSR2)
        self.wait(lambda: len(self.read(self.temporary()[0]).splitlines()) == 2)
        process.stdin.close()
        self.end(process)
        self.assertEqual(len(self.rows(self.read("out.csv"))), 2)

    def test_hangup(self):
        self.make("out.csv", b"of an earlier run\n")
        process = self.start()

        def hang_up(frame, n, expected):
            self.feed(process, (pcap_header() if n == 1 else b"") + pcap_record(frame), n)
            process.send_signal(signal.SIGHUP)
            self.wait(lambda: expected in self.names() and b"earlier" not in self.read(expected))
        hang_up((1, tcp(A, B, "R")), 1, "out.csv")
        hang_up((2, tcp(A, "10.0.0.9:80", "R")), 2, "out.csv.1")
        # What logrotate does: take it away, then tell.
        os.rename(self.path("out.csv"), self.path("taken"))
        hang_up((3, tcp(A, "10.0.0.10:80", "R")), 3, "out.csv")
        process.stdin.write(pcap_record((4, udp(A, C))))
        process.stdin.close()
        err = self.end(process)
        self.assertEqual(self.names(), ["out.csv", "out.csv.1", "out.csv.2", "taken"])
        destinations = {name: [r["dst_ip"] for r in self.rows(self.read(name))] for name in self.names()}
        self.assertEqual(destinations, {"taken": ["10.0.0.2"], "out.csv.1": ["10.0.0.9"], "out.csv": ["10.0.0.10"], "out.csv.2": ["10.0.0.3"]})
        self.assertIn("out.csv of this run is still there: the rows after it are in out.csv.2", err)
        self.assertIn("  flows    4", err)

    def test_hangup_without_a_file(self):
        process = subprocess.Popen([NF_CLI, "-", "--stats-json", self.path("s"), "--columns=dst_ip"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL)
        self.limit(process)
        self.wait(self.names)
        process.stdin.write(pcap([(1, tcp(A, B, "R"))]))
        process.stdin.flush()
        process.send_signal(signal.SIGHUP)
        self.assertEqual(process.stdout.readline(), b"dst_ip\n")
        self.assertEqual(process.stdout.readline(), b"10.0.0.2\n")
        out, _ = process.communicate()
        self.assertEqual((process.returncode, out), (0, b""))

    def test_hangup_ignored(self):
        process = self.start(preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        self.feed(process, pcap(FRAMES), 4)
        process.send_signal(signal.SIGHUP)
        time.sleep(0.2)
        self.assertEqual(self.temporary(), self.names())
        process.stdin.close()
        self.end(process)
        self.assertEqual(self.names(), ["out.csv"])

    def test_rows_come_soon(self):
        # A reader of a pipe gets a row while nothing else comes.
        process = self.limit(subprocess.Popen([NF_CLI, "-", "-q", "--columns=dst_ip"], stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        process.stdin.write(pcap([(1, tcp(A, B, "R"))]))
        process.stdin.flush()
        start = time.monotonic()
        self.assertEqual([process.stdout.readline(), process.stdout.readline()], [b"dst_ip\n", b"10.0.0.2\n"])
        self.assertLess(time.monotonic() - start, PATIENCE / 2)
        process.stdin.close()
        process.stdout.close()
        process.wait()

    def test_reader_leaves_while_input_waits(self):
        process = subprocess.Popen([NF_CLI, "-", "--columns=dst_ip"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.close()
        process.stdin.write(pcap([(1, tcp(A, B, "R"))]))
        process.stdin.flush()  # and stays open
        self.assertEqual(process.wait(PATIENCE), 3)
        self.assertEqual(process.stderr.read(), b"")
        process.stderr.close()
        process.stdin.close()


class Documents(Case):
    """The table of options, --help, the man page and the completions say the same."""

    def setUp(self):
        super().setUp()
        sys.path.insert(0, os.path.join(SOURCE, "cli"))
        import make_docs
        self.docs = make_docs
        self.rows_of_table = make_docs.rows()
        self.usable = [r for r in self.rows_of_table if r["state"] == "NOW"]

    def text(self, *path):
        with open(os.path.join(SOURCE, *path), encoding="utf-8") as f:
            return f.read()

    def test_table(self):
        longs = [r["long"] for r in self.rows_of_table]
        shorts = [r["short"] for r in self.rows_of_table if r["short"]]
        self.assertEqual((len(set(longs)), len(set(shorts))), (len(longs), len(shorts)))
        for r in self.rows_of_table:
            self.assertEqual(bool(r["argument"]), r["takes"] != "NOTHING", r["long"])
            self.assertTrue(r["help"] and not r["help"].endswith("."), r["long"])
            if r["state"] == "NOW":
                self.assertTrue(r["doc"].endswith("."), r["long"])

    def test_contract(self):
        """Every option that the contract of the command line names is in the table."""
        names = {"-" + r["short"] for r in self.rows_of_table} | {"--" + r["long"] for r in self.rows_of_table}
        wanted = """-r --per-file -i -D -w -T -f -F -c -a --profile --columns --list-columns --ipv6 --icmp --sctp --all --decap --tunnels
            --idle-timeout --active-timeout --close-linger --max-flows --threads --save-pcap -q -v --progress --stats-json --version -h -b"""
        self.assertEqual([name for name in wanted.split() if name not in names], [])

    def test_program_knows_the_table(self):
        self.make("a.pcap", pcap(FRAMES))
        for r in self.rows_of_table:
            for name in self.docs.names_of(r):
                done = self.run_cli("a.pcap", *([name] if r["takes"] in ("NOTHING", "MAYBE") else [name, ""]))
                self.assertNotIn("there is no option", done.err)
                self.assertEqual("not available yet" in done.err, r["state"] == "LATER", name)

    def test_help(self):
        text = self.good("--help").stdout.decode()
        described = re.findall(r"^  (?:(-\w), |    )(--[\w-]+)(.*?)  +(\S.*)$", text, flags=re.M)
        expected = [("-" + r["short"] if r["short"] else "", "--" + r["long"],
                     {"NOTHING": "", "MAYBE": f"[={r['argument']}]"}.get(r["takes"], "=" + r["argument"]), r["help"]) for r in self.usable]
        sections = list(self.docs.TITLES)
        expected.sort(key=lambda e: sections.index(next(r["section"] for r in self.usable if "--" + r["long"] == e[1])))
        self.assertEqual(described, expected)
        self.assertLessEqual(max(map(len, text.splitlines())), 100)

    def test_generated(self):
        done = subprocess.run([sys.executable, os.path.join(SOURCE, "cli", "make_docs.py"), "--check"], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_man_page(self):
        text = self.text("packaging", "man", "nf-cli.1").replace("\\-", "-").replace("\\fB", "").replace("\\fR", "").replace("\\fI", "")
        for r in self.usable:
            for name in self.docs.names_of(r):
                self.assertRegex(text, rf"(?m)^(-\w.*, )?{re.escape(name)}\b")
        for r in self.rows_of_table:
            if r["state"] == "LATER":
                self.assertNotIn("--" + r["long"], text)
        for status in "01235":
            self.assertIn(f".B {status}\n", text)

    def test_completions(self):
        files = {name: self.text("packaging", "completions", name) for name in ("nf-cli.bash", "_nf-cli", "nf-cli.fish")}
        for name, text in files.items():
            for r in self.rows_of_table:
                form = f"-l {r['long']}" if name.endswith("fish") else "--" + r["long"]
                self.assertEqual(bool(re.search(re.escape(form) + r"(?![\w-])", text)), r["state"] == "NOW", (name, r["long"]))

    def test_bash_completion_works(self):
        # The two helpers are those of the package bash-completion, as far as they matter.
        script = """_init_completion() { cur=${COMP_WORDS[COMP_CWORD]}; prev=${COMP_WORDS[COMP_CWORD-1]}; }
            _filedir() { COMPREPLY=(files); }
            . "$1"; shift
            COMP_WORDS=(nf-cli "$@"); COMP_CWORD=$#; compopt() { :; }
            _nf_cli; echo "${COMPREPLY[@]}" """

        def complete(*words):
            done = subprocess.run(["bash", "-c", script, "bash", os.path.join(SOURCE, "packaging/completions/nf-cli.bash"), *words],
                                  capture_output=True, text=True)
            self.assertEqual(done.stderr, "")
            return done.stdout.strip()
        self.assertEqual(complete("--idle"), "--idle-timeout=")
        self.assertEqual(complete("-T", "c"), "csv")
        self.assertEqual(complete("--format=t"), "tsv")
        self.assertEqual(complete("--list-columns=j"), "json jsonschema")
        self.assertEqual(complete("-w", ""), "files")
        self.assertEqual(complete(""), "files")
        self.assertEqual(complete("-f", ""), "")
        self.assertEqual(complete("--ipv"), "--ipv6")


if __name__ == "__main__":
    if not os.access(NF_CLI, os.X_OK):
        sys.exit(f"there is no {NF_CLI}; NF_CLI says where nf-cli is")
    unittest.main()
