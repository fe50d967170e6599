"""Why a quote is not where its span says: what was probably counted, or where the quote stands."""

import unicodedata
from collections.abc import Callable

from dataset_builder.check.view import SpanView
from dataset_builder.model.span import code_points_from_utf8, code_points_from_utf16

__all__ = ["Search"]

_UNITS: tuple[tuple[str, Callable[[str, int], int | None]], ...] = (
    ("UTF-16 units, as JavaScript and Java do", code_points_from_utf16),
    ("bytes", code_points_from_utf8),
)


class Search:
    """Explains misplaced quotes of one record, within a budget: many of them must not cost a search each."""

    def __init__(self, budget: int = 20_000_000) -> None:
        self.budget = budget  # code points of text that may still be looked at

    def explain(self, span: SpanView, text: str, covered: str) -> str | None:
        """What was probably meant by `span`, which covers something else than its quote; never a word of the text."""
        quote = span.quote or ""
        if not quote:
            return "an empty quote covers nothing: write what the span covers"
        if _same_but_form(quote, covered):
            return "they differ in Unicode normalisation alone: copy the quote from the text as it is stored"
        if "".join(quote.split()) == "".join(covered.split()):
            return "they differ in white space alone: copy the quote from the text as it is stored"
        return self._elsewhere(span, quote, text)

    def _elsewhere(self, span: SpanView, quote: str, text: str) -> str | None:
        if self.budget < len(text):
            return "where the quote stands was not looked for: too many others differ"
        self.budget -= len(text)
        at = text.find(quote)
        if at < 0:
            return "the quote doesn't stand in the text as it is stored"
        if text.find(quote, at + 1) < 0:
            unit = self._unit(span, text, at, len(quote))
            counted = f"; the offsets seem to count {unit}" if unit else ""
            return f"the quote stands at {at:,}..{at + len(quote):,}{counted}"
        return f"the quote stands at several places, first at {at:,}..{at + len(quote):,}: choose the one meant"

    def _unit(self, span: SpanView, text: str, at: int, length: int) -> str | None:
        """What the offsets count, if not code points; None if they are wrong in every unit."""
        cost = 40 * len(text)  # converting is that much slower than finding
        if text.isascii() or self.budget < cost:
            return None
        self.budget -= cost
        for unit, convert in _UNITS:
            if convert(text, span.start) == at and convert(text, span.end) == at + length:
                return unit
        return None


def _same_but_form(one: str, other: str) -> bool:
    return unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
