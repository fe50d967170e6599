"""Type systems of UIMA: what kinds of values features have. Read by `cassis`, which has DKPro Core's with it."""

import warnings
from collections.abc import Iterable
from functools import cache, cached_property
from io import BytesIO
from typing import TYPE_CHECKING, Any

from dataset_builder.errors import UsageError
from dataset_builder.formats.uima_xml import XmlError, parse

if TYPE_CHECKING:
    from cassis import TypeSystem

__all__ = ["KINDS", "Types", "UnclearTypes", "builtin_kind", "is_type_system", "load_types", "of_json"]

KINDS = {
    **dict.fromkeys(("Byte", "Short", "Integer", "Long"), "integer"),
    **dict.fromkeys(("Float", "Double"), "number"),
    "Boolean": "boolean",
    "String": "string",
    **dict.fromkeys(("ShortArray", "IntegerArray", "LongArray", "IntegerList"), "integers"),
    **dict.fromkeys(("FloatArray", "DoubleArray", "FloatList"), "numbers"),
    **dict.fromkeys(("EmptyIntegerList", "NonEmptyIntegerList"), "integers"),
    **dict.fromkeys(("EmptyFloatList", "NonEmptyFloatList"), "numbers"),
    **dict.fromkeys(("StringArray", "StringList", "EmptyStringList", "NonEmptyStringList"), "strings"),
    **dict.fromkeys(("FSArray", "FSList", "EmptyFSList", "NonEmptyFSList"), "references"),
    "BooleanArray": "booleans",
    "ByteArray": "bytes",
}
"""What features of UIMA's own types hold; of all others, a structure."""

_HEADS = {"Integer": "integer", "Float": "number", "String": "string", "FS": "reference"}


class UnclearTypes(Exception):  # noqa: N818 - it is caught and reported, and never leaves the room
    """A type system that can't be read."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.message, self.line = message, line


def builtin_kind(type_: str, feature: str) -> str | None:
    """What a feature of one of UIMA's own arrays and lists holds."""
    name = type_.removeprefix("uima.cas.")
    if name == type_:
        return None
    if feature == "elements":
        return KINDS.get(name)
    if feature == "tail":
        return "reference"
    if feature == "head":
        return next((kind for start, kind in _HEADS.items() if name.startswith(f"NonEmpty{start}")), None)
    return None


class Types:
    """One type system."""

    def __init__(self, system: "TypeSystem", name: str) -> None:
        self._system, self.name = system, name
        self._kinds: dict[str, dict[str, tuple[str, bool]]] = {}

    @cached_property
    def _known(self) -> dict[str, Any]:
        return {each.name: each for each in self._system.get_types(built_in=True)}

    def declares(self, type_: str) -> bool:
        """Whether there is such a type."""
        return type_ in self._known

    def kind(self, type_: str, feature: str) -> tuple[str, bool] | None:
        """What the feature holds, and whether arrays in it may be shared; None where there is no such feature."""
        found = self._kinds.get(type_)
        if found is None:
            declared = self._known.get(type_)
            features = declared.all_features if declared is not None else ()
            found = self._kinds[type_] = {
                each.name: (_kind(each), bool(each.multipleReferencesAllowed)) for each in features
            }
        return found.get(feature) or found.get(f"{feature}_")  # cassis so renames what is a word of Python

    def knows(self, type_: str, feature: str) -> bool:
        """Whether the type has such a feature."""
        return self.kind(type_, feature) is not None

    def is_annotation(self, type_: str) -> bool:
        """Whether structures of that type have a place in the text."""
        return self.kind(type_, "begin") is not None and self.kind(type_, "end") is not None


def _kind(feature: Any) -> str:
    type_ = feature.rangeType
    seen = 0
    while type_ is not None and seen < 100:
        name = getattr(type_, "name", type_)
        plain = name.removeprefix("uima.cas.")
        if plain != name and plain in KINDS:
            return KINDS[plain]
        if name.endswith("[]"):
            return KINDS.get(f"{name.removesuffix('[]').removeprefix('uima.cas.')}Array", "references")
        type_ = getattr(type_, "supertype", None)
        seen += 1
    return "reference"


def _cassis() -> Any:
    try:
        import cassis
    except ImportError as error:
        raise UsageError(
            "UIMA's formats are read with dkpro-cassis: install it with `pip install 'dataset-builder[uima]'`"
        ) from error
    return cassis


@cache
def dkpro() -> Types:
    """The type system of DKPro Core, which WebAnno and INCEpTION build on.

    Raises:
        UsageError: `cassis` isn't installed.
    """
    cassis = _cassis()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Types(cassis.load_dkpro_core_typesystem(), "DKPro Core")


def is_type_system(data: bytes) -> bool:
    """Whether the XML in `data` seems to describe types."""
    return b"<typeSystemDescription" in data[:4096]


def load_types(data: bytes, name: str) -> Types:
    """The type system in the XML of `data`.

    Raises:
        UnclearTypes: it is none, or can't be understood.
        UsageError: `cassis` isn't installed.
    """
    cassis = _cassis()
    try:
        parse(data, lambda *_: None, lambda *_: None)
    except XmlError as error:
        raise UnclearTypes(error.message, error.line) from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Types(cassis.load_typesystem(BytesIO(data)), name)
    except Exception as error:
        raise UnclearTypes(f"the type system can't be understood: {_first_line(error)}") from error


def of_json(declared: object, name: str) -> Types:
    """The type system that a file in JSON has with it.

    Raises:
        UnclearTypes: it can't be understood.
        UsageError: `cassis` isn't installed.
    """
    cassis = _cassis()
    document = {"%TYPES": declared, "%FEATURE_STRUCTURES": [], "%VIEWS": {}}
    import json

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return Types(cassis.load_cas_from_json(json.dumps(document)).typesystem, name)
    except Exception as error:
        raise UnclearTypes(f"the type system can't be understood: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    said = str(error).strip()
    return said.splitlines()[0][:200] if said else type(error).__name__


def fitting(used: Iterable[tuple[str, str]], systems: Iterable[Types]) -> Types | None:
    """The system that declares the most of the features `used`, of equals the first; None where none declares any.

    A type counts as a feature, "".
    """
    best: tuple[int, Types | None] = 0, None
    wanted = list(used)
    for system in systems:
        known = sum(system.declares(type_) and (not name or system.knows(type_, name)) for type_, name in wanted)
        if known > best[0]:
            best = known, system
    return best[1]
