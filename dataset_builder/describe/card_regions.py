"""The generated regions of a card: text between markers, which is renewed while all around it stays as it is.

<!-- dataset-builder:begin NAME -->     a region begins; it ends with end NAME
<!-- dataset-builder:answer NAME -->    the author answers a question: all that follows to the next marker or heading
<!-- dataset-builder:skip NAME -->      this region, or this question, is not wanted
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dataset_builder.model.document import Flaw

__all__ = ["Marker", "Section", "answer", "append", "begin", "end", "find_problems", "harmless", "markers", "renew"]

_MARKER = re.compile(r"<!--\s*dataset-builder:(?P<rest>.*?)-->", re.DOTALL)
_WELL_FORMED = re.compile(r"\s*(?P<kind>begin|end|skip|answer)\s+(?P<name>\S+)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A marker of a card; `kind` and `name` are empty where it isn't well-formed."""

    kind: str
    name: str
    start: int  # half-open, code points of the card
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A region with the heading that a new card sets above it; authors may change or drop that.

    Sections of one `part` that follow each other share the heading of that.
    """

    name: str
    part: str | None  # a heading of the second level
    question: str | None = None  # a heading of the third level; the section then is the author's to write


def begin(name: str) -> str:
    """The marker with which the region `name` begins."""
    return f"<!-- dataset-builder:begin {name} -->"


def end(name: str) -> str:
    """The marker with which the region `name` ends."""
    return f"<!-- dataset-builder:end {name} -->"


def answer(name: str) -> str:
    """The marker behind which the author answers the question `name`."""
    return f"<!-- dataset-builder:answer {name} -->"


def markers(card: str) -> Iterator[Marker]:
    """All markers of `card`, in order."""
    for found in _MARKER.finditer(card):
        known = _WELL_FORMED.fullmatch(found["rest"])
        kind, name = (known["kind"], known["name"]) if known else ("", "")
        yield Marker(kind=kind, name=name, start=found.start(), end=found.end())


def find_problems(card: str, sections: Sequence[Section]) -> Iterator[Flaw]:
    """What is wrong with the markers of `card`, which may have these `sections`; in order."""
    opened: Marker | None = None
    seen: set[str] = set()
    names = {kind: _names(sections, kind) for kind in ("begin", "end", "skip", "answer")}
    for marker in markers(card):
        if not marker.kind or marker.name not in names[marker.kind]:
            yield _problem(marker, _unknown(marker, names.get(marker.kind, ())))
            continue
        if marker.kind == "end":
            if opened is None or opened.name != marker.name:
                yield _problem(marker, f'region "{marker.name}" ends here but does not begin before')
            opened = None if opened and opened.name == marker.name else opened
            continue
        if opened is not None:
            yield _problem(opened, f'region "{opened.name}" does not end before the next marker')
            opened = None
        if marker.name in seen:
            what = "question" if marker.name in names["answer"] else "region"
            yield _problem(marker, f'{what} "{marker.name}" occurs a second time')
        seen.add(marker.name)
        opened = marker if marker.kind == "begin" else None
    if opened is not None:
        yield _problem(opened, f'region "{opened.name}" begins here but does not end')


def _names(sections: Sequence[Section], kind: str) -> tuple[str, ...]:
    """What a marker of that kind may name."""
    return tuple(each.name for each in sections if kind == "skip" or bool(each.question) == (kind == "answer"))


def _unknown(marker: Marker, names: Sequence[str]) -> str:
    if not marker.kind:
        return "this marker is not understood: write begin, end, answer or skip and the name of a region or question"
    what = "question" if marker.kind == "answer" else "region"
    return f'there is no {what} "{marker.name}"; there are {", ".join(names)}'


def _problem(marker: Marker, message: str) -> Flaw:
    return Flaw(kind="card-markers", message=message, offset=marker.start, pointer=())


def renew(card: str, contents: Mapping[str, str], newline: str = "\n") -> str:
    """`card` with the text between its markers replaced; it must have no problems."""
    parts, kept = [], 0
    for opening, closing in pairwise(markers(card)):
        if opening.kind == "begin":
            parts += [card[kept : opening.end], _padded(contents.get(opening.name, ""), newline)]
            kept = closing.start
    return "".join([*parts, card[kept:]])


def append(card: str, sections: Sequence[Section], contents: Mapping[str, str], newline: str = "\n") -> str:
    """`card` with those of `sections` at its end that it neither has nor skips, as far as there is anything in them."""
    present = {marker.name for marker in markers(card)}
    part: str | None = None
    for section in sections:
        if section.name in present or not contents.get(section.name):
            continue
        if card:
            card += newline if card.endswith("\n") else 2 * newline
        heading = f"## {section.part}{2 * newline}" if section.part not in (None, part) else ""
        part = section.part
        text = _padded(contents[section.name], newline)
        if section.question:
            card += f"{heading}### {section.question}{2 * newline}{answer(section.name)}{text.removesuffix(newline)}"
        else:
            card += f"{heading}{begin(section.name)}{text}{end(section.name)}{newline}"
    return card


def _padded(text: str, newline: str) -> str:
    """`text` between blank lines, which Markdown wants around a comment."""
    lines = harmless(text).strip("\n")
    return f"\n\n{lines}\n\n".replace("\n", newline) if lines else newline


def harmless(text: str) -> str:
    """`text` with nothing in it that reads as a marker."""
    return text.replace("<!--", "&lt;!--")
