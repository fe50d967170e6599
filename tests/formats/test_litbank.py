"""LitBank, whole and folder by folder, all the way to `load_dataset`."""

from collections import Counter

import pytest

from tests.formats.journey import journey

ORPHANS = {
    # remarks on events that are no more there
    ("FMT006", "events/11_alices_adventures_in_wonderland_brat.ann", 92),
    ("FMT006", "events/158_emma_brat.ann", 46),
    ("FMT006", "events/158_emma_brat.ann", 47),
    ("FMT006", "events/41286_miss_marjoribanks_brat.ann", 122),
}
DEFECTS = ORPHANS | {
    # a relation one of whose mentions is no more there
    ("FMT006", "coref/4217_a_portrait_of_the_artist_as_a_young_man_brat.ann", 628),
    # the same words are marked as a mention of the same kind twice
    ("FMT011", "coref/27_far_from_the_madding_crowd_brat.ann", 476),
}


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


@pytest.mark.parametrize("folder", ["events", "entities"])
def test_what_is_in_brats_form_comes_in_as_brat(shared_dir, tmp_path, folder):
    source = shared_dir / "corpora" / "litbank" / folder
    way = journey(source, tmp_path / "project")
    assert way.result.format == "brat"
    assert named(way) == (ORPHANS if folder == "events" else set())
    expected = Counter(texts=sum(1 for _ in source.glob("*.txt")))
    for _, fields in lines_of(source):
        expected["entities" if fields[0].startswith("T") else "notes"] += 1
    expected["notes"] -= len(named(way))
    assert +way.counts() == +expected
