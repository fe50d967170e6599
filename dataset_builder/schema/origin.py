"""Where a schema states what a shape has, which keeps only the place of the reference that led there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urldefrag

from dataset_builder.model.diagnostic import Pointer
from dataset_builder.schema.registry import SchemaSet, absolute_uri, file_of, reference_targets, subschemas, uri_of

__all__ = ["origin"]

_At = tuple[str, Pointer]  # schema file, place in it
_IN_PLACE = ("allOf", "anyOf", "oneOf")


def origin(schemas: SchemaSet, at: _At, keyword: str) -> _At:
    """Where the schema stands that says `keyword` of the shape at `at`: there, or behind references on the way.

    `at` itself where none is found, as behind a reference to an `$id` within a file.
    """
    search = _Search(schemas)
    return next((found for found in search.leads(at[0], (), at[1]) if keyword in search.value(*found)), at)


@dataclass(frozen=True, slots=True)
class _Search:
    schemas: SchemaSet
    seen: set[tuple[str, Pointer, Pointer]] = field(default_factory=set)

    def value(self, file: str, pointer: Pointer) -> Mapping[Any, Any]:
        """The object there, or the array by its indices; nothing where there is neither."""
        value = _by_step(self.schemas.contents.get(uri_of(file)))
        for step in pointer:
            value = _by_step(value.get(step))
        return value

    def leads(self, file: str, here: Pointer, rest: Pointer) -> Iterator[_At]:
        """All places that `rest` leads to from `here`, references followed."""
        if (file, here, rest) in self.seen:
            return
        self.seen.add((file, here, rest))
        value = self.value(file, here)
        if not rest:
            yield file, here
            for keyword in _IN_PLACE:
                for index in range(len(value.get(keyword, ()))):
                    yield from self.leads(file, (*here, keyword, index), ())
        elif rest[0] in value:
            yield from self.leads(file, (*here, rest[0]), rest[1:])
        for target in self._targets(file, here) if "$ref" in value or "$dynamicRef" in value else ():
            yield from self.leads(*target, rest)

    def _targets(self, file: str, here: Pointer) -> Iterator[_At]:
        uri = uri_of(file)
        for pointer, target in reference_targets(self.schemas.contents[uri], uri):
            if pointer[:-1] == here:
                address, fragment = urldefrag(target)
                yield from self._places(address, unquote(fragment))

    def _places(self, address: str, fragment: str) -> Iterator[_At]:
        for uri, contents in self.schemas.contents.items():
            own = contents.get("$id") if isinstance(contents, Mapping) else None
            if address not in (uri, urldefrag(absolute_uri(uri, str(own))).url if own else uri):
                continue
            if fragment and not fragment.startswith("/"):
                yield from (
                    (file_of(uri), pointer)
                    for pointer, schema in subschemas(contents)
                    if fragment in (schema.get("$anchor"), schema.get("$dynamicAnchor"))
                )
            else:
                yield file_of(uri), _steps(contents, fragment)


def _by_step(value: Any) -> Mapping[Any, Any]:
    if isinstance(value, list):
        return dict(enumerate(value))
    return value if isinstance(value, Mapping) else {}


def _steps(contents: Any, fragment: str) -> Pointer:
    """A JSON Pointer (RFC 6901) as the steps that it takes in `contents`."""
    steps: list[str | int] = []
    for written in fragment.split("/")[1:]:
        name = written.replace("~1", "/").replace("~0", "~")
        steps.append(int(name) if isinstance(contents, list) and name.isdecimal() else name)
        contents = _by_step(contents).get(steps[-1])
    return tuple(steps)
