"""How often two programs say the same of a message, and where they do not."""

import collections


class Table:
    """Every message as one peer and we judge it."""

    def __init__(self, name, classes, shown):
        self._name, self._classes, self._shown = name, classes, shown
        self.found = collections.Counter()
        self._same, self._differ, self._unknown = collections.Counter(), collections.Counter(), []

    def note(self, judgement):
        if judgement.ours == judgement.theirs:
            self._same[judgement.ours] += 1
            return
        for kind in self._classes:
            if kind.applies(judgement):
                self.found[kind.name] += 1
                self._differ[kind.name, judgement.ours, judgement.theirs] += 1
                return
        self._unknown.append(judgement)

    def print(self):
        print(f"{self._name}: {sum(self._same.values())} the same")
        for word, count in sorted(self._same.items()):
            print(f"  {count:4} {word}")
        print(f"{self._name}: {self._differ.total() + len(self._unknown)} differ")
        for (name, ours, theirs), count in sorted(self._differ.items()):
            print(f"  {count:4} {name}: ours {ours}, theirs {theirs}")

    def unlisted(self):
        """Prints some of the differences that are not listed; the number of all."""
        for judgement in self._unknown[:self._shown]:
            print(f"FAILED: not listed: ours {judgement.ours}, {self._name} {judgement.theirs}: {judgement.case.summary()} \u2016{judgement.results}")
        return len(self._unknown)


def miscounted(tables, classes):
    """Prints the listed differences that occur more or less often; the number."""
    found = sum((table.found for table in tables), collections.Counter())
    off = [kind for kind in classes if found[kind.name] != kind.count or kind.count == 0]
    for kind in off:
        print(f"FAILED: {kind.peer}, {kind.name}: listed {kind.count} times, found {found[kind.name]}")
    return len(off)
