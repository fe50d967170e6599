"""The slow path: documents with positions, looked at by every rule."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dataset_builder.check.characters import is_plain
from dataset_builder.check.passages import Text
from dataset_builder.check.rule import Aspect, Looks
from dataset_builder.check.runner import report_flaws, run
from dataset_builder.check.view import ArticleView, GroupView, RecordView, forget
from dataset_builder.merge.gold import as_annotation
from dataset_builder.model.diagnostic import Diagnostic
from dataset_builder.model.document import Document
from dataset_builder.model.source import ArticleInput, RecordInput
from dataset_builder.pipeline.context import Context
from dataset_builder.pipeline.endings import endings, sources_of
from dataset_builder.pipeline.reading import Inputs
from dataset_builder.read.json import read_document

__all__ = ["Explained", "article_view", "explain_article", "explain_group", "record_view"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What the rules say of an article and its records; values only where no JSON is unreadable."""

    diagnostics: tuple[Diagnostic, ...]
    metadata: dict[str, Any]
    content: str | None
    records: dict[str, Any]
    unverified: int


def explain_article(context: Context, article: ArticleInput, inputs: Inputs) -> Explained:
    """Every finding on `article` and its records, in the order of its files."""
    view = article_view(context, article, inputs)
    found = [*(report_flaws(view.metadata) if view.metadata else ())]
    if view.metadata is None or view.metadata.readable:
        found += run(Looks.AT_ARTICLE, view)
    records = [record_view(context, view, record, data) for record, data in inputs.records]
    for record in records:
        found += report_flaws(record.document)
        if record.document.readable:
            found += run(Looks.AT_RECORD, record)
    documents = (view.metadata, *(record.document for record in records))
    if all(document is None or document.readable for document in documents):
        found += endings(sources_of(article, inputs))
    metadata = view.metadata.value if view.metadata else {}
    explained = Explained(
        diagnostics=tuple(found),
        metadata=metadata if isinstance(metadata, dict) else {},
        content=view.text,
        records={record.published: view.value for (record, _), view in zip(inputs.records, records, strict=True)},
        unverified=sum(len(list(record.spans())) for record in records) if view.data is None else 0,
    )
    forget(view)
    for record in records:
        forget(record)
    return explained


def article_view(context: Context, article: ArticleInput, inputs: Inputs) -> ArticleView:
    """The article as rules look at it."""
    project = context.project
    metadata = None
    if article.metadata is not None and inputs.metadata is not None:
        metadata = read_document(inputs.metadata, article.metadata, context.limits)
    data = inputs.text
    if article.packed:
        text = metadata.value.get(project.fields.text) if metadata and isinstance(metadata.value, dict) else None
        data = text.encode("utf-8") if isinstance(text, str) else None
    view = ArticleView(
        id=article.id,
        project=project,
        schema=context.schemas.articles,
        file=article.text.file if article.text else f"{project.paths.articles}/{article.id}.txt",
        data=data,
        metadata=metadata,
        packed=article.packed,
    )
    return replace(view, settled=_settled_of_article(context, view, inputs.metadata))


def _settled_of_article(context: Context, view: ArticleView, metadata: bytes | None) -> frozenset[Aspect]:
    """What needs no rule to look at the metadata or the text."""
    found: frozenset[Aspect] = frozenset()
    if metadata is not None and view.metadata is not None and _is_as_written(view.metadata):
        found = context.article_prover.settled(view.judgement.value, metadata, None)
    if view.text is None or view.data is None or not is_plain(view.text, view.data):
        return found
    return found | {Aspect.PLAIN}


def _settled_of_record(context: Context, article: ArticleView, document: Document, data: bytes) -> frozenset[Aspect]:
    """What needs no rule to look at a record."""
    if not _is_as_written(document):
        return frozenset()
    text = Text(article.text, len(article.text), "") if article.text else None
    found = context.annotation_prover.settled(document.value, data, text)
    if Aspect.VALID in found and not context.knows_articles_of(document.value):
        found -= {Aspect.REFERRED}
    return found


def _is_as_written(document: Document) -> bool:
    """Whether the value is just what the JSON text says."""
    return document.readable and not document.flaws


def record_view(context: Context, article: ArticleView, record: RecordInput, data: bytes) -> RecordView:
    """A record as rules look at it."""
    document = read_document(data, record.source, context.limits)
    return RecordView(
        project=context.project,
        schema=context.schemas.annotations,
        document=document,
        annotator=record.annotator,
        article=article,
        folder=record.folder,
        stem=record.stem,
        known_articles=context.known_articles or frozenset((article.id,)),
        unread=context.unread,
        linked=context.linked,
        settled=_settled_of_record(context, article, document, data),
    )


def explain_group(
    context: Context, article: ArticleInput, inputs: Inputs, records: Mapping[str, Any], gold: dict[str, Any] | None
) -> Iterator[Diagnostic]:
    """Every finding on how an article's records come together; quick where all is well."""
    policy = context.project.gold.policy
    if (policy == "single" and len(records) == 1) or (policy == "adjudicated" and gold is not None):
        return
    schema, fields = context.schemas.annotations, context.project.fields
    whole = None if gold is None else as_annotation(gold, records, schema.shape, context.published.gold, fields)
    yield from run(
        Looks.AT_GROUP,
        GroupView(
            project=context.project,
            schema=schema,
            article=article.id,
            documents={record.annotator: Document(source=record.source, text="") for record, _ in inputs.records},
            gold=whole,
        ),
    )
