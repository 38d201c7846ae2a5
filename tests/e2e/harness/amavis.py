"""amavisd-new from Debian, configured as the guide on content filters says, on ports and in folders of the test's own."""

import shutil
import unittest
from pathlib import Path

from .guided_postfix import with_ports
from .process import Child, HarnessError, answers, eventually, free_port

PROGRAMS = ("/usr/sbin/amavisd", "/usr/bin/altermime")
DISCLAIMER = "A word from our lawyers."
# In the guide two ports of amavis and two of Postfix.
GUIDE_PORTS = (10024, 10025, 10026, 10027)

# What Debian's other files of configuration say, with the folders of the test; no scanners, for there is nothing to find.
SETTING = """use strict;
$MYHOME = '{home}'; $TEMPBASE = '{home}/tmp'; $ENV{{TMPDIR}} = $TEMPBASE; $db_home = '{home}/db';
$pid_file = '{home}/pid'; $lock_file = '{home}/lock'; $QUARANTINEDIR = undef;
$daemon_user = 'amavis'; $daemon_group = 'amavis';
$myhostname = 'mx.ours.test'; $mydomain = 'ours.test';
$path = '/usr/bin:/bin'; $DO_SYSLOG = 0; $log_level = 2; $enable_db = 0; $max_servers = 2;
@bypass_virus_checks_maps = (1); @bypass_spam_checks_maps = (1);
@altermime_args_disclaimer = ('--disclaimer={disclaimer}');
"""


def new_ports() -> dict[int, int]:
    """A port of the test's for each of the guide's."""
    return {port: free_port() for port in GUIDE_PORTS}


def need_amavis() -> None:
    if not all(Path(program).exists() for program in PROGRAMS):
        raise unittest.SkipTest(f"{', '.join(PROGRAMS)}: apt-get install amavisd-new altermime")


class Amavis:
    def __init__(self, folder: Path, block: str, ports: dict[int, int]):
        need_amavis()
        self._home = folder / "amavis"
        for name in ("tmp", "db"):
            (self._home / name).mkdir(parents=True)
        disclaimer = folder / "disclaimer.txt"
        disclaimer.write_text(f"{DISCLAIMER}\n")
        config = folder / "amavis.conf"
        config.write_text(SETTING.format(home=self._home, disclaimer=disclaimer) + with_ports(block, ports).replace("example.org", "ours.test"))
        for path in (self._home, *self._home.iterdir()):
            shutil.chown(path, "amavis", "amavis")
        self._child = Child([PROGRAMS[0], "-c", str(config), "foreground"], folder / "amavis.log")
        try:
            eventually("amavis to listen", lambda: self._ready(ports))
        except HarnessError:
            self.stop()
            raise

    def _ready(self, ports: dict[int, int]) -> bool:
        if not self._child.running():
            raise HarnessError(f"amavis ended at start:\n{self.log()}")
        return all(answers(ports[port]) for port in (10024, 10026))

    def log(self) -> str:
        return self._child.output()

    def stop(self) -> None:
        self._child.stop()
