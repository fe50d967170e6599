"""The fuzz targets on bytes kept for what they reach, and on some that Hypothesis makes; `make fuzz` goes further."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.projects import EDIT, MOST_EDITS, Project
from tests.fuzz.targets import TARGETS
from tests.fuzz.watch import nothing_else_opened

CORPUS = Path(__file__).parent / "corpus"
TEXTS = st.binary(max_size=200) | st.text("[]{}\",:0123456789eE+-.tfnrula \n\\'#=é\ud800", max_size=60).map(
    lambda text: text.encode("utf-8", "surrogatepass")
)
EDITS = st.builds(bytes.__add__, st.binary(min_size=1, max_size=1), st.binary(max_size=MOST_EDITS * EDIT))


@pytest.mark.parametrize("file", sorted(CORPUS.glob("*/*")), ids=lambda file: f"{file.parent.name}/{file.name}")
def test_kept_bytes(file):
    TARGETS[file.parent.name](file.read_bytes())


def test_each_target_has_a_corpus():
    assert {folder.name for folder in CORPUS.iterdir()} == TARGETS.keys()
    assert all(any(folder.iterdir()) for folder in CORPUS.iterdir())


@pytest.mark.parametrize("name", ["json", "toml"])
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(TEXTS)
def test_texts(name, data):
    TARGETS[name](data)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(EDITS)
def test_projects(data):
    TARGETS["project"](data)


# The tools themselves


def test_the_same_bytes_make_the_same_project():
    data = bytes(range(1, 1 + MOST_EDITS * EDIT))
    first, second = Project.of(data), Project.of(data)
    assert (first.files, first.edits) == (second.files, second.edits)
    assert len(first.edits) == MOST_EDITS


def test_nothing_is_done_to_a_project_without_bytes():
    assert Project.of(b"").edits == []
    TARGETS["project"](b"")


@pytest.mark.parametrize(
    "breach",
    [
        lambda root: (root.parent / "outside").read_text(),
        lambda root: (root / "link").read_text(),
        lambda root: (root / "seeds.txt").write_text("new"),
        lambda root: (root / "seeds.txt").unlink(),
        lambda root: (root / "seeds.txt").rename(root / "other.txt"),
        lambda root: list(root.parent.iterdir()),
        lambda root: __import__("socket").socket().close(),
        lambda root: __import__("subprocess").run(["true"], check=True),
    ],
    ids=["read", "link", "write", "remove", "rename", "list", "socket", "process"],
)
def test_what_must_not_be_opened_is_seen(tmp_path, breach):
    root = tmp_path / "project"
    (root / ".dataset-builder").mkdir(parents=True)
    (root / "seeds.txt").write_text("old")
    (tmp_path / "outside").write_text("secret")
    (root / "link").symlink_to(tmp_path / "outside")
    with nothing_else_opened(root):
        (root / "seeds.txt").read_text()
        (root / ".dataset-builder" / "new").write_text("cached")
        (root / ".dataset-builder" / "new").unlink()
    with pytest.raises(AssertionError, match=r"read|write|socket|Popen"), nothing_else_opened(root):
        breach(root)
