"""A project's records as neutral values: what an export writes. Any project's, whatever its schema calls things."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dataset_builder.formats.settle import POINTS
from dataset_builder.model.foreign import Argument, ForeignRecord, Item, Note, Referent
from dataset_builder.schema.plan import ARTICLE_REFERENCE
from dataset_builder.schema.shape import Kind, Shape, SpanKeys

__all__ = ["Gatherer", "public"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """How the items of one layer are read."""

    name: str
    key: str | None
    span: SpanKeys | None
    label: str | None  # the property that says what kind of item it is
    fragments: str | None
    references: tuple[str, ...]
    arguments: str | None
    own: frozenset[str]  # the properties that the above speak of


def public(value: Any, shape: Shape) -> Any:
    """`value` without what `shape` says never leaves the project."""
    if isinstance(value, list):
        return [public(each, shape.items) for each in value] if shape.items else value
    if not isinstance(value, dict):
        return value
    known = dict(shape.properties)
    other = shape.items if shape.kind is Kind.MAP and shape.items else Shape()
    return {
        name: public(each, known.get(name, other)) for name, each in value.items() if not known.get(name, other).private
    }


class Gatherer:
    """Makes neutral records of a project's, by the shape of its annotations."""

    def __init__(self, shape: Shape, envelope: tuple[str, ...]) -> None:
        self._shape = shape
        self._layers = [
            _layer(name, inner.items, inner.key)
            for name, inner in shape.properties
            if inner.kind is Kind.ARRAY and inner.items is not None and inner.items.kind is Kind.OBJECT
        ]
        self._others = frozenset((*envelope, *(layer.name for layer in self._layers)))

    def record(self, annotator: str, value: Mapping[str, Any], file: str) -> ForeignRecord:
        """The record `value`, which is valid."""
        value = public(value, self._shape)
        found = ForeignRecord(annotator=annotator)
        for layer in self._layers:
            for number, given in enumerate(value.get(layer.name) or (), start=1):
                if given is not None:
                    found.items.append(_item(given, layer, number, file))
        extra = value.get("extra")
        found.extra = dict(extra) if isinstance(extra, dict) else {}
        found.attributes = {
            name: each
            for name, each in value.items()
            if name not in self._others and name != "extra" and each is not None
        }
        return found


def _layer(name: str, items: Shape, key: str | None) -> _Layer:
    properties = dict(items.properties)
    label = next(
        (each for each in ("label", *properties) if each in properties and _is_label(each, properties[each])), None
    )
    fragments = next(
        (each for each, inner in properties.items() if inner.overlap == "ordered" and inner.items and inner.items.span),
        None,
    )
    references = tuple(each for each, inner in properties.items() if _targets(inner))
    arguments = "arguments" if _is_arguments(properties.get("arguments")) else None
    anchor = items.span
    anchored = (anchor.start, anchor.end, anchor.quote, anchor.digest) if anchor else ()
    own = (key, *anchored, label, fragments, *references, arguments, "notes", "referents", "extra", "attributes")
    return _Layer(
        name=name,
        key=key,
        span=anchor,
        label=label,
        fragments=fragments,
        references=references,
        arguments=arguments,
        own=frozenset(each for each in own if each),
    )


def _is_label(name: str, shape: Shape) -> bool:
    return bool(shape.labels) or (name == "label" and shape.kind is Kind.STRING)


def _targets(shape: Shape) -> bool:
    refs = shape.refs or (shape.items.refs if shape.kind is Kind.ARRAY and shape.items else ())
    return bool(refs) and refs != (ARTICLE_REFERENCE,)


def _is_arguments(shape: Shape | None) -> bool:
    return bool(shape and shape.items and shape.items.property("role") and shape.items.property("target"))


def _item(value: Mapping[str, Any], layer: _Layer, number: int, file: str) -> Item:
    attributes = dict(value.get("attributes") or {}) if isinstance(value.get("attributes"), dict | None) else {}
    attributes |= {name: each for name, each in value.items() if name not in layer.own and name != "at"}
    quote = value.get(layer.span.quote) if layer.span and layer.span.quote else None
    references = {
        name: tuple(given) if isinstance(given, list) else given
        for name in layer.references
        if (given := value.get(name)) is not None
    }
    extra = value.get("extra")
    return Item(
        id=str(value[layer.key]) if layer.key and layer.key in value else f"{layer.name}{number}",
        layer=layer.name,
        label=value.get(layer.label) if layer.label else None,
        fragments=tuple(_fragments(value, layer)),
        quote=quote,
        references=references,
        arguments=tuple(
            Argument(each["role"], each["target"])
            for each in (value.get(layer.arguments) or () if layer.arguments else ())
        ),
        attributes={name: each for name, each in attributes.items() if each is not None},
        notes=tuple(Note(**each) for each in _objects(value.get("notes"), Note._fields)),
        referents=tuple(Referent(**each) for each in _objects(value.get("referents"), Referent._fields)),
        extra=extra if isinstance(extra, dict) else {},
        file=file,
        line=number,
    )


def _fragments(value: Mapping[str, Any], layer: _Layer) -> Iterator[tuple[int, int]]:
    pieces = value.get(layer.fragments) if layer.fragments else None
    if pieces:
        for piece in pieces:
            yield piece["start"], piece["end"]
    elif layer.span and value.get(layer.span.start) is not None:
        yield value[layer.span.start], value[layer.span.end]
    elif layer.name.endswith(POINTS) and isinstance(value.get("at"), int):
        yield value["at"], value["at"]


def _objects(value: Any, names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The members of `value` that have just the properties `names`, or some of them."""
    for each in value if isinstance(value, list) else ():
        if isinstance(each, dict):
            yield {name: given for name, given in each.items() if name in names}
