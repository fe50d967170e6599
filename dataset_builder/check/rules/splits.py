"""SPL: what splits are made by."""

import re
from collections.abc import Iterator

from dataset_builder.check.rule import Case, Finding, Looks, rule
from dataset_builder.check.view import ArticleView
from dataset_builder.check.wording import quoted

__all__ = ["RULES"]

_TOML = "dataset.toml"
_MILL = "seeds/mill.json"
_SPLIT_NAME = re.compile(r"\w+(\.\w+)*")  # `datasets.splits`


@rule(
    "SPL001",
    "split-name",
    looks=Looks.AT_ARTICLE,
    broken=Case(
        edits={
            _TOML: ('languages = ["en"]\n', '[splits]\nfield = "event"\n'),
            _MILL: ('"event": "meeting"', '"event": "town-meeting"'),
        },
        at=(_MILL, 4, 12),
    ),
    clean=Case(edits={_TOML: ('languages = ["en"]\n', '[splits]\nfield = "event"\n')}),
)
def split_name(view: ArticleView) -> Iterator[Finding]:
    """An article doesn't name its split, or names one that can't be a split's name.

    The configuration says that a property of each article names its split (`splits.field`).

    **Why it matters.** Split names become file names and arguments of `load_dataset`: letters, digits and `_`, with `.`
    between.

    **How to fix it.** Write the split's name into the property: `train`, `validation`, `test` or one of your own.
    """
    name = view.project.splits.field
    if name is None or not _is_known(view, name):
        return
    stated = view.record.get(name)
    if not isinstance(stated, str):
        yield Finding(
            message=f"the article names no split: its property {quoted(name)} is missing or is no string",
            place=view.place_of(name),
            help='write the split\'s name, such as "train"',
        )
    elif not _SPLIT_NAME.fullmatch(stated):
        yield Finding(
            message=f"{quoted(stated)} can't be the name of a split",
            place=view.place_of(name),
            help='use letters, digits and "_", with "." between',
        )


@rule(
    "SPL002",
    "split-group",
    looks=Looks.AT_ARTICLE,
    broken=Case(
        edits={
            _TOML: ('languages = ["en"]\n', '[splits]\ngroup = "title"\n'),
            "seeds/vault.json": ('"title": null', '"title": "Kept"'),
            _MILL: ('"title": "At the mill"', '"title": null'),
        },
        at=(_MILL, 2, 12),
    ),
    clean=Case(edits={_TOML: ('languages = ["en"]\n', '[splits]\ngroup = "event"\n')}),
)
def split_group(view: ArticleView) -> Iterator[Finding]:
    """An article doesn't say which group it belongs to.

    The configuration says that articles with equal values of a property fall into the same split (`splits.group`).

    **Why it matters.** Reports of one event that fall apart into training and test let a model look up the answer.

    **How to fix it.** Write the group's name into the property; an article that belongs to none gets a name of its own.
    """
    name = view.project.splits.group
    if name is None or view.project.splits.field is not None or not _is_known(view, name):
        return
    stated = view.record.get(name)
    if not isinstance(stated, str) or not stated:
        yield Finding(
            message=f"the article belongs to no group: its property {quoted(name)} is missing, empty or no string",
            place=view.place_of(name),
            help="write the group's name; equal names fall into the same split",
        )


def _is_known(view: ArticleView, name: str) -> bool:
    """Whether the metadata could be read, and the schema finds nothing wrong with the property."""
    return view.is_described and (name,) not in view.judgement.touched


RULES = (split_name, split_group)
