"""A time of day of the test's own, for programs that are started with `wrap`. What they wait for takes as long as ever."""

import time
from pathlib import Path

from .process import HarnessError

LIBRARY = "faketime/libfaketimeMT.so.1"


class ShiftedClock:
    """It goes on from the time it is set to, also in programs that run already."""

    def __init__(self, file: Path, start: int):
        found = sorted(Path("/usr/lib").glob(f"*/{LIBRARY}"))
        if not found:
            raise HarnessError("libfaketime is not installed")
        self._file = file
        # It is read at each look at the clock. Times of files stay as they are: a changed file is known by them.
        self.wrap = ("env", f"LD_PRELOAD={found[0]}", f"FAKETIME_TIMESTAMP_FILE={file}", "FAKETIME_NO_CACHE=1",
                     "FAKETIME_DONT_FAKE_MONOTONIC=1", "NO_FAKE_STAT=1", "FAKETIME_DONT_RESET=1")
        self.set(start)

    def set(self, seconds: int) -> None:
        """Since 1970."""
        draft = self._file.with_suffix(".new")
        draft.write_text(f"{seconds - int(time.time()):+d}\n")
        draft.chmod(0o644)
        draft.replace(self._file)
