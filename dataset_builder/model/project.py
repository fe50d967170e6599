"""A project's configuration, as typed values with every default filled in."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from pathlib import Path
from typing import Literal

from dataset_builder.model.diagnostic import Place

__all__ = [
    "Annotators",
    "CardOptions",
    "CheckOptions",
    "Choice",
    "Fields",
    "Gold",
    "GoldPolicy",
    "Limits",
    "Paths",
    "Project",
    "ShardSizes",
    "Splits",
]

GoldPolicy = Literal["single", "adjudicated", "majority", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Where things lie, relative to the project's root, with `/`; those of sources and output may be a URL."""

    articles: str = "seeds"
    annotations: str = "annotations"
    links: str = "annotations/links"
    schema: str = "schema"
    card: str = "DATASET_CARD.md"
    changelog: str = "CHANGELOG.md"  # of the data
    output: str = "dist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The properties in which records hold what the compiler itself needs; all else is the schema's affair."""

    id: str = "id"
    text: str = "text"
    sha256: str = "sha256"
    length: str = "length"
    rights: str = "rights"
    article: str = "article"
    annotator: str = "annotator"
    text_sha256: str = "text_sha256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """How the published annotation comes from the annotators' records."""

    policy: GoldPolicy = "single"
    annotator: str | None = None  # given just where the policy is adjudicated


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotators:
    """By which names annotators are published."""

    published: Literal["pseudonyms", "names"] = "pseudonyms"
    lock: str = "annotators.lock.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Splits:
    """Which split an article falls into: by `field`, else by its group's share."""

    field: str | None = None
    group: str | None = None  # None: each article is its own group
    shares: Mapping[str, float] = default(default_factory=lambda: {"train": 1.0})
    method: Literal["balanced", "hash"] = "balanced"
    seed: int = 0
    lock: str = "splits.lock.json"
    near: float | None = None  # from which similarity on texts may not be in different splits; None: not looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class ShardSizes:
    """How tables are cut into files."""

    articles: int = 4096  # about how many articles one shard holds
    row_group: int = 512  # articles in one row group


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What input may be at most."""

    bytes: int = 64 * 1024 * 1024  # of one record or text
    depth: int = 64  # nesting of JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the configuration says of the findings of one code or family: that it selects, or ignores, them."""

    code: str  # of a rule, or of a family: its first three letters
    reason: str
    place: Place  # where the configuration names the code
    paths: tuple[str, ...] = ()  # globs; only findings in files that one of them matches, or all if there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """Which findings are asked for: all errors; of warnings and notes the selected ones that aren't ignored."""

    select: tuple[Choice, ...] = ()  # all if there is none
    ignore: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CardOptions:
    """What the card shows beside what it computes."""

    example: str | None = None
    citation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A dataset project: where it is, what it is called, how it is built."""

    root: Path
    file: str  # the configuration's file, relative to the root
    name: str
    title: str
    version: str
    license: str
    summary: str | None = None
    languages: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    url: str | None = None
    repository: str | None = None
    year: int | None = None
    doi: str | None = None
    publisher: str | None = None
    tags: tuple[str, ...] = ()
    task_categories: tuple[str, ...] = ()
    task_ids: tuple[str, ...] = ()
    paths: Paths = default(default_factory=Paths)
    fields: Fields = default(default_factory=Fields)
    gold: Gold = default(default_factory=Gold)
    annotators: Annotators = default(default_factory=Annotators)
    rai: Mapping[str, str | tuple[str, ...]] = default(default_factory=dict)  # by the names that the schema gives
    splits: Splits = default(default_factory=Splits)
    shards: ShardSizes = default(default_factory=ShardSizes)
    limits: Limits = default(default_factory=Limits)
    check: CheckOptions = default(default_factory=CheckOptions)
    card: CardOptions = default(default_factory=CardOptions)
