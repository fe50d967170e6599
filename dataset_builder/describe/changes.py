"""What a release says of its differences, as the items of a changelog: names and numbers, never what a text says."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dataset_builder.describe.markdown import Markdown, code, words
from dataset_builder.model.build import Manifest
from dataset_builder.model.diff import AnnotationChange, Diff, Move, SchemaChange, Section

__all__ = ["changes", "first_contents"]

_LISTED = 20  # names in one item
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
_NOUNS = {"table": "Table", "column": "Column", "label": "Label"}

Items = dict[str, list[str]]
"""Items by the heading that they belong under: Added, Changed, Removed."""


def first_contents(manifest: Manifest) -> Items:
    """What the first release holds."""
    rows = {table.name: table.rows for table in manifest.tables if table.rows}
    articles = next((table for table in manifest.tables if table.name == "articles"), None)
    splits = {name: split.rows for name, split in articles.splits.items()} if articles else {}
    parts = (
        f" ({words([Markdown(f'{_number(size)} in {_name(name)}') for name, size in splits.items()])})"
        if len(splits) > 1
        else ""
    )
    sizes = Markdown(f"{_counted(manifest.counts.get('articles', 0), 'article')}{parts}")
    counts = words([sizes, _counted(manifest.counts.get("annotations", 0), "annotation")])
    tables = words([Markdown(f"{_name(name)} ({_counted(size, 'row')})") for name, size in rows.items()])
    return {"Added": [f"The first release: {counts}.", f"Tables: {_plain(tables)}."]}


def changes(diff: Diff) -> Items:
    """What differs, a sentence an item. Numbers are whole only where `diff` holds every change."""
    found = {
        "Added": [*_schema(diff, "added"), *_articles(diff, "added"), *_counts(diff, "added")],
        "Changed": [*_schema_changes(diff), *_moves(diff.splits), *_articles(diff, "revised"), *_corrections(diff)],
        "Removed": [*_schema(diff, "removed"), *_articles(diff, "removed"), *_counts(diff, "removed")],
    }
    if not any(found.values()):
        found["Changed"] = [f"What is derived from the data: {_plain(words(_derived(diff)))}."]
    return {heading: items for heading, items in found.items() if items}


def _schema(diff: Diff, what: str) -> Iterator[str]:
    """Tables, columns and labels that came or went; one that several tables have is one item."""
    for kind, noun in _NOUNS.items():
        places: dict[str, list[str]] = {}
        for change in _of(diff.schema.shown, f"{kind} {what}"):
            name = (change.new if what == "added" else change.old) if kind == "label" else _place(change)
            places.setdefault(str(name), []).append(_place(change))
        for name, where in places.items():
            yield f"{noun} {_name(name)}" + (f" of {_named(where)}." if kind == "label" else ".")


def _schema_changes(diff: Diff) -> Iterator[str]:
    for change in diff.schema.shown:
        if change.kind == "type changed":
            yield f"Type of {_name(_place(change))}: {_name(change.old or '')} → {_name(change.new or '')}."
        elif change.kind == "labels recoded":
            yield f"Labels of {_name(_place(change))} stand for other integers now."
        elif change.kind == "columns reordered":
            yield f"Columns of {_name(_place(change))} stand in another order."
    if diff.documents:
        yield f"Schema: {_named(diff.documents)}."


def _of(found: Iterable[SchemaChange], kind: str) -> Iterator[SchemaChange]:
    return (change for change in found if change.kind == kind)


def _place(change: SchemaChange) -> str:
    return f"{change.table}: {change.path}" if change.path else change.table


def _moves(section: Section[Move]) -> Iterator[str]:
    ways: dict[tuple[str, str], list[str]] = {}
    for move in section.shown:
        ways.setdefault((move.old, move.new), []).append(move.article)
    for (old, new), ids in ways.items():
        yield f"{_counted(len(ids), 'article')} moved from {_name(old)} to {_name(new)}: {_named(ids)}."


def _articles(diff: Diff, kind: str) -> Iterator[str]:
    ids = [change.article for change in diff.articles.shown if change.kind == kind]
    if ids and kind == "revised":
        yield f"Texts of {_counted(len(ids), 'article')}: {_named(ids)}."
    elif ids:
        yield f"{_counted(len(ids), 'article')}: {_named(ids)}."


def _counts(diff: Diff, what: str) -> Iterator[str]:
    """Annotations and links that came or went."""
    records = [change for change in diff.annotations.shown if f"record {what}" in change.kinds]
    if records:
        yield f"{_counted(len(records), 'annotation')}, of {_named(_ids(records))}."
    yield from _items(diff.annotations, what, "by annotators")
    yield from _items(diff.gold, what, "in what is published as gold")
    links = [change.link for change in diff.links.shown if change.kind == what]
    if links:
        yield f"{_counted(len(links), 'link')}: {_named(links)}."


def _items(section: Section[AnnotationChange], what: str, whose: str) -> Iterator[str]:
    """Items of layers, counted by layer."""
    layers: dict[str, int] = {}
    for change in section.shown:
        if what in change.kinds:
            layers[change.layer] = layers.get(change.layer, 0) + 1
    if layers:
        parts = [Markdown(f"{_number(count)} in {_name(layer)}") for layer, count in layers.items()]
        yield f"Items {whose}: {_plain(words(parts))}."


def _corrections(diff: Diff) -> Iterator[str]:
    """What was corrected in annotations, links, metadata, and in what is said of the dataset."""
    for section, whose in ((diff.annotations, "by annotators"), (diff.gold, "in what is published as gold")):
        corrected = [change for change in section.shown if not _came_or_went(change)]
        if corrected:
            kinds = {
                kind: sum(kind in change.kinds for change in corrected) for each in corrected for kind in each.kinds
            }
            listed = ", ".join(f"{_number(count)} {kind}" for kind, count in sorted(kinds.items()))
            yield f"Corrections {whose}: {listed}, of {_named(_ids(corrected))}."
    links = [change.link for change in diff.links.shown if change.kind == "changed"]
    if links:
        yield f"{_counted(len(links), 'link')}: {_named(links)}."
    if diff.metadata.total:
        fields = [Markdown(f"{_name(field)} ({_number(count)})") for field, count in diff.metadata.counts.items()]
        ids = [change.article for change in diff.metadata.shown]
        yield f"Metadata: {_plain(words(fields))}, of {_named(ids)}."
    said = [change.path for change in diff.dataset if change.path != "version"]
    if said:
        yield f"About the dataset: {_named(said)}."


def _came_or_went(change: AnnotationChange) -> bool:
    return not {"added", "removed", "record added", "record removed"}.isdisjoint(change.kinds)


def _derived(diff: Diff) -> list[Markdown]:
    found: Mapping[str, Any] = {
        "agreement": diff.agreement,
        "label counts": diff.drift,
        "columns whose values can't be compared": diff.uncompared,
        "digests": diff.unexplained,
    }
    return [Markdown(name) for name, value in found.items() if value] or [Markdown("its description")]


def _ids(found: Iterable[AnnotationChange]) -> list[str]:
    return list(dict.fromkeys(change.article for change in found))


def _named(names: Iterable[str]) -> str:
    """The names in code type, the first of them where there are many."""
    every = list(dict.fromkeys(names))
    shown = [_name(name) for name in every[:_LISTED]]
    if len(every) > _LISTED:
        shown.append(Markdown(f"{_number(len(every) - _LISTED)} more"))
    return _plain(words(shown))


def _name(name: str) -> Markdown:
    """A name of the data: nothing in it is read as markup, and all of it can be seen."""
    seen = (f"<U+{ord(each):04X}>" if unicodedata.category(each) in _UNSEEN else each for each in name)
    return code("".join(seen))


def _plain(text: object) -> str:
    return str(text)


def _counted(number: int, noun: str) -> Markdown:
    return Markdown(f"{_number(number)} {noun}" if number == 1 else f"{_number(number)} {noun}s")


def _number(number: int) -> Markdown:
    return Markdown(f"{number:,}")
