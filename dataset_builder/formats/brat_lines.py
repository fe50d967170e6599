"""The lines of a brat annotation file: read, and written as brat writes them.

The format is that of https://brat.nlplab.org/standoff.html. Offsets count code points.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dataset_builder.formats.brat_configuration import Configuration
from dataset_builder.model.foreign import Argument, ForeignRecord, Item, Note, Referent, Trouble

__all__ = [
    "ENTITIES",
    "EQUIVALENCES",
    "EVENTS",
    "RELATIONS",
    "TRIGGERS",
    "attribute_line",
    "equivalence_line",
    "event_line",
    "placed",
    "rank",
    "read_lines",
    "relation_line",
]

ENTITIES, TRIGGERS, EVENTS = "entities", "triggers", "events"
RELATIONS, EQUIVALENCES = "relations", "equivalences"
_RANK = {"T": 0, "E": 1, "R": 2, "*": 3, "A": 4, "M": 4, "N": 5, "#": 6}  # the order in which lines are written
_SHOWN = 60


@dataclass(slots=True)
class _Draft:
    """An item before all lines that speak of it are read."""

    id: str
    layer: str
    label: str
    line: int
    fragments: tuple[tuple[int, int], ...] = ()
    quote: str | None = None
    references: dict[str, str | tuple[str, ...]] = field(default_factory=dict)
    arguments: tuple[Argument, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    referents: list[Referent] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)

    def item(self, file: str) -> Item:
        return Item(
            self.id,
            self.layer,
            self.label,
            self.fragments,
            self.quote,
            self.references,
            self.arguments,
            self.attributes,
            tuple(self.notes),
            tuple(self.referents),
            self.extra,
            file,
            self.line,
        )


def read_lines(
    parts: Sequence[tuple[str, str]], annotator: str, configuration: Configuration | None = None
) -> tuple[ForeignRecord, list[Trouble]]:
    """The record in the annotation files `parts`, each its name and its text, and what is wrong with its lines."""
    reader = _Reader(configuration or Configuration())
    for file, text in parts:
        reader.read(file, text)
    return reader.record(annotator), reader.troubles


class _Reader:
    """Reads the annotation files of one document."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration
        self.troubles: list[Trouble] = []
        self._drafts: list[tuple[_Draft, str]] = []  # with the file that each is in
        self._late: list[tuple[str, str, int]] = []  # lines that speak of items: the line, its file, its number
        self._triggers: set[str] = set()
        self._order: list[str] = []  # ids in the order of lines
        self._spelling: dict[str, str] = {}  # lines that brat would write otherwise
        self._unknown: list[str] = []
        self._equivalences = 0
        self._file, self._number = "", 0

    def read(self, file: str, text: str) -> None:
        """Reads one file."""
        self._file = file
        for number, line in enumerate(text.split("\n"), start=1):
            plain = line.rstrip("\r")
            if not plain.strip():
                continue
            self._number = number
            read = _READERS.get(plain[0])
            if read is None:
                self._keep(plain)
            elif not read(self, plain):
                shown = plain if len(plain) <= _SHOWN else f"{plain[:_SHOWN]}…"
                self._tell("import-syntax", f"{_FORMS[plain[0]]}: {shown!r}")

    def _tell(self, kind: str, message: str) -> None:
        self.troubles.append(Trouble(kind, message, self._file, self._number))

    def _keep(self, line: str) -> None:
        shown = line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
        self._tell("import-kept", f"no line of brat begins so; it is kept under extra: {shown!r}")
        self._unknown.append(line)

    def _span(self, line: str) -> bool:
        id_, _, rest = line.partition("\t")
        head, tab, quote = rest.partition("\t")
        label, _, places = head.partition(" ")
        fragments = _fragments(places)
        if not fragments or not label or not _is_id(id_):
            return False
        if not tab:
            self._tell("import-loose", "the line doesn't say what text it marks: the offsets alone are believed")
        draft = _Draft(id_, ENTITIES, label, self._number, fragments, quote if tab else None)
        self._add(draft, line, f"{id_}\t{label} {placed(fragments)}\t{quote}")
        return True

    def _event(self, line: str) -> bool:
        id_, _, rest = line.partition("\t")
        parts = [part.partition(":") for part in rest.split()]
        if not parts or not _is_id(id_) or any(not name or not target for name, _, target in parts):
            return False
        (label, _, trigger), *arguments = parts
        self._triggers.add(trigger)
        draft = _Draft(id_, EVENTS, label, self._number)
        draft.references["trigger"] = trigger
        draft.arguments = tuple(Argument(role, target) for role, _, target in arguments)
        self._add(draft, line, event_line(id_, label, trigger, draft.arguments))
        return True

    def _relation(self, line: str) -> bool:
        id_, _, rest = line.partition("\t")
        label, *given = rest.split()[:64] or ("",)
        parts = [part.partition(":") for part in given]
        if len(parts) < 2 or not label or not _is_id(id_) or any(not name or not to for name, _, to in parts):
            return False
        draft = _Draft(id_, RELATIONS, label, self._number)
        draft.arguments = tuple(Argument(role, target) for role, _, target in parts)
        self._add(draft, line, relation_line(id_, label, draft.arguments))
        return True

    def _equivalence(self, line: str) -> bool:
        star, _, rest = line.partition("\t")
        label, *members = rest.split() or ("",)
        if star != "*" or len(members) < 2:
            return False
        self._equivalences += 1
        draft = _Draft(f"*{self._equivalences}", EQUIVALENCES, label, self._number)
        draft.references["members"] = tuple(members)
        self._add(draft, line, equivalence_line(label, members))
        return True

    def _add(self, draft: _Draft, line: str, usual: str) -> None:
        roles = [role for role, _ in draft.arguments]
        if objection := self._configuration.objection(draft.id[0], draft.label, roles):
            self._tell("import-undeclared", objection)
        self._drafts.append((draft, self._file))
        self._order.append(draft.id)
        if line != usual:
            self._spelling[draft.id] = line

    def _about(self, line: str) -> bool:
        self._late.append((line, self._file, self._number))
        return True

    def record(self, annotator: str) -> ForeignRecord:
        """The record of all files that were read."""
        known: dict[str, _Draft] = {}
        for draft, _ in self._drafts:
            known.setdefault(draft.id, draft)
            if draft.id in self._triggers and draft.layer == ENTITIES:
                draft.layer = TRIGGERS
        if self._late:
            self._speak(known)
        found = ForeignRecord(annotator=annotator, items=[draft.item(file) for draft, file in self._drafts])
        if self._order != sorted(self._order, key=rank):
            found.extra["order"] = " ".join(self._order)
        if self._spelling:
            found.extra["spelling"] = self._spelling
        if self._unknown:
            found.extra["lines"] = self._unknown
        return found

    def _speak(self, known: dict[str, _Draft]) -> None:
        """Reads the lines that speak of items: attributes, entries of knowledge bases, then notes, on these too."""
        owners: dict[str, _Draft] = {}  # of ids of attributes and the like
        places: list[tuple[int, str]] = []
        for line, file, number in sorted(self._late, key=lambda each: each[0][0] == "#"):
            self._file, self._number = file, number
            id_, _, rest = line.partition("\t")
            head, tab, text = rest.partition("\t")
            name, _, behind = head.partition(" ")
            target, _, value = behind.strip().partition(" ")
            usual = self._said(line[0], id_, (name, target, value.strip(), text if tab else None), known, owners)
            if usual is None:
                continue
            places.append((self._number, id_))
            if line != usual:
                self._spelling[id_] = line
        self._order = self._ordered(places)

    def _ordered(self, places: list[tuple[int, str]]) -> list[str]:
        """All ids in the order of their lines; files one behind the other."""
        numbered = [(draft.line, draft.id) for draft, _ in self._drafts]
        return [id_ for _, id_ in sorted((*numbered, *places), key=lambda each: each[0])]

    def _said(
        self,
        kind: str,
        id_: str,
        said: tuple[str, str, str, str | None],
        known: Mapping[str, _Draft],
        owners: dict[str, _Draft],
    ) -> str | None:
        """The line as brat would write it, once what it says is with its item; None where it was refused."""
        name, target, value, text = said
        if not _is_id(id_) or not name or not target or (kind == "N" and ":" not in value):
            shown = f"{id_}\t{name} {target} {value}"[:_SHOWN]
            self._tell("import-syntax", f"{_FORMS[kind]}: {shown!r}")
            return None
        draft = known.get(target) or (owners.get(target) if kind == "#" else None)
        if draft is None:
            self._tell("import-dangling", f'"{id_}" speaks of "{target}", which is not there')
            return None
        if id_ in owners or id_ in known:
            self._tell("import-duplicate-id", f'the id "{id_}" is taken')
            return None
        owners[id_] = draft
        if kind == "#":
            about = target if target != draft.id else None
            draft.notes.append(Note(text or "", name, id_, about))
            return f"{id_}\t{name} {target}\t{text or ''}"
        if kind == "N":
            resource, _, entry = value.partition(":")
            draft.referents.append(Referent(resource, entry, text, id_))
            return f"{id_}\tReference {target} {value}\t{text or ''}"
        if objection := self._configuration.objection_to_attribute(name, value):
            self._tell("import-undeclared", objection)
        if name in draft.attributes:
            self._tell("import-repeated", f'"{target}" has the attribute {name} already; this one is kept under extra')
            draft.extra.setdefault("attributes", []).append([id_, name, value])
        else:
            draft.attributes[name] = value or True
            draft.extra.setdefault("ids", {})[name] = id_
        return attribute_line(id_, name, target, value)


_READERS: Mapping[str, Callable[[_Reader, str], bool]] = {
    "T": _Reader._span,  # noqa: SLF001 - a table of the class's own methods
    "E": _Reader._event,  # noqa: SLF001
    "R": _Reader._relation,  # noqa: SLF001
    "*": _Reader._equivalence,  # noqa: SLF001
    **dict.fromkeys("AMN#", _Reader._about),  # noqa: SLF001
}
_FORMS = {
    "T": 'a span is "T1<tab>TYPE START END<tab>TEXT"',
    "E": 'an event is "E1<tab>TYPE:T1 ROLE:T2 …"',
    "R": 'a relation is "R1<tab>TYPE ROLE:T1 ROLE:T2"',
    "*": 'an equivalence is "*<tab>TYPE T1 T2 …"',
    "A": 'an attribute is "A1<tab>NAME T1 VALUE"',
    "M": 'an attribute is "M1<tab>NAME T1 VALUE"',
    "N": 'a normalization is "N1<tab>Reference T1 RESOURCE:ENTRY<tab>TEXT"',
    "#": 'a note is "#1<tab>TYPE T1<tab>TEXT"',
}


def _is_id(id_: str) -> bool:
    return len(id_) > 1 and not id_[1:].isspace() and " " not in id_


def rank(id_: str) -> tuple[int, int, str]:
    """Where the line of `id_` comes among others, unless a record knows it otherwise."""
    number = id_[1:]
    return _RANK.get(id_[0], 9), int(number) if number.isascii() and number.isdecimal() else 0, id_


def _fragments(places: str) -> tuple[tuple[int, int], ...] | None:
    found = []
    for place in places.split(";"):
        start, _, end = place.partition(" ")
        if not (start.isdecimal() and end.isdecimal() and start.isascii() and end.isascii() and len(place) < 32):
            return None
        found.append((int(start), int(end)))
    return tuple(found)


def placed(fragments: Sequence[tuple[int, int]]) -> str:
    """Fragments as brat writes them."""
    return ";".join([f"{start} {end}" for start, end in fragments])


def event_line(id_: str, label: str, trigger: str, arguments: Sequence[Argument]) -> str:
    """An event as brat writes it."""
    return " ".join((f"{id_}\t{label}:{trigger}", *(f"{role}:{target}" for role, target in arguments)))


def relation_line(id_: str, label: str, arguments: Sequence[Argument]) -> str:
    """A relation as brat writes it."""
    return " ".join((f"{id_}\t{label}", *(f"{role}:{target}" for role, target in arguments)))


def equivalence_line(label: str, members: Sequence[str]) -> str:
    """An equivalence as brat writes it."""
    return f"*\t{label} {' '.join(members)}"


def attribute_line(id_: str, name: str, target: str, value: str) -> str:
    """An attribute as brat writes it; `value` is empty where it is only set."""
    return f"{id_}\t{name} {target} {value}" if value else f"{id_}\t{name} {target}"
