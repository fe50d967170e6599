"""How alike texts are: what share of the runs of five words that either has is in both, and a sketch to find such by.

The share is the Jaccard similarity of two sets of shingles. Sketches are MinHash signatures cut into bands: texts that
have a band in common may be alike. A. Z. Broder: On the resemblance and containment of documents. 1997; J. Leskovec,
A. Rajaraman, J. D. Ullman: Mining of Massive Datasets, section 3.4.
"""

import re
from collections.abc import Sequence
from functools import cached_property
from importlib.util import find_spec
from typing import Any
from zlib import crc32

import numpy as np

__all__ = ["KEY", "Sketcher", "can_sketch", "shingles", "similarity"]

KEY = 8
"""Bytes of a band."""

_RUN = 5  # words
_VALUES = 128  # of a signature
_FOUND = 0.99  # of pairs that are just as alike as is asked for, the part that has a band in common at least
_SEED = 42
_UNSPACED = (  # scripts that write no spaces between words: Thai to Lao, Burmese, Khmer, CJK
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"(?=\w)[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_MIXED = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio, as in splitmix64
_Hashes = np.ndarray[Any, np.dtype[np.uint64]]


def can_sketch() -> bool:
    """Whether the library that makes signatures is installed."""
    return find_spec("rensa") is not None


def shingles(text: str) -> _Hashes:
    """The runs of five words of `text`, as hashes: ascending, each once. One of all words where there are fewer.

    Case, punctuation and white space don't count. A word of a script without spaces is one character.
    """
    words = np.fromiter((crc32(word.encode()) for word in _WORD.findall(text.casefold())), np.uint64)
    if not len(words):
        return words
    run = min(_RUN, len(words))
    found = np.zeros(len(words) - run + 1, np.uint64)
    for index in range(run):
        found = (found ^ words[index : index + len(found)]) * _MIXED
        found ^= found >> np.uint64(29)
    return np.unique(found)


def similarity(one: _Hashes, other: _Hashes) -> float:
    """The share of the shingles of both that each has; 0 where there are none."""
    if not len(one) or not len(other):
        return 0.0
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / (len(one) + len(other) - common)


class Sketcher:
    """Makes sketches by which texts are found that are alike by a `threshold` at least."""

    def __init__(self, threshold: float) -> None:
        """Bands are as long as still finds 99 of 100 pairs that are just as alike; longer ones find fewer others."""
        sizes = range(1, _VALUES + 1)
        self._rows = max(rows for rows in sizes if rows == 1 or _chance(threshold, rows) >= _FOUND)
        self.bands = _VALUES // self._rows

    @cached_property
    def _factors(self) -> _Hashes:
        """What tells the places in a band, and the bands, apart: odd numbers."""
        places = np.arange(1, self.bands * self._rows + 1, dtype=np.uint64) * _MIXED | np.uint64(1)
        return places.reshape(self.bands, self._rows)

    def sketch(self, texts: Sequence[str | None]) -> bytes:
        """The bands of each text, `KEY` bytes each, one text's behind the other's; of none or an empty one all 0."""
        from rensa import RMinHash

        found = [shingles(text or "") for text in texts]
        bounds = np.cumsum([0, *map(len, found)], dtype=np.uint64)
        matrix = RMinHash.digest_matrix_from_flat_token_hashes(np.concatenate(found), bounds, _VALUES, _SEED)
        values = np.array(matrix.to_rows(), np.uint64)[:, : self.bands * self._rows]
        bands = (values.reshape(len(texts), self.bands, self._rows) * self._factors).sum(axis=2, dtype=np.uint64)
        bands = (bands ^ bands >> np.uint64(31)) * _MIXED
        bands[[not len(each) for each in found]] = 0
        return bytes(bands.astype(">u8").tobytes())


def _chance(threshold: float, rows: int) -> float:
    """That two texts which are as alike as `threshold` have one of their bands in common."""
    miss: float = (1 - threshold**rows) ** (_VALUES // rows)
    return 1 - miss
