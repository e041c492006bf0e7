#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""
make_summary_picture.py NF_CLI > docs/summary.svg

The screen of `nf-cli -T summary` as a picture: of the capture that tests/overview_traffic.py makes, as a terminal of 100 columns shows it.
The same program gives the same bytes.
"""
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path
from xml.sax.saxutils import escape

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
import overview_traffic  # noqa: E402

COLUMNS, CELL, LINE, SIZE, EDGE, BAR = 100, 8.4, 18, 14, 16, 34
COMMAND = "nf-cli -T summary office.pcap"
PLAIN, BACK = "#d8dee9", "#1f2430"
COLOURS = {"1": "#ffffff", "1;36": "#7fd7e8", "2": "#8b93a5", "32": "#8fce7c", "1;33": "#ffcc66", "35": "#d7a6e8"}


def run_in_terminal(program, folder):
    """What it writes to a terminal."""
    main, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 60, COLUMNS, 0, 0))
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    child = subprocess.Popen([program, "-T", "summary", "office.pcap"], cwd=folder, stdin=terminal, stdout=terminal, stderr=subprocess.DEVNULL, env=environment)
    os.close(terminal)
    out = b""
    while True:
        try:
            piece = os.read(main, 65536)
        except OSError:
            break
        if not piece:
            break
        out += piece
    if child.wait() != 0:
        sys.exit(f"{program} failed")
    return out.decode().replace("\r\n", "\n")


def runs(line):
    """(column, style, text) of a line."""
    column, style = 0, ""
    for text, code in re.findall(r"([^\x1b]+)|\x1b\[([0-9;]*)m", line):
        if text:
            yield column, style, text
            column += len(text)
        else:
            style = "" if code == "0" else code


def block(x, y, character, colour):
    """Blocks are drawn, so that they meet whatever the font; None for other characters."""
    code = ord(character) if len(character) == 1 else 0
    if 0x2581 <= code <= 0x2588:
        part = (code - 0x2580) / 8
        return f'<rect x="{x:.1f}" y="{y + (1 - part) * (LINE - 3):.1f}" width="{CELL + 0.1:.1f}" height="{part * (LINE - 3):.1f}" fill="{colour}"/>'
    if 0x2589 <= code <= 0x258f:
        return f'<rect x="{x:.1f}" y="{y:.1f}" width="{(0x2590 - code) / 8 * (CELL + 0.1):.1f}" height="{LINE - 3}" fill="{colour}"/>'
    return None


def words(x, y, text, style):
    """A run of text, at exactly its columns."""
    weight = ' font-weight="bold"' if style.startswith("1") else ""
    return (f'<text x="{x:.1f}" y="{y + SIZE - 2}" fill="{COLOURS.get(style, PLAIN)}"{weight} textLength="{len(text) * CELL:.1f}" '
            f'lengthAdjust="spacingAndGlyphs" xml:space="preserve">{escape(text)}</text>')


def drawn(line, y):
    """A line: words with single blanks between them are one piece, blocks are pieces of their own."""
    for column, style, text in runs(line):
        for match in re.finditer(r"[\u2581-\u258f]|[^\s\u2581-\u258f]+(?: [^\s\u2581-\u258f]+)*", text):
            x = EDGE + (column + match.start()) * CELL
            yield block(x, y, match.group(), COLOURS.get(style, PLAIN)) or words(x, y, match.group(), style)


def picture(lines):
    width, height = 2 * EDGE + COLUMNS * CELL, BAR + EDGE + len(lines) * LINE + EDGE / 2
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}" '
           f'font-family="DejaVu Sans Mono, Menlo, Consolas, Liberation Mono, monospace" font-size="{SIZE}">')
    yield f'<title>{escape(COMMAND)}</title>'
    yield f'<rect width="100%" height="100%" rx="8" fill="{BACK}"/>'
    for i, colour in enumerate(("#ff5f57", "#febc2e", "#28c840")):
        yield f'<circle cx="{EDGE + 6 + 20 * i}" cy="{BAR / 2:.0f}" r="6" fill="{colour}"/>'
    for i, line in enumerate(lines):
        yield from drawn(line, BAR + i * LINE)
    yield "</svg>"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "office.pcap").write_bytes(overview_traffic.as_pcap(overview_traffic.office()[0]))
        screen = run_in_terminal(os.path.abspath(sys.argv[1]), folder)
    print("\n".join(picture([f"\x1b[32m$\x1b[0m \x1b[1m{COMMAND}\x1b[0m", *screen.rstrip("\n").split("\n")])))


main()
