"""The tables that a project publishes, compiled from its schemas."""

from dataclasses import dataclass
from typing import Any

from dataset_builder.model.project import Project
from dataset_builder.schema.columns import Column, Table, columns_of, plain_column, table
from dataset_builder.schema.plan import gather
from dataset_builder.schema.registry import SchemaSet
from dataset_builder.schema.shape import ITEM, Shape

__all__ = ["PROVENANCE", "Layout", "lay_out"]

ARTICLES, ANNOTATIONS, LINKS = "articles", "annotations", "links"


PROVENANCE = table(
    "provenance",
    (
        plain_column("article", "string", "The article that this is a part of; null for a link."),
        plain_column("link", "string", "The link that this is; null for a part of an article."),
        plain_column("part", "string", "What it is: text, metadata, annotation or link."),
        plain_column("annotator", "string", "Of an annotation: who made it, by the name in the table of annotations."),
        plain_column("file", "string", "The file, relative to the project; null where the text is withheld."),
        plain_column("line", "int64", "The line of a packed file, from 1; null where the file is no packed one."),
        plain_column("sha256", "string", "SHA-256 of the text, of the file, or of the line without its end."),
    ),
    description="One row a part that rows were made of: what it is, and where it lay.",
)
"""Where rows come from. It lies beside the tables, and no configuration loads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Every table of a project; `flat` are those that an `x-table` asks for."""

    articles: Table
    annotations: Table | None
    flat: tuple[Table, ...]
    links: Table | None

    @property
    def tables(self) -> tuple[Table, ...]:
        """All tables; the first is the one that loads by default."""
        found = (self.articles, self.annotations, *self.flat, self.links)
        return tuple(table for table in found if table is not None)


def lay_out(project: Project, schemas: SchemaSet, gold: Shape | None) -> Layout:
    """The tables of `project`. `gold` is the shape of a gold record without its envelope; None without annotations."""
    return Layout(
        articles=_articles(project, schemas, gold),
        annotations=_annotations(project, schemas) if gold else None,
        flat=_flat(schemas, gold) if gold else (),
        links=_links(schemas) if schemas.link else None,
    )


def _articles(project: Project, schemas: SchemaSet, gold: Shape | None) -> Table:
    fields = project.fields
    shape = schemas.articles.shape
    metadata = columns_of(shape, without=(fields.id, fields.text, fields.sha256, fields.length))
    columns = (
        plain_column("id", "string", "Identifies the article."),
        *metadata,
        plain_column("text", "string", "The text as stored; null where it is withheld."),
        plain_column("sha256", "string", "SHA-256 of the text in UTF-8, in lower-case hexadecimal digits."),
        plain_column("length", "int64", "Length of the text in Unicode code points."),
        *(columns_of(gold) if gold else ()),
    )
    return table(ARTICLES, columns, description="One row an article, with its gold annotation.")


def _annotations(project: Project, schemas: SchemaSet) -> Table:
    fields = project.fields
    own = columns_of(schemas.annotations.shape, without=(fields.article, fields.annotator))
    columns = (*_envelope(), *own)
    return table(ANNOTATIONS, columns, description="One row an article and annotator: the records as they were made.")


def _envelope() -> tuple[Column, Column]:
    return (
        plain_column("article", "string", "The id of the annotated article."),
        plain_column("annotator", "string", "Who made the record, by pseudonym."),
    )


def _flat(schemas: SchemaSet, gold: Shape) -> tuple[Table, ...]:
    found = []
    for spec in schemas.annotations.plan.tables:
        array = _shape_at(gold, spec.path)
        if array is not None and array.items is not None:
            columns = (_envelope()[0], *columns_of(array.items))
            found.append(table(spec.name, columns, description=array.description, path=spec.path))
    return tuple(found)


def _shape_at(shape: Shape, path: tuple[str | None, ...]) -> Shape | None:
    found: Shape | None = shape
    for step in path:
        if found is None:
            return None
        found = found.items if step is ITEM else found.property(step or "")
    return found


def _links(schemas: SchemaSet) -> Table:
    shape = schemas.links.shape
    return table(LINKS, columns_of(shape), description=shape.description or "Ties between articles.")


def rows_of(record: Any, path: tuple[str | None, ...]) -> list[Any]:
    """The rows that a record gives to the flat table of the array at `path`."""
    return gather(record, (*path, ITEM))
