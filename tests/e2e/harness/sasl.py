"""Accounts for SMTP AUTH: a Cyrus sasldb of the test's own."""

from pathlib import Path

from .process import run


def write_accounts(folder: Path, realm: str, accounts: dict[str, str], group: str = "postfix") -> None:
    """Writes smtpd.conf and the password database that Postfix's `cyrus_sasl_config_path` names."""
    database = folder / "sasldb2"
    (folder / "smtpd.conf").write_text("pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\n"
                                       f"sasldb_path: {database}\n")
    for user, password in accounts.items():
        run(["saslpasswd2", "-c", "-p", "-f", str(database), "-u", realm, user], password.encode())
    run(["chgrp", group, str(database)])
    database.chmod(0o640)
