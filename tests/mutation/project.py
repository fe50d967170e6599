"""A project in memory, to be mutated: values rather than texts, so that one mutation fits files and packed records."""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa

from tests.mutation.rendering import Marked, Style, render


@dataclass
class Line:
    """One JSON text: a file, or a line of a packed file. `data` stands for it once it is broken in its bytes."""

    value: Any
    style: Style
    data: bytes | None = None

    def rendered(self) -> bytes:
        return render(self.value, self.style).encode() if self.data is None else self.data


@dataclass
class Json:
    line: Line

    def rendered(self) -> bytes:
        end = self.line.style.end.encode() if self.line.data is None else b""
        return self.line.rendered() + end


@dataclass
class Packed:
    lines: list[Line]

    def rendered(self) -> bytes:
        return b"".join(line.rendered() + b"\n" for line in self.lines)


@dataclass
class Plain:
    """A file of text or bytes."""

    data: str | bytes

    def rendered(self) -> bytes:
        return self.data.encode() if isinstance(self.data, str) else self.data


@dataclass
class Symlink:
    target: str


@dataclass
class Article:
    id: str
    text: str | None  # None: withheld
    metadata: Line
    file: str | None  # of the text; None where `metadata` holds it
    metadata_file: str


@dataclass
class Record:
    article: str
    annotator: str
    line: Line
    file: str


@dataclass
class Layer:
    """Where spans stand in records, and what their properties are called."""

    path: tuple[str, ...]  # of arrays, one in another
    start: str = "start"
    end: str = "end"
    quote: str | None = "quote"
    digest: str | None = "digest"
    key: str | None = "id"
    overlap: str = "allow"


@dataclass
class Spot:
    """A span in a record."""

    layer: Layer
    record: Record
    array: list[Any]
    span: dict[str, Any]
    text: str | None

    @property
    def start(self) -> int:
        return self.span[self.layer.start]

    @property
    def end(self) -> int:
        return self.span[self.layer.end]

    def mark(self, name: str, value: Any, mark: str) -> None:
        self.span[name] = Marked(value, mark)


class Inapplicable(Exception):  # noqa: N818 - no error: another project is taken
    """The mutation has nothing to work on in this project."""


@dataclass
class Project:
    name: str
    files: dict[str, Json | Packed | Plain | Symlink]
    configuration: str  # file
    layers: list[Layer]
    fields: dict[str, str]
    paths: dict[str, str]
    traits: frozenset[str]
    articles: dict[str, Article] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    links: list[Record] = field(default_factory=list)
    mark: str = ""
    done: list[str] = field(default_factory=list)  # articles that an earlier mutation touched
    paired: bool = False  # whether it gets several mutations: then links, which lead to all articles, are left alone

    # What there is

    def lines(self) -> Iterator[tuple[str, Line]]:
        """All JSON texts of the corpus, with their files."""
        taken = set(self.done)
        yield from ((one.metadata_file, one.metadata) for one in self.articles.values() if one.id not in taken)
        yield from ((one.file, one.line) for one in self.records if one.article not in taken)
        yield from ((one.file, one.line) for one in self.links if not self.paired)

    def pick_line(self, random: Random, suits: Callable[[str, Line], bool] = lambda _, __: True) -> tuple[str, Line]:
        return pick(random, [(file, line) for file, line in self.lines() if suits(file, line)])

    def pick_article(self, random: Random, suits: Callable[[Article], bool] = lambda _: True) -> Article:
        found = [one for one in self.articles.values() if one.id not in self.done and suits(one)]
        article = pick(random, found)
        self.done.append(article.id)
        return article

    def pick_record(self, random: Random, suits: Callable[[Record], bool] = lambda _: True) -> Record:
        record = pick(random, [one for one in self.records if one.article not in self.done and suits(one)])
        self.done.append(record.article)
        return record

    def spots(self, record: Record) -> Iterator[Spot]:
        article = self.articles.get(record.article)
        text = article.text if article else None
        for layer in self.layers:
            for array in _arrays(record.line.value, layer.path):
                yield from (Spot(layer, record, array, span, text) for span in array)

    def pick_spot(self, random: Random, suits: Callable[[Spot], bool] = lambda _: True) -> Spot:
        found = [
            spot
            for record in self.records
            if record.article not in self.done
            for spot in self.spots(record)
            if suits(spot)
        ]
        spot = pick(random, found)
        self.done.append(spot.record.article)
        return spot

    def is_packed(self, line: Line) -> bool:
        return any(isinstance(file, Packed) and line in file.lines for file in self.files.values())

    # Changes

    def marked(self, value: Any) -> Marked:
        return Marked(value, self.mark)

    def write(self, article: Article, text: str | bytes) -> None:
        """Gives an article another text, marked or broken as it may be, and lets nothing else know of it."""
        if article.file is not None:
            self.files[article.file] = Plain(text)
        elif isinstance(text, bytes):
            raise Inapplicable
        else:
            plain = text.replace(self.mark, "")
            value = plain if plain == text else self.marked(plain)
            article.metadata.value[self.fields["text"]] = value

    def revise(self, article: Article, text: str) -> None:
        """Gives an article another text whose digest, length and spans are right; a mark in it stands for no character.

        Spans keep their offsets: what is changed stands behind them.
        """
        plain = text.replace(self.mark, "")
        article.text = plain
        self.write(article, text)
        digest, metadata = sha256(plain.encode()).hexdigest(), article.metadata.value
        if self.fields["sha256"] in metadata:
            metadata[self.fields["sha256"]] = digest
        if self.fields["length"] in metadata:
            metadata[self.fields["length"]] = len(plain)
        for record in self.records:
            if record.article == article.id and self.fields["text_sha256"] in record.line.value:
                record.line.value[self.fields["text_sha256"]] = digest

    def insert(self, random: Random, article: Article, inserted: str, *, newline: bool = False) -> int:
        """Puts something into an article's text, at a place where no span is, and moves all spans behind it.

        Gives back where: a mark in `inserted` stands for the expected place.
        """
        text = article.text or ""
        spots = [spot for record in self.records if record.article == article.id for spot in self.spots(record)]
        others = [span for link in self.links for span in _spans_of_link(link.line.value, article.id)]
        bounds = [(spot.start, spot.end) for spot in spots] + [(span["start"], span["end"]) for span in others]
        free = [
            at
            for at in range(len(text) + 1)
            if all(at > end or at < start for start, end in bounds)
            and (at == len(text) or text[at] == " ")
            and (at == 0 or text[at - 1].isalpha() or text[at - 1] in ".\n ")
            and not (newline and at == 0)
        ]
        at = pick(random, free)
        plain = inserted.replace(self.mark, "")
        for span, start, end in [
            *((spot.span, spot.layer.start, spot.layer.end) for spot in spots),
            *((span, "start", "end") for span in others),
        ]:
            if span[start] >= at:
                span[start] += len(plain)
                span[end] += len(plain)
        self.revise(article, text[:at] + inserted + text[at:])
        return at

    def configure(self, lines: str) -> None:
        """Adds lines to the configuration, which must be a table or tables of their own."""
        file = self.files[self.configuration]
        assert isinstance(file, Plain)
        assert isinstance(file.data, str)
        file.data = file.data.rstrip("\n") + "\n\n" + lines

    def add_json(self, file: str, value: Any) -> Line:
        line = Line(value, Style())
        self.files[file] = Json(line)
        return line

    # On disk

    def rendered(self) -> dict[str, bytes]:
        """Every file as it is read, compressed ones unpacked, with marks."""
        return {name: file.rendered() for name, file in self.files.items() if not isinstance(file, Symlink)}

    def lay(self, folder: Path, rendered: dict[str, bytes]) -> None:
        made = set()
        for name, data in rendered.items():
            path = folder / name
            if path.parent not in made:
                path.parent.mkdir(parents=True, exist_ok=True)
                made.add(path.parent)
            path.write_bytes(compressed(name, data) if isinstance(self.files[name], Packed) else data)
        for name, file in self.files.items():
            if isinstance(file, Symlink):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).symlink_to(file.target)


def pick(random: Random, found: list[Any]) -> Any:
    if not found:
        raise Inapplicable
    return random.choice(found)


def _arrays(value: Any, path: tuple[str, ...]) -> Iterator[list[Any]]:
    array = value.get(path[0])
    if isinstance(array, list) and len(path) == 1:
        yield array
    elif isinstance(array, list):
        for item in array:
            yield from _arrays(item, path[1:])


def _spans_of_link(value: Any, article: str) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if value.get("article") == article and "start" in value:
            yield value
        for inner in value.values():
            yield from _spans_of_link(inner, article)
    elif isinstance(value, list):
        for inner in value:
            yield from _spans_of_link(inner, article)


def compressed(name: str, data: bytes) -> bytes:
    if name.endswith(".gz"):
        return gzip.compress(data, mtime=0)
    if name.endswith(".zst"):
        sink = pa.BufferOutputStream()
        with pa.CompressedOutputStream(sink, "zstd") as stream:
            stream.write(data)
        return bytes(sink.getvalue())
    return data
