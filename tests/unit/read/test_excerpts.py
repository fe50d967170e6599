import gzip
import json
from dataclasses import replace

import pytest

from dataset_builder.model.project import Limits, Project
from dataset_builder.read.excerpts import excerpts

SECRET = "Nobody may read this"
DIGEST = "ab" * 32


@pytest.fixture
def project(tmp_path):
    return Project(
        root=tmp_path.resolve(), file="dataset.toml", name="x", title="X", version="1.0.0", license="CC0-1.0"
    )


@pytest.fixture
def show(project):
    """Writes files, then gives what is shown of one."""

    def write_and_show(file, **files):
        for name, content in FILES.items():
            path = project.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                path.write_bytes(content)
            else:
                path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1))
        return excerpts(project)(file)

    return write_and_show


def rights(text):
    return {"title": SECRET, "rights": {"license": "CC0-1.0", "text": text}}


def annotation(article):
    return {"article": article, "entities": [{"id": "e1", "quote": SECRET, "digest": DIGEST, "start": 3}]}


FILES = {
    "dataset.toml": f'title = "{SECRET}"',
    "seeds/open.txt": SECRET,
    "seeds/open.json": rights("included"),
    "seeds/closed.txt": SECRET,
    "seeds/closed.json": rights("withheld"),
    "seeds/bare.txt": SECRET,
    "seeds/twice.json": rights("included"),
    "seeds/inner/twice.json": rights("withheld"),
    "seeds/twice.txt": SECRET,
    "seeds/.hydrated/open.txt": SECRET,
    "seeds/odd.json": '{"rights": {"text": "included"}, "title": "' + SECRET,
    "seeds/odder.json": '{"rights": {"text": "withheld"}, "title": "' + SECRET,
    "annotations/a3/open.json": '{"article": "open", "quote": "' + SECRET,
    "annotations/a4/open.json": '{"article": "closed", "quote": "' + SECRET,
    "annotations/a3/odd.json": '{"article": "odd", "quote": "' + SECRET,
    "seeds/many.jsonl": json.dumps({"id": "packed-open", **rights("included")})
    + "\n"
    + json.dumps({"id": "packed-closed", **rights("withheld")})
    + "\n",
    "seeds/more.jsonl.gz": gzip.compress(json.dumps({"id": "zipped-open", **rights("included")}).encode()),
    "annotations/a1/open.json": annotation("open"),
    "annotations/a1/closed.json": annotation("closed"),
    "annotations/a1/misnamed.json": annotation("closed"),
    "annotations/a1/mixed.json": {"article": "open", "same_as": "closed", "quote": SECRET},
    "annotations/a1/unknown.json": annotation("unknown"),
    "annotations/a1/broken.json": '{"article": "closed", "quote": "' + SECRET,
    "annotations/a2/packed.jsonl": "\n".join(
        json.dumps(annotation(article)) for article in ("packed-open", "packed-closed", "zipped-open", "closed")
    ),
    "annotations/links/open.json": {"from": {"article": "open", "quote": SECRET}, "to": {"article": "packed-open"}},
    "annotations/links/closed.json": {"from": {"article": "open"}, "to": {"article": "closed", "quote": SECRET}},
}


@pytest.mark.parametrize(
    "file",
    [
        "dataset.toml",
        "seeds/open.txt",
        "seeds/open.json",
        "annotations/a1/open.json",
        "annotations/links/open.json",
        "seeds/odd.json",
        "annotations/a3/open.json",
    ],
)
def test_what_is_published_is_shown(show, file):
    assert SECRET in show(file)


@pytest.mark.parametrize(
    "file",
    [
        "seeds/closed.txt",
        "seeds/bare.txt",
        "seeds/twice.txt",
        "seeds/.hydrated/open.txt",
        "seeds/odder.json",
        "annotations/a3/odd.json",
        "annotations/a4/open.json",
        "seeds/more.jsonl.gz",
        "annotations/a1/broken.json",
        "seeds/missing.txt",
        "../outside.txt",
    ],
)
def test_what_may_be_withheld_is_not_shown(show, file):
    assert show(file) is None


@pytest.mark.parametrize(
    "file",
    [
        "seeds/closed.json",
        "annotations/a1/closed.json",
        "annotations/a1/misnamed.json",
        "annotations/a1/mixed.json",
        "annotations/a1/unknown.json",
        "annotations/links/closed.json",
    ],
)
def test_strings_of_what_may_be_withheld_are_blanked(show, project, file):
    shown = show(file)
    written = (project.root / file).read_text()
    assert not any(word in shown for word in SECRET.split())
    assert [len(line) for line in shown.split("\n")] == [len(line) for line in written.split("\n")]
    assert [line.split(":")[0] for line in shown.split("\n")] == [line.split(":")[0] for line in written.split("\n")]


def test_ids_and_digests_stay(show):
    shown = show("annotations/a1/closed.json")
    assert '"id": "e1"' in shown
    assert DIGEST in shown
    assert '"quote": "░░░░░░░░░░░░░░░░░░░░"' in shown


def test_packed_records_are_judged_one_by_one(show):
    assert [SECRET in line for line in show("seeds/many.jsonl").split("\n")] == [True, False, False]
    assert [SECRET in line for line in show("annotations/a2/packed.jsonl").split("\n")] == [True, False, True, False]


def test_a_large_file_is_not_shown(project):
    small = replace(project, limits=Limits(bytes=3))
    (project.root / "README.md").write_text("1234")
    assert excerpts(project)("README.md") == "1234"
    assert excerpts(small)("README.md") is None
