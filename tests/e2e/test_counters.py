"""What the daemon counts, and what the guide makes of it: the question before one refuses mail is how much that would be."""

import os
import re
import signal
import subprocess
from pathlib import Path

import test_guides
import test_policy
from harness.messages import message
from harness.process import eventually

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "policy.md"
DRY, STRICT = "10.0.8.9", "10.0.7.9"  # clients with a profile of test_policy


def recipe(word: str) -> str:
    """The block of the guide that has it."""
    found = [block for block in test_guides.blocks(GUIDE.read_text()) if word in block]
    assert len(found) == 1, found
    return found[0]


class Counters(test_policy.PolicyTest):
    @staticmethod
    def change_settings(site, settings):
        test_policy.PolicyTest.change_settings(site, settings)
        settings["spf"] = {"policyd": {"stage": "rcpt", "TestOnly": 0}}

    def forge(self, times: int) -> None:
        for _ in range(times):
            self.receive(test_policy.FORGED, DRY, "ann@plain.test")

    def counters(self, word: str) -> list[dict[str, int]]:
        lines = re.findall(rf" notice: \[{word}\] (.*)", self.site.paraphd.log())
        return [{name: int(value) for name, value in re.findall(r"([\w.]+)=(\d+)", line)} for line in lines]

    def run_recipe(self, block: str) -> str:
        """As an operator does, with systemd's programs played by two of ours."""
        paraphd, folder = self.site.paraphd, self.site.folder / "bin"
        folder.mkdir(exist_ok=True)
        log = self.site.folder / "journal"
        log.write_text(paraphd.log())
        for name, script in (("journalctl", f"cat {log}"), ("systemctl", f'[ "$*" = "kill -s USR2 paraphd" ] && kill -s USR2 {paraphd.pid}')):
            program = folder / name
            program.write_text(f"#!/bin/sh\n{script}\n")
            program.chmod(0o755)
        done = subprocess.run(["sh", "-e", "-c", block], env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}, capture_output=True,
                              check=True, timeout=30)
        return done.stdout.decode()

    def test_guide_says_how_many_messages_would_be_refused(self):
        self.forge(3)
        self.assert_refused("550 5.7.1 .*", test_policy.FORGED, STRICT)
        # Nobody outside writes such a line, whatever he says.
        self.receive(message("\"notice: [COUNTERS] would.reject=500\" <ann@pass.test>"), DRY, "\"notice: [COUNTERS] would.reject=500\"@plain.test")
        self.run_recipe(recipe("systemctl kill"))
        totals, = eventually("the totals", lambda: self.counters("TOTALS"))
        self.assertEqual((5, 4, 1, 4), tuple(totals[name] for name in ("messages.verify", "disposition.accept", "disposition.reject", "would.reject")))
        self.assertEqual(5, totals["dmarc.fail"])
        self.assertEqual(5, totals["recipient_would.reject"])

        self.site.paraphd.tell(signal.SIGHUP)
        eventually("the reload", lambda: "reloaded" in self.site.paraphd.log())
        self.forge(1)
        self.assertEqual([], self.counters("COUNTERS"))  # the hour is not over
        self.site.paraphd.stop()
        self.assertEqual(5, self.counters("COUNTERS")[0]["would.reject"])
        self.site.paraphd.start()
        self.forge(2)
        self.site.paraphd.stop()
        self.site.paraphd.start()
        self.assertEqual({"recipient_would.reject 8", "would.reject 7"}, set(self.run_recipe(recipe("COUNTERS")).splitlines()))


class EverySecond(test_policy.PolicyTest):
    @staticmethod
    def change_settings(site, settings):
        settings["log"] = {"counters_every": "1s"}

    def test_lines_come_by_themselves(self):
        for _ in range(2):
            before = self.site.paraphd.log()
            self.receive(message())
            eventually("a line", lambda: re.search(r"\[COUNTERS\] seconds=\d+ messages.verify=1 ", self.site.paraphd.log()[len(before):]))
