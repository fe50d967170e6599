"""The two texts that may not be published: absent, put back, and never in what is built or printed."""

import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from datasets import load_dataset

import dataset_builder
from tests.acceptance.commands import run
from tests.acceptance.conftest import git
from tests.acceptance.test_build import contents

IDS = ("000_e4b1ca64379009df", "002_6ded56d84c480718")
SHOWING = 40


@pytest.fixture(scope="session")
def texts_dir(shared_dir: Path) -> Path:
    folder = shared_dir / "seeds"
    if not all((folder / f"{id_}.txt").is_file() for id_ in IDS):
        pytest.skip(f"absent: {folder}, the two withheld texts")
    return folder


@pytest.fixture(scope="session")
def windows(texts_dir: Path) -> frozenset[str]:
    """Every stretch of the withheld texts that is too long for a coincidence, white space folded."""
    texts = (" ".join((texts_dir / f"{id_}.txt").read_text("utf-8").split()) for id_ in IDS)
    return frozenset(text[begin : begin + SHOWING] for text in texts for begin in range(len(text) - SHOWING + 1))


def shows(text: str, windows: frozenset[str]) -> str | None:
    folded = " ".join(text.split())
    found = (folded[begin : begin + SHOWING] for begin in range(len(folded) - SHOWING + 1))
    return next((window for window in found if window in windows), None)


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def assert_nothing_shows(build: Path, windows: frozenset[str]) -> None:
    for path in build.rglob("*"):
        if path.suffix == ".parquet":
            for row in pq.read_table(path).to_pylist():
                assert not [text for text in strings(row) if shows(text, windows)], path
        elif path.is_file():
            assert not shows(path.read_text("utf-8"), windows), path


def test_before_hydrating_nothing_is_wrong_and_the_unverified_are_counted(project_dir: Path) -> None:
    result = dataset_builder.check(dataset_builder.open_project(project_dir))
    assert (result.summary.errors, result.summary.unverified > 400) == (0, True)


def test_hydrating_verifies_everything_and_changes_no_build(
    own_project: Path, dist: Path, texts_dir: Path, windows: frozenset[str]
) -> None:
    git("init", "--quiet", cwd=own_project)
    project = dataset_builder.open_project(own_project)
    hydrated = dataset_builder.hydrate(project, texts_dir)
    assert (hydrated.hydrated, hydrated.missing) == (IDS, ())
    git("add", "--all", cwd=own_project)
    assert not [line for line in git("ls-files", cwd=own_project).splitlines() if ".hydrated" in line]
    result = dataset_builder.check(project)
    assert (result.diagnostics, result.summary.unverified) == ((), 0)
    built = dataset_builder.build(project).output
    assert contents(built) == contents(dist)
    assert_nothing_shows(built, windows)


def test_texts_are_known_by_digest_and_not_by_name(own_project: Path, texts_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere" / "deep"
    folder.mkdir(parents=True)
    (folder / "some page.html").write_bytes((texts_dir / f"{IDS[1]}.txt").read_bytes())
    (folder / f"{IDS[0]}.txt").write_text("another text under that name")
    result = dataset_builder.hydrate(dataset_builder.open_project(own_project), tmp_path / "elsewhere")
    assert (result.hydrated, result.missing) == ((IDS[1],), (IDS[0],))


@pytest.mark.parametrize("field", ["start", "digest"])
def test_a_wrong_anchor_is_found_once_the_text_is_here_and_shows_nothing_of_it(
    own_project: Path, texts_dir: Path, windows: frozenset[str], field: str
) -> None:
    path = own_project / f"annotations/a1/{IDS[0]}.json"
    record = json.loads(path.read_text())
    item = record["quotes"][3]
    item[field] = item[field] + 1 if field == "start" else hashlib.sha256(b"other").hexdigest()
    path.write_text(json.dumps(record, indent=1))
    assert dataset_builder.check(dataset_builder.open_project(own_project)).ok
    dataset_builder.hydrate(dataset_builder.open_project(own_project), texts_dir)
    for arguments in (("check",), ("check", "--format", "json"), ("build",)):
        done = run(own_project, *arguments)
        assert done.returncode == 1
        assert "SPN004" in done.stdout
        assert not shows(done.stdout + done.stderr, windows)


def test_a_headline_in_the_metadata_is_refused(own_project: Path, texts_dir: Path, windows: frozenset[str]) -> None:
    path = own_project / f"seeds/{IDS[0]}.json"
    metadata = json.loads(path.read_text())
    metadata["title"] = (texts_dir / f"{IDS[0]}.txt").read_text("utf-8").splitlines()[2]
    path.write_text(json.dumps(metadata, indent=2))
    dataset_builder.hydrate(dataset_builder.open_project(own_project), texts_dir)
    done = run(own_project, "build")
    assert done.returncode == 1
    assert "ART017" in done.stdout
    assert not shows(done.stdout + done.stderr, windows)
    assert not (own_project / "dist").exists()


def test_a_loaded_dataset_is_hydrated(dist: Path, texts_dir: Path) -> None:
    loaded = dataset_builder.hydrate(load_dataset(str(dist)), texts_dir)
    rows = {row["id"]: row for split in loaded.values() for row in split}
    assert loaded["train"].features == load_dataset(str(dist), split="train").features
    for id_ in IDS:
        text = (texts_dir / f"{id_}.txt").read_bytes().decode()
        assert rows[id_]["text"] == text
        for item in rows[id_]["quotes"]:
            assert item["quote"] == text[item["start"] : item["end"]]


def test_a_copy_of_a_build_is_hydrated(dist: Path, texts_dir: Path, tmp_path: Path) -> None:
    git("init", "--quiet", cwd=tmp_path)
    copy = dataset_builder.hydrate(dist, texts_dir, output=tmp_path / "copy").output
    assert git("status", "--porcelain", cwd=tmp_path) == ""
    texts = {row["id"]: row["text"] for split in load_dataset(str(copy)).values() for row in split}
    assert None not in texts.values()
    for row in (row for split in load_dataset(str(copy), "entities").values() for row in split):
        assert row["quote"] == texts[row["article"]][row["start"] : row["end"]]


# Taking a text out

ID = "phone-ban_civic-lantern"


@pytest.fixture
def withheld(own_project: Path) -> Path:
    git("init", "--quiet", cwd=own_project)
    git("add", "--all", cwd=own_project)
    git("commit", "--quiet", "-m", "before", cwd=own_project)
    dataset_builder.withhold(dataset_builder.open_project(own_project), [ID])
    return own_project


def test_withholding_changes_what_it_must_and_no_more(withheld: Path) -> None:
    changed = dict(reversed(line.split(maxsplit=1)) for line in git("status", "--porcelain", cwd=withheld).splitlines())
    records = {f"annotations/{annotator}/{ID}.json" for annotator in ("a1", "a2", "gold")}
    assert set(changed) == {*records, "annotations/links/phone-ban.json", f"seeds/{ID}.json", f"seeds/{ID}.txt"}
    assert changed[f"seeds/{ID}.txt"] == "D"
    lines = git("diff", "--unified=0", f"seeds/{ID}.json", cwd=withheld).splitlines()
    assert [line.strip() for line in lines if line.startswith(("+ ", "- "))] == [
        '-    "text": "included"',
        '+    "text": "withheld"',
    ]
    for file in records:
        before = json.loads(git("show", f"HEAD:{file}", cwd=withheld))
        after = json.loads((withheld / file).read_text())
        for item in (item for layer in before.values() if isinstance(layer, list) for item in layer):
            if "quote" in item:
                item["digest"] = hashlib.sha256(item.pop("quote").encode()).hexdigest()
        assert after == before
    assert (withheld / f"seeds/.hydrated/{ID}.txt").is_file()


def test_a_withheld_article_checks_builds_and_comes_back(withheld: Path) -> None:
    title = withheld / f"seeds/{ID}.json"
    metadata = json.loads(title.read_text())
    text = (withheld / f"seeds/.hydrated/{ID}.txt").read_bytes()
    if len(metadata["title"]) >= SHOWING:
        assert not dataset_builder.check(dataset_builder.open_project(withheld)).ok
    metadata["title"] = None
    title.write_text(json.dumps(metadata, ensure_ascii=False, indent=2) + "\n")
    project = dataset_builder.open_project(withheld)
    assert dataset_builder.check(project).diagnostics == ()
    built = dataset_builder.build(project).output
    row = next(row for split in load_dataset(str(built)).values() for row in split if row["id"] == ID)
    assert (row["text"], row["sha256"]) == (None, hashlib.sha256(text).hexdigest())
    assert all(item["quote"] is None and item["digest"] for item in row["entities"])
    (withheld / f"seeds/.hydrated/{ID}.txt").unlink()
    unverified = dataset_builder.check(project).summary.unverified
    holder = withheld.parent / "holder"
    holder.mkdir()
    (holder / "x").write_bytes(text)
    dataset_builder.hydrate(project, holder)
    assert dataset_builder.check(project).summary.unverified < unverified


def test_an_unknown_article_is_not_withheld(own_project: Path) -> None:
    before = contents(own_project)
    with pytest.raises(dataset_builder.UsageError, match=ID):
        dataset_builder.withhold(dataset_builder.open_project(own_project), [ID.replace("civic", "cynic")])
    assert {name: data for name, data in contents(own_project).items() if ".dataset-builder" not in name} == before


def test_nothing_committed_holds_a_withheld_text(windows: frozenset[str]) -> None:
    root = Path(__file__).resolve().parents[2]
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("absent: git's list of this repository's files")
    for name in filter(None, listed.stdout.decode().split("\0")):
        data = (root / name).read_bytes() if (root / name).is_file() else b""
        assert not shows(data.decode("utf-8", "replace"), windows), name
