#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
The connections of traces against the conn.log that Zeek expects of itself (../shared/conformance/zeek, see INDEX.tsv there).

test_zeek.py [-v] [TRACE...]

Connections are matched by their id and compared in all of FIELDS. At least 97 % of all must be equal, and each that is not must be named in
conformance/exceptions with a reason; an exception that is not needed any more is a failure too. -v prints each difference.
"""
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

SOURCE = Path(os.environ.get("NF_SOURCE", Path(__file__).resolve().parent.parent))
DATA = Path(os.environ.get("NF_CONFORMANCE", SOURCE.parent / "shared" / "conformance")) / "zeek"
EXCEPTIONS = SOURCE / "tests" / "conformance" / "exceptions"
ID = ("id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto")
FIELDS = ("proto", "duration", "orig_bytes", "resp_bytes", "conn_state", "missed_bytes", "history", "orig_pkts", "orig_ip_bytes",
          "resp_pkts", "resp_ip_bytes", "ip_proto", "local_orig", "local_resp")
SERVICES = set("http ssl ssh dns ftp smtp pop3 imap dhcp ntp snmp sip quic rdp smb mqtt mysql postgresql irc krb krb_tcp ldap_tcp ldap_udp "
               "modbus dnp3 dnp3_tcp dnp3_udp radius syslog socks".split())
PARTIAL = {"wikipedia.pcap"}  # the expected log is of a part of the trace
# Percent.
LEAST, LEAST_SERVICES = 97.0, 90.0


def program():
    if "NF_ZEEK" in os.environ:
        return os.environ["NF_ZEEK"].split()
    return [str(Path(os.environ.get("NF_BUILD", SOURCE / "build" / "dev")) / "bin" / "tool_zeek")]


def read_log(lines):
    """The rows of a log as dictionaries."""
    rows, fields = [], None
    for line in lines:
        if line.startswith("#fields\t"):
            fields = line.rstrip("\n").split("\t")[1:]
        elif not line.startswith("#"):
            rows.append(dict(zip(fields, line.rstrip("\n").split("\t"))))
    return rows


def duration(row):
    return None if row["duration"] == "-" else float(row["duration"])


def differences(ours, zeeks):
    """The names of the fields that differ, of those that Zeek's row has."""
    found = []
    for field in FIELDS:
        if field not in zeeks:
            continue
        if field == "duration":
            a, b = duration(ours), duration(zeeks)
            if (a is None) != (b is None) or (a is not None and abs(a - b) > 2.0001e-6):
                found.append(field)
        elif ours.get(field) != zeeks[field]:
            found.append(field)
    return found


def grouped(rows):
    groups = defaultdict(list)
    for row in rows:
        groups[tuple(row[f] for f in ID)].append(row)
    return groups


def pair(ours, zeeks):
    """Rows of one id: each of Zeek's with the nearest of ours, the best pairs first."""
    pairs, ours = [], list(ours)
    ranked = sorted(((len(differences(o, z)), j, i) for i, o in enumerate(ours) for j, z in enumerate(zeeks)))
    used_o, used_z = set(), set()
    for _, j, i in ranked:
        if i not in used_o and j not in used_z:
            used_o.add(i)
            used_z.add(j)
            pairs.append((ours[i], zeeks[j]))
    pairs += [(None, z) for j, z in enumerate(zeeks) if j not in used_z]
    pairs += [(o, None) for i, o in enumerate(ours) if i not in used_o]
    return pairs


def compare(trace, checksums):
    ours = read_log(subprocess.run(program() + [checksums, str(DATA / trace)], check=True, capture_output=True, text=True).stdout.splitlines())
    zeeks = read_log((DATA / (trace + ".conn.log")).read_text().splitlines())
    our_groups, zeek_groups = grouped(ours), grouped(zeeks)
    for key in sorted(set(our_groups) | set(zeek_groups)):
        for o, z in pair(our_groups.get(key, []), zeek_groups.get(key, [])):
            yield key, o, z


def read_exceptions():
    """Trace, id -> reason. Lines: zeek/TRACE ORIG_H ORIG_P RESP_H RESP_P PROTO : REASON"""
    found = {}
    if EXCEPTIONS.exists():
        for line in EXCEPTIONS.read_text().splitlines():
            if line.startswith("zeek/"):
                name, _, reason = line.removeprefix("zeek/").partition(" : ")
                if not reason:
                    sys.exit(f"{EXCEPTIONS}: {name} has no reason")
                found[tuple(name.split())] = reason
    return found


def main():
    verbose = "-v" in sys.argv
    only = [a for a in sys.argv[1:] if not a.startswith("-")]
    if not (DATA / "INDEX.tsv").exists():
        print(f"skipped: no traces in {DATA}")
        return 77
    exceptions = read_exceptions()
    total = equal = extra = services = services_equal = 0
    failures, met = [], set()
    for line in (DATA / "INDEX.tsv").read_text().splitlines()[1:]:
        trace, checksums = line.split("\t")
        if only and trace not in only:
            continue
        for key, ours, zeeks in compare(trace, checksums):
            name = (trace, *key)
            if zeeks is None:
                extra += 1
                what = "" if trace in PARTIAL else f"is not in Zeek's log: {ours['conn_state']} {ours['history']}"
            elif ours is None:
                total += 1
                what = f"is not in ours: {zeeks['conn_state']} {zeeks['history']}"
            else:
                total += 1
                fields = differences(ours, zeeks)
                equal += not fields
                what = " ".join(f"{f} {zeeks[f]} ours {ours.get(f)};" for f in fields)
                for service in (s for s in zeeks["service"].split(",") if s in SERVICES):
                    services += 1
                    services_equal += service in ours["service"].split(",")
                    if verbose and service not in ours["service"].split(","):
                        print(" ".join(name), "service", zeeks["service"], "ours", ours["service"])
            if what and verbose:
                print(" ".join(name), what)
            if what and name in exceptions:
                met.add(name)
            elif what:
                failures.append(f"{' '.join(name)} {what}")
    percent = 100.0 * equal / total
    service_percent = 100.0 * services_equal / services if services else 100.0
    print(f"{equal} of {total} connections are equal ({percent:.1f} %), {extra} more are only ours; "
          f"{services_equal} of {services} services ({service_percent:.1f} %)")
    if only:
        return 0
    for name in sorted(set(exceptions) - met):
        failures.append(f"{' '.join(name)}: is equal, but named in {EXCEPTIONS}")
    for failure in failures:
        print(failure)
    return int(bool(failures) or percent < LEAST or service_percent < LEAST_SERVICES)


if __name__ == "__main__":
    sys.exit(main())
