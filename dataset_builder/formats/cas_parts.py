"""Which part each structure of a view plays: an item, a link that belongs to its host, a chain, a token, a tag set."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dataset_builder.formats.cas import Cas, Reference, Sofa, Structure

__all__ = [
    "ATTACHED",
    "DEPENDENT",
    "GOVERNOR",
    "SEGMENTS",
    "TOKEN",
    "Parts",
    "base_of",
    "chain_of",
    "is_collection",
    "references_in",
]

GOVERNOR, DEPENDENT = "Governor", "Dependent"  # the ends of a relation, as WebAnno names them
_SEGMENTATION = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type."
SEGMENTS: Mapping[str, str] = {f"{_SEGMENTATION}Token": "tokens", f"{_SEGMENTATION}Sentence": "sentences"}
"""The types of segments, and what they are called under `extra`."""

TOKEN = f"{_SEGMENTATION}Token"

_METADATA = frozenset(
    ("uima.tcas.DocumentAnnotation", "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData")
)
_TAGSET = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.TagsetDescription"
_TAG = "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.TagDescription"
_LINK = frozenset(("role", "target"))
ATTACHED = frozenset(("lemma", "stem", "pos", "morph"))  # features of a token that lead to what lies where it does
_CORE = "de.tudarmstadt.ukp.dkpro.core.api."
_ELEVATED = (
    ("lexmorph.type.pos.", "POS"),
    ("syntax.type.constituent.", "Constituent"),
    ("syntax.type.dependency.", "Dependency"),
    ("syntax.type.chunk.", "Chunk"),
    ("ner.type.", "NamedEntity"),
)


def base_of(type_: str) -> str:
    """The type whose layer `type_` belongs to: DKPro has a type for many tags, below that of the layer."""
    if type_.startswith(_CORE):
        for package, base in _ELEVATED:
            if type_.startswith(f"{_CORE}{package}"):
                return f"{_CORE}{package}{base}"
    return type_


def references_in(value: Any) -> Iterator[str]:
    """The ids that a feature's value leads to."""
    if isinstance(value, Reference):
        yield value.id
    elif isinstance(value, tuple):
        for each in value:
            if isinstance(each, Reference):
                yield each.id


def is_collection(type_: str) -> bool:
    """Whether structures of that type are arrays, or nodes of lists."""
    return type_.startswith("uima.cas.") and type_.endswith(("Array", "List"))


@dataclass(slots=True)
class Parts:
    """The structures of one view by the part that they play; ids, in the order of the file."""

    items: list[str] = field(default_factory=list)
    segments: list[str] = field(default_factory=list)  # tokens and sentences, items or not
    metadata: list[str] = field(default_factory=list)
    tagsets: list[str] = field(default_factory=list)
    links: set[str] = field(default_factory=set)  # folded into their hosts
    shares: Counter[str] = field(default_factory=Counter)  # of an array, how many features have it
    chained: set[str] = field(default_factory=set)  # links of chains, whose `next` the chain says

    @classmethod
    def of(cls, cas: Cas, sofa: Sofa, *, segments: bool) -> "Parts":
        """The parts of what is said of `sofa`; with `segments`, tokens and sentences are items too."""
        found = cls()
        own = _own(cas, sofa)
        listed, single = _referred(cas, own)
        standing = _standing(cas, own, set(cas.members.get(sofa.id, ())))
        found.links = {id_ for id_ in listed - single if _is_link(cas.structures[id_])}
        passed = found.links | {id_ for id_ in listed if cas.structures[id_].type == _TAG}
        for id_ in own:
            structure = cas.structures[id_]
            found.shares.update(value.id for value in structure.features.values() if isinstance(value, Reference))
            if structure.type in SEGMENTS:
                found.segments.append(id_)
            elif structure.type in _METADATA and id_ not in listed | single:
                found.metadata.append(id_)
            elif structure.type == _TAGSET:
                found.tagsets.append(id_)
            elif id_ not in passed and (not is_collection(structure.type) or id_ in standing):
                found.items.append(id_)
        found.items += found.segments if segments else found._called(cas)
        for id_ in found.items:
            if _is_chain(cas.structures[id_]):
                found.chained |= set(chain_of(cas, id_))
        return found

    def _called(self, cas: Cas) -> list[str]:
        """The tokens and sentences that are items: what something refers to, or what says something of its own."""
        segments = set(self.segments)
        found: dict[str, None] = {}
        pending = [*self.items, *self.links, *(id_ for id_ in self.segments if _says_something(cas, id_))]
        while pending:
            structure = cas.structures[pending.pop()]
            if structure.type in SEGMENTS:
                found[structure.id] = None
            for name, value in structure.features.items():
                if structure.type in SEGMENTS and name in ATTACHED:
                    continue
                pending += [each for each in _targets(cas, value) if each in segments and each not in found]
        return [id_ for id_ in self.segments if id_ in found]


def chain_of(cas: Cas, id_: str) -> list[str]:
    """The links of a chain, in order; each once, however they are linked."""
    found: dict[str, None] = {}
    at = cas.structures[id_].features.get("first")
    while isinstance(at, Reference) and at.id in cas.structures and at.id not in found:
        found[at.id] = None
        at = cas.structures[at.id].features.get("next")
    return list(found)


def _own(cas: Cas, sofa: Sofa) -> list[str]:
    """What is said of `sofa`: what its view indexes, what lies on it, and what these lead to."""
    seen = {id_ for id_ in cas.members.get(sofa.id, ()) if id_ in cas.structures}
    seen |= {id_ for id_, structure in cas.structures.items() if structure.sofa == sofa.id}
    if sofa is next((each for each in cas.sofas if each.text), None):
        indexed = {id_ for members in cas.members.values() for id_ in members}
        seen |= _unclaimed(cas, indexed)
    pending = list(seen)
    while pending:
        structure = cas.structures[pending.pop()]
        for value in structure.features.values():
            for target in references_in(value):
                other = cas.structures.get(target)
                if other is not None and target not in seen and other.sofa in (None, sofa.id):
                    seen.add(target)
                    pending.append(target)
    return [id_ for id_ in cas.structures if id_ in seen]


def _unclaimed(cas: Cas, indexed: set[str]) -> set[str]:
    """What no view has and nothing leads to; it falls to the first."""
    led = {
        target
        for structure in cas.structures.values()
        for value in structure.features.values()
        for target in references_in(value)
    }
    return {id_ for id_, each in cas.structures.items() if each.sofa is None and id_ not in indexed | led}


def _referred(cas: Cas, own: list[str]) -> tuple[set[str], set[str]]:
    """What features that hold several refer to, and what others do."""
    listed: set[str] = set()
    single: set[str] = set()
    for id_ in own:
        for value in cas.structures[id_].features.values():
            targets = {target for target in references_in(value) if target in cas.structures}
            (listed if isinstance(value, tuple) else single).update(targets)
    return listed, single


def _targets(cas: Cas, value: Any) -> Iterator[str]:
    """What a value leads to, through arrays that stand behind a reference too."""
    for target in references_in(value):
        yield target
        other = cas.structures.get(target)
        if other is not None and is_collection(other.type):
            for inner in other.features.values():
                yield from references_in(inner)


def _is_link(structure: Structure) -> bool:
    """Whether it says of its host that something plays a role."""
    said = structure.features.keys()
    return structure.place is None and bool(said) and said <= _LINK and not structure.loose


def _is_chain(structure: Structure) -> bool:
    return structure.place is None and isinstance(structure.features.get("first"), Reference)


def _standing(cas: Cas, own: list[str], members: set[str]) -> set[str]:
    """The arrays and nodes of lists that are items: those that are indexed or stand in others; the rest are values."""
    found: set[str] = set()
    pending = [id_ for id_ in own if is_collection(cas.structures[id_].type) and id_ in members]
    for id_ in own:
        for value in cas.structures[id_].features.values():
            pending += references_in(value) if isinstance(value, tuple) else ()
    while pending:
        id_ = pending.pop()
        structure = cas.structures.get(id_)
        if structure is not None and is_collection(structure.type) and id_ not in found:
            found.add(id_)
            pending += [target for value in structure.features.values() for target in references_in(value)]
    return found


def _says_something(cas: Cas, id_: str) -> bool:
    """Whether a token or a sentence has more than its place, its id, and what is attached to it there."""
    structure = cas.structures[id_]
    for name, value in structure.features.items():
        other = cas.structures.get(value.id) if isinstance(value, Reference) else None
        attached = name in ATTACHED and other is not None and other.place == structure.place
        if not attached and name != "id" and value not in ("", 0, "0"):
            return True
    return False
