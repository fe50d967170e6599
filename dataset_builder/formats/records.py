"""Neutral values as a project's records: JSON that is easy to read and to compare, an item a line."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from dataset_builder.formats.inventory import Facts, Inventory, Values
from dataset_builder.formats.settle import POINTS
from dataset_builder.model.foreign import ForeignArticle, ForeignRecord, Item

__all__ = ["ENVELOPE", "OWN", "Records", "layer_name", "with_layers", "with_names"]

ENVELOPE = ("article", "annotator", "text_sha256", "extra")
"""What a record has beside its layers."""

OWN = frozenset({"id", "text", "source", "rights", "sha256", "length", "article_extra"})
"""What an article has beside metadata: names that no layer may have, since both stand in one table."""


def layer_name(name: str) -> str:
    """`name` as that of a layer: lower-case letters, digits and `_`."""
    plain = "".join(each if each.isascii() and each.isalnum() else "_" for each in name.lower()).strip("_")
    plain = plain if plain[:1].isalpha() else f"layer_{plain}".rstrip("_")
    return f"{plain}_layer" if plain in ENVELOPE or plain in OWN else plain


def with_names(data: bytes, names: Mapping[str, str]) -> bytes:
    """The metadata in `data` with other names for some properties."""
    value = {names.get(name, name): each for name, each in orjson.loads(data).items()}
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


class Records:
    """Makes a project's JSON of neutral articles, and takes the inventory on the way."""

    def __init__(self, inventory: Inventory, license_: str) -> None:
        self.inventory = inventory
        self._rights = {"license": license_, "text": "included"}

    def metadata(self, article: ForeignArticle, sha256: str) -> bytes:
        """The metadata of `article`, whose text has that digest."""
        value: dict[str, Any] = {
            "source": article.file,
            "rights": self._rights,
            "sha256": sha256,
            "length": len(article.text),
        }
        extra = {}
        for name, given in article.metadata.items():
            if name in OWN or not is_plain_name(name):
                extra[name] = given
            else:
                self.inventory.metadata.setdefault(name, Values()).add(given)
                value[name] = given
        if extra:
            self.inventory.article_extra += 1
            value["article_extra"] = extra
        self.inventory.articles += 1
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

    def record(self, id_: str, record: ForeignRecord, text: str, sha256: str) -> bytes:
        """What `record` says of the article `id_`; it is settled. Layers that are known, and empty here, are there."""
        layers: dict[str, list[bytes]] = {name: [] for name in self.inventory.layers}
        homes = {item.id: item.layer for item in record.items}
        for item in record.items:
            if item.layer in OWN or item.layer in ENVELOPE:
                item = item._replace(layer=layer_name(item.layer))  # noqa: PLW2901 - under its other name from here
                homes[item.id] = item.layer
            facts = self.inventory.layer(item.layer)
            layers.setdefault(item.layer, []).append(orjson.dumps(self._item(item, facts, homes, text)))
        self.inventory.annotators[record.annotator] += 1
        head: dict[str, Any] = {"article": id_, "annotator": record.annotator, "text_sha256": sha256}
        extra = dict(record.extra)
        for name, given in record.attributes.items():
            if name in ENVELOPE or name in OWN or name in layers or not is_plain_name(name):
                extra[name] = given
            else:
                self.inventory.attributes.setdefault(name, Values()).add(given)
                head[name] = given
        self.inventory.extra += bool(extra)
        return rendered(head, layers, extra)

    def _item(self, item: Item, facts: Facts, homes: Mapping[str, str], text: str) -> dict[str, Any]:
        value: dict[str, Any] = {"id": item.id}
        facts.items += 1
        if item.fragments:
            _place(item, facts, text, value)
        if item.label is not None:
            value["label"] = item.label
            facts.labels[item.label] += 1
        if item.references:
            _refer(item, facts, homes, value)
        if item.arguments:
            value["arguments"] = [{"role": role, "target": target} for role, target in item.arguments]
            for role, target in item.arguments:
                facts.roles[role] += 1
                facts.targets.add(homes[target])
        if item.attributes or item.extra:
            _describe(item, facts, value)
        if item.notes:
            facts.notes += len(item.notes)
            value["notes"] = [_given(note._asdict()) for note in item.notes]
        if item.referents:
            facts.referents += len(item.referents)
            value["referents"] = [_given(referent._asdict()) for referent in item.referents]
        return value


def is_plain_name(name: str) -> bool:
    """Whether `name` can be a column's: `datasets` has a meaning of its own for names such as `_type`."""
    return bool(name) and not name.startswith("_") and name.isprintable() and len(name) <= 100


def _place(item: Item, facts: Facts, text: str, value: dict[str, Any]) -> None:
    fragments = item.fragments
    start, end = fragments[0][0], fragments[-1][1]
    if item.layer.endswith(POINTS) and start == end:
        facts.points = True
        value["at"] = start
        return
    facts.spans += 1
    value["start"], value["end"], value["quote"] = start, end, text[start:end]
    if len(fragments) > 1:
        facts.fragmented += 1
        value["fragments"] = [{"start": first, "end": last, "quote": text[first:last]} for first, last in fragments]


def _refer(item: Item, facts: Facts, homes: Mapping[str, str], value: dict[str, Any]) -> None:
    for name, target in item.references.items():
        value[name] = target
        targets = facts.references.setdefault(name, set())
        if isinstance(target, str):
            targets.add(homes[target])
        else:
            facts.many.add(name)
            targets.update(homes[each] for each in target)


def _describe(item: Item, facts: Facts, value: dict[str, Any]) -> None:
    attributes, extra = {}, dict(item.extra)
    for name, given in item.attributes.items():
        if is_plain_name(name):
            attributes[name] = given
            facts.attributes.setdefault(name, Values()).add(given)
        else:
            extra[name] = given
    if attributes:
        value["attributes"] = attributes
    if extra:
        facts.extra += 1
        value["extra"] = extra


def _given(value: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in value.items() if each is not None}


def with_layers(data: bytes, names: Iterable[str]) -> bytes:
    """The record in `data`, as `rendered` makes them, with an empty layer for each of `names` that it lacks."""
    value = orjson.loads(data)
    extra = value.pop("extra", {})
    layers = {name: [orjson.dumps(item) for item in value.pop(name, ())] for name in names}
    return rendered(value, layers, extra)


def rendered(head: Mapping[str, Any], layers: Mapping[str, list[bytes]], extra: Mapping[str, Any]) -> bytes:
    """A record: its head, then its layers by name, an item a line."""
    lines = [b"  %s: %s" % (orjson.dumps(name), orjson.dumps(value)) for name, value in head.items()]
    for name in sorted(layers):
        items = layers[name]
        body = b"[\n    %s\n  ]" % b",\n    ".join(items) if items else b"[]"
        lines.append(b'  "%s": %s' % (name.encode(), body))
    if extra:
        lines.append(b'  "extra": %s' % orjson.dumps(extra))
    return b"{\n%s\n}\n" % b",\n".join(lines)
