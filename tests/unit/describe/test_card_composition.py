import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from dataset_builder.describe.card import render_card
from dataset_builder.model.project import Gold, Splits
from tests.unit.describe.test_card import FIGURES, region
from tests.unit.reviews import make_corpus, review


def answers(facts):
    """The generated answers by their questions."""
    text = region(render_card(facts, None)[0], "composition")
    found = re.findall(r"^- \*\*(.+?)\*\* (.+)$", text, re.MULTILINE)
    assert len(found) == text.count("\n- ")
    return dict(found)


def test_the_data_answers_what_it_can(corpus):
    found = answers(corpus.facts(agreement=FIGURES))
    assert "rows of `annotations`" in found["What is an instance?"]
    assert found["How many are there?"] == "4 in `articles`, 8 in `annotations` and 2 in `links`."
    assert (
        "the layers `verdict`, `urgency`, `about`, `aspects`, `questions`" in found["What does an instance consist of?"]
    )
    assert "`aspects[].feeling` (3)" in found["Are there labels?"]
    assert found["Is anything missing?"].startswith("1 text of 4 is withheld, and null. ")
    assert "`bought` (4)" in found["Is anything missing?"]
    assert "`aspects`" not in found["Is anything missing?"]
    assert found["Are instances related?"] == (
        "`links` has 2 links. Articles that belong together have the same `product`."
    )
    assert found["Are there splits?"].startswith("`train` and `test`: articles with the same `product` go to ")
    assert found["Are there splits?"].endswith(", of 50% and 50%.")
    assert "between −0.25 and 0.50" in found["Are there errors or noise?"]
    assert found["Does it stand on its own?"] == "No: 1 text has to be had elsewhere. All else is here."
    assert found["Is the raw annotation kept?"].endswith("is the record of `zoe`.")


@pytest.mark.parametrize(
    ("changes", "question", "part"),
    [
        ({"splits": Splits(field="part")}, "Are there splits?", "`part` of each article says which it is in"),
        (
            {"splits": Splits(shares={"train": 0.5, "test": 0.5}, method="hash")},
            "Are there splits?",
            "each article goes by a hash of its id, of 50% and 50%",
        ),
        ({"gold": Gold(policy="majority")}, "Is the raw annotation kept?", "more than half"),
        ({"gold": Gold(policy="single")}, "Is the raw annotation kept?", "the one record that each article has"),
        ({"gold": Gold(policy="all")}, "Is the raw annotation kept?", "everything that any annotator has"),
    ],
)
def test_the_configuration_answers_the_rest(changes, question, part):
    corpus = make_corpus({"train": [review("r1")], "test": [review("r2")]}, **changes)
    assert part in answers(corpus.facts())[question]


def test_a_small_dataset_says_what_it_has_not():
    corpus = make_corpus({"train": [review("r1", bought="2025-01-01")]}, splits=Splits())
    layout = replace(corpus.layout, annotations=None, flat=(), links=None)
    plain = replace(layout.articles, columns=layout.articles.columns[:11])
    found = answers(replace(corpus.facts(), layout=replace(layout, articles=plain), gold=None))
    assert found["Is anything missing?"] == "Every text is here. Each column has a value."
    assert found["Are there splits?"] == "No."
    assert found["Are instances related?"] == "Nothing in the data says so."
    assert found["Does it stand on its own?"] == "Yes."
    assert "Is anything confidential in it?" not in found
    assert "Are there labels?" not in found


def test_names_are_never_markdown(corpus):
    facts = corpus.facts()
    columns = tuple(replace(column, name=f"<b>*{column.name}*</b>|") for column in facts.layout.articles.columns)
    hostile = replace(facts, layout=replace(facts.layout, articles=replace(facts.layout.articles, columns=columns)))
    text = region(render_card(hostile, None)[0], "composition")
    inner = [child for token in MarkdownIt().parse(text) for child in token.children or ()]
    assert not [child for child in inner if child.type in ("em_open", "link_open", "image")]
    assert {child.content for child in inner if child.type == "html_inline"} <= {"<code>", "</code>"}
