"""Tags of tokens, as B-PER and I-PER are: the schemes, what they mark, and how a span is written in them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

__all__ = ["SCHEMES", "Marked", "Misfit", "decode", "encode", "is_plain", "is_tags", "labels_in", "scheme_of"]

SCHEMES = ("bio", "iob1", "iobes", "bilou", "io")
"""What `decode` reads. `bio` is IOB2; `iobes` is BIOES, BMEOS and BMES as well; `io` has labels with no prefix."""

_OUTSIDE = frozenset({"O", "_", "-", "o", ""})
_TAG = re.compile(r"([BIESMLUW])(?:-(\S*))?")
_SINGLE, _END = frozenset("SUW"), frozenset("EL")
_WRITTEN = {"bio": ("B", "I", "B"), "iobes": ("B", "E", "S"), "bilou": ("B", "L", "U")}  # first, last, alone
_MOST_LABELS = 50  # of a column without prefixes


class Marked(NamedTuple):
    """Tokens that are marked: half-open, by their numbers."""

    start: int
    end: int
    label: str | None


class Misfit(NamedTuple):
    """A tag that its scheme doesn't allow where it stands."""

    token: int
    message: str


def _split(tag: str, scheme: str) -> tuple[str, str | None] | None:
    """Prefix and label; None where nothing is marked."""
    if tag in _OUTSIDE:
        return None
    if scheme == "io":
        return "I", tag
    match = _TAG.fullmatch(tag)
    return (match[1], match[2]) if match else ("?", tag)


def is_tags(values: Iterable[str]) -> bool:
    """Whether all of `values` are tags with prefixes, or mark nothing, and at least one marks something."""
    marks = False
    for value in values:
        if value in _OUTSIDE:
            continue
        match = _TAG.fullmatch(value)
        if match is None:
            return False
        marks = True
    return marks


def labels_in(values: Iterable[str]) -> set[str]:
    """The labels behind the prefixes of tags."""
    return {match[2] for value in values if (match := _TAG.fullmatch(value)) and match[2]}


def scheme_of(sentences: Iterable[Sequence[str]]) -> str:
    """The scheme that the tags of `sentences` keep to best; `bio` where nothing tells."""
    letters: set[str] = set()
    opened = repeated = 0  # I- that begin something, which IOB2 has not; B- that needn't be B- in IOB1
    for tags in sentences:
        before: tuple[str, str | None] | None = None
        for tag in tags:
            now = _split(tag, "bio")
            if now is not None:
                letters.add(now[0])
                same = before is not None and before[1] == now[1]
                opened += now[0] == "I" and not same
                repeated += now[0] == "B" and not same
            before = now
    if letters & {"L", "U"}:
        return "bilou"
    if letters & {"E", "S", "M", "W"}:
        return "iobes"
    return "iob1" if opened > repeated else "bio"


def is_plain(values: Sequence[str]) -> bool:
    """Whether `values` may be labels without prefixes: most are O, and there are few others."""
    others = {value for value in values if value not in _OUTSIDE}
    outside = sum(value == "O" for value in values)
    return bool(others) and outside * 2 > len(values) and len(others) <= _MOST_LABELS


def decode(tags: Sequence[str], scheme: str) -> tuple[list[Marked], list[Misfit]]:
    """What `tags` of one sentence mark, in order, and which don't fit; these are read as they can only be meant."""
    reader = _Decoder(scheme)
    for number, tag in enumerate(tags):
        reader.read(number, tag)
    reader.close(len(tags), ended=False)
    return reader.found, reader.misfits


class _Decoder:
    """Reads tags one by one."""

    def __init__(self, scheme: str) -> None:
        self.found: list[Marked] = []
        self.misfits: list[Misfit] = []
        self._scheme = scheme
        self._bounded = scheme in ("iobes", "bilou")  # the last token of what is marked says so
        self._start = -1
        self._label: str | None = None

    def read(self, number: int, tag: str) -> None:
        now = _split(tag, self._scheme)
        if now is None:
            self.close(number, ended=False)
            return
        prefix, label = now
        if prefix == "?":
            self.close(number, ended=False)
            self._tell(number, f'"{tag}" is no tag, as B-{tag} would be: nothing is taken as marked')
        elif prefix in _SINGLE or prefix == "B":
            if self._scheme == "iob1" and prefix == "B" and not self._continues(label):
                self._tell(number, f'"{tag}" begins something though nothing of the kind stands before it')
            self.close(number, ended=False)
            self._start, self._label = number, label
            if prefix in _SINGLE:
                self.close(number + 1, ended=True)
        else:
            self._inside(number, tag, prefix, label)

    def _inside(self, number: int, tag: str, prefix: str, label: str | None) -> None:
        if not self._continues(label):
            self.close(number, ended=False)
            if self._scheme not in ("iob1", "io"):
                self._tell(number, f'"{tag}" continues nothing: it is taken as a beginning')
            self._start, self._label = number, label
        if prefix in _END:
            self.close(number + 1, ended=True)

    def _continues(self, label: str | None) -> bool:
        return self._start >= 0 and self._label == label

    def close(self, number: int, *, ended: bool) -> None:
        """Ends what is open before the token `number`."""
        if self._start < 0:
            return
        if self._bounded and not ended:
            self._tell(number - 1, "what is marked here isn't ended: this token is taken as its last")
        self.found.append(Marked(self._start, number, self._label))
        self._start = -1

    def _tell(self, number: int, message: str) -> None:
        self.misfits.append(Misfit(number, message))


def encode(marked: Iterable[Marked], count: int, scheme: str) -> list[str]:
    """Tags of `count` tokens, of which `marked`, which don't overlap, are marked."""
    tags = ["O"] * count
    for start, end, label in marked:
        for number, prefix in zip(range(start, end), _prefixes(end - start, scheme), strict=True):
            tags[number] = f"{prefix}-{label}" if label else prefix
    return tags


def _prefixes(count: int, scheme: str) -> Iterator[str]:
    first, last, single = _WRITTEN[scheme]
    if count == 1:
        yield single
        return
    yield first
    yield from "I" * (count - 2)
    yield last
