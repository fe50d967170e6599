"""Croissant fields of columns, in a form that `mlcroissant` 1.1 doesn't only validate but reads.

An object's columns are sub-fields that JSONPaths take out of the column: one for the way to a list, one for the way
within each of its items. A further list of objects in there can't be reached; the field around it names what it lacks.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dataset_builder.describe.paths import walk_columns
from dataset_builder.schema.columns import Column, Table

__all__ = ["LabelSets", "fields", "identifier"]

_TYPES = {
    "bool": "sc:Boolean",
    "date32": "sc:Date",
    "float32": "cr:Float32",
    "float64": "cr:Float64",
    "int8": "cr:Int8",
    "int16": "cr:Int16",
    "int32": "cr:Int32",
    "int64": "cr:Int64",
    "uint8": "cr:UInt8",
    "uint16": "cr:UInt16",
    "uint32": "cr:UInt32",
}


LabelKey = tuple[object, tuple[str, ...]]
"""What makes two label sets the same: where the schema states them, and the labels."""


class LabelSets:
    """The label sets of tables, each once: tables that repeat a column share its labels."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._columns: dict[LabelKey, tuple[str, Column]] = {}
        for table in tables:
            for path, column in walk_columns(table):
                if column.labels:
                    names = [identifier(name) for name in path.replace("[]", "").split(".")]
                    self._columns.setdefault(_label_key(column), ("/".join([table.name, *names]) + "-labels", column))

    def id_of(self, column: Column) -> str:
        """The identifier of the record set of the labels of `column`."""
        return self._columns[_label_key(column)][0]

    def record_sets(self) -> Iterator[dict[str, Any]]:
        """A record set for each, with code, name and meaning of each label."""
        for id_, column in self._columns.values():
            meanings = {label.name: label.description or label.title or "" for label in column.shape.labels}
            fields_ = {"code": "cr:Int64", "name": "sc:Text", "meaning": "sc:Text"}
            yield {
                "@type": "cr:RecordSet",
                "@id": id_,
                "name": id_,
                **_described(column),
                "dataType": "sc:Enumeration",
                "key": {"@id": f"{id_}/code"},
                "field": [
                    {"@type": "cr:Field", "@id": f"{id_}/{name}", "name": name, "dataType": type_}
                    for name, type_ in fields_.items()
                ],
                "data": [
                    {f"{id_}/code": code, f"{id_}/name": name, f"{id_}/meaning": meanings.get(name, "")}
                    for code, name in enumerate(column.labels)
                ],
            }


def _label_key(column: Column) -> LabelKey:
    return column.shape.at, column.labels


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a column is, and how its values are got at."""

    id: str
    file_set: str
    column: str  # of the table
    paths: tuple[str, ...] = ()  # JSONPaths, one after the other; each is applied to every item of a list
    fresh: bool = True  # whether a new path begins here
    in_list: bool = False

    def part(self, name: str) -> "_Place":
        """The place of the property `name` of the objects at this place."""
        step = _json_path(name)
        paths = (*self.paths, step) if self.fresh else (*self.paths[:-1], f"{self.paths[-1]}.{step}")
        return replace(self, id=f"{self.id}/{identifier(name)}", paths=paths, fresh=False)

    def items(self) -> "_Place":
        """The place of the items of the list at this place."""
        return replace(self, fresh=True, in_list=True)

    @property
    def source(self) -> dict[str, Any]:
        """What Croissant calls the source of the values."""
        transforms = [{"jsonPath": path} for path in self.paths]
        return {
            "fileSet": {"@id": self.file_set},
            "extract": {"column": self.column},
            **({"transform": transforms if len(transforms) > 1 else transforms[0]} if transforms else {}),
        }


def fields(table: Table, labels: LabelSets, file_set: str) -> Iterator[dict[str, Any]]:
    """The fields of the columns of `table`, as far as they can be read."""
    for column in table.columns:
        place = _Place(id=f"{table.name}/{identifier(column.name)}", file_set=file_set, column=column.name)
        found = _field(column, place, labels)
        if found is not None:
            yield found


def _field(column: Column, place: _Place, labels: LabelSets) -> dict[str, Any] | None:
    """The field of `column`; None where it can't be read."""
    inner, lists = column, 0
    while inner.item:
        inner, lists = inner.item, lists + 1
    head = {"@type": "cr:Field", "@id": place.id, "name": column.name}
    array = {"isArray": True, "arrayShape": ",".join(["-1"] * lists)} if lists else {}
    if not inner.children:
        labelled = _labelled(inner, place, labels) if inner.labels else {}
        return {
            **head,
            **_described(column),
            **array,
            "dataType": _data_type(inner),
            "source": place.source,
            **labelled,
        }
    if lists > 1 or (lists and place.in_list):
        return None
    around = place.items() if lists else place
    parts = {child.name: _field(child, around.part(child.name), labels) for child in inner.children}
    missing = [name for name, part in parts.items() if part is None]
    if len(missing) == len(parts):
        return None
    return {**head, **_described(column, missing), **array, "subField": [part for part in parts.values() if part]}


def _labelled(column: Column, place: _Place, labels: LabelSets) -> dict[str, Any]:
    """What leads from codes to labels: a reference, but where that would be a second join of the record set in words.

    With two joins, `mlcroissant` 1.1 can't read a split alone.
    """
    id_ = labels.id_of(column)
    if place.paths:
        return {"references": {"field": {"@id": f"{id_}/code"}}}
    said = _described(column).get("description", "")
    return {"description": f"{said} The numbers are codes of {id_}.".strip()}


def _described(column: Column, missing: Sequence[str] = ()) -> dict[str, str]:
    said = [column.shape.description] if column.shape.description else []
    if missing:
        said.append(f"Not described here, for a reader of Croissant can't reach them: {', '.join(missing)}.")
    return {"description": " ".join(said)} if said else {}


def _data_type(column: Column) -> str:
    if column.labels:
        return "cr:Int64"
    if column.dtype and column.dtype.startswith("timestamp"):
        return "sc:DateTime"
    return _TYPES.get(column.dtype or "", "sc:Text")


def identifier(name: str) -> str:
    """`name` as part of an identifier, which is an IRI: letters, digits, `_`, `.`, `-`, all else encoded."""
    return re.sub(r"[^A-Za-z0-9_.-]", lambda found: f"~{ord(found[0]):x}~", name)


def _json_path(name: str) -> str:
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        return name
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
