"""Standoff JSON Lines: an article a line, with its text, what is known of it and what each annotator says of it.

It holds all that a project says, in a shape that needs no schema: layers by name, spans in code points.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from dataset_builder.formats.format import Declared, Tick, Written
from dataset_builder.formats.json_rows import Row, Titles, array, integer, rows, shown
from dataset_builder.formats.records import is_plain_name, layer_name
from dataset_builder.formats.settle import POINTS
from dataset_builder.formats.source import Source
from dataset_builder.model.foreign import Argument, ForeignArticle, ForeignRecord, Item, Note, Referent, Trouble

__all__ = ["exporter", "importer"]

_FORMAT = "dataset-builder/standoff"
_ENDINGS = (".json", ".jsonl", ".ndjson")
_SHARD = 32 << 20  # bytes after which another file is begun
_PLACE = frozenset({"id", "label", "start", "end", "quote", "fragments"})
_ITEM = _PLACE | {"references", "arguments", "attributes", "notes", "referents", "extra"}
_NO_REFERENCES = _ITEM | {"at", "digest"}


def importer(source: Source) -> "Standoff":
    """What reads standoff JSON Lines."""
    return Standoff(source)


def exporter() -> "StandoffWriter":
    """What writes standoff JSON Lines."""
    return StandoffWriter()


class StandoffWriter:
    """Writes articles, a line each; it holds all that they say."""

    def write(self, articles: Iterable[ForeignArticle], annotators: Sequence[str]) -> Iterator[Written]:  # noqa: ARG002 - the protocol's
        """Files of some ten megabytes."""
        lines: list[bytes] = []
        size = count = 0
        for article in articles:
            lines.append(orjson.dumps(_article(article), default=str, option=orjson.OPT_APPEND_NEWLINE))
            size += len(lines[-1])
            if size > _SHARD:
                count += 1
                yield Written(file=f"articles-{count:05}.jsonl", data=b"".join(lines))
                lines, size = [], 0
        if lines:
            yield Written(file=f"articles-{count + 1:05}.jsonl", data=b"".join(lines))


def _article(article: ForeignArticle) -> dict[str, Any]:
    metadata = {name: value for name, value in article.metadata.items() if value is not None}
    return {
        "format": _FORMAT,
        "id": article.name,
        "text": article.text,
        "metadata": metadata,
        "annotations": [_record(record, article.text) for record in article.records],
    }


def _record(record: ForeignRecord, text: str) -> dict[str, Any]:
    layers: dict[str, list[dict[str, Any]]] = {}
    for item in record.items:
        layers.setdefault(item.layer, []).append(_item(item, text))
    value = {"annotator": record.annotator, "attributes": record.attributes, "layers": layers, "extra": record.extra}
    return {name: each for name, each in value.items() if each or name in ("annotator", "layers")}


def _item(item: Item, text: str) -> dict[str, Any]:
    value: dict[str, Any] = {"id": item.id}
    if item.label is not None:
        value["label"] = item.label
    if item.fragments:
        start, end = item.fragments[0][0], item.fragments[-1][1]
        value |= {"start": start, "end": end, "quote": text[start:end]}
    if len(item.fragments) > 1:
        value["fragments"] = [{"start": start, "end": end} for start, end in item.fragments]
    rest = {
        "references": item.references,
        "arguments": [argument._asdict() for argument in item.arguments],
        "attributes": item.attributes,
        "notes": [_given(note._asdict()) for note in item.notes],
        "referents": [_given(referent._asdict()) for referent in item.referents],
        "extra": item.extra,
    }
    return value | {name: each for name, each in rest.items() if each}


def _given(value: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in value.items() if each is not None}


class Standoff:
    """Reads what `StandoffWriter` writes, and what is written like it by hand."""

    def __init__(self, source: Source) -> None:
        self.declared = Declared()
        self._source = source
        self._files = [file for file in source.files if file.lower().endswith(_ENDINGS)]
        self._titles = Titles()

    def read(self, tick: Tick) -> Iterator[ForeignArticle]:
        """The articles in the order of files and lines."""
        for done, file in enumerate(self._files):
            tick(done, len(self._files))
            for row in rows(self._source, file, self._source.troubles):
                text = row.value.get("text")
                if isinstance(text, str):
                    yield self._article(row, text)
                else:
                    self._source.troubles.append(row.trouble("import-no-text", "the article has no text"))
        tick(len(self._files), len(self._files))

    def _article(self, row: Row, text: str) -> ForeignArticle:
        wanted = row.value.get("id")
        name = wanted if isinstance(wanted, str) and wanted else f"{row.file.rpartition('.')[0]}-{row.line}"
        metadata = _object(row.value.get("metadata"))
        extra = metadata.pop("extra", {})
        metadata |= extra if isinstance(extra, dict) else {"extra": extra}
        known = ("format", "id", "text", "metadata", "annotations")
        metadata |= {key: each for key, each in row.value.items() if key not in known}
        article = ForeignArticle(
            name=self._titles.article(name), text=text, file=row.file, line=row.line, metadata=metadata
        )
        if article.name != name:
            message = f'the id "{name}" is taken: this article is called "{article.name}"'
            article.troubles.append(row.trouble("import-loose", message))
        for value in array(row.value.get("annotations")):
            reader = _Reader(row, article.troubles)
            if record := reader.record(value, self._titles):
                _add(article, record, row)
        return article


def _add(article: ForeignArticle, record: ForeignRecord, row: Row) -> None:
    if any(each.annotator == record.annotator for each in article.records):
        message = f'there are two records by "{record.annotator}": the second is left out'
        article.troubles.append(row.trouble("import-duplicate-id", message))
    else:
        article.records.append(record)


def _object(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}


class _Reader:
    """Reads one record."""

    def __init__(self, row: Row, troubles: list[Trouble]) -> None:
        self._row, self._troubles = row, troubles

    def _tell(self, kind: str, message: str, value: Any) -> None:
        self._troubles.append(self._row.trouble(kind, f"{message}: {shown(value)}", value))

    def record(self, value: Any, titles: Titles) -> ForeignRecord | None:
        """The record in `value`, if it is one."""
        if not isinstance(value, dict) or not isinstance(value.get("layers", {}), dict):
            self._tell("import-syntax", "a record is an object with an annotator and layers", value)
            return None
        found = ForeignRecord(annotator=titles.annotator(value.get("annotator")))
        found.attributes, found.extra = _object(value.get("attributes")), _object(value.get("extra"))
        known = ("annotator", "layers", "attributes", "extra")
        found.extra |= {name: each for name, each in value.items() if name not in known}
        for layer, items in value.get("layers", {}).items():
            for each in array(items):
                if item := self._item(layer_name(layer), each):
                    found.items.append(item)
        return found

    def _item(self, layer: str, value: Any) -> Item | None:
        if not isinstance(value, dict) or not isinstance(value.get("id"), str) or not value["id"]:
            self._tell("import-syntax", "an item is an object with an id", value)
            return None
        fragments = self._fragments(value)
        if fragments is None:
            return None
        label, quote = value.get("label"), value.get("quote")
        point = len(fragments) == 1 and fragments[0][0] == fragments[0][1]
        extra = _object(value.get("extra")) | {name: each for name, each in value.items() if name not in _ITEM}
        return Item(
            id=value["id"],
            layer=layer.removesuffix(POINTS) if point else layer,  # settling puts it there again
            label=label if isinstance(label, str) else None,
            fragments=fragments,
            quote=quote if isinstance(quote, str) and len(fragments) == 1 else None,
            references=dict(self._references(value)),
            arguments=tuple(
                Argument(each["role"], each["target"]) for each in self._members(value, "arguments", ("role", "target"))
            ),
            attributes=_object(value.get("attributes")),
            notes=tuple(Note(**_texts(each, Note._fields)) for each in self._members(value, "notes", ("text",))),
            referents=tuple(
                Referent(**_texts(each, Referent._fields))
                for each in self._members(value, "referents", ("resource", "entry"))
            ),
            extra=extra,
            file=self._row.file,
            line=self._row.line_of(value),
        )

    def _fragments(self, value: dict[str, Any]) -> tuple[tuple[int, int], ...] | None:
        """The stretches of the item, none if it has none; None if they are no offsets."""
        pieces = array(value.get("fragments")) or ([value] if "start" in value or "end" in value else [])
        found = []
        for piece in pieces:
            start, end = (
                (integer(piece.get(name)) for name in ("start", "end")) if isinstance(piece, dict) else (None,) * 2
            )
            if start is None or end is None:
                self._tell("import-syntax", "a span has two numbers, start and end", value)
                return None
            found.append((start, end))
        return tuple(found)

    def _references(self, value: dict[str, Any]) -> Iterator[tuple[str, str | tuple[str, ...]]]:
        for name, target in _object(value.get("references")).items():
            if name not in _NO_REFERENCES and is_plain_name(name) and isinstance(target, str):
                yield name, target
            elif name not in _NO_REFERENCES and is_plain_name(name) and _are_texts(target):
                yield name, tuple(target)
            else:
                self._tell("import-syntax", f'"{name}" is no reference to an item', value)

    def _members(self, value: dict[str, Any], name: str, needed: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
        for each in array(value.get(name)):
            if isinstance(each, dict) and _are_texts([each.get(key) for key in needed]):
                yield each
            else:
                self._tell("import-syntax", f"{' and '.join(needed)} are missing in {name}", each)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _texts(value: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: value[name] for name in names if isinstance(value.get(name), str)}
