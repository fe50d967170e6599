"""Statistics: what a tally says of a dataset, in the order that people read it."""

from collections import Counter
from collections.abc import Iterator, Sequence

from dataset_builder.describe.figures import Distribution, LicenseCounts, Statistics, lengths
from dataset_builder.describe.paths import walk_columns
from dataset_builder.describe.tally import Key, Tally, is_small, measure
from dataset_builder.schema.layout import Layout

__all__ = ["Statistics", "Tally", "measure", "summarize"]


def summarize(tally: Tally, layout: Layout, splits: Sequence[str]) -> Statistics:
    """The figures that `tally` sums up. `splits` gives their order; those without rows are left out."""
    counts = tally.counts
    present = {str(key[2]) for key, number in counts.items() if key[0] == "rows" and number}
    order = (*(split for split in splits if split in present), *sorted(present - set(splits)))
    histograms = {split: Counter({int(key[0]): n for key, n in _under(counts, "length", split)}) for split in order}
    lists = [path for path, column in walk_columns(layout.articles) if column.item and not column.is_map]
    return Statistics(
        splits=order,
        rows={table.name: {split: counts["rows", table.name, split] for split in order} for table in layout.tables},
        texts=lengths(sum(histograms.values(), Counter())),
        texts_by_split={split: found for split, each in histograms.items() if (found := lengths(each))},
        withheld={split: counts["withheld", split] for split in order},
        withheld_spans=counts["absent",],
        items={path: {split: counts["items", split, path] for split in order} for path in lists},
        filled={
            column.name: {split: counts["filled", split, column.name] for split in order}
            for column in layout.articles.columns
        },
        distributions=tuple(_distributions(counts, layout, order)),
        annotators={str(key[0]): number for key, number in sorted(_under(counts, "annotator"))},
        licenses=_licenses(counts),
    )


def _under(counts: Counter[Key], *head: str) -> Iterator[tuple[Key, int]]:
    """What is counted under keys that begin with `head`, by the rest of the key."""
    return ((key[len(head) :], number) for key, number in counts.items() if key[: len(head)] == head)


def _distributions(counts: Counter[Key], layout: Layout, splits: Sequence[str]) -> Iterator[Distribution]:
    found: dict[tuple[str | int, str | int], dict[str, dict[str | int, int]]] = {}
    for (table_name, split, path, value), number in _under(counts, "value"):
        found.setdefault((table_name, path), {}).setdefault(str(split), {})[value] = number
    for table in layout.tables:
        for path, column in walk_columns(table):
            if not column.labels and not is_small(column):
                continue
            by_split = found.get((table.name, path), {})
            values = column.labels or sorted(set().union(*by_split.values()))
            named = {split: {str(value): by_split.get(split, {}).get(value, 0) for value in values} for split in splits}
            yield Distribution(table=table.name, path=path, values=tuple(map(str, values)), counts=named)


def _licenses(counts: Counter[Key]) -> dict[str, LicenseCounts]:
    """The counts by licence, the most frequent first."""
    found: dict[str, dict[str, int]] = {}
    for (name, state), number in _under(counts, "license"):
        found.setdefault(str(name), {})[str(state)] = number
    by_number = sorted(found, key=lambda name: (-sum(found[name].values()), name))
    return {name: LicenseCounts(**found[name]) for name in by_number}
