"""Links: the one kind of record whose ends lie in several articles. Each is looked at by every rule; there are few."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from dataset_builder.check.corpus_view import CorpusView, Seen, Tie
from dataset_builder.check.rule import Looks
from dataset_builder.check.runner import report_flaws, run
from dataset_builder.check.ties import tie_of
from dataset_builder.check.view import ArticleView, LinkView
from dataset_builder.model.diagnostic import Diagnostic, Severity
from dataset_builder.model.document import Document
from dataset_builder.model.location import is_url
from dataset_builder.model.project import Paths
from dataset_builder.model.source import ArticleInput, Source
from dataset_builder.pipeline.article import ArticleCompiler, Compiled
from dataset_builder.pipeline.context import Context
from dataset_builder.pipeline.endings import endings
from dataset_builder.pipeline.explain import article_view
from dataset_builder.pipeline.origins import Origin, Origins
from dataset_builder.pipeline.publishable import publishable
from dataset_builder.read.files import flawed_file
from dataset_builder.read.json import read_document
from dataset_builder.schema.plan import gather

__all__ = ["Link", "LinkCompiler", "Links"]


class Link(NamedTuple):
    """A link that stands."""

    id: str
    article: str  # the first that it names; its split is the link's
    value: dict[str, Any]
    origin: Origin


@dataclass(kw_only=True)
class Links:
    """All links of a project, by id, and what is wrong with them."""

    links: list[Link] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)  # "<sha256>  <file>", by file and line
    unverified: int = 0


class LinkCompiler:
    """Compiles links, looking up the articles that they name."""

    def __init__(self, context: Context, articles: Mapping[str, ArticleInput]) -> None:
        self._context = context
        self._articles = articles
        self._compiler = ArticleCompiler(context)
        self._origins = Origins(context.project.paths, context.pseudonyms)
        self._ends = lru_cache(maxsize=256)(self._end)

    def compile(self, sources: list[Source]) -> Links:
        """The links of `sources`, in the order of their ids."""
        links = Links()
        seen: list[Seen] = []
        ties: list[Tie] = []
        for source in sources:
            try:
                data = self._context.reader.read(source)
            except OSError as error:
                message = f"the file can't be read: {error.strerror}"
                links.diagnostics += report_flaws(flawed_file(source.file, "unreadable", message, line=source.line))
                continue
            digest = sha256(data).hexdigest()
            links.digests.append(f"{digest}  {self._named(source.file)}:{source.line}")
            document = read_document(data, source, self._context.limits)
            links.diagnostics += report_flaws(document)
            if document.readable:
                links.diagnostics += endings([(source, data)])
                for part in _parts(document):
                    ties += filter(None, [self._compile(part, links, seen, digest)])
        common = Counter(tie.ends for tie in ties)
        twins = tuple(tie for tie in ties if common[tie.ends] > 1)
        links.diagnostics += run(
            Looks.AT_CORPUS,
            CorpusView(project=self._context.project, links=_repeated(seen), ties=twins, article_count=1),
        )
        links.links.sort(key=lambda link: link.id)
        return links

    def _named(self, file: str) -> str:
        """The file as digests of inputs name it: one at a URL as if it lay where links do unless configured."""
        folder = self._context.project.paths.links
        return Paths().links + file.removeprefix(folder) if is_url(folder) else file

    def views(self, source: Source) -> Iterator[LinkView]:
        """The links of `source` as rules look at them; none of a text that can't be read."""
        document = read_document(self._context.reader.read(source), source, self._context.limits)
        return map(self._view, _parts(document) if document.readable else ())

    def _view(self, document: Document) -> LinkView:
        schema = self._context.schemas.links
        named = [name for path in schema.plan.article_references for name in gather(document.value, path)]
        ends = {name: self._ends(name) for name in named if isinstance(name, str) and name in self._articles}
        return LinkView(
            project=self._context.project,
            schema=schema,
            document=document,
            annotator="",
            article=None,
            known_articles=self._articles,
            unread=self._context.unread,
            articles={name: article for name, (article, _) in ends.items()},
            gold={name: compiled.gold for name, (_, compiled) in ends.items() if compiled.row is not None},
        )

    def _compile(self, document: Document, links: Links, seen: list[Seen], digest: str) -> Tie | None:
        """What the link ties together; None where it has errors. `digest` is that of what it is read from."""
        view = self._view(document)
        found = list(run(Looks.AT_LINK, view))
        links.diagnostics += found
        identity = next((value for _, value in view.at(("id",))), None)
        if isinstance(identity, str):
            seen.append(Seen(key=identity, place=document.place(("id",))))
        links.unverified += sum(span.article is not None and span.article.data is None for span in view.spans())
        if any(diagnostic.severity is Severity.ERROR for diagnostic in (*report_flaws(document), *found)):
            return None
        tie = tie_of(view)
        self._publish(view)
        origin = self._origins.of_link(identity or "", document.source, digest)
        links.links.append(Link(identity or "", view.named[0][1] if view.named else "", document.value, origin))
        return tie

    def _publish(self, view: LinkView) -> None:
        for anchor in view.schema.plan.anchors:
            for span in list(view.spans_of(anchor)):
                value = view.value
                for step in span.pointer:
                    value = value[step]
                article = span.article
                if article is not None:
                    shallow = type(anchor)(path=(), keys=anchor.keys)
                    publishable(value, (shallow,), article.text, withheld=article.withheld)

    def _end(self, name: str) -> tuple[ArticleView, Compiled]:
        """An article that links name, as rules look at it and compiled."""
        article = self._articles[name]
        inputs = self._compiler.read(article)
        return article_view(self._context, article, inputs), self._compiler.compile([article])[0][0]


def _parts(document: Document) -> Iterator[Document]:
    """Each link of a file, with its flaws: it holds one, or an array of them. Positions stay those of the file."""
    if not isinstance(document.value, list):
        yield document
        return
    for index, value in enumerate(document.value):
        inner = Document(source=document.source, text=document.text, value=value, prefix=(index,))
        inner.values = {pointer[1:]: where for pointer, where in document.values.items() if pointer[:1] == (index,)}
        inner.flaws = tuple(
            replace(flaw, pointer=flaw.pointer[1:]) for flaw in document.flaws if flaw.pointer[:1] in ((), (index,))
        )
        inner.keys = {pointer[1:]: where for pointer, where in document.keys.items() if pointer[:1] == (index,)}
        yield inner


def _repeated(seen: list[Seen]) -> tuple[Seen, ...]:
    counts = Counter(item.key for item in seen)
    return tuple(item for item in seen if counts[item.key] > 1)
