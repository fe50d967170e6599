"""Loose files joined in bulk, as nearly all projects have them: every id in one place, every record in its folder.

Where anything is otherwise, nothing is said, and `corpus` looks at one file after the other.
"""

from collections.abc import Container, Iterable, Iterator
from functools import lru_cache
from typing import Final

from dataset_builder.model.articles import Form, RecordForm

__all__ = ["MOST_NAME_BYTES", "loose_articles", "loose_records"]

MOST_NAME_BYTES: Final = 200
"""The longest id, in UTF-8: with an ending, a name that every file system takes."""

_TEXT, _JSON = ".txt", ".json"
_Names = tuple[str, list[str]]  # a folder, and names of some of its files
_Records = dict[str, tuple[RecordForm, ...]]


def loose_articles(folders: Iterable[_Names]) -> dict[str, Form] | None:
    """The articles that files in `folders` are, by id; None if any of them is something else."""
    found: dict[str, Form] = {}
    for directory, names in folders:
        text, metadata, both = _forms_in(directory)
        known = 0
        for ending, own, other in ((_TEXT, text, metadata), (_JSON, metadata, text)):
            ids = _with_ending(names, ending)
            known += len(ids)
            again = found.keys() & ids
            if any(form is not other and form != other for form in map(found.__getitem__, again)):
                return None  # the other part lies elsewhere
            found |= dict.fromkeys(ids, own) | dict.fromkeys(again, both)
        if known != len(names):
            return None
    return found if _are_good(found) else None


def _with_ending(names: Iterable[str], ending: str) -> list[str]:
    """Those of `names` that have the `ending`, without it."""
    return [name[: -len(ending)] for name in names if name.endswith(ending)]


@lru_cache(maxsize=1024)
def _forms_in(directory: str) -> tuple[Form, Form, Form]:
    """What articles in `directory` have in common: those of a text alone, of metadata alone, of both."""
    text, metadata = Form(text_directory=directory), Form(metadata_directory=directory)
    return text, metadata, text._replace(metadata_directory=directory)


def _are_good(ids: dict[str, Form]) -> bool:
    """Whether all are ids beyond doubt. None of them is a hidden file's name, or has a slash."""
    joined = "".join(ids)
    longest = max(map(len, ids), default=0)
    return "" not in ids and joined.isprintable() and "\\" not in joined and longest * 4 <= MOST_NAME_BYTES


def loose_records(folders: Iterable[_Names], folder: str, links: str, articles: Container[str]) -> _Records | None:
    """The records that files in `folders` are, by article; None if any is none, or is of no article, or has a twin.

    Those in the folder `links` are passed over. `folder` is the one with a folder for each annotator.
    """
    forms: dict[str, tuple[RecordForm, ...]] = {}
    shared: dict[tuple[RecordForm, ...], tuple[RecordForm, ...]] = {}
    found: _Records = {}
    for directory, names in folders:
        own = forms.get(directory)
        if own is None:
            own = forms[directory] = tuple(_form(directory, folder, links))
        if not own:
            if not names or f"{directory}/".startswith(f"{links}/"):
                continue
            return None
        ids = _with_ending(names, _JSON)
        if len(ids) != len(names) or not all(map(articles.__contains__, ids)):
            return None
        again = {id_: found[id_] for id_ in found.keys() & ids}
        found |= dict.fromkeys(ids, own)
        for id_, others in again.items():
            if any(form.annotator == own[0].annotator for form in others):
                return None
            joined = (*others, *own)
            found[id_] = shared.setdefault(joined, joined)
    return found


def _form(directory: str, folder: str, links: str) -> Iterator[RecordForm]:
    """What records in `directory` have in common, if records lie there."""
    if directory != folder and not f"{directory}/".startswith(f"{links}/"):
        annotator = directory.removeprefix(f"{folder}/").partition("/")[0]
        yield RecordForm(annotator, directory, annotator)
