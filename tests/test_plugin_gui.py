#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin in Wireshark, on a screen that nobody sees: what a person would do with it, and what then is in the files.

Environment as for test_plugin.py. Screenshots are left in NF_BUILD/screenshots.
"""
import os
import re
import signal
import subprocess
import sys
import time
import unittest
from decimal import Decimal

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import test_plugin
from captures import pcap, tcp, udp
from test_plugin import BUILD, Host, need, nf_cli, sanitizer

SCREEN = "1500x950x24"
PICTURES = os.path.join(BUILD, "screenshots")
PATIENCE = 30
FLOWS = "Netflower flows"
PREFERENCES = "gui.update.enabled: FALSE\ngui.ask_unsaved: FALSE\ngui.geometry.save.size: FALSE\ngui.geometry.save.position: FALSE\n"

# Where things are in the table's window, from its lower right corner.
APPLY, FILTER, LABEL, SAVE, CLOSE = (-45, -50), (-250, -50), (-540, -20), (-137, -19), (-45, -19)
# Headers of columns, from its upper left corner.
NUMBER, SRC_PORT = (30, 22), (225, 22)


def conversations(n, packets=3):
    """n TCP connections and n exchanges over UDP, of different sizes; one of them has addresses and ports of its own."""
    records = []
    for i in range(n):
        port = (9000, 20000, 999)[i % 3] + i * 7 % 20
        client, server = f"10.1.{i // 250}.{i % 250 + 1}:{port}", f"192.0.2.{i % 9 + 1}:{(80, 443, 8080)[i % 3]}"
        frames = [tcp(client, server, "S"), tcp(server, client, "SA"), tcp(client, server, "A")]
        frames += [tcp(client, server, "PA", b"x" * (10 * (i % 20) + j)) for j in range(packets)]
        frames += [udp(client, "192.0.2.53:53", b"q" * (i % 40)), udp("192.0.2.53:53", client, b"r" * 100)]
        records += [(1700000001 + i + Decimal(j) / 16, frame) for j, frame in enumerate(frames)]
    return pcap(records)


class Screen:
    """An X server with a window manager."""

    def __init__(self, size=SCREEN):
        read, write = os.pipe()
        self.server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp", "-ac"], pass_fds=[write],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as numbers:
            number = numbers.readline().strip()
        if not number:
            raise RuntimeError("Xvfb does not start")
        self.display = {"DISPLAY": ":" + number}
        self.manager = subprocess.Popen(["openbox", "--sm-disable"], env={**os.environ, **self.display}, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        self.until(lambda: self.xdotool("getactivewindow", check=False) is not None or True, "a window manager")

    def xdotool(self, *arguments, check=True):
        done = subprocess.run(["xdotool", *map(str, arguments)], env={**os.environ, **self.display}, capture_output=True, text=True)
        if check and done.returncode:
            raise AssertionError(f"xdotool {arguments}: {done.stderr}")
        return done.stdout

    def windows(self, title):
        """Ids of the visible windows whose title holds this."""
        return self.xdotool("search", "--onlyvisible", "--name", re.escape(title), check=False).split()

    def until(self, condition, what, patience=PATIENCE):
        end = time.monotonic() + patience
        while time.monotonic() < end:
            result = condition()
            if result:
                return result
            time.sleep(0.05)
        self.picture("failed")
        raise AssertionError(f"no {what} after {patience} s; see {PICTURES}/failed.png")

    def window(self, title, patience=PATIENCE):
        return self.until(lambda: self.windows(title), f"window '{title}'", patience)[-1]

    def gone(self, title):
        self.until(lambda: not self.windows(title), f"end of the window '{title}'")

    def activate(self, window):
        self.xdotool("windowactivate", "--sync", window)

    def keys(self, *names):
        self.xdotool("key", "--delay", 25, *names)

    def type(self, text):
        self.xdotool("type", "--delay", 5, text)

    def click(self, window, place):
        """place: from the lower right corner where negative, else from the upper left one."""
        size = dict(line.split("=") for line in self.xdotool("getwindowgeometry", "--shell", window).split())
        x, y = (p if p >= 0 else int(size[s]) + p for p, s in zip(place, ("WIDTH", "HEIGHT")))
        self.xdotool("mousemove", "--window", window, x, y, "click", 1)

    def picture(self, name, window="root", *options):
        os.makedirs(PICTURES, exist_ok=True)
        subprocess.run(["import", "-window", window, *options, os.path.join(PICTURES, name + ".png")], env={**os.environ, **self.display})

    def close(self):
        for process in self.manager, self.server:
            process.terminate()
            process.wait()


class Wireshark:
    """One run of the program."""

    def __init__(self, screen, host, capture, *arguments):
        self.screen, self.host, self.title = screen, host, os.path.basename(capture)
        folder = os.path.join(host.home, ".config/wireshark")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "preferences"), "w") as f:
            f.write(PREFERENCES)
        if os.geteuid() == 0:
            for path, folders, files in os.walk(host.home):
                for name in [path] + [os.path.join(path, f) for f in folders + files]:
                    os.chown(name, test_plugin.NOBODY, test_plugin.NOBODY)
        self.said = open(os.path.join(host.folder, "said"), "w+")
        self.process = subprocess.Popen(host.command("wireshark", "-r", capture, *arguments), stdin=subprocess.DEVNULL,
                                        stdout=self.said, stderr=self.said, cwd=host.out,
                                        env={**host.environment(), **screen.display, "QT_QPA_PLATFORMTHEME": ""})

    def main(self):
        self.alive()
        def find():
            return [w for w in self.screen.windows(self.title) if self.name(w) == self.title]
        return self.screen.until(find, "main window")[0]

    def name(self, window):
        return self.screen.xdotool("getwindowname", window, check=False).strip()

    def alive(self):
        if self.process.poll() is not None:
            raise AssertionError(f"Wireshark has ended: {self.process.returncode}: {self.text()}")

    def text(self):
        self.said.flush()
        with open(self.said.name) as f:
            return f.read()

    def statistics(self, *keys):
        """Opens the menu and presses keys in it."""
        self.screen.activate(self.main())
        time.sleep(0.2)
        self.screen.keys("alt+s")
        time.sleep(0.4)
        self.screen.keys(*keys)

    def open_table(self):
        """By the menu. Its entry has no key of its own: it is looked for from below, where Netflower's own menu is last."""
        before = self.tables()
        for up in (19, 18, 20, 17, 21, 16, 22):
            self.statistics(*["Up"] * up, "Return")
            time.sleep(0.4)
            new = self.screen.until(lambda: [w for w in self.screen.windows(" · ") if w not in before] or ["none"], "window")
            if new[0] != "none" and FLOWS in self.name(new[0]):
                return new[0]
            self.screen.keys("Escape", "Escape")
        raise AssertionError("the menu has no Netflower flows")

    def tables(self):
        return self.screen.windows(FLOWS)

    def boxes(self):
        """Messages: windows whose title is the program's name alone."""
        found = self.screen.xdotool("search", "--onlyvisible", "--class", "^wireshark$", check=False).split()
        return [window for window in found if self.name(window) == "Wireshark"]

    def netflower_menu(self, entry):
        self.statistics("Up", "Right", *["Down"] * entry, "Return")

    def idle(self):
        """Waits until the program has nothing to do."""
        def ticks():
            self.alive()
            with open(f"/proc/{self.process.pid}/stat") as f:
                return sum(map(int, f.read().rsplit(")", 1)[1].split()[11:13]))
        quiet, last = 0, -1
        while quiet < 3:
            time.sleep(0.1)
            now = ticks()
            quiet = quiet + 1 if now - last <= 1 else 0
            last = now

    def rows(self, table, name):
        """The table as its "Save as..." writes it: the names of the columns, and rows as lists of text."""
        path = self.host.path(name)
        self.idle()
        self.screen.activate(table)
        self.screen.click(table, SAVE)
        dialog = self.screen.window("Save Statistics As")
        self.screen.activate(dialog)
        time.sleep(0.2)
        self.screen.keys("ctrl+a")
        self.screen.type(path)
        self.screen.keys("Return")
        self.screen.until(lambda: os.path.exists(path) and os.path.getsize(path), path)
        self.idle()
        with open(path) as f:
            lines = f.read().splitlines()
        os.unlink(path)
        header = lines[2].split()
        return header, [line.split(None, len(header) - 1) for line in lines[4:] if not line.startswith("---")]

    def filter(self, table, text):
        self.screen.activate(table)
        self.screen.click(table, FILTER)
        self.screen.keys("ctrl+a", "Delete")
        self.screen.type(text)
        time.sleep(0.2)
        # A list of names to complete with may have come up: the next click only closes it.
        self.screen.click(table, LABEL)
        self.screen.click(table, APPLY)
        self.idle()

    def quit(self):
        self.screen.activate(self.main())
        self.screen.keys("ctrl+q")
        try:
            self.process.wait(PATIENCE)
        finally:
            self.kill()
        return self.process.returncode

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
        self.said.close()


def csv_rows(*arguments):
    lines = nf_cli("-q", *arguments).stdout.decode().splitlines()
    return lines[0].split(","), [line.split(",") for line in lines[1:]]


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.screen = Screen()
        cls.addClassCleanup(cls.screen.close)
        cls.host = Host()
        cls.addClassCleanup(cls.host.remove)
        cls.capture = cls.make("conversations.pcap", conversations(20))

    @classmethod
    def make(cls, name, content):
        """A capture in a folder that Wireshark may write to."""
        path = cls.host.path(name)
        with open(path, "wb") as f:
            f.write(content)
        os.chmod(path, 0o644)
        return path

    def start(self, *arguments, capture=None):
        self.wireshark = Wireshark(self.screen, self.host, capture or self.capture, *arguments)
        self.addCleanup(self.wireshark.kill)
        self.wireshark.main()
        self.wireshark.idle()
        return self.wireshark

    def assert_same_rows(self, got, want):
        """The table's rows against nf-cli's, in nf-cli's order: numbers to the six decimals that the window shows."""
        header, rows = got
        names, lines = want
        self.assertEqual(header, ["#", *names, "display_filter"])
        self.assertEqual(len(rows), len(lines))
        for number, (row, line) in enumerate(zip(rows, lines), 1):
            self.assertEqual(row[0], str(number))
            for name, shown, value in zip(names, row[1:], line):
                if name in ("src_ip", "dst_ip"):
                    self.assertEqual(shown, value)
                else:
                    self.assertAlmostEqual(float(shown), float(value), delta=6e-7, msg=f"row {number}, {name}")

    def close_box(self, picture):
        boxes = self.wireshark.boxes
        box = self.screen.until(boxes, "box")[0]
        time.sleep(0.2)
        self.screen.picture(picture, box)
        self.screen.activate(box)
        self.screen.keys("Return")
        self.screen.until(lambda: not boxes(), "end of the box")

    def assert_ends_well(self):
        self.assertEqual(self.wireshark.quit(), 0)
        with open(os.path.join(self.host.folder, "said")) as f:
            text = f.read()
        for word in ("CRITICAL", "ASSERT", "Segmentation", "runtime error", "AddressSanitizer"):
            self.assertNotIn(word, text)


class Table(Case):
    def test_rows_sorting_filter(self):
        w = self.start()
        table = w.open_table()
        got = w.rows(table, "saved.txt")
        self.screen.picture("table", table)
        want = csv_rows(self.capture)
        self.assertEqual(len(want[1]), 40)
        self.assert_same_rows(got, want)

        # Ports of three to five digits, which text would put in another order.
        self.screen.click(table, SRC_PORT)
        w.idle()
        header, rows = w.rows(table, "sorted.txt")
        self.screen.picture("sorted", table)
        ports = [int(row[header.index("src_port")]) for row in rows]
        self.assertEqual(len(ports), 40)
        self.assertIn(ports, (sorted(ports), sorted(ports, reverse=True)))
        self.assertNotIn(ports, (sorted(ports, key=str), sorted(ports, key=str, reverse=True)))
        self.assertNotEqual([row[0] for row in rows], [str(n) for n in range(1, 41)])

        w.filter(table, "udp.port==53")
        self.screen.click(table, NUMBER)
        got = w.rows(table, "filtered.txt")
        self.screen.picture("filtered", table)
        if got[1][0][0] != "1":
            got[1].reverse()
        self.assert_same_rows(got, csv_rows(self.capture, "-f", "udp port 53"))

        # The display filter of a row takes the packets of its flow.
        names = got[0]
        row = got[1][4]
        done = self.host.tshark("-r", self.capture, "-Y", row[names.index("display_filter")])
        packets = int(row[names.index("tot_fwd_pkts")]) + int(row[names.index("tot_bwd_pkts")])
        self.assertEqual(done.stdout.count(b"\n"), packets, done.stderr)
        self.assert_ends_well()

    def test_two_windows(self):
        """They share one table within Wireshark. Each must keep what it shows, and neither may break the other."""
        w = self.start()
        first = w.open_table()
        second = w.open_table()
        self.assertNotEqual(first, second)
        w.filter(second, "ip.proto==6")
        all_rows, tcp_rows = csv_rows(self.capture), csv_rows(self.capture, "-f", "tcp")
        self.assert_same_rows(w.rows(second, "b.txt"), tcp_rows)
        self.assert_same_rows(w.rows(first, "a.txt"), all_rows)
        self.screen.activate(first)
        self.screen.click(first, SRC_PORT)
        w.filter(first, "ip.proto==17")
        self.assert_same_rows(w.rows(second, "c.txt"), tcp_rows)
        self.screen.picture("two-windows")
        self.screen.click(second, CLOSE)
        self.screen.until(lambda: len(w.tables()) == 1, "end of one window")
        w.filter(first, "")
        self.assertEqual(len(w.rows(first, "d.txt")[1]), len(all_rows[1]))
        self.assert_ends_well()


class Export(Case):
    def test_export(self):
        w = self.start()
        want = nf_cli("-q", self.capture).stdout
        target = self.capture + ".flows.csv"
        w.netflower_menu(0)
        dialog = self.screen.window("export flows as CSV")
        self.screen.picture("export", dialog)
        self.screen.activate(dialog)
        self.screen.keys("Return")
        self.screen.until(lambda: os.path.exists(target), target)
        self.assertEqual(self.host.read(os.path.basename(target)), want)
        self.close_box("export-done")

        # A file that is there is not replaced unless that is asked for.
        with open(target, "w") as f:
            f.write("precious\n")
        os.chmod(target, 0o666)
        for answer, expected in ("no", b"precious\n"), ("yes", want):
            w.netflower_menu(0)
            self.screen.activate(self.screen.window("export flows as CSV"))
            self.screen.keys("Return")
            dialog = self.screen.window("replace the file")
            self.screen.picture("replace", dialog)
            self.answer(dialog, answer)
            if answer == "no":
                self.screen.activate(self.screen.window("export flows as CSV"))
                self.assertEqual(self.host.read(os.path.basename(target)), expected)
                self.screen.keys("Escape")
                self.screen.gone("export flows as CSV")
            else:
                self.close_box("replaced")
                self.assertEqual(self.host.read(os.path.basename(target)), expected)

        # Where it cannot be written there is a box, and Wireshark goes on.
        w.netflower_menu(0)
        self.answer(self.screen.window("export flows as CSV"), "/missing/flows.csv")
        self.close_box("export-failed")
        self.assertEqual(sorted(os.listdir(self.host.out)), [os.path.basename(self.capture), os.path.basename(target)])
        self.assert_ends_well()

    def answer(self, dialog, text):
        """Types into the only field of a dialog."""
        self.screen.activate(dialog)
        self.screen.click(dialog, (-60, 22))
        self.screen.keys("ctrl+a")
        self.screen.type(text)
        self.screen.keys("Return")

    def test_packets_of_a_flow(self):
        w = self.start()
        w.open_table()
        w.idle()
        w.netflower_menu(1)
        self.answer(self.screen.window("packets of a flow"), "7")
        w.idle()
        self.screen.picture("packets-of-a-flow")
        w.netflower_menu(1)
        self.answer(self.screen.window("packets of a flow"), "4711")
        self.close_box("no-such-flow")
        self.assert_ends_well()


class Arguments(Case):
    def test_csv_is_for_tshark(self):
        """A box says so, whatever stands behind it, and Wireshark carries on."""
        for statistic in "netflower,csv,out.csv", "netflower,csv,idle=soon", "netflower":
            w = self.start("-z", statistic)
            self.close_box("csv-in-wireshark")
            self.assertIsNone(self.host.read("out.csv"))
            self.assert_ends_well()


class Preferences(Case):
    def test_they_are_for_table_and_export(self):
        settings = ["--columns", "src_port,tot_fwd_pkts,flow_duration", "--idle-timeout", "0.05"]
        w = self.start("-o", "netflower.columns:src_port, tot_fwd_pkts, flow_duration", "-o", "netflower.idle_timeout:0.05", "-z", "netflower,table")
        want = csv_rows(self.capture, *settings)
        self.assertGreater(len(want[1]), 40)
        self.assert_same_rows(w.rows(self.screen.window(FLOWS), "few.txt"), want)
        w.netflower_menu(0)
        self.screen.activate(self.screen.window("export flows as CSV"))
        self.screen.keys("Return")
        target = self.capture + ".flows.csv"
        self.screen.until(lambda: os.path.exists(target), target)
        self.close_box("preferences-export")
        self.assertEqual(self.host.read(os.path.basename(target)), nf_cli("-q", self.capture, *settings).stdout)
        os.unlink(target)
        self.assert_ends_well()

    def test_too_many_rows(self):
        w = self.start("-o", "netflower.table_rows:5", "-z", "netflower,table")
        self.close_box("too-many-rows")
        names, rows = csv_rows(self.capture)
        self.assert_same_rows(w.rows(self.screen.window(FLOWS), "five.txt"), (names, rows[:5]))
        self.assert_ends_well()

    def test_wrong_value(self):
        w = self.start("-o", "netflower.idle_timeout:soon", "-z", "netflower,table")
        self.close_box("wrong-preference")
        w.idle()
        self.assertEqual(w.boxes(), [])
        self.assert_same_rows(w.rows(self.screen.window(FLOWS), "default.txt"), csv_rows(self.capture))
        self.assert_ends_well()


class Endurance(Case):
    LOADS, GROWTH_KB = 20, 2000

    def resident(self):
        with open(f"/proc/{self.wireshark.process.pid}/status") as f:
            return int(re.search(r"VmRSS:\s*(\d+)", f.read())[1])

    def test_loading_twenty_times(self):
        """With a table that is filled again now and then, and then without loading: Wireshark itself grows with each load."""
        w = self.start()
        table = w.open_table()
        for i in range(self.LOADS):
            self.screen.activate(w.main())
            self.screen.keys("ctrl+r")
            w.idle()
            if i % 4 == 3:
                self.refill(table)
        sizes = [self.refill(table) for i in range(self.LOADS // 2)]
        self.assert_same_rows(w.rows(table, "last.txt"), csv_rows(self.capture))
        if not sanitizer():
            self.assertLess(sizes[-1] - sizes[2], self.GROWTH_KB, sizes)

        # Without a capture the window keeps its rows, and can be sorted still.
        self.screen.activate(w.main())
        self.screen.keys("ctrl+w")
        w.idle()
        self.screen.activate(table)
        self.screen.click(table, SRC_PORT)
        w.idle()
        self.screen.picture("capture-closed", table)
        self.screen.click(table, CLOSE)
        self.screen.gone(FLOWS)
        w.alive()

    def refill(self, table):
        self.screen.activate(table)
        self.screen.click(table, APPLY)
        self.wireshark.idle()
        return self.resident()

    def test_closing_while_it_fills(self):
        large = self.make("large.pcap", conversations(2500, 8))
        w = self.start(capture=large)
        for _ in range(2):
            table = w.open_table()
            w.alive()
            self.screen.keys("Escape")
            self.screen.gone(FLOWS)
            w.idle()
        table = w.open_table()
        self.assertEqual(len(w.rows(table, "large.txt")[1]), len(csv_rows(large)[1]))
        self.screen.picture("large", table)
        self.assert_ends_well()


if __name__ == "__main__":
    need("wireshark", "tshark", "Xvfb", "xdotool", "openbox", "import")
    unittest.main(verbosity=1)
