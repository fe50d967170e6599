from dataclasses import replace
from pathlib import Path

import pytest
from datasets import Features

from dataset_builder.merge.gold import gold_shape
from dataset_builder.model.project import Fields, Gold, Project
from dataset_builder.schema.layout import lay_out, rows_of
from dataset_builder.schema.registry import PROJECT_URI, SchemaSet
from dataset_builder.schema.shape import ITEM
from tests.unit.schemas import TEXT, WHOLE, array, record

PROJECT = Project(root=Path(), file="dataset.toml", name="notes", title="Notes", version="1.0.0", license="MIT")
ARTICLE = record(
    {
        "id": TEXT,
        "title": TEXT,
        "text": TEXT,
        "sha256": TEXT,
        "length": WHOLE,
        "rights": record({"license": TEXT}),
        "secret": {**TEXT, "x-private": True},
    }
)
ANNOTATION = record(
    {
        "article": {**TEXT, "x-ref": "@article"},
        "annotator": TEXT,
        "text_sha256": TEXT,
        "topic": {"enum": ["war", "work"]},
        "entities": array(
            record({"id": TEXT, "note": {**TEXT, "x-private": True}}),
            **{"x-key": "id", "x-table": "entities", "description": "Who is there."},
        ),
        "quotes": array(
            record({"hearers": array(record({"name": TEXT}), **{"x-table": "hearers"})}),
        ),
    }
)
LINK = record({"id": TEXT, "one": {**TEXT, "x-ref": "@article"}}, description="Pairs.")


def laid_out(project=PROJECT, **roles):
    uris = {role: f"{PROJECT_URI}schema/{role}.schema.json" for role in roles}
    schemas = SchemaSet(
        {uris[role]: schema for role, schema in roles.items()},
        *(uris.get(role) for role in ("article", "annotation", "link")),
    )
    gold = gold_shape(schemas.annotations.shape, project.gold, project.fields) if "annotation" in roles else None
    return lay_out(project, schemas, gold)


def names(table):
    return [column.name for column in table.columns]


def test_all_tables():
    layout = laid_out(article=ARTICLE, annotation=ANNOTATION, link=LINK)
    assert {table.name: names(table) for table in layout.tables} == {
        "articles": ["id", "title", "rights", "text", "sha256", "length", "topic", "entities", "quotes"],
        "annotations": ["article", "annotator", "text_sha256", "topic", "entities", "quotes"],
        "entities": ["article", "id"],
        "hearers": ["article", "name"],
        "links": ["id", "one"],
    }
    assert layout.tables[0] is layout.articles
    assert [table.path for table in layout.flat] == [("entities",), ("quotes", ITEM, "hearers")]
    assert layout.flat[0].description == "Who is there."
    assert layout.links.description == "Pairs."


def test_a_project_may_have_nothing_but_texts():
    layout = laid_out()
    assert [table.name for table in layout.tables] == ["articles"]
    assert names(layout.articles) == ["id", "text", "sha256", "length"]
    assert (layout.annotations, layout.flat, layout.links) == (None, (), None)


def test_fields_may_be_called_otherwise():
    fields = Fields(id="key", text="body", sha256="sum", length="size", article="of", annotator="by", text_sha256="was")
    article = record({"key": TEXT, "body": TEXT, "sum": TEXT, "size": WHOLE, "title": TEXT})
    annotation = record({"of": TEXT, "by": TEXT, "was": TEXT, "mood": WHOLE})
    layout = laid_out(replace(PROJECT, fields=fields), article=article, annotation=annotation)
    assert names(layout.articles) == ["id", "title", "text", "sha256", "length", "mood"]
    assert names(layout.annotations) == ["article", "annotator", "was", "mood"]


def test_gold_that_all_annotators_share_says_who_has_what():
    layout = laid_out(replace(PROJECT, gold=Gold(policy="all")), article=ARTICLE, annotation=ANNOTATION)
    assert names(layout.flat[0]) == ["article", "id", "annotators"]
    assert "annotators" in layout.articles.features["entities"]["feature"]
    assert "annotators" not in layout.annotations.features["entities"]["feature"]


@pytest.mark.parametrize(
    "roles", [{}, {"article": ARTICLE}, {"article": ARTICLE, "annotation": ANNOTATION, "link": LINK}]
)
def test_every_table_has_the_features_of_datasets(roles):
    for table in laid_out(**roles).tables:
        assert table.arrow.equals(Features.from_dict(table.features).arrow_schema, check_metadata=True)


def test_rows_of_a_flat_table():
    gold = {
        "quotes": [{"hearers": [{"name": "Ada"}, {"name": "Bo"}]}, {"hearers": None}, {}, {"hearers": [{"name": "Cy"}]}]
    }
    path = ("quotes", ITEM, "hearers")
    assert [row["name"] for row in rows_of(gold, path)] == ["Ada", "Bo", "Cy"]
    assert rows_of({}, path) == rows_of(None, path) == []
