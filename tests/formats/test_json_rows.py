"""How the formats in JSON read their files: objects with their lines, whatever they stand in."""

import json
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataset_builder.formats import source as sources
from dataset_builder.formats.json_rows import Titles, grouped, rows
from dataset_builder.formats.source import Source
from tests.formats.journey import journey


def read(path):
    source, troubles = Source(path), []
    found = [row for file in source.files for row in rows(source, file, troubles)]
    return found, [(trouble.kind, trouble.line) for trouble in troubles]


def written(folder, data, name="in.json"):
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


@pytest.mark.parametrize(
    ("data", "name", "lines"),
    [
        ('{"a": 1}\n\n{"a": 2}\n', "in.jsonl", [1, 3]),
        ('{"a": 1}\n{"a": 2}', "in.json", [1, 2]),
        ('\ufeff{"a": 1}\r\n{"a": 2}\r\n', "in.jsonl", [1, 2]),
        ('[\n{"a": 1},\n\n{"a": 2}]', "in.json", [2, 4]),
        ('\ufeff[{"a": 1}, {"a": 2}]', "in.json", [1, 1]),
        ('{\n"a": 1\n}', "in.json", [1]),
        ("", "in.jsonl", []),
    ],
)
def test_objects_are_found_with_their_lines(tmp_path, data, name, lines):
    found, troubles = read(written(tmp_path, data, name))
    assert [row.line for row in found] == lines
    assert troubles == []


@pytest.mark.parametrize(
    ("data", "kinds"),
    [
        ('{"a": 1}\n{"a": }\n{"a": 3}\n', [("import-syntax", 2)]),
        ('{"a": 1}\n[1]\n{"a": NaN}\n', [("import-syntax", 2), ("import-syntax", 3)]),
        ('{"a": 1}\n{"b": 1, "c": {"b": 2, "b": 3}}\n', [("import-syntax", 2)]),
        ('{"a": 1}\n{"a": "\\ud83d"}\n', [("import-loose", 2)]),
        ('{"a": 1}\n{"a": "\\ud83d", "a": NaN}\n', [("import-syntax", 2)]),
        (b'{"a": 1}\n{"a": "\xff"}\n', [("import-syntax", 2)]),
        ('{"a": 1}\n' + "[" * 100_000 + "\n", [("import-syntax", 2)]),
        ('{"a": 1}\n{"a": "\\ud83d' + "[" * 5 + '", "b": ' + "[" * 100_000 + "}\n", [("import-syntax", 2)]),
    ],
)
def test_what_is_no_json_is_told_by_line(tmp_path, data, kinds):
    assert read(written(tmp_path, data, "in.jsonl"))[1] == kinds


def nested(depth):
    return "[" * depth + "]" * depth


@pytest.mark.parametrize("depth", [40, 60, 300, 1000, 3000])
@pytest.mark.parametrize(
    ("format_", "line"),
    [
        ("doccano", '{"text": "Ada.", "label": [], "more": MORE}'),
        ("prodigy", '{"text": "Ada.", "answer": "accept", "more": MORE}'),
        ("standoff", '{"text": "Ada.", "metadata": {"more": MORE}}'),
        ("label-studio", '{"data": {"text": "Ada.", "more": MORE}, "annotations": [{"result": [], "more": MORE}]}'),
        ("web-annotation", '{"type": "Annotation", "target": {"value": "Ada."}, "more": MORE}'),
    ],
)
def test_what_is_nested_too_deep_is_refused_before_it_does_harm(tmp_path, format_, line, depth):
    path = written(tmp_path, f"{line.replace('MORE', '1')}\n{line.replace('MORE', nested(depth))}\n", "in.jsonl")
    way = journey(path, tmp_path / "project", format=format_)
    refused = [found for code, *found in way.findings if code == "FMT002"]
    assert refused == ([[str(path), 2]] if depth > 48 else [])


def test_half_a_pair_is_replaced_and_whole_ones_stay(tmp_path):
    found, _ = read(written(tmp_path, r'{"a": "\ud83d\ude00 \ud83d", "😀": "\ude00"}'))
    assert found[0].value == {"a": "😀 \ufffd", "😀": "\ufffd"}


VALUES = st.recursive(
    st.integers() | st.sampled_from(["", '"', "{", "a: {", "\\", '\\"', "é", "\n"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", '"{', "b\\", "c:"]), inner),
    max_leaves=12,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.dictionaries(st.sampled_from("xy"), VALUES), max_size=4), st.integers(0, 3))
def test_each_object_knows_its_line(tmp_path_factory, values, indent):
    marked = []

    def mark(value):
        """`value` with each object's number as its first member."""
        if isinstance(value, list):
            return [mark(each) for each in value]
        if not isinstance(value, dict):
            return value
        marked.append(f"object-{len(marked)}")
        return {"mark": marked[-1], **{name: mark(each) for name, each in value.items()}}

    text = json.dumps(mark(values), indent=indent)
    found, troubles = read(written(tmp_path_factory.mktemp("rows"), text))
    assert troubles == []
    lines = {}

    def walk(row, value):
        for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(row, each)
        if isinstance(value, dict):
            lines[value["mark"]] = row.line_of(value)

    for row in found:
        walk(row, row.value)
    where = {name: text[: text.index(f'"{name}"')].count("\n") for name in marked}  # the line above the mark's
    assert lines == where


def test_lines_are_read_one_by_one_from_files_larger_than_a_whole_one_may_be(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "_MOST_BYTES", 100)
    lines = "".join(f'{{"a": {number}}}\n' for number in range(100))
    path = written(tmp_path, lines, "in.jsonl")
    assert [row.value["a"] for row in read(path)[0]] == list(range(100))
    with zipfile.ZipFile(tmp_path / "in.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, "in.jsonl")
    assert [row.value["a"] for row in read(tmp_path / "in.zip")[0]] == list(range(100))
    path.write_text(f'{{"a": 1}}\n{{"a": "{"x" * 100}"}}\n{{"a": 2}}\n')
    found, troubles = read(path)
    assert ([row.value["a"] for row in found], troubles) == ([1], [("import-unreadable", 2)])


def test_an_entry_that_swells_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "in.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("in.jsonl", b"\n" * (4 << 20))
    assert read(tmp_path / "in.zip") == ([], [("import-unreadable", 1)])


def test_rows_of_one_key_come_together_when_the_last_is_there(tmp_path):
    values = [("a", 1), ("b", 2), ("a", 3), ("c", 4), ("b", 5)]
    path = written(tmp_path, "".join(json.dumps({"key": key, "n": n}) + "\n" for key, n in values), "in.jsonl")
    source, told = Source(path), []
    found = grouped(lambda into: rows(source, "in.jsonl", into), lambda row: row.value["key"], told)
    assert [[row.value["n"] for row in each] for each in found] == [[1, 3], [4], [2, 5]]


def test_names_are_told_apart():
    titles = Titles()
    assert [titles.article(name) for name in ("a", "a", "a-2", "a", "b")] == ["a", "a-2", "a-2-2", "a-3", "b"]
    assert [titles.annotator(who) for who in (1, "Ada", "ada", 1, None, "../x", "")] == [
        "user-1",
        "Ada",
        titles.annotator("ada"),
        "user-1",
        "unknown",
        titles.annotator("../x"),
        "unknown",
    ]
    assert titles.annotator("ada").startswith("ada-")
    assert "/" not in titles.annotator("../x")
