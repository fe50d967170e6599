from dataclasses import dataclass, replace

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from dataset_builder.describe.card import render_card
from dataset_builder.describe.card_contents import SECTIONS
from dataset_builder.model.manifest import TableFacts
from dataset_builder.model.project import CardOptions, Gold, Splits
from dataset_builder.model.release import Entry
from tests.unit.reviews import TEXT, make_corpus, review

NAMES = [section.name for section in SECTIONS if not section.question]


@dataclass(frozen=True)
class Figure:
    path: str
    measure: str
    annotators: tuple[str, ...]
    n: int
    values: dict[str, float | None]


FIGURES = (
    Figure("aspects", "span", ("amy", "bob"), 40, {"exact_f1": 0.5, "overlap_f1": 1.0, "exact_recall": 0.1}),
    Figure("aspects.feeling", "nominal", ("amy", "bob"), 12, {"alpha": None, "agreement": 1.0}),
    Figure("urgency", "ordinal", ("amy", "bob"), 4, {"alpha": -0.25, "agreement": 0.5}),
)

RELEASES = (
    Entry(version="1.0.0", date="2026-05-04", changes={"Added": 3, "Fixed": 1}),
    Entry(version="0.9.0", date=None, changes={"": 2}),
)


def render(facts, previous=None):
    text, flaws = render_card(facts, previous)
    assert flaws == ()
    return text


def metadata(card):
    return yaml.safe_load(card.split("---\n")[1])


def region(card, name):
    return card.split(f"<!-- dataset-builder:begin {name} -->")[1].split(f"<!-- dataset-builder:end {name} -->")[0]


def without(card, name):
    begin, end = f"<!-- dataset-builder:begin {name} -->", f"<!-- dataset-builder:end {name} -->\n"
    return card[: card.index(begin)] + card[card.index(end) + len(end) :]


@pytest.fixture(scope="session")
def facts(corpus):
    return corpus.facts(agreement=FIGURES, releases=RELEASES)


@pytest.fixture(scope="session")
def card(facts):
    return render(facts)


def test_a_new_card_reads_as_it_should(card, golden):
    golden("card.md", card)


def test_a_new_card_has_every_region_once_and_in_order(card):
    assert [line.split()[2] for line in card.splitlines() if ":begin " in line] == NAMES
    marked = [line.split()[2] for line in card.splitlines() if ":begin " in line or ":answer " in line]
    assert marked == [section.name for section in SECTIONS]


def test_rendering_again_changes_nothing(facts, card):
    assert render(facts, card) == card


def test_an_empty_card_is_a_new_one(facts, card):
    assert render(facts, "") == card
    assert render(facts, "\n \n") == card


def test_what_authors_wrote_is_kept_byte_for_byte(facts, card):
    written = card.replace("## Loading\n", "## How to load it \r\n\n*Mine*, with <b>HTML</b>.\t\n")
    written = (
        "---\nmine: [1]  # kept\n" + written.removeprefix("---\n") + "\n## My own section\n\nText without a newline"
    )
    stale = written.replace("| `articles` | 3 | 1 | 4 |", "| `articles` | 9 | 9 | 18 |")
    assert stale != written
    assert render(facts, stale) == written


def test_a_card_with_carriage_returns_keeps_them(facts, card):
    written = card.replace("\n", "\r\n")
    assert render(facts, written) == written


def test_a_byte_order_mark_goes_for_it_hides_the_yaml(facts, card):
    assert render(facts, "\ufeff" + card) == card


def test_prose_alone_gets_yaml_above_and_regions_below(facts, card):
    found = render(facts, "# My kettles\n\nHello.")
    assert metadata(found) == metadata(card)
    assert found.split("---\n", 2)[2].startswith("# My kettles\n\nHello.\n\n<!-- dataset-builder:begin summary -->")
    assert region(found, "rights") == region(card, "rights")
    assert render(facts, found) == found


def test_a_region_that_was_taken_out_comes_back_at_the_end(facts, card):
    found = render(facts, without(card, "example"))
    assert region(found, "example") == region(card, "example")
    assert found.endswith("<!-- dataset-builder:end example -->\n")
    assert found.count("## Example\n\n<!-- dataset-builder:begin example -->") == 1
    assert render(facts, found) == found


def test_a_region_that_is_skipped_stays_away(facts, card):
    written = without(card, "example") + "<!-- dataset-builder:skip example -->\n"
    assert render(facts, written) == written


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda card: card.replace("<!-- dataset-builder:end load -->", ""), "does not end"),
        (lambda card: card.replace("begin load -->", "begin lode -->"), 'no region "lode"'),
        (lambda card: card + "<!-- dataset-builder:begin load -->\n", "second time"),
        (lambda card: card.replace("---\n", "---\n- x\n", 1), "can't be read"),
        (lambda card: card.replace("---\n", "---\nmine: 1\nmine: 2\n", 1), 'key "mine" twice'),
    ],
)
def test_a_damaged_card_is_given_back_as_it_is(facts, card, damage, message):
    damaged = damage(card)
    found, flaws = render_card(facts, damaged)
    assert found == damaged
    assert message in flaws[0].message


def test_offsets_of_flaws_are_those_of_the_file(facts, card):
    damaged = "\ufeff" + card.replace("\n", "\r\n").replace("begin load", "begin lode")
    (first, *_), kinds = render_card(facts, damaged)[1], {flaw.kind for flaw in render_card(facts, damaged)[1]}
    assert damaged[first.offset :].startswith("<!-- dataset-builder:begin lode -->")
    assert kinds == {"card-markers"}
    doubled = "\ufeff" + card.replace("---\n", "---\nmine: 1\nmine: 2\n", 1)
    (flaw,) = render_card(facts, doubled)[1]
    assert (flaw.kind, doubled[flaw.offset :][:7]) == ("card-front-matter", "mine: 2")


def test_keys_that_the_configuration_leaves_unset_are_the_authors(facts, card):
    written = card.replace(
        "---\n", "---\ntags: [mine]\nlanguage: [xx]\nlanguage_bcp47: [x]\nlicense_name: gone\ntask_ids: [a]\n", 1
    )
    found = metadata(render(facts, written))
    assert (found["tags"], found["language"], found["task_ids"]) == (["mine"], ["xx"], ["a"])
    assert not {"license_name", "language_bcp47"} & set(found)
    stated = replace(facts, project=replace(facts.project, tags=("ours",), languages=("de-AT",)))
    found = metadata(render(stated, written))
    assert (found["tags"], found["language"], found["language_details"]) == (["ours"], ["de"], ["de-AT"])


def test_the_yaml_is_what_datasets_reads(facts, card):
    from datasets import Features
    from datasets.info import DatasetInfosDict
    from datasets.utils.metadata import MetadataConfigs
    from huggingface_hub import DatasetCard

    data = DatasetCard(card).data
    infos = DatasetInfosDict.from_dataset_card_data(data)
    assert list(infos) == ["articles", "annotations", "aspects", "links"]
    for table in facts.layout.tables:
        assert infos[table.name].features == Features.from_dict(table.features)
        assert infos[table.name].features.arrow_schema.equals(table.arrow)
        assert {name: split.num_examples for name, split in infos[table.name].splits.items()} == dict(
            facts.statistics.rows[table.name]
        )
    configs = MetadataConfigs.from_dataset_card_data(data)
    assert configs.get_default_config_name() == "articles"
    assert configs["links"]["data_files"] == [
        {"split": "train", "path": "data/links/train-*.parquet"},
        {"split": "test", "path": "data/links/test-*.parquet"},
    ]
    assert infos["articles"].dataset_size == sum(split.num_bytes for split in infos["articles"].splits.values())
    assert infos["articles"].download_size is None


def test_splits_and_tables_without_files_are_not_offered(facts):
    bare = {name: replace(split, files=()) for name, split in facts.tables[0].splits.items()}
    links = TableFacts(name="links", digest="", splits=bare)
    train_only = replace(facts.tables[2], splits={"train": facts.tables[2].splits["train"], "test": bare["test"]})
    card = render(replace(facts, tables=(*facts.tables[:2], train_only, links)))
    found = metadata(card)
    assert [config["config_name"] for config in found["configs"]] == ["articles", "annotations", "aspects"]
    assert [entry["split"] for entry in found["configs"][2]["data_files"]] == ["train"]
    assert [split["name"] for split in found["dataset_info"][2]["splits"]] == ["train"]
    assert '"links"' not in region(card, "load")


def test_withheld_articles_are_never_shown(facts, corpus):
    withheld = corpus.tables["articles"]["train"].to_pylist()[2]
    assert withheld["text"] is None
    shown = render(replace(facts, example=withheld))
    assert ":begin example" not in shown
    assert ":begin example" not in render(replace(facts, example=None))


def test_a_region_with_nothing_left_to_say_is_emptied_in_place(facts, card):
    found = render(replace(facts, example=None), card)
    assert region(found, "example") == "\n"
    assert "## Example" in found
    assert render(facts, found) == card


def test_nothing_of_the_data_is_markdown_or_html(card):
    tokens = MarkdownIt("commonmark").enable("table").parse(region(card, "example"))
    kinds = {child.type for token in tokens for child in token.children or ()}
    assert kinds <= {"text", "text_special", "softbreak", "hardbreak", "code_inline"}
    quoted = "".join(child.content or "\n" for token in tokens for child in token.children or () if token.level == 2)
    for line in TEXT.split("\n"):
        assert line in quoted


def test_long_texts_are_cut_and_say_so():
    corpus = make_corpus({"train": [review("r1", "word " * 1000)]})
    card = render(corpus.facts())
    assert "word word …\n\n4,4" in region(card, "example")
    assert len(region(card, "example")) < 3000


def test_titles_and_descriptions_are_text():
    corpus = make_corpus({"train": [review("r1")]}, title="<script> *x*", summary="A `b` <i>c</i>\n# d")
    card = render(corpus.facts())
    assert "\n# &lt;script&gt; \\*x\\*\n" in card
    assert "A `b` &lt;i&gt;c&lt;/i&gt; # d\n" in region(card, "summary")


@pytest.mark.parametrize(
    ("changes", "texts"),
    [
        ({"gold": Gold(policy="single")}, {"provenance": "one annotator's record"}),
        ({"gold": Gold(policy="majority")}, {"provenance": "more than half"}),
        ({"gold": Gold(policy="all")}, {"provenance": "everything that any annotator has"}),
        (
            {"url": "https://example.org/a"},
            {"summary": "<https://example.org/a>", "cite": "url = {https://example.org/a}"},
        ),
        ({"url": "ask <us>"}, {"summary": "ask &lt;us&gt;"}),
        (
            {"repository": "us/kettles"},
            {
                "load": 'load_dataset("us/kettles", "aspects", split="train")',
                "cite": "huggingface.co/datasets/us/kettles",
            },
        ),
        ({"authors": ("A & B", "C_D"), "year": 2025}, {"cite": "author = {A \\& B and C\\_D},"}),
        ({"card": CardOptions(citation="@book{x}\n")}, {"cite": "```bibtex\n@book{x}\n```"}),
        ({"license": "LicenseRef-mine"}, {"rights": "under `LicenseRef-mine`"}),
        ({"languages": ("de", "en")}, {"summary": "**1 article** (`de` and `en`), "}),
    ],
)
def test_what_the_configuration_says_is_said(changes, texts):
    card = render(make_corpus({"train": [review("r1")], "test": []}, **changes).facts())
    for name, text in texts.items():
        assert text in region(card, name)


def test_how_splits_are_made_is_said():
    articles = {"train": [review("r1")], "test": [review("r2")]}
    assert "the same `product` are always in the same split" in render(make_corpus(articles).facts())
    stated = render(make_corpus(articles, splits=Splits(field="part")).facts())
    assert "An article's `part` says which split it is in." in region(stated, "counts")


def test_one_split_needs_no_columns_of_splits():
    card = render(make_corpus({"train": [review("r1")]}).facts())
    assert "| table | rows |\n" in region(card, "counts")
    assert "| value | count | share |  |\n" in region(card, "distributions")
    assert "Every text is included." in region(card, "rights")
    assert "always in the same split" not in card


def test_without_annotations_the_card_speaks_of_none(corpus):
    layout = replace(corpus.layout, annotations=None, flat=(), links=None)
    plain = replace(layout.articles, columns=layout.articles.columns[:11])
    facts = replace(corpus.facts(), layout=replace(layout, articles=plain), gold=None)
    card = render(facts)
    for name in ("layers", "agreement"):
        assert f":begin {name}" not in card
    assert "annotator" not in region(card, "rights")


def test_agreement_of_several_pairs_says_who(facts):
    others = (*FIGURES, Figure("aspects", "span", ("amy", "zed"), 3, {"exact_f1": 0.25, "overlap_f1": None}))
    found = region(render(replace(facts, agreement=others)), "agreement")
    assert "| `aspects` | `amy` and `zed` | 3 | 0.25 | – |" in found
    assert "Between" not in found


cuts = st.lists(st.sampled_from(NAMES), unique=True)


@settings(max_examples=30, deadline=None)  # a card takes 20 ms
@given(
    gone=cuts,
    skipped=cuts,
    prose=st.text(alphabet="a#*\n<>-! é\t"),
    key=st.sampled_from(["mine: 1\n", "tags:\n- x\n", "# c\n", ""]),
)
def test_rendering_twice_is_rendering_once(facts, card, gone, skipped, prose, key):
    written = card.replace("---\n", f"---\n{key}", 1)
    for name in gone:
        written = without(written, name)
    for name in skipped:
        if name in gone:
            written += f"<!-- dataset-builder:skip {name} -->"
    once = render(facts, written + prose)
    assert render(facts, once) == once
    assert prose in once
