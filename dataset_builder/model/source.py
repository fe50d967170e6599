"""Where bytes come from, and what belongs together: a whole file or a line of a packed one; an article's inputs."""

from typing import NamedTuple

__all__ = ["ArticleInput", "RecordInput", "Source"]


class Source(NamedTuple):
    """A stretch of bytes of one file of the project. Tuples, for there are several for each article.

    A whole file has `size` None. A record of a packed file has the byte range of its line; where the packed file is
    compressed, the bytes are in `unpacked`, while `file` still names the original.
    """

    file: str  # relative to the project, with "/"
    offset: int = 0  # bytes
    size: int | None = None  # bytes; None for the whole file
    line: int = 1  # the 1-based line of `file` at which the stretch starts
    unpacked: str | None = None  # absolute; None where `file` itself holds the bytes


class RecordInput(NamedTuple):
    """One annotator's record on an article."""

    annotator: str
    source: Source
    folder: str | None  # the annotator that the path names; None where the record alone does
    stem: str | None  # the article that the path names; None for a packed record


class ArticleInput(NamedTuple):
    """All that is there of one article. `text` and `metadata` are the same source where the article is packed."""

    id: str
    text: Source | None  # None where there is no text
    metadata: Source | None  # None where there is no sidecar
    records: tuple[RecordInput, ...] = ()

    @property
    def packed(self) -> bool:
        """Whether text and metadata stand in one record."""
        return self.text is not None and self.text is self.metadata
