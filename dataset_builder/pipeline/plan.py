"""The plan of a run: what there is, which split each article falls into, and the shards that come of it."""

import sys
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from dataset_builder.check.corpus_view import CorpusView, Seen
from dataset_builder.check.rule import Looks
from dataset_builder.check.runner import report_flaws, run
from dataset_builder.check.view import SchemaView
from dataset_builder.engines.exchange import Exchange
from dataset_builder.errors import FindingsError, UsageError
from dataset_builder.merge.likeness import KEY, can_sketch
from dataset_builder.merge.pseudonyms import assign_pseudonyms, parse_pseudonyms, render_pseudonyms
from dataset_builder.merge.splits import assign_splits, parse_lock, render_lock
from dataset_builder.model.diagnostic import Diagnostic, Place, Severity
from dataset_builder.model.project import Project
from dataset_builder.model.result import CheckResult, Progress, Summary, silent
from dataset_builder.model.source import Source
from dataset_builder.pipeline.context import Context
from dataset_builder.pipeline.metadata import has_metadata, stated
from dataset_builder.pipeline.shard import TEXT_DIGEST, ShardTask
from dataset_builder.pipeline.workers import Workers
from dataset_builder.read.corpus import HYDRATED, Corpus, read_corpus
from dataset_builder.read.files import Reader, flawed_file
from dataset_builder.read.json import read_document
from dataset_builder.read.schemas import read_schemas
from dataset_builder.schema.registry import SchemaSet
from dataset_builder.tables.layout import shards

__all__ = ["Plan", "plan_run"]


_AT_ONCE = 64  # a tenth of a second, if every one has to be explained
_AT_ONCE_FAR = 1024  # a cluster takes a millisecond to hand out a task, which 64 clean articles hardly take
_MOST_COMPARED = 1 << 22  # texts whose digests are compared in one go: 64 MiB of them, three times that in all


class PlannedShard(NamedTuple):
    """A shard before its articles are put together: there may be millions."""

    split: str
    ordinal: int
    articles: "array[int]"  # indices


@dataclass(kw_only=True)
class Plan:
    """What a run does.

    `compiled` is None where no record can be looked at: the schemas are too wrong for that, or there are no articles.
    """

    project: Project
    compiled: Context | None = None
    corpus: Corpus = field(default_factory=Corpus)
    shards: list[PlannedShard] = field(default_factory=list)
    splits: list[str] = field(default_factory=list)  # of each article, in their order
    lock: str | None = None  # what the lock file should read; None where it is not used
    pseudonyms: str | None = None  # what the lock file of the annotators should read; None where it is not used
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def tasks(self, chosen: Iterable[int], contents: Mapping[int, bytes]) -> Iterator[ShardTask]:
        """The work of the `chosen` shards, put together as it is asked for; `contents` is what some held."""
        for index in chosen:
            split, ordinal, indices = self.shards[index]
            articles = tuple(map(self.corpus.articles.__getitem__, indices))
            yield ShardTask(index, split, ordinal, articles, contents.get(index))

    def split_of(self, id_: str) -> str | None:
        """The split that an article falls into; None if there is no such article."""
        ids = self.corpus.articles.ids
        index = bisect_left(ids, id_)
        return self.splits[index] if index < len(ids) and ids[index] == id_ else None

    @property
    def context(self) -> Context:
        """What workers need.

        Raises:
            FindingsError: the schemas have errors.
        """
        if self.compiled is None:
            raise self._refusal("the schemas have errors")
        return self.compiled

    def refuse_unread(self) -> None:
        """Nothing, if all that the project holds could be read.

        Raises:
            FindingsError: what the file system keeps from us is needed, or leads out of the project.
        """
        if any(found.severity is Severity.ERROR and found.code.startswith("CFG") for found in self.diagnostics):
            raise self._refusal("the project has errors")

    def _refusal(self, said: str) -> FindingsError:
        found = tuple(sorted(self.diagnostics, key=lambda diagnostic: diagnostic.sort_key))
        message = f"{said}; run `dataset-builder check` and mend them first"
        return FindingsError(message, CheckResult(diagnostics=found, summary=Summary.of(found)))


def plan_run(  # noqa: PLR0913 - what a plan is made of
    project: Project,
    spool: Path,
    staging: Path | None,
    workers: Workers,
    report: Progress = silent,
    *,
    corpus: Corpus | None = None,
) -> Plan:
    """The plan of checking `project`, or of building it into `staging`, with `workers`.

    Reads every packed file once, and sidecars where splits need them. Lists no file where the `corpus` is known.

    Raises:
        UsageError: a library that the configuration asks for isn't installed.
    """
    if project.splits.near and not can_sketch():
        message = "splits.near needs the library rensa: pip install 'dataset-builder[near]'"
        raise UsageError(message)
    plan = Plan(project=project)
    schemas, documents = read_schemas(project)
    for document in documents.values():
        plan.diagnostics += report_flaws(document)
    corpus = plan.corpus = corpus or read_corpus(project, spool)
    for document in corpus.flaws:
        plan.diagnostics += report_flaws(document)
    plan.diagnostics += _explain_unread(project, corpus)
    plan.diagnostics += run(Looks.AT_CORPUS, _corpus_view(project, corpus))
    if any(document.flaws for document in documents.values()):
        return plan
    found = [
        *run(Looks.AT_SCHEMA, SchemaView(project=project, schemas=schemas, documents=documents)),
        *_explain_missing_schema(project, schemas, corpus, workers),
    ]
    plan.diagnostics += found
    if not corpus.articles or any(each.severity is Severity.ERROR for each in found):
        return plan
    pseudonyms = _name_annotators(plan)
    plan.compiled = Context(
        project,
        schemas,
        staging,
        _known_articles(project, schemas, corpus),
        _example(project, corpus),
        corpus.incomplete,
        pseudonyms,
        _exchange(spool, len(corpus.articles)),
        _exchange(spool, len(corpus.articles), KEY) if project.splits.near else None,
    )
    _assign(plan, workers, report)
    return plan


def _name_annotators(plan: Plan) -> dict[str, str]:
    """Has annotators published by the names that the configuration asks for; gives their pseudonyms."""
    project, articles = plan.project, plan.corpus.articles
    names = articles.annotators
    if project.annotators.published == "names" or not names:
        return {}
    path = project.root / project.annotators.lock
    locked = parse_pseudonyms(path.read_bytes()) if path.is_file() else {}
    assigned = assign_pseudonyms(names, project.name, locked)
    plan.pseudonyms = render_pseudonyms(assigned, locked)
    articles.publish_as(assigned)
    return assigned


def _known_articles(project: Project, schemas: SchemaSet, corpus: Corpus) -> frozenset[str]:
    references = set(schemas.annotations.plan.article_references) - {(project.fields.article,)}
    return frozenset(corpus.articles.ids) if references else frozenset()


def _exchange(spool: Path, articles: int, width: int = TEXT_DIGEST) -> Exchange | None:
    """Where the digests of texts, or sketches, are handed on, if there are more than are compared in one go."""
    partitions = -(-articles // _MOST_COMPARED)
    return Exchange(folder=spool, partitions=min(partitions, 1 << 16), width=width) if partitions > 1 else None


def _assign(plan: Plan, workers: Workers, report: Progress) -> None:
    """Splits, and the shards of each: over ids in order, split by split in the order of their shares."""
    project, articles = plan.project, plan.corpus.articles
    ids, name = articles.ids, project.splits.field or project.splits.group
    found = ids if name is None else stated(project, articles, name, workers, report)
    plan.splits = list(map(sys.intern, found if project.splits.field is not None else _assigned(plan, found)))
    members: dict[str, array[int]] = {split: array("I") for split in project.splits.shares}
    for index, split in enumerate(plan.splits):
        members.setdefault(split, array("I")).append(index)
    others = sorted(members.keys() - project.splits.shares.keys())
    for split in (*project.splits.shares, *others):
        mine = members[split]
        for ordinal, part in enumerate(_parts(plan, [ids[index] for index in mine], far=workers.far)):
            plan.shards.append(PlannedShard(split, ordinal, mine[part.start : part.stop]))


def _parts(plan: Plan, ids: list[str], *, far: bool) -> Iterator[range]:
    """What is looked at in one go: the articles of a file, or so few that their findings are known at once."""
    if plan.context.staging:
        return shards(ids, plan.project.shards.articles)
    size = _AT_ONCE_FAR if far else _AT_ONCE
    return (range(begin, min(begin + size, len(ids))) for begin in range(0, len(ids), size))


def _assigned(plan: Plan, groups: Sequence[str]) -> Iterator[str]:
    """The split of each article, which has one of `groups`; the plan then has what the lock file should read."""
    project, splits = plan.project, plan.project.splits
    lock = project.root / splits.lock
    locked = parse_lock(lock.read_bytes()) if lock.is_file() else {}
    assigned = assign_splits(Counter(groups), splits, locked)
    if splits.method == "balanced" and len(splits.shares) > 1:
        plan.lock = render_lock(assigned, locked)
    return map(assigned.__getitem__, groups)


def _example(project: Project, corpus: Corpus) -> str | None:
    """The article that the card shows: the configured one, else the first with annotations and a text.

    A text that was put back doesn't count: what is shown must not depend on whether it was.
    """
    own = f"{project.paths.articles}/{HYDRATED}/"
    texts = ((article, article.text) for article in corpus.articles if article.records)
    shown = (article.id for article, text in texts if text and not text.file.startswith(own))
    return project.card.example or next(shown, None)


def _explain_unread(project: Project, corpus: Corpus) -> Iterator[Diagnostic]:
    """Packed lines that orjson refused, or that hold no object: read again with positions."""
    with Reader(project.root) as reader:
        for kind, source in corpus.unread:
            document = read_document(reader.read(source), source)
            if document.flaws:
                yield from report_flaws(document)
            else:
                message = f"the line holds no {kind}: expected an object"
                yield from report_flaws(flawed_file(source.file, "unaddressed", message, line=source.line))


def _explain_missing_schema(
    project: Project, schemas: SchemaSet, corpus: Corpus, workers: Workers
) -> Iterator[Diagnostic]:
    folder = project.paths.schema
    if schemas.article is None and has_metadata(project, corpus.articles, workers):
        message = "there is metadata of articles, but no schema says what it may hold"
        yield from report_flaws(flawed_file(f"{folder}/article.schema.json", "no-schema", message))
    if schemas.annotation is None and corpus.articles.record_count:
        message = "there are annotations, but no schema says what they may hold"
        yield from report_flaws(flawed_file(f"{folder}/annotation.schema.json", "no-schema", message))
    if schemas.link is None and corpus.links:
        message = "there are links, but no schema says what they may hold"
        yield from report_flaws(flawed_file(f"{folder}/link.schema.json", "no-schema", message))


def _corpus_view(project: Project, corpus: Corpus) -> CorpusView:
    def seen(found: list[tuple[str, Source]]) -> tuple[Seen, ...]:
        ordered = sorted(found, key=lambda pair: (pair[0], pair[1].file, pair[1].line))
        return tuple(
            Seen(key=key, place=Place(file=source.file, line=source.line, column=1)) for key, source in ordered
        )

    return CorpusView(
        project=project,
        articles=seen(corpus.duplicates),
        annotations=seen(corpus.doubled_records),
        orphans=seen(corpus.orphans),
        near=corpus.near,
        article_count=len(corpus.articles),
        unread=corpus.incomplete,
    )
