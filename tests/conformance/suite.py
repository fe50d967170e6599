"""The JSON Schema Test Suite: its schemas in a set of ours, its remote documents beside them as local files."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dataset_builder.schema.dialect import DRAFT_7, LATEST, Dialect
from dataset_builder.schema.registry import Schema, SchemaSet, uri_of

FILE = "schema/article.schema.json"
DRAFTS = {"draft2020-12": LATEST, "draft7": DRAFT_7}
REMOTE = "http://localhost:1234/"
OTHERS = {"v1", "draft3", "draft4", "draft6", "draft7", "draft2019-09", "draft2020-12"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A schema of the suite, with what is to be found valid by it or not."""

    name: str  # draft and file
    description: str
    schema: Schema
    tests: tuple[tuple[str, Any, bool], ...]  # description, instance, whether it is valid

    @property
    def key(self) -> tuple[str, str]:
        return self.name, self.description


def stating(contents: Any, dialect: Dialect) -> Any:
    """`contents` with the draft that it is written for, which the suite leaves to the folder's name."""
    return {"$schema": dialect.uri, **contents} if isinstance(contents, dict) else contents


def remotes(folder: Path, draft: str) -> dict[str, Any]:
    """The documents that the schemas of `draft` refer to, by URI."""
    found = {}
    for path in sorted((folder / "remotes").rglob("*.json")):
        name = path.relative_to(folder / "remotes").as_posix()
        if name.split("/")[0] not in OTHERS - {draft}:
            found[REMOTE + name] = stating(json.loads(path.read_bytes()), DRAFTS[draft])
    return found


def cases(folder: Path, draft: str) -> Iterator[Case]:
    """Every case of `draft`, the optional ones too."""
    beside, tests = remotes(folder, draft), folder / "tests"
    for path in sorted((tests / draft).rglob("*.json")):
        for case in json.loads(path.read_bytes()):
            contents = {uri_of(FILE): stating(case["schema"], DRAFTS[draft]), **beside}
            yield Case(
                name=path.relative_to(tests).as_posix(),
                description=case["description"],
                schema=SchemaSet(contents, article=uri_of(FILE), annotation=None, link=None).articles,
                tests=tuple((test["description"], test["data"], test["valid"]) for test in case["tests"]),
            )
