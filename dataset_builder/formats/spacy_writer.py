"""Articles as spaCy documents: spans in groups by layer, entities in `ents`, all else in user data."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

import spacy
from spacy.tokens import Doc, DocBin, Span, SpanGroup
from spacy.util import filter_spans

from dataset_builder.errors import UsageError
from dataset_builder.formats.format import Written
from dataset_builder.model.foreign import ForeignArticle, ForeignRecord, Item, Trouble
from dataset_builder.model.placement import Tokens

__all__ = ["SpacyWriter", "tokenizer_of"]

_FULL = 500  # documents of a file, so that an export of any size fits into memory
_ENTITIES = "entities"
_ATTRIBUTES = ("ENT_IOB", "ENT_TYPE", "ENT_KB_ID", "ENT_ID")
_ANY = "xx"
_CODE = re.compile("[a-z]{2,3}")


@cache
def tokenizer_of(language: str) -> Callable[[str], Doc] | None:
    """The tokenizer of a language; None where spaCy doesn't know it, or lacks what it is made with."""
    if not _CODE.fullmatch(language):  # spaCy imports a module of that name, whatever it is
        return None
    try:
        made: Callable[[str], Doc] = spacy.blank(language).tokenizer
    except (ImportError, OSError):
        return None
    return made


class SpacyWriter:
    """Writes `ANNOTATOR/SPLIT/NUMBER.spacy`."""

    def __init__(self, *, language: str | None, policy: str, ents: str | None) -> None:
        self._language, self._policy = language, policy
        self._ents, self._asked = ents or _ENTITIES, ents is not None
        self._seen: set[str] = set()  # layers with spans
        self._told: set[str] = set()  # what a word was said on
        self._open: dict[str, tuple[DocBin, list[Trouble]]] = {}  # by folder
        self._numbers: dict[str, int] = {}

    def write(self, articles: Iterable[ForeignArticle], annotators: Sequence[str]) -> Iterator[Written]:  # noqa: ARG002 - folders come as records do
        """The documents of each annotator and split, in files of 500 at most.

        Raises:
            UsageError: the layer that was asked for as `ents` isn't there.
        """
        loose: list[Trouble] = []
        for article in articles:
            if not article.records:
                loose.append(_lost("nobody annotated it, so that it is left out", article.file))
            for record in article.records:
                folder = f"{record.annotator}/{article.split or 'all'}"
                kept, troubles = self._open.setdefault(folder, (DocBin(_ATTRIBUTES, store_user_data=True), []))
                kept.add(self._document(article, record, troubles))
                if len(kept) >= _FULL:
                    yield self._closed(folder, loose)
        for folder in sorted(self._open):
            yield self._closed(folder, loose)
        if self._asked and self._ents not in self._seen:
            known = ", ".join(sorted(self._seen)) or "none"
            raise UsageError(f"there is no layer {self._ents!r} of spans to be ents: there are {known}")

    def _closed(self, folder: str, loose: list[Trouble]) -> Written:
        kept, troubles = self._open.pop(folder)
        number = self._numbers[folder] = self._numbers.get(folder, -1) + 1
        told = (*troubles, *loose)
        loose.clear()
        return Written(file=f"{folder}/{number:04}.spacy", data=kept.to_bytes(), troubles=told)

    def _document(self, article: ForeignArticle, record: ForeignRecord, troubles: list[Trouble]) -> Doc:
        document = self._tokenized(article, troubles)
        found = _Spans(document, self._policy, troubles)
        layers: dict[str, list[Item]] = {}
        for item in record.items:
            layers.setdefault(item.layer, []).append(item)
        unanchored: dict[str, list[dict[str, Any]]] = {}
        for layer, items in layers.items():
            spans = [item for item in items if any(start < end for start, end in item.fragments)]
            others = [item for item in items if not any(start < end for start, end in item.fragments)]
            if spans:
                self._seen.add(layer)
                document.spans[layer] = found.group(layer, spans)
            if others:
                unanchored[layer] = [_said(item, whole=True) for item in others]
                message = f'spaCy has no place for what covers nothing: "{layer}" is in the user data, under unanchored'
                self._once(f"layer {layer}", message, article.file, troubles)
        self._entities(document, record, troubles)
        for name in record.attributes:
            message = f'spaCy has no place for what is said of a text as a whole: "{name}" is in the user data'
            self._once(f"attribute {name}", message, article.file, troubles)
        document.user_data.update(
            _plain(
                {
                    "article": article.name,
                    "annotator": record.annotator,
                    "split": article.split,
                    "metadata": article.metadata,
                    "attributes": record.attributes,
                    "unanchored": unanchored,
                    "extra": record.extra,
                }
            )
        )
        return document

    def _tokenized(self, article: ForeignArticle, troubles: list[Trouble]) -> Doc:
        stated = article.metadata.get("language")
        language = self._language or (stated if stated and isinstance(stated, str) else _ANY)
        tokenizer = tokenizer_of(language) or tokenizer_of(language.partition("-")[0])
        if tokenizer:
            return tokenizer(article.text)
        message = f"spaCy has no tokenizer for {language} here: tokens are single characters"
        self._once(f"language {language}", message, article.file, troubles)
        vocabulary = spacy.blank(_ANY).vocab
        return Doc(vocabulary, words=list(article.text), spaces=[False] * len(article.text))

    def _entities(self, document: Doc, record: ForeignRecord, troubles: list[Trouble]) -> None:
        group = list(document.spans.get(self._ents, ()))
        kept = filter_spans(group)
        document.set_ents(kept, default="outside")
        if len(kept) < len(group):
            message = (
                f"ents can't overlap: {len(group) - len(kept):,} spans of {len(group):,} are in the span group alone"
            )
            file = next(item.file for item in record.items if item.layer == self._ents)
            troubles.append(Trouble("export-changed", message, file))

    def _once(self, what: str, message: str, file: str, troubles: list[Trouble]) -> None:
        if what not in self._told:
            self._told.add(what)
            troubles.append(Trouble("export-changed", message, file))


def _lost(message: str, file: str) -> Trouble:
    return Trouble("export-lost", message, file)


class _Spans:
    """The spans of a document."""

    def __init__(self, document: Doc, policy: str, troubles: list[Trouble]) -> None:
        self._document, self._policy, self._troubles = document, policy, troubles
        self._tokens = Tokens([(token.idx, token.idx + len(token)) for token in document])

    def group(self, layer: str, items: Sequence[Item]) -> SpanGroup:
        """The spans of a layer; `attrs` say by id what else there is to say of them."""
        spans, said = [], {}
        for item in items:
            start, end = item.fragments[0][0], item.fragments[-1][1]
            found = (self._tokens.within if self._policy == "contract" else self._tokens.touched)(start, end)
            place = self._tokens.place(*found) if found else None
            if found is None or (self._policy == "strict" and place != (start, end)):
                self._tell("export-lost", item, f"{start}..{end} doesn't fall on the edges of tokens, and is left out")
                continue
            also = _said(item)
            if place and place != (start, end):
                message = f"{start}..{end} doesn't fall on the edges of tokens: {place[0]}..{place[1]} is written"
                self._tell("export-changed", item, message)
                also |= {"start": start, "end": end}
            if len(item.fragments) > 1:
                message = "it is in several pieces: a span from the first to the last is written, the pieces in attrs"
                self._tell("export-changed", item, message)
                also["fragments"] = [list(each) for each in item.fragments]
            entry = item.referents[0].entry if item.referents else ""
            spans.append(Span(self._document, *found, label=item.label or layer, kb_id=entry, span_id=item.id))
            if also:
                said[item.id] = _plain(also)
        return SpanGroup(self._document, name=layer, spans=spans, attrs=said)

    def _tell(self, kind: str, item: Item, message: str) -> None:
        self._troubles.append(Trouble(kind, f'"{item.id}" of {item.layer}: {message}', item.file))


def _said(item: Item, *, whole: bool = False) -> dict[str, Any]:
    """What there is to say of an item beside its label and its span; `whole`: these too."""
    said: dict[str, Any] = {
        "references": item.references,
        "arguments": [each._asdict() for each in item.arguments],
        "attributes": item.attributes,
        "notes": [each._asdict() for each in item.notes],
        "referents": [each._asdict() for each in item.referents],
        "extra": item.extra,
    }
    kept = {name: value for name, value in said.items() if value}
    if not whole:
        return kept
    return {"id": item.id, "label": item.label, **({"at": item.fragments[0][0]} if item.fragments else {}), **kept}


def _plain(value: Any) -> Any:
    """`value` of what msgpack can hold."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value
