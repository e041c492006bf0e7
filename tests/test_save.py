# SPDX-License-Identifier: GPL-2.0-or-later
"""--save-pcap: each flow's capture holds the flow's frames and no other, as they were; names, limits, a full disk.

The check that holds for every capture: what nf-cli makes of a flow's file is that flow's row.
"""
import glob
import os
import random
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import captures
from captures import tcp, udp

NF_CLI = os.environ.get("NF_CLI", "build/release/bin/nf-cli")


def run(*arguments, **more):
    return subprocess.run([NF_CLI, *arguments], capture_output=True, text=True, timeout=120, **more)


def records(path):
    """(link type, [(ns, captured bytes, wire)]) of a pcap with nanoseconds."""
    with open(path, "rb") as f:
        data = f.read()
    magic, _, _, _, _, snapshot, link = struct.unpack_from("<IHHIIII", data)
    assert magic == 0xa1b23c4d, hex(magic)
    found, at = [], 24
    while at < len(data):
        seconds, ns, captured, wire = struct.unpack_from("<IIII", data, at)
        assert captured <= snapshot and captured <= wire
        found.append((seconds * 10**9 + ns, data[at + 16:at + 16 + captured], wire))
        at += 16 + captured
    assert at == len(data)
    return link, found


class Save(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="nf-save-")
        self.out = os.path.join(self.folder, "flows")
        self.capture = os.path.join(self.folder, "all.pcap")
        self.csv = os.path.join(self.folder, "all.csv")

    def tearDown(self):
        shutil.rmtree(self.folder)

    def write(self, bytes_):
        with open(self.capture, "wb") as f:
            f.write(bytes_)

    def save(self, *arguments, **more):
        done = run("-r", self.capture, "--save-pcap", self.out, "-w", self.csv, *arguments, **more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def files(self):
        self.assertEqual(glob.glob(os.path.join(self.out, ".*")), [], "nothing without a name is left")
        return sorted(os.listdir(self.out), key=lambda name: int(name.split("_")[0]))

    def rows(self):
        with open(self.csv) as f:
            return f.read().splitlines()[1:]

    def each_file_gives_its_row(self, *arguments):
        """A row has no flow number, so both are compared as sets."""
        rows = set()
        for name in self.files():
            lines = run("-r", os.path.join(self.out, name), *arguments).stdout.splitlines()[1:]
            self.assertEqual(len(lines), 1, name)
            rows.add(lines[0])
        self.assertEqual(rows, set(self.rows()))
        self.assertEqual(len(self.rows()), len(self.files()))

    def random_records(self, flows, packets, seed=1):
        rng, time, made = random.Random(seed), 10**18, []
        for _ in range(packets):
            time += rng.randrange(1, 3 * 10**6)
            flow = rng.randrange(flows)
            a, b = f"10.{flow >> 8}.{flow & 255}.1:{1000 + flow}", "192.0.2.1:53"
            if rng.random() < 0.5:
                a, b = b, a
            payload = rng.randbytes(rng.randrange(60))
            frame = udp(a, b, payload) if flow % 2 else tcp(a, b, "A", payload)
            cut = rng.choice([0, 0, 0, 7])
            made.append((time, frame, len(frame) + cut))
        return made

    def nano(self, made):
        """records of captures.py with times in ns, which are given in seconds there."""
        head = captures.pcap_header(nano=True)
        return head + b"".join(struct.pack("<IIII", ns // 10**9, ns % 10**9, len(frame), wire) + frame for ns, frame, wire in made)

    def test_frames_as_they_were(self):
        a, b = "192.0.2.1:1000", "192.0.2.2:80"
        made = [(10**18 + 1, tcp(a, b, "S"), 54), (10**18 + 2, captures.arp(), 42), (10**18 + 3, udp(a, b, b"x" * 20), 70),
                (10**18 + 999999999, tcp(b, a, "SA"), 54)]
        self.write(self.nano(made))
        self.save()
        self.assertEqual(self.files(), ["1_192.0.2.1-1000_192.0.2.2-80_tcp.pcap", "2_192.0.2.1-1000_192.0.2.2-80_udp.pcap"])
        link, found = records(os.path.join(self.out, self.files()[0]))
        self.assertEqual((link, found), (1, [made[0], made[3]]))
        self.assertEqual(records(os.path.join(self.out, self.files()[1]))[1], [made[2]])

    def test_more_flows_than_open_files(self):
        made = self.random_records(300, 9000)
        self.write(self.nano(made))
        limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))
        self.save(preexec_fn=limit)
        self.assertGreaterEqual(len(self.files()), 300)
        kept = [r for name in self.files() for r in records(os.path.join(self.out, name))[1]]
        self.assertEqual(sorted(kept), sorted(made), "each frame is in one file")
        for name in self.files():
            times = [r[0] for r in records(os.path.join(self.out, name))[1]]
            self.assertEqual(times, sorted(times))
        self.each_file_gives_its_row()

    def test_pieces_of_flows(self):
        made = [(10**18 + i * 10**9, tcp("192.0.2.1:1", "192.0.2.2:2", "A", b"x"), 55) for i in range(40)]
        self.write(self.nano(made))
        self.save("--active-timeout", "9.5")
        self.assertEqual([len(records(os.path.join(self.out, name))[1]) for name in self.files()], [10, 10, 10, 10])

    def test_no_file_is_replaced(self):
        self.write(self.nano([(10**18, tcp("192.0.2.1:1", "192.0.2.2:2", "S"), 54)]))
        for _ in range(3):
            self.save()
        self.assertEqual(sorted(self.files()), ["1_192.0.2.1-1_192.0.2.2-2_tcp.1.pcap", "1_192.0.2.1-1_192.0.2.2-2_tcp.2.pcap",
                                                "1_192.0.2.1-1_192.0.2.2-2_tcp.pcap"])

    def test_two_link_types(self):
        packet = captures.tcp_packet("192.0.2.1:1", "192.0.2.2:2", "A")
        self.write(captures.pcapng([(0, 1, captures.ethernet(packet)), (1, 2, packet), (0, 3, captures.ethernet(packet))],
                                   links=(captures.ETHERNET, captures.RAW)))
        self.save()
        self.assertEqual(sorted(self.files()), ["1_192.0.2.1-1_192.0.2.2-2_tcp.pcap", "1_192.0.2.1-1_192.0.2.2-2_tcp_link101.pcap"])
        first, second = (records(os.path.join(self.out, name)) for name in sorted(self.files()))
        self.assertEqual((first[0], len(first[1]), second[0], len(second[1])), (1, 2, 101, 1))

    def test_time_out_of_a_pcap(self):
        self.write(captures.pcapng([(2**33, tcp("192.0.2.1:1", "192.0.2.2:2", "S"))]))
        self.save()
        self.assertEqual(self.files(), [])
        self.assertEqual(len(self.rows()), 1)

    def test_folder_that_cannot_be(self):
        self.write(self.nano([(10**18, tcp("192.0.2.1:1", "192.0.2.2:2", "S"), 54)]))
        for folder in (os.path.join(self.folder, "no", "such"), self.capture):
            done = run("-r", self.capture, "--save-pcap", folder, "-w", self.csv)
            self.assertEqual(done.returncode, 3)
            self.assertIn(folder, done.stderr)
            self.assertFalse(os.path.exists(self.csv))

    def test_full_disk(self):
        """The rows are all there, with one message, and nothing half is left."""
        made = self.random_records(50, 20000)
        self.write(self.nano(made))
        os.mkdir(self.out)
        script = 'mount -t tmpfs -o size=200k none "$1" && shift && "$@"; code=$?; ls -a "$OUT" | grep -c part >&2; exit $code'
        command = ["unshare", "-m", "sh", "-c", script, "sh", self.out, NF_CLI, "-q", "-r", self.capture, "--save-pcap", self.out, "-w", self.csv]
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "OUT": self.out}, timeout=120)
        if "unshare failed" in done.stderr or "permission denied" in done.stderr:
            self.skipTest("no mount namespaces here")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr.count("cannot write captures to"), 1, done.stderr)
        self.assertEqual(done.stderr.splitlines()[-1], "0")
        plain = run("-r", self.capture).stdout.splitlines()[1:]
        self.assertEqual(self.rows(), plain)

    def test_flows_that_are_not_told(self):
        """A profile that writes no row for a flow of one packet leaves no file of it either, while it runs too."""
        made = [(10**18 + i, udp(f"10.0.0.{i}:1", "192.0.2.1:2"), 42) for i in range(200)] + [(10**18 + 10**9 * 9000 + i, udp("10.1.0.1:1", "192.0.2.1:2"), 42)
                                                                                                    for i in range(2)]
        self.write(self.nano(made))
        self.save("--profile", "cicflowmeter")
        self.assertEqual((len(self.files()), len(self.rows())), (1, 1))

    def test_tshark_reads_them(self):
        if not shutil.which("tshark"):
            self.skipTest("tshark is not there")
        self.write(self.nano(self.random_records(20, 500)))
        self.save()
        for name in self.files():
            path = os.path.join(self.out, name)
            done = subprocess.run(["tshark", "-r", path, "-T", "fields", "-e", "frame.time_epoch", "-e", "frame.len", "-e", "frame.cap_len"],
                                  capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn("cut short", done.stderr)
            told = [tuple(line.split("\t")) for line in done.stdout.splitlines()]
            self.assertEqual(told, [(f"{ns // 10**9}.{ns % 10**9:09}", str(wire), str(len(data))) for ns, data, wire in records(path)[1]])


if __name__ == "__main__":
    unittest.main()
