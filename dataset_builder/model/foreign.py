"""What a file of an outside format says, whatever format that is: articles, records, items."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

__all__ = ["Argument", "ForeignArticle", "ForeignRecord", "Item", "Note", "Referent", "Trouble"]


class Trouble(NamedTuple):
    """Something that could not be taken over as it stands. `kind` names the rule that reports it."""

    kind: str
    message: str
    file: str  # relative to the source, with "/"
    line: int = 1  # 1-based


class Argument(NamedTuple):
    """What plays a role in a relation or an event."""

    role: str
    target: str  # an item's id


class Note(NamedTuple):
    """A remark on an item."""

    text: str
    type: str | None = None
    id: str | None = None
    about: str | None = None  # what of the item it is about, where that has an id of its own


class Referent(NamedTuple):
    """An entry of a knowledge base that an item stands for."""

    resource: str
    entry: str
    text: str | None = None
    id: str | None = None


class Item(NamedTuple):
    """One item of a layer: a span, a relation, an event, a chain."""

    id: str  # unique within the record
    layer: str
    label: str | None = None
    fragments: tuple[tuple[int, int], ...] = ()  # half-open, code points, in the order of the text; none: no span
    quote: str | None = None  # the covered text as the source states it, fragments joined by the format's `joint`
    references: Mapping[str, str | tuple[str, ...]] = {}  # property to id of an item, or ids
    arguments: tuple[Argument, ...] = ()
    attributes: Mapping[str, Any] = {}
    notes: tuple[Note, ...] = ()
    referents: tuple[Referent, ...] = ()
    extra: Mapping[str, Any] = {}  # what has no place in a typed column
    file: str = ""
    line: int = 1


@dataclass(slots=True, kw_only=True)
class ForeignRecord:
    """What one annotator says of an article."""

    annotator: str
    items: list[Item] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)  # of the text as a whole: a topic, a list of labels
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class ForeignArticle:
    """A text, what is known of it, and what annotators say of it. Offsets are code points of `text`."""

    name: str  # what the source calls it: a path without its ending, say; its id is made of this
    text: str
    file: str  # where it stands, relative to the source
    line: int = 1
    split: str | None = None  # that the project has it in, for what is exported
    metadata: dict[str, Any] = field(default_factory=dict)
    records: list[ForeignRecord] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
