"""What a build says of itself: card, manifest, Croissant, schemas, and how git should treat it."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from dataset_builder.describe.card import CardFacts
from dataset_builder.describe.cff import CITATION, is_citation, render_cff
from dataset_builder.describe.croissant import render_croissant
from dataset_builder.describe.datacite import DATACITE, render_datacite
from dataset_builder.describe.datapackage import DATA_PACKAGE, render_data_package
from dataset_builder.describe.manifest import render_manifest
from dataset_builder.describe.statement import STATEMENT, render_statement
from dataset_builder.describe.stats import Statistics, summarize
from dataset_builder.errors import UsageError
from dataset_builder.model.manifest import AgreementFacts, FileEntry
from dataset_builder.model.result import CheckResult
from dataset_builder.pipeline.card import Reviewed, card_of
from dataset_builder.pipeline.labels import explain_labels
from dataset_builder.pipeline.work import Work
from dataset_builder.release.changelog import entries
from dataset_builder.release.citation import with_version
from dataset_builder.schema.registry import file_of
from dataset_builder.tables.commit import write_file

__all__ = ["MANIFEST", "README", "Described", "describe", "statistics"]

MANIFEST, README = "manifest.json", "README.md"

_GIT_ATTRIBUTES = "*.parquet filter=lfs diff=lfs merge=lfs -text\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What was written about a build."""

    readme: str
    plots: Mapping[str, str]  # by path in the build
    result: CheckResult  # with what there is to say of the card and of labels


def statistics(work: Work) -> Statistics:
    """The figures of `work`."""
    return summarize(work.tally, work.plan.context.layout, work.splits)


def describe(work: Work, staging: Path, *, reviewed: Reviewed | None = None) -> Described:
    """Everything in a build beside its tables, written to `staging`.

    With `reviewed`, the result says what the authors of the card owe it: as the project has it, or as it will be.
    """
    facts = _facts(work)
    card = card_of(work.plan.project, facts, reviewed)
    labels = explain_labels(work.plan.project, work.plan.context.layout, work.tally)
    result = work.result_with((*card.findings, *labels))
    texts = {README: card.text, ".gitattributes": _GIT_ATTRIBUTES, **card.plots, **_schemas(work)}
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
    return Described(readme=card.text, plots=card.plots, result=result)


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
    context, project = work.plan.context, work.plan.project
    changelog = project.root / project.paths.changelog
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
        releases=entries(changelog.read_bytes().decode("utf-8", "replace")) if changelog.is_file() else (),
    )


def _row(work: Work, sent: bytes) -> dict[str, Any]:
    """A row of the articles, as `to_pylist` gives it."""
    batch = pa.ipc.read_record_batch(pa.py_buffer(sent), work.plan.context.layout.articles.arrow)
    found: dict[str, Any] = batch.to_pylist()[0]
    return found


def _schemas(work: Work) -> dict[str, str]:
    """The project's schemas as they were written, under `schema/`."""
    project = work.plan.project
    files = map(file_of, work.plan.context.schemas.contents)
    folder = f"{project.paths.schema}/"
    return {f"schema/{file.removeprefix(folder)}": (project.root / file).read_text(encoding="utf-8") for file in files}
