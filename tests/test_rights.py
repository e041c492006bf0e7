#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""nf-cli -i: who it is and what it can still do once it captures; what a service manager hears of it. In a network namespace of the test's own.
Nothing here depends on how fast the machine is.

NF_CLI, NF_BUILD, NF_SOURCE, CI   as in test_live.py
"""
import ctypes
import glob
import os
import pwd
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
import test_live
from captures import tcp
from test_live import NF_CLI, PATIENCE, SOURCE, ip, sanitized, wait_for

BUILD = os.path.abspath(os.environ.get("NF_BUILD") or os.path.join(os.path.dirname(NF_CLI), ".."))
A, B = "10.0.0.1:1000", "10.0.0.2:80"
COLUMNS = "--columns=src_ip,src_port"
NET_RAW, DAC_OVERRIDE = 1 << 13, 1 << 1
EXIT_USAGE, EXIT_OUTPUT, EXIT_CAPTURE = 1, 3, 4
SANDBOX_SAYS = "the sandbox does not allow"


def enter_namespace():
    """Starts this program again within a network namespace; comes back only there."""
    if os.environ.get("NF_TEST_NAMESPACE"):
        return
    how = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-r", "-n"]
    if shutil.which("unshare") is None or shutil.which("ip") is None or subprocess.run([*how, "true"], stderr=subprocess.DEVNULL).returncode:
        print("skipped: rights of captures, for this system allows no network namespace (or has no unshare, ip)")
        sys.exit(1 if os.environ.get("CI") else 77)
    os.environ["NF_TEST_NAMESPACE"] = "1"
    os.execvp(how[0], [*how, sys.executable, os.path.abspath(__file__), *sys.argv[1:]])


def version():
    return subprocess.run([NF_CLI, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout


def needs(what, there):
    """Skips, and says so where ctest shows it."""
    if not there:
        print(f"skipped: {what}")
        raise unittest.SkipTest(what)


def needs_capng():
    needs("giving up rights, for nf-cli was built without libcap-ng", "libcap-ng" in version() and "without libcap-ng" not in version())


def needs_users():
    """Root of a user namespace of its own has no other user to become."""
    needs_capng()
    with open("/proc/self/uid_map", encoding="ascii") as f:
        needs("becoming another user, for this is not root of the whole system", os.geteuid() == 0 and int(f.read().split()[2]) > 65534)


def has_sandbox():
    return "sandbox of libseccomp" in version()


def has_landlock():
    return has_sandbox() and "no Landlock" not in version()


class Case(test_live.Case):
    def setUp(self):
        super().setUp()
        self.manager = None
        self.messages = []

    def listen(self, name=None):
        """The socket of a service manager. The name as NOTIFY_SOCKET has it."""
        if self.manager:
            self.manager.close()
        self.messages = []
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.manager.close)
        self.manager.setblocking(False)
        name = name or f"@nf-test-{os.getpid()}-{id(self)}-{time.monotonic_ns()}"
        self.manager.bind("\0" + name[1:] if name.startswith("@") else name)
        return name

    def hear(self):
        """All messages so far, a line each."""
        while True:
            try:
                self.messages += self.manager.recv(4096).decode().split("\n")
            except BlockingIOError:
                return self.messages

    def start_ready(self, *arguments, env=None, name=None, **more):
        """An nf-cli that has told the service manager that it is ready."""
        environment = {"NOTIFY_SOCKET": self.listen(name), **(env or {})}
        # Its own look for leaks traces the process, which a changed user forbids.
        environment["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
        for variable in ("SUDO_UID", "SUDO_GID", "LD_PRELOAD"):
            environment.setdefault(variable, "")
        environment = {**{k: v for k, v in os.environ.items() if not (k in environment and environment[k] == "")},
                       **{k: v for k, v in environment.items() if v != ""}}
        r = self.start(*arguments, ready=False, env=environment, whole_env=True, **more)
        wait_for("readiness", lambda: "READY=1" in self.hear() or r.process.poll() is not None)
        self.assertIn("READY=1", self.messages, r.err())
        return r

    def start(self, *arguments, whole_env=False, env=None, **more):
        if not whole_env:
            env = {**(env or {})}
        running = Running(self.folder, *arguments, env=env, whole_env=whole_env, **more)
        self.addCleanup(running.close)
        return running

    def fails(self, *arguments, status, env=None, program=NF_CLI):
        """An nf-cli that ends by itself; what it says."""
        r = self.start(*arguments, ready=False, env=env, program=program)
        return r.end(None, status).err()

    def status(self, running):
        with open(f"/proc/{running.process.pid}/status", encoding="utf-8") as f:
            return dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)

    def expect_rights(self, running, uid, gid, groups=None, capabilities=0):
        status = self.status(running)
        self.assertEqual(status["Uid"].split(), [str(uid)] * 4)
        self.assertEqual(status["Gid"].split(), [str(gid)] * 4)
        if groups is not None:
            self.assertEqual(sorted(map(int, status["Groups"].split())), sorted(groups))
        for kind in ("CapPrm", "CapEff"):
            self.assertEqual(int(status[kind], 16), capabilities, kind)
        for kind in ("CapInh", "CapBnd", "CapAmb"):
            self.assertEqual(int(status[kind], 16), 0, kind)
        self.assertEqual(status["NoNewPrivs"], "1")
        if "Seccomp" in status:
            self.assertEqual(status["Seccomp"], "2" if has_sandbox() else "0")

    def place(self, owner=None, name="place"):
        """A folder in the test's own."""
        path = os.path.join(self.folder, name)
        os.mkdir(path)
        if owner is not None:
            os.chown(path, owner, -1)
        return path

    def file(self, name):
        return os.path.join(self.folder, name)


class Running(test_live.Running):
    """With an environment that is all there is, where that is wanted."""

    def __init__(self, folder, *arguments, whole_env=False, env=None, **more):
        kept = dict(os.environ)
        if whole_env:
            os.environ.clear()
        try:
            super().__init__(folder, *arguments, env=env, **more)
        finally:
            os.environ.clear()
            os.environ.update(kept)


class Rights(Case):
    def test_root_keeps_nothing(self):
        needs_capng()
        r = self.start_ready("-v", "-i", "nb", "-w", "x.csv")
        self.expect_rights(r, os.getuid(), os.getgid())
        self.assertIn("with no capability", r.err())
        self.send(tcp(A, B, "RA"))
        r.end()
        self.assertIn("used     1", r.err())
        self.assertNotIn(SANDBOX_SAYS, r.err())

    def test_root_in_a_folder_of_another(self):
        """Root may write there only by a capability, which then is needed."""
        needs_users()
        place = self.place(owner=pwd.getpwnam("nobody").pw_uid)
        r = self.start_ready("-i", "nb", "-w", "place/x.csv")
        self.expect_rights(r, 0, 0, capabilities=DAC_OVERRIDE)
        r.kill(signal.SIGHUP)
        wait_for("the file", lambda: os.path.exists(os.path.join(place, "x.csv")))
        r.end()

    def test_user(self):
        needs_users()
        nobody = pwd.getpwnam("nobody")
        self.place(owner=nobody.pw_uid)
        r = self.start_ready("-i", "nb", "-w", "place/x.csv", "--user", "nobody")
        self.expect_rights(r, nobody.pw_uid, nobody.pw_gid, os.getgrouplist("nobody", nobody.pw_gid))
        self.send(tcp(A, B, "RA"))
        r.end()
        st = os.stat(self.file("place/x.csv"))
        self.assertEqual((st.st_uid, st.st_gid), (nobody.pw_uid, nobody.pw_gid))
        self.assertIn("used     1", r.err())
        self.assertNotIn(SANDBOX_SAYS, r.err())

    def test_user_and_group(self):
        needs_users()
        for user, uid, gid in (("nobody:daemon", pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("daemon").pw_gid), ("4242:4243", 4242, 4243)):
            r = self.start_ready("-i", "nb", "--user", user, preexec_fn=lambda: os.setgroups([3, 4]))
            self.expect_rights(r, uid, gid, [])
            r.end()

    def test_sudo(self):
        needs_users()
        daemon = pwd.getpwnam("daemon")
        self.place(owner=daemon.pw_uid)
        env = {"SUDO_UID": str(daemon.pw_uid), "SUDO_GID": str(daemon.pw_gid)}
        r = self.start_ready("-i", "nb", "-w", "place/x.csv", env=env)
        self.expect_rights(r, daemon.pw_uid, daemon.pw_gid, os.getgrouplist("daemon", daemon.pw_gid))
        r.end()
        self.assertEqual(os.stat(self.file("place/x.csv")).st_uid, daemon.pw_uid)
        r = self.start_ready("-i", "nb", "-w", "y.csv", "--user=root", env=env)
        self.expect_rights(r, 0, 0)
        r.end()
        self.assertIn("SUDO_UID", self.fails("-i", "nb", env={"SUDO_UID": "1x", "SUDO_GID": "1"}, status=EXIT_USAGE))

    def test_what_may_be_opened_again(self):
        """CAP_NET_RAW stays where an interface may have to be opened later, and that works."""
        needs_capng()
        ip("link", "set", "nb", "down")
        r = self.start_ready("-i", "nb", COLUMNS)
        self.expect_rights(r, os.getuid(), os.getgid(), capabilities=NET_RAW)
        ip("link", "set", "nb", "up")
        wait_for("the message", lambda: "nb is there" in r.err())
        r.end()
        r = self.start_ready("-i", "nb", "--wait", COLUMNS)
        self.expect_rights(r, os.getuid(), os.getgid(), capabilities=NET_RAW)
        ip("link", "del", "na")
        wait_for("the message", lambda: "nb is gone" in r.err())
        self.pair("na", "nb")
        wait_for("the message", lambda: "nb is there" in r.err())
        self.send(tcp(A, B, "RA"))
        wait_for("the row", lambda: len(r.rows()) == 1)
        self.assertNotIn(SANDBOX_SAYS, r.end().err())

    def test_waiting_as_another_user(self):
        needs_users()
        ip("link", "del", "na")
        r = self.start_ready("-i", "nb", "--wait", COLUMNS, "--user=nobody")
        self.pair("na", "nb")
        wait_for("the message", lambda: "nb is there" in r.err())
        self.send(tcp(A, B, "RA"))
        wait_for("the row", lambda: len(r.rows()) == 1)
        self.assertNotIn(SANDBOX_SAYS, r.end().err())

    def test_output_that_the_user_may_not_write(self):
        needs_users()
        said = self.fails("-i", "nb", "-w", "x.csv", "--user", "nobody", status=EXIT_OUTPUT)
        self.assertIn("cannot create x.csv", said)
        self.assertRegex(said, "the user nobody now, who may not write there: .* \\(--user root stays root\\)")
        self.assertIn(self.folder, said)
        # One that root made before, in the folder of the user.
        self.place(owner=pwd.getpwnam("nobody").pw_uid)
        with open(self.file("place/x.csv"), "w", encoding="ascii") as f:
            f.write("older\n")
        said = self.fails("-i", "nb", "-w", "place/x.csv", "--user", "nobody", status=EXIT_OUTPUT)
        self.assertIn("cannot replace place/x.csv", said)
        self.assertIn("the user nobody now", said)
        said = self.fails("-i", "nb", "--stats-json=s.json", "--user", "nobody", status=EXIT_OUTPUT)
        self.assertIn("cannot create s.json", said)
        self.assertIn("the user nobody now", said)
        # Another reason is not explained by the user.
        said = self.fails("-i", "nb", "-w", "nowhere/x.csv", "--user", "nobody", status=EXIT_OUTPUT)
        self.assertNotIn("the user nobody now", said)

    def test_usage(self):
        needs_users()
        for user, says in (("nobodyatall", "there is no user 'nobodyatall'"), ("nobody:nogroupatall", "there is no group 'nogroupatall'"),
                           ("4242", "4242:GROUP"), (":daemon", "takes NAME or NAME:GROUP"), ("nobody:", "takes NAME or NAME:GROUP"),
                           ("4294967295:1", "there is no user")):
            self.assertIn(says, self.fails("-i", "nb", "--user", user, status=EXIT_USAGE))
        self.assertIn("--user needs -i", self.fails("x.pcap", "--user=nobody", status=EXIT_USAGE))
        self.assertIn("contradict", self.fails("-i", "nb", "--sandbox", "--no-sandbox", status=EXIT_USAGE))

    def program(self):
        """A copy of nf-cli where its bits and capabilities count."""
        folder = tempfile.mkdtemp(prefix="nf-rights-")
        self.addCleanup(shutil.rmtree, folder)
        needs("rights of the program's file, for the folder of temporary files is mounted nosuid", not os.statvfs(folder).f_flag & os.ST_NOSUID)
        os.chmod(folder, 0o755)
        path = os.path.join(folder, "nf-cli")
        shutil.copy(NF_CLI, path)
        return path

    def by_nobody(self, program):
        return ["--reuid=nobody", "--regid=nogroup", "--clear-groups", program]

    def test_without_the_capability(self):
        needs_users()
        needs("users without rights, for there is no setpriv", shutil.which("setpriv"))
        program = self.program()
        said = self.fails(*self.by_nobody(program), "-i", "nb", program="setpriv", status=EXIT_CAPTURE)
        self.assertIn("the capability CAP_NET_RAW is missing", said)
        self.assertIn(f"sudo setcap cap_net_raw+eip {program}", said)
        said = self.fails(*self.by_nobody(program), "-i", "nb", "--user=root", program="setpriv", status=EXIT_USAGE)
        self.assertIn("only root can, as in: sudo", said)
        # A container's root.
        said = self.fails("--bounding-set=-net_raw", NF_CLI, "-i", "nb", program="setpriv", status=EXIT_CAPTURE)
        self.assertIn("root has not that capability here", said)
        self.assertNotIn("setcap", said)
        said = self.fails("--bounding-set=-setuid", NF_CLI, "-i", "nb", "--user=nobody", program="setpriv", status=EXIT_USAGE)
        self.assertIn("CAP_SETUID and CAP_SETGID are missing", said)
        said = self.fails("--bounding-set=-net_raw", NF_CLI, "-i", "nowhere", "--wait", program="setpriv", status=EXIT_CAPTURE)
        self.assertIn("CAP_NET_RAW is missing", said)

    def test_with_the_capability_of_the_file(self):
        needs_users()
        needs("users without rights, for there is no setpriv", shutil.which("setpriv"))
        program = self.program()
        # cap_net_raw+eip, as setcap writes it: version 2, effective; permitted, inheritable; none above 31
        os.setxattr(program, "security.capability", struct.pack("<5I", 0x02000001, NET_RAW, NET_RAW, 0, 0))
        r = self.start_ready(*self.by_nobody(program), "-i", "nb", COLUMNS, program="setpriv")
        status = self.status(r)
        self.assertEqual([int(status[kind], 16) for kind in ("CapPrm", "CapEff", "CapInh", "CapAmb")], [0] * 4)
        self.send(tcp(A, B, "RA"))
        wait_for("the row", lambda: len(r.rows()) == 1)
        r.end()
        said = self.fails(*self.by_nobody("setpriv"), "--no-new-privs", program, "-i", "nb", program="setpriv", status=EXIT_CAPTURE)
        self.assertIn("has a capability, but it is not given here", said)

    def test_setuid(self):
        needs_users()
        needs("users without rights, for there is no setpriv", shutil.which("setpriv"))
        program = self.program()
        os.chmod(program, 0o4755)
        said = self.fails(*self.by_nobody(program), "-i", "nb", program="setpriv", status=EXIT_USAGE)
        self.assertIn("not made to be setuid", said)


def without_landlock():
    """As on a kernel without Landlock: its first system call (444 everywhere) fails with ENOSYS."""
    code = struct.pack("<HBBI", 0x20, 0, 0, 0)              # load the number
    code += struct.pack("<HBBI", 0x15, 0, 1, 444)           # is it that one?
    code += struct.pack("<HBBI", 0x06, 0, 0, 0x00050000 | 38)
    code += struct.pack("<HBBI", 0x06, 0, 0, 0x7fff0000)
    buffer = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("HxxxxxxP" if struct.calcsize("P") == 8 else "HxxP", len(code) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program, 0, 0):
        raise OSError("no filter")


class Sandbox(Case):
    def try_all(self, *arguments, folder="in", preexec_fn=None):
        needs(f"the sandbox: {version().splitlines()[-1]}", has_sandbox())
        for path in ("in", "out"):
            shutil.rmtree(self.file(path), ignore_errors=True)
        for path in ("in/below", "out"):
            os.makedirs(self.file(path))
        for path in ("in/old", "out/old"):
            with open(self.file(path), "w", encoding="ascii") as f:
                f.write("x")
        done = subprocess.run([os.path.join(BUILD, "bin", "tool_sandbox"), folder, "out", *arguments], cwd=self.folder, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL, timeout=PATIENCE, preexec_fn=preexec_fn)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = dict(line.split(": ", 1) for line in done.stdout.splitlines())
        self.says = done.stderr
        return {what for what, answer in lines.items() if answer == "yes"}, lines

    # Whether the kernel has Landlock or not.
    NEVER = {"send by another socket", "overwrite", "truncate", "overwrite elsewhere", "socket of the internet", "socket of bluetooth", "execve", "fork", "ptrace", "kill",
             "setuid", "make memory executable", "map executable memory", "push characters to a terminal"}

    def test_what_is_allowed(self):
        needs("files in the sandbox, for this kernel has no Landlock", has_landlock() or not has_sandbox())
        allowed, lines = self.try_all()
        self.assertEqual(allowed, {"send", "make", "make below", "rename", "memory", "read time zones"})
        self.assertEqual(set(lines) - allowed - self.NEVER - {"with"},
                         {"append", "make elsewhere", "read elsewhere", "read passwords", "read the kernel's devices", "rename elsewhere",
                          "remove elsewhere", "socket of a device"})
        allowed, _ = self.try_all("appends", "reopens")
        self.assertEqual(allowed, {"send", "make", "make below", "rename", "memory", "read time zones", "append", "read the kernel's devices",
                                   "socket of a device"})
        allowed, _ = self.try_all(folder="")
        self.assertEqual(allowed, {"send", "memory", "read time zones"})

    def test_what_is_allowed_without_landlock(self):
        """Old files cannot be written even so, and where no output is a file none is made."""
        allowed, lines = self.try_all(preexec_fn=without_landlock)
        self.assertIn("no Landlock", lines["with"])
        self.assertEqual(allowed & self.NEVER, set())
        self.assertEqual(allowed, {"send", "make", "make below", "make elsewhere", "read elsewhere", "read passwords", "read time zones",
                                   "read the kernel's devices", "rename elsewhere", "remove elsewhere", "memory"})
        allowed, _ = self.try_all(folder="", preexec_fn=without_landlock)
        self.assertEqual(allowed, {"send", "memory", "read elsewhere", "read passwords", "read time zones", "read the kernel's devices"})

    def test_it_is_said(self):
        self.try_all()
        for call in ("execve", "ptrace", "socket"):
            self.assertEqual(self.says.count(f"{SANDBOX_SAYS} the system call {call} "), 1, self.says)

    def test_everything_at_once(self):
        """Rotation, a compressed output, --stats-json, captures of flows and a command: all goes on in the sandbox."""
        changes = "--user=nobody" if os.geteuid() == 0 and "without libcap-ng" not in version() and self.may_change() else None
        place = self.place(owner=pwd.getpwnam("nobody").pw_uid if changes else None)
        with open(self.file("told.sh"), "w", encoding="ascii") as f:
            f.write('#!/bin/sh\nid -u >"$1.uid"; grep -E "^(CapEff|Seccomp:|NoNewPrivs)" /proc/self/status >"$1.told"\n')
        os.chmod(f.name, 0o755)
        r = self.start_ready("-i", "nb", "-w", "place/x.csv.gz", "-b", "files:3", "-b", "duration:3600", "-z", "./told.sh", "--stats-json=place/s.json",
                             "--save-pcap=place/flows", COLUMNS, *([changes] if changes else []))
        for i in range(5):
            self.send(tcp(f"10.0.0.1:{i + 1}", B, "RA"))
            r.kill(signal.SIGHUP)
            wait_for("the file", lambda: len(glob.glob(os.path.join(place, "*.told"))) > i)
        r.end()
        told = wait_for("the last command", lambda: len(found := glob.glob(os.path.join(place, "*.told"))) == 6 and found)
        self.assertEqual(len([name for name in os.listdir(place) if name.endswith(".gz")]), 3)
        self.assertEqual(len(os.listdir(os.path.join(place, "flows"))), 5)
        self.assertEqual(self.stats("place/s.json")["rows"], 5)
        self.assertNotIn(SANDBOX_SAYS, r.err())
        self.assertNotIn("warning", r.err())
        for name in told:
            text = wait_for("its words", lambda: r.read(name).decode())
            self.assertIn("Seccomp:\t0", text)
            if "without libcap-ng" not in version():
                self.assertIn("CapEff:\t0000000000000000", text)
            if changes:
                self.assertEqual(r.read(name[:-4] + "uid").decode().strip(), str(pwd.getpwnam("nobody").pw_uid))

    def may_change(self):
        try:
            needs_users()
        except unittest.SkipTest:
            return False
        return True

    def test_large_output(self):
        """What is done for an output of many MiB alone does not meet the sandbox's limits either."""
        r = self.start_ready("-i", "nb", "-w", "x.csv", "-B", "128")
        subprocess.run([os.path.join(BUILD, "bin", "tool_send"), "na", "short", "80000"], check=True, stdout=subprocess.DEVNULL, timeout=PATIENCE)
        r.end()
        self.assertGreater(os.path.getsize(self.file("x.csv")), 10 << 20)
        self.assertNotIn(SANDBOX_SAYS, r.err())

    def test_command_that_fails(self):
        r = self.start_ready("-i", "nb", "-w", "x.csv", "-z", "./nothing-there")
        r.end()
        wait_for("the warning", lambda: "warning: -z: " in r.err())
        self.assertIn("nothing-there", r.err())

    def test_command_has_no_interface(self):
        """The process that runs commands has nothing open but what all programs have, and its socket."""
        r = self.start_ready("-i", "nb", "-w", "x.csv", "-z", "true")
        with open(f"/proc/{r.process.pid}/task/{r.process.pid}/children", encoding="ascii") as f:
            helper, = f.read().split()
        links = [os.readlink(f"/proc/{helper}/fd/{fd}") for fd in os.listdir(f"/proc/{helper}/fd")]
        self.assertEqual(sum(link.startswith("socket:") for link in links), 1)
        self.assertEqual(len(links), 4)
        r.end()
        wait_for("its end", lambda: not os.path.exists(f"/proc/{helper}/fd/0"))

    def test_another_folder(self):
        """The folder of the output is another one at the next file: in the sandbox that is an error that says why."""
        needs("files in the sandbox, for there is no Landlock", has_landlock())
        for sandbox, status in (("--sandbox", EXIT_OUTPUT), ("--no-sandbox", 0)):
            place, other = self.place(name="place" + sandbox), self.place(name="other" + sandbox)
            link = self.file("link" + sandbox)
            os.symlink(os.path.join(place, "x.csv"), link)
            r = self.start_ready("-i", "nb", "-w", link, sandbox)
            os.remove(link)
            os.symlink(os.path.join(other, "x.csv"), link)
            r.kill(signal.SIGHUP)
            wait_for("the first file", lambda: os.listdir(place) == ["x.csv"])
            r.end(None if status else signal.SIGINT, status)
            says = "in the sandbox files are made only in the folders that the outputs had at the start"
            self.assertEqual(says in r.err(), status != 0, r.err())
            self.assertEqual(os.listdir(other), [] if status else ["x.csv"])

    def test_when(self):
        """It is there unless it is not wanted, or something else is loaded with the program."""
        libc = "libm.so.6"
        for arguments, env, seccomp in (([], {}, has_sandbox()), (["--no-sandbox"], {}, False), ([], {"LD_PRELOAD": libc}, False),
                                        (["--sandbox"], {"LD_PRELOAD": libc}, has_sandbox())):
            if ("--sandbox" in arguments and not has_sandbox()) or (env and sanitized()):
                continue
            r = self.start_ready("-v", "-i", "nb", *arguments, env=env)
            status = self.status(r)
            self.assertEqual(status.get("Seccomp", "0"), "2" if seccomp else "0")
            self.assertEqual(status["NoNewPrivs"], "1")
            self.assertIn("sandbox: ", r.err())
            self.assertEqual("system calls (seccomp)" in r.err(), seccomp)
            r.end()

    def test_none(self):
        needs("the message of a build without sandbox, for this one has it", not has_sandbox())
        self.assertIn("--sandbox is not there", self.fails("-i", "nb", "--sandbox", status=EXIT_USAGE))


class Service(Case):
    def test_messages(self):
        for name in (None, self.file("manager")):
            r = self.start_ready("-i", "nb", COLUMNS, name=name, env={"WATCHDOG_USEC": "100000"})
            self.assertNotIn("STOPPING=1", self.messages)
            wait_for("the watchdog's food", lambda: self.hear().count("WATCHDOG=1") >= 3)
            self.assertTrue([m for m in self.messages if m.startswith("STATUS=")])
            r.end()
            self.assertEqual(self.hear().count("STOPPING=1"), 1)
            self.assertEqual(self.messages.count("READY=1"), 1)

    def test_watchdog_of_another(self):
        r = self.start_ready("-i", "nb", COLUMNS, env={"WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"})
        self.send(tcp(A, B, "RA"))
        wait_for("the row", lambda: len(r.rows()) == 1)
        r.end()
        self.assertNotIn("WATCHDOG=1", self.hear())

    def test_watchdog_starves(self):
        """While rows cannot be written nothing is fed, and again once they can."""
        reading, writing = os.pipe()
        self.addCleanup(os.close, reading)
        os.set_blocking(reading, False)
        r = self.start_ready("-i", "nb", env={"WATCHDOG_USEC": "20000"}, stdout=writing)
        os.close(writing)

        def fed(seconds):
            before = self.hear().count("WATCHDOG=1")
            time.sleep(seconds)
            return self.hear().count("WATCHDOG=1") > before
        wait_for("its food", lambda: fed(0.1))

        def starves():
            for i in range(500):
                self.send(tcp(f"10.0.0.1:{i + 1}", B, "RA"))
            return not fed(1)
        wait_for("hunger", starves)

        def read():
            try:
                while os.read(reading, 1 << 16):
                    pass
            except BlockingIOError:
                return
        wait_for("its food", lambda: read() or fed(0.05))
        r.kill(signal.SIGINT)
        wait_for("the end", lambda: read() or r.process.poll() is not None)

    def test_environment_is_not_passed_on(self):
        with open(self.file("told.sh"), "w", encoding="ascii") as f:
            f.write('#!/bin/sh\nenv >told.new; mv told.new told\n')
        os.chmod(f.name, 0o755)
        r = self.start_ready("-i", "nb", "-w", "x.csv", "-z", "./told.sh", env={"WATCHDOG_USEC": "10000000"})
        r.end()
        text = wait_for("the command", lambda: os.path.exists(self.file("told")) and r.read("told").decode())
        self.assertIn("PATH=", text)
        self.assertNotRegex(text, "(?m)^(NOTIFY_SOCKET|WATCHDOG_)")

    def test_nobody_there(self):
        """A manager that cannot be told is a warning, no more."""
        r = self.start("-i", "nb", COLUMNS, env={"NOTIFY_SOCKET": self.file("nowhere")})
        self.assertIn("warning: cannot tell the service manager", r.end().err())

    def unit(self):
        path = os.path.join(BUILD, "packaging", "nf-cli@.service")
        needs("the unit, for this build does not make it", os.path.exists(path))
        with open(path, encoding="ascii") as f:
            text = f.read()
        self.program, text = re.search(r"^ExecStart=(\S+)", text, re.M).group(1), re.sub(r"^ExecStart=\S+", f"ExecStart={NF_CLI}", text, flags=re.M)
        with open(self.file("nf-cli@eth0.service"), "w", encoding="ascii") as f:
            f.write(text)
        return f.name, text

    def test_unit(self):
        path, text = self.unit()
        self.assertTrue(self.program.startswith("/") and self.program.endswith("/nf-cli"), self.program)
        for line in ("Type=notify", "DynamicUser=yes", "AmbientCapabilities=CAP_NET_RAW", "CapabilityBoundingSet=CAP_NET_RAW", "ProtectSystem=strict",
                     "Restart=on-failure", "MemoryDenyWriteExecute=yes"):
            self.assertIn(f"\n{line}\n", text)
        needs("the unit, for there is no systemd-analyze", shutil.which("systemd-analyze"))
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", path], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
        self.assertTrue(exposure, done.stdout)
        self.assertLess(float(exposure.group(1)), 2)

    def test_unit_starts(self):
        """Its command line is one that nf-cli takes, with the values that the unit gives."""
        _, text = self.unit()
        values = dict(word.split("=", 1) for line in re.findall(r"^Environment=(.*)", text, re.M) for word in line.replace("%%", "%").split())
        command = re.search(r"^ExecStart=\S+ (.*)", text, re.M).group(1).replace("%i", "nb")
        words = [word for part in command.split() for word in
                 ([values[part[2:-1]]] if part.startswith("${") else values[part[1:]].split() if part.startswith("$") else [part])]
        r = self.start_ready(*words)
        self.send(tcp(A, B, "RA"))
        r.end()
        self.assertEqual(len(glob.glob(self.file("flows-*.csv.gz"))), 1)
        self.assertIn("used     1", r.err())


if __name__ == "__main__":
    enter_namespace()
    unittest.main()
