"""One record anchored in its article's text: what its spans say, and the edits that put them right."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from dataset_builder.check.violation import shape_at
from dataset_builder.mend.anchoring import Anchored, Wanted, anchor_spans
from dataset_builder.model.diagnostic import Edit, Pointer
from dataset_builder.model.document import Document
from dataset_builder.model.mending import AnchoredSpan, Outcome
from dataset_builder.read.json_edit import JsonEdit
from dataset_builder.schema.plan import Anchor, gather_places
from dataset_builder.schema.registry import Schema
from dataset_builder.schema.shape import Shape

__all__ = ["HELPERS", "RecordAnchoring", "Span", "Text", "is_settled", "spans_of", "wanted"]

HELPERS = {"occurrence": int, "prefix": str, "suffix": str}
"""What may stand in a span, whatever its schema says, until it is anchored; and of which type it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The text that spans are anchored in, the one they were made on, and whether they may be quoted to people."""

    content: str
    revised: bool
    former: str | None
    discreet: bool


@dataclass(frozen=True, slots=True)
class Span:
    """A span as it is written: offsets may be missing."""

    anchor: Anchor
    pointer: Pointer
    value: Mapping[str, Any]


def spans_of(value: Any, schema: Schema) -> Iterator[Span]:
    """Every object of a record that is to be anchored."""
    for anchor in schema.plan.anchors:
        for pointer, found in gather_places(value, anchor.path):
            if isinstance(found, dict):
                yield Span(anchor, pointer, found)


def wanted(span: Span, shape: Shape | None) -> Wanted:
    """What a span says of its place. `shape` is its own, which may have uses of its own for a helper's name."""
    keys = span.anchor.keys
    start, end = _typed(span.value.get(keys.start), int), _typed(span.value.get(keys.end), int)
    declared = _declared(shape)
    heard = {
        name: _typed(span.value.get(name), type_)
        for name, type_ in HELPERS.items()
        if name not in declared or start is None or end is None
    }
    quote, digest = (_typed(span.value.get(name), str) if name else None for name in (keys.quote, keys.digest))
    return Wanted(start, end, quote, digest, **heard)


def _typed(value: Any, type_: type) -> Any:
    return value if type(value) is type_ else None


def _declared(shape: Shape | None) -> frozenset[str]:
    return frozenset(name for name, _ in shape.properties) if shape else frozenset()


def is_settled(span: Span, text: str) -> bool:
    """Whether a span lies where it says and has nothing in it that anchoring would take out."""
    return HELPERS.keys().isdisjoint(span.value) and wanted(span, None).fits(text)


class RecordAnchoring:
    """What becomes of those spans of a document that `text` holds."""

    def __init__(self, document: Document, schema: Schema, spans: list[Span], text: Text) -> None:
        self._document, self._spans, self._text = document, spans, text
        self._shapes = [shape_at(schema.shape, span.pointer) for span in spans]
        said = [wanted(span, shape) for span, shape in zip(spans, self._shapes, strict=True)]
        self._said = said
        self._found = anchor_spans(said, text.content, revised=text.revised, former=text.former)

    def outcomes(self) -> list[Outcome]:
        """What became of each span."""
        return [found.outcome for found in self._found]

    def report(self) -> Iterator[AnchoredSpan]:
        """The spans that aren't where they said they were."""
        for span, said, found in zip(self._spans, self._said, self._found, strict=True):
            if found.outcome is not Outcome.EXACT:
                yield self._reported(span, said, found)

    def _reported(self, span: Span, said: Wanted, found: Anchored) -> AnchoredSpan:
        shown = not self._text.discreet and found.outcome is Outcome.CHANGED
        after = None if found.start is None or found.end is None else (found.start, found.end)
        return AnchoredSpan(
            outcome=found.outcome,
            place=self._document.place(span.pointer),
            reason=found.reason,
            before=None if said.start is None or said.end is None else (said.start, said.end),
            after=after,
            old_quote=found.was if shown else None,
            new_quote=self._text.content[slice(*after)] if shown and after else None,
        )

    def edits(self, *, accept_changed: bool, digest: tuple[Pointer, str] | None) -> tuple[Edit, ...]:
        """What is to be written. Spans that are lost stay as they are, and so do changed ones unless they are accepted.

        `digest` is where the record states its text's SHA-256, and the new one: written where no span stays behind.
        """
        edit = JsonEdit(self._document)
        left = {Outcome.LOST} if accept_changed else {Outcome.LOST, Outcome.CHANGED}
        for span, shape, found in zip(self._spans, self._shapes, self._found, strict=True):
            if found.outcome not in left:
                self._edit(edit, span, _declared(shape), found)
        if digest and left.isdisjoint(self.outcomes()):
            pointer, sha = digest
            edit.set(pointer[:-1], str(pointer[-1]), sha)
        return tuple(self._document.edit(*change) for change in edit.changes)

    def _edit(self, edit: JsonEdit, span: Span, declared: frozenset[str], found: Anchored) -> None:
        keys, value = span.anchor.keys, span.value
        for name, offset in ((keys.start, found.start), (keys.end, found.end)):
            if value.get(name) != offset or type(value.get(name)) is not int:
                edit.set(span.pointer, name, offset)
        covered = self._text.content[found.start : found.end]
        if keys.quote and isinstance(value.get(keys.quote), str) and value[keys.quote] != covered:
            edit.set(span.pointer, keys.quote, covered)
        if keys.digest and isinstance(value.get(keys.digest), str) and found.outcome is Outcome.CHANGED:
            edit.set(span.pointer, keys.digest, sha256(covered.encode("utf-8")).hexdigest())
        for name in HELPERS.keys() & value.keys() - declared - {keys.start, keys.end, keys.quote, keys.digest}:
            edit.remove((*span.pointer, name))
