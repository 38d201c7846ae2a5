"""packaging/wire-postfix.sh on a machine of its own."""

import re
import tempfile
import unittest
from pathlib import Path

from . import machine, programs

SCRIPT = Path(__file__).parents[3] / "packaging" / "wire-postfix.sh"

MAIN_CF = """compatibility_level = 3.6
myhostname = mx.wired.example
mydomain = wired.example
mydestination = $myhostname
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps = inline:{postmaster=root}
alias_database =
mailbox_size_limit = 0
smtp_host_lookup = native
maillog_file = /var/log/postfix.log
"""


@unittest.skipUnless(machine.can_be_made(), "namespaces and mounts are not allowed here")
class WiringTest(unittest.TestCase):
    def wire(self, config: str = "", before: str = "", after: str = "", main_cf: str = "") -> str:
        """The output of the script behind a Postfix that runs, and at its end main.cf."""
        with tempfile.TemporaryDirectory(prefix="paraph-e2e-") as name:
            folder = Path(name)
            folder.chmod(0o755)
            (folder / "main.cf").write_text(MAIN_CF + main_cf)
            (folder / "paraph.yaml").write_text(config)
            done = machine.run_in(folder, f"""
                cp /usr/share/postfix/master.cf.dist /etc/postfix/master.cf
                cp {folder}/main.cf /etc/postfix/main.cf
                if [ -s {folder}/paraph.yaml ]; then install -D -m 644 {folder}/paraph.yaml /etc/paraph/paraph.yaml; fi
                {before}
                postfix start >/dev/null 2>&1
                {SCRIPT} {programs.paraphd} {programs.paraph} 2>&1 || echo "status $?"
                {after}
                echo "=== main.cf"; cat /etc/postfix/main.cf
                echo "=== log"; tail -n 20 /var/log/postfix.log""", MAIL_CONFIG="/etc/postfix")
            return done.stdout.decode() + done.stderr.decode()

    def with_commands(self, **commands: str) -> str:
        """Commands that take the place of the machine's, for `before`."""
        lines = ["export PATH=/usr/local/bin:$PATH"]
        for name, text in commands.items():
            lines += [f"cat >/usr/local/bin/{name} <<'END_OF_COMMAND'", text.strip("\n"), "END_OF_COMMAND",
                      f"chmod 755 /usr/local/bin/{name}"]
        return "\n".join([*lines, ""])

    def milters(self, said: str) -> list[str]:
        return re.findall(r"^(?:non_)?smtpd_milters = (.*)", said.partition("=== main.cf")[2], re.MULTILINE)
