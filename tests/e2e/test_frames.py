"""What a mail server can say on its connection to paraphd though Postfix does not: clients that share a connection, macros
that do not come again or make no pairs, bodies and header values in unusual places. Frames written by hand."""

import contextlib
import socket
import sys
import unittest
from pathlib import Path

from harness.messages import message
from harness.process import eventually
from harness.site import Site

sys.path.append(str(Path(__file__).resolve().parent.parent / "support"))
from milter_client import ALL_ACTIONS, ALL_STEPS, LEADING_SPACE, Milter, ProtocolError, frame, parse_address  # noqa: E402

OWN, STRANGER = "127.0.0.1", "203.0.113.9"
NEXT = (b"K", b"", {})
ABORT = (b"A", b"", {})
SKIP = 0x400
QUARANTINE = 0x20
SILENT = 0xff080  # every step to which a filter may announce that it will not reply
OWN_MAIL = message("boss@ours.test")
TOO_LARGE = b"X-Filler: x\r\n" * 1100 + OWN_MAIL
LOGIN = {"{auth_type}": "PLAIN", "{auth_authen}": "boss"}
LOGIN_LIST = b"".join(f"{name}\0{value}\0".encode() for name, value in LOGIN.items())


def refuses(outcome) -> bool:
    return outcome.reply in b"yt"


def signs(outcome) -> bool:
    return bool(outcome.inserted("DKIM-Signature"))


class FramesTest(unittest.TestCase):
    skip_bodies = False

    @classmethod
    def setUpClass(cls) -> None:
        cls.site = Site()
        cls.addClassCleanup(cls.site.stop)
        cls.site.start_paraphd(False, lambda _, settings: settings.update(listen={"skip_bodies": cls.skip_bodies}))

    def milter(self, **options) -> Milter:
        return Milter(parse_address(self.site.paraphd.socket), **options)

    def mail_of_stranger(self, milter) -> list:
        return milter.conversation(OWN_MAIL, client=STRANGER, helo="mx.other.test", sender="<boss@ours.test>")

    def mail_of_ours(self, milter, mail=OWN_MAIL, **more) -> list:
        return milter.conversation(mail, client=OWN, helo="ours.test", sender="<boss@ours.test>", **more)

    def fresh(self):
        """A daemon that goes on after all that came before."""
        with self.milter() as milter:
            outcome = milter.deliver(self.site.signer.sign(message()), client="192.0.2.10", sender="<ann@pass.test>")
        self.assertEqual(("pass", "pass", "pass"), tuple(map(outcome.result_of, ("spf", "dkim", "dmarc"))))


class NextClient(FramesTest):
    """QUIT_NC: the connection stays, the client is another."""

    def begin(self, milter, until: bytes) -> None:
        """The first client's session up to an event, or a whole message."""
        events = self.mail_of_ours(milter)
        if until == b"E":
            self.assertTrue(signs(milter.play(events)))
        elif until == b"y":
            self.assertTrue(refuses(milter.play(self.mail_of_ours(milter, TOO_LARGE))))
        else:
            place = next(i for i, event in enumerate(events) if event[0] == until)
            milter.play(events[:place + 1])

    PLACES = {"a message that was accepted": (b"E", []), "a message that was refused": (b"y", []),
              "the connection": (b"C", []), "HELO": (b"H", []), "MAIL": (b"M", []), "a header field": (b"L", []),
              "the body": (b"B", []), "MAIL and ABORT": (b"M", [ABORT]), "a body and ABORT": (b"B", [ABORT]),
              "a refused message and ABORT": (b"y", [ABORT]), "HELO and ABORT": (b"H", [ABORT])}
    KEPT = ("a message that was accepted", "MAIL and ABORT", "a body and ABORT")

    def test_mail_is_never_that_of_the_client_before(self):
        for place, (until, more) in self.PLACES.items():
            for rushed in (False, True):
                with self.subTest(place, rushed=rushed):
                    self.check_stranger(place, until, more, rushed)
        self.fresh()

    def check_stranger(self, place, until, more, rushed) -> None:
        for _ in range(10):
            with self.milter(timeout=20) as milter:
                self.begin(milter, until)
                events = self.mail_of_stranger(milter)
                try:
                    if not rushed:
                        for command, _, _ in [*more, NEXT]:
                            milter.tell(command)
                    outcome = milter.rush([*more, NEXT, *events]) if rushed else milter.play(events)
                except (ProtocolError, OSError):
                    self.assertNotIn(place, self.KEPT)
                    continue
                self.assertFalse(signs(outcome))
                self.assertIn(place, self.KEPT)
                self.assertEqual("fail", outcome.result_of("spf"))
                self.assertIn("dmarc=fail", outcome.inserted("Authentication-Results")[0])

    def test_why_a_connection_ends_is_told(self):
        with self.milter(timeout=20) as milter:
            self.begin(milter, b"H")
            milter.tell(b"K")
            with self.assertRaises((ProtocolError, OSError)):
                milter.play(self.mail_of_stranger(milter))
        self.assertIn("'K' came where libmilter passes over it", self.site.paraphd.log())

    def test_a_client_that_is_not_told_of_is_refused(self):
        for without in (b"C", b"CH"):
            with self.subTest(without), self.milter() as milter:
                self.begin(milter, b"E")
                milter.tell(b"K")
                events = [event for event in self.mail_of_stranger(milter) if event[0] not in without]
                self.assertTrue(refuses(milter.play(events)))
                self.assertTrue(refuses(milter.play(self.mail_of_stranger(milter)[2:])))

    def test_a_second_connect_without_end_of_the_first_is_refused(self):
        for until in (b"C", b"H", b"M", b"E"):
            with self.subTest(until), self.milter(timeout=20) as milter:
                self.begin(milter, until)
                with self.assertRaises((ProtocolError, OSError)):
                    milter.rush(self.mail_of_stranger(milter))

    def test_events_before_the_negotiation_are_refused(self):
        for first in (b"M", b"C", b"K", b"D"):
            with self.subTest(first), self.milter() as milter:
                milter.start_over()
                with self.assertRaises((ProtocolError, OSError)):
                    milter.socket.sendall(frame(first, b"M\0") * 3)
                    milter.event(b"E")
        self.fresh()

    def test_many_clients_in_turn(self):
        with self.milter() as milter:
            for number in range(50):
                events = self.mail_of_ours(milter) if number % 2 else self.mail_of_stranger(milter)
                self.assertEqual(number % 2 == 1, signs(milter.play(events)))
                milter.tell(b"K")


class Terms(FramesTest):
    """What was negotiated on one connection says nothing of another."""

    def value_of_results(self, milter) -> bytes:
        outcome = milter.play(milter.conversation(message(), client="192.0.2.10", sender="<ann@pass.test>"))
        self.assertEqual("pass", outcome.result_of("dmarc"))
        return next(data[4:].split(b"\0")[1] for code, data in outcome.edits if code == b"i")

    def test_blank_in_front_of_values(self):
        with self.milter() as with_blank, self.milter(steps=ALL_STEPS & ~LEADING_SPACE) as without, self.milter() as last:
            del last  # the latest to negotiate is neither of them
            for _ in range(4):
                self.assertTrue(self.value_of_results(without).startswith(b"mx.ours.test;"))
                self.assertTrue(self.value_of_results(with_blank).startswith(b" mx.ours.test;"))
                without.tell(b"K")
                with_blank.tell(b"K")

    def test_signature_over_blanks_after_another_client(self):
        signed = self.site.signer.sign(message(), "simple/simple")
        for number in range(6):
            with self.milter() as one, self.milter(steps=ALL_STEPS & ~(LEADING_SPACE if number % 2 else SKIP)):
                for _ in range(3):
                    outcome = one.play(one.conversation(signed, client="192.0.2.10", sender="<ann@pass.test>"))
                    self.assertEqual("pass", outcome.result_of("dkim"))
                    one.tell(b"K")

    def test_mail_server_that_waits_for_every_reply(self):
        with self.milter(steps=ALL_STEPS & ~SILENT & ~SKIP) as patient:
            for _ in range(3):
                self.assertTrue(signs(patient.play(self.mail_of_ours(patient))))
                patient.tell(b"K")


class Holding(FramesTest):
    """Mail servers are asked to hold messages only where a setting says so."""

    WITHOUT_AUTHOR = OWN_MAIL.replace(b"From: boss@ours.test\r\n", b"")

    def reload(self, missing: str) -> None:
        paraphd = self.site.paraphd
        before = len(paraphd.log())
        paraphd.write_config({**paraphd.settings, "author": {"missing": missing}})
        paraphd.reload()
        eventually("the reload", lambda: "configuration reloaded" in paraphd.log()[before:])

    def mail_without_author(self, milter) -> list:
        return milter.conversation(self.WITHOUT_AUTHOR, client=STRANGER, helo="mx.other.test", sender="<a@other.test>")

    def test_hold_is_asked_for_where_a_setting_needs_it(self):
        self.reload("mark")
        with self.milter() as milter:
            self.assertEqual(0, milter.actions & QUARANTINE)
            # The setting comes with the next client, the connection's terms stay.
            self.reload("quarantine")
            outcome = milter.play(self.mail_without_author(milter))
            self.assertEqual(1, len(outcome.inserted("X-Paraph-Quarantine")))
            milter.tell(b"K")
            self.assertTrue(refuses(milter.play(self.mail_without_author(milter))))
        eventually("the reason", lambda: "holding messages was not agreed on" in self.site.paraphd.log())
        with self.milter() as milter:
            self.assertEqual(QUARANTINE, milter.actions & QUARANTINE)
            outcome = milter.play(self.mail_without_author(milter))
        self.assertFalse(refuses(outcome))
        self.assertIn((b"q", b"no-from\0"), outcome.edits)

    def test_mail_server_that_cannot_hold_is_told_at_once(self):
        self.reload("quarantine")
        with self.assertRaises((ProtocolError, OSError)), self.milter(actions=ALL_ACTIONS & ~QUARANTINE) as milter:
            milter.play(self.mail_without_author(milter))
        why = "does not let filters change header fields and hold messages"
        eventually("the reason", lambda: why in self.site.paraphd.log())

    def test_mail_server_that_cannot_hold_is_served_where_no_setting_needs_it(self):
        self.reload("mark")
        with self.milter(actions=ALL_ACTIONS & ~QUARANTINE) as milter:
            outcome = milter.play(self.mail_without_author(milter))
        self.assertEqual(1, len(outcome.inserted("X-Paraph-Quarantine")))


class Neighbours(FramesTest):
    def test_connections_that_come_and_go_disturb_nobody(self):
        """Without a word, as the daemon's own do, or with one that is not understood."""
        with contextlib.ExitStack() as stack:
            milters = [stack.enter_context(self.milter()) for _ in range(4)]
            for number in range(100):
                milter = milters[number % len(milters)]
                *events, end = self.mail_of_ours(milter)
                for at, event in enumerate(events):
                    milter.event(*event)
                    if at % 3 == 0:
                        socket.create_connection(parse_address(self.site.paraphd.socket)).close()
                with socket.create_connection(parse_address(self.site.paraphd.socket)) as other:
                    other.sendall((frame(b"O"), frame(b"O", b"\0" * 12), frame(b"M", b"<>\0"), b"\0")[number % 4])
                self.assertTrue(signs(milter.play([end])))
                milter.tell(b"K")


class Bodies(FramesTest):
    """The last piece of a body may come within the end of the message."""

    STEPS = {"silent": ALL_STEPS, "waiting": ALL_STEPS & ~SILENT, "neither silent nor skipping": ALL_STEPS & ~SILENT & ~SKIP,
             "silent, not skipping": ALL_STEPS & ~SKIP}

    def deliver(self, milter, mail: bytes, pieces: int, **more):
        """The body in so many pieces, the last of them within the end of the message."""
        events = milter.conversation(mail, **more)
        body = b"".join(data for command, data, _ in events if command == b"B")
        size = -(-len(body) // pieces)
        parts = [body[at:at + size] for at in range(0, len(body), size)]
        events = [event for event in events if event[0] not in b"BE"]
        return milter.play([*events, *((b"B", part, {}) for part in parts[:-1]), (b"E", parts[-1], {"i": "Q"})])

    def test_piece_within_the_end_of_the_message(self):
        signed = self.site.signer.sign(message(body="Hello.\r\n" * 2000))
        for name, steps in self.STEPS.items():
            for pieces in (1, 2, 5):
                with self.subTest(name, pieces=pieces), self.milter(timeout=20, steps=steps) as milter:
                    for _ in range(2):  # the second message of a connection as well
                        outcome = self.deliver(milter, signed, pieces, client="192.0.2.10", sender="<ann@pass.test>")
                        self.assertEqual("pass", outcome.result_of("dkim"))
                        milter.tell(b"K")
                    outcome = self.deliver(milter, signed + b"More.\r\n", pieces, client="192.0.2.10")
                    self.assertEqual("fail", outcome.result_of("dkim"))
                    milter.tell(b"K")
                    outcome = self.deliver(milter, OWN_MAIL, pieces, client=OWN, sender="<boss@ours.test>")
                    self.assertTrue(signs(outcome))


class SkippedBodies(Bodies):
    skip_bodies = True

    def test_unsigned_mail(self):
        for name, steps in self.STEPS.items():
            with self.subTest(name), self.milter(timeout=20, steps=steps) as milter:
                for pieces in (1, 3):
                    if pieces > 1:
                        milter.tell(b"K")
                    outcome = self.deliver(milter, message(body="x\r\n" * 500), pieces, client="192.0.2.10",
                                           sender="<ann@pass.test>")
                    self.assertEqual("pass", outcome.result_of("dmarc"))


class LineEnds(FramesTest):
    """Header values that hold the line break that ends the field."""

    def deliver(self, end: bytes, mail: bytes, **more):
        with self.milter() as milter:
            events = [(command, data[:-1] + end + b"\0" if command == b"L" else data, macros)
                      for command, data, macros in milter.conversation(mail, **more)]
            return milter.play(events)

    def test_one_break_ends_the_field(self):
        for canonicalization in ("relaxed/relaxed", "simple/simple"):
            signed = self.site.signer.sign(message(subject="a\r\n\tb"), canonicalization)
            for end in (b"", b"\n", b"\r\n"):
                with self.subTest(canonicalization, end=end):
                    outcome = self.deliver(end, signed, client="192.0.2.10", sender="<ann@pass.test>")
                    self.assertEqual([("spf", "pass"), ("dkim", "pass"), ("dmarc", "pass")], outcome.results())
                    self.assertEqual([b"i"], [code for code, _ in outcome.edits])  # no mark

    def test_more_breaks_are_no_end(self):
        for end in (b"\n\n", b"\r\n\r\n", b"\r", b"\n\r", b"\nX: y\n"):
            with self.subTest(end=end):
                outcome = self.deliver(end, message(), client="192.0.2.10", sender="<ann@pass.test>")
                self.assertEqual("permerror", outcome.result_of("dmarc"))


class OddMacros(FramesTest):
    """Lists of macros that are no pairs."""

    LISTS = (b"i\0", b"i\0Q\0j\0", b"\0", b"\0\0\0", b"i", b"i\0Q", b"", b"{auth_authen}\0", b"i\0Q\0{auth_type}\0PLAIN")

    def test_odd_list_at_every_event(self):
        for listed in self.LISTS:
            for stage in (b"C", b"H", b"M", b"R", b"T", b"N", b"E", b"L", b"?"):
                with self.subTest(listed, stage=stage), self.milter(timeout=20) as milter:
                    for _ in range(3):
                        events = milter.conversation(OWN_MAIL, client=STRANGER, queue_id="heap" * 20)
                        for command, data, _ in events:
                            if command == (stage if stage in b"CHMLE" else b"M"):
                                milter.tell(b"D", stage + listed)
                            outcome = milter.event(command, data)
                        self.assertEqual(b"c", outcome[0])
                        milter.tell(b"K")
        self.assertTrue(self.site.paraphd.running())
        self.fresh()


class Logins(FramesTest):
    """Who logged in is said with each MAIL. What was said with another counts for nothing."""

    # After a whole message, or half of one; what comes between, and which events the next message leaves out.
    BETWEEN = {"a message": (True, b"", b"CH"), "a message, and another HELO": (True, b"", b"C"),
               "a message and ABORT": (True, b"A", b"CH"), "half of one and ABORT": (False, b"A", b"CH"),
               "half of one": (False, b"", b"CH"), "half of one, and another HELO": (False, b"", b"C"),
               "a message of another client": (True, b"K", b""), "without HELO": (True, b"K", b"H"),
               "half of another client's": (False, b"AK", b""), "a refused message": (None, b"", b"CH")}

    def without_macros(self, events) -> list:
        return [(command, data, {} if command == b"M" else macros) for command, data, macros in events]

    def test_login_is_not_the_next_messages(self):
        for name, (whole, between, left_out) in self.BETWEEN.items():
            with self.subTest(name), self.milter() as milter:
                first = milter.conversation(TOO_LARGE if whole is None else OWN_MAIL, client=STRANGER, macros=LOGIN)
                outcome = milter.play(first[:-1] if whole is False else first)
                self.assertEqual(whole is True, signs(outcome))
                for command in between:
                    milter.tell(bytes([command]))
                events = self.without_macros(self.mail_of_stranger(milter))
                for _ in range(2):
                    events = [event for event in events if event[0] not in left_out]
                    outcome = milter.play(events)
                    self.assertFalse(signs(outcome))
                    self.assertIn("dmarc=fail", outcome.inserted("Authentication-Results")[0])
                    left_out = b"CH"

    def test_login_said_with_another_event_is_none(self):
        for stage in (b"C", b"H", b"R", b"T", b"L", b"N", b"E"):
            with self.subTest(stage), self.milter() as milter:
                for number in range(3):
                    events = []
                    for command, data, macros in self.mail_of_stranger(milter)[1 if number else 0:]:
                        at_hand = command == (stage if stage in b"CHLE" else b"M")
                        events += [(b"D", stage + LOGIN_LIST, {})] if at_hand else []
                        events.append((command, data, {} if at_hand else macros))
                    outcome = milter.play(events)
                    self.assertEqual(b"c", outcome.reply)
                    self.assertFalse(signs(outcome))

    def test_login_before_the_end_of_the_last_message_is_none(self):
        with self.milter() as milter:
            *events, end = self.mail_of_stranger(milter)
            milter.play(events)
            milter.tell(b"D", b"M" + LOGIN_LIST)
            self.assertFalse(signs(milter.play([end])))
            self.assertFalse(signs(milter.play(self.without_macros([*events, end])[1:])))

    def test_login_of_each_message_counts(self):
        with self.milter() as milter:
            for number in range(6):
                login = LOGIN if number % 2 else None
                events = milter.conversation(OWN_MAIL, client=STRANGER, sender="<boss@ours.test>", macros=login)
                self.assertEqual(login is not None, signs(milter.play(events if number == 0 else events[1:])))
