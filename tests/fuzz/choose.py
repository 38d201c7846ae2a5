"""Chooses a small corpus from what libFuzzer's merge found out about every input.

Usage: choose.py MERGE_CONTROL_FILE CORPUS_DIRECTORY

The directory afterwards holds the inputs that add most for their size, at most FILES and BYTES of them, named by a short
hash of what they hold.
"""

import hashlib
import pathlib
import sys

FILES = 24
BYTES = 24 * 1024
BUCKETS = 8  # libFuzzer's feature is a place in the code times this, plus roughly how often it was reached


def read_control(path):
    """What every input reaches, by file name: places, and features as negative numbers."""
    lines = pathlib.Path(path).read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    count = int(lines[0])
    names, reached = lines[2:2 + count], {}
    for line in lines[2 + count:]:
        word, *numbers = line.split()
        if word == "FT":
            features = [int(number) for number in numbers[1:]]
            found = {feature // BUCKETS for feature in features} | {-1 - feature for feature in features}
            reached[names[int(numbers[0])]] = found
    return reached


def weight(found):
    """A place counts as much as all the ways of how often."""
    return sum(BUCKETS if number >= 0 else 1 for number in found)


def choose(features, sizes):
    """Greedily: each time the input that adds most, small ones first."""
    chosen, covered, room = [], set(), BYTES
    left = {name: found for name, found in features.items() if found}
    while left and len(chosen) < FILES:
        gain = {name: weight(found - covered) for name, found in left.items() if sizes[name] <= room}
        if not gain or max(gain.values()) == 0:
            break
        best = max(gain, key=lambda name: (gain[name] / (1024 + sizes[name]), -sizes[name], name))
        chosen.append(best)
        covered |= left.pop(best)
        room -= sizes[best]
    return chosen


def main():
    features = read_control(sys.argv[1])
    contents = {name: pathlib.Path(name).read_bytes() for name in features}
    chosen = choose(features, {name: len(content) for name, content in contents.items()})
    directory = pathlib.Path(sys.argv[2])
    for old in directory.iterdir():
        old.unlink()
    for name in chosen:
        digest = hashlib.sha256(contents[name]).hexdigest()[:12]
        (directory / digest).write_bytes(contents[name])
    places = {number for found in features.values() for number in found if number >= 0}
    reached = {number for name in chosen for number in features[name] if number >= 0}
    print(f"{directory.name}: {len(chosen)} of {len(features)} inputs reach {len(reached)} of {len(places)} places")


if __name__ == "__main__":
    main()
