"""FactRuEval-2016, all the way to `load_dataset`."""

import re
from collections import Counter

from tests.formats.journey import journey

DEFECTS = {
    # spans of one id and place that are given two types: the second is kept as an attribute
    ("FMT011", "book_100.spans", 21),
    ("FMT011", "book_260.spans", 13),
    ("FMT011", "book_483.spans", 10),
    ("FMT011", "book_506.spans", 2),
    # a span of three tokens, between which lies one that isn't its: taken in pieces
    ("FMT005", "book_367.spans", 30),
    # a fact that is there twice, under the same id
    ("FMT007", "book_259.facts", 42),
    # properties of objects without a value
    ("FMT002", "book_424.coref", 17),
    ("FMT002", "book_622.coref", 2),
}


def counted(source):
    """What the lines of the layers say, counted without reading them as the importer does."""
    found = Counter(texts=sum(1 for _ in source.glob("*.txt")))
    for path in source.iterdir():
        text = path.read_text(encoding="utf-8").strip("\n")
        lines = text.split("\n")
        filled = [line for line in lines if line]
        groups = [group for group in text.split("\n\n") if group.strip()]
        match path.suffix:
            case ".tokens":
                found["tokens"] += len(filled)
                found["sentences"] += len(groups)
            case ".spans":
                found["spans"] += len({line.split()[0] for line in filled})
            case ".objects":
                found["objects"] += len(filled)
            case ".coref":
                found["coref"] += len(groups)
                properties = (line.split(" ", 1) for line in filled if line.startswith("wikidata"))
                found["referents"] += sum(bool(value.strip()) for _, value in properties)
            case ".facts":
                facts = {group.split()[0]: group for group in groups}
                found["facts"] += len(facts)
                found["arguments"] += sum(len(re.findall(r" (?:obj|span)\d+ ", fact)) for fact in facts.values())
    return found


def test_the_collection_comes_in_whole(shared_dir, tmp_path):
    source = shared_dir / "corpora" / "factrueval" / "devset"
    way = journey(source, tmp_path / "project")
    assert way.result.format == "factrueval"
    assert {(code, file.rpartition("/")[2], line) for code, file, line in way.findings} == DEFECTS
    expected = counted(source)
    found = way.counts()
    for name in ("texts", "tokens", "sentences", "spans", "objects", "coref", "facts", "referents"):
        assert found[name] == expected[name], name
    assert sum(len(fact["arguments"]) for fact in way.load("facts")) == expected["arguments"]
