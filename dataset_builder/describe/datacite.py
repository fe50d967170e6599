"""What a repository needs to register a DOI: DataCite's metadata, schema 4.5, as JSON.

https://datacite-metadata-schema.readthedocs.io/en/4.5/
"""

import json
import re
from typing import Any

from dataset_builder.describe.card_facts import CardFacts
from dataset_builder.describe.citation import home

__all__ = ["DATACITE", "render_datacite"]

DATACITE = "datacite.json"


def render_datacite(facts: CardFacts) -> str | None:
    """The metadata; None where the configuration has no authors or no year, without which there is none."""
    project = facts.project
    if not project.authors or project.year is None:
        return None
    address = home(project)
    files = [file for table in facts.tables for split in table.splits.values() for file in split.files]
    document: dict[str, Any] = {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "doi": project.doi,
        "url": address if address and re.fullmatch(r"https?://\S+", address) else None,
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "Annotated text dataset"},
        "creators": [{"name": author} for author in project.authors],
        "titles": [{"title": project.title}],
        "publisher": {"name": project.publisher or ", ".join(project.authors)},
        "publicationYear": str(project.year),
        "subjects": [{"subject": tag} for tag in project.tags],
        "language": project.languages[0] if len(project.languages) == 1 else None,
        "alternateIdentifiers": [{"alternateIdentifier": project.name, "alternateIdentifierType": "Dataset name"}],
        "sizes": [
            f"{facts.statistics.total(facts.layout.articles.name)} articles",
            f"{sum(file.bytes for file in files)} bytes",
        ],
        "formats": ["application/vnd.apache.parquet"],
        "version": project.version,
        "rightsList": [_rights(project.license)],
        "descriptions": [
            {"description": project.summary, "descriptionType": "Abstract"},
        ]
        if project.summary
        else [],
    }
    kept = {key: value for key, value in document.items() if value}
    return json.dumps(kept, ensure_ascii=False, indent=2) + "\n"


def _rights(expression: str) -> dict[str, str]:
    """An SPDX expression; a plain identifier with its address."""
    if not re.fullmatch(r"[A-Za-z0-9.+-]+", expression) or expression.startswith("LicenseRef-"):
        return {"rights": expression}
    return {
        "rights": expression,
        "rightsUri": f"https://spdx.org/licenses/{expression}.html",
        "rightsIdentifier": expression,
        "rightsIdentifierScheme": "SPDX",
        "schemeUri": "https://spdx.org/licenses/",
    }
