"""What two revisions of a text share, and where a passage of the one is in the other.

A patience diff on words: words that occur once in both are matched, as many as stand in one order, and so on between
them; what is left is small, or no longer comparable.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import accumulate
from typing import NamedTuple

__all__ = ["Alignment", "Block", "align", "longest_rising"]

_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+|\s|.", re.DOTALL)  # scripts without spaces: by the character
_SMALL = 20_000  # pairs of tokens that are compared all with all at most
_EFFORT = 20_000_000  # tokens that are looked at in all


class Block(NamedTuple):
    """A stretch that both texts have, in code points."""

    old: int
    new: int
    length: int


class Alignment:
    """Where passages of the old text are in the new one."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = blocks  # in order, apart in both texts
        self._starts = [block.old for block in blocks]

    def _at(self, offset: int) -> int:
        """The index of the block that begins at or before `offset`; -1 if there is none."""
        return bisect_right(self._starts, offset) - 1

    def exact(self, start: int, end: int) -> int | None:
        """Where the passage `start` to `end` begins in the new text, if it stands there as a whole."""
        index = self._at(start)
        if index < 0:
            return None
        old, new, length = self.blocks[index]
        return new + start - old if end <= old + length else None

    def pinned(self, start: int, end: int) -> tuple[int, int] | None:
        """What became of the passage, if both its ends are there still, and at least half of it."""
        first, last = self._at(start), self._at(end - 1)
        inside = self.blocks[max(first, 0) : last + 1]
        shared = sum(min(end, old + length) - max(start, old) for old, _, length in inside if old + length > start)
        if first < 0 or 2 * shared < end - start:
            return None
        begin, stop = (
            self.blocks[at].new + offset - self.blocks[at].old for at, offset in ((first, start), (last, end))
        )
        known = all(
            offset < self.blocks[at].old + self.blocks[at].length for at, offset in ((first, start), (last, end - 1))
        )
        return (begin, stop) if known else None

    def window(self, start: int, end: int, size: int) -> tuple[int, int]:
        """The stretch of the new text, of `size` code points, that can hold what became of `start` to `end`."""
        return self._near(start, 0), self._after(end, size)

    def _near(self, offset: int, default: int) -> int:
        index = self._at(offset)
        if index < 0:
            return default
        old, new, length = self.blocks[index]
        return new + min(offset - old, length)

    def _after(self, end: int, size: int) -> int:
        index = self._at(end - 1)
        if index >= 0:
            old, new, length = self.blocks[index]
            if end <= old + length:
                return new + end - old
        return self.blocks[index + 1].new if index + 1 < len(self.blocks) else size


def align(old: str, new: str) -> Alignment:
    """The stretches that `old` and `new` share in one order. O(n log n) for texts of n words, but for small gaps."""
    ours, theirs = _TOKEN.findall(old), _TOKEN.findall(new)
    starts = [list(accumulate(map(len, tokens), initial=0)) for tokens in (ours, theirs)]
    blocks: list[Block] = []
    for i, j, count in sorted(_matches(ours, theirs)):
        block = Block(starts[0][i], starts[1][j], starts[0][i + count] - starts[0][i])
        if blocks and _follow(blocks[-1], block):
            block = Block(blocks[-1].old, blocks[-1].new, blocks.pop().length + block.length)
        blocks.append(block)
    return Alignment(blocks)


def _follow(block: Block, after: Block) -> bool:
    return (block.old + block.length, block.new + block.length) == after[:2]


def _matches(ours: list[str], theirs: list[str]) -> Iterator[tuple[int, int, int]]:
    """Runs of tokens that match: where they begin in both, and how many."""
    pending, effort = [(0, len(ours), 0, len(theirs))], _EFFORT
    while pending and effort > 0:
        i, i_end, j, j_end = pending.pop()
        effort -= i_end - i + j_end - j
        head = _run(ours, theirs, (i, j), min(i_end - i, j_end - j))
        if head:
            yield i, j, head
        i, j = i + head, j + head
        tail = _run(ours, theirs, (i_end - 1, j_end - 1), min(i_end - i, j_end - j), -1)
        i_end, j_end = i_end - tail, j_end - tail
        if tail:
            yield i_end, j_end, tail
        if i < i_end and j < j_end:
            anchors = _unique(ours, theirs, (i, i_end, j, j_end))
            if anchors:
                pending += _between(anchors, (i, i_end, j, j_end))
            elif (i_end - i) * (j_end - j) <= _SMALL:
                effort -= (i_end - i) * (j_end - j)
                found = SequenceMatcher(None, ours[i:i_end], theirs[j:j_end], autojunk=False)
                yield from ((i + a, j + b, size) for a, b, size in found.get_matching_blocks() if size)


def _run(ours: list[str], theirs: list[str], at: tuple[int, int], most: int, step: int = 1) -> int:
    """How many tokens match from there on, forwards or backwards."""
    (i, j), count = at, 0
    while count < most and ours[i + count * step] == theirs[j + count * step]:
        count += 1
    return count


def _unique(ours: list[str], theirs: list[str], bounds: tuple[int, int, int, int]) -> list[tuple[int, int]]:
    """Tokens that occur once in both stretches, as many as stand in one order."""
    i, i_end, j, j_end = bounds
    here, there = Counter(ours[i:i_end]), Counter(theirs[j:j_end])
    at = {token: j + index for index, token in enumerate(theirs[j:j_end]) if there[token] == 1}
    pairs = [(i + k, at[token]) for k, token in enumerate(ours[i:i_end]) if here[token] == 1 and token in at]
    return [pairs[index] for index in longest_rising([other for _, other in pairs])]


def _between(anchors: list[tuple[int, int]], bounds: tuple[int, int, int, int]) -> Iterator[tuple[int, int, int, int]]:
    """The stretches in front of each anchor, which begin with the one before, and the one behind the last."""
    i, i_end, j, j_end = bounds
    for a, b in anchors:
        yield i, a, j, b
        i, j = a, b
    yield i, i_end, j, j_end


def longest_rising(values: Sequence[int]) -> list[int]:
    """The indices of a longest strictly rising part of `values`. O(n log n)."""
    ends: list[int] = []  # the least value that a rising part of each length ends with
    indices: list[int] = []
    before: list[int | None] = []
    for index, value in enumerate(values):
        length = bisect_left(ends, value)
        before.append(indices[length - 1] if length else None)
        ends[length : length + 1] = [value]
        indices[length : length + 1] = [index]
    found: list[int] = []
    at: int | None = indices[-1] if indices else None
    while at is not None:
        found.append(at)
        at = before[at]
    return found[::-1]
