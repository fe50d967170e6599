"""Where rows come from: the files that an article, an annotation or a link was made of, with their digests.

What is published of an annotator under a pseudonym doesn't tell the name: in paths the pseudonym stands for it, and the
digest is that of the record in which it stands for it too.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import pyarrow as pa

from dataset_builder.model.location import is_url
from dataset_builder.model.project import Paths
from dataset_builder.model.source import ArticleInput, Source
from dataset_builder.schema.layout import PROVENANCE

__all__ = ["Origin", "Origins", "Parts", "origin_batch"]


class Origin(NamedTuple):
    """A row of the provenance: a part of what rows were made of, and the bytes that it was."""

    article: str | None  # None for a link
    link: str | None
    part: str  # text, metadata, annotation, link
    annotator: str | None  # as published
    file: str | None  # relative to the project; None where the text is withheld
    line: int | None  # 1-based, of a packed file
    sha256: str


class Parts(NamedTuple):
    """SHA-256 of what an article was made of."""

    text: str
    metadata: str | None  # None where there is none
    records: tuple[str, ...]  # as `Digests` has them
    withheld: bool

    @property
    def digests(self) -> list[str]:
        """All there are."""
        return [self.text, *self.records] if self.metadata is None else [self.text, self.metadata, *self.records]


class _Frame(NamedTuple):
    """Columns of the rows of an article, as far as others have the same."""

    kinds: tuple[str, ...]
    annotators: tuple[str | None, ...]
    places: tuple[tuple[str | None, str], ...]  # folder and ending; None for the folder of what is withheld
    lines: tuple[None, ...]


class Origins:
    """Tells where articles come from."""

    def __init__(self, paths: Paths, pseudonyms: Mapping[str, str]) -> None:
        self._folders = tuple(
            (f"{configured}/", f"{plain}/")
            for configured, plain in (
                (paths.links, Paths().links),  # before the annotations, among which it may lie
                (paths.articles, Paths().articles),
                (paths.annotations, Paths().annotations),
            )
            if is_url(configured)
        )
        self._pseudonyms = pseudonyms
        names = "|".join(re.escape(name) for name in sorted(pseudonyms, key=len, reverse=True))
        self._names = re.compile(rf"(?<![^\W_])(?:{names})(?![^\W_])") if names else None
        self._shown = cache(self._shown_folder)
        self._frame = cache(self._framed)

    def of_articles(self, made: Iterable[tuple[ArticleInput, Parts]]) -> pa.RecordBatch:
        """What articles were made of, as rows."""
        ids, kinds, annotators, files = list[str](), list[str](), list[str | None](), list[str | None]()
        lines, digests = list[int | None](), list[str]()
        for article, parts in made:
            if article.record or any(record.packed for record in article.records):
                rows = self._of_packed(article, parts)
                kinds += (row.part for row in rows)
                annotators += (row.annotator for row in rows)
                files += (row.file for row in rows)
                lines += (row.line for row in rows)
                digests += (row.sha256 for row in rows)
            else:
                folders = tuple([(record.published, record.directory) for record in article.records])
                shown = None if parts.withheld else article.text_directory
                frame = self._frame(shown, None if parts.metadata is None else article.metadata_directory, folders)
                id_ = article.id
                kinds += frame.kinds
                annotators += frame.annotators
                files += [place and f"{place}/{id_}{ending}" for place, ending in frame.places]
                lines += frame.lines
                digests += parts.digests
            ids += [article.id] * (len(kinds) - len(ids))
        columns = (ids, [None] * len(ids), kinds, annotators, files, lines, digests)
        return _batch(columns)

    def _framed(self, text: str | None, metadata: str | None, records: tuple[tuple[str, str | None], ...]) -> "_Frame":
        """What the rows of articles have in common whose files lie in these folders; annotators by published name."""
        rows: list[tuple[str, str | None, str | None, str]] = [("text", None, text and self._shown(text), ".txt")]
        if metadata is not None:
            rows.append(("metadata", None, self._shown(metadata), ".json"))
        rows += (("annotation", name, self._shown(folder or ""), ".json") for name, folder in records)
        kinds, annotators, folders, endings = zip(*rows, strict=True)
        return _Frame(kinds, annotators, tuple(zip(folders, endings, strict=True)), (None,) * len(rows))

    def _of_packed(self, article: ArticleInput, parts: Parts) -> list[Origin]:
        """What an article was made of some of which is packed."""
        id_ = article.id
        file, line = (None, None) if parts.withheld or article.text is None else self._place(article.text)
        found = [Origin(id_, None, "text", None, file, line, parts.text)]
        if parts.metadata is not None and article.metadata is not None:
            found.append(Origin(id_, None, "metadata", None, *self._place(article.metadata), parts.metadata))
        for record, digest in zip(article.records, parts.records, strict=True):
            place = self._place(record.source)
            found.append(Origin(id_, None, "annotation", record.published, *place, digest))
        return found

    def of_link(self, id_: str, source: Source, digest: str) -> Origin:
        """What a link was made of."""
        return Origin(None, id_, "link", None, *self._place(source), digest)

    def _place(self, source: Source) -> tuple[str, int | None]:
        """The file, and the line of a packed one."""
        if source.size is not None:
            return self._shown(source.file), source.line
        folder, _, name = source.file.rpartition("/")
        return f"{self._shown(folder)}/{name}", None

    def _shown_folder(self, path: str) -> str:
        """`path` as it is published: one at a URL as if it lay in the project, pseudonyms in place of names."""
        for configured, plain in self._folders:
            if f"{path}/".startswith(configured):
                path = f"{plain}{path[len(configured) :]}".rstrip("/")
                break
        return self._names.sub(lambda found: self._pseudonyms[found[0]], path) if self._names else path


def origin_batch(origins: Iterable[Origin]) -> pa.RecordBatch:
    """The rows of `origins`."""
    return _batch(list(zip(*origins, strict=True)) or [()] * len(PROVENANCE.columns))


def _batch(columns: Sequence[Sequence[Any]]) -> pa.RecordBatch:
    schema = PROVENANCE.arrow
    return pa.record_batch(
        [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)], schema=schema
    )
