#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""nf-cli -i: captures from interfaces that the test makes in a network namespace of its own. Nothing is ever sent outside of it.

NF_CLI, NF_BUILD, NF_SOURCE   as in test_cli.py
NF_CONFORMANCE                captures to replay (default: ../shared/conformance beside the source tree)
CI                            set: a system that allows no network namespace is a failure, not a skip
NF_LIVE_LONG                  set: the soak takes ten minutes, and a stopped nf-cli is stopped for one

What has to be in time is measured several times and the best counts (in_time()): a machine that does something else may be late, a program
that waits for the wrong thing always is. All else here does not depend on how fast the machine is.
"""
import csv
import glob
import io
import json
import os
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

sys.dont_write_bytecode = True
from captures import pcap, tcp, udp

SOURCE = os.path.abspath(os.environ.get("NF_SOURCE") or os.path.join(os.path.dirname(__file__), ".."))
NF_CLI = os.path.abspath(os.environ.get("NF_CLI") or os.path.join(SOURCE, "build/release/bin/nf-cli"))
CONFORMANCE = os.environ.get("NF_CONFORMANCE") or os.path.join(SOURCE, "../shared/conformance")
PATIENCE = 30
ON_TIME = 0.25  # a row is out at most so long after its limit
TRIES = 6       # of a measurement of time
LONG = bool(os.environ.get("NF_LIVE_LONG"))
SO_TIMESTAMPNS = 35
A, B, C = "10.0.0.1:1000", "10.0.0.2:80", "10.0.0.3:53"
BUILD = os.path.abspath(os.environ.get("NF_BUILD") or os.path.join(os.path.dirname(NF_CLI), ".."))
COLUMNS = "--columns=src_ip,src_port,dst_port,protocol,timestamp,flow_duration,tot_fwd_pkts,tot_bwd_pkts"


def enter_namespace():
    """Starts this program again within a network namespace; comes back only there."""
    if os.environ.get("NF_TEST_NAMESPACE"):
        return
    how = ["unshare", "-n", "-m"] if os.geteuid() == 0 else ["unshare", "-r", "-n", "-m"]
    if shutil.which("unshare") is None or shutil.which("ip") is None or subprocess.run([*how, "true"], stderr=subprocess.DEVNULL).returncode:
        print("skipped: captures from interfaces, for this system allows no network namespace (or has no unshare, ip)")
        sys.exit(1 if os.environ.get("CI") else 77)
    os.environ["NF_TEST_NAMESPACE"] = "1"
    os.execvp(how[0], [*how, sys.executable, os.path.abspath(__file__), *sys.argv[1:]])


def sanitized():
    try:
        with open(os.path.join(os.environ.get("NF_BUILD", ""), "CMakeCache.txt"), encoding="utf-8") as f:
            return re.search(r"^NF_SANITIZE:\w+=.+", f.read(), flags=re.M) is not None
    except OSError:
        return False


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, stdout=subprocess.DEVNULL)


def wait_for(what, condition, patience=PATIENCE):
    end = time.monotonic() + patience
    while not (result := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain for {what}")
        time.sleep(0.003)
    return result


class Running:
    """An nf-cli at work in a folder. Its rows are in self.folder/out, what it says in self.folder/err."""

    def __init__(self, folder, *arguments, env=None, stdout=None, ready=True, preexec_fn=None, program=NF_CLI):
        self.folder = folder
        self.files = [open(os.path.join(folder, name), "wb") for name in ("out", "err")]
        self.process = subprocess.Popen([program, *arguments], cwd=folder, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL,
                                        stdout=stdout or self.files[0], stderr=self.files[1], preexec_fn=preexec_fn)
        # A file gets its header as soon as the interfaces are open.
        if ready:
            wait_for("the header", lambda: self.out() or self.process.poll() is not None)

    def read(self, name):
        with open(os.path.join(self.folder, name), "rb") as f:
            return f.read()

    def out(self):
        return self.read("out")

    def err(self):
        return self.read("err").decode(errors="replace")

    def rows(self, data=None):
        return list(csv.DictReader(io.StringIO((self.out() if data is None else data).decode("ascii"))))

    def kill(self, number):
        self.process.send_signal(number)

    def end(self, number=signal.SIGINT, status=0):
        if number:
            self.kill(number)
        got = self.process.wait(PATIENCE)
        if got != status:
            raise AssertionError(f"exit status {got}, not {status}: {self.err()}")
        return self

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()
        for f in self.files:
            f.close()


class Case(unittest.TestCase):
    """A veth pair, na and nb: what is sent into na comes out of nb."""

    def setUp(self):
        # In memory, where there is such a place: a thousand files are synchronised one by one.
        self.folder = tempfile.mkdtemp(prefix="nf-live-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
        self.addCleanup(shutil.rmtree, self.folder)
        os.chmod(self.folder, 0o755)
        self.senders = {}
        self.pair("na", "nb")

    def pair(self, one, other):
        ip("link", "add", one, "type", "veth", "peer", "name", other)
        self.addCleanup(subprocess.run, ["ip", "link", "del", one], stderr=subprocess.DEVNULL)
        for name in (one, other):
            ip("link", "set", name, "addrgenmode", "none", "mtu", "65535", "up")
        wait_for("the link", lambda: "state UP" in subprocess.run(["ip", "link", "show", other], stdout=subprocess.PIPE, text=True).stdout)
        self.senders[one] = self.sender(one)

    def sender(self, name):
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.addCleanup(s.close)
        s.bind((name, 0))
        return s

    def start(self, *arguments, **more):
        running = Running(self.folder, *arguments, **more)
        self.addCleanup(running.close)
        return running

    def send(self, *frames, to="na"):
        for frame in frames:
            self.senders[to].send(frame)

    def stats(self, name="stats.json"):
        with open(os.path.join(self.folder, name), encoding="utf-8") as f:
            numbers = json.load(f)
        self.assertEqual(numbers["frames"], numbers["used"] + sum(numbers["skipped"].values()))
        return numbers


def slack():
    """More time for a build that is slow by its sanitizers."""
    return 0.25 if sanitized() else 0


def in_time(measure, most):
    """measure(n) returns by how much something was late, negative: too early, which must never be. The best of several counts."""
    late = []
    while len(late) < TRIES and min(late, default=most) >= most:
        late.append(measure(len(late)))
        if late[-1] < 0:
            raise AssertionError(f"too early: {late}")
    if min(late) >= most:
        raise AssertionError(f"always late, by {late} s, not {most}")


class OnTime(Case):
    def row_of(self, running, port):
        """The row of that source port, as soon as it is there, and when that was."""
        rows = wait_for("the row", lambda: [row for row in running.rows() if row["src_port"] == str(port)])
        return rows[0], time.time()

    def test_lone_packet(self):
        r = self.start("-i", "nb", "--idle-timeout=0.7", COLUMNS)
        ports = []

        def measure(n):
            ports.append(1000 + n)
            sent = time.time()
            self.send(udp(f"10.0.0.1:{ports[-1]}", B))
            row, now = self.row_of(r, ports[-1])
            # The packet was stamped after `sent` was read.
            self.assertTrue(sent - 0.001 <= float(row["timestamp"]) <= now, row)
            return now - float(row["timestamp"]) - 0.7
        in_time(measure, ON_TIME + slack())
        r.end()
        self.assertIn(f"flows    {len(ports)}   idle {len(ports)}\n", r.err())
        self.assertIn(f"capture  {len(ports)}   dropped 0 ", r.err())

    def test_closed(self):
        r = self.start("-i", "nb", "--close-linger=5", COLUMNS)

        def measure(n):
            a = f"10.0.0.1:{1000 + n}"
            self.send(tcp(a, B, "S"), tcp(B, a, "SA"), tcp(a, B, "FA"))
            begin = time.time()
            self.send(tcp(B, a, "FA"))
            return self.row_of(r, 1000 + n)[1] - begin
        in_time(measure, ON_TIME + slack())
        rows = len(r.rows())
        self.send(tcp("10.0.0.1:1000", B, "A"))  # a remain
        time.sleep(0.3)
        r.end()
        self.assertEqual(len(r.rows()), rows)
        self.assertIn("after close 1", r.err())

    def test_cap_with_steady_packets(self):
        """A flow with a packet each 0.4 s: its row does not wait for the fourth."""
        r = self.start("-i", "nb", "--active-timeout=1", COLUMNS)

        def measure(n):
            late = []
            for _ in range(6):
                self.send(udp(f"10.0.0.1:{1000 + n}", B))
                time.sleep(0.4)
                if late := [row for row in r.rows() if row["src_port"] == str(1000 + n)]:
                    break
            now = time.time()
            row, _ = self.row_of(r, 1000 + n)
            self.assertIn(row["tot_fwd_pkts"], ("1", "2", "3"))
            # Seen at the next turn of the loop: up to 0.4 s later.
            return now - float(row["timestamp"]) - 1
        in_time(measure, ON_TIME + 0.4 + slack())
        r.end()

    def test_cap_and_silence(self):
        r = self.start("-i", "nb", "--active-timeout=0.8", COLUMNS)
        whole = []

        def measure(n):
            a = f"10.0.0.1:{1000 + n}"
            self.send(udp(a, B))
            time.sleep(0.3)
            self.send(udp(B, a))
            row, now = self.row_of(r, 1000 + n)
            self.send(udp(B, a))  # the next piece has the same forward side
            whole.append((row["tot_fwd_pkts"], row["tot_bwd_pkts"]) == ("1", "1"))
            return now - float(row["timestamp"]) - 0.8
        in_time(measure, ON_TIME + slack())
        time.sleep(0.2)
        r.end()
        self.assertIn(True, whole)
        self.assertEqual({row["src_ip"] for row in r.rows()}, {"10.0.0.1"})

    def lag(self, running):
        return float(self.stats()["capture"]["lag"])

    def test_lag(self):
        """What is told of how late rows are: little for a reader who waits, and at least as much as a reader slept."""
        def measure(n):
            r = self.start("-i", "nb", "--idle-timeout=0.2", COLUMNS, "--stats-json=stats.json")
            self.send(udp(A, B))
            wait_for("the row", lambda: len(r.rows()) == 1)
            r.kill(signal.SIGUSR1)
            text = wait_for("the summary", lambda: re.search(r"rows late by (\d+\.\d{3}) s, at most (\d+\.\d{3}) s\n", r.err()))
            self.assertEqual(text.group(1), text.group(2))
            r.kill(signal.SIGUSR1)
            wait_for("the summary", lambda: r.err().count("so far") == 2 and f"rows late by 0.000 s, at most {text.group(2)} s\n" in r.err())
            r.end()
            self.assertAlmostEqual(self.lag(r), float(text.group(1)), delta=0.001)
            self.assertGreater(self.lag(r), 0)
            return self.lag(r)
        in_time(measure, 0.5 + slack())

    def test_lag_of_a_slow_reader(self):
        reading, writing = os.pipe()
        os.set_inheritable(writing, True)
        r = self.start("-i", "nb", "--idle-timeout=0.1", "--stats-json=stats.json", stdout=writing, ready=False)
        os.close(writing)
        os.read(reading, 100000)
        self.send(*[udp(f"10.0.{i >> 8}.{i & 255}:1", B) for i in range(1000)])
        time.sleep(2)
        r.kill(signal.SIGINT)
        while os.read(reading, 1 << 20):
            pass
        os.close(reading)
        r.end(None)
        # The rows were due 0.1 s after the packets, and a pipe does not hold all of them.
        self.assertGreater(self.lag(r), 1.7)

    def test_lag_of_a_file(self):
        """Rows go to a file at most 0.5 s later."""
        def measure(n):
            r = self.start("-i", "nb", "--idle-timeout=0.2", "-w", "x.csv", "--stats-json=stats.json", ready=False)
            wait_for("the file", lambda: glob.glob(os.path.join(self.folder, ".x.csv.*")))
            for i in range(3):
                self.send(udp(f"10.0.0.1:{1 + i}", B))
                time.sleep(0.4)
            time.sleep(0.6)
            r.end()
            return self.lag(r) - 0.01
        in_time(measure, 1 + slack())

    def test_compressed(self):
        r = self.start("-i", "nb", "--idle-timeout=0.3", COLUMNS, "-w", "x.csv.gz", ready=False)
        temporary = wait_for("the file", lambda: glob.glob(os.path.join(self.folder, ".x.csv.gz.*.tmp")))[0]

        def text():
            with open(temporary, "rb") as f:
                return zlib.decompressobj(31).decompress(f.read())
        wait_for("the header", lambda: text().count(b"\n") == 1)

        def measure(n):
            start = time.monotonic()
            self.send(udp(f"10.0.0.1:{1 + n}", B))
            wait_for("the row", lambda: text().count(b"\n") == 2 + n)
            return time.monotonic() - start - 0.3
        in_time(measure, 1 + slack())
        r.end()
        self.assertTrue(os.path.exists(os.path.join(self.folder, "x.csv.gz")))


class Frames(Case):
    def test_stop_reads_what_was_received(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            r = self.start("-i", "nb", "--stats-json=stats.json")
            frames = [udp(f"10.0.0.1:{1000 + i}", B) for i in range(700)]
            self.send(*frames)
            r.end(number)
            self.assertEqual(len(r.rows()), 700)
            numbers = self.stats()
            self.assertEqual((numbers["used"], numbers["rows"], numbers["files"]), (700, 700, ["nb"]))
            self.assertEqual({**numbers["capture"], "lag": 0}, {"received": 700, "dropped": 0, "interface_dropped": 0, "lag": 0})

    def test_filter(self):
        r = self.start("-i", "nb", "-f", "udp port 53", COLUMNS)
        self.send(udp(A, B), udp(A, C), tcp(A, C))
        r.end()
        self.assertEqual([row["dst_port"] for row in r.rows()], ["53"])

    def test_wrong_filter(self):
        r = self.start("-i", "nb", "-f", "prot 53", ready=False).end(None, 1)
        self.assertIn('filter "prot 53"', r.err())

    def test_several_interfaces(self):
        self.pair("nc", "nd")
        r = self.start("-i", "nb", "-i", "nd", COLUMNS, "--stats-json=stats.json")
        for i in range(100):
            self.send(udp(A, B), to=("na", "nc")[i % 2])
        r.end()
        row, = r.rows()
        self.assertEqual(row["tot_fwd_pkts"], "100")
        self.assertNotIn("older than", r.err())
        self.assertIn("2 interfaces: 100 frames", r.err())
        self.assertEqual(self.stats()["files"], ["nb", "nd"])

    def test_any(self):
        r = self.start("-i", "any", "-f", "inbound", COLUMNS)
        self.send(udp(A, B))
        r.end()
        self.assertEqual(len(r.rows()), 1)

    def test_limits(self):
        r = self.start("-i", "nb", "-c3", COLUMNS)
        self.send(*[udp(f"10.0.0.1:{i}", B) for i in range(1, 9)])
        self.assertEqual(len(r.end(None).rows()), 3)
        start = time.monotonic()
        r = self.start("-i", "nb", "-a", "duration:0.5", COLUMNS)
        self.send(udp(A, B))
        self.assertEqual(len(r.end(None).rows()), 1)
        self.assertTrue(0.5 <= time.monotonic() - start < 10)

    def test_stopped_for_a_while(self):
        """
        Stopped for longer than the idle timeout, while packets come: nothing is lost, and a flow whose packets are close together is one. A
        minute does no more than these seconds: what matters is that limits pass while nothing is read, and that the kernel's buffer holds.
        For a minute that must have room for more than 620 pieces of 256 KiB (docs/LIVE.md).
        """
        idle, pause, buffer = (5, 62, 256) if LONG else (1.5, 3, 16)
        for _ in range(TRIES):
            r = self.start("-i", "nb", "-B", str(buffer), f"--idle-timeout={idle}", "--active-timeout=0", COLUMNS, "--stats-json=stats.json")
            r.kill(signal.SIGSTOP)
            begin, steps, longest = time.monotonic(), 0, 0
            while (last := time.monotonic()) < begin + pause:
                self.send(udp(A, B), udp(f"10.0.0.1:{2000 + steps}", B))
                steps += 1
                time.sleep(0.1)
                longest = max(longest, time.monotonic() - last)
            r.kill(signal.SIGCONT)
            # The first of the lone packets were over long ago.
            wait_for("rows", lambda: len(r.rows()) > 1)
            r.end()
            if longest < idle - 0.2:
                break
        rows = r.rows()
        self.assertEqual(len(rows), steps + 1)
        self.assertEqual(max(int(row["tot_fwd_pkts"]) for row in rows), steps)
        numbers = self.stats()
        self.assertGreater(numbers["flows"]["idle"], 0)
        self.assertEqual((numbers["used"], numbers["capture"]["dropped"]), (2 * steps, 0))
        # Told, too: the first row should have been out long before.
        self.assertGreater(numbers["capture"]["lag"], pause - idle - 0.2)

    def test_most_flows(self):
        """--max-flows: the flow idle longest ends, and a flow among many others stays."""
        r = self.start("-i", "nb", "--max-flows=100", COLUMNS, "--stats-json=stats.json")
        for i in range(2000):
            self.send(tcp(f"10.1.{i >> 8}.{i & 255}:7", B, "S"))
            if i % 50 == 0:
                self.send(udp(A, C))
        wait_for("the rows", lambda: len(r.rows()) >= 1000)
        r.end()
        numbers = self.stats()
        self.assertEqual((numbers["rows"], numbers["flows"]["evicted"], numbers["flows"]["eof"]), (2001, 1901, 100))
        self.assertEqual([row["tot_fwd_pkts"] for row in r.rows() if row["dst_port"] == "53"], ["40"])

    def test_two_at_once(self):
        other = os.path.join(self.folder, "other")
        os.mkdir(other)
        r = self.start("-i", "nb", COLUMNS)
        q = Running(other, "-i", "nb", COLUMNS)
        self.addCleanup(q.close)
        self.send(udp(A, B))
        self.assertEqual((len(r.end().rows()), len(q.end().rows())), (1, 1))

    def test_slow_reader(self):
        """Rows that nobody reads: memory stays bounded, the kernel drops, and it is told."""
        reading, writing = os.pipe()
        r = self.start("-i", "nb", "-B1", "--idle-timeout=0.05", "--stats-json=stats.json", stdout=writing, ready=False)
        os.close(writing)
        os.set_blocking(reading, True)
        os.read(reading, 100000)
        frames = [udp(f"10.0.{i >> 8}.{i & 255}:1", B, b"x" * 1000) for i in range(3000)]
        for _ in range(3):
            self.send(*frames)
            time.sleep(0.2)
        with open(f"/proc/{r.process.pid}/status", encoding="ascii") as f:
            memory = int(re.search(r"VmRSS:\s+(\d+)", f.read()).group(1))
        self.assertLess(memory, 1000000 if sanitized() else 40000)
        r.kill(signal.SIGINT)
        while os.read(reading, 1 << 20):
            pass
        os.close(reading)
        r.end(None)
        numbers = self.stats()
        self.assertGreater(numbers["capture"]["dropped"], 0)
        self.assertEqual(numbers["capture"]["received"], 9000)
        self.assertEqual(numbers["frames"] + numbers["capture"]["dropped"], 9000)


class Telling(Case):
    def test_signals(self):
        r = self.start("-i", "nb", COLUMNS, "-w", "x.csv", "--idle-timeout=0.1", ready=False)
        wait_for("the file", lambda: glob.glob(os.path.join(self.folder, ".x.csv.*")))
        self.send(udp(A, B))
        time.sleep(0.5)
        r.kill(signal.SIGUSR1)
        wait_for("the summary", lambda: "nb: so far 1 frame" in r.err())
        self.assertIn("capture  1   dropped 0", r.err())
        r.kill(signal.SIGHUP)
        wait_for("the first file", lambda: os.path.exists(os.path.join(self.folder, "x.csv")))
        os.rename(os.path.join(self.folder, "x.csv"), os.path.join(self.folder, "1.csv"))
        self.send(udp(A, C))
        time.sleep(0.3)
        r.end()
        self.assertEqual([row["dst_port"] for row in r.rows(r.read("1.csv")) + r.rows(r.read("x.csv"))], ["80", "53"])

    def test_stats_interval(self):
        begin = time.monotonic()
        r = self.start("-i", "nb", "--stats-interval=0.3", COLUMNS)
        wait_for("three summaries", lambda: r.err().count("so far") >= 3)
        self.assertGreater(time.monotonic() - begin, 0.9)
        told = r.err().count("so far")
        self.assertLessEqual(told, (time.monotonic() - begin) / 0.3)
        r.end()

    def test_list(self):
        done = subprocess.run([NF_CLI, "-D"], stdout=subprocess.PIPE, text=True, check=True)
        self.assertTrue(re.search(r"^nb +up", done.stdout, flags=re.M), done.stdout)

    def test_usage(self):
        for arguments, says in ((["-i", "nb", "x.pcap"], "-i and the file 'x.pcap'"), (["x.pcap", "--wait"], "--wait needs -i"),
                                (["-i", "nb", "-i", "nb"], "-i nb is given twice"), (["-i", "nb", "-s", "67"], "from 68 to 262144"),
                                (["-i", "nb", "--per-file"], "--per-file"), (["-i", "nb", "-j", "adapter_unsynced"], "host_hiprec"),
                                (["-i", "nb", "--stats-interval=0"], "more than 0")):
            done = subprocess.run([NF_CLI, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=PATIENCE)
            self.assertEqual((done.returncode, done.stdout), (1, ""), arguments)
            self.assertIn(says, done.stderr)


class Faults(Case):
    def test_no_such_interface(self):
        r = self.start("-i", "nowhere", "-w", "x.csv", ready=False).end(None, 4)
        self.assertIn("there is no interface nowhere", r.err())
        self.assertFalse(glob.glob(os.path.join(self.folder, "*.csv")))

    def test_no_permission(self):
        program = os.path.join(self.folder, "nf-cli")
        shutil.copy(NF_CLI, program)
        # Without rights in the namespace: a user namespace inside has none outside of itself.
        r = self.start("-U", program, "-i", "nb", program="unshare", ready=False).end(None, 4)
        self.assertIn("CAP_NET_RAW", r.err())
        self.assertIn(f"sudo setcap cap_net_raw+eip {program}", r.err())

    def test_down(self):
        r = self.start("-i", "nb", COLUMNS)
        self.send(udp(A, B))
        time.sleep(0.1)
        ip("link", "set", "nb", "down")
        wait_for("the message", lambda: "nb is down; waiting" in r.err())
        time.sleep(1.2)
        ip("link", "set", "nb", "up")
        wait_for("the message", lambda: "nb is up again" in r.err())
        self.send(udp(A, B))
        r.end()
        self.assertEqual(r.rows()[0]["tot_fwd_pkts"], "2")
        self.assertEqual(r.err().count("nb is down"), 1)

    def test_down_at_start(self):
        ip("link", "set", "nb", "down")
        r = self.start("-i", "nb", COLUMNS)
        wait_for("the message", lambda: "nb is down; waiting" in r.err())
        ip("link", "set", "nb", "up")
        wait_for("the message", lambda: "nb is there" in r.err())
        self.send(udp(A, B))
        self.assertEqual(len(r.end().rows()), 1)

    def test_removed(self):
        r = self.start("-i", "nb", COLUMNS)
        self.send(udp(A, B))
        time.sleep(0.1)
        ip("link", "del", "na")
        r.end(None, 4)
        self.assertIn("the interface nb is gone", r.err())
        self.assertEqual(len(r.rows()), 1)

    def test_wait(self):
        ip("link", "del", "na")
        r = self.start("-i", "nb", "--wait", COLUMNS, "--stats-json=stats.json")
        wait_for("the message", lambda: "nb is not there; waiting" in r.err())
        for _ in range(2):
            told = r.err().count("nb is there")
            self.pair("na", "nb")
            wait_for("the message", lambda: r.err().count("nb is there") > told)
            self.send(udp(A, B))
            time.sleep(0.2)
            ip("link", "del", "na")
            wait_for("the message", lambda: "nb is gone; waiting" in r.err())
        r.end()
        self.assertEqual(r.rows()[0]["tot_fwd_pkts"], "2")
        self.assertEqual(self.stats()["capture"]["received"], 2)


class Full(Case):
    """Outputs that take no more."""

    def fill(self, *arguments):
        r = self.start("-i", "nb", "--idle-timeout=0.1", *arguments, ready=False)
        wait_for("the start", lambda: r.process.poll() is not None or r.out() or glob.glob(os.path.join(self.folder, "**", ".*.tmp"), recursive=True))
        for i in range(40):
            if r.process.poll() is not None:
                break
            self.send(*[udp(f"10.{i}.{j >> 8}.{j & 255}:1", B) for j in range(300)])
            time.sleep(0.1)
        return r.end(None, 3)

    def test_device(self):
        r = self.fill("-w", "/dev/full")
        self.assertIn("/dev/full", r.err())
        self.assertIn("No space left", r.err())

    def test_disk(self):
        """The files that were whole before stay; the one that was not is removed."""
        small = os.path.join(self.folder, "small")
        os.mkdir(small)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", small], check=True)
        self.addCleanup(subprocess.run, ["umount", small])
        r = self.fill("-w", "small/x.csv", "-b", "filesize:100")
        self.assertIn("No space left", r.err())
        names = sorted(os.listdir(small))
        self.assertGreater(len(names), 3)
        for name in names:
            self.assertRegex(name, r"^x_\d{5}_\d{14}\.csv$")
            with open(os.path.join(small, name), "rb") as f:
                data = f.read()
            self.assertTrue(data.startswith(b"src_ip,") and data.endswith(b"\n"), name)
            self.assertEqual({len(row) for row in csv.reader(io.StringIO(data.decode()))}, {82}, name)


class Soak(Case):
    def state(self, process):
        """Resident kB, file descriptors, threads."""
        with open(f"/proc/{process.pid}/status", encoding="ascii") as f:
            status = f.read()
        memory, threads = (int(re.search(rf"^{name}:\s+(\d+)", status, flags=re.M).group(1)) for name in ("VmRSS", "Threads"))
        return memory, len(os.listdir(f"/proc/{process.pid}/fd")), threads

    def test_soak(self):
        """
        An hour at some 30 flows a second, in seconds: it is the number of flows, looks, rows and files that could leave something behind, not
        the time between them. Half of the flows are closed, half wait for their limit; files change all the while, signals come.
        """
        seconds, rate = (600, 20000) if LONG else (16, 10000)
        if sanitized():
            rate = 2000
        r = self.start("-i", "nb", "-B1", "--idle-timeout=0.3", "--close-linger=0.1", "-b", "duration:0.25", "-b", "files:3", "-w", "x.csv",
                       "--stats-json=stats.json", ready=False)
        wait_for("a file", lambda: glob.glob(os.path.join(self.folder, ".x*.tmp")))
        count = seconds * rate
        sender = subprocess.Popen([os.path.join(BUILD, "bin", "tool_send"), "na", "short", str(count), str(rate)], stdout=subprocess.DEVNULL)
        self.addCleanup(sender.wait)
        self.addCleanup(sender.kill)
        time.sleep(seconds / 4)
        warm, states = self.state(r.process), []
        while sender.poll() is None:
            time.sleep(0.2)
            r.kill(signal.SIGUSR1)
            states.append(self.state(r.process))
        r.end()
        numbers = self.stats()
        self.assertEqual(sender.returncode, 0)
        self.assertEqual(numbers["frames"] + numbers["capture"]["dropped"], count)
        self.assertGreater(numbers["rows"], count * 0.4)
        # A rotation may be on its way: the old file, the folder, the new one.
        self.assertLessEqual(max(fds for _, fds, _ in states), warm[1] + 2)
        self.assertLessEqual(min(fds for _, fds, _ in states[-5:]), warm[1])
        self.assertEqual({threads for _, _, threads in states}, {warm[2]})
        if not sanitized():
            self.assertLess(states[-1][0], warm[0] + 512, states)


def ethernet_frames(path):
    """The frames of a pcap file of Ethernet that were captured whole, or None."""
    with open(path, "rb") as f:
        data = f.read()
    magic = data[:4]
    order = {b"\xd4\xc3\xb2\xa1": "<", b"\x4d\x3c\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">", b"\xa1\xb2\x3c\x4d": ">"}.get(magic)
    if not order or len(data) < 24 or struct.unpack(order + "I", data[20:24])[0] != 1:
        return None
    frames, at = [], 24
    while at + 16 <= len(data):
        captured, wire = struct.unpack(order + "II", data[at + 8:at + 16])
        if captured != wire or captured > 60000 or captured < 14 or at + 16 + captured > len(data):
            return None
        frames.append(data[at + 16:at + 16 + captured])
        at += 16 + captured
    return frames


class AsFromFile(Case):
    CAPTURES = 60
    FRAMES_MOST = 3000

    def captures(self):
        names = sorted(glob.glob(os.path.join(CONFORMANCE, "**", "*.pcap"), recursive=True))
        random.Random(5).shuffle(names)
        found = []
        for name in names:
            if os.path.getsize(name) > 3 << 20:
                continue
            frames = ethernet_frames(name)
            if frames and len(frames) <= self.FRAMES_MOST:
                found.append((name, frames))
            if len(found) == self.CAPTURES:
                break
        return found

    def test_flows_of_the_file(self):
        """
        Each capture replayed, from an interface and from its file: the same 5-tuples, packets, bytes and flags. The limits are the same, and out
        of reach, since a replay is faster than the original.
        """
        captures = self.captures()
        if not captures:
            print("skipped: captures replayed, for they are not there (NF_CONFORMANCE)")
            captures = []
        else:
            self.assertGreaterEqual(len(captures), 30)
        made = os.path.join(self.folder, "made.pcap")
        frames = self.made()[0][1]
        with open(made, "wb") as f:
            f.write(pcap([(i, frame) for i, frame in enumerate(frames)]))
        limits = ["--idle-timeout=1000000", "--active-timeout=0", "--close-linger=1000000"]
        columns = "--columns=src_ip,dst_ip,src_port,dst_port,protocol,tot_fwd_pkts,tot_bwd_pkts,totlen_fwd_pkts,totlen_bwd_pkts,pkt_len_max," \
                  "pkt_len_min,fin_flag_cnt,syn_flag_cnt,rst_flag_cnt,psh_flag_cnt,ack_flag_cnt,urg_flag_cnt,ece_flag_cnt,cwr_flag_count"
        seen = 0
        for name, frames in [*captures, (made, frames)]:
            r = self.start("-i", "nb", *limits, columns)
            self.send(*frames)
            r.end(signal.SIGINT)
            done = subprocess.run([NF_CLI, "-q", "-r", name, *limits, columns], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
            self.assertIn(done.returncode, (0, 5), name)
            self.assertEqual(sorted(r.out().splitlines()), sorted(done.stdout.splitlines()), name)
            seen += done.stdout.count(b"\n") - 1
        self.assertGreater(seen, 300 if captures else 50)

    def made(self):
        """Conversations that open, close and go on."""
        rnd = random.Random(1)
        ends = [(f"10.0.0.{rnd.randrange(1, 9)}:{rnd.randrange(1000, 1020)}", f"10.1.0.{rnd.randrange(1, 9)}:80") for _ in range(60)]
        frames = []
        for _ in range(3000):
            a, b = rnd.choice(ends)
            if rnd.random() < 0.5:
                a, b = b, a
            frames.append(tcp(a, b, rnd.choice(["A", "PA", "S", "FA", "RA", "A", "A", "PA"]), b"x" * rnd.randrange(300)))
        return [("made", frames)]

    def test_same_rows_as_from_dumpcaps_record(self):
        """The rows of the live run are those of what dumpcap recorded meanwhile, with all 82 columns."""
        if not shutil.which("dumpcap"):
            print("skipped: the comparison with a record of dumpcap, which is not installed (Debian: wireshark-common)")
            self.skipTest("no dumpcap")
        captures = self.captures() + self.made()
        # With a socket that wants time stamps the kernel stamps a frame once, and not once for each that captures it.
        stamps = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(stamps.close)
        stamps.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        record = os.path.join(self.folder, "record.pcapng")
        limits = ["--idle-timeout=1.5", "--active-timeout=2.5", "--close-linger=0.2"]
        r = self.start("-i", "nb", "-B64", *limits, "--stats-json=live.json")
        dumpcap = subprocess.Popen(["dumpcap", "-q", "-i", "nb", "-B", "64", "-w", record], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.addCleanup(dumpcap.stderr.close)
        wait_for("dumpcap", lambda: os.path.exists(record) and os.path.getsize(record) > 0)
        time.sleep(0.3)
        sender, sent = self.sender("na"), 0
        for _, frames in captures:
            for frame in frames:
                sender.send(frame)
                sent += 1
                if sent % 50 == 0:
                    time.sleep(0.002)
            time.sleep(0.1)
        time.sleep(0.6)
        dumpcap.send_signal(signal.SIGINT)
        r.end()
        dumpcap.wait(PATIENCE)
        live = self.stats("live.json")
        # The kernel itself may have answered some of them.
        self.assertGreaterEqual(live["frames"], sent)
        self.assertEqual((live["capture"]["received"], live["capture"]["dropped"]), (live["frames"], 0))
        done = subprocess.run([NF_CLI, "-r", record, *limits, "--stats-json", os.path.join(self.folder, "file.json")], stdout=subprocess.PIPE,
                              check=True, stderr=subprocess.DEVNULL)
        from_file = self.stats("file.json")
        for key in ("frames", "used", "skipped", "rows"):
            self.assertEqual(live[key], from_file[key], key)
        self.assertGreater(live["rows"], 300)
        self.assertGreater(live["flows"]["idle"], 0)
        self.assertEqual(sorted(r.out().splitlines()), sorted(done.stdout.splitlines()))


class Ring(Case):
    def rows_of(self, pattern):
        """The rows of all files, in order of their names; each file has its header."""
        names = sorted(name for name in os.listdir(self.folder) if re.fullmatch(pattern, name))
        rows = []
        for name in names:
            with open(os.path.join(self.folder, name), "rb") as f:
                data = f.read()
            data = zlib.decompressobj(31).decompress(data) if name.endswith(".gz") else data
            self.assertTrue(data.startswith(b"src_ip,src_port,") and data.endswith(b"\n"), name)
            rows += self.reader.rows(data)
        return names, rows

    def start_ring(self, *arguments):
        self.reader = self.start("-i", "nb", COLUMNS, "--stats-json=stats.json", *arguments, ready=False)
        wait_for("a file", lambda: any(name.endswith(".tmp") for name in os.listdir(self.folder)))
        time.sleep(0.1)
        return self.reader

    def test_thousand_rotations(self):
        """Each row is in one file, and no more: 3000 flows over a thousand files."""
        r = self.start_ring("-b", "duration:0.001", "-b", "filesize:1", "-w", "x.csv")
        for i in range(3000):
            self.send(tcp(f"10.0.{i >> 8}.{i & 255}:7", B, "RA"))
            if i % 3 == 2:
                time.sleep(0.0015)

        def count():
            return sum(name.startswith("x_") for name in os.listdir(self.folder))
        wait_for("the files", lambda: count() >= 1000, 60)
        r.end()
        names, rows = self.rows_of(r"x_\d{5,}_\d{14}\.csv")
        self.assertGreaterEqual(len(names), 1000)
        self.assertEqual(sorted(row["src_ip"] for row in rows), sorted(f"10.0.{i >> 8}.{i & 255}" for i in range(3000)))
        self.assertEqual(self.stats()["rows"], 3000)
        self.assertFalse([name for name in os.listdir(self.folder) if name.endswith(".tmp")])

    def test_size_and_number(self):
        r = self.start_ring("-b", "filesize:2", "-b", "files:3", "-w", "x.csv.gz")
        for i in range(400):
            self.send(tcp(f"10.0.0.1:{i + 1}", B, "RA"))
            time.sleep(0.001)
        r.end()
        names, rows = self.rows_of(r"x_\d{5}_\d{14}\.csv\.gz")
        self.assertEqual(len(names), 3)
        self.assertEqual([int(row["src_port"]) for row in rows], list(range(401 - len(rows), 401)))
        self.assertTrue(80 < len(rows) < 400, len(rows))

    def test_interval_and_pattern(self):
        r = self.start_ring("-b", "interval:1", "-w", "x-%H%M%S.csv")
        begin = time.monotonic()
        for i in range(12):
            self.send(tcp(f"10.0.0.1:{i + 1}", B, "RA"))
            time.sleep(0.2)
        r.end()
        names, rows = self.rows_of(r"x-\d{6}\.csv")
        self.assertTrue(3 <= len(names) <= 3 + time.monotonic() - begin, names)
        self.assertEqual([int(row["src_port"]) for row in rows], list(range(1, 13)))

    def test_several_outputs(self):
        """Rows and a conn.log with Zeek's file names, each with files of its own; all flows are in both."""
        r = self.start_ring("-b", "duration:0.4", "-T", "csv", "-w", "x-%s.csv", "-T", "zeek", "-w", "conn.%Y-%m-%d-%H-%M-%S.log")
        for i in range(12):
            self.send(tcp(f"10.0.0.1:{i + 1}", B, "RA"))
            time.sleep(0.2)
        r.end()
        names, rows = self.rows_of(r"x-\d+\.csv(\.\d+)?")
        self.assertGreater(len(names), 2)
        self.assertEqual([int(row["src_port"]) for row in rows], list(range(1, 13)))
        ports = []
        logs = sorted(name for name in os.listdir(self.folder) if re.fullmatch(r"conn\.\d{4}(-\d\d){5}\.log(\.\d+)?", name))
        self.assertGreater(len(logs), 2)
        for name in logs:
            with open(os.path.join(self.folder, name), encoding="ascii") as f:
                lines = f.read().splitlines()
            self.assertEqual((lines[0], lines[-1].split("\t")[0]), ("#separator \\x09", "#close"))
            ports += [int(line.split("\t")[3]) for line in lines if not line.startswith("#")]
        self.assertEqual(sorted(ports), list(range(1, 13)))
        self.assertFalse([name for name in os.listdir(self.folder) if name.endswith(".tmp")])

    def test_command(self):
        with open(os.path.join(self.folder, "told.sh"), "w", encoding="ascii") as f:
            f.write('#!/bin/sh\nwc -l "$1" >"$1.told"\n')
        os.chmod(f.name, 0o755)
        r = self.start_ring("-b", "duration:0.5", "-w", "x.csv", "-z", "./told.sh")
        self.send(tcp(A, B, "RA"))
        time.sleep(0.8)
        r.end()
        files = wait_for("the command", lambda: len(told := glob.glob(os.path.join(self.folder, "*.csv.told"))) >= 2 and sorted(told))
        with open(files[0], encoding="ascii") as f:
            self.assertEqual(f.read().split()[0], "2")

    def test_killed(self):
        """kill -9 while files change: what has a name is whole."""
        r = self.start_ring("-b", "duration:0.002", "-w", "x.csv")
        for i in range(300):
            self.send(tcp(f"10.0.0.1:{i + 1}", B, "RA"))
            time.sleep(0.001)
        r.kill(signal.SIGKILL)
        r.process.wait()
        names, rows = self.rows_of(r"x_\d{5}_\d{14}\.csv")
        self.assertGreater(len(names), 10)
        ports = [int(row["src_port"]) for row in rows]
        self.assertEqual(ports, list(range(1, len(ports) + 1)))

    def test_usage(self):
        for arguments, says in ((["-b", "files:2", "-w", "x"], "needs a limit"), (["-b", "duration:1"], "need -w FILE"), (["-b", "size:1"], "filesize:KB"),
                                (["-b", "duration:0", "-w", "x"], "at least 0.001"), (["-z", "true"], "need -w FILE")):
            done = subprocess.run([NF_CLI, "-i", "nb", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=PATIENCE)
            self.assertEqual((done.returncode, done.stdout), (1, ""), arguments)
            self.assertIn(says, done.stderr)


class Library(Case):
    def send_for_ever(self):
        """A frame each 10 ms, each of another flow, until the test ends."""
        program = "import socket, sys, time\nfrom captures import udp\ns = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)\ns.bind(('na', 0))\n" \
                  "for i in range(10000):\n    s.send(udp(f'10.0.0.1:{1000 + i % 60000}', '10.0.0.2:80'))\n    time.sleep(0.01)\n"
        sender = subprocess.Popen([sys.executable, "-B", "-c", program], cwd=os.path.join(SOURCE, "tests"), stderr=subprocess.DEVNULL)
        self.addCleanup(sender.wait)
        self.addCleanup(sender.kill)

    def test_library(self):
        """Stopped from within and from other threads, twice in a process, two at once, and an interface that is removed."""
        self.send_for_ever()
        tool = os.path.join(os.environ.get("NF_BUILD") or os.path.dirname(os.path.dirname(NF_CLI)), "bin", "tool_live")
        with subprocess.Popen([tool, "nb"], stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout:
                if line == "remove it\n":
                    ip("link", "del", "na")
                else:
                    self.assertEqual(line, "good\n")
        self.assertEqual(process.returncode, 0)

    def test_example(self):
        if sanitized() or not shutil.which("cc"):
            self.skipTest("the example is built with cc, without sanitizers")
        with open(os.path.join(SOURCE, "docs", "LIBRARY.md"), encoding="utf-8") as f:
            example = re.search(r"^```c live\n(.*?)^```$", f.read(), flags=re.M | re.S).group(1)
        self.assertLessEqual(example.count("\n"), 40)
        with open(os.path.join(self.folder, "example.c"), "w", encoding="utf-8") as f:
            f.write(example)
        lib = os.path.join(os.path.abspath(os.environ.get("NF_BUILD") or os.path.dirname(os.path.dirname(NF_CLI))), "lib")
        subprocess.run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-D_POSIX_C_SOURCE=200809L", "-o", "example", "example.c", "-I",
                        os.path.join(SOURCE, "core", "include"), "-L", lib, "-lnetflower", f"-Wl,-rpath,{lib}"], cwd=self.folder, check=True)
        process = subprocess.Popen(["./example", "nb"], cwd=self.folder, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.stdout.close)
        for i in range(6):
            time.sleep(0.3)
            self.send(tcp(f"10.0.0.1:{i + 1}", B, "RA"))
        self.assertEqual(process.wait(PATIENCE), 0)
        self.assertEqual(process.stdout.read().splitlines()[:3], ["10.0.0.1 > 10.0.0.2:80 rst"] * 3)


# Sets the system clock for nf-cli alone: what it reads as that clock, and the times stamped on packets, are later by what a file says.
SHIM = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
static long shift(void)
{
	long seconds = 0;
	FILE *f = fopen(getenv("NF_TEST_CLOCK"), "r");
	if (f && fscanf(f, "%ld", &seconds) != 1)
		seconds = 0;
	if (f)
		fclose(f);
	return seconds;
}
int clock_gettime(clockid_t id, struct timespec *t)
{
	int (*real)(clockid_t, struct timespec *) = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	int result = real(id, t);
	if (id == CLOCK_REALTIME)
		t->tv_sec += shift();
	return result;
}
int pcap_next_ex(pcap_t *p, struct pcap_pkthdr **h, const u_char **d)
{
	static struct pcap_pkthdr own;
	int (*real)(pcap_t *, struct pcap_pkthdr **, const u_char **) =
		(int (*)(pcap_t *, struct pcap_pkthdr **, const u_char **))dlsym(RTLD_NEXT, "pcap_next_ex");
	int result = real(p, h, d);
	if (result == 1) {
		own = **h;
		own.ts.tv_sec += shift();
		*h = &own;
	}
	return result;
}
"""


class Clock(Case):
    def setUp(self):
        super().setUp()
        if sanitized() or not shutil.which("cc"):
            self.skipTest("the clock cannot be set for a build with sanitizers, or without cc")
        with open(os.path.join(self.folder, "shim.c"), "w", encoding="ascii") as f:
            f.write(SHIM)
        subprocess.run(["cc", "-shared", "-fPIC", "-o", "shim.so", "shim.c", "-ldl"], cwd=self.folder, check=True)
        self.set_clock(0)

    def set_clock(self, seconds):
        path = os.path.join(self.folder, "clock")
        with open(path + ".new", "w", encoding="ascii") as f:
            f.write(str(seconds))
        os.rename(path + ".new", path)

    def test_clock_set(self):
        """An hour forward, then two back: no flow ends early or late, durations do not notice, times of first packets are as stamped."""
        env = {"LD_PRELOAD": os.path.join(self.folder, "shim.so"), "NF_TEST_CLOCK": os.path.join(self.folder, "clock")}

        def measure(n):
            self.set_clock(0)
            r = self.start("-i", "nb", "--idle-timeout=1.5", COLUMNS, env=env)
            began = time.time()
            for seconds in (0, 3600, -3600):
                self.set_clock(seconds)
                self.send(udp(A, B), udp(f"10.0.0.1:{5000 + seconds}", B))
                time.sleep(0.6)
            last = time.time()
            self.send(udp(A, B))
            sent = time.time()
            rows = wait_for("the rows", lambda: len(found := r.rows()) == 4 and found)
            now = time.time()
            long = [row for row in rows if row["src_port"] == "1000"]
            self.assertEqual([row["tot_fwd_pkts"] for row in long], ["4"])
            # A change counts from when it is noticed, and the packets are stamped when they are read.
            self.assertTrue(last - began - 0.3 < float(long[0]["flow_duration"]) < sent - began + 0.3, long)
            for seconds in (0, 3600, -3600):
                row, = [row for row in rows if row["src_port"] == str(5000 + seconds)]
                self.assertAlmostEqual(float(row["timestamp"]) - seconds, last, delta=(now - began))
            self.assertEqual(r.err().count("the system clock was set by"), 2)
            self.assertNotIn("older than", r.end().err())
            return now - last - 1.5
        in_time(measure, ON_TIME)


if __name__ == "__main__":
    enter_namespace()
    unittest.main()
