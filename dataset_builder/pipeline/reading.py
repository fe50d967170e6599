"""An article's inputs: their bytes, and the values that these hold."""

import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

import orjson

from dataset_builder.model.document import Document
from dataset_builder.model.source import ArticleInput, RecordInput, Source
from dataset_builder.read.files import Reader, flawed_file

__all__ = ["Digests", "Inputs", "Parsed", "digest", "parse", "read_inputs"]


class Inputs(NamedTuple):
    """The bytes of an article's inputs; None where there are none."""

    text: bytes | None
    metadata: bytes | None
    records: tuple[tuple[RecordInput, bytes], ...]


class Digests(NamedTuple):
    """SHA-256 of an article's inputs; of a packed one that of its record, which holds the text too."""

    text: str | None
    metadata: str | None
    records: tuple[str, ...]  # as published: with the pseudonym for each JSON string that is the annotator's name
    contents: tuple[str, ...]  # of the records too; others for other bytes, whatever is published of them

    @property
    def line(self) -> str:
        """All of them, in a form of its own for every content."""
        return f"{self.text} {self.metadata} {' '.join(self.contents)}\n"


@dataclass(slots=True)
class Parsed:
    """An article's inputs as values."""

    metadata: dict[str, Any]
    content: str | None  # the text; None where it is absent
    records: dict[str, Any]  # by annotator, as published


def read_inputs(reader: Reader, article: ArticleInput) -> tuple[Inputs, list[Document]]:
    """The bytes of `article`'s inputs, and what could not be read."""
    unreadable: list[Document] = []

    def data(source: Source | None) -> bytes | None:
        if source is None:
            return None
        try:
            return reader.read(source)
        except OSError as error:
            message = f"the file can't be read: {error.strerror}"
            unreadable.append(flawed_file(source.file, "unreadable", message, line=source.line))
            return None

    metadata = data(article.metadata)
    text = metadata if article.packed else data(article.text)
    records = tuple([(record, data(record.source) or b"") for record in article.records])
    return Inputs(text, metadata, records), unreadable


def digest(article: ArticleInput, inputs: Inputs, text: str | None = None) -> Digests:
    """The digests of `inputs`; `text` is that of the text, where it is known."""
    if article.packed or inputs.text is None:
        text = None
    elif text is None:
        text = sha256(inputs.text).hexdigest()
    metadata = None if inputs.metadata is None else sha256(inputs.metadata).hexdigest()
    records = [_of_record(record, data) for record, data in inputs.records]
    return Digests(text, metadata, tuple([each for each, _ in records]), tuple([each for _, each in records]))


def _of_record(record: RecordInput, data: bytes) -> tuple[str, str]:
    """The digests of a record: as it is published, and what tells whether it has changed."""
    if not record.pseudonym:
        own = sha256(data).hexdigest()
        return own, own
    shown, ways = data, _replacements(record.annotator, record.pseudonym)
    for written, instead in ways:
        shown = shown.replace(written, instead)
    published = sha256(shown).hexdigest()
    # What is shown tells what was there, unless the pseudonym stood there already, or the name in two ways.
    if len(ways) == 1 and ways[0][1] not in data:
        return published, published
    return published, f"={sha256(data).hexdigest()}"


@cache
def _replacements(name: str, pseudonym: str) -> tuple[tuple[bytes, bytes], ...]:
    """`name` as a JSON string, in the two ways in which it is usually written, and what stands for each."""
    ways = (json.dumps(name).encode(), json.dumps(name, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    return tuple((way, json.dumps(pseudonym).encode()) for way in dict.fromkeys(ways))


def parse(article: ArticleInput, inputs: Inputs, text_field: str) -> Parsed | None:
    """The inputs as values; None where the strict reader has to say what is wrong with them."""
    try:
        metadata = {} if inputs.metadata is None else orjson.loads(inputs.metadata)
        records = {record.published: orjson.loads(data) for record, data in inputs.records}
        if not isinstance(metadata, dict):
            return None
        content = metadata.get(text_field) if article.packed else None
        if not article.packed and inputs.text is not None:
            content = inputs.text.decode("utf-8")
    except (orjson.JSONDecodeError, UnicodeDecodeError):
        return None
    return Parsed(metadata, content, records)
