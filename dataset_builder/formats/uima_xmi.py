"""CAS XMI: the elements of a file as they stand, before it is known what kinds of values they have."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dataset_builder.formats.uima_xml import parse

__all__ = ["Element", "Raw", "read_xmi"]

_XMI = "http://www.omg.org/XMI"
_CAS = "http:///uima/cas.ecore"


@dataclass(slots=True)
class Element:
    """A feature structure as it is written: values are texts; of those in elements of their own, there are lists."""

    id: str
    type: str
    line: int
    values: dict[str, str | list[str | None]] = field(default_factory=dict)


@dataclass(slots=True)
class Raw:
    """What a file has."""

    elements: list[Element] = field(default_factory=list)
    sofas: list[Element] = field(default_factory=list)
    views: list[tuple[str, str]] = field(default_factory=list)  # sofa, members
    strange: list[tuple[str, int]] = field(default_factory=list)  # elements that have no id, with their lines
    root: str = ""


def read_xmi(data: bytes) -> Raw:
    """The elements of the XMI in `data`.

    Raises:
        XmlError: it is no XML, or has a document type.
    """
    found = Raw()
    depth = 0
    current: Element | None = None

    def begin(name: str, attributes: Mapping[str, str], line: int) -> None:
        nonlocal depth, current
        depth += 1
        if depth == 1:
            found.root = name
        elif depth == 2:
            current = _element(name, attributes, line, found)
        elif depth == 3 and current is not None:
            absent = attributes.get("http://www.w3.org/2001/XMLSchema-instance nil") == "true"
            _listed(current, name).append(None if absent else "")

    def end(name: str, text: str) -> None:
        nonlocal depth, current
        if depth == 2:
            current = None
        elif depth == 3 and current is not None:
            values = _listed(current, name)
            if values[-1] is not None:
                values[-1] = text
        depth -= 1

    parse(data, begin, end)
    return found


def _listed(element: Element, name: str) -> list[str | None]:
    known = element.values.get(name)
    if not isinstance(known, list):
        known = element.values[name] = []
    return known


def _element(name: str, attributes: Mapping[str, str], line: int, into: Raw) -> Element | None:
    namespace, _, local = name.rpartition(" ")
    if namespace == _CAS and local == "View":
        into.views.append((attributes.get("sofa", ""), attributes.get("members", "")))
        return None
    if namespace == _CAS and local == "NULL":
        return None
    id_ = attributes.get(f"{_XMI} id")
    if id_ is None:
        into.strange.append((local, line))
        return None
    element = Element(id_, _type(namespace, local), line)
    element.values.update({key: value for key, value in attributes.items() if " " not in key})
    (into.sofas if element.type == "uima.cas.Sofa" else into.elements).append(element)
    return element


def _type(namespace: str, local: str) -> str:
    """The name of a type: its package is the path of its namespace."""
    package = namespace.removeprefix("http:///").removesuffix(".ecore").replace("/", ".")
    return local if package in ("", "uima.noNamespace") else f"{package}.{local}"
