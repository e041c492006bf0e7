#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes inputs for bin/fuzz_decoder to begin with: every tunnel of tests/test_tunnels.py, as it is and nested, and fragments of some of them.

usage: corpus.py FOLDER        then: bin/fuzz_decoder -max_total_time=SECONDS -max_len=4096 FOLDER
"""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True
import captures
import test_tunnels as tunnels

# The first byte, as options_of() in fuzz_decoder.c reads it.
PROTOCOLS, ALL, DEFRAG, INNER, BOTH, MARK, VERIFY = 1, 2, 4, 1 << 3, 2 << 3, 2 << 5, 1 << 5
SETTINGS = PROTOCOLS | ALL | DEFRAG | INNER, PROTOCOLS | ALL | DEFRAG | BOTH | MARK, PROTOCOLS | INNER | VERIFY


def one(settings, frames):
    return bytes([settings]) + b"".join(struct.pack("!HBB", len(frame), captures.ETHERNET, 1) + frame for frame in frames)


def in_fragments(frame, step=24):
    """An IPv4 frame in parts of so many bytes."""
    header, payload = frame[14:34], frame[34:]
    parts = []
    for at in range(0, len(payload), step):
        part, more = payload[at:at + step], 0x2000 if at + step < len(payload) else 0
        parts.append(captures.ethernet(header[:2] + struct.pack("!HHH", 20 + len(part), 7, more | at // 8) + header[8:] + part))
    return parts


def inputs():
    for row in tunnels.built():
        yield [row.frame]
        if row.frame[12:14] == b"\x08\x00":
            yield in_fragments(row.frame)
    for name in tunnels.nested(""):
        yield [tunnels.nested(name, 1500)]


def main(folder):
    os.makedirs(folder, exist_ok=True)
    n = 0
    for frames in inputs():
        for settings in SETTINGS:
            with open(os.path.join(folder, f"{n:05d}"), "wb") as f:
                f.write(one(settings, frames))
            n += 1
    print(f"{n} inputs")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
