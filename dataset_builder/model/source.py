"""Where bytes come from, and what belongs together: a whole file or a line of a packed one; an article's inputs."""

from typing import NamedTuple

__all__ = ["ArticleInput", "RecordInput", "Source"]


class Source(NamedTuple):
    """A stretch of bytes of one file of the project.

    A whole file has `size` None. A record of a packed file has the byte range of its line; where the packed file is
    compressed, the bytes are in `unpacked`, while `file` still names the original.
    """

    file: str  # relative to the project, with "/"
    offset: int = 0  # bytes
    size: int | None = None  # bytes; None for the whole file
    line: int = 1  # the 1-based line of `file` at which the stretch starts
    unpacked: str | None = None  # absolute; None where `file` itself holds the bytes


class RecordInput(NamedTuple):
    """One annotator's record on one article."""

    annotator: str
    article: str  # id; of a whole file, the one that its name gives
    directory: str | None  # where <article>.json is; None for a packed record
    folder: str | None  # the annotator that the path names; None where the record alone does
    packed: Source | None = None
    pseudonym: str | None = None  # the name that is published in place of the annotator's; None for that itself

    @property
    def published(self) -> str:
        """The annotator, by the name that is published."""
        return self.pseudonym or self.annotator

    @property
    def source(self) -> Source:
        """Where the record is."""
        return self.packed or Source(f"{self.directory}/{self.article}.json")

    @property
    def stem(self) -> str | None:
        """The article that the path names; None for a packed record."""
        return None if self.packed else self.article


class ArticleInput(NamedTuple):
    """All that is there of one article."""

    id: str
    text_directory: str | None = None  # where <id>.txt is; None where the text is in `record`, or nowhere
    metadata_directory: str | None = None  # where <id>.json is; None for a packed article, or where there is none
    record: Source | None = None  # of a packed article
    holds_text: bool = False  # whether `record` has a text
    records: tuple[RecordInput, ...] = ()  # by annotator, as published

    @property
    def text(self) -> Source | None:
        """Where the text is; None where there is none."""
        if self.text_directory is not None:
            return Source(f"{self.text_directory}/{self.id}.txt")
        return self.record if self.holds_text else None

    @property
    def metadata(self) -> Source | None:
        """Where the metadata is; None where there is none."""
        if self.metadata_directory is not None:
            return Source(f"{self.metadata_directory}/{self.id}.json")
        return self.record

    @property
    def packed(self) -> bool:
        """Whether text and metadata stand in one record."""
        return self.text_directory is None and self.holds_text
