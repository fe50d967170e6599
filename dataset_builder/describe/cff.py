"""CITATION.cff of a build, for those who cite it: https://citation-file-format.github.io/, version 1.2.0."""

import re
from typing import Any

import yaml

from dataset_builder.describe.citation import home
from dataset_builder.describe.front_matter import dump
from dataset_builder.describe.hub import is_identifier
from dataset_builder.model.project import Project

__all__ = ["CITATION", "is_citation", "render_cff"]

CITATION = "CITATION.cff"

_NOT_YET = frozenset({"CDLA-Permissive-2.0"})  # licences that the format's list of 2021 doesn't have


def render_cff(project: Project) -> str | None:
    """What the configuration says, in that form; None where it has no authors, without which there is none."""
    if not project.authors:
        return None
    address = home(project)
    known = is_identifier(project.license) and project.license not in _NOT_YET
    found: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use this dataset, please cite it as below.",
        "type": "dataset",
        "title": project.title,
        "abstract": project.summary,
        "authors": [{"name": author} for author in project.authors],
        "version": project.version,
        "doi": project.doi,
        "license": project.license if known else None,
        "url": address if address and re.fullmatch(r"https?://\S+", address) else None,
        "keywords": list(project.tags),
    }
    return dump({key: value for key, value in found.items() if value})


def is_citation(text: str) -> bool:
    """Whether `text` is a YAML mapping, as far as that goes the form of a citation."""
    try:
        return isinstance(yaml.safe_load(text), dict)
    except (yaml.YAMLError, ValueError):  # a date that is none is a ValueError
        return False
