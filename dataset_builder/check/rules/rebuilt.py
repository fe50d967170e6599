"""REL: a build that isn't what its sources give."""

from collections.abc import Iterator

from dataset_builder.check.rebuild_view import RebuildView
from dataset_builder.check.rule import Case, Finding, Looks, rule
from dataset_builder.model.diagnostic import Place

__all__ = ["RULES"]

_MESSAGES = {
    "missing": "building again gives this file, and it is not there",
    "other bytes": "building again gives another file",
    "other bytes, same rows": "building again gives another file, with the same rows",
}


@rule("REL015", "rebuild", looks=Looks.AT_REBUILD, broken=Case(by="verify"))
def rebuild(view: RebuildView) -> Iterator[Finding]:
    """A file of the build isn't what the project gives, built again from the same inputs by the same versions.

    **Why it matters.** A build that can be made again can be trusted: it holds what its sources say and nothing else.
    One that can't was changed afterwards, or made of something that is not here.

    **How to fix it.** See whether the configuration or the card is another one than when it was built: check out the
    revision of the release. If it is the same, build again and publish that.
    """
    for file in view.differing:
        remedy = "check out the revision that was built; if it is this one, build again"
        yield Finding(message=_MESSAGES[file.what], place=Place(file=file.path), help=remedy)


RULES = (rebuild,)
"""The rules that `verify --rebuild` runs beside those of `verify`."""
