"""What a build promises whatever happens: the same bytes, a whole output or none, a word for every bad input."""

import fcntl
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import dataset_builder
from dataset_builder import EngineError, FindingsError, OutputError, UsageError

CLEAN = Path(__file__).resolve().parents[1] / "cases" / "clean"


def contents(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def run(project: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dataset_builder", "--project", str(project), *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


# The same bytes


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "2", "TZ": "America/St_Johns", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "0"},
    ],
)
def test_hash_seed_time_zone_locale_and_directory_never_show(
    dist: Path, project_dir: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    elsewhere = tmp_path / "un répertoire" / "project"
    shutil.copytree(project_dir, elsewhere)
    done = run(elsewhere, "build", "--output", str(tmp_path / "out"), **environment)
    assert done.returncode == 0, done.stderr
    assert contents(tmp_path / "out") == contents(dist)


@pytest.mark.parametrize("jobs", ["1", "3"])
def test_worker_count_and_order_of_files_never_show(dist: Path, project_dir: Path, tmp_path: Path, jobs: str) -> None:
    shuffled = tmp_path / "project"
    files = [path for path in project_dir.rglob("*") if path.is_file() and "dist" not in path.parts]
    random.Random(jobs).shuffle(files)
    for path in files:  # file systems tend to list in the order of creation
        target = shuffled / path.relative_to(project_dir)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    assert run(shuffled, "build", "--jobs", jobs).returncode == 0
    assert contents(shuffled / "dist") == contents(dist)


def many_articles(target: Path, count: int) -> Path:
    """A project of so many tiny articles that it has several shards."""
    dataset_builder.init(target)
    for path in (*target.glob("seeds/*"), *target.glob("annotations/*/*")):
        path.unlink()
    schema = json.loads((target / "schema/article.schema.json").read_text())
    schema["properties"] |= {"id": {"type": "string"}, "text": {"type": "string"}}
    schema["required"] = []
    (target / "schema/article.schema.json").write_text(json.dumps(schema))
    rows = ({"id": f"article-{number}", "text": f"Text number {number}."} for number in range(count))
    (target / "seeds/all.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    configuration = (target / "dataset.toml").read_text()
    (target / "dataset.toml").write_text(configuration + "\n[shards]\narticles = 256\nrow_group = 300\n")
    return target


def test_several_shards_in_several_processes_are_the_same_bytes(tmp_path: Path) -> None:
    project = many_articles(tmp_path / "many", 3000)
    one, three = tmp_path / "one", tmp_path / "three"
    assert run(project, "build", "--jobs", "1", "--output", str(one)).returncode == 0
    assert run(project, "build", "--jobs", "3", "--output", str(three)).returncode == 0
    assert len(list(one.glob("data/articles/*"))) > 3
    assert contents(one) == contents(three)


def test_one_more_article_changes_one_shard_a_table(tmp_path: Path) -> None:
    project = many_articles(tmp_path / "many", 3000)
    before = dataset_builder.build(dataset_builder.open_project(project), output=tmp_path / "out")
    with (project / "seeds/all.jsonl").open("a") as stream:
        stream.write(json.dumps({"id": "article-1234b", "text": "One more."}) + "\n")
    after = dataset_builder.build(dataset_builder.open_project(project), output=tmp_path / "out")
    assert before.written > 6
    assert after.written == 1, "the other tables have no rows"


def test_shards_and_row_groups_do_not_show_in_the_content_digest(tmp_path: Path) -> None:
    project = many_articles(tmp_path / "many", 2000)
    digests = []
    for sizes in ("articles = 256", "articles = 1024\nrow_group = 1", "articles = 100000"):
        text = (project / "dataset.toml").read_text().split("[shards]")[0]
        (project / "dataset.toml").write_text(f"{text}[shards]\n{sizes}\n")
        built = dataset_builder.build(dataset_builder.open_project(project)).output
        tables = json.loads((built / "manifest.json").read_text())["tables"]
        digests.append({name: table["digest"] for name, table in tables.items()})
    assert digests[0] == digests[1] == digests[2]


def test_an_unchanged_build_keeps_its_files(own_project: Path) -> None:
    project = dataset_builder.open_project(own_project)
    first = dataset_builder.build(project)
    second = dataset_builder.build(project)
    assert (second.written, second.reused) == (0, first.written + first.reused)


# Never torn


def break_annotation(project: Path) -> None:
    path = project / "annotations/gold/harbour-strike_free-quay-post.json"
    path.write_text(path.read_text().replace('"start": ', '"start": 9', 1))


def test_a_failed_build_leaves_the_old_one(own_project: Path) -> None:
    project = dataset_builder.open_project(own_project)
    old = contents(dataset_builder.build(project).output)
    break_annotation(own_project)
    with pytest.raises(FindingsError):
        dataset_builder.build(project)
    assert contents(own_project / "dist") == old
    assert not list(own_project.glob(".dist*"))


@pytest.mark.parametrize("delay", [0.3, 0.5, 0.7, 0.9])
def test_a_killed_build_leaves_the_old_one(tmp_path: Path, delay: float) -> None:
    project = many_articles(tmp_path / "many", 4000)
    built = dataset_builder.build(dataset_builder.open_project(project)).output
    old = contents(built)
    with (project / "seeds/all.jsonl").open("a") as stream:
        stream.write(json.dumps({"id": "article-1234b", "text": "One more."}) + "\n")
    command = [sys.executable, "-m", "dataset_builder", "--project", str(project), "build", "--jobs", "1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    finished = process.wait() == 0
    new = dataset_builder.build(dataset_builder.open_project(project), output=tmp_path / "new").output
    assert contents(built) in ((contents(new),) if finished else (old, contents(new)))
    dataset_builder.build(dataset_builder.open_project(project))
    assert contents(built) == contents(new)
    assert not list(project.glob(".dist*")), "what the killed build left is cleared away"


def test_an_interrupted_build_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    project = many_articles(tmp_path / "many", 20000)
    command = [sys.executable, "-m", "dataset_builder", "--project", str(project), "build", "--jobs", "2"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for(lambda: list(project.glob(".dist.staging-*")), process)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert not (project / "dist").exists()
    assert not list(project.glob(".dist*"))


def test_a_worker_process_that_is_killed_ends_the_build_and_leaves_the_old_one(tmp_path: Path) -> None:
    project = dataset_builder.open_project(many_articles(tmp_path / "many", 20000))
    output = dataset_builder.build(project).output
    old, before = contents(output), set(multiprocessing.active_children())

    def progress(stage: str, done: int, total: int | None) -> None:
        if stage == "compile" and 0 < done < (total or 0):
            next(iter(set(multiprocessing.active_children()) - before)).kill()

    with pytest.raises(EngineError, match=r"a worker process was killed.* the build that was there is whole"):
        dataset_builder.build(project, jobs=2, incremental=False, progress=progress)
    assert contents(output) == old
    assert not list((tmp_path / "many").glob(".dist*"))


def wait_for(condition: Callable[[], object], process: subprocess.Popen[str]) -> None:
    for _ in range(2000):
        if condition() or process.poll() is not None:
            return
        time.sleep(0.005)


def test_a_second_build_waits_for_the_first(own_project: Path) -> None:
    handle = os.open(own_project, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    stages: list[str] = []

    def progress(stage: str, done: int, total: int | None) -> None:
        del done, total
        stages.append(stage)
        if "wait" in stage:
            os.close(handle)  # the first build ends

    dataset_builder.build(dataset_builder.open_project(own_project), progress=progress)
    assert any("wait" in stage for stage in stages)


def test_a_full_disk_leaves_the_old_build(own_project: Path, tmp_path: Path) -> None:
    mount = tmp_path / "small"
    mount.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(mount)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("absent: the right to mount a small file system, to fill it up")
    try:
        project = dataset_builder.open_project(own_project)
        output = mount / "dist"
        with pytest.raises(OutputError, match="no space"):
            dataset_builder.build(project, output=output)
        assert list(mount.iterdir()) == []
        done = run(own_project, "build", "--output", str(output))
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
    finally:
        subprocess.run(["umount", str(mount)], check=True)


def test_a_folder_that_no_build_made_is_not_replaced(own_project: Path) -> None:
    project = dataset_builder.open_project(own_project)
    with pytest.raises(UsageError, match="not a build"):
        dataset_builder.build(project, output=own_project / "seeds")
    with pytest.raises(UsageError, match="project itself"):
        dataset_builder.build(project, output=own_project)
    assert (own_project / "seeds").is_dir()


# Splits


def test_splits_are_remembered(own_project: Path) -> None:
    lock = own_project / "splits.lock.json"
    assert json.loads(lock.read_text())["groups"]
    project = dataset_builder.open_project(own_project)
    before = lock.read_bytes()
    dataset_builder.build(project, locked=True)
    assert lock.read_bytes() == before
    lock.unlink()
    with pytest.raises(UsageError, match="out of date"):
        dataset_builder.build(project, locked=True)
    assert not lock.exists()
    dataset_builder.build(project)
    assert lock.read_bytes() == before


# Another kind of project


def test_a_project_whose_schemas_share_nothing_with_ours(tmp_path: Path) -> None:
    from datasets import load_dataset

    project = tmp_path / "dialogues"
    shutil.copytree(CLEAN / "dialogues", project)
    built = dataset_builder.build(dataset_builder.open_project(project))
    assert set(built.tables) == {"articles", "annotations", "turns"}
    loaded = load_dataset(str(built.output))
    assert set(loaded) == {"train", "test.unseen"}
    first = loaded["train"][0]
    assert first["device"] == {"mic": [1, 2.5, None], "note": 'left ":" channel'}
    assert first["recorded"].isoformat() == "2025-02-01T09:30:00+00:00"
    assert first["turns"][0]["slots"] == [{"key": "item", "value": "parcel"}]
    assert first["turns"][0]["pauses"] == [{"begin": 7, "stop": 9, "sound": "er", "seconds": 0.5}]
    turns = load_dataset(str(built.output), "turns")
    assert turns["train"].features["role"].names == ["caller", "agent"]
    texts = {row["id"]: row["text"] for split in loaded.values() for row in split}
    for row in (row for split in turns.values() for row in split):
        assert texts[row["article"]][row["begin"] : row["stop"]] == row["words"]
