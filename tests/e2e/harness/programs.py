"""Where the programs under test are; run.py fills this in from its arguments."""

paraphd = ""
paraph = ""
test_dns = ""
sendmail = ""  # the directory into which Sendmail was unpacked
