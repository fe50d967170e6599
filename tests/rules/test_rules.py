import ast
import inspect
import json
import re
import shutil
from pathlib import Path

import pytest

from dataset_builder.check.rule import Case, Looks, Rule
from dataset_builder.check.rules import RULES
from dataset_builder.check.runner import RULES_BY_CODE, report_flaws
from dataset_builder.errors import ConfigurationError, FindingsError
from dataset_builder.model.document import Document, Flaw
from dataset_builder.model.source import Source
from dataset_builder.pipeline.article import ArticleCompiler
from dataset_builder.pipeline.build import card
from dataset_builder.pipeline.check import check
from dataset_builder.pipeline.mend import fix
from dataset_builder.pipeline.opening import open_project
from dataset_builder.pipeline.work import planned

BASE = Path(__file__).parent / "base"
PACKAGE = Path(inspect.getfile(Rule)).parents[1]
CODES = sorted(RULES_BY_CODE)
OWN = {"sha256", "length", "rights"}  # what the compiler reads of metadata itself


def lay(case, folder):
    """The base project in `folder` with what `case` changes."""
    shutil.copytree(BASE, folder, dirs_exist_ok=True)
    for file, (old, new) in case.edits.items():
        path = folder / file
        text = path.read_bytes().decode()
        assert text.count(old) == 1, f"{old!r} must stand in {file} once"
        path.write_bytes(text.replace(old, new).encode())
    for file, content in case.files.items():
        path = folder / file
        if content is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    for file, target in case.symlinks.items():
        (folder / file).symlink_to(target)


def found_in(folder):
    try:
        return check(open_project(folder), jobs=1).diagnostics
    except ConfigurationError as error:
        return error.result.diagnostics


def placed(diagnostics):
    return [(found.code, found.place.file, found.place.line, found.place.column) for found in diagnostics]


def test_the_base_project_is_clean(tmp_path):
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    assert found_in(tmp_path) == ()


@pytest.mark.parametrize("code", [code for code in CODES if RULES_BY_CODE[code].broken.by == "check"])
def test_a_broken_project_gives_just_this_finding(code, tmp_path):
    rule = RULES_BY_CODE[code]
    lay(rule.broken, tmp_path)
    found = found_in(tmp_path)
    assert placed(found) == [(code, *rule.broken.at)], "\n".join(f"{each.code} {each.message}" for each in found)
    assert found[0].severity is rule.severity


@pytest.mark.parametrize("code", [code for code in CODES if RULES_BY_CODE[code].broken.by == "check"])
def test_the_slow_path_alone_says_the_same(code, tmp_path, monkeypatch):
    monkeypatch.setattr(ArticleCompiler, "_candidate", lambda *_: None)
    lay(RULES_BY_CODE[code].broken, tmp_path)
    assert placed(found_in(tmp_path)) == [(code, *RULES_BY_CODE[code].broken.at)]


@pytest.mark.parametrize("code", [code for code in CODES if RULES_BY_CODE[code].broken.by == "card"])
def test_what_is_wrong_with_a_card_is_found_where_it_is(code, tmp_path):
    lay(RULES_BY_CODE[code].broken, tmp_path)
    try:
        found = card(open_project(tmp_path), write=False).check.diagnostics
    except FindingsError as error:
        found = error.result.diagnostics
    assert (code, *RULES_BY_CODE[code].broken.at) in placed(found)


@pytest.mark.parametrize("code", [code for code in CODES if RULES_BY_CODE[code].clean != Case()])
def test_a_clean_project_gives_nothing(code, tmp_path):
    lay(RULES_BY_CODE[code].clean, tmp_path)
    assert [f"{each.code} {each.message}" for each in found_in(tmp_path)] == []


@pytest.mark.parametrize("code", [code for code in CODES if RULES_BY_CODE[code].fixed])
def test_a_mended_project_is_clean(code, tmp_path):
    rule = RULES_BY_CODE[code]
    lay(rule.broken, tmp_path)
    project = open_project(tmp_path)
    result = fix(project, jobs=1)
    assert result.fixed
    assert result.check.diagnostics == ()
    assert result.left == ()
    for file, stretch in rule.fixed.items():
        text = (tmp_path / file).read_bytes().decode()
        assert stretch in text
    before = contents(tmp_path)
    assert fix(project, jobs=1).files == ()
    assert contents(tmp_path) == before


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("code", [code for code in CODES if RULES_BY_CODE[code].broken.by == "check"])
def test_what_mends_a_broken_case_is_said_by_its_rule(code, tmp_path):
    rule = RULES_BY_CODE[code]
    lay(rule.broken, tmp_path)
    assert {found.fixable for found in found_in(tmp_path)} == {bool(rule.fixed)}


@pytest.mark.parametrize("file", ["annotations/ada/mill.json", "seeds/mill.json"])
def test_a_missing_line_end_is_noted_where_all_else_is_clean(file, tmp_path):
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    path = tmp_path / file
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    assert [(found.code, found.place.file) for found in found_in(tmp_path)] == [("JSN012", file)]


def test_a_file_that_cannot_be_read_hides_no_other_finding(tmp_path):
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "seeds/lost.txt").symlink_to("nowhere.txt")
    record = tmp_path / "annotations/ada/mill.json"
    topic = '"topic": "'
    record.write_text(record.read_text(encoding="utf-8").replace(topic, f"{topic}x", 1), encoding="utf-8")
    assert [found.code for found in found_in(tmp_path)] == ["LAB001", "CFG008"]
    with pytest.raises(FindingsError, match="the project has errors"), planned(open_project(tmp_path)):
        pass


def test_a_missing_schema_of_articles_is_told_once(tmp_path):
    shutil.copytree(BASE, tmp_path, dirs_exist_ok=True)
    schema = tmp_path / "schema/article.schema.json"
    schema.unlink()
    assert [(found.code, found.place.file) for found in found_in(tmp_path)] == [
        ("CFG010", "schema/article.schema.json")
    ]
    for path in (tmp_path / "seeds").glob("*.json"):
        own = {name: value for name, value in json.loads(path.read_bytes()).items() if name in OWN}
        path.write_text(json.dumps(own) + "\n", encoding="utf-8")
    assert found_in(tmp_path) == ()


def test_codes_and_names_are_given_once():
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("code", CODES)
def test_a_rule_is_documented(code):
    rule = RULES_BY_CODE[code]
    first, *rest = inspect.cleandoc(rule.documentation).split("\n\n")
    assert re.fullmatch(r"[A-Z]{3}\d{3}", code)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
    assert first.endswith(".")
    assert [part for part in rest if part.startswith("**Why it matters.** ")]
    assert [part for part in rest if part.startswith("**How to fix it.** ")]


def test_a_flaw_kind_belongs_to_one_rule():
    kinds = [kind for rule in RULES for kind in rule.kinds]
    assert len(set(kinds)) == len(kinds)
    assert all(bool(rule.kinds) == (rule.looks == {Looks.AT_FLAW}) for rule in RULES)


def name_of(function):
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def flaw_kinds_in(tree):
    """The kinds that a module gives to flaws: as `kind=`, or as a plain argument of what makes flaws."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            made = name_of(node.func) in {"flawed_file", "_flaw", "stop", "add"}
            arguments = node.args[:2] if made else [keyword.value for keyword in node.keywords if keyword.arg == "kind"]
            yield from (each.value for each in arguments if isinstance(each, ast.Constant))
        elif isinstance(node, ast.Constant) and str(node.value).startswith("config-"):
            yield node.value


def test_every_flaw_kind_that_is_made_is_reported():
    reported = {kind for rule in RULES for kind in rule.kinds}
    files = [path for room in ("read", "pipeline") for path in (PACKAGE / room).rglob("*.py")]
    made = {kind for path in files for kind in flaw_kinds_in(ast.parse(path.read_text(encoding="utf-8")))}
    made = {kind for kind in made if isinstance(kind, str) and re.fullmatch("[a-z]+(-[a-z]+)*", kind)}
    assert {"syntax", "bom", "schema-pattern", "bad-id", "config-value", "card-stale"} <= made
    made -= {"article", "articles", "annotation", "annotations", "link", "links"}  # names of records, not of flaws
    made -= {"added", "removed", "revised", "changed"}  # what became of an article or a link from one build to another
    assert made <= reported


@pytest.mark.parametrize("kind", sorted(kind for rule in RULES for kind in rule.kinds))
def test_a_flaw_is_reported_where_it_stands(kind):
    flaw = Flaw(kind=kind, message="something is wrong", offset=4, pointer=("a",))
    document = Document(source=Source("some/file"), text="{\n  1\n}", readable=False, flaws=(flaw,))
    (found,) = report_flaws(document)
    assert kind in RULES_BY_CODE[found.code].kinds
    assert (found.message, found.place.file, found.place.line, found.place.column) == (
        "something is wrong",
        "some/file",
        2,
        3,
    )
