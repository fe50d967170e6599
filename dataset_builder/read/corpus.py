"""Everything that a project holds, found and joined: articles, annotations, links, what belongs nowhere."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from dataset_builder.model.document import Document
from dataset_builder.model.project import Project
from dataset_builder.model.source import ArticleInput, RecordInput, Source
from dataset_builder.read.files import flawed_file, list_files, printable, split_name
from dataset_builder.read.packed import PackedReader

__all__ = ["HYDRATED", "Corpus", "read_corpus"]

HYDRATED = ".hydrated"
"""The folder beside the articles that withheld texts are put back into; git ignores what is in it."""

_MOST_NAME_BYTES = 200


@dataclass(kw_only=True)
class Corpus:
    """The inputs of a project. Everything is in the order of ids or files, whatever the file system's order is."""

    articles: list[ArticleInput] = field(default_factory=list)  # by id; of several with one id, the first by file
    links: list[Source] = field(default_factory=list)
    duplicates: list[tuple[str, Source]] = field(default_factory=list)  # all articles that share an id
    doubled_records: list[tuple[str, Source]] = field(
        default_factory=list
    )  # all records that share article and annotator
    orphans: list[tuple[str, Source]] = field(default_factory=list)  # annotations whose article doesn't exist
    near: dict[str, str] = field(default_factory=dict)  # an orphan's article to the nearest id that there is
    flaws: list[Document] = field(default_factory=list)
    unread: list[tuple[str, Source]] = field(
        default_factory=list
    )  # packed lines that need the slow path; schema's name


def read_corpus(project: Project, spool: Path) -> Corpus:
    """The inputs of `project`. Files are listed, packed ones also read once for ids. Memory: about 1 KB an article."""
    corpus = Corpus()
    packed = PackedReader(root=project.root, spool=spool, limit=project.limits.bytes, flaws=corpus.flaws)
    articles = dict(_unique_articles(project, corpus, packed))
    records = _unique_records(project, corpus, packed)
    by_article: dict[str, list[RecordInput]] = {}
    for (article, _), record in sorted(records.items()):
        if article in articles:
            by_article.setdefault(article, []).append(record)
        else:
            corpus.orphans.append((article, record.source))
    corpus.articles = [articles[id_]._replace(records=tuple(by_article.get(id_, ()))) for id_ in sorted(articles)]
    for article, _ in corpus.orphans[:100]:  # nearest names cost; a corpus with more orphans has one cause
        if near := get_close_matches(article, articles, n=1):
            corpus.near[article] = near[0]
    corpus.links = list(_links(project, corpus, packed))
    return corpus


def _unique_articles(project: Project, corpus: Corpus, packed: PackedReader) -> Iterator[tuple[str, ArticleInput]]:
    seen: dict[str, list[ArticleInput]] = {}
    for article in _articles(project, corpus, packed):
        seen.setdefault(article.id, []).append(article)
    for id_, found in seen.items():
        if len(found) > 1:
            corpus.duplicates += [(id_, article.text or article.metadata or Source("")) for article in found]
        yield id_, found[0]


def _articles(project: Project, corpus: Corpus, packed: PackedReader) -> Iterator[ArticleInput]:
    folder = project.paths.articles
    texts: dict[str, str] = {}
    sidecars: dict[str, str] = {}
    for file in list_files(project.root, folder, corpus.flaws):
        stem, ending = split_name(file)
        if ending.startswith(".jsonl"):
            yield from _packed_articles(project, corpus, packed, file, ending)
        elif ending in (".txt", ".json") and _good_id(stem, file, corpus):
            (texts if ending == ".txt" else sidecars)[file.removesuffix(ending)] = stem
    hydrated = _hydrated(project, corpus)
    for path, stem in sorted({**sidecars, **texts}.items()):
        text = f"{path}.txt" if path in texts else hydrated.get(stem)
        metadata = Source(f"{path}.json") if path in sidecars else None
        yield ArticleInput(stem, Source(text) if text else None, metadata)


def _hydrated(project: Project, corpus: Corpus) -> dict[str, str]:
    files = list_files(project.root, f"{project.paths.articles}/{HYDRATED}", corpus.flaws)
    return {split_name(file)[0]: file for file in files if file.endswith(".txt")}


def _packed_articles(
    project: Project, corpus: Corpus, packed: PackedReader, file: str, ending: str
) -> Iterator[ArticleInput]:
    for source, value in packed.index(file, ending):
        id_ = value.get(project.fields.id) if isinstance(value, dict) else None
        if not isinstance(value, dict):
            corpus.unread.append(("article", source))
        elif not isinstance(id_, str):
            message = f"the record has no id: its property {project.fields.id!r} is missing or is no string"
            corpus.flaws.append(flawed_file(file, "unaddressed", message, line=source.line))
        elif _good_id(id_, file, corpus, line=source.line):
            text = source if isinstance(value.get(project.fields.text), str) else None
            hydrated = f"{project.paths.articles}/{HYDRATED}/{id_}.txt"
            if text is None and (project.root / hydrated).is_file():
                text = Source(hydrated)
            yield ArticleInput(id_, text, source)


def _good_id(id_: str, file: str, corpus: Corpus, *, line: int = 1) -> bool:
    reason = _bad_id(id_)
    if reason:
        corpus.flaws.append(flawed_file(file, "bad-id", f"the id {printable(id_)!r} {reason}", line=line))
    return not reason


def _bad_id(id_: str) -> str | None:
    """Why `id_` can't be a file's name everywhere; None if it can."""
    if not id_:
        return "is empty"
    if id_.startswith("."):
        return "begins with a dot"
    if any(character in "/\\" for character in id_):
        return "has a slash or backslash in it"
    if not id_.isprintable():
        return "has control characters or other characters that do not print in it"
    if len(id_.encode("utf-8", "surrogateescape")) > _MOST_NAME_BYTES:
        return f"is longer than {_MOST_NAME_BYTES} bytes"
    return None


def _unique_records(project: Project, corpus: Corpus, packed: PackedReader) -> dict[tuple[str, str], RecordInput]:
    seen: dict[tuple[str, str], list[RecordInput]] = {}
    for article, record in _records(project, corpus, packed):
        seen.setdefault((article, record.annotator), []).append(record)
    for (article, annotator), found in seen.items():
        if len(found) > 1:
            corpus.doubled_records += [(f"{annotator}'s record on {article}", record.source) for record in found]
    return {key: found[0] for key, found in seen.items()}


def _records(project: Project, corpus: Corpus, packed: PackedReader) -> Iterator[tuple[str, RecordInput]]:
    """Every annotation with the id of its article."""
    folder = project.paths.annotations
    for file in list_files(project.root, folder, corpus.flaws):
        if file.startswith(f"{project.paths.links}/"):
            continue
        stem, ending = split_name(file)
        steps = file.removeprefix(f"{folder}/").split("/")
        annotator = steps[0] if len(steps) > 1 else None
        if ending.startswith(".jsonl"):
            for source, value in packed.index(file, ending):
                yield from _addressed(project, corpus, source, value, annotator)
        elif ending == ".json" and annotator is not None:
            yield stem, RecordInput(annotator, Source(file), annotator, stem)
        elif ending == ".json":
            message = f"the file lies in no annotator's folder: expected {folder}/<annotator>/{stem}.json"
            corpus.flaws.append(flawed_file(file, "unaddressed", message))


def _addressed(
    project: Project, corpus: Corpus, source: Source, value: Any, folder: str | None
) -> Iterator[tuple[str, RecordInput]]:
    if not isinstance(value, dict):
        corpus.unread.append(("annotation", source))
        return
    article, annotator = value.get(project.fields.article), value.get(project.fields.annotator, folder)
    for name, found in ((project.fields.article, article), (project.fields.annotator, annotator)):
        if not isinstance(found, str) or not found:
            message = f"the record belongs nowhere: its property {name!r} is missing or is no string"
            corpus.flaws.append(flawed_file(source.file, "unaddressed", message, line=source.line))
            return
    yield str(article), RecordInput(str(annotator), source, folder, None)


def _links(project: Project, corpus: Corpus, packed: PackedReader) -> Iterator[Source]:
    for file in list_files(project.root, project.paths.links, corpus.flaws):
        _, ending = split_name(file)
        if ending.startswith(".jsonl"):
            for source, _ in packed.index(file, ending):
                yield source
        elif ending == ".json":
            yield Source(file)
