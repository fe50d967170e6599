"""What a format is: a name, the unit its offsets count, and the two ways between its files and neutral values."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from dataset_builder.formats.source import Source
from dataset_builder.model.foreign import ForeignArticle, Trouble

__all__ = ["Declared", "Exporter", "Format", "Importer", "Tick", "Written"]

Tick = Callable[[int, int | None], None]
"""Called as `tick(done, total)` with how many files of the source, or articles of the project, are done."""


@dataclass(slots=True, kw_only=True)
class Declared:
    """What a source's own configuration says may occur, over and above what does."""

    labels: dict[str, dict[str, str | None]] = field(default_factory=dict)  # layer to label to title
    roles: dict[str, list[str]] = field(default_factory=dict)  # layer to roles
    values: dict[str, dict[str, list[str] | None]] = field(default_factory=dict)  # layer to attribute to its values
    gold: str | None = None  # whose records are gold; may be known only once all is read


class Importer(Protocol):
    """Reads one source. Made by `Format.importer`; `options` are those that the format names."""

    declared: Declared

    def read(self, tick: Tick) -> Iterator[ForeignArticle]:
        """The articles of the source, one after the other, in an order that depends on the source alone.

        What is wrong goes into `troubles` of the article that it is about; of the source as a whole, into those of
        `Source`. Offsets are converted to code points here; items may be wrong in what `settle` checks.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A file that an export makes; `troubles` are what it can't hold."""

    file: str  # relative to the target, with "/"
    data: bytes
    troubles: tuple[Trouble, ...] = ()


class Exporter(Protocol):
    """Writes articles in one format."""

    def write(self, articles: Iterable[ForeignArticle], annotators: Sequence[str]) -> Iterator[Written]:
        """The files of the export, one after the other. `annotators` are all whose records `articles` have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """An outside format. Modules are named, so that none is imported before its format is asked for."""

    name: str
    title: str
    unit: str  # what its offsets count, in words
    detects: Callable[[Source], int]  # how sure it is that a source is of this format: 0 for not at all, 100 at most
    module: str  # of `formats`, with `importer(source, **options)` and, where it can be written, `exporter(**options)`
    reads: bool = True
    writes: bool = False
    joint: str = " "  # between the fragments of a stated quote
    options: Mapping[str, str] = field(default_factory=dict)  # name to what it means
