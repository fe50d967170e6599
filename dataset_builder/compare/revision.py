"""Two revisions of a text: which places of the one are which of the other, and the edits between them."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dataset_builder.model.diff import Passage

__all__ = ["UNCHANGED", "UNKNOWN", "Block", "Revision", "passages"]

Span = tuple[int, int]

_CONTEXT = 24  # code points shown around an edit
_APART = 4  # code points that both texts have between two edits, so that these are shown as two
_LONGEST = 240  # code points of an edit's side that are shown


class Block(NamedTuple):
    """A stretch that both texts have, in code points."""

    old: int
    new: int
    length: int


class Revision:
    """What two texts share. Everything asked of it is symmetric: old and new may change places."""

    def __init__(self, blocks: Sequence[Block], sizes: tuple[int, int]) -> None:
        self.blocks = (Block(0, 0, 0), *blocks, Block(*sizes, 0))  # in order, apart in both texts
        self._ends = [block.old + block.length for block in self.blocks]

    @property
    def changed(self) -> bool:
        """Whether the texts differ."""
        return True

    def images(self, span: Span) -> list[Span]:
        """The spans of the new text that may be `span` of the old one, shifted or with its inside edited.

        There are several where something was inserted just at its ends.
        """
        return [(start, end) for start in self._images(span[0]) for end in self._images(span[1]) if start <= end]

    def _images(self, offset: int) -> Iterator[int]:
        """Where `offset` went: through every block that it lies in, or at the edge of."""
        seen = -1
        for block in self.blocks[bisect_left(self._ends, offset) :]:
            if block.old > offset:
                return
            image = block.new + offset - block.old
            if image != seen:
                yield image
            seen = image

    def shared(self, old: Span, new: Span) -> int:
        """How many code points of the old text's span the new text's span covers."""
        found = 0
        for block in self.blocks[bisect_left(self._ends, old[0]) :]:
            if block.old >= old[1]:
                break
            shift = block.new - block.old
            start = max(old[0] + shift, new[0], block.new)
            found += max(0, min(old[1] + shift, new[1], block.new + block.length) - start)
        return found


class _Unchanged(Revision):
    """One text, twice."""

    def __init__(self) -> None:
        super().__init__((), (0, 0))

    @property
    def changed(self) -> bool:
        return False

    def images(self, span: Span) -> list[Span]:
        return [span]

    def shared(self, old: Span, new: Span) -> int:
        return max(0, min(old[1], new[1]) - max(old[0], new[0]))


class _Unknown(_Unchanged):
    """Two texts that aren't here, and so can't be compared: offsets are taken as they are."""

    @property
    def changed(self) -> bool:
        return True


UNCHANGED: Revision = _Unchanged()
UNKNOWN: Revision = _Unknown()


def passages(revision: Revision, old: str, new: str, most: int) -> tuple[int, tuple[Passage, ...]]:
    """How many edits lead from `old` to `new`, and the first `most` of them."""
    gaps = _gaps(revision.blocks, old)
    return len(gaps), tuple(_passage(gap, old, new) for gap in gaps[:most])


class _Gap(NamedTuple):
    old: int
    old_end: int
    new: int
    new_end: int


def _gaps(blocks: Sequence[Block], old: str) -> list[_Gap]:
    """What lies between the blocks; gaps with next to nothing between them are one."""
    found: list[_Gap] = []
    end = Block(0, 0, 0)
    for block in blocks:
        gap = _Gap(end.old + end.length, block.old, end.new + end.length, block.new)
        end = block
        if gap.old == gap.old_end and gap.new == gap.new_end:
            continue
        if found and (gap.old - found[-1].old_end < _APART or not old[found[-1].old_end : gap.old].strip()):
            gap = _Gap(found[-1].old, gap.old_end, found.pop().new, gap.new_end)
        found.append(gap)
    return found


def _passage(gap: _Gap, old: str, new: str) -> Passage:
    return Passage(
        old=gap.old,
        new=gap.new,
        before=("…" if gap.old > _CONTEXT else "") + old[max(gap.old - _CONTEXT, 0) : gap.old],
        removed=_cut(old[gap.old : gap.old_end]),
        added=_cut(new[gap.new : gap.new_end]),
        after=old[gap.old_end : gap.old_end + _CONTEXT] + ("…" if gap.old_end + _CONTEXT < len(old) else ""),
    )


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 2 :]}"
