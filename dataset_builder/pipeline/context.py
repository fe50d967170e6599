"""What every worker needs, made once a process from values that pickle."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path as Folder
from typing import Any

from dataset_builder.check.prove import Prover
from dataset_builder.engines.exchange import Exchange
from dataset_builder.merge.gold import gold_shape
from dataset_builder.merge.likeness import Sketcher
from dataset_builder.model.project import Project
from dataset_builder.read.files import Reader
from dataset_builder.read.json import JsonLimits, no_duplicate_keys
from dataset_builder.schema.layout import Layout, lay_out
from dataset_builder.schema.plan import gather
from dataset_builder.schema.registry import SchemaSet
from dataset_builder.schema.shape import Path, Shape

__all__ = ["Context"]


@dataclass(frozen=True)
class Context:
    """A project whose configuration and schemas have no flaw. Pickles; what is derived is derived where it is used."""

    project: Project
    schemas: SchemaSet
    staging: Folder | None  # where a build is written; None where records are only checked
    known_articles: frozenset[str]  # all ids, where a schema has references to other articles; else empty
    example: str | None = None  # the id of the article that the card shows
    unread: frozenset[str] = frozenset()  # "article", "annotation": some of these can't be read
    pseudonyms: Mapping[str, str] = field(
        default_factory=dict
    )  # of annotators, by name; none where names are published
    exchange: Exchange | None = None  # where digests of texts are handed on; None where the driver compares them
    sketches: Exchange | None = None  # the same for sketches of texts

    @cached_property
    def sketcher(self) -> Sketcher | None:
        """Makes sketches of texts, if some are to be compared."""
        near = self.project.splits.near
        return None if near is None else Sketcher(near)

    @cached_property
    def gold(self) -> Shape | None:
        """The shape of a gold record; None where there are no annotations."""
        if self.schemas.annotation is None:
            return None
        annotations = self.schemas.annotations
        return gold_shape(annotations.shape, self.project.gold, self.project.fields)

    @cached_property
    def published(self) -> Project:
        """The project with the names that are published in place of annotators' own."""
        gold = self.project.gold
        return replace(
            self.project, gold=replace(gold, annotator=self.pseudonyms.get(gold.annotator or "", gold.annotator))
        )

    @cached_property
    def layout(self) -> Layout:
        """The tables."""
        return lay_out(self.project, self.schemas, self.gold)

    @cached_property
    def article_prover(self) -> Prover:
        """Proves metadata clean."""
        return Prover(self.schemas.articles, self.project.limits, no_duplicate_keys)

    @cached_property
    def annotation_prover(self) -> Prover:
        """Proves annotations clean."""
        return Prover(self.schemas.annotations, self.project.limits, no_duplicate_keys)

    @cached_property
    def reader(self) -> Reader:
        """Reads sources; packed files stay open for as long as the process works."""
        return Reader(self.project.root)

    @cached_property
    def linked(self) -> frozenset[str]:
        """The arrays of a record whose items links may name."""
        if self.schemas.link is None:
            return frozenset()
        return frozenset(target for reference in self.schemas.links.plan.references for target in reference.targets)

    @cached_property
    def _mentions(self) -> tuple[Path, ...]:
        """Where annotations name articles other than their own."""
        own = (self.project.fields.article,)
        return tuple(path for path in self.schemas.annotations.plan.article_references if path != own)

    def knows_articles_of(self, record: Any) -> bool:
        """Whether there are all the articles that `record`, which is valid, mentions."""
        return all(self.known_articles.issuperset(gather(record, path)) for path in self._mentions)

    @property
    def limits(self) -> JsonLimits:
        """Limits of JSON texts."""
        return JsonLimits(depth=self.project.limits.depth, size=self.project.limits.bytes)

    def __getstate__(self) -> dict[str, object]:
        return {each.name: self.__dict__[each.name] for each in fields(self)}
