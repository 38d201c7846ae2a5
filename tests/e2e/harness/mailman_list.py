"""A program: hands a message on standard input to a list of Mailman 3, which sends it to its one member.

    mailman_list.py FOLDER CONFIG MEMBER [SETTING=VALUE ...]

Mailman's own pipeline and its runner for outgoing mail, without its services and without its rules: these ask the DNS."""

import datetime
import sys
from email import message_from_bytes
from pathlib import Path

from mailman.app.lifecycle import create_list
from mailman.config import config
from mailman.core.initialize import initialize
from mailman.core.pipelines import process
from mailman.database.transaction import transaction
from mailman.email.message import Message
from mailman.interfaces.domain import IDomainManager
from mailman.interfaces.mailinglist import DMARCMitigateAction
from mailman.interfaces.template import ITemplateManager
from mailman.interfaces.usermanager import IUserManager
from mailman.runners.outgoing import OutgoingRunner
from zope.component import getUtility

ADDRESS = "choir@lists.ours.test"
FOOTER = "list:member:regular:footer"
HERE = """
[mailman]
layout: here
[paths.here]
var_dir: {folder}
"""


def make_list(folder: Path, settings: dict[str, str]):
    getUtility(IDomainManager).add("lists.ours.test")
    made = create_list(ADDRESS, style_name="legacy-default")
    made.subject_prefix = settings.get("subject_prefix", made.subject_prefix)
    made.dmarc_mitigate_action = DMARCMitigateAction[settings["dmarc_mitigate_action"]]
    made.dmarc_mitigate_unconditionally = settings["dmarc_mitigate_unconditionally"] == "yes"
    if "footer" in settings:
        (folder / "footer.txt").write_text(settings["footer"])
        getUtility(ITemplateManager).set(FOOTER, made.list_id, (folder / "footer.txt").as_uri())
    return made


def main() -> None:
    folder, own, member, *words = sys.argv[1:]
    file = Path(folder, "mailman.cfg")
    file.write_text(Path(own).read_text() + "incoming: mailman.mta.null.NullMTA\n" + HERE.format(folder=f"{folder}/var"))
    initialize(str(file))
    with transaction():
        choir = make_list(Path(folder), dict(word.split("=", 1) for word in words))
        address = getUtility(IUserManager).create_address(member)
        address.verified_on = datetime.datetime(2026, 1, 1)
        choir.subscribe(address)
    process(choir, message_from_bytes(sys.stdin.buffer.read(), Message), {}, "default-posting-pipeline")
    config.db.commit()
    OutgoingRunner("out")._one_iteration()  # noqa: SLF001 (what run() does until it is told to stop)


main()
