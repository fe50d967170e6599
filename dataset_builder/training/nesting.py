"""Which of several spans on the same tokens are labelled, and in which column."""

from bisect import bisect_right, insort
from collections.abc import Sequence

from dataset_builder.training.scheme import Run

__all__ = ["NESTINGS", "arranged"]

NESTINGS = ("outermost", "innermost", "levels")


class _Column:
    """Runs that have no token in common."""

    def __init__(self) -> None:
        self._taken: list[tuple[int, int, int]] = []  # first, stop, which

    def in_the_way(self, run: Run) -> int | None:
        """Which run has a token of `run`; None where all are free."""
        place = bisect_right(self._taken, (run.first, run.first, -1))
        for first, stop, which in self._taken[max(place - 1, 0) : place + 1]:
            if first < run.stop and run.first < stop:
                return which
        return None

    def add(self, run: Run, which: int) -> None:
        insort(self._taken, (run.first, run.stop, which))

    @property
    def members(self) -> list[int]:
        return [which for _, _, which in self._taken]


def arranged(runs: Sequence[Run], nesting: str, columns: int | None = 1) -> tuple[list[list[int]], dict[int, int]]:
    """The runs of each column, in their order, and for those that no column can hold, which one is in the way.

    `outermost` prefers long runs, `innermost` short ones; of equally long ones the first in the text goes before, then
    the first in `runs`. `levels` puts each run on the first column where it is free, outer ones first; None is as many
    columns as it takes.
    """
    sign = -1 if nesting == "outermost" else 1
    if nesting == "levels":
        order = sorted(range(len(runs)), key=lambda which: (runs[which].first, -runs[which].stop))
    else:
        order = sorted(
            range(len(runs)), key=lambda which: (sign * (runs[which].stop - runs[which].first), runs[which].first)
        )
    found = [_Column() for _ in range(columns or 0)]
    covered: dict[int, int] = {}
    for which in order:
        other: int | None = None
        for column in found:
            other = column.in_the_way(runs[which])
            if other is None:
                column.add(runs[which], which)
                break
        else:
            if columns is not None and other is not None:
                covered[which] = other
            else:
                found.append(_Column())
                found[-1].add(runs[which], which)
    return [column.members for column in found], covered
