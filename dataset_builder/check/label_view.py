"""What rules look at in label sets, once all records are counted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dataset_builder.model.diagnostic import Place
from dataset_builder.model.document import Document
from dataset_builder.schema.shape import Shape

__all__ = ["CountedSet", "LabelsView"]


_ENOUGH = 10  # values for each label of a set: with fewer, that a label is unused says little


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedSet:
    """A label set, and how often each of its labels is used in all tables, wherever schemas have just this set."""

    path: str  # of a column that has it
    shape: Shape
    counts: Mapping[str, int]  # by label, in the schema's order

    @property
    def unused(self) -> tuple[str, ...]:
        """The labels that nothing has, though there are enough values for each to occur."""
        enough = sum(self.counts.values()) >= _ENOUGH * len(self.counts)
        return tuple(name for name, number in self.counts.items() if enough and not number)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelsView:
    """The label sets of a project in the order of its tables. `documents` is by schema file."""

    sets: tuple[CountedSet, ...]
    documents: Mapping[str, Document]

    def place(self, counted: CountedSet, label: str) -> Place:
        """Where a schema names `label`; where it names the set if that stands elsewhere."""
        file, pointer = counted.shape.at
        if file not in self.documents:
            return Place(file=file)
        document = self.documents[file]
        found = next((each for each in _pointers(document, pointer, label)), pointer)
        return document.place(found)


def _pointers(document: Document, pointer: tuple[str | int, ...], label: str) -> Iterator[tuple[str | int, ...]]:
    """Where `label` stands in the set at `pointer`, in an `enum` or as a `const`."""
    schema = document.value
    for step in pointer:
        schema = schema[step]
    for index, name in enumerate(schema.get("enum", ())):
        if name == label:
            yield (*pointer, "enum", index)
    for keyword in ("oneOf", "anyOf"):
        for index, branch in enumerate(schema.get(keyword, ())):
            if isinstance(branch, dict) and branch.get("const") == label:
                yield (*pointer, keyword, index, "const")
