"""Schemas of projects that lie on no disk."""

from dataset_builder.schema.columns import Table, columns_of, table
from dataset_builder.schema.registry import PROJECT_URI, Schema, SchemaSet
from dataset_builder.schema.shape import Kind, Shape

MAIN = "schema/article.schema.json"
TEXT = {"type": "string"}
WHOLE = {"type": "integer"}


def record(properties, **more):
    """The schema of an object."""
    return {"type": "object", "properties": properties, **more}


def array(items, **more):
    """The schema of an array."""
    return {"type": "array", "items": items, **more}


def schema_of(contents, files=None) -> Schema:
    """The schema of articles in a project with other schema `files` beside it."""
    schemas = {MAIN: contents, **(files or {})}
    uris = {PROJECT_URI + file: schema for file, schema in schemas.items()}
    return SchemaSet(uris, article=PROJECT_URI + MAIN, annotation=None, link=None).articles


def shape_of(contents, files=None) -> Shape:
    """The shape of what `contents` describes."""
    return schema_of(contents, files).shape


def table_of(contents) -> Table:
    """A table of records of the schema `contents`."""
    return table("things", columns_of(shape_of(contents)))


def outline(shape: Shape) -> str:
    """`shape` in a line: `object {a: string?, b: array [integer]}`; `?` where null is admitted."""
    mark = "?" if shape.nullable else ""
    if shape.labels:
        return f"label({', '.join(label.name for label in shape.labels)}){mark}"
    if shape.kind is Kind.OBJECT:
        return f"object{mark} {{{', '.join(f'{name}: {outline(inner)}' for name, inner in shape.properties)}}}"
    items = f" [{outline(shape.items)}]" if shape.items else ""
    return f"{shape.kind}{mark}{items}"
