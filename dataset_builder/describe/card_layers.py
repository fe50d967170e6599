"""The card's account of what columns hold: metadata, layers, links, and the labels of each."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from dataset_builder.describe.card_columns import (
    LabelDefinitions,
    Row,
    column_row,
    column_table,
    label_definitions,
    leaves,
    parts,
)
from dataset_builder.describe.card_facts import CardFacts
from dataset_builder.describe.markdown import Markdown, code, prose, table, to_markdown, words
from dataset_builder.describe.paths import columns_within
from dataset_builder.schema.columns import Column, Table

__all__ = ["Layer", "fields", "layers"]

Leaves = list[tuple[str, Column]]
"""Columns with values of their own, by path."""

_OVERLAP = {
    "forbid": "; they never overlap",
    "nest": "; they may nest, but never cross",
    "ordered": "; they stand in the order of the text, and never overlap",
    "allow": "; they may overlap",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer as the card shows it."""

    name: Markdown
    description: Markdown
    note: Markdown  # what kind of thing it is, and how many there are
    columns: Markdown | None  # those that aren't shared with other layers
    labels: list[LabelDefinitions]


def fields(facts: CardFacts) -> dict[str, object] | None:
    """What is known of each article beside its annotation."""
    columns = list(leaves(facts.metadata))
    return {"columns": column_table(columns), "labels": label_definitions(columns), "layers": bool(facts.layers)}


def layers(facts: CardFacts) -> dict[str, object] | None:
    """Each layer of the annotation; single values of the whole article are taken together, links come last."""
    structured = [(column, list(leaves(parts(column)))) for column in facts.layers if parts(column)]
    shared = _shared(structured)
    shown = [_layer(facts, column, found, shared) for column, found in structured]
    single = [column for column in facts.layers if not parts(column)]
    if single:
        shown.append(_single_values(single))
    if facts.layout.links:
        shown.append(_links(facts, facts.layout.links))
    if not shown:
        return None
    records = facts.layout.annotations.name if facts.layout.annotations else None
    return {
        "layers": shown,
        "shared": _shared_table(shared) if shared else None,
        "records": code(records) if records else None,
        "spans": any(column.shape.span for layer in facts.layers for _, column in columns_within(layer, "")),
    }


def _shared(layers: Sequence[tuple[Column, Leaves]]) -> dict[Row, list[str]]:
    """What is said of a column in the same words in several layers, with the names of those; never of labels."""
    found: dict[Row, list[str]] = {}
    for layer, columns in sorted(layers, key=lambda pair: -len(pair[1])):  # in the order of the longest one
        for path, column in columns:
            if not column.labels:
                found.setdefault(column_row(path, column), []).append(layer.name)
    order = [layer.name for layer, _ in layers]
    return {row: sorted(names, key=order.index) for row, names in found.items() if len(names) > 1}


def _shared_table(shared: Mapping[Row, list[str]]) -> Markdown:
    rows = ((*row, words([code(name) for name in names])) for row, names in shared.items())
    return table(("column", "type", "meaning", "in"), rows)


def _layer(facts: CardFacts, layer: Column, columns: Leaves, shared: Container[Row]) -> Layer:
    own = [(path, column) for path, column in columns if column_row(path, column) not in shared]
    return Layer(
        name=code(layer.name),
        description=prose(layer.shape.description),
        note=_note(facts, layer),
        columns=column_table(own) if own else None,
        labels=label_definitions(own),
    )


def _note(facts: CardFacts, column: Column) -> Markdown:
    if not column.item:
        return Markdown("")
    spans = column.item.shape.span is not None
    number = sum(facts.statistics.items.get(column.name, {}).values())
    noun = "span" if spans else "item"
    overlap = _OVERLAP.get(column.shape.overlap or "", "") if spans else ""
    flat = next((table.name for table in facts.layout.flat if table.path == (column.source,)), None)
    also = f" Also a table of its own, {code(flat)}." if flat else ""
    return Markdown(f"{to_markdown(number)} {noun if number == 1 else noun + 's'}{overlap}.{also}")


def _single_values(columns: list[Column]) -> Layer:
    found = list(leaves(columns))
    return Layer(
        name=Markdown("The article as a whole"),
        description=Markdown(""),
        note=Markdown(""),
        columns=column_table(found),
        labels=label_definitions(found),
    )


def _links(facts: CardFacts, links: Table) -> Layer:
    found = list(leaves(links.columns))
    number = facts.statistics.total(links.name)
    return Layer(
        name=code(links.name),
        description=prose(links.description),
        note=Markdown(f"{to_markdown(number)} {'link' if number == 1 else 'links'}, in a table of their own."),
        columns=column_table(found),
        labels=label_definitions(found),
    )
