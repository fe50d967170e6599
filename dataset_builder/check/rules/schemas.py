"""SCH001 to SCH008: schema files, and whether they compile to tables."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from dataset_builder.check.rule import Case, Finding, Looks, rule
from dataset_builder.check.view import FlawView, SchemaView
from dataset_builder.check.wording import quoted
from dataset_builder.model.diagnostic import Pointer
from dataset_builder.schema.columns import Column, column_of, columns_of
from dataset_builder.schema.registry import Schema
from dataset_builder.schema.shape import ITEM, Kind, Path, Shape

__all__ = ["COLUMN_RULES", "FLAW_RULES"]

_ANNOTATION = "schema/annotation.schema.json"
_ARTICLE = "schema/article.schema.json"
_OWN_NAMES = ("id", "text", "sha256", "length")  # of columns that the compiler fills


@rule(
    "SCH001",
    "schema-invalid",
    looks=Looks.AT_FLAW,
    kinds=("schema-invalid",),
    broken=Case(edits={_ARTICLE: ('"maxItems": 3', '"maxItems": "3"')}, at=(_ARTICLE, 13, 81)),
)
def schema_invalid(view: FlawView) -> Iterator[Finding]:
    """A schema file is no schema: a keyword has a value that it can't have, or an `x-` keyword is unknown.

    **Why it matters.** Validators pass over what they don't understand, so a mistake in a schema would leave records
    unchecked in silence.

    **How to fix it.** Mend the keyword that is named. What may be used are the keywords of the draft that the file
    states, 2020-12 or draft 7, and the standoff vocabulary (`x-span`, `x-key`, `x-ref`, `x-overlap`, `x-table`,
    `x-column`, `x-agreement`, `x-private`). Draft 7 ignores what stands beside `$ref`: put the `$ref` into an `allOf`.
    """
    yield view.finding()


@rule(
    "SCH002",
    "schema-reference",
    looks=Looks.AT_FLAW,
    kinds=("schema-reference",),
    broken=Case(
        edits={"schema/link.schema.json": ('"from": {"$ref": "#/$defs/end"}', '"from": {"$ref": "#/$defs/ned"}')},
        at=("schema/link.schema.json", 10, 14),
    ),
)
def schema_reference(view: FlawView) -> Iterator[Finding]:
    """A `$ref` leads to nothing.

    **Why it matters.** What it should have said of the value is not known, so the value can't be checked.

    **How to fix it.** Correct the reference: `#/$defs/name` within the file, `other.schema.json#/$defs/name` in a file
    beside it.
    """
    yield view.finding(help="write #/$defs/name for this file, other.schema.json#/$defs/name for a file beside it")


@rule(
    "SCH003",
    "schema-reference-outside",
    looks=Looks.AT_FLAW,
    kinds=("schema-reference-outside",),
    broken=Case(
        edits={
            "schema/link.schema.json": (
                '"from": {"$ref": "#/$defs/end"}',
                '"from": {"$ref": "https://example.org/end"}',
            )
        },
        at=("schema/link.schema.json", 10, 14),
    ),
)
def schema_reference_outside(view: FlawView) -> Iterator[Finding]:
    """A `$ref` leads out of the project: to the network, or to a file elsewhere.

    **Why it matters.** A check must give the same findings on every machine, offline and years from now.

    **How to fix it.** Copy what is referred to into the project's schema folder and refer to the copy.
    """
    yield view.finding(help="copy what it refers to into the schema folder, and refer to the copy")


@rule(
    "SCH007",
    "schema-pattern",
    looks=Looks.AT_FLAW,
    kinds=("schema-pattern",),
    broken=Case(edits={_ARTICLE: ("^[a-z]+(-[a-z]+)*$", "^(?!x)[a-z]+$")}, at=(_ARTICLE, 11, 82)),
)
def schema_pattern(view: FlawView) -> Iterator[Finding]:
    """A pattern can't be run in linear time: it is malformed, or needs look-around or a back-reference.

    **Why it matters.** Engines that run such patterns can take years over a short string, which would let one record
    stop a build.

    **How to fix it.** Write it without look-around and back-references; several conditions can stand beside one another
    in `allOf`, and what must not match in `not`.
    """
    yield view.finding(help="several patterns can stand in allOf, and what must not match in not")


@rule(
    "SCH008",
    "schema-dialect",
    looks=Looks.AT_FLAW,
    kinds=("schema-dialect",),
    broken=Case(
        edits={_ARTICLE: ("https://json-schema.org/draft/2020-12/schema", "http://json-schema.org/draft-04/schema#")},
        at=(_ARTICLE, 2, 3),
    ),
)
def schema_dialect(view: FlawView) -> Iterator[Finding]:
    """A schema is written for another version of JSON Schema than 2020-12 and draft 7, or for both at once.

    **Why it matters.** The same keyword means different things in different versions: `items` and `$ref` among them.

    **How to fix it.** Move the schema to 2020-12: `definitions` become `$defs`, an array under `items` becomes
    `prefixItems`, `dependencies` become `dependentRequired` or `dependentSchemas`. Files of both versions may refer to
    one another, but one file is for one version.
    """
    yield view.finding(help='translate it, then state "$schema": "https://json-schema.org/draft/2020-12/schema"')


_UNTYPED = {
    Kind.ANY: ("the schema doesn't say what this is", "state its type"),
    Kind.MIXED: ("the schema admits several types here, which no one column holds", "settle on one type"),
    Kind.RECURSIVE: ("this schema contains itself, so its column would never end", "flatten it with keys and x-ref"),
    Kind.NEVER: ("no value satisfies this schema", "what it states contradicts what it refers to"),
    Kind.NULL: ("this may only be null, which makes no column", "state the type that it has where it isn't null"),
}
_WAY_OUT = 'or keep it as JSON with "x-column": {"type": "json"}, or leave it out with "x-column": false'


@rule(
    "SCH004",
    "no-column-type",
    looks=Looks.AT_SCHEMA,
    broken=Case(
        edits={_ANNOTATION: ('"manner": {"type": ["string", "null"]}', '"manner": {"type": ["string", "integer"]}')},
        at=(_ANNOTATION, 46, 21),
    ),
)
def no_column_type(view: SchemaView) -> Iterator[Finding]:
    """A schema admits values for which there is no one type of column.

    The schema says nothing of the value, admits strings and numbers alike, contains itself, admits nothing, or is an
    array that doesn't say what its items are.

    **Why it matters.** Every value that is published needs a column with one type. Turning it into a string in silence
    would leave the readers of the dataset to find out.

    **How to fix it.** State one type. Where the value really is free, say so: `"x-column": {"type": "json"}` publishes
    it as JSON, `"x-column": false` leaves it out.
    """
    seen = set()
    for schema in view.roots:
        for shape, problem, remedy in _untyped(schema.shape, root=True):
            if shape.at not in seen and not _forbids(view, shape):
                seen.add(shape.at)
                yield Finding(message=problem, place=view.place(shape.at), help=f"{remedy}, {_WAY_OUT}")


def _untyped(shape: Shape, *, root: bool = False) -> Iterator[tuple[Shape, str, str]]:
    """Every shape within `shape` that gives no column, the outermost of each."""
    if shape.private or (shape.column and (shape.column.drop or shape.column.type == "json")):
        return
    if root and shape.kind is not Kind.OBJECT:
        yield shape, "a record must be an object", 'state "type": "object" and its properties'
    elif shape.kind in _UNTYPED:
        yield (shape, *_UNTYPED[shape.kind])
    elif shape.kind is Kind.ARRAY and (shape.items is None or _is_unknown(shape.items)):
        yield shape, "the array doesn't say what its items are", "state the type of its items"
    elif shape.kind is Kind.OBJECT and not root and not columns_of(shape) and _publishes_nothing(shape):
        yield shape, "the object has no properties that make columns", "declare its properties"
    else:
        for _, inner in shape.properties:
            yield from _untyped(inner)
        if shape.items is not None:
            yield from _untyped(shape.items)


def _is_unknown(items: Shape) -> bool:
    return items.kind is Kind.ANY and not (items.column or items.private)


def _publishes_nothing(shape: Shape) -> bool:
    """Whether no property is at fault for an object without columns."""
    return not any(True for _, inner in shape.properties for _ in _untyped(inner))


def _forbids(view: SchemaView, shape: Shape) -> bool:
    """Whether a schema is `false` outright, as a property that must not be there has it."""
    file, pointer = shape.at
    value = view.documents[file].value if file in view.documents else None
    for step in pointer:
        if isinstance(value, dict):
            value = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return False
    return value is False


@rule(
    "SCH006",
    "column-clash",
    looks=Looks.AT_SCHEMA,
    broken=Case(edits={_ARTICLE: ('"name": "word_count"', '"name": "topic"')}, at=(_ANNOTATION, 11, 14)),
)
def column_clash(view: SchemaView) -> Iterator[Finding]:
    """Two columns of one table would have the same name, or names that differ in case alone.

    In the table of articles the metadata, the layers of the gold annotation and `id`, `text`, `sha256` and `length`
    come together; in a flat table, the items' properties and `article`. What comes together in the table of articles
    also needs properties of different names, whatever their columns are called.

    **Why it matters.** One of the two would be lost, and DuckDB and other engines don't tell names apart by case.

    **How to fix it.** Rename the property, or only its column: `"x-column": {"name": "other_name"}`.
    """
    for table, columns in _tables(view):
        yield from _clashes(view, f"the table {quoted(table)}", columns)
    yield from _meetings(view)
    seen: set[tuple[str, Pointer]] = set()
    for schema in view.roots:
        for column in schema.columns:
            yield from _inner_clashes(view, column, seen)


def _clashes(view: SchemaView, owner: str, columns: Iterable[Column]) -> Iterator[Finding]:
    first: dict[str, Column] = {}
    for column in columns:
        earlier = first.setdefault(column.name.casefold(), column)
        if earlier is not column:
            own = not earlier.shape.at[0]
            said = "the compiler's own column" if own else "another column"
            name = quoted(column.name)
            named = (
                name
                if earlier.name == column.name
                else f"{name}, which differs from {quoted(earlier.name)} in case alone"
            )
            yield Finding(
                message=f"{owner} would have two columns named {named}: this and {said}",
                place=view.place(column.shape.at),
                help='rename one of the two, or only its column: "x-column": {"name": "other_name"}',
                related=() if own else (replace(view.place(earlier.shape.at), note="the other one is here"),),
            )


def _meetings(view: SchemaView) -> Iterator[Finding]:
    """Properties of annotations that metadata, or the compiler itself, has too, and whose columns don't show it."""
    described = dict(view.schemas.articles.shape.properties)
    for name, shape in view.gold_shape.properties if view.gold_shape else ():
        other = described.get(name)
        columns = [column_of(name, each) for each in (shape, other) if each]
        names = {column.name.casefold() for column in columns if column}
        own = name in _OWN_NAMES
        if (own and name not in names) or (other and (len(names) > 1 or None in columns)):
            said = "the compiler's own" if own else "the metadata's"
            yield Finding(
                message=f"the property {quoted(name)} would meet {said} of the same name in the table of articles",
                place=view.place(shape.at),
                help="rename the property: another name of its column is not enough",
                related=() if own or not other else (replace(view.place(other.at), note="the other one is here"),),
            )


def _inner_clashes(view: SchemaView, column: Column, seen: set[tuple[str, Pointer]]) -> Iterator[Finding]:
    if column.children and column.shape.at not in seen:
        seen.add(column.shape.at)
        yield from _clashes(view, f"the object {quoted(column.source)}", column.children)
    for inner in (*column.children, *((column.item,) if column.item else ())):
        yield from _inner_clashes(view, inner, seen)


def _tables(view: SchemaView) -> Iterator[tuple[str, tuple[Column, ...]]]:
    """Every table with all columns that are wanted for it, its own ones first."""
    fields = view.project.fields
    own = (fields.id, fields.text, fields.sha256, fields.length)
    gold = view.gold_shape
    metadata = columns_of(view.schemas.articles.shape, without=own)
    layers = columns_of(gold) if gold else ()
    yield "articles", (*_own(*_OWN_NAMES), *metadata, *layers)
    if view.schemas.annotation:
        annotations = view.schemas.annotations
        columns = columns_of(annotations.shape, without=(fields.article, fields.annotator))
        yield "annotations", (*_own("article", "annotator"), *columns)
        yield from _flat_tables(annotations)
    if view.schemas.link:
        yield "links", columns_of(view.schemas.links.shape)


def _flat_tables(annotations: Schema) -> Iterator[tuple[str, tuple[Column, ...]]]:
    for spec in annotations.plan.tables:
        items = _shape_of(annotations.shape, (*spec.path, ITEM))
        if items is not None:
            yield spec.name, (*_own("article"), *columns_of(items))


def _shape_of(shape: Shape, path: Path) -> Shape | None:
    found: Shape | None = shape
    for step in path:
        if found is None:
            return None
        found = found.items if step is ITEM else found.property(step or "")
    return found


def _own(*names: str) -> tuple[Column, ...]:
    """Columns that the compiler fills itself: their shapes come from no schema file."""
    columns = (column_of(name, Shape(kind=Kind.STRING)) for name in names)
    return tuple(column for column in columns if column is not None)


FLAW_RULES = (schema_invalid, schema_reference, schema_reference_outside, schema_pattern, schema_dialect)
COLUMN_RULES = (no_column_type, column_clash)
