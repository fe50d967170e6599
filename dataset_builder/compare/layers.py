"""What the columns of a record mean: which are layers, and what of their items is span, key or reference."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dataset_builder.compare.features import kind_of
from dataset_builder.schema.columns import Column

__all__ = ["Meaning", "meanings_of_columns", "meanings_of_features"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a struct, or each struct of a list, holds; names are those of published columns."""

    start: str | None = None  # both or none
    end: str | None = None
    quote: str | None = None
    digest: str | None = None
    key: str | None = None
    references: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # to the layers that they may name
    members: Mapping[str, "Meaning"] = field(default_factory=dict)  # those that are structs, or lists of these

    @property
    def own(self) -> frozenset[str | None]:
        """The columns that are no properties to compare."""
        return frozenset((self.start, self.end, self.quote, self.digest, self.key))

    @property
    def targets(self) -> frozenset[str]:
        """The layers that references in it may lead to, at any depth."""
        own = (target for targets in self.references.values() for target in targets)
        return frozenset(own).union(*(member.targets for member in self.members.values()))


_PARTS = ("start", "end", "quote", "digest")


def meanings_of_columns(columns: Iterable[Column]) -> dict[str, Meaning]:
    """The meaning of each column that is a struct or a list of structs, as the schema says."""
    columns = tuple(columns)
    names = {column.source: column.name for column in columns}
    return {column.name: found for column in columns if (found := _meaning(column, names))}


def _meaning(column: Column, layers: Mapping[str, str]) -> Meaning | None:
    inner = column.item or column
    if not inner.children or column.is_map:
        return None
    names = {child.source: child.name for child in inner.children}
    span = inner.shape.span
    parts: dict[str, Any] = {part: names.get(getattr(span, part)) for part in _PARTS} if span else {}
    return Meaning(
        **parts,
        key=names.get(column.shape.key) if column.shape.key else None,
        references={
            child.name: tuple(layers.get(target, target) for target in child.shape.refs)
            for child in inner.children
            if child.shape.refs
        },
        members={child.name: found for child in inner.children if (found := _meaning(child, layers))},
    )


def meanings_of_features(features: Mapping[str, Any]) -> dict[str, Meaning]:
    """The meanings as far as names tell, for a build whose schemas can't be compiled."""
    found = {}
    for name, feature in features.items():
        inner = feature["feature"] if kind_of(feature) == "list" else feature
        if kind_of(inner) == "struct":
            spans = {"start", "end"} <= inner.keys()
            parts: dict[str, Any] = {part: part for part in _PARTS if spans and part in inner}
            key = "id" if "id" in inner and inner is not feature else None
            found[name] = Meaning(**parts, key=key, members=meanings_of_features(inner))
    return found
