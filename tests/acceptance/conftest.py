"""The shipped dataset, built once for all acceptance tests that only look at it."""

import shutil
import subprocess
from pathlib import Path

import pytest

import dataset_builder

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
