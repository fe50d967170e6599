"""What is wrong with a project's configuration, in plain words."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from dataset_builder.model.diagnostic import Pointer
from dataset_builder.model.document import Document, Flaw
from dataset_builder.model.project import Gold
from dataset_builder.read.project_paths import PATH_KEYS, path_problems
from dataset_builder.schema.registry import project_schema

__all__ = ["find_flaws"]


def find_flaws(document: Document, table: Pointer, root: Path, *, twice: bool) -> tuple[Flaw, ...]:
    """All that is wrong with the configuration at `table` of `document`, in the order of the file.

    `twice` says that another file configures the same project. Reads no file, but follows symbolic links below `root`.
    """
    if not document.readable:
        return ()
    value = document.value
    for step in table:
        value = value[step]
    found = [each for error in _validator().iter_errors(value) if (each := _of_error(error))]
    if isinstance(value, dict):
        found += [("config-path", key, message) for key, message in path_problems(value, root)]
        found += _gold_flaws(value)
    if twice:
        message = "the project is configured twice, here and in pyproject.toml under [tool.dataset-builder]: keep one"
        found.append(("config-value", (), message))
    flaws = [_flaw(document, table, *each) for each in found]
    return tuple(sorted(flaws, key=lambda flaw: (flaw.offset, flaw.pointer)))


_Found = tuple[str, Pointer, str]  # kind, pointer within the configuration, message

LONGEST_SHOWN = 60  # characters of a value in a message


def _flaw(document: Document, table: Pointer, kind: str, pointer: Pointer, message: str) -> Flaw:
    """The flaw at `pointer` of the configuration; where nothing stands there, at the nearest table around it."""
    at = pointer = (*table, *pointer)
    while at not in document.values:
        at = at[:-1]
    named = kind == "config-unknown-key" and at in document.keys
    offset = document.keys[at] if named else document.values[at][0]
    return Flaw(kind=kind, message=message, offset=offset, pointer=pointer)


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


def _of_error(error: Any) -> _Found | None:  # a ValidationError; all that its stubs say may be unset here is set
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


def _gold_flaws(table: dict[str, Any]) -> Iterator[_Found]:
    gold = table.get("gold")
    if isinstance(gold, dict) and "annotator" in gold and gold.get("policy", Gold().policy) != "adjudicated":
        message = '`gold.annotator` counts only with `policy = "adjudicated"`: add that, or take this out'
        yield "config-value", ("gold", "annotator"), message
