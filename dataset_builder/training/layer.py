"""A layer of a built table: what its features say, and its items as spans."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from dataset_builder.errors import UsageError

__all__ = ["Layer", "Piece"]


class Piece(NamedTuple):
    """A contiguous part of a span, mostly all of it. Half-open, code points of the text as stored."""

    start: int
    end: int
    item: int  # its index in the layer
    span: str  # the item's key, or its index
    label: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Which properties of a layer's items say what."""

    name: str
    start: str
    end: str
    label: str | None  # None: the layer's own name is the only label
    names: tuple[str, ...]  # the labels in the order of their codes
    coded: bool  # whether a label is a code
    fragments: str | None

    @classmethod
    def of(cls, features: Mapping[str, Any], name: str, label: str | None, start: str, end: str) -> "Layer":
        """The layer `name` of a table with those features. String labels are still to be counted.

        Raises:
            UsageError: there is no such layer, or it isn't clear what its labels are.
        """
        items = _items(features, name, start, end)
        chosen = label or _label(items, name)
        if chosen is not None and chosen not in items:
            raise UsageError(f"items of {name!r} have no {chosen!r}: they have {', '.join(items)}")
        feature = items.get(chosen) if chosen else None
        codes = getattr(feature, "names", None)
        if chosen is not None and codes is None and getattr(feature, "dtype", None) != "string":
            raise UsageError(f"{chosen!r} of {name!r} is neither a set of labels nor a string: name another by label=")
        pieces = _struct(items.get("fragments"))
        return cls(
            name=name,
            start=start,
            end=end,
            label=chosen,
            names=tuple(codes or ()) if chosen else (name,),
            coded=codes is not None,
            fragments="fragments" if pieces and start in pieces and end in pieces else None,
        )

    def label_of(self, item: Mapping[str, Any]) -> str | None:
        """The item's label; None where it has none."""
        if self.label is None:
            return self.name
        value = item[self.label]
        if value is None:
            return None
        return self.names[value] if self.coded else str(value)

    def spans(self, items: Any) -> Iterator[list[Piece]]:
        """The pieces of each item, in the order of the layer."""
        for index, item in enumerate(items or ()):
            if item is None:
                continue
            key, label = item.get("id"), self.label_of(item)
            own = (index, str(index) if key is None else str(key), label)
            pieces = (item[self.fragments] if self.fragments else None) or [item]
            yield [Piece(_number(each[self.start]), _number(each[self.end]), *own) for each in pieces if each]


def _number(value: Any) -> int:
    return -1 if value is None else int(value)


def _struct(feature: Any) -> Mapping[str, Any] | None:
    """The properties of a list's items; None if it isn't a list of objects."""
    inner = getattr(feature, "feature", None)
    if isinstance(feature, list) and len(feature) == 1:
        inner = feature[0]
    return inner if isinstance(inner, Mapping) else None


def _items(features: Mapping[str, Any], name: str, start: str, end: str) -> Mapping[str, Any]:
    layers = {
        each: items
        for each, feature in features.items()
        if (items := _struct(feature)) and {start, end} <= items.keys()
    }
    if name not in layers:
        hint = f"there are {', '.join(layers)}" if layers else "no column of the table is a list of spans"
        raise UsageError(f"there is no layer {name!r}: {hint}")
    return layers[name]


def _label(items: Mapping[str, Any], name: str) -> str | None:
    found = [each for each, feature in items.items() if getattr(feature, "names", None)]
    if "label" in items:
        return "label"
    if len(found) > 1:
        raise UsageError(f"items of {name!r} have several labels: name one by label=, of {', '.join(found)}")
    return found[0] if found else None
