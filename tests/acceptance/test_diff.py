"""Two versions of a project compared as a user does it: build folders, git revisions, repositories of builds."""

import json
import shutil
from hashlib import sha256
from pathlib import Path
from subprocess import CompletedProcess

import pytest

import dataset_builder
from dataset_builder import FindingsError, UsageError
from tests.acceptance import commands
from tests.acceptance.conftest import git
from tests.unit.facts import facts
from tests.unit.versions import Version, first_version

CANARY = "Zanzibar-canary-7194"


def run(where: Path, *arguments: str) -> CompletedProcess[str]:
    return commands.run(where, "diff", *arguments, NO_COLOR="", FORCE_COLOR="")


def second_version() -> Version:
    version = first_version()
    version.splits["report-2"] = "test"
    version.splits["report-4"] = "train"
    version.records["ben", "report-3"]["entities"][1]["type"] = "place"
    version.metadata["report-5"]["title"] = "Another title"
    return version


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A project in a folder of a repository, tagged v1, v2 and broken."""
    top = tmp_path / "repository"
    root = top / "corpora" / "towns"
    first_version().write(root)
    (root / ".gitignore").write_text("/dist/\n/.dataset-builder/\n")
    git("init", "--quiet", "--initial-branch=main", ".", cwd=top)
    commit(top, "v1")
    rewrite(root, second_version())
    commit(top, "v2")
    broken = second_version()
    broken.records["ben", "report-3"]["entities"][1]["type"] = "plaice"
    rewrite(root, broken)
    commit(top, "broken")
    rewrite(root, second_version())
    git("add", "--all", cwd=top)
    git("commit", "--quiet", "--message", "whole again", cwd=top)
    return root


def rewrite(root: Path, version: Version) -> None:
    ignore = (root / ".gitignore").read_text()
    shutil.rmtree(root)
    version.write(root)
    (root / ".gitignore").write_text(ignore)


def commit(top: Path, tag: str) -> None:
    git("add", "--all", cwd=top)
    git("commit", "--quiet", "--message", tag, cwd=top)
    git("tag", tag, cwd=top)


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("builds")
    return first_version().build(folder / "first"), second_version().build(folder / "second")


def test_two_folders(builds: tuple[Path, Path], tmp_path: Path) -> None:
    done = run(tmp_path, *map(str, builds))
    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    assert "splits: 2 articles moved (1 into test, 1 moved)" in lines
    moves = [line.strip() for line in lines if " → " in line and ": report-" in line]
    assert moves[0] == "train → test: report-2 (leaks: it was trained on before)", "what leaks comes first"
    assert "annotations: 1 change (1 relabelled)" in lines
    assert any(line.startswith("  relabelled: report-3 by ben, entities e2 ") for line in lines)
    assert '    type: "person" → "place"' in lines
    assert '    title: "Report 5" → "Another title"' in lines
    assert lines[-1] == "these changes make a major version"


def test_a_build_is_the_same_as_itself(builds: tuple[Path, Path], tmp_path: Path) -> None:
    done = run(tmp_path, str(builds[0]), str(builds[0]))
    assert done.returncode == 0
    assert done.stdout.splitlines()[1:] == ["", "no differences"]


def test_revisions_say_the_same_as_builds_of_them(repository: Path, builds: tuple[Path, Path]) -> None:
    found = dataset_builder.diff("v1", "v2", directory=repository)
    assert facts(found) == facts(dataset_builder.diff(*builds))
    assert (found.old.name, found.new.name, found.old.articles) == ("v1", "v2", 8)


def test_one_argument_is_compared_with_the_working_tree(repository: Path) -> None:
    assert run(repository, "v2").returncode == 0
    (repository / "seeds/report-1.json").write_text(
        (repository / "seeds/report-1.json").read_text().replace("Report 1", "Report one")
    )
    done = run(repository / "seeds", "HEAD", "--format", "json")
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert found["metadata"]["shown"] == [
        {"article": "report-1", "changes": [{"path": "title", "old": "Report 1", "new": "Report one"}]}
    ]
    assert found["new"]["name"] == "the working tree"


def test_nothing_is_written_into_the_project(repository: Path) -> None:
    (repository / "splits.lock.json").unlink()
    before = contents(repository)
    assert run(repository, "v1").returncode == 1
    assert contents(repository) == before


def contents(root: Path) -> dict[Path, bytes]:
    files = (path for path in root.rglob("*") if path.is_file() and ".dataset-builder" not in path.parts)
    return {path: path.read_bytes() for path in files}


def test_a_revision_that_does_not_build_gives_its_findings(repository: Path) -> None:
    done = run(repository, "v1", "broken")
    assert done.returncode == 2
    assert "annotations/ben/report-3.json" in done.stdout
    assert 'error[LAB001]: unknown label "plaice"' in done.stdout
    assert done.stderr == "error: broken can't be built: 1 error stands in the way; nothing was compared\n"
    as_json = run(repository, "broken", "--format", "json")
    assert as_json.returncode == 2
    assert [each["code"] for each in json.loads(as_json.stdout)["diagnostics"]] == ["LAB001"]
    with pytest.raises(FindingsError):
        dataset_builder.diff("broken", "v1", directory=repository)


def test_a_configuration_that_is_wrong_gives_its_findings(repository: Path) -> None:
    (repository / "dataset.toml").write_text('name = "towns"\n')
    done = run(repository, "v1")
    assert done.returncode == 2
    assert "CFG" in done.stdout
    assert "the working tree can't be built" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["v3"], "'v3' is neither a folder nor a revision"),
        (["--", "--output=/tmp/x"], "is neither a folder nor a revision"),
        (["v1", "v2:corpora"], "is neither a folder nor a revision"),
        (["v1", "seeds"], "seeds holds neither a project nor a build"),
    ],
)
def test_what_is_not_there_is_said(repository: Path, arguments: list[str], said: str) -> None:
    done = run(repository, *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_a_folder_without_git_or_project(tmp_path: Path, builds: tuple[Path, Path]) -> None:
    done = run(tmp_path, str(builds[0]), "v1")
    assert done.returncode == 2
    assert "there is no dataset project" in done.stderr


@pytest.mark.parametrize("damage", ["manifest", "missing", "parquet", "outside"])
def test_a_damaged_build_is_refused(builds: tuple[Path, Path], tmp_path: Path, damage: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(builds[1], copy)
    file = next((copy / "data/articles").iterdir())
    if damage == "manifest":
        (copy / "manifest.json").write_text('{"format": 1}')
    elif damage == "missing":
        file.unlink()
    elif damage == "parquet":
        file.write_bytes(b"PAR1 no more")
    else:
        outside = tmp_path / "elsewhere.parquet"
        file.rename(outside)
        file.symlink_to(outside)
    done = run(tmp_path, str(builds[0]), str(copy))
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert ("lies outside" in done.stderr) is (damage == "outside")


# What git may do


def test_no_hook_and_no_filter_runs_and_bytes_stay(repository: Path, tmp_path: Path) -> None:
    top = repository.parents[1]
    mark = tmp_path / "ran"
    (top / ".gitattributes").write_text("*.txt filter=evil text eol=crlf ident export-subst\nsecret export-ignore\n")
    git("add", ".gitattributes", cwd=top)
    git("commit", "--quiet", "--message", "attributes", cwd=top)
    git("config", "filter.evil.smudge", f"touch {mark}; cat", cwd=top)
    git("config", "filter.evil.process", f"touch {mark}", cwd=top)
    git("config", "core.fsmonitor", f"touch {mark}", cwd=top)
    for hook in ("post-checkout", "post-index-change", "reference-transaction"):
        path = top / ".git/hooks" / hook
        path.write_text(f"#!/bin/sh\ntouch {mark}\n")
        path.chmod(0o755)
    mark.unlink(missing_ok=True)
    found = dataset_builder.diff("v2", "HEAD", directory=repository)
    assert not mark.exists()
    assert not found.differs, "a line end that was converted would change a text"


def test_links_in_a_revision_lead_nowhere_out_of_it(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(CANARY)
    (repository / "seeds/report-1.txt").unlink()
    (repository / "seeds/report-1.txt").symlink_to(tmp_path / "secret.txt")
    commit(repository.parents[1], "linked")
    done = run(repository, "v2", "linked")
    assert done.returncode == 2
    assert "leads out of the project" in done.stdout
    assert CANARY not in done.stdout + done.stderr


# Repositories of builds


@pytest.fixture
def data_repository(builds: tuple[Path, Path], tmp_path: Path) -> Path:
    """A repository that holds a build at its root: the first one as v1, the second as v2 and in the working tree."""
    root = tmp_path / "data"
    for build, tag in zip(builds, ("v1", "v2"), strict=True):
        for old in root.glob("[!.]*"):
            shutil.rmtree(old) if old.is_dir() else old.unlink()
        # Without the times of the builds: git takes a file for unchanged that has the old one's size and seconds.
        shutil.copytree(build, root, copy_function=shutil.copyfile, dirs_exist_ok=True)
        (root / ".gitattributes").unlink()  # no Git LFS here
        if tag == "v1":
            git("init", "--quiet", "--initial-branch=main", ".", cwd=root)
        commit(root, tag)
    return root


def test_a_repository_of_builds(data_repository: Path, builds: tuple[Path, Path]) -> None:
    expected = facts(dataset_builder.diff(*builds))
    assert facts(dataset_builder.diff("v1", "v2", directory=data_repository)) == expected
    assert run(data_repository / "data", "v1").returncode == 1, "against the build that lies there"
    assert run(data_repository, "v2").returncode == 0


def test_files_that_git_lfs_holds(data_repository: Path, builds: tuple[Path, Path]) -> None:
    """As in a repository that has the build's own .gitattributes: Parquet files are committed as pointers."""
    held = []
    for file in sorted(data_repository.rglob("*.parquet")):
        data = file.read_bytes()
        digest = sha256(data).hexdigest()
        held.append(data_repository / ".git/lfs/objects" / digest[:2] / digest[2:4] / digest)
        held[-1].parent.mkdir(parents=True, exist_ok=True)
        held[-1].write_bytes(data)
        file.write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(data)}\n")
    commit(data_repository, "v3")
    assert facts(dataset_builder.diff("v1", "v3", directory=data_repository)) == facts(dataset_builder.diff(*builds))
    held[0].write_bytes(b"other")
    with pytest.raises(UsageError, match="damaged in the store of Git LFS"):
        dataset_builder.diff("v1", "v3", directory=data_repository)
    held[0].unlink()
    with pytest.raises(UsageError, match="git lfs fetch"):
        dataset_builder.diff("v1", "v3", directory=data_repository)


# What is shown


def test_limits_and_summaries_lose_no_count(builds: tuple[Path, Path], tmp_path: Path) -> None:
    version = first_version()
    for record in version.records.values():
        record["entities"][1]["type"] = "place"
    other = version.build(tmp_path)
    everything = dataset_builder.diff(builds[0], other)
    assert (everything.annotations.total, len(everything.annotations.shown)) == (16, 16)
    few = json.loads(run(tmp_path, str(builds[0]), str(other), "--format", "json", "--limit", "3").stdout)
    assert (few["annotations"]["total"], len(few["annotations"]["shown"])) == (16, 3)
    assert few["annotations"]["counts"] == {"relabelled": 16}
    shown = run(tmp_path, str(builds[0]), str(other), "--limit", "3").stdout
    assert "and 13 more, not shown" in shown
    summary = run(tmp_path, str(builds[0]), str(other), "--summary").stdout
    assert "annotations: 16 changes (16 relabelled)" in summary
    assert "report-" not in summary


def test_drift_is_counted_over_all_files(builds: tuple[Path, Path]) -> None:
    found = dataset_builder.diff(*builds)
    (drift,) = found.drift
    assert (drift.table, drift.path) == ("annotations", "entities[].type")
    assert [(each.label, each.old, each.new) for each in drift.labels] == [("person", 32, 31), ("place", 32, 33)]
    assert drift.freedom == 1


def test_agreement_is_told_as_the_manifests_have_it(builds: tuple[Path, Path], tmp_path: Path) -> None:
    version = first_version()
    version.records["cleo", "report-2"] = version.records["ben", "report-2"]
    version.records["cleo", "report-3"] = json.loads(json.dumps(version.records["ben", "report-3"]))
    version.records["cleo", "report-3"]["labels"]["topic"] = "weather"
    old = version.build(tmp_path / "old")
    version.records["cleo", "report-3"]["labels"]["topic"] = "trade"
    found = dataset_builder.diff(old, version.build(tmp_path / "new"))
    (change,) = found.agreement
    assert (change.path, change.annotators, change.n) == ("labels.topic", ("ben", "cleo"), (2, 2))
    assert change.values["agreement"] == (0.5, 1.0)


def test_a_withheld_text_is_never_shown(tmp_path: Path) -> None:
    """Neither where it is withheld in both builds, nor where it was withdrawn since."""
    version = first_version()
    for id_ in ("report-2", "report-3"):
        version.texts[id_] = version.texts[id_].replace("The market", CANARY)
        version.metadata[id_]["title"] = "A title"
        for annotator in ("ada", "ben"):
            shift = len(CANARY) - len("The market")
            for layer in ("entities", "quotes"):
                for item in version.records[annotator, id_][layer]:
                    item["start"], item["end"] = item["start"] + shift, item["end"] + shift
            quote = {"id": "q9", "start": 0, "end": len(CANARY), "speaker": None, "tone": "flat"}
            version.records[annotator, id_]["quotes"].append(quote)
    version.metadata["report-2"]["rights"]["text"] = "withheld"
    old = version.build(tmp_path / "old")
    for id_ in ("report-2", "report-3"):
        version.texts[id_] = version.texts[id_].replace("open again", "unlock now")
        version.metadata[id_]["rights"]["text"] = "withheld"
        for annotator in ("ada", "ben"):
            version.records[annotator, id_]["quotes"].pop()
            version.records[annotator, id_]["quotes"][0]["tone"] = "calm"
    new = version.build(tmp_path / "new")
    for format_ in ("text", "json", "markdown"):
        done = run(tmp_path, str(old), str(new), "--format", format_, "--limit", "999")
        assert done.returncode == 1
        assert "report-3" in done.stdout.replace("\\", "")
        assert CANARY not in done.stdout + done.stderr
        assert "unlock" not in done.stdout
    found = dataset_builder.diff(old, new)
    assert [(each.article, each.edits) for each in found.articles.shown] == [("report-2", None), ("report-3", None)]
    assert all(item.quote is None for each in found.annotations.shown for item in (each.old, each.new) if item)


def test_a_hydrated_copy_is_no_build(tmp_path: Path) -> None:
    version = first_version()
    version.metadata["report-2"]["rights"]["text"] = "withheld"
    build = version.build(tmp_path)
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "x.txt").write_bytes(version.texts["report-2"].encode())
    copy = dataset_builder.hydrate(build, tmp_path / "texts").output
    with pytest.raises(UsageError, match="holds neither a project nor a build"):
        dataset_builder.diff(build, copy)


def test_nothing_of_the_data_steers_a_terminal_or_markdown(builds: tuple[Path, Path], tmp_path: Path) -> None:
    hostile = "\x1b[2J\x07\u202e<img src=x onerror=alert(1)> **b** [a](http://x.y) `c` | <!-- d -->\n# h"
    version = first_version()
    version.metadata["report-1"]["title"] = hostile
    version.records["ben", "report-1"]["quotes"][0]["tone"] = hostile
    version.texts["report-1"] += hostile + "\n"
    version.title = hostile
    new = version.build(tmp_path)
    for format_ in ("text", "markdown", "json"):
        shown = run(tmp_path, str(builds[0]), str(new), "--format", format_).stdout
        assert not {"\x1b", "\x07", "\u202e", "\r"} & set(shown)
        if format_ == "markdown":
            for raw in ("<img", "<!--", "**b**", "[a](", "`c`", "http://x.y"):
                assert raw not in shown
            assert not any(line.startswith("# h") for line in shown.splitlines())
            assert "<ins>" in shown


def test_edits_of_texts_are_shown_in_the_text(builds: tuple[Path, Path], tmp_path: Path) -> None:
    version = first_version()
    version.texts["report-1"] = version.texts["report-1"].replace("open again", "shut down")
    for annotator in ("ada", "ben"):
        for layer in ("entities", "quotes"):
            for item in version.records[annotator, "report-1"][layer]:
                if item["start"] > 30:
                    item["start"], item["end"] = item["start"] - 1, item["end"] - 1
    found = dataset_builder.diff(builds[0], version.build(tmp_path))
    (change,) = found.articles.shown
    assert (change.kind, change.edits) == ("revised", 1)
    assert (change.passages[0].removed, change.passages[0].added) == ("open again", "shut down")
    assert found.annotations.counts == {"shifted": 10}
    shown = run(tmp_path, str(builds[0]), str(tmp_path / "build")).stdout
    assert "[-open again-]{+shut down+}" in shown
