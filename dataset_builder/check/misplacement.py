"""Why a quote is not where its span says: what was probably counted, where the quote stands, what mends it."""

import unicodedata
from collections.abc import Iterator, Mapping
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from dataset_builder.check.units import Conversion, Stated, find_conversion
from dataset_builder.model.diagnostic import Edit
from dataset_builder.model.unit import Unit, natural_units

if TYPE_CHECKING:
    from dataset_builder.check.view import RecordView, SpanView

__all__ = ["REVISED", "Search"]

_PASSES = 40  # what one search for a conversion costs, in passes over the text
_ASKED = 20  # spans whose quotes tell whether a record is about a text
_SEVERAL = -2
_UNKNOWN = -3

REVISED = "the text was revised since it was annotated: `dataset-builder anchor` moves spans to where their text went"


class Search:
    """Explains and mends misplaced spans of one record, within a budget: many must not cost a search each."""

    def __init__(self, view: "RecordView", budget: int = 20_000_000) -> None:
        self.budget = budget  # code points of text that may still be looked at
        self._view = view
        self._places: dict[tuple[str, str], int] = {}
        self._conversions: dict[str, Conversion | None] = {}
        self._owned: dict[str, bool] = {}  # by article
        self._unverifiable: dict[str, bool] = {}
        self._accidents: dict[str, tuple[Edit, ...]] = {}

    @cached_property
    def revised(self) -> bool:
        """Whether the record was made on another revision of its article's text."""
        known = self._view.article.sha256 if self._view.article else None
        return self._stated is not None and known is not None and self._stated != known

    @cached_property
    def _states_text(self) -> bool:
        return self._stated is not None and self._view.article is not None and not self.revised

    @cached_property
    def _stated(self) -> str | None:
        """The SHA-256 of the text that the record was made on."""
        stated = next((value for _, value in self._view.at((self._view.project.fields.text_sha256,))), None)
        return stated if isinstance(stated, str) else None

    @cached_property
    def _spans(self) -> Mapping[str, "list[SpanView]"]:
        """The spans by the article that they are anchored in."""
        found: dict[str, list[SpanView]] = {}
        for span in self._view.spans():
            found.setdefault(span.article.id if span.article else "", []).append(span)
        return found

    @cached_property
    def _taken(self) -> frozenset[tuple[object, ...]]:
        spans = (span for mine in self._spans.values() for span in mine)
        return frozenset((span.anchor.path, span.start, span.end) for span in spans)

    # Explaining

    def explain(self, span: "SpanView", text: str, covered: str) -> str | None:
        """What was probably meant by `span`, which covers something else than its quote; never a word of the text."""
        quote = span.quote or ""
        if not quote:
            return "an empty quote covers nothing: write what the span covers"
        alone = _difference_of_form(quote, covered)
        if alone:
            return f"they differ in {alone} alone: copy the quote from the text as it is stored"
        conversion = self._conversion(span, text)
        if conversion:
            start, end = conversion.targets[span.start, span.end]
            return f"the quote stands at {start:,}..{end:,}; {conversion.explanation}"
        return self._elsewhere(span, quote, text)

    def _elsewhere(self, span: "SpanView", quote: str, text: str) -> str | None:
        at = self._find(span, text)
        hint = f"; {REVISED}" if self.revised else ""
        if at == _UNKNOWN:
            return "where the quote stands was not looked for: too many others differ"
        if at == _SEVERAL:
            at = text.find(quote)
            where = f"first at {at:,}..{at + len(quote):,}"
            return f"the quote stands at several places, {where}{hint or ': choose the one meant'}"
        if at < 0:
            return f"the quote doesn't stand in the text as it is stored{hint}"
        unit = None if hint else self._unit(span, text, at, len(quote))
        counted = f"; the offsets seem to count {unit.name}" if unit else ""
        return f"the quote stands at {at:,}..{at + len(quote):,}{counted}{hint}"

    def _unit(self, span: "SpanView", text: str, at: int, length: int) -> Unit | None:
        """What the offsets count, if not code points; None if they are wrong in every unit."""
        if not self._spend(_PASSES * len(text)):
            return None
        for unit in natural_units(text):
            if unit.mark > 0:
                continue  # off by one has other reasons
            found = unit.code_points(text, (span.start, span.end))
            if (found[span.start], found[span.end]) == (at, at + length):
                return unit
        return None

    # Looking

    def _spend(self, cost: int) -> bool:
        if self.budget < cost:
            return False
        self.budget -= cost
        return True

    def _find(self, span: "SpanView", text: str) -> int:
        """Where the quote stands, if in one place: negative where it doesn't, or in several, or that isn't known."""
        quote = span.quote or ""
        key = (span.article.id if span.article else "", quote)
        if key not in self._places:
            if not self._spend(len(text)):
                return _UNKNOWN
            at = text.find(quote)
            self._places[key] = _SEVERAL if at >= 0 and text.find(quote, at + 1) >= 0 else at
        return self._places[key]

    def _conversion(self, span: "SpanView", text: str) -> Conversion | None:
        """What all spans of the record on this article were counted in; None where they weren't, or it isn't clear."""
        article = span.article.id if span.article else ""
        if article not in self._conversions:
            mine = [Stated(each.start, each.end, each.quote, each.digest) for each in self._spans[article]]
            wrong = any(each.verifiable and not each.fits(text, each.start, each.end) for each in mine)
            known = wrong and not self.revised and self._spend(_PASSES * len(text))
            self._conversions[article] = find_conversion(mine, text) if known else None
        return self._conversions[article]

    # Mending

    def fix(self, span: "SpanView") -> tuple[Edit, ...]:
        """Edits that put the offsets of `span` right; none where anything leaves a doubt."""
        document = self._view.document
        if self.revised or any(flaw.kind != "bom" for flaw in document.flaws):
            return ()
        target = self._target(span)
        if target is None:
            return ()
        edits = self._edits(span, target)
        return (*edits, *(edit for edit in self._seemingly_right(span) if edit not in edits))

    def _edits(self, span: "SpanView", target: tuple[int, int]) -> tuple[Edit, ...]:
        document, keys = self._view.document, span.anchor.keys
        pairs = zip((keys.start, keys.end), (span.start, span.end), target, strict=True)
        return tuple(
            document.edit(*document.values[(*span.pointer, name)], str(new)) for name, old, new in pairs if new != old
        )

    def _seemingly_right(self, span: "SpanView") -> tuple[Edit, ...]:
        """Edits of spans that fit by accident, and whose offsets are converted with those of `span`."""
        article = span.article.id if span.article else ""
        if article not in self._accidents:
            self._accidents[article] = tuple(self._moved_by_conversion(article))
        return self._accidents[article]

    def _moved_by_conversion(self, article: str) -> Iterator[Edit]:
        conversion = self._conversions.get(article)
        for span in self._spans[article] if conversion else ():
            text = span.article.text if span.article else None
            stated = Stated(span.start, span.end, span.quote, span.digest)
            if conversion and text is not None and stated.fits(text, span.start, span.end):
                yield from self._edits(span, conversion.targets[span.start, span.end])

    def _target(self, span: "SpanView") -> tuple[int, int] | None:
        """Where `span` lies beyond doubt, if not where it says."""
        text = span.article.text if span.article else None
        if text is None or (span.quote is None and span.digest is None):
            return None
        conversion = self._conversion(span, text)
        if conversion:
            return conversion.targets[span.start, span.end]
        if not span.quote or self._is_unverifiable(span) or not self._belongs(span, text):
            return None
        stated = Stated(span.start, span.end, span.quote, span.digest)
        if stated.fits(text, span.end, span.start):
            return span.end, span.start
        at = self._find(span, text)
        target = (at, at + len(span.quote))
        free = at >= 0 and (span.anchor.path, *target) not in self._taken
        return target if free and _agrees(span) else None

    def _belongs(self, span: "SpanView", text: str) -> bool:
        """Whether the record is about this text: it says so, or at least half of its quotes stand there."""
        article = span.article.id if span.article else ""
        if article not in self._owned:
            quotes = [each.quote for each in self._spans[article][:_ASKED] if each.quote]
            known = self._states_text or self._spend(len(quotes) * len(text))
            here = known and (self._states_text or 2 * sum(quote in text for quote in quotes) >= len(quotes))
            self._owned[article] = here
        return self._owned[article]

    def _is_unverifiable(self, span: "SpanView") -> bool:
        """Whether the record has spans on the same article that would be left behind, with nothing to tell where to."""
        article = span.article.id if span.article else ""
        if article not in self._unverifiable:
            mine = self._spans[article]
            self._unverifiable[article] = any(each.quote is None and each.digest is None for each in mine)
        return self._unverifiable[article]


def _agrees(span: "SpanView") -> bool:
    return span.digest is None or span.digest == sha256((span.quote or "").encode("utf-8")).hexdigest()


def _difference_of_form(one: str, other: str) -> str | None:
    """In what alone two strings differ, if not in their words."""
    if unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other):
        return "Unicode normalisation"
    if "".join(one.split()) == "".join(other.split()):
        return "white space"
    return "case" if one.casefold() == other.casefold() else None
