"""REL: a build whose parts are missing, damaged, or contradict one another."""

from collections.abc import Iterator, Mapping
from typing import Any

from dataset_builder.check.build_view import CARD, CROISSANT, MANIFEST, BuildView
from dataset_builder.check.rule import Case, Finding, Looks, rule
from dataset_builder.check.wording import count, quoted
from dataset_builder.model.build import ParquetFile, Unreadable
from dataset_builder.model.manifest import TableFacts
from dataset_builder.schema.features import features_yaml

__all__ = ["RELEASE_RULES"]

_AGAIN = "build again, or fetch the build again; don't edit its files"


@rule("REL001", "build-files", looks=Looks.AT_BUILD, broken=Case(by="verify"))
def build_files(view: BuildView) -> Iterator[Finding]:
    """A file of the build is missing, is not the one that the manifest names, or is not named there at all.

    **Why it matters.** Those who load the build would get other data than what was checked. A file too many is loaded
    too, if its name is like that of a shard.

    **How to fix it.** Build again, or fetch the build again. Don't edit the files of a build; edit the sources.
    """
    if view.manifest is None:
        return
    found = view.build.files
    for path, stated in view.stated_files.items():
        actual = found.get(path)
        if actual is None:
            yield Finding(
                message="the manifest names this file, and it is not there", place=view.place(path), help=_AGAIN
            )
        elif actual.sha256 != stated.sha256:
            sizes = "" if actual.bytes == stated.bytes else f" ({actual.bytes:,} bytes instead of {stated.bytes:,})"
            message = f"the file is not the one that the manifest names: its SHA-256 differs{sizes}"
            yield Finding(message=message, place=view.place(path), help=_AGAIN)
    for path in found.keys() - view.stated_files.keys():
        message = "the manifest names no such file"
        yield Finding(message=message, place=view.place(path), help="remove it, or build again")


@rule("REL002", "build-rows", looks=Looks.AT_BUILD, broken=Case(by="verify"))
def build_rows(view: BuildView) -> Iterator[Finding]:
    """A table holds other rows than the manifest states.

    **Why it matters.** The content digest is what says that two builds hold the same data, whatever wrote them. Where
    it doesn't fit, the manifest speaks of another build.

    **How to fix it.** Build again, or fetch the build again.
    """
    for path, found in view.build.parquet.items():
        if isinstance(found, Unreadable):
            message = f"this Parquet file can't be read: {found.message}"
            yield Finding(message=message, place=view.place(path), help=_AGAIN)
    for table in view.tables:
        rows = {path: found.rows for path, found in view.parquet(table)}
        for split, facts in table.splits.items():
            there = sum(rows.get(file.path, file.rows or 0) for file in facts.files)
            if there != facts.rows:
                what = f"split {quoted(split)} of the table {quoted(table.name)}"
                message = f"{what} has {count(there, 'row')}, and the manifest states {facts.rows:,}"
                yield Finding(message=message, place=view.place(MANIFEST), help=_AGAIN)
        if view.build.digests.get(table.name, table.digest) != table.digest:
            message = f"the content of the table {quoted(table.name)} is not what the manifest's digest says"
            yield Finding(message=message, place=view.place(MANIFEST), help=_AGAIN)


@rule("REL003", "build-columns", looks=Looks.AT_BUILD, broken=Case(by="verify"))
def build_columns(view: BuildView) -> Iterator[Finding]:
    """The card, a Parquet file's features and its Arrow columns don't say the same of a table's columns.

    **Why it matters.** `datasets` believes the card and says nothing; DuckDB, Polars and pandas believe the file. The
    same rows would load with other types, or labels with other names.

    **How to fix it.** Build again. To change columns, change the schema.
    """
    infos = view.card_entries("dataset_info")
    for table in view.tables:
        info = infos.get(table.name)
        for path, found in view.parquet(table):
            for message in _contradictions(info, found):
                yield Finding(message=message, place=view.place(path), help="build again")


def _contradictions(info: Mapping[str, Any] | None, file: ParquetFile) -> Iterator[str]:
    if file.features is None:
        yield "the file's metadata has no features, so labels would load as numbers"
        return
    if file.unfit:
        yield f"the file's features don't fit its columns: {', '.join(map(quoted, file.unfit))}"
    if info is not None and info.get("features") != features_yaml(file.features):
        yield f"the features in {CARD} are not those of the file: {_first_difference(info.get('features'), file)}"


def _first_difference(stated: object, file: ParquetFile) -> str:
    """The columns that the card describes otherwise."""
    there = {entry["name"]: entry for entry in features_yaml(file.features or {})}
    listed = [entry for entry in stated if isinstance(entry, dict)] if isinstance(stated, list) else []
    said = {str(entry.get("name")): entry for entry in listed}
    names = [name for name in {**there, **said} if there.get(name) != said.get(name)]
    return ", ".join(map(quoted, names)) or "their order differs"


@rule("REL004", "build-card", looks=Looks.AT_BUILD, broken=Case(by="verify"))
def build_card(view: BuildView) -> Iterator[Finding]:
    """The card's YAML lists other tables, files or row counts than the build has.

    **Why it matters.** `load_dataset` goes by it: a glob that matches nothing fails, one that matches too much mixes
    splits, and a wrong `num_examples` makes loading fail once the data is there.

    **How to fix it.** Build again. The card's YAML between generated keys is yours; `configs` and `dataset_info` are
    generated.
    """
    if not isinstance(view.build.card, dict) or view.manifest is None:
        return
    loadable = {table.name: table for table in view.tables if any(split.files for split in table.splits.values())}
    for key in ("configs", "dataset_info"):
        for message in _other_names(set(view.card_entries(key)), set(loadable), key):
            yield _in_card(view, message)
    configs, infos = view.card_entries("configs"), view.card_entries("dataset_info")
    defaults = [name for name, config in configs.items() if config.get("default") is True]
    if len(defaults) != 1:
        yield _in_card(view, f"one of the configs must be the default, and {len(defaults)} are")
    for name, table in loadable.items():
        messages = [*_other_files(view, configs.get(name), table), *_other_counts(infos.get(name), table)]
        yield from (_in_card(view, message) for message in messages)


def _in_card(view: BuildView, message: str) -> Finding:
    return Finding(message=message, place=view.place(CARD), help="build again")


def _other_names(stated: set[str], tables: set[str], key: str) -> Iterator[str]:
    for name in sorted(stated - tables):
        yield f"{key} has an entry {quoted(name)}, and the build has no such table"
    for name in sorted(tables - stated):
        yield f"{key} has no entry for the table {quoted(name)}"


def _other_files(view: BuildView, config: Mapping[str, Any] | None, table: TableFacts) -> Iterator[str]:
    """Splits whose globs match other files than the table has."""
    if config is None:
        return
    entries = config.get("data_files")
    globs = (
        {str(e.get("split")): e.get("path") for e in entries if isinstance(e, dict)}
        if isinstance(entries, list)
        else {}
    )
    files = {name: [file.path for file in split.files] for name, split in table.splits.items() if split.files}
    for split in sorted(globs.keys() | files.keys()):
        patterns = globs.get(split)
        matched = view.matching(patterns) if isinstance(patterns, str) else []
        wanted = sorted(files.get(split, []))
        if matched != wanted:
            what = f"the path of split {quoted(split)} of {quoted(table.name)}"
            if len(matched) == len(wanted):
                yield f"{what} matches other files than the table has there"
            else:
                yield f"{what} matches {count(len(matched), 'file')}, and the table has {len(wanted):,} there"


def _other_counts(info: Mapping[str, Any] | None, table: TableFacts) -> Iterator[str]:
    """Splits whose `num_examples` are not the table's rows."""
    if info is None:
        return
    entries = info.get("splits")
    listed = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    stated = {str(entry.get("name")): entry.get("num_examples") for entry in listed}
    sizes = {str(entry.get("name")): entry.get("num_bytes") for entry in listed}
    for split in sizes.keys() & table.splits.keys():
        if sizes[split] != table.splits[split].bytes:
            what = f"split {quoted(split)} of {quoted(table.name)}"
            yield f"dataset_info states another num_bytes for {what} than the manifest"
    rows = {name: split.rows for name, split in table.splits.items() if split.files}
    for split in sorted(stated.keys() | rows.keys()):
        if stated.get(split) != rows.get(split):
            what = f"split {quoted(split)} of {quoted(table.name)}"
            yield f"dataset_info states {_number(stated.get(split))} for {what}, which has {_number(rows.get(split))}"


def _number(rows: object) -> str:
    return count(rows, "row") if type(rows) is int else "no rows"


@rule("REL005", "build-croissant", looks=Looks.AT_BUILD, broken=Case(by="verify"))
def build_croissant(view: BuildView) -> Iterator[Finding]:
    """The Croissant description names other files, or other digests, than the build has.

    **Why it matters.** Tools that load by Croissant check each file against the digest there.

    **How to fix it.** Build again.
    """
    if not isinstance(view.build.croissant, dict) or view.manifest is None:
        return
    stated = _file_objects(view.build.croissant)
    files = {file.path: file.sha256 for table in view.tables for split in table.splits.values() for file in split.files}
    for path in sorted(stated.keys() | files.keys()):
        if path not in files:
            message = f"it names the file {quoted(path)}, which is in no table"
        elif path not in stated:
            message = f"it does not name the file {quoted(path)}"
        elif stated[path] != files[path]:
            message = f"it states another SHA-256 for the file {quoted(path)} than the manifest"
        else:
            continue
        yield Finding(message=message, place=view.place(CROISSANT), help="build again")


def _file_objects(croissant: Mapping[str, Any]) -> dict[str, Any]:
    """The digests that Croissant states, by path."""
    listed = croissant.get("distribution")
    objects = [part for part in listed if isinstance(part, dict)] if isinstance(listed, list) else []
    return {str(part.get("contentUrl")): part.get("sha256") for part in objects if part.get("@type") == "cr:FileObject"}


@rule("REL006", "build-unreadable", looks=Looks.AT_BUILD, broken=Case(by="verify"))
def build_unreadable(view: BuildView) -> Iterator[Finding]:
    """What describes the build - manifest, card or Croissant - is missing or can't be read.

    **Why it matters.** Without the manifest nothing else can be verified. Without the card's YAML `load_dataset`
    guesses.

    **How to fix it.** Build again, or fetch the build again. If this is no build, name the directory that is one.
    """
    build = view.build
    for file, part in ((MANIFEST, build.manifest), (CARD, build.card), (CROISSANT, build.croissant)):
        if part is None and file not in view.stated_files:  # else REL001 says so
            message = "there is no such file, and every build has one"
            yield Finding(message=message, place=view.place(file), help=_AGAIN)
        elif isinstance(part, Unreadable):
            yield Finding(message=part.message, place=view.place(file, part.line, part.column), help=_AGAIN)


RELEASE_RULES = (build_files, build_rows, build_columns, build_card, build_croissant, build_unreadable)
"""The rules that `verify` runs."""
