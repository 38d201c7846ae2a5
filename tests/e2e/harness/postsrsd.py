"""postsrsd from Debian, which rewrites MAIL FROM for Postfix: by TCP tables in version 1, by a socketmap in version 2."""

from pathlib import Path

from .process import Child, answers, eventually, free_port, run

PROGRAM = "/usr/sbin/postsrsd"


class PostSrsd:
    """`settings` are what main.cf needs."""

    def __init__(self, folder: Path, domain: str):
        secret = folder / "postsrsd.secret"
        secret.write_text("not much of a secret\n")
        port, back = free_port(), free_port()
        if b"-f<port>" in run([PROGRAM, "-h"], check=False).stdout:
            command = [PROGRAM, f"-s{secret}", f"-d{domain}", f"-f{port}", f"-r{back}", "-l127.0.0.1", "-4"]
            table = f"tcp:127.0.0.1:{port}"
        else:
            config = folder / "postsrsd.conf"
            config.write_text(f'domains = {{ "{domain}" }}\nsocketmap = "inet:127.0.0.1:{port}"\n'
                              f'secrets-file = "{secret}"\nunprivileged-user = ""\nchroot-dir = ""\n')
            command = [PROGRAM, "-C", str(config)]
            table = f"socketmap:inet:127.0.0.1:{port}:forward"
        self.settings = {"sender_canonical_maps": table, "sender_canonical_classes": "envelope_sender"}
        self._child = Child(command, folder / "postsrsd.log")
        eventually("postsrsd to listen", lambda: answers(port))

    def stop(self) -> None:
        self._child.stop()
