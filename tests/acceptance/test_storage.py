"""Sources in a store, builds in a store: with a real S3 server that is now and then slow, and a network that breaks."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from datasets import load_dataset

import dataset_builder
from dataset_builder.cli.app import app
from dataset_builder.errors import FindingsError, OutputError, StorageError, UsageError
from dataset_builder.storage import multipart, store
from dataset_builder.storage.retry import Patience
from tests.acceptance.s3 import FAULTS, SECRET, Bucket, Proxy, Request

boto3 = pytest.importorskip("boto3", reason="absent: boto3, to look at what is in the S3 server")
pytest.importorskip("moto", reason="absent: moto, the S3 server")
pytest.importorskip("s3fs", reason="absent: s3fs, what s3:// is read with")

BASE = Path(__file__).resolve().parents[1] / "rules/base"
ID = "ferry"
SOURCES = "s3://corpus/in"


@pytest.fixture
def local(tmp_path: Path) -> Path:
    """A small project that lies in a folder, with a card that is up to date."""
    shutil.copytree(BASE, tmp_path / "local")
    return tmp_path / "local"


@pytest.fixture
def project(tmp_path: Path, bucket: Bucket) -> Path:
    """The same, with its articles and annotations in the bucket."""
    folder = tmp_path / "project"
    shutil.copytree(BASE, folder)
    move(folder, bucket)
    with (folder / "dataset.toml").open("a") as stream:
        stream.write(f'[paths]\narticles = "{SOURCES}/seeds"\nannotations = "{SOURCES}/annotations"\n')
    return folder


@pytest.fixture
def shipped(own_project: Path, bucket: Bucket) -> Path:
    """The shipped project, with its articles and annotations in the bucket."""
    move(own_project, bucket)
    path = own_project / "pyproject.toml"
    text = path.read_text("utf-8").replace('"seeds/**/', f'"{SOURCES}/seeds/**/')
    paths = f'articles = "{SOURCES}/seeds"\nannotations = "{SOURCES}/annotations"\n'
    table = "[tool.dataset-builder.paths]\n"
    assert table in text
    path.write_text(text.replace(table, f"{table}{paths}"), "utf-8")
    return own_project


def move(project: Path, bucket: Bucket) -> None:
    for name in ("seeds", "annotations"):
        bucket.upload(project / name, f"in/{name}")
        shutil.rmtree(project / name)


def build(project: Path, output: str = "s3://corpus/dist") -> Any:
    return dataset_builder.build(dataset_builder.open_project(project), output=output, jobs=1)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def edit_title(bucket: Bucket, title: str = "Another title") -> None:
    key = f"in/seeds/{ID}.json"
    metadata = json.loads(bucket.get(key))
    bucket.put(key, json.dumps({**metadata, "title": title}).encode())


# What is asked for


def test_what_is_built_from_and_into_a_store_is_what_is_built_locally(
    shipped: Path, bucket: Bucket, dist: Path, tmp_path: Path
) -> None:
    result = build(shipped)
    assert (result.output, result.written, result.reused) == ("s3://corpus/dist", 24, 0)
    assert bucket.contents("dist/") == contents(dist)
    assert bucket.open_uploads() == []
    assert dataset_builder.verify("s3://corpus/dist").diagnostics == ()
    files = {"train": "s3://corpus/dist/data/entities/train-*.parquet"}
    streamed = load_dataset("parquet", data_files=files, split="train", streaming=True)
    local = load_dataset(str(dist), "entities", split="train")
    assert list(streamed) == list(local)
    assert streamed.features == local.features
    for name, data in bucket.contents("dist/").items():
        (tmp_path / "copy" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "copy" / name).write_bytes(data)
    assert load_dataset(str(tmp_path / "copy"), "entities")["train"][:] == local[:]


def test_a_second_build_fetches_and_puts_nothing(project: Path, bucket: Bucket, proxy: Proxy) -> None:
    first = build(project)
    before = bucket.contents("dist/")
    proxy.quiet()
    result = build(project)
    assert (result.written, result.reused) == (0, first.written)
    assert (proxy.written, set(proxy.fetched)) == ([], {"corpus/dist/manifest.json"})
    assert bucket.contents("dist/") == before


def test_after_a_change_only_what_changed_is_fetched_and_put(
    project: Path, bucket: Bucket, proxy: Proxy, tmp_path: Path
) -> None:
    build(project)
    before = bucket.contents("dist/")
    edit_title(bucket)
    proxy.quiet()
    result = build(project)
    after = bucket.contents("dist/")
    assert [key for key in proxy.fetched if "/in/" in key] == [f"corpus/in/seeds/{ID}.json"]
    changed = {f"corpus/dist/{key}" for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert set(proxy.written) == changed
    assert {key.split("/")[3] for key in changed if "/data/" in key} == {"articles"}
    assert result.written == 1
    assert result.reused > 1
    assert dataset_builder.verify("s3://corpus/dist").diagnostics == ()
    assert after == contents(build(project, str(tmp_path / "dist")).output)


def test_what_is_gone_there_is_gone_here(project: Path, bucket: Bucket) -> None:
    for key in ("seeds/vault.json", "annotations/ada/vault.json", "annotations/links/same-day.json"):
        assert f"in/{key}" in bucket.keys("in/")
    assert dataset_builder.check(dataset_builder.open_project(project)).summary.articles == 3
    for key in ("seeds/vault.json", "annotations/ada/vault.json", "annotations/links/same-day.json"):
        bucket.remove(f"in/{key}")
    summary = dataset_builder.check(dataset_builder.open_project(project)).summary
    assert (summary.articles, summary.annotations) == (2, 2)


def test_links_lie_among_annotations_in_a_store_too(project: Path) -> None:
    assert dataset_builder.open_project(project).paths.links == f"{SOURCES}/annotations/links"
    assert sum(build(project).tables["links"].values()) == 1


def test_findings_name_what_is_in_the_store(project: Path, bucket: Bucket) -> None:
    key = f"in/annotations/ada/{ID}.json"
    bucket.put(key, bucket.get(key).replace(b'"type": "person"', b'"type": "persn"', 1))
    done = command(project, "check")
    assert done.exit_code == 1
    place = rf"{SOURCES}/annotations/ada/{ID}.json:\d+:\d+"
    assert re.match(rf'{place}: error\[LAB001\]: unknown label "persn"', done.stdout)
    assert '"type": "persn"' in done.stdout.split("\n", 3)[2]  # the line itself is shown


def test_file_urls_are_folders(local: Path, tmp_path: Path) -> None:
    expected = contents(build(local, str(tmp_path / "expected")).output)
    for name in ("seeds", "annotations"):
        (tmp_path / "elsewhere").mkdir(exist_ok=True)
        (local / name).rename(tmp_path / "elsewhere" / name)
    places = "".join(
        f'{key} = "file://{tmp_path}/elsewhere/{name}"\n'
        for key, name in {"articles": "seeds", "annotations": "annotations"}.items()
    )
    with (local / "dataset.toml").open("a") as stream:
        stream.write(f"[paths]\n{places}")
    result = build(local, f"file://{tmp_path}/out/")
    assert result.output == tmp_path / "out"
    assert contents(tmp_path / "out") == expected
    assert dataset_builder.verify(f"file://{tmp_path}/out").diagnostics == ()
    assert not (local / ".dataset-builder/mirror").exists()


def test_links_may_not_lead_out_of_a_folder_named_by_a_url(local: Path, tmp_path: Path) -> None:
    (local / "seeds").rename(tmp_path / "seeds")
    (tmp_path / "secret.txt").write_text("not of this project")
    (tmp_path / "seeds/more.txt").symlink_to(tmp_path / "secret.txt")
    with (local / "dataset.toml").open("a") as stream:
        stream.write(f'[paths]\narticles = "file://{tmp_path}/seeds"\n')
    project = dataset_builder.open_project(local)
    (found,) = dataset_builder.check(project).diagnostics
    assert (found.code, found.place.file) == ("CFG007", f"file://{tmp_path}/seeds/more.txt")
    assert dataset_builder.excerpts(project)(found.place.file) is None


# What goes wrong on the way


@pytest.mark.parametrize("seed", range(3))
def test_a_slow_store_and_a_broken_network_change_nothing(
    project: Path, local: Path, bucket: Bucket, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(multipart, "PART", 4 * 1024)
    failed: list[str] = []
    proxy.fail_now_and_then(seed)
    chosen = proxy.fault

    def fault(request: Request) -> str | None:
        kind = chosen(request)
        failed.extend([kind] if kind else [])
        return kind

    proxy.fault = fault
    build(project)
    assert set(failed) == set(FAULTS)
    assert any("uploadId" in request.query for request in proxy.log)
    proxy.quiet()
    assert bucket.contents("dist/") == contents(build(local, "dist").output)
    assert bucket.open_uploads() == []
    assert dataset_builder.verify("s3://corpus/dist").diagnostics == ()


def test_at_every_moment_the_manifest_names_what_is_there(project: Path, bucket: Bucket, proxy: Proxy) -> None:
    build(project)
    edit_title(bucket)
    seen: list[bytes] = []

    def look(request: Request) -> None:
        if request.writes:
            manifest = bucket.get("dist/manifest.json")
            seen.append(manifest)
            sizes = {key: len(data) for key, data in bucket.contents("dist/").items()}
            named = {key: file["bytes"] for key, file in json.loads(manifest)["files"].items() if key[:5] == "data/"}
            assert named.items() <= sizes.items()
            half.extend([request] if request.key == "corpus/dist/manifest.json" and len(set(seen)) == 1 else [])

    half: list[Request] = []
    proxy.after = look
    build(project)
    assert half == []
    assert len(set(seen)) == 2
    assert len(seen) > 3


BROKEN: dict[str, Callable[[Request], bool]] = {
    "every write": lambda request: request.writes,
    "tables": lambda request: request.writes and "/data/articles/" in request.key,
    "the card": lambda request: request.method == "PUT" and request.key.endswith("README.md"),
    "the manifest": lambda request: request.method == "PUT" and request.key.endswith("manifest.json"),
    "the end of uploads in parts": lambda request: request.method == "POST" and "uploadId" in request.query,
}


@pytest.mark.parametrize(("what", "fault"), list(zip(BROKEN, cycle(["drop the request", "slow down"]), strict=False)))
def test_a_failure_leaves_the_old_build_whole(
    project: Path, bucket: Bucket, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, what: str, fault: str
) -> None:
    monkeypatch.setattr(multipart, "PART", 4 * 1024)
    monkeypatch.setattr(store, "Patience", partial(Patience, first=0.001, longest=0.001, attempts=3))
    build(project)
    old = bucket.contents("dist/")
    for path in (json_ for json_ in bucket.keys("in/seeds/") if json_.endswith(".json")):
        bucket.put(path, json.dumps({**json.loads(bucket.get(path)), "title": "New"}).encode())
    proxy.fault = lambda request: fault if BROKEN[what](request) and "/dist/" in request.key else None
    with pytest.raises(OutputError, match=r"the build that was at s3://corpus/dist is whole"):
        build(project)
    proxy.quiet()
    assert bucket.contents("dist/") == old
    assert bucket.open_uploads() == []
    assert dataset_builder.verify("s3://corpus/dist").diagnostics == ()
    build(project)
    assert dataset_builder.verify("s3://corpus/dist").diagnostics == ()
    assert bucket.contents("dist/") != old


def test_a_manifest_whose_answer_is_lost_stands(project: Path, bucket: Bucket, proxy: Proxy) -> None:
    build(project)
    edit_title(bucket)
    proxy.fault = lambda request: (
        "drop the answer" if request.method == "PUT" and request.key.endswith("manifest.json") else None
    )
    build(project)
    assert dataset_builder.verify("s3://corpus/dist").diagnostics == ()


def test_what_a_killed_build_left_is_taken_away(
    project: Path, bucket: Bucket, proxy: Proxy, s3_environment: dict[str, str]
) -> None:
    build(project)
    edit_title(bucket, "First")
    before = bucket.keys("dist/data/articles/")
    proxy.quiet()
    proxy.fault = lambda request: "slow down" if request.key.endswith("README.md") and request.writes else None
    process = subprocess.Popen(
        [sys.executable, "-m", "dataset_builder", "build", "--output", "s3://corpus/dist"],
        cwd=project, env={**os.environ, **s3_environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while not any(key.endswith("README.md") for key in proxy.written):
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    proxy.quiet()
    assert len(bucket.keys("dist/data/articles/")) == len(before) + 1
    edit_title(bucket, "Second")
    build(project)
    assert dataset_builder.verify("s3://corpus/dist").diagnostics == ()


def test_two_builds_at_one_time_are_noticed(project: Path, bucket: Bucket, proxy: Proxy) -> None:
    build(project)
    edit_title(bucket)
    others = json.dumps({**json.loads(bucket.get("dist/manifest.json")), "name": "another"}).encode()

    def interfere(request: Request) -> None:
        if request.writes and "/data/" in request.key:
            bucket.put("dist/manifest.json", others)

    proxy.after = interfere
    with pytest.raises(OutputError, match=r"manifest.json was written by somebody else meanwhile"):
        build(project)
    assert bucket.get("dist/manifest.json") == others


def test_a_store_without_conditions_is_looked_at_before_it_is_written(
    project: Path, bucket: Bucket, proxy: Proxy
) -> None:
    proxy.fault = lambda _: "know no conditions"
    build(project)
    edit_title(bucket)
    build(project)
    assert dataset_builder.verify("s3://corpus/dist").diagnostics == ()
    others = bucket.get("dist/manifest.json") + b" "
    proxy.after = lambda request: bucket.put("dist/manifest.json", others) if "/data/" in request.key else None
    edit_title(bucket, "Once more")
    with pytest.raises(OutputError, match=r"manifest.json was written by somebody else meanwhile"):
        build(project)
    assert bucket.get("dist/manifest.json") == others


@pytest.mark.parametrize("output", ["s3://corpus/other", "s3://corpus"])
def test_what_no_build_made_is_left_alone(project: Path, bucket: Bucket, proxy: Proxy, output: str) -> None:
    bucket.put("other/notes.txt", b"mine")
    proxy.quiet()
    with pytest.raises(UsageError, match=r"holds something else than a build|overlap"):
        build(project, output)
    assert proxy.written == []


def test_objects_that_no_build_made_stay(project: Path, bucket: Bucket) -> None:
    build(project)
    bucket.put("dist/data/articles/mine.parquet", b"mine")
    edit_title(bucket)
    build(project)
    assert bucket.get("dist/data/articles/mine.parquet") == b"mine"


def test_an_object_that_changes_after_it_was_listed_is_read_as_it_is(
    project: Path, bucket: Bucket, proxy: Proxy
) -> None:
    key = f"in/seeds/{ID}.json"
    changes = iter(("Changed", "Changed again, and longer"))

    def change(request: Request) -> None:
        if request.reads_object and request.key == f"corpus/{key}":
            for title in changes:
                edit_title(bucket, title)
                break

    proxy.fault = change
    build(project, "dist")
    copy = (project / ".dataset-builder/mirror/s3/corpus" / key).read_bytes()
    assert json.loads(copy)["title"] == "Changed again, and longer"
    assert copy == bucket.get(key)
    proxy.quiet()
    build(project, "dist")
    assert proxy.fetched == []


def test_an_object_that_never_stays_the_same_is_refused(project: Path, bucket: Bucket, proxy: Proxy) -> None:
    titles = map(str, range(1000))
    proxy.fault = lambda request: edit_title(bucket, next(titles)) if request.key.endswith(f"{ID}.json") else None
    with pytest.raises(StorageError, match=rf"{ID}.json changes while it is read, again and again"):
        build(project, "dist")


def test_names_that_are_no_files_names_are_findings(project: Path, bucket: Bucket) -> None:
    names = ("a//b.txt", "a\\b.txt", "bell\a.txt", f"{'x' * 300}.txt", "FERRY.txt", "mill.txt/in.txt")
    for name in names:
        bucket.put(f"in/seeds/{name}", b"out")
    assert len(bucket.keys("in/seeds/")) == 5 + len(names)
    result = dataset_builder.check(dataset_builder.open_project(project))
    found = {each.place.file.removeprefix(f"{SOURCES}/seeds/") for each in result.diagnostics if each.code == "CFG008"}
    # Of two names that some systems don't tell apart, the one that sorts first is kept.
    assert found == {*names[:4], "ferry.txt", "mill.txt/in.txt"}
    with pytest.raises(FindingsError):
        build(project)


def test_an_object_that_may_not_be_read_is_a_finding(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = store.Store._fetch

    def refuse(self: Any, name: str, path: Path) -> None:
        if name.endswith(f"{ID}.txt"):
            raise PermissionError(13, "Access Denied")
        whole(self, name, path)

    monkeypatch.setattr(store.Store, "_fetch", refuse)
    found = dataset_builder.check(dataset_builder.open_project(project)).diagnostics
    (refused,) = (each for each in found if each.code == "CFG008")
    assert (refused.place.file, refused.message) == (
        f"{SOURCES}/seeds/{ID}.txt",
        "the object can't be read: Access Denied",
    )


def test_a_store_that_never_answers_is_told_of(project: Path, proxy: Proxy) -> None:
    proxy.fault = lambda _: "slow down"
    with pytest.raises(StorageError, match=r"s3://corpus/in/annotations can't be listed: .*reduce your request rate"):
        dataset_builder.check(dataset_builder.open_project(project))


def test_what_was_fetched_before_a_failure_is_kept(project: Path, proxy: Proxy) -> None:
    proxy.fault = lambda request: "slow down" if request.reads_object and request.key.endswith(f"{ID}.txt") else None
    with pytest.raises(StorageError, match=rf"{ID}.txt can't be read"):
        dataset_builder.check(dataset_builder.open_project(project))
    proxy.quiet()
    assert dataset_builder.check(dataset_builder.open_project(project)).ok
    assert 0 < len(proxy.fetched) < 9


# On the command line


def command(project: Path, *arguments: str) -> Result:
    """What a command line gives, run in this process."""
    return CliRunner().invoke(app, [arguments[0], "--project", str(project), *arguments[1:]])


def test_the_configured_output_is_built_and_verified(project: Path) -> None:
    with (project / "dataset.toml").open("a") as stream:
        stream.write('output = "s3://corpus/dist/"\n')
    done = command(project, "build")
    assert done.exit_code == 0, done.stderr
    assert "into s3://corpus/dist: " in done.stdout
    printed = done.stdout.splitlines()[-1]
    assert printed.startswith('load_dataset("parquet", data_files={"train": "s3://corpus/dist/data/articles/train-*')
    assert json.loads(command(project, "build", "--format", "json").stdout)["output"] == "s3://corpus/dist"
    checked = CliRunner().invoke(app, ["verify", "s3://corpus/dist"])
    assert (checked.exit_code, checked.stdout) == (0, "no findings in 3 articles, 3 annotations\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("build", "--output", "s3://nowhere/dist"), "s3://nowhere/dist is in nothing that is there"),
        (("build", "--output", "ftp://corpus/dist"), "there are file://, gs://, hf:// and s3://"),
        (("build", "--output", f"s3://AKID:{SECRET}@corpus/dist"), "credentials"),
        (("build", "--output", f"s3://corpus/dist?secret={SECRET}"), "options are read from the environment"),
        (("build", "--output", f"{SOURCES}/seeds/dist"), "overlap"),
        (("check", "--fix"), "is only read"),
        (("anchor",), "is only read"),
        (("withhold", ID), "is only read"),
    ],
)
def test_what_can_not_be_done_is_told_in_a_line(project: Path, arguments: tuple[str, ...], said: str) -> None:
    done = command(project, *arguments)
    assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert said in done.stderr
    assert SECRET not in done.stderr


def test_a_place_that_holds_nothing_is_no_build(bucket: Bucket) -> None:
    with pytest.raises(UsageError, match="s3://corpus/nothing holds nothing"):
        dataset_builder.verify("s3://corpus/nothing")


def test_secrets_in_the_configuration_are_refused_and_never_shown(project: Path) -> None:
    with (project / "dataset.toml").open("a") as stream:
        stream.write(f'output = "s3://AKID:{SECRET}@corpus/dist"\n')
    for form in ("text", "json", "github", "sarif", "junit"):
        done = command(project, "check", "--format", form)
        assert (done.exit_code, "CFG005" in done.stdout) == (2, True)
        assert SECRET not in done.stdout + done.stderr


def test_a_scheme_whose_package_is_missing_names_the_extra(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    done = command(project, "check")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "s3:// needs the package s3fs: pip install 'dataset-builder[s3]'" in done.stderr


def test_nothing_of_stores_is_imported_where_no_url_is(local: Path) -> None:
    code = (
        "import sys, dataset_builder as d\n"
        "d.build(d.open_project(), jobs=1)\n"
        "assert not {'s3fs', 'gcsfs', 'aiobotocore'} & set(sys.modules)\n"
        "assert not [name for name in sys.modules if name.startswith('dataset_builder.storage')]\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=local, check=True)


def test_texts_are_put_back_beside_the_copies(project: Path, bucket: Bucket, tmp_path: Path) -> None:
    metadata, text = bucket.get(f"in/seeds/{ID}.json"), bucket.get(f"in/seeds/{ID}.txt")
    bucket.put(f"in/seeds/{ID}.json", metadata.replace(b'"included"', b'"withheld"'))
    bucket.remove(f"in/seeds/{ID}.txt")
    (tmp_path / "held").mkdir()
    (tmp_path / "held/any.txt").write_bytes(text)
    opened = dataset_builder.open_project(project)
    before = dataset_builder.check(opened).summary.unverified
    keys = bucket.keys("")
    assert dataset_builder.hydrate(opened, tmp_path / "held").hydrated == (ID,)
    assert dataset_builder.check(opened).summary.unverified < before
    assert bucket.keys("") == keys
