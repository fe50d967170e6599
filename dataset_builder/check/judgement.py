"""What a schema says of a value: each violation once, in words, with its place."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from dataset_builder.check.explanations import explain
from dataset_builder.check.rule import Finding
from dataset_builder.check.violation import Hidden, Terms, Violation, prefixes
from dataset_builder.model.diagnostic import Pointer
from dataset_builder.model.document import Document
from dataset_builder.schema.registry import Schema

__all__ = ["Judgement"]

_UNEXPECTED = frozenset({"additionalProperties", "unevaluatedProperties"})
_MISREAD = frozenset(
    {"not-a-number", "number-range", "lone-surrogate"}
)  # flaws behind which the value isn't as written


class Judgement:
    """The verdict of `schema` on the value of `document` (or on `value` in its place)."""

    def __init__(
        self, schema: Schema, document: Document | None, hidden: Hidden, value: Any = None, *, valid: bool = False
    ) -> None:
        """`valid` says that the schema is known to accept the value."""
        self.schema = schema
        self.document = document
        self.hidden = hidden
        self._valid = valid
        self.value = document.value if document is not None and value is None else value

    @cached_property
    def misread(self) -> frozenset[Pointer]:
        """Values that aren't as they are written: a flaw says so, and nothing else is to be said of them."""
        flaws = self.document.flaws if self.document is not None else ()
        return frozenset(flaw.pointer for flaw in flaws if flaw.kind in _MISREAD)

    @cached_property
    def errors(self) -> tuple[Any, ...]:
        """The violations as `jsonschema_rs` reports them; none where the text could not be read as it was meant."""
        if self._valid or self.document is None or not self.document.readable:
            return ()
        return tuple(self.schema.validator.iter_errors(self.value))

    @cached_property
    def violations(self) -> tuple[Violation, ...]:
        """Every violation, once: what merely follows from another one is left out. Without any, the value is valid."""
        terms = Terms(shape=self.schema.shape, hidden=self.hidden)
        found = [
            violation for error in self.errors for violation in explain(error, terms) if self._tells(error, violation)
        ]
        wrong_type = {violation.pointer for violation in found if violation.rule == "type"}
        unique = {
            (violation.rule, violation.pointer, violation.message): violation
            for violation in found
            if violation.rule == "type" or violation.pointer not in wrong_type or violation.at_key
        }
        kept = tuple(violation for violation in unique.values() if not self._follows(violation))
        if kept or self.misread:
            return kept
        return tuple(unique.values())  # in a nested anyOf, say, what one follows from may itself be left out

    def _tells(self, error: Any, violation: Violation) -> bool:
        """Whether it is about what is written: no value that was misread, nor forms that such a value may decide on."""
        if not self.misread.isdisjoint((violation.pointer, tuple(error.instance_path))):
            return False
        return violation.rule != "combination" or self.misread.isdisjoint(_about(error))

    def _follows(self, violation: Violation) -> bool:
        """Whether a declared property counts as unexpected only because what declares it failed for another reason."""
        return violation.derived and violation.pointer[:-1] in self._failing

    @cached_property
    def _failing(self) -> frozenset[Pointer]:
        """Values that violate the schema, or hold some that do, unexpected properties aside."""
        pointers = (tuple(error.instance_path) for error in self.errors if error.kind.name not in _UNEXPECTED)
        return frozenset(prefix for pointer in pointers for prefix in prefixes(pointer))

    @cached_property
    def touched(self) -> frozenset[Pointer]:
        """Values that a violation or a flaw is about, required properties that are missing included."""
        found = set(self.misread)
        for error in self.errors:
            found |= set(_about(error))
        return frozenset(found)

    def findings(self, rule: str) -> Iterator[Finding]:
        """What the rule of that name has to report."""
        if self.document is None:
            return
        for violation in self.violations:
            if violation.rule == rule:
                yield Finding(
                    message=violation.message,
                    place=self.document.place(violation.pointer, key=violation.at_key),
                    help=violation.help,
                    related=tuple(self.document.place(pointer, note=note) for pointer, note in violation.related),
                )


def _about(error: Any) -> Iterator[Pointer]:
    where = tuple(error.instance_path)
    if error.kind.name == "required":
        yield (*where, error.kind.property)
    elif error.kind.name in _UNEXPECTED:
        for name in error.kind.unexpected:
            yield (*where, name)
    else:
        yield where
    for branch in getattr(error.kind, "context", ()):
        for inner in branch:
            yield from _about(inner)
