import pytest

from dataset_builder.schema.registry import PROJECT_URI, Schema, SchemaSet

SPAN = {"start": "start", "end": "end", "quote": "quote", "digest": "digest"}
KEY = {"type": "string"}
OFFSET = {"type": "integer"}
ANCHOR = {
    "id": KEY,
    "start": OFFSET,
    "end": OFFSET,
    "quote": {"type": "string"},
    "digest": {"type": "string"},
}


def layer(properties, *, required=(), **keywords):
    """An array of keyed spans."""
    item = {
        "type": "object",
        "x-span": SPAN,
        "required": ["id", "start", "end", *required],
        "properties": ANCHOR | properties,
        "unevaluatedProperties": False,
    }
    return {"type": "array", "x-key": "id", "x-agreement": "span", "items": item} | keywords


def schema_of(properties, required=()):
    contents = {"type": "object", "required": list(required), "properties": properties}
    uri = PROJECT_URI + "schema/annotation.schema.json"
    schemas = SchemaSet(contents={uri: contents}, article=None, annotation=uri, link=None)
    return Schema(schemas, uri)


@pytest.fixture(scope="session")
def build_layer():
    return layer


@pytest.fixture(scope="session")
def build_schema():
    return schema_of


@pytest.fixture(scope="session")
def newsroom():
    """Mentions that point to mentions, quotes that must have a speaker, relations, labels of the whole."""
    nullable_mention = {"type": ["string", "null"], "x-ref": "entities"}
    mention = {"type": "string", "x-ref": "entities"}
    return schema_of(
        {
            "article": {"type": "string", "x-ref": "@article"},
            "annotator": {"type": "string"},
            "text_sha256": {"type": "string"},
            "topic": {"enum": ["war", "work", "health"], "x-agreement": "nominal"},
            "slant": {"type": ["integer", "null"], "x-agreement": "ordinal"},
            "main": mention,
            "tags": {"type": "array", "items": {"type": "string"}},
            "entities": layer(
                {
                    "type": {"enum": ["person", "place", "work"], "x-agreement": "nominal"},
                    "same_as": nullable_mention,
                },
                required=["type"],
            ),
            "quotes": layer(
                {
                    "speaker": mention,
                    "continues": {"type": ["string", "null"], "x-ref": "quotes"},
                    "hearers": {"type": "array", "items": mention},
                },
                required=["speaker"],
            ),
            "echoes": layer({"of": {"type": "string", "x-ref": ["quotes", "echoes"]}, "by": mention}, required=["of"]),
            "relations": {
                "type": "array",
                "x-key": "id",
                "items": {
                    "type": "object",
                    "required": ["id", "from", "to"],
                    "properties": {
                        "id": KEY,
                        "from": mention,
                        "to": mention,
                        "kind": {"enum": ["kin", "employer"], "x-agreement": "nominal"},
                    },
                },
            },
            "answers": {
                "type": "array",
                "x-key": "question",
                "items": {
                    "type": "object",
                    "required": ["question"],
                    "properties": {
                        "question": KEY,
                        "value": {"type": ["integer", "null"], "x-agreement": "interval"},
                        "evidence": nullable_mention,
                    },
                },
            },
        }
    )
