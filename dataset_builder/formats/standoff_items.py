"""Records and items as plain JSON, and back: what standoff JSON Lines are made of."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dataset_builder.formats.json_rows import Row, Titles, array, integer, shown
from dataset_builder.formats.layers import Layers
from dataset_builder.formats.records import is_plain_name, layer_name
from dataset_builder.formats.settle import POINTS
from dataset_builder.model.foreign import Argument, ForeignRecord, Item, Note, Referent, Trouble

__all__ = ["RecordReader", "item_value", "members", "record_value"]

_PLACE = frozenset({"id", "label", "start", "end", "quote", "fragments"})
_ITEM = _PLACE | {"references", "arguments", "attributes", "notes", "referents", "extra"}
_NO_REFERENCES = _ITEM | {"at", "digest"}


def record_value(record: ForeignRecord, text: str) -> dict[str, Any]:
    """`record` as JSON."""
    layers: dict[str, list[dict[str, Any]]] = {}
    for item in record.items:
        layers.setdefault(item.layer, []).append(item_value(item, text))
    value = {"annotator": record.annotator, "attributes": record.attributes, "layers": layers, "extra": record.extra}
    return {name: each for name, each in value.items() if each or name in ("annotator", "layers")}


def item_value(item: Item, text: str) -> dict[str, Any]:
    """`item` as JSON."""
    value: dict[str, Any] = {"id": item.id}
    if item.label is not None:
        value["label"] = item.label
    if item.fragments:
        start, end = item.fragments[0][0], item.fragments[-1][1]
        value |= {"start": start, "end": end, "quote": text[start:end]}
    if len(item.fragments) > 1:
        value["fragments"] = [{"start": start, "end": end} for start, end in item.fragments]
    rest = {
        "references": item.references,
        "arguments": [argument._asdict() for argument in item.arguments],
        "attributes": item.attributes,
        "notes": [_given(note._asdict()) for note in item.notes],
        "referents": [_given(referent._asdict()) for referent in item.referents],
        "extra": item.extra,
    }
    return value | {name: each for name, each in rest.items() if each}


def _given(value: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in value.items() if each is not None}


def members(value: Any) -> dict[str, Any]:
    """The members of `value`, none if it is no object."""
    return dict(value) if isinstance(value, dict) else {}


class RecordReader:
    """Reads one record."""

    def __init__(self, row: Row, troubles: list[Trouble], layers: Layers) -> None:
        self._row, self._troubles, self._layers = row, troubles, layers

    def _tell(self, kind: str, message: str, value: Any) -> None:
        self._troubles.append(self._row.trouble(kind, f"{message}: {shown(value)}", value))

    def record(self, value: Any, titles: Titles) -> ForeignRecord | None:
        """The record in `value`, if it is one."""
        if not isinstance(value, dict) or not isinstance(value.get("layers", {}), dict):
            self._tell("import-syntax", "a record is an object with an annotator and layers", value)
            return None
        found = ForeignRecord(annotator=titles.annotator(value.get("annotator")))
        found.extra = members(value.get("extra"))
        self.say(found, members(value.get("attributes")), value)
        known = ("annotator", "layers", "attributes", "extra")
        found.extra |= {name: each for name, each in value.items() if name not in known}
        for layer, items in value.get("layers", {}).items():
            for each in array(items):
                if item := self.item(layer_name(layer), each):
                    found.items.append(self.housed(item))
        return found

    def say(self, record: ForeignRecord, attributes: Mapping[str, Any], value: Any) -> None:
        """Adds `attributes` to `record`; to its extra where a layer has their names, and says so."""
        for name, given in attributes.items():
            if self._layers.admits(name):
                record.attributes[name] = given
            else:
                record.extra[name] = given
                message = f'"{name}" is a layer, too: what the record says of it is kept under extra'
                self._troubles.append(self._row.trouble("import-kept", message, value))

    def housed(self, item: Item) -> Item:
        """`item` in the layer where it belongs, with a word on it if that is another than it says."""
        home = self._layers.home(item)
        if home.layer not in (item.layer, item.layer.removesuffix(POINTS)):
            what = "with a place in the text" if item.fragments else "without a place"
            message = f'"{item.layer}" is something else than a layer of items {what}: "{item.id}" is in "{home.layer}"'
            self._troubles.append(Trouble("import-loose", message, item.file, item.line))
        return home

    def item(self, layer: str, value: Any) -> Item | None:
        """The item in `value`, if it is one."""
        if not isinstance(value, dict) or not isinstance(value.get("id"), str) or not value["id"]:
            self._tell("import-syntax", "an item is an object with an id", value)
            return None
        fragments = self._fragments(value)
        if fragments is None:
            return None
        label, quote = value.get("label"), value.get("quote")
        extra = members(value.get("extra")) | {name: each for name, each in value.items() if name not in _ITEM}
        return Item(
            id=value["id"],
            layer=layer,
            label=label if isinstance(label, str) else None,
            fragments=fragments,
            quote=quote if isinstance(quote, str) and len(fragments) == 1 else None,
            references=dict(self._references(value)),
            arguments=tuple(
                Argument(each["role"], each["target"]) for each in self._members(value, "arguments", ("role", "target"))
            ),
            attributes=members(value.get("attributes")),
            notes=tuple(Note(**_texts(each, Note._fields)) for each in self._members(value, "notes", ("text",))),
            referents=tuple(
                Referent(**_texts(each, Referent._fields))
                for each in self._members(value, "referents", ("resource", "entry"))
            ),
            extra=extra,
            file=self._row.file,
            line=self._row.line_of(value),
        )

    def _fragments(self, value: dict[str, Any]) -> tuple[tuple[int, int], ...] | None:
        """The stretches of the item, none if it has none; None if they are no offsets."""
        pieces = array(value.get("fragments")) or ([value] if "start" in value or "end" in value else [])
        found = []
        for piece in pieces:
            start, end = (
                (integer(piece.get(name)) for name in ("start", "end")) if isinstance(piece, dict) else (None,) * 2
            )
            if start is None or end is None:
                self._tell("import-syntax", "a span has two numbers, start and end", value)
                return None
            found.append((start, end))
        return tuple(found)

    def _references(self, value: dict[str, Any]) -> Iterator[tuple[str, str | tuple[str, ...]]]:
        for name, target in members(value.get("references")).items():
            if name not in _NO_REFERENCES and is_plain_name(name) and isinstance(target, str):
                yield name, target
            elif name not in _NO_REFERENCES and is_plain_name(name) and _are_texts(target):
                yield name, tuple(target)
            else:
                self._tell("import-syntax", f'"{name}" is no reference to an item', value)

    def _members(self, value: dict[str, Any], name: str, needed: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
        for each in array(value.get(name)):
            if isinstance(each, dict) and _are_texts([each.get(key) for key in needed]):
                yield each
            else:
                self._tell("import-syntax", f"{' and '.join(needed)} are missing in {name}", each)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _texts(value: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: value[name] for name in names if isinstance(value.get(name), str)}
