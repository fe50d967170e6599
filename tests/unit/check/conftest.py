import json
from hashlib import sha256
from pathlib import Path

import pytest

from dataset_builder.check.judgement import Judgement
from dataset_builder.check.view import ArticleView, RecordView, SchemaView
from dataset_builder.model.project import Project
from dataset_builder.model.source import Source
from dataset_builder.read.json import read_document
from dataset_builder.schema.registry import PROJECT_URI, SchemaSet


def schema_set(article=None, annotation=None, link=None):
    roles = {"article": article, "annotation": annotation, "link": link}
    uris = {role: f"{PROJECT_URI}schema/{role}.schema.json" for role, schema in roles.items() if schema is not None}
    contents = {uris[role]: roles[role] for role in uris}
    return SchemaSet(contents, *(uris.get(role) for role in ("article", "annotation", "link")))


def document_of(value, file="record.json"):
    return read_document(value if isinstance(value, bytes) else json.dumps(value).encode(), Source(file))


@pytest.fixture
def project():
    return Project(
        root=Path(), file="dataset.toml", name="river-notes", title="River notes", version="1.0.0", license="CC-BY-4.0"
    )


@pytest.fixture
def judge():
    """The violations of a value, strings hidden or not."""

    def judge(schema, value, *, hidden=False):
        schemas = schema_set(annotation=schema)
        return Judgement(schemas.annotations, document_of(value), lambda *_: hidden)

    return judge


@pytest.fixture
def schema_view(project):
    """Schemas as rules look at them."""

    def view(**roles):
        schemas = schema_set(**roles)
        files = {uri.removeprefix(PROJECT_URI): contents for uri, contents in schemas.contents.items()}
        documents = {file: document_of(contents, file) for file, contents in files.items()}
        return SchemaView(project=project, schemas=schemas, documents=documents)

    return view


@pytest.fixture
def article_view(project):
    """An article as rules look at it."""

    def view(text=None, metadata=None, schema=None, **changes):
        return ArticleView(
            id="mill",
            project=changes.pop("project", project),
            schema=schema_set(article=schema).articles,
            file="seeds/mill.txt",
            data=text.encode() if isinstance(text, str) else text,
            metadata=None if metadata is None else document_of(metadata, "seeds/mill.json"),
            **changes,
        )

    return view


SPANS = {
    "type": "object",
    "properties": {
        "article": {"type": "string"},
        "text_sha256": {"type": "string"},
        "nested": {"$ref": "#/$defs/spans", "x-overlap": "nest"},
        "apart": {"$ref": "#/$defs/spans", "x-overlap": "forbid"},
    },
    "$defs": {
        "spans": {
            "type": "array",
            "x-key": "id",
            "items": {
                "type": "object",
                "x-span": {"start": "start", "end": "end", "quote": "quote", "digest": "digest"},
                "required": ["id", "start", "end"],
                "properties": {
                    "id": {"type": "string"},
                    "start": {"type": "integer"},
                    "end": {"type": "integer"},
                    "quote": {"type": "string"},
                    "digest": {"type": "string"},
                    "label": {"enum": ["river", "bank"]},
                    "note": {"type": "string", "pattern": "^[a-z]$"},
                },
            },
        }
    },
}


@pytest.fixture
def record_view(project, article_view):
    """A record with spans on a text, as rules look at it."""

    def view(record, text="Ada met Bo at the mill.\n", *, withheld=False, present=True):
        rights = {"license": "MIT", "text": "withheld" if withheld else "included"}
        digest = sha256(text.encode()).hexdigest()
        metadata = {"rights": rights, "sha256": digest, "length": len(text)}
        return RecordView(
            project=project,
            schema=schema_set(annotation=SPANS).annotations,
            document=document_of(record),
            annotator="ada",
            article=article_view(text if present else None, metadata),
            known_articles=frozenset({"mill"}),
        )

    return view
