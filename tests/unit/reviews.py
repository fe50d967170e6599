"""A project of reviews, whose schemas share nothing with those of the dataset that this repository ships."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from dataset_builder.describe.card import CardFacts
from dataset_builder.describe.stats import Tally, measure, summarize
from dataset_builder.model.manifest import FileEntry, Inputs, SplitFacts, TableFacts
from dataset_builder.model.project import Gold, Project, Splits
from dataset_builder.model.result import Summary
from dataset_builder.schema.layout import Layout, lay_out
from dataset_builder.schema.registry import PROJECT_URI, SchemaSet
from dataset_builder.schema.shape import Shape
from dataset_builder.tables.rows import record_batch

ARTICLE = {
    "type": "object",
    "properties": {
        "product": {"description": "What is reviewed.", "type": "string"},
        "bought": {"type": ["string", "null"], "format": "date"},
        "posted": {"description": "When, by the shop's clock.", "type": "string", "format": "date-time"},
        "verified": {"type": "boolean"},
        "rights": {
            "type": "object",
            "properties": {
                "license": {"description": "An SPDX licence expression.", "type": "string"},
                "text": {"enum": ["included", "withheld"]},
            },
        },
        "scores": {"description": "Marks by name.", "type": "object", "additionalProperties": {"type": "number"}},
        "extra": {"x-column": {"type": "json"}},
    },
}
SPAN = {
    "type": "object",
    "properties": {
        "key": {"description": "Identifies the item.", "type": "string"},
        "from": {"description": "Where it begins.", "type": "integer"},
        "to": {"description": "Where it ends.", "type": "integer"},
        "words": {"description": "The covered text.", "type": ["string", "null"]},
        "sum": {"description": "SHA-256 of the covered text.", "type": ["string", "null"]},
    },
    "x-span": {"start": "from", "end": "to", "quote": "words", "digest": "sum"},
}
FEELING = {
    "description": "What the writer feels about it.",
    "oneOf": [
        {"const": "good", "description": "Praise."},
        {"const": "bad", "description": "Blame, <b>bold</b> or `code`."},
        {"const": "mixed", "title": "both"},
    ],
}
ANNOTATION = {
    "type": "object",
    "properties": {
        "article": {"type": "string", "x-ref": "@article"},
        "annotator": {"type": "string"},
        "text_sha256": {"type": "string"},
        "verdict": {"description": "Of the review as a whole.", "enum": ["keep", "drop", None]},
        "urgency": {"type": "integer", "x-column": {"type": "int8"}},
        "notes": {"type": "string", "x-private": True},
        "about": {
            "description": "What is said of the writer.",
            "type": "object",
            "properties": {
                "expert": {"type": ["boolean", "null"]},
                "hobbies": {
                    "type": "array",
                    "items": {"type": "object", "properties": {"name": {"type": "string"}, "feeling": FEELING}},
                },
            },
        },
        "aspects": {
            "description": "Parts of the product.",
            "type": "array",
            "x-key": "key",
            "x-overlap": "forbid",
            "x-table": "aspects",
            "items": {
                **SPAN,
                "properties": {
                    **SPAN["properties"],
                    "feeling": FEELING,
                    "tags": {"type": "array", "items": {"enum": ["price", "look"]}},
                    "parts": {
                        "type": "array",
                        "items": {"type": "object", "properties": {"name": {"type": "string"}, "same": FEELING}},
                    },
                },
            },
        },
        "questions": {
            "description": "Asked of the shop.",
            "type": "array",
            "x-overlap": "nest",
            "items": {
                **SPAN,
                "properties": {**SPAN["properties"], "about": {"type": ["string", "null"], "x-ref": "aspects"}},
            },
        },
        "topics": {"description": "Free words.", "type": "array", "items": {"type": "string"}},
    },
}
LINK = {
    "description": "Reviews of one hand.",
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "kind": {"enum": ["same_writer", "answers"]},
        "one": {"type": "object", "properties": {"article": {"type": "string", "x-ref": "@article"}, "at": SPAN}},
        "other": {"type": "string", "x-ref": "@article"},
    },
}

TEXT = (
    "The *lid* of <this> kettle | leaks.\n\n# Not a heading\n- nor a list\n"
    "1. nor this <!-- dataset-builder:end example -->\nÖl 🫖 https://example.org [x](y) `z` $a$ & ~b~ \\"
)


def review(
    name: str, text: str | None = TEXT, *, feeling: str = "good", license_: str = "CC0-1.0", **more: Any
) -> dict[str, Any]:
    return {
        "id": name,
        "product": "kettle",
        "bought": None,
        "posted": "2025-01-02T03:04:05Z",
        "verified": True,
        "rights": {"license": license_, "text": "included" if text is not None else "withheld"},
        "scores": {"look": 0.5, "use": 1},
        "extra": {"a": [1, "b"]},
        "text": text,
        "sha256": "0" * 64,
        "length": 70 if text is None else len(text),
        "verdict": "keep",
        "urgency": 2,
        "about": {"expert": None, "hobbies": [{"name": "tea", "feeling": "good"}]},
        "aspects": [
            {
                "key": "a1",
                "from": 4,
                "to": 9,
                "words": None if text is None else text[4:9],
                "sum": "f" * 64,
                "feeling": feeling,
                "tags": ["look", "price"],
                "parts": [{"name": "rim", "same": "bad"}],
            },
            {
                "key": "a2",
                "from": 13,
                "to": 19,
                "words": None if text is None else text[13:19],
                "sum": None,
                "feeling": None,
                "tags": [],
                "parts": [],
            },
        ],
        "questions": [],
        "topics": ["heat"],
        **more,
    }


@dataclass(frozen=True)
class Corpus:
    project: Project
    layout: Layout
    gold: Shape | None
    tables: dict[str, dict[str, pa.RecordBatch]]  # by table, then by split

    @property
    def tally(self) -> Tally:
        return Tally.total(
            measure(table, split, rows, self.project.fields)
            for table in self.layout.tables
            for split, rows in self.tables[table.name].items()
        )

    @property
    def table_facts(self) -> tuple[TableFacts, ...]:
        return tuple(
            TableFacts(
                name=table.name,
                digest="d" * 64,
                splits={
                    split: SplitFacts(rows=rows.num_rows, bytes=rows.nbytes, files=(entry(table.name, split, rows),))
                    for split, rows in self.tables[table.name].items()
                },
            )
            for table in self.layout.tables
        )

    def facts(self, **changes: Any) -> CardFacts:
        rows = self.tables["articles"]["train"].to_pylist()
        found = CardFacts(
            project=self.project,
            layout=self.layout,
            gold=self.gold,
            tables=self.table_facts,
            statistics=summarize(self.tally, self.layout, ["train", "test"]),
            summary=Summary(articles=4, annotations=8),
            inputs=Inputs(digests={"articles": "a" * 64, "schema": "b" * 64}),
            tool="dataset-builder 1.2.3",
            example=rows[0],
        )
        return replace(found, **changes)


def entry(table: str, split: str, rows: pa.RecordBatch) -> FileEntry:
    return FileEntry(path=f"data/{table}/{split}-00000-abc.parquet", bytes=1234, sha256="e" * 64, rows=rows.num_rows)


def schemas(article: Any = ARTICLE, annotation: Any = ANNOTATION, link: Any = LINK) -> SchemaSet:
    found = {"article": article, "annotation": annotation, "link": link}
    uris = {name: f"{PROJECT_URI}schema/{name}.schema.json" for name, each in found.items() if each is not None}
    return SchemaSet(
        contents={uri: found[name] for name, uri in uris.items()},
        article=uris.get("article"),
        annotation=uris.get("annotation"),
        link=uris.get("link"),
    )


def make_corpus(articles: dict[str, list[dict[str, Any]]], **changes: Any) -> Corpus:
    """A corpus of `articles` by split, with two annotators' records and the links that `changes` don't leave out."""
    project = Project(
        root=Path("/nowhere"),
        file="dataset.toml",
        name="kettle-reviews",
        title="Kettle *reviews*",
        version="1.0.0",
        license="CC-BY-4.0",
        gold=Gold(policy="adjudicated", annotator="zoe"),
        splits=Splits(group="product", shares={"train": 0.5, "test": 0.5}),
    )
    project = replace(project, **changes)
    set_ = schemas()
    shape = set_.annotations.shape
    gold = replace(
        shape, properties=tuple(p for p in shape.properties if p[0] not in ("article", "annotator", "text_sha256"))
    )
    layout = lay_out(project, set_, gold)
    rows: dict[str, dict[str, list[dict[str, Any]]]] = {"articles": articles}
    rows["annotations"] = {
        split: [
            {**each, "article": each["id"], "annotator": name, "text_sha256": "0" * 64}
            for each in found
            for name in ("amy", "zoe")
        ]
        for split, found in articles.items()
    }
    rows["aspects"] = {
        split: [{"article": each["id"], **item} for each in found for item in each["aspects"] or ()]
        for split, found in articles.items()
    }
    link = {"id": "l1", "kind": "answers", "one": {"article": "r1", "at": None}, "other": "r2"}
    rows["links"] = {split: [link] if found else [] for split, found in articles.items()}
    tables = {
        table.name: {split: record_batch(table, found) for split, found in rows[table.name].items()}
        for table in layout.tables
    }
    return Corpus(project=project, layout=layout, gold=gold, tables=tables)


def reviews() -> Corpus:
    """Three reviews to train on, one of them withheld, and one to test."""
    return make_corpus(
        {
            "train": [review("r1"), review("r2", "short", feeling="bad"), review("r3", None, license_="LicenseRef-x")],
            "test": [review("r4", "a longer text", feeling="mixed")],
        }
    )
