"""The FMT rules: each case is imported, and gives just its finding."""

import ast
import re
from pathlib import Path

import pytest

import dataset_builder
from dataset_builder.check.rules.outside import RULES
from dataset_builder.check.runner import RULES_BY_CODE
from tests.rules.test_rules import lay

PACKAGE = Path(dataset_builder.__file__).parent
CASES = [rule for rule in RULES if rule.broken.by == "import"]


def placed(result):
    return [(each.code, each.place.file, each.place.line, each.place.column) for each in result.check.diagnostics]


@pytest.mark.parametrize("rule", CASES, ids=[rule.code for rule in CASES])
def test_a_case_gives_just_its_finding(rule, tmp_path, monkeypatch):
    is_brat = all(file.endswith((".txt", ".ann", ".conf")) for file in rule.broken.files)
    more = {"outside/more.txt": "More.\n"} if is_brat else {}  # so that something comes in, whatever is refused
    for file, content in {**rule.broken.files, **more}.items():
        data = content if isinstance(content, bytes) else content.encode()
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    result = dataset_builder.import_corpus("outside", "project", format="brat" if is_brat else None)
    assert placed(result) == [(rule.code, *rule.broken.at)]
    assert result.check.diagnostics[0].severity is rule.severity
    if result.written:
        assert dataset_builder.check(dataset_builder.open_project(tmp_path / "project"), jobs=1).ok
    else:
        assert not (tmp_path / "project/dataset.toml").exists()


def test_what_an_export_cannot_hold_is_found_where_it_is(tmp_path):
    (rule,) = (rule for rule in RULES if rule not in CASES)
    lay(rule.broken, tmp_path / "project")
    project = dataset_builder.open_project(tmp_path / "project")
    result = dataset_builder.export_corpus(project, "brat", tmp_path / "out")
    assert (rule.code, *rule.broken.at) in placed(result)
    assert {found.code for found in result.check.diagnostics} == {rule.code}


def kinds_in(text):
    """Words that name kinds of trouble: whatever in a module looks like one."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and re.fullmatch("(import|export)-[a-z-]+", str(node.value)):
            yield node.value


def test_every_kind_of_trouble_has_a_rule():
    files = [*(PACKAGE / "formats").glob("*.py"), *PACKAGE.glob("pipeline/*porting.py")]
    made = {kind for path in files for kind in kinds_in(path.read_text(encoding="utf-8"))}
    reported = {kind for rule in RULES_BY_CODE.values() for kind in rule.kinds}
    assert "import-syntax" in made
    assert made == {kind for kind in reported if kind.startswith(("import-", "export-"))}
