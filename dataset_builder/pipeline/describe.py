"""What a build says of itself: card, manifest, Croissant, schemas, and how git should treat it."""

from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from dataset_builder.check.runner import report_flaws
from dataset_builder.describe.card import CardFacts, render_card
from dataset_builder.describe.cff import CITATION, is_citation, render_cff
from dataset_builder.describe.croissant import render_croissant
from dataset_builder.describe.datacite import DATACITE, render_datacite
from dataset_builder.describe.datapackage import DATA_PACKAGE, render_data_package
from dataset_builder.describe.manifest import render_manifest
from dataset_builder.describe.statement import STATEMENT, render_statement
from dataset_builder.describe.stats import Statistics, summarize
from dataset_builder.errors import UsageError
from dataset_builder.model.document import Document, Flaw
from dataset_builder.model.manifest import AgreementFacts, FileEntry
from dataset_builder.model.result import CheckResult
from dataset_builder.model.source import Source
from dataset_builder.pipeline.labels import explain_labels
from dataset_builder.pipeline.work import Work
from dataset_builder.release.citation import with_version
from dataset_builder.schema.registry import file_of
from dataset_builder.tables.commit import write_file

__all__ = ["MANIFEST", "README", "STALE", "Described", "describe", "statistics"]

MANIFEST, README = "manifest.json", "README.md"

STALE = "CRD001"
"""The code of the finding that the project's card is not what the data gives."""

_GIT_ATTRIBUTES = "*.parquet filter=lfs diff=lfs merge=lfs -text\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What was written about a build."""

    readme: str
    result: CheckResult  # with what there is to say of the card and of labels


def statistics(work: Work) -> Statistics:
    """The figures of `work`."""
    return summarize(work.tally, work.plan.context.layout, work.splits)


def describe(work: Work, staging: Path) -> Described:
    """Everything in a build beside its tables, written to `staging`."""
    readme, card = _card(work)
    labels = explain_labels(work.plan.project, work.plan.context.layout, work.tally)
    result = work.result_with((*report_flaws(card), *labels))
    texts = {README: readme, ".gitattributes": _GIT_ATTRIBUTES, **_schemas(work)}
    facts = _facts(work)
    texts["croissant.json"] = render_croissant(facts)
    texts[DATA_PACKAGE] = render_data_package(facts)
    texts |= {name: text for name, text in _citations(facts).items() if text is not None}
    files = [*work.files, *work.origins, *(_write(staging, path, text) for path, text in sorted(texts.items()))]
    versions = {"dataset-builder": version("dataset-builder"), "pyarrow": pa.__version__}
    manifest = render_manifest(
        project=work.plan.project,
        tables=work.tables,
        inputs=work.input_digests,
        files=tuple(files),
        versions=versions,
        summary=result.summary,
        agreement=_agreement(work),
    )
    statement = render_statement(
        project=work.plan.project,
        manifest=_write(staging, MANIFEST, manifest),
        files=files,
        inputs=work.input_digests,
        versions=versions,
    )
    _write(staging, STATEMENT, statement)
    return Described(readme=readme, result=result)


def _citations(facts: CardFacts) -> dict[str, str | None]:
    """How to cite the build: the project's own CITATION.cff with the version that is built, or one that is made.

    Raises:
        UsageError: the project's own can't be read.
    """
    project = facts.project
    path = project.root / CITATION
    own = path.read_bytes().decode("utf-8", "replace") if path.is_file() else None
    if own is None:
        return {CITATION: render_cff(project), DATACITE: render_datacite(facts)}
    if not is_citation(own):
        message = f"{path} is no YAML mapping, so it can't go into a build: mend it, or take it away to have one made"
        raise UsageError(message)
    return {CITATION: with_version(own, project.version), DATACITE: render_datacite(facts)}


def _write(staging: Path, path: str, text: str) -> FileEntry:
    data = text.encode()
    write_file(staging / path, data)
    return FileEntry(path=path, bytes=len(data), sha256=sha256(data).hexdigest())


def _agreement(work: Work) -> tuple[AgreementFacts, ...]:
    return tuple(
        AgreementFacts(
            path=figure.path,
            measure=figure.measure,
            annotators=figure.annotators,
            n=figure.n,
            values=figure.values,
        )
        for figure in work.agreement.figures()
    )


def _facts(work: Work) -> CardFacts:
    context = work.plan.context
    return CardFacts(
        project=context.published,
        layout=context.layout,
        gold=context.gold,
        tables=work.tables,
        statistics=statistics(work),
        summary=work.result.summary,
        inputs=work.input_digests,
        tool=f"dataset-builder {version('dataset-builder')}",
        agreement=work.agreement.figures(),
        example=next((_row(work, shard.example) for shard in work.shards if shard.example), None),
    )


def _row(work: Work, sent: bytes) -> dict[str, Any]:
    """A row of the articles, as `to_pylist` gives it."""
    batch = pa.ipc.read_record_batch(pa.py_buffer(sent), work.plan.context.layout.articles.arrow)
    found: dict[str, Any] = batch.to_pylist()[0]
    return found


def _card(work: Work) -> tuple[str, Document]:
    """The card as it should read, and the project's own card with what is wrong with it."""
    project = work.plan.project
    path = project.root / project.paths.card
    data = path.read_bytes() if path.is_file() else None
    previous = None if data is None else data.decode("utf-8", "replace")
    text, flaws = render_card(_facts(work), previous)
    if not flaws and previous is not None and previous != text:
        message = "the card is not what the data gives now"
        flaws = (Flaw(kind="card-stale", message=message, offset=0, pointer=()),)
    return text, Document(source=Source(project.paths.card), text=previous or "", flaws=flaws)


def _schemas(work: Work) -> dict[str, str]:
    """The project's schemas as they were written, under `schema/`."""
    project = work.plan.project
    files = map(file_of, work.plan.context.schemas.contents)
    folder = f"{project.paths.schema}/"
    return {f"schema/{file.removeprefix(folder)}": (project.root / file).read_text(encoding="utf-8") for file in files}
