"""Withheld texts: put back where their holder has them, taken out where they may not be published."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from dataset_builder.check.view import ArticleView, SpanView
from dataset_builder.errors import FindingsError, UsageError
from dataset_builder.model.location import place_of
from dataset_builder.model.project import Project
from dataset_builder.model.result import HydrateResult, WithholdResult
from dataset_builder.model.source import ArticleInput, Source
from dataset_builder.pipeline.article import ArticleCompiler
from dataset_builder.pipeline.context import Context
from dataset_builder.pipeline.explain import article_view, record_view
from dataset_builder.pipeline.links import LinkCompiler
from dataset_builder.pipeline.plan import Plan
from dataset_builder.pipeline.stores import refuse_elsewhere
from dataset_builder.pipeline.work import planned, work_off
from dataset_builder.read.corpus import HYDRATED
from dataset_builder.read.json_edit import JsonEdit
from dataset_builder.tables.commit import replace_file

__all__ = ["hydrate_project", "texts_by_digest", "withhold"]


def texts_by_digest(folder: Path, limit: int) -> dict[str, Path]:
    """The files below `folder` of at most `limit` bytes, by the SHA-256 of their bytes.

    Raises:
        UsageError: there is no such folder.
    """
    if not folder.is_dir():
        message = f"{folder} is no folder; name one that holds the texts"
        raise UsageError(message)
    return {_digest(path): path for path in sorted(_files(folder)) if path.stat().st_size <= limit}


def _files(folder: Path) -> Iterator[Path]:
    for current, _, names in os.walk(folder):
        yield from (path for name in names if (path := Path(current, name)).is_file())


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def hydrate_project(project: Project, source: Path) -> HydrateResult:
    """The withheld texts of `project` put back from the files below `source`, matched by SHA-256.

    They lie in a folder beside the articles that git ignores, and are never published: checks verify against them.
    """
    texts = texts_by_digest(source, project.limits.bytes)
    folder = Path(place_of(str(project.root), project.paths.articles), HYDRATED)
    hydrated, missing = [], []
    with planned(project) as plan:
        for article, view in _withheld(plan):
            found = texts.get(view.stated("sha256", str) or "")
            if found is None:
                missing.append(article.id)
                continue
            _ignore(folder)
            replace_file(folder / f"{article.id}.txt", found.read_bytes())
            hydrated.append(article.id)
    return HydrateResult(output=folder, hydrated=tuple(hydrated), missing=tuple(missing))


def _withheld(plan: Plan) -> Iterator[tuple[ArticleInput, ArticleView]]:
    context = plan.context
    compiler = ArticleCompiler(context)
    for article in plan.corpus.articles:
        view = article_view(context, article, compiler.read(article))
        if view.withheld:
            yield article, view


def _ignore(folder: Path) -> None:
    """Makes git pass over all that lies in `folder`, whatever the project's own ignore file says."""
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / ".gitignore", b"*\n")


def withhold(project: Project, ids: Sequence[str]) -> WithholdResult:
    """The texts of the articles `ids` taken out of what is published.

    Metadata says so, digests stand in place of quotes, and the texts lie where git ignores them. Files are changed only
    where they must be, with all else in them kept. What git holds of earlier versions stays there.

    Raises:
        UsageError: an article is unknown, or it or a link to it lies in a compressed file, or its text is a link.
        FindingsError: the project has errors; digests of wrong passages would hide them for good.
    """
    refuse_elsewhere(project, "take texts out of")
    result = work_off(project, staging=None, jobs=1, progress=None).result
    if not result.ok:
        message = f"{result.summary.errors} errors stand in the way; mend them before texts are taken out"
        raise FindingsError(message, result)
    with planned(project) as plan:
        context, articles = plan.context, plan.corpus.articles.by_id
        for id_ in ids:
            _refuse_unfit(project, id_, articles)
        changes = _Changes(project)
        for id_ in dict.fromkeys(ids):
            _take_out(context, articles[id_], changes)
        _take_out_of_links(plan, articles, frozenset(ids), changes)
        changes.refuse_compressed()
        return WithholdResult(withheld=tuple(dict.fromkeys(ids)), files=changes.write())


def _refuse_unfit(project: Project, id_: str, articles: Mapping[str, ArticleInput]) -> None:
    article = articles.get(id_)
    if article is None:
        near = get_close_matches(id_, articles, n=1)
        message = f"there is no article {id_!r}" + (f"; did you mean {near[0]!r}?" if near else "")
        raise UsageError(message)
    sources = (article.text, article.metadata, *(record.source for record in article.records))
    if any(source and source.unpacked for source in sources):
        message = f"article {id_!r} lies in a compressed file; unpack that first"
        raise UsageError(message)
    if article.text and (project.root / article.text.file).is_symlink():
        message = f"{article.text.file} is a symbolic link; put the text itself in its place first, or it would stay"
        raise UsageError(message)


class _Changes:
    """Files to be rewritten; nothing is touched before all of them are known."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._parts: dict[str, list[tuple[Source, bytes]]] = {}
        self._moved: dict[str, tuple[str | None, bytes]] = {}  # id to the text's own file and the text

    def edit(self, source: Source, edit: JsonEdit) -> None:
        if edit.changes:
            self._parts.setdefault(source.file, []).append((source, edit.text().encode()))

    def move(self, id_: str, file: str | None, data: bytes) -> None:
        self._moved[id_] = (file, data)

    def refuse_compressed(self) -> None:
        for source in (source for parts in self._parts.values() for source, _ in parts if source.unpacked):
            message = f"{source.file} has quotes to be taken out, and is compressed; unpack it first"
            raise UsageError(message)

    def write(self) -> tuple[str, ...]:
        """Texts are saved first, then records changed, then texts removed: stopped anywhere, nothing is lost."""
        root, folder = self._project.root, self._project.root / self._project.paths.articles / HYDRATED
        if self._moved:
            _ignore(folder)
        for id_, (_, data) in self._moved.items():
            replace_file(folder / f"{id_}.txt", data)
        for file, parts in self._parts.items():
            data = (root / file).read_bytes()
            for source, written in sorted(parts, key=lambda part: -part[0].offset):
                end = len(data) if source.size is None else source.offset + source.size
                data = data[: source.offset] + written + data[end:]
            replace_file(root / file, data)
        gone = [file for file, _ in self._moved.values() if file]
        for file in gone:
            (root / file).unlink()
        return tuple(sorted({*self._parts, *gone}))


def _take_out(context: Context, article: ArticleInput, changes: _Changes) -> None:
    inputs = ArticleCompiler(context).read(article)
    view = article_view(context, article, inputs)
    fields = context.project.fields
    if view.withheld:
        return
    if view.metadata is None or view.data is None or article.metadata is None:
        message = f"article {article.id!r} has no metadata file; its rights can be stated only there"
        raise UsageError(message)
    edit = JsonEdit(view.metadata)
    rights = view.stated("rights", dict)
    if rights is None:
        edit.set((), fields.rights, {"license": context.project.license, "text": "withheld"})
    else:
        edit.set((fields.rights,), "text", "withheld")
    edit.set((), fields.sha256, view.sha256)
    edit.set((), fields.length, view.length)
    if article.packed:
        edit.remove((fields.text,))
    changes.edit(article.metadata, edit)
    changes.move(article.id, None if article.packed or article.text is None else article.text.file, view.data)
    for record, data in inputs.records:
        found = record_view(context, view, record, data)
        edit = JsonEdit(found.document)
        _digest_quotes(edit, found.spans())
        changes.edit(record.source, edit)


def _take_out_of_links(
    plan: Plan, articles: Mapping[str, ArticleInput], ids: frozenset[str], changes: _Changes
) -> None:
    compiler = LinkCompiler(plan.context, articles)
    for source in plan.corpus.links if plan.context.schemas.link else ():
        edits = []
        for view in compiler.views(source):
            edits.append(JsonEdit(view.document))
            _digest_quotes(edits[-1], (span for span in view.spans() if span.article and span.article.id in ids))
        if edits:
            changes.edit(source, JsonEdit.merged(edits))


def _digest_quotes(edit: JsonEdit, spans: Iterable[SpanView]) -> None:
    """Puts digests in the place of the quotes of `spans`."""
    for span in spans:
        keys = span.anchor.keys
        if span.quote is None or keys.quote is None:
            continue
        stated = keys.digest is not None and (*span.pointer, keys.digest) in edit.document.values
        if keys.digest is not None and stated and span.digest is None:
            edit.set(span.pointer, keys.digest, hashlib.sha256(span.quote.encode()).hexdigest())
        if keys.digest is None or stated:
            edit.remove((*span.pointer, keys.quote))
        else:
            edit.replace((*span.pointer, keys.quote), keys.digest, hashlib.sha256(span.quote.encode()).hexdigest())
