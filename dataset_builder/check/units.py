"""Which unit of offsets explains all spans of a record at once."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from dataset_builder.model.unit import Unit, natural_units

__all__ = ["Conversion", "Stated", "find_conversion"]

_PLACES = 50  # places of a quote from which a constant is guessed at most


class Stated(NamedTuple):
    """What a record states of one span; quote and digest are None where it states none."""

    start: int
    end: int
    quote: str | None = None
    digest: str | None = None

    @property
    def verifiable(self) -> bool:
        """Whether anything shows where the span belongs."""
        return self.quote is not None or self.digest is not None

    def fits(self, text: str, start: int | None, end: int | None) -> bool:
        """Whether the span belongs at `start` to `end` of `text`."""
        if start is None or end is None or not 0 <= start < end <= len(text):
            return False
        covered = text[start:end]
        if self.quote is not None and self.quote != covered:
            return False
        return self.digest is None or self.digest == sha256(covered.encode("utf-8")).hexdigest()


class Conversion(NamedTuple):
    """What the offsets of a record count, and where each of its spans then lies."""

    explanation: str
    targets: Mapping[tuple[int, int], tuple[int, int]]  # from the offsets that are stated


def find_conversion(spans: Sequence[Stated], text: str) -> Conversion | None:
    """The one conversion under which all of `spans` fit `text`; None where there is none, or they leave it open.

    It must be borne out: by two spans that it moves, or by one whose text stands nowhere else, or much farther off. A
    span with nothing to verify it must stay where it is. Takes time for about a dozen passes over the text.
    """
    found = [conversion for unit in natural_units(text) if (conversion := _by_unit(unit, spans, text))]
    if not found:
        found = list(_by_constant(spans, text))
    if not found or any(conversion.targets != found[0].targets for conversion in found):
        return None
    return found[0] if _is_borne_out(found[0], spans, text) else None


def _by_unit(unit: Unit, spans: Sequence[Stated], text: str) -> Conversion | None:
    first = next((span for span in spans if span.verifiable and not span.fits(text, span.start, span.end)), None)
    if first is None:
        return None
    at = unit.code_points(text, first[:2])
    if not first.fits(text, at[first.start], at[first.end]):
        return None
    at = unit.code_points(text, [offset for span in spans for offset in span[:2]])
    targets = {span[:2]: (at[span.start], at[span.end]) for span in spans}
    return _conversion(f"the offsets seem to count {unit.name}", spans, text, targets)


def _by_constant(spans: Sequence[Stated], text: str) -> Iterator[Conversion]:
    """Conversions that add a number to each start, and one to each end; none where a single span says so."""
    quoted = [span for span in spans if span.quote]
    if len({span[:2] for span in quoted}) < 2:
        return
    longest = max(quoted, key=lambda span: len(span.quote or ""))
    for at in _places(longest.quote or "", text):
        shift = at - longest.start, at + len(longest.quote or "") - longest.end
        targets = {span[:2]: (span.start + shift[0], span.end + shift[1]) for span in spans}
        found = _conversion(_explain_shift(*shift), spans, text, targets)
        if found:
            yield found


def _places(quote: str, text: str) -> list[int]:
    """Where `quote` stands; nowhere if that is in too many places."""
    places: list[int] = []
    at = text.find(quote)
    while at >= 0 and len(places) <= _PLACES:
        places.append(at)
        at = text.find(quote, at + 1)
    return places if len(places) <= _PLACES else []


def _explain_shift(start: int, end: int) -> str:
    if start == end:
        return f"the offsets seem to be off by {abs(start):,}: they are too {'small' if start > 0 else 'large'}"
    if (start, end) == (0, 1):
        return "the ends seem to be those of the last character, rather than behind it"
    return f"the starts seem to be off by {-start:+,}, the ends by {-end:+,}"


def _conversion(
    explanation: str,
    spans: Sequence[Stated],
    text: str,
    targets: Mapping[tuple[int, int], tuple[int | None, int | None]],
) -> Conversion | None:
    known: dict[tuple[int, int], tuple[int, int]] = {}
    for span in spans:
        start, end = targets[span[:2]]
        fits = span.fits(text, start, end) if span.verifiable else (start, end) == span[:2]
        if start is None or end is None or not fits:
            return None
        known[span[:2]] = (start, end)
    return Conversion(explanation, known)


def _is_borne_out(conversion: Conversion, spans: Sequence[Stated], text: str) -> bool:
    moved = {span[:2]: span for span in spans if span.verifiable and conversion.targets[span[:2]] != span[:2]}
    return len(moved) > 1 or any(_is_nearest(span, conversion, text) for span in moved.values())


def _is_nearest(span: Stated, conversion: Conversion, text: str) -> bool:
    """Whether what `span` then covers stands nowhere else, or at least three times as far away."""
    target, end = conversion.targets[span[:2]]
    places = _places(text[target:end], text)
    others = [abs(at - span.start) for at in places if at != target]
    return target in places and (not others or 3 * abs(target - span.start) <= min(others))
