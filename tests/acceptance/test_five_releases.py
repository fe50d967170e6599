"""The life of a small corpus: five releases, each published twice, cloned and loaded; then a text is taken out."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from datasets import load_dataset

import dataset_builder
from dataset_builder import FindingsError
from dataset_builder.model.diff import Diff
from dataset_builder.model.release import ReleaseResult
from tests.acceptance.releasing import (
    ALONE,
    IDENTITY,
    add_article,
    add_label,
    commit,
    contents,
    git,
    relabel,
    release,
    remove_article,
    repository,
)
from tests.unit.versions import first_version

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(shutil.which("git-lfs") is None, reason="absent: git-lfs, for the published repository"),
]

CANARY = "Zanzibar-canary-7194"
GONE = "report-7"


@dataclass(frozen=True)
class Step:
    """A release, and what leads to it."""

    version: str
    change: Callable[[Path], None] | None
    bump: str | None
    too_small: str | None  # a bump that is refused
    entry: str  # of the changelog, below its heading


STEPS = (
    Step(
        "1.0.0",
        None,
        None,
        None,
        "### Added\n\n"
        "- The first release: 8 articles (4 in `train`, 2 in `validation` and 2 in `test`) and 16 annotations.\n"
        "- Tables: `articles` (8 rows), `annotations` (16 rows), `entities` (32 rows) and `links` (3 rows).\n",
    ),
    Step("1.0.1", relabel, "patch", None, "### Changed\n\n- Corrections by annotators: 1 relabelled, of `report-1`.\n"),
    Step("1.1.0", add_article, "minor", "patch", "### Added\n\n- 1 article: `report-9`.\n"),
    Step(
        "1.2.0",
        add_label,
        "minor",
        "patch",
        "### Added\n\n- Label `river` of `annotations: entities[].type`, `articles: entities[].type` and "
        "`entities: type`.\n\n### Changed\n\n- Schema: `schema/annotation.schema.json`.\n",
    ),
    Step("2.0.0", remove_article, "major", "minor", "### Removed\n\n- 1 article: `report-7`.\n"),
)
DIFFERENCES: list[dict[str, object]] = [
    {"annotations": {"relabelled": 1}},
    {"articles": {"added": 1}},
    {"schema": {"label added": 3}},  # one label, in three places
    {"articles": {"removed": 1}},
]
TAGS = [f"v{step.version}" for step in STEPS]


@dataclass
class Life:
    """A corpus after its five releases."""

    root: Path
    remote: Path  # a bare repository with Git LFS
    public: Path  # a folder of versions
    results: dict[str, ReleaseResult] = field(default_factory=dict)
    builds: dict[str, dict[str, bytes]] = field(default_factory=dict)
    refused: dict[str, list[list[str]]] = field(default_factory=dict)  # codes of what stood in the way
    texts: dict[str, str] = field(default_factory=dict)

    @classmethod
    def begun(cls, folder: Path) -> "Life":
        version = first_version()
        version.texts[GONE] += f"{CANARY}\n"
        root = repository(version.write(folder / "towns"))
        git(folder, "init", "--bare", "--quiet", "--initial-branch=main", "data.git")
        return cls(root, folder / "data.git", folder / "public", texts=version.texts)

    def go(self, step: Step) -> None:
        """One release: refused as long as something stands in the way, then made, and published twice."""
        codes: list[list[str]] = []
        if step.change:
            codes.append(self.codes())
            step.change(self.root)
            codes.append(self.codes())
            git(self.root, "add", "--all")
            git(self.root, "commit", "--quiet", "--message", "without the card")
            codes.append(self.codes())
            commit(self.root)
        if step.too_small:
            codes.append(self.codes(bump=step.too_small))
        self.refused[step.version] = codes
        self.results[step.version] = release(self.root)
        self.builds[step.version] = contents(self.root / "dist")
        for target in (str(self.remote), str(self.public)):
            done = dataset_builder.publish(self.root / "dist", target)
            assert (done.tag, done.new) == (f"v{step.version}", True)

    def codes(self, **options: str) -> list[str]:
        before = git(self.root, "for-each-ref")
        with pytest.raises(FindingsError, match="nothing was released") as caught:
            release(self.root, **options)
        assert git(self.root, "for-each-ref") == before
        return sorted({found.code for found in caught.value.result.diagnostics})


@pytest.fixture(scope="module")
def _environment() -> Iterator[None]:
    filters = ("required=true", "clean=git-lfs clean -- %f", "smudge=git-lfs smudge -- %f")
    settings = [f"filter.lfs.{each}" for each in filters]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (IDENTITY | ALONE).items():
            patch.setenv(name, value)
        patch.setenv("GIT_CONFIG_COUNT", str(len(settings)))
        for at, each in enumerate(settings):
            patch.setenv(f"GIT_CONFIG_KEY_{at}", each.partition("=")[0])
            patch.setenv(f"GIT_CONFIG_VALUE_{at}", each.partition("=")[2])
        yield


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory, _environment: None) -> Life:
    """Tests must not change it."""
    life = Life.begun(tmp_path_factory.mktemp("life"))
    for step in STEPS:
        life.go(step)
    return life


def test_versions_grow_by_what_changed(life: Life) -> None:
    found = [(each.version, each.bump, each.demanded, each.previous) for each in life.results.values()]
    before = [None, *(step.version for step in STEPS[:-1])]
    assert found == [
        (step.version, step.bump, step.bump, previous) for step, previous in zip(STEPS, before, strict=True)
    ]
    assert git(life.root, "tag", "--list").split() == TAGS
    assert git(life.root, "log", "--format=%s", "--first-parent", "--grep=^Release").splitlines() == [
        f"Release towns {step.version}" for step in reversed(STEPS)
    ]
    assert git(life.root, "status", "--porcelain") == ""


def test_what_stands_in_the_way_is_said_each_time(life: Life) -> None:
    """Nothing new; then not committed; then a card that is stale; then too small a step."""
    assert life.refused == {
        step.version: [
            *([["REL011"], ["REL008"], ["REL010"]] if step.change else []),
            *([["REL012"]] if step.too_small else []),
        ]
        for step in STEPS
    }


def test_the_changelog_says_what_each_release_brought(life: Life) -> None:
    text = (life.root / "CHANGELOG.md").read_text("utf-8")
    head, *entries = text.split("\n## ")
    assert head.startswith("# Changelog of the data\n")
    assert entries[0] == "[Unreleased]\n"
    expected = [f"[{step.version}] - {life.results[step.version].date}\n\n{step.entry}" for step in reversed(STEPS)]
    assert [entry.rstrip("\n") + "\n" for entry in entries[1:]] == expected
    for tag, step in zip(TAGS, STEPS, strict=True):  # and each tag what was known by then
        assert git(life.root, "show", f"{tag}:CHANGELOG.md").count("\n## [") == STEPS.index(step) + 2


def summary(diff: Diff) -> dict[str, object]:
    sections = ("schema", "articles", "annotations", "links", "metadata", "splits")
    return {
        name: dict(section.counts) for name in sections if (section := getattr(diff, name, None)) and section.total
    } | {"bump": diff.bump}


def test_the_comparison_is_the_same_between_tags_folders_and_clones(life: Life, tmp_path: Path) -> None:
    clone = cloned(life, TAGS[-1], tmp_path / "clone")
    git(clone, "fetch", "--quiet", "origin", "refs/tags/*:refs/tags/*")
    git(clone, "lfs", "fetch", "--all")
    found = []
    for (old, new), step in zip(pairwise(TAGS), STEPS[1:], strict=True):
        between_tags = dataset_builder.diff(old, new, directory=life.root, jobs=1)
        between_folders = dataset_builder.diff(life.public / old, life.public / new)
        between_clones = dataset_builder.diff(old, new, directory=clone)
        assert summary(between_tags) == summary(between_folders) == summary(between_clones)
        assert (between_tags.old.version, between_tags.new.version) == (old[1:], new[1:])
        assert between_tags.bump == step.bump
        found.append({name: counts for name, counts in summary(between_tags).items() if name != "bump"})
    assert found == DIFFERENCES
    whole = dataset_builder.diff(TAGS[0], TAGS[-1], directory=life.root, jobs=1)
    assert whole.bump == "major"


def cloned(life: Life, tag: str, folder: Path) -> Path:
    git(life.remote, "clone", "--quiet", f"--branch={tag}", life.remote.as_uri(), str(folder))
    return folder


@pytest.mark.parametrize("version", [step.version for step in STEPS])
def test_each_version_is_cloned_loaded_and_built_again(life: Life, tmp_path: Path, version: str) -> None:
    clone = cloned(life, f"v{version}", tmp_path / "data")
    files = {name: data for name, data in contents(clone).items() if not name.startswith(".git/")}
    assert files == life.builds[version] == contents(life.public / f"v{version}")
    assert dataset_builder.verify(clone).diagnostics == ()
    at = [step.version for step in STEPS].index(version)
    for place in (clone, life.public / f"v{version}"):
        articles = load_dataset(str(place))
        ids = sorted(id_ for split in articles.values() for id_ in split["id"])
        assert ids == sorted({*life.texts, *(["report-9"] if at >= 2 else [])} - ({GONE} if at == 4 else set()))
        topics = {row["id"]: row for row in articles["train"]}["report-1"]["labels"]["topic"]
        labels = articles["train"].features["labels"]["topic"]
        assert labels.int2str(topics) == ("sport" if at == 0 else "trade")
        entities = load_dataset(str(place), "entities", split="train")
        assert entities.features["type"].names == ["person", "place", *(["river"] if at >= 3 else [])]
    sources = tmp_path / "sources"
    git(tmp_path, "clone", "--quiet", f"--branch=v{version}", str(life.root), str(sources))
    assert dataset_builder.verify(clone, rebuild=dataset_builder.open_project(sources), jobs=1).diagnostics == ()


def strings(folder: Path) -> str:
    """All that the tables below `folder`, and the files beside them, say."""
    tables = (str(pq.read_table(path).to_pylist()) for path in sorted(folder.rglob("*.parquet")))
    others = (data.decode() for name, data in contents(folder).items() if not name.endswith(".parquet"))
    return "\n".join((*tables, *others))


def test_a_text_that_was_withdrawn_is_in_nothing_of_the_newest_version(life: Life, tmp_path: Path) -> None:
    newest = life.public / TAGS[-1]
    assert CANARY not in strings(newest)
    assert CANARY not in strings(cloned(life, TAGS[-1], tmp_path / "data") / "data")
    assert "Report 7" not in strings(newest)  # nor its title
    ids = {row["article"] for split in load_dataset(str(newest), "annotations").values() for row in split}
    assert GONE not in ids
    sources = "".join(git(life.root, "show", f"HEAD:{name}") for name in git(life.root, "ls-files").splitlines())
    assert CANARY not in sources
    # What a release can't do, and why there is more to be done.
    assert CANARY in strings(life.public / TAGS[-2])
    assert git(life.root, "log", "-S", CANARY, "--format=%s")


def test_a_withdrawn_text_is_taken_out_of_the_history_by_what_the_docs_say(life: Life, tmp_path: Path) -> None:
    root = tmp_path / "towns"
    remote = tmp_path / "data.git"
    public = tmp_path / "public"
    for place, copy in ((life.root, root), (life.remote, remote), (life.public, public)):
        shutil.copytree(place, copy, symlinks=True)
    object_ = git(root, "rev-parse", f"{TAGS[0]}:seeds/{GONE}.txt")

    # The sources: rewritten without the article's files, and the old objects thrown away.
    files = f"seeds/{GONE}.txt seeds/{GONE}.json annotations/ada/{GONE}.json annotations/ben/{GONE}.json"
    command = f"git rm --quiet --cached --ignore-unmatch -- {files}"
    status_of(root, "filter-branch", "--index-filter", command, "--tag-name-filter", "cat", "--", "--all")
    for name in git(root, "for-each-ref", "--format=%(refname)", "refs/original").splitlines():
        git(root, "update-ref", "-d", name)
    git(root, "reflog", "expire", "--expire=now", "--all")
    git(root, "gc", "--quiet", "--prune=now")
    assert status_of(root, "cat-file", "-e", object_) != 0
    assert git(root, "log", "--all", "-S", CANARY, "--format=%s") == ""
    assert git(root, "tag", "--list").split() == TAGS

    # The published repository: one commit of the newest version, and no former one.
    newest = TAGS[-1]
    work = tmp_path / "work"
    git(tmp_path, "clone", "--quiet", "--no-checkout", remote.as_uri(), str(work))
    new = git(work, "commit-tree", f"{newest}^{{tree}}", "-m", f"towns {newest[1:]}")
    git(work, "tag", "--force", "--annotate", "-m", f"towns {newest[1:]}", newest, new)
    old = [f":refs/tags/{tag}" for tag in TAGS[:-1]]
    git(work, "push", "--quiet", "--force", "--no-verify", "origin", f"{new}:main", f"refs/tags/{newest}", *old)
    kept = {line.split()[0] for line in git(work, "lfs", "ls-files", "--long", newest).splitlines()}
    for path in [*(remote / "lfs/objects").rglob("*")]:
        if path.is_file() and path.name not in kept:
            path.unlink()
    git(remote, "gc", "--quiet", "--prune=now")
    assert git(remote, "tag", "--list").split() == [newest]
    held = [pq.read_table(path).to_pylist() for path in (remote / "lfs/objects").rglob("*") if path.is_file()]
    assert len(held) == len(kept) > 0
    assert CANARY not in str(held)

    # Folders: the former versions are deleted.
    for tag in TAGS[:-1]:
        shutil.rmtree(public / tag)
    assert CANARY not in strings(public)

    # What is there goes on: the newest is found published, and the next is released and published on top of it.
    assert not dataset_builder.publish(root / "dist", str(remote)).new
    path = root / "seeds/report-5.json"
    path.write_text(path.read_text("utf-8").replace("Report 5", "Another title"), "utf-8")
    commit(root)
    assert release(root).version == "2.0.1"
    for target in (remote, public):
        assert dataset_builder.publish(root / "dist", str(target)).new
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--branch=v2.0.1", remote.as_uri(), str(clone))
    assert dataset_builder.verify(clone).diagnostics == ()


def status_of(root: Path, *arguments: str) -> int:
    environment = os.environ | {"FILTER_BRANCH_SQUELCH_WARNING": "1"}
    return subprocess.run(["git", *arguments], cwd=root, env=environment, check=False, capture_output=True).returncode
