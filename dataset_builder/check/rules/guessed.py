"""FMT: what an import found out of a source that doesn't say it."""

from collections.abc import Iterator

from dataset_builder.check.rule import Case, Finding, Looks, rule
from dataset_builder.check.view import FlawView
from dataset_builder.model.diagnostic import Severity

__all__ = ["RULES"]


@rule(
    "FMT041",
    "outside-guessed",
    looks=Looks.AT_FLAW,
    kinds=("import-guessed",),
    severity=Severity.NOTE,
    broken=Case(by="import", files={"outside/mill.conll": "Ada B-PER\nran O\n"}, at=("outside/mill.conll", 1, 1)),
)
def outside_guessed(view: FlawView) -> Iterator[Finding]:
    """The format leaves open what its columns or fields are, and it was found out by what is in them or by their names.

    **Why it matters.** A wrong guess makes a tag of a word, or an id of a number.

    **How to fix it.** Nothing has to be done if it is right. Else give the option that the message names.
    """
    yield view.finding()


RULES = (outside_guessed,)
