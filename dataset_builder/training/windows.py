"""The labels of each window of an article, and what became of every span that they don't hold as it was."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from dataset_builder.errors import UsageError
from dataset_builder.model.placement import Tokens, places
from dataset_builder.training.layer import Piece
from dataset_builder.training.nesting import arranged
from dataset_builder.training.scheme import Run, Scheme
from dataset_builder.training.tokenizer import Window

__all__ = ["IGNORED", "KINDS", "Change", "Labelled", "Labeller"]

IGNORED = -100
"""The label of tokens that aren't trained on: what PyTorch's cross entropy leaves out."""

KINDS = (
    "moved",  # it doesn't fall on the edges of tokens: the labels say `new_start` and `new_end`
    "cut",  # the edge of `window` cuts it; another window has it whole
    "unheld",  # the edge of `window` cuts it, and no window has it whole
    "covered",  # it isn't labelled: `by` has some of its tokens, or all
    "merged",  # the labels don't tell it from `by`, which it touches
    "discontinuous",  # it is in several pieces, which BIO and its kin can't say belong together
    "no-token",  # no token is in it, or none as a whole
    "no-label",  # it has no label
    "outside",  # it doesn't lie in the text
    "no-text",  # the article's text is withheld, or absent
)
"""What can become of a span."""


class Change(NamedTuple):
    """A row of the report: a span, and what became of it. Half-open, code points of the text as stored."""

    article: str
    span: str | None
    item: int | None  # the span's index in its layer
    label: str | None
    start: int | None
    end: int | None
    kind: str
    new_start: int | None = None
    new_end: int | None = None
    window: int | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A window with its labels, a list a column."""

    window: Window
    labels: list[list[int]]


class _Placed(NamedTuple):
    """A piece with its tokens."""

    piece: Piece
    run: Run
    place: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labeller:
    """Labels the windows of articles."""

    scheme: Scheme
    codes: Mapping[str, int]  # tag to number
    policy: str
    nesting: str
    columns: int
    discontinuous: str
    cut: str
    stride: int

    def label(  # one article, from its tokens to its labels
        self, article: str, text: str, spans: Iterator[list[Piece]], windows: Sequence[Window]
    ) -> tuple[list[Labelled], list[Change]]:
        """The windows with their labels, and what became of the spans that these don't hold as they are."""
        changes: list[Change] = []
        tokens, stretches = _joined(article, text, windows, self.stride)
        found = Tokens(tokens)
        pieces = self._pieces(article, text, spans, changes)
        placed = [each for piece in pieces if (each := self._placed(article, piece, found, changes))]
        columns, covered = arranged([each.run for each in placed], self.nesting, self.columns)
        for which, other in sorted(covered.items()):
            changes.append(_change(article, placed[which].piece, "covered", by=placed[other].piece.span))
        chosen = [[placed[which] for which in column] for column in columns]
        for column in chosen:
            self._merged(article, column, changes)
            changes += self._cut(article, column, stretches)
        labelled = [
            Labelled(
                window=window._replace(offsets=_spread(tokens[first:stop], window.special, (0, 0))),
                labels=[self._labels(window, column, first, stop) for column in chosen],
            )
            for window, (first, stop) in zip(windows, stretches, strict=True)
        ]
        return labelled, sorted(changes, key=_order)

    def _pieces(self, article: str, text: str, spans: Iterator[list[Piece]], changes: list[Change]) -> Iterator[Piece]:
        """What is to be labelled of each span."""
        for pieces in spans:
            whole = pieces[0]._replace(start=min(each.start for each in pieces), end=max(each.end for each in pieces))
            if any(not 0 <= each.start < each.end <= len(text) for each in pieces):
                changes.append(_change(article, whole, "outside"))
            elif whole.label is None:
                changes.append(_change(article, whole, "no-label"))
            elif len(pieces) == 1:
                yield whole
            else:
                changes.append(_change(article, whole, "discontinuous"))
                yield from {"pieces": pieces, "whole": [whole], "skip": []}[self.discontinuous]

    def _placed(self, article: str, piece: Piece, tokens: Tokens, changes: list[Change]) -> _Placed | None:
        find = tokens.within if self.policy == "contract" else tokens.touched
        found = find(piece.start, piece.end)
        if found is None:
            changes.append(_change(article, piece, "no-token"))
            return None
        place = tokens.place(*found)
        if place != (piece.start, piece.end):
            changes.append(_change(article, piece, "moved", new_start=place[0], new_end=place[1]))
        return _Placed(piece, Run(*found, str(piece.label)), place)

    def _merged(self, article: str, column: Sequence[_Placed], changes: list[Change]) -> None:
        if self.scheme.separates:
            return
        for one, other in pairwise(column):
            if one.run.stop == other.run.first and one.run.label == other.run.label:
                changes.append(_change(article, one.piece, "merged", by=other.piece.span))
                changes.append(_change(article, other.piece, "merged", by=one.piece.span))

    def _cut(self, article: str, column: Sequence[_Placed], stretches: Sequence[tuple[int, int]]) -> Iterator[Change]:
        for piece, run, _ in column:
            kinds = [_meets(run, stretch) for stretch in stretches]
            kind = "cut" if "whole" in kinds else "unheld"
            for window, met in enumerate(kinds):
                if met == "part":
                    yield _change(article, piece, kind, window=window)

    def _labels(self, window: Window, column: Sequence[_Placed], first: int, stop: int) -> list[int]:
        tags = [0] * (stop - first)
        for _, run, _ in column:
            met = _meets(run, (first, stop))
            start, end = max(run.first, first) - first, min(run.stop, stop) - first
            if met == "whole" or (met == "part" and self.cut == "part"):
                self.scheme.write(tags, Run(start, end, run.label), self.codes)
            elif met == "part":
                tags[start:end] = [IGNORED] * (end - start)
        return _spread(tags, window.special, IGNORED)


def _meets(run: Run, stretch: tuple[int, int]) -> str | None:
    first, stop = stretch
    if run.stop <= first or stop <= run.first:
        return None
    return "whole" if first <= run.first and run.stop <= stop else "part"


def _joined(
    article: str, text: str, windows: Sequence[Window], stride: int
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """The places of all tokens of the article, and which of them each window has."""
    found: list[tuple[int, int]] = []
    stretches: list[tuple[int, int]] = []
    before: list[tuple[Any, ...]] = []
    for window in windows:
        own = [place for place, special in zip(window.offsets, window.special, strict=True) if not special]
        said = [value for value, special in zip(_values(window), window.special, strict=True) if not special]
        shared = stride if stretches else 0
        # Values, not places: byte-level tokenizers may count the blank before a window's first word to it, or not.
        fits = said[:shared] == before[len(before) - shared :]
        if not fits or any(not 0 <= start <= end <= len(text) for start, end in own):
            raise UsageError(f"the tokenizer's windows of {article!r} don't fit together, or leave its text")
        stretches.append((len(found) - shared, len(found) - shared + len(own)))
        found += own[shared:]
        before = said
    return places(text, found), stretches


def _values(window: Window) -> list[tuple[Any, ...]]:
    """What the model is given of each token."""
    return list(zip(*window.columns.values(), strict=True))


def _spread(own: Iterable[Any], special: Sequence[bool], filling: Any) -> list[Any]:
    """What the window's own tokens have, with `filling` for those that were added."""
    rest = iter(own)
    return [filling if added else next(rest) for added in special]


def _change(article: str, piece: Piece, kind: str, **more: Any) -> Change:
    return Change(article, piece.span, piece.item, piece.label, piece.start, piece.end, kind, **more)


def _order(change: Change) -> tuple[int, int, int, int]:
    return change.item or 0, change.start or 0, KINDS.index(change.kind), change.window or 0
