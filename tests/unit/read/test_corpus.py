import gzip
import json
import os
import random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset_builder.model.project import Fields, Limits, Paths, Project
from dataset_builder.model.source import Source
from dataset_builder.read import corpus as corpus_
from dataset_builder.read import files as files_
from dataset_builder.read.corpus import read_corpus
from dataset_builder.read.files import Reader


def lines(*records):
    return "".join(f"{record if isinstance(record, str) else json.dumps(record)}\n" for record in records)


def packed(*records, ending=".jsonl"):
    data = lines(*records).encode()
    return {
        ".jsonl": lambda: data,
        ".jsonl.gz": lambda: gzip.compress(data, mtime=0),
        ".jsonl.zst": lambda: pa.compress(data, "zstd", asbytes=True),
    }[ending]()


@pytest.fixture
def read(root, put, project_at, tmp_path):
    """Writes files into the project and reads its corpus."""
    spool = tmp_path / "spool"
    spool.mkdir()

    def run(files=None, **settings):
        put(root, files or {})
        return read_corpus(project_at(root, **settings), spool)

    return run


def flaws(corpus):
    return [(found.source.file, found.source.line, found.flaws[0].kind) for found in corpus.flaws]


def text_of(root, article):
    with Reader(root) as reader:
        return article.text and reader.read(article.text)


def places(sources):
    return [(key, source.file, source.line) for key, source in sources]


# One file an article


def test_text_and_sidecar_of_one_name_are_one_article(read):
    corpus = read({"seeds/b.txt": "B", "seeds/a.txt": "A", "seeds/a.json": "{}", "seeds/c.json": "{}"})
    assert [(article.id, article.text, article.metadata) for article in corpus.articles] == [
        ("a", Source("seeds/a.txt"), Source("seeds/a.json")),
        ("b", Source("seeds/b.txt"), None),
        ("c", None, Source("seeds/c.json")),
    ]
    assert not any(article.packed for article in corpus.articles)
    assert corpus.flaws == []


def test_a_name_may_have_dots_spaces_and_any_letters(read):
    names = ["a.b", "a.b.c", "x y", "日本", "e\u0301", "é", "1", "a.jsonl", "𝄞", "CON"]
    corpus = read({f"seeds/{name}.txt": name for name in names} | {f"seeds/{name}.json": "{}" for name in names})
    assert [article.id for article in corpus.articles] == sorted(names)
    assert all(article.text and article.metadata for article in corpus.articles)


def test_articles_may_lie_in_folders_which_are_no_part_of_their_ids(read):
    corpus = read({"seeds/2024/x/a.txt": "", "seeds/2024/x/a.json": "{}", "seeds/b.txt": "", "seeds/z/c.json": "{}"})
    assert [article.id for article in corpus.articles] == ["a", "b", "c"]
    assert corpus.articles[0].text == Source("seeds/2024/x/a.txt")
    assert corpus.articles[0].metadata == Source("seeds/2024/x/a.json")
    assert corpus.duplicates == []


def test_hidden_files_and_other_endings_are_no_articles(read):
    corpus = read({"seeds/.a.txt": "", "seeds/.git/a.txt": "", "seeds/README.md": "", "seeds/x": "", "seeds/y.csv": ""})
    assert (list(corpus.articles), corpus.flaws) == ([], [])


@pytest.mark.parametrize("text", [b"\xef\xbb\xbfa\r\nb\rc\n", b"", b" \n", b"\xff"])
def test_a_text_is_not_touched(read, root, text):
    (article,) = read({"seeds/a.txt": text}).articles
    assert text_of(root, article) == text


def test_neither_texts_nor_records_are_opened_to_find_them(read, opened):
    read({"seeds/a.txt": "", "seeds/a.json": "{}", "annotations/ann/a.json": "{}", "annotations/links/l.json": "{}"})
    opened.clear()
    read()
    assert {path.suffix for path in opened} == {""}, "folders are listed, files are not opened"


# Packed articles


@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz", ".jsonl.zst"])
def test_packed_articles_have_their_ids_within(read, root, ending):
    data = packed({"id": "b", "text": "Bé\r\n"}, "", {"id": "a", "text": "\ufeffA"}, {"id": "c"}, ending=ending)
    corpus = read({f"seeds/all{ending}": data})
    assert corpus.flaws == []
    a, b, c = corpus.articles
    assert [(x.id, x.packed, x.metadata.file, x.metadata.line) for x in (a, b, c)] == [
        ("a", True, f"seeds/all{ending}", 3),
        ("b", True, f"seeds/all{ending}", 1),
        ("c", False, f"seeds/all{ending}", 4),
    ]
    assert json.loads(text_of(root, b))["text"] == "Bé\r\n"
    assert json.loads(text_of(root, a))["text"] == "\ufeffA"
    assert (a.text, c.text) == (a.metadata, None)


def test_the_names_of_fields_and_folders_are_the_projects(read):
    corpus = read(
        {
            "texts/all.jsonl": packed({"key": "k1", "body": "x", "id": "no"}),
            "marks/all.jsonl": packed({"of": "k1", "by": "ann"}),
            "marks/ties/t.json": "{}",
            "seeds/not-here.txt": "",
        },
        fields=Fields(id="key", text="body", article="of", annotator="by"),
        paths=Paths(articles="texts", annotations="marks", links="marks/ties"),
    )
    (article,) = corpus.articles
    assert (article.id, article.packed, [record.annotator for record in article.records]) == ("k1", True, ["ann"])
    assert corpus.links == [Source("marks/ties/t.json")]
    assert corpus.flaws == corpus.orphans == []


def test_both_layouts_live_side_by_side(read):
    corpus = read(
        {
            "seeds/a.txt": "",
            "seeds/b.jsonl": packed({"id": "b1", "text": ""}, {"id": "b2", "text": None}),
            "seeds/deep/c.jsonl.gz": packed({"id": "c", "text": ""}, ending=".jsonl.gz"),
            "annotations/ann/a.json": "{}",
            "annotations/ann/b.jsonl": packed({"article": "b1"}, {"article": "c", "annotator": "ann"}),
            "annotations/rest.jsonl": packed({"article": "a", "annotator": "bo"}),
        }
    )
    assert corpus.flaws == corpus.orphans == corpus.doubled_records == corpus.duplicates == []
    assert [(article.id, [r.annotator for r in article.records]) for article in corpus.articles] == [
        ("a", ["ann", "bo"]),
        ("b1", ["ann"]),
        ("b2", []),
        ("c", ["ann"]),
    ]


def test_lines_that_hold_no_record_are_kept_for_explaining(read):
    corpus = read(
        {
            "seeds/x.jsonl": lines({"id": "a", "text": ""}, '{"id": ', "[1]", '{"id": "b", "text": "\\ud800"}'),
            "annotations/x.jsonl": lines("null", "nonsense"),
        }
    )
    assert [article.id for article in corpus.articles] == ["a"]
    assert [(kind, source.file, source.line) for kind, source in corpus.unread] == [
        ("article", "seeds/x.jsonl", 2),
        ("article", "seeds/x.jsonl", 3),
        ("article", "seeds/x.jsonl", 4),
        ("annotation", "annotations/x.jsonl", 1),
        ("annotation", "annotations/x.jsonl", 2),
    ]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"seeds/x.jsonl": lines({"id": "a", "text": ""})}, set()),
        ({"seeds/x.jsonl": lines({"id": "a", "text": ""}, '{"id": ')}, {"article"}),
        ({"seeds/x.jsonl": lines({"id": "a", "text": "x" * 100})}, {"article"}),
        ({"seeds/x.jsonl.gz": b"no gzip"}, {"article"}),
        ({"annotations/x.jsonl": lines('{"article": ')}, {"annotation"}),
        ({"annotations/x.jsonl": lines({"remarks": "x" * 100})}, {"annotation"}),
        ({"annotations/x.jsonl.zst": b"no zstd"}, {"annotation"}),
        ({"annotations/links/x.jsonl": lines('{"id": ')}, set()),
        ({"annotations/links/x.jsonl.gz": b"no gzip"}, set()),
        ({"seeds/a.json": '{"id": ', "annotations/ann/a.json": "{"}, set()),
    ],
)
def test_packed_records_that_cannot_be_read_leave_the_corpus_incomplete(read, files, expected):
    assert read(files, limits=Limits(bytes=50)).incomplete == expected


@pytest.mark.parametrize("record", [{"text": "x"}, {"id": None}, {"id": 7}, {"id": ["a"]}, {"ID": "a"}])
def test_a_packed_article_without_an_id_is_a_flaw(read, record):
    corpus = read({"seeds/x.jsonl": lines({"id": "a", "text": ""}, record)})
    assert [article.id for article in corpus.articles] == ["a"]
    assert flaws(corpus) == [("seeds/x.jsonl", 2, "unaddressed")]


def test_a_line_over_the_limit_is_no_article(read):
    data = lines({"id": "a", "text": "x" * 100}, {"id": "b", "text": ""})
    corpus = read({"seeds/x.jsonl": data}, limits=Limits(bytes=50))
    assert [article.id for article in corpus.articles] == ["b"]
    assert flaws(corpus) == [("seeds/x.jsonl", 1, "size")]


# Ids


BAD = [
    "",
    ".",
    "..",
    ".hidden",
    "a/b",
    "/a",
    "a/",
    "../a",
    "a\\b",
    "a\0b",
    "a\nb",
    "\x7f",
    "\u200b",
    "x" * 201,
    "é" * 101,
]


@pytest.mark.parametrize("id_", BAD)
def test_an_id_that_can_be_no_file_name_is_a_flaw(read, id_):
    corpus = read({"seeds/x.jsonl": lines({"id": "a", "text": ""}, {"id": id_, "text": "x"})})
    assert [article.id for article in corpus.articles] == ["a"]
    assert flaws(corpus) == [("seeds/x.jsonl", 2, "bad-id")]
    assert min(corpus.flaws[0].flaws[0].message) >= " "


@pytest.mark.parametrize("name", ["a\\b", "a\nb", "\x7f", "\u200b", "x" * 201, os.fsdecode(b"caf\xe9")])
@pytest.mark.parametrize("ending", [".txt", ".json"])
def test_a_file_of_such_a_name_is_a_flaw(read, root, name, ending):
    (root / "seeds").mkdir()
    try:
        (root / "seeds" / f"{name}{ending}").touch()
    except OSError:
        pytest.skip(f"absent: a file system that has a file {name!r}")
    corpus = read()
    assert list(corpus.articles) == []
    ((file, line, kind),) = flaws(corpus)
    assert (line, kind) == (1, "bad-id")
    file.encode("utf-8")


IDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(BAD)


@settings(max_examples=60, deadline=None)
@given(st.lists(IDS, min_size=1, max_size=30, unique=True))
def test_any_id_is_refused_or_does_as_the_name_of_a_file(tmp_path_factory, ids):
    root = tmp_path_factory.mktemp("ids").resolve()
    (root / "seeds/.hydrated").mkdir(parents=True)
    project = Project(root=root, file="x", name="x", title="x", version="1.0.0", license="CC0-1.0")
    (root / "seeds/x.jsonl").write_text(lines(*({"id": id_} for id_ in ids)), encoding="utf-8")
    corpus = read_corpus(project, root)
    found = [article.id for article in corpus.articles]
    assert len(found) + len(corpus.flaws) == len(ids)
    assert found == sorted(set(ids).intersection(found))
    assert {document.flaws[0].kind for document in corpus.flaws} <= {"bad-id"}
    for id_ in found:
        path = root / f"seeds/.hydrated/{id_}.txt"
        path.write_bytes(id_.encode())
        assert path.resolve().parent == root / "seeds/.hydrated"
    for article in read_corpus(project, root).articles:
        assert article.text == Source(f"seeds/.hydrated/{article.id}.txt")
        assert text_of(root, article) == article.id.encode()


# Texts put back


def test_texts_put_back_belong_to_articles_that_lack_one(read, root):
    corpus = read(
        {
            "seeds/a.json": "{}",
            "seeds/sub/b.json": "{}",
            "seeds/c.txt": "stored",
            "seeds/c.json": "{}",
            "seeds/p.jsonl": packed({"id": "p"}, {"id": "q", "text": "packed"}, {"id": "r", "text": None}),
            "seeds/.hydrated/.gitignore": "*\n",
            **{f"seeds/.hydrated/{name}.txt": "put back" for name in ("a", "b", "c", "p", "q", "stranger")},
        }
    )
    found = {article.id: text_of(root, article) for article in corpus.articles}
    assert found["a"] == found["b"] == found["p"] == b"put back"
    assert found["c"] == b"stored"
    assert json.loads(found["q"])["text"] == "packed"
    assert found["r"] is None
    assert "stranger" not in found
    assert {article.id for article in corpus.articles if article.packed} == {"q"}
    assert corpus.duplicates == corpus.flaws == []


@pytest.mark.parametrize("packed_metadata", [False, True])
def test_a_text_put_back_by_a_link_out_of_the_project_is_not_read(read, root, put, packed_metadata):
    put(root.parent, {"secret.txt": "secret"})
    put(root, {"seeds/x.jsonl": packed({"id": "a"})} if packed_metadata else {"seeds/a.json": "{}"})
    (root / "seeds/.hydrated").mkdir()
    (root / "seeds/.hydrated/a.txt").symlink_to("../../../secret.txt")
    corpus = read()
    assert [article.text for article in corpus.articles] == [None]
    assert flaws(corpus) == [("seeds/.hydrated/a.txt", 1, "outside")]


# Annotations


def test_annotations_are_found_by_folder_and_name(read):
    corpus = read(
        {
            "seeds/a.txt": "",
            "seeds/b.txt": "",
            "annotations/zoe/a.json": "{}",
            "annotations/ann/a.json": "{}",
            "annotations/ann/deep/er/b.json": "{}",
            "annotations/ann/.a.json.swp": "",
            "annotations/GUIDELINES.md": "",
        }
    )
    a, b = corpus.articles
    assert [(r.annotator, r.source, r.folder, r.stem) for r in a.records] == [
        ("ann", Source("annotations/ann/a.json"), "ann", "a"),
        ("zoe", Source("annotations/zoe/a.json"), "zoe", "a"),
    ]
    assert [(r.annotator, r.source.file) for r in b.records] == [("ann", "annotations/ann/deep/er/b.json")]
    assert corpus.flaws == corpus.orphans == []


def test_packed_annotations_name_article_and_annotator_or_lie_in_a_folder(read):
    corpus = read(
        {
            "seeds/a.txt": "",
            "annotations/all.jsonl": packed({"article": "a", "annotator": "zoe"}),
            "annotations/ann/all.jsonl": packed({"article": "a"}),
            "annotations/bo/all.jsonl": packed({"article": "a", "annotator": "cy"}),
        }
    )
    ((*records,),) = [article.records for article in corpus.articles]
    assert [(r.annotator, r.folder, r.stem) for r in records] == [
        ("ann", "ann", None),
        ("cy", "bo", None),
        ("zoe", None, None),
    ]


@pytest.mark.parametrize(
    "record",
    [{}, {"article": "a"}, {"annotator": "x"}, {"article": 1, "annotator": "x"}, {"article": "a", "annotator": ""}],
)
def test_a_packed_annotation_that_belongs_nowhere_is_a_flaw(read, record):
    corpus = read({"seeds/a.txt": "", "annotations/all.jsonl": lines("", record)})
    assert flaws(corpus) == [("annotations/all.jsonl", 2, "unaddressed")]
    assert corpus.articles[0].records == ()


def test_an_annotation_in_no_folder_is_a_flaw(read):
    corpus = read({"seeds/a.txt": "", "annotations/a.json": "{}"})
    assert flaws(corpus) == [("annotations/a.json", 1, "unaddressed")]
    assert "annotations/<annotator>/a.json" in corpus.flaws[0].flaws[0].message


def test_annotations_of_no_article_are_orphans_and_the_nearest_article_is_known(read):
    corpus = read(
        {
            "seeds/harbour-strike.txt": "",
            "annotations/ann/harbor-strike.json": "{}",
            "annotations/ann/zzz.json": "{}",
            "annotations/all.jsonl": packed({"article": "harbour-strikes", "annotator": "bo"}),
        }
    )
    assert sorted(places(corpus.orphans)) == [
        ("harbor-strike", "annotations/ann/harbor-strike.json", 1),
        ("harbour-strikes", "annotations/all.jsonl", 1),
        ("zzz", "annotations/ann/zzz.json", 1),
    ]
    assert corpus.near == {"harbor-strike": "harbour-strike", "harbour-strikes": "harbour-strike"}
    assert corpus.articles[0].records == ()


# Doubles


def test_every_article_that_shares_an_id_is_named(read):
    corpus = read(
        {
            "seeds/a.txt": "",
            "seeds/a.json": "{}",
            "seeds/more/a.txt": "",
            "seeds/more/a.json": "{}",
            "seeds/other/a.json": "{}",
            "seeds/x.jsonl": packed({"id": "b", "text": ""}, {"id": "a", "text": ""}, {"id": "b"}),
        }
    )
    assert [article.id for article in corpus.articles] == ["a", "b"]
    assert sorted(places(corpus.duplicates)) == [
        ("a", "seeds/a.txt", 1),
        ("a", "seeds/more/a.txt", 1),
        ("a", "seeds/other/a.json", 1),
        ("a", "seeds/x.jsonl", 2),
        ("b", "seeds/x.jsonl", 1),
        ("b", "seeds/x.jsonl", 3),
    ]


def test_text_and_metadata_in_two_folders_are_two_articles(read):
    corpus = read({"seeds/texts/a.txt": "", "seeds/meta/a.json": "{}"})
    assert sorted(places(corpus.duplicates)) == [("a", "seeds/meta/a.json", 1), ("a", "seeds/texts/a.txt", 1)]


def test_every_record_of_one_annotator_on_one_article_is_named(read):
    corpus = read(
        {
            "seeds/a.txt": "",
            "annotations/ann/a.json": "{}",
            "annotations/ann/again/a.json": "{}",
            "annotations/all.jsonl": packed({"article": "a", "annotator": "ann"}, {"article": "a", "annotator": "bo"}),
        }
    )
    assert [record.annotator for record in corpus.articles[0].records] == ["ann", "bo"]
    assert sorted(places(corpus.doubled_records)) == [
        ("ann's record on a", "annotations/all.jsonl", 1),
        ("ann's record on a", "annotations/ann/a.json", 1),
        ("ann's record on a", "annotations/ann/again/a.json", 1),
    ]


# Links


def test_links_are_files_or_lines_and_no_annotations(read):
    corpus = read(
        {
            "seeds/a.txt": "",
            "annotations/links/b.json": "{}",
            "annotations/links/a.jsonl": lines("{}", "", "[", "{}"),
            "annotations/links/deep/c.json": "[]",
            "annotations/links/notes.md": "",
            "annotations/links-too/a.json": "{}",
        }
    )
    assert [(source.file, source.line) for source in corpus.links] == [
        ("annotations/links/a.jsonl", 1),
        ("annotations/links/a.jsonl", 3),
        ("annotations/links/a.jsonl", 4),
        ("annotations/links/b.json", 1),
        ("annotations/links/deep/c.json", 1),
    ]
    assert [record.annotator for record in corpus.articles[0].records] == ["links-too"]


# The file system


MANY = {
    **{f"seeds/{folder}/{name}.txt": name for folder, name in zip("abcabcabc", "ihgfedcba", strict=True)},
    **{f"seeds/{folder}/{name}.json": "{}" for folder, name in zip("abcabcabd", "ihgfedcba", strict=True)},
    "seeds/z.jsonl": packed(*({"id": f"p{number}", "text": ""} for number in range(9)), {"id": "a", "text": ""}),
    "seeds/b.jsonl": packed({"id": "p3", "text": ""}, {"id": "../x"}),
    **{f"annotations/{who}/{name}.json": "{}" for who in ("zoe", "ann", "bo") for name in "igeca"},
    "annotations/x.jsonl": packed(*({"article": name, "annotator": who} for name in ("p1", "q") for who in "ba")),
    "annotations/ann/x/a.json": "{}",
    "annotations/links/2.json": "{}",
    "annotations/links/1.json": "{}",
}


def everything(corpus):
    kept = (list(corpus.articles), corpus.links, corpus.duplicates, corpus.doubled_records, corpus.orphans, corpus.near)
    return kept, corpus.unread, flaws(corpus)


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_file_system_never_shows(read, monkeypatch, seed):
    expected = everything(read(MANY))
    scandir, chance = os.scandir, random.Random(seed)

    class Shuffled:
        def __init__(self, path):
            with scandir(path) as entries:
                self.entries = sorted(entries, key=lambda _: chance.random())

        def __enter__(self):
            return iter(self.entries)

        def __exit__(self, *_):
            pass

    monkeypatch.setattr(os, "scandir", Shuffled)
    assert everything(read()) == expected
    assert expected[2]


def test_nothing_outside_the_project_is_opened(read, root, put, opened):
    put(root.parent, {"away/a.txt": "", "away/a.json": "{}", "away/x.jsonl": "{}", "away/x.jsonl.gz": "", "l.json": ""})
    put(root, {"seeds/ok.txt": "", "annotations/ann/ok.json": "{}"})
    away = root.parent / "away"
    for link, target in {
        "seeds/a.txt": away / "a.txt",
        "seeds/a.json": away / "a.json",
        "seeds/x.jsonl": away / "x.jsonl",
        "seeds/x.jsonl.gz": away / "x.jsonl.gz",
        "seeds/folder": away,
        "seeds/.hydrated": away,
        "annotations/ann/a.json": away / "a.json",
        "annotations/bo": away,
        "annotations/links": away,
        "annotations/x.jsonl": away / "x.jsonl",
    }.items():
        (root / link).symlink_to(target)
    opened.clear()
    corpus = read()
    assert [path for path in opened if not path.is_relative_to(root)] == []
    assert [article.id for article in corpus.articles] == ["ok"]
    assert {kind for _, _, kind in flaws(corpus)} == {"outside"}
    assert len({file for file, _, _ in flaws(corpus)}) == 10


# In bulk, or one by one

IDS_FEW = st.sampled_from(["a", "b", "c.d", "c", "é", "a.json", "x y", "\\"])
LOOSE = st.builds(
    "{}/{}{}".format,
    st.sampled_from(
        ["seeds", "seeds/in", "annotations", *(f"annotations/{who}" for who in ("ann", "bo", "bo/in", "links"))]
    ),
    IDS_FEW,
    st.sampled_from([".txt", ".json", ".json", ".json", ".md"]),
)
TIDY = st.builds(
    lambda ids, whos: [
        *(f"seeds/{id_}{ending}" for id_ in ids for ending in (".txt", ".json")),
        *(f"annotations/{who}/{id_}.json" for id_ in ids for who in whos),
    ],
    st.sets(IDS_FEW, min_size=1),
    st.sets(st.sampled_from(["ann", "bo", "b-o"])),
)


@settings(max_examples=150, deadline=None)
@given(TIDY, st.lists(LOOSE, max_size=3), st.sets(st.integers(0, 20), max_size=2), st.sampled_from([1, 2, 3, 1000]))
def test_joined_in_bulk_files_are_what_they_are_one_by_one(tmp_path_factory, tidy, more, missing, many):
    root = tmp_path_factory.mktemp("loose").resolve()
    project = Project(root=root, file="x", name="x", title="x", version="1.0.0", license="CC0-1.0")
    for file in {*(file for index, file in enumerate(tidy) if index not in missing), *more}:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text("{}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files_, "_MANY", many)
        found = everything(read_corpus(project, root))
        patch.setattr(corpus_, "loose_articles", lambda *_: None)
        patch.setattr(corpus_, "loose_records", lambda *_: None)
        assert found == everything(read_corpus(project, root))


def test_a_tidy_project_is_joined_in_bulk(read, monkeypatch):
    monkeypatch.setattr(corpus_, "split_name", None)
    found = read({"seeds/a.txt": "", "seeds/a.json": "{}", "seeds/b.txt": "", "annotations/bo/a.json": "{}"})
    assert [(article.id, len(article.records)) for article in found.articles] == [("a", 1), ("b", 0)]
