"""Real brat collections, all the way to `load_dataset`: nothing is lost, and every defect of theirs is told."""

import shutil
from collections import Counter

import pytest

import dataset_builder
from tests.formats.journey import journey

LAYERS = {"E": "events", "R": "relations", "*": "equivalences", "A": "attributes", "M": "attributes", "N": "referents"}

# What is wrong with LitBank, each looked at by hand: rule, file, line.
ENTITIES = [
    # The last letter is missing: "a desolate coas|t", "any of the other great men … piety to endur|e",
    # "only sixteen miles of|f", "a nice mothe|r", "this towe|r", "the worl|d", "by contrac|t", "a German universit|y",
    # "the parlou|r", "a majo|r".
    ("FMT017", "1260_jane_eyre_an_autobiography_brat.ann", 78),
    ("FMT017", "145_middlemarch_brat.ann", 122),
    ("FMT017", "158_emma_brat.ann", 48),
    ("FMT017", "4217_a_portrait_of_the_artist_as_a_young_man_brat.ann", 130),
    ("FMT017", "4300_ulysses_brat.ann", 97),
    ("FMT017", "521_the_life_and_adventures_of_robinson_crusoe_brat.ann", 95),
    ("FMT017", "730_oliver_twist_brat.ann", 70),
    ("FMT017", "95_the_prisoner_of_zenda_brat.ann", 108),
    ("FMT017", "969_the_tenant_of_wildfell_hall_brat.ann", 52),
    ("FMT017", "9830_the_beautiful_and_damned_brat.ann", 105),
]
EVENTS = [
    # Notes on spans that were deleted, and stayed behind.
    ("FMT006", "11_alices_adventures_in_wonderland_brat.ann", 92),
    ("FMT006", "158_emma_brat.ann", 46),
    ("FMT006", "158_emma_brat.ann", 47),
    # "aghas|t" and "vigi|l".
    ("FMT017", "238_dear_enemy_brat.ann", 56),
    ("FMT006", "41286_miss_marjoribanks_brat.ann", 122),
    ("FMT017", "502_desert_gold_brat.ann", 39),
]
COREFERENCE = [
    ("FMT016", "1400_great_expectations_brat.ann", 705),  # R10 is R3 again
    ("FMT016", "27_far_from_the_madding_crowd_brat.ann", 476),  # T110 is T96 again
    ("FMT006", "4217_a_portrait_of_the_artist_as_a_young_man_brat.ann", 628),  # T458 was deleted
]
DEFECTS = {"entities": ENTITIES, "events": EVENTS, "coref": COREFERENCE}
LOST = {"events": {"notes": 4}, "coref": {"relations": 1}}  # in refused lines


def counted(source):
    """What the lines of a collection say, counted without reading them as the importer does."""
    found = Counter(texts=sum(1 for _ in source.rglob("*.txt")))
    for path in source.rglob("*.ann"):
        lines = path.read_text(encoding="utf-8").splitlines()
        triggers = {line.split("\t")[1].split()[0].split(":")[1] for line in lines if line.startswith("E")}
        for line in lines:
            if line.startswith("T"):
                found["triggers" if line.split("\t")[0] in triggers else "entities"] += 1
            else:
                found[LAYERS.get(line[0], "notes" if line[0] == "#" else "unknown")] += 1
    return found


@pytest.mark.acceptance
@pytest.mark.parametrize("layer", sorted(DEFECTS))
def test_a_layer_of_litbank_comes_in_whole(shared_dir, tmp_path, layer):
    source = shared_dir / "corpora/litbank" / layer
    way = journey(source, tmp_path / "project", format="brat")
    assert [(code, file.rpartition("/")[2], line) for code, file, line in way.findings] == DEFECTS[layer]
    assert +way.counts() == +(counted(source) - Counter(LOST.get(layer)))


@pytest.mark.acceptance
def test_the_brat_layers_of_litbank_come_in_together(shared_dir, tmp_path):
    source = tmp_path / "litbank"
    for layer in DEFECTS:
        shutil.copytree(shared_dir / "corpora/litbank" / layer, source / layer)
    way = journey(source, tmp_path / "project", format="brat")
    assert dict(way.result.annotators) == dict.fromkeys(DEFECTS, 100)
    found = sorted((code, file.removeprefix(f"{source.as_posix()}/"), line) for code, file, line in way.findings)
    assert found == sorted(
        (code, f"{layer}/{file}", line) for layer, defects in DEFECTS.items() for code, file, line in defects
    )
    lost = sum(map(Counter, LOST.values()), Counter())
    assert +way.counts() == +(counted(source) - lost - Counter(texts=200))  # each text is there three times


@pytest.mark.acceptance
def test_the_examples_of_brat_come_in_whole(shared_dir, tmp_path):
    source = shared_dir / "corpora/brat-examples"
    way = journey(source, tmp_path / "project")
    # Parts of words are meant there: proteins within compounds ("H3|K27"). There is no defect.
    assert {code for code, _, _ in way.findings} == {"FMT017"}
    assert +way.counts() == +counted(source)


def test_the_examples_of_brat_go_out_as_they_came_in(shared_dir, tmp_path):
    source = shared_dir / "corpora/brat-examples"
    dataset_builder.import_corpus(source, tmp_path / "project")
    project = dataset_builder.open_project(tmp_path / "project")
    result = dataset_builder.export_corpus(project, "brat", tmp_path / "again")
    assert result.check.diagnostics == ()
    files = sorted(path for path in source.rglob("*") if path.suffix in (".ann", ".txt"))
    assert len(files) == 344
    for path in files:
        name = path.relative_to(source).as_posix().replace("/", "--")
        assert (tmp_path / "again" / name).read_bytes() == path.read_bytes(), name
