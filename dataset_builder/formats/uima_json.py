"""JSON CAS, read to a common analysis structure. The format is that of https://github.com/apache/uima-uimaj-io-jsoncas."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from dataset_builder.formats.cas import Cas, Reference, Sofa, Structure
from dataset_builder.formats.uima_values import Kinds

__all__ = ["JsonError", "features_used", "loaded", "read_json"]

_ID = re.compile(rb'"%ID"\s*:\s*(\d+)|"(\d+)"\s*:\s*\{')
_SPECIAL = {"NaN": "nan", "Infinity": "inf", "Inf": "inf", "-Infinity": "-inf", "-Inf": "-inf"}
_SHOWN = 60


class JsonError(Exception):
    """The text is no JSON, or no CAS."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.message, self.line = message, line


def loaded(data: bytes) -> dict[str, Any]:
    """The JSON in `data`, which has structures and views.

    Raises:
        JsonError: it is none, or they are not what they should be.
    """
    try:
        value = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise JsonError(f"it is no JSON: {error.msg}", error.lineno) from error
    if not isinstance(value, dict) or not isinstance(value.get("%FEATURE_STRUCTURES"), list | dict):
        raise JsonError("it is no CAS: there are no %FEATURE_STRUCTURES")
    if not isinstance(value.get("%VIEWS", {}), dict) or not isinstance(value.get("%TYPES", {}), dict):
        raise JsonError("it is no CAS: %VIEWS and %TYPES are objects")
    return value


def _given(value: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Structures with their ids, in either of the two ways in which they may stand."""
    structures = value["%FEATURE_STRUCTURES"]
    if isinstance(structures, dict):
        yield from structures.items()
    else:
        yield from ((each.get("%ID") if isinstance(each, dict) else None, each) for each in structures)


def features_used(value: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The features that a file uses, with their types."""
    found: set[tuple[str, str]] = set()
    for _, each in _given(value):
        if isinstance(each, dict) and isinstance(type_ := each.get("%TYPE"), str) and not type_.startswith("uima."):
            found.add((type_, ""))
            names = (name.lstrip("@#^") for name in each if not name.startswith("%"))
            found |= {(type_, name) for name in names if name not in ("sofa", "begin", "end")}
    return found


def read_json(value: Mapping[str, Any], data: bytes, file: str, kinds: Kinds) -> Cas:
    """What the CAS in `value` says, whose bytes are `data`."""
    cas = Cas(file)
    lines = _lines(data)
    for id_, given in _given(value):
        key = str(id_)
        line = lines.get(key, 1)
        if not isinstance(given, dict) or not isinstance(id_, int | str) or not isinstance(given.get("%TYPE"), str):
            cas.tell("import-syntax", f"a structure has an id and a type: {str(given)[:_SHOWN]!r} was left out", line)
        elif key in cas.structures or any(sofa.id == key for sofa in cas.sofas):
            cas.tell("import-duplicate-id", f'the id "{key}" is taken', line)
        elif given["%TYPE"] == "uima.cas.Sofa":
            text = given.get("sofaString")
            cas.sofas.append(Sofa(key, str(given.get("sofaID", key)), text if isinstance(text, str) else None, line))
        elif (structure := _structure(key, given, line, cas, kinds)) is not None:
            cas.structures[key] = structure
    cas.look_for_lost()
    for name, view in value.get("%VIEWS", {}).items():
        _view(name, view, cas)
    return cas


def _lines(data: bytes) -> dict[str, int]:
    """The line of each id."""
    found: dict[str, int] = {}
    line = at = 0
    for match in _ID.finditer(data):
        line += data.count(b"\n", at, match.start())
        at = match.start()
        found.setdefault((match[1] or match[2]).decode(), line + 1)
    return found


def _view(name: str, view: object, cas: Cas) -> None:
    members = view.get("%MEMBERS", view.get("%INDEX", [])) if isinstance(view, dict) else None
    if not isinstance(members, list):
        cas.tell("import-syntax", f"the view {name[:_SHOWN]!r} has no list of members", 1)
        return
    sofa = str(view.get("%SOFA")) if isinstance(view, dict) else ""
    known = next((each for each in cas.sofas if each.id == sofa), None)
    known = known or next((each for each in cas.sofas if each.name == name), None)
    if known is not None:
        cas.members.setdefault(known.id, []).extend(str(each) for each in members)
        lost = [each for each in members if str(each) not in cas.structures]
        if lost:
            message = f"the view has {len(lost):,} members that are not there, such as {str(lost[0])[:_SHOWN]!r}"
            cas.tell("import-dangling", message, known.line)
    elif members:
        cas.tell("import-dangling", f"the view {name[:_SHOWN]!r} is of a text that is not there", 1)


def _structure(id_: str, given: Mapping[str, Any], line: int, cas: Cas, kinds: Kinds) -> Structure | None:
    sofa = given.get("@sofa")
    structure = Structure(id_, _type(given["%TYPE"]), line, None if sofa is None else str(sofa))
    begin, end = given.get("begin"), given.get("end")
    annotation = kinds.is_annotation(structure.type, line)
    if type(begin) is int and type(end) is int:
        structure.begin, structure.end = begin, end
    elif "begin" in given or annotation:
        cas.tell("import-syntax", "an annotation has a begin and an end that are numbers: it was left out", line)
        return None
    for name, value in given.items():
        if name in ("%ELEMENTS", "@sofa") or (structure.place and name in ("begin", "end")):
            continue
        if name.startswith("%"):
            if name not in ("%ID", "%TYPE"):
                structure.loose[name] = value
            continue
        _fill(structure, name, value, kinds, cas)
    if "%ELEMENTS" in given:
        _fill_elements(structure, given["%ELEMENTS"], cas)
    return structure


def _type(name: str) -> str:
    """Arrays of a type of their own are arrays of structures."""
    return "uima.cas.FSArray" if name.endswith("[]") else name


def _fill(structure: Structure, name: str, value: Any, kinds: Kinds, cas: Cas) -> None:
    plain = name[1:] if name[:1] in "@#^" and len(name) > 1 else name
    kind, _ = kinds.of(structure.type, plain, structure.line)
    if name.startswith("@"):
        if isinstance(value, int | str):
            structure.features[plain] = Reference(str(value))
    elif name.startswith("#") and isinstance(value, str) and value in _SPECIAL:
        structure.features[plain] = float(_SPECIAL[value])
    elif isinstance(value, int) and not isinstance(value, bool) and kind == "number":
        structure.features[plain] = float(value)
    elif isinstance(value, bool | int | float | str):
        structure.features[plain] = value
    elif value is not None:
        message = f'"{plain[:_SHOWN]}" is {str(value)[:_SHOWN]!r}, which no feature can be: it is kept under extra'
        cas.tell("import-kept", message, structure.line)
        structure.loose[plain] = value


def _fill_elements(structure: Structure, elements: Any, cas: Cas) -> None:
    """What an array holds; bytes as hexadecimal digits, as XMI has them."""
    try:
        structure.features["elements"] = _held(structure.type, elements)
    except (TypeError, ValueError, Base64Error):
        message = "the elements of an array can't be understood: they are kept under extra"
        cas.tell("import-kept", message, structure.line)
        structure.loose["elements"] = elements


def _held(type_: str, elements: Any) -> Any:
    if type_ == "uima.cas.ByteArray":
        return b64decode(elements, validate=True).hex().upper()
    if not isinstance(elements, list):
        raise TypeError
    if type_ == "uima.cas.FSArray":
        return tuple(None if each in (None, 0) else Reference(str(each)) for each in elements)
    if type_ in ("uima.cas.FloatArray", "uima.cas.DoubleArray"):
        return [float(_SPECIAL[each]) if each in _SPECIAL else float(each) for each in elements]
    return elements
