#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes wireshark-table.png: Statistics, Netflower flows, over a capture made here. It needs what tests/test_plugin_gui.py needs.
#
# usage: docs/make_screenshot.sh [FILE.png]
#
# NF_BUILD  the build folder with the plugin (default: build/release)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
picture=$(realpath "${1:-$here/wireshark-table.png}")
NF_BUILD=$(realpath "${NF_BUILD:-$here/../build/release}")
export NF_BUILD
cd "$here/../tests"
python3 - "$picture" <<'PYTHON'
import subprocess
import sys
import time

sys.dont_write_bytecode = True
from test_plugin import need
need("wireshark", "tshark", "Xvfb", "xdotool", "openbox", "import")
from test_plugin_gui import Host, Screen, Wireshark, conversations

picture = sys.argv[1]
screen, host = Screen("1120x640x24"), Host()
path = host.path("office.pcap")
with open(path, "wb") as f:
    f.write(conversations(20))
wireshark = Wireshark(screen, host, path)
try:
    main = wireshark.main()
    wireshark.idle()
    screen.xdotool("windowmove", main, 0, 0, "windowsize", "--sync", main, 1118, 612)
    table = wireshark.open_table()
    wireshark.idle()
    screen.xdotool("windowmove", table, 130, 215, "windowsize", "--sync", table, 955, 380, "mousemove", 1119, 639)
    screen.activate(table)
    wireshark.idle()
    time.sleep(0.5)
    subprocess.run(["import", "-window", "root", "+dither", "-colors", "128", "-strip", "PNG8:" + picture], check=True,
                   env={**host.environment(), **screen.display, "LD_PRELOAD": ""})
finally:
    wireshark.kill()
    screen.close()
    host.remove()
PYTHON
echo "$picture: $(stat -c %s "$picture") bytes"
