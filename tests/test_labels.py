# SPDX-License-Identifier: GPL-2.0-or-later
"""--labels: which flow gets which label, and what is said of rules that are wrong, never reached or unused."""
import os
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import captures

NF_CLI = os.environ.get("NF_CLI", "build/release/bin/nf-cli")
T = 1499258820  # 2017-07-05 12:47:00 UTC, which is 09:47:00-03:00


class Labels(unittest.TestCase):
    def run_cli(self, rules, *arguments, records=None):
        if records is None:
            records = [
                (T - 0.000001, captures.udp("10.0.0.1:1000", "10.0.0.2:53")),
                (T, captures.udp("10.0.0.3:1000", "10.0.1.2:53")),
                (T + 1, captures.tcp("10.0.0.3:8080", "10.0.2.2:40000", "S")),
                (T + 60, captures.tcp("192.0.2.1:5", "10.0.0.9:443", "S")),
            ]
        with tempfile.TemporaryDirectory() as folder:
            capture, table = os.path.join(folder, "c.pcap"), os.path.join(folder, "rules.csv")
            with open(capture, "wb") as f:
                f.write(captures.pcap(records))
            with open(table, "w") as f:
                f.write(rules)
            done = subprocess.run([NF_CLI, "-r", capture, "--labels", table, *arguments], capture_output=True, text=True, timeout=60)
        done.stderr = done.stderr.replace(folder + "/", "")
        return done

    def labels(self, rules, *arguments, **more):
        """By the port that each flow has and no other; rows come in the order of the flows' first packets."""
        done = self.run_cli(rules, "--columns", "timestamp", *arguments, **more)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0], "timestamp,label")
        return [line.split(",", 1)[1] for line in lines[1:]]

    def test_time(self):
        for start in (str(T), "2017-07-05T09:47:00-03:00", "2017-07-05 12:47", "2017-07-05T12:47:00.000Z"):
            self.assertEqual(self.labels(f"label,start\nA,{start}\n"), ["BENIGN", "A", "A", "A"], start)
        self.assertEqual(self.labels(f"label,end\nA,{T}\n"), ["A", "A", "BENIGN", "BENIGN"])
        self.assertEqual(self.labels(f"start,end,label\n{T},{T}.5,A\n"), ["BENIGN", "A", "BENIGN", "BENIGN"])
        # A leap day, the last day of a century that is none, and before 1970.
        for time, second in (("2016-02-29T00:00:00Z", 1456704000), ("2000-02-29T12:00:00Z", 951825600), ("2100-03-01T00:00:00Z", 4107542400)):
            records = [(second, captures.udp("10.0.0.1:1", "10.0.0.2:2"))]
            self.assertEqual(self.labels(f"label,start,end\nA,{time},{time}\n", records=records), ["A"], time)

    def test_ends(self):
        self.assertEqual(self.labels("label,src\nA,10.0.0.0/24\n"), ["A", "A", "A", "A"])
        self.assertEqual(self.labels("label,src,direction\nA,10.0.0.0/24,forward\n"), ["A", "A", "A", "BENIGN"])
        self.assertEqual(self.labels("label,dst,src_port,direction\nA,10.0.0.0/24 10.0.1.2,5 1000-1001,forward\n"), ["A", "A", "BENIGN", "A"])
        self.assertEqual(self.labels("label,src,dst\nA,10.0.1.2,10.0.0.3\n"), ["BENIGN", "A", "BENIGN", "BENIGN"])
        self.assertEqual(self.labels("label,src,dst,direction\nA,10.0.1.2,10.0.0.3,forward\n"), ["BENIGN"] * 4)
        self.assertEqual(self.labels("label,src,src_port\nA,10.0.0.3,8080\n"), ["BENIGN", "BENIGN", "A", "BENIGN"])
        # Both fields of one end: not the port of one side and the address of the other.
        self.assertEqual(self.labels("label,src,src_port\nA,10.0.2.2,8080\n"), ["BENIGN"] * 4)
        self.assertEqual(self.labels("label,src\nA,10.0.0.0/31\n"), ["A", "BENIGN", "BENIGN", "BENIGN"])
        self.assertEqual(self.labels("label,src\nA,::/0\n"), ["BENIGN"] * 4)

    def test_protocol_and_order(self):
        self.assertEqual(self.labels("label,protocol,src\nA,udp,*\nB,6 17,10.0.0.3\n"), ["A", "A", "B", "BENIGN"])
        self.assertEqual(self.labels("label,protocol\nA,6\n", "--label-default", "none"), ["none", "none", "A", "A"])

    def test_texts(self):
        text = '# a comment\r\n\r\nlabel, dst_port \r\n"Web, ""quoted""" , 443\r\n\r\n  # another\r\nDNS,53'
        self.assertEqual(self.labels(text), ["DNS", "DNS", "BENIGN", '"Web, ""quoted"""'])

    def test_other_profiles_have_their_own(self):
        done = self.run_cli("label\nA\n", "--profile", "cicflowmeter-fixed")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout.splitlines()[0].count("Label") == 1 and "label" not in done.stdout.splitlines()[0])
        head = done.stdout.splitlines()[0].split(",")
        self.assertEqual([line.split(",")[head.index("Label")] for line in done.stdout.splitlines()[1:]], ["A"] * 4)

    def test_told(self):
        done = self.run_cli("label,src,dst_port,protocol\nA,10.0.0.0/8,,\nB,10.0.0.0/24,53,udp\nA,10.1.0.0/16,,\nC,,9,tcp\n")
        self.assertIn("warning: rules.csv, line 3: the rule for 'B' is never reached: all that it matches is matched by line 2 ('A')", done.stderr)
        self.assertIn("warning: rules.csv, line 5: no flow matched the rule for 'C'", done.stderr)
        self.assertNotIn("line 2: no flow", done.stderr)
        self.assertNotIn("line 4: the rule", done.stderr)

    def test_wrong(self):
        for rules, says in (
                ("", "rules.csv: there are no rules"),
                ("src\n10.0.0.1\n", "line 1: the first line names the fields, and label is not among them"),
                ("label,sorce\n", "line 1: there is no field 'sorce'"),
                ("label,src,src\n", "line 1: the field src is there twice"),
                ("label,src\nA,10.0.0.1\nA,10.0.0\n", "line 3: '10.0.0' is no address"),
                ("label,src\nA,10.0.0.1/33\n", "line 2: '10.0.0.1/33' is no address"),
                ("label,src\nA,1::2::3\n", "line 2: '1::2::3' is no address"),
                ("label,src\nA,1::2:\n", "line 2: '1::2:' is no address"),
                ("label,src\nA,1:2:3:4:5:6:7:8:\n", "line 2: '1:2:3:4:5:6:7:8:' is no address"),
                ("label,src_port\nA,70000\n", "line 2: '70000' is no port"),
                ("label,src_port\nA,20-10\n", "line 2: '20-10' ends before it begins"),
                ("label,protocol\nA,tpc\n", "line 2: 'tpc' is no protocol"),
                ("label,start\nA,2017-13-01T00:00\n", "line 2: start is seconds since the epoch or a time as"),
                ("label,start,end\nA,2,1\n", "line 2: the rule ends before it starts and can never match"),
                ("label,direction\nA,back\n", "line 2: direction is either or forward, not 'back'"),
                ("label\nA,B\n", "line 2: the line has more fields than the first one"),
                ("label,src\n,10.0.0.1\n", "line 2: the rule has no label"),
                ('label\n"A\n', "line 2: a quoted field does not end on its line"),
        ):
            done = self.run_cli(rules)
            self.assertEqual((done.returncode, done.stdout), (1, ""), (rules, done.stderr))
            self.assertIn(says, done.stderr)
        done = subprocess.run([NF_CLI, "-r", "/dev/null", "--labels", "/no/such"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("/no/such", done.stderr)


if __name__ == "__main__":
    unittest.main()
