"""Articles written as W3C Web Annotations: a text, and a page of annotations on it.

What the standard has words for is said in them: places, labels, remarks, creators. The rest, and the item as it was, is
said in an extension under `db:`, which others may ignore; so nothing is lost.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import quote

import orjson

from dataset_builder.formats.format import Written
from dataset_builder.formats.standoff_items import item_value
from dataset_builder.formats.web_annotation_model import CONTEXT
from dataset_builder.model.foreign import ForeignArticle, ForeignRecord, Item

__all__ = ["WebAnnotationWriter"]

_BASE = "urn:dataset-builder:"
_JSON = {"@type": "@json"}
_EXTENSION = {
    "db": _BASE,
    "db:item": _JSON,
    "db:record": _JSON,
    "db:metadata": _JSON,
    "db:text": {"@type": "@id"},
}
_AROUND = 20  # characters of prefix and suffix


class WebAnnotationWriter:
    """Writes a text and a page of annotations for each article."""

    def write(self, articles: Iterable[ForeignArticle], annotators: Sequence[str]) -> Iterator[Written]:  # noqa: ARG002 - the protocol's
        """A text and a page for each article."""
        for article in articles:
            yield Written(file=f"{article.name}.txt", data=article.text.encode())
            page = orjson.dumps(_page(article), default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
            yield Written(file=f"{article.name}.jsonld", data=page)


def _page(article: ForeignArticle) -> dict[str, Any]:
    text = quote(f"{article.name.rpartition('/')[2]}.txt")
    metadata = {name: value for name, value in article.metadata.items() if value is not None}
    return {
        "@context": [CONTEXT, _EXTENSION],
        "id": f"{_BASE}{quote(article.name, safe='')}",
        "type": "AnnotationPage",
        "db:text": text,
        **({"db:metadata": metadata} if metadata else {}),
        "items": [each for record in article.records for each in _annotations(record, article, text)],
    }


def _annotations(record: ForeignRecord, article: ForeignArticle, text: str) -> Iterator[dict[str, Any]]:
    """An annotation for the record as a whole, and one for each item."""
    who = quote(record.annotator, safe="")
    base = f"{_BASE}{quote(article.name, safe='')}/{who}"
    creator = {"id": f"{_BASE}annotator:{who}", "type": "Person", "name": record.annotator}
    said = {name: each for name, each in (("attributes", record.attributes), ("extra", record.extra)) if each}
    about = {"type": "Annotation", "creator": creator}
    yield {"id": base, **about, "motivation": "describing", "target": text, "db:record": said}
    for item in record.items:
        yield {"id": f"{base}/{quote(item.id, safe='')}", **about, **_said(item, article, text, base)}


def _said(item: Item, article: ForeignArticle, text: str, base: str) -> dict[str, Any]:
    bodies: list[dict[str, Any]] = []
    if item.label is not None:
        bodies.append({"type": "TextualBody", "purpose": "tagging", "value": item.label})
    bodies += ({"type": "TextualBody", "purpose": "commenting", "value": note.text} for note in item.notes)
    value = {
        name: each
        for name, each in item_value(item, article.text).items()
        if name not in ("start", "end", "quote", "fragments", "label")
    }
    return {
        "motivation": "linking" if item.arguments and not item.fragments else "tagging",
        **({"body": bodies} if bodies else {}),
        "target": _target(item, article, text, base),
        "db:item": {"layer": item.layer, **value},
    }


def _target(item: Item, article: ForeignArticle, text: str, base: str) -> Any:
    """The places of an item, or the items that it connects, or the whole text."""
    places = [_place(start, end, article.text, text) for start, end in item.fragments]
    if len(places) > 1:
        return {"type": "List", "items": places}
    if places:
        return places[0]
    ends = [f"{base}/{quote(argument.target, safe='')}" for argument in item.arguments]
    return list(dict.fromkeys(ends)) or text


def _place(start: int, end: int, whole: str, text: str) -> dict[str, Any]:
    selectors: list[dict[str, Any]] = [{"type": "TextPositionSelector", "start": start, "end": end}]
    if start < end:
        context = {"prefix": whole[max(start - _AROUND, 0) : start], "suffix": whole[end : end + _AROUND]}
        selectors.append({"type": "TextQuoteSelector", "exact": whole[start:end], **context})
    return {"type": "SpecificResource", "source": text, "selector": selectors}
