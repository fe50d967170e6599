"""Articles with the same text, found from the digests of all."""

from collections.abc import Iterable, Iterator

import numpy as np

from dataset_builder.check.view import Twin
from dataset_builder.model.diagnostic import Place
from dataset_builder.model.source import Source
from dataset_builder.pipeline.plan import Plan
from dataset_builder.pipeline.shard import TEXT_DIGEST

__all__ = ["twins"]


def twins(plan: Plan, texts: Iterable[bytes | bytearray]) -> Iterator[tuple[Twin, ...]]:
    """The articles that share a text, by id. `texts` has the digests of each shard's texts, of 0 where none is known.

    O(n log n) for n articles, in arrays.
    """
    digests = np.frombuffer(b"".join(texts), dtype=f"V{TEXT_DIGEST}")
    order = np.array([index for shard in plan.shards for index in shard.articles], dtype=np.int64)
    _, which, counts = np.unique(digests, return_inverse=True, return_counts=True)
    shared = np.flatnonzero((counts[which] > 1) & (digests != np.void(bytes(TEXT_DIGEST))))
    groups: dict[int, list[int]] = {}
    for position in shared:
        groups.setdefault(int(which[position]), []).append(int(order[position]))
    for members in sorted(map(sorted, groups.values())):
        yield tuple(_twin(plan, index) for index in members)


def _twin(plan: Plan, index: int) -> Twin:
    article = plan.corpus.articles[index]
    source = article.text or article.metadata or Source("")
    return Twin(id=article.id, split=plan.splits[index], place=Place(file=source.file, line=source.line, column=1))
