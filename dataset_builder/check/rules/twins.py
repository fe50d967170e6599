"""ART and SPL: texts that are there more than once."""

from collections.abc import Iterator
from dataclasses import replace

from dataset_builder.check.corpus_view import CorpusView, Twin
from dataset_builder.check.rule import Case, Finding, Looks, rule
from dataset_builder.check.wording import quoted
from dataset_builder.model.diagnostic import Severity

__all__ = ["RULES"]

_COPY = "Ada said “no”. Bo nodded.\n"
_BY_EVENT = {"dataset.toml": ('languages = ["en"]\n', 'languages = ["en"]\n\n[splits]\nfield = "event"\n')}
_ABOUT = (
    '{"title": null, "published": "2025-03-01T08:00:00Z", "event": "%s", '
    '"rights": {"license": "CC-BY-4.0", "text": "included"}}\n'
)
_ONE = {"seeds/one.txt": _COPY, "seeds/one.json": _ABOUT % "train"}
_SAME_SPLIT = {**_ONE, "seeds/two.txt": _COPY, "seeds/two.json": _ABOUT % "train"}
_LONG = "Ada wrote to Bo that the mill would close in May, and that no one had asked the town before it was sold.\n"
_BY_EVENT_NEAR = {"dataset.toml": (_BY_EVENT["dataset.toml"][0], f"{_BY_EVENT['dataset.toml'][1]}near = 0.5\n")}
_NEAR = {
    "seeds/one.txt": _LONG,
    "seeds/one.json": _ABOUT % "train",
    "seeds/two.txt": _LONG.replace("before it was sold", "before they sold it"),
    "seeds/two.json": _ABOUT % "test",
}
_OTHER_SPLIT = {**_SAME_SPLIT, "seeds/two.json": _ABOUT % "test"}


@rule(
    "ART018",
    "identical-text",
    looks=Looks.AT_CORPUS,
    severity=Severity.WARNING,
    broken=Case(edits=_BY_EVENT, files=_SAME_SPLIT, at=("seeds/two.txt", 1, 1)),
    clean=Case(edits=_BY_EVENT, files={**_SAME_SPLIT, "seeds/two.txt": _COPY.upper()}),
)
def identical_text(view: CorpusView) -> Iterator[Finding]:
    """Two articles of one split have the same text, to the byte.

    **Why it matters.** Whatever is counted or learned from the text weighs twice, and two annotations of it may
    contradict each other without anyone noticing.

    **How to fix it.** Keep one of the articles, with all annotations of it. Where both must stay, as for short turns of
    a dialogue, ignore this rule in the configuration and say why.
    """
    for first, twin in _twins(view):
        if twin.split == first.split:
            yield Finding(
                message=f"the text of {quoted(twin.id)} is that of {quoted(first.id)}",
                place=twin.place,
                help="keep one of the two, with the annotations of both",
                related=(replace(first.place, note="the first one is here"),),
            )


@rule(
    "SPL003",
    "split-leak",
    looks=Looks.AT_CORPUS,
    severity=Severity.WARNING,
    broken=Case(edits=_BY_EVENT, files=_OTHER_SPLIT, at=("seeds/two.txt", 1, 1)),
    clean=Case(edits=_BY_EVENT, files={**_OTHER_SPLIT, "seeds/two.txt": _COPY.upper()}),
)
def split_leak(view: CorpusView) -> Iterator[Finding]:
    """Two articles of different splits have the same text, to the byte.

    **Why it matters.** What a model was trained on is asked of it in the test, and the figures say how well it
    remembers.

    **How to fix it.** Keep one of the articles, or give both the same group (`splits.group`), which always falls into
    one split as a whole.
    """
    for first, twin in _twins(view):
        if twin.split != first.split:
            splits = f"{quoted(twin.split)} and {quoted(first.split)}"
            yield Finding(
                message=f"the text of {quoted(twin.id)} is that of {quoted(first.id)}, in splits {splits}",
                place=twin.place,
                help="keep one of the two, or have one group hold both (`splits.group`)",
                related=(replace(first.place, note="the first one is here"),),
            )


@rule(
    "SPL004",
    "split-near",
    looks=Looks.AT_CORPUS,
    severity=Severity.WARNING,
    broken=Case(edits=_BY_EVENT_NEAR, files=_NEAR, at=("seeds/two.txt", 1, 1)),
    clean=Case(edits=_BY_EVENT_NEAR, files={**_NEAR, "seeds/two.json": _ABOUT % "train"}),
)
def split_near(view: CorpusView) -> Iterator[Finding]:
    """Two articles of different splits have texts that are alike, by as much as the configuration says (`splits.near`).

    How alike they are is the share of the runs of five words of both that each of them has. Case, punctuation and white
    space don't count. Of each article, the one that is most like it is told. Of a hundred pairs that are just as alike
    as is asked for, 99 are found at least; what is reported was measured. Texts that are the same are SPL003's.

    **Why it matters.** News wires, reprints and templates put the same sentences into many articles. What a model was
    trained on is asked of it in the test, and the figures say how well it remembers.

    **How to fix it.** Give both the same group (`splits.group`), which always falls into one split as a whole, or take
    one of them out.
    """
    for pair in view.alike:
        first, other = pair.first, pair.other
        both, splits = f"{quoted(other.id)} and {quoted(first.id)}", f"{quoted(other.split)} and {quoted(first.split)}"
        yield Finding(
            message=f"the texts of {both} are {pair.similarity:.0%} alike, in splits {splits}",
            place=other.place,
            help="have one group hold both (`splits.group`), or take one of the two out",
            related=(replace(first.place, note="the other one is here"),),
        )


def _twins(view: CorpusView) -> Iterator[tuple[Twin, Twin]]:
    """Each article whose text is that of another before it, behind the first that has it."""
    for first, *others in view.twins:
        for twin in others:
            yield first, twin


RULES = (identical_text, split_leak, split_near)
