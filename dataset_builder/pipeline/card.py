"""The card and its plots as they should be, beside those that the project has."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from dataset_builder.check.runner import report_flaws
from dataset_builder.describe.card import CardFacts, render_card
from dataset_builder.describe.card_review import review
from dataset_builder.describe.plots.draw import plots
from dataset_builder.describe.plots.plot import FOLDER, MARK
from dataset_builder.model.diagnostic import Diagnostic
from dataset_builder.model.document import Document, Flaw
from dataset_builder.model.project import Project
from dataset_builder.model.source import Source

__all__ = ["STALE", "Card", "Reviewed", "beside", "card_of", "outdated"]

STALE = "CRD001"
"""The code of the finding that the project's card is not what the data gives."""

Reviewed = Literal["stored", "rendered"]
"""Which card is looked through for what its authors owe it: the project's, or that which should be there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The card as it should read."""

    text: str
    plots: Mapping[str, str]  # by path beside the card
    findings: tuple[Diagnostic, ...]  # on the card and the plots that the project has


def card_of(project: Project, facts: CardFacts, reviewed: Reviewed | None) -> Card:
    """The card of `facts`, which keeps what the project's card has of its authors, and what is wrong with that."""
    path = project.root / project.paths.card
    previous = path.read_bytes().decode("utf-8", "replace") if path.is_file() else None
    text, flaws = render_card(facts, previous)
    drawn = plots(facts, text)
    documents: list[Document] = []
    if not flaws and previous is not None:
        documents += _stale_plots(project, drawn)
        if previous != text:
            message = "the card is not what the data gives now"
            flaws = (Flaw(kind="card-stale", message=message, offset=0, pointer=()),)
    documents.append(Document(source=Source(project.paths.card), text=previous or "", flaws=flaws))
    looked_at = text if reviewed == "rendered" else previous if reviewed else None
    if looked_at is not None:
        owed = review(looked_at, facts, text)
        documents.append(Document(source=Source(project.paths.card), text=looked_at, flaws=owed))
    return Card(
        text=text, plots=drawn, findings=tuple(found for document in documents for found in report_flaws(document))
    )


def beside(project: Project, path: str) -> str:
    """The path in the project of what lies at `path` from its card."""
    return f"{project.paths.card.rpartition('/')[0]}/{path}".removeprefix("/")


def outdated(project: Project, plots: Mapping[str, str]) -> dict[str, bytes | None]:
    """What the project's plots have to become, by path from the project; None for those that nothing shows any more."""
    wanted: dict[str, bytes | None] = {beside(project, path): svg.encode() for path, svg in plots.items()}
    folder = project.root / beside(project, FOLDER)
    for path in sorted(folder.glob("*.svg")):
        wanted.setdefault(path.relative_to(project.root).as_posix(), None)
    return {path: data for path, data in sorted(wanted.items()) if _differs(project.root / path, data)}


def _differs(path: Path, data: bytes | None) -> bool:
    there = path.read_bytes() if path.is_file() else None
    if data is None:
        return there is not None and there.startswith(MARK)  # others are not ours to take away
    return there is None or there.replace(b"\r\n", b"\n") != data  # git may have been told to end lines so


def _stale_plots(project: Project, plots: Mapping[str, str]) -> Iterator[Document]:
    for path, data in outdated(project, plots).items():
        is_there = (project.root / path).is_file()
        reason = (
            "is not what the data gives now" if data and is_there else "is shown no more" if is_there else "is missing"
        )
        flaw = Flaw(kind="card-stale", message=f"the card's plot {reason}", offset=0, pointer=())
        yield Document(source=Source(path), text="", flaws=(flaw,))
