import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.describe.card import render_card
from dataset_builder.describe.figures import Distribution, lengths
from dataset_builder.describe.plots.draw import image, plots
from dataset_builder.describe.plots.plot import MARK, PATHS
from dataset_builder.describe.plots.svg import SERIES, WIDTH, cut, width
from dataset_builder.model.release import Entry
from tests.unit.describe.test_card import FIGURES, RELEASES, Figure, region
from tests.unit.reviews import make_corpus, review

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</text><script>alert(1)</script><!-- \"&'\x00\x1b[2J\ud800"
HEBREW = "שלום עולם"
WIDE = "漢字" * 40
COMBINED = "e" + "\u0301" * 200
STEERED = "a\u202eb\u2066c"


@pytest.fixture(scope="session")
def facts(corpus):
    return corpus.facts(agreement=FIGURES, releases=RELEASES)


def drawn(facts):
    return plots(facts, render_card(facts, None)[0])


def plot(facts, name):
    return drawn(facts)[f"figures/{name}.svg"]


def parsed(svg):
    return ET.fromstring(svg)


def words(svg):
    """All lines of text that are to be seen, without the marks of their direction."""
    return [(each.text or "").strip("\u2068\u2069") for each in parsed(svg).iter(f"{SVG}text")]


def labelled(facts, values, counts=None, splits=("train",)):
    """Facts with one column of these values, each once unless counts say how often."""
    number = counts or dict.fromkeys(values, 1)
    found = Distribution(table="articles", path="verdict", values=tuple(values), counts=dict.fromkeys(splits, number))
    return replace(facts, statistics=replace(facts.statistics, splits=tuple(splits), distributions=(found,)))


def test_the_card_shows_each_plot_where_its_figures_are(facts):
    card = render_card(facts, None)[0]
    assert sorted(drawn(facts)) == sorted(PATHS)
    for name, shown in {
        "counts": "lengths",
        "coverage": "coverage",
        "distributions": "labels",
        "agreement": "agreement",
        "versions": "versions",
    }.items():
        assert re.search(rf"^!\[[^\]]+\]\(figures/{shown}\.svg\)$", region(card, name), re.MULTILINE)


@pytest.mark.parametrize("path", PATHS)
def test_a_plot_reads_as_it_should(facts, golden, path):
    golden(path.rpartition("/")[2], drawn(facts)[path])


def test_a_region_that_is_skipped_has_no_plot(facts):
    card = "# T\n\n<!-- dataset-builder:skip distributions -->\n"
    text, flaws = render_card(facts, card)
    assert flaws == ()
    assert sorted(plots(facts, text)) == sorted(set(PATHS) - {"figures/labels.svg"})


def test_where_there_is_nothing_to_show_nothing_is_drawn(facts):
    corpus = make_corpus({"train": [review("r1")]})
    layout = replace(corpus.layout, annotations=None, flat=(), links=None)
    plain = replace(layout.articles, columns=layout.articles.columns[:11])
    bare = replace(corpus.facts(), layout=replace(layout, articles=plain), gold=None)
    bare = replace(bare, statistics=replace(bare.statistics, distributions=()))
    assert drawn(bare) == {}
    assert image(bare, "counts") is None
    assert image(facts, "summary") is None
    assert image(replace(facts, releases=(Entry(version="1.0.0", date=None, changes={}),)), "versions") is None


@pytest.mark.parametrize("path", PATHS)
def test_a_plot_stands_on_its_own_and_says_what_it_shows(facts, path):
    svg = drawn(facts)[path]
    root = parsed(svg)
    assert svg.encode().startswith(MARK)
    assert root.get("role") == "img"
    named = {each.get("id"): each.text for each in root}
    assert root.get("aria-labelledby").split() == [name for name in named if name]
    assert all(named[name] for name in ("title", "description"))
    assert "prefers-color-scheme:dark" in svg
    kinds = {each.tag.removeprefix(SVG) for each in root.iter()}
    assert kinds <= {"svg", "title", "desc", "style", "rect", "text", "circle", "line"}
    assert not re.search(r"href|url\(|@import|<script|\bon\w+=", svg)


@pytest.mark.parametrize("path", PATHS)
def test_everything_lies_within_the_picture(facts, path):
    root = parsed(drawn(facts)[path])
    wide, high = (float(root.get(name)) for name in ("width", "height"))
    assert root.get("viewBox") == f"0 0 {wide:g} {high:g}"
    for each in root.iter(f"{SVG}rect"):
        assert 0 <= float(each.get("x")) <= float(each.get("x")) + float(each.get("width")) <= wide
        assert 0 <= float(each.get("y")) <= float(each.get("y")) + float(each.get("height")) <= high
    for each in root.iter(f"{SVG}text"):
        assert 0 < float(each.get("y")) <= high
        assert 0 <= float(each.get("x")) <= wide


def test_the_colours_can_be_told_from_their_ground(facts):
    style = next(parsed(plot(facts, "labels")).iter(f"{SVG}style")).text
    light, _, dark = style.partition("@media")
    for rules in (light, dark):
        colours = dict(re.findall(r"(?:^|\})\s*\.?(\w+)\{[^}]*?fill:(#\w+)", rules, re.MULTILINE))
        ground = colours["b"]
        for name in [f"s{series}" for series in range(SERIES)]:
            assert contrast(colours[name], ground) >= 3, name
        for name in ("text", "m"):
            assert contrast(colours[name], ground) >= 4.5, name


def contrast(one, other):
    """https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    first, second = sorted((luminance(one), luminance(other)), reverse=True)
    return (first + 0.05) / (second + 0.05)


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_bar_is_as_long_as_its_number(facts):
    counted = labelled(facts, ["one", "four"], {"one": 1, "four": 4})
    bars = [each for each in parsed(plot(counted, "labels")).iter(f"{SVG}rect") if each.get("class") == "s0"]
    assert [float(each.get("width")) for each in bars][1] == pytest.approx(4 * float(bars[0].get("width")), abs=0.3)
    assert "4 (80%)" in words(plot(counted, "labels"))


def test_what_is_of_the_data_is_text(facts):
    for hostile in (HOSTILE, STEERED, HEBREW, WIDE, COMBINED):
        svg = plot(labelled(facts, [hostile, "b"], splits=("train", hostile)), "labels")
        assert "<script" not in svg
        assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066\u2067]", svg)
        assert parsed(svg) is not None
        assert "b" in words(svg)
    assert f"\u2068{HEBREW}\u2069" in plot(labelled(facts, [HEBREW]), "labels")


def test_hostile_names_are_text_in_every_plot(facts):
    figures = tuple(replace_path(figure, HOSTILE) for figure in FIGURES)
    releases = (Entry(version=HOSTILE, date=HOSTILE, changes={HOSTILE: 2}),)
    for svg in drawn(replace(facts, agreement=figures, releases=releases)).values():
        assert "<script" not in svg
        assert parsed(svg) is not None


def replace_path(figure, path):
    return Figure(path, figure.measure, (path, "bob"), figure.n, figure.values)


def test_many_labels_are_counted_where_there_is_no_room(facts):
    names = [f"label {number:03}" for number in range(300)]
    counted = labelled(facts, names, {name: number for number, name in enumerate(names)})
    shown = words(plot(counted, "labels"))
    assert "label 299" in shown
    assert "label 287" not in shown
    assert f"288 more labels, {sum(range(288)):,} times" in shown


def test_many_columns_splits_and_releases_are_counted(facts):
    each = labelled(facts, ["a"]).statistics.distributions[0]
    many = tuple(replace(each, path=f"column{number}") for number in range(30))
    statistics = replace(facts.statistics, splits=("train",), distributions=many)
    assert "6 more columns are left out." in words(plot(replace(facts, statistics=statistics), "labels"))
    splits = [f"part{number}" for number in range(9)]
    shown = words(plot(labelled(facts, ["a"], splits=splits), "labels"))
    assert ("part4" in shown, "part5" in shown, "4 others" in shown) == (True, False, True)
    releases = tuple(Entry(version=f"{number}.0.0", date=None, changes={"Added": 1}) for number in range(25, 0, -1))
    shown = words(plot(replace(facts, releases=releases), "versions"))
    assert ("25.0.0" in shown, "5.0.0" in shown, "5 older releases are left out." in shown) == (True, False, True)


def test_lengths_fall_into_bins_of_round_numbers(facts):
    whole = lengths({1000 + 10 * number: 2 for number in range(100)} | {1_000_000: 1})
    statistics = replace(facts.statistics, texts=whole, texts_by_split={"train": whole})
    shown = words(plot(replace(facts, statistics=statistics), "lengths"))
    assert "code points; what is longer is in the last bar" in shown
    assert "1,000" in shown
    histogram = parsed(plot(replace(facts, statistics=statistics), "lengths"))
    told = [each.text for each in histogram.iter(f"{SVG}title") if ": " in each.text]
    assert sum(int(each.split(": ")[1].split()[0].replace(",", "")) for each in told) == 201


def test_agreement_below_chance_is_drawn_at_zero_and_said(facts):
    svg = plot(facts, "agreement")
    assert "−0.25 and 0.50" in words(svg)
    assert "– and 1.00" in words(svg)
    left = min(float(each.get("x1")) for each in parsed(svg).iter(f"{SVG}line"))
    assert all(float(each.get("cx")) >= left for each in parsed(svg).iter(f"{SVG}circle"))


def test_coverage_tells_which_share_of_a_split_has_a_layer():
    corpus = make_corpus(
        {"train": [review("r1"), review("r2", aspects=[]), review("r3", verdict=None)], "test": [review("r4")]}
    )
    facts = corpus.facts()
    assert facts.statistics.filled["aspects"] == {"train": 2, "test": 1}
    assert facts.statistics.filled["verdict"] == {"train": 2, "test": 1}
    assert facts.statistics.filled["questions"] == {"train": 0, "test": 0}
    card = region(render_card(facts, None)[0], "coverage")
    assert "| `aspects` | 2 of 3 | 1 of 1 | 3 of 4 |" in card
    assert "2 of 3" in words(plot(facts, "coverage"))


@given(st.text(max_size=80), st.integers(20, 400))
def test_what_is_cut_fits_and_begins_as_it_did(text, room):
    found = cut(text, room)
    assert width(found) <= room or found == "…"
    if found.endswith("…") and not text.endswith("…"):
        assert cut(text, 10_000).startswith(found[:-1])


def test_marks_are_not_heaped_beyond_the_line(facts):
    assert "e\u0301\u0301" in words(plot(labelled(facts, [COMBINED]), "labels"))


def test_a_letter_is_not_torn_from_its_marks():
    assert cut("abc" + "e\u0301" * 10, 7.2 * 5) == "abc…"
    assert width(WIDE) == 2 * width("a" * len(WIDE))
    assert width("a" * 200) > WIDTH
