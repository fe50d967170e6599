"""Releases in real git repositories: what they consist of, what stands in their way, and where they can be stopped."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from datasets import load_dataset

import dataset_builder
from dataset_builder import FindingsError, UsageError
from tests.acceptance.commands import run
from tests.acceptance.conftest import copy_project
from tests.acceptance.releasing import (
    IDENTITY,
    add_article,
    add_label,
    commit,
    contents,
    edit,
    git,
    refs,
    relabel,
    release,
    remove_article,
    repository,
    retitle,
    write_hook,
)
from tests.unit.versions import first_version

FIRST = "- The first release: 8 articles (4 in `train`, 2 in `validation` and 2 in `test`) and 16 annotations.\n"
CANARY = "Zanzibar-canary-7194"
pytestmark = pytest.mark.usefixtures("identity")


def refused(root: Path, **options) -> list[tuple[str, str]]:
    """Codes and files of what stands in the way."""
    before = refs(root) if (root / ".git").exists() else None
    with pytest.raises(FindingsError, match="nothing was released") as caught:
        release(root, **options)
    assert before is None or refs(root) == before
    return [(found.code, found.place.file) for found in caught.value.result.diagnostics]


def test_the_first_release_is_of_the_configured_version(fresh: Path) -> None:
    result = release(fresh)
    assert (result.version, result.previous, result.bump, result.tag) == ("1.0.0", None, None, "v1.0.0")
    assert git(fresh, "rev-parse", "HEAD") == result.commit == git(fresh, "rev-parse", "v1.0.0^{commit}")
    assert git(fresh, "cat-file", "-t", "v1.0.0") == "tag"
    assert git(fresh, "rev-list", "--count", "HEAD") == "2"
    assert git(fresh, "status", "--porcelain") == ""
    assert git(fresh, "symbolic-ref", "HEAD") == "refs/heads/main"
    changed = ["CHANGELOG.md", "CITATION.cff", "DATASET_CARD.md", "figures/versions.svg"]  # which tell of the release
    assert git(fresh, "diff", "--name-only", "HEAD^", "HEAD").split() == changed
    assert git(fresh, "fsck", "--strict") == ""
    assert dataset_builder.verify(fresh / "dist").diagnostics == ()
    assert FIRST in (fresh / "CHANGELOG.md").read_text("utf-8")
    before = contents(fresh / "dist")
    dataset_builder.build(dataset_builder.open_project(fresh), jobs=1, locked=True)
    assert contents(fresh / "dist") == before
    assert git(fresh, "status", "--porcelain") == ""


def test_the_tag_holds_what_the_build_says(fresh: Path, tmp_path: Path) -> None:
    release(fresh)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--branch", "v1.0.0", str(fresh), str(clone))
    project = dataset_builder.open_project(clone)
    assert dataset_builder.card(project, write=False, jobs=1).fresh
    built = dataset_builder.build(project, jobs=1, locked=True).output
    assert contents(Path(built)) == contents(fresh / "dist")
    loaded = load_dataset(str(fresh / "dist"))
    assert {name: len(split) for name, split in loaded.items()} == {"train": 4, "validation": 2, "test": 2}


def test_dates_are_those_of_the_commit_in_utc(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2031-03-01T01:30:00+0500")
    assert release(fresh).date == "2031-02-28"
    assert "## [1.0.0] - 2031-02-28\n" in (fresh / "CHANGELOG.md").read_text("utf-8")
    assert (fresh / "CITATION.cff").read_text("utf-8") == (
        'cff-version: 1.2.0\ntitle: Towns\nversion: 1.0.0 # of the data\ndate-released: "2031-02-28"\n'
    )
    assert git(fresh, "show", "--no-patch", "--format=%cI %aI") == " ".join(2 * ["2031-03-01T01:30:00+05:00"])
    assert "1930077000 +0500" in git(fresh, "cat-file", "tag", "v1.0.0")


def move_into_test(root: Path) -> None:
    edit(root / "splits.lock.json", '"report-2": "train"', '"report-2": "test"')


def remove_label(root: Path) -> None:
    edit(root / "schema/article.schema.json", '"opinion"', '"comment"')
    for path in root.glob("seeds/*.json"):
        path.write_text(path.read_text("utf-8").replace('"opinion"', '"comment"'), "utf-8")


@pytest.mark.parametrize(
    ("change", "bump", "version", "item"),
    [
        (retitle, "patch", "1.0.1", "### Changed\n\n- Metadata: `title` (1), of `report-5`.\n"),
        (relabel, "patch", "1.0.1", "### Changed\n\n- Corrections by annotators: 1 relabelled, of `report-1`.\n"),
        (add_label, "minor", "1.1.0", "- Label `river` of "),
        (add_article, "minor", "1.1.0", "### Added\n\n- 1 article: `report-9`.\n"),
        (remove_article, "major", "2.0.0", "### Removed\n\n- 1 article: `report-7`.\n"),
        (move_into_test, "major", "2.0.0", "- 1 article moved from `train` to `test`: `report-2`.\n"),
        (remove_label, "major", "2.0.0", "### Removed\n\n- Label `opinion` of `articles: section`.\n"),
    ],
    ids=lambda value: value.__name__ if callable(value) else None,
)
def test_the_version_grows_by_what_changed(released: Path, change, bump: str, version: str, item: str) -> None:
    change(released)
    commit(released)
    result = release(released)
    assert (result.bump, result.demanded, result.version, result.previous) == (bump, bump, version, "1.0.0")
    assert f'version = "{version}"\n' in (released / "dataset.toml").read_text("utf-8")
    entry = (released / "CHANGELOG.md").read_text("utf-8").split("\n## ")
    assert entry[1] == "[Unreleased]\n"
    assert entry[2].startswith(f"[{version}] - {result.date}\n")
    assert item in entry[2]
    assert json.loads((released / "dist/manifest.json").read_bytes())["version"] == version
    assert f"`{version}`" in (released / "DATASET_CARD.md").read_text("utf-8")
    assert yaml.safe_load((released / "CITATION.cff").read_text("utf-8"))["version"] == version
    assert git(released, "status", "--porcelain") == ""
    assert git(released, "describe") == f"v{version}"


def test_only_the_version_changes_in_a_configuration_with_crlf_and_comments(fresh: Path) -> None:
    path = fresh / "dataset.toml"
    text = "# ours\n" + path.read_text("utf-8").replace('version = "1.0.0"', "version  =  '1.0.0'   # 1.0.0 for now")
    path.write_bytes(text.replace("\n", "\r\n").encode())
    git(fresh, "config", "core.autocrlf", "false")
    commit(fresh)
    release(fresh, bump="minor")
    assert path.read_bytes() == text.replace("'1.0.0'", "'1.1.0'").replace("\n", "\r\n").encode()
    assert git(fresh, "status", "--porcelain") == ""


def test_what_was_written_under_unreleased_moves_into_the_entry(released: Path) -> None:
    edit(
        released / "CHANGELOG.md",
        "## [Unreleased]\n",
        "## [Unreleased]\n\nOf our own.\n\n### Fixed\n\n- A typo.\n\n### Changed\n\n- By hand.\n",
    )
    retitle(released)
    commit(released)
    result = release(released)
    text = (released / "CHANGELOG.md").read_text("utf-8")
    assert (
        f"## [Unreleased]\n\n## [1.0.1] - {result.date}\n\nOf our own.\n\n### Changed\n\n- By hand.\n"
        "- Metadata: `title` (1), of `report-5`.\n\n### Fixed\n\n- A typo.\n\n## [1.0.0] - "
    ) in text


def test_a_larger_bump_may_be_asked_for_and_a_smaller_one_not(released: Path) -> None:
    add_article(released)
    commit(released)
    assert refused(released, bump="patch") == [("REL012", "dataset.toml")]
    assert release(released, bump="major").version == "2.0.0"


def test_a_version_that_the_configuration_chose_is_released(released: Path) -> None:
    retitle(released)
    edit(released / "dataset.toml", '"1.0.0"', '"3.1.0"')
    commit(released)
    result = release(released)
    assert (result.version, result.bump, result.demanded) == ("3.1.0", "major", "patch")


@pytest.mark.parametrize("chosen", ["0.9.0", "1.0.1"])
def test_a_version_that_will_not_do_is_refused(released: Path, chosen: str) -> None:
    add_article(released)
    edit(released / "dataset.toml", '"1.0.0"', f'"{chosen}"')
    commit(released)
    assert refused(released) == [("REL012", "dataset.toml")]


def test_a_dry_run_shows_all_and_leaves_everything_untouched(released: Path) -> None:
    retitle(released)
    commit(released)
    shutil.rmtree(released / ".dataset-builder")
    write_hook(released / ".git/hooks/pre-commit", "touch seen; exit 1")  # a dry run makes no commit
    before = contents(released)
    stamps = {path: path.stat().st_mtime_ns for path in released.rglob("*")}
    done = run(released, "release", "--dry-run")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Would release towns 1.0.1, a patch version after 1.0.0.\n" in done.stdout
    for line in (
        '-version = "1.0.0"',
        '+version = "1.0.1"',
        "+- Metadata: `title` (1), of `report-5`.",
        "+version: 1.0.1",
    ):
        assert line in done.stdout
    assert "Nothing was written.\n" in done.stdout
    found = json.loads(run(released, "release", "--dry-run", "--format", "json").stdout)
    assert (found["version"], found["dry_run"], found["commit"]) == ("1.0.1", True, None)
    assert [each["path"] for each in found["files"]] == [
        "CHANGELOG.md",
        "CITATION.cff",
        "DATASET_CARD.md",
        "dataset.toml",
        "figures/versions.svg",
    ]
    assert contents(released) == before
    assert {path: path.stat().st_mtime_ns for path in released.rglob("*")} == stamps
    (released / ".git/hooks/pre-commit").unlink()
    made = release(released)
    assert {each["path"]: each["new"] for each in found["files"]} == {
        each.path: (released / each.path).read_text("utf-8") for each in made.files
    }


@pytest.mark.parametrize("dry_run", [False, True])
def test_changed_staged_and_untracked_files_stand_in_the_way(released: Path, dry_run: bool) -> None:
    retitle(released)
    (released / "notes.txt").write_text("x")
    (released / "staged ä.txt").write_text("x")
    git(released, "add", "staged ä.txt")
    assert refused(released, dry_run=dry_run) == [
        ("REL008", "notes.txt"),
        ("REL008", "seeds/report-5.json"),
        ("REL008", "staged ä.txt"),
    ]


def test_a_source_that_git_ignores_stands_in_the_way(released: Path) -> None:
    (released / ".gitignore").write_text("/dist/\n/.dataset-builder/\nreport-9.*\n", encoding="utf-8")
    add_article(released)
    git(released, "commit", "--quiet", "--all", "--message", "ignore")
    assert refused(released) == [("REL008", "seeds/report-9.json"), ("REL008", "seeds/report-9.txt")]


def test_a_folder_without_a_repository(tmp_path: Path) -> None:
    root = first_version().write(tmp_path / "towns")
    (tmp_path / ".git").write_text("gitdir: nowhere\n")  # nor one around it
    assert refused_without_git(root) == ["REL007"]


def refused_without_git(root: Path) -> list[str]:
    with pytest.raises(FindingsError) as caught:
        release(root)
    return [found.code for found in caught.value.result.diagnostics]


def test_a_repository_without_a_commit(fresh: Path) -> None:
    shutil.rmtree(fresh / ".git")
    git(fresh, "init", "--quiet", ".")
    assert refused_without_git(fresh) == ["REL007"]


def test_no_branch_and_a_merge_under_way(fresh: Path) -> None:
    git(fresh, "checkout", "--quiet", "--detach")
    (fresh / ".git/MERGE_HEAD").write_text(git(fresh, "rev-parse", "HEAD") + "\n")
    assert refused(fresh) == [("REL007", "dataset.toml")] * 2


def test_nobody_to_commit(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in IDENTITY:
        monkeypatch.delenv(name)
    monkeypatch.setenv("EMAIL", "")
    git(fresh, "config", "user.useConfigOnly", "true")
    assert refused(fresh) == [("REL009", "dataset.toml")]


def test_a_stale_card(released: Path) -> None:
    retitle(released)
    edit(released / "DATASET_CARD.md", "# Towns", "# Town")
    git(released, "commit", "--quiet", "--all", "--message", "no card")
    (released / "DATASET_CARD.md").write_text("<!-- dataset-builder:begin statistics -->\nx\n", "utf-8")
    git(released, "rm", "--quiet", "--force", "splits.lock.json")
    (released / "DATASET_CARD.md").unlink()
    git(released, "commit", "--quiet", "--all", "--message", "neither")
    assert refused(released) == [
        ("REL010", "DATASET_CARD.md"),
        ("REL010", "figures/labels.svg"),  # without the lock file, splits are others
        ("REL010", "figures/lengths.svg"),
        ("REL010", "splits.lock.json"),
    ]


def test_nothing_changed(released: Path) -> None:
    (released / "README").write_text("of the repository\n")
    git(released, "add", "README")
    git(released, "commit", "--quiet", "--message", "no data")
    assert refused(released) == [("REL011", "dataset.toml")]
    assert refused(released, bump="major") == [("REL011", "dataset.toml")]


def test_a_tag_that_is_there_already(released: Path) -> None:
    retitle(released)
    commit(released)
    git(released, "tag", "v1.0.1", git(released, "commit-tree", "-m", "elsewhere", "HEAD^{tree}"))
    assert refused(released) == [("REL013", "dataset.toml")]


def test_errors_and_leaks(released: Path) -> None:
    edit(released / "annotations/ada/report-1.json", '"topic": "sport"', '"topic": "spurt"')
    git(released, "commit", "--quiet", "--all", "--message", "wrong")
    assert refused(released) == [("LAB001", "annotations/ada/report-1.json")]


def test_a_text_that_is_in_two_splits(released: Path) -> None:
    shutil.copy(released / "seeds/report-1.txt", released / "seeds/report-9.txt")
    shutil.copy(released / "seeds/report-1.json", released / "seeds/report-9.json")
    edit(released / "splits.lock.json", '"report-7": "test"', '"report-7": "test",\n  "report-9": "test"')
    commit(released)
    assert "SPL003" in {code for code, _ in refused(released)}


def test_a_hook_has_its_say_and_sees_what_is_committed(released: Path) -> None:
    retitle(released)
    commit(released)
    hooks = released / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    write_hook(hooks / "pre-commit", "git show :dataset.toml | grep -q 1.0.1 && echo 'not on Fridays' >&2; exit 1")
    with pytest.raises(FindingsError) as caught:
        release(released)
    (found,) = caught.value.result.diagnostics
    assert found.code == "REL014"
    assert found.message.endswith("`git hook run pre-commit` refuses the release: not on Fridays")
    assert git(released, "tag") == "v1.0.0"
    write_hook(hooks / "pre-commit", "echo x > sneaked; git add sneaked")
    assert refused(released) == [("REL014", "dataset.toml")]
    (released / "sneaked").unlink()
    write_hook(hooks / "pre-commit", "exit 0")
    write_hook(hooks / "commit-msg", 'echo "Signed-off-by: T <t@example.org>" >> "$1"')
    write_hook(hooks / "post-commit", "git rev-parse HEAD > .git/seen")
    result = release(released)
    assert git(released, "show", "--no-patch", "--format=%B").endswith("Signed-off-by: T <t@example.org>")
    assert (released / ".git/seen").read_text().strip() == result.commit


def test_commit_and_tag_are_signed_where_git_is_set_up_so(fresh: Path, tmp_path: Path) -> None:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is missing, and nothing else here signs")
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key], check=True)
    allowed = tmp_path / "allowed"
    allowed.write_text(f"test@example.org {key.with_suffix('.pub').read_text()}")
    settings = {
        "gpg.format": "ssh",
        "user.signingKey": str(key),
        "gpg.ssh.allowedSignersFile": str(allowed),
        "commit.gpgSign": "true",
        "tag.gpgSign": "true",
    }
    for name, value in settings.items():
        git(fresh, "config", name, value)
    assert release(fresh).signed
    git(fresh, "verify-tag", "v1.0.0")
    git(fresh, "verify-commit", "HEAD")
    assert git(fresh, "tag") == "v1.0.0"
    retitle(fresh)
    dataset_builder.card(dataset_builder.open_project(fresh), jobs=1)
    git(fresh, "commit", "--quiet", "--all", "--no-gpg-sign", "--message", "an edit")
    key.unlink()
    assert refused(fresh) == [("REL014", "dataset.toml")]


def test_a_project_in_a_folder_of_a_repository(tmp_path: Path) -> None:
    top = tmp_path / "repository"
    root = first_version().write(top / "corpora" / "towns ä")
    (top / "elsewhere.txt").write_text("x")
    git(top, "init", "--quiet", "--initial-branch=main", ".")
    (root / ".gitignore").write_text("/dist/\n/.dataset-builder/\n", encoding="utf-8")
    commit(root)
    assert release(root).version == "1.0.0"
    assert git(top, "status", "--porcelain") == ""
    assert (root / "CHANGELOG.md").is_file()
    (top / "elsewhere.txt").write_text("y")
    retitle(root)
    assert refused(root) == [("REL008", "../../elsewhere.txt"), ("REL008", "seeds/report-5.json")]


def test_nothing_of_a_withheld_text_shows(tmp_path: Path) -> None:
    version = first_version()
    version.texts["report-3"] = version.texts["report-3"] + f"{CANARY}\n"
    version.metadata["report-3"]["rights"]["text"] = "withheld"
    root = repository(version.write(tmp_path / "towns"))
    held = tmp_path / "held"
    held.mkdir()
    (held / "report-3.txt").write_bytes(version.texts["report-3"].encode())
    assert dataset_builder.hydrate(dataset_builder.open_project(root), held).hydrated == ("report-3",)
    assert git(root, "status", "--porcelain") == ""
    first = run(root, "release")
    assert first.returncode == 0, first.stdout + first.stderr
    edit(root / "annotations/ada/report-3.json", '"tone": "tired"', '"tone": "weary"')
    commit(root)
    dry, done = run(root, "release", "--dry-run", "--format", "json"), run(root, "release")
    assert done.returncode == 0, done.stdout + done.stderr
    shown = "".join((first.stdout, dry.stdout, done.stdout, git(root, "log", "--patch")))
    assert CANARY not in shown
    assert CANARY.encode() not in b"".join(contents(root / "dist").values())


def test_names_of_the_data_are_no_markup_in_the_changelog(released: Path) -> None:
    edit(released / "schema/article.schema.json", '"opinion"', '"opinion", "<b>*x*</b>\\u202e[y](http://z)"')
    commit(released)
    release(released)
    text = (released / "CHANGELOG.md").read_text("utf-8")
    assert "\u202e" not in text
    assert "<b>" not in text
    assert "<code>&lt;b&gt;\\*x\\*&lt;/b&gt;&lt;U+202E&gt;\\[y\\](http\\://z)</code>" in text


def test_a_file_that_is_a_link_is_not_written_through(released: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("secret: x\n")
    (released / "CITATION.cff").unlink()
    (released / "CITATION.cff").symlink_to(outside)
    retitle(released)
    commit(released)
    done = run(released, "release")
    assert done.returncode == 2
    assert "CITATION.cff is a symbolic link" in done.stderr
    assert outside.read_text() == "secret: x\n"
    assert git(released, "tag") == "v1.0.0"


def test_bytes_that_are_no_text_stay_and_are_no_change(fresh: Path) -> None:
    (fresh / "CHANGELOG.md").write_bytes(b"# Caf\xe9\n\n## [Unreleased]\n")
    commit(fresh)
    done = run(fresh, "release", "--dry-run")
    assert done.returncode == 0
    assert "Caf" not in "".join(line for line in done.stdout.splitlines() if line.startswith(("-", "+")))
    release(fresh)
    assert (fresh / "CHANGELOG.md").read_bytes().startswith(b"# Caf\xe9\n\n## [Unreleased]\n\n## [1.0.0] - ")


def test_what_lies_in_the_place_of_scratch_is_not_followed(released: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/file").touch()
    (released / ".dataset-builder/release").symlink_to(tmp_path / "mine")
    retitle(released)
    commit(released)
    assert release(released).version == "1.0.1"
    assert (tmp_path / "mine/file").exists()


def test_files_keep_their_permissions(released: Path) -> None:
    (released / "DATASET_CARD.md").chmod(0o755)
    retitle(released)
    commit(released)
    release(released)
    assert (released / "DATASET_CARD.md").stat().st_mode & 0o777 == 0o755
    assert git(released, "ls-tree", "HEAD", "DATASET_CARD.md").startswith("100755 ")
    assert git(released, "status", "--porcelain") == ""


def test_a_linked_working_tree(released: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    git(released, "worktree", "add", "--quiet", "-b", "other", str(other))
    retitle(other)
    commit(other)
    assert release(other).version == "1.0.1"
    assert git(other, "status", "--porcelain") == ""
    assert git(released, "status", "--porcelain") == ""
    assert git(released, "tag") == "v1.0.0\nv1.0.1"


def test_a_build_that_its_sources_do_not_give(released: Path, tmp_path: Path) -> None:
    project = dataset_builder.open_project(released)
    assert dataset_builder.verify(released / "dist", rebuild=project, jobs=1).diagnostics == ()
    edit(released / "DATASET_CARD.md", "# Towns", "# Town")
    done = run(released, "verify", "dist", "--rebuild")
    assert done.returncode == 1
    assert re.findall(r"^(\S+): error\[(\w+)\]", done.stdout, re.MULTILINE) == [
        ("README.md", "REL015"),
        ("manifest.json", "REL015"),
        ("statement.json", "REL015"),
    ]
    git(released, "checkout", "--quiet", ".")
    shutil.copytree(released / "dist", tmp_path / "copy")
    (shard,) = (tmp_path / "copy/data/links").glob("train-*")
    shard.write_bytes(shard.read_bytes() + b"x")
    found = dataset_builder.verify(tmp_path / "copy", rebuild=project, jobs=1).diagnostics
    assert {("REL001", f"data/links/{shard.name}"), ("REL015", f"data/links/{shard.name}")} <= {
        (each.code, each.place.file) for each in found
    }
    (tmp_path / "copy/manifest.json").unlink()
    assert "REL006" in {each.code for each in dataset_builder.verify(tmp_path / "copy", rebuild=project).diagnostics}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda root: edit(root / "dataset.toml", '"1.0.0"', '"1.0.1"'), "its version is 1.0.0, and here it is 1.0.1"),
        (
            lambda root: edit(root / "dist/manifest.json", '"pyarrow": "', '"pyarrow": "9'),
            "its version of pyarrow is 9",
        ),
        (retitle, "it was made of other articles"),
        (add_label, "it was made of other schemas"),
    ],
)
def test_other_versions_and_inputs_are_no_rebuild(released: Path, change, words: str) -> None:
    change(released)
    with pytest.raises(UsageError, match=re.escape(words)):
        dataset_builder.verify(released / "dist", rebuild=dataset_builder.open_project(released), jobs=1)
    done = run(released, "verify", "dist", "--rebuild")
    assert done.returncode == 2
    assert words in done.stderr


def test_the_shipped_dataset_is_released(tmp_path: Path) -> None:
    root = copy_project(tmp_path / "project")
    git(root, "init", "--quiet", "--initial-branch=main", ".")
    (root / ".gitignore").write_text("/dist/\n/.dataset-builder/\n", encoding="utf-8")
    commit(root)
    result = release(root)
    changed = ["DATASET_CARD.md", "annotations/CHANGELOG.md", "figures/versions.svg"]
    assert [each.path for each in result.files] == changed
    assert (root / "dist/figures/versions.svg").read_bytes() == (root / "figures/versions.svg").read_bytes()
    assert "| `0.1.0` |" in (root / "DATASET_CARD.md").read_text("utf-8")
    text = (root / "annotations/CHANGELOG.md").read_text("utf-8")
    entry = text.split("\n## ")[2]
    assert entry.startswith(f"[0.1.0] - {result.date}\n\n### Added\n\n- Sixteen articles on eight events")
    assert (
        "- The first release: 16 articles (8 in `train`, 4 in `validation` and 4 in `test`) and 48 annotations."
        in entry
    )
    assert {name: len(split) for name, split in load_dataset(str(root / "dist")).items()} == {
        "train": 8,
        "validation": 4,
        "test": 4,
    }
