"""A Postfix whose services are those of a guide's master.cf."""

import re

from .postfix import Postfix


def with_ports(text: str, ports: dict[int, int]) -> str:
    """A text of a guide with the test's ports in place of the guide's."""
    return re.sub(r"\b\d{4,5}\b", lambda found: str(ports.get(int(found[0]), found[0])), text)


class GuidedPostfix(Postfix):
    def wire(self, master_cf: str, ports: dict[int, int]) -> None:
        """Before the start. The guide's smtp and submission become ours, outside of a chroot."""
        text = with_ports(master_cf, ports)
        file = self.config / "master.cf"
        lines = file.read_text()
        for name, port in (("smtp", self.port), ("submission", self.submission)):
            if re.search(rf"^{name} +inet ", text, re.MULTILINE):
                lines = re.sub(rf"^127\.0\.0\.1:{port} .*\n(?: .*\n)*", "", lines, flags=re.MULTILINE)
                text = re.sub(rf"^{name} +inet ", f"127.0.0.1:{port} inet ", text, flags=re.MULTILINE)
        file.write_text(re.sub(r"^(\S+ +\w+ +[yn-] +[yn-]) +y ", r"\1 n ", text, flags=re.MULTILINE) + lines)
