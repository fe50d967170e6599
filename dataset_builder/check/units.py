"""The units in which tools count offsets, and which of them explains all spans of a record at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

__all__ = ["Conversion", "Stated", "Unit", "find_conversion", "natural_units"]

_BOM = "\ufeff"
_PLACES = 50  # places of a quote from which a constant is guessed at most
_WIDTHS = {"utf-16-le": 2, "utf-8": 1}
_NAMES = {"utf-16-le": "UTF-16 units, as JavaScript and Java do", "utf-8": "bytes"}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A way to count offsets: what is counted, and how line ends and a byte order mark are."""

    encoding: str | None = None  # whose units are counted; None: code points
    ends: str = "kept"  # "one": CR LF counts as one; "two": each LF counts as two
    mark: int = 0  # -1: the text's byte order mark isn't counted; 1: one is that the text doesn't have

    @property
    def name(self) -> str:
        """What is counted, behind "the offsets seem to count"."""
        parts = [_NAMES[self.encoding]] if self.encoding else []
        parts += {"one": ["CR LF as one character"], "two": ["every line end as two characters"]}.get(self.ends, [])
        parts += {-1: ["no byte order mark"], 1: ["from 1, or a byte order mark that isn't there"]}.get(self.mark, [])
        return " and ".join(parts)

    def code_points(self, text: str, offsets: Iterable[int]) -> dict[int, int | None]:
        """The code point of `text` at each offset in this unit; None where there is none. O(len(text) + offsets)."""
        body, base = _marked(text, self.mark)
        body, double = _with_ends(body, self.ends)
        data = body.encode(self.encoding) if self.encoding else body
        width = _WIDTHS.get(self.encoding or "", 1)
        found: dict[int, int | None] = {}
        position = passed = 0
        for offset in sorted(set(offsets)):
            chunk = _chunk(data, position * width, offset * width, self.encoding)
            found[offset] = None
            if chunk is None or (self.ends == "two" and chunk.endswith("\r")):
                continue
            doubled = chunk.count(double) if double else 0
            passed += len(chunk) + (doubled if self.ends == "one" else -doubled)
            position = offset
            found[offset] = passed + base if passed + base >= 0 else None
        return found


def _marked(text: str, mark: int) -> tuple[str, int]:
    if mark < 0:
        return text[1:], 1
    return (_BOM + text, -1) if mark else (text, 0)


def _with_ends(text: str, ends: str) -> tuple[str, str]:
    """`text` with its line ends as a tool saw them, and the character whose count tells how many it saw."""
    if ends == "one":
        single = next(character for character in map(chr, range(32)) if character not in text)
        return text.replace("\r\n", single), single
    return (text.replace("\n", "\r\n"), "\r") if ends == "two" else (text, "")


def _chunk(data: str | bytes, start: int, end: int, encoding: str | None) -> str | None:
    if not 0 <= end <= len(data):
        return None
    part = data[start:end]
    try:
        return part if isinstance(part, str) else part.decode(encoding or "")
    except UnicodeDecodeError:
        return None


def natural_units(text: str) -> Iterator[Unit]:
    """The units other than code points that make a difference in `text`, plain ones first."""
    encodings: list[str | None] = [None]
    encodings += ["utf-16-le"] if any(character > "\uffff" for character in {*text}) else []
    encodings += [] if text.isascii() else ["utf-8"]
    ends = ["kept"]
    ends += ["one"] if "\r\n" in text and any(chr(code) not in text for code in range(32)) else []
    ends += ["two"] if "\n" in text and "\r" not in text else []
    marks = [0, -1] if text.startswith(_BOM) else [0, 1]
    units = (Unit(encoding=encoding, ends=end, mark=mark) for mark in marks for end in ends for encoding in encodings)
    yield from sorted((unit for unit in units if unit != Unit()), key=_complexity)


def _complexity(unit: Unit) -> tuple[int, bool]:
    return (unit.encoding is not None) + (unit.ends != "kept") + (unit.mark != 0), unit.mark != 0


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
