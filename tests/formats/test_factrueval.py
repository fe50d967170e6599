"""FactRuEval-2016, all the way to `load_dataset`."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings

from dataset_builder.errors import UsageError
from dataset_builder.formats.factrueval import importer
from dataset_builder.formats.settle import settle
from dataset_builder.formats.source import Source
from tests.formats.journey import journey
from tests.formats.mutations import damaged, nothing_worse

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


@pytest.mark.acceptance
def test_the_collection_comes_in_whole(shared_dir, tmp_path):
    source = shared_dir / "corpora" / "factrueval" / "devset"
    way = journey(source, tmp_path / "project")
    assert way.result.format == "factrueval"
    told = {(code, file.rpartition("/")[2], line) for code, file, line in way.findings}
    assert told == DEFECTS
    expected = counted(source)
    found = way.counts()
    for name in ("texts", "tokens", "sentences", "spans", "objects", "coref", "facts", "referents"):
        assert found[name] == expected[name], name
    assert sum(len(fact["arguments"]) for fact in way.load("facts")) == expected["arguments"]


MILL = {
    "mill.txt": "Ada Bo runs the Mill.\n",
    "mill.tokens": "1 0 3 Ada\n2 4 2 Bo\n3 7 4 runs\n4 12 3 the\n5 16 4 Mill\n6 20 1 .\n",
    "mill.spans": "11 name 0 3 1 1  # 1 Ada\n12 surname 4 2 2 1  # 2 Bo\n13 org_name 16 4 5 1  # 5 Mill\n",
    "mill.objects": "21 Person 11 12 # Ada Bo\n22 Org 13 # Mill\n",
    "mill.coref": "31 21\nname Ada Bo\nwikidata \n\n32 22\nname Mill\nname The Mill\n",
    "mill.facts": "1-0 Occupation\nWho obj31 Ada Bo\nWhere obj32 Mill | The Mill\nPosition span13 Mill\nPhase past\n",
}


def read(folder, files, **options):
    """The articles of a collection of `files`, settled, and all troubles."""
    for name, text in files.items():
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    source = Source(folder)
    articles = list(importer(source, **options).read(lambda done, total: None))
    troubles = [*source.troubles]
    for article in articles:
        troubles += article.troubles
        for record in article.records:
            troubles += settle(record, article.text)
    return articles, troubles


def test_layers_refer_to_one_another(tmp_path):
    (article,), troubles = read(tmp_path, MILL)
    items = {item.id: item for item in article.records[0].items}
    assert troubles == []
    assert items["mention21"].references == {"spans": ("span11", "span12")}
    assert items["obj31"].references == {"members": ("mention21",)}
    assert items["obj32"].attributes == {"name": ["Mill", "The Mill"]}
    fact = items["fact1-0"]
    assert fact.arguments == (("Who", "obj31"), ("Where", "obj32"), ("Position", "span13"))
    assert fact.attributes == {"Phase": ["past"]}
    assert fact.extra["stated"]["Where"] == ["obj32 Mill | The Mill"]


def test_tokens_may_be_left_out(tmp_path):
    (article,), _ = read(tmp_path, MILL, tokens="none")
    assert "tokens" not in {item.layer for item in article.records[0].items}
    with pytest.raises(UsageError, match="layer or none"):
        importer(Source(tmp_path), tokens="some")


@pytest.mark.parametrize(
    ("file", "line", "told"),
    [
        ("mill.tokens", "9 x 3 Ada", "import-syntax"),
        ("mill.tokens", "9 0 3 Bob", "import-quote"),
        ("mill.spans", "19 name 0 3", "import-syntax"),
        ("mill.spans", "19 nick 0 90 1 1  # 1 Ada", "import-moved"),
        ("mill.spans", "19 name 90 3 1 1  # 1 Eve", "import-range"),
        ("mill.spans", "19 nick 0 3 9 1  # 9 Ada", "import-loose"),
        ("mill.spans", "19 name 0 11 1 2  # 1 3 Ada runs", "import-fragments"),
        ("mill.spans", "11 nickname 0 3 1 1  # 1 Ada", "import-repeated"),
        ("mill.spans", "11 nickname 4 2 2 1  # 2 Bo", "import-duplicate-id"),
        ("mill.objects", "29 Person x", "import-syntax"),
        ("mill.objects", "29 Person 99", "import-dangling"),
        ("mill.coref", "\n39 99", "import-dangling"),
        ("mill.coref", "\nname Ada", "import-syntax"),
        ("mill.coref", "\n39 21\nname", "import-syntax"),
        ("mill.facts", "\n1-9 Deal\nWho obj99 Ada", "import-dangling"),
        ("mill.facts", "\n1-9 Deal x", "import-syntax"),
        ("mill.facts", "\n1-9 Deal\nWho", "import-syntax"),
        ("fair.spans", "1 name 0 3 1 1", "import-no-text"),
    ],
)
def test_what_is_wrong_is_told_where_it_is(tmp_path, file, line, told):
    files = {**MILL, file: f"{MILL.get(file, '')}{line}\n"}
    _, troubles = read(tmp_path, files)
    last = files[file].count("\n")
    (trouble,) = troubles
    assert (trouble.kind, trouble.file) == (told, file)
    assert trouble.line in ({1} if told == "import-no-text" else {last, last - 1} if "\n" in line[1:] else {last})


@settings(max_examples=100, deadline=None)
@given(damaged(MILL, [b"", b"\n", b" ", b"#", b"9", b"obj", b"|", b"\xff", b"-", b"999999999999999"]))
def test_mutated_files_give_findings(tmp_path_factory, files):
    nothing_worse(*read(tmp_path_factory.mktemp("mutated"), files))
