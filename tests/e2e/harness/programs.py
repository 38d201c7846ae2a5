"""Where the programs under test are; run.py fills this in from its arguments."""

from pathlib import Path

paraphd = ""
paraph = ""
test_dns = ""
sendmail = ""  # the directory into which Sendmail was unpacked
postsrsd = ""  # the same of postsrsd 2
mailman = ""  # the same of Mailman 3
build = ""  # the directory of the build, for what is found by its path in there
instrument: list[str] = []  # a program that runs the daemon under its eyes, such as valgrind, and its options


def is_instrumented() -> bool:
    """Whether the daemon needs more memory and time than its own, because a sanitizer or valgrind looks on."""
    program = Path(paraphd).read_bytes()
    return bool(instrument) or b"__asan_init" in program or b"__tsan_init" in program
