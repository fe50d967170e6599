"""A common analysis structure: what UIMA calls the texts of a file and all that is said of them, as neutral values.

Files of WebAnno say the same in other words, and are read to the same values; so both become the same records. The
model is that of https://uima.apache.org/d/uimaj-current/references.html. Offsets count UTF-16 units, as Java does.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from dataset_builder.model.foreign import Trouble

__all__ = ["ANNOTATION", "INITIAL_VIEW", "Cas", "Reference", "Sofa", "Structure", "short", "snake"]

ANNOTATION = "uima.tcas.Annotation"
INITIAL_VIEW = "_InitialView"


@dataclass(frozen=True, slots=True)
class Reference:
    """A feature's value that is a structure."""

    id: str


@dataclass(slots=True)
class Structure:
    """A feature structure: a type, and a value for each feature that has one."""

    id: str
    type: str
    line: int
    sofa: str | None = None  # the id of the text that it is on
    begin: int | None = None  # UTF-16 units; both are there or none
    end: int | None = None
    features: dict[str, Any] = field(
        default_factory=dict
    )  # JSON values, references, and tuples of either; none is null
    loose: dict[str, Any] = field(default_factory=dict)  # what can't be a value of its feature

    @property
    def place(self) -> tuple[int, int] | None:
        """Where it is, if it is somewhere."""
        return None if self.begin is None or self.end is None else (self.begin, self.end)


@dataclass(slots=True)
class Sofa:
    """A subject of analysis: the text of a view."""

    id: str
    name: str
    text: str | None
    line: int


@dataclass(slots=True)
class Cas:
    """All that a file says."""

    file: str
    sofas: list[Sofa] = field(default_factory=list)
    structures: dict[str, Structure] = field(default_factory=dict)  # by id, in the order of the file
    members: dict[str, list[str]] = field(default_factory=dict)  # sofa to what is indexed in its view
    troubles: list[Trouble] = field(default_factory=list)

    def tell(self, kind: str, message: str, line: int) -> None:
        """Adds something that is wrong."""
        self.troubles.append(Trouble(kind, message, self.file, line))

    def look_for_lost(self) -> None:
        """Tells of structures that are on a text that isn't there, and takes them out."""
        texts = {sofa.id for sofa in self.sofas}
        for structure in [
            each for each in self.structures.values() if each.sofa is not None and each.sofa not in texts
        ]:
            message = (
                f'"{structure.id}" is on the text "{str(structure.sofa)[:60]}", which is not there: it was left out'
            )
            self.tell("import-dangling", message, structure.line)
            del self.structures[structure.id]


def short(type_: str) -> str:
    """The name of a type without its package."""
    return type_.rpartition(".")[2] or type_


def snake(name: str) -> str:
    """`name` in lower case, its words joined by `_`: `NamedEntity` is `named_entity`, `POSTag` is `pos_tag`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
