"""Articles written in columns: a token a line, a column of tags for each layer of spans."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from dataset_builder.errors import UsageError
from dataset_builder.formats.format import Written
from dataset_builder.formats.segments import Segments, segmented
from dataset_builder.formats.settle import POINTS
from dataset_builder.formats.tags import Marked, encode
from dataset_builder.formats.tokenized import TextBuilder
from dataset_builder.model.foreign import ForeignArticle, ForeignRecord, Item, Trouble

__all__ = ["ConllWriter", "cell", "demand", "marked", "placed", "remainder"]

_BETWEEN = re.compile(r"[ \t\r\n]+")
_HEADER = "# global.columns = "


class ConllWriter:
    """Writes a file for each record. Annotators have folders of their own where there are several."""

    def __init__(self, *, scheme: str, layers: tuple[str, ...] | None, tokens: str | None) -> None:
        self._scheme, self._layers, self._tokens = scheme, layers, tokens

    def write(self, articles: Iterable[ForeignArticle], annotators: Sequence[str]) -> Iterator[Written]:
        """The files, one for each record of each article."""
        seen: set[str] = set()
        for article in articles:
            for file, record in placed(article, annotators, ".conll"):
                seen.update(item.layer for item in record.items)
                yield self._written(file, article, record)
        demand(seen, (*(self._layers or ()), *((self._tokens,) if self._tokens else ())))

    def _written(self, file: str, article: ForeignArticle, record: ForeignRecord) -> Written:
        segments = segmented(article.text, record, self._tokens)
        troubles: list[Trouble] = []
        columns: dict[str, list[str]] = _said(segments)
        found = {item.layer for item in record.items if item.fragments and not item.layer.endswith(POINTS)}
        found -= segments.layers
        for name in found & columns.keys():
            del columns[name]  # the layer is more than the attribute of that name, which is told below
        layers = sorted(found if self._layers is None else found & {*self._layers})
        for layer in sorted(layers, key=lambda name: (name == "entities", name)):
            items = [item for item in record.items if item.layer == layer]
            columns[layer] = encode(marked(items, segments, troubles), len(segments.tokens), self._scheme)
        if not layers:
            columns["entities"] = ["O"] * len(segments.tokens)
        troubles += remainder(article, record, segments, {*layers})
        troubles += _unsaid(segments, columns, article.file)
        lines = [f"{_HEADER}{' '.join(('word', *columns))}\n"] if len(columns) > 1 else []
        lines += _lines(article.text, segments, columns)
        if _rebuilt(article.text, segments) != article.text:
            message = "what parts the words of the text can't be held: each has one space, or a line's end, behind it"
            troubles.append(Trouble("export-changed", message, article.file))
        return Written(file=file, data="".join(lines).encode(), troubles=tuple(troubles))


def demand(seen: set[str], wanted: Iterable[str]) -> None:
    """Nothing, if all layers that are `wanted` are among those `seen`.

    Raises:
        UsageError: one isn't.
    """
    for name in wanted:
        if name not in seen:
            raise UsageError(f"there is no layer {name!r}: there are {', '.join(sorted(seen)) or 'none'}")


def placed(article: ForeignArticle, annotators: Sequence[str], ending: str) -> Iterator[tuple[str, ForeignRecord]]:
    """A name of a file for each record of `article`; for its text alone, where it has none."""
    if not article.records:
        yield f"{article.name}{ending}", ForeignRecord(annotator="")
    for record in article.records:
        folder = f"{record.annotator}/" if len(annotators) > 1 else ""
        yield f"{folder}{article.name}{ending}", record


def cell(text: str) -> str:
    """`text` as one field: spaces, tabs and line ends part fields."""
    return _BETWEEN.sub("_", text) or "_"


def _said(segments: Segments) -> dict[str, list[str]]:
    """The columns of what is said of tokens themselves: attributes all of whose values are words."""
    values: dict[str, list[str]] = {}
    names = dict.fromkeys(name for item in segments.items if item for name in item.attributes)
    for name in sorted(names, key=lambda name: (name != "pos", name)):
        given = [item.attributes.get(name, "_") if item else "_" for item in segments.items]
        words = [each for each in given if isinstance(each, str) and each == cell(each)]
        if len(words) == len(given) and name == cell(name) and "," not in name:
            values[name] = words
    return values


def _unsaid(segments: Segments, columns: Mapping[str, Sequence[str]], file: str) -> Iterator[Trouble]:
    """What is said of tokens that is no column."""
    lost = Counter(name for item in segments.items if item for name in item.attributes if name not in columns)
    for name, count in sorted(lost.items()):
        message = f'a field is a word: what {count:,} tokens say as "{name}" is left out'
        yield Trouble("export-lost", message, file)


def _lines(text: str, segments: Segments, columns: Mapping[str, Sequence[str]]) -> Iterator[str]:
    values = list(columns.values())
    yield "-DOCSTART-" + " -X-" * max(len(values) - 1, 0) + " O\n\n"
    for first, end, _ in segments.sentences:
        for number in range(first, end):
            start, stop = segments.tokens[number]
            yield " ".join((cell(text[start:stop]), *(column[number] for column in values))) + "\n"
        yield "\n"


def _rebuilt(text: str, segments: Segments) -> str:
    builder = TextBuilder()
    for first, end, _ in segments.sentences:
        for start, stop in segments.tokens[first:end]:
            builder.word(cell(text[start:stop]))
        builder.part("\n")
    return builder.text


def marked(items: Iterable[Item], segments: Segments, troubles: list[Trouble]) -> list[Marked]:
    """What tags can hold of `items`, by tokens; the rest is told. Of two that overlap, the first and longer stays."""
    starts = [start for start, _ in segments.tokens]
    ends = [end for _, end in segments.tokens]
    breaks = [first for first, _, _ in segments.sentences]
    found: list[Marked] = []
    reached = 0
    placed_items = sorted((item for item in items if item.fragments), key=_longer_first)
    for item in placed_items:
        start, end = item.fragments[0][0], item.fragments[-1][1]
        first, last = bisect_right(ends, start), bisect_left(starts, end)
        trouble = _unheld(item, first, last, reached, breaks)
        if trouble:
            troubles.append(Trouble("export-lost", f'"{item.id}" of {item.layer}: {trouble}', item.file))
            continue
        if (starts[first], ends[last - 1]) != (start, end):
            message = f'"{item.id}" of {item.layer}: it is widened to whole tokens'
            troubles.append(Trouble("export-changed", message, item.file))
        found.append(Marked(first, last, _label(item, troubles)))
        reached = last
    return found


def _longer_first(item: Item) -> tuple[int, int]:
    return item.fragments[0][0], -item.fragments[-1][1]


def _unheld(item: Item, first: int, last: int, reached: int, breaks: Sequence[int]) -> str | None:
    if len(item.fragments) > 1:
        return "a tag can't mark what is in several pieces, so that it is left out"
    if first >= last:
        return "no token lies in it, so that it is left out"
    if first < reached:
        return "a token has one tag of a layer, and another item has it, so that it is left out"
    if bisect_right(breaks, first) != bisect_right(breaks, last - 1):
        return "a tag can't go beyond the end of a sentence, so that it is left out"
    return None


def _label(item: Item, troubles: list[Trouble]) -> str | None:
    if item.label is None:
        return None
    word = cell(item.label)
    if word != item.label:
        message = f'"{item.id}" of {item.layer}: "{item.label}" is written as "{word}"'
        troubles.append(Trouble("export-changed", message, item.file))
    return word


def remainder(
    article: ForeignArticle, record: ForeignRecord, segments: Segments, written: set[str]
) -> Iterator[Trouble]:
    """What of `record` has no place in columns, a word on each layer."""
    file = record.items[0].file if record.items else article.file
    layers = Counter(item.layer for item in record.items)
    for layer, count in sorted(layers.items()):
        if layer not in written and layer not in segments.layers:
            yield Trouble("export-lost", f"columns have no place for {layer}: {count:,} are left out", file)
    said = Counter(
        item.layer
        for item in record.items
        if item.layer in written
        and (item.attributes or item.references or item.arguments or item.notes or item.referents)
    )
    for layer, count in sorted(said.items()):
        message = f"a tag is a label alone: what else is said of {count:,} of {layer} is left out"
        yield Trouble("export-lost", message, file)
    if segments.lost:
        message = f"{len(segments.lost):,} tokens or sentences overlap others or are in pieces, and are left out"
        yield Trouble("export-lost", message, file)
    for name in record.attributes:
        yield Trouble("export-lost", f'columns have no place for what is said of a text as a whole: "{name}"', file)
