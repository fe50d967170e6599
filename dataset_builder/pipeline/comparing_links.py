"""The links between articles, in two builds."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from dataset_builder.compare.collect import Collector
from dataset_builder.compare.layers import Meaning
from dataset_builder.compare.records import value_changes
from dataset_builder.model.diff import Change, LinkChange, SchemaChange, Section
from dataset_builder.pipeline.meanings import Meanings
from dataset_builder.pipeline.table_pair import TablePair

__all__ = ["compare_links"]


def compare_links(
    table: TablePair, meanings: tuple[Meanings, Meanings], limit: int | None, changes: Sequence[SchemaChange]
) -> Section[LinkChange]:
    """What differs between the links. What their spans cover isn't repeated: it may be of a text that is withheld."""
    found = Collector[LinkChange](limit, lambda change: (change.kind, change.link))
    if not table.in_both or table.is_same(changes):
        return found.section()
    removed, added, pairs = table.paired("id")
    for link, _ in removed:
        found.add(LinkChange(kind="removed", link=link), "removed")
    for link, _ in added:
        found.add(LinkChange(kind="added", link=link), "added")
    columns = list(table.features[0])
    known = {**meanings[0].of_links(table.features[0]), **meanings[1].of_links(table.features[1])}
    hidden = set(_covering(known))
    for pair in pairs:
        masks = table.masks(pair, columns)
        for old, new in table.rows(pair, np.logical_or.reduce(list(masks.values())), columns):
            differing = [each for name in columns for each in value_changes(name, old[name], new[name])]
            shown = tuple(
                Change(path=each.path, old=None, new=None) if each.path in hidden or _is_nested(each) else each
                for each in differing
            )
            if shown:
                found.add(LinkChange(kind="changed", link=old["id"], changes=shown), "changed")
    return found.section()


def _covering(meanings: Mapping[str, Meaning], prefix: str = "") -> Iterator[str]:
    """The paths of what spans cover, and of its digests."""
    for name, each in meanings.items():
        yield from (f"{prefix}{name}.{part}" for part in (each.quote, each.digest) if part)
        yield from _covering(each.members, f"{prefix}{name}.")


def _is_nested(change: Change) -> bool:
    """Whether spans may be in what changed."""
    return any(isinstance(value, list | dict) for value in (change.old, change.new))
