"""CoNLL: columns guessed or given, schemes, chains; what can't be held; both ways."""

import string
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import dataset_builder
from dataset_builder.check.rules.guessed import RULES
from dataset_builder.errors import UsageError
from dataset_builder.formats.conll import exporter, importer
from dataset_builder.formats.segments import segmented
from dataset_builder.formats.settle import settle
from dataset_builder.formats.source import Source
from dataset_builder.formats.tags import Marked, decode, encode, scheme_of
from dataset_builder.model.foreign import ForeignArticle, ForeignRecord, Item
from tests.formats.journey import journey
from tests.formats.mutations import damaged, nothing_worse

SAID = """\
-DOCSTART- -X- O O

Ada NNP I-NP I-PER
met VBD I-VP O
Bo NNP I-NP I-PER

Mill NNP I-NP I-ORG
Co NNP I-NP I-ORG
"""

CHAINED = """\
#begin document (mill/00); part 000
mill/00 0 0 Ada NNP (TOP* - - - Narrator (PERSON* (0|(1
mill/00 0 1 Bo NNP * - - - Narrator *) 1)
mill/00 0 2 met VBD * meet 01 1 Narrator * -
mill/00 0 3 her PRP *) - - - Narrator * 0)|(1)

#end document
#begin document (mill/00); part 001
mill/00 1 0 Ran VBD (TOP*) run 01 1 - * -
#end document
"""


def read(folder, **options):
    """The articles of a source, settled, and all troubles but what was guessed."""
    source = Source(folder)
    articles = list(importer(source, **options).read(lambda done, total: None))
    troubles = [*source.troubles]
    for article in articles:
        troubles += article.troubles
        for record in article.records:
            troubles += settle(record, article.text)
    return articles, [trouble for trouble in troubles if trouble.kind != "import-guessed"]


def spans(article, layer="entities"):
    return [
        (item.label, article.text[slice(*item.fragments[0])])
        for item in article.records[0].items
        if item.layer == layer
    ]


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_goes_all_the_way(tmp_path):
    way = journey(write(tmp_path / "said.conll", SAID), tmp_path / "project")
    assert way.result.format == "conll"
    assert way.load("entities")[0]["quote"] == "Ada"
    assert [code for code, _, _ in way.findings] == ["FMT041"]
    (said,) = way.result.check.diagnostics
    assert "word,pos,chunks,entities (chunks in iob1, entities in iob1)" in said.message
    lines = [line for line in SAID.splitlines()[1:] if line]
    expected = {"texts": 1, "entities": 3, "chunks": 4, "tokens": len(lines), "sentences": 2, "attributes": len(lines)}
    assert +way.counts() == expected


def test_the_rule_that_says_what_was_guessed(tmp_path):
    (rule,) = RULES
    for file, text in rule.broken.files.items():
        (tmp_path / file).parent.mkdir()
        write(tmp_path / file, text)
    result = dataset_builder.import_corpus(tmp_path / "outside", tmp_path / "project", format="conll")
    (found,) = result.check.diagnostics
    file, line, column = rule.broken.at
    assert (found.code, found.severity, found.place.line, found.place.column) == (
        rule.code,
        rule.severity,
        line,
        column,
    )
    assert found.place.file.endswith(file)


def test_the_text_has_a_sentence_a_line(tmp_path):
    (article,), _ = read(write(tmp_path / "said.conll", SAID))
    assert article.text == "Ada met Bo\nMill Co"
    assert [text for _, text in spans(article, "tokens")] == article.text.split()
    assert [text for _, text in spans(article, "sentences")] == article.text.split("\n")


TAGGED = {
    "bio": "B-PER I-PER B-PER O B-ORG",
    "iob1": "I-PER I-PER B-PER O I-ORG",
    "iobes": "B-PER E-PER S-PER O S-ORG",
    "bilou": "B-PER L-PER U-PER O U-ORG",
}


@pytest.mark.parametrize("scheme", TAGGED)
def test_each_scheme_says_the_same(tmp_path, scheme):
    lines = "".join(f"{word}\t{tag}\n" for word, tag in zip("abcde", TAGGED[scheme].split(), strict=True))
    path = write(tmp_path / "said.conll", lines)
    for options in ({}, {"scheme": scheme}):
        (article,), troubles = read(path, **options)
        assert (spans(article), troubles) == ([("PER", "a b"), ("PER", "c"), ("ORG", "e")], [])


def test_labels_without_prefixes(tmp_path):
    (article,), troubles = read(write(tmp_path / "said.conll", "a O\nb EVENT\nc O\nd O\n"))
    assert (spans(article), troubles) == ([("EVENT", "b")], [])


@pytest.mark.parametrize(
    ("lines", "scheme", "kind", "line"),
    [
        ("a B-X\nb I-Y\n", "bio", "import-loose", 2),
        ("a I-X\nb I-X\nc B-Y\n", "iob1", "import-loose", 3),
        ("a B-X\nb O\n", "iobes", "import-loose", 1),
        ("a O\nb L-X\n", "bilou", "import-loose", 2),
        ("a B-X\nb PER\n", "bio", "import-loose", 2),
        ("a B-X\nb\n", "bio", "import-syntax", 2),
        ("a B-X\nb O O\n", "bio", "import-syntax", 2),
        ("a\tB-X\n\tO\n", "bio", "import-syntax", 2),
    ],
)
def test_what_is_wrong_is_told_where_it_is(tmp_path, lines, scheme, kind, line):
    path = write(tmp_path / "said.conll", lines + "y O\nz O\n")
    (_,), troubles = read(path, columns="word,ner", scheme=scheme)
    assert [(trouble.kind, trouble.line) for trouble in troubles] == [(kind, line)]


def test_columns_are_named(tmp_path):
    path = write(tmp_path / "said.conll", "1\tAda\tada\tB-PER\tB-A\n2\tran\trun\tO\tO\n")
    (article,), troubles = read(path, columns="_,word,stem,_,part")
    assert troubles == []
    assert spans(article, "part") == [("A", "Ada")]
    assert {item.layer for item in article.records[0].items} == {"tokens", "sentences", "part"}
    assert article.records[0].items[-2].attributes == {"stem": "ada"}


def test_columns_that_a_file_states_are_taken_or_told(tmp_path):
    rows = "Ada B-A x\nran O y\n"
    (article,), troubles = read(write(tmp_path / "said.conll", f"# global.columns = word part stem\n{rows}"))
    assert (spans(article, "part"), troubles) == ([("A", "Ada")], [])
    (article,), troubles = read(write(tmp_path / "said.conll", f"# global.columns = part stem\n{rows}"))
    assert spans(article) == [("A", "Ada")]
    assert [(trouble.kind, trouble.line) for trouble in troubles] == [("import-configuration", 1)]


def test_nested_columns_comments_and_numbers_are_seen(tmp_path):
    lines = "# mill.example\n1\tAda\tB-PER\tO\n2\tCo\tI-PER\tB-ORG\n3\t#\tO\tO\n"
    (article,), troubles = read(write(tmp_path / "said.conll", lines))
    assert (article.text, troubles) == ("Ada Co #", [])
    assert (spans(article), spans(article, "entities_2")) == ([("PER", "Ada Co")], [("ORG", "Co")])
    assert next(item for item in article.records[0].items if item.layer == "sentences").extra == {
        "comments": ["# mill.example"]
    }


def test_spaces_that_do_not_break_stay_in_a_word(tmp_path):
    (article,), troubles = read(write(tmp_path / "said.conll", "10\u00a0000 B-NUM\nAda O\n"))
    assert (spans(article), troubles) == ([("NUM", "10\u00a0000")], [])


def test_chains(tmp_path):
    way = journey(write(tmp_path / "said.conll", CHAINED), tmp_path / "project")
    assert way.findings == []
    counts = way.counts()
    assert (counts["texts"], counts["mentions"], counts["chains"], counts["entities"]) == (2, 3, 2, 1)
    (first, _), troubles = read(tmp_path / "said.conll")
    assert troubles == []
    assert [text for _, text in spans(first, "mentions")] == ["Ada Bo met her", "Ada Bo", "her"]
    assert spans(first) == [("PERSON", "Ada Bo")]
    chains = {item.id: item.references["members"] for item in first.records[0].items if item.layer == "chains"}
    assert chains == {"chain-0": ("m1",), "chain-1": ("m2", "m3")}


def test_chains_as_litbank_has_them(tmp_path):
    """Tabs, nothing in the last column where there is no chain, and no columns that say something of words."""
    cells = [("Ada", "(0"), ("Bo", "0)"), ("ran", ""), ("home", "(1)|(2)")]
    lines = [f"mill\t0\t{number}\t{word}{chr(9)}" + "_\t" * 8 + chain for number, (word, chain) in enumerate(cells)]
    text = "#begin document (mill); part 0\n" + "\n".join(lines) + "\n\n#end document\n"
    (article,), troubles = read(write(tmp_path / "said.conll", text))
    assert (article.text, troubles) == ("Ada Bo ran home", [])
    assert [each for _, each in spans(article, "mentions")] == ["Ada Bo", "home", "home"]
    assert all(not item.attributes and not item.extra for item in article.records[0].items if item.layer == "tokens")


@pytest.mark.parametrize(("old", "new", "line"), [("0)|(1)", "(1)", 2), ("(0|(1", "(1", 5), ("*) 1)", "*) 1)|7)", 3)])
def test_brackets_that_do_not_match_are_told(tmp_path, old, new, line):
    _, troubles = read(write(tmp_path / "said.conll", CHAINED.replace(old, new)))
    assert [(trouble.kind, trouble.line) for trouble in troubles] == [("import-syntax", line)]


def test_documents_and_encodings(tmp_path):
    text = "-DOCSTART- -X- O\n\nné NN O\n\n-DOCSTART- -X- O\n\nAda NN B-PER\n"
    (tmp_path / "a.conll").write_bytes(text.encode("latin-1"))
    articles, troubles = read(tmp_path, encoding="latin-1")
    assert ([(article.name, article.text) for article in articles], troubles) == ([("a-1", "né"), ("a-2", "Ada")], [])
    articles, troubles = read(tmp_path)
    assert (articles, [trouble.kind for trouble in troubles]) == ([], ["import-unreadable"])


def test_tokens_may_be_left_out(tmp_path):
    (article,), _ = read(write(tmp_path / "said.conll", SAID), tokens="none")
    assert {item.layer for item in article.records[0].items} == {"chunks", "entities", "sentences"}


@pytest.mark.parametrize(
    ("made", "options", "message"),
    [
        (importer, {"scheme": "xyz"}, "no scheme"),
        (importer, {"columns": "pos,ner"}, "call one word"),
        (importer, {"columns": "word,x,x"}, "one name"),
        (importer, {"columns": "word,tokens"}, "layer of its own"),
        (importer, {"encoding": "klingon"}, "no encoding"),
        (importer, {"tokens": "some"}, "layer or none"),
        (importer, {"layers": "entities"}, "exports"),
        (exporter, {"scheme": "iob1"}, "bio, iobes or bilou"),
        (exporter, {"columns": "word"}, "imports"),
    ],
)
def test_options_that_mean_nothing_are_refused(tmp_path, made, options, message):
    given_ = (Source(write(tmp_path / "said.conll", SAID)),) if made is importer else ()
    with pytest.raises(UsageError, match=message):
        made(*given_, **options)


def exported(article, **options):
    (written,) = exporter(**options).write([article], ["x"])
    return written.data.decode(), [(trouble.kind, trouble.message) for trouble in written.troubles]


def article_of(text, *items):
    record = ForeignRecord(annotator="x", items=list(items))
    return ForeignArticle(name="mill", text=text, file="mill.txt", records=[record])


def test_what_a_column_cannot_hold_is_listed():
    items = (
        Item("e1", "entities", "PER", ((0, 10),)),
        Item("e2", "entities", "PER", ((4, 7),)),
        Item("e3", "entities", "PER", ((12, 14), (19, 21))),
        Item("e4", "entities", "two words", ((15, 18),)),
        Item("e5", "entities", "ORG", ((19, 25),)),
        Item("r1", "relations", "knows"),
    )
    data, troubles = exported(article_of("Ada met Bo. Cy saw Di\nEve.", *items), scheme="iobes")
    assert "S-two_words" in data
    told = [(kind, message.partition(":")[0]) for kind, message in troubles]
    assert told == [
        ("export-lost", '"e2" of entities'),
        ("export-lost", '"e3" of entities'),
        ("export-changed", '"e4" of entities'),
        ("export-lost", '"e5" of entities'),
        ("export-lost", "columns have no place for relations"),
        ("export-changed", "what parts the words of the text can't be held"),
    ]


def test_spans_off_the_edges_of_given_tokens_are_widened_and_told():
    items = (Item("t1", "tokens", None, ((0, 3),)), Item("e1", "entities", "PER", ((0, 2),)))
    data, troubles = exported(article_of("Ada", *items))
    assert "Ada B-PER" in data
    assert troubles == [("export-changed", '"e1" of entities: it is widened to whole tokens')]


def test_simple_tokens_are_cut_at_the_edges_of_spans():
    data, troubles = exported(article_of("Adas", Item("e1", "entities", "PER", ((0, 3),))))
    assert "Ada B-PER\ns O" in data
    assert [kind for kind, _ in troubles] == ["export-changed"]


def test_a_project_exports_and_comes_back(tmp_path):
    way = journey(write(tmp_path / "said.conll", SAID), tmp_path / "project")
    result = dataset_builder.export_corpus(way.project, "conll", tmp_path / "out", options={"scheme": "iobes"})
    assert result.check.diagnostics == ()
    (again,), troubles = read(tmp_path / "out")
    (first,), _ = read(tmp_path / "said.conll")
    assert (said(again), troubles) == (said(first), [])


def test_a_layer_that_is_not_there_is_refused(tmp_path):
    way = journey(write(tmp_path / "said.conll", SAID), tmp_path / "project")
    with pytest.raises(UsageError, match="no layer 'events'"):
        dataset_builder.export_corpus(way.project, "conll", tmp_path / "out", options={"layers": "events"})
    assert not (tmp_path / "out").exists()


def said(article):
    """All that a document says, without where it says it."""
    return article.text, sorted(item._replace(file="", line=0) for item in article.records[0].items)


LABELS = st.text(string.ascii_letters + "-_é", min_size=1, max_size=4)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3), LABELS), max_size=6),
    st.sampled_from(["bio", "iobes", "bilou"]),
)
def test_tags_say_what_was_marked(pieces, scheme):
    marked, at = [], 0
    for gap, length, label in pieces:
        marked.append(Marked(at + gap, at + gap + length, label))
        at += gap + length
    tags = encode(marked, at + 1, scheme)
    assert decode(tags, scheme) == (marked, [])
    if scheme == "bio":
        assert scheme_of([tags]) == "bio" or decode(tags, scheme_of([tags])) == (marked, [])


WORDS = st.text(st.characters(categories=["L", "N", "P", "S", "M"]), min_size=1, max_size=5)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.lists(st.tuples(WORDS, st.booleans()), min_size=1, max_size=5), min_size=1, max_size=4),
    st.sampled_from(["bio", "iobes", "bilou"]),
)
def test_a_document_comes_back_as_it_was(tmp_path_factory, sentences, scheme):
    assume(not any(word.startswith("#") for sentence in sentences for word, _ in sentence[:1]))
    lines = ["-DOCSTART- O\n"]
    for sentence in sentences:
        lines += [f"{word} {'B-X' if marks else 'O'}" for word, marks in sentence]
        lines.append("")
    folder = tmp_path_factory.mktemp("round")
    write(folder / "made.conll", "\n".join(lines))
    (article,), troubles = read(folder, columns="word,ner")
    assert troubles == []
    first = said(article)
    data, lost = exported(article, scheme=scheme)
    assert lost == []
    back = tmp_path_factory.mktemp("back")
    write(back / "made.conll", data)
    (again,), troubles = read(back, columns="word,ner", scheme=scheme)
    assert (said(again), troubles) == (first, [])


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30), st.data())
def test_every_span_is_written_or_listed(text, data):
    assume(text.strip())
    offsets = st.integers(0, len(text) - 1)
    pairs = data.draw(st.lists(st.tuples(offsets, st.integers(1, 8)), max_size=6))
    items = [
        Item(f"e{number}", "entities", "X", ((start, min(start + length, len(text))),))
        for number, (start, length) in enumerate(pairs)
    ]
    article = article_of(text, *items)
    tokens = segmented(text, article.records[0]).tokens
    assert all(before[1] <= after[0] for before, after in pairwise(tokens))
    assert "".join("".join(text[start:end] for start, end in tokens).split()) == "".join(text.split())
    data_, troubles = exported(article)
    written = sum(line.endswith("B-X") for line in data_.split("\n"))
    assert written + sum(kind == "export-lost" for kind, _ in troubles) == len(items)


CONLL = [b"", b"\t", b"\n", b"\n\n", b"(", b")", b"|", b"*", b"#", b"\xff", b"-DOCSTART-\n", b" "]


@settings(max_examples=150, deadline=None)
@given(damaged({"mill.conll": SAID}, CONLL) | damaged({"mill.conll": CHAINED}, CONLL))
def test_mutated_files_give_findings(tmp_path_factory, files):
    folder = tmp_path_factory.mktemp("mutated")
    (folder / "mill.conll").write_bytes(files["mill.conll"])
    nothing_worse(*read(folder))
