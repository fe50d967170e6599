"""Articles of different splits whose texts are alike, found by sketches, and measured by the texts themselves."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from functools import lru_cache
from itertools import combinations, product
from pathlib import Path

import orjson

from dataset_builder.check.corpus_view import Alike
from dataset_builder.merge.likeness import KEY, shingles, similarity
from dataset_builder.model.source import ArticleInput
from dataset_builder.pipeline.plan import Plan
from dataset_builder.pipeline.twins import equal_keys, twin_at
from dataset_builder.pipeline.workers import Workers
from dataset_builder.read.files import Reader

__all__ = ["Measurer", "alike"]

_STRETCH = 128  # pairs in a task
_LIGHT = 2  # pairs that are measured while an article is compiled
_MOST = 2500  # pairs of one band and two splits; of more, each text is measured with the first of the other split
_KEPT = 256  # texts, as shingles

_Pair = tuple[ArticleInput, ArticleInput]


def alike(plan: Plan, sketches: Sequence[bytes | bytearray], workers: Workers) -> Iterator[Alike]:
    """Each article that is so like one before it, of another split, as is asked for, with the one most like it.

    `sketches` are those of each shard. Texts that are the same aren't told of. In the order of ids.
    """
    sketcher, threshold = plan.context.sketcher, plan.project.splits.near
    if sketcher is None or threshold is None or len(set(plan.splits)) < 2:
        return
    groups = equal_keys(plan, sketches, plan.context.sketches, workers, KEY)
    pairs = sorted(_pairs(plan, groups, sketcher.bands))
    best: dict[int, tuple[float, int]] = {}
    for (first, other), found in zip(pairs, _measured(plan, pairs, workers), strict=True):
        if found is not None and found >= threshold and found > best.get(other, (0.0, 0))[0]:
            best[other] = found, first
    for other, (found, first) in sorted(best.items()):
        yield Alike(first=twin_at(plan, first), other=twin_at(plan, other), similarity=found)


def _pairs(plan: Plan, groups: Iterable[list[tuple[int, int]]], bands: int) -> set[tuple[int, int]]:
    """The articles of different splits that have a band in common, by index, ascending."""
    found: set[tuple[int, int]] = set()
    for members in groups:
        by_split: dict[str, set[int]] = {}
        for shard, row in members:
            planned = plan.shards[shard]
            by_split.setdefault(planned.split, set()).add(planned.articles[row // bands])
        for one, other in combinations(by_split.values(), 2):
            found.update((min(pair), max(pair)) for pair in _crossed(sorted(one), sorted(other)))
    return found


def _crossed(one: list[int], other: list[int]) -> Iterator[tuple[int, int]]:
    if len(one) * len(other) <= _MOST:
        yield from product(one, other)
    else:
        yield from ((index, other[0]) for index in one)
        yield from ((one[0], index) for index in other)


def _measured(plan: Plan, pairs: Sequence[tuple[int, int]], workers: Workers) -> Iterator[float | None]:
    articles, field = plan.corpus.articles, plan.project.fields.text
    tasks = (
        [(articles[first], articles[other]) for first, other in pairs[begin : begin + _STRETCH]]
        for begin in range(0, len(pairs), _STRETCH)
    )
    most, effort = -(-len(pairs) // _STRETCH), len(pairs) // _LIGHT
    with closing(workers.run(Measurer, (plan.project.root, field), tasks, most=most, articles=effort)) as stretches:
        for stretch in stretches:
            yield from stretch


class Measurer:
    """Measures how alike texts are."""

    def __init__(self, root: Path, field: str) -> None:
        """`field` is the property of a packed article that has its text."""
        self._reader, self._field = Reader(root), field
        self._shingles = lru_cache(_KEPT)(shingles)

    def __call__(self, pairs: Sequence[_Pair]) -> list[float | None]:
        """The similarity of each pair; None where texts are the same, or can't be read any more."""
        return [self._measure(self._text(first), self._text(other)) for first, other in pairs]

    def _measure(self, first: str | None, other: str | None) -> float | None:
        if first is None or other is None or first == other:
            return None
        return similarity(self._shingles(first), self._shingles(other))

    def _text(self, article: ArticleInput) -> str | None:
        if article.text is None:
            return None
        try:
            data = self._reader.read(article.text)
            text = orjson.loads(data).get(self._field) if article.packed else data.decode("utf-8")
        except (OSError, UnicodeDecodeError, orjson.JSONDecodeError, AttributeError):
            return None
        return text if isinstance(text, str) else None
