"""Hosts on which amavis or rspamd signs, as panels set them up, and what our guide makes of them."""

import os
import shutil
import tempfile
from pathlib import Path

from . import guide, programs
from .guided_postfix import GuidedPostfix, with_ports
from .process import run

PAGE = "migration-others.md"
LIST, AMAVIS, RSPAMD = "Many keys at once", "From amavis that signs", "From rspamd used for signing"
DOMAIN, SELECTOR = "ours.test", "dkim"

# amavis checks and signs, and hands all mail back on one port.
AMAVIS_CONF = f"""use strict;
@local_domains_maps = (['.{DOMAIN}', '.rcpt.test']);
$inet_socket_port = [10024, 10026];
$forward_method = 'smtp:[127.0.0.1]:10025';
$notify_method = $forward_method;
$interface_policy{{'10026'}} = 'ORIGINATING';
$policy_bank{{'ORIGINATING'}} = {{ originating => 1 }};
$enable_dkim_verification = 1;
$enable_dkim_signing = 1;
# dkim_key('old.test', 'none', '/none.pem');
dkim_key('{DOMAIN}', '{SELECTOR}', '{{folder}}/{DOMAIN}.pem');
dkim_key('{DOMAIN}', 'next', '{{folder}}/{DOMAIN}.pem');
@dkim_signature_options_bysender_maps = ({{
  '{DOMAIN}' => {{ d => '{DOMAIN}', a => 'rsa-sha256', ttl => 10*24*3600 }},
  '.' => {{ a => 'rsa-sha256', c => 'relaxed/simple', ttl => 30*24*3600 }},
}});
1;
"""
AMAVIS_MAIN_CF = {"content_filter": "smtp-amavis:[127.0.0.1]:10024", "receive_override_options": "no_address_mappings"}
AMAVIS_MASTER_CF = """smtp inet n - n - - smtpd
submission inet n - n - - smtpd
  -o syslog_name=postfix/submission
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
  -o content_filter=smtp-amavis:[127.0.0.1]:10026
smtp-amavis unix - - n - 2 smtp
  -o syslog_name=postfix/amavis
  -o smtp_send_xforward_command=yes
  -o disable_dns_lookups=yes
  -o max_use=20
127.0.0.1:10025 inet n - n - - smtpd
  -o syslog_name=postfix/10025
  -o content_filter=
  -o mynetworks=127.0.0.0/8
  -o smtpd_client_restrictions=permit_mynetworks,reject
  -o smtpd_recipient_restrictions=permit_mynetworks,reject
  -o smtpd_helo_restrictions=
  -o smtpd_sender_restrictions=
  -o receive_override_options=no_header_body_checks,no_unknown_recipient_checks,no_address_mappings
"""

# rspamd checks and signs, by two maps that a panel writes.
RSPAMD_LOCAL = {
    "dkim_signing.conf": """try_fallback = false;
use_esld = false;
allow_username_mismatch = true;
path_map = "{folder}/dkim_domains.map";
selector_map = "{folder}/dkim_selectors.map";
""",
    "worker-proxy.inc": "bind_socket = \"127.0.0.1:11332\";\nupstream \"local\" {\n  self_scan = yes;\n}\n",
    "milter_headers.conf": "use = [\"x-spamd-bar\", \"x-spam-level\", \"authentication-results\"];\n",
}
MAPS = {"dkim_selectors.map": f"# written by the panel\n{DOMAIN} {SELECTOR}\n",
        "dkim_domains.map": f"{DOMAIN} {{folder}}/{DOMAIN}.pem\n\nalone.test {{folder}}/{DOMAIN}.pem\n*.wild.test {{folder}}/{DOMAIN}.pem\n"}
RSPAMD_MAIN_CF = {"smtpd_milters": "inet:localhost:11332", "non_smtpd_milters": "inet:localhost:11332"}


def key_folder(site, owner: str) -> Path:
    """The key of our domain as its old signer has it; its record is in the zone."""
    folder = site.folder / "old-keys"
    folder.mkdir()
    shutil.copyfile(site.panel_key.path, folder / f"{DOMAIN}.pem")
    for path in (folder, folder / f"{DOMAIN}.pem"):
        shutil.chown(path, owner)
        path.chmod(0o750 if path == folder else 0o600)
    return folder


def block(heading: str, word: str) -> str:
    """The one block of a section that has a word."""
    found = [text for text in guide.blocks(guide.section(PAGE, heading)) if word in text]
    assert len(found) == 1, found
    return found[0]


def play(script: str, folder: Path, places: dict[str, str]) -> str:
    """Commands of the guide in a folder of the test's; what they say on both outputs."""
    for old, new in {**places, "/etc/paraph": str(folder), "-g paraph": "-g root", "sudo ": ""}.items():
        script = script.replace(old, new)
    done = run(["sh", "-e", "-c", f"cd '{folder}'\n{script}"])
    return (done.stdout + done.stderr).decode()


def bring_over(site, listing: str, places: dict[str, str]) -> str:
    """The list of keys, and the copies and files that are made of it. What the shell says."""
    play(listing, site.folder, places)
    return play(block(LIST, "keys.list"), site.folder, {})


def on_postfix(postfix: GuidedPostfix, script: str, ports: dict[int, int]) -> str:
    """Commands that change Postfix, before it runs."""
    lines = [line for line in with_ports(script, ports).splitlines() if "postconf" in line]
    done = run(["sh", "-e", "-c", "\n".join(lines).replace("sudo ", "")], env={**os.environ, "MAIL_CONFIG": str(postfix.config)})
    return (done.stdout + done.stderr).decode()


def import_said(files: dict[str, str], postfix: Path, *options: str) -> tuple[int, str]:
    """What `paraph import` says on a host with these files, which has the programs."""
    with tempfile.TemporaryDirectory(prefix="paraph-e2e-") as name:
        root = Path(name)
        for path in ("/usr/sbin/amavisd", "/usr/bin/rspamd"):
            files = {**files, path: ""}
        for file in ("main.cf", "master.cf"):
            files = {**files, f"/etc/postfix/{file}": (postfix / file).read_text()}
        for path, text in files.items():
            (root / path[1:]).parent.mkdir(parents=True, exist_ok=True)
            (root / path[1:]).write_text(text)
        done = run([programs.paraph, "import", "--root", name, *options], check=False)
        return done.returncode, (done.stdout + done.stderr).decode()
