"""Whether labels are distributed as before: a chi-squared test of homogeneity, and how large the difference is.

Pearson's statistic after NIST/SEMATECH e-Handbook of Statistical Methods, 7.4.5; Cramér's V after H. Cramér,
Mathematical Methods of Statistics (1946), chapter 21.9: for two rows, the square root of the statistic over n.
"""

import math
from collections.abc import Mapping

from dataset_builder.compare.gamma import chi_squared_p
from dataset_builder.model.diff import Drift, LabelCount

__all__ = ["drift"]

_FEW = 5  # expected items; below, the statistic's distribution is only roughly chi-squared (Cochran 1954)


def drift(table: str, path: str, old: Mapping[str, int], new: Mapping[str, int]) -> Drift | None:
    """How the counts of labels `old` and `new` differ; None where they don't. Both have all labels of their set."""
    names = list(dict.fromkeys((*new, *old)))
    if all(old.get(name, 0) == new.get(name, 0) for name in names):
        return None
    labels = tuple(LabelCount(label=name, old=old.get(name), new=new.get(name)) for name in names)
    rows = [(old.get(name, 0), new.get(name, 0)) for name in names]
    rows = [row for row in rows if any(row)]
    sums = sum(row[0] for row in rows), sum(row[1] for row in rows)
    if len(rows) < 2 or not all(sums):
        return Drift(table=table, path=path, labels=labels)
    total = sum(sums)
    expected = [[sum(row) * side / total for side in sums] for row in rows]
    statistic = sum(
        (number - awaited) ** 2 / awaited
        for row, awaited_row in zip(rows, expected, strict=True)
        for number, awaited in zip(row, awaited_row, strict=True)
    )
    return Drift(
        table=table,
        path=path,
        labels=labels,
        statistic=statistic,
        freedom=len(rows) - 1,
        p=chi_squared_p(statistic, len(rows) - 1),
        effect=math.sqrt(statistic / total),
        sparse=any(awaited < _FEW for row in expected for awaited in row),
    )
