"""What a card is made of."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dataset_builder.describe.figures import Distribution, Statistics
from dataset_builder.model.manifest import Inputs, TableFacts
from dataset_builder.model.project import Project
from dataset_builder.model.release import Entry
from dataset_builder.model.result import Summary
from dataset_builder.schema.columns import Column, Table
from dataset_builder.schema.layout import Layout
from dataset_builder.schema.shape import Shape

__all__ = ["CardFacts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """Everything that the card of a build states."""

    project: Project
    layout: Layout
    gold: Shape | None  # of a gold record without its envelope, as for `lay_out`; None without annotations
    tables: tuple[TableFacts, ...]
    statistics: Statistics
    summary: Summary
    inputs: Inputs
    tool: str  # name and version of what built it, such as "dataset-builder 0.1.0"
    agreement: tuple[Any, ...] = ()  # figures of merge.agreement
    example: Mapping[str, Any] | None = field(default=None)  # a row of the articles, as `to_pylist` gives it
    releases: tuple[Entry, ...] = ()  # what the data's changelog says of each, the newest first

    @property
    def loadable(self) -> Iterator[tuple[Table, TableFacts]]:
        """The tables that have files, in the layout's order: a configuration without files can't be loaded."""
        facts = {table.name: table for table in self.tables}
        for table in self.layout.tables:
            if table.name in facts and any(split.files for split in facts[table.name].splits.values()):
                yield table, facts[table.name]

    @property
    def layers(self) -> tuple[Column, ...]:
        """The columns of the articles that come from annotations."""
        own = dict(self.gold.properties) if self.gold else {}
        return tuple(column for column in self.layout.articles.columns if column.source in own)

    @property
    def metadata(self) -> tuple[Column, ...]:
        """The columns of the articles that don't come from annotations."""
        layers = set(map(id, self.layers))
        return tuple(column for column in self.layout.articles.columns if id(column) not in layers)

    @property
    def distributions(self) -> tuple[Distribution, ...]:
        """How often labels occur in what is published; what only repeats another table is left out."""
        layers = {column.name for column in self.layers}
        return tuple(found for found in self.statistics.distributions if found.total and self._is_shown(found, layers))

    def _is_shown(self, found: Distribution, layers: Container[str]) -> bool:
        layout = self.layout
        if layout.annotations and found.table == layout.annotations.name:
            return False  # before adjudication
        if found.table == layout.articles.name:
            rights = next(
                (column.name for column in layout.articles.columns if column.source == self.project.fields.rights), None
            )
            return found.path.split(".")[0] != rights
        return not any(
            table.name == found.table and table.path[:1] and str(table.path[0]) in layers for table in layout.flat
        )

    def path_of(self, found: Distribution) -> str:
        """The column that `found` is of, with its table in front unless that is the articles'."""
        return found.path if found.table == self.layout.articles.name else f"{found.table}.{found.path}"
