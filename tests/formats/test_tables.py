"""Tables of texts: JSONL, CSV, Parquet; columns named and guessed."""

import datetime as dt
import decimal
import json

import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset_builder.errors import UsageError
from dataset_builder.formats import registry
from dataset_builder.formats.settle import settle
from dataset_builder.formats.source import Source
from tests.formats.journey import journey
from tests.formats.mutations import damaged, nothing_worse

ROWS = [
    {
        "doc_id": "mill",
        "content": "🙂 Ada met Bo.",
        "category": "calm",
        "year": 1903,
        "entities": [
            {"start": 2, "end": 5, "type": "PER", "text": "Ada", "sure": 0.5},
            {"start": 10, "end": 12, "type": "PER", "text": "Bo", "by": ["x"]},
        ],
    },
    {"doc_id": "fair", "content": "It rained.", "category": "sad", "year": 1904, "entities": []},
]


def read(path, name, **options):
    """The articles of a source, settled, and all troubles."""
    source = Source(path)
    reader = registry.importer(registry.format_named(name), source, options)
    articles = list(reader.read(lambda done, total: None))
    troubles = [*source.troubles]
    for article in articles:
        troubles += article.troubles
        for record in article.records:
            troubles += settle(record, article.text)
    return articles, [trouble for trouble in troubles if trouble.kind != "import-guessed"]


def spans(article):
    return [
        (item.layer, item.label, article.text[slice(*item.fragments[0])])
        for record in article.records
        for item in record.items
    ]


def write(path, *rows):
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")
    return path


def written(folder, form):
    """The rows in one of the forms, spans as each has them."""
    path = folder / f"rows.{form}"
    if form == "jsonl":
        return write(path, *ROWS)
    if form == "parquet":
        pa.parquet.write_table(pa.Table.from_pylist(ROWS), path)
        return path
    lines = ["doc_id;content;category;year;entities"]
    for row in ROWS:
        cell = json.dumps(row["entities"], ensure_ascii=False).replace('"', '""')
        lines.append(f'{row["doc_id"]};{row["content"]};{row["category"]};{row["year"]};"{cell}"')
    path.write_text("\r\n".join(lines), encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_a_table_goes_all_the_way(tmp_path, form):
    way = journey(written(tmp_path, form), tmp_path / "project")
    assert way.result.format == form
    assert [(code, line) for code, _, line in way.findings] == [("FMT041", 1)]
    (said,) = way.result.check.diagnostics
    assert "text=content id=doc_id label=category spans=entities" in said.message
    assert [row["text"] for row in way.load()] == [ROWS[1]["content"], ROWS[0]["content"]]
    entities = [item for row in way.load("annotations") for item in row["entities"]]
    assert [(item["quote"], item["label"]) for item in entities] == [("Ada", 0), ("Bo", 0)]  # the only label
    assert [(item["attributes"] or {}).get("sure") for item in entities] == [0.5, None]
    assert [item["extra"] for item in entities] == [None, {"by": ["x"]}]
    assert [row["category"] for row in way.load("annotations")] == ["sad", "calm"]


def test_columns_are_named(tmp_path):
    row = {"data": {"body": "Ada met Bo."}, "x": [{"a": 0, "z": 3, "k": "PER", "q": "Ada"}], "y": "calm", "n": 7}
    options = {"text": "data.body", "id": "n", "spans": "x", "label": "y"}
    inner = {"start": "a", "end": "z", "span_label": "k", "quote": "q"}
    (article,), troubles = read(write(tmp_path / "one.jsonl", row), "jsonl", **options, **inner)
    assert (article.name, spans(article), troubles) == ("7", [("x", "PER", "Ada")], [])
    assert article.records[0].attributes == {"y": "calm"}
    assert article.metadata == {"data": {}}


def test_offsets_are_converted(tmp_path):
    row = {"id": "a", "text": "🙂 Ada é Bo", "spans": [[3, 6, "PER"], [9, 11, "PER"]]}
    (article,), troubles = read(write(tmp_path / "one.jsonl", row), "jsonl", unit="utf-16")
    assert (spans(article), troubles) == ([("spans", "PER", "Ada"), ("spans", "PER", "Bo")], [])
    row["spans"] = [[5, 8, "PER"], [1, 2, "PER"]]
    (article,), troubles = read(write(tmp_path / "one.jsonl", row), "jsonl", unit="bytes")
    assert spans(article) == [("spans", "PER", "Ada")]
    assert [trouble.kind for trouble in troubles] == ["import-range"]  # in the middle of a character


def test_a_row_may_be_a_span(tmp_path):
    lines = "id,text,start,end,label,note\na,Ada met Bo.,0,3,PER,first\na,Ada met Bo.,8,10,PER,\nb,Nobody.,,,,none\n"
    (tmp_path / "flat.csv").write_text(lines)
    articles, troubles = read(tmp_path / "flat.csv", "csv")
    assert (len(articles), troubles) == (2, [])
    assert spans(articles[0]) == [("spans", "PER", "Ada"), ("spans", "PER", "Bo")]
    assert articles[0].records[0].items[0].attributes == {"note": "first"}
    assert articles[1].metadata == {"note": "none"}


def test_rows_of_several_annotators_are_one_article(tmp_path):
    rows = [
        {"id": "a", "text": "Ada.", "annotator": who, "spans": [[0, 3, label]]}
        for who, label in (("x", "P"), ("y", "Q"))
    ]
    (article,), troubles = read(write(tmp_path / "two.jsonl", *rows), "jsonl")
    assert [(record.annotator, record.items[0].label) for record in article.records] == [("x", "P"), ("y", "Q")]
    assert troubles == []


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ('{"id": 1, "text": "a"', "import-syntax"),
        ('{"id": 1, "text": "a", "text": "b"}', "import-syntax"),
        ('{"id": 1, "text": NaN}', "import-syntax"),
        ('["a"]', "import-syntax"),
        ('{"id": 1}', "import-text"),
        ('{"id": 1, "text": 5}', "import-text"),
        ('{"id": "first", "text": "again"}', "import-loose"),
        ('{"id": 1, "text": "a", "spans": 5}', "import-syntax"),
        ('{"id": 1, "text": "a", "spans": [5]}', "import-syntax"),
        ('{"id": 1, "text": "a", "spans": [["x", 1]]}', "import-syntax"),
        ('{"id": 1, "text": "a", "spans": [[0, 9, "X"]]}', "import-range"),
        ('{"id": 1, "text": "a", "spans": [{"start": 0, "end": 1, "text": "b"}]}', "import-quote"),
        (
            '{"id": 1, "text": "ab", "spans": [{"id": 1, "start": 0, "end": 1}, {"id": 1, "start": 1, "end": 2}]}',
            "import-duplicate-id",
        ),
    ],
)
def test_what_is_wrong_is_told_where_it_is(tmp_path, line, kind):
    first = '{"id": "first", "text": "b", "spans": [[0, 1, "X"]]}'
    (tmp_path / "some.jsonl").write_text(f"{first}\n{line}\n")
    articles, troubles = read(tmp_path, "jsonl")
    assert [(trouble.kind, trouble.line) for trouble in troubles] == [(kind, 2)]
    assert spans(articles[0]) == [("spans", "X", "b")]


def test_csv_in_another_encoding_and_dialect(tmp_path):
    path = tmp_path / "some.csv"
    path.write_bytes("text|label\n'It''s|née\n two'|calm\n".encode("latin-1"))
    (article,), troubles = read(path, "csv", encoding="latin-1", quotechar="'")
    assert (article.text, article.records[0].attributes, troubles) == ("It's|née\n two", {"label": "calm"}, [])
    _, troubles = (
        read(tmp_path / "some.csv", "csv", text="text", delimiter="pipe", encoding="utf-8") if False else ([], [])
    )
    with pytest.raises(UsageError, match="not UTF-8"):
        read(path, "csv")


def test_rows_of_other_lengths_are_told(tmp_path):
    (tmp_path / "some.csv").write_text('text,label,label\na,x,y,z\nb\n"c\n')
    articles, troubles = read(tmp_path, "csv")
    assert [(trouble.kind, trouble.line) for trouble in troubles] == [
        ("import-configuration", 1),
        ("import-kept", 2),
        ("import-loose", 3),
        ("import-syntax", 4),
    ]
    assert articles[0].metadata == {"label_3": "y", "_more": ["z"]}


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("jsonl", {"text": "body"}, "no column 'body'"),
        ("jsonl", {"unit": "miles"}, "utf-16"),
        ("jsonl", {"encoding": "klingon"}, "no encoding"),
        ("jsonl", {"encoding": "base64"}, "no encoding"),
        ("csv", {"delimiter": "ab"}, "one character"),
        ("csv", {"header": "perhaps"}, "yes or no"),
        ("csv", {"quotechar": ","}, "both"),
        ("parquet", {"rows": "5"}, "no option"),
    ],
)
def test_options_that_mean_nothing_are_refused(tmp_path, name, options, message):
    path = written(tmp_path, name)
    extra = {"delimiter": ","} if "quotechar" in options else {}
    with pytest.raises(UsageError, match=message):
        read(path, name, **options, **extra)


def test_parquet_values_become_json(tmp_path):
    row = {
        "text": "Ada.",
        "when": dt.date(1903, 5, 1),
        "raw": b"\xff",
        "sum": decimal.Decimal("1.5"),
        "none": float("nan"),
    }
    pa.parquet.write_table(pa.Table.from_pylist([row]), tmp_path / "one.parquet")
    (article,), troubles = read(tmp_path, "parquet")
    assert troubles == []
    assert article.metadata == {"when": "1903-05-01", "raw": "ff", "sum": "1.5", "none": "nan"}


def test_values_that_json_can_hardly_hold_go_all_the_way(tmp_path):
    line = '{"text": "Ada.", "id": "../x", "annotator": "../../y", "n": 123456789012345678901234567890, "f": 1e300, '
    line += '"deep": {"a": [1, null]}, "rights": "mine", "label": [1, "a"], "_type": "x", "spans": [[0, 3]]}\n'
    line += '{"text": "Bo.", "id": "z", "annotator": "links", "n": 1, "label": null, "spans": []}\n'
    path = tmp_path / "some.jsonl"
    path.write_text(line)
    way = journey(path, tmp_path / "project", format="jsonl")
    assert way.result.annotators == {"--..--y": 1, "links_": 1}
    assert not (tmp_path / "y").exists()
    assert sorted(row["text"] for row in way.load()) == ["Ada.", "Bo."]


def test_parquet_with_two_columns_of_a_name_is_refused(tmp_path):
    column = pa.array(["Ada."])
    pa.parquet.write_table(pa.Table.from_arrays([column, column], names=["text", "text"]), tmp_path / "one.parquet")
    with pytest.raises(UsageError, match="two columns"):
        read(tmp_path, "parquet")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["jsonl", "csv", "parquet"]), st.data())
def test_mutated_files_give_findings(tmp_path_factory, form, data):
    path = written(tmp_path_factory.mktemp("mutated"), form)
    pieces = [b"", b'"', b"\n", b"{", b"]", b";", b"\x00", b"1", b"\xff", b"null", b"-", b"\\ud800"]
    path.write_bytes(data.draw(damaged({path.name: path.read_bytes()}, pieces))[path.name])
    try:
        found = read(path, form)
    except UsageError:
        return  # no column of a text is left
    nothing_worse(*found)
