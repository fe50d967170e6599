"""A project's articles and records, written in an outside format."""

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from dataset_builder.check.runner import report_flaws
from dataset_builder.errors import FindingsError, OutputError, UsageError
from dataset_builder.formats.gathering import Gatherer, public
from dataset_builder.formats.registry import exporter, format_named
from dataset_builder.model.diagnostic import Diagnostic, Severity
from dataset_builder.model.document import Document, Flaw
from dataset_builder.model.exchange import ExportResult
from dataset_builder.model.foreign import ForeignArticle, ForeignRecord, Trouble
from dataset_builder.model.project import Project
from dataset_builder.model.result import CheckResult, Progress, Summary, silent
from dataset_builder.model.source import Source
from dataset_builder.pipeline.article import ArticleCompiler, Compiled
from dataset_builder.pipeline.plan import Plan
from dataset_builder.pipeline.work import planned

__all__ = ["export_corpus"]

_BATCH = 32


def export_corpus(  # noqa: PLR0913 - they are options
    project: Project,
    format: str,  # noqa: A002 - what it is called everywhere
    output: Path | str,
    *,
    annotator: str | None = None,
    options: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> ExportResult:
    """The records of `project` in `format`, in the new or empty folder `output`.

    Those of all annotators, each called what it is; of `annotator` alone, if one is named; `"gold"` names what would be
    published. A withheld text is never written. What the format can't hold is in `check`.

    Raises:
        UsageError: there is no such format, the folder isn't empty, or there is no such annotator.
        FindingsError: the project has errors; nothing was written.
        OutputError: the folder can't be written.
    """
    chosen = format_named(format)
    writer = exporter(chosen, options or {})
    target = Path(output).absolute()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target} is there already and not an empty folder: name a new one")
    staging = target.with_name(f".{target.name}.staging-{os.getpid()}")
    try:
        named = replace(project, annotators=replace(project.annotators, published="names"))  # this is no publication
        with planned(named) as plan:
            source = _Articles(plan, annotator, progress or silent)
            files = 0
            shutil.rmtree(staging, ignore_errors=True)
            staging.mkdir(parents=True)
            for written in writer.write(source.articles(), source.annotators):
                path = staging / written.file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(written.data)
                source.tell(written.troubles)
                files += 1
        if not source.count:
            who = f" by {annotator}" if annotator else ""
            raise UsageError(f"{project.name} has nothing{who} that could be exported")
        if target.exists():
            target.rmdir()
        staging.rename(target)
    except OSError as error:
        raise OutputError(f"{error.filename}: {error.strerror}") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return ExportResult(output=target, format=chosen.name, articles=source.count, files=files, check=source.result)


class _Articles:
    """The articles of a project as neutral values, and what was found on the way."""

    def __init__(self, plan: Plan, annotator: str | None, progress: Progress) -> None:
        self.count = 0
        self._found: set[Diagnostic] = set()
        self._plan, self._annotator, self._progress = plan, annotator, progress
        context = plan.context
        fields = context.project.fields
        self._envelope = (fields.article, fields.annotator, fields.text_sha256)
        self._gatherer = Gatherer(context.schemas.annotations.shape, self._envelope)
        own = (fields.id, fields.text, fields.sha256, fields.length, fields.rights)
        self._own = frozenset(own)

    @property
    def annotators(self) -> tuple[str, ...]:
        """All whose records are exported."""
        if self._annotator:
            return (self._annotator,)
        return tuple(sorted({record.annotator for article in self._plan.corpus.articles for record in article.records}))

    @property
    def result(self) -> CheckResult:
        """What was found, sorted."""
        found = tuple(sorted(self._found, key=lambda each: each.sort_key))
        return CheckResult(diagnostics=found, summary=Summary.of(found, articles=self.count))

    def tell(self, troubles: tuple[Trouble, ...] | list[Trouble]) -> None:
        """Takes down what a format can't hold."""
        for trouble in troubles:
            flaw = Flaw(kind=trouble.kind, message=trouble.message, offset=0, pointer=())
            document = Document(source=Source(trouble.file), text="", readable=False, flaws=(flaw,))
            for each in report_flaws(document):
                self._found.add(replace(each, place=replace(each.place, pointer=None, line=None, column=None)))

    def articles(self) -> Iterator[ForeignArticle]:
        """The articles by id.

        Raises:
            FindingsError: there are errors.
        """
        compiler = ArticleCompiler(self._plan.context)
        known = self._plan.corpus.articles
        errors: list[Diagnostic] = [each for each in self._plan.diagnostics if each.severity is Severity.ERROR]
        for first in range(0, len(known), _BATCH):
            self._progress("export", first, len(known))
            batch = [known[index] for index in range(first, min(first + _BATCH, len(known)))]
            for compiled in compiler.compile(batch)[0]:
                errors += (each for each in compiled.diagnostics if each.severity is Severity.ERROR)
                if not errors and (article := self._article(compiled)):
                    self.count += 1
                    yield article
        if errors:
            found = tuple(sorted(set(errors), key=lambda each: each.sort_key))
            result = CheckResult(diagnostics=found, summary=Summary.of(found))
            raise FindingsError("the project has errors: mend them first", result)

    def _article(self, compiled: Compiled) -> ForeignArticle | None:
        row, id_ = compiled.row or {}, compiled.article.id
        text = row.get("text")
        source = compiled.article.text or compiled.article.metadata
        file = source.file if source else id_
        if text is None:
            message = "the text is withheld or absent, so that the article is left out"
            self.tell([Trouble("export-lost", message, file)])
            return None
        row = public(row, self._plan.context.schemas.articles.shape)
        metadata = {name: value for name, value in row.items() if name not in self._own}
        article = ForeignArticle(name=id_, text=text, file=file, split=self._plan.split_of(id_), metadata=metadata)
        article.records = list(self._records(compiled))
        for name in self._plan.context.schemas.annotations.shape.properties:
            article.metadata.pop(name[0], None)
        return article if article.records or self._annotator is None else None

    def _records(self, compiled: Compiled) -> Iterator[ForeignRecord]:
        if self._annotator == "gold":
            if compiled.gold is not None:
                yield self._gatherer.record("gold", compiled.gold, f"{compiled.article.id} (gold)")
            return
        places = {record.annotator: record.source.file for record in compiled.article.records}
        for name, value in sorted(compiled.records.items()):
            if self._annotator in (None, name):
                yield self._gatherer.record(name, value, places.get(name, compiled.article.id))
