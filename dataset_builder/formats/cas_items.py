"""What a common analysis structure says, as neutral articles: one for each of its texts.

Ids of structures are made anew by every tool that saves a file, so items have ids made of their layer and their place:
the same annotation has the same id whichever file says it, and what is saved again without a change is no change.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from dataset_builder.formats.cas import INITIAL_VIEW, Cas, Reference, Sofa, Structure, short, snake
from dataset_builder.formats.cas_parts import (
    ATTACHED,
    DEPENDENT,
    GOVERNOR,
    SEGMENTS,
    TOKEN,
    Parts,
    base_of,
    chain_of,
    is_collection,
    references_in,
)
from dataset_builder.formats.cas_values import held, label_of, plain, property_name
from dataset_builder.formats.records import layer_name
from dataset_builder.formats.settle import POINTS
from dataset_builder.model.foreign import Argument, ForeignArticle, ForeignRecord, Item
from dataset_builder.model.unit import UTF_16

__all__ = ["WAYS", "Reading"]

WAYS = ("extra", "layers", "none")
"""What becomes of tokens and sentences."""

_LARGEST = 2**63


@dataclass(slots=True)
class _Draft:
    """An item before it has its id."""

    structure: Structure
    layer: str
    label: str | None = None
    fragments: tuple[tuple[int, int], ...] = ()
    anchor: tuple[int, int] | None = None  # the place that its id is made of
    references: dict[str, Any] = field(default_factory=dict)  # property to a structure's id, or several
    arguments: list[tuple[str, str]] = field(default_factory=list)
    slots: list[str] = field(default_factory=list)  # the feature that each argument is of
    attributes: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def order(self) -> tuple[int, int, str]:
        start, end = self.anchor or (_LARGEST, 0)
        said = orjson.dumps(self.attributes, option=orjson.OPT_SORT_KEYS).decode()
        return start, -end, f"{self.label or ''} {said}"


class Reading:
    """How structures become items, for a whole import: names of layers stay what they were in the first file."""

    def __init__(self, segments: str = "extra") -> None:
        self._segments = segments
        self._names: dict[str, str] = {}  # type to layer
        self._taken: dict[str, str] = {}  # layer to type
        self._placed: dict[str, bool] = {}  # layer to whether its items have places

    def articles(self, cas: Cas, name: str, annotator: str) -> Iterator[ForeignArticle]:
        """An article for each text of `cas`, with one record; findings are with the first."""
        spoken_of = {structure.sofa for structure in cas.structures.values()}
        texts = [sofa for sofa in cas.sofas if sofa.text or cas.members.get(sofa.id) or sofa.id in spoken_of]
        first = next((sofa for sofa in texts if sofa.name == INITIAL_VIEW), texts[0] if texts else None)
        troubles = cas.troubles
        for sofa in texts:
            called = name if sofa is first else f"{name}.{sofa.name}"
            article = ForeignArticle(
                name=called, text=sofa.text or "", file=cas.file, line=sofa.line, troubles=list(troubles)
            )
            del troubles[:]
            view = _View(cas, sofa, self)
            article.records.append(view.record(annotator))
            article.metadata.update(view.metadata)
            article.troubles += troubles
            del troubles[:]
            yield article

    @property
    def segments(self) -> str:
        """What becomes of tokens and sentences."""
        return self._segments

    def layer_of(self, type_: str, *, placed: bool) -> str:
        """The layer of that type; items with a place and items without one don't share a layer."""
        base = base_of(type_)
        name = self._names.get(base)
        if name is None:
            name = layer_name(snake(short(base)))
            if name in self._taken:
                name = layer_name(snake(base.replace(".", "_")))
            if name.endswith(POINTS):
                name += "_layer"  # what has the name is where spans of another layer go that cover nothing
            while name in self._taken:
                name += "_"
            self._names[base], self._taken[name] = name, base
        if self._placed.setdefault(name, placed) is not placed:
            name = f"{name}_placed" if placed else f"{name}_unplaced"
        return name


class _View:
    """One text of a file, and what is said of it."""

    def __init__(self, cas: Cas, sofa: Sofa, reading: Reading) -> None:
        self._cas, self._sofa, self._reading = cas, sofa, reading
        self._parts = Parts.of(cas, sofa, segments=reading.segments == "layers")
        self._known = frozenset(self._parts.items)
        text = sofa.text or ""
        self._points = UTF_16.code_points(text, self._offsets())
        self.metadata: dict[str, Any] = {}
        for id_ in self._parts.metadata:
            self._describe(cas.structures[id_])

    def _offsets(self) -> Iterator[int]:
        for structure in self._cas.structures.values():
            yield from structure.place or ()

    def record(self, annotator: str) -> ForeignRecord:
        """What is said of the text, as a record."""
        found = ForeignRecord(annotator=annotator)
        drafts = [draft for id_ in self._parts.items if (draft := self._draft(self._cas.structures[id_]))]
        drafts.sort(key=lambda each: each.order)
        ids = _ids(drafts)
        found.items = [self._item(draft, ids) for draft in drafts]
        if self._reading.segments == "extra":
            found.extra.update(self._segmentation())
        if self._parts.tagsets:
            found.extra["tagsets"] = [self._tagset(self._cas.structures[id_]) for id_ in self._parts.tagsets]
        return found

    def _tell(self, kind: str, message: str, structure: Structure) -> None:
        self._cas.tell(kind, message, structure.line)

    def _describe(self, structure: Structure) -> None:
        """Adds what `structure` says of the text as a whole."""
        for name, value in {**structure.features, **structure.loose}.items():
            if value != "x-unspecified":
                self.metadata.setdefault(name, plain(value))

    def _place(self, structure: Structure) -> tuple[int, int] | None:
        """The place of `structure` in code points; None where it isn't in the text."""
        start, end = (self._points.get(offset) for offset in structure.place or ())
        return None if start is None or end is None else (start, end)

    def _draft(self, structure: Structure) -> _Draft | None:
        placed = structure.place is not None
        relation = GOVERNOR in structure.features and DEPENDENT in structure.features
        draft = _Draft(structure, self._reading.layer_of(structure.type, placed=placed and not relation))
        if placed:
            place = self._place(structure)
            if place is None:
                self._tell("import-range", _misplaced(structure), structure)
                return None
            draft.anchor = place
            if not relation:
                draft.fragments = (place,)
            elif place != self._dependent_place(structure):
                draft.extra["span"] = list(place)
                message = "the relation has a span that isn't its dependent's: it is kept under extra"
                self._tell("import-kept", message, structure)
        elif chain := self._chain(structure, draft):
            draft.anchor = self._place(self._cas.structures[chain[0]])
        self._say(structure, draft)
        return draft

    def _dependent_place(self, structure: Structure) -> tuple[int, int] | None:
        target = structure.features[DEPENDENT]
        other = self._cas.structures.get(target.id) if isinstance(target, Reference) else None
        return self._place(other) if other is not None and other.place else None

    def _chain(self, structure: Structure, draft: _Draft) -> list[str]:
        if not isinstance(structure.features.get("first"), Reference):
            return []
        links = [id_ for id_ in chain_of(self._cas, structure.id) if self._reaches(id_)]
        if links:
            draft.references["members"] = tuple(links)
        return links

    def _say(self, structure: Structure, draft: _Draft) -> None:
        """Fills in what the features of `structure` say."""
        if structure.type != base_of(structure.type):
            draft.extra["type"] = structure.type
        draft.extra.update(structure.loose)
        label = label_of(structure)
        for name, value in structure.features.items():
            if name == label:
                draft.label = value
            elif (name == "first" and "members" in draft.references) or (
                name == "next" and structure.id in self._parts.chained
            ):
                continue
            elif isinstance(value, Reference):
                self._lead(draft, name, value)
            elif isinstance(value, tuple):
                self._lead_to_several(draft, name, value)
            else:
                self._attribute(draft, name, value)
        if len(set(draft.slots)) > 1:
            draft.extra["slots"] = draft.slots

    def _attribute(self, draft: _Draft, name: str, value: Any) -> None:
        kept = held(value)
        if kept == value and value != []:
            draft.attributes[name] = value
            return
        draft.extra[name] = kept
        if value != []:
            self._tell(
                "import-kept", f'JSON has no number such as that of "{name}": it is kept under extra', draft.structure
            )

    def _lead(self, draft: _Draft, name: str, value: Reference) -> None:
        other = self._cas.structures.get(value.id)
        token = draft.structure.type == TOKEN
        if token and name in ATTACHED and other is not None and other.place == draft.structure.place:
            return
        if other is not None and is_collection(other.type) and value.id not in self._known:
            if self._parts.shares[value.id] > 1:
                draft.extra.setdefault("shared", {})[name] = value.id
            inner = self._inside(other)
            if isinstance(inner, tuple):
                self._lead_to_several(draft, name, inner)
            else:
                self._attribute(draft, name, inner)
            return
        if self._reaches(value.id) or name in (GOVERNOR, DEPENDENT):
            draft.references[property_name(name)] = value.id
        else:
            message = (
                f'the feature "{name}" refers to "{value.id}", which is not there, was refused, or is of another text'
            )
            self._tell("import-dangling", message, draft.structure)

    def _lead_to_several(self, draft: _Draft, name: str, values: tuple[Any, ...]) -> None:
        targets = [value.id if isinstance(value, Reference) else None for value in values]
        if targets and all(target in self._parts.links for target in targets):
            self._link(draft, name, [target for target in targets if target])
            return
        known = tuple(target for target in targets if target and self._reaches(target))
        for target in targets:
            if target and target not in known:
                message = f'the feature "{name}" refers to "{target}", which is not there, or is of another text'
                self._tell("import-dangling", message, draft.structure)
        if known:
            draft.references[property_name(name)] = known
        if len(known) < len(targets) or not targets:
            draft.extra[name] = targets

    def _link(self, draft: _Draft, name: str, links: list[str]) -> None:
        """Takes what plays roles in an item; a role that isn't named is called as the feature is."""
        for id_ in links:
            link = self._cas.structures[id_]
            role, target = link.features.get("role"), link.features.get("target")
            if isinstance(target, Reference) and (self._reaches(target.id) or target.id not in self._cas.structures):
                draft.arguments.append((str(role) if role else name, target.id))
                draft.slots.append(name)
            else:
                self._tell("import-kept", f'nothing plays the role in "{name}": it is kept under extra', link)
                draft.extra.setdefault("open", []).append([name, role])

    def _reaches(self, id_: str) -> bool:
        """Whether `id_` is an item of this text."""
        structure = self._cas.structures.get(id_)
        if structure is None or id_ not in self._known:
            return False
        return structure.place is None or self._place(structure) is not None

    def _inside(self, structure: Structure) -> Any:
        """What an array or a list holds: a tuple of references, or a list of values."""
        if "elements" in structure.features or structure.type.endswith("Array"):
            return structure.features.get("elements", ())
        found: list[Any] = []
        seen: set[str] = set()
        while structure.id not in seen and "head" in structure.features:
            seen.add(structure.id)
            found.append(structure.features["head"])
            tail = structure.features.get("tail")
            after = self._cas.structures.get(tail.id) if isinstance(tail, Reference) else None
            if after is None:
                break
            structure = after
        return tuple(found) if any(isinstance(each, Reference) for each in found) else found

    def _item(self, draft: _Draft, ids: Mapping[str, str]) -> Item:
        references = {
            name: ids.get(target, target) if isinstance(target, str) else tuple(ids.get(each, each) for each in target)
            for name, target in draft.references.items()
        }
        return Item(
            ids[draft.structure.id],
            draft.layer,
            draft.label,
            draft.fragments,
            None,
            references,
            tuple(Argument(role, ids.get(target, target)) for role, target in draft.arguments),
            draft.attributes,
            extra=draft.extra,
            file=self._cas.file,
            line=draft.structure.line,
        )

    def _segmentation(self) -> Iterator[tuple[str, Any]]:
        """The places of tokens and sentences, in little room."""
        found: dict[str, list[str]] = defaultdict(list)
        for id_ in self._parts.segments:
            structure = self._cas.structures[id_]
            place = self._place(structure)
            if place is None:
                self._tell("import-range", _misplaced(structure), structure)
                continue
            called = structure.features.get("id")
            found[SEGMENTS[structure.type]].append(f"{place[0]}-{place[1]}" + (f"={called}" if called else ""))
        yield from ((name, " ".join(found[name])) for name in sorted(found))

    def _tagset(self, structure: Structure) -> dict[str, Any]:
        tags = structure.features.get("tags")
        inner = tags if isinstance(tags, tuple) else ()
        said = {name: plain(value) for name, value in structure.features.items() if name != "tags"}
        described = [self._cas.structures[target] for target in references_in(inner) if target in self._cas.structures]
        if described:
            said["tags"] = [{name: plain(value) for name, value in each.features.items()} for each in described]
        return said


def _misplaced(structure: Structure) -> str:
    span = f"{structure.begin}..{structure.end}"
    return f"the {short(structure.type)} at {span} doesn't lie in the text, or cuts a character, in UTF-16 units"


def _ids(drafts: Iterable[_Draft]) -> dict[str, str]:
    """An id for each structure of `drafts`, which are in order: of its layer and its place, or a number."""
    found: dict[str, str] = {}
    taken: dict[str, int] = {}
    for draft in drafts:
        stem = f"{draft.layer}-{draft.anchor[0]}-{draft.anchor[1]}" if draft.anchor else draft.layer
        count = taken[stem] = taken.get(stem, 0) + 1
        found[draft.structure.id] = stem if count == 1 and draft.anchor else f"{stem}-{count}"
    return found
