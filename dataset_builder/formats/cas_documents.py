"""Which files of a source are of one text: those of several annotators, told by folders or by names of files."""

from collections.abc import Iterable, Mapping

from dataset_builder.errors import UsageError
from dataset_builder.formats.naming import Names
from dataset_builder.model.foreign import ForeignArticle, Trouble

__all__ = ["ANNOTATORS", "annotator_name", "documents", "known_way", "merged"]

ANNOTATORS = ("file", "folder", "none")
"""By what annotators are told."""


def known_way(name: str, given: str, ways: Iterable[str]) -> str:
    """`given`, which is one of `ways`.

    Raises:
        UsageError: it is none of them.
    """
    if given not in ways:
        raise UsageError(f"{name} is one of {', '.join(ways)}, not {given!r}")
    return given


def annotator_name(name: str) -> str:
    """`name` as that of a folder, for records lie in one for each annotator."""
    return Names().id_of(name)


def documents(files: Iterable[str], way: str, alone: str) -> Mapping[str, list[tuple[str, str]]]:
    """The documents by name, each with its annotators and their files; `alone` is who made all where none is told."""
    found: dict[str, list[tuple[str, str]]] = {}
    for file in sorted(files):
        folder, _, name = file.rpartition("/")
        stem = name.rpartition(".")[0] or name
        if way == "file":
            document, annotator = folder or "text", stem
        elif way == "folder":
            above, _, annotator = folder.rpartition("/")
            document = f"{above}/{stem}" if above else stem
        else:
            document, annotator = f"{folder}/{stem}" if folder else stem, alone
        found.setdefault(document, []).append((annotator_name(annotator or alone), file))
    return dict(sorted(found.items()))


def merged(articles: Iterable[ForeignArticle]) -> list[ForeignArticle]:
    """The articles, those of one name made one; a record that is on another text than the first is refused."""
    found: dict[str, ForeignArticle] = {}
    for article in articles:
        known = found.setdefault(article.name, article)
        if known is article:
            continue
        known.troubles += article.troubles
        if article.text != known.text:
            message = f"the text is another than in {known.file}: this annotator's record was left out"
            known.troubles.append(Trouble("import-text", message, article.file, article.line))
            continue
        taken = {record.annotator for record in known.records}
        for record in article.records:
            if record.annotator in taken:
                message = f"there is a record of {record.annotator} already"
                known.troubles.append(Trouble("import-duplicate-id", message, article.file, article.line))
            else:
                known.records.append(record)
        for name, value in article.metadata.items():
            known.metadata.setdefault(name, value)
    return list(found.values())
