"""Where rows come from: the files that an article, an annotation or a link was made of, with their digests.

What is published of an annotator under a pseudonym doesn't tell the name: in paths the pseudonym stands for it, and the
digest is that of the record in which it stands for it too.
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from typing import NamedTuple

import pyarrow as pa

from dataset_builder.check.passages import Text
from dataset_builder.model.location import is_url
from dataset_builder.model.project import Paths
from dataset_builder.model.source import ArticleInput, RecordInput, Source
from dataset_builder.pipeline.reading import Digests, Inputs
from dataset_builder.schema.layout import PROVENANCE

__all__ = ["Origin", "Origins", "origin_batch", "record_digests"]


class Origin(NamedTuple):
    """A row of the provenance: a part of what rows were made of, and the bytes that it was."""

    article: str | None  # None for a link
    link: str | None
    part: str  # text, metadata, annotation, link
    annotator: str | None  # as published
    file: str | None  # relative to the project; None where the text is withheld
    line: int | None  # 1-based, of a packed file
    sha256: str


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

    def of_article(
        self, article: ArticleInput, text: Text, digests: Digests, published: Iterable[str], *, withheld: bool
    ) -> list[Origin]:
        """What `article` was made of; `published` are the digests of its records as `record_digests` gives them."""
        id_ = article.id
        file, line = (None, None) if withheld or article.text is None else self._place(article.text)
        found = [Origin(id_, None, "text", None, file, line, text.sha256)]
        if digests.metadata is not None and article.metadata is not None:
            found.append(Origin(id_, None, "metadata", None, *self._place(article.metadata), digests.metadata))
        for record, digest in zip(article.records, published, strict=True):
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


def record_digests(inputs: Inputs, digests: Digests) -> tuple[str, ...]:
    """SHA-256 of each record, in which the pseudonym stands for each JSON string that is the annotator's name."""
    if not any(record.pseudonym for record, _ in inputs.records):
        return digests.records
    return tuple(
        _published(record, data, digest) for (record, data), digest in zip(inputs.records, digests.records, strict=True)
    )


def _published(record: RecordInput, data: bytes, digest: str) -> str:
    shown = data
    for name in _spellings(record.annotator) if record.pseudonym else ():
        shown = shown.replace(name, json.dumps(record.pseudonym).encode())
    return digest if shown is data or shown == data else sha256(shown).hexdigest()


@cache
def _spellings(name: str) -> tuple[bytes, ...]:
    """`name` as a JSON string, in the two ways in which it is usually written."""
    ways = (json.dumps(name).encode(), json.dumps(name, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    return tuple(dict.fromkeys(ways))


def origin_batch(origins: Iterable[Origin]) -> pa.RecordBatch:
    """The rows of `origins`."""
    columns = list(zip(*origins, strict=True)) or [()] * len(PROVENANCE.columns)
    schema = PROVENANCE.arrow
    return pa.record_batch(
        [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)], schema=schema
    )
