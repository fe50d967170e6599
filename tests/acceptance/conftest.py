"""The shipped dataset, built once for all acceptance tests that only look at it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import constants

import dataset_builder
from dataset_builder.storage import retry, store
from dataset_builder.storage.retry import Patience
from tests.acceptance.hub import WRITE, Hub, running_hub
from tests.acceptance.releasing import ALONE, IDENTITY, commit, release, repository, retitle
from tests.acceptance.s3 import SETTINGS, Bucket, Proxy, running_proxy, running_server
from tests.unit.versions import first_version

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("pyproject.toml", "DATASET_CARD.md", "splits.lock.json", "figures", "schema", "seeds", "annotations")


def copy_project(target: Path) -> Path:
    """The shipped project without its toolkit, unhydrated, at `target`."""
    target.mkdir(parents=True)
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns(".*"))
        else:
            shutil.copy2(source, target / name)
    return target


@pytest.fixture(scope="session")
def project_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped project; tests must not change it."""
    return copy_project(tmp_path_factory.mktemp("shipped") / "project")


@pytest.fixture(scope="session")
def dist(project_dir: Path) -> Path:
    """The shipped dataset, built with its withheld texts absent; tests must not change it."""
    return dataset_builder.build(dataset_builder.open_project(project_dir), jobs=1).output


@pytest.fixture
def own_project(tmp_path: Path) -> Path:
    """A copy of the shipped project to change."""
    return copy_project(tmp_path / "project")


@pytest.fixture(autouse=True)
def hub_offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is fetched, and no cache of another test or of the user is read."""
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path / "cache")
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)


def git(*arguments: str, cwd: Path) -> str:
    """What git prints; raises where it fails."""
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    return subprocess.run(["git", *identity, *arguments], cwd=cwd, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def identity(monkeypatch: pytest.MonkeyPatch) -> None:
    """An identity by the environment, and no settings of whoever runs the tests."""
    for name, value in (IDENTITY | ALONE).items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of eight articles, committed and never released; tests must not change it."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (IDENTITY | ALONE).items():
            patch.setenv(name, value)
        root = first_version().write(tmp_path_factory.mktemp("begun") / "towns")
        (root / "CITATION.cff").write_text(
            'cff-version: 1.2.0\ntitle: Towns\nversion: 0.9.0 # of the data\ndate-released: "2020-01-01"\n', "utf-8"
        )
        return repository(root)


@pytest.fixture
def fresh(begun: Path, tmp_path: Path, identity: None) -> Path:
    """A copy of that project."""
    return Path(shutil.copytree(begun, tmp_path / "towns", symlinks=True))


@pytest.fixture(scope="session")
def released_once(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, with 1.0.0 released; tests must not change it."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (IDENTITY | ALONE).items():
            patch.setenv(name, value)
        root = Path(shutil.copytree(begun, tmp_path_factory.mktemp("released") / "towns", symlinks=True))
        release(root)
        return root


@pytest.fixture
def released(released_once: Path, tmp_path: Path, identity: None) -> Path:
    """A copy of that."""
    return Path(shutil.copytree(released_once, tmp_path / "towns", symlinks=True))


@pytest.fixture(scope="session")
def edited(released_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with something to release after 1.0.0; tests must not change it."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (IDENTITY | ALONE).items():
            patch.setenv(name, value)
        root = Path(shutil.copytree(released_once, tmp_path_factory.mktemp("edited") / "towns", symlinks=True))
        retitle(root)
        commit(root)
        return root


@pytest.fixture(scope="session")
def s3_server() -> Iterator[tuple[Proxy, int]]:
    with ExitStack() as stack:
        server = stack.enter_context(running_server({**os.environ, **SETTINGS}))
        yield stack.enter_context(running_proxy(server))


@pytest.fixture
def s3_environment(s3_server: tuple[Proxy, int]) -> dict[str, str]:
    return {**SETTINGS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{s3_server[1]}"}


@pytest.fixture
def proxy(s3_server: tuple[Proxy, int], s3_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Proxy:
    """The way to the server, on which everything works until a test says otherwise."""
    for name, value in s3_environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(store, "Patience", partial(Patience, first=0.002, longest=0.01, attempts=12))
    s3_server[0].quiet()
    return s3_server[0]


@pytest.fixture(scope="session")
def s3_client(s3_server: tuple[Proxy, int]) -> Any:
    boto3 = pytest.importorskip("boto3", reason="absent: boto3, to look at what is in the S3 server")
    return boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{s3_server[0].server}",
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="any",
    )


@pytest.fixture
def bucket(proxy: Proxy, s3_client: Any) -> Bucket:
    """An empty bucket called corpus."""
    s3_client.create_bucket(Bucket="corpus")
    bucket = Bucket(s3_client)
    for key in bucket.keys(""):
        bucket.remove(key)
    for upload in bucket.open_uploads():
        s3_client.abort_multipart_upload(Bucket="corpus", Key=upload["Key"], UploadId=upload["UploadId"])
    return bucket


@pytest.fixture(scope="session")
def hub_server() -> Iterator[Hub]:
    with running_hub() as hub:
        yield hub


@pytest.fixture
def hub(hub_server: Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    """An empty Hub to which this process may write."""
    hub_server.quiet()
    template = constants.HUGGINGFACE_CO_URL_TEMPLATE.replace(constants.ENDPOINT, hub_server.endpoint)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "ENDPOINT", hub_server.endpoint)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)  # the stand-in speaks Git LFS's protocol
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
    monkeypatch.setenv("HF_TOKEN", WRITE)
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda _: None)
    monkeypatch.setattr(retry, "Patience", partial(retry.Patience, first=0.002, longest=0.01))
    yield hub_server
    assert hub_server.unknown == []
