import re
from dataclasses import replace

import pytest
import yaml

from dataset_builder.describe.card import render_card
from dataset_builder.describe.card_questions import QUESTIONS, open_questions
from dataset_builder.describe.card_review import review
from dataset_builder.describe.hub import EXPECTED
from tests.unit.reviews import make_corpus
from tests.unit.reviews import review as article

NAMES = [question.name for question in QUESTIONS]
HINT = "*To be answered: "


@pytest.fixture(scope="session")
def facts(corpus):
    return corpus.facts()


@pytest.fixture(scope="session")
def card(facts):
    return render_card(facts, None)[0]


def marker(name):
    return f"<!-- dataset-builder:answer {name} -->"


def still_open(card, facts):
    return [found.question.name for found in open_questions(card, facts)]


def with_answers(card, answers):
    for name, text in answers.items():
        card = re.sub(rf"({marker(name)}\n\n)\*[^\n]*", lambda found, text=text: found[1] + text, card)
    return card


def test_a_new_card_asks_every_question_and_none_is_answered(card, facts):
    assert still_open(card, facts) == NAMES
    assert card.count(HINT) == len(NAMES)
    for found in open_questions(card, facts):
        assert card[found.offset :].startswith(marker(found.question.name))


def test_answers_close_questions_and_stay_as_they_are(card, facts):
    written = with_answers(card, dict.fromkeys(NAMES, "Nobody. <!-- sure? -->\n\n- [x] *really*"))
    assert still_open(written, facts) == []
    assert render_card(facts, written) == (written, ())


@pytest.mark.parametrize(
    ("answer", "is_answer"),
    [
        ("None.", True),
        ("無し", True),
        ("See the paper.\n\nAnd this.", True),
        ("> quoted", True),
        ("```\n# not a heading\n```", True),
        ("", False),
        (" \n\t\n", False),
        ("<!-- later -->", False),
        ("---", False),
        (f"{HINT}the uses.*", False),
        (f"{HINT}the uses.*\n\nMany.", False),
        ("[More Information Needed]", False),
        ("TODO", False),
        ("*TBD*", False),
        ("### The next heading\n\nis no answer", False),
    ],
)
def test_what_counts_as_an_answer(card, facts, answer, is_answer):
    written = with_answers(card, {"uses": answer})
    assert written != card or answer.startswith("*To be answered: the uses that")
    assert ("uses" not in still_open(written, facts)) == is_answer


def test_one_passage_may_answer_several_questions(facts):
    text = f"# T\n\n{marker('uses')}\n{marker('limits')}\n\nNone.\n\n{marker('terms')}\n\n## Else\n\nwords\n"
    assert still_open(text, facts) == ["terms"]
    assert still_open(f"{marker('uses')}\n\n# Else\n\n{marker('limits')}\n\nNone.\n", facts) == ["uses"]


def test_a_question_that_is_skipped_is_not_asked(facts, card):
    written = re.sub(rf"### [^\n]*\n\n{marker('consent')}\n\n[^\n]*\n", "<!-- dataset-builder:skip consent -->\n", card)
    assert "skip consent" in written
    assert render_card(facts, written) == (written, ())
    assert still_open(written, facts) == [name for name in NAMES if name != "consent"]


def test_without_annotation_nobody_is_asked_who_annotated():
    corpus = make_corpus({"train": [article("r1")]})
    layout = replace(corpus.layout, annotations=None, flat=(), links=None)
    plain = replace(layout.articles, columns=layout.articles.columns[:11])
    facts = replace(corpus.facts(), layout=replace(layout, articles=plain), gold=None)
    card = render_card(facts, None)[0]
    assert "annotators" not in still_open(card, facts)
    assert marker("annotators") not in card
    assert yaml.safe_load(card.split("---\n")[1])["annotations_creators"] == ["no-annotation"]


def test_the_review_says_what_is_missing_and_where(card, facts):
    found = review(card, facts)
    assert {flaw.kind for flaw in found} == {"card-question", "card-field-missing"}
    missing = [flaw.message.split('"')[1] for flaw in found if flaw.kind == "card-field-missing"]
    stated = yaml.safe_load(card.split("---\n")[1])
    assert missing == [key for key in EXPECTED if key not in stated]
    questions = [flaw for flaw in found if flaw.kind == "card-question"]
    assert [card[flaw.offset :].split(" ")[2] for flaw in questions] == NAMES


def test_what_comes_with_the_next_card_is_not_missed(facts):
    old = "---\nlanguage_creators:\n- found\n---\n# T\n"
    renewed = render_card(facts, old)[0]
    missing = [flaw.message.split('"')[1] for flaw in review(old, facts, renewed)]
    assert missing == ["language", "annotations_creators", "multilinguality", "source_datasets", "task_categories"]
    assert review(old, facts, renewed)[0].offset == 0


@pytest.mark.parametrize(
    ("yaml_", "unknown"),
    [
        ("language: [en, code]", []),
        ("language: [English]", ["English"]),
        ("language: [no]", ["False"]),
        ("annotations_creators: no-annotation", []),
        ("language_creators: [no-annotation, found]", ["no-annotation"]),
        ("multilinguality: many", ["many"]),
        ("task_categories: [token-classification, tokens, 3]", ["tokens", "3"]),
        ("task_ids: [anything]\nsource_datasets: [us/other]\nmine: 1", []),
    ],
)
def test_values_that_the_hub_does_not_know_are_found_where_they_stand(facts, yaml_, unknown):
    text = f"---\nmine2: x\n{yaml_}\n---\n# T\n"
    found = [flaw for flaw in review(text, facts) if flaw.kind == "card-field-unknown"]
    assert [flaw.message.split('"')[1] for flaw in found] == unknown
    for flaw in found:
        assert text[flaw.offset :].startswith(yaml_.split(":", maxsplit=1)[0])


def test_a_card_that_cannot_be_read_is_not_reviewed(facts):
    assert review("# T\n\n<!-- dataset-builder:begin load -->\n", facts) == ()
    asked = f"---\na: [\n---\n# T\n\n{marker('uses')}\n"
    assert [flaw.kind for flaw in review(asked, facts)] == ["card-question"]


FIELDS = {
    "languages": ("de", "en-GB"),
    "annotations_creators": ("expert-generated",),
    "language_creators": ("found",),
    "source_datasets": ("original",),
    "task_categories": ("token-classification",),
    "task_ids": ("named-entity-recognition",),
    "tags": ("kettles",),
}


def test_the_configuration_can_give_every_field_and_the_hubs_library_reads_them():
    from huggingface_hub import DatasetCard

    facts = make_corpus({"train": [article("r1")]}, **FIELDS).facts()
    card = render_card(facts, None)[0]
    assert [flaw for flaw in review(card, facts) if flaw.kind != "card-question"] == []
    data = DatasetCard(card, ignore_metadata_errors=False).data
    assert (data.language, data.license, data.pretty_name) == (["de", "en"], "cc-by-4.0", "Kettle *reviews*")
    assert (data.annotations_creators, data.language_creators) == (["expert-generated"], ["found"])
    assert (data.multilinguality, data.source_datasets) == (["multilingual"], ["original"])
    assert (data.size_categories, data.task_categories) == (["n<1K"], ["token-classification"])
    assert (data.task_ids, data["tags"]) == (["named-entity-recognition"], ["kettles"])
    assert data.to_dict()["configs"][0]["config_name"] == "articles"


def test_what_an_author_says_of_languages_and_annotation_goes_before_what_is_guessed():
    facts = make_corpus({"train": [article("r1")]}, languages=("de", "en")).facts()
    written = "---\nmultilinguality:\n- translation\nannotations_creators:\n- found\n---\n# T\n"
    stated = yaml.safe_load(render_card(facts, written)[0].split("---\n")[1])
    assert (stated["multilinguality"], stated["annotations_creators"]) == (["translation"], ["found"])
    set_ = replace(facts, project=replace(facts.project, multilinguality="other"))
    assert yaml.safe_load(render_card(set_, written)[0].split("---\n")[1])["multilinguality"] == ["other"]
    assert yaml.safe_load(render_card(facts, None)[0].split("---\n")[1])["multilinguality"] == ["multilingual"]
