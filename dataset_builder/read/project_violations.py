"""Where a configuration breaks the project schema, in plain words."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from difflib import get_close_matches
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from dataset_builder.model.diagnostic import Pointer
from dataset_builder.read.project_paths import PATH_KEYS
from dataset_builder.schema.registry import project_schema

__all__ = ["Found", "violations"]

Found = tuple[str, Pointer, str]
"""The kind of a flaw, its pointer within the configuration, and what is wrong."""

LONGEST_SHOWN = 60  # characters of a value in a message


def violations(table: Any) -> Iterator[Found]:
    """Everything in `table` that the project schema doesn't accept."""
    found = map(_of_error, _validator().iter_errors(table))
    yield from (each for each in found if each)


@cache
def _validator() -> Validator:
    """Judges by the project schema: one error a key, and stricter than `jsonschema` is of itself in two ways.

    1.0 is no integer, as TOML tells the two apart, and a pattern's `$` doesn't match before a final line end.
    """
    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    types = types.redefine("number", lambda _, value: type(value) is int or _is_finite(value))
    keywords = {"pattern": _pattern, "required": _required, "additionalProperties": _additional_properties}
    extended: Any = extend  # untyped
    judge: Validator = extended(Draft202012Validator, keywords, type_checker=types)(project_schema())
    return judge


def _is_finite(value: object) -> bool:
    return isinstance(value, float) and math.isfinite(value)


_Errors = Iterator[ValidationError]


def _pattern(_: Any, pattern: str, instance: Any, __: Any) -> _Errors:
    if isinstance(instance, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), instance):
        yield ValidationError("no match")


def _required(_: Any, names: list[str], instance: Any, __: Any) -> _Errors:
    if isinstance(instance, dict):
        yield from (ValidationError("missing", path=(name,)) for name in names if name not in instance)


def _additional_properties(validator: Any, admitted: Any, instance: Any, schema: Any) -> _Errors:
    if admitted is not False:
        yield from Draft202012Validator.VALIDATORS["additionalProperties"](validator, admitted, instance, schema)
    elif isinstance(instance, dict):
        yield from (ValidationError("unknown", path=(name,)) for name in instance if name not in schema["properties"])


def _of_error(error: Any) -> Found | None:  # a ValidationError; all that its stubs say may be unset here is set
    pointer = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        return "config-unknown-key", pointer, _unknown(pointer, error.schema["properties"])
    if error.validator == "required":
        return "config-missing-key", pointer, _missing(pointer, error.schema)
    if error.validator == "pattern" and pointer in PATH_KEYS:
        return None  # told more exactly by `path_problems`
    if "propertyNames" in error.absolute_schema_path:
        pointer = (*pointer, error.instance)
    name = f"`{_dotted(pointer)}`" if pointer else "[tool.dataset-builder]"
    return "config-value", pointer, f"{name} {_wrong(error)}"


def _unknown(pointer: Pointer, known: Mapping[str, Any]) -> str:
    name = str(pointer[-1])
    near = get_close_matches(name, known, n=1)
    if near:
        return f"unknown key `{name}`: did you mean `{near[0]}`?"
    for section, schema in project_schema()["properties"].items():
        if name in schema.get("properties", ()):
            return f"unknown key `{name}` here: `{section}.{name}` is one, did you mean that?"
    return f"unknown key `{name}`: known here are {', '.join(f'`{each}`' for each in known)}"


def _missing(pointer: Pointer, schema: Mapping[str, Any]) -> str:
    name = str(pointer[-1])
    known = schema.get("properties") or project_schema()["properties"][str(pointer[0])]["properties"]
    example = json.dumps(known[name].get("examples", ["…"])[0], ensure_ascii=False)  # TOML writes these alike
    return f"`{_dotted(pointer)}` is missing: add `{name} = {example}`. {known[name]['description']}"


def _wrong(error: Any) -> str:
    """What is wrong with the value of a key, as the predicate of a sentence."""
    value, limit, shown = error.instance, error.validator_value, _shown(error.instance)
    match error.validator:
        case "type":
            words = _of_type(value, limit)
        case "pattern":
            examples = " or ".join(f'"{each}"' for each in error.schema["examples"])
            words = f"is {shown}, but must be like {examples}. {error.schema['description']}"
        case "minLength" | "minItems" | "minProperties":
            words = "must not be empty"
        case "maxLength":
            words = f"has {len(value)} characters, more than the {limit} allowed"
        case "uniqueItems":
            words = f"names {_shown(next(item for item in value if value.count(item) > 1))} more than once"
        case "oneOf":
            words = _of_choices(value, [branch["const"] for branch in limit])
        case bound:
            words = f"is {shown}, but must be {_BOUNDS[str(bound)]} {limit}"
    return words


_BOUNDS = {"minimum": "at least", "maximum": "at most", "exclusiveMinimum": "more than"}
_TYPES = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a finite number",
    "array": "an array",
    "object": "a table",
}


def _of_type(value: object, expected: str) -> str:
    unquoted = expected == "string" and isinstance(value, int | float | date | time)
    remedy = ": put it in quotes" if unquoted else ""
    return f"is {_shown(value)}, but must be {_TYPES[expected]}{remedy}"


def _of_choices(value: object, choices: list[str]) -> str:
    near = get_close_matches(str(value), choices, n=1)
    if near:
        return f'is {_shown(value)}: did you mean "{near[0]}"?'
    return f"is {_shown(value)}, but must be one of {', '.join(_shown(choice) for choice in choices)}"


def _shown(value: object) -> str:
    """A value as TOML writes it; long ones are cut."""
    match value:
        case str():
            return f'"{value}"' if len(value) <= LONGEST_SHOWN else f'"{value[:LONGEST_SHOWN]}…"'
        case bool():
            return str(value).lower()
        case list():
            return "an array"
        case dict():
            return "a table"
        case _:
            return str(value)


def _dotted(pointer: Pointer) -> str:
    """The key as TOML writes it, an item of an array by its index."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in pointer).removeprefix(".")
