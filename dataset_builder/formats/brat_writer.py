"""Articles written as a brat collection: texts, annotation files, and a configuration that declares what is used."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from dataset_builder.formats.brat_lines import (
    ENTITIES,
    EQUIVALENCES,
    EVENTS,
    RELATIONS,
    TRIGGERS,
    attribute_line,
    equivalence_line,
    event_line,
    placed,
    rank,
    relation_line,
)
from dataset_builder.formats.format import Written
from dataset_builder.formats.settle import POINTS, covered
from dataset_builder.model.foreign import Argument, ForeignArticle, ForeignRecord, Item, Trouble

__all__ = ["BratWriter"]

_LAYERS = frozenset({ENTITIES, TRIGGERS, EVENTS, RELATIONS, EQUIVALENCES, f"{ENTITIES}{POINTS}", f"{TRIGGERS}{POINTS}"})
_ONE_LINE = str.maketrans("\n\r\t", "   ")


class BratWriter:
    """Writes a collection: annotators in folders of their own where there are several."""

    def __init__(self, annotators: str | None) -> None:
        self._way = annotators
        self._told: set[str] = set()  # layers that a word was said on
        self._entities: dict[str, None] = {}
        self._relations: dict[str, dict[str, None]] = {}
        self._equivalences: dict[str, None] = {}
        self._events: dict[str, dict[str, None]] = {}
        self._attributes: dict[str, dict[str, None]] = {}  # to values; none where it is only set

    def write(self, articles: Iterable[ForeignArticle], annotators: Sequence[str]) -> Iterator[Written]:
        """A text and an annotation file for each record, and the configuration last."""
        folders = self._way == "folder" or (self._way is None and len(annotators) > 1)
        for article in articles:
            yield from self._in_folders(article) if folders and article.records else self._beside(article)
        yield Written(file="annotation.conf", data=self._configuration().encode())

    def _in_folders(self, article: ForeignArticle) -> Iterator[Written]:
        for record in article.records:
            base = f"{record.annotator}/{article.name}"
            yield Written(file=f"{base}.txt", data=article.text.encode())
            yield self._annotations(record, article, base)

    def _beside(self, article: ForeignArticle) -> Iterator[Written]:
        troubles: tuple[Trouble, ...] = ()
        if len(article.records) > 1:
            others = ", ".join(record.annotator for record in article.records[1:])
            troubles = (_lost(f"only one record goes beside a text: what {others} say is left out", article.file),)
        yield Written(file=f"{article.name}.txt", data=article.text.encode(), troubles=troubles)
        for record in article.records[:1]:
            yield self._annotations(record, article, article.name)

    def _annotations(self, record: ForeignRecord, article: ForeignArticle, base: str) -> Written:
        lines = _Lines(record, article)
        data = "".join(f"{line}\n" for line in lines.all()).encode()
        self._declare(lines)
        return Written(file=f"{base}.ann", data=data, troubles=(*lines.troubles, *self._layers_of(record, article)))

    def _layers_of(self, record: ForeignRecord, article: ForeignArticle) -> Iterator[Trouble]:
        for layer in dict.fromkeys(item.layer for item in record.items):
            if layer not in _LAYERS and layer not in self._told:
                self._told.add(layer)
                message = f'brat has no layers: items of "{layer}" stand among the others'
                yield Trouble("export-changed", message, article.file)

    def _declare(self, lines: "_Lines") -> None:
        self._entities.update(lines.entities)
        self._equivalences.update(lines.equivalences)
        for mine, theirs in ((self._relations, lines.relations), (self._events, lines.events)):
            for label, roles in theirs.items():
                mine.setdefault(label, {}).update(roles)
        for name, values in lines.attributes.items():
            self._attributes.setdefault(name, {}).update(values)

    def _configuration(self) -> str:
        """`annotation.conf`: all types, roles and values that were written."""
        relations = [
            f"{label}\t{', '.join(f'{role}:<ANY>' for role in sorted(roles))}"
            for label, roles in sorted(self._relations.items())
        ]
        relations += [
            f"{label}\tArg1:<ANY>, Arg2:<ANY>, <REL-TYPE>:symmetric-transitive" for label in sorted(self._equivalences)
        ]
        events = [
            f"{label}\t{', '.join(f'{role}*:<ANY>' for role in sorted(roles))}".rstrip()
            for label, roles in sorted(self._events.items())
        ]
        attributes = [
            f"{name}\tArg:<ANY>{', Value:' + '|'.join(sorted(values)) if values else ''}"
            for name, values in sorted(self._attributes.items())
        ]
        sections = {
            "entities": sorted(self._entities),
            "relations": relations,
            "events": events,
            "attributes": attributes,
        }
        return "\n".join(f"[{name}]\n" + "".join(f"{line}\n" for line in lines) for name, lines in sections.items())


def _lost(message: str, file: str) -> Trouble:
    return Trouble("export-lost", message, file)


class _Lines:
    """The lines of one record."""

    def __init__(self, record: ForeignRecord, article: ForeignArticle) -> None:
        self.troubles: list[Trouble] = []
        self.entities: dict[str, None] = {}
        self.equivalences: dict[str, None] = {}
        self.relations: dict[str, dict[str, None]] = {}
        self.events: dict[str, dict[str, None]] = {}
        self.attributes: dict[str, dict[str, None]] = {}
        self._record, self._article = record, article
        self._lines: dict[str, str] = {}  # by id
        self._next: dict[str, int] = {}  # by letter
        self._events_of = {item.references.get("trigger"): item.label for item in record.items}
        self._taken = {item.id for item in record.items} | set(_inner_ids(record))
        self._ids = {item.id: self._id(item) for item in record.items}

    def _tell(self, kind: str, item: Item, message: str) -> None:
        self.troubles.append(Trouble(kind, f'"{item.id}" of {item.layer}: {message}', item.file))

    def _id(self, item: Item) -> str:
        letter = _letter(item)
        given = item.id
        if given[0] == letter and (letter == "*" or (given[1:].isascii() and given[1:].isdecimal())):
            return given
        return self._fresh(letter)

    def _fresh(self, letter: str) -> str:
        number = self._next.get(letter, 1)
        while f"{letter}{number}" in self._taken:
            number += 1
        self._next[letter] = number + 1
        return f"{letter}{number}"

    def all(self) -> list[str]:
        """All lines, in the order that the record knows, or else in brat's."""
        for item in self._record.items:
            self._item(item)
        for name in self._record.attributes:
            message = f'brat has no place for what is said of a text as a whole: "{name}" is left out'
            self.troubles.append(_lost(message, self._article.file))
        extra = self._record.extra
        order = extra.get("order")
        ids = sorted(self._lines, key=rank)
        if isinstance(order, str):
            known = [id_ for id_ in dict.fromkeys(order.split(" ")) if id_ in self._lines]
            ids = [*known, *(id_ for id_ in ids if id_ not in set(known))]
        spelling = extra.get("spelling")
        spelling = spelling if isinstance(spelling, dict) else {}
        kept = extra.get("lines")
        kept = [line for line in kept if isinstance(line, str) and "\n" not in line] if isinstance(kept, list) else []
        return [*(_spelled(self._lines[id_], spelling.get(id_)) for id_ in ids), *kept]

    def _item(self, item: Item) -> None:
        id_, letter = self._ids[item.id], _letter(item)
        label = self._word(item, item.label or item.layer)
        arguments = [Argument(self._word(item, role), self._ids[target]) for role, target in item.arguments]
        rest = dict(item.references)
        if letter == "R" and not arguments:
            arguments = self._two_ends(item, rest)
        match letter:
            case "E":
                trigger = self._ids[str(rest.pop("trigger"))]
                self.events.setdefault(label, {}).update(dict.fromkeys(role for role, _ in arguments))
                self._lines[id_] = event_line(id_, label, trigger, arguments)
                arguments = []
            case "*":
                members = [self._ids[member] for member in rest.pop("members")]
                self.equivalences[label] = None
                self._lines[id_] = equivalence_line(label, members)
            case "R" if len(arguments) == 2:
                self.relations.setdefault(label, {}).update(dict.fromkeys(role for role, _ in arguments))
                self._lines[id_] = relation_line(id_, label, arguments)
                arguments = []
            case "T":
                if self._events_of.get(item.id) != label:
                    self.entities[label] = None
                quote = covered(item, self._article.text).translate(_ONE_LINE)
                self._lines[id_] = f"{id_}\t{label} {placed(item.fragments)}\t{quote}"
            case _:
                message = "brat has relations of two arguments only, so that it is left out"
                self._tell("export-lost", item, message)
                return
        self._refer(item, id_, rest, arguments)
        self._say(item, id_)

    def _two_ends(self, item: Item, rest: dict[str, Any]) -> list[Argument]:
        """The arguments of an item that is tied to just two others by references of its own; taken out of `rest`."""
        ends = [name for name, target in rest.items() if isinstance(target, str)]
        if len(ends) != 2:
            return []
        return [Argument(self._word(item, name), self._ids[rest.pop(name)]) for name in ends]

    def _refer(self, item: Item, id_: str, rest: Mapping[str, Any], arguments: list[Argument]) -> None:
        """References that brat has no form for, as relations."""
        for name, target in rest.items():
            targets = [target] if isinstance(target, str) else target
            arguments += [Argument(self._word(item, name), self._ids[each]) for each in targets]
        for role, target in arguments:
            if id_[0] in "*R" or target[0] in "*R":
                message = f'brat ties spans and events, not relations or equivalences: "{role}" is left out'
                self._tell("export-lost", item, message)
                continue
            fresh = self._fresh("R")
            self._tell("export-changed", item, f'the reference "{role}" is written as the relation {fresh}')
            self.relations.setdefault(role, {}).update({"Arg1": None, "Arg2": None})
            self._lines[fresh] = relation_line(fresh, role, (Argument("Arg1", id_), Argument("Arg2", target)))

    def _say(self, item: Item, id_: str) -> None:
        """Attributes, entries of knowledge bases and notes of an item."""
        ids = item.extra.get("ids")
        ids = ids if isinstance(ids, dict) else {}
        if id_[0] == "*" and (item.attributes or item.notes or item.referents):
            self._tell("export-lost", item, "brat says nothing of equivalences: its attributes and notes are left out")
            return
        for name, value in item.attributes.items():
            self._attribute(item, id_, ids.get(name), name, value)
        more = item.extra.get("attributes")
        for each in more if isinstance(more, list) else ():
            if isinstance(each, list) and len(each) == 3 and all(isinstance(part, str) for part in each):
                self._attribute(item, id_, each[0], each[1], each[2] or True)
        for referent in item.referents:
            fresh = _own(referent.id, "N") or self._fresh("N")
            text = (referent.text or "").translate(_ONE_LINE)
            entry = self._word(item, f"{referent.resource}:{referent.entry}")
            self._lines[fresh] = f"{fresh}\tReference {id_} {entry}\t{text}"
        for note in item.notes:
            fresh = _own(note.id, "#") or self._fresh("#")
            kind = self._word(item, note.type or "AnnotatorNotes")
            text = note.text.translate(_ONE_LINE)
            if text != note.text:
                self._tell("export-changed", item, "a note of several lines is written in one")
            self._lines[fresh] = f"{fresh}\t{kind} {note.about or id_}\t{text}"
        if unknown := sorted(set(item.extra) - {"ids", "attributes"}):
            self._tell("export-lost", item, f"what is under extra is left out: {', '.join(unknown)}")

    def _attribute(self, item: Item, target: str, id_: Any, name: str, value: Any) -> None:
        if value is False:
            self._tell("export-lost", item, f'brat has attributes that are set or not: "{name}" is not')
            return
        if not isinstance(value, bool | int | float | str) or value == "":
            self._tell("export-lost", item, f'an attribute of brat is a word: the value of "{name}" is none')
            return
        shown = "" if value is True else self._word(item, str(value))
        fresh = _own(id_, "AM") or self._fresh("A")
        called = self._word(item, name)
        self.attributes.setdefault(called, {}).update({shown: None} if shown else {})
        self._lines[fresh] = attribute_line(fresh, called, target, shown)

    def _word(self, item: Item, text: str) -> str:
        """`text` as brat's lines can hold it: white space parts their fields."""
        word = "_".join(text.split()) or "_"
        if word != text:
            self._tell("export-changed", item, f'"{text}" is written as "{word}"')
        return word


def _letter(item: Item) -> str:
    if isinstance(item.references.get("trigger"), str):
        return "E"
    if item.fragments:
        return "T"
    return "*" if isinstance(item.references.get("members"), tuple) else "R"


def _own(id_: Any, letters: str) -> str | None:
    """`id_`, if it is one that brat would give."""
    good = isinstance(id_, str) and id_[:1] in letters and id_[1:].isascii() and id_[1:].isdecimal()
    return id_ if good else None


def _inner_ids(record: ForeignRecord) -> Iterator[str]:
    for item in record.items:
        ids = item.extra.get("ids")
        yield from (each for each in (ids.values() if isinstance(ids, dict) else ()) if isinstance(each, str))
        yield from (note.id for note in item.notes if note.id)
        yield from (referent.id for referent in item.referents if referent.id)


def _spelled(line: str, spelling: Any) -> str:
    """`line` as it was spelt, if that says the same."""
    return spelling if isinstance(spelling, str) and "\n" not in spelling and spelling.split() == line.split() else line
