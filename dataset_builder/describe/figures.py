"""The figures of a dataset as finished values: what the card shows and `stats` prints."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

__all__ = ["Distribution", "Lengths", "LicenseCounts", "Statistics", "lengths"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """How long texts are, in code points. A quartile is the least length that its share of the texts doesn't exceed."""

    texts: int
    total: int
    minimum: int
    maximum: int
    quartiles: tuple[int, int, int]
    histogram: Mapping[int, int] = field(default_factory=dict)  # length to number of texts, ascending

    @property
    def mean(self) -> float:
        """The mean length."""
        return self.total / self.texts

    def as_json(self) -> dict[str, object]:
        """The shape that `stats --format json` prints."""
        return {
            "texts": self.texts,
            "total": self.total,
            "minimum": self.minimum,
            "maximum": self.maximum,
            "mean": round(self.mean, 2),
            "quartiles": list(self.quartiles),
        }


def lengths(histogram: Mapping[int, int]) -> Lengths | None:
    """The figures of a histogram (length to number of texts); None of an empty one. O(n log n) in distinct lengths."""
    texts = sum(histogram.values())
    if not texts:
        return None
    ordered = sorted(histogram)
    return Lengths(
        texts=texts,
        total=sum(length * number for length, number in histogram.items()),
        minimum=ordered[0],
        maximum=ordered[-1],
        quartiles=(_quantile(histogram, texts, 1), _quantile(histogram, texts, 2), _quantile(histogram, texts, 3)),
        histogram={length: histogram[length] for length in ordered},
    )


def _quantile(histogram: Mapping[int, int], texts: int, quarter: int) -> int:
    """The nearest-rank quantile: exact, and no value that no text has."""
    rank, seen = -(-texts * quarter // 4), 0
    for length in sorted(histogram):
        seen += histogram[length]
        if seen >= rank:
            return length
    raise AssertionError


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """How often each value of one column occurs; `path` is as in `entities[].type`. Nulls don't count."""

    table: str
    path: str
    values: tuple[str, ...]  # labels in the schema's order, those that never occur too; else ascending
    counts: Mapping[str, Mapping[str, int]]  # by split, then by value

    def of(self, value: str) -> int:
        """How often `value` occurs in all splits."""
        return sum(counts.get(value, 0) for counts in self.counts.values())

    @property
    def total(self) -> int:
        """How many values there are in all splits."""
        return sum(sum(counts.values()) for counts in self.counts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseCounts:
    """How many articles are under one licence, by whether their text is published."""

    included: int = 0
    withheld: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """The figures of a dataset. Mappings by split come in the order of `splits`."""

    splits: tuple[str, ...] = ()
    rows: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # by table, then by split
    texts: Lengths | None = None  # of all articles, withheld ones too
    texts_by_split: Mapping[str, Lengths] = field(default_factory=dict)
    withheld: Mapping[str, int] = field(default_factory=dict)  # articles without their text, by split
    withheld_spans: int = 0  # spans of the layers that lie in articles without their text
    items: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # of lists of articles, by path, then by split
    filled: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # articles with a value, by column, by split
    distributions: tuple[Distribution, ...] = ()
    annotators: Mapping[str, int] = field(default_factory=dict)  # records by annotator
    licenses: Mapping[str, LicenseCounts] = field(default_factory=dict)

    def total(self, table: str) -> int:
        """Rows of `table` in all splits."""
        return sum(self.rows.get(table, {}).values())

    def distributions_of(self, table: str) -> Iterable[Distribution]:
        """The distributions of the columns of `table`, in the order of its columns."""
        return (found for found in self.distributions if found.table == table)

    def as_json(self) -> dict[str, object]:
        """The shape that `stats --format json` prints."""
        return {
            "tables": {table: dict(rows) for table, rows in self.rows.items()},
            "texts": {
                "withheld": dict(self.withheld),
                "withheld_spans": self.withheld_spans,
                "length": self.texts.as_json() if self.texts else None,
                "length_by_split": {split: found.as_json() for split, found in self.texts_by_split.items()},
            },
            "items": {path: dict(counts) for path, counts in self.items.items()},
            "filled": {column: dict(counts) for column, counts in self.filled.items()},
            "values": self._values_as_json(),
            "annotators": dict(self.annotators),
            "licenses": {
                name: {"included": counts.included, "withheld": counts.withheld}
                for name, counts in self.licenses.items()
            },
        }

    def _values_as_json(self) -> dict[str, dict[str, object]]:
        found: dict[str, dict[str, object]] = {}
        for each in self.distributions:
            found.setdefault(each.table, {})[each.path] = {split: dict(counts) for split, counts in each.counts.items()}
        return found
