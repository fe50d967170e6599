"""The passages that spans of many records cover, and what is proven of them together."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import compress
from operator import le, lt
from typing import TYPE_CHECKING, Any, NamedTuple

from dataset_builder.check.batch import Batch
from dataset_builder.check.edges import are_whole
from dataset_builder.schema.plan import Anchor

if TYPE_CHECKING:
    from dataset_builder.schema.shape import Path

__all__ = ["Passages", "Text"]

_INTEGER = {int}


@dataclass(frozen=True, slots=True)
class Text:
    """What a record is anchored in; `text` is None where it is absent, and only `length` bounds offsets."""

    text: str | None
    length: int  # code points
    sha256: str
    utf8: bytes | None = None  # what was hashed, where it is at hand


class _Spans(NamedTuple):
    """The spans of one anchor, in the order of records."""

    starts: list[int]
    ends: list[int]
    around: list[str]  # the text of each, with a line feed at its end
    covered: list[str]

    def only(self, chosen: list[bool]) -> "_Spans":
        """Those that are `chosen`."""
        starts, ends = list(compress(self.starts, chosen)), list(compress(self.ends, chosen))
        return _Spans(starts, ends, list(compress(self.around, chosen)), list(compress(self.covered, chosen)))


class Passages:
    """What the spans of a batch cover. What isn't proven here, the rules look at."""

    def __init__(self, batch: Batch, texts: Sequence[Text]) -> None:
        """`texts` are what each record is anchored in."""
        self._batch = batch
        self._lengths = [text.length for text in texts]
        self._ended = [f"{text.text}\n" for text in texts]
        self._absent = {text.text is None for text in texts}
        self._simple = all(text.isascii() and "\r" not in text for text in self._ended)
        self._spans: dict[Path, _Spans | None] = {}

    def are_ranged(self, anchor: Anchor) -> bool:
        """Whether all offsets are integers, and every span lies within its text and covers something."""
        return not self._batch.values(anchor.path) or self._of(anchor) is not None

    def are_quoted(self, anchor: Anchor) -> bool:
        """Whether every span covers what its quote and its digest say; where texts are absent, whether it has one."""
        count = len(self._batch.values(anchor.path))
        spans = self._of(anchor) if count else None
        if spans is None:
            return not count
        path, keys = anchor.path, anchor.keys
        quotes = self._batch.aligned((*path, keys.quote)) if keys.quote else [None] * count
        digests = self._batch.aligned((*path, keys.digest)) if keys.digest else None
        if True in self._absent:  # all of them, or these records are proven apart
            return self._absent == {True} and set(quotes) == {None} and _are_strings(digests)
        return _proves_quotes(spans.covered, quotes, digests)

    def are_whole(self, anchor: Anchor) -> bool:
        """Whether no span begins or ends at white space, within a word or within a character.

        Of a span that doesn't cover what its quote says, nobody asks.
        """
        if not self._batch.values(anchor.path) or self._absent == {True}:
            return True
        spans = self._of(anchor)
        if spans is None or True in self._absent:
            return False
        quotes = self._batch.aligned((*anchor.path, anchor.keys.quote)) if anchor.keys.quote else spans.covered
        if quotes != spans.covered:
            fit = [quote in (None, covered) for quote, covered in zip(quotes, spans.covered, strict=True)]
            spans = spans.only(fit)
        return are_whole(spans.covered, spans.around, spans.starts, spans.ends, simple=self._simple)

    def _of(self, anchor: Anchor) -> _Spans | None:
        """The spans of `anchor`, of which there are some; None if one of them covers nothing that there is."""
        if anchor.path not in self._spans:
            self._spans[anchor.path] = self._found(anchor)
        return self._spans[anchor.path]

    def _found(self, anchor: Anchor) -> _Spans | None:
        path, keys = anchor.path, anchor.keys
        starts, ends = self._batch.aligned((*path, keys.start)), self._batch.aligned((*path, keys.end))
        if set(map(type, starts)) != _INTEGER or set(map(type, ends)) != _INTEGER:
            return None
        owners = self._batch.owners(path)
        lengths = map(self._lengths.__getitem__, owners)
        if min(starts) < 0 or not all(map(le, ends, lengths)) or not all(map(lt, starts, ends)):
            return None
        around = list(map(self._ended.__getitem__, owners))
        covered = [text[start:end] for text, start, end in zip(around, starts, ends, strict=True)]
        return _Spans(starts, ends, around, covered)


def _are_strings(digests: list[Any] | None) -> bool:
    return digests is not None and set(map(type, digests)) == {str}


def _proves_quotes(covered: list[str], quotes: list[Any], digests: list[Any] | None) -> bool:
    if digests is None:
        return covered == quotes
    return all(
        (quote == passage or (quote is None and digest is not None))
        and (digest is None or digest == sha256(passage.encode()).hexdigest())
        for passage, quote, digest in zip(covered, quotes, digests, strict=True)
    )
