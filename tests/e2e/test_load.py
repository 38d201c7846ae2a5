"""Much mail and large mail."""

import threading

from harness import keys, programs
from harness.client import Client
from harness.messages import message
from harness.process import eventually
from harness.site import SiteTest, value_of

CONNECTIONS = 20
EACH = 50
LARGE = 25 * 1024 * 1024
# The daemon never holds a body: a message of 25 MB must not show in its memory.
MOST_KILOBYTES = 120_000


class Load(SiteTest):
    def test_many_messages_over_many_connections(self):
        signed = self.site.signer.sign(message())
        jobs = {f"load{number}.{place}@second.test": (number + place) % 2 == 0
                for number in range(CONNECTIONS) for place in range(EACH)}
        problems: list[str] = []

        def send(number: int) -> None:
            try:
                with Client(self.site.postfix.port) as client:
                    client.pretend(f"203.0.113.{number + 1}", helo="mx.pass.test")
                    for place in range(EACH):
                        recipient = f"load{number}.{place}@second.test"
                        sender = "ann@pass.test" if jobs[recipient] else "x@soft.test"
                        client.send(sender, [recipient], signed if jobs[recipient] else message("x@soft.test"))
            except Exception as problem:  # noqa: BLE001 (told by the main thread)
                problems.append(f"connection {number}: {problem!r}")

        threads = [threading.Thread(target=send, args=(number,)) for number in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([], problems)
        boxes = self.site.postfix.mailboxes
        eventually("all messages", lambda: all(boxes.files(recipient) for recipient in jobs), 120, every=1)
        for recipient, is_signed in jobs.items():
            found = self.check(self.read(recipient), spf="fail" if is_signed else "softfail",
                               dkim="pass" if is_signed else "none", dmarc="pass" if is_signed else "fail")
            self.assertEqual("pass.test" if is_signed else "soft.test", value_of(found["dmarc"][0], "header", "from"))
        self.assertEqual([], self.site.postfix.complaints())

    def test_large_message_out_and_in(self):
        line = "All work and no play makes a dull mail.  \t Trailing blanks:  \r\n"
        large = message("alice@ours.test", body=line * (LARGE // len(line)))
        sent = self.submit(large)
        self.assertEqual([True, True], keys.verdicts(sent.raw, self.site.zone))
        returned = self.receive(sent.raw, sender="alice@ours.test")
        self.check(returned, dkim="pass pass", dmarc="pass")
        most = MOST_KILOBYTES * (3 if programs.is_instrumented() else 1)
        self.assertLess(self.site.paraphd.resident_kilobytes(), most)

    def test_large_message_changed_at_its_end(self):
        large = self.site.signer.sign(message(body="x" * 70 + "\r\n" + ("y" * 70 + "\r\n") * 20_000))
        changed = large[:-3] + b"z\r\n"
        self.check(self.receive(changed, address="203.0.113.9"), dkim="fail", dmarc="fail")
