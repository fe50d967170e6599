"""Each kind of violation, as `jsonschema_rs` reports it, in words."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from dataset_builder.check import combinators
from dataset_builder.check.violation import Terms, Violation, shape_at
from dataset_builder.check.wording import article, count, either, nearest, quoted
from dataset_builder.model.diagnostic import Pointer
from dataset_builder.schema.shape import Kind, SpanKeys

__all__ = ["explain"]

_FORMATS = {
    "date": "a date like 2025-03-01",
    "date-time": "a date and time with its offset, like 2025-03-01T12:00:00Z",
    "time": "a time with its offset, like 12:00:00Z",
    "duration": "a duration as ISO 8601 writes it, like P1DT2H",
    "email": "an e-mail address",
    "hostname": "a host name",
    "ipv4": "an IPv4 address",
    "ipv6": "an IPv6 address",
    "uri": "a URI with its scheme, like https://example.org/a",
    "uri-reference": "a URI or a relative reference",
    "iri": "an IRI with its scheme, like https://example.org/a",
    "uuid": "a UUID like 123e4567-e89b-12d3-a456-426614174000",
    "regex": "a regular expression",
    "json-pointer": "a JSON Pointer like /a/0",
}

_BOUNDS = {
    "minimum": ("less than {}, the least allowed", "a value of at least {}"),
    "maximum": ("more than {}, the most allowed", "a value of at most {}"),
    "exclusiveMinimum": ("not more than {}", "a value above {}"),
    "exclusiveMaximum": ("not less than {}", "a value below {}"),
}

_ANCHOR = "run `dataset-builder anchor`, which fills offsets in from the quote"
_HELPERS = frozenset({"occurrence", "prefix", "suffix"})  # what a span may have until it is anchored

_NUMERAL = re.compile(r"\s*-?[0-9]+(\.[0-9]+)?\s*")


def explain(error: Any, terms: Terms) -> Iterator[Violation]:
    """`error` as violations in words: one, or several where it stands for several."""
    yield from _EXPLANATIONS.get(error.kind.name, _anything_else)(error, terms)


def _where(error: Any) -> Pointer:
    return tuple(error.instance_path)


def _type(error: Any, terms: Terms) -> Iterator[Violation]:
    where = _where(error)
    types = sorted(error.kind.types, key=lambda name: (name == "null", name))
    value = error.instance
    hint = None
    if isinstance(value, str) and {"integer", "number"} & set(types) and _NUMERAL.fullmatch(value):
        hint = "write the number without quotation marks"
    elif isinstance(value, int | float) and "string" in types:
        hint = "put it in quotation marks"
    elif types[0] == "array" and not isinstance(value, dict | None):
        hint = "put it in square brackets, as the only item of an array"
    elif value is None and _is_offset(terms, where):
        hint = _ANCHOR
    elif value is None:
        hint = "fill it in, or leave the property out where it isn't required: null is a value like any other"
    wanted = " or ".join(article(name) for name in types)
    found = terms.name(value, where)
    yield Violation(rule="type", message=f"expected {wanted}, found {found}", pointer=where, help=hint)


def _required(error: Any, terms: Terms) -> Iterator[Violation]:
    where, name = _where(error), error.kind.property
    help_ = _ANCHOR if _is_offset(terms, (*where, name)) else terms.description((*where, name))
    if error.schema_path[-1] in {"dependentRequired", "dependencies"}:
        message = f"the property {quoted(name)} is missing, which other properties that are here call for"
        yield Violation(rule="object-properties", message=message, pointer=where, help=help_)
    else:
        yield Violation(rule="required", message=f"the property {quoted(name)} is missing", pointer=where, help=help_)


def _unexpected(error: Any, terms: Terms) -> Iterator[Violation]:
    where = _where(error)
    shape = shape_at(terms.shape, where)
    declared = [name for name, _ in shape.properties] if shape else []
    free = [name for name in declared if name not in error.instance]
    for name in error.kind.unexpected:
        pointer = (*where, name)
        shown = terms.show(name, pointer) if len(name) > 40 else quoted(name)
        if name in declared:
            message = f"the property {shown} isn't allowed here"
            hint: str | None = (
                "the schema declares it for other cases only: see its anyOf, oneOf, if and dependentSchemas"
            )
        else:
            message = f"the schema declares no property {shown} here"
            close = nearest(name, free)
            hint = f"did you mean {quoted(close)}?" if close else _declared(declared, shape.kind if shape else None)
            hint = _ANCHOR if name in _HELPERS and _span_keys(terms, where) else hint
        yield Violation(
            rule="unexpected-property",
            message=message,
            pointer=pointer,
            at_key=True,
            help=hint,
            derived=name in declared,
        )


def _span_keys(terms: Terms, where: Pointer) -> SpanKeys | None:
    """The properties that anchor the object there, if it is a span."""
    shape = shape_at(terms.shape, where)
    return shape.span if shape else None


def _is_offset(terms: Terms, where: Pointer) -> bool:
    """Whether the start or end of a span that may have a quote belongs there."""
    keys = _span_keys(terms, where[:-1])
    return keys is not None and keys.quote is not None and where[-1] in (keys.start, keys.end)


def _declared(names: list[str], kind: Kind | None) -> str | None:
    if names:
        return f"the schema declares {either(names, 'and')}: take the property out, or declare it"
    return "the names of its properties must match the schema's patternProperties" if kind is Kind.MAP else None


def _enum(error: Any, terms: Terms) -> Iterator[Violation]:
    yield combinators.not_among(error, terms, list(error.kind.options))


def _const(error: Any, terms: Terms) -> Iterator[Violation]:
    where, wanted = _where(error), error.kind.expected_value
    message = f"expected {quoted(wanted)}, found {terms.show(error.instance, where)}"
    yield Violation(rule="fixed-value", message=message, pointer=where)


def _length(error: Any, terms: Terms) -> Iterator[Violation]:
    where, limit = _where(error), error.kind.limit
    shown = terms.show(error.instance, where)
    size = count(len(error.instance), "character")
    if error.kind.name == "minLength":
        message = f"{shown} has {size}, fewer than the {limit:,} required"
    else:
        message = f"{shown} has {size}, more than the {limit:,} allowed"
    if error.instance == "":
        message = "the string is empty"
    yield Violation(rule="string-length", message=message, pointer=where, help=terms.description(where))


def _pattern(error: Any, terms: Terms) -> Iterator[Violation]:
    where = _where(error)
    message = f"{terms.show(error.instance, where)} doesn't match the pattern {_shortened(error.kind.pattern)}"
    yield Violation(rule="pattern", message=message, pointer=where, help=terms.description(where))


def _format(error: Any, terms: Terms) -> Iterator[Violation]:
    where, name = _where(error), error.kind.format
    wanted = _FORMATS.get(name, f"of the format {name}")
    message = f"{terms.show(error.instance, where)} is not {wanted}"
    yield Violation(rule="format", message=message, pointer=where, help=terms.description(where))


def _content(error: Any, terms: Terms) -> Iterator[Violation]:
    where = _where(error)
    stated = error.kind.content_encoding if error.kind.name == "contentEncoding" else error.kind.content_media_type
    message = f"{terms.show(error.instance, where)} holds no {stated}"
    yield Violation(rule="format", message=message, pointer=where, help=terms.description(where))


def _bound(error: Any, terms: Terms) -> Iterator[Violation]:
    where = _where(error)
    if error.kind.name == "multipleOf":
        step = quoted(error.kind.multiple_of)
        message, hint = f"{quoted(error.instance)} is not a multiple of {step}", None
    else:
        said, wanted = _BOUNDS[error.kind.name]
        limit = quoted(error.kind.limit)
        message, hint = (
            f"{quoted(error.instance)} is {said.format(limit)}",
            f"the schema asks for {wanted.format(limit)}",
        )
    yield Violation(rule="number-bounds", message=message, pointer=where, help=terms.description(where) or hint)


def _array_size(error: Any, terms: Terms) -> Iterator[Violation]:
    where, limit = _where(error), error.kind.limit
    size = count(len(error.instance), "item")
    said = f"fewer than the {limit:,} required" if error.kind.name == "minItems" else f"more than the {limit:,} allowed"
    yield Violation(
        rule="array-items", message=f"the array has {size}, {said}", pointer=where, help=terms.description(where)
    )


def _unique(error: Any, terms: Terms) -> Iterator[Violation]:
    where = _where(error)
    first: dict[str, int] = {}
    for index, item in enumerate(error.instance):
        earlier = first.setdefault(_identity(item), index)
        if earlier < index:
            yield Violation(
                rule="array-items",
                message=f"{terms.show(item, (*where, index))} stands twice in an array whose items must differ",
                pointer=(*where, index),
                related=(((*where, earlier), "the same item stands here"),),
            )


def _identity(value: Any) -> str:
    """Equal just for values that JSON Schema takes as equal: 1 and 1.0 are, 1 and true aren't."""

    def normal(inner: Any) -> Any:
        if isinstance(inner, float) and inner.is_integer():
            return int(inner)
        if isinstance(inner, dict):
            return {key: normal(item) for key, item in inner.items()}
        return [normal(item) for item in inner] if isinstance(inner, list) else inner

    return json.dumps(normal(value), sort_keys=True)


def _contains(error: Any, terms: Terms) -> Iterator[Violation]:
    del terms
    said = {
        "minContains": "too few items of the array are as the schema's contains asks",
        "maxContains": "too many items of the array are as the schema's contains asks",
    }.get(error.schema_path[-1], "no item of the array is as the schema's contains asks")
    yield Violation(rule="array-items", message=said, pointer=_where(error))


def _items_left(error: Any, terms: Terms) -> Iterator[Violation]:
    del terms
    if error.kind.name == "additionalItems":
        extra = len(error.instance) - error.kind.limit
    else:
        extra = len(error.kind.unexpected)
    message = f"the array has {count(extra, 'item')} more than the schema describes"
    yield Violation(rule="array-items", message=message, pointer=_where(error))


def _object_properties(error: Any, terms: Terms) -> Iterator[Violation]:
    where, limit = _where(error), error.kind.limit
    size = count(len(error.instance), "property")
    said = (
        f"fewer than the {limit:,} required"
        if error.kind.name == "minProperties"
        else f"more than the {limit:,} allowed"
    )
    yield Violation(
        rule="object-properties", message=f"the object has {size}, {said}", pointer=where, help=terms.description(where)
    )


def _property_names(error: Any, terms: Terms) -> Iterator[Violation]:
    where = _where(error)
    inner = error.kind.error
    name = str(inner.instance)
    pointer = (*where, name)
    why = next((violation.message for violation in explain(inner, terms)), "")
    message = f"the property name {terms.show(name, pointer)} isn't allowed: {why}"
    yield Violation(rule="object-properties", message=message, pointer=pointer, at_key=True)


def _false_schema(error: Any, terms: Terms) -> Iterator[Violation]:
    where, steps = _where(error), error.schema_path
    if where and steps[-2:-1] and steps[-2] in ("properties", "patternProperties"):
        message = f"the property {terms.show(str(where[-1]), where)} isn't allowed here"
        yield Violation(rule="unexpected-property", message=message, pointer=where, at_key=True)
    elif where and steps[-1:] == ["items"]:
        yield Violation(rule="array-items", message="the array has more items than the schema describes", pointer=where)
    else:
        yield Violation(rule="ruled-out", message="the schema admits no value here", pointer=where)


def _not(error: Any, terms: Terms) -> Iterator[Violation]:
    where = _where(error)
    ruled_out = _shortened(json.dumps(error.kind.schema, ensure_ascii=False))
    message = f"{terms.show(error.instance, where)} is just what the schema rules out here"
    yield Violation(rule="ruled-out", message=message, pointer=where, help=f"it must not satisfy {ruled_out}")


def _branches(error: Any, terms: Terms) -> Iterator[Violation]:
    yield from combinators.explain_branches(error, terms, explain)


def _anything_else(error: Any, terms: Terms) -> Iterator[Violation]:
    where = _where(error)
    message = f"{terms.show(error.instance, where)} doesn't satisfy the schema's {error.kind.name}"
    yield Violation(rule="ruled-out", message=message, pointer=where, help=terms.description(where))


def _shortened(text: str) -> str:
    return text if len(text) <= 100 else text[:99] + "…"


_EXPLANATIONS: dict[str, Callable[[Any, Terms], Iterator[Violation]]] = {
    "type": _type,
    "required": _required,
    "additionalProperties": _unexpected,
    "unevaluatedProperties": _unexpected,
    "enum": _enum,
    "const": _const,
    "minLength": _length,
    "maxLength": _length,
    "pattern": _pattern,
    "format": _format,
    "contentEncoding": _content,  # in draft 7 alone; 2020-12 only notes what a string holds
    "contentMediaType": _content,
    "minimum": _bound,
    "maximum": _bound,
    "exclusiveMinimum": _bound,
    "exclusiveMaximum": _bound,
    "multipleOf": _bound,
    "minItems": _array_size,
    "maxItems": _array_size,
    "uniqueItems": _unique,
    "contains": _contains,
    "additionalItems": _items_left,
    "unevaluatedItems": _items_left,
    "minProperties": _object_properties,
    "maxProperties": _object_properties,
    "propertyNames": _property_names,
    "falseSchema": _false_schema,
    "not": _not,
    "anyOf": _branches,
    "oneOf": _branches,
}
