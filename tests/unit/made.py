"""Schemas made up at random, values that are valid under them, and what readers should get of these."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

TEXTS = st.text(st.characters(codec="utf-8"), max_size=6)
NAMES = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5),
    st.sampled_from(["item", "list", "element", "key", "_type", "a.b", "default", "const", "$ref", "x-span", "ß"]),
)
EXACT = st.one_of(st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False))
RANGES = {
    **{f"int{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": (0, 2**bits - 1) for bits in (8, 16, 32)},
}
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), EXACT, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=5,
)


@dataclass(frozen=True)
class Made:
    """A schema, strategies of its values (null aside), and what is published of one; `nullable` adds null to them."""

    schema: Any
    values: st.SearchStrategy[Any]
    published: Callable[[Any], Any] = lambda value: value
    nullable: bool = False

    @property
    def all_values(self):
        return st.none() | self.values if self.nullable else self.values

    def shown(self, value):
        return None if value is None else self.published(value)


def typed(kind, values, published=lambda value: value, **more):
    return Made({"type": kind, **more}, values, published)


def column(dtype):
    return {"x-column": {"type": dtype}}


@st.composite
def instants(draw):
    """A date-time in one of its forms."""
    offset = timezone(timedelta(minutes=draw(st.integers(-23 * 60, 23 * 60))))
    low, high = datetime(2, 1, 1), datetime(9998, 1, 1)  # noqa: DTZ001 - hypothesis wants them so
    text = draw(st.datetimes(low, high, timezones=st.just(offset))).isoformat()
    return text.replace("+00:00", "Z") if draw(st.booleans()) else text


@st.composite
def labels(draw):
    names = draw(st.lists(TEXTS, min_size=1, max_size=4, unique=True))
    values = st.sampled_from(names)
    if draw(st.booleans()):
        return Made({"enum": [*names]}, values)
    return Made({"oneOf": [{"const": name, "title": name, "description": "A label."} for name in names]}, values)


LEAVES = st.one_of(
    st.just(typed("string", TEXTS)),
    st.sampled_from(["string", "large_string"]).map(lambda dtype: typed("string", TEXTS, **column(dtype))),
    st.just(typed("integer", st.integers(*RANGES["int64"]))),
    st.sampled_from(sorted(RANGES)).map(
        lambda dtype: typed("integer", st.integers(*RANGES[dtype]), **column(dtype)),
    ),
    st.just(typed("number", EXACT, float)),
    st.just(
        typed(
            "number",
            st.one_of(st.integers(-(2**24), 2**24), st.floats(width=32, allow_nan=False, allow_infinity=False)),
            float,
            **column("float32"),
        )
    ),
    st.just(typed("boolean", st.booleans())),
    st.just(typed("string", st.dates().map(str), lambda value: datetime.fromisoformat(value).date(), format="date")),
    st.just(
        typed(
            "string",
            instants(),
            lambda value: datetime.fromisoformat(value).astimezone(UTC),
            format="date-time",
        )
    ),
    st.just(Made(column("json"), JSON.filter(lambda value: value is not None), nullable=True)),
    st.just(typed("object", st.dictionaries(TEXTS, JSON, max_size=3), **column("json"))),
    labels(),
)


@st.composite
def objects(draw, inner):
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique_by=str.casefold))
    members = {name: draw(inner) for name in names}
    required = draw(st.lists(st.sampled_from(names), unique=True))
    more = draw(
        st.sampled_from([{}, {"required": required}, {"required": required, "unevaluatedProperties": False}]),
    )
    schema = {"type": "object", "properties": {name: made.schema for name, made in members.items()}, **more}
    optional = {name: made.all_values for name, made in members.items() if name not in more.get("required", ())}
    needed = {name: made.all_values for name, made in members.items() if name not in optional}
    return Made(
        schema,
        st.fixed_dictionaries(needed, optional=optional),
        lambda value: {name: made.shown(value.get(name)) for name, made in members.items()},
    )


def arrays(inner):
    return inner.map(
        lambda made: Made(
            {"type": "array", "items": made.schema},
            st.lists(made.all_values, max_size=4),
            lambda value: [made.shown(item) for item in value],
        )
    )


def maps(inner):
    return st.tuples(
        inner, st.sampled_from(["additionalProperties", "unevaluatedProperties", "patternProperties"])
    ).map(
        lambda pair: Made(
            {
                "type": "object",
                pair[1]: {"": pair[0].schema} if pair[1] == "patternProperties" else pair[0].schema,
            },
            st.dictionaries(TEXTS, pair[0].all_values, max_size=3),
            lambda value: [{"key": key, "value": pair[0].shown(value[key])} for key in sorted(value)],
        )
    )


@st.composite
def varied(draw, inner):
    """A schema of `inner`, or one that says the same and admits null, or says it by a reference."""
    made = draw(inner)
    schema = made.schema
    kind = schema.get("type")
    ways = ["as it is"] * 3
    if kind or "enum" in schema or "oneOf" in schema:
        ways += ["anyOf", "oneOf", "allOf"]
        ways += ["type"] if kind else ["label"]
    way = draw(st.sampled_from(ways))
    null = draw(st.sampled_from([{"type": "null"}, {"const": None}]))
    if way in ("anyOf", "oneOf"):
        return replace(made, schema={way: draw(st.permutations([schema, null]))}, nullable=True)
    if way == "allOf":
        return replace(made, schema={"description": "Said twice.", "allOf": [schema]})
    if way == "type":
        return replace(made, schema={**schema, "type": [kind, "null"]}, nullable=True)
    if way == "label" and "enum" in schema:
        return replace(made, schema={"enum": [*schema["enum"], None]}, nullable=True)
    if way == "label":
        return replace(made, schema={"oneOf": [*schema["oneOf"], null]}, nullable=True)
    return made


NODES = st.recursive(
    varied(LEAVES), lambda inner: varied(st.one_of(objects(inner), arrays(inner), maps(inner))), max_leaves=6
)


@st.composite
def records(draw):
    """The schema of a record, parts of which stand in `$defs`."""
    made = draw(objects(NODES))
    properties, definitions = {}, {}
    for name, inner in made.schema["properties"].items():
        if draw(st.integers(0, 3)):
            properties[name] = inner
        else:
            definition = f"d{len(definitions)}"
            definitions[definition] = inner
            properties[name] = {"$ref": f"#/$defs/{definition}", "description": "By reference."}
    return replace(made, schema={**made.schema, "properties": properties, "$defs": definitions})


def decoded(feature, value):
    """`value`, as Arrow gives it, as readers see it: labels by name, JSON as values."""
    if value is None:
        return None
    kind = feature.get("_type")
    if not isinstance(kind, str):
        return {name: decoded(inner, value[name]) for name, inner in feature.items()}
    if kind == "List":
        return [decoded(feature["feature"], item) for item in value]
    if kind == "ClassLabel":
        return feature["names"][value]
    return json.loads(value) if kind == "Json" else value


# What may go wrong

NUMERALS = [
    "2.0",
    "2e0",
    "-0",
    "0.0",
    "1e-400",
    "0." + "0" * 240 + "1e-99",
    str(2**53 + 1),
    str(2**63),
    "1" * 30,
    "0.5",
]
ODD_TEXTS = [*NUMERALS, "null", "true", '""', '"abc"', "[]", "{}", '["a"]', '{"a": "b"}', "[" * 70 + "]" * 70]
_VALUE = re.compile(r'-?\d[\d.eE+-]*|null|true|false|\[\]|\{\}|"[^"\\]*"(?! *:)')


@st.composite
def damaged(draw, texts, *, often=True):
    """JSON texts with a part or two replaced by something odd, or a member more."""
    text = draw(texts)
    for _ in range(draw(st.sampled_from([0, 1, 1, 2] if often else [0, 0, 0, 0, 1]))):
        found = list(_VALUE.finditer(text))
        opened = [match.end() for match in re.finditer(r"\{(?!\})", text)]
        if opened and not draw(st.integers(0, 2)):
            where = draw(st.sampled_from(opened))
            text = text[:where] + draw(st.sampled_from(['"zz": 1, ', '"a": null, ', '"z": "", '])) + text[where:]
        elif found:
            where = draw(st.sampled_from(found))
            text = text[: where.start()] + draw(st.sampled_from(ODD_TEXTS)) + text[where.end() :]
    return text
