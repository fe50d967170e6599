"""What a Web Annotation has to be: https://www.w3.org/TR/annotation-model/, as far as something depends on it here.

A fault of what an annotation is about keeps it out; a fault of what is told beside doesn't.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from dataset_builder.formats.json_rows import integer, shown

__all__ = ["CONTEXT", "SETS", "Fault", "faults", "listed", "types"]

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
SETS = frozenset({"Composite", "List", "Independents", "Choice"})
_IRI = re.compile(r"[^\s<>\"{}|\\^`]+")
_TIME = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_DIRECTIONS = ("ltr", "rtl", "auto")
_DEEPEST = 20  # selectors that refine one another


class Fault(NamedTuple):
    """Something that isn't as it should be."""

    message: str
    fatal: bool
    value: Any = None  # the object that it is of


def listed(value: Any) -> list[Any]:
    """`value` as a list: JSON-LD writes one alone without brackets."""
    return value if isinstance(value, list) else [] if value is None else [value]


def types(value: Any) -> list[str]:
    """The types of an object."""
    return [each for each in listed(value.get("type")) if isinstance(each, str)] if isinstance(value, dict) else []


def faults(annotation: dict[str, Any]) -> Iterator[Fault]:
    """All that is wrong with `annotation`."""
    id_ = annotation.get("id")
    if id_ is not None and not isinstance(id_, str):
        yield Fault("an annotation has one id", fatal=True)
    elif isinstance(id_, str) and not _IRI.fullmatch(id_):
        yield Fault(f"the id is no IRI: {shown(id_)}", fatal=False)
    if "Annotation" not in types(annotation):
        yield Fault(f"the type isn't Annotation: {shown(annotation.get('type'))}", fatal=True)
    yield from _told(annotation)
    targets = listed(annotation.get("target"))
    if not targets:
        yield Fault("the annotation has no target", fatal=True)
    for each in targets:
        yield from _resource(each, "target", 0)
    yield from _bodies(annotation)


def _bodies(annotation: dict[str, Any]) -> Iterator[Fault]:
    if "bodyValue" in annotation:
        if "body" in annotation:
            yield Fault("an annotation has a body or a bodyValue, not both", fatal=True)
        if not isinstance(annotation["bodyValue"], str):
            yield Fault(f"the bodyValue is no string: {shown(annotation['bodyValue'])}", fatal=True)
    for each in listed(annotation.get("body")):
        yield from _resource(each, "body", 0)


def _told(value: dict[str, Any]) -> Iterator[Fault]:
    """What is wrong with what is told of the life of an annotation or a resource."""
    for name in ("creator", "generator"):
        if any(not isinstance(each, str | dict) for each in listed(value.get(name))):
            yield Fault(f"the {name} is neither an IRI nor an object: {shown(value[name])}", fatal=False, value=value)
    for name in ("created", "modified", "generated"):
        if name in value and not (isinstance(value[name], str) and _TIME.fullmatch(value[name])):
            message = f"{name} is one time, such as 2015-01-28T12:00:00Z: {shown(value[name])}"
            yield Fault(message, fatal=False, value=value)
    for name in ("rights", "via", "canonical"):
        if any(not isinstance(each, str) or not _IRI.fullmatch(each) for each in listed(value.get(name))):
            yield Fault(f"{name} is no IRI: {shown(value[name])}", fatal=False, value=value)


def _resource(value: Any, what: str, depth: int) -> Iterator[Fault]:
    """What is wrong with a body or a target, or with one of several in it."""
    if isinstance(value, str):
        if not _IRI.fullmatch(value):
            yield Fault(f"the {what} is no IRI: {shown(value)}", fatal=True)
        return
    if not isinstance(value, dict) or depth > _DEEPEST:
        yield Fault(f"the {what} is neither an IRI nor an object: {shown(value)}", fatal=True)
        return
    if "id" in value and not (isinstance(value["id"], str) and _IRI.fullmatch(value["id"])):
        yield Fault(f"the id of the {what} is no IRI: {shown(value['id'])}", fatal=True, value=value)
    yield from _several(value, what, depth)
    if "TextualBody" in types(value) and not isinstance(value.get("value"), str):
        yield Fault("a TextualBody has one value, a string", fatal=True, value=value)
    yield from _told(value)
    yield from _described(value)
    if "SpecificResource" in types(value) and "source" not in value:
        yield Fault("a SpecificResource has a source", fatal=True, value=value)
    if "source" in value:
        yield from _resource(value["source"], f"source of the {what}", depth + 1)
    for each in listed(value.get("selector")):
        yield from _selector(each, 0)


def _several(value: dict[str, Any], what: str, depth: int) -> Iterator[Fault]:
    sets = SETS.intersection(types(value))
    if "items" in value and len(sets) != 1:
        yield Fault(f"the {what} has items, and is not one of {', '.join(sorted(SETS))}", fatal=True, value=value)
    for each in listed(value.get("items")):
        yield from _resource(each, what, depth + 1)


def _described(value: dict[str, Any]) -> Iterator[Fault]:
    """What is wrong with format, language and direction."""
    for name in ("format", "language"):
        if any(not isinstance(each, str) for each in listed(value.get(name))):
            yield Fault(f"{name} is no string: {shown(value[name])}", fatal=False, value=value)
    if "processingLanguage" in value and not isinstance(value["processingLanguage"], str):
        message = f"processingLanguage is one string: {shown(value['processingLanguage'])}"
        yield Fault(message, fatal=False, value=value)
    if value.get("textDirection", "auto") not in _DIRECTIONS:
        message = f"textDirection is {', '.join(_DIRECTIONS)}: {shown(value['textDirection'])}"
        yield Fault(message, fatal=False, value=value)


def _selector(value: Any, depth: int) -> Iterator[Fault]:
    if isinstance(value, str):
        return
    if not isinstance(value, dict) or depth > _DEEPEST:
        yield Fault(f"the selector is neither an IRI nor an object: {shown(value)}", fatal=True)
        return
    known = types(value)
    if "FragmentSelector" in known and not isinstance(value.get("value"), str):
        yield Fault("a FragmentSelector has one value, a string", fatal=True, value=value)
    if "TextQuoteSelector" in known and not all(
        isinstance(value.get(name, ""), str) for name in ("exact", "prefix", "suffix")
    ):
        yield Fault("a TextQuoteSelector has exact, prefix and suffix, which are strings", fatal=True, value=value)
    if "TextQuoteSelector" in known and not value.get("exact"):
        yield Fault("a TextQuoteSelector says what is meant: exact", fatal=True, value=value)
    if "TextPositionSelector" in known and None in (integer(value.get("start")), integer(value.get("end"))):
        yield Fault("a TextPositionSelector has two numbers, start and end", fatal=True, value=value)
    for name in ("startSelector", "endSelector") if "RangeSelector" in known else ():
        yield from _selector(value.get(name), depth + 1)
    for each in listed(value.get("refinedBy")):
        yield from _selector(each, depth + 1)
