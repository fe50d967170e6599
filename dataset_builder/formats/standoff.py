"""Standoff JSON Lines: an article a line, with its text, what is known of it and what each annotator says of it.

It holds all that a project says, in a shape that needs no schema: layers by name, spans in code points.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

from dataset_builder.formats.format import Declared, Tick, Written
from dataset_builder.formats.json_rows import Row, Titles, array, rows
from dataset_builder.formats.layers import Layers
from dataset_builder.formats.source import Source
from dataset_builder.formats.standoff_items import RecordReader, members, record_value
from dataset_builder.model.foreign import ForeignArticle, ForeignRecord

__all__ = ["exporter", "importer"]

_FORMAT = "dataset-builder/standoff"
_ENDINGS = (".json", ".jsonl", ".ndjson")
_SHARD = 32 << 20  # bytes after which another file is begun


def importer(source: Source) -> "Standoff":
    """What reads standoff JSON Lines."""
    return Standoff(source)


def exporter() -> "StandoffWriter":
    """What writes standoff JSON Lines."""
    return StandoffWriter()


class StandoffWriter:
    """Writes articles, a line each; it holds all that they say."""

    def write(self, articles: Iterable[ForeignArticle], annotators: Sequence[str]) -> Iterator[Written]:  # noqa: ARG002 - the protocol's
        """Files of some ten megabytes."""
        lines: list[bytes] = []
        size = count = 0
        for article in articles:
            lines.append(orjson.dumps(_article(article), default=str, option=orjson.OPT_APPEND_NEWLINE))
            size += len(lines[-1])
            if size > _SHARD:
                count += 1
                yield Written(file=f"articles-{count:05}.jsonl", data=b"".join(lines))
                lines, size = [], 0
        if lines:
            yield Written(file=f"articles-{count + 1:05}.jsonl", data=b"".join(lines))


def _article(article: ForeignArticle) -> dict[str, Any]:
    metadata = {name: value for name, value in article.metadata.items() if value is not None}
    return {
        "format": _FORMAT,
        "id": article.name,
        "text": article.text,
        "metadata": metadata,
        "annotations": [record_value(record, article.text) for record in article.records],
    }


class Standoff:
    """Reads what `StandoffWriter` writes, and what is written like it by hand."""

    def __init__(self, source: Source) -> None:
        self.declared = Declared()
        self._source = source
        self._files = [file for file in source.files if file.lower().endswith(_ENDINGS)]
        self._titles, self._layers = Titles(), Layers()

    def read(self, tick: Tick) -> Iterator[ForeignArticle]:
        """The articles in the order of files and lines."""
        for done, file in enumerate(self._files):
            tick(done, len(self._files))
            for row in rows(self._source, file, self._source.troubles):
                text = row.value.get("text")
                if isinstance(text, str):
                    yield self._article(row, text)
                else:
                    self._source.troubles.append(row.trouble("import-no-text", "the article has no text"))
        tick(len(self._files), len(self._files))

    def _article(self, row: Row, text: str) -> ForeignArticle:
        wanted = row.value.get("id")
        name = wanted if isinstance(wanted, str) and wanted else f"{row.file.rpartition('.')[0]}-{row.line}"
        metadata = members(row.value.get("metadata"))
        extra = metadata.pop("article_extra", {})
        metadata |= extra if isinstance(extra, dict) else {"article_extra": extra}
        known = ("format", "id", "text", "metadata", "annotations")
        metadata |= {key: each for key, each in row.value.items() if key not in known}
        article = ForeignArticle(
            name=self._titles.article(name), text=text, file=row.file, line=row.line, metadata=metadata
        )
        if article.name != name:
            message = f'the id "{name}" is taken: this article is called "{article.name}"'
            article.troubles.append(row.trouble("import-loose", message))
        for value in array(row.value.get("annotations")):
            reader = RecordReader(row, article.troubles, self._layers)
            if record := reader.record(value, self._titles):
                _add(article, record, row)
        return article


def _add(article: ForeignArticle, record: ForeignRecord, row: Row) -> None:
    if any(each.annotator == record.annotator for each in article.records):
        message = f'there are two records by "{record.annotator}": the second is left out'
        article.troubles.append(row.trouble("import-duplicate-id", message))
    else:
        article.records.append(record)
