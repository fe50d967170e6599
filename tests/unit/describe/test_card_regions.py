import pytest

from dataset_builder.describe.card_regions import Section, append, find_problems, renew

SECTIONS = [
    Section(name="one", part="First"),
    Section(name="two", part=None),
    Section(name="why", part="First", question="Why?"),
]
ANSWER, SKIP = "<!-- dataset-builder:answer why -->", "<!-- dataset-builder:skip why -->"
BEGUN, ANSWERED = "<!-- dataset-builder:begin why -->", "<!-- dataset-builder:answer one -->"
BEGIN, END = "<!-- dataset-builder:begin one -->", "<!-- dataset-builder:end one -->"


def problems(card):
    return [(card[flaw.offset :].splitlines()[0], flaw.message) for flaw in find_problems(card, SECTIONS)]


@pytest.mark.parametrize(
    "card",
    [
        "",
        "no markers",
        f"{BEGIN}\n{END}\n",
        f"{BEGIN}{END} <!-- dataset-builder:skip two -->",
        "<!--dataset-builder:begin one--><!--   dataset-builder:end   one -->",
        "<!-- another comment: begin one -->",
        f"{BEGIN}{END}{ANSWER}",
        SKIP,
    ],
)
def test_markers_that_are_in_order(card):
    assert problems(card) == []


@pytest.mark.parametrize(
    ("card", "at", "message"),
    [
        (f"x {BEGIN}\n", BEGIN, "begins here but does not end"),
        (f"x\n{END}\n", END, "ends here but does not begin"),
        (f"{END}\n{BEGIN}\n", END, "ends here but does not begin"),
        (f"{BEGIN}\n{END}\n\n{BEGIN}\n{END}\n", BEGIN, "occurs a second time"),
        (f"{BEGIN}\n<!-- dataset-builder:begin two -->\n", BEGIN, "does not end before the next marker"),
        (f"{BEGIN}\n<!-- dataset-builder:skip two -->\n{END}", BEGIN, "does not end before the next marker"),
        (f"{BEGIN}\n{END}\n<!-- dataset-builder:skip one -->", "<!-- dataset-builder:skip one -->", "a second time"),
        ("<!-- dataset-builder:begin three -->", "<!-- dataset-builder:begin three -->", "no region"),
        ("<!-- dataset-builder:start one -->", "<!-- dataset-builder:start one -->", "not understood"),
        ("<!-- dataset-builder:begin -->", "<!-- dataset-builder:begin -->", "not understood"),
        ("<!-- dataset-builder: -->", "<!-- dataset-builder: -->", "not understood"),
        (
            "<!-- dataset-builder:begin why -->",
            "<!-- dataset-builder:begin why -->",
            'no region "why"; there are one, two',
        ),
        (
            "<!-- dataset-builder:answer one -->",
            "<!-- dataset-builder:answer one -->",
            'no question "one"; there are why',
        ),
        (f"{ANSWER}\n{ANSWER}", ANSWER, 'question "why" occurs a second time'),
        (f"{BEGIN}\n{ANSWER}\n{END}", BEGIN, "does not end before the next marker"),
    ],
)
def test_markers_that_are_not_in_order(card, at, message):
    found = problems(card)
    assert found[0][0].startswith(at)
    assert message in found[0][1]


def test_every_problem_is_reported_at_its_place():
    card = f"{END}\n<!-- dataset-builder:begin three -->\n{BEGIN}\n"
    assert [message.split('"')[1] for _, message in problems(card)] == ["one", "three", "one"]


def test_only_what_is_between_markers_changes():
    card = f"  before \r\n{BEGIN} old\n{END}  after\n\n<!-- dataset-builder:skip two -->\ttail"
    renewed = renew(card, {"one": "new\n", "two": "not wanted"})
    assert renewed == f"  before \r\n{BEGIN}\n\nnew\n\n{END}  after\n\n<!-- dataset-builder:skip two -->\ttail"
    assert renew(renewed, {"one": "new\n"}) == renewed
    assert renew(renewed, {"one": ""}) == renewed.replace("\n\nnew\n\n", "\n")


def test_missing_regions_are_appended_unless_they_are_skipped_or_empty():
    appended = append("# T", SECTIONS, {"one": "x", "two": "y", "why": ""})
    assert appended == (
        f"# T\n\n## First\n\n{BEGIN}\n\nx\n\n{END}\n"
        "\n<!-- dataset-builder:begin two -->\n\ny\n\n<!-- dataset-builder:end two -->\n"
    )
    assert append(appended, SECTIONS, {"one": "x", "two": "y"}) == appended
    assert append("<!-- dataset-builder:skip one -->\n", SECTIONS, {"one": "x", "two": ""}) == (
        "<!-- dataset-builder:skip one -->\n"
    )


def test_a_question_is_appended_once_under_the_heading_of_its_part():
    contents = {"one": "x", "why": "*Say why.*"}
    asked = f"### Why?\n\n{ANSWER}\n\n*Say why.*\n"
    both = append("# T", [SECTIONS[0], SECTIONS[2]], contents)
    assert both == f"# T\n\n## First\n\n{BEGIN}\n\nx\n\n{END}\n\n{asked}"
    assert append(both, SECTIONS, contents) == both
    alone = append(f"{BEGIN}{END}\n\n# Else\n", SECTIONS, contents)
    assert alone == f"{BEGIN}{END}\n\n# Else\n\n## First\n\n{asked}"
    assert append(f"{ANSWER}\nBecause.\n", SECTIONS[2:], contents) == f"{ANSWER}\nBecause.\n"
    assert (
        append("<!-- dataset-builder:skip why -->\n", SECTIONS[2:], contents) == "<!-- dataset-builder:skip why -->\n"
    )


def test_text_that_looks_like_a_marker_is_made_harmless():
    renewed = renew(f"{BEGIN}{END}", {"one": f"a {END} b"})
    assert list(find_problems(renewed, SECTIONS)) == []
    assert renew(renewed, {"one": f"a {END} b"}) == renewed


def test_the_line_ends_are_the_cards():
    assert renew(f"{BEGIN}\r\n{END}\r\n", {"one": "a\nb"}, "\r\n") == f"{BEGIN}\r\n\r\na\r\nb\r\n\r\n{END}\r\n"
