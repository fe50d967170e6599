"""Tables: a row a text, or a row a span; whatever they are written in."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from math import isfinite
from typing import Any, NamedTuple

from dataset_builder.errors import UsageError
from dataset_builder.formats.distinct import Distinct
from dataset_builder.formats.format import Declared, Tick
from dataset_builder.formats.naming import Names
from dataset_builder.formats.records import layer_name
from dataset_builder.formats.source import Source, Unreadable
from dataset_builder.formats.table_mapping import Columns, columns_of, taken, unpacked
from dataset_builder.formats.tokenized import stem_of
from dataset_builder.model.foreign import ForeignArticle, ForeignRecord, Item, Trouble

__all__ = ["Row", "Rows", "Table"]

_SAMPLE = 200  # rows that columns are found out by
_TICK = 256
_SHOWN = 60


class Row(NamedTuple):
    """A row: its line in the file, 1-based (its number, where there are no lines), and its values by column."""

    line: int
    values: dict[str, Any]


Rows = Callable[[str, list[Trouble]], Iterator[Row]]
"""Reads a file's rows; what is no row goes to the troubles."""


@dataclass(slots=True)
class _Document:
    """An article under way, of one row or of several that follow one another."""

    article: ForeignArticle
    key: str  # what its rows have in common
    records: dict[str, ForeignRecord] = field(default_factory=dict)

    def tell(self, kind: str, message: str, line: int) -> None:
        self.article.troubles.append(Trouble(kind, message, self.article.file, line))


class Table:
    """Reads the rows of all files. What has no other column is what is known of the text."""

    def __init__(  # noqa: PLR0913, PLR0917 - what a form of tables gives
        self, source: Source, files: list[str], rows: Rows, annotator: str, options: Mapping[str, str], said: str = ""
    ) -> None:
        self._source, self._files, self._rows, self._annotator = source, files, rows, annotator
        self._names, self._annotators = Distinct(), Names()
        self.declared = Declared()
        first = files[0] if files else ""
        self._columns = columns_of(self._sample(), options)
        if not {"text", "id", "label", "spans"} <= options.keys():
            message = f"the columns are taken as {self._columns}{said}: options say otherwise"
            source.troubles.append(Trouble("import-guessed", message, first))

    def _sample(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        refused: Trouble | None = None
        for file in self._files:
            try:
                found += (row.values for row in islice(self._rows(file, []), _SAMPLE - len(found)))
            except Unreadable as error:
                refused = refused or error.trouble  # all are told when the files' turns come
            if len(found) >= _SAMPLE:
                break
        if refused is not None and not found:
            raise UsageError(f"{refused.file}: {refused.message}")
        return found

    def read(self, tick: Tick) -> Iterator[ForeignArticle]:
        """The articles file by file, row by row."""
        done = 0
        for file in self._files:
            troubles: list[Trouble] = []
            current: _Document | None = None
            try:
                for row in self._rows(file, troubles):
                    done += 1
                    if done % _TICK == 0:
                        tick(done, None)
                    current, finished = self._row(row, file, current, troubles)
                    if finished is not None:
                        yield _finished(finished)
            except Unreadable as error:
                troubles.append(error.trouble)
            if current is not None:
                yield _finished(current)
            self._source.troubles += troubles
        tick(done, done)

    def _row(
        self, row: Row, file: str, current: _Document | None, troubles: list[Trouble]
    ) -> tuple[_Document | None, _Document | None]:
        """The document that is under way after `row`, and the one that is finished by it."""
        values, columns = row.values, self._columns
        text = taken(values, columns.text)
        if not isinstance(text, str):
            message = "the row has no text" if text is None else "the row's text is no string"
            troubles.append(Trouble("import-text", message, file, row.line))
            return current, None
        given = taken(values, columns.id) if columns.id else None
        annotator = taken(values, columns.annotator) if columns.annotator else None
        key = f"{given}\n{text}"
        grouped = columns.flat or columns.annotator is not None
        finished = None
        if current is None or not grouped or current.key != key:
            finished, current = current, self._document(text, given, file, row.line, key)
        name = self._called(annotator)
        if name in current.records and not columns.flat:
            finished, current = current, self._document(text, given, file, row.line, key)
        self._say(current, name, values, row.line)
        return current, finished

    def _called(self, annotator: Any) -> str:
        """The annotator as folders can be called; `links` is a project's own."""
        name = self._annotators.id_of(_word(annotator) or self._annotator)
        return f"{name}_" if name.lower() == "links" else name

    def _document(self, text: str, given: Any, file: str, line: int, key: str) -> _Document:
        stated = _word(given)
        wanted = stated or f"{stem_of(file)}-{line:06}"
        name = self._names.name(wanted)
        document = _Document(ForeignArticle(name=name, text=text, file=file, line=line), key)
        if name != wanted:
            document.tell("import-loose", f'there is a row "{wanted}" already: this one is called {name}', line)
        return document

    def _say(self, document: _Document, annotator: str, values: dict[str, Any], line: int) -> None:
        columns = self._columns
        record = document.records.setdefault(annotator, ForeignRecord(annotator=annotator))
        before = len(record.items)
        for column in columns.label:
            given = taken(values, column)
            if given is not None:
                record.attributes[column.rpartition(".")[2]] = _plain(given)
        for column in columns.spans:
            given = unpacked(taken(values, column))
            layer = layer_name(column.rpartition(".")[2])
            if isinstance(given, list):
                for each in given:
                    self._span(document, record, layer, each, line)
            elif given is not None:
                document.tell("import-syntax", f'"{column}" is no list of spans: {_short(given)}', line)
        if columns.flat and self._span(document, record, "spans", values, line):
            values.clear()  # all that the row says is said of the span
        _in_code_points(record, before, document.article.text, columns)
        document.article.metadata |= {name: _plain(value) for name, value in values.items() if value is not None}

    def _span(self, document: _Document, record: ForeignRecord, layer: str, given: Any, line: int) -> bool:
        """Whether `given` was a span: an object with fields, or a list of start, end and label."""
        if isinstance(given, dict):
            rest = dict(given)
            start, end, label, quote = self._columns.inner.take(rest)
        elif isinstance(given, list | tuple) and len(given) >= 2:
            start, end, label, quote = given[0], given[1], given[2] if len(given) > 2 else None, None
            rest = {"rest": list(given[3:])} if len(given) > 3 else {}
        else:
            form = "a span is an object or a list of start, end and label"
            document.tell("import-syntax", f"{form}: {_short(given)}", line)
            return False
        first, last = _offset(start), _offset(end)
        if first is None or last is None:
            if not (self._columns.flat and start is None and end is None):  # a row of a text without a span
                document.tell("import-syntax", f"the span has no start and end that are numbers: {_short(given)}", line)
            return False
        labels = label if isinstance(label, list) else [label]
        if len(labels) > 1:
            rest["labels"] = labels[1:]
        id_ = _word(rest.get("id"))
        if id_ is None:
            id_ = f"{layer}-{len(record.items) + 1}"
        else:
            del rest["id"]
        more = {name: _plain(value) for name, value in rest.items() if value is not None}
        item = Item(
            id_,
            layer,
            _word(labels[0]) if labels else None,
            ((first, last),),
            quote if isinstance(quote, str) else None,
            attributes={name: value for name, value in more.items() if _is_scalar(value)},
            extra={name: value for name, value in more.items() if not _is_scalar(value)},
            file=document.article.file,
            line=line,
        )
        record.items.append(item)
        return True


def _finished(document: _Document) -> ForeignArticle:
    document.article.records = list(document.records.values())
    return document.article


def _in_code_points(record: ForeignRecord, first: int, text: str, columns: Columns) -> None:
    """Converts the offsets of the items from `first` on, all at once; those that are none stay, and are told later."""
    unit = columns.inner.unit
    if unit.encoding is None:
        return
    items = record.items[first:]
    at = unit.code_points(text, (offset for item in items for piece in item.fragments for offset in piece))
    for number, item in enumerate(items, start=first):
        ((start, end),) = item.fragments
        begin, stop = at[start], at[end]
        nowhere = len(text) + 1
        span = (nowhere if begin is None else begin, nowhere if stop is None else stop)
        record.items[number] = item._replace(fragments=(span,))


def _offset(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdecimal() and len(value) < 19:
        return int(value)
    return value if isinstance(value, int) else None


def _word(value: Any) -> str | None:
    """`value` as a name: a string that isn't blank, or a number."""
    if isinstance(value, str):
        return value.strip() or None
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _is_scalar(value: Any) -> bool:
    return isinstance(value, str | int | float | bool)


def _plain(value: Any) -> Any:
    """`value` as JSON has it."""
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return str(value)
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _short(value: Any) -> str:
    shown = str(value)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
