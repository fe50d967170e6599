"""Each of the Big List of Naughty Strings, wherever a project may hold a string: it comes back byte for byte, or is
refused by a finding with a code."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from datasets import load_dataset

import dataset_builder
from tests.acceptance.commands import run_apart

CONFIGURATION = 'name = "notes"\ntitle = "Notes"\nversion = "1.0.0"\nlicense = "CC-BY-4.0"\nlanguages = ["en"]\n'
TEXT = {"type": "string"}
ANY = {"x-column": {"type": "json"}}


@pytest.fixture(scope="module")
def strings(suite_at) -> Mapping[str, str]:
    """The strings, each once, by an id that is none of them."""
    found = dict.fromkeys(json.loads(suite_at("blns.json").read_bytes()))
    assert len(found) > 500, "this is not the whole list"
    return {f"s{index:03}": string for index, string in enumerate(found)}


@pytest.fixture
def put(tmp_path: Path):
    """Writes a file of the project at `tmp_path`: a text as it is, other values as JSON."""
    (tmp_path / "dataset.toml").write_text(CONFIGURATION)

    def write(file: str, value: object) -> None:
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((value if isinstance(value, str) else dumps(value)).encode())

    return write


def dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def refused(root: Path) -> dict[tuple[str, int | None], set[str]]:
    """The codes of the errors at each line of each file of the project."""
    found: dict[tuple[str, int | None], set[str]] = {}
    for error in dataset_builder.check(dataset_builder.open_project(root), jobs=1).diagnostics:
        if error.severity == "error":
            found.setdefault((error.place.file, error.place.line), set()).add(error.code)
    return found


def built(root: Path) -> Path:
    """The project's build, which is as its own manifest says."""
    output = dataset_builder.build(dataset_builder.open_project(root), jobs=1).output
    assert dataset_builder.verify(output).diagnostics == ()
    return output


def rows(output: Path, table: str | None = None) -> Iterator[dict]:
    for split in load_dataset(str(output), table).values():
        yield from split


MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"  # alone it is a mark of byte order, and nothing behind it


def blank(strings: Mapping[str, str]) -> dict[str, set[str]]:
    """The codes for the texts in which there is nothing to read."""
    return {id_: {"ART003" if text else "ART002"} for id_, text in strings.items() if not text.strip(MARK).strip()}


def test_texts_in_files(strings, put, tmp_path):
    for id_, text in strings.items():
        put(f"seeds/{id_}.txt", text)
    assert refused(tmp_path) == {(f"seeds/{id_}.txt", 1): codes for id_, codes in blank(strings).items()}
    for id_ in blank(strings):
        (tmp_path / f"seeds/{id_}.txt").unlink()
    assert {row["id"]: row["text"] for row in rows(built(tmp_path))} == legible(strings)


def legible(strings: Mapping[str, str]) -> dict[str, str]:
    return {id_: text for id_, text in strings.items() if id_ not in blank(strings)}


def test_texts_in_packed_files(strings, put, tmp_path):
    def pack(texts: Mapping[str, str]) -> None:
        put("seeds/all.jsonl", "".join(dumps({"id": id_, "text": text}) + "\n" for id_, text in texts.items()))

    pack(strings)
    lines = {id_: number for number, id_ in enumerate(strings, 1)}
    assert refused(tmp_path) == {("seeds/all.jsonl", lines[id_]): codes for id_, codes in blank(strings).items()}
    pack(legible(strings))
    assert {row["id"]: row["text"] for row in rows(built(tmp_path))} == legible(strings)


# What stands beside the strings. A quotation mark before a colon looks like a member more, which the fast path refuses.
PROVEN, EXPLAINED = "", '":'


@pytest.fixture(params=[PROVEN, EXPLAINED], ids=["fast", "slow"])
def values(request, strings, put, tmp_path):
    """A project with each string as a quote, a label, the key of a span and what refers to it, and as metadata."""
    aside, labels = request.param, list(strings.values())
    meant = [{"const": label, "title": label, "description": label} for label in labels]
    span = {
        "type": "object",
        "required": ["id", "start", "end", "quote"],
        "x-span": {"start": "start", "end": "end", "quote": "quote"},
        "properties": {
            "id": TEXT,
            "start": {"type": "integer"},
            "end": {"type": "integer"},
            "quote": TEXT,
            "label": {"enum": labels},
            "same": {**TEXT, "x-ref": "spans"},
        },
    }
    put("schema/article.schema.json", record(title=TEXT, beside=TEXT, tags=array(TEXT), free=ANY))
    spans = array(span, **{"x-key": "id", "x-table": "spans"})
    put("schema/annotation.schema.json", record(aside=ANY, note=TEXT, label={"oneOf": meant}, spans=spans))
    for id_, string in strings.items():
        put(f"seeds/{id_}.txt", f"<{string}> \N{WAVE DASH} {string}")
        put(f"seeds/{id_}.json", {"title": string, "beside": aside, "tags": [string] * 2, "free": {string: string}})
        layers = {"note": string, "label": string, "spans": spans_of(string)}
        put(f"annotations/ada/{id_}.json", {"aside": {"aside": aside}, **layers})
    return tmp_path


def record(**properties: object) -> dict[str, object]:
    return {"type": "object", "properties": properties, "unevaluatedProperties": False}


def array(items: object, **more: object) -> dict[str, object]:
    return {"type": "array", "items": items, **more}


def spans_of(string: str) -> list[dict[str, object]]:
    if not string:
        return []  # an empty span is refused, whatever it is to be called
    end = 1 + len(string)
    first = {"id": string, "start": 1, "end": end, "quote": string, "label": string}
    second = {"id": f"{string}2", "start": end + 4, "end": end + 4 + len(string), "quote": string, "same": string}
    return [first, second]


def test_values(strings, values):
    assert refused(values) == {}
    output = built(values)
    articles = load_dataset(str(output), split="train")
    features = articles.features
    for features_ in (features["label"], features["spans"].feature["label"]):
        assert features_.names == list(strings.values())
    found = {row["id"]: row for row in articles}
    assert list(found) == list(strings)
    for id_, string in strings.items():
        row = found[id_]
        assert (row["title"], row["tags"], row["free"]) == (string, [string, string], {string: string})
        assert (row["note"], features["label"].int2str(row["label"])) == (string, string)
        named = [[span[key] for key in ("id", "quote", "same")] for span in row["spans"]]
        assert named == ([[string, string, None], [f"{string}2", string, string]] if string else [])
    items = [row for row in rows(output, "spans") if row["label"] is not None]
    label = load_dataset(str(output), "spans", split="train").features["label"]
    assert {row["article"]: (row["quote"], label.int2str(row["label"])) for row in items} == {
        id_: (string, string) for id_, string in strings.items() if string
    }


def test_an_empty_span_is_refused(strings, values, put):
    id_ = next(id_ for id_, string in strings.items() if not string)
    put(f"annotations/ada/{id_}.json", {"spans": [{"id": "", "start": 1, "end": 1, "quote": ""}]})
    assert refused(values) == {(f"annotations/ada/{id_}.json", 1): {"SPN002"}}


def is_name(string: str) -> bool:
    """Whether a string may be an article's id: it can be a file's name everywhere."""
    seen = string.isprintable() and not string.startswith(".") and not set("/\\") & set(string)
    return seen and 0 < len(string.encode()) <= 200


def test_ids_in_packed_files(strings, put, tmp_path):
    def pack(ids: Mapping[str, str]) -> None:
        put("seeds/all.jsonl", "".join(dumps({"id": id_, "text": of}) + "\n" for of, id_ in ids.items()))
        lines = [{"article": id_, "annotator": "ada", "note": id_} for id_ in ids.values() if is_name(id_)]
        put("annotations/all.jsonl", "".join(dumps(line) + "\n" for line in lines))

    put("schema/annotation.schema.json", record(article=TEXT, annotator=TEXT, note=TEXT))
    names = {of: id_ for of, id_ in strings.items() if is_name(id_)}
    pack(strings)
    wrong = {number for number, id_ in enumerate(strings, 1) if id_ not in names}
    found = refused(tmp_path)
    assert {line for file, line in found if file == "seeds/all.jsonl"} == wrong
    assert all(found["seeds/all.jsonl", line] == {"ART005"} for line in wrong)
    pack(names)
    assert refused(tmp_path) == {}
    output = built(tmp_path)
    assert {row["text"]: row["id"] for row in rows(output)} == names
    assert {row["article"]: row["note"] for row in rows(output, "annotations")} == {id_: id_ for id_ in names.values()}


def test_ids_as_names_of_files(strings, put, tmp_path):
    """Files whose names begin with a dot are nobody's: they are passed over, as `ls` does."""
    if (tmp_path / "DATASET.TOML").exists():
        pytest.skip("absent: a file system that tells names apart by case")
    put("schema/annotation.schema.json", record(note=TEXT))
    written = {of: id_ for of, id_ in strings.items() if "/" not in id_ and len(id_.encode()) < 250}
    for of, id_ in written.items():
        put(f"seeds/{id_}.txt", of)
        put(f"annotations/ada/{id_}.json", {"note": id_})
    names = {of: id_ for of, id_ in written.items() if is_name(id_)}
    wrong = {id_ for id_ in written.values() if not is_name(id_) and not f"{id_}.txt".startswith(".")}
    found = refused(tmp_path)
    assert {file for file, _ in found if file.startswith("seeds/")} == {f"seeds/{id_}.txt" for id_ in wrong}
    for id_ in wrong:
        assert found[f"seeds/{id_}.txt", 1] == {"ART005"}
        (tmp_path / f"seeds/{id_}.txt").unlink()
        (tmp_path / f"annotations/ada/{id_}.json").unlink()
    output = built(tmp_path)
    assert {row["text"]: row["id"] for row in rows(output)} == names
    assert {row["article"]: row["note"] for row in rows(output, "annotations")} == {id_: id_ for id_ in names.values()}


READ = {
    "text": str.splitlines,
    "json": json.loads,
    "github": str.splitlines,
    "sarif": json.loads,
    "junit": ET.fromstring,
}


@pytest.mark.parametrize("format_", list(READ))
def test_findings_that_show_them_are_printed(strings, put, tmp_path, format_):
    ids = [id_ for id_ in strings.values() if not is_name(id_)]
    put("seeds/all.jsonl", "".join(dumps({"id": id_, "text": f"{id_} "}) + "\n" for id_ in ids))
    put("schema/annotation.schema.json", record(label={"enum": ["a"]}))
    for of, string in strings.items():
        put(f"seeds/{of}.txt", "A text.")
        put(f"annotations/ada/{of}.json", {"label": string, string: string})
    done = run_apart(tmp_path, "check", "--format", format_)
    assert (done.returncode, done.stderr) == (1, "")
    assert READ[format_](done.stdout)
    codes = {"LAB001"} if format_ == "text" else {"LAB001", "SCH103", "ART005"}  # on a terminal, the first hundred
    assert {code for code in codes if code in done.stdout} == codes
    if format_ == "json":
        assert len(json.loads(done.stdout)["diagnostics"]) > 2 * len(strings)
    if format_ == "github":
        assert [line for line in done.stdout.splitlines() if not line.startswith("::")] == []
