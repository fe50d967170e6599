"""Anchoring: offsets filled in from quotes, and spans moved to where their text went when it was revised."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from dataset_builder.errors import UsageError
from dataset_builder.model.diagnostic import Pointer
from dataset_builder.model.mending import AnchoredSpan, AnchorResult, Difference, Left, Outcome
from dataset_builder.model.project import Project
from dataset_builder.model.result import Progress, silent
from dataset_builder.model.source import ArticleInput, RecordInput, Source
from dataset_builder.pipeline.anchoring import RecordAnchoring, Span, Text, is_settled, spans_of
from dataset_builder.pipeline.article import ArticleCompiler
from dataset_builder.pipeline.explain import article_view
from dataset_builder.pipeline.links import LinkCompiler
from dataset_builder.pipeline.plan import Plan
from dataset_builder.pipeline.reading import Inputs
from dataset_builder.pipeline.rewriting import Fix, Rewriter
from dataset_builder.pipeline.rights import texts_by_digest
from dataset_builder.pipeline.stores import refuse_elsewhere
from dataset_builder.pipeline.work import planned
from dataset_builder.read.excerpts import excerpts
from dataset_builder.read.history import History
from dataset_builder.read.json import read_document
from dataset_builder.tables.commit import exclusive

__all__ = ["anchor"]

_UNREADABLE = "it can't be read as it is: `dataset-builder check` says why"


@dataclass(slots=True)
class _Found:
    """What was found out so far."""

    spans: list[AnchoredSpan] = field(default_factory=list)
    counts: Counter[Outcome] = field(default_factory=Counter)
    unverified: int = 0
    fixes: dict[str, list[Fix]] = field(default_factory=dict)  # by file
    left: list[Left] = field(default_factory=list)
    formers: dict[str, str | None] = field(default_factory=dict)  # by article: the text that records were made on


def anchor(  # noqa: PLR0913 - they are options
    project: Project,
    *,
    was: Path | None = None,
    articles: Sequence[str] = (),
    accept_changed: bool = False,
    write: bool = True,
    progress: Progress | None = None,
) -> AnchorResult:
    """The spans of `project` put where they belong, and what became of each.

    A span without offsets is placed by its quote, with `occurrence`, `prefix` or `suffix` where that stands in several
    places. Where a text was revised since, spans go where their passages went: by the former text if it is known, from
    the folder `was` (by SHA-256) or from git, else by their quotes. Spans whose own text changed are written only with
    `accept_changed`, lost ones never; a record states the new SHA-256 once all of its spans are in place.

    `articles` are ids; all if there are none. With `write` False nothing is changed.

    Raises:
        UsageError: `was` is no folder, or there is no such article.
        FindingsError: the schemas have errors.
        OutputError: a file can't be written; it is whole.
    """
    former = texts_by_digest(was, project.limits.bytes) if was is not None else {}
    refuse_elsewhere(project, "anchor")
    with exclusive(project.root, lambda: None), planned(project) as plan:
        work = _Anchoring(plan, former, accept_changed=accept_changed)
        work.run(articles, progress or silent)
        return _written(project, work.found, accepted=accept_changed, write=write)


def _written(project: Project, found: _Found, *, accepted: bool, write: bool) -> AnchorResult:
    rewriter = Rewriter(project.root, project.limits.bytes, excerpts(project), write=write)
    files: list[str] = []
    differences: list[Difference] = []
    for file, fixes in sorted(found.fixes.items()):
        rewritten = rewriter.rewrite(file, fixes)
        found.left += rewritten.left
        files += [file] if rewritten.made else []
        differences += [rewritten.difference] if rewritten.difference else []
    return AnchorResult(
        spans=tuple(sorted(found.spans, key=lambda span: (span.place.file, span.place.line, span.place.column))),
        counts=dict(found.counts),
        unverified=found.unverified,
        files=tuple(files),
        left=tuple(found.left),
        differences=tuple(differences),
        written=write,
        accepted=accepted,
    )


class _Anchoring:
    def __init__(self, plan: Plan, former: Mapping[str, Path], *, accept_changed: bool) -> None:
        self.found = _Found()
        self._plan, self._context = plan, plan.context
        self._project = plan.project
        self._accept = accept_changed
        self._former = former
        self._history = History(plan.project.root, plan.project.limits.bytes)
        self._compiler = ArticleCompiler(plan.context)

    def run(self, ids: Sequence[str], progress: Progress) -> None:
        """Looks at the records of these articles, and at links to them."""
        known = self._plan.corpus.articles.by_id
        _refuse_unknown(ids, known)
        chosen = [known[id_] for id_ in dict.fromkeys(ids)] if ids else list(known.values())
        for done, article in enumerate(chosen):
            if done % 100 == 0:
                progress("anchor", done, len(chosen))
            if article.records:
                self._article(article)
        if self._context.schemas.link is not None:
            links = LinkCompiler(self._context, known)
            for source in self._plan.corpus.links:
                self._link(links, source, frozenset(ids))

    def _article(self, article: ArticleInput) -> None:
        inputs = self._compiler.read(article)
        data = _text_of(article, inputs, self._project.fields.text)
        try:
            content = None if data is None else data.decode("utf-8")
        except UnicodeDecodeError:
            content = None
        digest = sha256(data or b"").hexdigest()
        for record, raw in inputs.records:
            if not self._is_settled(raw, content, digest):
                self._record(article, inputs, (record, raw), (content, digest))

    def _is_settled(self, raw: bytes, content: str | None, digest: str) -> bool:
        """Whether there is nothing to do, which is told without positions; the spans count then."""
        try:
            value = orjson.loads(raw)
        except orjson.JSONDecodeError:
            return False
        spans = list(spans_of(value, self._context.schemas.annotations))
        if content is None:
            self.found.unverified += len(spans)
            return True
        if not isinstance(value, dict) or value.get(self._project.fields.text_sha256, digest) != digest:
            return False
        if not all(is_settled(span, content) for span in spans):
            return False
        self.found.counts[Outcome.EXACT] += len(spans)
        return True

    def _record(
        self, article: ArticleInput, inputs: Inputs, record: tuple[RecordInput, bytes], text: tuple[str | None, str]
    ) -> None:
        (source, raw), (content, digest) = (record[0].source, record[1]), text
        document = read_document(raw, source, self._context.limits)
        if document.flaws or not isinstance(document.value, dict) or content is None:
            self.found.left.append(Left(file=source.file, reason=_UNREADABLE, count=1))
            return
        name = self._project.fields.text_sha256
        stated = document.value.get(name)
        revised = isinstance(stated, str) and stated != digest
        former = self._former_text(article, str(stated)) if revised else None
        if revised:
            self.found.formers[article.id] = former
        view = article_view(self._context, article, inputs)
        schema = self._context.schemas.annotations
        anchoring = RecordAnchoring(
            document,
            schema,
            list(spans_of(document.value, schema)),
            Text(content=content, revised=revised, former=former, discreet=view.discreet),
        )
        self._add(anchoring, source.file, ((name,), digest) if revised else None)

    def _add(self, anchoring: RecordAnchoring, file: str, digest: tuple[Pointer, str] | None) -> None:
        self.found.counts.update(anchoring.outcomes())
        self.found.spans += anchoring.report()
        edits = anchoring.edits(accept_changed=self._accept, digest=digest)
        if edits:
            self.found.fixes.setdefault(file, []).append(edits)

    def _former_text(self, article: ArticleInput, digest: str) -> str | None:
        """The text with that SHA-256: from the folder that was given, else from git."""
        try:
            if digest in self._former:
                return self._former[digest].read_bytes().decode("utf-8")
            if article.packed or article.text is None:
                return None
            data = self._history.find(article.text.file, digest)
            return None if data is None else data.decode("utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    # Links

    def _link(self, links: LinkCompiler, source: Source, ids: frozenset[str]) -> None:
        """The spans of links, which state no text's SHA-256: what the records say holds for them too."""
        try:
            views = list(links.views(source))
        except OSError:
            self.found.left.append(Left(file=source.file, reason=_UNREADABLE, count=1))
            return
        for view in views:
            by_article: dict[str, list[Span]] = {}
            for span in spans_of(view.value, view.schema):
                by_article.setdefault(view.article_id_of(span.pointer) or "", []).append(span)
            for id_, spans in by_article.items():
                article = view.articles.get(id_)
                if article is None or article.text is None or (ids and id_ not in ids):
                    self.found.unverified += len(spans) if article is not None and article.text is None else 0
                    continue
                revised = id_ in self.found.formers
                text = Text(
                    content=article.text,
                    revised=revised,
                    former=self.found.formers.get(id_),
                    discreet=article.discreet,
                )
                self._add(RecordAnchoring(view.document, view.schema, spans, text), source.file, None)


def _text_of(article: ArticleInput, inputs: Inputs, name: str) -> bytes | None:
    if not article.packed:
        return inputs.text
    try:
        value: Any = orjson.loads(inputs.metadata or b"").get(name)
    except (orjson.JSONDecodeError, AttributeError):
        return None
    return value.encode("utf-8") if isinstance(value, str) else None


def _refuse_unknown(ids: Sequence[str], known: Mapping[str, object]) -> None:
    for id_ in ids:
        if id_ not in known:
            near = get_close_matches(id_, known, n=1)
            message = f"there is no article {id_!r}" + (f"; did you mean {near[0]!r}?" if near else "")
            raise UsageError(message)
