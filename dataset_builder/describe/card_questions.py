"""What only its authors can say of a dataset: the questions that a card asks them, and which of those are open.

The questions are those of "Datasheets for Datasets" (Gebru et al., 2021, https://doi.org/10.1145/3458723) and of the
Hub's template of a card, in our words, less what the data answers by itself (`card_composition.py`, other regions).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dataset_builder.describe.card_facts import CardFacts
from dataset_builder.describe.card_regions import Section, markers

__all__ = ["QUESTIONS", "Open", "Question", "open_questions", "placeholder"]

_HINT = "To be answered: "
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]|$)")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_NO_ANSWER = re.compile(rf"^\*{_HINT}|\[More Information Needed\]|^\W*(?:TODO|TBD)\b", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question to the authors."""

    name: str
    part: str  # the heading that it comes under
    text: str
    hint: str  # what an answer says
    behind: str  # the region that it follows in a new card
    of_annotation: bool = False

    @property
    def section(self) -> Section:
        """Its place in a card."""
        return Section(name=self.name, part=self.part, question=self.text)

    def applies(self, facts: CardFacts) -> bool:
        """Whether it can be asked of this dataset."""
        return bool(facts.layers) or not self.of_annotation


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A question of a card that nobody has answered."""

    question: Question
    offset: int  # of its marker, in code points of the card


QUESTIONS = (
    Question(
        name="purpose",
        part="Motivation",
        text="What was the dataset made for?",
        hint="the task or the gap that it was made for, and what it has been used for already",
        behind="summary",
    ),
    Question(
        name="makers",
        part="Motivation",
        text="Who made it, and who paid for it?",
        hint="the people and institutions, and grants or other funding",
        behind="summary",
    ),
    Question(
        name="sampling",
        part="Composition",
        text="What do the articles stand for?",
        hint="the larger set that they come from, how they were chosen, and who or what is missing among them",
        behind="composition",
    ),
    Question(
        name="people",
        part="Composition",
        text="What does it say of people?",
        hint="whether anyone can be identified, what is personal, sensitive or offensive, and what was done about it",
        behind="composition",
    ),
    Question(
        name="sources",
        part="Collection",
        text="Where do the texts come from?",
        hint="who wrote them, how and when they were obtained, and by whom",
        behind="example",
    ),
    Question(
        name="consent",
        part="Collection",
        text="Were those concerned asked?",
        hint="notice and consent, how that can be withdrawn, and reviews of ethics or data protection",
        behind="example",
    ),
    Question(
        name="preparation",
        part="Collection",
        text="What was done to the texts?",
        hint="cleaning, filtering, conversion, and whether the texts are kept as they were before",
        behind="example",
    ),
    Question(
        name="annotators",
        part="Annotation",
        text="Who annotated, and how?",
        hint="who the annotators are, their training and pay, guidelines and tools, and how their work was checked",
        behind="example",
        of_annotation=True,
    ),
    Question(
        name="uses",
        part="Uses",
        text="What is it good for?",
        hint="the uses that it is meant for, and what else it could serve",
        behind="provenance",
    ),
    Question(
        name="limits",
        part="Uses",
        text="What is it not good for?",
        hint="uses that it doesn't serve or that would do harm, known biases and errors, and what users should see to",
        behind="provenance",
    ),
    Question(
        name="terms",
        part="Rights",
        text="Do other terms apply?",
        hint="rights of third parties, limits on access or export, and fees",
        behind="rights",
    ),
    Question(
        name="maintenance",
        part="Maintenance",
        text="Who looks after it?",
        hint="whom to ask, how errors are reported and mended, whether it grows, and how others can add to it",
        behind="versions",
    ),
)
"""All questions, those of one part together, in the order of a new card."""


def placeholder(question: Question) -> str:
    """What stands in a card where an answer is to be written."""
    return f"*{_HINT}{question.hint}.*"


def open_questions(card: str, facts: CardFacts) -> Iterator[Open]:
    """The questions that `card` asks and doesn't answer, in the order of a new card. Its markers have no problems."""
    marked = list(markers(card))
    places = {marker.name: index for index, marker in enumerate(marked)}
    for question in QUESTIONS:
        if question.name not in places or not question.applies(facts):
            continue
        marker = marked[places[question.name]]
        following = (each for each in marked[places[question.name] + 1 :] if card[marker.end : each.start].strip())
        end = next((each.start for each in following), len(card))
        if marker.kind == "answer" and not _is_answer(card[marker.end : end]):
            yield Open(question=question, offset=marker.start)


def _is_answer(text: str) -> bool:
    """Whether there are words of an author in `text`, up to the first heading; the placeholder has gone."""
    words = _COMMENT.sub("", "\n".join(_before_heading(text.split("\n"))))
    return bool(re.search(r"\w", words)) and not _NO_ANSWER.search(words)


def _before_heading(lines: list[str]) -> Iterator[str]:
    fence = ""
    for line in lines:
        found = _FENCE.match(line)
        if found and fence in ("", found[1]):
            fence = "" if fence else found[1]
        if not fence and _HEADING.match(line):
            return
        yield line
