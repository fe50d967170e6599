"""The build as a Data Package, version 2: https://datapackage.org/standard/data-package/.

Each file of a table is a resource with its size and digest, which the Frictionless Framework compares. It is a `file`
and no `table` to it, for of tables in Parquet the framework (5.21) compares neither, and reads labels that are null
as numbers. The columns are described all the same, once a split: a label is an integer with its categories, a struct an
`object`, a list an `array`.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from dataset_builder.describe.card_facts import CardFacts
from dataset_builder.describe.citation import home
from dataset_builder.model.manifest import FileEntry
from dataset_builder.model.project import Project
from dataset_builder.schema.columns import Column, Table

__all__ = ["DATA_PACKAGE", "render_data_package"]

DATA_PACKAGE = "datapackage.json"

_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_MEDIA_TYPE = "application/vnd.apache.parquet"
_TYPES = {"bool": "boolean", "date32": "date", "float32": "number", "float64": "number"}


def render_data_package(facts: CardFacts) -> str:
    """The descriptor, as JSON. It names files relative to itself; splits without files are left out."""
    project = facts.project
    document = {
        "$schema": _PROFILE,
        "name": _slug(project.name),
        "title": project.title,
        "description": project.summary,
        "version": project.version,
        "homepage": _address(project),
        "keywords": list(project.tags),
        "licenses": [_license(project.license)],
        "contributors": [{"title": author, "roles": ["author"]} for author in project.authors],
        "resources": list(_resources(facts)),
    }
    return json.dumps({key: value for key, value in document.items() if value}, ensure_ascii=False, indent=2) + "\n"


def _address(project: Project) -> str | None:
    address = home(project)
    return address if address and re.fullmatch(r"https?://\S+", address) else None


def _license(expression: str) -> dict[str, str]:
    simple = re.fullmatch(r"[A-Za-z0-9.+-]+", expression)
    if not simple or expression.startswith("LicenseRef-"):
        return {"name": re.sub(r"[^A-Za-z0-9.+-]+", "-", expression), "title": expression}
    return {"name": expression, "path": f"https://spdx.org/licenses/{expression}.html"}


def _slug(name: str) -> str:
    """`name` in the letters that names have here."""
    return re.sub(r"[^a-z0-9._/-]", lambda found: f"-{ord(found[0]):x}-", name.lower())


def _resources(facts: CardFacts) -> Iterator[dict[str, Any]]:
    for table, found in facts.loadable:
        for split, part in found.splits.items():
            for ordinal, file in enumerate(part.files):
                yield _resource(table, split, ordinal, file)


def _resource(table: Table, split: str, ordinal: int, file: FileEntry) -> dict[str, Any]:
    """A file. The first of a split says which columns all of them have."""
    return {
        "name": _slug(f"{table.name}/{split}/{ordinal:05d}"),
        "type": "file",
        "title": f"{table.name}: {split}",
        **({"description": table.description} if table.description else {}),
        "path": file.path,
        "format": "parquet",
        "mediatype": _MEDIA_TYPE,
        "bytes": file.bytes,
        "hash": f"sha256:{file.sha256}",
        **({} if ordinal else {"schema": _schema(table)}),
    }


def _schema(table: Table) -> dict[str, Any]:
    named = {"primaryKey": ["id"]} if any(column.name == "id" for column in table.columns) and not table.path else {}
    return {"fields": [_field(column) for column in table.columns], **named}


def _field(column: Column) -> dict[str, Any]:
    said = {"description": column.shape.description} if column.shape.description else {}
    categories = [{"value": code, "label": name} for code, name in enumerate(column.labels)]
    return {
        "name": column.name,
        "type": _type(column),
        **said,
        **({"categories": categories} if categories and not column.item else {}),
    }


def _type(column: Column) -> str:
    if column.item:
        return "array"
    if column.children:
        return "object"
    if column.labels:
        return "integer"
    dtype = column.dtype or ""
    if dtype.startswith("timestamp"):
        return "datetime"
    if "int" in dtype:
        return "integer"
    return _TYPES.get(dtype, "string" if dtype else "any")
