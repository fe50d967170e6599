"""What a build says of itself: card, manifest, Croissant, schemas, and how git should treat it."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from dataset_builder.describe.card import CardFacts
from dataset_builder.describe.croissant import render_croissant
from dataset_builder.describe.manifest import render_manifest
from dataset_builder.describe.stats import Statistics, summarize
from dataset_builder.model.manifest import AgreementFacts, FileEntry
from dataset_builder.model.result import CheckResult
from dataset_builder.pipeline.card import Reviewed, card_of
from dataset_builder.pipeline.labels import explain_labels
from dataset_builder.pipeline.work import Work
from dataset_builder.release.changelog import entries
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
    files = [*work.files, *(_write(staging, path, text) for path, text in sorted(texts.items()))]
    manifest = render_manifest(
        project=work.plan.project,
        tables=work.tables,
        inputs=work.input_digests,
        files=tuple(files),
        versions={"dataset-builder": version("dataset-builder"), "pyarrow": pa.__version__},
        summary=result.summary,
        agreement=_agreement(work),
    )
    _write(staging, MANIFEST, manifest)
    return Described(readme=card.text, plots=card.plots, result=result)


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
        project=project,
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
