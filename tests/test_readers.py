# SPDX-License-Identifier: GPL-2.0-or-later
"""The native reader and libwiretap see the same in every capture, whole, damaged, and through a pipe: frames, numbers, faults.

    test_readers.py [DAMAGED [SEED]]      how many damaged copies (10000), and which ones
"""
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "conformance"))
import common
import mutate

TOOL = os.path.join(os.environ.get("NF_BUILD", "build/release"), "bin", "tool_frames")
CONFORMANCE_MOST = 40000  # bytes of a capture that damaged copies are made of
BATCH = 2000
NO_FAULT = ", no error: ;"


def look(names, *options):
    """What both readers tell of the captures: lists of lines."""
    # wiretap itself loses memory on damaged name blocks; what the native reader holds is looked after by test_native.
    env = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
    running = [subprocess.Popen([TOOL, reader, "-c", *options], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
               for reader in ("auto", "wiretap")]
    for process in running:
        process.stdin.write("".join(f"{n}\n" for n in names).encode())
        process.stdin.close()
    # The second one waits while the first one is read: there is no more in its pipe than it can hold on to.
    out = [process.stdout.read().decode(errors="replace").splitlines() for process in running]
    said = [process.stderr.read() for process in running]
    codes = [process.wait() for process in running]
    if codes != [0, 0] or any(said) or len(out[1]) != len(names):
        sys.exit(f"tool_frames ended with {codes}, after {len(out[0])} and {len(out[1])} of {len(names)}: {said}")
    return out


def compare(names, what, *options):
    native, wiretap = look(names, *options)
    bad = [(n, a, b) for n, a, b in zip(names, native, wiretap) if a != b]
    for name, a, b in bad[:5]:
        print(f"{name} ({what}):\n  native  {a}\n  wiretap {b}")
    ended = sum(NO_FAULT in line for line in wiretap)
    print(f"{what}: {len(names)} captures, {ended} of them without a fault, {len(bad)} differ")
    return len(bad)


def is_packed(path):
    with open(path, "rb") as f:
        return f.read(4) in (b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18") or read(path)[:2] == b"\x1f\x8b"


def plain(names):
    """Those that are not compressed: how far wiretap gets in a damaged compression depends on how a pipe's bytes arrive."""
    return [n for n in names if not is_packed(n)]


def plain_or_good(names):
    """Those that are not compressed, or are captures without a fault."""
    return [n for n, line in zip(names, look(names)[1]) if not is_packed(n) or NO_FAULT in line]


def write(folder, number, data):
    path = os.path.join(folder, f"{number}.cap")
    with open(path, "wb") as f:
        f.write(data)
    return path


def conformance():
    if not os.path.isdir(os.path.join(common.DATA, "captures")):
        print(f"no conformance data at {common.DATA}: captures made here alone")
        return []
    return [os.path.join(common.DATA, folder, n) for folder in ("captures", "odd") for n in common.names(folder)]


def read(path):
    with open(path, "rb") as f:
        return f.read()


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 10000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 8
    made, given = mutate.seeds(), conformance()
    sources = made + [read(p) for p in given if os.path.getsize(p) <= CONFORMANCE_MOST]
    bad = 0
    if given:
        bad += compare(given, "conformance") + compare(given, "conformance through a pipe", "-p")
    with tempfile.TemporaryDirectory() as folder:
        names = [write(folder, i, data) for i, data in enumerate(made)]
        bad += compare(names, "made here") + compare(plain_or_good(names), "made here, through a pipe", "-p")
        copies = mutate.some_damaged(sources, n, seed)
        for first in range(0, n, BATCH):
            names = [write(folder, i, next(copies)) for i in range(min(BATCH, n - first))]
            bad += compare(names, "damaged") + compare(plain(names[::2]), "damaged, through a pipe", "-p")
    return bad > 0


with_wiretap = subprocess.run([os.environ.get("NF_CLI", "nf-cli"), "--version"], capture_output=True).stdout
if b"libwiretap" not in with_wiretap:
    print("skipped: there is no libwiretap in this build to compare with")
    sys.exit(common.SKIPPED)
sys.exit(main())
