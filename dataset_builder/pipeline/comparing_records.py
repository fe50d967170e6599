"""The annotations of two builds: what annotators changed, and what changed in the gold layers."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from dataset_builder.compare.collect import Collector
from dataset_builder.compare.layers import Meaning
from dataset_builder.compare.pairing import Paired
from dataset_builder.compare.records import Compared, compare_records
from dataset_builder.compare.rows import Mask
from dataset_builder.model.diff import AnnotationChange, SchemaChange
from dataset_builder.model.result import Progress
from dataset_builder.pipeline.comparing_articles import ArticleComparison
from dataset_builder.pipeline.meanings import Meanings
from dataset_builder.pipeline.table_pair import BETWEEN, TablePair

__all__ = ["RecordComparison"]

_ENVELOPE = ("article", "annotator")


class RecordComparison:
    """What differs between the annotations of two builds."""

    def __init__(
        self,
        table: TablePair,
        articles: ArticleComparison,
        meanings: tuple[Meanings, Meanings],
        limit: int | None,
        progress: Progress,
    ) -> None:
        self.table, self.articles, self.progress = table, articles, progress
        self.meanings = meanings
        self.annotations = Collector[AnnotationChange](limit, _rank)
        self.gold = Collector[AnnotationChange](limit, _rank)
        self._seen: set[int] = set()  # what annotators changed, so that gold needn't say it again

    def run(self, changes: Sequence[SchemaChange]) -> None:
        """Compares the annotators' records, then the gold layers."""
        if self.table.in_both and not self.table.is_same(changes):
            self._records()
        for done, (pair, masks) in enumerate(self.articles.gold):
            self.progress("compare gold", done, len(self.articles.gold))
            self._gold(pair, masks)

    def _records(self) -> None:
        removed, added, pairs = self.table.paired(*_ENVELOPE)
        for kind, keys, gone in (
            ("record removed", removed, self.articles.only_one[0]),
            ("record added", added, self.articles.only_one[1]),
        ):
            for key, _ in keys:
                article, annotator = key.split(BETWEEN, 1)
                if article not in gone:
                    change = AnnotationChange(article=article, annotator=annotator, layer="", kinds=(kind,))
                    self.annotations.add(change, kind)
        columns = [name for name in self.table.features[0] if name not in _ENVELOPE]
        for done, pair in enumerate(pairs):
            self.progress("compare annotations", done, len(pairs))
            masks = {name: mask for name, mask in self.table.masks(pair, columns).items() if mask.any()}
            for change in self._pair(self.table, pair, masks, self.annotations):
                self._seen.add(_signature(change))
                self.annotations.add(change, *change.kinds)

    def _gold(self, pair: Paired, masks: dict[str, Mask]) -> None:
        for change in self._pair(self.articles.table, pair, masks, self.gold):
            if _signature(change) in self._seen:
                self.gold.counts["followed"] += 1
            else:
                self.gold.add(change, *change.kinds)

    def _pair(
        self, table: TablePair, pair: Paired, masks: dict[str, Mask], collector: Collector[AnnotationChange]
    ) -> Iterator[AnnotationChange]:
        """What changed in the rows of a pair; `masks` say in which each column differs."""
        if not masks:
            return
        meanings = self._meanings(table)
        names = _needed(masks, table.features[0], meanings)
        for old, new in table.rows(pair, np.logical_or.reduce(list(masks.values())), ("id", *_ENVELOPE, *names)):
            yield from self._compared(old, new, meanings, collector)

    def _compared(
        self,
        old: dict[str, Any],
        new: dict[str, Any],
        meanings: tuple[Mapping[str, Meaning], Mapping[str, Meaning]],
        collector: Collector[AnnotationChange],
    ) -> Iterator[AnnotationChange]:
        article = old.get("article") or old["id"]
        left_out = ("id", *_ENVELOPE)
        both = Compared(
            article=article,
            annotator=old.get("annotator"),
            old={name: value for name, value in old.items() if name not in left_out},
            new={name: value for name, value in new.items() if name not in left_out},
            meanings=meanings,
            revision=self.articles.revision(article),
            digests=self.articles.digests.get(article),
            quotable=article not in self.articles.withheld,
            shifted=collector.counts,
        )
        return compare_records(both)

    def _meanings(self, table: TablePair) -> tuple[Mapping[str, Meaning], Mapping[str, Meaning]]:
        old, new = (
            meanings.of_annotations(features) for meanings, features in zip(self.meanings, table.features, strict=True)
        )
        return old, new


def _needed(
    names: Collection[str], columns: Iterable[str], meanings: tuple[Mapping[str, Meaning], Mapping[str, Meaning]]
) -> list[str]:
    """The columns to be read: `names`, which differ, and the layers that refer to these or are referred to by them.

    Keys may have changed hands, and then a reference that stayed leads elsewhere.
    """
    known = {**meanings[1], **meanings[0]}
    targets = {target for name in names if name in known for target in known[name].targets}
    return [
        name
        for name in columns
        if name in names or name in targets or (name in known and not known[name].targets.isdisjoint(names))
    ]


def _rank(change: AnnotationChange) -> tuple[Any, ...]:
    spans = [item.span for item in (change.old, change.new) if item and item.span]
    return change.article, change.annotator or "", change.layer, spans[:1] or [(-1, -1)], change.kinds, str(change)


def _signature(change: AnnotationChange) -> int:
    """The same for two changes that say the same of an article, whoever made them."""
    spans = tuple(item.span if item else None for item in (change.old, change.new))
    return hash((change.article, change.layer, change.kinds, spans, repr(change.changes)))
