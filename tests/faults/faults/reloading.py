"""The configuration read again and again, right and wrong, under load."""

import json
import threading
import time

from harness import keys
from harness.process import eventually

from .bench import Background, Found, Stage, fault, in_threads, percentile, plain

FAULTS: list = []
DOMAINS = 10_000


class Tables:
    """OpenDKIM's tables with many domains, in two editions that differ in the selector of every row."""

    def __init__(self, folder, key_path):
        self._folder, self._key = folder, key_path
        self.key_table, self.signing_table = folder / "KeyTable", folder / "SigningTable"

    def write(self, edition: str) -> None:
        """Each file is complete at all times, but the pair is not: a reload between the two sees both editions."""
        for path, line in ((self.key_table, "k{n} d{n}.test:{edition}:{key}"), (self.signing_table, "*@d{n}.test k{n}")):
            text = "\n".join(line.format(n=n, edition=edition, key=self._key) for n in range(DOMAINS)) + "\n"
            new = path.with_suffix(".new")
            new.write_text(text)
            new.replace(path)

    def settings(self) -> dict:
        return {"key_table": f"file:{self.key_table}", "signing_table": f"refile:{self.signing_table}"}


def large_stage(bench) -> tuple[Stage, Tables]:
    folder = bench.new_folder()
    key = keys.KeyFile(folder, keys.Zone(), "any.test", "any")
    tables = Tables(folder, key.path)
    tables.write("even")
    return Stage(bench, {"signing": tables.settings()}), tables


def reloads(stage) -> int:
    return stage.log().count("configuration reloaded")


def selectors(outcome) -> set[str]:
    return {part.strip()[2:] for field in outcome.inserted("DKIM-Signature") for part in field.split(";")
            if part.strip().startswith("s=")}


class Load(Background):
    """Messages at a steady rate, half to verify and half to sign, each from a domain of its own."""

    def __init__(self, bench, stage, rate: float):
        super().__init__(8)
        self._stage, self._rate = stage, rate
        self._signed = bench.sign(plain())
        self.times: list[float] = []
        self.problems: list[str] = []

    def _work(self, number: int) -> None:
        pause = len(self._threads) / self._rate
        while not self._over.is_set():
            begin = time.monotonic()
            try:
                self._one(number)
            except Exception as problem:  # noqa: BLE001 (each is told)
                self.problems.append(repr(problem))
            self.times.append(time.monotonic() - begin)
            number += 8
            time.sleep(max(0.0, pause - (time.monotonic() - begin)))

    def _one(self, number: int) -> None:
        if number // 8 % 2:
            outcome = self._stage.deliver(self._signed)
            good = outcome.result_of("dkim") == "pass"
        else:
            domain = f"d{number % DOMAINS}.test"
            outcome = self._stage.deliver(plain(domain), client="127.0.0.1", sender=f"<x@{domain}>")
            good = len(selectors(outcome)) == 1
        if not good or outcome.reply != b"c":
            self.problems.append(f"{outcome.reply!r} {outcome.text!r} {outcome.results()} {selectors(outcome)}")


@fault(FAULTS, "R-26", f"reload once a second under load, tables of {DOMAINS} domains",
       "0 errors, p99 rises <= 20 ms, memory grows <= 5 MB")
def reload_under_load(bench):
    stage, tables = large_stage(bench)
    with stage, Load(bench, stage, bench.many(200, 60)) as load:
        time.sleep(bench.many(20, 1))
        quiet, load.times = load.times, []
        count, before = bench.many(600, 4), None
        for number in range(count):
            tables.write(("odd", "even")[number % 2])
            stage.paraphd.reload()
            if number == min(10, count // 2):
                before = stage.usage()
            time.sleep(1)
        eventually("the last reload", lambda: reloads(stage) > count // 2, 30)  # requests in quick succession become one
        after, done = stage.usage(), reloads(stage)
        rise = percentile(load.times, 0.99) - percentile(quiet, 0.99)
        grown = (after.kilobytes - before.kilobytes) / 1024
        ok = (not load.problems and bench.within(rise, 0.02) and (bench.within(grown, 5) or not bench.full)
              and after.descriptors <= before.descriptors + 12)
        return Found(ok, f"{done} of {count} reloads, {len(quiet) + len(load.times)} messages, {len(load.problems)} errors, "
                         f"p99 {percentile(quiet, 0.99) * 1000:.0f} ms before, {percentile(load.times, 0.99) * 1000:.0f} ms "
                         f"during; {after.kilobytes / 1024:.0f} MB, {grown:+.1f} MB since the first reloads "
                         + "; ".join(load.problems[:2]))


@fault(FAULTS, "R-26", "one message sees one edition of the tables", "no signature of a mixture, both editions seen")
def consistent(bench):
    """The two editions of a domain differ in authserv-id and selector: a message must not bear one of each."""
    with Stage(bench, keys=("ours.test",)) as stage:
        entry = stage.paraphd.settings["domains"]["ours.test"]["keys"][0]
        seen: set = set()
        over = threading.Event()

        def send(_):
            text = b"Authentication-Results: odd.test; spf=pass\r\nAuthentication-Results: even.test; spf=pass\r\n"
            while not over.is_set():
                outcome = stage.deliver(text + plain("ours.test"), client="127.0.0.1")
                removed = [data for code, data in outcome.edits if code == b"m"]
                seen.add((tuple(sorted(selectors(outcome))), tuple(removed)))

        workers = threading.Thread(target=lambda: seen.update(("failed", repr(p)) for p in in_threads(4, send)))
        workers.start()
        for number in range(bench.many(200, 10)):
            name = ("odd", "even")[number % 2]
            stage.paraphd.write_config({**stage.paraphd.settings, "authserv_id": f"{name}.test",
                                        "domains": {"ours.test": {"keys": [{**entry, "selector": name}]}}})
            stage.paraphd.reload()
            time.sleep(0.2)
        over.set()
        workers.join()
        signed_by = sorted(",".join(entry[0]) for entry in seen)
        # An edition seen with two kinds of edits would be a mixture; the one of the start may be over before the first message.
        return Found(signed_by in (["even", "odd"], ["even", "odd", "our"]),
                     f"{len(seen)} kinds of outcome, signed by {'; '.join(signed_by)}")


@fault(FAULTS, "R-27", "reloads of broken configurations and tables", "all refused, the old ones in use, then recovery")
def broken_tables(bench):
    stage, tables = large_stage(bench)
    with stage:
        good = {path: path.read_text() for path in (stage.paraphd.config, tables.key_table, tables.signing_table)}
        half = {path: text[:len(text) // 2 + 3] for path, text in good.items()}

        breakages = [
            ("configuration cut in half", {stage.paraphd.config: half[stage.paraphd.config]}),
            ("unknown setting", {stage.paraphd.config: '{"authserv_idd": "x.test"}'}),
            ("configuration gone", {stage.paraphd.config: None}),
            ("key table gone", {tables.key_table: None}),
            ("key table empty, as while it is written", {tables.key_table: ""}),
            ("key table cut in half", {tables.key_table: half[tables.key_table]}),
            ("a signing table that names no key", {tables.signing_table: good[tables.signing_table].replace(" k77", " k77x")}),
            ("binary junk", {tables.signing_table: "\x00\x01\xff" * 1000}),
        ]
        wrong = []
        for name, files in breakages:
            wrong += self_check(stage, name, files, good)
        tables.write("odd")
        before = reloads(stage)
        stage.paraphd.reload()
        eventually("the reload", lambda: reloads(stage) > before)
        outcome = stage.deliver(plain("d5.test"), client="127.0.0.1")
        if selectors(outcome) != {"odd"}:
            wrong.append(f"after recovery: {selectors(outcome)}")
        return Found(not wrong, f"{len(breakages) - len(wrong)} of {len(breakages)} held {'; '.join(wrong)}")


def self_check(stage, name: str, files: dict, good: dict) -> list[str]:
    """Breaks files, reloads, and says what is wrong with how the daemon took it."""
    for path, text in files.items():
        if text is None:
            path.unlink()
        else:
            path.write_text(text)
    refused, taken = stage.log().count("[RELOAD_REFUSED]"), reloads(stage)
    stage.paraphd.reload()
    eventually(f"{name}: an answer in the log",
               lambda: stage.log().count("[RELOAD_REFUSED]") > refused or reloads(stage) > taken)
    outcome = stage.deliver(plain("d5.test"), client="127.0.0.1")
    found = []
    if reloads(stage) > taken:
        found.append(f"{name}: taken")
    if selectors(outcome) != {"even"}:
        found.append(f"{name}: signed by {selectors(outcome)} {outcome.reply!r}")
    for path, text in good.items():
        path.write_text(text)
    return found
