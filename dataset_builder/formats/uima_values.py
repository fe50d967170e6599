"""The values of features: texts made what the type system says they are, or what they look like where it doesn't."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dataset_builder.formats.cas import Cas, Reference, Sofa, Structure
from dataset_builder.formats.cas_parts import DEPENDENT, GOVERNOR, is_collection
from dataset_builder.formats.uima_types import Types, builtin_kind
from dataset_builder.formats.uima_xmi import Element, Raw

__all__ = ["Kinds", "cas_of", "used"]

_REFERENCES = frozenset((GOVERNOR, DEPENDENT, "first", "next", "target", "head", "tail"))
_SLOTS = frozenset(("role", "target"))
_DESCRIPTIONS = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type."  # of texts and tag sets, the same in all files
_DESCRIBED = {"isLastSegment": "boolean", "input": "boolean", "createTagSet": "boolean", "tags": "references"}
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}
_NULL = "0"  # the id of what isn't there


class Kinds:
    """What features hold, by the first of several type systems that has their type."""

    def __init__(self, systems: Iterable[Types], *, stated: bool) -> None:
        """`stated`: one of the systems is the file's own, so what it lacks is undeclared, and not just unsaid."""
        self._systems = tuple(systems)
        self.stated = stated
        self.lacking: dict[tuple[str, str], int] = {}  # type and feature, or "", to the first line

    def of(self, type_: str, feature: str, line: int) -> tuple[str | None, bool]:
        """What the feature holds, and whether an array in it may stand elsewhere; None: that isn't declared."""
        if known := builtin_kind(type_, feature):
            return known, False
        system = self._system(type_)
        if system is None and type_.startswith(_DESCRIPTIONS):
            return _DESCRIBED.get(feature, "string"), False
        if system is None:
            self.lacking.setdefault((type_, ""), line)
            return None, False
        found = system.kind(type_, feature)
        if found is None:
            self.lacking.setdefault((type_, feature), line)
            return None, False
        return found

    def is_annotation(self, type_: str, line: int) -> bool:
        """Whether structures of that type must have a place; `line` has one."""
        system = self._system(type_)
        if system is None and self.stated and not type_.startswith(_DESCRIPTIONS):
            self.lacking.setdefault((type_, ""), line)
        return system is not None and system.is_annotation(type_)

    def _system(self, type_: str) -> Types | None:
        return next((system for system in self._systems if system.declares(type_)), None)


def used(raw: Raw) -> set[tuple[str, str]]:
    """The features that a file uses, with their types."""
    own = [each for each in raw.elements if not each.type.startswith("uima.")]
    found = {(each.type, "") for each in own}
    return found | {(each.type, name) for each in own for name in each.values if name not in ("sofa", "begin", "end")}


def cas_of(raw: Raw, file: str, kinds: Kinds) -> Cas:
    """What the elements of an XMI file say."""
    cas = Cas(file)
    for element in raw.sofas:
        values = element.values
        text, name = values.get("sofaString"), values.get("sofaID")
        cas.sofas.append(
            Sofa(element.id, str(name or element.id), text if isinstance(text, str) else None, element.line)
        )
    for sofa, members in raw.views:
        cas.members.setdefault(sofa, []).extend(members.split())
    for local, line in raw.strange:
        cas.tell("import-syntax", f"an element {local[:60]!r} has no xmi:id: it was left out", line)
    by_id: dict[str, Element] = {}
    texts = {sofa.id for sofa in cas.sofas}
    for element in raw.elements:
        if element.id in by_id:
            message = f'the id "{element.id}" is taken: line {by_id[element.id].line:,} has it'
            cas.tell("import-duplicate-id", message, element.line)
            continue
        if element.id in texts:
            message = (
                f'the id "{element.id}" is also that of a text: what each reference means was told by where it stands'
            )
            cas.tell("import-loose", message, element.line)
        by_id[element.id] = element
    for element in by_id.values():
        structure = _structure(element, by_id, cas, kinds)
        if structure is not None:
            cas.structures[structure.id] = structure
    cas.look_for_lost()
    _look_up_members(cas, texts, raw)
    return cas


def _look_up_members(cas: Cas, texts: set[str], raw: Raw) -> None:
    line = raw.sofas[0].line if raw.sofas else 1
    for sofa, members in cas.members.items():
        if sofa not in texts:
            cas.tell("import-dangling", f'a view is of the text "{sofa[:60]}", which is not there', line)
        lost = [id_ for id_ in members if id_ not in cas.structures and id_ != _NULL]
        if lost:
            message = (
                f"the view has {len(lost):,} members that are not there or were refused, the first {lost[0][:60]!r}"
            )
            cas.tell("import-dangling", message, line)


def _structure(element: Element, by_id: Mapping[str, Element], cas: Cas, kinds: Kinds) -> Structure | None:
    values = element.values
    sofa, begin, end = values.get("sofa"), values.get("begin"), values.get("end")
    annotation = kinds.is_annotation(element.type, element.line)
    structure = Structure(element.id, element.type, element.line, sofa if isinstance(sofa, str) else None)
    if begin is not None and end is not None:
        try:
            structure.begin, structure.end = int(str(begin)), int(str(end))
        except ValueError:
            message = f'the span {str(begin)[:20]!r}..{str(end)[:20]!r} of "{element.id}" is no span: it was left out'
            cas.tell("import-syntax", message, element.line)
            return None
    elif annotation:
        cas.tell("import-syntax", f'the annotation "{element.id}" has no begin and end: it was left out', element.line)
        return None
    placed = structure.place is not None
    for name, raw in values.items():
        if name != "sofa" and not (placed and name in ("begin", "end")):
            kind, shared = kinds.of(element.type, name, element.line)
            _fill(structure, name, raw, kind, shared=shared, by_id=by_id, cas=cas)
    return structure


def _fill(  # noqa: PLR0913 - what is known of one feature
    structure: Structure,
    name: str,
    raw: str | list[str | None],
    kind: str | None,
    *,
    shared: bool,
    by_id: Mapping[str, Element],
    cas: Cas,
) -> None:
    if shared and isinstance(raw, str) and (other := by_id.get(raw)) is not None and is_collection(other.type):
        structure.features[name] = Reference(raw)
        return
    try:
        value = _guessed(name, raw, by_id) if kind is None else _READERS[kind](raw)
    except (ValueError, KeyError):
        shown = f"{str(raw)[:60]!r}"
        cas.tell(
            "import-kept",
            f'"{name}" of "{structure.id}" should be {kind}, and is {shown}: it is kept under extra',
            structure.line,
        )
        structure.loose[name] = raw
        return
    if kind is None and value == "":
        structure.loose[name] = value  # a text, or an array that is empty
    elif value is not None:
        structure.features[name] = value


def _guessed(name: str, raw: str | list[str | None], by_id: Mapping[str, Element]) -> Any:
    """What a feature that isn't declared may hold: references by their names and by what they lead to; else texts."""
    if isinstance(raw, list):
        return _strings(raw)
    if name in _REFERENCES and raw in by_id:
        return Reference(raw)
    parts = raw.split()
    if parts and all(part in by_id and by_id[part].values.keys() <= _SLOTS and by_id[part].values for part in parts):
        return tuple(Reference(part) for part in parts)
    return raw


def _words(raw: str | list[str | None]) -> list[str]:
    return raw.split() if isinstance(raw, str) else [each or "" for each in raw]


def _one(raw: str | list[str | None]) -> str:
    if isinstance(raw, str):
        return raw
    return " ".join(each or "" for each in raw)


def _strings(raw: str | list[str | None]) -> list[Any]:
    return ([raw] if raw else []) if isinstance(raw, str) else list(raw)


def _reference(id_: str) -> Reference | None:
    return None if id_ == _NULL else Reference(id_)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "boolean": lambda raw: _BOOLEANS[_one(raw).strip()],
    "integer": lambda raw: int(_one(raw)),
    "number": lambda raw: float(_one(raw)),
    "string": _one,
    "bytes": _one,
    "reference": lambda raw: _reference(_one(raw).strip()),
    "booleans": lambda raw: [_BOOLEANS[each] for each in _words(raw)],
    "integers": lambda raw: [int(each) for each in _words(raw)],
    "numbers": lambda raw: [float(each) for each in _words(raw)],
    "strings": _strings,
    "references": lambda raw: tuple(_reference(each) for each in _words(raw)),
}
