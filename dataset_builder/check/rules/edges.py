"""SPN011 to SPN013: where spans begin and end."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256

from dataset_builder.check.characters import WORD, splits_cluster, splits_word
from dataset_builder.check.rule import Aspect, Case, Finding, Looks, rule
from dataset_builder.check.view import RecordView, SpanView
from dataset_builder.check.wording import quoted
from dataset_builder.model.diagnostic import Place, Severity

__all__ = ["RULES"]

_ANCHORED = (Looks.AT_RECORD, Looks.AT_LINK)
_MILL = "annotations/ada/mill.json"
_FERRY = "annotations/ada/ferry.json"
_MET = '"start": 4, "end": 7, "quote": "met"'
_SAYS = '"start": 28, "end": 32, "quote": "says"'
_JA = "Ja 👍🏽\n"
_Edge = tuple[SpanView, str, str, int]  # the span, "start" or "end", the text, the offset


def _edges(view: RecordView) -> Iterator[_Edge]:
    """Both edges of every span that lies where it says: of others, what is at their edges means nothing."""
    for span in view.spans():
        text = span.article.text if span.article else None
        if text is None or not 0 <= span.start < span.end <= len(text):
            continue
        covered = text[span.start : span.end]
        if span.quote in (None, covered) and (span.digest is None or span.digest == _sha256(covered)):
            yield span, "start", text, span.start
            yield span, "end", text, span.end


def _sha256(passage: str) -> str:
    return sha256(passage.encode("utf-8")).hexdigest()


def _place(view: RecordView, span: SpanView, role: str) -> Place:
    place = view.document.place((*span.pointer, getattr(span.anchor.keys, role)))
    return replace(place, start=span.start, end=span.end)


@rule(
    "SPN011",
    "edge-space",
    looks=_ANCHORED,
    aspect=Aspect.WHOLE,
    severity=Severity.WARNING,
    broken=Case(edits={_MILL: (_MET, '"start": 4, "end": 8, "quote": "met "')}, at=(_MILL, 15, 37)),
    clean=Case(edits={_MILL: (_MET, '"start": 4, "end": 10, "quote": "met Bo"')}),
)
def edge_space(view: RecordView) -> Iterator[Finding]:
    """A span begins or ends with white space.

    **Why it matters.** Nobody means to mark a space. The span doesn't match the same words that another annotator
    marked without it, and libraries that align spans with tokens refuse it (spaCy does) or drop it.

    **How to fix it.** Leave the white space out of the span and of its quote.
    """
    for span, role, text, offset in _edges(view):
        if text[offset if role == "start" else offset - 1].isspace():
            verb = "begins" if role == "start" else "ends"
            yield Finding(
                message=f"the span {verb} with white space",
                place=_place(view, span, role),
                help=_without_space(text, span),
            )


def _without_space(text: str, span: SpanView) -> str:
    covered = text[span.start : span.end]
    start, end = span.start + len(covered) - len(covered.lstrip()), span.start + len(covered.rstrip())
    return f"without it, the span is {start:,} to {end:,}" if start < end else "delete the span: it covers nothing else"


@rule(
    "SPN012",
    "mid-word",
    looks=_ANCHORED,
    aspect=Aspect.WHOLE,
    severity=Severity.NOTE,
    broken=Case(edits={_MILL: (_MET, '"start": 4, "end": 6, "quote": "me"')}, at=(_MILL, 15, 37)),
    clean=Case(edits={_FERRY: (_SAYS, '"start": 12, "end": 18, "quote": "leaves"')}),
)
def mid_word(view: RecordView) -> Iterator[Finding]:
    """A span begins or ends inside a word: between two letters or digits.

    Only letters of Latin, Greek, Cyrillic, Armenian and Georgian and ASCII digits count. Other scripts write words
    without spaces (Chinese, Japanese, Thai, Khmer), or join to them what is annotated apart: particles in Korean,
    prefixes in Arabic and Hebrew.

    **Why it matters.** Offsets that are off by one end up inside a word. A span that is meant so has no tokens of its
    own: what is learnt from the data must take the whole word, or nothing.

    **How to fix it.** Let the span cover the whole word. If a part of a word is meant, as in compounds, leave it.
    """
    yield from _inside(view, splits_word, _said_of_word)


def _inside(
    view: RecordView, splits: Callable[[str, int], bool], say: Callable[[str, int], tuple[str, str]]
) -> Iterator[Finding]:
    for span, role, text, offset in _edges(view):
        if splits(text, offset):
            what, shown = say(text, offset)
            named = f" {shown}" if span.article and not span.article.discreet else ""
            yield Finding(
                message=f"the span {'begins' if role == 'start' else 'ends'} inside a {what}{named}",
                place=_place(view, span, role),
                help=f"correct the {role}, or leave it if a part is meant" if what == "word" else f"move the {role}",
            )


def _said_of_word(text: str, offset: int) -> tuple[str, str]:
    start, end = offset, offset
    while start and WORD.match(text[start - 1]):
        start -= 1
    while end < len(text) and WORD.match(text[end]):
        end += 1
    return "word", quoted(text[start:end])


@rule(
    "SPN013",
    "split-character",
    looks=_ANCHORED,
    aspect=Aspect.WHOLE,
    severity=Severity.WARNING,
    broken=Case(
        files={
            "seeds/note.txt": _JA,
            "seeds/note.json": '{"title": null, "published": "2025-03-01T08:00:00Z", "event": "note", '
            '"rights": {"license": "CC0-1.0", "text": "included"}}\n',
            "annotations/ada/note.json": '{"article": "note", "annotator": "ada", "text_sha256": '
            f'"{sha256(_JA.encode()).hexdigest()}",\n "topic": "meeting", "entities": [], "relations": [], "cues": [\n'
            '  {"id": "c1", "start": 3, "end": 4, "quote": "👍"}\n]}\n',
        },
        at=("annotations/ada/note.json", 3, 35),
    ),
    clean=Case(edits={_FERRY: (_SAYS, '"start": 10, "end": 11, "quote": "🌊"')}),
)
def split_character(view: RecordView) -> Iterator[Finding]:
    """A span begins or ends inside what a reader takes for one character: a grapheme cluster of UAX 29.

    For example between a letter and its accent, between an emoji and its skin tone, within a flag, or between CR and
    LF.

    **Why it matters.** What the span covers can't be seen or selected. As a rule the offset was counted in other units,
    or the text was normalized after it was annotated.

    **How to fix it.** Move the offset before or behind the character.
    """
    yield from _inside(view, splits_cluster, _said_of_cluster)


def _said_of_cluster(text: str, offset: int) -> tuple[str, str]:
    return "character", f"between U+{ord(text[offset - 1]):04X} and U+{ord(text[offset]):04X}"


RULES = (edge_space, mid_word, split_character)
