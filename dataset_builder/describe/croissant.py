"""The Croissant description of a build: https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html.

`mlcroissant` 1.1 validates more than it can read, so the form is one that it reads too; the tests do both. A record
set reads a file set that is found by its glob, for a set of several file objects can't be read. Each file is a file
object of its own all the same, with its digest.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from dataset_builder.describe.card_facts import CardFacts
from dataset_builder.describe.citation import citation, home
from dataset_builder.describe.croissant_context import CONTEXT
from dataset_builder.describe.croissant_fields import LabelSets, fields
from dataset_builder.describe.rai import RAI, responsible_ai
from dataset_builder.model.manifest import FileEntry, TableFacts
from dataset_builder.model.project import Project
from dataset_builder.schema.columns import Table

__all__ = ["render_croissant"]

_PARQUET = "application/x-parquet"


def render_croissant(facts: CardFacts) -> str:
    """The Croissant JSON-LD of a build. It names files relative to itself; tables without files are left out."""
    described = list(facts.loadable)
    labels = LabelSets([table for table, _ in described])
    document = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": ["http://mlcommons.org/croissant/1.1", RAI],
        **_about(facts.project),
        **responsible_ai(facts),
        **_origin(facts),
        "distribution": [part for table, found in described for part in _distribution(table, found)],
        "recordSet": [
            *(_splits(table, found) for table, found in described),
            *labels.record_sets(),
            *(_rows(table, found, labels) for table, found in described),
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _about(project: Project) -> dict[str, Any]:
    simple = re.fullmatch(r"[A-Za-z0-9.-]+", project.license) and not project.license.startswith("LicenseRef-")
    found = {
        "name": project.name,
        "alternateName": project.title,
        "description": project.summary or project.title,
        "license": f"https://spdx.org/licenses/{project.license}.html" if simple else project.license,
        "url": home(project),
        "version": project.version,
        "datePublished": str(project.year) if project.year else None,
        "inLanguage": list(project.languages),
        "keywords": list(project.tags),
        "creator": [{"@type": "sc:Organization", "name": author} for author in project.authors],
        "citeAs": citation(project),
        "identifier": f"https://doi.org/{project.doi}" if project.doi else None,
        "publisher": {"@type": "sc:Organization", "name": project.publisher} if project.publisher else None,
    }
    return {key: value for key, value in found.items() if value}


def _origin(facts: CardFacts) -> dict[str, Any]:
    """What the dataset was made of, and by what, in terms of PROV-O: https://www.w3.org/TR/prov-o/."""
    used = [
        {"@type": "prov:Entity", "@id": f"urn:sha256:{digest}", "prov:label": f"{kind} of the project"}
        for kind, digest in sorted(facts.inputs.digests.items())
    ]
    activity = {
        "@type": "prov:Activity",
        "@id": "#build",
        "prov:label": "build",
        "prov:used": [{"@id": entity["@id"]} for entity in used],
        "prov:wasAssociatedWith": {"@type": "prov:SoftwareAgent", "@id": "#tool", "prov:label": facts.tool},
    }
    return {"prov:wasDerivedFrom": used, "prov:wasGeneratedBy": activity}


def _file_set(table: Table) -> str:
    return f"files-of-{table.name}"


def _files(facts: TableFacts) -> Iterator[FileEntry]:
    return (file for split in facts.splits.values() for file in split.files)


def _distribution(table: Table, facts: TableFacts) -> Iterator[dict[str, Any]]:
    for file in _files(facts):
        yield {
            "@type": "cr:FileObject",
            "@id": file.path,
            "name": file.path,
            "contentUrl": file.path,
            "contentSize": f"{file.bytes} B",
            "encodingFormat": _PARQUET,
            "sha256": file.sha256,
        }
    yield {
        "@type": "cr:FileSet",
        "@id": _file_set(table),
        "name": _file_set(table),
        "description": f"The files of the table {table.name}.",
        "encodingFormat": _PARQUET,
        "includes": f"data/{table.name}/*.parquet",
    }


def _split_name(table: Table) -> str:
    return f"{table.name}-splits/name"


def _split_names(facts: TableFacts) -> list[str]:
    return [name for name, split in facts.splits.items() if split.files]


def _splits(table: Table, facts: TableFacts) -> dict[str, Any]:
    """The record set of the table's splits."""
    name = _split_name(table)
    return {
        "@type": "cr:RecordSet",
        "@id": f"{table.name}-splits",
        "name": f"{table.name}-splits",
        "description": f"The splits of the table {table.name}.",
        "dataType": "cr:Split",
        "key": {"@id": name},
        "field": [{"@type": "cr:Field", "@id": name, "name": "name", "dataType": "sc:Text"}],
        "data": [{name: split} for split in _split_names(facts)],
    }


def _rows(table: Table, facts: TableFacts, labels: LabelSets) -> dict[str, Any]:
    """The record set of the table's rows."""
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        **({"description": table.description} if table.description else {}),
        "field": [_split(table, facts), *map(_attributed, fields(table, labels, _file_set(table)))],
    }


def _attributed(field: dict[str, Any]) -> dict[str, Any]:
    """`field`; that of who made an annotation says so."""
    made = field["@id"] == "annotations/annotator"
    return {**field, "equivalentProperty": "prov:wasAttributedTo"} if made else field


def _split(table: Table, facts: TableFacts) -> dict[str, Any]:
    """The field of a row's split: what the name of its file begins with."""
    names = "|".join(map(re.escape, _split_names(facts)))
    taken = any(column.name == "split" for column in table.columns)
    return {
        "@type": "cr:Field",
        "@id": f"{table.name}/{'~split~' if taken else 'split'}",
        "name": "split",
        "description": "The split that the row is in.",
        "dataType": "sc:Text",
        "source": {
            "fileSet": {"@id": _file_set(table)},
            "extract": {"fileProperty": "fullpath"},
            # A join applies it to the path and the field to what came of that, so a split's name alone matches too.
            "transform": {"regex": f"(?:data/{table.name}/)?({names})(?:-.+parquet)?$"},
        },
        "references": {"field": {"@id": _split_name(table)}},
    }
