from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def conformance_dir(shared_dir: Path) -> Path:
    """The conformance suites, each a folder or a file."""
    folder = shared_dir / "conformance"
    if not folder.is_dir():
        pytest.skip(f"absent: {folder}, the conformance suites")
    return folder


@pytest.fixture(scope="session")
def suite_at(conformance_dir: Path):
    """The suite of that name; what is missing is skipped by its name."""

    def at(name: str) -> Path:
        path = conformance_dir / name
        if not path.exists():
            pytest.skip(f"absent: {path}, a conformance suite")
        return path

    return at


@pytest.fixture(autouse=True)
def hub_offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing is fetched, and no cache of another test or of the user is read."""
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", tmp_path.parent / "cache")
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)
