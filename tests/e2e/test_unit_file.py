"""What packaging/systemd/paraphd.service allows the daemon is enough for all that it does."""

import grp
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest
from pathlib import Path

from harness import programs
from harness.client import send_one
from harness.messages import message
from harness.paraphd import Paraphd
from harness.process import eventually, run
from harness.site import SiteTest

UNIT = Path(__file__).parents[2] / "packaging" / "systemd" / "paraphd.service"
SYSTEM_CALL = re.compile(r"^(?:\d+\s+)?(?:<\.\.\. )?(\w+)(?:\(| resumed)", re.MULTILINE)


def members(group: str) -> set[str]:
    """The system calls of a group such as @system-service, as this machine's systemd knows them; or the one named."""
    if not group.startswith("@"):
        return {group}
    # Its programs write to the socket of a service manager, too, and wait where nobody reads.
    environment = {name: value for name, value in os.environ.items() if name != "NOTIFY_SOCKET"}
    shown = subprocess.run(["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, check=True,
                           env=environment)
    words = [line.strip() for line in shown.stdout.splitlines()[1:]]
    return set().union(*(members(word) for word in words if word and not word.startswith("#")))


def allowed() -> set[str]:
    """systemd.exec(5): the first line says what is allowed; later ones take away or add."""
    calls = members("@default")
    for line in re.findall(r"^SystemCallFilter=(.*)", UNIT.read_text(), re.MULTILINE):
        named = set().union(*map(members, line.lstrip("~").split()))
        calls = calls - named if line.startswith("~") else calls | named
    return calls


def can_be_tried() -> bool:
    """Containers may forbid to trace a process."""
    tried = [["strace", "-o", os.devnull, "true"], ["systemd-analyze", "syscall-filter", "@default"]]
    return all(shutil.which(command[0]) and subprocess.run(command, capture_output=True, check=False).returncode == 0
               for command in tried)


@unittest.skipUnless(can_be_tried(), "needs strace, which may be forbidden here, and systemd-analyze")
class SystemCalls(SiteTest):
    """With a socket that has a group, a configuration that is reloaded, a service manager that is told, mail both ways."""

    unix_socket = True

    @classmethod
    def change_settings(cls, site, settings):
        settings["listen"] = {"socket_group": grp.getgrgid(os.getgid()).gr_name, "control": str(site.folder / "control")}
        settings["reload"] = {"watch": "1s"}
        cls.trace = site.folder / "strace.out"
        cls.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        cls.addClassCleanup(cls.manager.close)
        cls.manager.bind(str(site.folder / "notify"))
        os.environ["NOTIFY_SOCKET"] = str(site.folder / "notify")
        cls.addClassCleanup(os.environ.pop, "NOTIFY_SOCKET")

    @classmethod
    def setUpClass(cls):
        launch = Paraphd.launch

        def traced(paraphd):
            # -D: the daemon stays our own child, so that signals reach it.
            paraphd.wrap = ["strace", "-D", "-f", "-qq", "-e", "signal=none", "-o", str(cls.trace)]
            launch(paraphd)

        Paraphd.launch = traced
        try:
            super().setUpClass()
        finally:
            Paraphd.launch = launch

    def test_every_call_that_the_daemon_makes_is_allowed(self):
        self.check(self.receive(self.site.signer.sign(message())), spf="pass", dkim="pass", dmarc="pass")
        self.assertEqual(2, len(self.submit(message("alice@ours.test")).all("dkim-signature")))
        paraphd = self.site.paraphd
        paraphd.reload()
        eventually("the reload", lambda: "configuration reloaded" in paraphd.log())
        self.assertEqual(0, run([programs.paraph, "reload", "-c", str(paraphd.config)], check=False).returncode)
        os.utime(paraphd.settings["domains"]["ours.test"]["keys"][0]["file"])
        eventually("the change", lambda: "[FILES_CHANGED]" in paraphd.log(), 30)
        send_one(self.site.postfix.port, message(), address="203.0.113.9", sender="ann@pass.test",
                 recipient=self.new_recipient())
        paraphd.tell(signal.SIGTERM)
        eventually("the end", lambda: "[STOPPED]" in paraphd.log() and not paraphd.running())
        # Up to its main function it is strace's, which makes other calls.
        made = set(SYSTEM_CALL.findall(self.trace.read_text(errors="replace"))) - {"execve"}
        for expected in ("accept", "sendto", "seccomp"):
            self.assertIn(expected, " ".join(made))
        self.assertEqual(set(), made - allowed())
        self.assertIn(b"READY=1", self.manager.recv(4096))


class TimedUnits(unittest.TestCase):
    """paraph-report.service, paraph-rotate.service, paraph-sync.service and their timers."""

    def test_what_it_starts_is_a_command_of_the_tool(self):
        for unit in ("paraph-report.service", "paraph-rotate.service", "paraph-sync.service"):
            command = re.search(r"^ExecStart=/usr/local/bin/paraph (.*)$", (UNIT.parent / unit).read_text(),
                                re.MULTILINE)[1].split()
            with self.subTest(unit), tempfile.TemporaryDirectory() as folder:
                config = Path(folder) / "paraph.yaml"
                config.write_text("")  # where nothing rotates and no reports are sent there is nothing to do
                done = run([programs.paraph, *command, "-c", str(config)], check=False)
                self.assertEqual((0, b"", b""), (done.returncode, done.stdout, done.stderr))

    def test_they_are_installed_with_the_program_that_they_start(self):
        with tempfile.TemporaryDirectory() as folder:
            run(["cmake", f"-DCMAKE_INSTALL_PREFIX={folder}", "-Dbindir=bin", "-Dsbindir=sbin", "-P",
                 str(UNIT.parents[1] / "install" / "units.cmake")])
            units = Path(folder) / "lib" / "systemd" / "system"
            self.assertLess({f"paraph-{name}.{kind}" for name in ("report", "rotate", "sync") for kind in ("service", "timer")},
                            {unit.name for unit in units.iterdir()})
            self.assertIn(f"ExecStart={folder}/bin/paraph key rotate\n", (units / "paraph-rotate.service").read_text())

    @unittest.skipUnless(shutil.which("systemd-analyze"), "needs systemd-analyze")
    def test_systemd_understands_them(self):
        with tempfile.TemporaryDirectory() as folder:
            for unit in UNIT.parent.glob("paraph-*"):
                text = unit.read_text().replace("/usr/local/bin/paraph", programs.paraph)
                (Path(folder) / unit.name).write_text(text)
            done = run(["systemd-analyze", "verify", "--man=no", "--recursive-errors=no",
                        *map(str, Path(folder).iterdir())], check=False)
        self.assertEqual((0, ""), (done.returncode, "".join(line for line in done.stderr.decode().splitlines(True)
                                                           if "paraph-r" in line or "paraph-sync" in line)))


if __name__ == "__main__":
    unittest.main()
