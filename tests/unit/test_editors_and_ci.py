"""What editors, pre-commit and GitHub Actions read of this repository: it parses, and what it names is there."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path, PurePosixPath

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7, DRAFT202012

import dataset_builder

ROOT = Path(__file__).parents[2]
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
SETTINGS = json.loads((ROOT / ".vscode" / "settings.json").read_text(encoding="utf-8"))
INSTALLED = Path(sys.executable).parent  # where the commands of this environment are


def tracked(*patterns):
    found = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, check=False, text=True)
    if found.returncode:
        pytest.skip("absent: a git checkout, to tell which files are the repository's")
    return [PurePosixPath(file) for file in found.stdout.split("\0") if file]


@pytest.fixture
def project(tmp_path):
    return dataset_builder.init(tmp_path / "corpus").root


def break_it(project):
    record = project / "annotations" / "a1" / "bakery-reopens.json"
    text = record.read_text(encoding="utf-8")
    record.write_text(text.replace('"type": "person"}\n', '"type": "persn"}\n'), encoding="utf-8")


# pre-commit


def run_hook(hook, cwd):
    command, *arguments = shlex.split(hook["entry"])
    return subprocess.run(
        [INSTALLED / command, *arguments], cwd=cwd, capture_output=True, text=True, check=False, encoding="utf-8"
    )


@pytest.fixture(params=HOOKS, ids=[hook["id"] for hook in HOOKS])
def hook(request):
    return request.param


def test_the_hooks():
    assert [hook["id"] for hook in HOOKS] == ["dataset-builder-check", "dataset-builder-card"]


def test_pre_commit_takes_the_manifest():
    clientlib = pytest.importorskip("pre_commit.clientlib", reason="absent: pre-commit")
    clientlib.load_manifest(ROOT / ".pre-commit-hooks.yaml")


def test_a_hook_runs_for_the_files_of_a_project(hook):
    files = [str(file) for file in tracked("seeds", "annotations", "schema", "pyproject.toml")]
    assert len(files) > 10
    assert all(re.search(hook["files"], file) for file in files)
    assert re.search(hook["files"], "corpora/news/dataset.toml")
    assert not re.search(hook["files"], "dataset_builder/report/text.py")


def test_a_hook_runs(hook, project):
    run_hook(HOOKS[1], project)  # writes the card
    assert run_hook(hook, project).returncode == 0
    break_it(project)
    assert run_hook(hook, project).returncode == 1


def test_the_hook_runs_in_this_repository():
    assert run_hook(HOOKS[0], ROOT).returncode == 0


def test_the_hook_writes_a_card_that_is_stale(project):
    run_hook(HOOKS[1], project)
    card = project / "DATASET_CARD.md"
    fresh = card.read_bytes()
    card.write_bytes(fresh.replace(b"2", b"3"))
    run_hook(HOOKS[1], project)
    assert card.read_bytes() == fresh


# GitHub Actions

STEPS = {step["name"]: step for step in ACTION["runs"]["steps"] if "name" in step}
BASH = shutil.which("bash")


def test_the_action_uses_all_its_inputs_and_no_others():
    used = set(re.findall(r"inputs\.([\w-]+)", (ROOT / "action.yml").read_text(encoding="utf-8")))
    assert used == set(ACTION["inputs"])
    assert all(value["description"] and "default" in value for value in ACTION["inputs"].values())


def test_no_script_has_inputs_pasted_into_it():
    for step in STEPS.values():
        assert step["shell"] == "bash"
        assert "${{" not in step["run"]


def run_step(name, tmp_path, cwd, **inputs):
    """A step as a runner would run it, with what is installed here."""
    if BASH is None:
        pytest.skip("absent: bash")
    (tmp_path / "dataset-builder").mkdir(exist_ok=True)
    if not (tmp_path / "dataset-builder" / "bin").exists():
        (tmp_path / "dataset-builder" / "bin").symlink_to(INSTALLED)
    values = {key: value["default"] for key, value in ACTION["inputs"].items()} | inputs
    given = {
        key: values.get(re.sub(r".*inputs\.([\w-]+).*", r"\1", value), "") for key, value in STEPS[name]["env"].items()
    }
    environment = os.environ | given | {"RUNNER_TEMP": str(tmp_path), "GITHUB_WORKSPACE": str(cwd)}
    command = [BASH, "--noprofile", "--norc", "-eo", "pipefail", "-c", STEPS[name]["run"]]
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, encoding="utf-8"
    )


def test_the_action_passes_where_nothing_is_wrong(project, tmp_path):
    found = run_step("Check", tmp_path, project)
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout == "::notice title=dataset-builder::no findings in 2 articles, 2 annotations\n"


def test_the_action_annotates_and_writes_sarif(project, tmp_path):
    break_it(project)
    found = run_step("Check", tmp_path, project.parent, project="corpus", sarif="found.sarif")
    assert found.returncode == 1
    assert "::error file=corpus/annotations/a1/bakery-reopens.json,line=10,col=74," in found.stdout
    (result,) = json.loads((project.parent / "found.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].startswith("corpus/annotations/")


def test_the_action_hands_options_on_as_they_are(project, tmp_path):
    break_it(project)
    options = {"format": "text", "args": "--ignore LAB --jobs 1"}
    assert run_step("Check", tmp_path, project, **options).returncode == 0
    odd = run_step("Check", tmp_path, project, format="text", args="--ignore $(touch${IFS}x) `touch y`; touch z")
    assert odd.returncode == 2
    assert not {"x", "y", "z"} & {path.name for path in project.iterdir()}


# VS Code


def matches(file, globs):
    """VS Code's way: a pattern that begins with `!` takes away, and `/` at the beginning is the folder's root."""
    return any(_full(file, glob) for glob in globs if glob[0] != "!") and not any(
        _full(file, glob[1:]) for glob in globs if glob[0] == "!"
    )


def _full(file, glob):
    parts = re.split(r"(\*\*/|\*)", glob.removeprefix("/"))
    known = {"**/": "(?:.*/)?", "*": "[^/]*"}
    return re.fullmatch("".join(known.get(part, re.escape(part)) for part in parts), str(file)) is not None


def test_each_json_file_of_the_dataset_has_one_schema_that_it_is_valid_under():
    files = tracked("seeds/*.json", "annotations/*.json")
    seen = set()
    for file in files:
        (url,) = [each["url"] for each in SETTINGS["json.schemas"] if matches(file, each["fileMatch"])]
        seen.add(url)
        validator_of(url).validate(json.loads((ROOT / file).read_text(encoding="utf-8")))
    assert seen == {each["url"] for each in SETTINGS["json.schemas"]}


def test_what_settings_name_is_committed():
    named = [each["url"] for each in SETTINGS["json.schemas"]]
    named += SETTINGS["evenBetterToml.schema.associations"].values()
    files = set(tracked())
    assert {PurePosixPath(name) for name in [*named, ".vscode/settings.json"]} <= files


def validator_of(file):
    """As an editor has it: references resolved by the files' places; a remote schema takes everything."""

    def retrieve(uri):
        if uri.startswith("https:"):
            return DRAFT7.create_resource({})
        return DRAFT202012.create_resource(json.loads(Path(uri.removeprefix("file://")).read_text(encoding="utf-8")))

    uri = (ROOT / file).as_uri()
    return Draft202012Validator({"$ref": uri}, registry=Registry(retrieve=retrieve))


def test_configurations_have_a_schema_that_they_are_valid_under():
    files = [file for file in tracked("*.toml") if "template" not in file.parts]
    for pattern, url in SETTINGS["evenBetterToml.schema.associations"].items():
        found = [file for file in files if re.search(pattern, f"file:///somewhere/{file}")]
        assert found
        for file in found:
            validator_of(url).validate(tomllib.loads((ROOT / file).read_text(encoding="utf-8")))


def test_an_editor_sees_a_misspelt_key_of_the_configuration():
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pyproject["tool"]["dataset-builder"]["titel"] = "x"
    (error,) = validator_of(".vscode/pyproject.schema.json").iter_errors(pyproject)
    assert "titel" in error.message
