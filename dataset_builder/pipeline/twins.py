"""Articles with the same text, found from the digests of all."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

import numpy as np

from dataset_builder.check.corpus_view import Twin
from dataset_builder.engines.exchange import Exchange
from dataset_builder.model.diagnostic import Place
from dataset_builder.model.source import Source
from dataset_builder.pipeline.plan import Plan
from dataset_builder.pipeline.shard import TEXT_DIGEST
from dataset_builder.pipeline.workers import Workers

__all__ = ["Comparer", "equal_keys", "twin_at", "twins"]

_LIGHT = 256  # digests that are compared while an article is compiled


def twins(plan: Plan, texts: Iterable[bytes | bytearray], workers: Workers) -> Iterator[tuple[Twin, ...]]:
    """The articles that share a text, by id. `texts` has the digests of each shard's texts, of 0 where none is known.

    Where the plan has an exchange, the digests are there, and `workers` compare each partition of them alone.
    O(n log n) for n articles, in arrays.
    """
    exchange = plan.context.exchange
    same = equal_keys(plan, texts, exchange, workers)
    groups = (sorted(plan.shards[shard].articles[row] for shard, row in members) for members in same)
    for members in sorted(groups):
        yield tuple(twin_at(plan, index) for index in members)


def equal_keys(
    plan: Plan,
    given: Iterable[bytes | bytearray],
    exchange: Exchange | None,
    workers: Workers,
    width: int = TEXT_DIGEST,
) -> Iterator[list[tuple[int, int]]]:
    """The shards and rows that gave the same key, of `width` bytes; without `exchange`, each shard's are `given`."""
    return _compare(given, width) if exchange is None else _compare_far(plan, exchange, workers)


def _compare(given: Iterable[bytes | bytearray], width: int) -> Iterator[list[tuple[int, int]]]:
    found = list(given)
    counts = [len(each) // width for each in found]
    keys = np.frombuffer(b"".join(found), dtype=f"V{width}")
    rows = np.concatenate([np.arange(count) for count in counts]) if counts else np.empty(0, dtype=np.int64)
    yield from _equal(keys, np.repeat(np.arange(len(counts)), counts), rows)


def _compare_far(plan: Plan, exchange: Exchange, workers: Workers) -> Iterator[list[tuple[int, int]]]:
    given, count = (exchange, len(plan.shards)), exchange.partitions
    light = len(plan.corpus.articles) // _LIGHT
    with closing(workers.run(Comparer, given, range(count), most=count, articles=light)) as partitions:
        for found in partitions:
            yield from found


class Comparer:
    """Finds who gave the same key, a partition at a time."""

    def __init__(self, exchange: Exchange, givers: int) -> None:
        self._exchange, self._givers = exchange, givers

    def __call__(self, partition: int) -> list[list[tuple[int, int]]]:
        """The shards, and the rows of them, that have the same key."""
        return list(_equal(*self._exchange.take(self._givers, partition)))


def _equal(keys: Any, shards: Any, rows: Any) -> Iterator[list[tuple[int, int]]]:
    """Where keys that are there more than once stand."""
    _, which, counts = np.unique(keys, return_inverse=True, return_counts=True)
    shared = np.flatnonzero((counts[which] > 1) & (keys != np.void(bytes(keys.dtype.itemsize))))
    groups: dict[int, list[tuple[int, int]]] = {}
    for position in shared:
        groups.setdefault(int(which[position]), []).append((int(shards[position]), int(rows[position])))
    yield from groups.values()


def twin_at(plan: Plan, index: int) -> Twin:
    """An article of the plan, as rules look at it beside others."""
    article = plan.corpus.articles[index]
    source = article.text or article.metadata or Source("")
    return Twin(id=article.id, split=plan.splits[index], place=Place(file=source.file, line=source.line, column=1))
