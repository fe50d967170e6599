"""The figures of a dataset, for people."""

from collections.abc import Iterator, Mapping
from typing import Any

from dataset_builder.report.table import table
from dataset_builder.report.text import counted
from dataset_builder.report.visible import visible

__all__ = ["render"]


def render(figures: Mapping[str, Any]) -> str:
    """`figures`, of the shape that `stats --format json` prints, as tables under headings."""
    return "\n".join(_parts(figures))


def _parts(figures: Mapping[str, Any]) -> Iterator[str]:
    yield _by_split("rows", figures["tables"])
    yield _texts(figures["texts"])
    if figures["items"]:
        yield _by_split("items", figures["items"])
    if figures["annotators"]:
        yield table([("annotator", "annotations"), *figures["annotators"].items()])
    if figures["licenses"]:
        states = [(name, each["included"], each["withheld"]) for name, each in figures["licenses"].items()]
        yield table([("licence", "texts included", "withheld"), *states])
    for name, columns in figures["values"].items():
        for path, counts in columns.items():
            if counts:
                yield f"{visible(name)}: {visible(path)}\n{_by_value(counts)}"


def _by_split(head: str, counts: Mapping[str, Mapping[str, int]]) -> str:
    """A row a name, a column a split, and the sum where there are several."""
    splits = list(dict.fromkeys(split for each in counts.values() for split in each))
    several = len(splits) > 1
    rows = [
        [name, *(each.get(split, 0) for split in splits), *([sum(each.values())] if several else [])]
        for name, each in counts.items()
    ]
    return table([[head, *splits, *(["total"] if several else [])], *rows])


def _by_value(counts: Mapping[str, Mapping[str, int]]) -> str:
    values = list(dict.fromkeys(value for each in counts.values() for value in each))
    return _by_split(
        "value", {value: {split: each.get(value, 0) for split, each in counts.items()} for value in values}
    )


def _texts(texts: Mapping[str, Any]) -> str:
    """How long the texts are; how many are withheld."""
    withheld = sum(texts["withheld"].values())
    line = f"{counted(withheld, 'text')} withheld\n" if withheld else ""
    if not texts["length"]:
        return line or "no texts\n"
    head = ("length in characters", "texts", "total", "shortest", "median", "longest", "mean")
    several = len(texts["length_by_split"]) > 1
    lengths = texts["length_by_split"] | {"all": texts["length"]} if several else {"all": texts["length"]}
    rows = [
        (
            split,
            each["texts"],
            each["total"],
            each["minimum"],
            each["quartiles"][1],
            each["maximum"],
            round(each["mean"]),
        )
        for split, each in lengths.items()
    ]
    return table([head, *rows]) + line
