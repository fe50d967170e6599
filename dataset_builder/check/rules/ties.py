"""LNK005 and LNK006: links that say of the same ends what another one says, or what contradicts it."""

from collections.abc import Iterator
from dataclasses import replace

from dataset_builder.check.corpus_view import CorpusView, Tie
from dataset_builder.check.rule import Case, Finding, Looks, rule
from dataset_builder.check.wording import quoted
from dataset_builder.model.diagnostic import Severity

__all__ = ["RULES"]

_LINK = "annotations/links/same-day.json"
_TWIN = "annotations/links/twin.json"
_ENDS = '"from": {"article": "mill", "entity": "e2"}, "to": {"article": "ferry", "entity": "e2"}'
_SEEN = '"seen": {"article": "ferry", "start": 22, "end": 26, "quote": "noon"}'


def _twin(kind: str, more: str = "") -> dict[str, str | bytes | None]:
    return {_TWIN: f'{{"id": "twin", "kind": "{kind}", {_ENDS}, {_SEEN}{more}}}\n'}


@rule(
    "LNK005",
    "repeated-link",
    looks=Looks.AT_CORPUS,
    severity=Severity.WARNING,
    broken=Case(files=_twin("same_person"), at=(_TWIN, 1, 1)),
    clean=Case(
        files={
            _TWIN: '{"id": "twin", "kind": "same_person", "from": {"article": "mill", "entity": "e1"}, '
            '"to": {"article": "ferry", "entity": "e2"}}\n'
        }
    ),
)
def repeated_link(view: CorpusView) -> Iterator[Finding]:
    """A link says just what another one says: only their ids differ.

    **Why it matters.** The tie counts twice, and stays behind when the other link is corrected.

    **How to fix it.** Delete one of the two.
    """
    first: dict[str, Tie] = {}
    for tie in view.ties:
        earlier = first.setdefault(tie.said, tie)
        if earlier is not tie:
            yield _finding(tie, earlier, "the link is there twice", "delete one of the two")


@rule(
    "LNK006",
    "contradictory-links",
    looks=Looks.AT_CORPUS,
    severity=Severity.WARNING,
    broken=Case(files=_twin("same_event"), at=(_TWIN, 1, 1)),
    clean=Case(
        files={_TWIN: '{"id": "twin", "kind": "same_event", "from": {"article": "mill"}, "to": {"article": "ferry"}}\n'}
    ),
)
def contradictory_links(view: CorpusView) -> Iterator[Finding]:
    """Two links have the same ends, and different labels where each has one.

    The ends are the same if each property that names articles has the same value in both. Links of which one leads
    there and the other back are not compared: whether they may differ depends on what the label means.

    **Why it matters.** The schema gives a link one label. Of the same two passages one link says that they agree, and
    another that they conflict: as a rule one was corrected by adding another, and the wrong one is still there.

    **How to fix it.** Delete the one that is wrong. If both are right, let the property hold a list of labels, or pass
    over this finding in the configuration.
    """
    first: dict[tuple[str, str], Tie] = {}
    for tie in view.ties:
        for name, label in tie.labels.items():
            earlier = first.setdefault((tie.ends, name), tie)
            if earlier.labels[name] != label:
                said = f"another link has the same ends, and {quoted(earlier.labels[name])} as {quoted(name)}"
                yield _finding(tie, earlier, f"{said}, not {quoted(label)}", "delete the one that is wrong")


def _finding(tie: Tie, earlier: Tie, message: str, remedy: str) -> Finding:
    related = (replace(earlier.place, note="the other one is here"),)
    return Finding(message=message, place=tie.place, help=remedy, related=related)


RULES = (repeated_link, contradictory_links)
