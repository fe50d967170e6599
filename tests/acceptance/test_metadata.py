"""Data Package, DataCite and CITATION.cff of a build, as the tools of these formats take them."""

import json
import re
import shutil
import subprocess
import warnings
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator

import dataset_builder
from dataset_builder.describe import hub
from dataset_builder.describe.cff import render_cff
from dataset_builder.errors import UsageError
from dataset_builder.model.project import Project
from tests.acceptance.conftest import ROOT
from tests.unit.build import write_build
from tests.unit.reviews import make_corpus, review

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # those of their dependencies
    frictionless = pytest.importorskip("frictionless", reason="frictionless is missing; `make test` installs it")
    schema45 = pytest.importorskip("datacite.schema45", reason="datacite is missing; `make test` installs it")

pytestmark = [pytest.mark.acceptance, pytest.mark.filterwarnings("ignore")]

FILES = ("datapackage.json", "datacite.json", "CITATION.cff")


def cffconvert(path: Path) -> subprocess.CompletedProcess[str]:
    """What the format's own tool says; its pins don't go with ours, so it has an environment of its own."""
    tool = next(
        filter(None, (shutil.which("cffconvert", path=str(ROOT / ".venv-cff/bin")), shutil.which("cffconvert"))), None
    )
    if tool is None:
        pytest.skip("absent: cffconvert; `make .venv-cff/.cff` installs it")
    return subprocess.run([tool, "--validate", "-i", path], capture_output=True, text=True, check=False)


def errors(path: Path) -> list[tuple[str, str]]:
    """What the Frictionless Framework finds wrong with a package: sizes and digests of files too."""
    report = frictionless.validate(str(path))
    return [(found.type, found.message) for task in report.tasks for found in task.errors] + [
        (found.type, found.message) for found in report.errors
    ]


def minimal(folder: Path, lines: str = "") -> Path:
    """A project that says no more of itself than it must."""
    dataset_builder.init(folder)
    configuration = folder / "dataset.toml"
    text = re.sub(r"(?m)^(authors|year|summary|tags|languages|url|repository).*\n", "", configuration.read_text())
    configuration.write_text(lines + text)
    return folder


def built(folder: Path) -> Path:
    return dataset_builder.build(dataset_builder.open_project(folder)).output


def test_the_data_package_is_valid_and_its_files_are_what_it_says(dist: Path) -> None:
    assert errors(dist / "datapackage.json") == []
    document = json.loads((dist / "datapackage.json").read_text())
    manifest = json.loads((dist / "manifest.json").read_text())
    stated = {each["path"]: (each["bytes"], each["hash"]) for each in document["resources"]}
    tables = [
        file for table in manifest["tables"].values() for split in table["splits"].values() for file in split["files"]
    ]
    files = manifest["files"]
    assert stated == {path: (files[path]["bytes"], f"sha256:{files[path]['sha256']}") for path in tables}


def test_a_package_of_changed_files_is_not_valid(dist: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(dist, tmp_path / "copy")
    shard = next(copy.glob("data/links/*.parquet"))
    shard.write_bytes(shard.read_bytes()[:-1] + b"X")
    assert [kind for kind, _ in errors(copy / "datapackage.json")] == ["hash-count"]


def test_the_data_package_describes_every_column_and_label(dist: Path) -> None:
    document = json.loads((dist / "datapackage.json").read_text())
    info = yaml.safe_load((dist / "README.md").read_text().split("---\n")[1])["dataset_info"]
    columns = {each["config_name"]: [column["name"] for column in each["features"]] for each in info}
    described = [each for each in document["resources"] if "schema" in each]
    assert {each["name"].split("/")[0] for each in described} == columns.keys()
    for each in described:
        assert [field["name"] for field in each["schema"]["fields"]] == columns[each["name"].split("/")[0]]
    links = next(each for each in described if each["name"].startswith("links/"))
    (kind,) = (field for field in links["schema"]["fields"] if field["name"] == "kind")
    assert next(category["label"] for category in kind["categories"]) == "same_event"
    assert kind["type"] == "integer"


def test_a_package_of_several_shards_is_valid(tmp_path: Path) -> None:
    corpus = make_corpus({"train": [review(f"r{n}") for n in range(5)], "test": [review("t")]}, summary="Kettles.")
    write_build(tmp_path, corpus, shards=3)
    assert errors(tmp_path / "datapackage.json") == []
    names = [each["name"] for each in json.loads((tmp_path / "datapackage.json").read_text())["resources"]]
    assert len(names) == len(set(names)) == 24
    assert {"articles/train/00000", "articles/train/00002"} <= set(names)


def test_the_datacite_metadata_is_valid(dist: Path) -> None:
    document = json.loads((dist / "datacite.json").read_text())
    assert list(schema45.validator.iter_errors(document)) == []
    assert document["version"] == json.loads((dist / "manifest.json").read_text())["version"]
    assert list(schema45.validator.iter_errors({**document, "publicationYear": None}))


def test_the_citation_is_valid(dist: Path, tmp_path: Path) -> None:
    found = cffconvert(dist / "CITATION.cff")
    assert (found.returncode, found.stderr) == (0, "")
    broken = tmp_path / "CITATION.cff"
    broken.write_text((dist / "CITATION.cff").read_text().replace("type: dataset", "type: data"))
    assert cffconvert(broken).returncode == 1


def test_all_that_the_configuration_can_say_is_valid(tmp_path: Path) -> None:
    said = (
        'authors = ["Amy: \\"the\\" #1", "Zoë 漢字"]\nyear = 2026\ndoi = "10.1234/abc.def"\npublisher = "A Press"\n'
        'summary = "Line one\\nand: two"\ntags = ["a tag", "日本"]\nlanguages = ["en"]\nurl = "https://example.org/x?y=1"\n'
    )
    dist = built(minimal(tmp_path / "p", said))
    assert errors(dist / "datapackage.json") == []
    found = cffconvert(dist / "CITATION.cff")
    assert (found.returncode, found.stderr) == (0, "")
    document = json.loads((dist / "datacite.json").read_text())
    assert list(schema45.validator.iter_errors(document)) == []
    assert (document["doi"], document["publisher"], document["url"]) == (
        "10.1234/abc.def",
        {"name": "A Press"},
        "https://example.org/x?y=1",
    )
    croissant = json.loads((dist / "croissant.json").read_text())
    assert croissant["identifier"] == "https://doi.org/10.1234/abc.def"


def test_what_needs_authors_is_not_made_up_without_them(tmp_path: Path) -> None:
    dist = built(minimal(tmp_path / "p"))
    assert [name for name in FILES if (dist / name).exists()] == ["datapackage.json"]
    assert errors(dist / "datapackage.json") == []
    assert dataset_builder.verify(dist).diagnostics == ()


def test_every_licence_gives_a_valid_citation(tmp_path: Path) -> None:
    schemas = list(ROOT.glob(".venv-cff/lib/*/site-packages/cffconvert/schemas/1.2.0/schema.json"))
    if not schemas:
        pytest.skip("absent: cffconvert; `make .venv-cff/.cff` installs it")
    known = Draft7Validator(json.loads(schemas[0].read_text()))
    stated = 0
    for license_ in [*hub._SAME.split(), *hub._NAMED, "LicenseRef-own", "MIT OR CC0-1.0", "GPL-3.0-only", "gpl-3.0"]:
        project = Project(
            root=tmp_path, file="x", name="n", title="T", version="1.0.0", license=license_, authors=("A",)
        )
        document = yaml.safe_load(render_cff(project) or "")
        assert [error.message for error in known.iter_errors(document)] == [], license_
        stated += "license" in document
    assert stated > 40


def test_the_projects_own_citation_is_taken_with_the_version(tmp_path: Path) -> None:
    folder = minimal(tmp_path / "p")
    own = "cff-version: 1.2.0 # mine\nmessage: Cite me.\ntitle: T\nauthors:\n- family-names: A\nversion: 0.0.1\n"
    (folder / "CITATION.cff").write_text(own)
    dist = built(folder)
    assert (dist / "CITATION.cff").read_text() == own.replace("0.0.1", "0.1.0")
    (folder / "CITATION.cff").write_text(own.replace("Cite me.", "Cite it."))
    assert "Cite it." in (built(folder) / "CITATION.cff").read_text()  # though nothing else has changed


def test_a_citation_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    folder = minimal(tmp_path / "p")
    for text in ("- a list\n", "a: [\n", "date: 2026-99-99\n"):
        (folder / "CITATION.cff").write_text(text)
        with pytest.raises(UsageError, match=r"CITATION\.cff is no YAML mapping"):
            built(folder)
