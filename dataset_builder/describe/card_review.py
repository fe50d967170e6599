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


def review(card: str, facts: CardFacts) -> tuple[Flaw, ...]:
    """The open questions of `card` and what the Hub would miss in its YAML; none of a card whose markers are damaged.

    The flaws are of the kinds `card-question`, `card-field-missing` and `card-field-unknown`; offsets in code points.
    """
    front = front_matter.split(card)
    if any(card_regions.find_problems(front.body, SECTIONS)):
        return ()
    return (*_fields(front), *_questions(front, len(card) - len(front.body), facts))


def _questions(front: front_matter.FrontMatter, body_at: int, facts: CardFacts) -> Iterator[Flaw]:
    for found in open_questions(front.body, facts):
        message = f'the question "{found.question.text}" is not answered: {found.question.hint}'
        offset = 0 if found.offset is None else body_at + found.offset
        yield Flaw(kind="card-question", message=message, offset=offset, pointer=())


def _fields(front: front_matter.FrontMatter) -> Iterator[Flaw]:
    try:
        places, stated = front_matter.places(front), yaml.safe_load(front.yaml) or {}
    except (front_matter.FrontMatterError, yaml.YAMLError):
        return  # which is said of it already
    for key in EXPECTED:
        if stated.get(key) in (None, "", []):
            message = f'the card\'s YAML has no "{key}", by which the Hub finds datasets'
            yield Flaw(kind="card-field-missing", message=message, offset=places.get(key, 0), pointer=())
    for key in KNOWN:
        for value in _unknown(key, stated):
            message = f'the Hub knows no "{value}" among its "{key}"'
            yield Flaw(kind="card-field-unknown", message=message, offset=places[key], pointer=())


def _unknown(key: str, stated: Mapping[str, Any]) -> Iterator[object]:
    """The values of `key` that the Hub doesn't know."""
    value = stated.get(key)
    for each in value if isinstance(value, list) else () if value in (None, "") else (value,):
        if not (isinstance(each, str) and (is_language(each) if key == "language" else each in KNOWN[key])):
            yield each
