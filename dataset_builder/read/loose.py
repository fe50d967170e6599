"""Loose files joined in bulk, as nearly all projects have them: every id in one place, every record in its folder.

Where anything is otherwise, nothing is said, and `corpus` looks at one file after the other.
"""

from collections.abc import Container, Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import Final

from dataset_builder.model.articles import Form, RecordForm

__all__ = ["MOST_NAME_BYTES", "loose_articles", "loose_records"]

MOST_NAME_BYTES: Final = 200
"""The longest id, in UTF-8: with an ending, a name that every file system takes."""

_TEXT, _JSON = ".txt", ".json"
_NOTHING = Form()
_Records = dict[str, tuple[RecordForm, ...]]


def loose_articles(files: Iterable[str]) -> dict[str, Form] | None:
    """The articles that `files` (relative to the project) are, by id; None if any of them is something else."""
    found: dict[str, Form] = {}
    for file in files:
        directory, _, name = file.rpartition("/")
        id_, ending = name[: -len(_TEXT)], name[-len(_TEXT) :]
        if ending != _TEXT:
            id_, ending = name[: -len(_JSON)], name[-len(_JSON) :]
            if ending != _JSON:
                return None
        form = _with(found.get(id_, _NOTHING), directory, ending)
        if form is None:
            return None
        found[id_] = form
    return found if _are_good(found) else None


@lru_cache(maxsize=1024)
def _with(known: Form, directory: str, ending: str) -> Form | None:
    """`known` with one part more; None if the other part lies elsewhere."""
    other = known.metadata_directory if ending == _TEXT else known.text_directory
    if other not in (None, directory) or (other is None and known is not _NOTHING):
        return None
    return known._replace(text_directory=directory) if ending == _TEXT else known._replace(metadata_directory=directory)


def _are_good(ids: dict[str, Form]) -> bool:
    """Whether all are ids beyond doubt. None of them is a hidden file's name, or has a slash."""
    joined = "".join(ids)
    longest = max(map(len, ids), default=0)
    return "" not in ids and joined.isprintable() and "\\" not in joined and longest * 4 <= MOST_NAME_BYTES


def loose_records(files: Iterable[str], folder: str, links: str, articles: Container[str]) -> _Records | None:
    """The records that `files` are, by article; None if any is none, or is of no article, or has a twin.

    Those in the folder `links` are passed over. `folder` is the one with a folder for each annotator.
    """
    forms: dict[str, tuple[RecordForm, ...]] = {}
    shared: dict[tuple[RecordForm, ...], tuple[RecordForm, ...]] = {}
    found: _Records = {}
    for file in files:
        directory, _, name = file.rpartition("/")
        own = forms.get(directory)
        if own is None:
            own = forms[directory] = tuple(_form(directory, folder, links))
        if not own:
            if f"{directory}/".startswith(f"{links}/"):
                continue
            return None
        id_ = name[: -len(_JSON)]
        if not name.endswith(_JSON) or id_ not in articles:
            return None
        if id_ in found:
            if any(form.annotator == own[0].annotator for form in found[id_]):
                return None
            joined = tuple(chain(found[id_], own))
            own = shared.setdefault(joined, joined)
        found[id_] = own
    return found


def _form(directory: str, folder: str, links: str) -> Iterator[RecordForm]:
    """What records in `directory` have in common, if records lie there."""
    if directory != folder and not f"{directory}/".startswith(f"{links}/"):
        annotator = directory.removeprefix(f"{folder}/").partition("/")[0]
        yield RecordForm(annotator, directory, annotator)
