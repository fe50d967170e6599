import pytest

from dataset_builder.describe.card_regions import Section, append, find_problems, renew

NAMES = ["one", "two"]
BEGIN, END = "<!-- dataset-builder:begin one -->", "<!-- dataset-builder:end one -->"


def problems(card):
    return [(card[flaw.offset :].splitlines()[0], flaw.message) for flaw in find_problems(card, NAMES)]


@pytest.mark.parametrize(
    "card",
    [
        "",
        "no markers",
        f"{BEGIN}\n{END}\n",
        f"{BEGIN}{END} <!-- dataset-builder:skip two -->",
        "<!--dataset-builder:begin one--><!--   dataset-builder:end   one -->",
        "<!-- another comment: begin one -->",
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
    sections = [Section(name="one", heading="First"), Section(name="two", heading=None)]
    appended = append("# T", sections, {"one": "x", "two": "y"})
    assert appended == (
        f"# T\n\n## First\n\n{BEGIN}\n\nx\n\n{END}\n"
        "\n<!-- dataset-builder:begin two -->\n\ny\n\n<!-- dataset-builder:end two -->\n"
    )
    assert append(appended, sections, {"one": "x", "two": "y"}) == appended
    assert append("<!-- dataset-builder:skip one -->\n", sections, {"one": "x", "two": ""}) == (
        "<!-- dataset-builder:skip one -->\n"
    )


def test_text_that_looks_like_a_marker_is_made_harmless():
    renewed = renew(f"{BEGIN}{END}", {"one": f"a {END} b"})
    assert list(find_problems(renewed, NAMES)) == []
    assert renew(renewed, {"one": f"a {END} b"}) == renewed


def test_the_line_ends_are_the_cards():
    assert renew(f"{BEGIN}\r\n{END}\r\n", {"one": "a\nb"}, "\r\n") == f"{BEGIN}\r\n\r\na\r\nb\r\n\r\n{END}\r\n"
