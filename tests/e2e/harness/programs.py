"""Where the programs under test are; run.py fills this in from its arguments."""

paraphd = ""
paraph = ""
test_dns = ""
sendmail = ""  # the directory into which Sendmail was unpacked
build = ""  # the directory of the build, for what is found by its path in there
instrument: list[str] = []  # a program that runs the daemon under its eyes, such as valgrind, and its options
