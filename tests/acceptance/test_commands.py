"""The command line on the shipped project: exit codes, the shapes of JSON, the card, what `verify` notices."""

import json
import re
import shutil
from pathlib import Path

import pytest
from datasets import load_dataset
from huggingface_hub import DatasetCard

import dataset_builder
from tests.acceptance.commands import run


def test_check_prints_the_agreed_json(own_project: Path) -> None:
    label = own_project / "annotations/a1/phone-ban_civic-lantern.json"
    label.write_text(label.read_text().replace('"kind": "headline"', '"kind": "headlin"'))
    done = run(own_project, "check", "--format", "json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    (diagnostic,) = found["diagnostics"]
    assert set(diagnostic) == {
        *("code", "severity", "message", "file", "line", "column", "pointer", "help", "fixable"),
    }
    assert (diagnostic["code"], diagnostic["severity"]) == ("LAB001", "error")
    assert diagnostic["pointer"].startswith("/segments/")
    line = label.read_text().splitlines()[diagnostic["line"] - 1]
    assert line[diagnostic["column"] - 1 :].startswith('"headlin"')
    assert set(found["summary"]) >= {"articles", "annotations", "errors", "warnings", "unverified"}
    assert (found["summary"]["articles"], found["summary"]["annotations"], found["summary"]["errors"]) == (16, 48, 1)


def test_build_prints_the_agreed_json(own_project: Path) -> None:
    done = run(own_project, "build", "--format", "json")
    assert done.returncode == 0
    built = json.loads(done.stdout)
    assert built["version"] == "0.1.0"
    assert (built["articles"], built["annotations"]) == (16, 48)
    assert sum(built["tables"]["articles"].values()) == 16
    assert built["shards"] == {"written": 24, "reused": 0}
    assert Path(own_project, built["output"]).is_dir()


def test_a_stale_card_fails_and_is_renewed_around_the_prose(own_project: Path) -> None:
    card = own_project / "DATASET_CARD.md"
    assert run(own_project, "card", "--check").returncode == 0
    prose = "\n## A word of mine\n\nThis <b>stays</b>, with  its spaces.\n"
    edited = card.read_text("utf-8").replace("## Loading\n", f"{prose}\n## Loading\n").replace("(440)", "(4400)")
    card.write_text(edited, "utf-8")
    stale = run(own_project, "card", "--check")
    assert stale.returncode == 1
    assert "CRD001" in stale.stdout + stale.stderr
    assert card.read_text("utf-8") == edited, "checking writes nothing"
    assert run(own_project, "card").returncode == 0
    assert run(own_project, "card", "--check").returncode == 0
    renewed = card.read_text("utf-8")
    assert prose in renewed
    assert "(4400)" not in renewed


def test_the_shipped_card_leaves_nothing_open_and_the_hubs_library_reads_it(own_project: Path, dist: Path) -> None:
    done = run(own_project, "card", "--check")
    assert (done.returncode, done.stdout) == (0, "")
    data = DatasetCard.load(dist / "README.md").data
    assert (data.language, data.license, data.multilinguality) == (["en", "de", "ja"], "cc-by-4.0", ["multilingual"])
    assert (data.annotations_creators, data.language_creators) == (
        ["machine-generated"],
        ["machine-generated", "found"],
    )
    assert (data.source_datasets, data.size_categories) == (["original"], ["n<1K"])
    assert data.task_categories == ["token-classification", "text-classification"]
    card = (dist / "README.md").read_text("utf-8")
    shown = re.findall(r"^!\[[^\]]+\]\((\S+)\)$", card, re.MULTILINE)
    assert sorted(shown) == [f"figures/{name}.svg" for name in ("agreement", "coverage", "labels", "lengths")]
    assert all((dist / path).is_file() for path in shown)


def test_an_answer_that_is_taken_out_is_asked_for(own_project: Path) -> None:
    card = own_project / "DATASET_CARD.md"
    text = card.read_text("utf-8")
    answer = text.index("<!-- dataset-builder:answer limits -->")
    card.write_text(text[:answer] + text[text.index("\n## Loading\n") :], "utf-8")
    done = run(own_project, "card")
    assert done.returncode == 0
    assert "note[CRD004]" in done.stdout
    assert "What is it not good for?" in done.stdout
    assert card.read_text("utf-8").count("*To be answered: ") == 1
    done = run(own_project, "card", "--check")
    assert done.returncode == 0
    assert "note[CRD004]" in done.stdout


def test_damaged_markers_are_an_error_and_nothing_is_lost(own_project: Path) -> None:
    card = own_project / "DATASET_CARD.md"
    damaged = card.read_text("utf-8").replace("<!-- dataset-builder:end layers -->", "")
    card.write_text(damaged, "utf-8")
    done = run(own_project, "card")
    assert done.returncode == 1
    assert "CRD002" in done.stdout
    assert card.read_text("utf-8") == damaged


@pytest.mark.parametrize(
    "pattern",
    ["README.md", "manifest.json", "croissant.json", "schema/*.json", "data/entities/*.parquet", ".gitattributes"],
)
def test_verify_notices_a_changed_byte(dist: Path, tmp_path: Path, pattern: str) -> None:
    copy = tmp_path / "dist"
    shutil.copytree(dist, copy)
    assert dataset_builder.verify(copy).diagnostics == ()
    path = next(copy.glob(pattern))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    found = dataset_builder.verify(copy)
    assert not found.ok
    assert {diagnostic.code[:3] for diagnostic in found.diagnostics} == {"REL"}


def test_verify_notices_files_lost_and_found(dist: Path, tmp_path: Path) -> None:
    copy = tmp_path / "dist"
    shutil.copytree(dist, copy)
    lost = next(copy.glob("data/quotes/train-*"))
    found = copy / "data" / "quotes" / "train-00001-000000000000.parquet"
    lost.rename(found)
    places = {diagnostic.place.file for diagnostic in dataset_builder.verify(copy).diagnostics}
    assert {str(lost.relative_to(copy)), str(found.relative_to(copy))} <= places


def test_verify_notices_a_whole_other_table(dist: Path, own_project: Path) -> None:
    """A build whose files all fit their manifest, but not the content digest that it states."""
    copy = own_project / "copy"
    shutil.copytree(dist, copy)
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["tables"]["cues"]["digest"] = manifest["tables"]["quotes"]["digest"]
    (copy / "manifest.json").write_text(json.dumps(manifest))
    codes = {diagnostic.code for diagnostic in dataset_builder.verify(copy).diagnostics}
    assert codes == {"REL002", "REL024"}  # nor is it the manifest that the statement names


def test_a_new_project_builds_verifies_and_loads(tmp_path: Path) -> None:
    project = dataset_builder.init(tmp_path / "my corpus")
    built = dataset_builder.build(project)
    assert dataset_builder.verify(built.output).diagnostics == ()
    for table in built.tables:
        assert sum(split.num_rows for split in load_dataset(str(built.output), table).values()) == sum(
            built.tables[table].values()
        )


def test_statistics_and_schema_come_as_json(project_dir: Path) -> None:
    stats = json.loads(run(project_dir, "stats", "--format", "json").stdout)
    assert stats
    tables = json.loads(run(project_dir, "schema", "--format", "json").stdout)
    assert "entities" in json.dumps(tables)


@pytest.mark.parametrize("policy", ["majority", "all", "single"])
def test_other_gold_policies_build_too(own_project: Path, policy: str) -> None:
    configuration = own_project / "pyproject.toml"
    text = configuration.read_text().replace('policy = "adjudicated"\nannotator = "gold"\n', f'policy = "{policy}"\n')
    configuration.write_text(text)
    shutil.rmtree(own_project / "annotations/links")  # their keys are those of the adjudicated record
    if policy == "single":
        for annotator in ("a1", "a2"):
            shutil.rmtree(own_project / "annotations" / annotator)
    if policy == "majority":  # three annotators, three devices: nobody's majority, and the schema requires one
        with pytest.raises(dataset_builder.FindingsError) as refused:
            dataset_builder.build(dataset_builder.open_project(own_project))
        (found,) = refused.value.result.diagnostics
        assert (found.code, found.place.file) == ("AGR003", "annotations/a1/stadionfrage_elmtal-kurier.json")
        for annotator in ("a2", "gold"):
            (own_project / f"annotations/{annotator}/stadionfrage_elmtal-kurier.json").unlink()
    built = dataset_builder.build(dataset_builder.open_project(own_project))
    assert dataset_builder.verify(built.output).diagnostics == ()
    entities = load_dataset(str(built.output), "entities")
    rows = [row for split in entities.values() for row in split]
    assert len(rows) >= 400
    if policy == "all":
        assert {tuple(row["annotators"]) for row in rows} >= {("a1", "a2", "gold"), ("a2", "gold")}
