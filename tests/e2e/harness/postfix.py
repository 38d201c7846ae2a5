"""A Postfix of the test's own: its configuration, queue, ports and log, apart from the machine's."""

import os
import re
import socket
from pathlib import Path
from typing import Optional

from . import sasl
from .maildir import Mailboxes
from .process import Child, HarnessError, answers, eventually, free_port, run

NOBODY = 65534
RECIPIENT_DOMAINS = "rcpt.test second.test"
ACCOUNTS = {"alice": "wonderland", "mallory": "looking-glass"}
REALM = "ours.test"


def has_ipv6_loopback() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
            return True
    except OSError:
        return False


class Postfix:
    """`port` takes mail from the world, `submission` mail of our users, `reinjection` what a content filter returns."""

    def __init__(self, folder: Path, milter: Optional[str], extra: Optional[dict[str, str]] = None):
        self.folder = folder
        self.config = folder / "etc"
        # Debian's Postfix looks below the configuration directory whatever cyrus_sasl_config_path says.
        self.sasl = self.config / "sasl"
        self.queue = folder / "queue"
        self.log_file = folder / "mail.log"
        self.mailboxes = Mailboxes(folder / "mail")
        self.port, self.submission, self.reinjection = free_port(), free_port(), free_port()
        self.has_ipv6 = has_ipv6_loopback()
        self._child: Optional[Child] = None
        self._lay_out()
        self._write_main(milter, extra or {})
        self._write_master()

    def _lay_out(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.folder.chmod(0o755)
        for name in ("etc", "etc/sasl", "queue", "data", "mail"):
            (self.folder / name).mkdir()
            (self.folder / name).chmod(0o755)
        run(["chown", "postfix", str(self.folder / "data")])
        os.chown(self.folder / "mail", NOBODY, NOBODY)
        sasl.write_accounts(self.sasl, REALM, ACCOUNTS)

    def _write_main(self, milter: Optional[str], extra: dict[str, str]) -> None:
        settings = {
            "compatibility_level": "3.6",
            "queue_directory": self.queue,
            "data_directory": self.folder / "data",
            "maillog_file": self.log_file,
            "maillog_file_prefixes": self.folder,
            "myhostname": "mx.ours.test",
            "mydestination": "",
            "mynetworks": "127.0.0.0/8 [::1]/128",
            "inet_interfaces": "127.0.0.1, [::1]" if self.has_ipv6 else "127.0.0.1",
            "inet_protocols": "all" if self.has_ipv6 else "ipv4",
            "smtp_host_lookup": "native",
            "smtpd_peername_lookup": "no",
            "default_transport": "error:no mail leaves this test",
            "relay_transport": "error:no mail leaves this test",
            "alias_maps": "",
            "alias_database": "",
            "local_recipient_maps": "",
            "append_dot_mydomain": "no",
            "local_header_rewrite_clients": "permit_sasl_authenticated",
            "biff": "no",
            "virtual_mailbox_domains": RECIPIENT_DOMAINS,
            "virtual_mailbox_base": self.mailboxes.base,
            "virtual_mailbox_maps": "static:all/",
            "virtual_mailbox_limit": "0",
            "virtual_uid_maps": f"static:{NOBODY}",
            "virtual_gid_maps": f"static:{NOBODY}",
            "message_size_limit": "60000000",
            "smtpd_authorized_xclient_hosts": "127.0.0.0/8 [::1]/128",
            "smtpd_client_connection_count_limit": "0",
            "smtpd_error_sleep_time": "0",
            "in_flow_delay": "0",
            "enable_long_queue_ids": "yes",
            "cyrus_sasl_config_path": self.sasl,
            "smtpd_sasl_local_domain": REALM,
            "minimal_backoff_time": "2s",
            "queue_run_delay": "2s",
            "maximal_backoff_time": "4s",
            "milter_default_action": "tempfail",
            "milter_connect_timeout": "5s",
        }
        if milter:
            settings["smtpd_milters"] = milter
            settings["non_smtpd_milters"] = "$smtpd_milters"
        settings.update(extra)
        (self.config / "main.cf").write_text("".join(f"{key} = {value}\n" for key, value in settings.items()))

    def _write_master(self) -> None:
        hosts = ["127.0.0.1"] + (["[::1]"] if self.has_ipv6 else [])
        lines = [f"{host}:{self.port} inet n - n - 100 smtpd" for host in hosts]
        lines += [f"127.0.0.1:{self.submission} inet n - n - - smtpd",
                  "  -o milter_macro_daemon_name=ORIGINATING",
                  "  -o smtpd_sasl_auth_enable=yes",
                  f"127.0.0.1:{self.reinjection} inet n - n - - smtpd",
                  "  -o milter_macro_daemon_name=REINJECTION"]
        lines += [f"{service} {kind} {private} {'n' if service == 'virtual' else '-'} n {wakeup} {limit} {program}"
                  for service, kind, private, wakeup, limit, program in SERVICES]
        (self.config / "master.cf").write_text("\n".join(lines) + "\n")

    def start(self) -> None:
        run(["postfix", "-c", str(self.config), "check"])
        # Not `postfix start`: master as our own child ends with the test, whatever happens to it.
        daemons = run(["postconf", "-c", str(self.config), "-hx", "daemon_directory"]).stdout.decode().strip()
        self._child = Child([f"{daemons}/master", "-c", str(self.config)], self.folder / "postfix.out")
        eventually("Postfix to listen", self._ready)

    def _ready(self) -> bool:
        if not self._child.running():
            raise HarnessError(f"Postfix ended at start:\n{self._child.output()}\n{self.log()}")
        return all(answers(port) for port in (self.port, self.submission, self.reinjection))

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()
            self._child = None

    def log(self) -> str:
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def complaints(self) -> list[str]:
        """Lines in which Postfix says that a milter misbehaved or that it broke down itself."""
        return [line for line in self.log().splitlines()
                if re.search(r"(warning: .*milter|fatal:|panic:|malformed|protocol error)", line)]

    def submit_locally(self, sender: str, recipient: str, message: bytes) -> None:
        """sendmail(1), as a program on this host would run it."""
        run(["sendmail", "-C", str(self.config), "-i", "-f", sender, recipient], message)

    def flush(self) -> None:
        run(["postqueue", "-c", str(self.config), "-f"], check=False)


# name, type, private, wakeup, process limit, program; nothing is chrooted, and only virtual(8) needs privileges.
SERVICES = [
    ("postlog", "unix-dgram", "n", "-", "1", "postlogd"),
    ("pickup", "unix", "n", "1", "1", "pickup"),
    ("cleanup", "unix", "n", "-", "0", "cleanup"),
    ("qmgr", "unix", "n", "5", "1", "qmgr"),
    ("rewrite", "unix", "-", "-", "-", "trivial-rewrite"),
    ("bounce", "unix", "-", "-", "0", "bounce"),
    ("defer", "unix", "-", "-", "0", "bounce"),
    ("trace", "unix", "-", "-", "0", "bounce"),
    ("verify", "unix", "-", "-", "1", "verify"),
    ("flush", "unix", "n", "1000?", "0", "flush"),
    ("proxymap", "unix", "-", "-", "-", "proxymap"),
    ("smtp", "unix", "-", "-", "-", "smtp"),
    ("error", "unix", "-", "-", "-", "error"),
    ("retry", "unix", "-", "-", "-", "error"),
    ("virtual", "unix", "-", "-", "-", "virtual"),
    ("anvil", "unix", "-", "-", "1", "anvil"),
]
