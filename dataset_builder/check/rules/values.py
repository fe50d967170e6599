"""SCH201 to SCH203: values that are valid and would be lost or changed all the same."""

import re
import struct
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import chain
from typing import Any

import pyarrow as pa

from dataset_builder.check.rule import JUDGED, Aspect, Case, Finding, rule
from dataset_builder.check.view import ArticleView, LinkView, RecordView
from dataset_builder.check.wording import article, either, nearest, noun, quoted
from dataset_builder.model.diagnostic import Pointer
from dataset_builder.schema.columns import Column
from dataset_builder.schema.registry import Schema
from dataset_builder.schema.shape import Kind, Shape, walk

__all__ = ["RULES"]

_Judged = ArticleView | RecordView
_FRACTION = re.compile(r"(?:\A|[:,\[\s])-?[0-9]++[.eE]")  # as in every number that is no plain integer
_MILL = "seeds/mill.json"
_RECORD = "annotations/ada/mill.json"


@rule(
    "SCH201",
    "undeclared-property",
    looks=JUDGED,
    aspect=Aspect.EXACT,
    broken=Case(edits={_RECORD: ('"to": "e2", "cues"', '"to": "e2", "note": "", "cues"')}, at=(_RECORD, 19, 44)),
    clean=Case(edits={_MILL: ('{"desk": ["north", 2]}', '{"desk": {"any": [{"thing": 1.5}]}}')}),
)
def undeclared_property(view: _Judged) -> Iterator[Finding]:
    """An object has a property for which the schema has no column.

    The schema leaves the object open, so the record is valid; but only declared properties are published.

    **Why it matters.** The value would be lost without a word.

    **How to fix it.** Declare the property in the schema, or take it out. `"x-column": false` declares a property that
    is not to be published, `"x-private": true` one that must not be. Close the object with
    `"unevaluatedProperties": false`, so that editors see such properties too.
    """
    judgement, document = view.judgement, view.document
    if document is None or not _leaves_open(view.schema):
        return
    shape = replace(view.schema.shape, kind=Kind.OBJECT) if view.schema.uri is None else view.schema.shape
    for pointer, owner in _undeclared(judgement.value, shape):
        if pointer not in judgement.touched and not (len(pointer) == 1 and pointer[0] in _own_fields(view)):
            names = [name for name, _ in owner.properties]
            close = nearest(str(pointer[-1]), names)
            yield Finding(
                message=f"the property {quoted(pointer[-1])} has no column: it would be lost",
                place=document.place(pointer, key=True),
                help=f"did you mean {quoted(close)}?" if close else _remedy(view, names),
            )


@lru_cache(maxsize=64)
def _leaves_open(schema: Schema) -> bool:
    """Whether records of `schema` may have properties that it doesn't declare."""
    shapes = (shape for _, shape in walk(schema.shape))
    return any(
        shape.kind is not Kind.OBJECT or not shape.closed or shape.patterned for shape in shapes if _may_nest(shape)
    )


def _may_nest(shape: Shape) -> bool:
    return shape.kind not in (Kind.ARRAY, Kind.STRING, Kind.INTEGER, Kind.NUMBER, Kind.BOOLEAN, Kind.NULL, Kind.NEVER)


def _remedy(view: _Judged, names: list[str]) -> str:
    if view.schema.uri is None:
        return "write a schema that declares it; the project has none for records of this kind"
    return f"declare it in {view.schema.file}" + (f" beside {either(names, 'and')}" if names else "")


def _own_fields(view: _Judged) -> frozenset[str]:
    """Properties that the compiler reads itself."""
    fields = view.project.fields
    if isinstance(view, ArticleView):
        return frozenset((fields.id, fields.text, fields.sha256, fields.length, fields.rights))
    if isinstance(view, LinkView):
        return frozenset((fields.id,))
    return frozenset((fields.article, fields.annotator, fields.text_sha256))


def _undeclared(value: object, shape: Shape, pointer: Pointer = ()) -> Iterator[tuple[Pointer, Shape]]:
    """Every property within `value` that `shape` doesn't declare, with the object's shape."""
    if shape.private or (shape.column and (shape.column.drop or shape.column.type == "json")):
        return
    if shape.kind is Kind.OBJECT and isinstance(value, dict):
        declared = dict(shape.properties)
        for name, inner in value.items():
            if name in declared:
                yield from _undeclared(inner, declared[name], (*pointer, name))
            else:
                yield (*pointer, name), shape
    elif shape.kind is Kind.MAP and isinstance(value, dict) and shape.items:
        for name, inner in value.items():
            yield from _undeclared(inner, shape.items, (*pointer, name))
    elif shape.kind is Kind.ARRAY and isinstance(value, list) and shape.items:
        for index, inner in enumerate(value):
            yield from _undeclared(inner, shape.items, (*pointer, index))


@rule(
    "SCH202",
    "no-column-value",
    looks=JUDGED,
    broken=Case(edits={_MILL: ('"words": 11', '"words": 40000')}, at=(_MILL, 5, 12)),
    clean=Case(edits={_MILL: ("2025-03-01T08:00:00Z", "2025-03-01T10:00:00.123456+02:00")}),
)
def no_column_value(view: _Judged) -> Iterator[Finding]:
    """A value is valid, but its column can't hold it.

    For example an integer past the range of the type that `x-column` asks for, an integer past 2^53 in a column of
    floats, a timestamp with a leap second or finer than a microsecond, or a value that only a condition of the schema
    (`if`, `dependentSchemas`) admits.

    **Why it matters.** It would be published as another value, or the build would fail late.

    **How to fix it.** Correct the value; or ask for a wider column in the schema: `"x-column": {"type": "int64"}`,
    `{"type": "string"}` for instants that are out of the ordinary, `{"type": "json"}` for what varies.
    """
    judgement, document = view.judgement, view.document
    if document is None or not document.readable or not isinstance(judgement.value, dict):
        return
    flawed = {flaw.pointer for flaw in document.flaws}
    for column in view.schema.columns:
        value = judgement.value.get(column.source)
        if _all_fit(column, [value]):
            continue
        for pointer, problem in _misfits(column, value, (column.source,)):
            if pointer not in judgement.touched and pointer not in flawed:
                yield Finding(
                    message=problem,
                    place=document.place(pointer),
                    help=f'correct the value, or let "x-column" in {view.schema.file} ask for a type that holds it',
                )


def _all_fit(column: Column, values: list[Any]) -> bool:
    """Whether `column` can hold all `values` beyond doubt: many are looked at in the time that one takes else."""
    values = [value for value in values if value is not None]
    kinds = set(map(type, values))
    if not values or column.is_map:
        return not values
    if column.item:
        return kinds == {list} and _all_fit(column.item, list(chain.from_iterable(values)))
    if column.children:
        members = ((child, [value.get(child.source) for value in values]) for child in column.children)
        return kinds == {dict} and all(_all_fit(*member) for member in members)
    return len(kinds) == 1 and _all_plain_fit(column, values, *kinds)


def _all_plain_fit(column: Column, values: list[Any], kind: type) -> bool:
    dtype = column.dtype or ""
    if kind is int and dtype in ("int32", "int64"):
        bits = int(dtype[3:])
        return bool(-(2 ** (bits - 1)) <= min(values) and max(values) < 2 ** (bits - 1))
    if kind is not str:
        return False
    if column.labels:
        return set(column.labels).issuperset(values)
    if dtype.startswith("timestamp"):
        return all(map(_ORDINARY_TIME.fullmatch, values))
    return dtype in ("string", "large_string")


_ORDINARY_TIME = re.compile(
    r"[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"
)


def _misfits(column: Column, value: object, pointer: Pointer) -> Iterator[tuple[Pointer, str]]:
    """Every part of `value` that `column` can't hold."""
    if value is None or (not column.item and not column.children and not column.labels and column.dtype is None):
        return
    if column.is_map and isinstance(value, dict) and column.item:
        for name, inner in value.items():
            yield from _misfits(column.item.children[1], inner, (*pointer, name))
    elif column.item and not column.is_map and isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _misfits(column.item, inner, (*pointer, index))
    elif column.children and isinstance(value, dict):
        for child in column.children:
            yield from _misfits(child, value.get(child.source), (*pointer, child.source))
    elif problem := _misfit(column, value):
        yield pointer, problem


def _misfit(column: Column, value: object) -> str | None:
    """Why a column of plain values can't hold `value`; None if it can, or if another rule says so."""
    dtype = column.dtype or ""
    if column.labels:
        problem = None if value in column.labels else f"{_shown(value)} has no place in the column's label set"
    elif dtype.startswith(("int", "uint")):
        problem = _misfit_integer(dtype, value)
    elif dtype.startswith("float"):
        problem = _misfit_float(dtype, value)
    elif dtype == "bool":
        problem = None if isinstance(value, bool) else _wrong_kind(value, "true and false")
    elif not dtype:
        problem = _wrong_kind(value, f"{column.shape.kind.value}s")
    elif not isinstance(value, str):
        problem = _wrong_kind(value, "text")
    else:
        problem = None if dtype in ("string", "large_string") else _misfit_time(column, value)
    return problem


def _shown(value: object) -> str:
    return quoted(value) if not isinstance(value, str) else "this label"


def _wrong_kind(value: object, holds: str) -> str:
    return f"the schema admits {article(noun(value))} here, but the column holds {holds}"


def _misfit_integer(dtype: str, value: object) -> str | None:
    if isinstance(value, float) and value.is_integer():
        return None  # integer-as-float
    if isinstance(value, bool) or not isinstance(value, int):
        return _wrong_kind(value, "integers")
    bits = int(dtype.lstrip("uint"))
    low, high = (0, 2**bits - 1) if dtype.startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return None if low <= value <= high else f"{quoted(value)} is outside of the column's range, {low:,} to {high:,}"


def _misfit_float(dtype: str, value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _wrong_kind(value, "numbers")
    digits = 24 if dtype == "float32" else 53
    if isinstance(value, int) and abs(value) > 2**digits:
        return f"{quoted(value)} can't be held exactly: past 2^{digits}, a {dtype} skips integers"
    if dtype == "float32":
        try:
            struct.pack("<f", value)  # "f" alone overflows in silence
        except OverflowError:
            return f"{quoted(value)} is too large for a float32"
    return None


def _misfit_time(column: Column, value: str) -> str | None:
    """Why a date or an instant can't be stored: Arrow has no leap seconds, `datetime` no years but 1 to 9999."""
    what = "date" if column.dtype == "date32" else "timestamp"
    try:
        pa.scalar(value, pa.string()).cast(column.arrow).as_py()
    except OverflowError:
        return f"this {what} is outside of the years 1 to 9999, which programs can read"
    except pa.ArrowException:
        return f"this {what} can't be stored: {_reason(value)}"
    return None


def _reason(value: str) -> str:
    if value != value.upper():
        return '"T" and "Z" stand in capitals'
    fraction = re.search(r"\.([0-9]+)", value)
    if fraction and len(fraction[1]) > 6:
        return "its seconds have more than six decimal places"
    return "it falls into a leap second" if ":60" in value else "it has a form that columns don't know"


@rule(
    "SCH203",
    "integer-as-float",
    looks=JUDGED,
    aspect=Aspect.EXACT,
    broken=Case(edits={_RECORD: ('"mood": 2', '"mood": 2.0')}, at=(_RECORD, 6, 11)),
)
def integer_as_float(view: _Judged) -> Iterator[Finding]:
    """An integer is written as a decimal fraction or with an exponent: `2.0` or `2e0` for `2`.

    **Why it matters.** JSON Schema takes it as an integer, but most programs read it as a floating-point number, which
    is no index into a text and no integer column.

    **How to fix it.** Write it without the fraction. Spreadsheets and pandas export such numbers for columns with gaps.
    """
    judgement, document = view.judgement, view.document
    if document is None or not document.readable or not _FRACTION.search(document.text):
        return
    for pointer, value in _floats(judgement.value, view.schema.shape):
        if pointer not in judgement.touched:
            yield Finding(
                message=f"{quoted(value)} is written as a fraction where an integer is wanted",
                place=document.place(pointer),
                help=f"write {int(value)}" if abs(value) < 2**53 else "write it in digits alone",
            )


def _floats(value: object, shape: Shape, pointer: Pointer = ()) -> Iterator[tuple[Pointer, float]]:
    if isinstance(value, float) and shape.kind is Kind.INTEGER and value.is_integer():
        yield pointer, value
    elif isinstance(value, dict) and shape.kind is Kind.OBJECT:
        for name, inner in shape.properties:
            yield from _floats(value.get(name), inner, (*pointer, name))
    elif isinstance(value, dict) and shape.kind is Kind.MAP and shape.items:
        for name, item in value.items():
            yield from _floats(item, shape.items, (*pointer, name))
    elif isinstance(value, list) and shape.kind is Kind.ARRAY and shape.items:
        for index, item in enumerate(value):
            yield from _floats(item, shape.items, (*pointer, index))


RULES = (undeclared_property, no_column_value, integer_as_float)
