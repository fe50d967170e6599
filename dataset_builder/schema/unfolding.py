"""How large a schema is once its references are unfolded, as they are when it is compiled and when values are judged.

A few lines can unfold to more than any memory holds: thirty definitions that name the next one twice are 2^30 schemas.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from referencing.exceptions import Unresolvable

from dataset_builder.schema.dialect import DRAFT_7, LATEST, Draft7Object

if TYPE_CHECKING:
    from referencing._core import Resolver  # public as a type only by this name

__all__ = ["why_too_large"]

_MOST = 20_000  # schemas; those of large corpora have hundreds
_DEEPEST = 100  # schemas within schemas; each takes several calls of the 1,000 that Python has at once

_ASIDE = frozenset({"const", "enum", "default", "examples", "$defs", "definitions"})
_BY_NAME = frozenset({"properties", "patternProperties", "dependentSchemas", "dependencies"})
_REFERENCES = ("$ref", "$dynamicRef")


def why_too_large(contents: Any, resolver: "Resolver[Any]") -> str | None:
    """Why a schema is too large to be compiled, references unfolded; None if it isn't. O(1): it stops where it knows.

    A schema that contains itself isn't unfolded a second time; references that lead nowhere are passed over.
    """
    count = 0
    pending = [(contents, resolver, 0, frozenset[int]())]
    while pending:
        value, resolver, depth, open_ = pending.pop()
        if isinstance(value, list):
            pending += [(item, resolver, depth, open_) for item in value]
        elif isinstance(value, Mapping):
            count += 1
            if count > _MOST:
                return f"it has more than {_MOST:,} schemas in it, once its references are followed"
            if depth > _DEEPEST:
                return f"more than {_DEEPEST} schemas are in one another, once its references are followed"
            inner = _within(value, resolver) if depth else resolver
            pending += [(each, inner, depth + 1, open_) for each in _direct(value)]
            for target, found in _targets(value, inner):
                if id(target) not in open_:
                    pending.append((target, found, depth + 1, open_ | {id(target)}))
    return None


def _direct(schema: Mapping[str, Any]) -> Iterator[Any]:
    for keyword, value in schema.items():
        if keyword in _BY_NAME and isinstance(value, Mapping):
            yield from value.values()
        elif keyword not in _ASIDE:
            yield value


def _within(schema: Mapping[str, Any], resolver: "Resolver[Any]") -> "Resolver[Any]":
    """What resolves the references in a schema that may have an `$id` of its own."""
    if not isinstance(schema.get("$id"), str):
        return resolver
    dialect = DRAFT_7 if isinstance(schema, Draft7Object) else LATEST
    return resolver.in_subresource(dialect.specification.create_resource(schema))


def _targets(schema: Mapping[str, Any], resolver: "Resolver[Any]") -> Iterator[tuple[Any, "Resolver[Any]"]]:
    for keyword in _REFERENCES:
        if isinstance(schema.get(keyword), str):
            try:
                found = resolver.lookup(schema[keyword])
            except (Unresolvable, AttributeError, TypeError, ValueError):  # reported where the reference stands
                continue
            yield found.contents, found.resolver
