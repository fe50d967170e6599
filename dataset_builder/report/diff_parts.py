"""A comparison laid out for people: headings with counts, tables and lines, in no format yet."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from dataset_builder.model.diff import (
    AgreementChange,
    AnnotationChange,
    ArticleChange,
    Change,
    Diff,
    Drift,
    Item,
    LinkChange,
    Move,
    SchemaChange,
    Section,
    Side,
)
from dataset_builder.report.text import counted

__all__ = ["Cells", "Line", "Part", "Piece", "parts"]

_LONGEST = 72  # characters of a value

_CAUTION = "p shrinks with the number of items, however small a difference is; V, from 0 to 1, says how large it is"

Piece = tuple[str, str]
"""A style (`plain`, `removed`, `added`, `strong`) and a text of data, not yet safe to show."""


class Line(NamedTuple):
    """A line; those of depth 1 belong to the one before."""

    pieces: tuple[Piece, ...]
    depth: int = 0


class Cells(NamedTuple):
    """A table."""

    head: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A heading, and what stands under it."""

    heading: str
    title: bool = True  # of a section
    contents: tuple[Line | Cells, ...] = ()


def parts(diff: Diff, *, summary: bool) -> Iterator[Part]:
    """Who is compared, each section that has something to say, and what it means for the version."""
    yield Part(heading=f"from {_side(diff.old)} to {_side(diff.new)}", title=False)
    if not diff.differs:
        yield Part(heading="no differences", title=False)
        return
    for part in _sections(diff):
        yield Part(heading=part.heading) if summary else part
    bump = f"these changes make a {diff.bump} version" if diff.bump else "only the version differs"
    yield Part(heading=bump, title=False)


def _side(side: Side) -> str:
    contents = f"{counted(side.articles, 'article')}, {counted(side.annotations, 'annotation')}"
    return f"{side.name} ({side.dataset} {side.version}: {contents})"


def _sections(diff: Diff) -> Iterator[Part]:
    schema = [*_lines(diff.schema, _schema), *(_line(f"{name} differs") for name in diff.documents)]
    schema += [_line(f"the values of {name} can't be compared: its type changed") for name in diff.uncompared]
    if schema:
        yield Part(heading=_heading("schema", diff.schema), contents=tuple(schema))
    if diff.splits.total:
        rows = tuple((each.split, each.old, each.new) for each in diff.sizes)
        moves = tuple(_lines(diff.splits, _move))
        heading = _heading("splits", diff.splits, "article moved", "articles moved")
        yield Part(heading=heading, contents=(Cells(("split", "old", "new"), rows), *moves))
    yield from _listed("articles", diff.articles, _article)
    yield from _listed("annotations", diff.annotations, _annotation)
    if diff.gold.counts:
        yield from _gold(diff.gold)
    yield from _listed("links", diff.links, _link)
    yield from _listed("metadata", diff.metadata, lambda each: _changes(each.article, each.changes))
    if diff.dataset:
        yield Part(heading="dataset", contents=tuple(_line(_change(change)) for change in diff.dataset))
    if diff.drift:
        heading = f"label drift: {counted(len(diff.drift), 'column')} changed"
        yield Part(
            heading=heading, contents=(*(each for drift in diff.drift for each in _drift(drift)), _line(_CAUTION))
        )
    if diff.agreement:
        heading = f"agreement: {counted(len(diff.agreement), 'figure')} changed"
        yield Part(heading=heading, contents=(_agreement(diff.agreement),))
    if diff.unexplained:
        lines = tuple(_line(f"{name}: other digests, for no reason found here") for name in diff.unexplained)
        yield Part(heading="unexplained", contents=lines)


def _line(text: str, depth: int = 0) -> Line:
    return Line((("plain", text),), depth)


def _heading(name: str, section: Section[Any], noun: str = "change", nouns: str = "") -> str:
    number = f"{section.total:,} {noun if section.total == 1 else nouns or f'{noun}s'}"
    named = name in ("schema", "metadata")  # by kinds, or fields, that are nouns
    counts = ((kind, f"{count:,}") for kind, count in section.counts.items() if count)
    kinds = ", ".join(f"{kind}: {count}" if named else f"{count} {kind}" for kind, count in counts)
    return f"{name}: {number} ({kinds})" if kinds else f"{name}: {number}"


def _lines(section: Section[Any], render: Any) -> Iterator[Line]:
    for change in section.shown:
        yield from render(change)
    if section.hidden:
        yield _line(f"and {section.hidden:,} more, not shown; --limit shows more of them")


def _listed(name: str, section: Section[Any], render: Any) -> Iterator[Part]:
    if section.counts:
        yield Part(heading=_heading(name, section), contents=tuple(_lines(section, render)))


def _gold(section: Section[AnnotationChange]) -> Iterator[Part]:
    """The gold layers; what merely follows an annotator's change is only counted."""
    yield Part(
        heading=_heading("gold", section, "change of its own", "changes of its own"),
        contents=tuple(_lines(section, _annotation)),
    )


def _schema(change: SchemaChange) -> Iterator[Line]:
    where = f"{change.table}: {change.path}" if change.path else change.table
    values = [each for each in (change.old, change.new) if each is not None]
    yield _line(f"{change.kind}: {where}" + (f" ({' → '.join(values)})" if values else ""))


def _move(move: Move) -> Iterator[Line]:
    leaks = " (leaks: it was trained on before)" if (move.old, move.new) == ("train", "test") else ""
    yield _line(f"{move.old} → {move.new}: {move.article}{leaks}")


def _article(change: ArticleChange) -> Iterator[Line]:
    old, new = change.lengths
    if change.kind != "revised":
        yield _line(f"{change.kind}: {change.article} ({change.split})")
        return
    edits = "its text may not be shown" if change.edits is None else counted(change.edits, "edit")
    length = f"{old:,} → {new:,} characters, " if old is not None and new is not None else ""
    yield _line(f"revised: {change.article} ({change.split}): {length}{edits}")
    for each in change.passages:
        removed = (("removed", each.removed),) if each.removed else ()
        added = (("added", each.added),) if each.added else ()
        pieces = (("plain", f"{each.old:,}: {each.before}"), *removed, *added, ("plain", each.after))
        yield Line(pieces, 1)
    if change.edits and change.edits > len(change.passages):
        yield _line(f"and {counted(change.edits - len(change.passages), 'edit')} more", 1)


def _annotation(change: AnnotationChange) -> Iterator[Line]:
    by = f" by {change.annotator}" if change.annotator else ""
    where = f"{change.article}{by}" + (f", {change.layer}" if change.layer else "")
    yield _line(f"{' and '.join(change.kinds)}: {where}{_items(change.old, change.new)}")
    for each in change.changes:
        yield _line(_change(each), 1)


def _items(old: Item | None, new: Item | None) -> str:
    item = new or old
    if item is None:
        return ""
    key = f"{old.key} → {new.key}" if old and new and old.key != new.key else item.key
    span = _span(item)
    if old and new and old.span != new.span:
        span = f"{_span(old)} → {_span(new)}"
    quote = _quote(item)
    if old and new and old.quote != new.quote:
        quote = " → ".join(filter(None, (_quote(old), _quote(new))))
    return "".join(f" {each}" for each in (key, span, quote) if each)


def _span(item: Item) -> str:
    return f"{item.span[0]:,}..{item.span[1]:,}" if item.span else ""


def _quote(item: Item) -> str:
    return _value(item.quote) if item.quote is not None else ""


def _link(change: LinkChange) -> Iterator[Line]:
    yield from _changes(f"{change.kind}: {change.link}", change.changes)


def _changes(name: str, changes: Iterable[Change]) -> Iterator[Line]:
    yield _line(name)
    for change in changes:
        yield _line(_change(change), 1)


def _change(change: Change) -> str:
    if change.old is None and change.new is None:
        return f"{change.path} changed"
    return f"{change.path}: {_value(change.old)} → {_value(change.new)}"


def _value(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _drift(drift: Drift) -> Iterator[Line | Cells]:
    yield _line(f"{drift.table}: {drift.path}: {_test(drift)}")
    sums = sum(each.old or 0 for each in drift.labels), sum(each.new or 0 for each in drift.labels)
    rows = tuple(
        (each.label, _number(each.old), _share(each.old, sums[0]), _number(each.new), _share(each.new, sums[1]))
        for each in drift.labels
    )
    yield Cells(("label", "old", "share", "new", "share"), rows)


def _number(count: int | None) -> str:
    return "–" if count is None else f"{count:,}"


def _share(count: int | None, total: int) -> str:
    return "–" if count is None or not total else f"{100 * count / total:.1f} %"


def _test(drift: Drift) -> str:
    if drift.statistic is None or drift.p is None or drift.effect is None:
        return "no test: it takes two labels that occur, and items in both builds"
    p = f"p = {drift.p:.3g}" if drift.p >= 1e-6 else "p < 0.000001"
    rough = "; some counts are too small for p to be exact" if drift.sparse else ""
    return f"chi-squared({drift.freedom}) = {drift.statistic:.2f}, {p}, Cramér's V = {drift.effect:.3f}{rough}"


def _agreement(changes: Iterable[AgreementChange]) -> Cells:
    rows = tuple(
        (each.path, each.measure, ", ".join(each.annotators), name, _figure(old), _figure(new))
        for each in changes
        for name, (old, new) in _told(each).items()
    )
    return Cells(("column", "measure", "between", "figure", "old", "new"), rows)


def _told(change: AgreementChange) -> Mapping[str, tuple[float | None, float | None]]:
    """The figures that differ, and the number of units first where that does."""
    numbers = {"n": change.n} if change.n[0] != change.n[1] else {}
    return {**numbers, **{name: pair for name, pair in change.values.items() if pair[0] != pair[1]}}


def _figure(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"
