"""Chooses a small corpus from what libFuzzer's merge found out about every input.

Usage: choose.py MERGE_CONTROL_FILE CORPUS_DIRECTORY

The directory afterwards holds the inputs that add most for their size, at most FILES and BYTES of them, named by a short
hash of what they hold.
"""

import hashlib
import pathlib
import sys

FILES = 16
BYTES = 20 * 1024
WEIGHT = {"COV": 8, "FT": 1}  # a place in the code counts more than how often it was reached


def read_control(path):
    """The features of every input, by file name."""
    lines = pathlib.Path(path).read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    count = int(lines[0])
    names, features = lines[2:2 + count], {}
    for line in lines[2 + count:]:
        word, _, rest = line.partition(" ")
        if word in ("FT", "COV"):
            index, *numbers = rest.split()
            features.setdefault(names[int(index)], set()).update((word, number) for number in numbers)
    return features


def weight(features):
    return sum(WEIGHT[word] for word, _ in features)


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
    everything = set().union(*features.values()) if features else set()
    kept = set().union(*(features[name] for name in chosen)) if chosen else set()
    print(f"{directory.name}: {len(chosen)} of {len(features)} inputs, {len(kept)} of {len(everything)} features")


if __name__ == "__main__":
    main()
