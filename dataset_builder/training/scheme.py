"""Tags: how the tokens of a span are told from those beside it, and spans read back from tags."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["OUTSIDE", "SCHEMES", "Run", "Scheme", "runs"]

OUTSIDE = "O"
_STARTS = frozenset("BSU")  # letters that begin a span wherever they stand
_ENDS = frozenset("ELSU")  # letters that end one


class Run(NamedTuple):
    """Tokens of one span: half-open, positions among the tokens."""

    first: int
    stop: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """The letters that a span's tokens get."""

    single: str  # of a span's only token
    first: str
    inside: str
    last: str
    touching: str | None = None  # of the first token instead, where the span before has the same label and no gap
    separates: bool = True  # whether spans of one label that touch can be told apart

    def names(self, labels: Iterable[str]) -> list[str]:
        """The tags, "O" first: what the numbers of the label column stand for."""
        letters = dict.fromkeys((self.first, self.inside, self.last, self.single, self.touching))
        return [OUTSIDE, *(f"{letter}-{label}" for label in labels for letter in letters if letter)]

    def write(self, tags: list[int], run: Run, codes: Mapping[str, int]) -> None:
        """Puts the codes of a run into `tags`; what stands before it there decides whether it touches another."""
        first, stop, label = run
        body = codes[f"{self.inside}-{label}"]
        tags[first:stop] = [body] * (stop - first)
        if stop - first == 1:
            tags[first] = codes[f"{self.single}-{label}"]
        else:
            tags[first] = codes[f"{self.first}-{label}"]
            tags[stop - 1] = codes[f"{self.last}-{label}"]
        touching = codes[f"{self.touching}-{label}"] if self.touching else body
        if touching != body and first and tags[first - 1] in (body, touching):
            tags[first] = touching


SCHEMES: Mapping[str, Scheme] = {
    "IO": Scheme(single="I", first="I", inside="I", last="I", separates=False),
    "IOB1": Scheme(single="I", first="I", inside="I", last="I", touching="B"),
    "BIO": Scheme(single="B", first="B", inside="I", last="I"),
    "IOBES": Scheme(single="S", first="B", inside="I", last="E"),
    "BILOU": Scheme(single="U", first="B", inside="I", last="L"),
}
"""Every scheme by its name."""


def runs(tags: Sequence[str | None]) -> list[Run]:
    """The spans that `tags` of any scheme say; None is a token that has no tag. Tags may be a model's, and odd.

    A span begins where a letter says so, where the label changes and after what isn't in a span.
    """
    found: list[Run] = []
    first, label = 0, None
    for place, tag in enumerate(tags):
        letter, own = (tag[0], tag[2:]) if tag and tag != OUTSIDE else ("", None)
        if label is not None and (own != label or letter in _STARTS):
            found.append(Run(first, place, label))
            label = None
        if own is not None and label is None:
            first, label = place, own
        if label is not None and letter in _ENDS:
            found.append(Run(first, place + 1, label))
            label = None
    if label is not None:
        found.append(Run(first, len(tags), label))
    return found
