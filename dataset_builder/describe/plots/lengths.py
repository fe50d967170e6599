"""How long texts are: a histogram by split, and a line for each split with its quartiles."""

from collections.abc import Iterator, Mapping

from dataset_builder.describe.card_facts import CardFacts
from dataset_builder.describe.figures import Lengths
from dataset_builder.describe.plots.bars import merged
from dataset_builder.describe.plots.plot import Plot
from dataset_builder.describe.plots.svg import GAP, LINE, SERIES, WIDTH, cut, legend, line, picture, rectangle, text

__all__ = ["lengths"]

_BINS = 25  # about, at most
_HIGH = 160  # pixels of the histogram
_LEFT, _RIGHT = 132, 36  # pixels beside it
_BOXES = 12  # splits with a line of their own


def lengths(facts: CardFacts) -> Plot | None:
    """Both, over one scale; None where all texts are of one length."""
    statistics = facts.statistics
    whole = statistics.texts
    if whole is None or whole.minimum == whole.maximum:
        return None
    by_split = dict(statistics.texts_by_split)
    several = len(by_split) > 1
    scale = _Scale(whole)
    top = GAP + (LINE + 8 if several else 0)
    base = top + _HIGH
    shown = dict(list(by_split.items())[:_BOXES]) if several else {"all": whole}
    body = [legend(tuple(by_split), GAP + 14)] if several else []
    body += _histogram(scale, by_split, top)
    body += _axis(scale, base, base + LINE * len(shown) + 12)
    for index, (split, found) in enumerate(shown.items()):
        body += _box(scale, split, found, base + 8 + LINE * index, min(index, SERIES - 1))
    bottom = base + LINE * len(shown) + 12 + 3 * LINE
    told = "Histogram of the lengths of texts in code points" + (", divided by split" if several else "")
    beneath = "; below it, the range of each split with its quartiles and its median"
    return Plot(name="lengths", told=told, svg=picture("Lengths of texts", f"{told}{beneath}.", bottom, body))


class _Scale:
    """Lengths in bins of a round number of code points; what is far longer than most is in the last one."""

    def __init__(self, whole: Lengths) -> None:
        low, _, high = whole.quartiles
        top = min(whole.maximum, high + 5 * max(high - low, 1))
        self.step = _round_step((top - whole.minimum) / _BINS)
        self.first = whole.minimum // self.step * self.step
        self.bins = (top - self.first) // self.step + 1
        self.open = whole.maximum >= self.first + self.step * self.bins
        self._pixels = (WIDTH - _LEFT - _RIGHT) / self.bins

    def bin_of(self, length: int) -> int:
        """The number of the bin that `length` falls into."""
        return min((length - self.first) // self.step, self.bins - 1)

    def x(self, length: float) -> float:
        """Where `length` lies; what is too long, at the right edge."""
        return _LEFT + self._pixels * min((length - self.first) / self.step, self.bins)

    def between(self, low: float, high: float) -> float:
        """How many pixels lie between two lengths; some always do."""
        return max(self.x(high) - self.x(low), 1.5)


def _round_step(least: float) -> int:
    """The least of 1, 2, 5, 10, 20, 50 … that is not below `least`."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if step * factor >= least:
                return step * factor
        step *= 10


def _histogram(scale: _Scale, by_split: Mapping[str, Lengths], top: float) -> Iterator[str]:
    counts = [[0] * len(by_split) for _ in range(scale.bins)]
    for index, found in enumerate(by_split.values()):
        for length, number in found.histogram.items():
            counts[scale.bin_of(length)][index] += number
    most = max(map(sum, counts))
    yield text(_LEFT - 8, top + 10, f"{most:,}", kind="m", anchor="end")
    yield text(_LEFT - 8, top + 26, "texts", kind="m", anchor="end")
    yield line(_LEFT, top, WIDTH - _RIGHT, top)
    for number, parts in enumerate(counts):
        left, right = (scale.x(scale.first + scale.step * edge) for edge in (number, number + 1))
        y = top + _HIGH
        start = scale.first + scale.step * number
        last = scale.open and number == scale.bins - 1
        told = f"{start:,} or more" if last else f"{start:,} to {start + scale.step - 1:,}"
        for series, part in enumerate(merged(parts)):
            if part:
                high = _HIGH * part / most
                y -= high
                yield rectangle(left + 0.5, y, (right - left - 1, high), f"s{series}", f"{told}: {sum(parts):,} texts")


def _axis(scale: _Scale, base: float, bottom: float) -> Iterator[str]:
    yield line(_LEFT, base, WIDTH - _RIGHT, base)
    every = max(1, -(-scale.bins // 8))
    for number in range(0, scale.bins + 1, every):
        length = scale.first + scale.step * number
        x = scale.x(length)
        yield line(x, base, x, bottom)
        yield text(x, bottom + 14, f"{length:,}", kind="m", anchor="middle")
    more = "; what is longer is in the last bar" if scale.open else ""
    yield text(_LEFT, bottom + 34, f"code points{more}", kind="m")


def _box(scale: _Scale, split: str, found: Lengths, y: float, series: int) -> Iterator[str]:
    lower, median, upper = found.quartiles
    yield text(_LEFT - 8, y + 10, cut(split, _LEFT - GAP - 8), anchor="end")
    yield rectangle(scale.x(found.minimum), y + 5, (scale.between(found.minimum, found.maximum), 2), "s5")
    yield rectangle(scale.x(lower), y, (scale.between(lower, upper), 12), f"s{series}")
    yield rectangle(scale.x(median) - 1.5, y - 2, (3, 16), "e")
