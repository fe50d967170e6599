import json
import re
import tomllib
from hashlib import sha256

import pytest
from jsonschema import Draft202012Validator

from dataset_builder.errors import OutputError, UsageError
from dataset_builder.read.project import read_project
from dataset_builder.scaffold.init import init
from dataset_builder.schema.registry import project_schema


@pytest.fixture
def root(tmp_path):
    return init(tmp_path / "press-quotes")


def test_what_is_there(root):
    found = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    assert found == {
        ".gitattributes",
        ".gitignore",
        ".vscode/settings.json",
        "README.md",
        "annotations/a1/bakery-reopens.json",
        "annotations/a1/night-bus-stays.json",
        "dataset.toml",
        "schema/annotation.schema.json",
        "schema/article.schema.json",
        "seeds/bakery-reopens.json",
        "seeds/bakery-reopens.txt",
        "seeds/night-bus-stays.json",
        "seeds/night-bus-stays.txt",
    }


def test_the_configuration_is_without_flaw(root):
    project, document = read_project(root)
    assert document.flaws == ()
    assert (project.name, project.title) == ("press-quotes", "Press quotes")


def test_what_is_commented_out_is_without_flaw_too(root):
    text = (root / "dataset.toml").read_text()
    Draft202012Validator(project_schema()).validate(tomllib.loads(re.sub(r"(?m)^# (?=[a-z]+ =|\[)", "", text)))


def test_no_placeholder_is_left(root):
    for name in ("dataset.toml", "README.md"):
        assert not re.search(r"\$(name|title|\$)", (root / name).read_text())


def test_texts_are_what_is_said_of_them(root):
    for path in (root / "seeds").glob("*.txt"):
        data = path.read_bytes()
        metadata = json.loads(path.with_suffix(".json").read_text())
        assert metadata["sha256"] == sha256(data).hexdigest()
        assert metadata["length"] == len(data.decode())
        assert metadata["rights"] == {"license": "CC0-1.0", "text": "included"}


def test_spans_cover_their_quotes(root):
    for path in (root / "annotations" / "a1").glob("*.json"):
        record = json.loads(path.read_text())
        text = (root / "seeds" / f"{path.stem}.txt").read_text()
        assert (record["article"], record["annotator"]) == (path.stem, "a1")
        assert record["text_sha256"] == sha256(text.encode()).hexdigest()
        for item in (*record["entities"], *record["quotes"]):
            assert text[item["start"] : item["end"]] == item["quote"]
        keys = {item["id"] for item in record["entities"]}
        assert all(item["speaker"] in {*keys, None} for item in record["quotes"])


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("Zeitungs Körper (2024)", "Zeitungs-Korper-2024"),
        ("a.b_c--d", "a.b_c-d"),
        (".hidden", "hidden"),
        ("日本語", "my-dataset"),
        ("x" * 95 + "-yy", "x" * 95),
    ],
)
def test_the_name_comes_from_the_folder(tmp_path, folder, name):
    project, document = read_project(init(tmp_path / "deep" / folder))
    assert document.flaws == ()
    assert project.name == name


def test_an_empty_folder_is_filled(tmp_path):
    (tmp_path / ".git").mkdir()
    assert init(tmp_path) == tmp_path.resolve()
    assert (tmp_path / "dataset.toml").is_file()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine").write_text("x")
    with pytest.raises(UsageError, match="not an empty folder"):
        init(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="not an empty folder"):
        init(tmp_path / "file")
    with pytest.raises(OutputError, match="can't be written"):
        init(tmp_path / "file" / "project")
