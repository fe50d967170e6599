"""SCH005: the standoff vocabulary's keywords, each where it means something."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dataset_builder.check.rule import Case, Finding, Looks, rule
from dataset_builder.check.view import SchemaView
from dataset_builder.check.wording import article, either, nearest, quoted
from dataset_builder.schema.origin import origin
from dataset_builder.schema.plan import ARTICLE_REFERENCE
from dataset_builder.schema.registry import Schema
from dataset_builder.schema.shape import Kind, Path, Shape, walk

__all__ = ["RULES"]

_ANNOTATION = "schema/annotation.schema.json"

_NUMERIC = (Kind.INTEGER, Kind.NUMBER)
_SCALAR = (Kind.STRING, Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN)
_HOLDS = {  # the kinds that a column type given by x-column can hold
    **dict.fromkeys(("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32"), (Kind.INTEGER,)),
    **dict.fromkeys(("float32", "float64"), _NUMERIC),
    **dict.fromkeys(("string", "large_string"), (Kind.STRING,)),
}


@dataclass(frozen=True, slots=True)
class _Use:
    """One shape that a keyword may stand on, with what it must agree with."""

    view: SchemaView
    schema: Schema
    path: Path
    shape: Shape

    @property
    def is_array_of_objects(self) -> bool:
        """Whether the values are arrays whose items are objects."""
        return bool(self.shape.kind is Kind.ARRAY and self.shape.items and self.shape.items.kind is Kind.OBJECT)

    @property
    def knows_layers(self) -> bool:
        """Whether it can be told which arrays references may name; without a schema of annotations, links can't."""
        return self.schema is not self.view.schemas.links or self.view.schemas.annotation is not None

    @property
    def layers(self) -> dict[str, Shape]:
        """The arrays that references may name: those of the record itself; for links, those of gold records too."""
        own = dict(self.schema.shape.properties)
        if self.schema is self.view.schemas.links and self.view.schemas.annotation:
            own = {**dict(self.view.schemas.annotations.shape.properties), **own}
        return {name: shape for name, shape in own.items() if shape.kind is Kind.ARRAY}


_Problem = tuple[str, str, str]  # keyword, what is wrong, what to do


@rule(
    "SCH005",
    "vocabulary-misuse",
    looks=Looks.AT_SCHEMA,
    broken=Case(
        edits={
            _ANNOTATION: (
                '"from": {"type": "string", "x-ref": "entities"}',
                '"from": {"type": "string", "x-ref": "entity"}',
            )
        },
        at=(_ANNOTATION, 59, 47),
    ),
)
def vocabulary_misuse(view: SchemaView) -> Iterator[Finding]:
    """A keyword of the standoff vocabulary stands where it can't mean anything, or names what isn't there.

    For example `x-ref` to an array that the record doesn't have, `x-key` on a property that items need not have,
    `x-span` on properties that aren't declared, `x-overlap` on an array whose items are no spans.

    **Why it matters.** The check that the keyword asks for could never find anything, and nobody would notice.

    **How to fix it.** Each finding says what the keyword needs:

    - `x-span`: declared and required integers for start and end; a string for the quote, the digest or both.
    - `x-key`: an array of objects that all must have the property, as a string.
    - `x-ref`: a string, or an array of them, that names arrays with an `x-key`, or is `"@article"` alone.
    - `x-overlap`: an array of spans. `x-table`: an array of objects, under a name that is not used twice.
    - `x-column`: a type that holds what the schema admits. `x-agreement`: a measure that fits the values.
    """
    said = set()
    for schema in view.roots:
        for path, shape in walk(schema.shape):
            for keyword, message, remedy in _problems(_Use(view, schema, path, shape)):
                place = view.place(origin(view.schemas, shape.at, keyword), keyword)
                if (message, place.file) not in said:  # what stands in $defs is met at every reference to it
                    said.add((message, place.file))
                    yield Finding(message=message, place=place, help=remedy)
    yield from _tables_twice(view)


def _problems(use: _Use) -> Iterator[_Problem]:
    for check in _CHECKS:
        for message, remedy in check(use):
            yield f"x-{check.__name__.removeprefix('_')}", message, remedy


_Said = Iterator[tuple[str, str]]


def _span(use: _Use) -> _Said:
    span = use.shape.span
    if span is None:
        return
    if use.shape.kind is not Kind.OBJECT:
        yield "x-span stands on what is no object", "put it on the objects that are anchored in the text"
        return
    covered = (("quote", span.quote), ("digest", span.digest))
    roles = [("start", span.start, Kind.INTEGER), ("end", span.end, Kind.INTEGER)]
    roles += [(role, name, Kind.STRING) for role, name in covered if name]
    for role, name, kind in roles:
        declared = use.shape.property(name)
        if declared is None:
            yield _undeclared(f"x-span names {quoted(name)} as {role}", name, use.shape)
        elif declared.kind is not kind:
            message = f"x-span names {quoted(name)} as {role}, which is not {article(kind.value)}"
            yield message, f'state "type": "{kind.value}"'
        elif kind is Kind.INTEGER and (declared.nullable or name not in use.shape.required):
            message = f"x-span names {quoted(name)} as {role}, which may be missing"
            yield message, "make it required and not null; where the span itself may be missing, let the object be null"
    names = [name for _, name, _ in roles]
    if len(set(names)) < len(names):
        yield "x-span gives one property two roles", "name another property for each"
    if not (span.quote or span.digest):
        message = "x-span names neither a quote nor a digest, so offsets that shift can't be noticed"
        yield message, "add a property that holds the covered text, or its SHA-256, and name it as quote or digest"


def _undeclared(said: str, name: str, shape: Shape) -> tuple[str, str]:
    names = [declared for declared, _ in shape.properties]
    close = nearest(name, names)
    hint = f"did you mean {quoted(close)}?" if close else f"the properties are {either(names, 'and')}"
    return f"{said}, which is not declared", hint if names else "declare it under properties"


def _key(use: _Use) -> _Said:
    key = use.shape.key
    if key is None:
        return
    if not use.is_array_of_objects or use.shape.items is None:
        yield "x-key stands on what is no array of objects", "put it beside the items whose key it names"
        return
    declared = use.shape.items.property(key)
    if declared is None:
        yield _undeclared(f"x-key names {quoted(key)}", key, use.shape.items)
    elif declared.kind is not Kind.STRING:
        yield f"x-key names {quoted(key)}, which is not a string", 'state "type": "string"'
    elif declared.nullable or key not in use.shape.items.required:
        yield f"x-key names {quoted(key)}, which an item need not have", "make it required and not null"


def _ref(use: _Use) -> _Said:
    refs = use.shape.refs
    if not refs:
        return
    strings = use.shape.items if use.shape.kind is Kind.ARRAY else use.shape
    if strings is None or strings.kind is not Kind.STRING:
        yield "x-ref stands on what is neither a string nor an array of strings", 'state "type": "string"'
    if ARTICLE_REFERENCE in refs and len(refs) > 1:
        yield 'x-ref names "@article" beside an array', "use two properties, one for each"
    for target in refs if use.knows_layers else ():
        layer = use.layers.get(target)
        if target == ARTICLE_REFERENCE:
            continue
        if layer is None:
            close = nearest(target, list(use.layers))
            known = f"the arrays are {either(use.layers, 'and')}" if use.layers else 'declare it, or use "@article"'
            yield (
                f"x-ref names {quoted(target)}, which is no array of the record",
                (f"did you mean {quoted(close)}?" if close else known),
            )
        elif layer.key is None:
            yield f"x-ref names {quoted(target)}, which has no x-key", f"add an x-key to {quoted(target)}"


def _overlap(use: _Use) -> _Said:
    if use.shape.overlap is None:
        return
    if use.shape.kind is not Kind.ARRAY or use.shape.items is None or use.shape.items.span is None:
        yield "x-overlap stands on what is no array of spans", "put it on an array whose items have an x-span"


def _table(use: _Use) -> _Said:
    if use.shape.table is None:
        return
    if not use.is_array_of_objects:
        yield "x-table stands on what is no array of objects", "put it on an array whose items become rows"
    elif use.schema is not use.view.schemas.annotations:
        yield (
            "x-table stands in a schema other than that of annotations",
            "only layers of annotations become flat tables",
        )
    elif use.shape.private or (use.shape.column and use.shape.column.drop):
        yield "x-table stands on what is not published", "take out x-table, or what keeps the array back"


def _column(use: _Use) -> _Said:
    column = use.shape.column
    if column is None:
        return
    if not use.path:
        yield "x-column stands on a whole record, which is a row", "put it on the properties of the record"
    elif column.type and column.type != "json" and use.shape.kind in (Kind.OBJECT, Kind.MAP, Kind.ARRAY, *_SCALAR):
        holds = _HOLDS[column.type]
        if use.shape.kind not in holds:
            wanted = " or ".join(article(kind.value) for kind in holds)
            yield (
                f"x-column asks for {column.type}, which doesn't hold {article(use.shape.kind.value)}",
                f"it holds {wanted}: choose a type that fits, or leave it out",
            )


def _agreement(use: _Use) -> _Said:
    measure, shape = use.shape.agreement, use.shape
    if measure == "span" and not (shape.kind is Kind.ARRAY and shape.items and shape.items.span):
        yield 'x-agreement is "span" on what is no array of spans', "put it on an array whose items have an x-span"
    elif measure == "interval" and shape.kind not in _NUMERIC:
        yield (
            'x-agreement is "interval" on what is no number',
            'use "nominal", or "ordinal" where the labels have an order',
        )
    elif measure == "ordinal" and shape.kind not in _NUMERIC and not shape.labels:
        yield 'x-agreement is "ordinal" on what is neither a number nor a label', 'use "nominal"'
    elif measure == "nominal" and shape.kind not in _SCALAR:
        yield 'x-agreement is "nominal" on what is no plain value', 'use "span" on arrays of spans'


_CHECKS: tuple[Callable[[_Use], _Said], ...] = (_span, _key, _ref, _overlap, _table, _column, _agreement)


def _tables_twice(view: SchemaView) -> Iterator[Finding]:
    first: dict[str, Shape] = {}
    for _, shape in (found for schema in view.roots for found in walk(schema.shape)):
        if shape.table is None:
            continue
        earlier = first.setdefault(shape.table, shape)
        if earlier is not shape:
            yield Finding(
                message=f"two arrays are published as the table {quoted(shape.table)}",
                place=view.place(shape.at, "x-table"),
                help="give one of them another name",
                related=(view.place(earlier.at, "x-table"),),
            )


RULES = (vocabulary_misuse,)
