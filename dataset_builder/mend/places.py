"""Where quotes stand in a text, each looked for once and within a budget."""

from dataset_builder.mend.fuzzy import Match, nearest

__all__ = ["FUZZY", "Places", "is_cut"]

FUZZY = 0.25  # edits a code point of a quote at most, for another text to count as what became of it
_MOST = 1_000  # places of one quote
_UNSPACED = 0x0E00  # from here on, scripts that set no spaces between words are common


class Places:
    """The places of quotes in `text`."""

    def __init__(self, text: str, exact: int = 500_000_000, fuzzy: int = 3_000_000) -> None:
        self.text = text
        self._exact, self._fuzzy = exact, fuzzy  # code points that may still be looked at
        self._known: dict[str, tuple[int, ...] | None] = {}

    def of(self, quote: str) -> tuple[int, ...] | None:
        """Where `quote` stands, in order; None where that would be looked for too long."""
        if quote not in self._known:
            self._known[quote] = self._look(quote)
        return self._known[quote]

    def _look(self, quote: str) -> tuple[int, ...] | None:
        if not quote:
            return ()
        found: list[int] = []
        self._exact -= len(self.text)
        at = self.text.find(quote) if self._exact >= 0 else -1
        while at >= 0 and len(found) <= _MOST:
            found.append(at)
            at = self.text.find(quote, at + 1)
        return tuple(found) if self._exact >= 0 and len(found) <= _MOST else None

    def near(self, quote: str, start: int, end: int) -> Match | None:
        """The stretch between `start` and `end` that `quote` may have become; None where none is near enough.

        It is made of whole words, where spaces tell words apart.
        """
        cost = max(end - start, 0) * (1 + len(quote) // 512)
        if cost > self._fuzzy:
            return None
        self._fuzzy -= cost
        found = nearest(quote, self.text[start:end], int(len(quote) * FUZZY))
        return self._whole(quote, Match(found.start + start, found.end + start, found.distance)) if found else None

    def _whole(self, quote: str, found: Match) -> Match | None:
        """`found` with the rest of the words that it cuts; None if it is not near enough then."""
        start, end = found.start, found.end
        while is_cut(self.text, start):
            start -= 1
        while is_cut(self.text, end):
            end += 1
        added = found.start - start + end - found.end
        near = found.distance + added <= int(len(quote) * FUZZY)
        return Match(start, end, found.distance + added) if near else None


def is_cut(text: str, at: int) -> bool:
    """Whether offset `at` of `text` is within a word, as far as spaces tell words apart."""
    if not 0 < at < len(text):
        return False
    return all(_is_letter(character) for character in text[at - 1 : at + 1])


def _is_letter(character: str) -> bool:
    return character.isalnum() and ord(character) < _UNSPACED
