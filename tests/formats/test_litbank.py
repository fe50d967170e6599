"""LitBank, whole and folder by folder, all the way to `load_dataset`."""

from collections import Counter

import pytest
from hypothesis import given, settings

from dataset_builder.check.runner import RULES_BY_CODE
from dataset_builder.formats import registry
from dataset_builder.formats.litbank import importer
from dataset_builder.formats.settle import settle
from dataset_builder.formats.source import Source
from tests.formats.journey import journey
from tests.formats.mutations import damaged, nothing_worse

DEFECTS = {
    # remarks on events that are no more there
    ("FMT006", "events/11_alices_adventures_in_wonderland_brat.ann", 92),
    ("FMT006", "events/158_emma_brat.ann", 46),
    ("FMT006", "events/158_emma_brat.ann", 47),
    ("FMT006", "events/41286_miss_marjoribanks_brat.ann", 122),
    # a relation one of whose mentions is no more there
    ("FMT006", "coref/4217_a_portrait_of_the_artist_as_a_young_man_brat.ann", 628),
}
CUT = {  # spans that end before the last letter of a word
    "entities": {
        "1260_jane_eyre_an_autobiography": 78,
        "145_middlemarch": 122,
        "158_emma": 48,
        "4217_a_portrait_of_the_artist_as_a_young_man": 130,
        "4300_ulysses": 97,
        "521_the_life_and_adventures_of_robinson_crusoe": 95,
        "730_oliver_twist": 70,
        "95_the_prisoner_of_zenda": 108,
        "969_the_tenant_of_wildfell_hall": 52,
        "9830_the_beautiful_and_damned": 105,
    },
    "events": {"238_dear_enemy": 56, "502_desert_gold": 39},
}
ALIKE = {
    # the same words are a mention of the same kind twice; a relation is there twice
    ("FMT016", "coref/27_far_from_the_madding_crowd_brat.ann", 476),
    ("FMT016", "coref/1400_great_expectations_brat.ann", 705),
    *(("FMT017", f"{folder}/{name}_brat.ann", line) for folder, files in CUT.items() for name, line in files.items()),
}
"""What is told of all formats alike, by rules that look at the edges of spans and for what is there twice."""
DEFECTS |= {each for each in ALIKE if each[0] in RULES_BY_CODE}


def lines_of(folder):
    for path in sorted(folder.glob("*.ann")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield path.stem, line.split("\t")


def is_mention(label):
    return label.startswith(("PROP_", "NOM_", "PRON_"))


def counted(corpus):
    """What the lines of all folders say, counted without reading them as the importer does."""
    found = Counter(texts=sum(1 for _ in (corpus / "coref").glob("*.txt")))
    chains = set()
    for stem, fields in lines_of(corpus / "coref"):
        label = fields[1].split()[0]
        if fields[0].startswith("R"):
            found["relations"] += 1
        elif is_mention(label):
            found["mentions"] += 1
        else:
            chains.add((stem, label))
    found["chains"] = len(chains)
    found["events"] = sum(fields[0][0] == "T" for _, fields in lines_of(corpus / "events"))
    found["entities"] = sum(fields[0][0] == "T" for _, fields in lines_of(corpus / "entities"))
    found["quotations"] = sum(fields[0] == "QUOTE" for _, fields in lines_of(corpus / "quotations"))
    return found


def named(way):
    return {(code, "/".join(file.split("/")[-2:]), line) for code, file, line in way.findings}


@pytest.mark.acceptance
def test_the_corpus_comes_in_whole(shared_dir, tmp_path):
    corpus = shared_dir / "corpora" / "litbank"
    way = journey(corpus, tmp_path / "project")
    assert way.result.format == "litbank"
    assert named(way) == DEFECTS
    expected, found = counted(corpus), way.counts()
    expected["relations"] -= sum(file.startswith("coref/") for code, file, _ in DEFECTS if code == "FMT006")
    for name in expected:
        assert found[name] == expected[name], name
    speakers = sum(fields[0] == "ATTRIB" for _, fields in lines_of(corpus / "quotations"))
    assert sum(row["attributes"]["speaker"] is not None for row in way.load("quotations")) == speakers


@pytest.mark.acceptance
@pytest.mark.parametrize(
    ("folder", "layers"), [("coref", ("mentions", "chains", "relations")), ("quotations", ("quotations",))]
)
def test_a_folder_comes_in_by_itself(shared_dir, tmp_path, folder, layers):
    corpus = shared_dir / "corpora" / "litbank"
    way = journey(corpus / folder, tmp_path / "project")
    assert way.result.format == "litbank"
    told = named(way)
    assert told == {each for each in DEFECTS if each[1].startswith(folder)}
    expected, found = counted(corpus), way.counts()
    expected["relations"] -= sum(code == "FMT006" for code, _, _ in told)
    assert {layer: found[layer] for layer in layers} == {layer: expected[layer] for layer in layers}


@pytest.mark.parametrize(
    ("folders", "format_"),
    [(("coref",), "litbank"), (("quotations",), "litbank"), (("events",), "brat"), (("events", "coref"), "litbank")],
)
def test_chains_and_quotations_are_detected(tmp_path, folders, format_):
    read(tmp_path, {file: text for file, text in MILL.items() if file.startswith(folders)})
    assert registry.detect(Source(tmp_path)).name == format_


TEXT = 'Ada met Bo .\n" I ran , " she said .\n'
MILL = {
    "coref/mill_brat.txt": TEXT,
    "coref/mill_brat.ann": (
        "T1\tPROP_PER 0 3\tAda\nT2\tAda_of_Mill-0 0 3\tAda\nT3\tPRON_PER 25 28\tshe\nT4\tAda_of_Mill-0 25 28\tshe\n"
        "T5\tPROP_PER 8 10\tBo\nR1\tcop Arg1:T1 Arg2:T4\n"
    ),
    "events/mill_brat.txt": TEXT,
    "events/mill_brat.ann": "T1\tEVENT 4 7\tmet\n",
    "quotations/mill_brat.txt": TEXT,
    "quotations/mill_brat.ann": 'QUOTE\tQ1\t1\t0\t1\t4\t" I ran , "\nATTRIB\tQ1\tAda_of_Mill-0\n',
}


def read(folder, files):
    """The articles of a source of `files`, settled, and all troubles."""
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    source = Source(folder)
    articles = list(importer(source).read(lambda done, total: None))
    troubles = [*source.troubles]
    for article in articles:
        troubles += article.troubles
        for record in article.records:
            troubles += settle(record, article.text)
    return articles, troubles


def test_folders_meet_in_one_record(tmp_path):
    (article,), troubles = read(tmp_path, MILL)
    assert (article.name, troubles) == ("mill", [])
    items = {item.id: item for item in article.records[0].items}
    chain = items["coref-Ada_of_Mill-0"]
    assert chain.references == {"members": ("coref-T1", "coref-T3")}
    assert (chain.attributes, chain.extra) == ({"name": "Ada of Mill"}, {"ids": ["T2", "T4"]})
    assert (items["coref-T1"].label, items["coref-T1"].attributes) == ("PER", {"form": "PROP"})
    assert items["coref-R1"].arguments == (("Arg1", "coref-T1"), ("Arg2", "coref-T3"))
    assert (items["events-T1"].layer, items["events-T1"].fragments) == ("events", ((4, 7),))
    quotation = items["quotations-Q1"]
    assert TEXT[slice(*quotation.fragments[0])] == '" I ran , "'
    assert (quotation.references, quotation.attributes) == (
        {"speaker": "coref-Ada_of_Mill-0"},
        {"speaker": "Ada_of_Mill-0"},
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("QUOTE\tQ2\t1\t0\t1", "import-syntax"),
        ("something", "import-syntax"),
        ("QUOTE\tQ2\t9\t0\t9\t1\tx", "import-range"),
        ("QUOTE\tQ2\t1\t0\t1\t1\tother words", "import-quote"),
        ("QUOTE\tQ1\t1\t0\t1\t1\tx", "import-duplicate-id"),
        ("ATTRIB\tQ9\tBo-1", "import-dangling"),
        ("ATTRIB\tQ1\tBo-1", "import-duplicate-id"),
    ],
)
def test_wrong_lines_of_quotations_are_told(tmp_path, line, told):
    file = "quotations/mill_brat.ann"
    _, troubles = read(tmp_path, {**MILL, file: f"{MILL[file]}{line}\n"})
    assert [(trouble.kind, trouble.file, trouble.line) for trouble in troubles] == [(told, file, 3)]


def test_what_is_said_of_another_text_is_left_out(tmp_path):
    (article,), troubles = read(
        tmp_path, {**MILL, "events/mill_brat.txt": "Another text .\n", "events/fair.ann": "x\n"}
    )
    assert [(trouble.kind, trouble.file) for trouble in troubles] == [
        ("import-no-text", "events/fair.ann"),
        ("import-no-text", "events/mill_brat.txt"),
    ]
    assert "events" not in {item.layer for item in article.records[0].items}


@settings(max_examples=100, deadline=None)
@given(damaged(MILL, [b"", b"\n", b"\t", b" ", b"T1", b"9", b"-", b"\xff", b"QUOTE\t", b"99999999"]))
def test_mutated_files_give_findings(tmp_path_factory, files):
    nothing_worse(*read(tmp_path_factory.mktemp("mutated"), files))
