"""CoNLL-U: words, words in one, words that aren't written, dependencies, entities; the text; both ways."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import dataset_builder
from dataset_builder.errors import UsageError
from dataset_builder.formats.conllu import exporter, importer
from dataset_builder.formats.settle import settle
from dataset_builder.formats.source import Source
from dataset_builder.model.foreign import ForeignArticle
from tests.formats.journey import journey
from tests.formats.mutations import damaged, nothing_worse

# A Spanish clitic in one word with its verb; an empty node; entities as tags; a chain over two sentences.
SAID = """\
# newdoc id = mill
# global.Entity = eid-etype
# sent_id = mill-1
# text = ¡Dámelo, Ada Bo!
1\t¡\t¡\tPUNCT\t_\t_\t2\tpunct\t_\tSpaceAfter=No
2-4\tDámelo\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No
2\tDá\tdar\tVERB\t_\tMood=Imp|Number=Sing\t0\troot\t_\t_
3\tme\tyo\tPRON\t_\tCase=Dat\t2\tobl\t_\t_
4\tlo\télo\tPRON\t_\tCase=Acc\t2\tobj\t_\t_
5\t,\t,\tPUNCT\t_\t_\t6\tpunct\t_\t_
6\tAda\tAda\tPROPN\t_\t_\t2\tvocative\t2:vocative\tEntity=(e1-person|NER=B-PER
7\tBo\tBo\tPROPN\t_\t_\t6\tflat\t6:flat\tEntity=e1)|Gloss=Bo|NER=I-PER|SpaceAfter=No
7.1\tcome\tcome\tVERB\t_\t_\t_\t_\t2:conj\t_
8\t!\t!\tPUNCT\t_\t_\t2\tpunct\t_\t_

# newpar
# sent_id = mill-2
# text = She ran.
1\tShe\tshe\tPRON\t_\t_\t2\tnsubj\t_\tEntity=(e1-person)
2\tran\trun\tVERB\t_\t_\t0\troot\t_\tSpaceAfter=No
3\t.\t.\tPUNCT\t_\t_\t2\tpunct\t_\t_
"""
TEXT = "¡Dámelo, Ada Bo!\n\nShe ran."


def read(path, **options):
    """The articles of a source, settled, and all troubles."""
    source = Source(path)
    articles = list(importer(source, **options).read(lambda done, total: None))
    troubles = [*source.troubles]
    for article in articles:
        troubles += article.troubles
        for record in article.records:
            troubles += settle(record, article.text)
    return articles, troubles


def items(article, layer):
    return [item for item in article.records[0].items if item.layer == layer]


def covered(article, layer):
    return [(item.label, article.text[slice(*item.fragments[0])]) for item in items(article, layer)]


@pytest.fixture
def mill(tmp_path):
    path = tmp_path / "mill.conllu"
    path.write_text(SAID, encoding="utf-8")
    return path


def test_a_file_goes_all_the_way(mill, tmp_path):
    way = journey(mill, tmp_path / "project")
    assert (way.result.format, way.findings) == ("conllu", [])
    counts = way.counts()
    words = [line for line in SAID.splitlines() if line[:1].isdigit()]
    plain = [line for line in words if line.split("\t")[0].isdigit()]
    assert counts["words"] == len(plain)
    assert counts["multiwords"] == sum("-" in line.split("\t")[0] for line in words)
    assert counts["empty_nodes"] == sum("." in line.split("\t")[0] for line in words)
    assert (counts["sentences"], counts["mentions"], counts["chains"], counts["entities"]) == (2, 2, 1, 1)
    assert [row["text"] for row in way.load()] == [TEXT]
    heads = [row["head"] for row in way.load("words")]
    assert sum(head is not None for head in heads) == sum(line.split("\t")[6] not in "0_" for line in plain)


def test_the_text_is_what_the_words_and_their_spaces_make(mill):
    (article,), troubles = read(mill)
    assert (article.name, article.text, troubles) == ("mill", TEXT, [])
    assert covered(article, "multiwords") == [(None, "Dámelo")]
    assert [text for _, text in covered(article, "words")][1:4] == ["Dámelo"] * 3
    assert [item.attributes["form"] for item in items(article, "words")[1:4]] == ["Dá", "me", "lo"]
    assert covered(article, "entities") == [("PER", "Ada Bo")]
    assert covered(article, "mentions") == [("person", "Ada Bo"), ("person", "She")]
    assert items(article, "chains")[0].references == {"members": ("m1", "m2")}
    assert [item.references for item in items(article, "mentions")] == [{"chain": "chain-e1"}] * 2
    assert items(article, "empty_nodes")[0].attributes["deps"] == "2:conj"


def test_dependencies_become_relations_if_asked(mill):
    (article,), troubles = read(mill, dependencies="relations")
    assert troubles == []
    first = items(article, "dependencies")[0]
    assert (first.label, dict(first.arguments)) == ("punct", {"head": "1.2", "dependent": "1.1"})
    assert not any(item.references for item in items(article, "words"))


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("1\tAda\t_\t_\t_\t_\t0\troot\t_", "import-syntax"),
        ("one\tAda\t_\t_\t_\t_\t0\troot\t_\t_", "import-syntax"),
        ("2-1\tAda\t_\t_\t_\t_\t_\t_\t_\t_", "import-syntax"),
        ("2\tAda\t_\t_\t_\t_\tx\troot\t_\t_", "import-syntax"),
        ("2\tAda\t_\t_\t_\t_\t9\tobj\t_\t_", "import-dangling"),
        ("1\tAda\t_\t_\t_\t_\t0\troot\t_\t_", "import-duplicate-id"),
        ("2\tAda\t_\t_\t_\t_\t0\troot\t_\tEntity=e1)", "import-syntax"),
        ("2\tAda\t_\t_\t_\t_\t0\troot\t_\tEntity=(e1", "import-syntax"),
        ("2\tAda\t_\t_\t_\t_\t0\troot\t_\tNER=I-PER", "import-loose"),
    ],
)
def test_what_is_wrong_is_told_where_it_is(tmp_path, line, kind):
    (tmp_path / "one.conllu").write_text(f"1\tBo\t_\t_\t_\t_\t0\troot\t_\tNER=B-ORG\n{line}\n", encoding="utf-8")
    _, troubles = read(tmp_path)
    assert [(trouble.kind, trouble.line) for trouble in troubles] == [(kind, 2)]


def test_a_stated_text_of_other_words_is_told(tmp_path):
    (tmp_path / "one.conllu").write_text("# text = Bo ran\n1\tAda\t_\t_\t_\t_\t0\troot\t_\t_\n", encoding="utf-8")
    (article,), troubles = read(tmp_path)
    assert (article.text, [(trouble.kind, trouble.line) for trouble in troubles]) == ("Ada", [("import-loose", 1)])


def test_documents_of_one_name_are_told_apart(tmp_path):
    block = "# newdoc id = mill\n1\tAda\t_\t_\t_\t_\t0\troot\t_\t_\n\n"
    (tmp_path / "two.conllu").write_text(block * 2, encoding="utf-8")
    articles, troubles = read(tmp_path)
    assert [article.name for article in articles] == ["mill", "mill-2"]
    assert [(trouble.kind, trouble.line) for trouble in troubles] == [("import-loose", 4)]


def test_options_that_mean_nothing_are_refused(mill):
    with pytest.raises(UsageError, match="relations"):
        read(mill, dependencies="yes")
    with pytest.raises(UsageError, match="imports"):
        exporter(dependencies="relations")


def test_a_project_exports_and_comes_back(mill, tmp_path):
    way = journey(mill, tmp_path / "project")
    result = dataset_builder.export_corpus(way.project, "conllu", tmp_path / "out")
    assert result.check.diagnostics == ()
    assert said(*read(tmp_path / "out")[0]) == said(*read(mill)[0])


def test_a_mention_in_pieces_comes_back(tmp_path):
    rows = [("a", "(e1[1/2]-x"), ("b", "e1[1/2])"), ("c", ""), ("d", "(e1[2/2]-x)"), ("e", "(e1-x)")]
    lines = [
        f"{number}\t{form}\t_\t_\t_\t_\t_\t_\t_\t{f'Entity={entity}' if entity else '_'}"
        for number, (form, entity) in enumerate(rows, start=1)
    ]
    (tmp_path / "one.conllu").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (article,), troubles = read(tmp_path)
    assert troubles == []
    assert [item.fragments for item in items(article, "mentions")] == [((0, 3), (6, 7)), ((8, 9),)]
    assert [item.references["members"] for item in items(article, "chains")] == [("m1", "m2")]
    (written,) = exporter().write([article], ["conllu"])
    assert written.troubles == ()
    assert [line.split("\t")[-1] for line in written.data.decode().splitlines() if "\t" in line] == [
        line.split("\t")[-1] for line in lines
    ]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40).filter(str.strip))
@example("0 \u0e31")  # a mark that stands on a space
@example("\u0600 a")  # a character that takes what follows with it
def test_any_text_comes_back_to_the_letter(tmp_path_factory, text):
    article = ForeignArticle(name="made", text=text, file="made.txt")
    (written,) = exporter().write([article], [])
    folder = tmp_path_factory.mktemp("text")
    (folder / "made.conllu").write_bytes(written.data)
    (again,), troubles = read(folder)
    assert (again.text, troubles) == (text.strip(), [])
    assert bool(written.troubles) == (text != text.strip())


def said(article):
    """All that a document says, without where it says it."""
    return article.name, article.text, [item._replace(file="", line=0) for item in article.records[0].items]


WORDS = st.text(st.characters(categories=["L", "N", "P", "S", "M"]), min_size=1, max_size=5).filter(
    lambda word: word.strip() == word and word != "_"
)
CELLS = st.one_of(st.just("_"), st.from_regex(r"[a-zé]{1,4}", fullmatch=True))


@st.composite
def files(draw):
    """A document of sentences, with words in one, words that aren't written, entities and spaces."""
    lines = ["# newdoc id = made"]
    for sentence in range(draw(st.integers(1, 3))):
        lines.append(f"# sent_id = {sentence + 1}")
        number = 0
        for place in range(draw(st.integers(1, 4))):
            several = draw(st.sampled_from([1, 1, 1, 2, 3]))
            gap = draw(st.sampled_from(["_", "_", "SpaceAfter=No", r"SpacesAfter=\s\n"]))
            tag = draw(st.sampled_from(["", "NER=B-X"]))
            if several > 1:
                lines.append(f"{number + 1}-{number + several}\t{draw(WORDS)}" + "\t_" * 7 + f"\t{gap}")
            for inner in range(several):
                number += 1
                mark = (tag if inner == 0 else tag.replace("B-", "I-")) if tag else ""
                misc = "|".join(each for each in (mark, gap if several == 1 and gap != "_" else "") if each) or "_"
                head = "0\troot" if number == 1 else f"{draw(st.integers(1, number - 1))}\tobj"
                fields = (str(number), draw(WORDS), draw(CELLS), draw(CELLS), draw(CELLS), draw(CELLS), head, "_", misc)
                lines.append("\t".join(fields))
            if draw(st.booleans()) and place == 0:
                lines.append(f"{number}.1\t{draw(WORDS)}\t_\t_\t_\t_\t_\t_\t1:dep\t_")
        lines.append("")
    return "\n".join(lines)


@settings(max_examples=60, deadline=None)
@given(files())
def test_a_document_comes_back_as_it_was(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("round")
    (folder / "made.conllu").write_text(text, encoding="utf-8")
    (article,), troubles = read(folder)
    assert {trouble.kind for trouble in troubles} <= {"import-doubled"}  # two words in one that are alike
    first = said(article)
    (written,) = exporter().write([article], ["conllu"])
    assert written.troubles == ()
    back = tmp_path_factory.mktemp("back")
    (back / "made.conllu").write_bytes(written.data)
    (again,), told = read(back)
    assert len(told) == len(troubles)
    assert said(again) == first


CONLLU = [b"", b"\t", b"\n", b"(", b")", b"-", b".", b"1", b"\xff", b"|", b"=", b"# newdoc\n", b"0"]


@settings(max_examples=150, deadline=None)
@given(damaged({"mill.conllu": SAID}, CONLLU))
def test_mutated_files_give_findings(tmp_path_factory, files):
    folder = tmp_path_factory.mktemp("mutated")
    (folder / "mill.conllu").write_bytes(files["mill.conllu"])
    nothing_worse(*read(folder))
