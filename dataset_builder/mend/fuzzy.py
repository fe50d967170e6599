"""The stretch of a text that is nearest to a pattern, by edit distance.

Bit-parallel after Myers (1999), in the form of Hyyrö (2003): a column of the matrix is two integers, so that a step
costs the same for patterns of any usual length.
"""

from typing import NamedTuple

__all__ = ["Match", "nearest"]

_TRIED = 16  # ends of stretches that overlap and are equally near


class Match(NamedTuple):
    """The stretch `start` to `end` of a text, half-open in code points, at `distance` edits from the pattern."""

    start: int
    end: int
    distance: int


def nearest(pattern: str, text: str, most: int) -> Match | None:
    """The stretch of `text` nearest to `pattern`, at most `most` edits away.

    Of several that overlap, the one whose length is nearest to the pattern's. None where there is none, or where
    several that don't overlap are equally near. O(len(text)) steps, each on integers of len(pattern) bits.
    """
    if not pattern or not text:
        return None
    scores = _scores(pattern, text, anchored=False)
    least = min(scores)
    if least > most or least >= len(pattern):
        return None
    ends = [index + 1 for index, score in enumerate(scores) if score == least]
    if _from_end(pattern, text, ends[-1], least).start >= ends[0]:
        return None
    matches = (_from_end(pattern, text, end, least) for end in ends[:_TRIED])
    return min(matches, key=lambda match: abs(match.end - match.start - len(pattern)))


def _from_end(pattern: str, text: str, end: int, distance: int) -> Match:
    """The match that ends at `end`; of several, the one whose length is nearest to the pattern's."""
    reach = max(end - len(pattern) - distance, 0)
    scores = _scores(pattern[::-1], text[reach:end][::-1], anchored=True)
    lengths = [length for length, score in enumerate(scores, 1) if score == distance]
    length = min(lengths, key=lambda length: abs(length - len(pattern)))
    return Match(end - length, end, distance)


def _scores(pattern: str, text: str, *, anchored: bool) -> list[int]:
    """For each prefix of `text`: the least distance of `pattern` to a suffix of it; if `anchored`, to all of it."""
    mask, top = (1 << len(pattern)) - 1, 1 << (len(pattern) - 1)
    places: dict[str, int] = {}
    for index, character in enumerate(pattern):
        places[character] = places.get(character, 0) | 1 << index
    positive, negative, score = mask, 0, len(pattern)
    scores = []
    for character in text:
        equal = places.get(character, 0)
        vertical = equal | negative
        horizontal = (((equal & positive) + positive) ^ positive) | equal
        up = (negative | ~(horizontal | positive)) & mask
        down = positive & horizontal
        score += bool(up & top) - bool(down & top)
        up, down = (up << 1 | anchored) & mask, (down << 1) & mask
        positive = (down | ~(vertical | up)) & mask
        negative = up & vertical
        scores.append(score)
    return scores
