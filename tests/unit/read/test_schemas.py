import json
import os
import socket

import pytest

from dataset_builder.model.project import Limits, Paths
from dataset_builder.read.schemas import read_schemas
from dataset_builder.schema.dialect import DRAFT_7, LATEST

ARTICLE = "schema/article.schema.json"
TEXT = {"type": "string"}


@pytest.fixture
def read(root, put, project_at):
    """Writes schemas into the project and reads them: the set, and the flaws as (file, kind, pointer)."""

    def run(files=None, **settings):
        put(
            root,
            {file: data if isinstance(data, str | bytes) else json.dumps(data) for file, data in (files or {}).items()},
        )
        schemas, documents = read_schemas(project_at(root, **settings))
        found = [(file, flaw.kind, flaw.pointer) for file, document in documents.items() for flaw in document.flaws]
        return schemas, found

    return run


def property_a(reference, **more):
    """A schema of objects whose property `a` is as `reference` says."""
    return {"type": "object", "properties": {"a": {"$ref": reference}}, **more}


AT = ("properties", "a", "$ref")


def admits_text_alone(schema):
    shape = schema.shape.property("a")
    kinds = shape is not None and shape.kind == "string"
    return kinds and schema.validator.is_valid({"a": "x"}) and not schema.validator.is_valid({"a": 1})


# Which schemas there are


def test_each_record_has_a_schema_or_none(read):
    schemas, flaws = read({ARTICLE: {"type": "object"}, "schema/link.schema.json": True, "schema/other.json": "{"})
    assert flaws == []
    assert (schemas.articles.file, schemas.annotations.file, schemas.links.file) == (
        ARTICLE,
        "",
        "schema/link.schema.json",
    )
    assert schemas.annotation is None
    assert len(schemas.contents) == 2


def test_they_lie_where_the_project_says(read):
    schemas, flaws = read(
        {"types of things/é/article.schema.json": property_a("text.json"), "types of things/é/text.json": TEXT},
        paths=Paths(schema="types of things/é"),
    )
    assert flaws == []
    assert schemas.articles.file == "types of things/é/article.schema.json"
    assert admits_text_alone(schemas.articles)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ("{", "syntax"),
        ("", "empty"),
        ('{"type": "object", "type": "object"}', "duplicate-key"),
        (b"\xff{}", "encoding"),
        (b"\xef\xbb\xbf{}", "bom"),
        ('{"minimum": NaN}', "not-a-number"),
        ("{} {}", "trailing-data"),
        ('{"allOf": ' * 40 + "[]" + "}" * 40, "depth"),
        ('{"description": "' + "x" * 3000 + '"}', "size"),
    ],
)
def test_a_schema_that_is_no_json_is_a_flaw(read, data, kind):
    _, flaws = read({ARTICLE: data}, limits=Limits(bytes=2000, depth=30))
    assert [found[:2] for found in flaws] == [(ARTICLE, kind)]


@pytest.mark.parametrize(
    ("schema", "kind", "pointer"),
    [
        ({"type": "objekt"}, "schema-invalid", ("type",)),
        ([], "schema-invalid", ()),
        ('"object"', "schema-invalid", ()),
        ({"properties": {"a": {"x-kye": "id"}}}, "schema-invalid", ("properties", "a", "x-kye")),
        ({"x-column": {"type": "in8"}}, "schema-invalid", ("x-column", "type")),
        ({"type": ["string", "objekt"]}, "schema-invalid", ("type", 1)),
        ({"$id": 5}, "schema-invalid", ("$id",)),
        ({"$id": "a b"}, "schema-invalid", ("$id",)),
        ({"$id": "http://[x"}, "schema-invalid", ("$id",)),
        ({"$defs": {"x": {"$id": "%zz"}}}, "schema-invalid", ("$defs", "x", "$id")),
        ({"$defs": {"x": {"$schema": "é"}}}, "schema-invalid", ("$defs", "x", "$schema")),
        ({"$schema": "http://json-schema.org/draft-04/schema#"}, "schema-dialect", ("$schema",)),
        ({"$schema": "https://json-schema.org/draft/2019-09/schema"}, "schema-dialect", ("$schema",)),
        ({"not": {"$schema": DRAFT_7.uri}}, "schema-dialect", ("not", "$schema")),
        ({"$schema": 7}, "schema-dialect", ("$schema",)),
        ({"pattern": "(?=a)"}, "schema-pattern", ("pattern",)),
        ({"patternProperties": {"(": True}}, "schema-pattern", ("patternProperties", "(")),
    ],
)
def test_a_schema_that_is_none_is_a_flaw_where_it_stands(read, schema, kind, pointer):
    _, flaws = read({ARTICLE: schema})
    assert (ARTICLE, kind, pointer) in flaws


def test_one_wrong_schema_does_not_hide_what_is_wrong_with_another(read):
    _, flaws = read({ARTICLE: {"$id": 5}, "schema/annotation.schema.json": property_a("#/nowhere")})
    assert {(file, kind) for file, kind, _ in flaws} == {
        (ARTICLE, "schema-invalid"),
        ("schema/annotation.schema.json", "schema-reference"),
    }


def test_a_reference_to_a_wrong_schema_is_not_at_fault(read):
    _, flaws = read({ARTICLE: property_a("text.json#/$defs/x"), "schema/text.json": {"type": "nothing"}})
    assert [found[:2] for found in flaws] == [("schema/text.json", "schema-invalid")]


# References that are followed


INSIDE = {
    "#/$defs/text": {},
    "#text": {},
    "article.schema.json#text": {},
    "./article.schema.json#/$defs/text": {},
    "text.json": {"schema/text.json": TEXT},
    "text.json#": {"schema/text.json": TEXT},
    "deep/er/text.json": {"schema/deep/er/text.json": TEXT},
    "../shared/text.json": {"shared/text.json": TEXT},
    "../text.json": {"text.json": TEXT},
    "/schema/text.json": {"schema/text.json": TEXT},
    "x.json#/$defs/a~1b%20c": {"schema/x.json": {"$defs": {"a/b c": TEXT}}},
    "x.json#here": {"schema/x.json": {"$defs": {"x": {"$anchor": "here", **TEXT}}}},
    "my%20text.json": {"schema/my text.json": TEXT},
    "%C3%A9.json": {"schema/é.json": TEXT},
    "50%25.json": {"schema/50%.json": TEXT},
    "a(1)+b,c.json": {"schema/a(1)+b,c.json": TEXT},
    "chain-1.json": {
        "schema/chain-1.json": {"$ref": "sub/chain-2.json"},
        "schema/sub/chain-2.json": {"$ref": "../chain-3.json#/$defs/x"},
        "schema/chain-3.json": {"$defs": {"x": {"$ref": "#y"}, "y": {"$anchor": "y", **TEXT}}},
    },
    "loop-1.json#/$defs/text": {
        "schema/loop-1.json": {"$defs": {"text": {"$ref": "loop%202.json#/$defs/text"}}},
        "schema/loop 2.json": {
            "$defs": {"text": TEXT, "back": {"$ref": "loop-1.json"}, "own": {"$ref": "loop%202.json"}}
        },
    },
    "https://example.org/text": {"schema/text.json": {"$id": "https://example.org/text", **TEXT}},
    "https://example.org/x#here": {
        "schema/sub/x.json": {"$id": "https://example.org/x", "$defs": {"x": {"$anchor": "here", **TEXT}}}
    },
    "urn:example:text": {"schema/text.json": {"$id": "urn:example:text", **TEXT}},
    "https://example.org/inner": {},
}


@pytest.mark.parametrize("reference", INSIDE)
def test_references_within_the_project_are_followed(read, reference):
    own = {
        "text": {"$anchor": "text", **TEXT},
        "inner": {"$id": "https://example.org/inner", **TEXT},
    }
    schemas, flaws = read({ARTICLE: property_a(reference, **{"$defs": own}), **INSIDE[reference]})
    assert flaws == []
    assert admits_text_alone(schemas.articles)
    assert len(schemas.contents) == 1 + len(INSIDE[reference])


def test_schemas_that_give_themselves_addresses_refer_to_each_other_by_them(read):
    base = "https://example.org/schemas/"
    article = {"$id": base + "article.schema.json", **property_a("common/text.json")}
    schemas, flaws = read(
        {
            ARTICLE: article,
            "schema/annotation.schema.json": property_a(base + "article.schema.json#/properties/a"),
            "schema/text.json": {"$id": base + "common/text.json", "$ref": "../word.json"},
            "schema/word.json": {"$id": base + "word.json", **TEXT},
        }
    )
    assert flaws == []
    assert admits_text_alone(schemas.articles)
    assert admits_text_alone(schemas.annotations)


def test_it_does_not_matter_which_reference_is_met_first(read):
    shared = {"$id": "https://example.org/text", **TEXT}
    for first, second in (("text.json", "https://example.org/text"), ("https://example.org/text", "text.json")):
        schema = {"type": "object", "properties": {"a": {"$ref": first}, "b": {"$ref": second}}}
        schemas, flaws = read({ARTICLE: schema, "schema/text.json": shared})
        assert flaws == []
        assert admits_text_alone(schemas.articles)


def test_a_schema_may_describe_itself(read):
    schemas, flaws = read({ARTICLE: property_a("#")})
    assert flaws == []
    assert schemas.articles.validator.is_valid({"a": {"a": {}}})
    assert not schemas.articles.validator.is_valid({"a": {"a": 1}})


def test_two_schemas_may_share_a_file_which_is_read_once(read, opened):
    files = {
        ARTICLE: property_a("text.json"),
        "schema/annotation.schema.json": property_a("text.json"),
        "schema/text.json": TEXT,
    }
    read(files)
    opened.clear()
    read({})
    assert sorted(path.name for path in opened if path.suffix == ".json") == [
        "annotation.schema.json",
        "article.schema.json",
        "text.json",
    ]


def test_a_link_to_a_file_of_the_project_is_followed(read, root, put):
    put(root, {"elsewhere/text.json": json.dumps(TEXT)})
    (root / "schema").mkdir()
    (root / "schema/text.json").symlink_to("../elsewhere/text.json")
    schemas, flaws = read({ARTICLE: property_a("text.json")})
    assert flaws == []
    assert admits_text_alone(schemas.articles)


def test_what_is_no_schema_is_not_taken_for_a_reference(read):
    schema = {
        "type": "object",
        "properties": {"$ref": {"type": "string"}, "default": {"const": {"$ref": "https://example.org/x"}}},
        "examples": [{"$ref": "../../../etc/passwd"}],
        "default": {"$ref": 5},
        "enum": [{"$ref": "nowhere.json"}],
    }
    assert read({ARTICLE: schema})[1] == []


# References that are not


OUTSIDE = [
    "https://example.org/x.json",
    "http://localhost/x.json",
    "https://json-schema.org/draft/2019-09/schema",
    "//example.org/x.json",
    "ftp://example.org/x",
    "file:///etc/passwd",
    "file:/etc/passwd",
    "file:secret.json",
    "urn:example:x",
    "http://[x",
    "../../secret.json",
    "../../../../../../etc/passwd",
    "../schema/../../secret.json",
    "x/../../../secret.json",
    "%2e%2e/%2e%2e/secret.json",
    "..%2F..%2Fsecret.json",
    "../../project-two/secret.json",
    "../../project/schema/text.json",  # out and in again
    "link.json",
    "linked/secret.json",
    "link.json#/$defs/x",
]


@pytest.mark.parametrize("reference", OUTSIDE)
def test_a_reference_out_of_the_project_is_refused_and_nothing_is_opened(
    read, root, put, opened, monkeypatch, reference
):
    put(root.parent, {"secret.json": json.dumps(TEXT), "project-two/secret.json": json.dumps(TEXT)})
    put(root, {"schema/text.json": json.dumps(TEXT)})
    (root / "schema/link.json").symlink_to("../../secret.json")
    (root / "schema/linked").symlink_to("../..", target_is_directory=True)
    monkeypatch.setattr(socket, "socket", lambda *_, **__: pytest.fail("the network was asked"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("the network was asked"))
    read({ARTICLE: {}})  # what is opened once a process
    opened.clear()
    _, flaws = read({ARTICLE: property_a(reference)})
    assert flaws == [(ARTICLE, "schema-reference-outside", AT)]
    assert [path for path in opened if not path.is_relative_to(root)] == []
    assert opened


@pytest.mark.parametrize(
    "reference",
    [
        "nothing.json",
        "text.json#/$defs/x",
        "text.json#anchor",
        "#/properties/b",
        "#/allOf/first",
        "#/allOf/7",
        "#nowhere",
        ".",
        "sub",
        "/etc/passwd",
        "a%00b.json",
        "x" * 5000 + ".json",
        "text.json/x",
        "\0",
        "?query",
    ],
)
def test_a_reference_to_nothing_is_a_flaw(read, reference):
    files = {"schema/text.json": TEXT, "schema/sub/x.json": TEXT}
    _, flaws = read({ARTICLE: property_a(reference, allOf=[True]), **files})
    assert flaws == [(ARTICLE, "schema-reference", AT)]


@pytest.mark.parametrize(("reference", "file"), [("my text.json", "my text.json"), ("é.json", "é.json")])
def test_a_reference_that_is_no_uri_is_told_how_to_be_one(read, root, put, project_at, reference, file):
    put(root, {ARTICLE: json.dumps(property_a(reference)), f"schema/{file}": json.dumps(TEXT)})
    _, documents = read_schemas(project_at(root))
    (flaw,) = documents[ARTICLE].flaws
    assert flaw.kind == "schema-reference"
    assert ("my%20text.json" in flaw.message) or ("%C3%A9.json" in flaw.message)


@pytest.mark.parametrize("dialect", [LATEST.uri, DRAFT_7.uri])
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("x-overlpa", "'x-overlpa' is no keyword of the vocabulary; did you mean 'x-overlap'?"),
        ("x-nothing", "x-agreement and x-private"),
    ],
)
def test_a_misspelt_keyword_of_ours_is_told_with_the_nearest_one(root, put, project_at, dialect, name, said):
    put(root, {ARTICLE: json.dumps({"$schema": dialect, "items": {name: 1}})})
    _, documents = read_schemas(project_at(root))
    (flaw,) = documents[ARTICLE].flaws
    assert said in flaw.message
    assert flaw.pointer == ("items", name)


def test_a_file_that_is_referred_to_is_checked_too(read):
    files = {"schema/text.json": {"type": "string", "x-kye": "id", "$ref": "http://example.org"}}
    _, flaws = read({ARTICLE: property_a("text.json"), **files})
    assert {(file, kind) for file, kind, _ in flaws} == {("schema/text.json", "schema-invalid")}
    _, flaws = read({"schema/text.json": {"$ref": "http://example.org"}})
    assert {(file, kind) for file, kind, _ in flaws} == {("schema/text.json", "schema-reference-outside")}


def test_a_reference_to_what_is_no_json_is_the_fault_of_that_file(read):
    _, flaws = read({ARTICLE: property_a("../seeds/a.txt"), "seeds/a.txt": "Once upon a time"})
    assert [found[:2] for found in flaws] == [("seeds/a.txt", "syntax")]


# Files that can't be read


@pytest.mark.parametrize(
    ("target", "kind"), [("../../secret.json", "outside"), ("nothing.json", "unreadable"), (".", "unreadable")]
)
def test_a_schema_that_is_a_wrong_link_is_a_flaw(read, root, put, opened, target, kind):
    put(root.parent, {"secret.json": json.dumps(TEXT)})
    (root / "schema").mkdir()
    (root / ARTICLE).symlink_to(target)
    opened.clear()
    _, flaws = read({})
    assert [found[:2] for found in flaws] == [(ARTICLE, kind)]
    assert [path for path in opened if not path.is_relative_to(root)] == []


def test_a_schema_that_is_a_pipe_is_not_waited_for(read, root):
    (root / "schema").mkdir()
    os.mkfifo(root / ARTICLE)
    assert [found[:2] for found in read({})[1]] == [(ARTICLE, "unreadable")]


@pytest.mark.parametrize(
    ("schema", "kind", "pointer"),
    [
        ({"type": "objekt"}, "schema-invalid", ("type",)),
        (
            {"properties": {"a": {"items": [{"x-kye": "id"}]}}},
            "schema-invalid",
            ("properties", "a", "items", 0, "x-kye"),
        ),
        ({"items": {"x-kye": "id"}}, "schema-invalid", ("items", "x-kye")),
        ({"items": 5}, "schema-invalid", ("items",)),
        ({"dependencies": {"a": [5]}}, "schema-invalid", ("dependencies", "a", 0)),
        ({"dependencies": 5}, "schema-invalid", ("dependencies",)),
        ({"dependencies": {"a": {"x-key": 5}}}, "schema-invalid", ("dependencies", "a", "x-key")),
        ({"definitions": {"a": {"pattern": "(?=a)"}}}, "schema-pattern", ("definitions", "a", "pattern")),
        ({"definitions": {"a": {"$schema": LATEST.uri}}}, "schema-dialect", ("definitions", "a", "$schema")),
        ({"items": {"prefixItems": [TEXT]}}, "schema-invalid", ("items", "prefixItems")),
        ({"unevaluatedProperties": False}, "schema-invalid", ("unevaluatedProperties",)),
        ({"items": {"$ref": "#", "x-key": "id"}}, "schema-invalid", ("items", "x-key")),
        ({"items": {"$ref": "#nowhere"}}, "schema-reference", ("items", "$ref")),
    ],
)
def test_a_schema_for_draft_7_that_is_none_is_a_flaw_where_it_stands(read, schema, kind, pointer):
    _, flaws = read({ARTICLE: {"$schema": DRAFT_7.uri, **schema}})
    assert flaws == [(ARTICLE, kind, pointer)]


def test_names_that_are_keywords_of_the_other_draft_are_names(read):
    names = dict.fromkeys(DRAFT_7.unknown | LATEST.unknown, TEXT)
    files = {ARTICLE: {"$schema": DRAFT_7.uri, "properties": names}, "schema/link.schema.json": {"properties": names}}
    assert read(files)[1] == []


@pytest.mark.parametrize("keyword", sorted(LATEST.unknown))
def test_a_keyword_of_draft_7_is_not_passed_over(read, keyword):
    assert read({ARTICLE: {keyword: False}})[1] == [(ARTICLE, "schema-invalid", (keyword,))]


@pytest.mark.parametrize("file", [ARTICLE, "schema/text.json"])
def test_a_schema_that_may_not_be_read_is_a_flaw(locked_root, put, project_at, file):
    put(locked_root, {ARTICLE: json.dumps(property_a("text.json")), "schema/text.json": json.dumps(TEXT)})
    (locked_root / file).chmod(0)
    _, documents = read_schemas(project_at(locked_root))
    assert [flaw.kind for flaw in documents[file].flaws] == ["unreadable"]
    assert str(locked_root) not in documents[file].flaws[0].message


@pytest.mark.parametrize(
    "dialect",
    [
        LATEST.uri,
        "https://json-schema.org/draft/2020-12/schema#",
        "urn:dataset-builder:standoff",
        DRAFT_7.uri,
        "http://json-schema.org/draft-07/schema",
    ],
)
def test_the_dialect_may_be_named(read, dialect):
    schemas, flaws = read({ARTICLE: {"$schema": dialect, "type": "object", "required": ["a"], "x-private": True}})
    assert flaws == []
    assert schemas.articles.validator.is_valid({"a": 1})
    assert not schemas.articles.validator.is_valid({})


@pytest.mark.parametrize("own", ["urn:example:notes", "https://example.org/schemas/notes.json", "elsewhere/notes.json"])
def test_a_schema_refers_to_itself_whatever_it_is_called(read, own):
    schemas, flaws = read({ARTICLE: property_a("#/$defs/text", **{"$id": own, "$defs": {"text": TEXT}})})
    assert flaws == []
    assert admits_text_alone(schemas.articles)


def test_a_file_with_a_name_of_its_own_is_found_by_either(read):
    common = {
        "$id": "https://example.org/b/common.json",
        "$defs": {"x": {"$ref": "text"}, "y": {"$id": "text", **TEXT}},
    }
    for reference in ("common.json#/$defs/x", "https://example.org/b/common.json#/$defs/x"):
        schemas, flaws = read({ARTICLE: property_a(reference), "schema/common.json": common})
        assert flaws == []
        assert admits_text_alone(schemas.articles)
