"""SCH101 to SCH112 and LAB001: records that are not as their schema says."""

from collections.abc import Iterator

from dataset_builder.check.rule import JUDGED, Aspect, Case, Finding, rule
from dataset_builder.check.view import ArticleView, RecordView

__all__ = ["LABELS", "VIOLATIONS"]

_Judged = ArticleView | RecordView
_MILL = "seeds/mill.json"
_RECORD = "annotations/ada/mill.json"


@rule(
    "SCH101",
    "type",
    looks=JUDGED,
    aspect=Aspect.VALID,
    broken=Case(edits={_RECORD: ('"start": 27', '"start": "27"')}, at=(_RECORD, 16, 27)),
)
def wrong_type(view: _Judged) -> Iterator[Finding]:
    """A value is of another type than the schema states: a string in place of a number, a single value for an array.

    **Why it matters.** A column has one type; a number in quotation marks sorts, compares and slices as text.

    **How to fix it.** Write the value as the type that is expected.
    """
    yield from view.judgement.findings("type")


@rule(
    "SCH102",
    "required",
    looks=JUDGED,
    aspect=Aspect.VALID,
    broken=Case(edits={_MILL: ('  "event": "meeting",\n', "")}, at=(_MILL, 1, 1)),
)
def missing_property(view: _Judged) -> Iterator[Finding]:
    """An object lacks a property that the schema requires.

    **Why it matters.** Whoever wrote the schema found that a record means nothing without it.

    **How to fix it.** Add the property. If it was misspelt, the misspelt one is reported as well.
    """
    yield from view.judgement.findings("required")


@rule(
    "SCH103",
    "unexpected-property",
    looks=JUDGED,
    aspect=Aspect.VALID,
    broken=Case(edits={_MILL: ('"words"', '"wordz"')}, at=(_MILL, 5, 3)),
)
def unexpected_property(view: _Judged) -> Iterator[Finding]:
    """An object has a property that the schema doesn't declare, or doesn't admit in this case.

    **Why it matters.** It is misspelt, or it holds something that no column would take up.

    **How to fix it.** Correct its name, declare it in the schema, or take it out.
    """
    yield from view.judgement.findings("unexpected-property")


@rule(
    "SCH104",
    "fixed-value",
    looks=JUDGED,
    aspect=Aspect.VALID,
    broken=Case(edits={_MILL: ('"words": 11', '"edition": 2')}, at=(_MILL, 5, 14)),
)
def fixed_value(view: _Judged) -> Iterator[Finding]:
    """A value is not the one, or none of those, that the schema admits.

    **Why it matters.** Programs that read the dataset handle the values that the schema lists, and no others.

    **How to fix it.** Use one of the values listed, or add the new one to the schema.
    """
    yield from view.judgement.findings("fixed-value")


@rule(
    "SCH105",
    "string-length",
    looks=JUDGED,
    aspect=Aspect.VALID,
    broken=Case(edits={_MILL: ('"At the mill"', '"A"')}, at=(_MILL, 2, 12)),
)
def string_length(view: _Judged) -> Iterator[Finding]:
    """A string is shorter or longer than the schema allows. Lengths count code points.

    **Why it matters.** A string that is too short was as a rule left to be filled in; one that is too long was pasted.

    **How to fix it.** Fill it in, or shorten it.
    """
    yield from view.judgement.findings("string-length")


@rule(
    "SCH106",
    "pattern",
    looks=JUDGED,
    aspect=Aspect.VALID,
    broken=Case(edits={_MILL: ('"event": "meeting"', '"event": "Meeting"')}, at=(_MILL, 4, 12)),
)
def pattern(view: _Judged) -> Iterator[Finding]:
    """A string doesn't have the form that the schema's pattern describes.

    **Why it matters.** Identifiers, dates and codes that are written in several ways can't be joined or compared.

    **How to fix it.** Write it in the form that the pattern asks for. `$` stands for the very end: a final line break
    doesn't match it.
    """
    yield from view.judgement.findings("pattern")


@rule(
    "SCH107",
    "format",
    looks=JUDGED,
    aspect=Aspect.VALID,
    broken=Case(edits={_MILL: ("2025-03-01T08:00:00Z", "1 March 2025")}, at=(_MILL, 3, 16)),
    clean=Case(edits={_MILL: ("2025-03-01T08:00:00Z", "2025-03-01T08:00:00-05:00")}),
)
def format_(view: _Judged) -> Iterator[Finding]:
    """A string is not of the format that the schema names: a date, a time with its offset, an address, a URI.

    **Why it matters.** Dates become date columns and instants become timestamps in UTC, which needs them in one form.

    **How to fix it.** Write it as the message shows it. A date-time needs its offset: `Z`, or `+01:00`.
    """
    yield from view.judgement.findings("format")


@rule(
    "SCH108",
    "number-bounds",
    looks=JUDGED,
    aspect=Aspect.VALID,
    broken=Case(edits={_RECORD: ('"mood": 2', '"mood": 4')}, at=(_RECORD, 6, 11)),
)
def number_bounds(view: _Judged) -> Iterator[Finding]:
    """A number lies outside of its bounds, or is not a multiple of what the schema asks for.

    **Why it matters.** A grade of 30 on a scale up to 3 spoils every mean that it enters.

    **How to fix it.** Correct the number, or the bounds in the schema.
    """
    yield from view.judgement.findings("number-bounds")


@rule(
    "SCH109",
    "array-items",
    looks=JUDGED,
    aspect=Aspect.VALID,
    broken=Case(edits={_MILL: ('["local"]', '["local", "river", "local"]')}, at=(_MILL, 6, 30)),
)
def array_items(view: _Judged) -> Iterator[Finding]:
    """An array has too few or too many items, the same item twice, or not the items that it must contain.

    **Why it matters.** An item given twice is counted twice; a list that must not be empty was left to be filled in.

    **How to fix it.** Add what is missing, take out what is too much.
    """
    yield from view.judgement.findings("array-items")


@rule(
    "SCH110",
    "object-properties",
    looks=JUDGED,
    aspect=Aspect.VALID,
    broken=Case(edits={_MILL: ('"words": 11', '"page": 3')}, at=(_MILL, 1, 1)),
)
def object_properties(view: _Judged) -> Iterator[Finding]:
    """An object has too few or too many properties, a name that isn't allowed, or lacks one that another calls for.

    **Why it matters.** Properties that belong together say nothing alone.

    **How to fix it.** Add what is missing, rename or take out what doesn't belong.
    """
    yield from view.judgement.findings("object-properties")


@rule(
    "SCH111",
    "combination",
    looks=JUDGED,
    aspect=Aspect.VALID,
    broken=Case(
        edits={_MILL: ('"words": 11', '"source": {"wire": "AB", "desk": "CD"}')},
        at=(_MILL, 5, 13),
    ),
    clean=Case(edits={_MILL: ('"words": 11', '"source": {"wire": "AB", "desk": "C"}')}),
)
def combination(view: _Judged) -> Iterator[Finding]:
    """A value fits none of the forms that the schema admits, or several where it may fit just one.

    The forms are those of `anyOf` and `oneOf`. Where one was clearly meant, what it lacks is reported instead.

    **Why it matters.** Forms are told apart by what they hold; a value between two of them can be read either way.

    **How to fix it.** See which form comes closest, and write the value in that form or in another.
    """
    yield from view.judgement.findings("combination")


@rule(
    "SCH112",
    "ruled-out",
    looks=JUDGED,
    aspect=Aspect.VALID,
    broken=Case(
        edits={
            "schema/article.schema.json": ('{"const": 1}', '{"type": "integer", "not": {"const": 1}}'),
            _MILL: ('"words": 11', '"edition": 1'),
        },
        at=(_MILL, 5, 14),
    ),
)
def ruled_out(view: _Judged) -> Iterator[Finding]:
    """A value is just what the schema rules out, by `not` or by `false`.

    **Why it matters.** Whoever wrote the schema met this value before, and it was a mistake.

    **How to fix it.** See what the schema rules out, and write another value or none.
    """
    yield from view.judgement.findings("ruled-out")


@rule(
    "LAB001",
    "label-unknown",
    looks=JUDGED,
    aspect=Aspect.VALID,
    broken=Case(edits={_RECORD: ('"topic": "meeting"', '"topic": "meating"')}, at=(_RECORD, 5, 12)),
)
def label_unknown(view: _Judged) -> Iterator[Finding]:
    """A label is not in its label set.

    **Why it matters.** Labels become numbers with a name each (`ClassLabel`); one that isn't in the set has no number.

    **How to fix it.** Use a label of the set, or add the new one to the schema with its definition.
    """
    yield from view.judgement.findings("label-unknown")


VIOLATIONS = (
    wrong_type,
    missing_property,
    unexpected_property,
    fixed_value,
    string_length,
    pattern,
    format_,
    number_bounds,
    array_items,
    object_properties,
    combination,
    ruled_out,
)
LABELS = (label_unknown,)
