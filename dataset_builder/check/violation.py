"""What a violation of a schema is, and the terms in which violations are put into words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from dataset_builder.check.wording import article, noun, quoted
from dataset_builder.model.diagnostic import Pointer
from dataset_builder.schema.shape import Kind, Shape

__all__ = ["Hidden", "Terms", "Violation", "prefixes", "shape_at"]

Hidden = Callable[[Pointer, str], bool]
"""Whether the string at a pointer must not be shown, because it may be part of a text that is withheld."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One thing in which a value is not as its schema says, in words."""

    rule: str  # the name of the rule that reports it
    message: str
    pointer: Pointer
    at_key: bool = False  # the property's name is meant rather than its value
    help: str | None = None
    derived: bool = False  # it may only follow from another violation
    related: tuple[tuple[Pointer, str], ...] = ()  # other places of the value, each with what it has to do with this


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The schema's shape and what may be shown of the value."""

    shape: Shape
    hidden: Hidden

    def show(self, value: Any, pointer: Pointer) -> str:
        """`value` as messages show it, or only its kind where it must not be shown."""
        if isinstance(value, str) and self.hidden(pointer, value):
            return "this string"
        return quoted(value)

    def name(self, value: Any, pointer: Pointer) -> str:
        """`value` behind its kind: 'the string "x"'; only the kind where that says it all."""
        kind = noun(value)
        if value is None or isinstance(value, list | dict) or (isinstance(value, str) and self.hidden(pointer, value)):
            return article(kind)
        return f"the {kind} {quoted(value)}"

    def description(self, pointer: Pointer) -> str | None:
        """What the schema says that the value at `pointer` is."""
        shape = shape_at(self.shape, pointer)
        return f"the schema describes it so: {shape.description}" if shape and shape.description else None


def shape_at(shape: Shape, pointer: Pointer) -> Shape | None:
    """The shape of the value at `pointer` within one of `shape`; None where the schema declares none."""
    inner: Shape | None = shape
    for step in pointer:
        if inner is None:
            return None
        if inner.kind is Kind.OBJECT and isinstance(step, str):
            inner = inner.property(step)
        elif inner.kind in (Kind.ARRAY, Kind.MAP):
            inner = inner.items
        else:
            return None
    return inner


def prefixes(pointer: Pointer) -> Iterator[Pointer]:
    """`pointer` and the pointers of all that it is within."""
    for length in range(len(pointer), -1, -1):
        yield pointer[:length]
