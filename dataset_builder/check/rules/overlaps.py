"""SPN005 and SPN006: spans of one array that overlap where they must not."""

from collections.abc import Iterator
from typing import Any

from dataset_builder.check.rule import Case, Finding, Looks, rule
from dataset_builder.check.view import RecordView, SpanView
from dataset_builder.schema.plan import Anchor, Overlapping
from dataset_builder.schema.shape import ITEM

__all__ = ["RULES"]

_ANCHORED = (Looks.AT_RECORD, Looks.AT_LINK)
_MILL = "annotations/ada/mill.json"
_PAIR = tuple[SpanView, SpanView]


@rule(
    "SPN005",
    "overlap-forbidden",
    looks=_ANCHORED,
    broken=Case(
        edits={_MILL: ('"start": 4, "end": 7, "quote": "met"', '"start": 24, "end": 31, "quote": "Bo said"')},
        at=(_MILL, 16, 5),
    ),
    clean=Case(edits={_MILL: ('"start": 4, "end": 7, "quote": "met"', '"start": 24, "end": 27, "quote": "Bo "')}),
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
    broken=Case(
        edits={_MILL: ('"start": 18, "end": 22, "quote": "mill"', '"start": 18, "end": 23, "quote": "mill."')},
        at=(_MILL, 12, 5),
    ),
    clean=Case(
        edits={_MILL: ('"start": 18, "end": 22, "quote": "mill"', '"start": 14, "end": 22, "quote": "the mill"')}
    ),
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


def _conflicts(view: RecordView, overlapping: Overlapping) -> Iterator[_PAIR]:
    """Each span that is in conflict with one that begins before it, and that one. O(n log n) for n spans."""
    anchor = Anchor(path=(*overlapping.path, ITEM), keys=overlapping.keys)
    arrays: dict[Any, list[SpanView]] = {}  # by the array's pointer, and the article for links
    for span in view.spans_of(anchor):
        if span.start < span.end:
            article = span.article.id if span.article else None
            arrays.setdefault((span.pointer[:-1], article), []).append(span)
    for spans in arrays.values():
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


def _finding(view: RecordView, earlier: SpanView, span: SpanView, said: str) -> Finding:
    return Finding(
        message=f"the span {span.start:,}..{span.end:,} {said}, {earlier.start:,}..{earlier.end:,}",
        place=view.document.place(span.pointer),
        help="shorten one of the two, or delete one",
        related=(view.document.place(earlier.pointer, note="the other one is here"),),
    )


RULES = (overlap_forbidden, overlap_crossing)
