"""Outside formats brought in: a source read, settled, and landed as a project that `check` and `build` accept."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from dataset_builder.check.characters import splits_word
from dataset_builder.check.runner import report_flaws
from dataset_builder.errors import OutputError, UsageError
from dataset_builder.formats.format import Format, Importer
from dataset_builder.formats.inventory import Facts, Inventory
from dataset_builder.formats.naming import Names
from dataset_builder.formats.records import Records, with_layers, with_names
from dataset_builder.formats.registry import detect, format_named, importer
from dataset_builder.formats.schemas import annotation_schema, article_schema
from dataset_builder.formats.settle import settle
from dataset_builder.formats.source import Source
from dataset_builder.model.diagnostic import Diagnostic
from dataset_builder.model.document import Document, Flaw
from dataset_builder.model.exchange import ImportResult, LayerCount
from dataset_builder.model.foreign import ForeignArticle, ForeignRecord, Trouble
from dataset_builder.model.location import is_url
from dataset_builder.model.project import Fields, Project
from dataset_builder.model.result import CheckResult, Progress, Summary, silent
from dataset_builder.model.source import Source as Stretch
from dataset_builder.pipeline.opening import open_project
from dataset_builder.scaffold.init import blank
from dataset_builder.scaffold.landing import LOCK, Landing, Lock

__all__ = ["import_corpus", "init_from"]

_ARTICLE_SCHEMA, _ANNOTATION_SCHEMA = "article.schema.json", "annotation.schema.json"


def import_corpus(  # noqa: PLR0913 - they are options
    source: Path | str,
    into: Project | Path | str,
    *,
    format: str | None = None,  # noqa: A002 - what it is called everywhere
    name: str | None = None,
    license: str | None = None,  # noqa: A002 - as the configuration calls it
    options: Mapping[str, str] | None = None,
    force: bool = False,
    prune: bool = False,
    progress: Progress | None = None,
) -> ImportResult:
    """What is in `source`, made part of the project `into`, which is made where it isn't there.

    The format is found out unless it is named. `name` tells several imports into one project apart; unless given it is
    made of the format and the source's name. An import of the same name again shows what changed: files that the source
    gives no more stay unless `prune`, and files that a hand has changed meanwhile are refused unless `force`. All that
    is found wrong is in `check`; what is wrong with one item keeps no other out. Where a file is refused, nothing is
    written.

    Raises:
        UsageError: there is no such source, its format is unknown, or it has no article.
        ConfigurationError: the project's configuration has errors.
        OutputError: the project can't be written.
    """
    path = Path(source)
    opened = Source(path)
    chosen = format_named(format) if format else detect(opened)
    root, made = _root_of(into)
    reader = importer(chosen, opened, options or {})
    called = name or f"{chosen.name}:{Path(os.path.realpath(path)).name}"
    try:
        return _Import(
            root=root,
            made=made,
            source=opened,
            format_=chosen,
            reader=reader,
            name=called,
            license_=license,
            force=force,
            prune=prune,
            progress=progress or silent,
        ).run()
    except OSError as error:
        raise OutputError(f"{error.filename}: {error.strerror}") from error


def init_from(directory: Path | str, format: str | None, source: Path | str, **options: object) -> ImportResult:  # noqa: A002
    """A new project in `directory`, made of what is in `source`: `import_corpus` into nothing.

    Raises:
        UsageError: the directory holds something already; and as `import_corpus`.
    """
    root = Path(directory).resolve()
    if root.exists() and (not root.is_dir() or any(path.name != ".git" for path in root.iterdir())):
        raise UsageError(f"{root} is there already and not an empty folder: name a new one")
    return import_corpus(source, root, format=format, **options)  # type: ignore[arg-type]


def _root_of(into: Project | Path | str) -> tuple[Path, bool]:
    """The project's folder, and whether the project is still to be made."""
    if isinstance(into, Project):
        return into.root, False
    root = Path(into).resolve()
    if root.exists() and not root.is_dir():
        raise UsageError(f"{root} is no folder: name one that is, or a new one")
    configured = root.is_dir() and any((root / name).is_file() for name in ("dataset.toml", "pyproject.toml"))
    return root, not configured


def _refuse_unusual(project: Project | None) -> None:
    """Nothing, if `project` is one that can be written to."""
    if project is None:
        return
    places = (project.paths.articles, project.paths.annotations)
    if project.fields != Fields() or any(is_url(place) for place in places):
        raise UsageError(
            f"{project.name} has names of its own for what records hold ([fields]), or keeps them in a store: "
            "import into a project of its own"
        )


class _Import:
    """One import."""

    def __init__(  # noqa: PLR0913 - one for each option
        self,
        *,
        root: Path,
        made: bool,
        source: Source,
        format_: Format,
        reader: Importer,
        name: str,
        license_: str | None,
        force: bool,
        prune: bool,
        progress: Progress,
    ) -> None:
        self._root, self._made, self._source, self._format, self._reader = root, made, source, format_, reader
        self._name, self._license, self._prune, self._progress = name, license_, prune, progress
        self._force = force
        self._project = None if made else open_project(root)
        _refuse_unusual(self._project)
        self._lock = Lock.read(root)
        self._found: list[Diagnostic] = []
        self._inventory = Inventory()
        self._early: list[tuple[str, int]] = []  # records, with how many layers were known when they were written
        self._described: list[str] = []  # articles' metadata
        self._annotators = Names("links")  # the folder that ties between articles lie in

    def run(self) -> ImportResult:
        """The import, done or refused as a whole."""
        existed = self._root.exists()
        self._root.mkdir(parents=True, exist_ok=True)
        before = self._lock.imports.get(self._name, {"files": {}, "inventory": None})
        shared = self._lock.imports.get("", {"files": {}})["files"]
        landing = Landing(root=self._root, known={**shared, **before["files"]}, force=self._force)
        try:
            with landing.staged():
                self._read(landing)
                self._refuse_nothing()
                result = self._land(landing, before)
        except BaseException:
            if not existed:
                self._clear()
            raise
        if not existed and not result.written:
            self._clear()
        return result

    def _clear(self) -> None:
        """Takes a folder away that was made for this, with what is left in it of staging."""
        for path in (self._root / ".dataset-builder", self._root):
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()

    def _refuse_nothing(self) -> None:
        if not self._inventory.articles:
            first = f": {self._found[0].message} ({self._found[0].place.file})" if self._found else ""
            raise UsageError(f"{self._source.path} has no article that could be imported as {self._format.name}{first}")

    def _read(self, landing: Landing) -> None:
        paths = self._project.paths if self._project else None
        articles = paths.articles if paths else "seeds"
        annotations = paths.annotations if paths else "annotations"
        license_ = self._license or (self._project.license if self._project else None) or "LicenseRef-unstated"
        self._inventory.declare(self._reader.declared)
        records, names = Records(self._inventory, license_), Names()

        def tick(done: int, total: int | None) -> None:
            self._progress("import", done, total)

        for article in self._reader.read(tick):
            self._take(article, landing, records, names, (articles, annotations))
        self._report(self._source.troubles)
        self._keep_apart(landing)
        known = len(self._inventory.layers)
        for file, seen in self._early:
            if seen < known:
                landing.put(file, with_layers(landing.staged_bytes(file), self._inventory.layers))

    def _keep_apart(self, landing: Landing) -> None:
        """Gives metadata other names than layers and attributes have: both stand in the table of articles."""
        said, metadata = {*self._inventory.layers, *self._inventory.attributes}, self._inventory.metadata
        names: dict[str, str] = {}
        for name in sorted(said.intersection(metadata)):
            names[name] = f"article_{name}"
            while names[name] in said or names[name] in metadata:
                names[name] = f"article_{names[name]}"
            metadata[names[name]] = metadata.pop(name)
        for file in self._described if names else ():
            landing.put(file, with_names(landing.staged_bytes(file), names))

    def _take(
        self, article: ForeignArticle, landing: Landing, records: Records, names: Names, folders: tuple[str, str]
    ) -> None:
        articles, annotations = folders
        self._report(article.troubles)
        text = article.text
        if not text.strip():
            message = f"the text is {'blank' if text else 'empty'}: it was left out, and what is said of it"
            self._report([Trouble("import-text", message, article.file, article.line)])
            return
        try:
            data = text.encode()
        except UnicodeEncodeError as error:
            message = f"character {error.start:,} of the text is half a surrogate pair: it was left out"
            self._report([Trouble("import-text", message, article.file, article.line)])
            return
        id_, digest = names.id_of(article.name), sha256(data).hexdigest()
        landing.put(f"{articles}/{id_}.txt", data)
        landing.put(f"{articles}/{id_}.json", records.metadata(article, digest))
        self._described.append(f"{articles}/{id_}.json")
        self._inventory.rivals |= len(article.records) > 1
        for record in article.records:
            record.annotator = self._annotators.id_of(record.annotator)
            troubles = settle(record, text, self._format.joint)
            troubles += _on_edges(record, text)
            if troubles:
                self._report(troubles)
            file = f"{annotations}/{record.annotator}/{id_}.json"
            landing.put(file, records.record(id_, record, text, digest))
            self._early.append((file, len(self._inventory.layers)))

    def _report(self, troubles: list[Trouble]) -> None:
        base = os.fspath(self._source.path)
        for trouble in troubles:
            file = base if self._source.is_file else f"{base.rstrip('/')}/{trouble.file}".rstrip("/")
            flaw = Flaw(kind=trouble.kind, message=trouble.message, offset=0, pointer=())
            document = Document(source=Stretch(file, line=trouble.line), text="", readable=False, flaws=(flaw,))
            self._found += (_without_pointer(each) for each in report_flaws(document))

    def _land(self, landing: Landing, before: dict[str, Any]) -> ImportResult:
        self._progress("write", 0, None)
        gone = tuple(file for file in landing.gone if file in before["files"])
        mine = Inventory()
        mine.unite([self._inventory])
        if gone and not self._prune and before["inventory"]:
            mine.admit(Inventory.of_json(before["inventory"]))
        own = dict(landing.files)
        self._put_schemas(landing, mine)
        refused = list(landing.refused)
        self._report_refused(refused)
        written = not refused
        entry: dict[str, Any] = {"format": self._format.name, "files": {**own}, "inventory": mine.as_json()}
        if gone and not self._prune:
            entry["files"] |= {file: before["files"][file] for file in gone}
        if written:
            common = {file: digest for file, digest in landing.files.items() if file not in own}
            self._lock.imports = {**self._lock.imports, self._name: entry, "": {"files": common}}
            landing.force = True
            data = self._lock.render()
            if not (self._root / LOCK).exists() or (self._root / LOCK).read_bytes() != data:
                landing.put(LOCK, data)
            removed = tuple(file for file in gone if (self._root / file).exists()) if self._prune else ()
            landing.commit(removed)
        return self._result(landing, gone, written=written)

    def _put_schemas(self, landing: Landing, mine: Inventory) -> None:
        """Stages what all imports together need: schemas, and for a new project its configuration."""
        whole = Inventory()
        others = [each for name, each in self._lock.imports.items() if name not in ("", self._name)]
        whole.unite([mine, *(Inventory.of_json(each["inventory"]) for each in others)])
        folder = self._project.paths.schema if self._project else "schema"
        landing.put(f"{folder}/{_ARTICLE_SCHEMA}", _pretty(article_schema(whole)))
        landing.put(f"{folder}/{_ANNOTATION_SCHEMA}", _pretty(annotation_schema(whole)))
        if self._made:
            license_ = self._license or "LicenseRef-unstated"
            gold = self._reader.declared.gold
            policy = "adjudicated" if gold else "all" if whole.rivals else None
            for file, data in blank(self._root, self._name, license_, policy, gold).items():
                if not (self._root / file).exists():  # a folder may have a .gitignore of its own
                    landing.put(file, data)
        else:
            known = self._lock.imports.get("", {"files": {}})["files"]
            landing.files |= {file: digest for file, digest in known.items() if file not in landing.files}

    def _report_refused(self, refused: list[str]) -> None:
        for file in refused:
            message = "the file was not made by this import, or has been edited since, and would be overwritten"
            flaw = Flaw(kind="import-edited", message=message, offset=0, pointer=())
            document = Document(source=Stretch(file), text="", readable=False, flaws=(flaw,))
            self._found += (_without_pointer(each) for each in report_flaws(document))

    def _result(self, landing: Landing, gone: tuple[str, ...], *, written: bool) -> ImportResult:
        found = tuple(sorted(set(self._found), key=lambda each: each.sort_key))
        inventory = self._inventory
        summary = Summary.of(found, articles=inventory.articles, annotations=sum(inventory.annotators.values()))
        return ImportResult(
            root=self._root,
            name=self._name,
            format=self._format.name,
            unit=self._format.unit,
            files=len(self._source.files),
            articles=inventory.articles,
            annotators=dict(sorted(inventory.annotators.items())),
            layers={name: _count(facts) for name, facts in sorted(inventory.layers.items())},
            repaired=summary.warnings,
            refused=summary.errors,
            new=tuple(sorted(landing.new)),
            changed=tuple(sorted(landing.changed)),
            gone=gone,
            pruned=self._prune,
            kept=tuple(sorted(landing.kept)),
            written=written,
            check=CheckResult(diagnostics=found, summary=summary),
        )


def _on_edges(record: ForeignRecord, text: str) -> Iterator[Trouble]:
    """Where spans begin or end inside words, or at white space."""
    for item in record.items:
        for start, end in item.fragments:
            for verb, at, inner in (("begins", start, start), ("ends", end, end - 1)):
                if start < end and (text[inner].isspace() or splits_word(text, at)):
                    where = "with white space" if text[inner].isspace() else "inside a word"
                    seam = " ".join(f"{text[max(at - 12, 0) : at]}|{text[at : at + 12]}".split())
                    yield Trouble("import-edge", f'"{item.id}" {verb} {where}: "{seam}"', item.file, item.line)


def _without_pointer(found: Diagnostic) -> Diagnostic:
    return replace(found, place=replace(found.place, pointer=None))


def _pretty(schema: Mapping[str, object]) -> bytes:
    return orjson.dumps(schema, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _count(facts: Facts) -> LayerCount:
    return LayerCount(
        items=facts.items,
        labels=sum(1 for count in facts.labels.values() if count),
        attributes=sum(sum(values.kinds.values()) for values in facts.attributes.values()),
        notes=facts.notes,
    )
