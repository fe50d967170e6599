import os
from pathlib import Path

import pytest


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="write golden files anew instead of comparing")


@pytest.fixture
def golden(request):
    """Compares a text with the golden file of that name beside the test, in `golden/`."""

    def compare(name, text):
        path = Path(request.path).parent / "golden" / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        assert path.exists(), f"{path} is missing: make it with --update-golden"
        with path.open(encoding="utf-8", newline="") as file:
            assert text == file.read()

    return compare


@pytest.fixture(scope="session")
def shared_dir():
    """Conformance suites and corpora that are never committed: beside the project, or at DATASET_BUILDER_SHARED."""
    place = os.environ.get("DATASET_BUILDER_SHARED")
    path = Path(place) if place else Path(__file__).resolve().parents[2] / "shared"
    if not path.is_dir():
        pytest.skip(f"absent: {path}, the conformance suites and corpora; DATASET_BUILDER_SHARED names another place")
    return path
