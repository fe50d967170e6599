"""Where the spans of a record belong in a text: by their quotes, or by where a former revision had them."""

from collections.abc import Sequence
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

from dataset_builder.mend.alignment import Alignment, align
from dataset_builder.mend.locating import Found, locate
from dataset_builder.mend.places import Places, is_cut
from dataset_builder.model.mending import Outcome

__all__ = ["Anchored", "Wanted", "anchor_spans"]


class Wanted(NamedTuple):
    """What a record says of a span: offsets, if any; quote or digest, if any; and which occurrence is meant."""

    start: int | None
    end: int | None
    quote: str | None = None
    digest: str | None = None
    occurrence: int | None = None  # 1-based, among those that prefix and suffix fit
    prefix: str | None = None
    suffix: str | None = None

    @property
    def helped(self) -> bool:
        """Whether the record says which occurrence is meant."""
        return (self.occurrence, self.prefix, self.suffix) != (None, None, None)

    @property
    def placed(self) -> bool:
        """Whether the record has both offsets."""
        return self.start is not None and self.end is not None

    def fits(self, text: str) -> bool:
        """Whether the span lies in `text` where it says, as far as there is anything to tell."""
        if self.start is None or self.end is None or not 0 <= self.start < self.end <= len(text):
            return False
        covered = text[self.start : self.end]
        if self.quote is not None and self.quote != covered:
            return False
        return self.digest is None or self.digest == sha256(covered.encode("utf-8")).hexdigest()


class Anchored(NamedTuple):
    """What became of a span; offsets are None for a lost one, `was` is the text that it covered, if known."""

    outcome: Outcome
    start: int | None = None
    end: int | None = None
    reason: str | None = None
    was: str | None = None


def anchor_spans(spans: Sequence[Wanted], text: str, *, revised: bool, former: str | None) -> list[Anchored]:
    """What became of each of `spans` in `text`, in their order.

    `revised` says that they were made on another text, which `former` is, if it is known.
    """
    return _Anchoring(spans, text, revised=revised, former=former).all()


class _Anchoring:
    def __init__(self, spans: Sequence[Wanted], text: str, *, revised: bool, former: str | None) -> None:
        self._spans, self._text, self._former = spans, text, former
        self._revised = revised
        self._places = Places(text)
        self._alignment: Alignment | None = None

    def all(self) -> list[Anchored]:
        """What became of each span."""
        found = [self._one(span) for span in self._spans]
        missing = [index for index, anchored in enumerate(found) if anchored is None]
        known = {
            index: (span.start, anchored.start, anchored.end)
            for index, (span, anchored) in enumerate(zip(self._spans, found, strict=True))
            if anchored and span.start is not None and anchored.start is not None and anchored.end is not None
        }
        sought = {index: (self._spans[index].start or 0, self._spans[index].quote or "") for index in missing}
        for index, place in locate(sought, list(known.values()), self._places).items():
            found[index] = self._located(self._spans[index], place)
        return [anchored or Anchored(Outcome.LOST, reason="nothing shows where it belongs") for anchored in found]

    def _one(self, span: Wanted) -> Anchored | None:
        """What became of a span, where it can be told from it alone; None where its quote has to be looked for."""
        if span.helped or not span.placed:
            return self._place(span)
        if self._former is not None and self._revised and self._is_old(span, self._former):
            return self._map(span, self._former)
        if span.fits(self._text):
            unsure = self._revised and span.quote is None and span.digest is None
            return None if unsure else Anchored(Outcome.EXACT, span.start, span.end)
        return None

    def _is_old(self, span: Wanted, former: str) -> bool:
        """Whether the offsets are those of the former text; a record that was mended in part has both kinds."""
        if not span.fits(former):
            return False
        return not span.fits(self._text) or self._mostly_old

    @cached_property
    def _mostly_old(self) -> bool:
        """Whether spans that fit both texts are taken for the former one's, as more spans fit that one alone."""
        former = self._former or ""
        told = [(span.fits(former), span.fits(self._text)) for span in self._spans if span.placed]
        return told.count((True, False)) >= told.count((False, True))

    # Without offsets

    def _place(self, span: Wanted) -> Anchored:
        quote = span.quote or ""
        places = self._places.of(quote)
        if not quote:
            return Anchored(Outcome.LOST, reason="it has neither offsets nor a quote")
        if places is None:
            return Anchored(Outcome.LOST, reason="its quote stands in too many places")
        around = [at for at in places if self._is_around(span, at, at + len(quote))]
        if span.occurrence is not None:
            around = around[span.occurrence - 1 : span.occurrence] if span.occurrence > 0 else []
        if len(around) == 1:
            before = (span.start, span.end)
            after = (around[0], around[0] + len(quote))
            return Anchored(Outcome.EXACT if before == after else Outcome.MOVED, *after)
        if not around:
            beside = " as prefix, suffix and occurrence say" if places else ""
            return Anchored(Outcome.LOST, reason=f"its quote doesn't stand in the text{beside}")
        reason = f"its quote stands in {len(around):,} places: say which by occurrence, prefix or suffix"
        return Anchored(Outcome.LOST, reason=reason)

    def _is_around(self, span: Wanted, start: int, end: int) -> bool:
        before, after = span.prefix or "", span.suffix or ""
        return self._text.endswith(before, 0, start) and self._text.startswith(after, end)

    # From the former text

    def _map(self, span: Wanted, former: str) -> Anchored:
        self._alignment = self._alignment or align(former, self._text)
        start, end = span.start or 0, span.end or 0
        was = former[start:end]
        at = self._alignment.exact(start, end)
        if at is not None:
            return Anchored(Outcome.EXACT if at == start else Outcome.MOVED, at, at + end - start, was=was)
        places = self._places.of(was) or ()
        whole = (is_cut(former, start), is_cut(former, end))
        if len(places) == 1 and self._cuts(places[0], was) == whole:
            return Anchored(
                Outcome.EXACT if places[0] == start else Outcome.MOVED, places[0], places[0] + len(was), was=was
            )
        window = self._alignment.window(start, end, len(self._text))
        inside = [at for at in places if window[0] <= at and at + len(was) <= window[1]]
        if len(inside) == 1:
            return self._inside(inside[0], was, whole=self._cuts(inside[0], was) == whole)
        pinned = self._alignment.pinned(start, end)
        near = None if pinned else self._places.near(was, *window)
        after = pinned or (near and near[:2])
        if after is None:
            return Anchored(Outcome.LOST, reason="its text was deleted or rewritten", was=was)
        return Anchored(Outcome.CHANGED, *after, reason="its text was revised", was=was)

    def _cuts(self, at: int, was: str) -> tuple[bool, bool]:
        """Whether the text at `at` begins, and ends, within a word: "he" does in "she"."""
        return is_cut(self._text, at), is_cut(self._text, at + len(was))

    def _inside(self, at: int, was: str, *, whole: bool) -> Anchored:
        """The text at `at`, where it can be looked for; other words there than in the former text are a change."""
        reason = None if whole else "its text is now cut out of a longer word, or no longer is"
        return Anchored(Outcome.MOVED if whole else Outcome.CHANGED, at, at + len(was), reason, was)

    # From the quote

    def _located(self, span: Wanted, place: Found) -> Anchored:
        if not span.quote:
            seen = "only its digest shows" if span.digest else "nothing shows"
            return Anchored(Outcome.LOST, reason=f"{seen} where it belongs: give the former text by --was")
        if place.start is None or place.end is None:
            return Anchored(Outcome.LOST, reason=place.reason, was=span.quote)
        if self._text[place.start : place.end] == span.quote:
            if self._revised and any(self._cuts(place.start, span.quote)):
                return self._inside(place.start, span.quote, whole=False)
            same = (place.start, place.end) == (span.start, span.end)
            return Anchored(Outcome.EXACT if same else Outcome.MOVED, place.start, place.end, was=span.quote)
        return Anchored(Outcome.CHANGED, place.start, place.end, reason="its text was revised", was=span.quote)
