"""What a card lacks that only its authors can give: answers, and the Hub's fields."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from dataset_builder.describe import card_regions, front_matter
from dataset_builder.describe.card_contents import SECTIONS
from dataset_builder.describe.card_facts import CardFacts
from dataset_builder.describe.card_questions import open_questions
from dataset_builder.describe.hub import EXPECTED, KNOWN, is_language
from dataset_builder.model.document import Flaw

__all__ = ["review"]

_NOTHING: tuple[object, ...] = (None, "", [])


def review(card: str, facts: CardFacts, renewed: str | None = None) -> tuple[Flaw, ...]:
    """The open questions of `card` and what the Hub would miss in its YAML; none of a card whose markers are damaged.

    With `renewed`, what the card lacks and `renewed` has is not missed: it comes with that. The flaws are of the kinds
    `card-question`, `card-field-missing` and `card-field-unknown`; offsets in code points.
    """
    front = front_matter.split(card)
    if any(card_regions.find_problems(front.body, SECTIONS)):
        return ()
    filled = _stated(front_matter.split(renewed)) if renewed is not None else None
    return (*_fields(front, filled or {}), *_questions(front, len(card) - len(front.body), facts))


def _questions(front: front_matter.FrontMatter, body_at: int, facts: CardFacts) -> Iterator[Flaw]:
    for found in open_questions(front.body, facts):
        message = f'the question "{found.question.text}" is not answered: {found.question.hint}'
        yield Flaw(kind="card-question", message=message, offset=body_at + found.offset, pointer=())


def _stated(front: front_matter.FrontMatter) -> Mapping[str, Any] | None:
    """What the YAML says; None where it can't be read, which is said elsewhere."""
    try:
        front_matter.places(front)
        return yaml.safe_load(front.yaml) or {}
    except (front_matter.FrontMatterError, yaml.YAMLError):
        return None


def _fields(front: front_matter.FrontMatter, filled: Mapping[str, Any]) -> Iterator[Flaw]:
    stated = _stated(front)
    if stated is None:
        return
    places = front_matter.places(front)
    for key in EXPECTED:
        if stated.get(key) in _NOTHING and filled.get(key) in _NOTHING:
            message = f'the card\'s YAML has no "{key}", by which the Hub finds datasets'
            yield Flaw(kind="card-field-missing", message=message, offset=places.get(key, 0), pointer=())
    for key in KNOWN:
        for value in _unknown(key, stated):
            message = f'the Hub knows no "{value}" among its "{key}"'
            yield Flaw(kind="card-field-unknown", message=message, offset=places[key], pointer=())


def _unknown(key: str, stated: Mapping[str, Any]) -> Iterator[object]:
    """The values of `key` that the Hub doesn't know."""
    value = stated.get(key)
    for each in value if isinstance(value, list) else () if value in _NOTHING else (value,):
        if not (isinstance(each, str) and (is_language(each) if key == "language" else each in KNOWN[key])):
            yield each
