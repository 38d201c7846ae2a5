"""rspamd from Debian with the guide's files of local.d. Around them stands a small configuration of the test's own: Debian's
compiles patterns for half a minute, and asks for lists on the net."""

import unittest
from pathlib import Path
from typing import Optional

from .guided_postfix import with_ports
from .process import Child, HarnessError, answers, eventually, free_port

PROGRAM = "/usr/bin/rspamd"
GUIDE_PORT = 11332

# Every message is spam enough to have its subject changed.
RULES = 'rspamd_config.EVERYTHING = { callback = function() return true end, score = 10, group = "test" }\n'
CONFIG = """
options {{
  pidfile = "{home}/pid"; filters = "dkim"; cache_file = "{home}/cache"; hs_cache_dir = "{home}"; tempdir = "{home}";
  control_socket = "{home}/control mode=0600"; url_tld = "{home}/suffixes"; disable_hyperscan = true;
  dns {{ nameserver = ["{dns}:1"]; }}
  local_addrs = [127.0.0.0/8];
}}
logging {{ type = "console"; level = "info"; }}
lua = "{home}/rules.lua";
modules {{ path = "/usr/share/rspamd/plugins/"; }}
actions {{ reject = 100; add_header = 90; rewrite_subject = 5; subject = "[spam] %s"; }}
dkim {{ }}
spf {{ }}
dmarc {{ }}
worker "rspamd_proxy" {{
  milter = yes;
  .include "{home}/worker-proxy.inc"
}}
dkim_signing {{
  .include(priority=1,duplicate=merge) "{home}/dkim_signing.conf"
  .include(try=true,priority=10) "{home}/override.d/dkim_signing.conf"
}}
milter_headers {{
  .include(priority=1,duplicate=merge) "{home}/milter_headers.conf"
  .include(try=true,priority=10) "{home}/override.d/milter_headers.conf"
}}
"""


class Rspamd:
    """`local` and `override` have the files of local.d and override.d by their names."""

    def __init__(self, folder: Path, dns: str, local: dict[str, str], override: Optional[dict[str, str]] = None, rules: str = RULES):
        if not Path(PROGRAM).exists():
            raise unittest.SkipTest(f"{PROGRAM}: apt-get install rspamd")
        home = folder / "rspamd"
        (home / "override.d").mkdir(parents=True)
        self.port = free_port()
        files = {**local, **{f"override.d/{name}": text for name, text in (override or {}).items()},
                 "suffixes": "test\n", "rules.lua": rules, "rspamd.conf": CONFIG.format(home=home, dns=dns)}
        for name, text in files.items():
            (home / name).write_text(with_ports(text, {GUIDE_PORT: self.port}))
        self._child = Child([PROGRAM, "-f", "--insecure", "-u", "root", "-g", "root", "-c", str(home / "rspamd.conf"),
                             *(f"--var={name}={home}" for name in ("DBDIR", "RUNDIR", "LOGDIR"))], folder / "rspamd.log")
        try:
            eventually("rspamd to listen", self._ready)
        except HarnessError as error:
            self.stop()
            raise HarnessError(f"{error}\n{self.log()}") from None

    def _ready(self) -> bool:
        if not self._child.running():
            raise HarnessError("rspamd ended at start")
        return answers(self.port)

    def log(self) -> str:
        return self._child.output()

    def stop(self) -> None:
        self._child.stop()
