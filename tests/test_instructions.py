# SPDX-License-Identifier: GPL-2.0-or-later
"""The guard of the instructions (bench/instructions.py) sees what it has to see. With made up figures: nothing is counted here."""
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.environ.get("NF_SOURCE") or os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bench"))
import instructions as guard

KEY = ("a.pcap", "whole")


def figures(value, reason="first figure"):
    return {KEY: guard.Figure(value, "frame", reason)}


def outcome(kept, found):
    problems, remarks = guard.compare(kept, found)
    return len(problems), len(remarks)


def test_compare():
    for value, want in ((100.0, (0, 0)), (105.0, (0, 0)), (105.1, (1, 0)), (95.0, (0, 0)), (94.9, (0, 1))):
        assert outcome(figures(100.0), figures(value)) == want, value
    assert outcome({}, figures(1.0)) == (1, 0), "a figure that is not kept"
    assert outcome(figures(1.0), {}) == (1, 0), "a figure that is not measured"
    assert outcome(figures(1.0, ""), figures(1.0)) == (1, 0), "no reason"


def test_update():
    assert guard.update(figures(100.0), figures(110.0), "")[1], "grew without a reason"
    assert guard.update(figures(100.0), figures(110.0), "first figure")[1], "grew with the old reason"
    grown, problems = guard.update(figures(100.0), figures(110.0), "more columns")
    assert grown == figures(110.0, "more columns") and not problems
    assert guard.update(figures(100.0), figures(104.0), "more")[0] == figures(100.0), "small steps must add up"
    assert guard.update(figures(100.0), figures(50.0), "")[0] == figures(50.0, "lowered")


def test_file():
    kept = {**figures(100.0, "a reason of some words"), ("b.pcap", "read"): guard.Figure(2.5, "frame", "x")}
    assert guard.parse(guard.written(kept)) == kept


def commit(folder, *arguments):
    subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=e", "-c", "core.hooksPath=/dev/null", *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def test_git():
    if not shutil.which("git"):
        print("not tested: there is no git")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "gcc.txt")

        def write(value, reason):
            with open(path, "w") as f:
                f.write(guard.written(figures(value, reason)))
        commit(folder, "init", "-q")
        write(100.0, "first figure")
        commit(folder, "add", "gcc.txt")
        commit(folder, "commit", "-qm", "one")
        assert not guard.unexplained_in_git(path)
        write(120.0, "first figure")
        assert len(guard.unexplained_in_git(path)) == 1, "not committed yet"
        commit(folder, "commit", "-qam", "two")
        assert len(guard.unexplained_in_git(path)) == 1, "committed"
        write(120.0, "why it grew")
        commit(folder, "commit", "-qam", "two", "--amend")
        assert not guard.unexplained_in_git(path)


for test in (test_compare, test_update, test_file, test_git):
    test()
