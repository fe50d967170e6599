"""The card's figures: splits, tables, layers, lengths, and how often each label occurs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dataset_builder.describe.card_facts import CardFacts
from dataset_builder.describe.figures import Distribution, Lengths
from dataset_builder.describe.markdown import Markdown, bar, code, table

__all__ = ["LabelCounts", "counts", "coverage", "distributions"]

_SHOWN = 25  # values of one column at most; of a longer set, the most frequent


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelCounts:
    """How often the labels of one column occur."""

    path: Markdown
    table: Markdown
    left_out: int  # labels that the table has no room for


def counts(facts: CardFacts) -> dict[str, object] | None:
    """Rows and items by split, and how long the texts are."""
    statistics, project = facts.statistics, facts.project
    lengths = statistics.texts
    return {
        "tables": _by_split(facts, "table", {code(name): rows for name, rows in statistics.rows.items()}),
        "items": _by_split(facts, "list", {code(path): items for path, items in _unpublished_lists(facts)}),
        "lengths": lengths,
        "spread": lengths is not None and lengths.minimum < lengths.maximum,
        "mean": round(lengths.mean) if lengths else 0,
        "lengths_by_split": _lengths(statistics.texts_by_split) if len(statistics.texts_by_split) > 1 else None,
        "several": len(statistics.splits) > 1,
        "group": code(project.splits.group) if project.splits.group else None,
        "field": code(project.splits.field) if project.splits.field else None,
    }


def _unpublished_lists(facts: CardFacts) -> Iterator[tuple[str, Mapping[str, int]]]:
    """The items of each list that has no table of its own; the others are rows there."""
    flat = {"[].".join(name for name in table.path if name) for table in facts.layout.flat}
    return ((path, items) for path, items in facts.statistics.items.items() if path not in flat)


def _by_split(facts: CardFacts, head: str, rows: Mapping[Markdown, Mapping[str, int]]) -> Markdown | None:
    """A table of counts with a column for each split and one for all."""
    splits = facts.statistics.splits
    several = len(splits) > 1
    lines = []
    for name, by_split in rows.items():
        numbers = [by_split.get(split, 0) for split in splits]
        lines.append((name, *(numbers if several else ()), sum(numbers)))
    headers = (
        head,
        *(map(code, splits) if several else ()),
        "all" if several else "rows" if head == "table" else "items",
    )
    return table(headers, lines, numbers=range(1, len(headers))) if lines else None


def _lengths(by_split: Mapping[str, Lengths]) -> Markdown:
    rows = [(code(split), *_five_numbers(found)) for split, found in by_split.items()]
    return table(
        ("split", "shortest", "lower quartile", "median", "upper quartile", "longest"), rows, numbers=range(1, 6)
    )


def _five_numbers(found: Lengths) -> tuple[int, ...]:
    return (found.minimum, *found.quartiles, found.maximum)


def coverage(facts: CardFacts) -> dict[str, object] | None:
    """How many articles of each split have something in each layer; None without layers."""
    if not facts.layers:
        return None
    statistics = facts.statistics
    articles = statistics.rows.get(facts.layout.articles.name, {})
    splits = statistics.splits
    several = len(splits) > 1
    rows = []
    for layer in facts.layers:
        filled = statistics.filled.get(layer.name, {})
        numbers = [_part(filled.get(split, 0), articles.get(split, 0)) for split in splits] if several else []
        rows.append((code(layer.name), *numbers, _part(sum(filled.values()), sum(articles.values()))))
    headers = ("layer", *(map(code, splits) if several else ()), "all" if several else "articles")
    return {"table": table(headers, rows, numbers=range(1, len(headers)))}


def _part(number: int, total: int) -> Markdown:
    return Markdown(f"{number:,} of {total:,}")


def distributions(facts: CardFacts) -> dict[str, object] | None:
    """How often each label occurs in the published annotation; what only repeats another table is left out."""
    shown = [_label_counts(facts, found) for found in facts.distributions]
    return {"distributions": shown, "several": len(facts.statistics.splits) > 1} if shown else None


def _label_counts(facts: CardFacts, found: Distribution) -> LabelCounts:
    splits = facts.statistics.splits
    several = len(splits) > 1
    names = list(found.values)
    if len(names) > _SHOWN:
        names = sorted(names, key=lambda name: (-found.of(name), name))[:_SHOWN]
    most = max(found.of(name) for name in names)
    rows = [
        (
            code(name),
            *((found.counts.get(split, {}).get(name, 0) for split in splits) if several else ()),
            found.of(name),
            _share(found.of(name), found.total),
            bar(found.of(name), most),
        )
        for name in names
    ]
    headers = ("value", *(map(code, splits) if several else ()), "all" if several else "count", "share", "")
    shown = table(headers, rows, numbers=range(1, len(headers) - 1))
    return LabelCounts(path=code(facts.path_of(found)), table=shown, left_out=len(found.values) - len(names))


def _share(number: int, total: int) -> Markdown:
    return Markdown(f"{number / total:.1%}" if number else "0%")
