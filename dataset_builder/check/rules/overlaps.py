"""SPN005, SPN006 and SPN014: spans of one array that overlap, or follow one another, as they must not."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from dataset_builder.check.rule import Aspect, Case, Finding, Looks, rule
from dataset_builder.check.view import RecordView, SpanView
from dataset_builder.schema.plan import Anchor, Overlapping
from dataset_builder.schema.shape import ITEM

__all__ = ["RULES"]

_ANCHORED = (Looks.AT_RECORD, Looks.AT_LINK)
_MILL = "annotations/ada/mill.json"
_PAIR = tuple[SpanView, SpanView]
_MET, _SAID = '"start": 4, "end": 7, "quote": "met"', '"start": 27, "end": 31, "quote": "said"'
_MILL_WORD, _STOP = '"start": 18, "end": 22, "quote": "mill"', '"start": 22, "end": 23, "quote": "."'
_PIECES = f'{_MET}, "manner": null}},\n    {{"id": "c2", {_SAID}'
_ORDERED = {"schema/annotation.schema.json": ('"x-overlap": "forbid"', '"x-overlap": "ordered"')}


@rule(
    "SPN005",
    "overlap-forbidden",
    looks=_ANCHORED,
    aspect=Aspect.APART,
    broken=Case(
        edits={_MILL: ('"start": 4, "end": 7, "quote": "met"', '"start": 24, "end": 31, "quote": "Bo said"')},
        at=(_MILL, 16, 5),
    ),
    clean=Case(edits={_MILL: (_PIECES, _PIECES.replace(_MET, _MILL_WORD).replace(_SAID, _STOP))}),
)
def overlap_forbidden(view: RecordView) -> Iterator[Finding]:
    """Two spans of an array overlap, which its schema forbids (`"x-overlap": "forbid"`).

    **Why it matters.** Where spans don't overlap, every character has at most one label: a model that labels tokens can
    be trained on them, and their lengths can be added up.

    **How to fix it.** Shorten one of the two, or delete one. If overlaps are meant, let the schema say `nest` or
    `allow`.
    """
    for overlapping in view.schema.plan.overlaps:
        if overlapping.policy == "forbid":
            for earlier, span in _conflicts(view, overlapping):
                yield _finding(view, earlier, span, "overlaps another one")


@rule(
    "SPN006",
    "overlap-crossing",
    looks=_ANCHORED,
    aspect=Aspect.APART,
    broken=Case(
        edits={_MILL: ('"start": 18, "end": 22, "quote": "mill"', '"start": 18, "end": 23, "quote": "mill."')},
        at=(_MILL, 12, 5),
    ),
    clean=Case(edits={_MILL: ('"start": 18, "end": 22, "quote": "mill"', '"start": 14, "end": 17, "quote": "the"')}),
)
def overlap_crossing(view: RecordView) -> Iterator[Finding]:
    """Two spans of an array cross: each covers something that the other doesn't, and both cover the rest.

    The schema lets them nest only (`"x-overlap": "nest"`).

    **Why it matters.** Spans that nest form a tree, which is what trees of constituents and nested entities need.

    **How to fix it.** Let one of the two contain the other, or part them. If crossing is meant, let the schema say
    `allow`.
    """
    for overlapping in view.schema.plan.overlaps:
        if overlapping.policy == "nest":
            for earlier, span in _conflicts(view, overlapping):
                yield _finding(view, earlier, span, "crosses another one")


@rule(
    "SPN014",
    "out-of-order",
    looks=_ANCHORED,
    aspect=Aspect.APART,
    broken=Case(
        edits={**_ORDERED, _MILL: (_MET, '"start": 32, "end": 34, "quote": "it"')},
        files={},
        at=(_MILL, 16, 5),
    ),
    clean=Case(edits=_ORDERED),
)
def out_of_order(view: RecordView) -> Iterator[Finding]:
    """A span of an array begins before the one that stands before it there has ended.

    The schema wants them in the order of the text, and apart (`"x-overlap": "ordered"`).

    **Why it matters.** The pieces of a discontinuous mention are put together in the order in which they stand: in
    another one they make another phrase, and what overlaps is counted twice.

    **How to fix it.** Sort the array by where its spans begin, and part those that overlap. If the order means
    something else, let the schema say `forbid` or `allow`.
    """
    for overlapping in view.schema.plan.overlaps:
        if overlapping.policy == "ordered":
            for spans in _arrays(view, overlapping):
                for earlier, span in pairwise(spans):
                    if span.start < earlier.end:
                        said = "overlaps the one before it" if earlier.start < span.end else "stands behind a later one"
                        yield _finding(view, earlier, span, said, "sort the array by where its spans begin")


def _arrays(view: RecordView, overlapping: Overlapping) -> list[list[SpanView]]:
    """The spans of each array that are some, in its order; for links, those of one article."""
    anchor = Anchor(path=(*overlapping.path, ITEM), keys=overlapping.keys)
    arrays: dict[Any, list[SpanView]] = {}  # by the array's pointer, and the article
    for span in view.spans_of(anchor):
        if span.start < span.end:
            article = span.article.id if span.article else None
            arrays.setdefault((span.pointer[:-1], article), []).append(span)
    return list(arrays.values())


def _conflicts(view: RecordView, overlapping: Overlapping) -> Iterator[_PAIR]:
    """Each span that is in conflict with one that begins before it, and that one. O(n log n) for n spans."""
    for spans in _arrays(view, overlapping):
        spans.sort(key=lambda span: (span.start, -span.end, span.pointer))
        yield from _conflicts_among(spans, nest=overlapping.policy == "nest")


def _conflicts_among(spans: list[SpanView], *, nest: bool) -> Iterator[_PAIR]:
    around: list[SpanView] = []  # spans that may reach beyond the next one's start, each within the one before
    for span in spans:
        while around and around[-1].end <= span.start:
            around.pop()
        if around and (not nest or around[-1].end < span.end):
            yield around[-1], span
        else:
            around.append(span)


def _finding(
    view: RecordView,
    earlier: SpanView,
    span: SpanView,
    said: str,
    remedy: str = "shorten one of the two, or delete one",
) -> Finding:
    return Finding(
        message=f"the span {span.start:,}..{span.end:,} {said}, {earlier.start:,}..{earlier.end:,}",
        place=view.document.place(span.pointer),
        help=remedy,
        related=(view.document.place(earlier.pointer, note="the other one is here"),),
    )


RULES = (overlap_forbidden, overlap_crossing, out_of_order)
