"""doccano: JSON Lines, an example a line, in the shapes that its versions and tasks have had.

Spans are `[start, end, label]`, or objects with `start_offset` and `end_offset`; categories are labels without offsets.
Offsets count code points; versions of before 2019 counted UTF-16 units, which nothing in a file shows.
"""

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any

from dataset_builder.errors import UsageError
from dataset_builder.formats.format import Declared, Tick
from dataset_builder.formats.json_rows import Row, Titles, array, grouped, integer, rows, shown, text_of
from dataset_builder.formats.source import Source
from dataset_builder.model.foreign import Argument, ForeignArticle, ForeignRecord, Item, Trouble
from dataset_builder.model.unit import CODE_POINTS, UTF_16, Unit

__all__ = ["UNITS", "importer"]

UNITS = {"code-points": CODE_POINTS, "utf-16": UTF_16}
_ENDINGS = (".json", ".jsonl", ".ndjson")
_ANNOTATOR = "doccano"
_EVERYBODY = frozenset({"all", "admin", "unknown"})  # what doccano calls files that aren't one user's
_SPANS = ("entities", "annotations", "labels", "label", "spans", "cats")
_COLOURS = frozenset({"backgroundColor", "background_color"})  # what a definition of a label has, and no example
_SAID = frozenset({*_SPANS, "relations", "id", "text", "data", "meta"})


def importer(source: Source, unit: str = "code-points", annotators: str | None = None) -> "Doccano":
    """What reads the doccano export `source`.

    Raises:
        UsageError: there is no such unit or no such way to tell annotators.
    """
    if unit not in UNITS:
        raise UsageError(f"offsets are counted in {' or '.join(UNITS)}, not in {unit!r}")
    if annotators not in (None, "file", "none"):
        raise UsageError(f"annotators are told by file or none, not by {annotators!r}")
    return Doccano(source, UNITS[unit], annotators)


class Doccano:
    """Reads an export. Annotators are told by `user`, or by the files' names where there are several files."""

    def __init__(self, source: Source, unit: Unit, annotators: str | None) -> None:
        self.declared = Declared()
        self._source, self._unit = source, unit
        files = [file for file in source.files if file.lower().endswith(_ENDINGS)]
        self._names = {file: names for file in files if (names := _label_names(source, file))}
        self._labels = {number: name for names in self._names.values() for number, name in names.items()}
        self._files = [file for file in files if file not in self._names]
        self._by_file = annotators == "file" or (annotators is None and len(self._files) > 1)
        self._titles = Titles()

    def read(self, tick: Tick) -> Iterator[ForeignArticle]:
        """The examples, those of the same id and text in several files as one."""
        troubles = self._source.troubles
        if self._by_file:
            yield from map(self._article, grouped(lambda into: self._rows(into, tick), _key, troubles))
        else:
            yield from (self._article([row]) for row in self._rows(troubles, tick))
        tick(len(self._files), len(self._files))

    def _rows(self, troubles: list[Trouble], tick: Tick) -> Iterator[Row]:
        for done, file in enumerate(self._files):
            tick(done, len(self._files))
            for row in rows(self._source, file, troubles):
                if _text(row) is None:
                    troubles.append(row.trouble("import-no-text", "the example has no text"))
                else:
                    yield row

    def _article(self, together: list[Row]) -> ForeignArticle:
        row, value = together[0], together[0].value
        stem = row.file.rpartition(".")[0]
        name = text_of(value.get("id")) or f"{stem}-{row.line}"
        article = ForeignArticle(
            name=self._titles.article(name),
            text=_text(row) or "",
            file=row.file,
            line=row.line,
            metadata=_metadata(row),
        )
        if article.name != name:
            message = f'the id "{name}" is taken by an example with another text: this one is called "{article.name}"'
            article.troubles.append(row.trouble("import-loose", message))
        records: dict[str, ForeignRecord] = {}
        for each in together:
            self._annotate(article, records, each)
        article.records = list(records.values())
        return article

    def _annotate(self, article: ForeignArticle, records: dict[str, ForeignRecord], row: Row) -> None:
        stem = row.file.rpartition(".")[0].rpartition("/")[2]
        default = stem if self._by_file and stem not in _EVERYBODY else _ANNOTATOR
        reader = _Example(row, article.text, self._unit, self._labels)
        for user, record in reader.records():
            annotator = self._titles.annotator(user if user is not None else default)
            if annotator not in records:
                record.annotator = annotator
                records[annotator] = record
            else:
                _unite(records[annotator], record, row)
        article.troubles += reader.troubles


def _label_names(source: Source, file: str) -> dict[str, str]:
    """The names of labels by their numbers, if `file` defines labels, as doccano exports them."""
    first = next(rows(source, file, []), None)
    if first is None or not first.value.keys() & _COLOURS:
        return {}
    return {
        text_of(row.value.get("id")) or str(number): str(row.value.get("text"))
        for number, row in enumerate(rows(source, file, source.troubles))
    }


def _text(row: Row) -> str | None:
    text = row.value.get("text", row.value.get("data"))
    return text if isinstance(text, str) else None


def _key(row: Row) -> bytes:
    id_ = text_of(row.value.get("id")) or ""
    return blake2b(f"{id_}\0{_text(row)}".encode(), digest_size=16).digest()


def _metadata(row: Row) -> dict[str, Any]:
    """What an example says that is no annotation; members of `meta` stand beside the others."""
    meta = row.value.get("meta")
    found = dict(meta) if isinstance(meta, dict) else {} if meta in (None, "") else {"meta": meta}
    for name, value in row.value.items():
        if name not in _SAID and not (value is None and name == "annotation_approver"):
            found["comments" if name == "Comments" else name] = value
    return found


def _unite(known: ForeignRecord, more: ForeignRecord, row: Row) -> None:
    """Adds to `known` what the same annotator says in another file; ids of items are told apart by it."""
    taken = {item.id for item in known.items}
    fresh = {item.id: item.id if item.id not in taken else f"{item.id}-{row.line}-{row.file}" for item in more.items}
    for item in more.items:
        arguments = tuple(Argument(role, fresh.get(target, target)) for role, target in item.arguments)
        known.items.append(item._replace(id=fresh[item.id], arguments=arguments))
    for name, value in more.attributes.items():
        known.attributes[name] = [*known.attributes.get(name, ()), *value]
    known.extra |= more.extra


class _Example:
    """What is said of one example."""

    def __init__(self, row: Row, text: str, unit: Unit, labels: Mapping[str, str]) -> None:
        self.troubles: list[Trouble] = []
        self._labels = labels
        self._row, self._records = row, dict[int | str | None, ForeignRecord]()
        said = [each for name in _SPANS for each in array(row.value.get(name))]
        self._at = unit.code_points(text, _offsets(said)) if unit != CODE_POINTS else None
        self._said = said
        self._count = 0

    def records(self) -> Iterator[tuple[int | str | None, ForeignRecord]]:
        """What each user says; None is one that isn't named."""
        for name in _SPANS:
            value = self._row.value.get(name)
            if value is None:
                continue
            if not isinstance(value, list):
                self._keep(name, value, None)
                continue
            if not value and name != "annotations":
                self._record(None)  # somebody looked, and found nothing
            for each in value:
                self._say(name, each)
        for each in array(self._row.value.get("relations")):
            self._relate(each)
        yield from self._records.items()

    def _record(self, user: int | str | None) -> ForeignRecord:
        return self._records.setdefault(user, ForeignRecord(annotator=""))

    def _keep(self, name: str, value: Any, user: int | str | None) -> None:
        message = f"no annotation of doccano looks so; it is kept under extra: {shown(value)}"
        self.troubles.append(self._row.trouble("import-kept", message, value))
        self._record(user).extra.setdefault(name, []).append(value)

    def _say(self, name: str, value: Any) -> None:
        if isinstance(value, str):
            self._add("labels", value, None)
        elif isinstance(value, list) and len(value) == 3 and text_of(value[2]):
            self._span(value, value[:2], str(value[2]), {}, None)
        elif isinstance(value, dict):
            user = value.get("user")
            self._object(name, value, user if isinstance(user, int | str) and user != "" else None)
        else:
            self._keep(name, value, None)

    def _object(self, name: str, value: dict[str, Any], user: int | str | None) -> None:
        rest = {key: each for key, each in value.items() if key not in ("start_offset", "end_offset", "label", "user")}
        label = text_of(value.get("label"))
        if label is not None and not isinstance(value["label"], str):
            label = self._labels.get(label, label)
        if "start_offset" in value or "end_offset" in value:
            self._span(value, [value.get("start_offset"), value.get("end_offset")], label, rest, user)
        elif label is not None and not rest.keys() - {"id"}:
            self._add("labels", label, user)
        elif isinstance(value.get("text"), str) and not rest.keys() - {"id", "text"}:
            self._add("texts", value["text"], user)
        else:
            self._keep(name, value, user)

    def _add(self, name: str, value: str, user: int | str | None) -> None:
        self._record(user).attributes.setdefault(name, []).append(value)

    def _span(
        self, value: Any, offsets: list[Any], label: str | None, rest: dict[str, Any], user: int | str | None
    ) -> None:
        first, last = map(self._place, offsets)
        if first is None or last is None:
            message = f"the span has no offsets that lie in the text: {shown(value)}"
            self.troubles.append(self._row.trouble("import-range", message, value))
            return
        self._count += 1
        id_ = text_of(rest.pop("id", None)) or f"s{self._count}"
        self._record(user).items.append(
            Item(
                id=id_,
                layer="spans",
                label=label,
                fragments=((first, last),),
                extra=rest,
                file=self._row.file,
                line=self._row.line_of(value),
            )
        )

    def _place(self, offset: Any) -> int | None:
        number = integer(offset)
        return number if self._at is None or number is None else self._at[number]

    def _relate(self, value: Any) -> None:
        ends = (text_of(value.get("from_id")), text_of(value.get("to_id"))) if isinstance(value, dict) else (None, None)
        first, last = ends
        if first is None or last is None:
            message = f"the relation doesn't say from where to where it goes: {shown(value)}"
            self.troubles.append(self._row.trouble("import-syntax", message, value))
            return
        owner = next((record for record in self._records.values() if _has(record, first)), None) or self._record(None)
        known = ("id", "from_id", "to_id", "type")
        number = text_of(value.get("id")) or str(len(owner.items))
        owner.items.append(
            Item(
                id=f"r{number}",  # doccano numbers spans and relations apart
                layer="relations",
                label=text_of(value.get("type")),
                arguments=(Argument("from", first), Argument("to", last)),
                extra={key: each for key, each in value.items() if key not in known},
                file=self._row.file,
                line=self._row.line_of(value),
            )
        )


def _has(record: ForeignRecord, id_: str) -> bool:
    return any(item.id == id_ for item in record.items)


def _offsets(said: list[Any]) -> Iterator[int]:
    for each in said:
        pair = (each.get("start_offset"), each.get("end_offset")) if isinstance(each, dict) else array(each)[:2]
        yield from (number for offset in pair if (number := integer(offset)) is not None)
