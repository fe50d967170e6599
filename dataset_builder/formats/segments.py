"""The tokens and sentences of an article that is exported: those that it has as layers, or simple ones."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import regex

from dataset_builder.formats.settle import POINTS
from dataset_builder.model.foreign import ForeignRecord, Item

__all__ = ["Segments", "Sentence", "segmented"]

_TOKEN_LAYERS = ("tokens", "words")
_SENTENCE_LAYERS = ("sentences",)
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}_]+(?:['\u2019\u00b7.-][\p{L}\p{M}\p{N}_]+)*|(?!\s)\X")
_BLACK = re.compile(r"\S+")

Place = tuple[int, int]


class Sentence(NamedTuple):
    """A stretch of the text with tokens in it: half-open, by their numbers."""

    first: int
    end: int
    item: Item | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """The tokens of a text in order, none overlapping another, and the sentences that they are in."""

    tokens: tuple[Place, ...]
    sentences: tuple[Sentence, ...]
    items: tuple[Item | None, ...]  # of tokens, where they are items
    layers: frozenset[str]  # those that tokens and sentences were taken from
    lost: tuple[Item, ...]  # tokens and sentences that are none: they overlap others


def segmented(text: str, record: ForeignRecord, layer: str | None = None) -> Segments:
    """The tokens and sentences of `text`: of `layer`, of a layer that is called so, or what a simple tokenizer makes.

    Simple tokens are cut where spans of `record` begin or end, so that all lie on their edges.
    """
    layers = {item.layer for item in record.items}
    chosen = layer or next((name for name in _TOKEN_LAYERS if name in layers), None)
    parting = next((name for name in _SENTENCE_LAYERS if name in layers), None)
    sentences, lost = _in_order(record.items, parting)
    tokens: list[tuple[Place, Item | None]]
    if chosen in layers:
        given, crossing = _in_order(record.items, chosen)
        lost += crossing
        tokens = [(item.fragments[0], item) for item in given if text[slice(*item.fragments[0])].strip()]
    else:
        chosen = None
        tokens = [(place, None) for place in _simple(text, record.items)]
    places = tuple(place for place, _ in tokens)
    return Segments(
        tokens=places,
        items=tuple(item for _, item in tokens),
        sentences=tuple(_parted(text, places, sentences)),
        layers=frozenset(name for name in (chosen, parting) if name),
        lost=tuple(lost),
    )


def _in_order(items: Sequence[Item], layer: str | None) -> tuple[list[Item], list[Item]]:
    """The items of `layer` as they stand in the text, and those that overlap others or are in pieces."""
    kept: list[Item] = []
    lost: list[Item] = []
    end = -1
    for item in sorted((item for item in items if item.layer == layer and item.fragments), key=_place):
        if len(item.fragments) == 1 and item.fragments[0][0] >= end:
            kept.append(item)
            end = item.fragments[0][1]
        else:
            lost.append(item)
    return kept, lost


def _place(item: Item) -> Place:
    return item.fragments[0][0], item.fragments[-1][1]


def _simple(text: str, items: Sequence[Item]) -> Iterator[Place]:
    """Words, numbers and single other characters; white space parts them and is none."""
    edges = sorted(
        {edge for item in items if not item.layer.endswith(POINTS) for piece in item.fragments for edge in piece}
    )
    for start, end in _pieces(text):
        first = start
        for edge in edges[bisect_right(edges, start) :]:
            if edge >= end:
                break
            yield first, edge
            first = edge
        yield first, end


def _pieces(text: str) -> Iterator[Place]:
    """Words and characters, without white space, which a character may have with it (UAX 29, GB9b)."""
    for match in _WORD.finditer(text):
        for piece in _BLACK.finditer(match[0]):
            yield match.start() + piece.start(), match.start() + piece.end()


def _parted(text: str, tokens: Sequence[Place], items: Sequence[Item]) -> Iterator[Sentence]:
    """Sentences that hold all `tokens`: those of `items`, and what is between them, or else the lines of the text."""
    starts = [item.fragments[0][0] for item in items]
    first = 0
    owner: Item | None = None
    for number, (start, _) in enumerate(tokens):
        at = bisect_right(starts, start) - 1
        now = items[at] if at >= 0 and start < items[at].fragments[0][1] else None
        fresh = now is not owner or (not items and "\n" in text[tokens[number - 1][1] : start])
        if number > first and fresh:
            yield Sentence(first, number, owner)
            first = number
        owner = now
    if tokens:
        yield Sentence(first, len(tokens), owner)
