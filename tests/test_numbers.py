#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers as text, against Python's own: repr() for reals, Fraction for what must be the nearest double, Decimal for times."""
import math
import os
import random
import struct
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

TOOL = os.path.join(os.environ["NF_BUILD"], "bin", "tool_numbers")
SEED = 20240229
failures = 0


def printed(mode, words):
    data = struct.pack(f"<{len(words)}Q", *words)
    return subprocess.run([TOOL, mode], input=data, stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()


def check(mode, inputs, got, expected):
    global failures
    if len(inputs) != len(got):
        print(f"{mode}: {len(inputs)} numbers in, {len(got)} out")
        failures += 1
    for given, text in zip(inputs, got):
        want = expected(given)
        if text != want:
            failures += 1
            if failures < 20:
                print(f"{mode} {given}: expected {want}, got {text}")
    print(f"{mode}: {len(inputs)} compared")


def bits(x):
    return struct.unpack("<Q", struct.pack("<d", x))[0]


def real(word):
    return struct.unpack("<d", struct.pack("<Q", word))[0]


def reals(rnd, n):
    """Every kind of double: random bits, powers of two and ten and their neighbours, few digits, and the sizes that flows have."""
    words = [w for w in (rnd.getrandbits(64) for _ in range(n // 2)) if math.isfinite(real(w))]
    words += [bits(rnd.randrange(10 ** rnd.randrange(1, 18)) / 10 ** rnd.randrange(0, 12)) for _ in range(n // 4)]
    words += [bits(rnd.random() * 10 ** rnd.randrange(-9, 12)) for _ in range(n // 4)]
    for e in range(-1074, 1024):
        words += [bits(2.0 ** e) + d for d in (-1, 0, 1) if bits(2.0 ** e) + d >= 0]
    for e in range(-300, 300):
        words += [bits(10.0 ** e) + d for d in (-1, 0, 1)]
    words += [bits(x) for x in (0.0, -0.0, 1.0, 1e15, 1e16, 9999999999999998.0, 1e-4, 9.999e-5, 123456789012345680.0, 5e-324)]
    return words


def sizes(rnd, n, top):
    """Integers of every length up to top bits."""
    return [rnd.getrandbits(rnd.randrange(1, top + 1)) for _ in range(n)]


def main():
    rnd = random.Random(SEED)
    words = reals(rnd, 2_000_000)
    check("real", words, printed("real", words), lambda w: repr(real(w)))

    words = sizes(rnd, 500_000, 64) + [10 ** k + d for k in range(19) for d in (-1, 0, 1)]
    check("seconds", words, printed("seconds", words), lambda ns: repr(ns / 10 ** 9))

    def exact(word):
        ns = word - (1 << 64) if word >> 63 else word
        text = format(Decimal(ns) / 10 ** 9, "f")
        return text if "." in text else text + ".0"
    check("time", words, printed("time", words), exact)

    triples = list(zip(sizes(rnd, 100_000, 128), sizes(rnd, 100_000, 64))) + [(0, 0), (7, 0), (2 ** 100, 0), (0, 2 ** 60)]
    # Rates of long flows; and quotients of 54 bits that end in 1, the middle between two doubles, with their neighbours on both sides.
    triples += [(rnd.getrandbits(rnd.randrange(20, 50)) * 10 ** 9, rnd.getrandbits(rnd.randrange(30, 64))) for _ in range(50_000)]
    for divisor in sizes(rnd, 30_000, 64):
        middle = (rnd.getrandbits(53) | 1 << 53 | 1) * (divisor | 1) << rnd.randrange(8)
        triples += [(middle + d, divisor | 1) for d in (-1, 0, 1)]
    flat = [w for a, b in triples for w in (a & (2 ** 64 - 1), a >> 64, b)]
    check("ratio", triples, printed("ratio", flat), lambda t: repr(float(Fraction(*t)) if t[1] else 0.0))

    groups = []
    for _ in range(50_000):
        values = [rnd.getrandbits(rnd.randrange(1, 48)) for _ in range(rnd.randrange(0, 9))]
        groups.append((len(values), sum(values), sum(v * v for v in values)))
    flat = [w for n, s, q in groups for w in (n, s, q & (2 ** 64 - 1), q >> 64)]
    check("variance", groups, printed("variance", flat),
          lambda g: repr(float(Fraction(g[0] * g[2] - g[1] ** 2, g[0] * (g[0] - 1)))) if g[0] > 1 else "0.0")

    # Numerators beyond 128 bits: half of the values x and half y; and large values that differ by one in few places.
    wide = []
    for _ in range(2000):
        m, x, y = rnd.randrange(2 ** 32, 2 ** 38), rnd.randrange(2 ** 20), rnd.randrange(2 ** 20)
        wide.append((2 * m, m * (x + y), m * (x * x + y * y)))
    wide += [(2 ** 31, 2 ** 63 + k, 2 ** 95 + k * (2 ** 33 + 1)) for k in range(1, 50)]
    flat = [w for n, s, q in wide for w in (n, s, q & (2 ** 64 - 1), q >> 64)]
    global failures
    for (n, s, q), text in zip(wide, printed("variance", flat)):
        want = float(Fraction(n * q - s * s, n * (n - 1)))
        if abs(float(text) - want) > 3 * math.ulp(want):
            failures += 1
            print(f"variance {n} {s} {q}: expected {want!r}, got {text}")
    print(f"wide variance: {len(wide)} compared")
    return 1 if failures else 0


sys.exit(main())
