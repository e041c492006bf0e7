#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
What reads Zeek's logs reads ours: zeek-cut as it is usually called, pandas as notebooks do it, a JSON reader. The capture is made here and its
connections are worked out by hand.
"""
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

import captures

TOOL = [str(Path(os.environ["NF_BUILD"]) / "bin" / "tool_zeek")]
CUT = shutil.which("zeek-cut") or shutil.which("bro-cut")
UID = re.compile(r"C[0-9A-Za-z]{17}\Z")
TYPES = ("time string addr port addr port enum string interval count count string bool bool count string count count count count "
         "set[string] count").split()
NAMES = ("ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig local_resp "
         "missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents ip_proto").split()


def tcp(source, destination, flags, seq, ack=0, payload=b""):
    """An Ethernet frame with a TCP segment, checksums right."""
    (a, ap), (b, bp) = captures.ends(source, destination)
    bits = sum(captures.FLAGS[f] for f in flags)
    segment = struct.pack("!HHIIBBHHH", ap, bp, seq, ack, 5 << 4, bits, 1000, 0, 0) + payload
    packet = captures.ipv4(a, b, 6, segment)
    pseudo = packet[12:20] + struct.pack("!BBH", 0, 6, len(segment))
    sum_ = captures.checksum(pseudo + segment)
    return captures.ethernet(packet[:20] + segment[:16] + struct.pack("!H", sum_) + segment[18:])


def icmp(source, destination, kind):
    body = struct.pack("!BBHHH", kind, 0, 0, 7, 1) + bytes(48)
    body = body[:2] + struct.pack("!H", captures.checksum(body)) + body[4:]
    return captures.ethernet(captures.ipv4(source, destination, 1, body))


def capture():
    c, s = "10.1.1.1:40000", "198.18.255.1:80"
    far = "203.0.114.9:80"
    request, answer = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    t = Decimal(1_700_000_000)
    return captures.pcap([
        (t + Decimal("0.25"), tcp(c, s, "S", 100)),
        (t + Decimal("0.5"), tcp(s, c, "SA", 900, 101)),
        (t + Decimal("0.625"), tcp(c, s, "A", 101, 901)),
        (t + Decimal("0.75"), tcp(c, s, "A", 101, 901, request)),
        (t + Decimal("0.875"), tcp(s, c, "A", 901, 101 + len(request), answer)),
        (t + 1, tcp(c, s, "FA", 101 + len(request), 901 + len(answer))),
        (t + Decimal("1.5"), tcp(s, c, "FA", 901 + len(answer), 102 + len(request))),
        (t + 2, tcp("10.1.1.1:40001", far, "S", 100)),
        (t + 3, icmp("10.1.1.1", "10.1.1.2", 8)),
        (t + Decimal("3.125"), icmp("10.1.1.2", "10.1.1.1", 0)),
    ])


# By hand: headers are 20 + 20 bytes, ICMP's 20 + 8 + 48. The answer to the last FIN is missing, which Zeek's letters show by no more than that.
EXPECTED = {
    "40000": dict(proto="tcp", service="http", duration="1.250000", orig_bytes="27", resp_bytes="38", conn_state="SF", local_orig="T",
                  local_resp="T", missed_bytes="0", history="ShADdFf", orig_pkts="4", orig_ip_bytes="187", resp_pkts="3",
                  resp_ip_bytes="158", tunnel_parents="-", ip_proto="6", ts="1700000000.250000"),
    "40001": dict(proto="tcp", service="-", duration="-", orig_bytes="-", resp_bytes="-", conn_state="S0", local_orig="T", local_resp="F",
                  missed_bytes="0", history="S", orig_pkts="1", orig_ip_bytes="40", resp_pkts="0", resp_ip_bytes="0", tunnel_parents="-",
                  ip_proto="6", ts="1700000002.000000"),
    "8": dict(proto="icmp", service="-", duration="0.125000", orig_bytes="48", resp_bytes="48", conn_state="OTH", local_orig="T",
              local_resp="T", missed_bytes="0", history="-", orig_pkts="1", orig_ip_bytes="76", resp_pkts="1", resp_ip_bytes="76",
              tunnel_parents="-", ip_proto="1", ts="1700000003.000000"),
}


def run(*command, **more):
    return subprocess.run(command, check=True, capture_output=True, text=True, **more).stdout


def check(what, found, expected):
    if found != expected:
        sys.exit(f"{what}: found {found!r}, expected {expected!r}")


def check_tsv(text):
    lines = text.split("\n")
    check("head", lines[:6], ["#separator \\x09", "#set_separator\t,", "#empty_field\t(empty)", "#unset_field\t-", "#path\tconn",
                              "#open\t2026-01-02-03-04-05"])
    check("fields", lines[6].split("\t"), ["#fields"] + NAMES)
    check("types", lines[7].split("\t"), ["#types"] + TYPES)
    check("end", lines[-2:], ["#close\t2026-01-02-03-04-06", ""])
    rows = [dict(zip(NAMES, line.split("\t"))) for line in lines[8:-2]]
    check("ports", sorted(row["id.orig_p"] for row in rows), sorted(EXPECTED))
    for row in rows:
        expected = EXPECTED[row["id.orig_p"]]
        check(row["id.orig_p"], {name: row[name] for name in expected}, expected)
        check("uid", bool(UID.match(row["uid"])), True)
    return rows


def check_cut(text, rows):
    """zeek-cut's usual invocations: some fields, with the header, times in words, another separator."""
    def cut(*arguments):
        return run(CUT, *arguments, input=text, env=dict(os.environ, TZ="UTC")).splitlines()

    check("zeek-cut", cut("id.orig_h", "id.resp_p", "conn_state"), ["\t".join(r[n] for n in ("id.orig_h", "id.resp_p", "conn_state")) for r in rows])
    check("zeek-cut -c", [line for line in cut("-c", "uid", "duration") if line.startswith("#fields")], ["#fields\tuid\tduration"])
    check("zeek-cut -u", cut("-u", "ts")[0], "2023-11-14T22:13:20+0000")
    check("zeek-cut -F ,", cut("-F", ",", "proto", "service"), [f"{r['proto']},{r['service']}" for r in rows])
    check("zeek-cut, all", [line.split("\t") for line in cut()], [[r[n] for n in NAMES] for r in rows])


PANDAS = """
import sys, pandas
names = open(sys.argv[1]).read().split("#fields\\t")[1].split("\\n")[0].split("\\t")
log = pandas.read_csv(sys.argv[1], sep="\\t", comment="#", names=names, na_values=["-", "(empty)"], true_values=["T"], false_values=["F"])
assert log.ts.dtype == float and log.duration.dtype == float and log.orig_pkts.dtype.kind == "i" and log.local_resp.dtype == bool, log.dtypes
assert log.duration.sum() == 1.375 and log.orig_bytes.sum() == 75 and log.duration.isna().sum() == 1, log
print(log.groupby("conn_state").size().to_dict())
"""


def check_pandas(path):
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-c", "import pandas"], capture_output=True).returncode == 0:
            check("pandas", run(python, "-c", PANDAS, path), "{'OTH': 1, 'S0': 1, 'SF': 1}\n")
            return True
    return False


def check_json(text):
    rows = [json.loads(line) for line in text.splitlines()]
    check("json rows", len(rows), len(EXPECTED))
    for row in rows:
        expected = {k: v for k, v in EXPECTED[str(row["id.orig_p"])].items() if v != "-"}
        found = {}
        for name, value in row.items():
            kind = TYPES[NAMES.index(name)] if name in NAMES else "more"
            want = {"time": float, "interval": float, "count": int, "port": int, "bool": bool, "set[string]": list}.get(kind, str)
            check(f"type of {name}", type(value), int if kind == "more" and name.endswith("vlan") else want)
            found[name] = f"{value:.6f}" if want is float else ("F", "T")[value] if want is bool else str(value)
        check("json", {name: found.get(name) for name in expected}, expected)
        check("unset fields", [n for n in EXPECTED[str(row["id.orig_p"])] if n not in expected and n in row], [])


def main():
    with tempfile.TemporaryDirectory() as folder:
        trace, log = Path(folder) / "a.pcap", Path(folder) / "conn.log"
        trace.write_bytes(capture())
        text = run(*TOOL, "verify", str(trace))
        log.write_text(text)
        rows = check_tsv(text)
        check("the same twice", run(*TOOL, "verify", str(trace)), text)
        check_json(run(*TOOL, "verify", "-j", str(trace)))
        check_json(run(*TOOL, "verify", "-j", "-x", str(trace)))
        more = run(*TOOL, "verify", "-x", str(trace))
        check("more fields", [line for line in more.split("\n") if line.startswith("#fields")], ["#fields\t" + "\t".join(NAMES + ["vlan", "inner_vlan", "community_id"])])
        if CUT:
            check_cut(text, rows)
        else:
            print("zeek-cut is not there")
        if not check_pandas(str(log)):
            print("pandas is not there")
    return 0


if __name__ == "__main__":
    sys.exit(main())
