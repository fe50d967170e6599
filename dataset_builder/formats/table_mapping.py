"""Which columns of a table are what: named by options, or guessed from common names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import orjson

from dataset_builder.errors import UsageError
from dataset_builder.model.unit import CODE_POINTS, UTF_8, UTF_16, Unit

__all__ = ["OPTIONS", "TEXTS", "Columns", "Inner", "columns_of", "is_spans", "reached", "taken", "unpacked"]

TEXTS = (
    "text",
    "content",
    "body",
    "document",
    "sentence",
    "raw_text",
    "article",
    "passage",
    "comment",
    "review",
    "tweet",
)
_IDS = ("id", "doc_id", "document_id", "docid", "article_id", "text_id", "uid", "uuid", "guid", "key", "_id")
_LABELS = ("label", "labels", "category", "categories", "class", "sentiment", "topic", "target", "cats")
_SPANS = ("spans", "entities", "annotations", "ents", "ner", "labels", "label", "highlights", "mentions")
_ANNOTATORS = ("annotator", "annotator_id", "annotated_by", "coder", "worker_id", "rater")
_STARTS = ("start", "start_offset", "start_char", "begin", "from", "char_start", "offset", "start_index")
_ENDS = ("end", "end_offset", "end_char", "stop", "to", "char_end", "finish", "end_index")
_KINDS = ("label", "type", "tag", "category", "entity", "entity_group", "class", "kind", "name")
_QUOTES = ("quote", "text", "surface", "surface_form", "mention", "word", "value", "covered_text", "span")
_LENGTHS = ("length", "len")
_UNITS = {"code-points": CODE_POINTS, "utf-16": UTF_16, "bytes": UTF_8}

OPTIONS: Mapping[str, str] = {
    "text": "the column of the text",
    "id": "the column of ids",
    "label": "the columns of labels of texts, with commas between; none for none",
    "spans": "the columns of lists of spans, with commas between, each a layer; none for none",
    "annotator": "the column of annotators",
    "start": "the field of a span's start; with no column of spans, a column, and each row is a span",
    "end": "the field of a span's end (exclusive)",
    "span_label": "the field of a span's label",
    "quote": "the field of the text that a span covers",
    "unit": "what offsets count: code-points, utf-16 or bytes",
}
"""What all tables are asked. A dot leads into a column: data.text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """The fields of a span; those that aren't named are found by common names, in each span."""

    start: str | None = None
    end: str | None = None
    label: str | None = None
    quote: str | None = None
    unit: Unit = CODE_POINTS

    def take(self, span: dict[str, Any]) -> tuple[Any, Any, Any, Any]:
        """Start, end, label and quote of `span`, out of which they are taken; None where there is none."""
        start = _take(span, self.start, _STARTS)
        end = _take(span, self.end, _ENDS)
        if end is None and self.end is None and isinstance(start, int):
            length = _take(span, None, _LENGTHS)
            end = start + length if isinstance(length, int) else None
        return start, end, _take(span, self.label, _KINDS), _take(span, self.quote, _QUOTES)


def _take(span: dict[str, Any], given: str | None, known: Sequence[str]) -> Any:
    name = given if given is not None else next((each for each in known if each in span), None)
    return taken(span, name) if name is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What the columns of a table are."""

    text: str
    id: str | None = None
    label: tuple[str, ...] = ()
    spans: tuple[str, ...] = ()
    annotator: str | None = None
    flat: bool = False  # each row is a span of its own
    inner: Inner = field(default_factory=Inner)

    def __str__(self) -> str:
        """As options say it."""
        values = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in ("flat", "inner")}
        said = {name: ",".join(value) if isinstance(value, tuple) else value for name, value in values.items()}
        return " ".join(f"{name}={value}" for name, value in said.items() if value)


def columns_of(rows: Iterable[Mapping[str, Any]], options: Mapping[str, str]) -> Columns:
    """What the columns are of a table that begins with `rows`.

    Raises:
        UsageError: no column is the text's, or an option names none that there is.
    """
    some = list(rows)
    known: dict[str, list[Any]] = {}
    for row in some:
        for name, value in row.items():
            known.setdefault(name, []).append(value)
    for option in ("text", "id", "annotator"):
        if option in options:
            _demand(options[option], some, option)
    text = options.get("text") or _first(TEXTS, known, lambda values: any(isinstance(each, str) for each in values))
    if text is None:
        seen = ", ".join(list(known)[:20]) or "none"
        raise UsageError(f"no column is called as texts are: name it by the option text (there are {seen})")
    free = {name: values for name, values in known.items() if name != text}
    id_ = options.get("id") or _first(_IDS, free)
    free.pop(id_ or "", None)
    flat = "spans" not in options and _is_flat(free, options)
    spans = _listed(options, "spans", some) if "spans" in options or flat else _guessed_spans(free)
    for name in spans:
        free.pop(name, None)
    inner = _inner(options)
    own = {inner.start, inner.end, inner.label, inner.quote} if flat else set()
    label = _first(_LABELS, {name: values for name, values in free.items() if name not in own and not flat})
    return Columns(
        text=text,
        id=id_,
        label=_listed(options, "label", some) if "label" in options else (label,) if label else (),
        spans=spans,
        annotator=options.get("annotator") or _first(_ANNOTATORS, free),
        flat=flat,
        inner=inner,
    )


def _inner(options: Mapping[str, str]) -> Inner:
    unit = options.get("unit", "code-points")
    if unit not in _UNITS:
        raise UsageError(f"offsets count {', '.join(_UNITS)}, not {unit!r}")
    return Inner(
        start=options.get("start"),
        end=options.get("end"),
        label=options.get("span_label"),
        quote=options.get("quote"),
        unit=_UNITS[unit],
    )


def _first(names: Sequence[str], known: Mapping[str, list[Any]], fits: Any = None) -> str | None:
    """The column that has one of `names`, the earlier the better; in whatever case it is written."""
    lower: dict[str, str] = {}
    for name in known:
        lower.setdefault(name.lower(), name)
    return next((lower[name] for name in names if name in lower and (not fits or fits(known[lower[name]]))), None)


def _demand(path: str, rows: Sequence[Mapping[str, Any]], option: str) -> None:
    if rows and not any(reached(row, path)[1] for row in rows):
        seen = ", ".join(dict.fromkeys(name for row in rows for name in row)) or "none"
        raise UsageError(f"there is no column {path!r}, which the option {option} names: there are {seen[:300]}")


def _listed(options: Mapping[str, str], option: str, rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    names = tuple(name.strip() for name in options.get(option, "").split(",") if name.strip())
    if names == ("none",):
        return ()
    for name in names:
        _demand(name, rows, option)
    return names


def _is_flat(known: Mapping[str, list[Any]], options: Mapping[str, str]) -> bool:
    start = options.get("start") or _first(_STARTS, known)
    end = options.get("end") or _first(_ENDS, known)
    return start in known and end in known and not _guessed_spans(known)


def _guessed_spans(known: Mapping[str, list[Any]]) -> tuple[str, ...]:
    names = {name.lower(): name for name in known}
    found = (
        names[name] for name in _SPANS if name in names and any(is_spans(unpacked(each)) for each in known[names[name]])
    )
    return tuple(dict.fromkeys(found))


def is_spans(value: Any) -> bool:
    """Whether `value` is a list of spans: of objects with a start, or of lists of start, end and label."""
    if not isinstance(value, list) or not value:
        return False
    return all(
        (isinstance(each, dict) and any(name in each for name in _STARTS))
        or (isinstance(each, list | tuple) and len(each) >= 2 and isinstance(each[0], int) and isinstance(each[1], int))
        for each in value
    )


def unpacked(value: Any) -> Any:
    """A list of spans that is written as JSON in a string, as in CSV; None for an empty string."""
    if not isinstance(value, str):
        return value
    if not value.strip():
        return None
    try:
        found = orjson.loads(value)
    except orjson.JSONDecodeError:
        return value
    return found if is_spans(found) or found == [] else value


def reached(row: Mapping[str, Any], path: str) -> tuple[Any, bool]:
    """What is in `row` at `path`, and whether it is there."""
    if path in row:
        return row[path], True
    head, dot, rest = path.partition(".")
    inner = row.get(head)
    return reached(inner, rest) if dot and isinstance(inner, dict) else (None, False)


def taken(row: dict[str, Any], path: str) -> Any:
    """What is in `row` at `path`, and no more in it."""
    if path in row:
        return row.pop(path)
    head, dot, rest = path.partition(".")
    inner = row.get(head)
    return taken(inner, rest) if dot and isinstance(inner, dict) else None
