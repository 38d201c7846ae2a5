"""A backup MX: a second Postfix that takes mail for the first one, and hands it over when that is up."""

from pathlib import Path
from typing import Optional

from .postfix import Postfix

ADDRESS = "127.0.0.5"  # from which it connects to the first one
NAME = "mx2.ours.test"


class Secondary(Postfix):
    def __init__(self, folder: Path, primary_port: int, extra: Optional[dict[str, str]] = None):
        super().__init__(folder, None, {
            "myhostname": NAME,
            "virtual_mailbox_domains": "",
            "relay_domains": "rcpt.test second.test",
            "relay_recipient_maps": "",
            "relay_transport": f"smtp:[127.0.0.1]:{primary_port}",
            "smtp_bind_address": ADDRESS,
            "smtp_tls_security_level": "none",
            **(extra or {}),
        })

    def _write_master(self) -> None:
        super()._write_master()
        with (self.config / "master.cf").open("a") as master:
            master.write("smtp unix - - n - - smtp\n")

    def has_deferred(self) -> bool:
        return "status=deferred" in self.log()
