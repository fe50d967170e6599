"""The features of two tables side by side: what changed in them, and what of their values can be compared.

All functions take features in the form that `datasets.Features.to_dict` writes.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from dataset_builder.model.diff import SchemaChange

__all__ = ["LabelColumn", "common", "kind_of", "label_columns", "schema_changes", "uncompared"]

Features = Mapping[str, Any]

_NUMBERS = ("int", "uint", "float")


def kind_of(feature: Any) -> str:
    """`struct`, `list`, `label`, `json`, or the type of a plain value."""
    kind = feature.get("_type")
    if not isinstance(kind, str):
        return "struct"
    named = {"List": "list", "LargeList": "list", "ClassLabel": "label", "Json": "json"}
    return named.get(kind) or str(feature.get("dtype", kind))


def schema_changes(table: str, old: Features, new: Features) -> Iterator[SchemaChange]:
    """What changed in the columns of a table; of a part that is new or gone as a whole, that it is."""
    yield from _within(table, "", old, new)


def _within(table: str, path: str, old: Features, new: Features) -> Iterator[SchemaChange]:
    """What changed in the columns of a table, or the members of a struct."""
    prefix = f"{path}." if path else ""
    for name in old:
        if name not in new:
            yield SchemaChange(kind="column removed", table=table, path=prefix + name, old=kind_of(old[name]))
        else:
            yield from _changed(table, prefix + name, old[name], new[name])
    for name in new:
        if name not in old:
            yield SchemaChange(kind="column added", table=table, path=prefix + name, new=kind_of(new[name]))
    orders = [[name for name in one if name in other] for one, other in ((old, new), (new, old))]
    if orders[0] != orders[1]:
        before, after = map(", ".join, orders)
        yield SchemaChange(kind="columns reordered", table=table, path=path, old=before, new=after)


def _changed(table: str, path: str, old: Any, new: Any) -> Iterator[SchemaChange]:
    kinds = kind_of(old), kind_of(new)
    if kinds[0] != kinds[1]:
        yield SchemaChange(kind="type changed", table=table, path=path, old=kinds[0], new=kinds[1])
    elif kinds[0] == "struct":
        yield from _within(table, path, old, new)
    elif kinds[0] == "list":
        yield from _changed(table, f"{path}[]", old["feature"], new["feature"])
    elif kinds[0] == "label":
        yield from _labels(table, path, old["names"], new["names"])


def _labels(table: str, path: str, old: list[str], new: list[str]) -> Iterator[SchemaChange]:
    for name in old:
        if name not in new:
            yield SchemaChange(kind="label removed", table=table, path=path, old=name)
    for name in new:
        if name not in old:
            yield SchemaChange(kind="label added", table=table, path=path, new=name)
    if any(new.index(name) != code for code, name in enumerate(old) if name in new):
        yield SchemaChange(kind="labels recoded", table=table, path=path, old=", ".join(old), new=", ".join(new))


def common(old: Features, new: Features) -> tuple[dict[str, Any], dict[str, Any]]:
    """The columns that both have and whose values can be compared, at any depth: the old features, and the new."""
    pairs = {name: found for name in old if name in new and (found := _common(old[name], new[name]))}
    return {name: pair[0] for name, pair in pairs.items()}, {name: pair[1] for name, pair in pairs.items()}


def _common(old: Any, new: Any) -> tuple[Any, Any] | None:
    kinds = kind_of(old), kind_of(new)
    if kinds == ("struct", "struct"):
        pair = common(old, new)
        return pair if pair[0] else None
    if kinds == ("list", "list"):
        inner = _common(old["feature"], new["feature"])
        return ({**old, "feature": inner[0]}, {**new, "feature": inner[1]}) if inner else None
    return (old, new) if _comparable(*kinds) else None


def _comparable(old: str, new: str) -> bool:
    if old == new or (old.startswith(_NUMBERS) and new.startswith(_NUMBERS)):
        return True
    return {old, new} <= {"string", "large_string", "label"}


def uncompared(table: str, old: Features, new: Features) -> Iterator[str]:
    """The columns that both have, at any depth, and whose values can't be compared."""
    for name in old:
        if name in new:
            yield from _uncompared(f"{table}: {name}", old[name], new[name])


def _uncompared(path: str, old: Any, new: Any) -> Iterator[str]:
    kinds = kind_of(old), kind_of(new)
    if kinds == ("struct", "struct"):
        for name in old:
            if name in new:
                yield from _uncompared(f"{path}.{name}", old[name], new[name])
    elif kinds == ("list", "list"):
        yield from _uncompared(f"{path}[]", old["feature"], new["feature"])
    elif not _comparable(*kinds):
        yield path


class LabelColumn(NamedTuple):
    """A column of labels, at any depth."""

    column: str  # at the top
    members: tuple[str, ...]  # the way through structs
    path: str  # as in `entities[].type`
    leaf: str  # as Parquet names it
    names: tuple[str, ...]


def label_columns(features: Features) -> Iterator[LabelColumn]:
    """All label columns."""
    for name, feature in features.items():
        for members, path, leaf, names in _labels_within(feature):
            simple = not any("." in member for member in members)
            yield LabelColumn(name, members, name + path, name + leaf if simple else name, tuple(names))


def _labels_within(feature: Any) -> Iterator[tuple[tuple[str, ...], str, str, list[str]]]:
    kind = kind_of(feature)
    if kind == "label":
        yield (), "", "", feature["names"]
    elif kind == "list":
        for members, path, leaf, names in _labels_within(feature["feature"]):
            yield members, f"[]{path}", f".list.element{leaf}", names
    elif kind == "struct":
        for member, inner in feature.items():
            for members, path, leaf, names in _labels_within(inner):
                yield (member, *members), f".{member}{path}", f".{member}{leaf}", names
