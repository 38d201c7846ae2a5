"""What a run found: a row for each workload and filter, with what it is to be compared with."""

import dataclasses
from typing import Callable, Optional

from .load import Figure


@dataclasses.dataclass
class Goal:
    """`met` says of a row of paraph's and its peers whether the figures are what we want."""

    text: str
    met: Callable[["Row", list["Row"]], bool]


@dataclasses.dataclass
class Row:
    workload: str
    filter: str
    figures: dict[str, Figure]  # the first one is compared with those of the other filters
    crypto: Optional[float] = None  # what the bare arithmetic takes of the first figure
    goal: Optional[Goal] = None
    trouble: str = ""

    @property
    def main(self) -> Figure:
        return next(iter(self.figures.values()))

    def value(self, name: str) -> float:
        return self.figures[name].median


def other(row: Row, rows: list[Row], name: str) -> Optional[Row]:
    """The row of that filter for the same workload."""
    return next((one for one in rows if one.workload == row.workload and one.filter == name), None)


def floor(row: Row, rows: list[Row]) -> Optional[float]:
    """The no-op filter and the bare arithmetic together: nothing behind libmilter can be faster."""
    still = other(row, rows, "no-op")
    return still.main.median + row.crypto if still and row.crypto is not None else None


def at_most(figure: str, limit: float, text: str) -> Goal:
    return Goal(text, lambda row, _: row.value(figure) <= limit)


def floors(times: float) -> Goal:
    """So many times the floor."""
    def met(row: Row, rows: list[Row]) -> bool:
        least = floor(row, rows)
        return least is not None and row.main.median <= times * least
    return Goal(f"<= {times:g} x floor", met)


def beside(name: str, figure: str, text: str, holds: Callable[[float, float], bool]) -> Goal:
    """What holds of our figure and that filter's; of nothing where that filter was not measured."""
    def met(row: Row, rows: list[Row]) -> bool:
        peer = other(row, rows, name)
        return peer is None or holds(row.value(figure), peer.value(figure))
    return Goal(text, met)


def part(name: str, divisor: float) -> Goal:
    """The CPU at most that part of the other filter's."""
    return beside(name, "CPU", f"<= 1/{divisor:g} of {name}", lambda ours, theirs: ours * divisor <= theirs)


def rate_over(name: str, times: float) -> Goal:
    return beside(name, "rate", f">= {times:g} x the rate of {name}", lambda ours, theirs: ours >= times * theirs)


def both(*goals: Goal) -> Goal:
    return Goal(", ".join(goal.text for goal in goals), lambda row, rows: all(goal.met(row, rows) for goal in goals))


def ratio(value: float, to: Optional[float]) -> str:
    return f"{value / to:.2f}" if to else "-"


def verdict(row: Row, rows: list[Row]) -> str:
    if row.goal is None:
        return ""
    return f"{row.goal.text}: {'met' if row.goal.met(row, rows) else 'MISSED'}"


HEADS = ("workload", "filter", "figure", "x no-op", "x crypto", "x floor", "x paraph", "more", "goal")


def cells(row: Row, rows: list[Row]) -> tuple[str, ...]:
    still, ours = other(row, rows, "no-op"), other(row, rows, "paraph")
    name, main = next(iter(row.figures.items()))
    more = [f"{key} {figure}" for key, figure in list(row.figures.items())[1:]]
    return (row.workload, row.filter, f"{name} {main}", ratio(main.median, still and still.main.median),
            ratio(main.median, row.crypto), ratio(main.median, floor(row, rows)),
            ratio(main.median, ours and ours.main.median), "; ".join(more + ([f"TROUBLE: {row.trouble}"] if row.trouble else [])),
            verdict(row, rows))


def text(rows: list[Row]) -> str:
    """A table of Markdown."""
    lines = [HEADS, tuple("---" for _ in HEADS), *(cells(row, rows) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADS))]
    return "\n".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in lines)


def as_json(rows: list[Row]) -> list[dict]:
    return [{"workload": row.workload, "filter": row.filter,
             "figures": {name: {"median": figure.median, "values": figure.values, "unit": figure.unit}
                         for name, figure in row.figures.items()},
             "crypto": row.crypto, "floor": floor(row, rows), "trouble": row.trouble,
             "goal": row.goal.text if row.goal else None, "met": row.goal.met(row, rows) if row.goal else None}
            for row in rows]
