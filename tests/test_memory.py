# SPDX-License-Identifier: GPL-2.0-or-later
"""--max-memory from outside: what the process takes at most, with a million flows that would take some 200 MB.

- Its resident memory stays below the limit, 8 MiB beside, and a margin for pages of shared libraries, in each kind of profile.
- The same rows with one thread and with four, and all packets are in them.
- A limit that is large enough ends none, and the rows are those without one.
"""
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import unittest

NF_CLI, NF_BUILD, NF_SOURCE = (os.environ[name] for name in ("NF_CLI", "NF_BUILD", "NF_SOURCE"))
FLOWS, PACKETS, FEW = 1_000_000, 1_500_000, 450_000
MIB = 1 << 20
BESIDE, MARGIN = 8 * MIB, 6 * MIB
# Few columns, for speed.
SHORT, SHORT_CIC = "--columns=src_ip,src_port,dst_ip,tot_fwd_pkts,end_reason", "--columns=Flow ID"


def instrumented():
    with open(os.path.join(NF_BUILD, "CMakeCache.txt"), encoding="utf-8") as f:
        return any(line.startswith("NF_SANITIZE:") and line.rstrip().split("=", 1)[1] for line in f)


class Memory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.capture = os.path.join(cls.folder.name, "manyflows.pcap")
        subprocess.run([sys.executable, os.path.join(NF_SOURCE, "bench", "captures.py"), "manyflows", cls.capture, "--flows", str(FLOWS)],
                       check=True, stderr=subprocess.DEVNULL)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def run_cli(self, *arguments):
        """Digest of the rows, the numbers, and the most memory in bytes. This process stays small, for the child begins with what it has."""
        stats, digest = os.path.join(self.folder.name, "stats.json"), hashlib.sha256()
        process = subprocess.Popen([NF_CLI, "-q", "--stats-json", stats, *arguments, self.capture], stdout=subprocess.PIPE)
        while data := process.stdout.read(MIB):
            digest.update(data)
        process.stdout.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        with open(stats, encoding="utf-8") as f:
            return digest.hexdigest(), json.load(f), usage.ru_maxrss * 1024

    def test_resident(self):
        for profile, packets in (("netflower", PACKETS), ("cicflowmeter", FEW), ("cicflowmeter-fixed", FEW), ("zeek", FEW)):
            with self.subTest(profile=profile):
                arguments = ("--checksums=ignore",) if profile == "zeek" else (SHORT,) if profile.startswith("netflower") else (SHORT_CIC,)
                _, numbers, most = self.run_cli("--profile", profile, "--threads=1", "--max-memory=32M", "-c", str(packets), *arguments)
                self.assertEqual(numbers["frames"], packets)
                self.assertGreater(numbers["flows"]["evicted"], 50_000)
                if not instrumented():
                    self.assertLess(most, 32 * MIB + BESIDE + MARGIN)

    def test_rows(self):
        """A flow that is evicted here has all its packets, for there are few: but for its reason the row stays."""
        none, all_numbers, most = self.run_cli(SHORT)
        if not instrumented():
            self.assertGreater(most, 128 * MIB)
        one, numbers, _ = self.run_cli(SHORT, "--max-memory=32M", "--threads=1")
        four, again, _ = self.run_cli(SHORT, "--max-memory=33554432", "--threads=4")
        self.assertEqual((one, numbers["flows"]), (four, again["flows"]))
        self.assertNotEqual(one, none)
        self.assertEqual(numbers["used"], all_numbers["used"])
        enough, numbers, _ = self.run_cli(SHORT, "--max-memory=1G")
        self.assertEqual(numbers["flows"]["evicted"], 0)
        self.assertEqual(enough, none)

    def test_usage(self):
        for value in ("-1", "1.5M", "1048575", "1023K", "32MB", "32m", "M", " 1M", "17179869184G", "x"):
            done = subprocess.run([NF_CLI, "--max-memory", value, self.capture], capture_output=True, text=True)
            self.assertEqual(done.returncode, 1, value)
            self.assertIn("--max-memory takes a number of bytes", done.stderr)
            self.assertIn("at least 1048576 bytes", done.stderr)
        done = subprocess.run([NF_CLI, "-q", "-c", "3", "--max-memory=0", "-w", "/dev/null", self.capture], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
